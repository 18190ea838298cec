/*
 * hours.h - when a practitioner receives, and where.
 * Rules in local time of the practice: weekly, in odd or even ISO weeks, or
 * on one day.  Rules add up.  Absences (absence.h) are taken off later.
 * A change waits for the bookings under way with the practitioner.
 */
#ifndef HOURS_H
#define HOURS_H

#include "base/civil.h"
#include "practice/practice.h"

enum {
	HOURS_GRAIN_MINUTES = 5,
	HOURS_END_MINUTE_MAX = 24 * 60,
	HOURS_DAY_MIN = 10957,		/* 2000-01-01 */
	HOURS_DAY_MAX = 84005,		/* 2199-12-31 */
	HOURS_MOTIVES_MAX = 100,	/* named by one rule */
	HOURS_MAX = 2000,		/* of one practitioner, past ones included */
};

enum hours_parity { HOURS_EVERY_WEEK = 0, HOURS_ODD_WEEKS = 1, HOURS_EVEN_WEEKS = 2 };	/* stored */

struct hours {
	id	 id;
	id	 practitioner, site;
	int	 weekday;		/* ISO, Monday 1; 0: only on_day */
	enum hours_parity parity;
	day	 on_day;		/* 0: weekly */
	int	 start_minute, end_minute;	/* [start, end) of the local day */
	day	 from_day, until_day;	/* a weekly rule's first and last day; 0: open */
	const id *motives;		/* rising; none: all the practitioner's */
	size_t	 motive_n;
	int64_t	 version;
};

enum hours_field {	/* a set of them is what hours_check answers */
	HOURS_SOUND = 0, HOURS_FIELD_WEEKDAY = 1 << 0, HOURS_FIELD_PARITY = 1 << 1,
	HOURS_FIELD_ON_DAY = 1 << 2, HOURS_FIELD_START = 1 << 3, HOURS_FIELD_END = 1 << 4,
	HOURS_FIELD_FROM = 1 << 5, HOURS_FIELD_UNTIL = 1 << 6, HOURS_FIELD_MOTIVES = 1 << 7,
};

unsigned hours_check(const struct hours *);

/* Does the rule hold on this day?  Pure. */
bool hours_on(const struct hours *, day);
/* Is the rule for this motive?  Pure. */
bool hours_for(const struct hours *, id motive);

/*
 * Overlapping rules are one opening, but nobody is at two sites at once:
 * ERR_CONFLICT, and *ret_clash (may be NULL) is the rule it clashes with, or 0:
 * the version is no longer the stored one.  ERR_NOT_FOUND: practitioner, site
 * or a motive is none, or closed; of update: or the rule was removed.
 */
err hours_add(struct ctx *, const struct hours *, id *ret, id *ret_clash) MUST_USE;
err hours_update(struct ctx *, const struct hours *, id *ret_clash) MUST_USE;	/* all but practitioner */
err hours_remove(struct ctx *, id) MUST_USE;
err hours_get(struct ctx *, id, struct hours *ret) MUST_USE;
/*
 * Rules of one practitioner that may hold on a day from `from` on (0: all),
 * weekly ones first, by weekday or day, then start.
 */
err hours_list(struct ctx *, id practitioner, day from,
	struct hours **ret, size_t *ret_n) MUST_USE;

#endif
