/* address.c - two tickets a change, one for each mailbox; they die together. */
#include "access/address.h"

#include <assert.h>

#include "access/audit.h"
#include "access/join.h"
#include "access/session.h"
#include "access/ticket.h"
#include "access/token.h"
#include "format/contact.h"
#include "vault/secret.h"

enum { TOKEN_TEXT_MAX = 64 };

struct row {
	id	id, account;
	str	hash, sealed;
	usec	lapses_at;
};

/* Under the account's own key: destroying it makes this noise too. */
static struct vault_place
place(id account, id ticket)
{
	return (struct vault_place){ .org = 0, .person = account, .table = TABLE_INVITATION,
		.facet = FACET_ACCOUNT, .row = ticket };
}

static err
row_insert(struct ctx *c, enum ticket_kind kind, const struct row *row)
{
	return db_run(c->db, SQL(
	    "INSERT INTO ticket (hash, id, kind, org, account, role, detail_sealed, tries, created_at,"
	    " created_by, lapses_at) VALUES ($1, $2, $3, 0, $4, 0, $5, 0, $6, $7, $8)"),
	    BINDS(BLOB(row->hash), INT(row->id), INT((int64_t)kind), INT(row->account),
	    row->sealed.n > 0 ? BLOB(row->sealed) : NIL, INT(c->now), REF(c->actor), INT(row->lapses_at)), NULL);
}

static err
row_read(struct ctx *c, str token, enum ticket_kind kind, struct row *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct row row = {0};

	if (token.n == 0 || token.n > TOKEN_TEXT_MAX)
		return ERR_NOT_FOUND;
	row.hash = token_hash(c->mem, token);
	TRY(db_read(c->db, SQL(
	    "SELECT id, account, detail_sealed, lapses_at, used_at FROM ticket WHERE hash = $1 AND kind = $2"),
	    BINDS(BLOB(row.hash), INT((int64_t)kind)), &r));
	TRY(db_next(r));
	row.id = db_int(r, 0);
	row.account = db_int(r, 1);
	row.sealed = db_text(r, c->mem, 2);
	row.lapses_at = db_int(r, 3);
	if (!db_null(r, 4))
		return ERR_CONFLICT;
	if (row.lapses_at <= c->now)
		return ERR_EXPIRED;
	*ret = row;
	return OK;
}

/* Inside a change: what waits of this account, both links, waits no longer. */
static err
end_waiting(struct ctx *c, id account, int64_t *ret_n)
{
	return db_run(c->db, SQL(
	    "UPDATE ticket SET used_at = $2 WHERE account = $1 AND kind IN ($3, $4) AND used_at IS NULL"),
	    BINDS(INT(account), INT(c->now), INT(TICKET_ADDRESS), INT(TICKET_ADDRESS_STOP)), ret_n);
}

/* Inside a change, for whoever comes first; then all else that was sent to this account. */
static err
use(struct ctx *c, str hash, id account)
{
	int64_t n;

	TRY(db_run(c->db, SQL(
	    "UPDATE ticket SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND lapses_at > $2"),
	    BINDS(BLOB(hash), INT(c->now)), &n));
	if (n == 0)
		return ERR_CONFLICT;
	return db_run(c->db, SQL("UPDATE ticket SET used_at = $2 WHERE account = $1 AND used_at IS NULL"),
	    BINDS(INT(account), INT(c->now)), &n);
}

err
address_ask(struct ctx *c, const struct account *a, str email, struct address_links *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct address_links links = { token_make(c->mem, TOKEN_BYTES), token_make(c->mem, TOKEN_BYTES) };
	struct row confirm = { .id = ctx_id(c), .account = a->id, .hash = token_hash(c->mem, links.confirm),
		.lapses_at = c->now + promise()->address_life }, stop = confirm;
	struct vault_place at = place(a->id, confirm.id);
	int64_t n;

	email = email_normal(c->mem, email);
	if (!email_ok(email) || str_eq(email, a->email))
		return ERR_INVALID;
	TRY(vault_seal(c, &at, email, &confirm.sealed));
	stop.id = ctx_id(c);
	stop.hash = token_hash(c->mem, links.stop);
	TRY(join_begin(c, &tx));
	TRY(end_waiting(c, a->id, &n));
	TRY(row_insert(c, TICKET_ADDRESS, &confirm));
	TRY(row_insert(c, TICKET_ADDRESS_STOP, &stop));
	TRY(audit_add(c, S("address.ask"), a->id, 0, 0));
	TRY(join_commit(&tx));
	*ret = links;
	return OK;
}

err
address_waiting(struct ctx *c, id account, struct address_waiting *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct address_waiting w;
	str sealed;

	TRY(db_read(c->db, SQL(
	    "SELECT id, detail_sealed, lapses_at FROM ticket"
	    " WHERE account = $1 AND kind = $2 AND used_at IS NULL AND lapses_at > $3"),
	    BINDS(INT(account), INT(TICKET_ADDRESS), INT(c->now)), &r));
	TRY(db_next(r));
	struct vault_place at = place(account, db_int(r, 0));
	sealed = db_text(r, c->mem, 1);
	w.lapses_at = db_int(r, 2);
	/* The opening is a change of the log: our read must not be open meanwhile. */
	db_rows_end(&r);
	TRY(vault_open(c, PURPOSE_SECURE, &at, sealed, &w.email));
	*ret = w;
	return OK;
}

err
address_withdraw(struct ctx *c, id account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(join_begin(c, &tx));
	TRY(end_waiting(c, account, &n));
	if (n > 0)
		TRY(audit_add(c, S("address.withdraw"), account, 0, 0));
	return join_commit(&tx);
}

err
address_open(struct ctx *c, str token, id account, struct address_change *ret)
{
	struct address_change k = { .account = account };
	struct vault_place at;
	struct account a;
	struct row row;
	id other;

	assert(!db_in_change(c->db));
	TRY(row_read(c, token, TICKET_ADDRESS, &row));
	if (row.account != account)
		return ERR_DENIED;
	at = place(account, row.id);
	TRY(vault_open(c, PURPOSE_SECURE, &at, row.sealed, &k.email));
	TRY(account_get_versioned(c, PURPOSE_SECURE, account, &a, &k.version));
	k.version++;
	k.old_email = a.email;
	/* Whoever signs in by codes alone is called by his address. */
	k.name = str_eq(a.name, a.email) ? k.email : a.name;
	k.lang = a.lang;
	k.ticket_hash = row.hash;
	err e = account_find(c, k.email, &other);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	k.taken = e == OK;
	TRY(account_login_blind(c, k.email, &k.login_blind));
	at = account_identity_place(account, k.version);
	TRY(vault_seal(c, &at, account_identity_text(c->mem, k.email, k.name), &k.identity_sealed));
	*ret = k;
	return OK;
}

err
address_write(struct ctx *c, const struct address_change *k, id keep_session)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	if (k->taken)
		return ERR_CONFLICT;
	TRY(join_begin(c, &tx));
	TRY(use(c, k->ticket_hash, k->account));
	/* The key on login_blind refuses an address that got an account a moment ago. */
	TRY(db_run(c->db, SQL(
	    "UPDATE account SET login_blind = $2, identity_sealed = $3, version = $4"
	    " WHERE id = $1 AND version = $5 AND state <> $6"),
	    BINDS(INT(k->account), BLOB(k->login_blind), BLOB(k->identity_sealed), INT(k->version),
	    INT(k->version - 1), INT(ACCOUNT_CLOSED)), &n));
	if (n == 0)
		return ERR_CONFLICT;
	TRY(session_end_others(c, k->account, keep_session, &n));
	TRY(audit_add(c, S("address.change"), k->account, 0, 0));
	return join_commit(&tx);
}

err
address_stop_check(struct ctx *c, str token)
{
	struct row row;

	return row_read(c, token, TICKET_ADDRESS_STOP, &row);
}

err
address_stop(struct ctx *c, str token, id *ret_account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct row row;
	int64_t n;

	TRY(join_begin(c, &tx));
	TRY(row_read(c, token, TICKET_ADDRESS_STOP, &row));
	TRY(use(c, row.hash, row.account));
	TRY(session_end_others(c, row.account, 0, &n));
	TRY(token_revoke_all(c, row.account, &n));
	TRY(audit_add(c, S("address.stop"), row.account, 0, 0));
	TRY(join_commit(&tx));
	*ret_account = row.account;
	return OK;
}
