/* limit.c - buckets of fixed number; two addresses that share one share its allowance. */
#include <stdatomic.h>

#include "oath/promise.h"
#include "web/limit.h"

enum { BUCKETS = 16384 };

/* High 32 bits: the minute; low 32 bits: how many were taken in it. */
static _Atomic uint64_t buckets[BUCKETS];

static uint64_t
hash(str s)
{
	uint64_t h = UINT64_C(14695981039346656037);	/* FNV-1a */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return h ^ (h >> 32);
}

bool
limit_take(str peer, usec now)
{
	_Atomic uint64_t *bucket = &buckets[hash(peer) % BUCKETS];
	uint64_t minute = (uint64_t)(now / USEC_PER_MINUTE) & UINT32_MAX;
	uint64_t old = atomic_load(bucket), fresh;

	do {
		uint64_t taken = old >> 32 == minute ? old & UINT32_MAX : 0;

		if (taken >= (uint64_t)promise()->public_requests_per_minute)
			return false;
		fresh = minute << 32 | (taken + 1);
	} while (!atomic_compare_exchange_weak(bucket, &old, fresh));
	return true;
}
