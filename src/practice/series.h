/*
 * series.h - the same appointment every week or every two: made together,
 * changed one by one, from one on, or all.
 *
 * Every occurrence is a booking of its own and keeps the local hour when the
 * clocks change.  A series is many changes, not one: each occurrence is made
 * or moved whole, and those that could not be are listed, never dropped in
 * silence.
 */
#ifndef SERIES_H
#define SERIES_H

#include "base/civil.h"
#include "practice/booking.h"

enum { SERIES_WEEKS_MAX = 2 };

enum series_scope { SERIES_ONE = 0, SERIES_FOLLOWING = 1, SERIES_ALL = 2 };

struct series_rule {
	int	every_weeks;	/* 1 or 2 */
	int	times;		/* the first included; 0: until says */
	day	until;		/* the last day on which one may be; 0: times says */
};

/* What became of each occurrence, in the order in which they were changed. */
struct series_result {
	id		 series;
	const struct booking *was;	/* as they stood before, one for one with done; made: NULL */
	const struct booking *done;	/* as they are now; cancelled: NULL */
	size_t		 done_n;
	const usec	*clashes;	/* starts that were taken, or that do not exist that day */
	size_t		 clashes_n;
};

/*
 * The starts of the rule from a first instant on, in local time; an hour that a
 * day does not have is given as -1.  ERR_INVALID: neither end given, or both;
 * fewer than 2 or more than BOOKING_SERIES_MAX occurrences.
 */
err series_starts(struct arena *, const struct zone *, usec first, const struct series_rule *,
	usec **ret, size_t *ret_n) MUST_USE;

/* Which of the starts a booking of this ask would clash with: nothing is made.  Instants. */
err series_clashes(struct ctx *, const struct booking_ask *, const usec *starts, size_t n,
	usec **ret, size_t *ret_n) MUST_USE;

/*
 * Make them all, leaving out those that clash.  The patient gets one message with
 * all the dates; ask->start is not read.  ERR_CONFLICT: every one clashed; nothing was made.
 */
err series_create(struct ctx *, const struct booking_ask *, const struct booking_who *,
	const usec *starts, size_t n, struct series_result *ret) MUST_USE;

/*
 * Move this one to ask->start, and the others of the scope by as many days to the
 * same local hour, telling of each.  Of SERIES_ALL, only those still to come.
 * ERR_CONFLICT: none could be moved, or this one was changed since (version).
 */
struct series_change { id booking; int64_t version; enum series_scope scope; };
err series_move(struct ctx *, const struct zone *, const struct series_change *,
	const struct booking_ask *, struct series_result *ret) MUST_USE;

/* Cancel the scope, telling of each.  ERR_CONFLICT: this one is not live any more; then none was. */
err series_cancel(struct ctx *, const struct series_change *, bool quiet, struct series_result *ret) MUST_USE;

#endif
