/* compile.h - what the parts of the compiler share.  Inside oath/ only. */
#ifndef COMPILE_H
#define COMPILE_H

#include "oath/policy.h"

enum verdict { VERDICT_NO, VERDICT_UNKNOWN, VERDICT_YES };

struct compiler {
	struct arena		*mem;
	struct diagnostics	*d;
	struct policy		*p;
	int			 owner[FIELD_COUNT];	/* 1 + index of the category; 0: none */
	category_set		 used, kept;		/* named by a purpose, by a keep */
	uint32_t		 subjects;		/* declared */
};

/* Where an attribute stands, or the keyword when it was not given. */
struct where compile_at(const struct declaration *, enum attribute_word);

/* Is the term surely no shorter than the floor, or no longer than the ceiling, whatever happens? */
enum verdict term_at_least(const struct policy *, const struct term *, const struct term *floor);
enum verdict term_at_most(const struct policy *, const struct term *, const struct term *ceiling);

void check_people(struct compiler *);	/* controllers, recipients, transfers */
void check_data(struct compiler *);	/* categories and purposes */
void check_time(struct compiler *);	/* retention */
void check_traces(struct compiler *);	/* cookies, logs, measures */
void check_desk(struct compiler *);	/* requests, sign-in, limits, copies, breaches */

#endif
