/* mailbox.c - see mailbox.h. */
#include <assert.h>

#include "access/throttle.h"
#include "format/contact.h"
#include "practice/mailbox.h"
#include "practice/outbox.h"
#include "store/db.h"

static err
count_try(struct ctx *c, str email, str peer)
{
	assert(!db_in_change(c->db));
	/* The peer first: one that is locked out must not lock the mailboxes of others. */
	TRY(throttle_take(c, THROTTLE_PEER, peer));
	return throttle_take(c, THROTTLE_MAIL, email_normal(c->mem, email));
}

/* Sealed for nobody's account in particular: an address without one costs the same (T21). */
static err
seal(struct ctx *c, enum message_kind kind, const struct mailbox_ask *ask, str word,
    struct outbox_prepared *ret)
{
	struct outbox_payload payload = { .to = email_normal(c->mem, ask->email), .lang = ask->lang,
		.word = word };

	return outbox_prepare(c, kind, 0, 0, &payload, ret);
}

err
mailbox_send_code(struct ctx *c, const struct mailbox_ask *ask, str *ret_token)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_prepared message;
	struct ticket_code code;

	if (!email_ok(email_normal(c->mem, ask->email)))
		return ERR_INVALID;
	TRY(count_try(c, ask->email, ask->peer));
	TRY(db_begin(c->db, &tx));
	TRY(ticket_code_anybody(c, ask->email, ask->lang, &code));
	TRY(seal(c, MESSAGE_CODE, ask, code.code, &message));
	TRY(outbox_insert(c, &message));
	TRY(db_commit(&tx));
	*ret_token = code.token;
	return OK;
}

err
mailbox_send_proof(struct ctx *c, id account, str peer, str *ret_token)
{
	struct account a;

	TRY(account_get(c, PURPOSE_SECURE, account, &a));
	return mailbox_send_code(c, &(struct mailbox_ask){ a.email, a.lang, peer }, ret_token);
}

err
mailbox_send_reset(struct ctx *c, const struct mailbox_ask *ask)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_prepared message;
	id account;
	str token;

	if (!email_ok(email_normal(c->mem, ask->email)))
		return ERR_INVALID;
	TRY(count_try(c, ask->email, ask->peer));
	TRY(db_begin(c->db, &tx));
	TRY(ticket_reset(c, ask->email, &token, &account));
	TRY(seal(c, MESSAGE_RESET, ask, token, &message));
	if (account != 0)
		TRY(outbox_insert(c, &message));
	return db_commit(&tx);
}

err
mailbox_ask_address(struct ctx *c, id account, const struct mailbox_ask *ask)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_prepared to_new, to_old;
	struct address_links links;
	struct account a;

	TRY(account_get(c, PURPOSE_SECURE, account, &a));
	/* Before it counts: a slip is no attempt. */
	if (!email_ok(email_normal(c->mem, ask->email)) || str_eq(email_normal(c->mem, ask->email), a.email))
		return ERR_INVALID;
	TRY(count_try(c, ask->email, ask->peer));
	struct mailbox_ask old = { a.email, a.lang, ask->peer }, new = { ask->email, a.lang, ask->peer };
	TRY(db_begin(c->db, &tx));
	TRY(address_ask(c, &a, ask->email, &links));
	TRY(seal(c, MESSAGE_ADDRESS, &new, links.confirm, &to_new));
	TRY(seal(c, MESSAGE_ADDRESS_STOP, &old, links.stop, &to_old));
	TRY(outbox_insert(c, &to_new));
	TRY(outbox_insert(c, &to_old));
	return db_commit(&tx);
}

err
mailbox_change_address(struct ctx *c, const struct address_change *k, id keep_session)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct mailbox_ask old = { k->old_email, k->lang, (str){0} };
	struct outbox_prepared news;

	TRY(seal(c, MESSAGE_ADDRESS_LEFT, &old, (str){0}, &news));
	TRY(db_begin(c->db, &tx));
	TRY(address_write(c, k, keep_session));
	TRY(outbox_insert(c, &news));
	TRY(throttle_clear(c, THROTTLE_MAIL, k->email));
	return db_commit(&tx);
}

err
mailbox_proven(struct ctx *c, str email)
{
	return throttle_clear(c, THROTTLE_MAIL, email_normal(c->mem, email));
}

err
mailbox_next_at(struct ctx *c, str email, str peer, usec *ret)
{
	usec of_mailbox, of_peer;

	TRY(throttle_next_at(c, THROTTLE_MAIL, email_normal(c->mem, email), &of_mailbox));
	TRY(throttle_next_at(c, THROTTLE_PEER, peer, &of_peer));
	*ret = max64(of_mailbox, of_peer);
	return OK;
}
