/*
 * policy.h - what a policy means: docs/policy.md, checked and resolved.
 * Pure: bytes in, structure and diagnostics out.  Everything lies in the arena
 * given, and points into the source, which must live as long.
 *
 * Two views of one thing.  policy.syntax is the text, for whatever treats all
 * of it alike: printing, comparing, counting clauses.  The lists are the meaning,
 * for whatever acts on it, each with the declaration that it is from.  In one
 * that compiled nothing is missing: every category has a general keep, every
 * purpose a basis, every name exists.
 */
#ifndef POLICY_H
#define POLICY_H

#include "oath/syntax.h"

enum { POLICY_CATEGORIES_MAX = 64 };	/* a set of them is a uint64_t */

typedef uint64_t category_set;		/* bit i: policy.categories[i] */
#define BIT(number)	((uint32_t)1 << (number))	/* sets of words: subjects, readers, channels */
#define NOT_SAID	(-1)		/* a word that a declaration leaves out */

struct policy_category {
	str		name, title;
	const struct declaration *from;
	uint32_t	subjects;
	bool		encrypt, pseudonym, health, freetext;
	const enum field *fields;
	size_t		fields_n;
};

struct policy_purpose {
	enum aim_word	word;
	const struct declaration *from;
	category_set	uses;
	int		basis, condition, pixel, only_if;	/* or NOT_SAID */
	str		notice, authorisation;
	uint32_t	readers;		/* none said: READER_SERVER alone */
	uint32_t	channels, contents;
	bool		transactional;
};

struct policy_keep {
	size_t		 category;
	const struct declaration *from;
	bool		 minor;		/* for persons under 18 at the event */
	const struct term *term, *floor, *ceiling;	/* floor, ceiling: NULL when not said */
	struct duration	 active, archive;	/* UNIT_NONE: not said */
	enum disposal_word disposal;
	bool		 apart, is_signed;
	str		 source;
};

struct policy_cookie {
	str		name, reason;
	const struct declaration *from;
	enum cookie_kind_word kind;
	struct duration	life;		/* UNIT_NONE: until the browser closes */
	uint32_t	holds;
	bool		on_demand, script;
};

struct policy_right {
	enum right_word	right;
	const struct declaration *from;
	int		category;	/* these clocks are of this one alone; NOT_SAID: of the rest */
	struct duration	wait, answer, limit;
	int		verify, scope;
	bool		refuse_on_floor, at_once;
};

struct policy_controller {
	str		name, title, contact;
	const struct declaration *from;
	enum trade_word	trade;
	uint32_t	subjects;	/* none said: all */
	uint32_t	answers;
	int		complaint;
};

struct policy_recipient {
	str		name, title;
	const struct declaration *from;
	int		role, place, basis;
	bool		hds;
	category_set	receives;
	uint64_t	purposes;	/* bit: enum aim_word */
	struct duration	grant;		/* access only on grant, so long; UNIT_NONE: not so */
};

struct policy_transfer {
	const struct declaration *from;
	int		place, mechanism;	/* or NOT_SAID, both: none */
	category_set	of;
	str		recipient;
};

struct policy_login {
	uint32_t	readers;
	const struct declaration *from;
	enum factor_word factor;
	struct duration	idle, absolute;
};

struct policy_limit {
	enum limit_word	limit;
	const struct declaration *from;
	int64_t		number;		/* durations in seconds */
};

struct policy_backup { bool declared, sealed, apart; int64_t daily, monthly; struct duration epoch, horizon; };
struct policy_log { str name, reason; const struct declaration *from; struct duration keep; };
struct policy_measure { str name, through; const struct declaration *from; struct duration data; int basis; };
struct policy_change { bool declared, archive; struct duration notice; uint32_t channels; };
struct policy_breach {
	bool		declared;
	struct duration	detect, budget_per, tell_controller, tell_authority;
	int64_t		budget;
	int		tell_persons;
};
struct policy_directives { bool declared, on_record, unless_floor; enum after_death_word otherwise; };

#define POLICY_LIST(type, name)	struct type *name; size_t name##_n
struct policy {
	struct syntax	syntax;
	str		title, dated;	/* RFC 3339 date */
	int64_t		version;
	uint32_t	tongues;
	POLICY_LIST(policy_category, categories);
	POLICY_LIST(policy_purpose, purposes);
	POLICY_LIST(policy_keep, keeps);
	POLICY_LIST(policy_cookie, cookies);
	POLICY_LIST(policy_right, rights);
	POLICY_LIST(policy_controller, controllers);
	POLICY_LIST(policy_recipient, recipients);
	POLICY_LIST(policy_transfer, transfers);
	POLICY_LIST(policy_login, logins);
	POLICY_LIST(policy_limit, limits);
	POLICY_LIST(policy_log, logs);
	POLICY_LIST(policy_measure, measures);
	struct policy_backup	backup[SHARE_COUNT];
	struct policy_change	change[CHANGE_COUNT];
	struct policy_breach	breach;
	struct policy_directives directives;
	uint32_t	vows;
};

/*
 * ERR_INVALID: there were errors, and the diagnostics say which; *ret is what
 * could be made of it, for the linter alone, or NULL when nothing could.
 */
err policy_compile(struct arena *, str source, struct diagnostics *, const struct policy **ret) MUST_USE;

/* The purpose if it is declared, else NULL; the index of the category, or -1. */
const struct policy_purpose *policy_purpose(const struct policy *, enum aim_word);
int  policy_category(const struct policy *, str name);
int  policy_category_of(const struct policy *, enum field);
/* The rule of a category; of minors, or NULL when they have none of their own. */
const struct policy_keep *policy_keep(const struct policy *, size_t category, bool minor);

/* Is the first surely not longer than the second, whatever the months between? */
bool duration_within(struct duration, struct duration);
/* Seconds of a unit that has a fixed length; months: of the shortest ones. */
int64_t duration_seconds_least(struct duration);

#endif
