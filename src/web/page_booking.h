/*
 * page_booking.h - the steps of a booking after its time was chosen: who comes,
 * and the code that proves the address.
 */
#ifndef PAGE_BOOKING_H
#define PAGE_BOOKING_H

#include "practice/draft.h"
#include "practice/patient.h"
#include "web/appointment.h"
#include "web/layout.h"
#include "web/web.h"

/*
 * Hold the time for the visitor of this request, beginning a booking or giving
 * the one under way this other time; what was typed stays, the old hold goes.
 * w->org is the practitioner's.  moves: the appointment to be moved, or 0.
 * ERR_CONFLICT, ERR_EXPIRED, ERR_NOT_FOUND: as booking_hold.  ERR_THROTTLED: as
 * draft_begin; booking_refused says it in kind words.
 */
err  booking_begin(struct web *, const struct booking_ask *, id moves) MUST_USE;
err  booking_refused(struct web *) MUST_USE;

/* How long the time is kept; until empty: no longer. */
struct kept { str until; int64_t seconds; };	/* 9 h 05 */

struct details_page {
	struct layout		*layout;
	struct appointment	 appointment;
	struct kept		 kept;
	str			 choose_url;
	const struct patient_relative *known;	/* of who is signed in: one tap each */
	size_t			 known_n;
	bool			 typed;		/* somebody else's details were begun */
	bool			 relative;
	str			 family, given, birth, email, phone, booker_family, booker_given;
};
void page_details_show(struct out *, const struct details_page *);

/* 12/03/1980, of an ISO date. */
str  birth_words(const struct out *, str iso);

struct confirm_page {
	struct layout		*layout;
	struct appointment	 appointment;
	str			 old_when;	/* of a move; empty: a new appointment */
	struct kept		 kept;
	str			 choose_url;
	str			 patient, birth, email;
	bool			 proven;	/* no code is asked for */
	bool			 mail_is_sent;
};
void page_confirm_show(struct out *, const struct confirm_page *);

#endif
