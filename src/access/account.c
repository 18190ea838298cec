/* account.c - accounts, their sealed identity and their passwords. */
#include "access/account.h"

#include <assert.h>

#include "access/audit.h"
#include "access/join.h"
#include "access/member.h"
#include "access/session.h"
#include "access/throttle.h"
#include "access/token.h"
#include "base/log.h"
#include "format/contact.h"
#include "vault/secret.h"

/* The account is the person: one key, one row. */
struct vault_place
account_identity_place(id account, int64_t version)
{
	return (struct vault_place){ .org = 0, .person = account, .table = TABLE_ACCOUNT,
		.facet = FACET_ACCOUNT, .row = account, .version = version };
}

static bool
has_control(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return true;
	return false;
}

err
account_login_blind(struct ctx *c, str email, str *ret)
{
	return vault_blind(c, 0, BLIND_LOGIN, email_normal(c->mem, email), ret);
}

/* Address, line feed, name: neither can hold a line feed. */
str
account_identity_text(struct arena *mem, str email, str name)
{
	return str_printf(mem, "%.*s\n%.*s", STR_FMT(email), STR_FMT(name));
}

void
account_identity_split(str clear, str *ret_email, str *ret_name)
{
	str rest = clear;

	*ret_email = (str){0};
	(void)str_split(&rest, '\n', ret_email);
	*ret_name = str_slice(clear, ret_email->n + 1, clear.n);
}

err
account_identity_check(str email, str name)
{
	if (name.n > ACCOUNT_NAME_BYTES_MAX)
		return ERR_TOO_LARGE;
	return email_ok(email) && name.n > 0 && str_utf8_ok(name) && !has_control(name) ? OK : ERR_INVALID;
}

err
account_draft(struct ctx *c, str email, str name, enum lang lang, struct account_draft *ret)
{
	struct account_draft d = { .id = ctx_id(c), .lang = lang };

	email = email_normal(c->mem, email);
	name = str_trim(name);
	TRY(account_identity_check(email, name));
	TRY(account_login_blind(c, email, &d.login_blind));
	TRY(vault_person_create(c, 0, d.id));
	struct vault_place place = account_identity_place(d.id, 1);
	err e = vault_seal(c, &place, account_identity_text(c->mem, email, name), &d.identity_sealed);
	if (e != OK)
		account_drop(c, &d);
	else
		*ret = d;
	return e;
}

err
account_insert(struct ctx *c, const struct account_draft *d)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO account (id, login_blind, version, identity_sealed, password_hash,"
	    " totp_step, state, lang, created_at) VALUES ($1, $2, 1, $3, '', 0, $4, $5, $6)"),
	    BINDS(INT(d->id), BLOB(d->login_blind), BLOB(d->identity_sealed), INT(ACCOUNT_INVITED),
	    INT((int64_t)d->lang), INT(c->now)), NULL));
	TRY(audit_add(c, S("account.create"), d->id, 0, 0));
	return join_commit(&tx);
}

void
account_drop(struct ctx *c, const struct account_draft *d)
{
	/* A key that stays opens nothing: there is no row. */
	if (vault_person_shred(c, 0, d->id) != OK)
		LOG_WARN("account", "the key of an account that was not made remains", LOG_INT("account", d->id));
}

err
account_create(struct ctx *c, str email, str name, enum lang lang, id *ret)
{
	struct account_draft d;

	assert(!db_in_change(c->db));
	TRY(account_draft(c, email, name, lang, &d));
	err e = account_insert(c, &d);
	if (e != OK) {
		account_drop(c, &d);
		return e;
	}
	*ret = d.id;
	return OK;
}

err
account_find(struct ctx *c, str email, id *ret)
{
	str blind;

	TRY(account_login_blind(c, email, &blind));
	return db_one_int(c->db, SQL("SELECT id FROM account WHERE login_blind = $1"),
	    BINDS(BLOB(blind)), ret);
}

static err
row_read(struct ctx *c, id account, struct account *ret, str *ret_sealed, int64_t *ret_version)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT identity_sealed, version, lang, state, CASE WHEN password_hash = '' THEN 0 ELSE 1 END,"
	    " CASE WHEN totp_sealed IS NULL THEN 0 ELSE 1 END,"
	    " created_at, signed_in_at FROM account WHERE id = $1 AND state <> $2"),
	    BINDS(INT(account), INT(ACCOUNT_CLOSED)), &r));
	TRY(db_next(r));
	*ret_sealed = db_text(r, c->mem, 0);
	*ret_version = db_int(r, 1);
	*ret = (struct account){ .id = account, .lang = (enum lang)db_int(r, 2),
		.state = (enum account_state)db_int(r, 3), .has_password = db_int(r, 4) != 0,
		.has_factor = db_int(r, 5) != 0, .created_at = db_int(r, 6),
		.signed_in_at = db_int(r, 7) };
	return OK;
}

err
account_get_versioned(struct ctx *c, enum purpose purpose, id account, struct account *ret,
    int64_t *ret_version)
{
	struct account a;
	int64_t version;
	str sealed, clear;

	TRY(row_read(c, account, &a, &sealed, &version));
	struct vault_place place = account_identity_place(account, version);
	TRY(vault_open(c, purpose, &place, sealed, &clear));
	account_identity_split(clear, &a.email, &a.name);
	*ret = a;
	*ret_version = version;
	return OK;
}

err
account_get(struct ctx *c, enum purpose purpose, id account, struct account *ret)
{
	int64_t version;

	return account_get_versioned(c, purpose, account, ret, &version);
}

err
account_write_password(struct ctx *c, id account, str hash, id keep_session)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed, ended;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE account SET password_hash = $2, state = $3 WHERE id = $1 AND state <> $4"),
	    BINDS(INT(account), TEXT(hash), INT(ACCOUNT_ACTIVE), INT(ACCOUNT_CLOSED)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	/* Whoever knew the old one is out, wherever he is signed in. */
	TRY(session_end_others(c, account, keep_session, &ended));
	TRY(token_revoke_all(c, account, &ended));
	TRY(audit_add(c, S("account.password"), account, 0, 0));
	return join_commit(&tx);
}

err
account_set_password(struct ctx *c, id account, str password, id keep_session,
    enum password_fault *ret_fault)
{
	struct account a;
	str hash;

	assert(!db_in_change(c->db));
	TRY(account_get(c, PURPOSE_SECURE, account, &a));
	enum password_fault fault = password_fault(password, a.email, a.name);
	if (fault != PASSWORD_GOOD) {
		*ret_fault = fault;
		return ERR_INVALID;
	}
	TRY(password_hash(c->mem, password, &hash));
	return account_write_password(c, account, hash, keep_session);
}

static err
hash_read(struct ctx *c, id account, str *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL("SELECT password_hash FROM account WHERE id = $1 AND state = $2"),
	    BINDS(INT(account), INT(ACCOUNT_ACTIVE)), &r));
	TRY(db_next(r));
	*ret = db_text(r, c->mem, 0);
	return OK;
}

err
account_check_password(struct ctx *c, id account, str password)
{
	str key = str_of_int(c->mem, account), hash = {0};

	TRY(throttle_take(c, THROTTLE_FACTOR, key));
	err e = hash_read(c, account, &hash);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	if (!password_verify(hash, password))
		return ERR_DENIED;
	return throttle_clear(c, THROTTLE_FACTOR, key);
}

static err
rename_write(struct ctx *c, const struct vault_place *place, str sealed, enum lang lang)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE account SET identity_sealed = $2, version = $3, lang = $4"
	    " WHERE id = $1 AND version = $5 AND state <> $6"),
	    BINDS(INT(place->row), BLOB(sealed), INT(place->version), INT((int64_t)lang),
	    INT(place->version - 1), INT(ACCOUNT_CLOSED)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(audit_add(c, S("account.rename"), place->row, 0, 0));
	return db_commit(&tx);
}

err
account_rename(struct ctx *c, id account, str name, enum lang lang)
{
	struct account a;
	int64_t version;
	str sealed;

	assert(!db_in_change(c->db));
	name = str_trim(name);
	TRY(account_get_versioned(c, PURPOSE_SECURE, account, &a, &version));
	TRY(account_identity_check(a.email, name));
	struct vault_place place = account_identity_place(account, version + 1);
	TRY(vault_seal(c, &place, account_identity_text(c->mem, a.email, name), &sealed));
	return rename_write(c, &place, sealed, lang);
}

err
account_activate(struct ctx *c, id account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(join_begin(c, &tx));
	TRY(db_run(c->db, SQL("UPDATE account SET state = $2 WHERE id = $1 AND state = $3"),
	    BINDS(INT(account), INT(ACCOUNT_ACTIVE), INT(ACCOUNT_INVITED)), &changed));
	if (changed == 1)
		TRY(audit_add(c, S("account.activate"), account, 0, 0));
	return join_commit(&tx);
}

/* All that it could do and be found by, in one change. */
static err
close_rows(struct ctx *c, id account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(db_begin(c->db, &tx));
	TRY(member_end_all(c, account));
	/* The address is free again: the column is unique, hence chance instead of nothing. */
	TRY(db_run(c->db, SQL(
	    "UPDATE account SET state = $2, login_blind = $3, password_hash = '', totp_sealed = NULL"
	    " WHERE id = $1 AND state <> $2"),
	    BINDS(INT(account), INT(ACCOUNT_CLOSED),
	    BLOB(token_hash(c->mem, token_make(c->mem, TOKEN_BYTES)))), &n));
	if (n == 0)
		return ERR_NOT_FOUND;
	TRY(session_end_others(c, account, 0, &n));
	TRY(token_revoke_all(c, account, &n));
	TRY(db_run(c->db, SQL("DELETE FROM recovery_code WHERE account = $1"), BINDS(INT(account)), &n));
	TRY(db_run(c->db, SQL("DELETE FROM ticket WHERE account = $1"), BINDS(INT(account)), &n));
	TRY(audit_add(c, S("account.close"), account, 0, 0));
	return db_commit(&tx);
}

err
account_close(struct ctx *c, id account)
{
	assert(!db_in_change(c->db));
	err e = close_rows(c, account);
	/* Closed before, but perhaps its key outlived a crash. */
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	return vault_person_shred(c, 0, account);
}
