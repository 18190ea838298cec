/* cmd_org.c - `serment org`: the organisations of this server, for its operator. */
#include "access/audit.h"
#include "app/commands.h"
#include "format/json.h"
#include "practice/practice.h"

enum { ANSWER_BYTES_MAX = 8 << 20, CANCEL_LIMIT_MINUTES = 24 * 60 };

struct request {
	const struct arguments	*a;
	struct operator		 o;
	struct buf		 out;
	bool			 json;
};

struct numbers { int64_t practitioners, people, bookings, members; };

static enum exit_code
store_failed(err e)
{
	return command_failed("the database could not do it (%s), see the line above; nothing was changed",
	    err_name(e));
}

static void
put(struct json_writer *w, const char *key, str value)
{
	json_key(w, str_c(key));
	json_put_str(w, value);
}

/* numbers: NULL for a line of the list. */
static void
put_org(struct request *r, struct json_writer *w, const struct org *o, const struct numbers *n)
{
	const int64_t values[] = { n ? n->practitioners : 0, n ? n->people : 0, n ? n->bookings : 0,
		n ? n->members : 0 };
	static const char *const keys[] = { "practitioners", "patients", "bookings", "members" };

	if (!r->json) {
		buf_printf(&r->out, "%.*s\t%.*s\t%s\n", STR_FMT(o->slug), STR_FMT(o->name),
		    o->closed_at != 0 ? "closed" : "open");
		for (size_t i = 0; n != NULL && i < COUNT(keys); i++)
			buf_printf(&r->out, "%s\t%lld\n", keys[i], (long long)values[i]);
		return;
	}
	json_object_begin(w);
	put(w, "id", str_of_int(r->a->mem, o->id));
	put(w, "slug", o->slug);
	put(w, "name", o->name);
	put(w, "zone", o->zone);
	json_key(w, S("closed"));
	json_put_bool(w, o->closed_at != 0);
	for (size_t i = 0; n != NULL && i < COUNT(keys); i++) {
		json_key(w, str_c(keys[i]));
		json_put_int(w, values[i]);
	}
	json_object_end(w);
}

/* All of them at once; the others come from us. */
static str
wrong_options(struct arena *mem, unsigned found)
{
	static const struct { unsigned field; const char *what; } options[] = {
		{ ORG_FIELD_SLUG, "--slug: two to sixty of a-z, 0-9 and single hyphens" },
		{ ORG_FIELD_NAME, "--name: up to 120 characters, not empty" },
		{ ORG_FIELD_ZONE, "--zone: a time zone like Europe/Paris" },
		{ ORG_FIELD_PHONE, "--phone: digits, blanks and + . - ( )" },
	};
	str words = S("");

	for (size_t i = 0; i < COUNT(options); i++)
		if (found & options[i].field)
			words = str_printf(mem, "%.*s%s; ", STR_FMT(words), options[i].what);
	return words;
}

static enum exit_code
add(struct request *r)
{
	const char *slug = argument(r->a, "slug"), *name = argument(r->a, "name");
	const char *zone = argument(r->a, "zone"), *phone = argument(r->a, "phone");
	const char *lang = argument(r->a, "lang");
	struct org o = { .slug = str_c(slug), .name = str_c(name), .phone = str_c(phone),
		.zone = zone != NULL ? str_c(zone) : S("Europe/Paris"),
		.lang = lang != NULL && str_eq(str_c(lang), S("en")) ? LANG_EN : LANG_FR,
		.cancel_limit_minutes = CANCEL_LIMIT_MINUTES, .reminder_hours = ORG_REMINDER_HOURS };
	str wrong = wrong_options(r->a->mem, org_check(&o));

	if (wrong.n > 0)
		return command_failed("%.*snothing was changed", STR_FMT(wrong));
	err e = org_create(&r->o.ctx, &o, &o.id);
	if (e == ERR_CONFLICT)
		return command_failed("there is an organisation %s already; nothing was changed", slug);
	if (e != OK)
		return store_failed(e);
	struct json_writer w = json_writer(&r->out);
	put_org(r, &w, &o, NULL);
	if (r->json)
		buf_byte(&r->out, '\n');
	else
		buf_printf(&r->out, "Next: serment user add --dir %s --org %s --role administrator"
		    " --email ADDRESS --name NAME\n", argument(r->a, "dir"), slug);
	return command_print(&r->out);
}

static err
put_orgs(struct request *r, struct json_writer *w)
{
	struct org *orgs;
	size_t n;
	id after = 0;

	do {
		TRY(org_list(&r->o.ctx, after, &orgs, &n));
		for (size_t i = 0; i < n; i++) {
			after = orgs[i].id;
			put_org(r, w, &orgs[i], NULL);
		}
	} while (n == ORG_PAGE_MAX);
	return OK;
}

static enum exit_code
list(struct request *r)
{
	struct json_writer w = json_writer(&r->out);

	if (r->json) {
		json_object_begin(&w);
		json_key(&w, S("organisations"));
		json_array_begin(&w);
	}
	err e = put_orgs(r, &w);
	if (e != OK)
		return store_failed(e);
	if (r->json) {
		json_array_end(&w);
		json_object_end(&w);
		buf_byte(&r->out, '\n');
	}
	return command_print(&r->out);
}

static err
count(struct request *r, id org, struct numbers *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(r->o.db, SQL("SELECT (SELECT COUNT(*) FROM practitioner WHERE org = $1 AND closed_at IS NULL),"
	    " (SELECT COUNT(*) FROM person WHERE org = $1), (SELECT COUNT(*) FROM booking WHERE org = $1),"
	    " (SELECT COUNT(*) FROM membership WHERE org = $1 AND ended_at IS NULL)"),
	    BINDS(INT(org)), &rows));
	TRY(db_next(rows));
	*ret = (struct numbers){ db_int(rows, 0), db_int(rows, 1), db_int(rows, 2), db_int(rows, 3) };
	return OK;
}

static enum exit_code
show_org(struct request *r, const struct org *o)
{
	struct json_writer w = json_writer(&r->out);
	struct numbers n;
	err e = count(r, o->id, &n);

	if (e != OK)
		return store_failed(e);
	put_org(r, &w, o, &n);
	if (r->json)
		buf_byte(&r->out, '\n');
	return command_print(&r->out);
}

/* ERR_CONFLICT: it is in that state already. */
static err
set_closed(struct request *r, const struct org *o, bool closed)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct ctx *c = &r->o.ctx;
	int64_t changed;

	c->org = o->id;
	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL("UPDATE org SET closed_at = CAST($2 AS BIGINT), version = version + 1,"
	    " plan_version = plan_version + 1 WHERE id = $1"
	    " AND (closed_at IS NULL) = (CAST($2 AS BIGINT) IS NOT NULL)"),
	    BINDS(INT(o->id), closed ? INT(c->now) : NIL), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(audit_add(c, closed ? S("org.close") : S("org.reopen"), o->id, 0, 0));
	return db_commit(&tx);
}

static enum exit_code
close_org(struct request *r, const struct org *o)
{
	bool closed = argument(r->a, "reopen") == NULL;
	struct org now = *o;
	err e = set_closed(r, o, closed);

	if (e == ERR_CONFLICT)
		return command_failed("%.*s is %s already; nothing was changed", STR_FMT(o->slug),
		    closed ? "closed" : "open");
	if (e != OK)
		return store_failed(e);
	now.closed_at = closed ? r->o.ctx.now : 0;
	return show_org(r, &now);
}

static enum exit_code
show(struct request *r)
{
	const char *slug = argument(r->a, "slug");
	bool closing = str_eq(str_c(r->a->words[0]), S("close"));
	struct org o;

	if (slug == NULL)
		return command_failed("%s needs --slug", r->a->words[0]);
	err e = org_find_by_slug(&r->o.ctx, str_c(slug), &o);
	if (e == ERR_NOT_FOUND)
		return command_failed("there is no organisation %s; nothing was changed", slug);
	if (e != OK)
		return store_failed(e);
	return closing ? close_org(r, &o) : show_org(r, &o);
}

static const struct { const char *verb; enum exit_code (*run)(struct request *); } verbs[] = {
	{ "add", add }, { "list", list }, { "show", show }, { "close", show },
};

enum exit_code
cmd_org(const struct arguments *a)
{
	for (size_t i = 0; i < COUNT(verbs) && a->words_n == 1; i++) {
		if (!str_eq(str_c(a->words[0]), str_c(verbs[i].verb)))
			continue;
		struct request r = { .a = a, .json = argument(a, "json") != NULL,
			.out = buf_in(a->mem, ANSWER_BYTES_MAX) };

		enum exit_code code = operator_open(a, false, &r.o) ? verbs[i].run(&r) : EXIT_FAILED;
		operator_close(&r.o);
		return code;
	}
	(void)command_failed("org needs one of add, list, show, close");
	return EXIT_USAGE;
}
