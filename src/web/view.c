/* view.c - see view.h. */
#include <stdio.h>

#include "base/log.h"
#include "practice/task.h"
#include "web/api_problem.h"
#include "web/pages.h"
#include "web/view.h"

/* What each error is to a browser, to a program, and to a person. */
static const struct error_view {
	int		 status;
	const char	*title, *what_to_do;
} error_views[] = {
	[OK] = { 200, T("Done"), T("Nothing else is needed.") },
	[ERR_INVALID] = { 422, T("Something in this form is not right"),
	    T("Nothing was saved. Go back, what you typed is still there, and correct it.") },
	[ERR_DENIED] = { 403, T("You may not open this page"),
	    T("Your account does not have this right. Ask your administrator, or sign in with another account.") },
	[ERR_NOT_FOUND] = { 404, T("This page does not exist"),
	    T("The address may be incomplete or out of date. Search for a professional instead.") },
	[ERR_CONFLICT] = { 409, T("Somebody was faster"),
	    T("Nothing was changed. Go back to see how things stand now.") },
	[ERR_EXPIRED] = { 410, T("This page has waited too long"),
	    T("Nothing was changed. Go back and start this step again.") },
	[ERR_THROTTLED] = { 429, T("Too many requests"),
	    T("Nothing was lost. Wait a minute, then try again.") },
	[ERR_TOO_LARGE] = { 413, T("That is too much at once"),
	    T("Nothing was saved. Shorten it, then try again.") },
	[ERR_RETRY] = { 503, T("The server is very busy"),
	    T("Nothing was saved. Try again in a moment.") },
	[ERR_STORE] = { 503, T("The server cannot save at the moment"),
	    T("Nothing was saved and nothing was lost. Try again in a few minutes.") },
	[ERR_SEALED] = { 500, T("This record can no longer be read"),
	    T("Its key was destroyed or it was altered. Tell your administrator.") },
	[ERR_FROZEN] = { 423, T("These data are frozen"),
	    T("The person asked for it, or a request of theirs is being answered: the data are kept, and not used. Nothing was changed.") },
	[ERR_BUDGET] = { 403, T("You have read many files in a short time"),
	    T("Nothing was lost. Prove that it is you, or ask your administrator to lift the stop.") },
	[ERR_IO] = { 500, T("Something went wrong on our side"),
	    T("Nothing was lost. Try again; if it happens again, tell your administrator.") },
};
_Static_assert(COUNT(error_views) == ERR_IO + 1, "every error has a page");

/* What the last act did, by the key that its redirect carries. */
static const struct notice_view {
	const char	*key;
	const char	*text;
} notices[] = {
#define NOTICE(key, text) { key, text },
#include "web/notices.def"
#undef NOTICE
};

int
view_status_of(err e)
{
	return error_views[e].status;
}

static void
security_headers(struct web *w)
{
	http_set(w->answer, S("X-Content-Type-Options"), S("nosniff"));
	http_set(w->answer, S("Referrer-Policy"), S("same-origin"));
	http_set(w->answer, S("Cross-Origin-Opener-Policy"), S("same-origin"));
	http_set(w->answer, S("Permissions-Policy"), S("camera=(), microphone=(), geolocation=(self)"));
	http_set(w->answer, S("Content-Security-Policy"),
	    S("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
	      " connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self';"
	      " base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
	      " require-trusted-types-for 'script'; trusted-types frag"));
	if (w->http->secure)
		http_set(w->answer, S("Strict-Transport-Security"), S("max-age=31536000"));
}

static void
bytes(struct web *w, int status, str type, str body)
{
	w->answer->status = status;
	w->answer->body = body;
	security_headers(w);
	http_set(w->answer, S("Content-Type"), type);
	http_set(w->answer, S("Cache-Control"), S("no-store"));
}

err
view_bytes(struct web *w, int status, str type, str body)
{
	bytes(w, status, type, body);
	return OK;
}

err
view_json(struct web *w, int status, const struct buf *json)
{
	if (!buf_ok(json))
		return ERR_TOO_LARGE;
	return view_bytes(w, status, S("application/json"), buf_str(json));
}

err
view_download(struct web *w, str type, const char *name, str body)
{
	http_set(w->answer, S("Content-Disposition"),
	    str_printf(w->c.mem, "attachment; filename=\"%s\"", name));
	return view_bytes(w, 200, type, body);
}

static void
cookie(struct web *w, enum cookie which, str value, int64_t max_age)
{
	const struct cookie_promise *p = &promise()->cookies[which];
	struct buf b = buf_in(w->c.mem, 1024);

	if (!p->declared) {
		LOG_WARN("web", "a cookie that the policy does not declare was dropped", LOG_TEXT("cookie", p->name));
		return;
	}
	buf_printf(&b, "%s=%.*s; Path=/; Secure; SameSite=Lax", p->name, STR_FMT(value));
	if (!p->script_reads)
		buf_add(&b, S("; HttpOnly"));
	if (max_age >= 0)
		buf_printf(&b, "; Max-Age=%lld", (long long)max_age);
	http_set(w->answer, S("Set-Cookie"), buf_str(&b));
}

void
view_cookie_set(struct web *w, enum cookie which, str value)
{
	int64_t max_age = promise()->cookies[which].max_age_seconds;

	cookie(w, which, value, max_age > 0 ? max_age : -1);
}

void
view_cookie_drop(struct web *w, enum cookie which)
{
	cookie(w, which, S(""), 0);
}

static str
csrf_of(struct web *w, str bound)
{
	str word = {0};

	if (bound.n > 0 && session_csrf(&w->c, bound, &word) != OK)
		panic("view: no key for form tokens");
	return word;
}

str
view_csrf(struct web *w)
{
	bool guest = w->route != NULL && w->route->flags & ROUTE_GUEST_TOKEN;

	return csrf_of(w, guest ? w->guest_token : w->session_token);
}

err
view_redirect(struct web *w, str path, const char *notice)
{
	if (notice != NULL)
		path = str_printf(w->c.mem, "%.*s%sfait=%s", STR_FMT(path),
		    str_find(path, '?') >= 0 ? "&" : "?", notice);
	w->answer->status = 303;
	http_set(w->answer, S("Location"), path);
	http_set(w->answer, S("Cache-Control"), S("no-store"));
	return OK;
}

static str
notice_text(const struct web *w)
{
	str key;

	if (w->http->method == HTTP_POST || !http_form_get(w->c.mem, w->http->query, S("fait"), &key))
		return (str){0};
	for (size_t i = 0; i < COUNT(notices); i++)
		if (str_eq(key, str_c(notices[i].key)))
			return text(w->c.lang, notices[i].text);
	return (str){0};
}

static bool
can_be_visited(str pattern)
{
	for (size_t i = 0; i < routes_n; i++)
		if (routes[i].method == HTTP_GET && str_eq(str_c(routes[i].pattern), pattern))
			return true;
	return false;
}

/* Without its last piece; what is above all others is empty. */
static str
above(str path)
{
	while (path.n > 0 && path.p[path.n - 1] != '/')
		path.n--;
	return str_slice(path, 0, path.n > 0 ? path.n - 1 : 0);
}

/*
 * Where the form that was answered stands: at its own address, or at the
 * nearest above it that can be visited.  Patterns are compared, not paths: a
 * word is no {} of another row.
 */
static str
page_of_form(const struct web *w)
{
	str path = w->http->path, pattern = w->route == NULL ? (str){0} : str_c(w->route->pattern);

	while (pattern.n > 0 && !can_be_visited(pattern)) {
		pattern = above(pattern);
		path = above(path);
	}
	return pattern.n > 0 ? path : S("/");
}

/* This page in the other language, by a visit to /langue that comes back. */
static str
language_url(const struct web *w)
{
	struct buf b = buf_in(w->c.mem, HTTP_TARGET_BYTES_MAX * 4);
	bool form = w->http->method != HTTP_GET && w->http->method != HTTP_HEAD;

	buf_printf(&b, "/langue/%s?retour=", w->c.lang == LANG_FR ? "en" : "fr");
	buf_url(&b, form ? page_of_form(w) : w->http->path);
	if (!form && w->http->query.n > 0) {
		buf_add(&b, S("%3F"));
		buf_url(&b, w->http->query);
	}
	return buf_ok(&b) ? buf_str(&b) : (str){0};
}

struct nav_entry { const char *url, *label, *icon; uint32_t roles; };

/* The badge of the tasks; a page is not given up for it. */
static int64_t
waiting(struct web *w, const char *url)
{
	int64_t n;

	if (w->c.org == 0 || !str_eq(str_c(url), S("/taches")) || task_count(&w->c, &n) != OK)
		return 0;
	return n;
}

static void
navigation(struct web *w, struct layout *l)
{
	static const struct nav_entry staff[] = {
		{ "/aujourdhui", T("Today"), ICON("sun"), ROLES_STAFF },
		{ "/agenda", T("Agenda"), ICON("calendar-days"), ROLES_STAFF },
		{ "/taches", T("To do"), ICON("list-checks"), ROLES_STAFF },
		{ "/reglages", T("Settings"), ICON("settings"), ROLES_STAFF },
		{ "/compte", T("My account"), ICON("user"), ROLES_STAFF },
	};
	static const struct nav_entry open[] = {
		{ "/mes-rendez-vous", T("My appointments"), ICON("user"),
		    ROLE_BIT(ROLE_PUBLIC) | ROLE_BIT(ROLE_PATIENT) | ROLES_STAFF },
	};
	bool work = l->shell == SHELL_STAFF;
	const struct nav_entry *from = work ? staff : open;
	size_t n = work ? COUNT(staff) : COUNT(open);
	struct nav_item *items = NEW_N(w->c.mem, struct nav_item, n);

	for (size_t i = 0; i < n; i++) {
		if (!(from[i].roles & ROLE_BIT(w->c.role)))
			continue;
		items[l->nav_n++] = (struct nav_item){
			.url = str_c(from[i].url), .label = text(w->c.lang, from[i].label),
			.icon = from[i].icon, .current = str_starts(w->http->path, str_c(from[i].url)),
			.count = work ? waiting(w, from[i].url) : 0,
		};
	}
	l->nav = items;
}

struct out *
view_begin(struct web *w, struct layout *l)
{
	struct buf *b = NEW(w->c.mem, struct buf);
	struct out *o = NEW(w->c.mem, struct out);

	*b = buf_in(w->c.mem, WEB_PAGE_BYTES_MAX);
	*o = (struct out){ .b = b, .mem = w->c.mem, .lang = w->c.lang };
	if (l->nav_n == 0)
		navigation(w, l);
	if (l->shell == SHELL_STAFF) {
		l->place = w->org.name;
		l->tint = w->org.colour;
		l->home = S("/aujourdhui");
		l->search_url = S("/patients");
	}
	if (w->session.id != 0)
		l->sign_out_url = S("/deconnexion");
	if (w->session.id != 0 && w->session.stage == STAGE_COMPLETE)
		l->session_seconds = max64((session_ends_at(&w->session, &l->session_final) - w->c.now) /
		    USEC_PER_SECOND, 1);
	l->sign_out_csrf = csrf_of(w, w->session_token);
	l->csrf = view_csrf(w);
	if (!l->once)
		l->language_url = language_url(w);
	web_errors_sort(w);
	l->errors = w->errors;
	l->errors_n = w->errors_n;
	if (l->notice.n == 0) {
		l->notice = notice_text(w);
		l->notice_kind = NOTICE_DONE;
	}
	return o;
}

err
view_end(struct web *w, struct out *o, int status)
{
	if (!buf_ok(o->b))
		return ERR_TOO_LARGE;
	return view_bytes(w, status, S("text/html; charset=utf-8"), buf_str(o->b));
}

static bool
is_api(const struct web *w)
{
	return str_starts(w->http->path, S("/api/"));
}

static void
error_show(struct web *w, int status, str title, str what_to_do, bool asks_proof)
{
	/* Headers of the page that failed do not belong to this one, cookies apart. */
	w->answer->body = (str){0};
	if (is_api(w)) {
		api_status(w, status);
		return;
	}
	struct layout l = { .shell = SHELL_PUBLIC, .title = title };
	struct out *o = view_begin(w, &l);

	page_error(o, &(struct error_page){ .layout = &l, .status = status, .title = title,
	    .what_to_do = what_to_do, .asks_proof = asks_proof });
	if (view_end(w, o, status) != OK)
		panic("view: an error page that is too large");
}

void
view_status(struct web *w, int status, str title, str what_to_do)
{
	error_show(w, status, title, what_to_do, false);
}

void
view_error(struct web *w, err e)
{
	const struct error_view *v = &error_views[e];
	str title = text(w->c.lang, v->title);

	if (e == ERR_THROTTLED || v->status == 503)
		http_set(w->answer, S("Retry-After"), S("60"));
	if (v->status == 500)
		LOG_ERROR("web", "a page failed", LOG_TEXT("why", err_name(e)),
		    LOG_TEXT("route", w->route != NULL ? w->route->name : "none"));
	if (is_api(w))
		api_error(w, e);
	else
		error_show(w, v->status, title, text(w->c.lang, v->what_to_do), e == ERR_BUDGET);
}

void
web_refuse(const struct web_site *site, int status, struct http_request *r, struct http_response *answer)
{
	static const struct { int status; const char *title, *what_to_do; } words[] = {
		{ 400, T("The server did not understand this request"),
		    T("Nothing was changed. Go back and try again.") },
		{ 413, T("That is too much at once"), T("Nothing was saved. Shorten it, then try again.") },
		{ 414, T("This address is too long"), T("Go back to the previous page and try again.") },
		{ 431, T("Your browser sent too much with this request"),
		    T("Delete this site’s cookies, then try again.") },
		{ 503, T("The server is very busy"), T("Nothing was saved. Try again in a moment.") },
	};
	struct web *w = NEW(r->mem, struct web);
	size_t i = 0;

	/* Nothing of such a request is believed but its language. */
	*w = (struct web){ .c = { .mem = r->mem }, .site = site, .http = r, .answer = answer };
	w->c.lang = str_starts(http_header(r, S("Accept-Language")), S("en")) ? LANG_EN : LANG_FR;
	while (i + 1 < COUNT(words) && words[i].status != status)
		i++;
	view_status(w, status, text(w->c.lang, words[i].title), text(w->c.lang, words[i].what_to_do));
	if (status == 503)
		http_set(answer, S("Retry-After"), S("5"));
}
