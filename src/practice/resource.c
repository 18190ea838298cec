/* resource.c - see resource.h. */
#include "practice/booking.h"
#include "practice/check.h"
#include "practice/resource.h"
#include "practice/rules.h"

#define COLUMNS "id, kind, name, site, closed_at, version"

static unsigned
clean(struct resource *r)
{
	unsigned wrong = 0;

	if (r->kind != RESOURCE_ROOM && r->kind != RESOURCE_DEVICE)
		wrong |= RESOURCE_FIELD_KIND;
	if (!check_line(&r->name, 1, RESOURCE_NAME_MAX))
		wrong |= RESOURCE_FIELD_NAME;
	return wrong;
}

unsigned
resource_check(const struct resource *form)
{
	struct resource r = *form;

	return clean(&r);
}

err
resource_create(struct ctx *c, const struct resource *form, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct resource r = *form;

	if (clean(&r) != RESOURCE_SOUND)
		return ERR_INVALID;
	r.id = ctx_id(c);
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, c->org, true));
	TRY(db_lock(c->db, r.site, false));
	TRY(rules_room(c, SQL("SELECT COUNT(*) FROM resource WHERE org = $1"), BINDS(INT(c->org)),
	    RESOURCE_MAX));
	TRY(rules_exists(c, SQL(
	    "SELECT COUNT(*) FROM site WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(r.site))));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO resource (org, id, kind, name, site, version) VALUES ($1, $2, $3, $4, $5, 1)"),
	    BINDS(INT(c->org), INT(r.id), INT(r.kind), TEXT(r.name), INT(r.site)), NULL));
	TRY(rules_done(c, &tx, S("resource.create"), r.id, 0));
	*ret = r.id;
	return OK;
}

static struct resource
row(struct ctx *c, struct db_rows *rows)
{
	return (struct resource){
		.id = db_int(rows, 0),
		.kind = (enum resource_kind)db_int(rows, 1),
		.name = db_text(rows, c->mem, 2),
		.site = db_int(rows, 3),
		.closed_at = db_int(rows, 4),
		.version = db_int(rows, 5),
	};
}

err
resource_get(struct ctx *c, id resource, struct resource *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM resource WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(resource)), &rows));
	TRY(db_next(rows));
	*ret = row(c, rows);
	return OK;
}

err
resource_list(struct ctx *c, bool closed_too, struct resource **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct resource *list = NULL;
	size_t n = 0, room = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM resource"
	    " WHERE org = $1 AND COALESCE(closed_at, 0) <= $2 ORDER BY kind, name, id LIMIT $3"),
	    BINDS(INT(c->org), INT(closed_too ? INT64_MAX : 0), INT(RESOURCE_MAX)), &rows));
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
resource_rename(struct ctx *c, const struct resource *form)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	str name = form->name;
	int64_t changed;

	if (!check_line(&name, 1, RESOURCE_NAME_MAX))
		return ERR_INVALID;
	TRY(db_begin(c->db, &tx));
	TRY(rules_exists(c, SQL(
	    "SELECT COUNT(*) FROM resource WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(form->id))));
	TRY(db_run(c->db, SQL(
	    "UPDATE resource SET name = $3, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND version = $4 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(form->id), TEXT(name), INT(form->version)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	return rules_done(c, &tx, S("resource.rename"), form->id, 0);
}

err
resource_close(struct ctx *c, id resource)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t live, changed;

	TRY(db_begin(c->db, &tx));
	TRY(rules_lock(c, SQL(
	    "SELECT DISTINCT p.practitioner FROM motive_resource r"
	    " JOIN motive_practitioner p ON p.org = r.org AND p.motive = r.motive"
	    " WHERE r.org = $1 AND r.resource = $2 ORDER BY p.practitioner"),
	    BINDS(INT(c->org), INT(resource))));
	/* Held, and not lapsed, to in consultation. */
	TRY(db_one_int(c->db, SQL(
	    "SELECT COUNT(*) FROM booking WHERE org = $1 AND (room = $2 OR device = $2)"
	    " AND end_at > $3 AND state <= $4 AND COALESCE(hold_until, $3) >= $3"),
	    BINDS(INT(c->org), INT(resource), INT(c->now), INT(BOOKING_IN_CONSULTATION)), &live));
	if (live > 0)
		return ERR_CONFLICT;
	TRY(db_run(c->db, SQL(
	    "UPDATE resource SET closed_at = $3, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(resource), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	return rules_done(c, &tx, S("resource.close"), resource, 0);
}

err
resource_reopen(struct ctx *c, id resource)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct resource r;
	int64_t open;

	TRY(resource_get(c, resource, &r));	/* its place never changes */
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, r.site, false));
	TRY(rules_reopen(c, SQL(
	    "UPDATE resource SET closed_at = NULL, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND closed_at IS NOT NULL"), resource));
	TRY(db_one_int(c->db, SQL(
	    "SELECT COUNT(*) FROM site WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(r.site)), &open));
	if (open == 0)
		return ERR_CONFLICT;
	return rules_done(c, &tx, S("resource.reopen"), resource, 0);
}
