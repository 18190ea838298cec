/* signin.c - one path, whoever asks. */
#include "access/signin.h"

#include <assert.h>

#include "access/account.h"
#include "access/audit.h"
#include "access/join.h"
#include "access/member.h"
#include "access/throttle.h"
#include "format/contact.h"
#include "vault/secret.h"

struct found {
	id	account;	/* 0: nobody may sign in by that login */
	str	hash;
	bool	enrolled;
};

static err
found_read(struct ctx *c, str login, struct found *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	str blind;

	*ret = (struct found){0};
	TRY(vault_blind(c, 0, BLIND_LOGIN, login, &blind));
	TRY(db_read(c->db, SQL(
	    "SELECT id, password_hash, CASE WHEN totp_sealed IS NULL THEN 0 ELSE 1 END FROM account"
	    " WHERE login_blind = $1 AND state = $2"),
	    BINDS(BLOB(blind), INT(ACCOUNT_ACTIVE)), &r));
	err e = db_next(r);
	if (e == OK)
		*ret = (struct found){ db_int(r, 0), db_text(r, c->mem, 1), db_int(r, 2) != 0 };
	return e == ERR_NOT_FOUND ? OK : e;
}

static err
note_failure(struct ctx *c, id account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(c->db, &tx));
	TRY(audit_add(c, S("signin.fail"), account, 0, 0));
	return db_commit(&tx);
}

static err
note_success(struct ctx *c, str login, str peer, id account)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct ctx as = *c;

	as.actor = account;
	TRY(db_begin(c->db, &tx));
	TRY(throttle_clear(c, THROTTLE_LOGIN, login));
	/* Not cleared: who knows one password must not buy guesses at others with it. */
	TRY(throttle_give_back(c, THROTTLE_PEER, peer));
	TRY(audit_add(&as, S("signin.ok"), account, 0, 0));
	return db_commit(&tx);
}

err
signin_password(struct ctx *c, const struct signin_try *t, struct signin *ret)
{
	const size_t longest = 4 * (size_t)promise()->password_length_max;
	str login = email_normal(c->mem, t->login);
	struct found found;
	bool staff;

	assert(!db_in_change(c->db));
	/* The peer first: one that is locked out must not lock the logins of others. */
	TRY(throttle_take(c, THROTTLE_PEER, t->peer));
	TRY(throttle_take(c, THROTTLE_LOGIN, login));
	TRY(found_read(c, login, &found));
	/* Nobody's hash is empty: verifying it takes as long, and is false.  No password is this long. */
	str password = str_slice(t->password, 0, longest);
	bool right = password_verify(found.hash, password) && password.n == t->password.n;
	if (!right) {
		TRY(note_failure(c, found.account));
		return ERR_DENIED;
	}
	TRY(member_is_staff(c, found.account, &staff));
	TRY(note_success(c, login, t->peer, found.account));
	*ret = (struct signin){ .account = found.account, .enrolled = found.enrolled,
		.stage = staff && !found.enrolled ? STAGE_ENROL : STAGE_FACTOR };
	return OK;
}

err
signin_next_at(struct ctx *c, str login, str peer, usec *ret)
{
	usec of_login, of_peer;

	TRY(throttle_next_at(c, THROTTLE_LOGIN, email_normal(c->mem, login), &of_login));
	TRY(throttle_next_at(c, THROTTLE_PEER, peer, &of_peer));
	*ret = max64(of_login, of_peer);
	return OK;
}
