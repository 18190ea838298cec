/*
 * throttle.h - whoever tries too often waits, longer each time, then is locked.
 *
 * A try is counted before what is tried is looked at, in a change of its own:
 * a thousand guesses sent at the same moment are a thousand tries, and one
 * that ends in an error or a crash has counted.  Nothing tells whether what is
 * tried exists.  Only a keyed hash of it is stored.  Durations: oath/promise.h.
 * An IPv6 peer is its /64, for whoever has one address has them all.
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include "base/ctx.h"

/* Part of the stored hash: never renumber. */
enum throttle_kind {
	THROTTLE_PEER = 1,	/* key: an address as text; may try signin_peer_times as often */
	THROTTLE_LOGIN = 2,	/* key: a login, lower case */
	THROTTLE_FACTOR = 3,	/* key: an account's id */
	THROTTLE_MAIL = 4,	/* key: a mailbox to which codes and links are sent */
};

/* Count a try.  ERR_THROTTLED: too early, and it did not count.  Never inside a change. */
err throttle_take(struct ctx *, enum throttle_kind, str key) MUST_USE;
/* When the next try may come; ctx.now or earlier: at once. */
err throttle_next_at(struct ctx *, enum throttle_kind, str key, usec *ret) MUST_USE;

/* The try was right.  Give back this one; forget all.  Join an open change. */
err throttle_give_back(struct ctx *, enum throttle_kind, str key) MUST_USE;
err throttle_clear(struct ctx *, enum throttle_kind, str key) MUST_USE;

/* Whose an address is: of IPv6 the /64, of anything else the text as it stands. */
str throttle_network(struct arena *, str peer);

/* How long to wait after so many wrong tries; 0: not at all. */
usec throttle_wait(enum throttle_kind, int64_t tries);

/* A job: drop what is forgotten anyway. */
err throttle_purge(struct ctx *, int64_t *ret_n) MUST_USE;

#endif
