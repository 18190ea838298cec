/*
 * syntax.h - a policy as it is written: declarations with their attributes,
 * and where each word stands.  The table of what may be written is grammar.def.
 * Pure: bytes in, structures and diagnostics out.  All of it lies in the arena
 * given and points into the source, which must live as long.
 */
#ifndef SYNTAX_H
#define SYNTAX_H

#include "oath/diagnostic.h"
#include "oath/words.h"

enum {
	POLICY_BYTES_MAX = 1 << 20,
	POLICY_LINES_MAX = 20000,
	POLICY_LINE_BYTES_MAX = 1000,
	POLICY_TEXT_MAX = 500,		/* code points between two quotes */
	POLICY_NAME_BYTES_MAX = 40,
	POLICY_LIST_MAX = 64,
	POLICY_YEARS_MAX = 200,		/* of a duration */
};

enum keyword {
#define KEYWORD(tag, ...) KEYWORD_##tag,
#include "oath/grammar.def"
	KEYWORD_COUNT
};
enum attribute_word {
#define ATTRIBUTE(tag, word) ATTRIBUTE_##tag,
#include "oath/grammar.def"
	ATTRIBUTE_COUNT
};

enum value_kind {
	VALUE_FLAG,	/* nothing: being there is all */
	VALUE_WORD,	/* number: of the slot's vocabulary */
	VALUE_WORDS,	/* items, each with its number */
	VALUE_NAME,	/* text */
	VALUE_NAMES,	/* items */
	VALUE_TEXT,	/* text, without its quotes, escapes as written */
	VALUE_NUMBER,	/* number */
	VALUE_DURATION,	/* duration */
	VALUE_DATE,	/* text; number: days since 1970 */
	VALUE_AMOUNT,	/* number, or duration when its unit is not UNIT_NONE */
	VALUE_LIFE,	/* duration; UNIT_NONE: until the browser closes */
	VALUE_RATE,	/* number per duration */
	VALUE_GRANT,	/* duration, on grant */
	VALUE_FIELDS,	/* items: number is the record, text the field or "*" */
	VALUE_AFTER,	/* term, of kind TERM_AFTER */
	VALUE_TERM,	/* term */
	VALUE_CLAUSES,	/* items */
	VALUE_THEN,	/* number: DISPOSAL_; duration: in the archive before, or UNIT_NONE */
};

/* Units are kept as written: a month has no fixed length, and 72h is not 3d to a reader. */
enum unit { UNIT_NONE, UNIT_SECOND, UNIT_MINUTE, UNIT_HOUR, UNIT_DAY, UNIT_MONTH, UNIT_YEAR };
struct duration {
	int64_t		number;
	enum unit	unit;
};

enum term_kind {
	TERM_AFTER,	/* duration after event; UNIT_NONE: at the event */
	TERM_DURING,	/* period, then duration after event, which is the period's end */
	TERM_EARLIER,	/* of a and b */
	TERM_LATER,	/* of a and b */
	TERM_AS,	/* as the category of that name while the person has data in it, else b */
	TERM_PARAMETER,	/* the controller must say */
};
struct term {
	enum term_kind		 kind;
	struct where		 where;
	enum event_word		 event;
	enum period_word	 period;
	struct duration		 duration;
	struct term		*a, *b;
	str			 name;		/* AS: a category; PARAMETER: the parameter's */
	size_t			 category;	/* AS: its index, once compiled */
};

struct item {
	str		text;
	struct where	where;
	int64_t		number;
};

struct attribute {
	enum attribute_word	 word;
	enum value_kind		 kind;
	struct where		 where;		/* of the value; of the word when it is a flag */
	str			 text;
	int64_t			 number;
	struct duration		 duration;
	struct item		*items;
	size_t			 n;
	struct term		*term;
};

struct declaration {
	enum keyword		 keyword;
	struct where		 where;		/* of the keyword */
	struct attribute	*attributes;	/* in the grammar's order */
	size_t			 n;
	bool			 broken;	/* an error was found: its absences mean nothing */
	uint32_t		 last_line;
};

struct syntax {
	struct declaration	*declarations;
	size_t			 n;
};

/* Never fails: what could not be read is in the diagnostics, what could is returned. */
struct syntax syntax_parse(struct arena *, str source, struct diagnostics *);

/* NULL: not given. */
const struct attribute *syntax_get(const struct declaration *, enum attribute_word);

str  keyword_name(enum keyword);
str  attribute_name(enum attribute_word);

/*
 * One declaration a line, attributes in the grammar's order, broken at 100
 * columns; reading it gives the same declarations, printing those the same bytes.
 */
void syntax_print(const struct syntax *, struct buf *);
/* The same with the comments and single empty lines of the source: what `fmt` prints. */
void syntax_print_with_comments(const struct syntax *, str source, struct buf *);
void duration_print(struct duration, struct buf *);
void term_print(const struct term *, struct buf *);

#endif
