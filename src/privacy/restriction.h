/*
 * restriction.h - persons whose data are kept and not processed (GDPR 18).
 * From the moment restriction_set has committed, on every server, the door
 * (door.h) opens nothing about them but for the purposes of
 * promise.frozen_purposes: the person's own account and rights, legal claims.
 */
#ifndef RESTRICTION_H
#define RESTRICTION_H

#include "base/ctx.h"

/* Stored: never renumber. */
enum restriction_reason {
	RESTRICTION_ASKED = 1,		/* the person asked for it */
	RESTRICTION_ERASURE = 2,	/* while an erasure is waited for */
	RESTRICTION_OBJECTION = 3,	/* while an objection is weighed (GDPR 21) */
	RESTRICTION_ACCURACY = 4,	/* while accuracy is checked */
};

/* ERR_CONFLICT: is frozen already.  ERR_NOT_FOUND: is not.  Join an open change. */
err restriction_set(struct ctx *, id person, enum restriction_reason) MUST_USE;
err restriction_lift(struct ctx *, id person) MUST_USE;

/* Which of these are frozen; persons in the order of their ids. */
err restriction_of(struct ctx *, const id *persons, size_t n, bool *ret) MUST_USE;

#endif
