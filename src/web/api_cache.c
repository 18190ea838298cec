/* api_cache.c - see api_cache.h: a table of small sets, one lock, held for a few compares. */
#include <pthread.h>

#include "web/api_cache.h"

enum { SET = 8, SETS = API_CACHE_ENTRIES / SET };

struct entry {
	struct api_cache_key	 key;
	struct api_cache_state	 state;
	struct api_cached	 answer;	/* body NULL: an empty place */
	size_t			 bytes;
	uint64_t		 used;		/* the tick of the last use */
};

static struct {
	pthread_mutex_t	 lock;
	struct entry	 entries[API_CACHE_ENTRIES];
	size_t		 bytes;
	size_t		 hand;		/* where the search for bytes to give up goes on */
	uint64_t	 tick;
} cache = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool
same_key(const struct api_cache_key *a, const struct api_cache_key *b)
{
	return a->org == b->org && a->practitioner == b->practitioner && a->motive == b->motive &&
	    a->from == b->from && a->days == b->days && a->limit == b->limit && a->online == b->online;
}

static bool
same_state(const struct api_cache_state *a, const struct api_cache_state *b)
{
	return a->plan_version == b->plan_version && a->busy_epoch == b->busy_epoch &&
	    a->minute == b->minute;
}

static struct entry *
set_of(const struct api_cache_key *k)
{
	const int64_t parts[] = { k->org, k->practitioner, k->motive, k->from,
	    (int64_t)k->days << 32 | k->limit << 1 | k->online };
	uint64_t h = 0;

	for (size_t i = 0; i < COUNT(parts); i++) {
		h = (h ^ (uint64_t)parts[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return &cache.entries[h % SETS * SET];
}

static void
empty(struct entry *e)
{
	http_shared_release(e->answer.body);
	cache.bytes -= e->bytes;
	*e = (struct entry){0};
}

bool
api_cache_get(const struct api_cache_key *key, const struct api_cache_state *state,
    struct api_cached *ret)
{
	struct entry *set = set_of(key);
	bool found = false;

	(void)pthread_mutex_lock(&cache.lock);
	for (size_t i = 0; i < SET && !found; i++) {
		struct entry *e = &set[i];

		if (e->answer.body == NULL || !same_key(&e->key, key) || !same_state(&e->state, state))
			continue;
		e->used = ++cache.tick;
		*ret = e->answer;
		(void)http_shared_take(ret->body);
		found = true;
	}
	(void)pthread_mutex_unlock(&cache.lock);
	return found;
}

/* The place of the same question, an empty one, or the one that was not used for longest. */
static struct entry *
place_for(const struct api_cache_key *key)
{
	struct entry *set = set_of(key), *best = &set[0];

	for (size_t i = 0; i < SET; i++) {
		if (set[i].answer.body != NULL && same_key(&set[i].key, key))
			return &set[i];
		if (set[i].used < best->used)	/* 0: empty */
			best = &set[i];
	}
	return best;
}

void
api_cache_put(const struct api_cache_key *key, const struct api_cache_state *state,
    const struct api_cached *answer)
{
	size_t bytes = http_shared_str(answer->body).n;

	if (bytes > API_CACHE_ANSWER_BYTES_MAX)
		return;
	(void)pthread_mutex_lock(&cache.lock);
	struct entry *e = place_for(key);

	empty(e);
	/* Round the table: what is given up was put there at some time before us. */
	while (cache.bytes + bytes > API_CACHE_BYTES_MAX) {
		empty(&cache.entries[cache.hand]);
		cache.hand = (cache.hand + 1) % API_CACHE_ENTRIES;
	}
	*e = (struct entry){ *key, *state, *answer, bytes, ++cache.tick };
	(void)http_shared_take(answer->body);
	cache.bytes += bytes;
	(void)pthread_mutex_unlock(&cache.lock);
}
