/* grammar.c - the tables of grammar.def. */
#include "oath/grammar.h"

#include <assert.h>

static const struct {
	const char	*name;
	enum times	 times;
	const char	*label[LANG_COUNT];
} keywords[] = {
#define KEYWORD(tag, name, times, en, fr)	[KEYWORD_##tag] = { name, times, { fr, en } },
#include "oath/grammar.def"
};

static const char *const attribute_words[] = {
#define ATTRIBUTE(tag, word)	[ATTRIBUTE_##tag] = word,
#include "oath/grammar.def"
};

static const struct slot slots[] = {
#define SLOT(keyword, word, kind, vocabulary, duty) \
	{ KEYWORD_##keyword, ATTRIBUTE_##word, VALUE_##kind, WORDS_##vocabulary, duty },
#include "oath/grammar.def"
};
static const struct slot common[] = {
	{ KEYWORD_COUNT, ATTRIBUTE_CLAUSE, VALUE_CLAUSES, WORDS_NONE, OPTIONAL },
	{ KEYWORD_COUNT, ATTRIBUTE_BY, VALUE_TEXT, WORDS_NONE, OPTIONAL },
};

static const char *const phrases[][LANG_COUNT] = {
	[VALUE_FLAG] = { "un attribut", "an attribute" },
	[VALUE_WORD] = { "un mot", "a word" },
	[VALUE_WORDS] = { "une liste de mots séparés par des virgules", "words with commas between" },
	[VALUE_NAME] = { "un nom", "a name" },
	[VALUE_NAMES] = { "des noms séparés par des virgules", "names with commas between" },
	[VALUE_TEXT] = { "un texte entre guillemets droits", "a text between double quotes" },
	[VALUE_NUMBER] = { "un nombre", "a number" },
	[VALUE_DURATION] = { "une durée comme 3y", "a duration as in 3y" },
	[VALUE_DATE] = { "une date comme 2026-11-23", "a date as in 2026-11-23" },
	[VALUE_AMOUNT] = { "un nombre ou une durée", "a number or a duration" },
	[VALUE_LIFE] = { "« session » ou une durée comme 6mo", "`session` or a duration as in 6mo" },
	[VALUE_RATE] = { "un rythme comme 60 per 1h", "a rate as in 60 per 1h" },
	[VALUE_GRANT] = { "on-grant et une durée", "on-grant and a duration" },
	[VALUE_FIELDS] = { "des champs comme person.{family,given}", "fields as in person.{family,given}" },
	[VALUE_AFTER] = { "un délai comme 3y after last_contact", "a term as in 3y after last_contact" },
	[VALUE_TERM] = { "un délai comme 3y after last_contact", "a term as in 3y after last_contact" },
	[VALUE_CLAUSES] = { "des clauses comme IT-p1,IT-p2", "clauses as in IT-p1,IT-p2" },
	[VALUE_THEN] = { "erase, anonymise ou archive", "erase, anonymise or archive" },
};

size_t
grammar_slots(enum keyword k, const struct slot *ret[SLOTS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < COUNT(slots); i++)
		if (slots[i].keyword == k)
			ret[n++] = &slots[i];
	for (size_t i = 0; i < COUNT(common); i++)
		ret[n++] = &common[i];
	assert(n <= SLOTS_MAX);
	return n;
}

enum keyword
grammar_keyword(str word)
{
	for (size_t i = 0; i < COUNT(keywords); i++)
		if (str_eq(word, str_c(keywords[i].name)))
			return (enum keyword)i;
	return KEYWORD_COUNT;
}

bool
grammar_once(enum keyword k)
{
	return keywords[k].times == ONCE;
}

const char *const *
grammar_phrase(enum value_kind kind)
{
	return phrases[kind];
}

str
grammar_keyword_label(enum keyword k, enum lang lang)
{
	return str_c(keywords[k].label[lang]);
}

str
keyword_name(enum keyword k)
{
	assert(k < KEYWORD_COUNT);
	return str_c(keywords[k].name);
}

str
attribute_name(enum attribute_word a)
{
	assert(a < ATTRIBUTE_COUNT);
	return str_c(attribute_words[a]);
}

const struct attribute *
syntax_get(const struct declaration *d, enum attribute_word word)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->attributes[i].word == word)
			return &d->attributes[i];
	return NULL;
}
