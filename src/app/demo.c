/* demo.c - see demo.h: the order in which invented practices come to be. */
#include <stdio.h>

#include "access/audit.h"
#include "app/commands.h"
#include "app/demo_int.h"
#include "app/file.h"
#include "format/fold.h"
#include "format/json.h"
#include "practice/practice.h"
#include "store/bulk.h"
#include "vault/secret.h"

enum { JSON_TEXT_BYTES_MAX = 4 << 20, ORG_COLOUR = 2 };

const struct demo_options demo_default = {
	.seed = 1, .orgs = 1, .practitioners = 4, .patients = 300, .appointments = 1500,
};

int64_t
demo_below(struct demo *d, int64_t n)
{
	return n <= 0 ? 0 : (int64_t)(mint_chance(&d->dice) % (uint64_t)n);
}

bool
demo_percent(struct demo *d, int64_t percent)
{
	return demo_below(d, 100) < percent;
}

const char *
demo_pick(struct demo *d, const struct demo_names *names)
{
	return names->items[demo_below(d, (int64_t)names->n)];
}

str
demo_secret(struct demo *d, const char *what, const char *role)
{
	return sha256(d->c.mem, str_printf(d->c.mem, "serment demo %llu %.*s %s %s",
	    (unsigned long long)d->options->seed, STR_FMT(d->slug), what, role));
}

/* The first one is always the same, for screenshots and habits; the others by chance. */
static void
name_org(struct demo *d, struct arena *keep, size_t i)
{
	static const char *const kinds[] = { "Cabinet", "Maison de santé", "Centre médical", "Pôle de santé",
		"Cabinet paramédical" };

	if (i == 0) {
		d->name = S("Cabinet des Tilleuls");
		d->slug = S("cabinet-des-tilleuls");
		return;
	}
	const char *kind = kinds[demo_below(d, COUNT(kinds))], *place = demo_pick(d, &demo_places);
	const struct demo_commune *c = &demo_communes[demo_below(d, (int64_t)demo_communes_n)];

	d->name = str_printf(keep, "%s %s, %s", kind, place, c->name);
	d->slug = str_printf(keep, "%.*s-%zu",
	    STR_FMT(str_slice(fold_slug(keep, str_printf(keep, "%s %s", kind, place)), 0, 50)), i + 1);
}

static err
org_make(struct demo *d, struct arena *keep, size_t i)
{
	name_org(d, keep, i);
	struct org o = { .slug = d->slug, .name = d->name, .zone = S("Europe/Paris"), .lang = LANG_FR,
		.phone = str_printf(d->c.mem, "02 61 91 %02d %02d", (int)demo_below(d, 100),
		    (int)demo_below(d, 100)),
		.colour = ORG_COLOUR, .cancel_limit_minutes = 24 * 60,
		.reminder_hours = ORG_REMINDER_HOURS };

	return org_create(&d->c, &o, &d->c.org);
}

static err
log_line(struct demo *d)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(d->c.db, &tx));
	TRY(audit_add(&d->c, S("demo.fill"), d->c.org, 0, d->options->appointments));
	return db_commit(&tx);
}

static err
fill_one(struct demo *d, size_t i, struct arena *mem, struct demo_made *io)
{
	CLEANUP(arena_free) struct arena keep = {0};	/* what only this organisation needs */

	d->c.org = 0;
	d->people_next = 0;
	mint_init(&d->dice, d->options->seed * 1000003 + i + 1);
	TRY(org_make(d, mem, i));
	TRY(demo_practice(d, &keep));
	TRY(demo_people(d, &keep, demo_login(&keep, ROLE_PATIENT, d->slug)));
	TRY(demo_agenda(d));
	io->orgs[io->orgs_n++] = (struct demo_org){ d->c.org, d->slug, d->name };
	TRY(demo_accounts(d, mem, io));
	return log_line(d);
}

/* Without a moment of its own the day begins, so that a day's runs are all alike. */
static usec
moment(const struct demo_options *o, const struct zone *zone, usec now)
{
	return o->now != 0 ? o->now : zone_instant(zone, zone_local(zone, now).day, 0, NULL);
}

static err
failed(struct arena *mem, const struct demo_options *o, err e, str *ret_why)
{
	if (e == ERR_TOO_LARGE)
		*ret_why = str_printf(mem, "%lld appointments do not fit %lld practitioners and %lld patients;"
		    " ask for fewer, or for more people.  The data folder is half filled: remove it",
		    (long long)o->appointments, (long long)o->practitioners, (long long)o->patients);
	else
		*ret_why = str_printf(mem, "the invented data could not be written (%s), see the line above."
		    "  The data folder is half filled: remove it", err_name(e));
	return e;
}

static err
fill_all(struct server *s, struct db *db, struct arena *mem, const struct demo_options *o,
    struct demo_made *io)
{
	CLEANUP(arena_free) struct arena batch = {0};
	struct demo *d = NEW(mem, struct demo);

	d->options = o;
	d->batch = &batch;
	d->c = server_ctx(s, &batch, db);
	d->c.purposes = PURPOSE_BIT(PURPOSE_SECURE);
	d->c.mint = &d->ids;
	if ((d->zone = zone_get(S("Europe/Paris"))) == NULL)
		return ERR_NOT_FOUND;
	d->c.now = moment(o, d->zone, d->c.now);
	d->today = zone_local(d->zone, d->c.now).day;
	mint_init(&d->ids, o->seed + 1);
	for (int64_t i = 0; i < o->orgs; i++)
		TRY(fill_one(d, (size_t)i, mem, io));
	/* Without statistics PostgreSQL would take the agenda for a few rows, and read all of it. */
	return db_analyze(db);
}

err
demo_fill(struct server *s, struct arena *mem, const struct demo_options *o, struct demo_made *ret,
    str *ret_why)
{
	struct demo_made made = { .orgs = NEW_N(mem, struct demo_org, (size_t)o->orgs),
		.accounts = NEW_N(mem, struct demo_account, (size_t)o->orgs * DEMO_ROLES) };
	struct db *db;
	int64_t n;

	if (db_open(s->store, &db) != OK)
		return failed(mem, o, ERR_STORE, ret_why);
	err e = db_one_int(db, SQL("SELECT COUNT(*) FROM org"), NULL, 0, &n);
	if (e == OK && n > 0) {
		*ret_why = S("there are organisations here already: invented people are never mixed with"
		    " real ones.  Nothing was changed; name another folder");
		e = ERR_CONFLICT;
	} else if (e != OK || (e = fill_all(s, db, mem, o, &made)) != OK) {
		e = failed(mem, o, e, ret_why);
	}
	db_close(db);
	if (e == OK)
		*ret = made;
	return e;
}

static void
put(struct json_writer *w, const char *key, str value)
{
	json_key(w, str_c(key));
	if (value.n > 0)
		json_put_str(w, value);
	else
		json_put_null(w);
}

void
demo_json(const struct demo_made *made, struct buf *b)
{
	struct json_writer w = json_writer(b);
	char number[24];

	json_object_begin(&w);
	json_key(&w, S("organisations"));
	json_array_begin(&w);
	for (size_t i = 0; i < made->orgs_n; i++) {
		json_object_begin(&w);
		(void)snprintf(number, sizeof(number), "%lld", (long long)made->orgs[i].id);
		put(&w, "id", str_c(number));
		put(&w, "slug", made->orgs[i].slug);
		put(&w, "name", made->orgs[i].name);
		json_object_end(&w);
	}
	json_array_end(&w);
	json_key(&w, S("accounts"));
	json_array_begin(&w);
	for (size_t i = 0; i < made->accounts_n; i++) {
		const struct demo_account *a = &made->accounts[i];

		json_object_begin(&w);
		put(&w, "organisation", made->orgs[a->org].slug);
		put(&w, "role", str_c(role_name(a->role)));
		put(&w, "login", a->login);
		put(&w, "password", a->password);
		put(&w, "totp_secret", a->totp_secret);
		put(&w, "api_token", a->api_token);
		json_object_end(&w);
	}
	json_array_end(&w);
	json_object_end(&w);
	buf_byte(b, '\n');
}

err
demo_keep(struct server *s, struct arena *mem, const struct demo_made *made)
{
	struct buf b = buf_in(mem, JSON_TEXT_BYTES_MAX);

	demo_json(made, &b);
	if (!buf_ok(&b))
		return ERR_TOO_LARGE;
	return file_write(mem, file_join(mem, s->dir, "demo.json"), buf_str(&b), 0600);
}

err
demo_ensure(struct server *s, struct arena *mem, str *ret_why)
{
	struct demo_made made;
	err e = demo_fill(s, mem, &demo_default, &made, ret_why);

	if (e == ERR_CONFLICT)
		return OK;	/* filled at an earlier start, or real: either way it is left alone */
	TRY(e);
	*ret_why = S("demo.json could not be written in the data folder");
	return demo_keep(s, mem, &made);
}
