/*
 * address.h - another e-mail address for an account (T25).
 *
 * Asked for with a fresh proof (the caller's to demand), told to the old
 * mailbox, which can stop it, and done when the new mailbox confirms, in a
 * session of that account: a link that a mistyped address received opens
 * nothing.  One change at a time; both links are stored hashed, work once, and
 * for promise()->address_life.
 *
 * Of a link: ERR_NOT_FOUND: none.  ERR_EXPIRED: too late.  ERR_CONFLICT: used,
 * stopped, withdrawn, or replaced by a later one.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include "access/account.h"

/* For the two mailboxes. */
struct address_links { str confirm, stop; };

/*
 * Begin; an earlier one of this account ends.  Whether the address has an
 * account already is not told here, but to whoever confirms (T21).
 * ERR_INVALID: no address, or the one that the account has.  Joins an open change.
 */
err address_ask(struct ctx *, const struct account *, str email, struct address_links *ret) MUST_USE;

/* The one that waits; opens the new address (PURPOSE_SECURE).  ERR_NOT_FOUND: none. */
struct address_waiting { str email; usec lapses_at; };
err address_waiting(struct ctx *, id account, struct address_waiting *ret) MUST_USE;
/* The owner thought better of it.  OK also when none waits.  Joins an open change. */
err address_withdraw(struct ctx *, id account) MUST_USE;

/* A change that is about to be done: made by address_open, outside a change. */
struct address_change {
	id	account;
	str	old_email, email, name;
	enum lang lang;
	bool	taken;		/* the new address has an account: it cannot be done */
	str	ticket_hash, login_blind, identity_sealed;
	int64_t	version;	/* of the identity, as it will be */
};
/*
 * What the link of the new mailbox would do; opens both addresses (PURPOSE_SECURE).
 * ERR_DENIED: it is another account's.
 */
err address_open(struct ctx *, str token, id account, struct address_change *ret) MUST_USE;
/*
 * Do it: the account signs in with the new address; every other session of it
 * and every link and code that was sent to it ends.  ERR_CONFLICT also: somebody
 * was faster, or the address is taken.  Joins an open change.
 */
err address_write(struct ctx *, const struct address_change *, id keep_session) MUST_USE;

/* Is the old mailbox's link still good?  For its page. */
err address_stop_check(struct ctx *, str token) MUST_USE;
/*
 * Stop it.  Whoever asked had this account open: all its sessions and API
 * tokens end, and every link and code.
 */
err address_stop(struct ctx *, str token, id *ret_account) MUST_USE;

#endif
