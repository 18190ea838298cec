/* day.c - see day.h. */
#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/holiday.h"
#include "practice/absence.h"
#include "practice/day.h"
#include "practice/free.h"
#include "practice/hours.h"
#include "practice/plan.h"
#include "store/db.h"
#include "vault/vault.h"

enum { FREE_MINUTES_DEFAULT = 15, ROWS_PER_HOUR = 60 / DAY_ROW_MINUTES, VERSION_BYTES_MAX = 4096 };

/* What one practitioner's days are cut from. */
struct source {
	const struct practitioner *practitioner;
	struct hours		*hours;
	size_t			 hours_n;
	struct absence		*absences;
	size_t			 absences_n;
	struct absence_ranges	 away;
	struct cells		 taken;		/* buffers and holds included */
	const struct motive	*motive;	/* proposed for a free time */
};

struct reader {
	struct ctx		*c;
	const struct zone	*zone;
	bool			 open_on_holidays;
	const struct day_query	*q;
	struct source		*sources;
	struct booking		*bookings;
	struct person		*people;	/* of the bookings, one for one; id 0: none */
	size_t			 bookings_n;
	const struct motive	*motives;
	size_t			 motives_n;
};

/* The instants of a day's rows; an hour that the clocks jump over is a gap. */
struct clock { usec at[DAY_ROWS]; bool gap[DAY_ROWS]; };

/* One column under work: the day row by row. */
struct rows {
	const struct clock *clock;
	bool	open[DAY_ROWS], away[DAY_ROWS], taken[DAY_ROWS];
};

static usec
midnight(const struct zone *zone, day on)
{
	return zone_instant(zone, on, 0, NULL);
}

static int
row_up(int minute)
{
	return (minute + DAY_ROW_MINUTES - 1) / DAY_ROW_MINUTES;
}

static const struct motive *
motive_of(const struct reader *r, id motive)
{
	for (size_t i = 0; i < r->motives_n; i++)
		if (r->motives[i].id == motive)
			return &r->motives[i];
	return NULL;
}

/* The first motive of the practice's order that is for one patient and that this one does. */
static const struct motive *
motive_proposed(const struct reader *r, const struct plan *plan, id practitioner)
{
	for (size_t i = 0; i < r->motives_n; i++) {
		const struct plan_motive *m = plan_motive(plan, r->motives[i].id);

		for (size_t k = 0; m != NULL && m->capacity == 1 && k < m->practitioners_n; k++)
			if (m->practitioners[k] == practitioner)
				return &r->motives[i];
	}
	return NULL;
}

/* A day on either side: what began yesterday may still last. */
static err
source_read(struct reader *r, struct source *s)
{
	struct absence_period period = { r->q->from, r->q->from + r->q->days - 1 };
	int64_t first = cell_of(midnight(r->zone, r->q->from - 1));
	int64_t last = cell_of(midnight(r->zone, r->q->from + r->q->days + 1));

	TRY(hours_list(r->c, s->practitioner->id, r->q->from, &s->hours, &s->hours_n));
	TRY(absence_list(r->c, s->practitioner->id, period, &s->absences, &s->absences_n));
	s->away = absence_expand(r->c->mem, s->absences, s->absences_n, period);
	return free_cells(r->c, s->practitioner->id, first, last - first, &s->taken);
}

static err
sources_read(struct reader *r)
{
	CLEANUP(plan_release) const struct plan *plan = NULL;

	TRY(plan_get(r->c, &plan));
	r->open_on_holidays = plan->open_on_holidays;
	r->sources = NEW_N(r->c->mem, struct source, r->q->practitioners_n);
	for (size_t i = 0; i < r->q->practitioners_n; i++) {
		r->sources[i].practitioner = &r->q->practitioners[i];
		r->sources[i].motive = motive_proposed(r, plan, r->q->practitioners[i].id);
		TRY(source_read(r, &r->sources[i]));
	}
	return OK;
}

/* The reasons of all absences at once: one line in the log. */
static err
reasons_open(struct reader *r)
{
	struct absence *all;
	size_t n = 0, at = 0;

	for (size_t i = 0; i < r->q->practitioners_n; i++)
		n += r->sources[i].absences_n;
	if (n == 0)
		return OK;
	all = NEW_N(r->c->mem, struct absence, n);
	for (size_t i = 0; i < r->q->practitioners_n; i++) {
		struct source *s = &r->sources[i];

		if (s->absences_n > 0)
			memcpy(all + at, s->absences, s->absences_n * sizeof(*all));
		s->absences = all + at;
		at += s->absences_n;
	}
	return absence_open(r->c, PURPOSE_DESK, all, n);
}

static bool
shown(const struct reader *r, const struct booking *b)
{
	/* Of a group session, the session stands for all who come to it. */
	if (b->session != 0)
		return false;
	for (size_t i = 0; i < r->q->practitioners_n; i++)
		if (r->q->practitioners[i].id == b->practitioner)
			return true;
	return false;
}

static err
people_open(struct reader *r)
{
	id *ids = NEW_N(r->c->mem, id, r->bookings_n);

	r->people = NEW_N(r->c->mem, struct person, r->bookings_n);
	for (size_t i = 0; i < r->bookings_n; i++)
		ids[i] = r->bookings[i].person;
	for (size_t at = 0; at < r->bookings_n; at += VAULT_BATCH_MAX) {
		size_t n = r->bookings_n - at < VAULT_BATCH_MAX ? r->bookings_n - at : VAULT_BATCH_MAX;

		TRY(person_get_many(r->c, PURPOSE_DESK, ids + at, n, r->people + at));
	}
	return OK;
}

static err
bookings_read(struct reader *r)
{
	const struct day_query *q = r->q;
	id only = q->practitioners_n == 1 ? q->practitioners[0].id : 0;
	size_t kept = 0, n;

	TRY(booking_list(r->c, only, midnight(r->zone, q->from - 1),
	    midnight(r->zone, q->from + q->days), &r->bookings, &n));
	for (size_t i = 0; i < n; i++)
		if (shown(r, &r->bookings[i]))
			r->bookings[kept++] = r->bookings[i];
	r->bookings_n = kept;
	return people_open(r);
}

static struct clock
clock_of(const struct reader *r, day on)
{
	struct clock clock;
	enum zone_kind kind;

	for (int i = 0; i < DAY_ROWS; i++) {
		clock.at[i] = zone_instant(r->zone, on, i * DAY_ROW_MINUTES, &kind);
		clock.gap[i] = kind == ZONE_GAP;
	}
	return clock;
}

static void
mark(bool *rows, int from, int to)
{
	for (int i = from < 0 ? 0 : from; i < to && i < DAY_ROWS; i++)
		rows[i] = true;
}

/* Weekly hours do not hold on a holiday; an opening of that one day does, as in slot.c. */
static bool
closed_all_day(const struct reader *r, day on)
{
	return !r->open_on_holidays && holiday_on(zone_name(r->zone), on);
}

static void
rows_fill(const struct source *s, day on, bool holiday, struct rows *ret)
{
	for (size_t i = 0; i < s->hours_n; i++)
		if (hours_on(&s->hours[i], on) && (!holiday || s->hours[i].on_day != 0))
			mark(ret->open, s->hours[i].start_minute / DAY_ROW_MINUTES,
			    s->hours[i].end_minute / DAY_ROW_MINUTES);
	for (size_t i = 0; i < s->away.n; i++)
		if (s->away.items[i].day == on)
			mark(ret->away, s->away.items[i].start_minute / DAY_ROW_MINUTES,
			    row_up(s->away.items[i].end_minute));
	for (int i = 0; i < DAY_ROWS; i++)
		ret->taken[i] = ret->clock->gap[i] ||
		    !cells_all_free(&s->taken, cell_of(ret->clock->at[i]), 1);
}

/* The rows that [start, end) covers of the day; false: none. */
static bool
span_of(const struct zone *zone, day on, const struct booking *b, int *ret_start, int *ret_end)
{
	usec from = max64(b->start, midnight(zone, on)), to = min64(b->end, midnight(zone, on + 1));
	struct civil last = zone_local(zone, to);

	if (from >= to)
		return false;
	*ret_start = zone_local(zone, from).minute / DAY_ROW_MINUTES;
	*ret_end = last.day > on ? DAY_ROWS : row_up(last.minute);
	/* The clocks went back meanwhile: as long as it lasts. */
	if (*ret_end <= *ret_start)
		*ret_end = *ret_start + (int)((to - from) / USEC_PER_MINUTE / DAY_ROW_MINUTES);
	if (*ret_end <= *ret_start)
		*ret_end = *ret_start + 1;
	*ret_end = (int)min64(*ret_end, DAY_ROWS);
	return true;
}

static void
add(struct day_column *col, struct day_item item)
{
	col->items[col->n++] = item;
}

static void
add_bookings(const struct reader *r, struct day_column *col)
{
	for (size_t i = 0; i < r->bookings_n; i++) {
		const struct booking *b = &r->bookings[i];
		struct day_item item = { .kind = DAY_BOOKING, .booking = b, .lanes = 1,
		    .motive = motive_of(r, b->motive) };

		if (b->practitioner != col->practitioner->id ||
		    !span_of(r->zone, col->on, b, &item.start, &item.end))
			continue;
		if (r->people[i].id != 0)
			item.name = person_name_by_family(r->c->mem, &r->people[i]);
		add(col, item);
		col->appointments += b->kind == BOOKING_APPOINTMENT && b->state != BOOKING_EXCUSED;
		col->present = true;
	}
}

static void
add_closed(const struct rows *rows, struct day_column *col)
{
	for (int i = 0, end; i < DAY_ROWS; i = end) {
		for (end = i + 1; end < DAY_ROWS && rows->open[end] == rows->open[i]; end++)
			;
		if (!rows->open[i])
			add(col, (struct day_item){ .kind = DAY_CLOSED, .start = i, .end = end });
		else
			col->present = true;
	}
}

static bool
is_free(const struct rows *rows, int i, usec now)
{
	return rows->open[i] && !rows->away[i] && !rows->taken[i] && rows->clock->at[i] >= now;
}

/* Free runs, cut into appointments of the motive that will be proposed. */
static void
add_free(const struct reader *r, const struct source *s, const struct rows *rows, struct day_column *col)
{
	int step = (s->motive != NULL ? s->motive->minutes : FREE_MINUTES_DEFAULT) / DAY_ROW_MINUTES;

	for (int i = 0; i < DAY_ROWS; i++) {
		int end = i;

		while (end < DAY_ROWS && end < i + step && is_free(rows, end, r->c->now))
			end++;
		if (end == i)
			continue;
		add(col, (struct day_item){ .kind = DAY_FREE, .start = i, .end = end, .motive = s->motive });
		col->free += end == i + step;
		i = end - 1;
	}
}

static void
add_absences(const struct source *s, struct day_column *col)
{
	for (size_t i = 0; i < s->away.n; i++) {
		const struct absence_range *a = &s->away.items[i];
		struct day_item item = { .kind = DAY_ABSENCE, .start = a->start_minute / DAY_ROW_MINUTES,
		    .end = row_up(a->end_minute) };

		if (a->day != col->on || item.start >= item.end)
			continue;
		for (size_t k = 0; k < s->absences_n; k++)
			if (s->absences[k].id == a->absence)
				item.name = s->absences[k].reason;
		add(col, item);
	}
}

static int
by_start(const void *a, const void *b)
{
	const struct day_item *x = a, *y = b;

	if (x->start != y->start)
		return x->start - y->start;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return y->end - x->end;
}

static bool
in_lane(const struct day_item *item)
{
	return item->kind == DAY_BOOKING || item->kind == DAY_FREE;
}

void
day_lanes(struct day_item *items, size_t n)
{
	int ends[DAY_LANES_MAX] = {0};
	int lanes = 0, cluster_end = 0;
	size_t first = 0;

	for (size_t i = 0; i <= n; i++) {
		if (i < n && !in_lane(&items[i]))
			continue;
		/* Nothing reaches over this start: those before are a group of their own. */
		if (i == n || items[i].start >= cluster_end) {
			for (; first < i; first++)
				items[first].lanes = in_lane(&items[first]) ? lanes : 1;
			if (i == n)
				return;
			lanes = 0;
		}
		int lane = 0;
		while (lane < lanes && lane < DAY_LANES_MAX - 1 && ends[lane] > items[i].start)
			lane++;
		if (lane == lanes)
			lanes++;
		items[i].lane = lane;
		ends[lane] = items[i].end;
		cluster_end = (int)max64(lanes == 1 ? 0 : cluster_end, items[i].end);
	}
}

static bool
holds_time(const struct day_item *item)
{
	return item->kind == DAY_BOOKING && item->booking->state != BOOKING_EXCUSED;
}

/* Who sent apologies stands beside nobody: the time is no longer his. */
static void
find_beside(struct day_column *col)
{
	for (size_t i = 0; i < col->n; i++)
		for (size_t k = i + 1; k < col->n && col->items[k].start < col->items[i].end; k++)
			if (holds_time(&col->items[i]) && holds_time(&col->items[k]))
				col->items[i].beside = col->items[k].beside = true;
}

static void
column_build(const struct reader *r, const struct source *s, const struct clock *clock,
    struct day_column *col)
{
	struct rows rows = { .clock = clock };

	/* At most every other row begins a closed stretch; every row may be free. */
	col->items = NEW_N(r->c->mem, struct day_item, r->bookings_n + s->away.n + 2 * DAY_ROWS);
	rows_fill(s, col->on, closed_all_day(r, col->on), &rows);
	add_closed(&rows, col);
	add_absences(s, col);
	add_bookings(r, col);
	add_free(r, s, &rows, col);
	qsort(col->items, col->n, sizeof(*col->items), by_start);
	day_lanes(col->items, col->n);
	find_beside(col);
}

/* Whole hours that hold every booking and every free time. */
static void
hours_shown(struct day_table *t)
{
	t->first_hour = DAY_HOUR_FIRST;
	t->last_hour = DAY_HOUR_LAST;
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = 0; k < t->columns[i].n; k++) {
			const struct day_item *item = &t->columns[i].items[k];

			if (item->kind != DAY_BOOKING && item->kind != DAY_FREE)
				continue;
			t->first_hour = (int)min64(t->first_hour, item->start / ROWS_PER_HOUR);
			t->last_hour = (int)max64(t->last_hour,
			    (item->end + ROWS_PER_HOUR - 1) / ROWS_PER_HOUR);
		}
}

static void
clip(struct day_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct day_column *col = &t->columns[i];
		size_t kept = 0;

		for (size_t k = 0; k < col->n; k++) {
			struct day_item item = col->items[k];

			item.start = (int)max64(item.start, t->first_hour * ROWS_PER_HOUR);
			item.end = (int)min64(item.end, t->last_hour * ROWS_PER_HOUR);
			if (item.start < item.end)
				col->items[kept++] = item;
		}
		col->n = kept;
	}
}

err
day_read(struct ctx *c, const struct zone *zone, const struct day_query *q, struct day_table *ret)
{
	struct reader r = { .c = c, .zone = zone, .q = q };
	struct day_table t = {0};
	struct motive *motives;

	if (q->days < 1 || q->practitioners_n > DAY_COLUMNS_MAX / (size_t)q->days)
		return ERR_INVALID;
	TRY(motive_list(c, true, &motives, &r.motives_n));
	r.motives = motives;
	TRY(sources_read(&r));
	TRY(reasons_open(&r));
	TRY(bookings_read(&r));
	t.columns = NEW_N(c->mem, struct day_column, q->practitioners_n * (size_t)q->days);
	for (int d = 0; d < q->days; d++) {
		struct clock clock = clock_of(&r, q->from + d);

		for (size_t i = 0; i < q->practitioners_n; i++) {
			struct day_column *col = &t.columns[t.n];

			*col = (struct day_column){ .practitioner = r.sources[i].practitioner, .on = q->from + d };
			column_build(&r, &r.sources[i], &clock, col);
			t.n++;
		}
	}
	hours_shown(&t);
	clip(&t);
	t.motives = motives;
	t.motives_n = r.motives_n;
	*ret = t;
	return OK;
}

static enum day_fullness
fullness_of(const struct reader *r, day on)
{
	enum day_fullness found = DAY_SHUT;
	struct clock clock;

	if (midnight(r->zone, on + 1) <= r->c->now)
		return DAY_SHUT;
	clock = clock_of(r, on);
	for (size_t i = 0; i < r->q->practitioners_n; i++) {
		const struct source *s = &r->sources[i];
		struct rows rows = { .clock = &clock };
		struct day_column col = { .items = NEW_N(r->c->mem, struct day_item, 2 * DAY_ROWS) };
		bool opens = false;

		rows_fill(s, on, closed_all_day(r, on), &rows);
		for (int k = 0; k < DAY_ROWS; k++)
			opens |= rows.open[k] && !rows.away[k];
		if (!opens)
			continue;
		add_free(r, s, &rows, &col);
		if (col.free > 0)
			return DAY_HAS_FREE;
		found = DAY_FULL;
	}
	return found;
}

err
day_fullness(struct ctx *c, const struct zone *zone, const struct day_query *q, enum day_fullness *ret)
{
	struct reader r = { .c = c, .zone = zone, .q = q };
	struct motive *motives;

	assert(q->days <= DAY_MONTH_MAX);
	TRY(motive_list(c, false, &motives, &r.motives_n));
	r.motives = motives;
	TRY(sources_read(&r));
	for (int d = 0; d < q->days; d++)
		ret[d] = fullness_of(&r, q->from + d);
	return OK;
}

err
day_present(struct ctx *c, const struct zone *zone, const struct day_query *q, bool *ret)
{
	usec from = midnight(zone, q->from - 1), to = midnight(zone, q->from + 1);
	struct booking *list;
	struct hours *hours;
	int start, end;
	size_t n, hours_n;

	TRY(booking_list(c, 0, from, to, &list, &n));
	for (size_t i = 0; i < q->practitioners_n; i++) {
		id who = q->practitioners[i].id;

		ret[i] = false;
		TRY(hours_list(c, who, q->from, &hours, &hours_n));
		for (size_t k = 0; k < hours_n; k++)
			ret[i] |= hours_on(&hours[k], q->from);
		for (size_t k = 0; k < n; k++)
			ret[i] |= list[k].practitioner == who && span_of(zone, q->from, &list[k], &start, &end);
	}
	return OK;
}

/* The best so far, and what this column has: the nearer to the instant on its far side. */
static void
nearest(const struct day_column *col, const struct clock *clock, usec after, bool backwards, struct day_free *best)
{
	for (size_t i = 0; i < col->n; i++) {
		const struct day_item *item = &col->items[i];
		int step = (item->motive != NULL ? item->motive->minutes : FREE_MINUTES_DEFAULT) / DAY_ROW_MINUTES;
		usec at = clock->at[item->start];

		if (item->end - item->start < step || (backwards ? at >= after : at <= after))
			continue;
		if (best->practitioner == NULL || (backwards ? at > best->start : at < best->start))
			*best = (struct day_free){ col->practitioner, at };
	}
}

err
day_free_next(struct ctx *c, const struct zone *zone, const struct day_query *q, usec after, bool backwards,
    struct day_free *ret)
{
	struct day_item *items = NEW_N(c->mem, struct day_item, DAY_ROWS);
	struct reader r = { .c = c, .zone = zone, .q = q };
	struct day_free best = {0};
	struct motive *motives;

	assert(q->days <= DAY_MONTH_MAX);
	TRY(motive_list(c, false, &motives, &r.motives_n));
	r.motives = motives;
	TRY(sources_read(&r));
	for (int d = 0; d < q->days && best.practitioner == NULL; d++) {
		day on = backwards ? q->from + q->days - 1 - d : q->from + d;
		struct clock clock = clock_of(&r, on);

		for (size_t i = 0; i < q->practitioners_n; i++) {
			struct day_column col = { .practitioner = r.sources[i].practitioner, .items = items };
			struct rows rows = { .clock = &clock };

			rows_fill(&r.sources[i], on, closed_all_day(&r, on), &rows);
			add_free(&r, &r.sources[i], &rows, &col);
			nearest(&col, &clock, after, backwards, &best);
		}
	}
	if (best.practitioner == NULL)
		return ERR_NOT_FOUND;
	*ret = best;
	return OK;
}

err
day_version(struct ctx *c, const struct zone *zone, const struct day_query *q, str *ret)
{
	usec from = midnight(zone, q->from - 1), to = midnight(zone, q->from + q->days);
	struct buf b = buf_in(c->mem, VERSION_BYTES_MAX);
	int64_t rules;

	TRY(db_one_int(c->db, SQL("SELECT plan_version FROM org WHERE id = $1"), BINDS(INT(c->org)), &rules));
	buf_printf(&b, "%lld", (long long)rules);
	for (size_t i = 0; i < q->practitioners_n; i++) {
		CLEANUP(db_rows_end) struct db_rows *rows = NULL;

		/* Every change of a row raises its version; what comes or goes changes the other two. */
		TRY(db_read(c->db, SQL("SELECT count(*), CAST(COALESCE(sum(version), 0) AS BIGINT),"
		    " CAST(COALESCE(sum(id % 1000003), 0) AS BIGINT) FROM booking WHERE org = $1 AND practitioner = $2"
		    " AND start_at >= $3 AND start_at < $4 AND (hold_until IS NULL OR hold_until > $5)"),
		    BINDS(INT(c->org), INT(q->practitioners[i].id), INT(from), INT(to), INT(c->now)), &rows));
		TRY(db_next(rows));
		buf_printf(&b, ".%llx.%llx.%llx", (long long)db_int(rows, 0), (long long)db_int(rows, 1),
		    (long long)db_int(rows, 2));
	}
	*ret = buf_str(&b);
	return OK;
}
