/*
 * audit.h - the log of every change and every sign-in: append-only, hash-chained.
 *
 * audit_add writes inside the caller's change, so that a change and its line
 * are one.  A job gives the lines their place in one chain for the server, and
 * each the SHA-256 of its predecessor's hash and its own content; what was
 * altered or taken out afterwards is found by audit_verify, unless it was the
 * end of the chain: the number of lines told by audit_verify must never shrink.
 * Lines hold ids and names of actions, never a person's words.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/ctx.h"
#include "vault/vault.h"

enum { AUDIT_HASH_BYTES = 32 };

struct audit_line {
	id	id, org;
	usec	at;
	id	actor;
	int	role;
	str	action;		/* "booking.create" */
	id	object;
	id	person;		/* 0: about nobody */
	int64_t	detail;		/* meaning by action: a state, a practitioner */
	int64_t	seq;		/* 0: not chained yet */
};

/* Only inside a change. */
err audit_add(struct ctx *, str action, id object, id person, int64_t detail) MUST_USE;

/* Who opened what about whom: those whom the door let through.  Joins an open change, else one of its own. */
err audit_opening(struct ctx *, const struct vault_opening *) MUST_USE;

/* Chain what is not chained yet, at most limit (1000) lines; ret_n: how many.  Any server
 * may; ERR_RETRY: the others were always faster. */
err audit_chain(struct ctx *, int limit, int64_t *ret_n) MUST_USE;

/* Recompute the whole chain.  ERR_SEALED: ret_seq is the first line that does not hold. */
err audit_verify(struct ctx *, int64_t *ret_lines, int64_t *ret_seq) MUST_USE;
/*
 * The same in steps: from the last line that held (all zero: none) over at
 * most limit lines; *tip moves on.  ret_end: there is no line after it.
 * ERR_SEALED: the line after *tip does not hold.
 */
struct audit_tip { int64_t seq; char hash[AUDIT_HASH_BYTES]; };
err audit_verify_from(struct ctx *, struct audit_tip *, int64_t limit, bool *ret_end) MUST_USE;

/* Newest first, before an id (0: from the newest), of ctx.org. */
err audit_list(struct ctx *, id before, int limit, struct audit_line **ret, size_t *ret_n) MUST_USE;

/* The newest of ctx.org about this object; ERR_NOT_FOUND: none. */
err audit_last(struct ctx *, id object, struct audit_line *ret) MUST_USE;

/*
 * Lines with an id above after, of all organisations, oldest first: tells caches
 * what changed.  Changes commit in another order than their ids were made:
 * ask again from some seconds back, and expect to see lines twice.
 */
err audit_since(struct ctx *, id after, int limit, struct audit_line **ret, size_t *ret_n) MUST_USE;

#endif
