/* clock.c - see clock.h. */
#include <time.h>

#include "app/clock.h"
#include "base/civil.h"

static usec
read_clock(clockid_t which)
{
	struct timespec t;

	if (clock_gettime(which, &t) != 0)
		panic("clock: the machine has no clock");
	return t.tv_sec * USEC_PER_SECOND + t.tv_nsec / 1000;
}

usec
clock_now(const struct clock *c)
{
	return read_clock(CLOCK_REALTIME) + c->ahead;
}

usec
clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

err
clock_parse(str iso, usec *ret)
{
	day date;

	if (!civil_parse_date(iso, &date))
		return civil_parse_rfc3339(iso, ret) ? OK : ERR_INVALID;
	*ret = date * USEC_PER_DAY + 8 * USEC_PER_HOUR;
	return OK;
}

void
clock_set(struct clock *c, usec at)
{
	c->ahead = at - read_clock(CLOCK_REALTIME);
}
