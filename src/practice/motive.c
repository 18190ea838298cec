/* motive.c - see motive.h. */
#include "practice/check.h"
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "practice/resource.h"
#include "practice/rules.h"

#define COLUMNS "m.id, m.name, m.short_name, m.colour, m.minutes, m.buffer_before_minutes," \
	" m.buffer_after_minutes, m.step_minutes, m.online, m.audience, m.notice_minutes," \
	" m.horizon_days, m.capacity, m.instructions, m.position, m.closed_at, m.version"

static unsigned
clean_times(const struct motive *m)
{
	unsigned wrong = 0;

	if (!check_grain(m->minutes, MOTIVE_MINUTES_MIN, MOTIVE_MINUTES_MAX, MOTIVE_GRAIN_MINUTES))
		wrong |= MOTIVE_FIELD_MINUTES;
	if (!check_grain(m->buffer_before_minutes, 0, MOTIVE_BUFFER_MINUTES_MAX, MOTIVE_GRAIN_MINUTES))
		wrong |= MOTIVE_FIELD_BUFFER_BEFORE;
	if (!check_grain(m->buffer_after_minutes, 0, MOTIVE_BUFFER_MINUTES_MAX, MOTIVE_GRAIN_MINUTES))
		wrong |= MOTIVE_FIELD_BUFFER_AFTER;
	/* A step like the duration shares its limits, and its mistake. */
	if (m->step_minutes != m->minutes && !check_grain(m->step_minutes, MOTIVE_STEP_MINUTES_MIN,
	    MOTIVE_STEP_MINUTES_MAX, MOTIVE_GRAIN_MINUTES))
		wrong |= MOTIVE_FIELD_STEP;
	if (!check_grain(m->notice_minutes, 0, MOTIVE_NOTICE_MINUTES_MAX, 1))
		wrong |= MOTIVE_FIELD_NOTICE;
	if (!check_grain(m->horizon_days, MOTIVE_HORIZON_DAYS_MIN, MOTIVE_HORIZON_DAYS_MAX, 1))
		wrong |= MOTIVE_FIELD_HORIZON;
	return wrong;
}

/* The first code points of a string that is well formed. */
static str
first_code_points(str s, size_t max)
{
	size_t i = 0;

	for (size_t n = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xC0) != 0x80 && n++ == max)
			break;
	return str_trim(str_slice(s, 0, i));
}

static unsigned
clean(struct motive *m)
{
	unsigned wrong = 0;

	if (!check_line(&m->name, 1, MOTIVE_NAME_MAX))
		wrong |= MOTIVE_FIELD_NAME;
	if (!check_line(&m->short_name, 0, MOTIVE_SHORT_NAME_MAX))
		wrong |= MOTIVE_FIELD_SHORT_NAME;
	if (m->short_name.n == 0)
		m->short_name = first_code_points(m->name, MOTIVE_SHORT_NAME_MAX);
	if (m->step_minutes == 0)
		m->step_minutes = m->minutes;
	if (!check_grain(m->colour, 0, ORG_COLOUR_MAX, 1))
		wrong |= MOTIVE_FIELD_COLOUR;
	if ((unsigned)m->audience > MOTIVE_FOR_KNOWN)
		wrong |= MOTIVE_FIELD_AUDIENCE;
	if (!check_grain(m->capacity, MOTIVE_CAPACITY_MIN, MOTIVE_CAPACITY_MAX, 1))
		wrong |= MOTIVE_FIELD_CAPACITY;
	if (!check_block(&m->instructions, 0, MOTIVE_INSTRUCTIONS_MAX))
		wrong |= MOTIVE_FIELD_INSTRUCTIONS;
	if (!check_grain(m->position, 0, MOTIVE_POSITION_MAX, 1))
		wrong |= MOTIVE_FIELD_POSITION;
	return wrong | clean_times(m);
}

unsigned
motive_check(const struct motive *form)
{
	struct motive m = *form;

	return clean(&m);
}

/* Inside a change. */
static err
insert(struct ctx *c, const struct motive *m)
{
	TRY(db_lock(c->db, c->org, true));
	TRY(rules_room(c, SQL("SELECT COUNT(*) FROM motive WHERE org = $1"), BINDS(INT(c->org)),
	    MOTIVE_MAX));
	return db_run(c->db, SQL(
	    "INSERT INTO motive (org, id, name, short_name, colour, minutes, buffer_before_minutes,"
	    " buffer_after_minutes, step_minutes, online, audience, notice_minutes, horizon_days,"
	    " capacity, instructions, position, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)"),
	    BINDS(INT(c->org), INT(m->id), TEXT(m->name), TEXT(m->short_name), INT(m->colour),
	    INT(m->minutes), INT(m->buffer_before_minutes), INT(m->buffer_after_minutes),
	    INT(m->step_minutes), INT(m->online), INT(m->audience), INT(m->notice_minutes),
	    INT(m->horizon_days), INT(m->capacity), TEXT(m->instructions), INT(m->position)), NULL);
}

err
motive_create(struct ctx *c, const struct motive *form, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct motive m = *form;

	if (clean(&m) != MOTIVE_SOUND)
		return ERR_INVALID;
	m.id = ctx_id(c);
	TRY(db_begin(c->db, &tx));
	TRY(insert(c, &m));
	TRY(rules_done(c, &tx, S("motive.create"), m.id, 0));
	*ret = m.id;
	return OK;
}

static struct motive
row(struct ctx *c, struct db_rows *rows)
{
	return (struct motive){
		.id = db_int(rows, 0),
		.name = db_text(rows, c->mem, 1),
		.short_name = db_text(rows, c->mem, 2),
		.colour = (int)db_int(rows, 3),
		.minutes = (int)db_int(rows, 4),
		.buffer_before_minutes = (int)db_int(rows, 5),
		.buffer_after_minutes = (int)db_int(rows, 6),
		.step_minutes = (int)db_int(rows, 7),
		.online = db_int(rows, 8) != 0,
		.audience = (enum motive_audience)db_int(rows, 9),
		.notice_minutes = (int)db_int(rows, 10),
		.horizon_days = (int)db_int(rows, 11),
		.capacity = (int)db_int(rows, 12),
		.instructions = db_text(rows, c->mem, 13),
		.position = (int)db_int(rows, 14),
		.closed_at = db_int(rows, 15),
		.version = db_int(rows, 16),
	};
}

static err
collect(struct ctx *c, struct db_rows *rows, struct motive **ret, size_t *ret_n)
{
	struct motive *list = NULL;
	size_t n = 0, room = 0;
	err e;

	while ((e = db_next(rows)) == OK) {
		list = rules_grow(c->mem, list, n, &room, sizeof(*list));
		list[n++] = row(c, rows);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}

err
motive_get(struct ctx *c, id motive, struct motive *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM motive m WHERE m.org = $1 AND m.id = $2"),
	    BINDS(INT(c->org), INT(motive)), &rows));
	TRY(db_next(rows));
	*ret = row(c, rows);
	return OK;
}

err
motive_list(struct ctx *c, bool closed_too, struct motive **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM motive m"
	    " WHERE m.org = $1 AND COALESCE(m.closed_at, 0) <= $2"
	    " ORDER BY m.position, m.name, m.id LIMIT $3"),
	    BINDS(INT(c->org), INT(closed_too ? INT64_MAX : 0), INT(MOTIVE_MAX)), &rows));
	return collect(c, rows, ret, ret_n);
}

err
motive_list_for(struct ctx *c, id practitioner, bool online_only,
    struct motive **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM motive_practitioner p"
	    " JOIN motive m ON m.org = p.org AND m.id = p.motive"
	    " WHERE p.org = $1 AND p.practitioner = $2 AND m.closed_at IS NULL AND m.online >= $3"
	    " ORDER BY m.position, m.name, m.id LIMIT $4"),
	    BINDS(INT(c->org), INT(practitioner), INT(online_only), INT(MOTIVE_MAX)), &rows));
	return collect(c, rows, ret, ret_n);
}

/* Inside a change.  The motive's own lock keeps its set of practitioners as it is read. */
static err
lock(struct ctx *c, id motive)
{
	TRY(db_lock(c->db, motive, true));
	return rules_lock(c, SQL(
	    "SELECT practitioner FROM motive_practitioner WHERE org = $1 AND motive = $2"
	    " ORDER BY practitioner"), BINDS(INT(c->org), INT(motive)));
}

/* Inside a change, with the lock. */
static err
update(struct ctx *c, const struct motive *m)
{
	int64_t changed;

	TRY(db_run(c->db, SQL(
	    "UPDATE motive SET name = $3, short_name = $4, colour = $5, minutes = $6,"
	    " buffer_before_minutes = $7, buffer_after_minutes = $8, step_minutes = $9, online = $10,"
	    " audience = $11, notice_minutes = $12, horizon_days = $13, capacity = $14,"
	    " instructions = $15, position = $16, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND version = $17"),
	    BINDS(INT(c->org), INT(m->id), TEXT(m->name), TEXT(m->short_name), INT(m->colour),
	    INT(m->minutes), INT(m->buffer_before_minutes), INT(m->buffer_after_minutes),
	    INT(m->step_minutes), INT(m->online), INT(m->audience), INT(m->notice_minutes),
	    INT(m->horizon_days), INT(m->capacity), TEXT(m->instructions), INT(m->position),
	    INT(m->version)), &changed));
	return changed == 0 ? ERR_CONFLICT : OK;
}

err
motive_close(struct ctx *c, id motive)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	TRY(lock(c, motive));
	TRY(db_run(c->db, SQL(
	    "UPDATE motive SET closed_at = $3, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(motive), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	return rules_done(c, &tx, S("motive.close"), motive, 0);
}

/* Nobody books what is closed: there is no booking under way to wait for. */
err
motive_reopen(struct ctx *c, id motive)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, motive, true));
	TRY(rules_reopen(c, SQL(
	    "UPDATE motive SET closed_at = NULL, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND closed_at IS NOT NULL"), motive));
	return rules_done(c, &tx, S("motive.reopen"), motive, 0);
}

/* The statement adds one member, $3, if motive and member are there and open. */
static err
add_members(struct ctx *c, struct sql one, id motive, const id *members, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t added;

		TRY(db_run(c->db, one, BINDS(INT(c->org), INT(motive), INT(members[i])), &added));
		if (added == 0)
			return ERR_NOT_FOUND;
	}
	return OK;
}

static err
open_motive(struct ctx *c, id motive)
{
	return rules_exists(c, SQL(
	    "SELECT COUNT(*) FROM motive WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(motive)));
}

/* Inside a change, with the lock. */
static err
write_practitioners(struct ctx *c, id motive, const id *ids, size_t n)
{
	id *set = rules_set(c->mem, ids, &n);
	int64_t removed;

	TRY(db_run(c->db, SQL("DELETE FROM motive_practitioner WHERE org = $1 AND motive = $2"),
	    BINDS(INT(c->org), INT(motive)), &removed));
	return add_members(c, SQL(
	    "INSERT INTO motive_practitioner (org, motive, practitioner)"
	    " SELECT m.org, m.id, p.id FROM motive m JOIN practitioner p ON p.org = m.org"
	    " WHERE m.org = $1 AND m.id = $2 AND p.id = $3"
	    " AND m.closed_at IS NULL AND p.closed_at IS NULL"), motive, set, n);
}

static err
write_resources(struct ctx *c, id motive, const id *ids, size_t n)
{
	id *set = rules_set(c->mem, ids, &n);
	int64_t removed;

	TRY(db_run(c->db, SQL("DELETE FROM motive_resource WHERE org = $1 AND motive = $2"),
	    BINDS(INT(c->org), INT(motive)), &removed));
	return add_members(c, SQL(
	    "INSERT INTO motive_resource (org, motive, resource)"
	    " SELECT m.org, m.id, r.id FROM motive m JOIN resource r ON r.org = m.org"
	    " WHERE m.org = $1 AND m.id = $2 AND r.id = $3"
	    " AND m.closed_at IS NULL AND r.closed_at IS NULL"), motive, set, n);
}

/* Forms show the needs too: whoever has one open is told. */
static err
raise_version(struct ctx *c, id motive)
{
	return db_run(c->db, SQL("UPDATE motive SET version = version + 1 WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(motive)), NULL);
}

/*
 * Those who leave are locked; those who join need no lock, for until we commit
 * nobody can book the motive with them.
 */
err
motive_set_practitioners(struct ctx *c, id motive, const id *ids, size_t n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	if (n > PRACTITIONER_MAX)
		return ERR_TOO_LARGE;
	TRY(db_begin(c->db, &tx));
	TRY(open_motive(c, motive));
	TRY(lock(c, motive));
	TRY(raise_version(c, motive));
	TRY(write_practitioners(c, motive, ids, n));
	return rules_done(c, &tx, S("motive.practitioners"), motive, (int64_t)n);
}

err
motive_set_resources(struct ctx *c, id motive, const id *ids, size_t n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	if (n > RESOURCE_MAX)
		return ERR_TOO_LARGE;
	TRY(db_begin(c->db, &tx));
	TRY(open_motive(c, motive));
	TRY(lock(c, motive));
	TRY(raise_version(c, motive));
	TRY(write_resources(c, motive, ids, n));
	return rules_done(c, &tx, S("motive.resources"), motive, (int64_t)n);
}

err
motive_save(struct ctx *c, const struct motive *form, const struct motive_needs *needs, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct motive m = *form;
	bool fresh = m.id == 0;

	if (clean(&m) != MOTIVE_SOUND)
		return ERR_INVALID;
	if (needs->practitioners_n > PRACTITIONER_MAX || needs->resources_n > RESOURCE_MAX)
		return ERR_TOO_LARGE;
	if (fresh)
		m.id = ctx_id(c);
	TRY(db_begin(c->db, &tx));
	TRY(fresh ? insert(c, &m) : open_motive(c, m.id));
	TRY(lock(c, m.id));
	if (!fresh)
		TRY(update(c, &m));
	TRY(write_practitioners(c, m.id, needs->practitioners, needs->practitioners_n));
	TRY(write_resources(c, m.id, needs->resources, needs->resources_n));
	TRY(rules_done(c, &tx, fresh ? S("motive.create") : S("motive.update"), m.id, 0));
	*ret = m.id;
	return OK;
}

err
motive_practitioners(struct ctx *c, id motive, id **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT p.id FROM motive_practitioner s"
	    " JOIN practitioner p ON p.org = s.org AND p.id = s.practitioner"
	    " WHERE s.org = $1 AND s.motive = $2 AND p.closed_at IS NULL ORDER BY p.id"),
	    BINDS(INT(c->org), INT(motive)), &rows));
	return rules_ids(c, rows, PRACTITIONER_MAX, ret, ret_n);
}

err
motive_resources(struct ctx *c, id motive, id **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT r.id FROM motive_resource s"
	    " JOIN resource r ON r.org = s.org AND r.id = s.resource"
	    " WHERE s.org = $1 AND s.motive = $2 AND r.closed_at IS NULL ORDER BY r.id"),
	    BINDS(INT(c->org), INT(motive)), &rows));
	return rules_ids(c, rows, RESOURCE_MAX, ret, ret_n);
}
