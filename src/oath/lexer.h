/*
 * lexer.h - the words of a policy, one declaration after the other.  Inside
 * oath/ only: parse.c reads them.
 */
#ifndef LEXER_H
#define LEXER_H

#include "oath/syntax.h"

enum lexeme_kind {
	LEXEME_END,		/* of the declaration */
	LEXEME_WORD, LEXEME_TEXT, LEXEME_NUMBER, LEXEME_DURATION, LEXEME_DATE,
	LEXEME_COMMA, LEXEME_DOT, LEXEME_OPEN, LEXEME_CLOSE, LEXEME_STAR,
	LEXEME_BAD,		/* said already */
};

struct lexeme {
	enum lexeme_kind	kind;
	struct where		where;
	str			text;	/* as written; a text without its quotes */
	int64_t			number;	/* NUMBER; DATE: days since 1970 */
	struct duration		duration;
};

struct lexer {
	struct arena		*mem;
	struct diagnostics	*d;
	str			 source;
	size_t			 at, line_start, line_end;
	uint32_t		 line;
};

/*
 * False: the bytes are no text, or too many, and it was said.  A byte order
 * mark and the carriage returns of other systems are let pass.
 */
bool lexer_begin(struct lexer *, struct arena *, str source, struct diagnostics *);
/* To the next declaration; false at the end of the source. */
bool lexer_declaration(struct lexer *);
void lexer_next(struct lexer *, struct lexeme *);

#endif
