/*
 * api_cache.h - slot answers, finished, for as long as they are true.
 *
 * An answer is kept with what it was worked out from: the rules (plan_version),
 * the busy time (free_epoch) and the minute, since notices move with the clock
 * and holds lapse.  When one of them reads otherwise, the answer is not found.
 * Like limit.h it is one for the process, shared by all threads.
 */
#ifndef API_CACHE_H
#define API_CACHE_H

#include "base/civil.h"
#include "net/http.h"

enum {
	API_CACHE_ENTRIES = 2048,
	API_CACHE_BYTES_MAX = 8 << 20,			/* of all answers together */
	API_CACHE_ANSWER_BYTES_MAX = 512 * 1024,	/* a larger one is not kept */
	API_ETAG_BYTES = 24,
};

/* What was asked. */
struct api_cache_key {
	id	org, practitioner, motive;	/* practitioner 0: all */
	day	from;
	int	days, limit;
	bool	online;				/* by the public's rules */
};

/* When it was true. */
struct api_cache_state {
	int64_t		plan_version;
	uint64_t	busy_epoch;
	int64_t		minute;
};

struct api_cached {
	struct http_shared	*body;		/* the holder's own reference */
	char			 etag[API_ETAG_BYTES];
};

bool api_cache_get(const struct api_cache_key *, const struct api_cache_state *,
	struct api_cached *ret) MUST_USE;
/* Takes a reference of its own; an older answer to the same question goes. */
void api_cache_put(const struct api_cache_key *, const struct api_cache_state *,
	const struct api_cached *);

#endif
