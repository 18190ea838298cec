/* absence.c - see absence.h. */
#include <assert.h>

#include "practice/absence.h"
#include "practice/check.h"
#include "practice/rules.h"
#include "vault/vault.h"

#define COLUMNS "id, practitioner, first_day, start_minute, last_day, end_minute, every_weeks," \
	" COALESCE(until_day, 0), reason_sealed, version"

static bool
day_ok(day d)
{
	return d >= ABSENCE_DAY_MIN && d <= ABSENCE_DAY_MAX;
}

static int
period_days(const struct absence *a)
{
	return a->every_weeks * 7;
}

/* After a sound first day: not before it, and over before it comes again. */
static bool
last_day_ok(const struct absence *a)
{
	int span = a->last_day - a->first_day;
	bool repeats = a->every_weeks == 1 || a->every_weeks == 2;

	return span >= 0 && span < ABSENCE_SPAN_DAYS_MAX && !(repeats && span >= period_days(a));
}

/* What is measured by another field is judged only if that one is sound. */
static unsigned
check_days(const struct absence *a)
{
	unsigned wrong = day_ok(a->first_day) ? 0 : ABSENCE_FIELD_FIRST_DAY;

	/* The same day as the first shares its mistake. */
	if (a->last_day != a->first_day && (!day_ok(a->last_day) || (wrong == 0 && !last_day_ok(a))))
		wrong |= ABSENCE_FIELD_LAST_DAY;
	if (a->every_weeks < 0 || a->every_weeks > 2)
		wrong |= ABSENCE_FIELD_EVERY;
	if (a->until_day != 0 && (a->every_weeks == 0 || !day_ok(a->until_day) ||
	    (!(wrong & ABSENCE_FIELD_FIRST_DAY) && a->until_day < a->first_day)))
		wrong |= ABSENCE_FIELD_UNTIL;
	return wrong;
}

static unsigned
clean(struct absence *a)
{
	unsigned wrong = check_days(a);
	int earliest_end = ABSENCE_GRAIN_MINUTES;

	if (!check_grain(a->start_minute, 0, ABSENCE_END_MINUTE_MAX - ABSENCE_GRAIN_MINUTES,
	    ABSENCE_GRAIN_MINUTES))
		wrong |= ABSENCE_FIELD_START;
	else if (a->last_day == a->first_day)
		earliest_end += a->start_minute;
	if (!check_grain(a->end_minute, earliest_end, ABSENCE_END_MINUTE_MAX, ABSENCE_GRAIN_MINUTES))
		wrong |= ABSENCE_FIELD_END;
	if (!check_line(&a->reason, 0, ABSENCE_REASON_MAX))
		wrong |= ABSENCE_FIELD_REASON;
	return wrong;
}

unsigned
absence_check(const struct absence *form)
{
	struct absence a = *form;

	return clean(&a);
}

/* A row's envelope is written once: its version is always the first. */
static struct vault_place
place(const struct ctx *c, id absence)
{
	return (struct vault_place){ .org = c->org, .person = c->org, .table = TABLE_BLOCK,
	    .facet = FACET_AGENDA, .row = absence, .version = 1 };
}

/* Outside a change: give it an id and seal its reason. */
static err
prepare(struct ctx *c, struct absence *a)
{
	struct vault_place at = place(c, a->id = ctx_id(c));

	a->reason_sealed = (str){0};
	return a->reason.n == 0 ? OK : vault_seal(c, &at, a->reason, &a->reason_sealed);
}

static err
insert(struct ctx *c, const struct absence *a)
{
	return db_run(c->db, SQL(
	    "INSERT INTO absence (org, id, practitioner, first_day, start_minute, last_day,"
	    " end_minute, every_weeks, until_day, reason_sealed, created_at, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)"),
	    BINDS(INT(c->org), INT(a->id), INT(a->practitioner), INT(a->first_day),
	    INT(a->start_minute), INT(a->last_day), INT(a->end_minute), INT(a->every_weeks),
	    REF(a->until_day), a->reason_sealed.n > 0 ? BLOB(a->reason_sealed) : NIL, INT(c->now)),
	    NULL);
}

err
absence_add(struct ctx *c, const struct absence *form, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct absence a = *form;

	if (clean(&a) != ABSENCE_SOUND)
		return ERR_INVALID;
	TRY(prepare(c, &a));
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, a.practitioner, true));
	TRY(rules_exists(c, SQL(
	    "SELECT COUNT(*) FROM practitioner WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(a.practitioner))));
	TRY(insert(c, &a));
	TRY(rules_done(c, &tx, S("absence.add"), a.id, a.practitioner));
	*ret = a.id;
	return OK;
}

static struct absence
row(struct ctx *c, struct db_rows *rows)
{
	return (struct absence){
		.id = db_int(rows, 0),
		.practitioner = db_int(rows, 1),
		.first_day = (day)db_int(rows, 2),
		.start_minute = (int)db_int(rows, 3),
		.last_day = (day)db_int(rows, 4),
		.end_minute = (int)db_int(rows, 5),
		.every_weeks = (int)db_int(rows, 6),
		.until_day = (day)db_int(rows, 7),
		.reason_sealed = db_text(rows, c->mem, 8),
		.version = db_int(rows, 9),
	};
}

/* Only what repeats can have been left out. */
static err
read_except(struct ctx *c, struct absence *a)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	day *list = NULL;
	size_t n = 0, room = 0;
	err e;

	if (a->every_weeks == 0)
		return OK;
	TRY(db_read(c->db, SQL(
	    "SELECT on_day FROM absence_except WHERE org = $1 AND absence = $2 ORDER BY on_day"),
	    BINDS(INT(c->org), INT(a->id)), &rows));
	while ((e = db_next(rows)) == OK) {
		list = rules_grow(c->mem, list, n, &room, sizeof(*list));
		list[n++] = (day)db_int(rows, 0);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	a->except = list;
	a->except_n = n;
	return OK;
}

err
absence_get(struct ctx *c, id absence, struct absence *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct absence a;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM absence WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(absence)), &rows));
	TRY(db_next(rows));
	a = row(c, rows);
	TRY(read_except(c, &a));
	*ret = a;
	return OK;
}

err
absence_list(struct ctx *c, id practitioner, struct absence_period p,
    struct absence **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct absence *list = NULL;
	size_t n = 0, room = 0;
	err e;

	/* The last occurrence of a repeated one may reach past until_day by its own length. */
	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM absence"
	    " WHERE org = $1 AND practitioner = $2 AND first_day <= $4"
	    " AND ((every_weeks = 0 AND last_day >= $3) OR (every_weeks > 0 AND"
	    " COALESCE(until_day + last_day - first_day, $3) >= $3))"
	    " ORDER BY first_day, start_minute, id LIMIT $5"),
	    BINDS(INT(c->org), INT(practitioner), INT(p.from), INT(p.to), INT(ABSENCE_LIST_MAX + 1)),
	    &rows));
	while ((e = db_next(rows)) == OK) {
		if (n == ABSENCE_LIST_MAX)
			return ERR_TOO_LARGE;
		list = rules_grow(c->mem, list, n, &room, sizeof(*list));
		list[n++] = row(c, rows);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	for (size_t i = 0; i < n; i++)
		TRY(read_except(c, &list[i]));
	*ret = list;
	*ret_n = n;
	return OK;
}

err
absence_open(struct ctx *c, enum purpose purpose, struct absence *list, size_t n)
{
	struct vault_item *items = NEW_N(c->mem, struct vault_item, n);
	struct absence **owners = NEW_N(c->mem, struct absence *, n);
	size_t sealed = 0;

	for (size_t i = 0; i < n; i++) {
		if (list[i].reason_sealed.n == 0)
			continue;
		owners[sealed] = &list[i];
		items[sealed++] = (struct vault_item){ .place = place(c, list[i].id),
		    .envelope = list[i].reason_sealed };
	}
	if (sealed == 0)
		return OK;
	TRY(vault_open_batch(c, purpose, items, sealed));
	for (size_t i = 0; i < sealed; i++)
		if (items[i].why == OK)
			owners[i]->reason = items[i].clear;
	return OK;
}

static bool
left_out(const struct absence *a, day on)
{
	for (size_t i = 0; i < a->except_n; i++)
		if (a->except[i] == on)
			return true;
	return false;
}

/* Would one begin on this day, and was it not left out? */
static bool
begins_on(const struct absence *a, day on)
{
	if (a->every_weeks == 0)
		return on == a->first_day;
	return on >= a->first_day && (a->until_day == 0 || on <= a->until_day) &&
	    (on - a->first_day) % period_days(a) == 0 && !left_out(a, on);
}

/* Inside the change: the rest of the old one, from edit.occurrence on or all of it, is gone. */
static err
end_old(struct ctx *c, const struct absence *old, const struct absence_edit *edit)
{
	int64_t removed;

	if (edit->scope == ABSENCE_FOLLOWING && edit->occurrence > old->first_day)
		return db_run(c->db, SQL(
		    "UPDATE absence SET until_day = $3, version = version + 1 WHERE org = $1 AND id = $2"),
		    BINDS(INT(c->org), INT(old->id), INT(edit->occurrence - 1)), NULL);
	TRY(db_run(c->db, SQL("DELETE FROM absence_except WHERE org = $1 AND absence = $2"),
	    BINDS(INT(c->org), INT(old->id)), &removed));
	return db_run(c->db, SQL("DELETE FROM absence WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(old->id)), NULL);
}

/* What was left out from the day on moves from the old one to the new, if that repeats. */
static err
move_except(struct ctx *c, const struct absence *old, day from, const struct absence *to)
{
	int64_t moved;

	if (to == NULL || to->every_weeks == 0)
		return db_run(c->db, SQL(
		    "DELETE FROM absence_except WHERE org = $1 AND absence = $2 AND on_day >= $3"),
		    BINDS(INT(c->org), INT(old->id), INT(from)), &moved);
	return db_run(c->db, SQL(
	    "UPDATE absence_except SET absence = $4, on_day = on_day + $5"
	    " WHERE org = $1 AND absence = $2 AND on_day >= $3"),
	    BINDS(INT(c->org), INT(old->id), INT(from), INT(to->id), INT(to->first_day - from)),
	    &moved);
}

static err
replace(struct ctx *c, const struct absence *old, const struct absence_edit *edit,
    const struct absence *to)
{
	day from = edit->scope == ABSENCE_FOLLOWING ? edit->occurrence : old->first_day;

	if (edit->scope == ABSENCE_ONE) {
		if (old->except_n >= ABSENCE_EXCEPT_MAX)
			return ERR_TOO_LARGE;
		TRY(db_run(c->db, SQL(
		    "INSERT INTO absence_except (org, absence, on_day) VALUES ($1, $2, $3)"),
		    BINDS(INT(c->org), INT(old->id), INT(edit->occurrence)), NULL));
		TRY(db_run(c->db, SQL("UPDATE absence SET version = version + 1 WHERE org = $1 AND id = $2"),
		    BINDS(INT(c->org), INT(old->id)), NULL));
	} else {
		TRY(move_except(c, old, from, to));
		TRY(end_old(c, old, edit));
	}
	return to == NULL ? OK : insert(c, to);
}

err
absence_change(struct ctx *c, const struct absence_edit *edit, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct absence old, to = {0};

	/* Whose it is never changes, hence may be read before the lock. */
	TRY(absence_get(c, edit->absence, &old));
	if (edit->to != NULL) {
		to = *edit->to;
		to.practitioner = old.practitioner;
		if (clean(&to) != ABSENCE_SOUND || (edit->scope == ABSENCE_ONE && to.every_weeks > 0))
			return ERR_INVALID;
		TRY(prepare(c, &to));
	}
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, old.practitioner, true));
	TRY(absence_get(c, edit->absence, &old));
	if (edit->version != 0 && edit->version != old.version)
		return ERR_CONFLICT;
	if (edit->scope != ABSENCE_ALL &&
	    (old.every_weeks == 0 || !begins_on(&old, edit->occurrence)))
		return ERR_NOT_FOUND;
	TRY(replace(c, &old, edit, edit->to == NULL ? NULL : &to));
	TRY(rules_done(c, &tx, edit->to == NULL ? S("absence.remove") : S("absence.change"), old.id,
	    old.practitioner));
	*ret = to.id;
	return OK;
}

struct expansion {
	struct arena		*mem;
	struct absence_period	 period;
	struct absence_ranges	 ranges;
	size_t			 room;
};

/* One occurrence, cut into the days of the period. */
static void
add_days(struct expansion *x, const struct absence *a, day first)
{
	struct absence_ranges *r = &x->ranges;
	day last = first + (a->last_day - a->first_day);

	for (day d = (day)max64(first, x->period.from); d <= last && d <= x->period.to; d++) {
		r->items = rules_grow(x->mem, r->items, r->n, &x->room, sizeof(*r->items));
		r->items[r->n++] = (struct absence_range){
			.day = d,
			.start_minute = d == first ? a->start_minute : 0,
			.end_minute = d == last ? a->end_minute : ABSENCE_END_MINUTE_MAX,
			.absence = a->id,
		};
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct absence_range *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->start_minute != y->start_minute)
		return x->start_minute < y->start_minute ? -1 : 1;
	return (x->absence > y->absence) - (x->absence < y->absence);
}

struct absence_ranges
absence_expand(struct arena *mem, const struct absence *list, size_t n, struct absence_period p)
{
	struct expansion x = { .mem = mem, .period = p };

	assert(p.to - p.from < ABSENCE_EXPAND_DAYS_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct absence *a = &list[i];
		day step = a->every_weeks > 0 ? period_days(a) : 1, first = a->first_day;
		day reach = p.from - (a->last_day - a->first_day);

		/* The first occurrence that may still reach into the period. */
		if (a->every_weeks > 0 && first < reach)
			first += (reach - first) / step * step;
		for (; first <= p.to; first += step) {
			if (begins_on(a, first))
				add_days(&x, a, first);
			if (a->every_weeks == 0)
				break;
		}
	}
	if (x.ranges.n > 0)
		qsort(x.ranges.items, x.ranges.n, sizeof(*x.ranges.items), by_time);
	return x.ranges;
}
