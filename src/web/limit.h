/*
 * limit.h - how often one address may ask for what costs something: a bucket of
 * promise()->public_requests_per_minute, in memory, by a hash of the address.
 * It slows a flood; it is no judgement of a person and nothing of it is kept.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include "base/str.h"

/* False: this address has had its share of the minute. */
bool limit_take(str peer, usec now);

#endif
