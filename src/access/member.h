/*
 * member.h - which account is what in which organisation.
 *
 * All but member_orgs act on ctx.org alone: an account of another
 * organisation is not there (T6).  An organisation never loses its last
 * administrator.
 */
#ifndef MEMBER_H
#define MEMBER_H

#include "access/account.h"

enum { MEMBER_LIST_MAX = 500, MEMBER_ORGS_MAX = 200 };

struct member {
	id		account;
	enum role	role;
	id		practitioner;	/* whose agenda is this member's own; 0: nobody's */
	id		person;		/* the patient this account is; 0: none */
	usec		created_at, ended_at;	/* ended_at 0: live */
};

/* One line of the page of members. */
struct member_line {
	struct member		member;
	str			email, name;	/* empty: the account's key is gone */
	enum account_state	state;
	bool			has_factor;
	usec			signed_in_at;	/* 0: never */
};

/* One organisation to choose when signing in. */
struct member_org {
	id		org;
	str		slug, name;
	struct member	member;
};

/*
 * created_at is ctx.now.  A membership that ended begins anew.
 * ERR_CONFLICT: it is one already.  ERR_NOT_FOUND: no such account, or closed.
 * Joins an open change.
 */
err member_add(struct ctx *, const struct member *) MUST_USE;

/*
 * End it, and its sessions and API tokens.  ERR_NOT_FOUND: no such live one.
 * ERR_CONFLICT: the last administrator.  Joins an open change.
 */
err member_end(struct ctx *, id account, enum role) MUST_USE;
/* Of every organisation; for account_close.  Joins an open change. */
err member_end_all(struct ctx *, id account) MUST_USE;

/*
 * What was ended begins anew, as it was; sessions and API tokens of before stay
 * ended.  ERR_NOT_FOUND: no such ended one of the staff, or its account is closed.
 */
err member_reopen(struct ctx *, id account, enum role) MUST_USE;

/*
 * ctx.org knows an address from now on, as that of this person: whoever has an
 * account of that address is its patient, at once.  For accounts whose address
 * is proven; one that is staff's is only a patient's where it asked to be one.
 * login_blind: account_login_blind.  Joins an open change.
 */
err member_recognise(struct ctx *, str login_blind, id person) MUST_USE;

/* ERR_NOT_FOUND: not a live membership of ctx.org. */
err member_get(struct ctx *, id account, enum role, struct member *ret) MUST_USE;

/* The live staff of ctx.org, at most MEMBER_LIST_MAX; opens identities (PURPOSE_MANAGE). */
err member_list(struct ctx *, struct member_line **ret, size_t *ret_n) MUST_USE;
/* Those whose access was withdrawn, the last first, but for closed accounts. */
err member_list_ended(struct ctx *, struct member_line **ret, size_t *ret_n) MUST_USE;

/* Where an account may go: live memberships of open organisations, by name. */
err member_orgs(struct ctx *, id account, struct member_org **ret, size_t *ret_n) MUST_USE;

/* Is it staff anywhere?  Then a password alone never opens anything. */
err member_is_staff(struct ctx *, id account, bool *ret) MUST_USE;

#endif
