/*
 * audit.h - the log: every change, every sign-in, every opening of a person's
 * data.  docs/log.md describes its bytes.
 *
 * audit_add and audit_opening write inside the caller's change, so that a
 * change and its line are one.  A job gives the lines their places in one
 * Merkle tree for the server (vault/logtree.h), signs its root from time to
 * time, and purges the lines at the end of promise()->log_life: their hashes
 * stay, and old proofs hold.  Proofs and checkpoints: access/audit_proof.h.
 * Lines hold ids and names of actions, never a person's words.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "base/ctx.h"
#include "vault/vault.h"


struct audit_line {
	id	id, org;
	usec	at;
	id	actor;
	int	role;
	str	action;		/* "booking.create" */
	id	object;
	id	person;		/* 0: about nobody */
	int64_t	detail;		/* meaning by action: a state, a practitioner */
	int64_t	seq;		/* place in the log, from 1; 0: not given yet */
};

/* Only inside a change. */
err audit_add(struct ctx *, str action, id object, id person, int64_t detail) MUST_USE;

/* Who opened what about whom: those whom the door let through.  Joins an open change, else one of its own. */
err audit_opening(struct ctx *, const struct vault_opening *) MUST_USE;

/* Give their places to what has none yet, at most limit (1000) lines; ret_n: how many.  Any
 * server may; ERR_RETRY: the others were always faster. */
err audit_sequence(struct ctx *, int limit, int64_t *ret_n) MUST_USE;

/* Delete the lines past their life, and say so in a line; ret_n: how many. */
err audit_purge(struct ctx *, int64_t *ret_n) MUST_USE;

/* Recompute the whole log from its lines.  ERR_SEALED: ret_seq is the first line that does not
 * hold.  audit_examine (audit_proof.h) says more. */
err audit_verify(struct ctx *, int64_t *ret_lines, int64_t *ret_seq) MUST_USE;
/*
 * The same in steps of about limit lines, from *io_seq, the last line that held
 * (0: none).  ret_end: it was the whole log, to its end.  ERR_SEALED: the line
 * after *io_seq does not hold.
 */
err audit_verify_from(struct ctx *, int64_t limit, int64_t *io_seq, bool *ret_end) MUST_USE;

/* Changes, newest first, before an id (0: from the newest), of ctx.org. */
err audit_list(struct ctx *, id before, int limit, struct audit_line **ret, size_t *ret_n) MUST_USE;

/* The newest of ctx.org about this object; ERR_NOT_FOUND: none. */
err audit_last(struct ctx *, id object, struct audit_line *ret) MUST_USE;

/*
 * Changes with an id above after, of all organisations, oldest first: tells caches
 * what changed.  Changes commit in another order than their ids were made:
 * ask again from some seconds back, and expect to see lines twice.
 */
err audit_since(struct ctx *, id after, int limit, struct audit_line **ret, size_t *ret_n) MUST_USE;

#endif
