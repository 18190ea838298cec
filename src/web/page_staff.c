/* page_staff.c - members of the practice, invitations, and the end of a membership. */
#include "format/contact.h"
#include "practice/invite.h"
#include "web/page_staff.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_invite, { "email", EMAIL_BYTES_MAX, false }, { "nom", ACCOUNT_NAME_BYTES_MAX, false },
	{ "role", 1, false }, { "praticien", 20, false });
FORM(form_staff_end, { "role", 1, false });

str
staff_role(enum lang lang, enum role role)
{
	static const char *const names[ROLE_COUNT] = {
		[ROLE_PUBLIC] = T("Public"), [ROLE_PATIENT] = T("Patient"),
		[ROLE_SECRETARY] = T("Secretary"), [ROLE_PRACTITIONER] = T("Practitioner"),
		[ROLE_ADMINISTRATOR] = T("Administrator"), [ROLE_JOB] = T("The server"),
	};

	return text(lang, names[role]);
}

static str
date_of(struct web *w, usec at)
{
	struct civil local = zone_local(w->zone, at);

	return text_date_hour(w->c.mem, w->c.lang, local.day, local.minute);
}

static str
practitioner_of(struct web *w, const struct practitioner *list, size_t n, id practitioner)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == practitioner)
			return practitioner_name(w->c.mem, &list[i]);
	return (str){0};
}

static str
name_or_lost(struct web *w, const struct member_line *m)
{
	return m->name.n > 0 ? m->name : text(w->c.lang, T("Account that can no longer be read"));
}

static err
read_members(struct web *w, struct staff_page *p)
{
	struct practitioner *practitioners;
	struct member_line *list;
	size_t n, practitioners_n;

	TRY(member_list(&w->c, &list, &n));
	TRY(practitioner_list(&w->c, true, &practitioners, &practitioners_n));
	struct staff_line *lines = NEW_N(w->c.mem, struct staff_line, n);

	for (size_t i = 0; i < n; i++)
		lines[i] = (struct staff_line){
			.member = &list[i],
			.name = name_or_lost(w, &list[i]),
			.role = staff_role(w->c.lang, list[i].member.role),
			.practitioner = practitioner_of(w, practitioners, practitioners_n,
			    list[i].member.practitioner),
			.seen = list[i].signed_in_at == 0 ? (str){0} : date_of(w, list[i].signed_in_at),
			.self = list[i].member.account == w->session.account,
		};
	p->members = lines;
	p->members_n = n;
	return OK;
}

static err
read_ended(struct web *w, struct staff_page *p)
{
	struct member_line *list;
	size_t n;

	TRY(member_list_ended(&w->c, &list, &n));
	struct staff_ended *lines = NEW_N(w->c.mem, struct staff_ended, n);

	for (size_t i = 0; i < n; i++)
		lines[i] = (struct staff_ended){ .member = &list[i], .name = name_or_lost(w, &list[i]),
		    .role = staff_role(w->c.lang, list[i].member.role),
		    .when = date_of(w, list[i].member.ended_at) };
	p->ended = lines;
	p->ended_n = n;
	return OK;
}

static err
read_invitations(struct web *w, struct staff_page *p)
{
	struct invitation *list;
	size_t n;

	TRY(ticket_list(&w->c, &list, &n));
	struct invitation_line *lines = NEW_N(w->c.mem, struct invitation_line, n);

	for (size_t i = 0; i < n; i++)
		lines[i] = (struct invitation_line){ &list[i], staff_role(w->c.lang, list[i].role),
		    date_of(w, list[i].lapses_at) };
	p->invitations = lines;
	p->invitations_n = n;
	return OK;
}

static err
show_staff(struct web *w, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Staff and rights")) };
	struct staff_page p = { .layout = &l };

	TRY(read_members(w, &p));
	TRY(read_ended(w, &p));
	TRY(read_invitations(w, &p));
	struct out *o = view_begin(w, &l);

	page_staff_show(o, &p);
	return view_end(w, o, status);
}

err
page_staff(struct web *w)
{
	return show_staff(w, 200);
}

err
page_staff_end(struct web *w)
{
	int64_t role;
	id account;
	err e;

	TRY(web_arg_id(w, 0, &account));
	if (!web_field_int(w, "role", ROLE_SECRETARY, ROLE_ADMINISTRATOR, &role))
		return ERR_NOT_FOUND;
	e = member_end(&w->c, account, (enum role)role);
	if (e == ERR_CONFLICT) {
		web_error(w, NULL, text(w->c.lang,
		    T("The last administrator stays: name another one first.")));
		return show_staff(w, 409);
	}
	TRY(e);
	return view_redirect(w, S("/reglages/equipe"), "depart");
}

err
page_staff_reopen(struct web *w)
{
	struct member m;
	int64_t role;
	id account;
	err e;

	TRY(web_arg_id(w, 0, &account));
	if (!web_field_int(w, "role", ROLE_SECRETARY, ROLE_ADMINISTRATOR, &role))
		return ERR_NOT_FOUND;
	e = member_get(&w->c, account, (enum role)role, &m);
	if (e == ERR_NOT_FOUND)		/* else a button pressed twice */
		e = member_reopen(&w->c, account, (enum role)role);
	TRY(e);
	return view_redirect(w, S("/reglages/equipe"), "acces-rendu");
}

/* ---- invitations ---- */

static err
show_invite(struct web *w, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Invite somebody")) };
	struct invite_page p = { .layout = &l, .form = form, .mail_is_sent = w->site->mail_is_sent };
	static const struct { enum role role; const char *hint; } roles[] = {
		{ ROLE_SECRETARY, T("The agenda of everybody, patients, hours and absences.") },
		{ ROLE_PRACTITIONER, T("The agenda and patients; one’s own hours and absences.") },
		{ ROLE_ADMINISTRATOR, T("All of that, and the settings, staff and log.") },
	};
	struct settings_who who;

	for (size_t i = 0; i < COUNT(roles); i++)
		p.roles[i] = (struct choice){ .value = str_of_int(w->c.mem, roles[i].role),
		    .label = staff_role(w->c.lang, roles[i].role), .hint = text(w->c.lang, roles[i].hint) };
	TRY(settings_who_is(w, 0, &who));
	p.practitioners_n = who.choices_n + 1;
	p.practitioners = NEW_N(w->c.mem, struct choice, p.practitioners_n);
	p.practitioners[0] = (struct choice){ .value = S("0"), .label = text(w->c.lang, T("Nobody’s")) };
	for (size_t i = 0; i < who.choices_n; i++)
		p.practitioners[i + 1] = who.choices[i];
	struct out *o = view_begin(w, &l);

	page_invite_show(o, &p);
	return view_end(w, o, status);
}

static err
read_practitioner(struct web *w, struct invitation *i)
{
	struct practitioner who;
	int64_t chosen = 0;

	/* Not sent at all: nobody's, as when it is chosen. */
	if (web_field_sent(w, "praticien") && !web_field_int(w, "praticien", 0, INT64_MAX, &chosen))
		return ERR_NOT_FOUND;
	i->practitioner = chosen;
	return chosen == 0 ? OK : practitioner_get(&w->c, chosen, &who);
}

/* Is that address a member in that role already, or is one on its way to it? */
static err
check_known(struct web *w, const struct invitation *i)
{
	str email = email_normal(w->c.mem, i->email);
	struct member_line *members;
	struct invitation *sent;
	size_t n;

	TRY(member_list(&w->c, &members, &n));
	for (size_t k = 0; k < n; k++)
		if (str_eq(members[k].email, email) && members[k].member.role == i->role)
			web_error(w, "email", text(w->c.lang,
			    T("This person works here already, in this role.")));
	TRY(ticket_list(&w->c, &sent, &n));
	for (size_t k = 0; k < n; k++)
		if (!sent[k].lapsed && str_eq(sent[k].email, email) && sent[k].role == i->role)
			web_error(w, "email", text(w->c.lang,
			    T("An invitation to this address is open already. Withdraw it to send another one.")));
	return OK;
}

static err
read_invitation(struct web *w, struct invitation *ret)
{
	int64_t role = ROLE_PUBLIC;

	ret->email = web_field(w, "email");
	ret->name = web_field(w, "nom");
	if (!email_ok(ret->email))
		web_error(w, "email", text(w->c.lang, T("Write a whole address: sophie@example.org.")));
	if (account_identity_check(S("nobody@example.org"), ret->name) != OK)
		web_error(w, "nom", text(w->c.lang, T("Write given and family name on one line.")));
	if (!web_field_int(w, "role", ROLE_SECRETARY, ROLE_ADMINISTRATOR, &role))
		web_error(w, "role", text(w->c.lang, T("Choose a role.")));
	ret->role = (enum role)role;
	TRY(read_practitioner(w, ret));
	return w->errors_n > 0 ? OK : check_known(w, ret);
}

err
page_invite(struct web *w)
{
	struct filled *f = filled_new(w);
	struct invitation i = {0};
	id made;

	if (w->http->method != HTTP_POST) {
		filled_put(f, "praticien", S("0"));
		return show_invite(w, f, 200);
	}
	TRY(read_invitation(w, &i));
	if (w->errors_n > 0)
		return show_invite(w, filled_typed(w), 422);
	TRY(invite_send(&w->c, &i, &made));
	return view_redirect(w, S("/reglages/equipe"), "invite");
}

err
page_invite_withdraw(struct web *w)
{
	id invitation;

	TRY(web_arg_id(w, 0, &invitation));
	TRY(ticket_withdraw(&w->c, invitation));
	return view_redirect(w, S("/reglages/equipe"), "invitation-retiree");
}
