/*
 * mint.h - makes ids: 63 bits, 41 of milliseconds since 2020 and 22 of chance,
 * rising within a process, so that rows made together lie together.
 * Ids are no secrets and no proof of anything; links carry tokens (vault/).
 */
#ifndef MINT_H
#define MINT_H

#include <stdatomic.h>

#include "base/base.h"

struct mint {
	_Atomic int64_t	 last;
	_Atomic uint64_t chance;	/* state of the generator of the tail */
};

/* Seed 0: from the system's entropy.  Another seed gives the same ids again (demo, tests). */
void mint_init(struct mint *, uint64_t seed);
id   mint_id(struct mint *, usec now);

/* A well-mixed 64-bit number from the mint's generator: for demo data, never for secrets. */
uint64_t mint_chance(struct mint *);

#endif
