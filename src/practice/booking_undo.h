/*
 * booking_undo.h - a moment to think better of a move or a cancellation.
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

/* How long the token is still good; 0: not any more, or not ours. */
usec booking_undo_left(struct ctx *, id booking, str token);

/*
 * ERR_EXPIRED: too late, or not a token of this booking.  ERR_CONFLICT: it has
 * been changed since, or the old time was taken meanwhile.
 */
err booking_undo(struct ctx *, id booking, str token) MUST_USE;

#endif
