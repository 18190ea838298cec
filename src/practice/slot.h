/*
 * slot.h - the times at which a motive can be had.
 *
 * Opening hours are rules in local time, appointments are instants: a window
 * of hours is turned into instants first and then cut into steps, so that the
 * day on which the clocks change loses and doubles nothing.  From the windows
 * we take absences and busy cells of practitioner, rooms and devices.
 * Nothing here is stored; booking.h takes a slot, and the storage decides.
 */
#ifndef SLOT_H
#define SLOT_H

#include "base/civil.h"
#include "base/ctx.h"

struct plan;	/* practice/plan.h */

enum {
	SLOT_DAYS_MAX = 92,
	SLOT_LIST_MAX = 20000,
};

struct slot {
	usec	start, end;
	id	practitioner, site;
	int	places;		/* left, for a group motive; else 1 */
};

struct slot_query {
	id	motive;
	id	practitioner;	/* 0: every one who offers the motive */
	const id *among;	/* or these, among_n of them; NULL: no such list */
	size_t	among_n;
	id	site;		/* 0: any */
	day	from;
	int	days;		/* 1 to SLOT_DAYS_MAX */
	usec	after;		/* only later than this; 0: no such wish */
	int	minutes;	/* 0: the motive's own duration */
	int	limit;		/* 0: SLOT_LIST_MAX */
	bool	online;		/* by the rules of the public page: notice, horizon, listed */
};

/*
 * By start, then by the practitioner's id.  ERR_NOT_FOUND: no such motive
 * or practitioner, or not bookable online though online was asked;
 * ERR_INVALID: days out of range.
 */
err slot_find(struct ctx *, const struct slot_query *, struct slot **ret, size_t *ret_n) MUST_USE;

/* The first slot from q->from on, as far as q->days reaches; ERR_NOT_FOUND: none. */
err slot_first(struct ctx *, const struct slot_query *, struct slot *ret) MUST_USE;

/*
 * One slot exactly.  Inside a change this is the last word on hours and
 * absences: ERR_CONFLICT when the practitioner does not see people at this
 * instant for this motive, ERR_EXPIRED when it is too late or too early to ask.
 */
err slot_check(struct ctx *, const struct slot_query *, usec start, struct slot *ret) MUST_USE;
/* The same by a plan that the caller holds: no statement but for a group motive. */
err slot_check_by(struct ctx *, const struct plan *, const struct slot_query *, usec start,
	struct slot *ret) MUST_USE;

#endif
