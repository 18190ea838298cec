/*
 * outbox.h - messages to send, written in the same change as what they tell.
 *
 * A row says which kind, to whom, about which booking; its payload is sealed
 * under the person's key.  Words are made when it is sent (message.h).  Rows are
 * claimed: any server may send them.  One that dies after sending and before
 * saying so makes a message go twice, rather than not at all.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "base/ctx.h"
#include "vault/vault.h"

enum {
	OUTBOX_ATTEMPTS_MAX = 12,	/* over about twenty hours */
	OUTBOX_CLAIM_MAX = 50,
	OUTBOX_LIST_MAX = 500,
};
#define OUTBOX_CLAIM	(2 * USEC_PER_MINUTE)	/* then others may send it */

enum message_kind {
	MESSAGE_BOOKED = 1,		/* stored: never renumber */
	MESSAGE_MOVED = 2,
	MESSAGE_CANCELLED = 3,
	MESSAGE_REMINDER = 4,
	MESSAGE_CODE = 5,		/* proves an address */
	MESSAGE_INVITATION = 6,
	MESSAGE_RESET = 7,
	MESSAGE_ADDRESS = 8,		/* to a new address: confirm it */
	MESSAGE_ADDRESS_STOP = 9,	/* to the old one: it can still be stopped */
	MESSAGE_ADDRESS_LEFT = 10,	/* to the old one: it is done */
	MESSAGE_SERIES = 11,		/* the dates of a series, booked together */
};

bool outbox_is_of_booking(enum message_kind);	/* others have a payload */

enum outbox_state {
	OUTBOX_WAITING = 1,		/* stored: never renumber */
	OUTBOX_SENT = 2,
	OUTBOX_FAILED = 3,
	OUTBOX_WITHDRAWN = 4,		/* it was not true any more before it left */
	OUTBOX_UNADDRESSED = 5,
};

/*
 * What a message needs that no booking tells, sealed under the person's key.  Messages
 * about a booking have none: booking and person tell, as they stand when it is sent.
 */
struct outbox_payload {
	str		to;		/* address; empty: the person's own */
	enum lang	lang;
	str		word;		/* a code, or a link's token */
	str		name;		/* of the organisation or of the one invited */
};

struct outbox_message {
	id			id, org, person, booking;
	enum message_kind	kind;
	enum outbox_state	state;
	int			attempts, last_code;
	usec			next_at, created_at, sent_at;
	str			payload_sealed;
};

/* Inside a change.  not_before: c->now, or later while it can be undone. */
err  outbox_add(struct ctx *, enum message_kind, id person, id booking, usec not_before) MUST_USE;

/* With a payload: sealed ahead of the change (org 0: person is an account or 0), inserted inside it. */
struct outbox_prepared {
	id			id, org, person;
	enum message_kind	kind;
	str			sealed;
};
err  outbox_prepare(struct ctx *, enum message_kind, id org, id person,
	const struct outbox_payload *, struct outbox_prepared *ret) MUST_USE;
err  outbox_insert(struct ctx *, const struct outbox_prepared *) MUST_USE;
/* ERR_NOT_FOUND: it has none. */
err  outbox_payload(struct ctx *, enum purpose, const struct outbox_message *,
	struct outbox_payload *ret) MUST_USE;

/* Inside a change.  Waiting messages of this kind about the booking will not leave.  One that is
 * being sent just now counts as gone: the patient may read it, and has to be told of what came after. */
err  outbox_withdraw(struct ctx *, id booking, enum message_kind, int64_t *ret_n) MUST_USE;
/*
 * Inside a change: is one of this kind still waiting?  Then it stays so until
 * the change has ended, and tells of the booking as the change leaves it.
 */
err  outbox_is_waiting(struct ctx *, id booking, enum message_kind, bool *ret) MUST_USE;
/* The same for the message that tells of this whole series. */
err  outbox_series_is_waiting(struct ctx *, id series, bool *ret) MUST_USE;

/* For the sending job: up to OUTBOX_CLAIM_MAX due ones of all organisations, kept for OUTBOX_CLAIM. */
err  outbox_claim(struct ctx *, struct outbox_message **ret, size_t *ret_n) MUST_USE;
enum outbox_outcome {
	OUTBOX_WENT,
	OUTBOX_REFUSED,		/* for ever */
	OUTBOX_TRY_LATER,	/* with back-off; the last of OUTBOX_ATTEMPTS_MAX is a refusal */
	OUTBOX_NO_ADDRESS,
	OUTBOX_STALE,		/* it would not be true any more */
	OUTBOX_UNTRIED,		/* give the claim back; it does not count */
};
/*
 * How it went; code: of the mail server.  What it said is forgotten unless it
 * waits on.  A refused message about a booking, or an invitation, makes a task
 * for the practice; a refused code or link does not: who wants it asks again.
 * A claim that was lost meanwhile changes nothing.
 */
err  outbox_settle(struct ctx *, const struct outbox_message *, enum outbox_outcome, int code) MUST_USE;

/* For the administrator's page: newest first, of c->org, limit at most OUTBOX_LIST_MAX. */
err  outbox_list(struct ctx *, int limit, struct outbox_message **ret, size_t *ret_n) MUST_USE;
err  outbox_get(struct ctx *, id, struct outbox_message *ret) MUST_USE;
/* About one booking, unopened: what, when, delivered or failed. */
err  outbox_list_of_booking(struct ctx *, id booking, struct outbox_message **ret, size_t *ret_n) MUST_USE;

/* Seconds to wait after the n-th failure: 1 minute, doubling, at most 6 hours. */
int64_t outbox_backoff_seconds(int attempts);

#endif
