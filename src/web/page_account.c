/* page_account.c - see page_account.h. */
#include "access/address.h"
#include "access/factor.h"
#include "access/throttle.h"
#include "format/text.h"
#include "web/page_account.h"
#include "web/page_enrol.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_account, { "nom", 100, false }, { "langue", 2, false });
FORM(form_account_password, { "actuel", 256, false }, { "nouveau", 256, false });
FORM(form_account_proof, { "preuve", 256, false });
FORM(form_account_codes, { "code", 20, false });
FORM(form_account_token, { "appareil", TOKEN_NAME_BYTES_MAX, false }, { "portee", 20, true });

const char *const account_wrong_code =
	T("This code is not right, or it was used already. Wait for the next one, then try again.");

const struct scope_name scope_names[] = {
	{ SCOPE_BOOKINGS_READ, T("See appointments") },
	{ SCOPE_BOOKINGS_WRITE, T("Make and cancel appointments") },
	{ SCOPE_AGENDA_READ, T("See the agenda") },
	{ SCOPE_AGENDA_WRITE, T("Change the agenda") },
};
const size_t scope_names_n = COUNT(scope_names);

static const struct zone *
zone_of(const struct web *w)
{
	return w->zone != NULL ? w->zone : zone_get(S("Europe/Paris"));
}

static str
moment(struct web *w, usec at)
{
	struct civil when = zone_local(zone_of(w), at), today = zone_local(zone_of(w), w->c.now);

	return FILL(w->c.mem, w->c.lang, T("{day} at {hour}"),
	    ARG("day", text_date_near(w->c.mem, w->c.lang, when.day, today.day)),
	    ARG("hour", text_hour(w->c.mem, w->c.lang, when.minute)));
}

static str
place_name(const struct member_org *places, size_t n, id org)
{
	for (size_t i = 0; i < n; i++)
		if (places[i].org == org)
			return places[i].name;
	return (str){0};
}

static err
read_devices(struct web *w, const struct member_org *places, size_t n, struct account_page *p)
{
	struct session *list;
	size_t sessions_n;

	TRY(session_list(&w->c, w->session.account, &list, &sessions_n));
	struct account_device *devices = NEW_N(w->c.mem, struct account_device, sessions_n + 1);
	for (size_t i = 0; i < sessions_n; i++)
		devices[i] = (struct account_device){ .id = list[i].id,
			.name = list[i].device.n > 0 ? list[i].device : text(w->c.lang, T("Unknown device")),
			.place = place_name(places, n, list[i].org), .seen = moment(w, list[i].seen_at),
			.here = list[i].id == w->session.id };
	p->devices = devices;
	p->devices_n = sessions_n;
	return OK;
}

static str
scopes_words(struct web *w, uint32_t scopes)
{
	struct buf b = buf_in(w->c.mem, 1024);

	for (size_t i = 0; i < scope_names_n; i++) {
		if (!(scopes & scope_names[i].bit))
			continue;
		if (b.n > 0)
			buf_add(&b, S(", "));
		buf_add(&b, text(w->c.lang, scope_names[i].name));
	}
	return buf_str(&b);
}

static err
read_tokens(struct web *w, struct account_page *p)
{
	struct token *list;
	size_t n;

	TRY(token_list(&w->c, w->session.account, &list, &n));
	struct account_token *tokens = NEW_N(w->c.mem, struct account_token, n + 1);
	for (size_t i = 0; i < n; i++)
		if (list[i].revoked_at == 0)
			tokens[p->tokens_n++] = (struct account_token){ .id = list[i].id, .name = list[i].name,
				.scopes = scopes_words(w, list[i].scopes), .created = moment(w, list[i].created_at),
				.seen = list[i].seen_at != 0 ? moment(w, list[i].seen_at) : (str){0} };
	p->tokens = tokens;
	return OK;
}

static err
read_waiting(struct web *w, struct account_page *p)
{
	struct address_waiting waiting;
	err e = address_waiting(&w->c, w->session.account, &waiting);

	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	p->next_address = waiting.email;
	p->next_until = text_hour(w->c.mem, w->c.lang, zone_local(zone_of(w), waiting.lapses_at).minute);
	return OK;
}

static err
read_page(struct web *w, struct account_page *p)
{
	struct member_org *places;

	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &p->account));
	TRY(read_waiting(w, p));
	/* Made by a code alone, an account has no name yet but its address. */
	if (!str_eq(p->account.name, p->account.email))
		p->name = p->account.name;
	p->lang = p->account.lang == LANG_EN ? S("en") : S("fr");
	p->hint = signing_password_hint(w);
	TRY(member_orgs(&w->c, w->session.account, &places, &p->places_n));
	TRY(read_devices(w, places, p->places_n, p));
	if (p->account.has_factor)
		TRY(factor_codes_left(&w->c, w->session.account, &p->codes_left));
	if (!p->staff)
		return OK;
	p->place = w->org.name;
	p->role = signing_role_name(w, w->session.role);
	return read_tokens(w, p);
}

/* The whole page, whichever of its forms came back. */
static err
account_show(struct web *w, struct account_page *p, int status)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("My account")) };
	str name = p->name, lang = p->lang;

	p->layout = &l;
	p->staff = w->session.org != 0 && ROLE_BIT(w->session.role) & ROLES_STAFF;
	if (p->staff)
		l.shell = SHELL_STAFF;
	TRY(read_page(w, p));
	if (lang.n > 0) {
		p->name = name;
		p->lang = lang;
	}
	struct out *o = view_begin(w, &l);
	page_account_show(o, p);
	return view_end(w, o, status);
}

err
page_account(struct web *w)
{
	struct account_page p = {0};
	bool answered;

	TRY(signing_require(w, &answered));
	return answered ? OK : account_show(w, &p, 200);
}

err
page_account_save(struct web *w)
{
	struct account_page p = { .name = web_field(w, "nom"), .lang = web_field(w, "langue") };
	bool english = str_eq(p.lang, S("en")), answered;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	if (!english && !str_eq(p.lang, S("fr")))
		return ERR_INVALID;
	if (p.name.n == 0)
		web_error(w, "nom", text(w->c.lang, T("Enter your name.")));
	if (w->errors_n > 0)
		return account_show(w, &p, 422);
	err e = account_rename(&w->c, w->session.account, p.name, english ? LANG_EN : LANG_FR);
	if (e == ERR_INVALID || e == ERR_TOO_LARGE) {
		web_error(w, "nom", text(w->c.lang, T("This name cannot be kept. Write it more simply.")));
		return account_show(w, &p, 422);
	}
	TRY(e);
	view_cookie_set(w, COOKIE_LANG, p.lang);
	return view_redirect(w, S("/compte"), "enregistre");
}

/* A wrong password or code, beside its field; the tries of both are counted together. */
static err
proof_refused(struct web *w, const char *field, err why, str words)
{
	struct account_page p = {0};
	usec until;

	if (why == ERR_DENIED) {
		web_error(w, field, words);
		return account_show(w, &p, 422);
	}
	if (why != ERR_THROTTLED)
		return why;
	TRY(throttle_next_at(&w->c, THROTTLE_FACTOR, str_of_int(w->c.mem, w->session.account), &until));
	signing_throttled(w, field, until);
	return account_show(w, &p, 429);
}

err
page_account_password(struct web *w)
{
	enum password_fault fault = PASSWORD_GOOD;
	struct account_page p = {0};
	struct account a;
	bool answered;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	if (web_field(w, "nouveau").n == 0)
		web_error(w, "nouveau", text(w->c.lang, T("Choose a password.")));
	if (w->errors_n > 0)
		return account_show(w, &p, 422);
	err e = a.has_password ? account_check_password(&w->c, a.id, web_field(w, "actuel")) : OK;
	if (e != OK)
		return proof_refused(w, "actuel", e, text(w->c.lang, T("This is not your current password.")));
	e = account_set_password(&w->c, a.id, web_field(w, "nouveau"), w->session.id, &fault);
	if (e == ERR_INVALID) {
		web_error(w, "nouveau", signing_password_words(w, fault));
		return account_show(w, &p, 422);
	}
	TRY(e);
	return view_redirect(w, S("/compte"), "motdepasse-change");
}

err
account_check_code(struct web *w, str code)
{
	int64_t number, left;

	if (code.n == 0)
		return ERR_DENIED;
	return str_int(code, 0, 999999, &number) && code.n == 6 ?
	    factor_check(&w->c, w->session.account, code) :
	    factor_recover(&w->c, w->session.account, code, &left);
}

err
page_account_codes(struct web *w)
{
	struct factor_codes codes;
	bool answered;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	err e = account_check_code(w, web_field(w, "code"));
	if (e != OK)
		return proof_refused(w, "code", e, text(w->c.lang, account_wrong_code));
	TRY(factor_renew_codes(&w->c, w->session.account, &codes));
	return enrol_codes_show(w, &codes, S("/compte"));
}

/*
 * Set up a factor, or another one.  The proof is a code of the old one, else
 * the password; the session then waits for the enrolment and can do nothing else.
 */
err
page_account_factor(struct web *w)
{
	struct session_grant grant = { .stage = STAGE_ENROL };
	struct carry back = { .back = S("/compte") };
	str proof = web_field(w, "preuve"), token;
	struct account a;
	bool answered;
	err e = OK;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	TRY(account_get(&w->c, PURPOSE_SECURE, w->session.account, &a));
	if (a.has_factor)
		e = account_check_code(w, proof);
	else if (a.has_password)
		e = account_check_password(&w->c, a.id, proof);
	if (e != OK)
		return proof_refused(w, "preuve", e, text(w->c.lang, a.has_factor ? account_wrong_code :
		    T("This is not your current password.")));
	TRY(session_renew(&w->c, w->session_token, &grant, &token));
	TRY(signing_adopt(w, token));
	return signing_lead(w, &back);
}

err
page_account_device_end(struct web *w)
{
	bool answered;
	id device;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	TRY(web_arg_id(w, 0, &device));
	/* Ended by itself meanwhile: what was asked for. */
	err e = session_end_one(&w->c, w->session.account, device);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	return view_redirect(w, S("/compte"), "appareil");
}

err
page_account_devices_end(struct web *w)
{
	bool answered;
	int64_t n;

	TRY(signing_require(w, &answered));
	if (answered)
		return OK;
	TRY(session_end_others(&w->c, w->session.account, w->session.id, &n));
	return view_redirect(w, S("/compte"), "appareils");
}

static uint32_t
scopes_typed(const struct web *w)
{
	uint32_t scopes = 0;
	int64_t bit;
	str value;

	for (size_t i = 0; web_field_nth(w, "portee", i, &value); i++)
		if (str_int(value, 1, SCOPES_ALL, &bit))
			scopes |= (uint32_t)bit;
	return scopes;
}

err
page_account_token(struct web *w)
{
	struct account_page p = { .token_name = web_field(w, "appareil"), .token_scopes = scopes_typed(w) };
	struct token_new new = { .account = w->session.account, .role = w->session.role,
		.name = p.token_name, .scopes = p.token_scopes };
	str words;
	id token;

	if (p.token_name.n == 0)
		web_error(w, "appareil", text(w->c.lang, T("Give the program a name, so that you recognise it here.")));
	if (p.token_scopes == 0)
		web_error(w, "portee", text(w->c.lang, T("Tick at least one thing that it may do.")));
	if (w->errors_n > 0)
		return account_show(w, &p, 422);
	err e = token_create(&w->c, &new, &words, &token);
	if (e == ERR_TOO_LARGE || e == ERR_INVALID) {
		web_error(w, "appareil", text(w->c.lang,
		    T("Shorten the name, or disconnect a program that is no longer used.")));
		return account_show(w, &p, 422);
	}
	TRY(e);
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Program connected")),
		.once = true };
	struct out *o = view_begin(w, &l);
	page_token_shown(o, &(struct token_page){ &l, p.token_name, words });
	return view_end(w, o, 200);
}

err
page_account_token_end(struct web *w)
{
	id token;

	TRY(web_arg_id(w, 0, &token));
	err e = token_revoke(&w->c, w->session.account, token);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	return view_redirect(w, S("/compte"), "programme");
}
