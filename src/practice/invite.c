/* invite.c - see invite.h. */
#include "format/contact.h"
#include "practice/invite.h"
#include "practice/outbox.h"
#include "practice/practice.h"
#include "store/db.h"

/*
 * The link is known only once the invitation is made, hence its message is
 * sealed inside the change; that takes no key that is not there yet.
 */
err
invite_send(struct ctx *c, const struct invitation *form, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_prepared message;
	struct org org;
	str token;
	id invitation;

	TRY(org_get(c, &org));
	TRY(db_begin(c->db, &tx));
	TRY(ticket_invite(c, form, &invitation, &token));
	struct outbox_payload payload = { .to = email_normal(c->mem, form->email), .lang = org.lang,
	    .word = token, .name = str_trim(form->name) };

	TRY(outbox_prepare(c, MESSAGE_INVITATION, c->org, c->org, &payload, &message));
	TRY(outbox_insert(c, &message));
	TRY(db_commit(&tx));
	*ret = invitation;
	return OK;
}
