/* session.c - sessions in the database, found by the hash of their token. */
#include "access/session.h"

#include <assert.h>

#include "access/account.h"
#include "access/audit.h"
#include "access/join.h"
#include "vault/secret.h"

enum {
	TOKEN_TEXT_BYTES = 43,	/* 32 bytes in base64url */
	TOUCH_SECONDS = 60,
};

static usec
idle_limit(enum role role)
{
	return role == ROLE_PATIENT ? promise()->patient_idle : promise()->session_idle;
}

static usec
absolute_limit(enum role role)
{
	return role == ROLE_PATIENT ? promise()->patient_absolute : promise()->session_absolute;
}

usec
session_ends_at(const struct session *s, bool *ret_final)
{
	usec idle = s->seen_at + idle_limit(s->role), old = s->created_at + absolute_limit(s->role);

	*ret_final = old <= idle;
	return min64(idle, old);
}

static bool
is_expired(const struct ctx *c, const struct session *s)
{
	return c->now - s->seen_at > idle_limit(s->role) ||
	    c->now - s->created_at > absolute_limit(s->role);
}

/* Columns: id, account, org, role, stage, created_at, seen_at, device, practitioner, person. */
static struct session
session_of(struct db_rows *r, struct arena *mem)
{
	return (struct session){
		.id = db_int(r, 0), .account = db_int(r, 1), .org = db_int(r, 2),
		.role = (enum role)db_int(r, 3), .stage = (enum session_stage)db_int(r, 4),
		.created_at = db_int(r, 5), .seen_at = db_int(r, 6),
		.device = db_text(r, mem, 7),
		.practitioner = db_int(r, 8), .person = db_int(r, 9),
	};
}

/* One read: the session, whether its account lives, whether its membership does. */
static err
session_read(struct ctx *c, str token, struct session *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	if (token.n != TOKEN_TEXT_BYTES)
		return ERR_NOT_FOUND;
	TRY(db_read(c->db, SQL(
	    "SELECT s.id, s.account, s.org, s.role, s.stage, s.created_at, s.seen_at, s.device,"
	    " m.practitioner, m.person, m.account, a.state"
	    " FROM session s JOIN account a ON a.id = s.account"
	    " LEFT JOIN membership m ON m.account = s.account AND m.org = s.org"
	    " AND m.role = s.role AND m.ended_at IS NULL"
	    " WHERE s.hash = $1"),
	    BINDS(BLOB(token_hash(c->mem, token))), &r));
	TRY(db_next(r));
	struct session s = session_of(r, c->mem);
	if (is_expired(c, &s))
		return ERR_EXPIRED;
	if (db_int(r, 11) == ACCOUNT_CLOSED || (s.org != 0 && db_null(r, 10)))
		return ERR_DENIED;
	*ret = s;
	return OK;
}

err
session_find(struct ctx *c, str token, struct session *ret)
{
	struct session s;
	int64_t changed;

	assert(!db_in_change(c->db));
	TRY(session_read(c, token, &s));
	if (c->now - s.seen_at >= TOUCH_SECONDS * USEC_PER_SECOND) {
		/* Changes no row when the session was renewed or ended meanwhile: the next request learns it. */
		TRY(db_run(c->db, SQL("UPDATE session SET seen_at = $2 WHERE hash = $1 AND seen_at < $2"),
		    BINDS(BLOB(token_hash(c->mem, token)), INT(c->now)), &changed));
		s.seen_at = c->now;
	}
	*ret = s;
	return OK;
}

err
session_look(struct ctx *c, str token, struct session *ret)
{
	return session_read(c, token, ret);
}

static err
grant_check(struct ctx *c, id account, const struct session_grant *g)
{
	int64_t live;

	assert(g->stage >= STAGE_FACTOR && g->stage <= STAGE_COMPLETE);
	/* Before the second proof nobody stands in any organisation. */
	assert(g->stage == STAGE_COMPLETE || g->org == 0);
	assert((g->org == 0) == (g->role == ROLE_PUBLIC));
	if (g->org == 0)
		return OK;
	err e = db_one_int(c->db, SQL(
	    "SELECT 1 FROM membership WHERE account = $1 AND org = $2 AND role = $3 AND ended_at IS NULL"),
	    BINDS(INT(account), INT(g->org), INT((int64_t)g->role)), &live);
	return e == ERR_NOT_FOUND ? ERR_DENIED : e;
}

/* The log names the account, which is nobody's actor yet. */
static struct ctx
as_account(const struct ctx *c, id account, const struct session_grant *g)
{
	struct ctx as = *c;

	as.actor = account;
	as.org = g->org;
	as.role = (int)g->role;
	return as;
}

static err
signed_in(struct ctx *c, id account)
{
	return db_run(c->db, SQL("UPDATE account SET signed_in_at = $2 WHERE id = $1"),
	    BINDS(INT(account), INT(c->now)), NULL);
}

err
session_start(struct ctx *c, id account, const struct session_grant *g, str device, str *ret_token)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct ctx as = as_account(c, account, g);
	str token = token_make(c->mem, SESSION_TOKEN_BYTES);
	id session = ctx_id(c);

	assert(account > 0 && device.n <= SESSION_DEVICE_BYTES_MAX);
	TRY(join_begin(c, &tx));
	TRY(grant_check(c, account, g));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO session (hash, id, account, org, role, stage, device, created_at, seen_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)"),
	    BINDS(BLOB(token_hash(c->mem, token)), INT(session), INT(account), INT(g->org),
	    INT((int64_t)g->role), INT((int64_t)g->stage), TEXT(device), INT(c->now)), NULL));
	if (g->stage == STAGE_COMPLETE)
		TRY(signed_in(c, account));
	TRY(audit_add(&as, S("session.start"), session, 0, (int64_t)g->stage));
	TRY(join_commit(&tx));
	*ret_token = token;
	return OK;
}

err
session_renew(struct ctx *c, str token, const struct session_grant *g, str *ret_token)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	str fresh = token_make(c->mem, SESSION_TOKEN_BYTES);
	struct session s;
	int64_t changed;

	TRY(join_begin(c, &tx));
	TRY(session_read(c, token, &s));
	TRY(grant_check(c, s.account, g));
	/* The old hash is overwritten: there is no moment at which both tokens live. */
	TRY(db_run(c->db, SQL(
	    "UPDATE session SET hash = $2, stage = $3, org = $4, role = $5, seen_at = $6 WHERE hash = $1"),
	    BINDS(BLOB(token_hash(c->mem, token)), BLOB(token_hash(c->mem, fresh)),
	    INT((int64_t)g->stage), INT(g->org), INT((int64_t)g->role), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	if (g->stage == STAGE_COMPLETE && s.stage != STAGE_COMPLETE)
		TRY(signed_in(c, s.account));
	struct ctx as = as_account(c, s.account, g);
	TRY(audit_add(&as, S("session.renew"), s.id, 0, (int64_t)g->stage));
	TRY(join_commit(&tx));
	*ret_token = fresh;
	return OK;
}

err
session_end(struct ctx *c, str token)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct session s;
	int64_t changed;

	TRY(join_begin(c, &tx));
	err e = session_read(c, token, &s);
	if (e == ERR_NOT_FOUND || e == ERR_EXPIRED || e == ERR_DENIED)
		return OK;	/* it works no more, which is what was asked for */
	TRY(e);
	TRY(db_run(c->db, SQL("DELETE FROM session WHERE hash = $1"),
	    BINDS(BLOB(token_hash(c->mem, token))), &changed));
	struct ctx as = as_account(c, s.account,
	    &(struct session_grant){ s.stage, s.org, s.role });
	TRY(audit_add(&as, S("session.end"), s.id, 0, 0));
	return join_commit(&tx);
}

err
session_end_one(struct ctx *c, id account, id session)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL("DELETE FROM session WHERE account = $1 AND id = $2"),
	    BINDS(INT(account), INT(session)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	TRY(audit_add(c, S("session.end"), session, 0, 0));
	return join_commit(&tx);
}

err
session_end_others(struct ctx *c, id account, id keep, int64_t *ret_n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL("DELETE FROM session WHERE account = $1 AND id <> $2"),
	    BINDS(INT(account), INT(keep)), &n));
	if (n > 0)
		TRY(audit_add(c, S("session.end_others"), account, 0, n));
	TRY(join_commit(&tx));
	*ret_n = n;
	return OK;
}

err
session_end_membership(struct ctx *c, id account, id org, enum role role)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL("DELETE FROM session WHERE account = $1 AND org = $2 AND role = $3"),
	    BINDS(INT(account), INT(org), INT((int64_t)role)), &n));
	if (n > 0)
		TRY(audit_add(c, S("session.end_membership"), account, 0, n));
	return join_commit(&tx);
}

err
session_list(struct ctx *c, id account, struct session **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct session *list = NEW_N(c->mem, struct session, SESSION_LIST_MAX);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL(
	    "SELECT s.id, s.account, s.org, s.role, s.stage, s.created_at, s.seen_at, s.device,"
	    " m.practitioner, m.person"
	    " FROM session s LEFT JOIN membership m ON m.account = s.account AND m.org = s.org"
	    " AND m.role = s.role AND m.ended_at IS NULL"
	    " WHERE s.account = $1 AND (s.org = 0 OR m.account IS NOT NULL)"
	    " ORDER BY s.seen_at DESC, s.id DESC"), BINDS(INT(account)), &r));
	while (n < SESSION_LIST_MAX && (e = db_next(r)) != ERR_NOT_FOUND) {
		TRY(e);
		struct session s = session_of(r, c->mem);
		if (!is_expired(c, &s))
			list[n++] = s;
	}
	*ret = list;
	*ret_n = n;
	return OK;
}

err
session_purge(struct ctx *c, int64_t *ret_n)
{
	return db_run(c->db, SQL(
	    "DELETE FROM session WHERE"
	    " (role = $1 AND (seen_at < $2 OR created_at < $3)) OR"
	    " (role <> $1 AND (seen_at < $4 OR created_at < $5))"),
	    BINDS(INT(ROLE_PATIENT), INT(c->now - idle_limit(ROLE_PATIENT)),
	    INT(c->now - absolute_limit(ROLE_PATIENT)), INT(c->now - idle_limit(ROLE_PUBLIC)),
	    INT(c->now - absolute_limit(ROLE_PUBLIC))), ret_n);
}

/*
 * Order counts: Edge and Opera call themselves Chrome too, Chrome calls itself
 * Safari, Android calls itself Linux, and an iPhone speaks of "like Mac OS X".
 */
static const struct mark { const char *in_agent, *name; } browsers[] = {
	{ "Edg", "Edge" },
	{ "OPR/", "Opera" },
	{ "Firefox/", "Firefox" },
	{ "FxiOS/", "Firefox" },
	{ "CriOS/", "Chrome" },
	{ "Chrome/", "Chrome" },
	{ "Safari/", "Safari" },
}, systems[] = {
	{ "Windows", "Windows" },
	{ "Android", "Android" },
	{ "iPhone", "iPhone" },
	{ "iPad", "iPad" },
	{ "Macintosh", "macOS" },
	{ "CrOS", "ChromeOS" },
	{ "Linux", "Linux" },
};

static str
first_mark(const struct mark *marks, size_t n, str agent)
{
	for (size_t i = 0; i < n; i++)
		if (str_find_str(agent, str_c(marks[i].in_agent)) >= 0)
			return str_c(marks[i].name);
	return (str){0};
}

str
session_device(struct arena *mem, str user_agent)
{
	str browser = first_mark(browsers, COUNT(browsers), user_agent);
	str system = first_mark(systems, COUNT(systems), user_agent);

	if (browser.n == 0 || system.n == 0)
		return browser.n > 0 ? browser : system;
	return str_printf(mem, "%.*s, %.*s", STR_FMT(browser), STR_FMT(system));
}

err
session_csrf(struct ctx *c, str token, str *ret)
{
	str mac;

	TRY(vault_mac(c, S("csrf"), token, &mac));
	*ret = str_base64url(c->mem, mac);
	return OK;
}

bool
session_csrf_ok(struct ctx *c, str token, str given)
{
	str right;

	if (token.n == 0 || session_csrf(c, token, &right) != OK)
		return false;
	return given.n == right.n && secret_equal(given, right);
}
