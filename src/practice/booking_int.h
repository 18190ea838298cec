/*
 * booking_int.h - shared by the files of booking: booking.c (hold, confirm,
 * create), booking_change.c (move, cancel, states), booking_read.c.
 */
#ifndef BOOKING_INT_H
#define BOOKING_INT_H

#include "practice/booking.h"
#include "practice/busy.h"
#include "practice/plan.h"

/* Everything about an ask that is known before the change begins. */
struct booking_plan {
	const struct booking_ask *ask;
	struct booking	b;		/* as it will be stored */
	int		before_minutes, after_minutes, capacity;
	const id	*rooms, *devices;
	size_t		rooms_n, devices_n;
	str		link_hash;
	struct busy_claim taken;	/* marked, by booking_create */
	bool		contested;	/* there was a choice: a lost race may be tried again */
};

/*
 * Look up the motive, fill the row.  Inside a change this also is the last
 * word on opening hours, for an online ask.
 */
err  booking_plan(struct ctx *, const struct plan *, const struct booking_ask *,
	struct booking_plan *ret) MUST_USE;
/* Inside a change: choose lane, room, device or a seat, and take the time. */
err  booking_take(struct ctx *, struct booking_plan *) MUST_USE;
/* What the booking takes: its time with the motive's buffers. */
struct busy_claim booking_claim(const struct booking_plan *);
err  booking_insert(struct ctx *, const struct booking_plan *) MUST_USE;
/* Inside a change: give back cells and seat; a session without seats ends. */
err  booking_give_back(struct ctx *, const struct booking *) MUST_USE;
/* The claim of a stored booking, for memory to be told. */
struct busy_claim booking_stored_claim(const struct booking *);

/* An ask that fits nothing: minutes off the 5-minute mark, too long a note. */
bool booking_ask_ok(const struct booking_ask *);
err  booking_note_seal(struct ctx *, struct booking *, str note) MUST_USE;
str  booking_link_token(struct ctx *, id booking);

/* booking_restore; quiet: the cancellation was, and so is this. */
err  booking_restore_as(struct ctx *, id booking, bool quiet) MUST_USE;

/* Tries of a change that lost a race for a room or a lane to somebody else. */
enum { BOOKING_TRIES = 4 };

#endif
