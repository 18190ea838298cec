/*
 * mailbox.h - codes and links that prove a mailbox: the ticket and its message
 * are one change, and asking is throttled by peer and by mailbox.
 *
 * What is answered never depends on whether the address has an account (T21).
 * ERR_THROTTLED: asked too often; see mailbox_next_at.  None inside a change.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include "access/address.h"
#include "access/ticket.h"

struct mailbox_ask {
	str		email;
	enum lang	lang;	/* of the message */
	str		peer;	/* the address that asks */
};

/* To sign in, or to begin an account: for ticket_code_use.  ERR_INVALID: not an address. */
err mailbox_send_code(struct ctx *, const struct mailbox_ask *, str *ret_token) MUST_USE;

/* The second proof of an account that has given its password; opens its address (PURPOSE_SECURE). */
err mailbox_send_proof(struct ctx *, id account, str peer, str *ret_token) MUST_USE;

/* A link to choose a new password. */
err mailbox_send_reset(struct ctx *, const struct mailbox_ask *) MUST_USE;

/*
 * Another address for an account (address.h): a link to each mailbox.  The new
 * one is throttled; ask.email is it.  ERR_INVALID: as address_ask.
 */
err mailbox_ask_address(struct ctx *, id account, const struct mailbox_ask *) MUST_USE;
/* Done: the old mailbox is told.  Errors of address_write. */
err mailbox_change_address(struct ctx *, const struct address_change *, id keep_session) MUST_USE;

/* The code was given: the mailbox may be written to at once again. */
err mailbox_proven(struct ctx *, str email) MUST_USE;

/* When one may ask again; ctx.now or earlier: at once. */
err mailbox_next_at(struct ctx *, str email, str peer, usec *ret) MUST_USE;

#endif
