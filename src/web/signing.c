/* signing.c - see signing.h. */
#include "access/account.h"
#include "format/text.h"
#include "web/page_signin.h"
#include "web/pages.h"
#include "web/signing.h"
#include "web/view.h"

/* A path of ours as the address bar shows it: what else it could hold would need encoding. */
static bool
is_plain_path(str path)
{
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '/' || c == '-' || c == '_' || c == '.'))
			return false;
	}
	return out_url_is_local(path);
}

/* A form of staff's pages or of a patient's own: not of the API, no upload, no step of the sign-in. */
static bool
may_carry(str path, str fields)
{
	return is_plain_path(path) && fields.n <= CARRY_FIELDS_MAX && str_utf8_ok(fields) &&
	    !str_starts(path, S("/api/")) && !str_starts(path, S("/connexion")) &&
	    web_body_limit(HTTP_POST, path) == WEB_FORM_BYTES_MAX;
}

struct carry
carry_read(const struct web *w)
{
	struct carry k = { .back = web_field(w, "retour") };
	str path = web_field(w, "vers"), fields = web_field(w, "saisie");

	if (!out_url_is_local(k.back) || k.back.n > CARRY_PATH_MAX)
		k.back = (str){0};
	if (path.n > 0 && may_carry(path, fields)) {
		k.path = path;
		k.fields = fields;
	}
	return k;
}

str
carry_url(struct web *w, str path, const struct carry *k)
{
	struct buf b = buf_in(w->c.mem, path.n + 16 + 3 * CARRY_PATH_MAX * 4);

	buf_add(&b, path);
	if (k->back.n > 0) {
		buf_add(&b, S("?retour="));
		buf_url(&b, k->back);
	}
	return buf_str(&b);
}

err
signing_adopt(struct web *w, str token)
{
	TRY(session_find(&w->c, token, &w->session));
	view_cookie_set(w, COOKIE_SESSION, token);
	w->session_token = token;
	w->c.actor = w->session.account;
	w->c.role = w->session.stage == STAGE_COMPLETE ? (int)w->session.role : ROLE_PUBLIC;
	return OK;
}

err
signing_start(struct web *w, id account, enum session_stage stage)
{
	struct session_grant grant = { .stage = stage };
	str token;

	/* Another account may have sat here before. */
	if (w->session_token.n > 0)
		TRY(session_end(&w->c, w->session_token));
	TRY(session_start(&w->c, account, &grant,
	    session_device(w->c.mem, http_header(w->http, S("User-Agent"))), &token));
	return signing_adopt(w, token);
}

static bool
is_staff(enum role role)
{
	return (ROLE_BIT(role) & ROLES_STAFF) != 0;
}

/* Staff's first, else a patient's; the organisations come by name. */
static const struct member_org *
first_place(const struct member_org *places, size_t n, bool patient)
{
	const struct member_org *found = NULL;

	for (size_t i = 0; i < n; i++) {
		if (is_staff(places[i].member.role) && !patient)
			return &places[i];
		if (places[i].member.role == ROLE_PATIENT && found == NULL)
			found = &places[i];
	}
	return found;
}

/* A patient's organisations are one choice: his page shows them all. */
static size_t
choices(const struct member_org *places, size_t n)
{
	size_t staff = 0, patient = 0;

	for (size_t i = 0; i < n; i++) {
		staff += is_staff(places[i].member.role);
		patient |= places[i].member.role == ROLE_PATIENT;
	}
	return staff + patient;
}

err
signing_complete(struct web *w, bool patient)
{
	struct session_grant grant = { .stage = STAGE_COMPLETE };
	struct carry k = carry_read(w);
	struct member_org *places;
	size_t n;
	str token;

	TRY(member_orgs(&w->c, w->session.account, &places, &n));
	const struct member_org *first = first_place(places, n, patient);
	if (first != NULL) {
		grant.org = first->org;
		grant.role = first->member.role;
	}
	TRY(session_renew(&w->c, w->session_token, &grant, &token));
	TRY(signing_adopt(w, token));
	if (is_staff(grant.role) && choices(places, n) > 1)
		return k.path.n > 0 ? page_signin_org(w) :
		    view_redirect(w, carry_url(w, S("/connexion/cabinet"), &k), NULL);
	return signing_arrive(w, &k);
}

err
signing_arrive(struct web *w, const struct carry *k)
{
	if (k->path.n > 0)
		return signin_resume(w, k);
	if (k->back.n > 0 && !str_starts(k->back, S("/connexion")))
		return view_redirect(w, k->back, NULL);
	return view_redirect(w, is_staff(w->session.role) ? S("/aujourdhui") : S("/mes-rendez-vous"), NULL);
}

err
signing_lead(struct web *w, const struct carry *k)
{
	str to = S("/connexion");

	if (w->session.id != 0 && w->session.stage == STAGE_COMPLETE)
		return signing_arrive(w, k);
	if (w->session.id != 0)
		to = w->session.stage == STAGE_ENROL ? S("/connexion/inscription-code") : S("/connexion/code");
	return view_redirect(w, carry_url(w, to, k), NULL);
}

/* What a browser sent, less the form token, which died with the session. */
static str
without_token(struct web *w)
{
	struct buf b = buf_in(w->c.mem, WEB_FORM_BYTES_MAX * 4);
	str rest = w->http->body;
	struct http_pair pair;
	bool invalid = false;

	while (rest.n > 0 && http_form_next(w->c.mem, &rest, &pair, &invalid)) {
		if (str_eq(pair.name, S("csrf")))
			continue;
		if (b.n > 0)
			buf_byte(&b, '&');
		buf_url(&b, pair.name);
		buf_byte(&b, '=');
		buf_url(&b, pair.value);
	}
	return invalid || !buf_ok(&b) ? (str){0} : buf_str(&b);
}

err
signing_interrupt(struct web *w)
{
	struct carry k = { .path = w->http->path, .fields = without_token(w) };

	if (k.fields.n == 0 || !may_carry(k.path, k.fields))
		k = (struct carry){0};
	return signin_interrupted(w, &k);
}

/* Words that somebody typed, and none that prove who he is: those are typed again. */
static bool
is_worth_carrying(const struct form *form)
{
	static const char *const secrets[] = { "actuel", "nouveau", "preuve", "code", "jeton" };

	for (size_t i = 0; form != NULL && i < form->n; i++)
		for (size_t k = 0; k < COUNT(secrets); k++)
			if (strcmp(form->fields[i].name, secrets[k]) == 0)
				return false;
	return form != NULL;
}

err
signing_require(struct web *w, bool *ret_answered)
{
	struct carry k = { .back = w->http->method == HTTP_POST ? (str){0} : w->http->path };

	*ret_answered = w->session.id == 0 || w->session.stage != STAGE_COMPLETE;
	if (!*ret_answered)
		return OK;
	if (w->session.id == 0 && w->http->method == HTTP_POST && is_worth_carrying(w->route->form))
		return signing_interrupt(w);
	return signing_lead(w, &k);
}

void
signing_throttled(struct web *w, const char *field, usec until)
{
	int64_t seconds = max64((until - w->c.now + USEC_PER_SECOND - 1) / USEC_PER_SECOND, 1);
	str time = seconds < 60 ? text_n(w->c.mem, w->c.lang, TN("{n} second", "{n} seconds"), seconds) :
	    text_duration(w->c.mem, w->c.lang, (int)min64((seconds + 59) / 60, 24 * 60));

	http_set(w->answer, S("Retry-After"), str_of_int(w->c.mem, seconds));
	web_error(w, field, FILL(w->c.mem, w->c.lang,
	    T("Too many tries. Please wait {time}, then try again."), ARG("time", time)));
}

str
signing_role_name(const struct web *w, enum role role)
{
	static const char *const names[ROLE_COUNT] = {
		[ROLE_PATIENT] = T("Patient"),
		[ROLE_SECRETARY] = T("Secretary"),
		[ROLE_PRACTITIONER] = T("Practitioner"),
		[ROLE_ADMINISTRATOR] = T("Administrator"),
	};

	return names[role] != NULL ? text(w->c.lang, names[role]) : (str){0};
}

str
signing_password_words(struct web *w, enum password_fault fault)
{
	static const char *const words[] = {
		[PASSWORD_MALFORMED] = T("This password holds a character that cannot be typed everywhere."),
		[PASSWORD_SHORT] = T("This password is too short."),
		[PASSWORD_LONG] = T("This password is too long."),
		[PASSWORD_PERSONAL] = T("This password is too close to your name or address. Choose another."),
		[PASSWORD_COMMON] = T("This password is among those that are tried first. Choose another."),
		[PASSWORD_SIMPLE] = T("This password is too easy to guess. Add a word or other characters."),
	};

	return fault == PASSWORD_GOOD ? (str){0} : text(w->c.lang, words[fault]);
}

str
signing_password_hint(struct web *w)
{
	return FILL(w->c.mem, w->c.lang,
	    T("At least {n} characters. Three or four words without a link between them do very well."),
	    ARG("n", str_of_int(w->c.mem, promise()->password_length_min)));
}
