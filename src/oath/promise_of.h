/*
 * promise_of.h - the tables that the program acts by, made from a policy.
 * A purpose that the policy does not declare is in none of them: its routes
 * answer 404, its jobs do not run, its messages are not written.
 */
#ifndef PROMISE_OF_H
#define PROMISE_OF_H

#include "oath/policy.h"
#include "oath/promise.h"

/*
 * Of a policy that compiled.  What it leaves out (limits, idle times, the
 * budget of reading) is as in base; NULL: nothing, for the default itself.
 */
void promise_of(const struct policy *, const struct promise *base, struct promise *ret);

/* policies/default.policy, as it was compiled into the program. */
extern const char default_policy[];
extern const size_t default_policy_bytes;

#endif
