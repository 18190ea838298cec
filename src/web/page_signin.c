/* page_signin.c - sign in and out; see access/session.h for the stages. */
#include "access/account.h"
#include "access/factor.h"
#include "access/signin.h"
#include "access/throttle.h"
#include "access/ticket.h"
#include "format/contact.h"
#include "practice/mailbox.h"
#include "web/page_signin.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_signin, { "email", EMAIL_BYTES_MAX, false }, { "mot_de_passe", 256, false }, CARRY_FORM);
FORM(form_signin_code, { "code", 20, false }, { "jeton", 64, false }, CARRY_FORM);
FORM(form_signin_org, { "choix", 40, false }, CARRY_FORM);

static err
signin_show(struct web *w, const struct carry *k, bool interrupted, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Sign in")) };
	struct signin_page p = { .layout = &l, .carry = *k, .interrupted = interrupted,
		.email = interrupted ? (str){0} : web_field(w, "email"), .demo = w->site->demo,
		.patient_url = carry_url(w, S("/connexion/patient"), k) };

	l.once = k->path.n > 0;	/* a form waits in this page alone */
	struct out *o = view_begin(w, &l);

	page_signin_form(o, &p);
	return view_end(w, o, status);
}

err
page_signin(struct web *w)
{
	struct carry k = carry_read(w);

	if (w->session.id != 0 && w->session.stage == STAGE_COMPLETE)
		return signing_arrive(w, &k);
	return signin_show(w, &k, false, 200);
}

err
signin_interrupted(struct web *w, const struct carry *k)
{
	http_set(w->answer, S("WWW-Authenticate"), S("Form"));
	return signin_show(w, k, true, 401);
}

/* The second proof: on the next page, or, when something is carried, in this answer. */
static err
code_step(struct web *w, const struct signin *s)
{
	struct code_page p = { .carry = carry_read(w) };
	err e;

	if (s->enrolled)
		return p.carry.path.n > 0 ? signin_code_show(w, &p, 200) : signing_lead(w, &p.carry);
	p.by_mail = true;
	e = mailbox_send_proof(&w->c, s->account, w->http->peer, &p.token);
	if (e != OK && e != ERR_THROTTLED)
		return e;
	/* Asked for too often: the page offers to ask again. */
	return signin_code_show(w, &p, 200);
}

err
page_signin_try(struct web *w)
{
	struct signin_try try = { web_field(w, "email"), web_field(w, "mot_de_passe"), w->http->peer };
	struct carry k = carry_read(w);
	struct signin s;
	usec until;

	if (try.login.n == 0)
		web_error(w, "email", text(w->c.lang, T("Enter your e-mail address.")));
	if (try.password.n == 0)
		web_error(w, "mot_de_passe", text(w->c.lang, T("Enter your password.")));
	if (w->errors_n > 0)
		return signin_show(w, &k, false, 422);
	err e = signin_password(&w->c, &try, &s);
	if (e == ERR_THROTTLED) {
		TRY(signin_next_at(&w->c, try.login, try.peer, &until));
		signing_throttled(w, NULL, until);
		return signin_show(w, &k, false, 429);
	}
	if (e == ERR_DENIED) {
		web_error(w, "mot_de_passe", text(w->c.lang,
		    T("The address or the password is not right. Check both, then try again.")));
		return signin_show(w, &k, false, 422);
	}
	TRY(e);
	TRY(signing_start(w, s.account, s.stage));
	return s.stage == STAGE_ENROL ? signing_lead(w, &k) : code_step(w, &s);
}

err
signin_code_show(struct web *w, struct code_page *p, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Your code")),
		.once = p->token.n > 0 };	/* the ticket of a code by mail lies in this page alone */

	p->layout = &l;
	if (p->action == NULL)
		p->action = "/connexion/code";
	if (p->again == NULL)
		p->again = "/connexion/code/envoi";
	struct out *o = view_begin(w, &l);
	page_code_form(o, p);
	return view_end(w, o, status);
}

/* This page is for a session that has given its password, and nothing else yet. */
static bool
awaits_code(const struct web *w)
{
	return w->session.id != 0 && w->session.stage == STAGE_FACTOR;
}

err
page_signin_code(struct web *w)
{
	struct code_page p = { .carry = carry_read(w) };
	struct account a;

	if (!awaits_code(w))
		return signing_lead(w, &p.carry);
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	p.by_mail = !a.has_factor;
	return signin_code_show(w, &p, 200);
}

err
page_signin_code_send(struct web *w)
{
	struct code_page p = { .carry = carry_read(w), .by_mail = true };
	struct account a;
	usec until;

	if (!awaits_code(w))
		return signing_lead(w, &p.carry);
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	if (a.has_factor)
		return ERR_DENIED;	/* a mailbox does not replace the authenticator */
	err e = mailbox_send_proof(&w->c, a.id, w->http->peer, &p.token);
	if (e != ERR_THROTTLED) {
		TRY(e);
		return signin_code_show(w, &p, 200);
	}
	TRY(mailbox_next_at(&w->c, a.email, w->http->peer, &until));
	signing_throttled(w, NULL, until);
	return signin_code_show(w, &p, 429);
}

static bool
is_six_digits(str code)
{
	int64_t number;

	return code.n == TICKET_CODE_DIGITS && str_int(code, 0, 999999, &number);
}

/* Apps show codes as "123 456". */
static str
without_spaces(struct arena *mem, str typed)
{
	char *p = arena_alloc(mem, typed.n + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < typed.n; i++)
		if (typed.p[i] != ' ')
			p[n++] = typed.p[i];
	return (str){ p, n };
}

static err
prove(struct web *w, const struct account *a, str code)
{
	int64_t left;
	id owner;

	if (!a->has_factor) {
		TRY(ticket_code_use(&w->c, web_field(w, "jeton"), code, &owner));
		return owner == a->id ? mailbox_proven(&w->c, a->email) : ERR_DENIED;
	}
	return is_six_digits(code) ? factor_check(&w->c, a->id, code) :
	    factor_recover(&w->c, a->id, code, &left);
}

/* Ask again, with what was wrong. */
static err
code_refused(struct web *w, const struct account *a, err why)
{
	struct code_page p = { .carry = carry_read(w), .by_mail = !a->has_factor, .token = web_field(w, "jeton") };
	usec until;

	if (why == ERR_THROTTLED) {
		TRY(throttle_next_at(&w->c, THROTTLE_FACTOR, str_of_int(w->c.mem, a->id), &until));
		signing_throttled(w, "code", until);
		return signin_code_show(w, &p, 429);
	}
	if (why == ERR_DENIED) {
		web_error(w, "code", text(w->c.lang, a->has_factor ?
		    T("This code is not right, or it was used already. Wait for the next one, then try again.") :
		    T("This code is not right. Check it, or ask for another.")));
		return signin_code_show(w, &p, 422);
	}
	p.token = (str){0};
	web_error(w, NULL, text(w->c.lang, T("This code is no longer good. Ask for another.")));
	return signin_code_show(w, &p, 422);
}

err
page_signin_code_try(struct web *w)
{
	str code = without_spaces(w->c.mem, web_field(w, "code"));
	struct carry k = carry_read(w);
	struct account a;

	if (!awaits_code(w))
		return signing_lead(w, &k);
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	err e = code.n == 0 ? ERR_DENIED : prove(w, &a, code);
	/* None, too old or used: of a code by mail. */
	if (e == ERR_DENIED || e == ERR_THROTTLED || e == ERR_EXPIRED || e == ERR_CONFLICT || e == ERR_NOT_FOUND)
		return code_refused(w, &a, e);
	TRY(e);
	return signing_complete(w, false);
}

static struct org_choice
choice_of(struct web *w, const struct member_org *m)
{
	return (struct org_choice){ .name = m->name, .role = signing_role_name(w, m->member.role),
		.value = str_printf(w->c.mem, "%lld.%d", (long long)m->org, (int)m->member.role),
		.current = m->org == w->session.org && m->member.role == w->session.role };
}

err
page_signin_org(struct web *w)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Choose a practice")) };
	struct org_page p = { .layout = &l, .carry = carry_read(w) };
	struct member_org *places;
	size_t n;

	if (w->session.id == 0 || w->session.stage != STAGE_COMPLETE)
		return signing_lead(w, &p.carry);
	TRY(member_orgs(&w->c, w->session.account, &places, &n));
	struct org_choice *choices = NEW_N(w->c.mem, struct org_choice, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (places[i].member.role == ROLE_PATIENT)
			p.is_patient = true;
		else
			choices[p.n++] = choice_of(w, &places[i]);
	}
	p.choices = choices;
	struct out *o = view_begin(w, &l);
	page_org_choices(o, &p);
	return view_end(w, o, 200);
}

/* "ORG.ROLE", or "patient": the first of them, since the page shows them all. */
static bool
chosen(str choice, const struct member_org *m)
{
	str rest = choice, piece;
	int64_t org, role;

	if (str_eq(choice, S("patient")))
		return m->member.role == ROLE_PATIENT;
	return str_split(&rest, '.', &piece) && str_int(piece, 1, INT64_MAX, &org) &&
	    str_int(rest, 1, ROLE_COUNT - 1, &role) && org == m->org && (enum role)role == m->member.role;
}

/* From a patient's role nobody steps into staff's without the second proof: ask for it now. */
static err
prove_first(struct web *w, const struct carry *k)
{
	struct session_grant grant = { .stage = STAGE_FACTOR };
	struct account a;
	str token;

	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	if (!a.has_factor)
		grant.stage = STAGE_ENROL;
	TRY(session_renew(&w->c, w->session_token, &grant, &token));
	TRY(signing_adopt(w, token));
	return signing_lead(w, k);
}

err
page_signin_org_choose(struct web *w)
{
	struct carry k = carry_read(w);
	struct member_org *places;
	size_t n, i = 0;
	str token;

	if (w->session.id == 0 || w->session.stage != STAGE_COMPLETE)
		return signing_lead(w, &k);
	TRY(member_orgs(&w->c, w->session.account, &places, &n));
	while (i < n && !chosen(web_field(w, "choix"), &places[i]))
		i++;
	if (i == n)
		return ERR_NOT_FOUND;
	const struct session_grant grant = { STAGE_COMPLETE, places[i].org, places[i].member.role };
	if (ROLE_BIT(grant.role) & ROLES_STAFF && !(ROLE_BIT(w->session.role) & ROLES_STAFF))
		return prove_first(w, &k);
	TRY(session_renew(&w->c, w->session_token, &grant, &token));
	TRY(signing_adopt(w, token));
	return signing_arrive(w, &k);
}

err
signin_resume(struct web *w, const struct carry *k)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Go on where you were")),
		.once = true };
	struct http_pair *fields = NEW_N(w->c.mem, struct http_pair, WEB_FIELDS_MAX);
	struct resume_page p = { .layout = &l, .path = k->path, .fields = fields };
	str rest = k->fields;
	bool invalid = false;

	while (p.n < WEB_FIELDS_MAX && rest.n > 0 &&
	    http_form_next(w->c.mem, &rest, &fields[p.n], &invalid))
		p.n += !str_eq(fields[p.n].name, S("csrf"));
	struct out *o = view_begin(w, &l);
	page_resume(o, &p);
	return view_end(w, o, 200);
}

/*
 * POST, by the page's own script: somebody is still there.  Being asked has put
 * the end off already; the answer is how many seconds are left.
 */
err
page_session_stay(struct web *w)
{
	bool final;

	if (w->session.id == 0 || w->session.stage != STAGE_COMPLETE)
		return view_bytes(w, 401, S("text/plain"), S("0"));
	return view_bytes(w, 200, S("text/plain"), str_of_int(w->c.mem,
	    (session_ends_at(&w->session, &final) - w->c.now) / USEC_PER_SECOND));
}

err
page_signout(struct web *w)
{
	if (w->session_token.n > 0)
		TRY(session_end(&w->c, w->session_token));
	view_cookie_drop(w, COOKIE_SESSION);
	return view_redirect(w, w->session.role == ROLE_PATIENT ? S("/") : S("/connexion"), "deconnecte");
}
