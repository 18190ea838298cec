/*
 * hearsay.h - what other servers on the same PostgreSQL have booked: read from
 * the log each second, so that busy time in memory is read again.
 */
#ifndef HEARSAY_H
#define HEARSAY_H

#include "base/ctx.h"

struct hearsay;
struct hearsay *hearsay_make(void);
void hearsay_end(struct hearsay *);	/* NULL is allowed */

/* Read what is new since the last call, and forget what it touched. */
err  hearsay_listen(struct hearsay *, struct ctx *) MUST_USE;

#endif
