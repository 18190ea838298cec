/* token.c - API tokens: on the path of every API request, hence one statement to find one. */
#include "access/token.h"

#include <assert.h>

#include "access/account.h"
#include "access/audit.h"
#include "access/join.h"
#include "vault/secret.h"

enum {
	TEXT_BYTES = 47,	/* the prefix, and 32 bytes in base64url */
	TOUCH_SECONDS = 60,
};

/* Lets people and scanners see what was pasted into a public place. */
static const char prefix[] = "srm_";

/* Columns: id, account, org, role, practitioner, person, scopes, name, created_at, seen_at, revoked_at. */
static struct token
token_of(struct db_rows *r, struct arena *mem)
{
	return (struct token){
		.id = db_int(r, 0), .account = db_int(r, 1), .org = db_int(r, 2),
		.role = (enum role)db_int(r, 3), .practitioner = db_int(r, 4),
		.person = db_int(r, 5), .scopes = (uint32_t)db_int(r, 6),
		.name = db_text(r, mem, 7), .created_at = db_int(r, 8),
		.seen_at = db_int(r, 9), .revoked_at = db_int(r, 10),
	};
}

static err
new_check(struct ctx *c, const struct token_new *t)
{
	int64_t live;

	if (t->name.n > TOKEN_NAME_BYTES_MAX)
		return ERR_TOO_LARGE;
	if (t->name.n == 0 || t->scopes == 0 || (t->scopes & ~(uint32_t)SCOPES_ALL) != 0)
		return ERR_INVALID;
	err e = db_one_int(c->db, SQL(
	    "SELECT 1 FROM membership WHERE account = $1 AND org = $2 AND role = $3 AND ended_at IS NULL"),
	    BINDS(INT(t->account), INT(c->org), INT((int64_t)t->role)), &live);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_DENIED : e;
	TRY(db_one_int(c->db, SQL(
	    "SELECT COUNT(*) FROM api_token WHERE account = $1 AND org = $2 AND revoked_at IS NULL"),
	    BINDS(INT(t->account), INT(c->org)), &live));
	return live < TOKEN_LIVE_MAX ? OK : ERR_TOO_LARGE;
}

err
token_create(struct ctx *c, const struct token_new *t, str *ret_text, id *ret_id)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	str text = str_cat(c->mem, str_c(prefix), token_make(c->mem, SESSION_TOKEN_BYTES));
	id token = ctx_id(c);

	assert(c->org > 0);
	TRY(join_begin(c, &tx));
	TRY(new_check(c, t));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO api_token (hash, id, account, org, role, name, scopes, created_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
	    BINDS(BLOB(token_hash(c->mem, text)), INT(token), INT(t->account), INT(c->org),
	    INT((int64_t)t->role), TEXT(t->name), INT(t->scopes), INT(c->now)), NULL));
	TRY(audit_add(c, S("token.create"), token, 0, t->scopes));
	TRY(join_commit(&tx));
	*ret_text = text;
	*ret_id = token;
	return OK;
}

static err
token_read(struct ctx *c, str hash, struct token *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT t.id, t.account, t.org, t.role, m.practitioner, m.person, t.scopes, t.name,"
	    " t.created_at, t.seen_at, t.revoked_at, m.account, a.state"
	    " FROM api_token t JOIN account a ON a.id = t.account"
	    " LEFT JOIN membership m ON m.account = t.account AND m.org = t.org"
	    " AND m.role = t.role AND m.ended_at IS NULL"
	    " WHERE t.hash = $1"), BINDS(BLOB(hash)), &r));
	TRY(db_next(r));
	if (!db_null(r, 10) || db_null(r, 11) || db_int(r, 12) == ACCOUNT_CLOSED)
		return ERR_DENIED;
	*ret = token_of(r, c->mem);
	return OK;
}

err
token_find(struct ctx *c, str text, struct token *ret)
{
	struct token t;
	int64_t changed;

	assert(!db_in_change(c->db));
	if (text.n != TEXT_BYTES || !str_starts(text, str_c(prefix)))
		return ERR_NOT_FOUND;
	str hash = token_hash(c->mem, text);
	TRY(token_read(c, hash, &t));
	if (c->now - t.seen_at >= TOUCH_SECONDS * USEC_PER_SECOND) {
		TRY(db_run(c->db, SQL(
		    "UPDATE api_token SET seen_at = $2 WHERE hash = $1 AND (seen_at IS NULL OR seen_at < $2)"),
		    BINDS(BLOB(hash), INT(c->now)), &changed));
		t.seen_at = c->now;
	}
	*ret = t;
	return OK;
}

err
token_list(struct ctx *c, id account, struct token **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	const size_t max = 2 * TOKEN_LIVE_MAX;
	struct token *list = NEW_N(c->mem, struct token, max);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL(
	    "SELECT t.id, t.account, t.org, t.role, m.practitioner, m.person, t.scopes, t.name,"
	    " t.created_at, t.seen_at, t.revoked_at"
	    " FROM api_token t LEFT JOIN membership m ON m.account = t.account AND m.org = t.org"
	    " AND m.role = t.role AND m.ended_at IS NULL"
	    " WHERE t.account = $1 AND t.org = $2"
	    " ORDER BY CASE WHEN t.revoked_at IS NULL THEN 0 ELSE 1 END, t.id DESC LIMIT $3"),
	    BINDS(INT(account), INT(c->org), INT((int64_t)max)), &r));
	while (n < max && (e = db_next(r)) != ERR_NOT_FOUND) {
		TRY(e);
		list[n++] = token_of(r, c->mem);
	}
	*ret = list;
	*ret_n = n;
	return OK;
}

err
token_revoke(struct ctx *c, id account, id token)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE api_token SET revoked_at = $4"
	    " WHERE account = $1 AND org = $2 AND id = $3 AND revoked_at IS NULL"),
	    BINDS(INT(account), INT(c->org), INT(token), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	TRY(audit_add(c, S("token.revoke"), token, 0, 0));
	return join_commit(&tx);
}

err
token_revoke_all(struct ctx *c, id account, int64_t *ret_n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE api_token SET revoked_at = $2 WHERE account = $1 AND revoked_at IS NULL"),
	    BINDS(INT(account), INT(c->now)), &n));
	if (n > 0)
		TRY(audit_add(c, S("token.revoke_all"), account, 0, n));
	TRY(join_commit(&tx));
	*ret_n = n;
	return OK;
}
