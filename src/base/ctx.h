/*
 * ctx.h - what one request or one job item carries through every layer.
 * There are no globals and no clock below app/: tests choose actor and time.
 */
#ifndef CTX_H
#define CTX_H

#include "base/mint.h"
#include "base/str.h"

enum lang { LANG_FR = 0, LANG_EN = 1, LANG_COUNT };

struct db;		/* store/db.h */
struct vault;		/* vault/vault.h */
struct free_cache;	/* practice/free.h: busy time in memory */
struct plan_cache;	/* practice/plan.h: rules of time in memory */
struct person_index;	/* practice/person_search.h: folded names in memory */
struct directory;	/* practice/directory.h: who can be found, in memory */
struct budget;		/* privacy/budget.h: who reads how much, in memory */

struct ctx {
	struct arena		*mem;	/* released when the request ends */
	struct db		*db;	/* this thread's own handle */
	struct vault		*vault;
	struct mint		*mint;
	struct free_cache	*free;
	struct plan_cache	*plans;
	struct person_index	*people;	/* NULL: made for each search */
	struct directory	*directory;	/* NULL: made for each search */
	struct budget		*budget;	/* NULL: reading is not counted */
	id			 org;	/* whose rows are visible; 0: none yet */
	id			 actor;	/* account the audit names; 0: the public or a job */
	int			 role;	/* enum role of oath/promise.h */
	uint32_t		 purposes;	/* what the route declared: PURPOSE_BIT() of oath/promise.h */
	usec			 now;	/* frozen at the start */
	enum lang		 lang;
};

/* An id for a new row. */
static inline id
ctx_id(const struct ctx *c)
{
	return mint_id(c->mint, c->now);
}

#endif
