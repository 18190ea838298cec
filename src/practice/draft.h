/*
 * draft.h - a booking under way by somebody whose address is not proven yet.
 *
 * The browser holds a random token, the row its hash.  What was typed is kept
 * sealed for DRAFT_LIFE even when the hold on the time lapses, so that nobody
 * types it twice; then a job drops it.  A code sent to the address proves it.
 */
#ifndef DRAFT_H
#define DRAFT_H

#include "practice/booking.h"
#include "practice/person.h"

#define DRAFT_LIFE	USEC_PER_HOUR
enum { DRAFT_CODE_DIGITS = 6, DRAFT_CODES_MAX = 5 };

struct draft_details {
	struct person	patient;	/* e-mail and phone: where to reach, the booker's */
	bool		for_relative;	/* the one who books is another: */
	str		booker_family, booker_given;
	id		person;		/* chosen among those known here, by whoever books for them; 0: typed */
};

struct draft {
	id		org, id;
	id		hold;		/* the booking that holds the time, or that it became */
	id		practitioner, motive;
	usec		start;
	id		moves;		/* an appointment that this one will replace; 0: none */
	bool		detailed;	/* details were given */
	bool		proven;		/* the address was */
	bool		done;		/* hold is the appointment now */
	struct draft_details details;
	int64_t		version;
	usec		lapses_at;
};

/* What a booking under way begins with. */
struct draft_start {
	const struct booking	*hold;	/* just made */
	id			 moves;	/* the appointment to be moved; 0: a new one */
	str			 peer;	/* the address that asks: of IPv6 its /64 counts */
};
/*
 * ERR_THROTTLED: c->org keeps promise()->holds_per_peer times for that peer
 * already (T19), and the hold is the caller's to give back.
 */
err  draft_begin(struct ctx *, const struct draft_start *, str *ret_token) MUST_USE;
/* Is there room for another?  Asked before a hold is made: the same error, for less work. */
err  draft_room(struct ctx *, str peer) MUST_USE;
/* Of any organisation: sets c->org.  ERR_NOT_FOUND: none, or dropped. */
err  draft_find(struct ctx *, str token, struct draft *ret) MUST_USE;
/* Another time was chosen: the words stay.  ERR_CONFLICT: an appointment already, or dropped. */
err  draft_retime(struct ctx *, str token, const struct booking *hold) MUST_USE;

/*
 * Keep what was typed; the address has to be proven (again, if it is another).
 * ERR_CONFLICT: changed since d was found, or an appointment already.
 * ERR_THROTTLED: promise()->drafts_per_contact others wait to be proven by that
 * e-mail address; nothing was kept.
 */
err  draft_describe(struct ctx *, str token, const struct draft *, const struct draft_details *) MUST_USE;
/*
 * Send a code to the address.  ERR_THROTTLED: DRAFT_CODES_MAX were sent already.
 * ERR_CONFLICT: the details have changed since, or another code is just leaving.
 */
err  draft_send_code(struct ctx *, str token, const struct draft *) MUST_USE;
/* The address is that of an account that is signed in: proof enough.  ERR_CONFLICT: changed since. */
err  draft_vouch(struct ctx *, str token, const struct draft *) MUST_USE;
/* OK also when it was proven before.  ERR_INVALID: not the code.  ERR_EXPIRED: none, too old,
 * or too many tries: send another. */
err  draft_prove(struct ctx *, str token, str code) MUST_USE;

/*
 * The appointment: the person is found or made, the hold confirmed, or the
 * moved appointment set to the hold's time.  Repeating it gives the same one.
 * ERR_DENIED: not proven.  ERR_EXPIRED: the hold lapsed; the words are kept.
 * ERR_TOO_LARGE: as booking_confirm.
 */
err  draft_finish(struct ctx *, str token, const struct draft *, struct booking *ret) MUST_USE;

/* Job. */
err  draft_purge(struct ctx *, int64_t *ret_n) MUST_USE;

#endif
