/*
 * day.h - the days of practitioners as an agenda shows them: bookings with
 * their names, absences, closed hours, and what is free, in rows of five
 * minutes of the local day.
 *
 * A row is a wall-clock time: on the day when the clocks go back two instants
 * share one, and their bookings stand side by side.
 */
#ifndef DAY_H
#define DAY_H

#include "base/civil.h"
#include "practice/booking.h"
#include "practice/motive.h"
#include "practice/practitioner.h"

enum {
	DAY_ROW_MINUTES = 5,
	DAY_ROWS = 24 * 60 / DAY_ROW_MINUTES,
	DAY_COLUMNS_MAX = 12,
	DAY_LANES_MAX = 4,
	DAY_HOUR_FIRST = 8, DAY_HOUR_LAST = 20,	/* shown at least */
	DAY_MONTH_MAX = 42,			/* days asked of day_fullness */
};

enum day_item_kind { DAY_CLOSED, DAY_ABSENCE, DAY_BOOKING, DAY_FREE };

struct day_item {
	enum day_item_kind	 kind;
	int			 start, end;	/* rows of the local day, [start, end) */
	int			 lane, lanes;	/* of a booking or a free time, beside what overlaps it */
	bool			 beside;	/* a booking that shares its time with another */
	const struct booking	*booking;
	const struct motive	*motive;	/* NULL: none.  DAY_FREE: the one to propose */
	str			 name;		/* the patient, family name first; an absence's reason */
};

struct day_column {
	const struct practitioner *practitioner;
	day			 on;
	struct day_item		*items;		/* by start; none is outside the hours shown */
	size_t			 n;
	int			 appointments;
	int			 free;		/* free items, to come */
	bool			 present;	/* receives that day, or has a booking */
};

struct day_query {
	const struct practitioner *practitioners;
	size_t			 practitioners_n;
	day			 from;
	int			 days;		/* columns are days * practitioners_n, at most DAY_COLUMNS_MAX */
};

struct day_table {
	struct day_column	*columns;	/* by day, then in the order of the practitioners */
	size_t			 n;
	int			 first_hour, last_hour;	/* shown: [first, last) */
	const struct motive	*motives;	/* all, closed ones too */
	size_t			 motives_n;
};

/* Opens names and reasons (PURPOSE_DESK).  ERR_INVALID: too many columns. */
err day_read(struct ctx *, const struct zone *, const struct day_query *, struct day_table *ret) MUST_USE;

enum day_fullness { DAY_SHUT, DAY_HAS_FREE, DAY_FULL };

/* For each day from q->from: has any of the practitioners time left?  ret has room for q->days. */
err day_fullness(struct ctx *, const struct zone *, const struct day_query *, enum day_fullness *ret) MUST_USE;

/* For each practitioner: does he receive on q->from, or has he a booking then?  Opens nothing. */
err day_present(struct ctx *, const struct zone *, const struct day_query *, bool *ret) MUST_USE;

/*
 * The first free time within the days of q, of any of its practitioners, that
 * begins after an instant; or, backwards, the last before it.  Long enough for
 * what is proposed there; never in the past.  q->days at most DAY_MONTH_MAX.
 * ERR_NOT_FOUND: none.  Opens nothing.
 */
struct day_free { const struct practitioner *practitioner; usec start; };
err day_free_next(struct ctx *, const struct zone *, const struct day_query *, usec after, bool backwards,
	struct day_free *ret) MUST_USE;

/*
 * A word that is another one as soon as what day_read shows of q may have
 * changed: bookings, their states, hours, absences.  Opens nothing.
 */
err day_version(struct ctx *, const struct zone *, const struct day_query *, str *ret) MUST_USE;

/*
 * Side by side where they overlap: bookings and the free times among items,
 * sorted by start, get lane and lanes; more than DAY_LANES_MAX share the last
 * one.  A free time overlaps only one who sent apologies.  Pure.
 */
void day_lanes(struct day_item *, size_t n);

#endif
