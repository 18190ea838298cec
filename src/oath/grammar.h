/* grammar.h - the rows of grammar.def, for the parser and the printer.  Inside oath/ only. */
#ifndef GRAMMAR_H
#define GRAMMAR_H

#include "oath/syntax.h"

enum duty { PLACED, NEEDED, OPTIONAL };
enum times { ONCE, MANY };

struct slot {
	enum keyword		keyword;
	enum attribute_word	word;
	enum value_kind		kind;
	enum vocabulary		vocabulary;
	enum duty		duty;
};

enum { SLOTS_MAX = 20 };	/* of one keyword, with the two that all have */

/* The slots of a keyword, in their order; the last two are `clause` and `by`. */
size_t grammar_slots(enum keyword, const struct slot *ret[SLOTS_MAX]);
/* KEYWORD_COUNT: none. */
enum keyword grammar_keyword(str word);
bool grammar_once(enum keyword);
const char *const *grammar_phrase(enum value_kind);	/* "a duration as in 3y", in each language */
str  grammar_keyword_label(enum keyword, enum lang);

#endif
