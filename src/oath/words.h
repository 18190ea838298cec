/*
 * words.h - the closed vocabulary of policies: every word to which the program
 * gives a meaning.  The tables are words.def and fields.def.
 */
#ifndef WORDS_H
#define WORDS_H

#include "base/buf.h"
#include "base/ctx.h"
#include "oath/word_tags.h"

enum {
	WORD_PLANNED	= 1 << 0,	/* compiles; nothing exercises it yet */
	WORD_EEA	= 1 << 1,
	WORD_ADEQUATE	= 1 << 2,	/* a decision under GDPR 45 */
	WORD_UNKNOWN	= 1 << 3,
	WORD_MARKETING	= 1 << 4,	/* writing to people needs their consent */
	WORD_RESEARCH	= 1 << 5,	/* needs an authorisation (R63) */
	WORD_DURATION	= 1 << 6,	/* a limit of time, not a number */
	WORD_SECRET	= 1 << 7,	/* tells of somebody's health */
	WORD_FREETEXT	= 1 << 8,	/* a field where anything may be written */
};

enum vocabulary {
	WORDS_NONE,
	WORDS_SUBJECT, WORDS_READER, WORDS_BASIS, WORDS_CONDITION, WORDS_EVENT, WORDS_PERIOD,
	WORDS_MECHANISM, WORDS_RIGHT, WORDS_COOKIE_KIND, WORDS_COOKIE_NAME, WORDS_HELD, WORDS_VOW,
	WORDS_AIM, WORDS_LIMIT, WORDS_AUTHORITY, WORDS_CHANNEL, WORDS_CONTENT, WORDS_STANDING,
	WORDS_TRADE, WORDS_FACTOR, WORDS_WAY, WORDS_PIXEL, WORDS_DISPOSAL, WORDS_SHARE,
	WORDS_CHANGE, WORDS_ANSWER, WORDS_SCOPE, WORDS_DECISION, WORDS_NEED, WORDS_TONGUE,
	WORDS_AFTER_DEATH, WORDS_AGE,
	WORDS_PLACE, WORDS_RECORD, WORDS_COUNT
};

struct policy_word {
	const char	*name;
	uint32_t	 flags;
	const char	*label[LANG_COUNT];	/* as a sentence needs it */
	const char	*more;			/* a mechanism's first dead day, an authority's address; or NULL */
};

/* The words of one vocabulary, in the order of their enum. */
const struct policy_word *words_of(enum vocabulary, size_t *ret_n);
/* Its number, or -1. */
int  word_find(enum vocabulary, str name);
const struct policy_word *word_get(enum vocabulary, int64_t number);
str  word_name(enum vocabulary, int64_t number);
str  word_label(enum vocabulary, int64_t number, enum lang);
/* What the vocabulary is, for people: "subject", "personne concernée". */
const char *const *words_phrase(enum vocabulary);	/* [LANG_COUNT] */

/* What was probably meant: few letters differ.  The empty string: nothing near. */
str  word_nearest(enum vocabulary, str name);
/* Is the candidate near, and nearer than the best so far?  Begin with INT32_MAX. */
bool word_nearer(str name, str candidate, int *io_best);
/* "patient, relative, practitioner" */
str  words_list(struct arena *, enum vocabulary);

/* How a field lies in the database. */
enum field_storage {
	STORAGE_SEALED,		/* in an envelope of the vault */
	STORAGE_HASHED,		/* a keyed hash: found again, not read */
	STORAGE_BARE,		/* ids, times and states that queries need */
	STORAGE_CLEAR,		/* readable words */
	STORAGE_NOWHERE,	/* planned: there is no column yet */
};

struct field_row {
	enum record_word	 record;
	const char		*name, *column;
	enum field_storage	 storage;
	uint32_t		 flags;
	const char		*label[LANG_COUNT];
};

const struct field_row *field_row(enum field);
/* FIELD_COUNT: none. */
enum field field_find(enum record_word, str name);
str  field_nearest(enum record_word, str name);
str  fields_list(struct arena *, enum record_word);
/* Does the program know this column: as a field, as the envelope of some, or as telling of nobody? */
bool column_known(str table, str column);

/* LIMIT's range; durations are in seconds. */
void limit_range(enum limit_word, int64_t *ret_low, int64_t *ret_high);

#endif
