/* series.c - see series.h. */
#include <stdlib.h>

#include "practice/series.h"

static bool
rule_ok(const struct series_rule *rule)
{
	bool counted = rule->times > 0, dated = rule->until > 0;

	return rule->every_weeks >= 1 && rule->every_weeks <= SERIES_WEEKS_MAX && counted != dated &&
	    (!counted || (rule->times >= 2 && rule->times <= BOOKING_SERIES_MAX));
}

err
series_starts(struct arena *mem, const struct zone *zone, usec first, const struct series_rule *rule,
    usec **ret, size_t *ret_n)
{
	struct civil at = zone_local(zone, first);
	usec *starts = NEW_N(mem, usec, BOOKING_SERIES_MAX);
	size_t n = 0;

	if (!rule_ok(rule))
		return ERR_INVALID;
	for (day on = at.day; rule->times > 0 ? n < (size_t)rule->times : on <= rule->until;
	    on += 7 * rule->every_weeks) {
		enum zone_kind kind;
		usec start = zone_instant(zone, on, at.minute, &kind);

		if (n == BOOKING_SERIES_MAX)
			return ERR_INVALID;
		starts[n] = n == 0 ? first : kind == ZONE_GAP ? -1 : start;
		n++;
	}
	if (n < 2)
		return ERR_INVALID;
	*ret = starts;
	*ret_n = n;
	return OK;
}

err
series_clashes(struct ctx *c, const struct booking_ask *ask, const usec *starts, size_t n,
    usec **ret, size_t *ret_n)
{
	usec *found = NEW_N(c->mem, usec, n);
	size_t found_n = 0;

	for (size_t i = 0; i < n; i++) {
		struct booking *there;
		size_t there_n = 0;

		if (starts[i] >= 0)
			TRY(booking_clashes(c, ask->practitioner, starts[i],
			    starts[i] + ask->minutes * USEC_PER_MINUTE, &there, &there_n));
		if (starts[i] < 0 || there_n > 0)
			found[found_n++] = starts[i];
	}
	*ret = found;
	*ret_n = found_n;
	return OK;
}

err
series_create(struct ctx *c, const struct booking_ask *ask, const struct booking_who *who,
    const usec *starts, size_t n, struct series_result *ret)
{
	struct booking *made = NEW_N(c->mem, struct booking, n);
	usec *clashes = NEW_N(c->mem, usec, n);
	struct series_result r = { .series = ctx_id(c), .done = made, .clashes = clashes };
	struct booking_who person = *who;

	for (size_t i = 0; i < n; i++) {
		struct booking_ask one = *ask;

		one.start = starts[i];
		one.series = r.series;
		/* The message that comes with the first one lists all that stand when it leaves. */
		one.quiet = ask->quiet || r.done_n > 0;
		err e = starts[i] < 0 ? ERR_CONFLICT : booking_create(c, &one, &person, &made[r.done_n]);
		if (e == ERR_CONFLICT) {
			clashes[r.clashes_n++] = starts[i];
			continue;
		}
		TRY(e);
		/* A new patient was made with the first appointment. */
		person = (struct booking_who){ .person = made[r.done_n++].person };
	}
	if (r.done_n == 0)
		return ERR_CONFLICT;
	*ret = r;
	return OK;
}

/* This one first, then the others of the scope that are still to come, by start. */
static err
in_scope(struct ctx *c, const struct series_change *change, struct booking **ret, size_t *ret_n)
{
	struct booking this, *list;
	struct booking *found;
	size_t n, kept = 1;

	TRY(booking_get(c, change->booking, &this));
	if (change->version != 0 && this.version != change->version)
		return ERR_CONFLICT;
	if (change->scope == SERIES_ONE || this.series == 0) {
		found = NEW(c->mem, struct booking);
		found[0] = this;
		*ret = found;
		*ret_n = 1;
		return OK;
	}
	TRY(booking_list_of_series(c, this.series,
	    change->scope == SERIES_FOLLOWING ? this.start : c->now, &list, &n));
	found = NEW_N(c->mem, struct booking, n + 1);
	found[0] = this;
	for (size_t i = 0; i < n; i++)
		if (list[i].id != this.id)
			found[kept++] = list[i];
	*ret = found;
	*ret_n = kept;
	return OK;
}

static int
by_start(const void *a, const void *b)
{
	usec x = ((const struct booking *)a)->start, y = ((const struct booking *)b)->start;

	return (x > y) - (x < y);
}

err
series_move(struct ctx *c, const struct zone *zone, const struct series_change *change,
    const struct booking_ask *ask, struct series_result *ret)
{
	struct series_result r = {0};
	struct booking *list, *done, *was;
	usec *clashes;
	size_t n;

	TRY(in_scope(c, change, &list, &n));
	struct civil from = zone_local(zone, list[0].start), to = zone_local(zone, ask->start);
	bool later = ask->start > list[0].start;

	done = NEW_N(c->mem, struct booking, n);
	was = NEW_N(c->mem, struct booking, n);
	clashes = NEW_N(c->mem, usec, n);
	r.was = was;
	r.done = done;
	r.clashes = clashes;
	r.series = list[0].series;
	/*
	 * A week on is where the next one stands: those that go later make room from
	 * the end, those that go earlier from the beginning.
	 */
	qsort(list, n, sizeof(*list), by_start);
	for (size_t k = 0; k < n; k++) {
		const struct booking *b = &list[later ? n - 1 - k : k];
		struct booking_ask one = *ask;
		enum zone_kind kind = ZONE_PLAIN;

		if (b->id != change->booking)
			one.start = zone_instant(zone, zone_local(zone, b->start).day + to.day - from.day,
			    to.minute, &kind);
		err e = kind == ZONE_GAP ? ERR_CONFLICT : booking_move(c, b->id, b->version, &one, &done[r.done_n]);
		if (e == ERR_CONFLICT)
			clashes[r.clashes_n++] = b->start;
		else if (e != OK)
			return e;
		else
			was[r.done_n++] = *b;
	}
	*ret = r;
	return r.done_n == 0 ? ERR_CONFLICT : OK;
}

err
series_cancel(struct ctx *c, const struct series_change *change, bool quiet, struct series_result *ret)
{
	struct series_result r = {0};
	struct booking *list;
	size_t n;

	TRY(in_scope(c, change, &list, &n));
	r.series = list[0].series;
	r.was = list;
	for (size_t i = 0; i < n; i++) {
		err e = booking_cancel(c, list[i].id, quiet);

		/* Somebody else cancelled one of the others meanwhile: that is what was wanted. */
		if (e != OK && (e != ERR_CONFLICT || i == 0))
			return e;
		if (e == OK)
			list[r.done_n++] = list[i];
	}
	*ret = r;
	return OK;
}
