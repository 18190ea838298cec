/* page_password.c - a password that was forgotten: a link by mail, and a new one. */
#include "access/ticket.h"
#include "format/contact.h"
#include "practice/mailbox.h"
#include "web/page_invitation.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_forgotten, { "email", EMAIL_BYTES_MAX, false });
FORM(form_reset, { "nouveau", 256, false });

static err
forgotten_show(struct web *w, bool sent, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Forgotten password")),
		.once = sent };
	struct reset_page p = { .layout = &l, .email = web_field(w, "email"), .sent = sent };
	struct out *o = view_begin(w, &l);

	page_forgotten_form(o, &p);
	return view_end(w, o, status);
}

err
page_forgotten(struct web *w)
{
	return forgotten_show(w, false, 200);
}

err
page_forgotten_send(struct web *w)
{
	struct mailbox_ask ask = { web_field(w, "email"), w->c.lang, w->http->peer };
	usec until;

	err e = mailbox_send_reset(&w->c, &ask);
	if (e == ERR_INVALID) {
		web_error(w, "email", text(w->c.lang, T("Enter an e-mail address, such as name@example.fr.")));
		return forgotten_show(w, false, 422);
	}
	if (e == ERR_THROTTLED) {
		TRY(mailbox_next_at(&w->c, ask.email, ask.peer, &until));
		signing_throttled(w, NULL, until);
		return forgotten_show(w, false, 429);
	}
	TRY(e);
	return forgotten_show(w, true, 200);
}

static err
reset_is_dead(struct web *w, err why)
{
	if (why != ERR_EXPIRED && why != ERR_NOT_FOUND && why != ERR_CONFLICT)
		return why;
	view_status(w, why == ERR_NOT_FOUND ? 404 : 410, text(w->c.lang, T("This link is no longer good")),
	    text(w->c.lang, T("It works once, and for a quarter of an hour. Ask for another on the sign-in page.")));
	return OK;
}

static err
reset_show(struct web *w, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Choose a new password")) };
	struct reset_page p = { .layout = &l, .token = w->args[0], .hint = signing_password_hint(w) };
	struct out *o = view_begin(w, &l);

	page_reset_form(o, &p);
	return view_end(w, o, status);
}

err
page_reset(struct web *w)
{
	err e = ticket_reset_check(&w->c, w->args[0]);

	return e == OK ? reset_show(w, 200) : reset_is_dead(w, e);
}

err
page_reset_choose(struct web *w)
{
	enum password_fault fault = PASSWORD_GOOD;
	str password = web_field(w, "nouveau");
	id account;

	if (password.n == 0)
		web_error(w, "nouveau", text(w->c.lang, T("Choose a password.")));
	err e = ticket_reset_check(&w->c, w->args[0]);
	if (e == OK && w->errors_n > 0)
		return reset_show(w, 422);
	if (e == OK)
		e = ticket_reset_use(&w->c, w->args[0], password, &fault, &account);
	if (e == ERR_INVALID) {
		web_error(w, "nouveau", signing_password_words(w, fault));
		return reset_show(w, 422);
	}
	if (e != OK)
		return reset_is_dead(w, e);
	/* This browser's own session ended with the others. */
	if (w->session_token.n > 0)
		view_cookie_drop(w, COOKIE_SESSION);
	return view_redirect(w, S("/connexion"), "motdepasse");
}
