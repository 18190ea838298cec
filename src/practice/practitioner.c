/* practitioner.c - see practitioner.h. */
#include "format/fold.h"
#include "practice/booking.h"
#include "practice/check.h"
#include "practice/practitioner.h"
#include "practice/rules.h"

#define COLUMNS "id, slug, title, given, family, specialty, languages, about, listed, position," \
	" photo_type, closed_at, version"

enum { SLUG_BYTES_MAX = 60 };	/* before the number of a homonym */

/* Two letters each, commas between, without blanks; none at all is fine. */
static bool
languages_ok(str *languages)
{
	str rest, one;

	if (!check_line(languages, 0, PRACTITIONER_LANGUAGES_MAX * 3 - 1))
		return false;
	if (languages->n == 0)
		return true;
	for (rest = *languages; str_split(&rest, ',', &one); )
		if (one.n != 2 || one.p[0] < 'a' || one.p[0] > 'z' || one.p[1] < 'a' || one.p[1] > 'z')
			return false;
	return true;
}

static unsigned
clean(struct practitioner *p)
{
	unsigned wrong = 0;

	if (!check_line(&p->title, 0, PRACTITIONER_TITLE_MAX))
		wrong |= PRACTITIONER_FIELD_TITLE;
	if (!check_line(&p->given, 0, PRACTITIONER_NAME_MAX))
		wrong |= PRACTITIONER_FIELD_GIVEN;
	if (!check_line(&p->family, 1, PRACTITIONER_NAME_MAX))
		wrong |= PRACTITIONER_FIELD_FAMILY;
	if (!check_line(&p->specialty, 0, PRACTITIONER_SPECIALTY_MAX))
		wrong |= PRACTITIONER_FIELD_SPECIALTY;
	if (!languages_ok(&p->languages))
		wrong |= PRACTITIONER_FIELD_LANGUAGES;
	if (!check_block(&p->about, 0, PRACTITIONER_ABOUT_MAX))
		wrong |= PRACTITIONER_FIELD_ABOUT;
	if (!check_grain(p->position, 0, PRACTITIONER_POSITION_MAX, 1))
		wrong |= PRACTITIONER_FIELD_POSITION;
	return wrong;
}

unsigned
practitioner_check(const struct practitioner *form)
{
	struct practitioner p = *form;

	return clean(&p);
}

/* Inside a change that holds the organisation's lock: nobody else takes it meanwhile. */
static err
free_slug(struct ctx *c, const struct practitioner *p, str *ret)
{
	str name = str_printf(c->mem, "%.*s %.*s", STR_FMT(p->given), STR_FMT(p->family));
	str base = str_slice(fold_slug(c->mem, name), 0, SLUG_BYTES_MAX);
	str slug;

	while (str_ends(base, S("-")))
		base = str_slice(base, 0, base.n - 1);
	if (base.n == 0)
		base = S("p");	/* a name without a letter that has a Latin form */
	slug = base;
	for (int n = 2; n <= PRACTITIONER_MAX + 1; n++) {
		int64_t taken;

		TRY(db_one_int(c->db, SQL(
		    "SELECT COUNT(*) FROM practitioner WHERE org = $1 AND slug = $2"),
		    BINDS(INT(c->org), TEXT(slug)), &taken));
		if (taken == 0) {
			*ret = slug;
			return OK;
		}
		slug = str_printf(c->mem, "%.*s-%d", STR_FMT(base), n);
	}
	return ERR_TOO_LARGE;
}

err
practitioner_create(struct ctx *c, const struct practitioner *form, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct practitioner p = *form;

	if (clean(&p) != PRACTITIONER_SOUND)
		return ERR_INVALID;
	p.id = ctx_id(c);
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, c->org, true));
	TRY(rules_room(c, SQL("SELECT COUNT(*) FROM practitioner WHERE org = $1"),
	    BINDS(INT(c->org)), PRACTITIONER_MAX));
	TRY(free_slug(c, &p, &p.slug));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO practitioner (org, id, slug, title, given, family, specialty, languages,"
	    " about, listed, position, photo_type, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 1)"),
	    BINDS(INT(c->org), INT(p.id), TEXT(p.slug), TEXT(p.title), TEXT(p.given), TEXT(p.family),
	    TEXT(p.specialty), TEXT(p.languages), TEXT(p.about), INT(p.listed), INT(p.position)),
	    NULL));
	TRY(rules_done(c, &tx, S("practitioner.create"), p.id, 0));
	*ret = p.id;
	return OK;
}

static struct practitioner
row(struct ctx *c, struct db_rows *rows)
{
	return (struct practitioner){
		.id = db_int(rows, 0),
		.slug = db_text(rows, c->mem, 1),
		.title = db_text(rows, c->mem, 2),
		.given = db_text(rows, c->mem, 3),
		.family = db_text(rows, c->mem, 4),
		.specialty = db_text(rows, c->mem, 5),
		.languages = db_text(rows, c->mem, 6),
		.about = db_text(rows, c->mem, 7),
		.listed = db_int(rows, 8) != 0,
		.position = (int)db_int(rows, 9),
		.photo_type = db_text(rows, c->mem, 10),
		.closed_at = db_int(rows, 11),
		.version = db_int(rows, 12),
	};
}

err
practitioner_get(struct ctx *c, id practitioner, struct practitioner *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM practitioner WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(practitioner)), &rows));
	TRY(db_next(rows));
	*ret = row(c, rows);
	return OK;
}

err
practitioner_find_by_slug(struct ctx *c, str slug, struct practitioner *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	/* It comes from a path; the number of a homonym comes on top of the length. */
	if (!check_slug(&slug, 1, SLUG_BYTES_MAX + 5))
		return ERR_NOT_FOUND;
	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM practitioner WHERE org = $1 AND slug = $2"),
	    BINDS(INT(c->org), TEXT(slug)), &rows));
	TRY(db_next(rows));
	*ret = row(c, rows);
	return OK;
}

err
practitioner_list(struct ctx *c, bool closed_too, struct practitioner **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct practitioner *list = NULL;
	size_t n = 0, room = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM practitioner"
	    " WHERE org = $1 AND COALESCE(closed_at, 0) <= $2"
	    " ORDER BY position, family, given, id LIMIT $3"),
	    BINDS(INT(c->org), INT(closed_too ? INT64_MAX : 0), INT(PRACTITIONER_MAX)), &rows));
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
practitioner_update(struct ctx *c, const struct practitioner *form)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct practitioner p = *form;
	int64_t changed;

	if (clean(&p) != PRACTITIONER_SOUND)
		return ERR_INVALID;
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, p.id, true));
	TRY(rules_exists(c, SQL(
	    "SELECT COUNT(*) FROM practitioner WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(p.id))));
	TRY(db_run(c->db, SQL(
	    "UPDATE practitioner SET title = $3, given = $4, family = $5, specialty = $6,"
	    " languages = $7, about = $8, listed = $9, position = $10, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND version = $11"),
	    BINDS(INT(c->org), INT(p.id), TEXT(p.title), TEXT(p.given), TEXT(p.family),
	    TEXT(p.specialty), TEXT(p.languages), TEXT(p.about), INT(p.listed), INT(p.position),
	    INT(p.version)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	return rules_done(c, &tx, S("practitioner.update"), p.id, 0);
}

err
practitioner_close(struct ctx *c, id practitioner)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t live, changed;

	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, practitioner, true));
	/* Held, and not lapsed, to in consultation; nobody waits for blocked time. */
	TRY(db_one_int(c->db, SQL(
	    "SELECT COUNT(*) FROM booking WHERE org = $1 AND practitioner = $2 AND end_at > $3"
	    " AND kind <> $4 AND state <= $5 AND COALESCE(hold_until, $3) >= $3"),
	    BINDS(INT(c->org), INT(practitioner), INT(c->now), INT(BOOKING_BLOCK),
	    INT(BOOKING_IN_CONSULTATION)), &live));
	if (live > 0)
		return ERR_CONFLICT;
	TRY(db_run(c->db, SQL(
	    "UPDATE practitioner SET closed_at = $3, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND closed_at IS NULL"),
	    BINDS(INT(c->org), INT(practitioner), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	return rules_done(c, &tx, S("practitioner.close"), practitioner, 0);
}

/* Of his hours that may still hold: for a place that is closed is told, and none closes meanwhile. */
static err
lock_places(struct ctx *c, id practitioner)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	id *sites;
	size_t n;

	TRY(db_read(c->db, SQL(
	    "SELECT DISTINCT site FROM hours WHERE org = $1 AND practitioner = $2 ORDER BY site"),
	    BINDS(INT(c->org), INT(practitioner)), &rows));
	TRY(rules_ids(c, rows, SITE_MAX, &sites, &n));
	for (size_t i = 0; i < n; i++)
		TRY(db_lock(c->db, sites[i], false));
	return OK;
}

err
practitioner_reopen(struct ctx *c, id practitioner)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t lost;
	day today;

	TRY(org_today(c, &today));
	TRY(db_begin(c->db, &tx));
	TRY(lock_places(c, practitioner));
	TRY(db_lock(c->db, practitioner, true));
	TRY(rules_reopen(c, SQL(
	    "UPDATE practitioner SET closed_at = NULL, version = version + 1"
	    " WHERE org = $1 AND id = $2 AND closed_at IS NOT NULL"), practitioner));
	TRY(db_one_int(c->db, SQL(
	    "SELECT COUNT(*) FROM hours h JOIN site s ON s.org = h.org AND s.id = h.site"
	    " WHERE h.org = $1 AND h.practitioner = $2 AND s.closed_at IS NOT NULL"
	    " AND COALESCE(h.on_day, h.until_day, $3) >= $3"),
	    BINDS(INT(c->org), INT(practitioner), INT(today)), &lost));
	if (lost > 0)
		return ERR_CONFLICT;
	return rules_done(c, &tx, S("practitioner.reopen"), practitioner, 0);
}

/* By the signatures of PNG (ISO 15948 5.2), JPEG (SOI, then a marker) and WebP (RFC 9649 2.4). */
static str
photo_type(str bytes)
{
	if (str_starts(bytes, S("\x89PNG\r\n\x1a\n")))
		return S("image/png");
	if (str_starts(bytes, S("\xff\xd8\xff")))
		return S("image/jpeg");
	if (str_starts(bytes, S("RIFF")) && str_eq(str_slice(bytes, 8, 12), S("WEBP")))
		return S("image/webp");
	return (str){0};
}

err
practitioner_photo_set(struct ctx *c, id practitioner, str bytes)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	str type = photo_type(bytes);
	int64_t changed;

	if (bytes.n > PRACTITIONER_PHOTO_BYTES_MAX)
		return ERR_TOO_LARGE;
	if (bytes.n > 0 && type.n == 0)
		return ERR_INVALID;
	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE practitioner SET photo_type = $3, photo = $4 WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(practitioner), TEXT(type), bytes.n > 0 ? BLOB(bytes) : NIL),
	    &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	return rules_done(c, &tx, S("practitioner.photo"), practitioner, (int64_t)bytes.n);
}

err
practitioner_photo_get(struct ctx *c, id practitioner, str *ret_type, str *ret_bytes)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT photo_type, photo FROM practitioner"
	    " WHERE org = $1 AND id = $2 AND photo IS NOT NULL"),
	    BINDS(INT(c->org), INT(practitioner)), &rows));
	TRY(db_next(rows));
	*ret_type = db_text(rows, c->mem, 0);
	*ret_bytes = db_text(rows, c->mem, 1);
	return OK;
}

str
practitioner_name(struct arena *mem, const struct practitioner *p)
{
	return str_trim(str_printf(mem, "%.*s%s%.*s%s%.*s", STR_FMT(p->title),
	    p->title.n > 0 ? " " : "", STR_FMT(p->given), p->given.n > 0 ? " " : "",
	    STR_FMT(p->family)));
}
