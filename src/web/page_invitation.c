/* page_invitation.c - a member of the team accepts; nobody's account is changed by a link (T26). */
#include "access/account.h"
#include "access/ticket.h"
#include "web/page_invitation.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_invitation, { "nom", 100, false }, { "nouveau", 256, false });

/* A link that opens nothing any more, in words. */
static err
link_is_dead(struct web *w, err why)
{
	if (why == ERR_CONFLICT) {
		view_status(w, 410, text(w->c.lang, T("This invitation has been used")),
		    text(w->c.lang, T("If it was you, sign in with your address and your password.")));
		return OK;
	}
	if (why != ERR_EXPIRED && why != ERR_NOT_FOUND)
		return why;
	view_status(w, why == ERR_EXPIRED ? 410 : 404, text(w->c.lang, T("This invitation is no longer good")),
	    text(w->c.lang, T("Ask the practice that invited you for another one.")));
	return OK;
}

static err
read_page(struct web *w, struct invitation_page *p)
{
	struct invitation i;
	struct account a;
	struct org org;
	id known;

	p->token = w->args[0];
	TRY(ticket_invitation(&w->c, p->token, &i));
	struct ctx there = w->c;
	there.org = i.org;
	TRY(org_get(&there, &org));
	err e = account_find(&w->c, i.email, &known);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	p->known = e == OK;
	p->org = org.name;
	p->role = signing_role_name(w, i.role);
	p->email = i.email;
	p->name = w->http->method == HTTP_POST ? web_field(w, "nom") : i.name;
	p->hint = signing_password_hint(w);
	if (w->session.id == 0 || w->session.stage != STAGE_COMPLETE)
		return OK;
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	p->account = a.email;
	return OK;
}

static err
invitation_show(struct web *w, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Invitation")) };
	struct invitation_page p = { .layout = &l };
	err e = read_page(w, &p);

	if (e != OK)
		return link_is_dead(w, e);
	struct out *o = view_begin(w, &l);
	page_invitation_form(o, &p);
	return view_end(w, o, status);
}

err
page_invitation(struct web *w)
{
	return invitation_show(w, 200);
}

err
page_invitation_accept(struct web *w)
{
	struct acceptance a = { web_field(w, "nom"), web_field(w, "nouveau"), w->c.lang };
	enum password_fault fault = PASSWORD_GOOD;
	struct carry none = {0};
	id account;

	if (a.name.n == 0)
		web_error(w, "nom", text(w->c.lang, T("Enter your name.")));
	if (a.password.n == 0)
		web_error(w, "nouveau", text(w->c.lang, T("Choose a password.")));
	if (w->errors_n > 0)
		return invitation_show(w, 422);
	err e = ticket_accept(&w->c, w->args[0], &a, &fault, &account);
	if (e == ERR_INVALID || e == ERR_TOO_LARGE) {
		if (fault != PASSWORD_GOOD)
			web_error(w, "nouveau", signing_password_words(w, fault));
		else
			web_error(w, "nom", text(w->c.lang, T("This name cannot be kept. Write it more simply.")));
		return invitation_show(w, 422);
	}
	/* Used meanwhile, or the address has an account by now: the page says which. */
	if (e == ERR_CONFLICT)
		return invitation_show(w, 409);
	if (e != OK)
		return link_is_dead(w, e);
	TRY(signing_start(w, account, STAGE_ENROL));
	return signing_lead(w, &none);
}

err
page_invitation_bind(struct web *w)
{
	bool answered;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	err e = ticket_bind(&w->c, w->args[0]);
	if (e != OK)
		return link_is_dead(w, e);
	/* The new role is entered through its own door, which asks for the second proof. */
	return view_redirect(w, S("/connexion/cabinet"), "invitation");
}
