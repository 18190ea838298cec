/* hours.c - see hours.h. */
#include "practice/check.h"
#include "practice/hours.h"
#include "practice/rules.h"

#define COLUMNS "id, practitioner, site, weekday, parity, COALESCE(on_day, 0), start_minute," \
	" end_minute, COALESCE(from_day, 0), COALESCE(until_day, 0), version"

static bool
day_ok(day d)
{
	return d >= HOURS_DAY_MIN && d <= HOURS_DAY_MAX;
}

/* Either one day and nothing that repeats, or a weekday with parity and period. */
static unsigned
check_days(const struct hours *h)
{
	unsigned wrong = 0;

	if (h->on_day != 0 ? h->weekday != 0 : h->weekday < 1 || h->weekday > 7)
		wrong |= HOURS_FIELD_WEEKDAY;
	if ((unsigned)h->parity > HOURS_EVEN_WEEKS || (h->on_day != 0 && h->parity != 0))
		wrong |= HOURS_FIELD_PARITY;
	if (h->on_day != 0 && !day_ok(h->on_day))
		wrong |= HOURS_FIELD_ON_DAY;
	if (h->from_day != 0 && (h->on_day != 0 || !day_ok(h->from_day)))
		wrong |= HOURS_FIELD_FROM;
	/* What is measured by another field is judged only if that one is sound. */
	if (h->until_day != 0 && (h->on_day != 0 || !day_ok(h->until_day) ||
	    (!(wrong & HOURS_FIELD_FROM) && h->until_day < h->from_day)))
		wrong |= HOURS_FIELD_UNTIL;
	return wrong;
}

unsigned
hours_check(const struct hours *h)
{
	unsigned wrong = check_days(h);
	int earliest_end = HOURS_GRAIN_MINUTES;

	if (check_grain(h->start_minute, 0, HOURS_END_MINUTE_MAX - HOURS_GRAIN_MINUTES,
	    HOURS_GRAIN_MINUTES))
		earliest_end += h->start_minute;
	else
		wrong |= HOURS_FIELD_START;
	if (!check_grain(h->end_minute, earliest_end, HOURS_END_MINUTE_MAX, HOURS_GRAIN_MINUTES))
		wrong |= HOURS_FIELD_END;
	if (h->motive_n > HOURS_MOTIVES_MAX)
		wrong |= HOURS_FIELD_MOTIVES;
	return wrong;
}

bool
hours_on(const struct hours *h, day d)
{
	if (h->on_day != 0)
		return d == h->on_day;
	if (civil_weekday(d) != h->weekday || (h->from_day != 0 && d < h->from_day) ||
	    (h->until_day != 0 && d > h->until_day))
		return false;
	return h->parity == HOURS_EVERY_WEEK ||
	    (civil_iso_week(d) % 2 == 1) == (h->parity == HOURS_ODD_WEEKS);
}

bool
hours_for(const struct hours *h, id motive)
{
	for (size_t i = 0; i < h->motive_n; i++)
		if (h->motives[i] == motive)
			return true;
	return h->motive_n == 0;
}

/* Is there a day on which both hold? */
static bool
share_a_day(const struct hours *a, const struct hours *b)
{
	if (a->on_day != 0)
		return hours_on(b, a->on_day);
	if (b->on_day != 0)
		return hours_on(a, b->on_day);
	day first = (day)max64(HOURS_DAY_MIN, max64(a->from_day, b->from_day));
	/*
	 * Odd and even weeks alternate but for 53 and 1, both odd, so that four
	 * weeks hold every weekday of an odd and of an even one.
	 */
	for (day d = first; d < first + 4 * 7; d++)
		if (hours_on(a, d) && hours_on(b, d))
			return true;
	return false;
}

static bool
clash(const struct hours *a, const struct hours *b)
{
	return a->id != b->id && a->site != b->site && a->start_minute < b->end_minute &&
	    b->start_minute < a->end_minute && share_a_day(a, b);
}

static struct hours
row(struct db_rows *rows)
{
	return (struct hours){
		.id = db_int(rows, 0),
		.practitioner = db_int(rows, 1),
		.site = db_int(rows, 2),
		.weekday = (int)db_int(rows, 3),
		.parity = (enum hours_parity)db_int(rows, 4),
		.on_day = (day)db_int(rows, 5),
		.start_minute = (int)db_int(rows, 6),
		.end_minute = (int)db_int(rows, 7),
		.from_day = (day)db_int(rows, 8),
		.until_day = (day)db_int(rows, 9),
		.version = db_int(rows, 10),
	};
}

/* Rules without their motives. */
static err
read_rules(struct ctx *c, id practitioner, day from, struct hours **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct hours *list = NULL;
	size_t n = 0, room = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM hours"
	    " WHERE org = $1 AND practitioner = $2 AND COALESCE(on_day, until_day, $3) >= $3"
	    " ORDER BY COALESCE(on_day, 0), weekday, start_minute, id LIMIT $4"),
	    BINDS(INT(c->org), INT(practitioner), INT(from), INT(HOURS_MAX)), &rows));
	while ((e = db_next(rows)) == OK) {
		list = rules_grow(c->mem, list, n, &room, sizeof(*list));
		list[n++] = row(rows);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}

/* Where the motives of a rule begin, among rows ordered by rule. */
static size_t
first_of(const id *rules, size_t n, id rule)
{
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (rules[middle] < rule)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/* Two columns side by side: the rule, and a motive of it. */
static err
read_motives(struct ctx *c, id practitioner, struct hours *list, size_t n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	id *rules = NULL, *motives = NULL;
	size_t pairs = 0, room = 0;
	err e;

	TRY(db_read(c->db, SQL(
	    "SELECT m.hours, m.motive FROM hours h"
	    " JOIN hours_motive m ON m.org = h.org AND m.hours = h.id"
	    " WHERE h.org = $1 AND h.practitioner = $2 ORDER BY m.hours, m.motive"),
	    BINDS(INT(c->org), INT(practitioner)), &rows));
	while ((e = db_next(rows)) == OK) {
		size_t room_too = room;

		rules = rules_grow(c->mem, rules, pairs, &room, sizeof(*rules));
		motives = rules_grow(c->mem, motives, pairs, &room_too, sizeof(*motives));
		rules[pairs] = db_int(rows, 0);
		motives[pairs++] = db_int(rows, 1);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	for (size_t i = 0; i < n; i++) {
		size_t first = first_of(rules, pairs, list[i].id), end = first;

		while (end < pairs && rules[end] == list[i].id)
			end++;
		list[i].motives = end > first ? motives + first : NULL;
		list[i].motive_n = end - first;
	}
	return OK;
}

err
hours_list(struct ctx *c, id practitioner, day from, struct hours **ret, size_t *ret_n)
{
	struct hours *list;
	size_t n;

	TRY(read_rules(c, practitioner, from, &list, &n));
	TRY(read_motives(c, practitioner, list, n));
	*ret = list;
	*ret_n = n;
	return OK;
}

static err
read_one(struct ctx *c, id rule, struct hours *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM hours WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(rule)), &rows));
	TRY(db_next(rows));
	*ret = row(rows);
	return OK;
}

err
hours_get(struct ctx *c, id rule, struct hours *ret)
{
	struct hours h;

	TRY(read_one(c, rule, &h));
	TRY(read_motives(c, h.practitioner, &h, 1));
	*ret = h;
	return OK;
}

/*
 * Inside the change, with the practitioner's lock: nothing that we look at here
 * can move before the commit.
 */
static err
check_place(struct ctx *c, const struct hours *h, id *ret_clash)
{
	struct hours *others;
	size_t n;

	TRY(rules_exists(c, SQL(
	    "SELECT COUNT(*) FROM practitioner WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(h->practitioner))));
	TRY(rules_exists(c, SQL(
	    "SELECT COUNT(*) FROM site WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(h->site))));
	TRY(read_rules(c, h->practitioner, 0, &others, &n));
	for (size_t i = 0; i < n; i++)
		if (clash(h, &others[i])) {
			if (ret_clash != NULL)
				*ret_clash = others[i].id;
			return ERR_CONFLICT;
		}
	return OK;
}

static err
write_motives(struct ctx *c, const struct hours *h)
{
	size_t n = h->motive_n;
	id *set = rules_set(c->mem, h->motives, &n);

	for (size_t i = 0; i < n; i++) {
		int64_t added;

		TRY(db_run(c->db, SQL(
		    "INSERT INTO hours_motive (org, hours, motive)"
		    " SELECT h.org, h.id, m.id FROM hours h JOIN motive m ON m.org = h.org"
		    " WHERE h.org = $1 AND h.id = $2 AND m.id = $3 AND m.closed_at IS NULL"),
		    BINDS(INT(c->org), INT(h->id), INT(set[i])), &added));
		if (added == 0)
			return ERR_NOT_FOUND;
	}
	return OK;
}

/* The change is open; the site's lock keeps it from being closed meanwhile. */
static err
lock(struct ctx *c, const struct hours *h)
{
	TRY(db_lock(c->db, h->site, false));
	return db_lock(c->db, h->practitioner, true);
}

err
hours_add(struct ctx *c, const struct hours *form, id *ret, id *ret_clash)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct hours h = *form;

	if (ret_clash != NULL)
		*ret_clash = 0;
	if (hours_check(&h) != HOURS_SOUND)
		return ERR_INVALID;
	h.id = ctx_id(c);
	TRY(db_begin(c->db, &tx));
	TRY(lock(c, &h));
	TRY(rules_room(c, SQL("SELECT COUNT(*) FROM hours WHERE org = $1 AND practitioner = $2"),
	    BINDS(INT(c->org), INT(h.practitioner)), HOURS_MAX));
	TRY(check_place(c, &h, ret_clash));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO hours (org, id, practitioner, site, weekday, parity, on_day, start_minute,"
	    " end_minute, from_day, until_day, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)"),
	    BINDS(INT(c->org), INT(h.id), INT(h.practitioner), INT(h.site), INT(h.weekday),
	    INT(h.parity), REF(h.on_day), INT(h.start_minute), INT(h.end_minute), REF(h.from_day),
	    REF(h.until_day)), NULL));
	TRY(write_motives(c, &h));
	TRY(rules_done(c, &tx, S("hours.add"), h.id, h.practitioner));
	*ret = h.id;
	return OK;
}

/* What was not changed has another version, or was removed. */
static err
still_there(struct ctx *c, id rule)
{
	struct hours h;

	TRY(read_one(c, rule, &h));
	return ERR_CONFLICT;
}

err
hours_update(struct ctx *c, const struct hours *form, id *ret_clash)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct hours h = *form, old;
	int64_t changed;

	if (ret_clash != NULL)
		*ret_clash = 0;
	if (hours_check(&h) != HOURS_SOUND)
		return ERR_INVALID;
	/* Before the change, for a rule never passes to another practitioner. */
	TRY(read_one(c, h.id, &old));
	h.practitioner = old.practitioner;
	TRY(db_begin(c->db, &tx));
	TRY(lock(c, &h));
	/* Of the two reasons for a conflict, that somebody changed it comes first. */
	TRY(db_run(c->db, SQL(
	    "UPDATE hours SET site = $3, weekday = $4, parity = $5, on_day = $6, start_minute = $7,"
	    " end_minute = $8, from_day = $9, until_day = $10, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND version = $11"),
	    BINDS(INT(c->org), INT(h.id), INT(h.site), INT(h.weekday), INT(h.parity), REF(h.on_day),
	    INT(h.start_minute), INT(h.end_minute), REF(h.from_day), REF(h.until_day),
	    INT(h.version)), &changed));
	if (changed == 0)
		return still_there(c, h.id);
	TRY(check_place(c, &h, ret_clash));
	TRY(db_run(c->db, SQL("DELETE FROM hours_motive WHERE org = $1 AND hours = $2"),
	    BINDS(INT(c->org), INT(h.id)), &changed));
	TRY(write_motives(c, &h));
	return rules_done(c, &tx, S("hours.update"), h.id, h.practitioner);
}

err
hours_remove(struct ctx *c, id rule)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct hours h;
	int64_t changed;

	TRY(read_one(c, rule, &h));
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, h.practitioner, true));
	TRY(db_run(c->db, SQL("DELETE FROM hours_motive WHERE org = $1 AND hours = $2"),
	    BINDS(INT(c->org), INT(rule)), &changed));
	TRY(db_run(c->db, SQL("DELETE FROM hours WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(rule)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	return rules_done(c, &tx, S("hours.remove"), rule, h.practitioner);
}
