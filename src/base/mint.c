/* mint.c - see mint.h. */
#include <sys/random.h>

#include "base/mint.h"

enum { TAIL_BITS = 22 };
#define EPOCH_MS	INT64_C(1577836800000)	/* 2020-01-01 */

void
mint_init(struct mint *m, uint64_t seed)
{
	while (seed == 0)
		if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
			panic("mint: no entropy");
	atomic_store(&m->last, 0);
	atomic_store(&m->chance, seed);
}

uint64_t
mint_chance(struct mint *m)
{
	/* SplitMix64: each step adds a constant, then the sum is mixed. */
	uint64_t z = atomic_fetch_add(&m->chance, UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

id
mint_id(struct mint *m, usec now)
{
	int64_t ms = now / 1000 - EPOCH_MS;
	int64_t tail = (int64_t)(mint_chance(m) >> (64 - TAIL_BITS));
	int64_t fresh = (max64(ms, 1) << TAIL_BITS) | tail;
	int64_t last = atomic_load(&m->last);

	/* Within one millisecond, and when a clock steps back, we count on from the last. */
	do {
		if (fresh <= last)
			fresh = last + 1 + (tail & 7);
	} while (!atomic_compare_exchange_weak(&m->last, &last, fresh));
	return fresh;
}
