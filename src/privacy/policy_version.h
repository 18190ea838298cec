/*
 * policy_version.h - the policies that were in force on this server, word for word.
 *
 * A ledger of the server, not of one practice.  The newest adoption is in force; an
 * older text that is adopted again moves to the end.  Hashes are those of the
 * canonical form (BLAKE2b, oath/syntax.h), which consents and log lines cite (R8).
 */
#ifndef POLICY_VERSION_H
#define POLICY_VERSION_H

#include "base/ctx.h"

enum { POLICY_VERSIONS_MAX = 200 };

struct policy_version {
	str	hash;
	int64_t	number;
	str	title, dated, body;
	usec	adopted_at;
};

/* Put in force.  OK also when it is already.  Joins an open change, else one of its own. */
err policy_version_adopt(struct ctx *, const struct policy_version *) MUST_USE;

/* ERR_NOT_FOUND: none was ever adopted; no such hash. */
err policy_version_current(struct ctx *, struct policy_version *ret) MUST_USE;
err policy_version_get(struct ctx *, str hash, struct policy_version *ret) MUST_USE;

/* Newest first, without their bodies, at most POLICY_VERSIONS_MAX. */
err policy_version_list(struct ctx *, struct policy_version **ret, size_t *ret_n) MUST_USE;

#endif
