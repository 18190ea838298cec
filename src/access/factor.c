/* factor.c - TOTP (RFC 6238) and recovery codes. */
#include "access/factor.h"

#include <assert.h>

#include "access/account.h"
#include "access/audit.h"
#include "access/join.h"
#include "access/session.h"
#include "access/throttle.h"
#include "vault/secret.h"

enum {
	CODE_HALF = 4,
	CODE_CHARS = 2 * CODE_HALF,	/* of 32 letters: 40 bits */
};

/* Without 0, 1, l and o, which people mistake for each other. */
static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";
_Static_assert(sizeof(alphabet) - 1 == 32, "a letter is five bits");

struct factor {
	str	sealed;	/* empty: none */
	int64_t	step;	/* of the last code used */
};

static struct vault_place
totp_place(id account)
{
	return (struct vault_place){ .org = 0, .person = account, .table = TABLE_TOTP,
		.facet = FACET_ACCOUNT, .row = account };
}

static err
factor_read(struct ctx *c, id account, struct factor *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT totp_sealed, totp_step FROM account WHERE id = $1 AND state <> $2"),
	    BINDS(INT(account), INT(ACCOUNT_CLOSED)), &r));
	TRY(db_next(r));
	*ret = (struct factor){ db_text(r, c->mem, 0), db_int(r, 1) };
	return OK;
}

/* The step changes with every confirmation: a replaced factor never gets the same secret again. */
static err
pending_secret(struct ctx *c, id account, id session, int64_t step, str *ret)
{
	str mac;

	TRY(vault_mac(c, S("factor.pending"), str_printf(c->mem, "%lld:%lld:%lld",
	    (long long)account, (long long)session, (long long)step), &mac));
	*ret = str_slice(mac, 0, TOTP_SECRET_BYTES);
	return OK;
}

err
factor_begin(struct ctx *c, id account, id session, str issuer, struct factor_setup *ret)
{
	struct factor f;
	struct account a;
	str secret;

	TRY(factor_read(c, account, &f));
	TRY(account_get(c, PURPOSE_SECURE, account, &a));
	TRY(pending_secret(c, account, session, f.step, &secret));
	*ret = (struct factor_setup){ .secret = totp_base32(c->mem, secret),
		.uri = totp_uri(c->mem, secret, issuer, a.email) };
	return OK;
}

/* Of account: the same code of two accounts has two hashes. */
static err
code_mac(struct ctx *c, id account, str code, str *ret)
{
	return vault_mac(c, S("factor.recovery"), str_printf(c->mem, "%lld:%.*s",
	    (long long)account, STR_FMT(code)), ret);
}

static str
code_plain(struct arena *mem, str code)
{
	str lower = str_lower(mem, code);
	char *p = arena_alloc(mem, lower.n + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < lower.n; i++)
		if (lower.p[i] != '-' && lower.p[i] != ' ')
			p[n++] = lower.p[i];
	return (str){ p, n };
}

/* Codes and their hashes: before the change, which is to be short. */
static err
codes_make(struct ctx *c, id account, struct factor_codes *ret, str macs[FACTOR_CODES])
{
	for (size_t i = 0; i < FACTOR_CODES; i++) {
		char *p = arena_alloc(c->mem, CODE_CHARS + 1, 1);
		str chance;

		if (!str_base64url_decode(c->mem, token_make(c->mem, TOKEN_BYTES), &chance))
			panic("factor: a token of ours is no base64url");
		for (size_t k = 0; k < CODE_CHARS; k++)
			p[k] = alphabet[(unsigned char)chance.p[k] % 32];
		TRY(code_mac(c, account, (str){ p, CODE_CHARS }, &macs[i]));
		ret->code[i] = str_printf(c->mem, "%.*s-%s", CODE_HALF, p, p + CODE_HALF);
	}
	return OK;
}

static err
codes_write(struct ctx *c, id account, const str macs[FACTOR_CODES])
{
	int64_t n;

	TRY(db_run(c->db, SQL("DELETE FROM recovery_code WHERE account = $1"), BINDS(INT(account)), &n));
	for (size_t i = 0; i < FACTOR_CODES; i++)
		TRY(db_run(c->db, SQL("INSERT INTO recovery_code (account, hash) VALUES ($1, $2)"),
		    BINDS(INT(account), BLOB(macs[i])), NULL));
	return OK;
}

struct confirmation {
	id	account;
	int64_t	old_step, new_step;
	str	sealed;
};

static err
confirmation_write(struct ctx *c, const struct confirmation *k, const str macs[FACTOR_CODES])
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	/* The step read before is the lock: of two confirmations one finds it moved on. */
	TRY(db_run(c->db, SQL(
	    "UPDATE account SET totp_sealed = $2, totp_step = $3 WHERE id = $1 AND totp_step = $4"),
	    BINDS(INT(k->account), BLOB(k->sealed), INT(k->new_step), INT(k->old_step)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(codes_write(c, k->account, macs));
	TRY(throttle_clear(c, THROTTLE_FACTOR, str_of_int(c->mem, k->account)));
	TRY(audit_add(c, S("factor.enrol"), k->account, 0, 0));
	return db_commit(&tx);
}

static err
note_failure(struct ctx *c, id account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(c->db, &tx));
	TRY(audit_add(c, S("factor.fail"), account, 0, 0));
	TRY(db_commit(&tx));
	return ERR_DENIED;
}

err
factor_confirm(struct ctx *c, id account, id session, str code, struct factor_codes *ret)
{
	struct confirmation k = { .account = account };
	struct vault_place place = totp_place(account);
	struct factor_codes codes;
	str macs[FACTOR_CODES], secret;
	struct factor f;

	TRY(throttle_take(c, THROTTLE_FACTOR, str_of_int(c->mem, account)));
	TRY(factor_read(c, account, &f));
	TRY(pending_secret(c, account, session, f.step, &secret));
	k.old_step = f.step;
	if (!totp_verify(secret, code_plain(c->mem, code), c->now, f.step, &k.new_step))
		return note_failure(c, account);
	TRY(vault_seal(c, &place, secret, &k.sealed));
	TRY(codes_make(c, account, &codes, macs));
	TRY(confirmation_write(c, &k, macs));
	*ret = codes;
	return OK;
}

/* Use a step up, for whoever comes first. */
static err
step_use(struct ctx *c, id account, int64_t step)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE account SET totp_step = $2 WHERE id = $1 AND totp_step < $2 AND totp_sealed IS NOT NULL"),
	    BINDS(INT(account), INT(step)), &changed));
	if (changed == 0)
		return ERR_DENIED;
	TRY(throttle_clear(c, THROTTLE_FACTOR, str_of_int(c->mem, account)));
	TRY(audit_add(c, S("factor.ok"), account, 0, 0));
	return db_commit(&tx);
}

err
factor_check(struct ctx *c, id account, str code)
{
	struct vault_place place = totp_place(account);
	struct factor f;
	int64_t step;
	str secret;

	TRY(throttle_take(c, THROTTLE_FACTOR, str_of_int(c->mem, account)));
	TRY(factor_read(c, account, &f));
	if (f.sealed.n == 0)
		return ERR_NOT_FOUND;
	TRY(vault_open(c, PURPOSE_SECURE, &place, f.sealed, &secret));
	if (!totp_verify(secret, code_plain(c->mem, code), c->now, f.step, &step))
		return note_failure(c, account);
	return step_use(c, account, step);
}

err
factor_codes_left(struct ctx *c, id account, int64_t *ret)
{
	return db_one_int(c->db, SQL(
	    "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL"),
	    BINDS(INT(account)), ret);
}

static err
code_use(struct ctx *c, id account, str mac, int64_t *ret_left)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed, left;

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE recovery_code SET used_at = $3 WHERE account = $1 AND hash = $2 AND used_at IS NULL"),
	    BINDS(INT(account), BLOB(mac), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_DENIED;
	TRY(factor_codes_left(c, account, &left));
	TRY(throttle_clear(c, THROTTLE_FACTOR, str_of_int(c->mem, account)));
	TRY(audit_add(c, S("factor.recover"), account, 0, left));
	TRY(db_commit(&tx));
	*ret_left = left;
	return OK;
}

err
factor_recover(struct ctx *c, id account, str code, int64_t *ret_left)
{
	struct factor f;
	str mac;

	TRY(throttle_take(c, THROTTLE_FACTOR, str_of_int(c->mem, account)));
	TRY(factor_read(c, account, &f));
	if (f.sealed.n == 0)
		return ERR_NOT_FOUND;
	TRY(code_mac(c, account, code_plain(c->mem, code), &mac));
	err e = code_use(c, account, mac, ret_left);
	return e == ERR_DENIED ? note_failure(c, account) : e;
}

err
factor_renew_codes(struct ctx *c, id account, struct factor_codes *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct factor_codes codes;
	str macs[FACTOR_CODES];
	struct factor f;

	TRY(codes_make(c, account, &codes, macs));
	TRY(join_begin(c, &tx));
	TRY(factor_read(c, account, &f));
	if (f.sealed.n == 0)
		return ERR_NOT_FOUND;
	TRY(codes_write(c, account, macs));
	TRY(audit_add(c, S("factor.codes"), account, 0, 0));
	TRY(join_commit(&tx));
	*ret = codes;
	return OK;
}

/* How many of its live memberships are of ctx.org, and how many of others. */
static err
is_ours_alone(struct ctx *c, id account)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT SUM(CASE WHEN org = $2 THEN 1 ELSE 0 END), SUM(CASE WHEN org = $2 THEN 0 ELSE 1 END)"
	    " FROM membership WHERE account = $1 AND ended_at IS NULL"),
	    BINDS(INT(account), INT(c->org)), &r));
	TRY(db_next(r));
	return db_int(r, 0) > 0 && db_int(r, 1) == 0 ? OK : ERR_DENIED;
}

err
factor_reset(struct ctx *c, id account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(join_begin(c, &tx));
	if (c->org != 0)
		TRY(is_ours_alone(c, account));
	TRY(db_run(c->db, SQL("UPDATE account SET totp_sealed = NULL WHERE id = $1 AND state <> $2"),
	    BINDS(INT(account), INT(ACCOUNT_CLOSED)), &n));
	if (n == 0)
		return ERR_NOT_FOUND;
	TRY(db_run(c->db, SQL("DELETE FROM recovery_code WHERE account = $1"), BINDS(INT(account)), &n));
	TRY(session_end_others(c, account, 0, &n));
	TRY(audit_add(c, S("factor.reset"), account, 0, 0));
	return join_commit(&tx);
}
