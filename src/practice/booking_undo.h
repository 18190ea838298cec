/*
 * booking_undo.h - a moment to think better of a move, a cancellation, a block, a series.
 *
 * The token says what was there before; it is the server's own word (a keyed
 * hash), good for promise()->undo after the change and only as long as nobody
 * has changed the booking again.  While it is good, no notice of the change
 * has left; taking it back therefore tells nobody, unless somebody was told.
 */
#ifndef BOOKING_UNDO_H
#define BOOKING_UNDO_H

#include "practice/booking.h"

/* After booking_move; was: as it stood before.  quiet: as the move was asked. */
err booking_undo_of_move(struct ctx *, const struct booking *was, const struct booking *is,
	bool quiet, str *ret_token) MUST_USE;
/* After booking_cancel. */
err booking_undo_of_cancel(struct ctx *, const struct booking *was, bool quiet, str *ret_token) MUST_USE;
/* After booking_create or booking_block. */
err booking_undo_of_create(struct ctx *, const struct booking *is, str *ret_token) MUST_USE;

/*
 * After a change of a whole series: one token, which this booking of the series
 * shows.  What stood before is too much for a token: it is kept in the storage,
 * a row a booking, until booking_undo_sweep.  Of what was made, was is not read;
 * of what was cancelled, is.
 */
enum undo_act { UNDO_MOVE = 1, UNDO_CANCEL = 2, UNDO_CREATE = 3 };	/* stored: never renumber */
struct undo_series {
	enum undo_act		 act;
	bool			 quiet;
	id			 shown_by;
	const struct booking	*was, *is;	/* one for one, in the order in which they were changed */
	size_t			 n;
};
err booking_undo_of_series(struct ctx *, const struct undo_series *, str *ret_token) MUST_USE;

/* How long the token is still good; 0: not any more, or not ours. */
usec booking_undo_left(struct ctx *, id booking, str token);

/*
 * ERR_EXPIRED: too late, or not a token of this booking.  ERR_CONFLICT: it has
 * been changed since, or the old time was taken meanwhile; of a series, every one.
 * ret_left: how many of a series stay as they are for one of these reasons.
 */
err booking_undo(struct ctx *, id booking, str token, size_t *ret_left) MUST_USE;

/* Job, of all organisations: what was kept for changes that can no longer be undone. */
err booking_undo_sweep(struct ctx *, int64_t *ret_n) MUST_USE;

#endif
