/*
 * parse.h - what the halves of the parser share: parse.c reads declarations and
 * their attributes, parse_value.c what stands behind each.  Inside oath/ only.
 */
#ifndef PARSE_H
#define PARSE_H

#include "oath/grammar.h"
#include "oath/lexer.h"

struct parser {
	struct lexer		 l;
	struct lexeme		 now;
	struct where		 end;		/* behind the last word read */
	uint32_t		 last_line;
	struct diagnostics	*d;
	struct arena		*mem;
	enum keyword		 keyword;
	const struct slot	*slots[SLOTS_MAX];
	size_t			 slots_n, placed_n;
	struct attribute	 found[SLOTS_MAX];	/* by slot */
	bool			 given[SLOTS_MAX];
	bool			 lost;		/* the next word may belong to what was not understood */
	bool			 then_read;	/* a term has read the `then` of what follows it */
	enum keyword		 slots_of;	/* whose slots they are; KEYWORD_COUNT: nobody's */
};

void parse_advance(struct parser *);
/* Says what was expected instead of the word at hand; always false, to return. */
bool parse_expected(struct parser *, const char *const phrase[LANG_COUNT]);
/* False: something was wrong, and said; what was right of it is in the attribute. */
bool parse_value(struct parser *, const struct slot *, struct attribute *);
bool parse_starts_term(const struct parser *);

#endif
