/*
 * clock.h - the only place where the machine is asked for the time.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include "base/str.h"

/* Zero: the machine's clock.  Set to another moment, it runs on from there. */
struct clock { usec ahead; };

usec clock_now(const struct clock *);
/* Microseconds that only rise, for durations. */
usec clock_monotonic(void);
/* RFC 3339, or a date: that day's 08:00 UTC.  ERR_INVALID: neither. */
err  clock_parse(str iso, usec *ret) MUST_USE;
/* From this moment on. */
void clock_set(struct clock *, usec);

#endif
