/*
 * absence.h - when a practitioner does not receive after all.
 * One-off or every one or two weeks; in local time of the practice; the reason
 * is sealed and never leaves the staff's pages.  A row is not edited but
 * replaced, so that its envelope is written once; it only may end earlier.
 * A change waits for the bookings under way with the practitioner.
 */
#ifndef ABSENCE_H
#define ABSENCE_H

#include "base/civil.h"
#include "oath/promise.h"
#include "practice/practice.h"

enum {
	ABSENCE_GRAIN_MINUTES = 5,
	ABSENCE_END_MINUTE_MAX = 24 * 60,
	ABSENCE_SPAN_DAYS_MAX = 400,	/* a repeated one: shorter than its period */
	ABSENCE_DAY_MIN = 10957,	/* 2000-01-01 */
	ABSENCE_DAY_MAX = 84005,	/* 2199-12-31 */
	ABSENCE_REASON_MAX = 200,
	ABSENCE_LIST_MAX = 1000,	/* of one practitioner in a range: ERR_TOO_LARGE above */
	ABSENCE_EXCEPT_MAX = 500,	/* of one absence */
	ABSENCE_EXPAND_DAYS_MAX = 800,
};

struct absence {
	id		 id;
	id		 practitioner;
	day		 first_day;
	int		 start_minute;	/* of first_day */
	day		 last_day;
	int		 end_minute;	/* of last_day */
	int		 every_weeks;	/* 0: once; 1 or 2 */
	day		 until_day;	/* the last day on which one may begin; 0: without end */
	str		 reason;	/* in a form, or filled by absence_open */
	str		 reason_sealed;
	const day	*except;	/* days on which none begins, rising */
	size_t		 except_n;
	int64_t		 version;	/* rises when an occurrence is left out, or the end comes earlier */
};

enum absence_field {	/* a set of them is what absence_check answers */
	ABSENCE_SOUND = 0, ABSENCE_FIELD_FIRST_DAY = 1 << 0, ABSENCE_FIELD_START = 1 << 1,
	ABSENCE_FIELD_LAST_DAY = 1 << 2, ABSENCE_FIELD_END = 1 << 3,
	ABSENCE_FIELD_EVERY = 1 << 4, ABSENCE_FIELD_UNTIL = 1 << 5,
	ABSENCE_FIELD_REASON = 1 << 6,
};

enum absence_scope { ABSENCE_ONE, ABSENCE_FOLLOWING, ABSENCE_ALL };

struct absence_edit {
	id			 absence;
	enum absence_scope	 scope;		/* of a one-off: ABSENCE_ALL */
	day			 occurrence;	/* ONE, FOLLOWING: the day on which it begins */
	const struct absence	*to;		/* NULL: it does not take place */
	int64_t			 version;	/* that the form was made from; 0: any */
};

struct absence_period { day from, to; };	/* both included, at most ABSENCE_EXPAND_DAYS_MAX days */

struct absence_range { day day; int start_minute, end_minute; id absence; };
struct absence_ranges { struct absence_range *items; size_t n; };

unsigned absence_check(const struct absence *);
/* ERR_NOT_FOUND: no such practitioner, or closed. */
err absence_add(struct ctx *, const struct absence *, id *ret) MUST_USE;
/*
 * ONE: that occurrence is left out, and `to`, a one-off, takes its place.
 * FOLLOWING: the old one ends the day before, `to` goes on from then.  ALL:
 * `to` replaces it.  Occurrences left out stay left out, moved by as many days
 * as the first one.  *ret: the new row, 0 without one; `to` keeps the
 * practitioner of the old.  ERR_CONFLICT: another version is stored.
 * ERR_NOT_FOUND: no such absence or occurrence.
 */
err absence_change(struct ctx *, const struct absence_edit *, id *ret) MUST_USE;
err absence_get(struct ctx *, id, struct absence *ret) MUST_USE;
/* Those that may touch a day of the period, by first day; reasons stay sealed. */
err absence_list(struct ctx *, id practitioner, struct absence_period,
	struct absence **ret, size_t *ret_n) MUST_USE;
/* Fill the reasons; ERR_DENIED as vault_open_batch.  One that cannot be opened stays empty. */
err absence_open(struct ctx *, enum purpose, struct absence *, size_t n) MUST_USE;

/* What they take of each day of the period, by day and start; may overlap.  Pure. */
struct absence_ranges absence_expand(struct arena *, const struct absence *, size_t n,
	struct absence_period);

#endif
