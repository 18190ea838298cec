/* page_patient.c - see page_patient.h. */
#include "access/ticket.h"
#include "format/contact.h"
#include "practice/mailbox.h"
#include "web/page_patient.h"
#include "web/page_signin.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_patient_signin, { "email", EMAIL_BYTES_MAX, false }, CARRY_FORM);
FORM(form_patient_code, { "email", EMAIL_BYTES_MAX, false }, { "code", 20, false },
    { "jeton", 64, false }, CARRY_FORM);

static err
ask_show(struct web *w, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Your appointments")) };
	struct patient_signin_page p = { .layout = &l, .carry = carry_read(w), .email = web_field(w, "email") };

	l.once = p.carry.path.n > 0;	/* a form waits in this page alone */
	struct out *o = view_begin(w, &l);

	page_patient_signin_form(o, &p);
	return view_end(w, o, status);
}

err
page_patient_signin(struct web *w)
{
	struct carry k = carry_read(w);

	if (w->session.id != 0 && w->session.stage == STAGE_COMPLETE)
		return signing_arrive(w, &k);
	return ask_show(w, 200);
}

static err
code_show(struct web *w, str token, int status)
{
	struct code_page p = { .carry = carry_read(w), .by_mail = true, .token = token,
		.email = web_field(w, "email"), .action = "/connexion/patient/code", .again = "/connexion/patient" };

	return signin_code_show(w, &p, status);
}

err
page_patient_send(struct web *w)
{
	struct mailbox_ask ask = { web_field(w, "email"), w->c.lang, w->http->peer };
	str token;
	usec until;

	/* From the other door, with a form that waits to be sent. */
	if (!web_field_sent(w, "email"))
		return ask_show(w, 200);
	err e = mailbox_send_code(&w->c, &ask, &token);
	if (e == ERR_INVALID) {
		web_error(w, "email", text(w->c.lang, T("Enter an e-mail address, such as name@example.fr.")));
		return ask_show(w, 422);
	}
	if (e == ERR_THROTTLED) {
		TRY(mailbox_next_at(&w->c, ask.email, ask.peer, &until));
		signing_throttled(w, NULL, until);
		return ask_show(w, 429);
	}
	TRY(e);
	return code_show(w, token, 200);
}

/* The mailbox is proven.  A code alone opens no role of staff's, and no account with a second factor. */
static err
let_in(struct web *w, id account)
{
	struct carry k = carry_read(w);
	struct account a;
	int64_t linked;
	bool staff;

	TRY(account_get(&w->c, PURPOSE_SECURE, account, &a));
	TRY(mailbox_proven(&w->c, a.email));
	TRY(patient_link(&w->c, account, &linked));
	TRY(member_is_staff(&w->c, account, &staff));
	if (staff && !a.has_factor)
		return view_redirect(w, S("/connexion"), "avec-mot-de-passe");
	if (a.has_factor) {
		TRY(signing_start(w, account, STAGE_FACTOR));
		return signing_lead(w, &k);
	}
	TRY(signing_start(w, account, STAGE_COMPLETE));
	return signing_complete(w, true);
}

err
page_patient_code(struct web *w)
{
	str token = web_field(w, "jeton");
	id account;

	err e = ticket_code_use(&w->c, token, web_field(w, "code"), &account);
	if (e == ERR_DENIED) {
		web_error(w, "code", text(w->c.lang, T("This code is not right. Check it, or ask for another.")));
		return code_show(w, token, 422);
	}
	if (e == ERR_EXPIRED || e == ERR_NOT_FOUND || e == ERR_CONFLICT) {
		web_error(w, NULL, text(w->c.lang, T("This code is no longer good. Ask for another.")));
		return ask_show(w, 422);
	}
	TRY(e);
	return let_in(w, account);
}

static str
state_words(const struct web *w, const struct patient_visit *v)
{
	if (v->booking.state == BOOKING_CANCELLED)
		return text(w->c.lang, T("Cancelled"));
	if (v->booking.state == BOOKING_NO_SHOW)
		return text(w->c.lang, T("Missed"));
	return v->booking.state == BOOKING_EXCUSED ? text(w->c.lang, T("Excused")) : (str){0};
}

static struct visit_line
line_of(struct web *w, const struct patient_visit *v)
{
	struct civil at = zone_local(zone_get(v->org->zone), v->booking.start);
	day today = zone_local(zone_get(v->org->zone), w->c.now).day;
	struct arena *mem = w->c.mem;
	str date = text_date_near(mem, w->c.lang, at.day, today);

	return (struct visit_line){ .visit = v, .state = state_words(w, v),
		.when = text_capital(mem, FILL(mem, w->c.lang, T("{day} at {hour}"), ARG("day", date),
		    ARG("hour", text_hour(mem, w->c.lang, at.minute)))),
		.with = practitioner_name(mem, &v->practitioner),
		.address = v->site.street.n == 0 ? v->site.city : str_printf(mem, "%.*s, %.*s %.*s",
		    STR_FMT(v->site.street), STR_FMT(v->site.postal_code), STR_FMT(v->site.city)),
		.again = v->practitioner.closed_at != 0 || !v->practitioner.listed ? (str){0} :
		    str_printf(mem, "/s/%.*s/%.*s", STR_FMT(v->org->slug), STR_FMT(v->practitioner.slug)) };
}

/* For a patient's own pages; ret_answered: led to where he can be one. */
static err
require_patient(struct web *w, bool *ret_answered)
{
	*ret_answered = true;
	if (w->session.id == 0)
		return view_redirect(w, S("/connexion/patient"), NULL);
	if (w->session.stage != STAGE_COMPLETE)
		return signing_lead(w, &(struct carry){ .back = w->http->path });
	/* Whoever works here has another role on: his own appointments are behind the other door. */
	if (ROLE_BIT(w->session.role) & ROLES_STAFF)
		return view_redirect(w, S("/connexion/cabinet"), NULL);
	*ret_answered = false;
	return OK;
}

static str
since_words(struct web *w, usec at)
{
	const struct zone *zone = w->zone != NULL ? w->zone : zone_get(S("Europe/Paris"));

	return text_date_numeric(w->c.mem, w->c.lang, zone_local(zone, at).day);
}

err
page_family(struct web *w)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("The people for whom I book")) };
	struct family_page p = { .layout = &l };
	struct patient_relative *family;
	bool answered;
	size_t n;

	TRY(require_patient(w, &answered));
	if (answered)
		return OK;
	TRY(patient_family(&w->c, PURPOSE_ACCOUNT, 0, &family, &n));
	struct family_line *lines = NEW_N(w->c.mem, struct family_line, n + 1);
	for (size_t i = 0; i < n; i++) {
		bool own = family[i].person.id == family[i].self;

		if (own && family[i].person.guardian == 0)
			continue;
		lines[p.n++] = (struct family_line){ .relative = &family[i], .guardian = own,
			.name = person_name(w->c.mem, &family[i].person),
			.since = since_words(w, family[i].person.guardian_at) };
	}
	p.lines = lines;
	struct out *o = view_begin(w, &l);
	page_family_show(o, &p);
	return view_end(w, o, 200);
}

err
page_family_release(struct web *w)
{
	bool answered;
	id org, person;

	TRY(require_patient(w, &answered));
	if (answered)
		return OK;
	TRY(web_arg_id(w, 0, &org));
	TRY(web_arg_id(w, 1, &person));
	err e = patient_release(&w->c, org, person);
	/* Ended by itself, or by the other one, meanwhile: what was asked for. */
	return e == OK || e == ERR_NOT_FOUND ? view_redirect(w, S("/mes-proches"), "proche-fin") : e;
}

err
page_visits(struct web *w)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("My appointments")) };
	struct visits_page p = { .layout = &l };
	struct patient_visit *visits;
	bool answered;

	TRY(require_patient(w, &answered));
	if (answered)
		return OK;
	TRY(patient_visits(&w->c, &visits, &p.n));
	struct visit_line *lines = NEW_N(w->c.mem, struct visit_line, p.n + 1);
	for (size_t i = 0; i < p.n; i++) {
		lines[i] = line_of(w, &visits[i]);
		p.to_come += visits[i].to_come;
		p.several |= !str_eq(visits[i].who, visits[0].who);
	}
	p.lines = lines;
	struct out *o = view_begin(w, &l);
	page_visits_show(o, &p);
	return view_end(w, o, 200);
}
