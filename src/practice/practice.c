/* practice.c - see practice.h. */
#include "access/audit.h"
#include "base/civil.h"
#include "practice/check.h"
#include "practice/practice.h"
#include "practice/rules.h"

#define ORG_COLUMNS "id, slug, name, zone, lang, phone, colour, cancel_limit_minutes, version, closed_at," \
	" reminder_hours, open_on_holidays"
#define SITE_COLUMNS "id, name, street, postal_code, city, access, phone, closed_at, version"

static unsigned
org_clean(struct org *o)
{
	unsigned wrong = 0;

	if (!check_slug(&o->slug, ORG_SLUG_MIN, ORG_SLUG_MAX))
		wrong |= ORG_FIELD_SLUG;
	if (!check_line(&o->name, 1, ORG_NAME_MAX))
		wrong |= ORG_FIELD_NAME;
	if (!check_line(&o->zone, 1, ORG_ZONE_MAX) || zone_get(o->zone) == NULL)
		wrong |= ORG_FIELD_ZONE;
	if ((unsigned)o->lang >= LANG_COUNT)
		wrong |= ORG_FIELD_LANG;
	if (!check_phone_shown(&o->phone, PRACTICE_PHONE_MAX))
		wrong |= ORG_FIELD_PHONE;
	if (!check_grain(o->colour, 0, ORG_COLOUR_MAX, 1))
		wrong |= ORG_FIELD_COLOUR;
	if (!check_grain(o->cancel_limit_minutes, 0, ORG_CANCEL_LIMIT_MINUTES_MAX, 1))
		wrong |= ORG_FIELD_CANCEL_LIMIT;
	if (!check_grain(o->reminder_hours, 0, ORG_REMINDER_HOURS_MAX, 1))
		wrong |= ORG_FIELD_REMINDER;
	return wrong;
}

unsigned
org_check(const struct org *form)
{
	struct org o = *form;

	return org_clean(&o);
}

err
org_create(struct ctx *c, const struct org *form, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct org o = *form;
	struct ctx within = *c;
	int64_t taken;

	if (org_clean(&o) != ORG_SOUND)
		return ERR_INVALID;
	/* Asked first, so that a taken name costs no keys; the unique key decides a race. */
	TRY(db_one_int(c->db, SQL("SELECT COUNT(*) FROM org WHERE slug = $1"),
	    BINDS(TEXT(o.slug)), &taken));
	if (taken > 0)
		return ERR_CONFLICT;

	o.id = within.org = ctx_id(c);
	TRY(vault_org_create(&within, o.id));
	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO org (id, slug, name, zone, lang, phone, colour, cancel_limit_minutes,"
	    " reminder_hours, open_on_holidays, created_at, version, plan_version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, 1)"),
	    BINDS(INT(o.id), TEXT(o.slug), TEXT(o.name), TEXT(o.zone), INT(o.lang), TEXT(o.phone),
	    INT(o.colour), INT(o.cancel_limit_minutes), INT(o.reminder_hours), INT(o.open_on_holidays),
	    INT(c->now)), NULL));
	TRY(audit_add(&within, S("org.create"), o.id, 0, 0));
	TRY(db_commit(&tx));
	*ret = o.id;
	return OK;
}

static struct org
org_row(struct ctx *c, struct db_rows *rows)
{
	return (struct org){
		.id = db_int(rows, 0),
		.slug = db_text(rows, c->mem, 1),
		.name = db_text(rows, c->mem, 2),
		.zone = db_text(rows, c->mem, 3),
		.lang = (enum lang)db_int(rows, 4),
		.phone = db_text(rows, c->mem, 5),
		.colour = (int)db_int(rows, 6),
		.cancel_limit_minutes = (int)db_int(rows, 7),
		.version = db_int(rows, 8),
		.closed_at = db_int(rows, 9),
		.reminder_hours = (int)db_int(rows, 10),
		.open_on_holidays = db_int(rows, 11) != 0,
	};
}

err
org_get(struct ctx *c, struct org *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " ORG_COLUMNS " FROM org WHERE id = $1"),
	    BINDS(INT(c->org)), &rows));
	TRY(db_next(rows));
	*ret = org_row(c, rows);
	return OK;
}

err
org_find_by_slug(struct ctx *c, str slug, struct org *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	/* It comes from a path: what cannot be a slug is not asked for. */
	if (!check_slug(&slug, ORG_SLUG_MIN, ORG_SLUG_MAX))
		return ERR_NOT_FOUND;
	TRY(db_read(c->db, SQL("SELECT " ORG_COLUMNS " FROM org WHERE slug = $1"),
	    BINDS(TEXT(slug)), &rows));
	TRY(db_next(rows));
	*ret = org_row(c, rows);
	return OK;
}

err
org_list(struct ctx *c, id after, struct org **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct org *list = NULL;
	size_t n = 0, room = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT " ORG_COLUMNS " FROM org WHERE id > $1 ORDER BY id LIMIT $2"),
	    BINDS(INT(after), INT(ORG_PAGE_MAX)), &rows));
	while ((e = db_next(rows)) == OK) {
		list = rules_grow(c->mem, list, n, &room, sizeof(*list));
		list[n++] = org_row(c, rows);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}

err
org_update(struct ctx *c, const struct org *form)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct org o = *form;
	int64_t changed;

	if (org_clean(&o) != ORG_SOUND)
		return ERR_INVALID;
	TRY(db_begin(c->db, &tx));
	TRY(rules_exists(c, SQL("SELECT COUNT(*) FROM org WHERE id = $1"), BINDS(INT(c->org))));
	TRY(db_run(c->db, SQL(
	    "UPDATE org SET slug = $2, name = $3, zone = $4, lang = $5, phone = $6, colour = $7,"
	    " cancel_limit_minutes = $8, reminder_hours = $9, open_on_holidays = $10, version = version + 1"
	    " WHERE id = $1 AND version = $11"),
	    BINDS(INT(c->org), TEXT(o.slug), TEXT(o.name), TEXT(o.zone), INT(o.lang), TEXT(o.phone),
	    INT(o.colour), INT(o.cancel_limit_minutes), INT(o.reminder_hours), INT(o.open_on_holidays),
	    INT(o.version)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	/* Another zone moves every opening hour, and holidays may open or close. */
	return rules_done(c, &tx, S("org.update"), c->org, 0);
}

static unsigned
site_clean(struct site *s)
{
	unsigned wrong = 0;

	if (!check_line(&s->name, 1, SITE_NAME_MAX))
		wrong |= SITE_FIELD_NAME;
	if (!check_line(&s->street, 0, SITE_STREET_MAX))
		wrong |= SITE_FIELD_STREET;
	if (!check_line(&s->postal_code, 0, SITE_POSTAL_CODE_MAX))
		wrong |= SITE_FIELD_POSTAL_CODE;
	if (!check_line(&s->city, 0, SITE_CITY_MAX))
		wrong |= SITE_FIELD_CITY;
	if (!check_block(&s->access, 0, SITE_ACCESS_MAX))
		wrong |= SITE_FIELD_ACCESS;
	if (!check_phone_shown(&s->phone, PRACTICE_PHONE_MAX))
		wrong |= SITE_FIELD_PHONE;
	return wrong;
}

unsigned
site_check(const struct site *form)
{
	struct site s = *form;

	return site_clean(&s);
}

err
site_create(struct ctx *c, const struct site *form, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct site s = *form;

	if (site_clean(&s) != SITE_SOUND)
		return ERR_INVALID;
	s.id = ctx_id(c);
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, c->org, true));
	TRY(rules_room(c, SQL("SELECT COUNT(*) FROM site WHERE org = $1"), BINDS(INT(c->org)),
	    SITE_MAX));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO site (org, id, name, street, postal_code, city, access, phone, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)"),
	    BINDS(INT(c->org), INT(s.id), TEXT(s.name), TEXT(s.street), TEXT(s.postal_code),
	    TEXT(s.city), TEXT(s.access), TEXT(s.phone)), NULL));
	TRY(rules_done(c, &tx, S("site.create"), s.id, 0));
	*ret = s.id;
	return OK;
}

static struct site
site_row(struct ctx *c, struct db_rows *rows)
{
	return (struct site){
		.id = db_int(rows, 0),
		.name = db_text(rows, c->mem, 1),
		.street = db_text(rows, c->mem, 2),
		.postal_code = db_text(rows, c->mem, 3),
		.city = db_text(rows, c->mem, 4),
		.access = db_text(rows, c->mem, 5),
		.phone = db_text(rows, c->mem, 6),
		.closed_at = db_int(rows, 7),
		.version = db_int(rows, 8),
	};
}

err
site_get(struct ctx *c, id site, struct site *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " SITE_COLUMNS " FROM site WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(site)), &rows));
	TRY(db_next(rows));
	*ret = site_row(c, rows);
	return OK;
}

err
site_list(struct ctx *c, bool closed_too, struct site **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct site *list = NULL;
	size_t n = 0, room = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT " SITE_COLUMNS " FROM site"
	    " WHERE org = $1 AND COALESCE(closed_at, 0) <= $2 ORDER BY name, id LIMIT $3"),
	    BINDS(INT(c->org), INT(closed_too ? INT64_MAX : 0), INT(SITE_MAX)), &rows));
	while ((e = db_next(rows)) == OK) {
		list = rules_grow(c->mem, list, n, &room, sizeof(*list));
		list[n++] = site_row(c, rows);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}

err
site_update(struct ctx *c, const struct site *form)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct site s = *form;
	int64_t changed;

	if (site_clean(&s) != SITE_SOUND)
		return ERR_INVALID;
	TRY(db_begin(c->db, &tx));
	TRY(rules_exists(c, SQL(
	    "SELECT COUNT(*) FROM site WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(s.id))));
	TRY(db_run(c->db, SQL(
	    "UPDATE site SET name = $3, street = $4, postal_code = $5, city = $6, access = $7,"
	    " phone = $8, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND version = $9 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(s.id), TEXT(s.name), TEXT(s.street), TEXT(s.postal_code),
	    TEXT(s.city), TEXT(s.access), TEXT(s.phone), INT(s.version)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	return rules_done(c, &tx, S("site.update"), s.id, 0);
}

err
org_today(struct ctx *c, day *ret)
{
	const struct zone *zone;
	struct org o;

	TRY(org_get(c, &o));
	zone = zone_get(o.zone);
	if (zone == NULL)
		return ERR_IO;		/* it was there when the form was checked */
	*ret = zone_local(zone, c->now).day;
	return OK;
}

err
site_close(struct ctx *c, id site)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t used, changed;
	day now;

	TRY(org_today(c, &now));
	TRY(db_begin(c->db, &tx));
	/* hours_add and resource_create hold this shared while they look whether it is open. */
	TRY(db_lock(c->db, site, true));
	TRY(db_one_int(c->db, SQL(
	    "SELECT (SELECT COUNT(*) FROM resource WHERE org = $1 AND site = $2 AND closed_at IS NULL)"
	    " + (SELECT COUNT(*) FROM hours h JOIN practitioner p ON p.org = h.org AND p.id = h.practitioner"
	    " WHERE h.org = $1 AND h.site = $2 AND p.closed_at IS NULL"
	    " AND COALESCE(h.on_day, h.until_day, $3) >= $3)"),
	    BINDS(INT(c->org), INT(site), INT(now)), &used));
	if (used > 0)
		return ERR_CONFLICT;
	TRY(db_run(c->db, SQL(
	    "UPDATE site SET closed_at = $3, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(site), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	return rules_done(c, &tx, S("site.close"), site, 0);
}

err
site_reopen(struct ctx *c, id site)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, site, true));
	TRY(rules_reopen(c, SQL(
	    "UPDATE site SET closed_at = NULL, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND closed_at IS NOT NULL"), site));
	return rules_done(c, &tx, S("site.reopen"), site, 0);
}
