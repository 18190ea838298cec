/* page_address.c - see page_address.h (T25). */
#include "access/address.h"
#include "access/throttle.h"
#include "access/ticket.h"
#include "format/contact.h"
#include "format/text.h"
#include "practice/mailbox.h"
#include "practice/patient.h"
#include "web/page_account.h"
#include "web/page_address.h"
#include "web/pages.h"
#include "web/signing.h"
#include "web/view.h"

FORM(form_address, { "email", EMAIL_BYTES_MAX, false }, { "code", 20, false }, { "jeton", 64, false });

static err
ask_show(struct web *w, const struct account *a, str ticket, int status)
{
	bool staff = w->session.org != 0 && ROLE_BIT(w->session.role) & ROLES_STAFF;
	struct layout l = { .shell = staff ? SHELL_STAFF : SHELL_PUBLIC, .once = ticket.n > 0,
		.title = text(w->c.lang, T("Change the e-mail address")) };
	struct address_page p = { .layout = &l, .staff = staff, .has_factor = a->has_factor,
		.present = a->email, .email = web_field(w, "email"), .ticket = ticket,
		.life = text_duration(w->c.mem, w->c.lang, (int)(promise()->address_life / USEC_PER_MINUTE)) };
	struct out *o = view_begin(w, &l);

	page_address_ask_show(o, &p);
	return view_end(w, o, status);
}

err
page_address_form(struct web *w)
{
	struct account a;
	bool answered;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	return ask_show(w, &a, (str){0}, 200);
}

static void
check_email(struct web *w, const struct account *a)
{
	str email = email_normal(w->c.mem, web_field(w, "email"));

	if (!email_ok(email))
		web_error(w, "email", text(w->c.lang, T("Enter an e-mail address, such as name@example.fr.")));
	else if (str_eq(email, a->email))
		web_error(w, "email", text(w->c.lang, T("This is your present address. Enter another one.")));
}

/* Asked for too often, from here or of that mailbox. */
static err
throttled(struct web *w, const struct account *a, str mailbox)
{
	usec until;

	TRY(mailbox_next_at(&w->c, mailbox, w->http->peer, &until));
	signing_throttled(w, NULL, until);
	return ask_show(w, a, web_field(w, "jeton"), 429);
}

/* Without an authenticator the present mailbox is the proof: a code goes there first. */
static err
send_code(struct web *w, const struct account *a)
{
	str ticket;
	err e = mailbox_send_proof(&w->c, a->id, w->http->peer, &ticket);

	if (e == ERR_THROTTLED)
		return throttled(w, a, a->email);
	TRY(e);
	return ask_show(w, a, ticket, 200);
}

static err
prove(struct web *w, const struct account *a)
{
	str code = web_field(w, "code");
	id owner;

	if (a->has_factor)
		return account_check_code(w, code);
	TRY(ticket_code_use(&w->c, web_field(w, "jeton"), code, &owner));
	return owner == a->id ? mailbox_proven(&w->c, a->email) : ERR_DENIED;
}

static err
refused(struct web *w, const struct account *a, err why)
{
	str ticket = web_field(w, "jeton");
	usec until;

	if (why == ERR_THROTTLED) {
		TRY(throttle_next_at(&w->c, THROTTLE_FACTOR, str_of_int(w->c.mem, a->id), &until));
		signing_throttled(w, "code", until);
		return ask_show(w, a, ticket, 429);
	}
	if (why == ERR_DENIED) {
		web_error(w, "code", text(w->c.lang, a->has_factor ? account_wrong_code :
		    T("This code is not right. Check it, or ask for another.")));
		return ask_show(w, a, ticket, 422);
	}
	if (why != ERR_EXPIRED && why != ERR_NOT_FOUND && why != ERR_CONFLICT)
		return why;
	web_error(w, NULL, text(w->c.lang, T("This code is no longer good. Ask for another.")));
	return ask_show(w, a, (str){0}, 422);
}

err
page_address_ask(struct web *w)
{
	struct mailbox_ask ask = { .email = web_field(w, "email"), .peer = w->http->peer };
	struct account a;
	bool answered;
	err e;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	check_email(w, &a);
	if (w->errors_n > 0)
		return ask_show(w, &a, web_field(w, "jeton"), 422);
	if (!a.has_factor && web_field(w, "jeton").n == 0)
		return send_code(w, &a);
	if ((e = prove(w, &a)) != OK)
		return refused(w, &a, e);
	e = mailbox_ask_address(&w->c, a.id, &ask);
	if (e == ERR_THROTTLED)
		return throttled(w, &a, ask.email);
	TRY(e);
	return view_redirect(w, S("/compte"), "adresse-demandee");
}

err
page_address_withdraw(struct web *w)
{
	bool answered;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	TRY(address_withdraw(&w->c, w->session.account));
	return view_redirect(w, S("/compte"), "adresse-retiree");
}

/* ---- the links ---- */

static err
link_is_dead(struct web *w, err why)
{
	if (why == ERR_DENIED) {
		view_status(w, 403, text(w->c.lang, T("This link belongs to another account")),
		    text(w->c.lang, T("Sign out, sign in to the account whose address is to change, then open the link again.")));
		return OK;
	}
	if (why != ERR_EXPIRED && why != ERR_NOT_FOUND && why != ERR_CONFLICT)
		return why;
	view_status(w, why == ERR_NOT_FOUND ? 404 : 410, text(w->c.lang, T("This link is no longer good")),
	    text(w->c.lang, T("It works once, and for a quarter of an hour. On the page of your account you see which address it has, and can ask again.")));
	return OK;
}

static err
confirm_show(struct web *w, const struct address_change *k, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Confirm the new address")) };
	struct address_link_page p = { .layout = &l, .token = w->args[0], .present = k->old_email,
		.email = k->email, .taken = k->taken };
	struct out *o = view_begin(w, &l);

	page_address_confirm_show(o, &p);
	return view_end(w, o, status);
}

/* ret_answered: nobody is signed in, or the link is of no use. */
static err
link_read(struct web *w, struct address_change *ret, bool *ret_answered)
{
	TRY(signing_require(w, ret_answered));
	if (*ret_answered)
		return OK;
	err e = address_open(&w->c, w->args[0], w->session.account, ret);
	*ret_answered = e != OK;
	return e == OK ? OK : link_is_dead(w, e);
}

err
page_address(struct web *w)
{
	struct address_change k;
	bool answered;

	TRY(link_read(w, &k, &answered));
	return answered ? OK : confirm_show(w, &k, k.taken ? 409 : 200);
}

/* What may be done for a patient becomes known under the new address; staff's work is not his own. */
static err
follow(struct web *w, const struct address_change *k)
{
	struct patient_address moved = { k->old_email, k->email };
	struct member_org *places;
	bool patient = false;
	int64_t linked;
	size_t n;

	TRY(patient_follow(&w->c, k->account, &moved));
	TRY(member_orgs(&w->c, k->account, &places, &n));
	for (size_t i = 0; i < n; i++)
		patient |= places[i].member.role == ROLE_PATIENT;
	return patient || n == 0 ? patient_link(&w->c, k->account, &linked) : OK;
}

err
page_address_confirm(struct web *w)
{
	struct session_grant same = { w->session.stage, w->session.org, w->session.role };
	struct address_change k;
	bool answered;
	str token;

	TRY(link_read(w, &k, &answered));
	if (answered)
		return OK;
	err e = mailbox_change_address(&w->c, &k, w->session.id);
	if (e == ERR_CONFLICT) {
		k.taken = true;
		return confirm_show(w, &k, 409);
	}
	TRY(e);
	TRY(follow(w, &k));
	TRY(session_renew(&w->c, w->session_token, &same, &token));
	TRY(signing_adopt(w, token));
	return view_redirect(w, S("/compte"), "adresse");
}

static err
stop_show(struct web *w, bool stopped)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = stopped ?
	    text(w->c.lang, T("The change was stopped")) : text(w->c.lang, T("Stop the change of address?")) };
	struct address_link_page p = { .layout = &l, .token = w->args[0], .stopped = stopped };
	struct out *o = view_begin(w, &l);

	page_address_stop_show(o, &p);
	return view_end(w, o, 200);
}

err
page_address_stop(struct web *w)
{
	err e = address_stop_check(&w->c, w->args[0]);

	return e == OK ? stop_show(w, false) : link_is_dead(w, e);
}

err
page_address_stop_do(struct web *w)
{
	id account;
	err e = address_stop(&w->c, w->args[0], &account);

	if (e != OK)
		return link_is_dead(w, e);
	/* A session of this account, here too, has ended; one of another account stays. */
	if (w->session.account == account) {
		view_cookie_drop(w, COOKIE_SESSION);
		w->session = (struct session){0};
		w->session_token = (str){0};
	}
	return stop_show(w, true);
}
