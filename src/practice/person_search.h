/*
 * person_search.h - find a patient while somebody types.
 *
 * Names are sealed, so what can be searched lies in memory, folded, and nowhere
 * on disk: one index an organisation, made at the first search, brought up to
 * date at each, and dropped when nobody has searched for a while.  While one
 * organisation's is made, the others search.  It holds no more than it must to
 * match, in memory that is neither swapped out, as far as the system lets us
 * lock it, nor part of a core dump; whoever is found is opened through the vault
 * for this actor, and that is in the log.
 */
#ifndef PERSON_SEARCH_H
#define PERSON_SEARCH_H

#include "practice/person.h"

enum {
	PERSON_SEARCH_MAX = 100000,	/* of one organisation; about 100 bytes each */
	PERSON_INDEX_MAX = 1000000,	/* of all; past it whoever searched longest ago is dropped */
	PERSON_SEARCH_QUERY_MAX = 100,	/* code points */
	PERSON_SEARCH_WORDS_MAX = 8,
	PERSON_SEARCH_FOUND_MAX = 20,
};

struct person_index;
struct person_index *person_index_make(void);
void person_index_end(struct person_index *);
#define PERSON_INDEX_IDLE	(15 * USEC_PER_MINUTE)
/* Drop what nobody has searched since PERSON_INDEX_IDLE ago. */
void person_index_rest(struct person_index *, usec now);
/* How many persons lie in memory. */
int64_t person_index_size(struct person_index *);

/*
 * Every word of the query must match: the beginning of a word of a name (case,
 * accents and hyphens aside), or digits: a birth date (12031980, 12/03/80, its
 * day and month 1203), or an end or beginning of the phone number.  Names that
 * begin like the query first, then by name.  An empty query finds nobody.
 * *ret_more: there are more than PERSON_SEARCH_FOUND_MAX.  Without an index in
 * the context one is made for this search alone.
 * ERR_TOO_LARGE: more than PERSON_SEARCH_MAX persons, or too long a query.
 */
err person_search(struct ctx *, str query, struct person **ret, size_t *ret_n, bool *ret_more) MUST_USE;

#endif
