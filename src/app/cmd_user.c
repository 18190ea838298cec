/* cmd_user.c - `serment user`: the people who sign in, for the operator of the server. */
#include "access/account.h"
#include "access/factor.h"
#include "access/member.h"
#include "app/commands.h"
#include "format/contact.h"
#include "format/json.h"
#include "practice/practitioner.h"
#include "privacy/budget.h"
#include "vault/secret.h"

enum { ANSWER_BYTES_MAX = 64 << 20, PAGE = 200 };

/* One request of the operator: what was typed, and what it is about. */
struct request {
	const struct arguments	*a;
	struct operator		 o;
	struct buf		 out;
	bool			 json;
	id			 account;	/* of --email, where the verb needs one that exists */
};

/* --- what is printed --- */

static void
put(struct json_writer *w, const char *key, str value)
{
	json_key(w, str_c(key));
	json_put_str(w, value);
}

/* What somebody signs in with; password empty: unchanged. */
static enum exit_code
tell_login(struct request *r, str email, str password)
{
	if (r->json) {
		struct json_writer w = json_writer(&r->out);

		json_object_begin(&w);
		put(&w, "login", email);
		if (password.n > 0)
			put(&w, "password", password);
		json_object_end(&w);
		buf_byte(&r->out, '\n');
	} else if (password.n > 0) {
		buf_printf(&r->out, "%.*s\npassword: %.*s\nIt is shown only now; it should be changed after"
		    " signing in.\n", STR_FMT(email), STR_FMT(password));
	} else {
		buf_printf(&r->out, "%.*s: done\n", STR_FMT(email));
	}
	return command_print(&r->out);
}

static enum exit_code
store_failed(err e)
{
	return command_failed("the database could not do it (%s), see the line above; nothing was changed",
	    err_name(e));
}

/* --- add --- */

static bool
read_lang(const struct arguments *a, enum lang *ret)
{
	const char *lang = argument(a, "lang");

	*ret = lang != NULL && str_eq(str_c(lang), S("en")) ? LANG_EN : LANG_FR;
	if (lang == NULL || *ret == LANG_EN || str_eq(str_c(lang), S("fr")))
		return true;
	(void)command_failed("--lang takes fr or en");
	return false;
}

/* The membership that --org, --role and --practitioner ask for; role PUBLIC: none. */
static bool
read_member(struct request *r, struct member *ret)
{
	const char *slug = argument(r->a, "org"), *role = argument(r->a, "role");
	const char *practitioner = argument(r->a, "practitioner");
	struct practitioner p;
	struct org org;

	*ret = (struct member){ .role = ROLE_PUBLIC };
	if (slug == NULL && role == NULL && practitioner == NULL)
		return true;
	if (slug == NULL || role == NULL || !role_parse(str_c(role), &ret->role)) {
		(void)command_failed("--org SLUG and --role administrator|practitioner|secretary|patient go together");
		return false;
	}
	if (org_find_by_slug(&r->o.ctx, str_c(slug), &org) != OK) {
		(void)command_failed("there is no organisation %s; `serment org list` shows them", slug);
		return false;
	}
	r->o.ctx.org = org.id;
	if (practitioner == NULL)
		return true;
	if (practitioner_find_by_slug(&r->o.ctx, str_c(practitioner), &p) != OK) {
		(void)command_failed("%s has no practitioner %s", slug, practitioner);
		return false;
	}
	ret->practitioner = p.id;
	return true;
}

static enum exit_code
create_failed(err e)
{
	if (e == ERR_INVALID || e == ERR_TOO_LARGE)
		return command_failed("--email or --name is not usable: an address like a@b.example and a"
		    " name are needed; nothing was changed");
	return store_failed(e);
}

/* The account of the address, made if there is none; password empty: it was there. */
static enum exit_code
ensure_account(struct request *r, str email, str *ret_password)
{
	const char *name = argument(r->a, "name");
	enum password_fault fault;
	enum lang lang;

	*ret_password = (str){0};
	if (account_find(&r->o.ctx, email, &r->account) == OK)
		return EXIT_DONE;
	if (name == NULL || !read_lang(r->a, &lang))
		return command_failed("a new account needs --name, and --lang is fr or en");
	err e = account_create(&r->o.ctx, email, str_c(name), lang, &r->account);
	if (e != OK)
		return create_failed(e);
	str password = token_make(r->a->mem, TOKEN_BYTES);
	if ((e = account_set_password(&r->o.ctx, r->account, password, 0, &fault)) != OK)
		return command_failed("the account was made but got no password (%s);"
		    " try `serment user reset-password`", err_name(e));
	*ret_password = password;
	return EXIT_DONE;
}

static enum exit_code
add(struct request *r)
{
	const char *typed = argument(r->a, "email");
	struct member m;
	str password;

	if (typed == NULL)
		return command_failed("add needs --email");
	if (!read_member(r, &m))
		return EXIT_FAILED;
	str email = email_normal(r->a->mem, str_c(typed));
	enum exit_code code = ensure_account(r, email, &password);
	if (code != EXIT_DONE)
		return code;
	if (m.role == ROLE_PUBLIC)
		return password.n > 0 ? tell_login(r, email, password) :
		    command_failed("%s has an account already; nothing was changed", typed);
	m.account = r->account;
	err e = member_add(&r->o.ctx, &m);
	if (e == ERR_CONFLICT)
		return command_failed("%s has this role there already; nothing was changed", typed);
	return e == OK ? tell_login(r, email, password) : store_failed(e);
}

/* --- list --- */

struct line { struct account account; str memberships; };

static err
memberships_of(struct request *r, id account, str *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct buf b = buf_in(r->a->mem, ANSWER_BYTES_MAX);
	err e;

	TRY(db_read(r->o.db, SQL("SELECT o.slug, m.role FROM membership m JOIN org o ON o.id = m.org"
	    " WHERE m.account = $1 AND m.ended_at IS NULL ORDER BY o.slug, m.role"),
	    BINDS(INT(account)), &rows));
	while ((e = db_next(rows)) == OK)
		buf_printf(&b, "%s%.*s:%s", b.n > 0 ? " " : "", STR_FMT(db_text(rows, r->a->mem, 0)),
		    role_name((enum role)db_int(rows, 1)));
	*ret = buf_str(&b);
	return e == ERR_NOT_FOUND ? OK : e;
}

static void
put_line(struct request *r, struct json_writer *w, const struct line *l)
{
	const struct account *a = &l->account;

	if (!r->json) {
		buf_printf(&r->out, "%.*s\t%.*s\t%s\t%s\t%.*s\n", STR_FMT(a->email), STR_FMT(a->name),
		    a->state == ACCOUNT_INVITED ? "invited" : "active",
		    a->has_factor ? "second factor" : "no second factor", STR_FMT(l->memberships));
		return;
	}
	json_object_begin(w);
	put(w, "id", str_of_int(r->a->mem, a->id));
	put(w, "login", a->email);
	put(w, "name", a->name);
	json_key(w, S("active"));
	json_put_bool(w, a->state == ACCOUNT_ACTIVE);
	json_key(w, S("second_factor"));
	json_put_bool(w, a->has_factor);
	put(w, "memberships", l->memberships);
	json_object_end(w);
}

/* The next page of accounts, of the chosen organisation if there is one. */
static err
page(struct request *r, id after, id ret[PAGE], size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	size_t n = 0;
	err e;

	TRY(db_read(r->o.db, SQL("SELECT id FROM account WHERE id > $1 AND state <> 3"
	    " AND (CAST($2 AS BIGINT) = 0 OR EXISTS"
	    " (SELECT 1 FROM membership m WHERE m.account = account.id AND m.org = $2 AND m.ended_at IS NULL))"
	    " ORDER BY id LIMIT $3"), BINDS(INT(after), INT(r->o.ctx.org), INT(PAGE)), &rows));
	while (n < PAGE && (e = db_next(rows)) != ERR_NOT_FOUND) {
		TRY(e);
		ret[n++] = db_int(rows, 0);
	}
	*ret_n = n;
	return OK;
}

static err
put_accounts(struct request *r, struct json_writer *w)
{
	id ids[PAGE], after = 0;
	size_t n;

	do {
		TRY(page(r, after, ids, &n));
		for (size_t i = 0; i < n; i++) {
			struct line l;

			after = ids[i];
			err e = account_get(&r->o.ctx, PURPOSE_SECURE, ids[i], &l.account);
			if (e == ERR_SEALED)	/* closed meanwhile, or its key is gone: nobody to list */
				continue;
			TRY(e);
			TRY(memberships_of(r, ids[i], &l.memberships));
			put_line(r, w, &l);
		}
	} while (n == PAGE);
	return OK;
}

static enum exit_code
list(struct request *r)
{
	struct json_writer w = json_writer(&r->out);
	const char *slug = argument(r->a, "org");
	struct org org;

	if (slug != NULL) {
		if (org_find_by_slug(&r->o.ctx, str_c(slug), &org) != OK)
			return command_failed("there is no organisation %s", slug);
		r->o.ctx.org = org.id;
	}
	if (r->json) {
		json_object_begin(&w);
		json_key(&w, S("accounts"));
		json_array_begin(&w);
	}
	err e = put_accounts(r, &w);
	if (e != OK)
		return store_failed(e);
	if (r->json) {
		json_array_end(&w);
		json_object_end(&w);
		buf_byte(&r->out, '\n');
	}
	return command_print(&r->out);
}

/* --- of one account --- */

static enum exit_code
reset_password(struct request *r)
{
	str password = token_make(r->a->mem, TOKEN_BYTES);
	enum password_fault fault;
	err e = account_set_password(&r->o.ctx, r->account, password, 0, &fault);

	return e == OK ? tell_login(r, str_c(argument(r->a, "email")), password) : store_failed(e);
}

static enum exit_code
reset_factor(struct request *r)
{
	err e = factor_reset(&r->o.ctx, r->account);

	if (e == ERR_NOT_FOUND)
		return command_failed("this account has no second factor; nothing was changed");
	return e == OK ? tell_login(r, str_c(argument(r->a, "email")), (str){0}) : store_failed(e);
}

/* Reading was stopped after too many files (T1), and nobody else in the practice can lift it. */
static enum exit_code
let_read(struct request *r)
{
	int64_t n;
	err e = budget_lift_reader(&r->o.ctx, r->account, &n);

	if (e == OK && n == 0)
		return command_failed("reading is not stopped for this account; nothing was changed");
	return e == OK ? tell_login(r, str_c(argument(r->a, "email")), (str){0}) : store_failed(e);
}

static enum exit_code
close_account(struct request *r)
{
	err e = account_close(&r->o.ctx, r->account);

	if (e == ERR_CONFLICT)
		return command_failed("this is the last administrator of an organisation: name another one"
		    " first; nothing was changed");
	return e == OK ? tell_login(r, str_c(argument(r->a, "email")), (str){0}) : store_failed(e);
}

static const struct { const char *verb; enum exit_code (*run)(struct request *); bool existing; } verbs[] = {
	{ "add", add, false },
	{ "list", list, false },
	{ "reset-password", reset_password, true },
	{ "reset-factor", reset_factor, true },
	{ "let-read", let_read, true },
	{ "close", close_account, true },
};

static enum exit_code
run_verb(struct request *r, size_t i)
{
	const char *email = argument(r->a, "email");

	if (!verbs[i].existing)
		return verbs[i].run(r);
	if (email == NULL)
		return command_failed("%s needs --email", verbs[i].verb);
	if (account_find(&r->o.ctx, str_c(email), &r->account) != OK)
		return command_failed("%s has no account here; nothing was changed", email);
	return verbs[i].run(r);
}

enum exit_code
cmd_user(const struct arguments *a)
{
	for (size_t i = 0; i < COUNT(verbs) && a->words_n == 1; i++) {
		if (!str_eq(str_c(a->words[0]), str_c(verbs[i].verb)))
			continue;
		struct request r = { .a = a, .json = argument(a, "json") != NULL,
			.out = buf_in(a->mem, ANSWER_BYTES_MAX) };

		enum exit_code code = operator_open(a, false, &r.o) ? run_verb(&r, i) : EXIT_FAILED;
		operator_close(&r.o);
		return code;
	}
	(void)command_failed("user needs one of add, list, reset-password, reset-factor, let-read, close");
	return EXIT_USAGE;
}
