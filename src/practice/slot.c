/* slot.c - see slot.h. */
#include <assert.h>

#include "base/holiday.h"
#include "practice/free.h"
#include "practice/plan.h"
#include "practice/slot.h"
#include "store/db.h"

enum { DAY_MINUTES = 24 * 60, GROUPS_MAX = 2000 };

/* A group session that already takes place. */
struct group { id practitioner; usec start; int taken; };

/* One search, worked through practitioner by practitioner. */
struct search {
	struct ctx			*c;
	const struct plan		*plan;
	const struct plan_motive	*motive;
	const struct slot_query		*q;
	bool				 ignore_busy;
	int				 minutes;
	usec				 earliest;	/* not before */
	uint64_t			 holidays[SLOT_DAYS_MAX / 64 + 1];	/* of the range: bit 0 is q->from */
	day				 last;		/* the last day, by range and horizon */
	int64_t				 first_cell, cells_n;
	struct cells			*rooms, *devices;
	const struct group		*groups;
	size_t				 groups_n;
	struct slot			*found;
	size_t				 n, room, limit;
};

/*
 * Minute 1440 is the next day's midnight.  An hour that the clocks jump over is
 * the moment of the jump: until 2:30 and from 2:30 on then meet at 3:00, and
 * nothing is offered before the hour of opening or past the hour of closing.
 */
static usec
instant(const struct zone *zone, day on, int minute)
{
	enum zone_kind kind;
	usec at = zone_instant(zone, on + minute / DAY_MINUTES, minute % DAY_MINUTES, &kind);
	struct zone_change jump;

	return kind == ZONE_GAP && zone_change_before(zone, at, &jump) ? jump.at : at;
}

static void
mark_busy(struct cells *s, usec from, usec to)
{
	int64_t at = max64(cell_of(from) - s->first, 0);
	int64_t end = min64(cell_of(to + CELL_USEC - 1) - s->first, s->n);

	for (; at < end; at++)
		s->busy[at / 64] |= UINT64_C(1) << (at % 64);
}

static bool
excepted(const struct plan_absence *a, day start)
{
	for (size_t i = 0; i < a->except_n; i++)
		if (a->except[i] == start)
			return true;
	return false;
}

static void
mark_absence(const struct search *s, const struct plan_absence *a, struct cells *cells)
{
	int span = a->last_day - a->first_day, period = a->every_weeks * 7;
	day until = a->every_weeks == 0 ? a->first_day : a->until_day;
	day start = a->first_day;

	/* Straight to the first occurrence that can still reach our range. */
	if (period > 0 && s->q->from - span - 1 > start)
		start += (s->q->from - span - 1 - start) / period * period;
	for (; start <= s->last + 1 && start <= until; start += period) {
		if (!excepted(a, start))
			mark_busy(cells, instant(s->plan->zone, start, a->start_minute),
			    instant(s->plan->zone, start + span, a->end_minute));
		if (period == 0)
			break;
	}
}

/*
 * Of one practitioner.  Apart, for a group session that takes place already
 * fills its own busy cells and has seats all the same, but not in an absence.
 */
struct own { struct cells busy, away; };

static struct cells
no_cells(const struct search *s)
{
	return (struct cells){ s->first_cell, s->cells_n,
	    NEW_N(s->c->mem, uint64_t, (size_t)s->cells_n / 64 + 1) };
}

static err
practitioner_cells(const struct search *s, const struct plan_practitioner *p, struct own *ret)
{
	if (s->ignore_busy)
		ret->busy = no_cells(s);
	else
		TRY(free_cells(s->c, p->practitioner, s->first_cell, s->cells_n, &ret->busy));
	ret->away = no_cells(s);
	for (size_t i = 0; i < p->absences_n; i++)
		mark_absence(s, &p->absences[i], &ret->away);
	return OK;
}

static bool
any_free(const struct cells *holders, size_t n, int64_t from, int64_t cells)
{
	for (size_t i = 0; i < n; i++)
		if (cells_all_free(&holders[i], from, cells))
			return true;
	return n == 0;
}

/* Places left at this start: 0 for none, 1 for an individual appointment. */
static int
places_at(const struct search *s, const struct own *own, id practitioner, usec start)
{
	const struct plan_motive *m = s->motive;
	int64_t from = cell_of(start - m->before_minutes * USEC_PER_MINUTE);
	int64_t n = (m->before_minutes + s->minutes + m->after_minutes) / CELL_MINUTES;

	if (!cells_all_free(&own->away, from, n))
		return 0;
	for (size_t i = 0; i < s->groups_n; i++)
		if (s->groups[i].practitioner == practitioner && s->groups[i].start == start)
			return m->capacity - s->groups[i].taken;
	if (!cells_all_free(&own->busy, from, n))
		return 0;
	if (!s->ignore_busy && (!any_free(s->rooms, m->rooms_n, from, n) ||
	    !any_free(s->devices, m->devices_n, from, n)))
		return 0;
	return m->capacity;
}

static void
add(struct search *s, struct slot slot)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 64 : s->room * 2;
		struct slot *more = NEW_N(s->c->mem, struct slot, room);

		if (s->n > 0)
			memcpy(more, s->found, s->n * sizeof(*more));
		s->found = more;
		s->room = room;
	}
	s->found[s->n++] = slot;
}

/* Cut one window of opening hours on one day into steps. */
static void
add_window(struct search *s, const struct own *own, const struct plan_hours *h, day on)
{
	usec length = s->minutes * USEC_PER_MINUTE;
	usec step = s->motive->step_minutes * USEC_PER_MINUTE;
	usec start = instant(s->plan->zone, on, h->start_minute);
	usec end = instant(s->plan->zone, on, h->end_minute);

	/* Clocks that jump at one minute past midnight exist (Casey, 2020): appointments keep to cells. */
	start = cell_of(start + CELL_USEC - 1) * CELL_USEC;
	if (start < s->earliest)	/* to the first step that is not too early */
		start += (s->earliest - start + step - 1) / step * step;
	for (; start + length <= end; start += step) {
		int places = places_at(s, own, h->practitioner, start);

		if (places > 0)
			add(s, (struct slot){ start, start + length, h->practitioner, h->site, places });
	}
}

static bool
for_motive(const struct plan_hours *h, id motive)
{
	for (size_t i = 0; i < h->motives_n; i++)
		if (h->motives[i] == motive)
			return true;
	return h->motives_n == 0;
}

/* Weekly hours do not hold on a holiday; an opening of that one day does. */
static bool
is_holiday(const struct search *s, day on)
{
	int at = on - s->q->from;

	return (s->holidays[at / 64] >> (at % 64) & 1) != 0;
}

static bool
open_on(const struct search *s, const struct plan_hours *h, day on)
{
	bool day_fits = h->weekday == 0 ? h->on_day == on :
	    h->weekday == civil_weekday(on) && !is_holiday(s, on);

	return day_fits && on >= h->from_day && on <= h->until_day &&
	    (h->parity == 0 || h->parity == (civil_iso_week(on) % 2 == 1 ? 1 : 2)) &&
	    (s->q->site == 0 || h->site == s->q->site) && for_motive(h, s->motive->motive);
}

/* All slots of one practitioner, stopping after the day on which the limit is reached. */
static err
search_practitioner(struct search *s, const struct plan_practitioner *p)
{
	struct own own;
	size_t before = s->n;

	TRY(practitioner_cells(s, p, &own));
	for (day on = s->q->from; on <= s->last && s->n - before < s->limit; on++)
		for (size_t i = 0; i < p->hours_n; i++)
			if (open_on(s, &p->hours[i], on))
				add_window(s, &own, &p->hours[i], on);
	return OK;
}

static err
holders_cells(const struct search *s, const id *holders, size_t n, struct cells **ret)
{
	*ret = NEW_N(s->c->mem, struct cells, n);
	for (size_t i = 0; i < n; i++)
		TRY(free_cells(s->c, holders[i], s->first_cell, s->cells_n, &(*ret)[i]));
	return OK;
}

static err
groups_read(struct search *s)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct group *groups = NEW_N(s->c->mem, struct group, GROUPS_MAX);
	err e;

	TRY(db_read(s->c->db, SQL("SELECT b.practitioner, b.start_at,"
	    " (SELECT count(*) FROM seat t JOIN booking k ON k.org = t.org AND k.id = t.booking"
	    "  WHERE t.org = b.org AND t.session = b.id AND (k.hold_until IS NULL OR k.hold_until > $5))"
	    " FROM booking b WHERE b.org = $1 AND b.kind = 3 AND b.state < 8 AND b.motive = $2"
	    " AND b.start_at >= $3 AND b.start_at < $4"),
	    BINDS(INT(s->c->org), INT(s->motive->motive), INT(s->first_cell * CELL_USEC),
	    INT((s->first_cell + s->cells_n) * CELL_USEC), INT(s->c->now)), &rows));
	while ((e = db_next(rows)) == OK && s->groups_n < GROUPS_MAX)
		groups[s->groups_n++] = (struct group){
		    db_int(rows, 0), db_int(rows, 1), (int)db_int(rows, 2) };
	s->groups = groups;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* A day more on either side: for buffers, and for zones that jump. */
static void
range_cells(struct search *s)
{
	s->first_cell = cell_of(instant(s->plan->zone, s->q->from - 1, 0));
	s->cells_n = cell_of(instant(s->plan->zone, s->last + 2, 0)) - s->first_cell;
}

static void
holidays_mark(struct search *s)
{
	str zone = zone_name(s->plan->zone);

	for (int i = 0; i < s->q->days && !s->plan->open_on_holidays; i++)
		if (holiday_on(zone, s->q->from + i))
			s->holidays[i / 64] |= UINT64_C(1) << (i % 64);
}

static err
search_begin(struct search *s)
{
	const struct slot_query *q = s->q;
	day today = zone_local(s->plan->zone, s->c->now).day;

	if (q->days < 1 || q->days > SLOT_DAYS_MAX)
		return ERR_INVALID;
	if ((s->motive = plan_motive(s->plan, q->motive)) == NULL || (q->online && !s->motive->online))
		return ERR_NOT_FOUND;
	s->minutes = q->minutes > 0 ? q->minutes : s->motive->minutes;
	s->limit = q->limit > 0 ? (size_t)q->limit : SLOT_LIST_MAX;
	s->last = q->from + q->days - 1;
	s->earliest = max64(s->c->now, q->after + 1);
	if (q->online) {
		s->earliest = max64(s->earliest, s->c->now + s->motive->notice_minutes * USEC_PER_MINUTE);
		s->last = (day)min64(s->last, today + s->motive->horizon_days);
	}
	if (s->last < q->from)
		s->last = q->from - 1;

	holidays_mark(s);
	range_cells(s);
	if (!s->ignore_busy) {
		TRY(holders_cells(s, s->motive->rooms, s->motive->rooms_n, &s->rooms));
		TRY(holders_cells(s, s->motive->devices, s->motive->devices_n, &s->devices));
	}
	if (s->motive->capacity > 1)
		TRY(groups_read(s));
	return OK;
}

static bool
wanted(const struct slot_query *q, id practitioner)
{
	for (size_t i = 0; i < q->among_n; i++)
		if (q->among[i] == practitioner)
			return true;
	return q->among_n == 0 && (q->practitioner == 0 || q->practitioner == practitioner);
}

static int
by_start(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->practitioner > y->practitioner) - (x->practitioner < y->practitioner);
}

/* Overlapping windows can offer one instant twice. */
static size_t
without_doubles(struct slot *slots, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept == 0 || by_start(&slots[kept - 1], &slots[i]) != 0)
			slots[kept++] = slots[i];
	return kept;
}

/* The practitioners in order; first_only narrows the range to what can still be earlier. */
static err
search_run(struct search *s, bool first_only)
{
	size_t matches = 0;

	TRY(search_begin(s));
	for (size_t i = 0; i < s->motive->practitioners_n; i++) {
		const struct plan_practitioner *p =
		    plan_practitioner(s->plan, s->motive->practitioners[i]);
		size_t before = s->n;

		if (p == NULL || !wanted(s->q, p->practitioner) || (s->q->online && !p->listed))
			continue;
		matches++;
		TRY(search_practitioner(s, p));
		if (first_only && s->n > before) {
			usec best = s->found[0].start;

			for (size_t k = 1; k < s->n; k++)
				if (s->found[k].start < best) {
					best = s->found[k].start;
					s->found[0] = s->found[k];
				}
			s->n = 1;
			s->last = (day)min64(s->last, zone_local(s->plan->zone, best).day);
			range_cells(s);
		}
	}
	return matches > 0 ? OK : ERR_NOT_FOUND;
}

static err
find(struct search *s, struct slot **ret, size_t *ret_n)
{
	TRY(search_run(s, false));
	if (s->n > 1)
		qsort(s->found, s->n, sizeof(*s->found), by_start);
	*ret_n = (size_t)min64((int64_t)without_doubles(s->found, s->n), (int64_t)s->limit);
	*ret = s->found;
	return OK;
}

err
slot_find(struct ctx *c, const struct slot_query *q, struct slot **ret, size_t *ret_n)
{
	CLEANUP(plan_release) const struct plan *plan = NULL;

	TRY(plan_get(c, &plan));
	return find(&(struct search){ .c = c, .plan = plan, .q = q }, ret, ret_n);
}

err
slot_first(struct ctx *c, const struct slot_query *q, struct slot *ret)
{
	CLEANUP(plan_release) const struct plan *plan = NULL;
	struct slot_query one = *q;

	one.limit = 1;
	TRY(plan_get(c, &plan));
	struct search s = { .c = c, .plan = plan, .q = &one };
	TRY(search_run(&s, true));
	if (s.n == 0)
		return ERR_NOT_FOUND;
	*ret = s.found[0];
	return OK;
}

err
slot_check_by(struct ctx *c, const struct plan *plan, const struct slot_query *q, usec start,
    struct slot *ret)
{
	struct slot_query exact = *q;
	struct slot *slots;
	size_t n;

	exact.from = zone_local(plan->zone, start).day;
	exact.days = 1;
	exact.limit = 0;
	exact.after = 0;
	TRY(find(&(struct search){ .c = c, .plan = plan, .q = &exact, .ignore_busy = true }, &slots, &n));
	for (size_t i = 0; i < n; i++)
		if (slots[i].start == start) {
			*ret = slots[i];
			return OK;
		}
	const struct plan_motive *m = plan_motive(plan, q->motive);
	bool too_soon = start < c->now + (q->online ? m->notice_minutes * USEC_PER_MINUTE : 0);
	bool too_far = q->online && exact.from > zone_local(plan->zone, c->now).day + m->horizon_days;
	return too_soon || too_far ? ERR_EXPIRED : ERR_CONFLICT;
}

err
slot_check(struct ctx *c, const struct slot_query *q, usec start, struct slot *ret)
{
	CLEANUP(plan_release) const struct plan *plan = NULL;

	TRY(plan_get(c, &plan));
	return slot_check_by(c, plan, q, start, ret);
}
