/*
 * cover.h - the appointments that an absence would take the time of (ux-22).
 * An absence cancels nothing: somebody looks at this list and decides.
 */
#ifndef COVER_H
#define COVER_H

#include "practice/absence.h"
#include "practice/booking.h"

/*
 * Live appointments with a patient that have not ended yet and share time with
 * the absence, by start.  An absence without end is looked at for
 * ABSENCE_EXPAND_DAYS_MAX days from today.  absence->practitioner is whose.
 */
err cover_list(struct ctx *, const struct zone *, const struct absence *,
	struct booking **ret, size_t *ret_n) MUST_USE;

#endif
