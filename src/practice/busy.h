/*
 * busy.h - the rows by which the storage refuses a double booking: 5-minute
 * cells under the key (organisation, holder, cell, lane).  Inside a change.
 */
#ifndef BUSY_H
#define BUSY_H

#include "base/ctx.h"

/* What one booking takes, buffers included; a holder of 0 takes nothing. */
struct busy_claim {
	id	booking;
	id	practitioner, room, device, person;
	int	lane;		/* the practitioner's; all others are in lane 0 */
	usec	from, to;
	usec	until;		/* a hold lapses then; 0: never */
	uint32_t marks[3];	/* busy_mark's */
};

/* ERR_CONFLICT: somebody is there already; the change must be given up. */
err  busy_take(struct ctx *, const struct busy_claim *) MUST_USE;
/* What the booking has taken of the claim's holders, within the claim's time. */
err  busy_free(struct ctx *, const struct busy_claim *, int64_t *ret_cells) MUST_USE;
err  busy_extend(struct ctx *, id hold, usec until) MUST_USE;

/* Is the holder free in this lane, lapsed holds aside? */
err  busy_is_free(struct ctx *, const struct busy_claim *, id holder, int lane, bool *ret) MUST_USE;

/* After the commit: what is known in memory of these holders is out of date. */
void busy_forget(struct ctx *, const struct busy_claim *);
/* Before the commit of a change that takes time for good; after it, busy_taken. */
void busy_mark(struct ctx *, struct busy_claim *);
void busy_taken(struct ctx *, const struct busy_claim *);

#endif
