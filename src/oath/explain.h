/*
 * explain.h - a policy in plain words, French or English: durations, terms,
 * and for a category why it is held, until when, and who sees it.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "oath/policy.h"

void duration_words(struct duration, enum lang, struct buf *);	/* "3 years" */
void term_words(const struct term *, enum lang, struct buf *);	/* "3 years after the last contact" */
/* "20 years after the last act of care; erased then" with archive and source. */
void keep_words(const struct policy_keep *, enum lang, struct buf *);
/* "patients, relatives": the labels of a set of words. */
void set_words(enum vocabulary, uint64_t set, enum lang, struct buf *);

/*
 * What people read for a name: the `say` line of that name in this language,
 * else the title (as declared, with its escapes), else the name itself.
 */
str  policy_title(const struct policy *, str name, str title, enum lang);
/* A text of a policy without its escapes. */
str  policy_text(struct arena *, str);
/* "appointments (who comes, beginning)", planned fields of what exists left out. */
void fields_words(const struct policy_category *, enum lang, struct buf *);

void policy_explain(const struct policy *, size_t category, enum lang, struct buf *);

#endif
