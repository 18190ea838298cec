/* cover.c - see cover.h. */
#include "practice/cover.h"
#include "practice/rules.h"

/* booking_list holds BOOKING_LIST_MAX: so many days of one practitioner always fit. */
enum { WINDOW_DAYS = 28 };

struct cover {
	struct ctx		*c;
	const struct zone	*zone;
	id			 practitioner;
	struct absence_ranges	 ranges;
	struct booking		*list;
	size_t			 n, room;
};

/* Does a patient wait for it?  A hold is no appointment yet, and lapses by itself. */
static bool
is_awaited(const struct ctx *c, const struct booking *b)
{
	return b->kind == BOOKING_APPOINTMENT && b->state != BOOKING_HELD && b->state != BOOKING_EXCUSED &&
	    b->end > c->now;
}

static bool
is_covered(const struct cover *x, const struct booking *b)
{
	for (size_t i = 0; i < x->ranges.n; i++) {
		const struct absence_range *r = &x->ranges.items[i];

		if (b->start < zone_instant(x->zone, r->day, r->end_minute, NULL) &&
		    b->end > zone_instant(x->zone, r->day, r->start_minute, NULL))
			return true;
	}
	return false;
}

/* Those that begin on the days [from, to). */
static err
add_window(struct cover *x, day from, day to)
{
	struct booking *found;
	size_t n;

	TRY(booking_list(x->c, x->practitioner, zone_instant(x->zone, from, 0, NULL),
	    zone_instant(x->zone, to, 0, NULL), &found, &n));
	for (size_t i = 0; i < n; i++)
		if (is_awaited(x->c, &found[i]) && is_covered(x, &found[i])) {
			x->list = rules_grow(x->c->mem, x->list, x->n, &x->room, sizeof(*x->list));
			x->list[x->n++] = found[i];
		}
	return OK;
}

err
cover_list(struct ctx *c, const struct zone *zone, const struct absence *a,
    struct booking **ret, size_t *ret_n)
{
	day today = zone_local(zone, c->now).day;
	struct absence_period p = { today, today + ABSENCE_EXPAND_DAYS_MAX - 1 };
	struct cover x = { .c = c, .zone = zone, .practitioner = a->practitioner };

	x.ranges = absence_expand(c->mem, a, 1, p);
	if (x.ranges.n > 0) {
		/* An appointment lasts a day at most: one that began the day before may reach in. */
		day first = x.ranges.items[0].day - 1, last = x.ranges.items[x.ranges.n - 1].day;

		for (day d = first; d <= last; d += WINDOW_DAYS)
			TRY(add_window(&x, d, (day)min64(d + WINDOW_DAYS, last + 1)));
	}
	*ret = x.list;
	*ret_n = x.n;
	return OK;
}
