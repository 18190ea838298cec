/*
 * ticket.h - what is sent to a mailbox and works once: an invitation, a link
 * to choose a new password, a code to sign in with.
 *
 * Tokens and codes are stored hashed.  An unknown address gets a ticket like
 * any other, which opens nothing and is sent nowhere: the same work, the same
 * answer (T21).  Asking joins an open change, so that the message is queued in
 * it; the caller throttles it first (THROTTLE_PEER and THROTTLE_MAIL).
 *
 * Of using one: ERR_NOT_FOUND: no such ticket.  ERR_EXPIRED: too late, or too
 * many wrong codes.  ERR_CONFLICT: it was used before.
 */
#ifndef TICKET_H
#define TICKET_H

#include "access/account.h"
#include "access/member.h"

enum { TICKET_LIST_MAX = 200, TICKET_CODE_DIGITS = 6 };

/* Stored: never renumber. */
enum ticket_kind {
	TICKET_INVITATION = 1, TICKET_RESET = 2, TICKET_CODE = 3,
	TICKET_ADDRESS = 4, TICKET_ADDRESS_STOP = 5,	/* address.h */
};

struct invitation {
	id		id, org;
	str		email, name;
	enum role	role;		/* staff */
	id		practitioner;	/* 0: none */
	usec		created_at, lapses_at;
	bool		lapsed;
};

/*
 * Invite to ctx.org.  ERR_INVALID, ERR_TOO_LARGE: as account_create.
 * id, org and times are given by us.
 */
err ticket_invite(struct ctx *, const struct invitation *, id *ret_id, str *ret_token) MUST_USE;
/* What the page of the link shows; opens the address (PURPOSE_SECURE). */
err ticket_invitation(struct ctx *, str token, struct invitation *ret) MUST_USE;
/*
 * Accept with a new account of the invited address.  ERR_CONFLICT also: that
 * address has an account, which must sign in and bind: an invitation never
 * changes one (T26).  ERR_INVALID: ret_fault says what is wrong with the
 * password, or is PASSWORD_GOOD and the name is.
 */
struct acceptance { str name, password; enum lang lang; };
err ticket_accept(struct ctx *, str token, const struct acceptance *,
	enum password_fault *ret_fault, id *ret_account) MUST_USE;
/* Accept as ctx.actor, who is signed in.  ERR_CONFLICT also: is that member already. */
err ticket_bind(struct ctx *, str token) MUST_USE;
/* Of ctx.org, not used, newest first; opens addresses (PURPOSE_MANAGE). */
err ticket_list(struct ctx *, struct invitation **ret, size_t *ret_n) MUST_USE;
/* ERR_NOT_FOUND: ctx.org has no such invitation open. */
err ticket_withdraw(struct ctx *, id invitation) MUST_USE;

/* ret_account 0: send nothing, say the same. */
err ticket_reset(struct ctx *, str email, str *ret_token, id *ret_account) MUST_USE;
/* Is the link still good?  For the page that asks for the new password. */
err ticket_reset_check(struct ctx *, str token) MUST_USE;
/*
 * Set it.  All sessions, API tokens and other such links of the account end (T25).
 * ERR_INVALID: ret_fault says why, and the link is still good.
 */
err ticket_reset_use(struct ctx *, str token, str password,
	enum password_fault *ret_fault, id *ret_account) MUST_USE;

/* A code to sign in: the token stays in the browser, the code goes to the mailbox. */
struct ticket_code { str token, code; id account; /* 0: send nothing, say the same */ };
err ticket_code(struct ctx *, str email, struct ticket_code *ret) MUST_USE;
/*
 * The same for whoever reads that mailbox, with an account or without: to be sent in
 * either case.  Using it makes the account that is missing, named by its address
 * (opens that: PURPOSE_SECURE).  ERR_INVALID: not an address.
 */
err ticket_code_anybody(struct ctx *, str email, enum lang, struct ticket_code *ret) MUST_USE;
/*
 * ERR_DENIED: wrong; it counted.  Makes an invited account active.  As a second
 * proof, ret_account must be that of the session.  Never inside a change.
 */
err ticket_code_use(struct ctx *, str token, str code, id *ret_account) MUST_USE;

/* A job: drop what lapsed long ago. */
err ticket_purge(struct ctx *, int64_t *ret_n) MUST_USE;

#endif
