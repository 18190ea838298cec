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
	int			 lane, lanes;	/* of a booking, beside what overlaps it */
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
	bool			 present_only;
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

/*
 * Side by side where they overlap: the bookings among items, sorted by start,
 * get lane and lanes; more than DAY_LANES_MAX share the last one.  Pure.
 */
void day_lanes(struct day_item *, size_t n);

#endif
