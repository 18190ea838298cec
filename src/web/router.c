/*
 * router.c - from a request to its row of routes.def, through every check that
 * no page may forget: role, second factor, origin, form token, fields.
 */
#include <assert.h>

#include "access/throttle.h"
#include "base/log.h"
#include "net/multipart.h"
#include "practice/rules.h"
#include "web/asset.h"
#include "web/limit.h"
#include "web/pages.h"
#include "web/signing.h"
#include "web/view.h"

enum { RUNS_MAX = 5 };

const struct route routes[] = {
#define ROUTE(method, pattern, handler, roles, purposes, form, flags, scopes) \
	{ HTTP_##method, pattern, handler, #handler, roles, purposes, form, flags, scopes },
#include "web/routes.def"
#undef ROUTE
};
const size_t routes_n = COUNT(routes);

/* Take path apart along the pattern; each {} stands for one segment, not empty. */
static bool
matches(const char *pattern, str path, str *args)
{
	str want, piece, part;
	int n = 0;

	/* Most rows are out at the first letters. */
	for (size_t i = 0; pattern[i] != '\0' && pattern[i] != '{'; i++)
		if (i == path.n || pattern[i] != path.p[i])
			return false;
	want = str_c(pattern);
	while (str_split(&want, '/', &piece)) {
		if (!str_split(&path, '/', &part))
			return false;
		if (str_eq(piece, S("{}"))) {
			if (part.n == 0)
				return false;
			assert(n < WEB_ARGS_MAX);
			args[n++] = part;
		} else if (!str_eq(piece, part)) {
			return false;
		}
	}
	return path.p == NULL;
}

/* The row; or, for a path that has rows of other methods only, those methods. */
static const struct route *
find(enum http_method method, str path, str *args, uint32_t *ret_allowed)
{
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;

	*ret_allowed = 0;
	for (size_t i = 0; i < routes_n; i++) {
		str trial[WEB_ARGS_MAX] = {0};

		if (!matches(routes[i].pattern, path, trial))
			continue;
		if (routes[i].method == wanted) {
			memcpy(args, trial, sizeof(trial));
			return &routes[i];
		}
		*ret_allowed |= 1u << routes[i].method;
	}
	return NULL;
}

static void
answer_asset(struct web *w, const struct asset *a)
{
	bool brotli = a->brotli.n > 0 &&
	    str_find_str(http_header(w->http, S("Accept-Encoding")), S("br")) >= 0;

	http_set(w->answer, S("Content-Type"), str_c(a->type));
	http_set(w->answer, S("ETag"), str_c(a->etag));
	http_set(w->answer, S("Vary"), S("Accept-Encoding"));
	http_set(w->answer, S("Cache-Control"), a->immutable ?
	    S("public, max-age=31536000, immutable") : S("public, max-age=3600"));
	if (str_eq(http_header(w->http, S("If-None-Match")), str_c(a->etag))) {
		w->answer->status = 304;
		return;
	}
	w->answer->status = 200;
	if (brotli)
		http_set(w->answer, S("Content-Encoding"), S("br"));
	w->answer->body = brotli ? a->brotli : a->plain;
}

static void
answer_not_allowed(struct web *w, uint32_t allowed)
{
	struct buf list = buf_in(w->c.mem, 64);

	buf_add(&list, S("OPTIONS"));
	if (allowed & 1u << HTTP_GET)
		buf_add(&list, S(", GET, HEAD"));
	if (allowed & 1u << HTTP_POST)
		buf_add(&list, S(", POST"));
	if (allowed & 1u << HTTP_DELETE)
		buf_add(&list, S(", DELETE"));
	if (w->http->method == HTTP_OPTIONS) {
		w->answer->status = 204;
	} else {
		view_status(w, 405, text(w->c.lang, T("This address does not take that request")),
		    text(w->c.lang, T("Nothing was changed. Go back and try again.")));
	}
	http_set(w->answer, S("Allow"), buf_str(&list));
}

/* Cookie first, then the browser's wish, then French. */
static enum lang
language(struct web *w)
{
	str chosen = http_cookie(w->http, str_c(promise()->cookies[COOKIE_LANG].name));
	str wish = str_trim(http_header(w->http, S("Accept-Language")));

	if (str_eq(chosen, S("en")) || str_eq(chosen, S("fr")))
		return str_eq(chosen, S("en")) ? LANG_EN : LANG_FR;
	return str_starts(wish, S("en")) ? LANG_EN : LANG_FR;
}

static err
load_session(struct web *w)
{
	str token = http_cookie(w->http, str_c(promise()->cookies[COOKIE_SESSION].name));
	struct session s;
	err e;

	w->guest_token = http_cookie(w->http, str_c(promise()->cookies[COOKIE_BOOKING].name));
	if (token.n == 0)
		return OK;
	e = w->route->flags & ROUTE_UNSEEN ? session_look(&w->c, token, &s) : session_find(&w->c, token, &s);
	if (e == ERR_NOT_FOUND || e == ERR_EXPIRED || e == ERR_DENIED) {
		view_cookie_drop(w, COOKIE_SESSION);
		return OK;
	}
	TRY(e);
	w->session = s;
	w->session_token = token;
	w->c.actor = s.account;
	if (s.stage != STAGE_COMPLETE)
		return OK;
	w->c.role = (int)s.role;
	return s.org == 0 ? OK : web_choose_org_id(w, s.org);
}

static err
load_token(struct web *w)
{
	str header = http_header(w->http, S("Authorization"));

	if (header.n == 0)
		return OK;
	if (!str_eq_nocase(str_slice(header, 0, 7), S("bearer ")))
		return ERR_DENIED;
	err e = token_find(&w->c, str_trim(str_slice(header, 7, header.n)), &w->token);
	if (e == ERR_NOT_FOUND)
		return ERR_DENIED;
	TRY(e);
	w->c.actor = w->token.account;
	w->c.role = (int)w->token.role;
	return OK;
}

/*
 * A form of ours, sent from a page of ours: the browser says where it comes
 * from, and the form carries the word that only our page could know (T11).
 */
static bool
same_origin(const struct web *w)
{
	str site = http_header(w->http, S("Sec-Fetch-Site"));
	str origin = http_header(w->http, S("Origin"));

	if (site.n > 0 && !str_eq(site, S("same-origin")) && !str_eq(site, S("none")))
		return false;
	if (origin.n == 0)
		return true;
	ptrdiff_t at = str_find_str(origin, S("://"));
	return at >= 0 && str_eq_nocase(str_slice(origin, (size_t)at + 3, origin.n),
	    http_header(w->http, S("Host")));
}

/* The word that the form carries. */
static bool
form_word(struct web *w, str *ret)
{
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	const struct multipart_part *word;
	size_t n;

	if (!(w->route->flags & ROUTE_UPLOAD))
		return http_form_get(w->c.mem, w->http->body, S("csrf"), ret);
	if (multipart_parse(http_header(w->http, S("Content-Type")), w->http->body, parts, &n) != OK ||
	    (word = multipart_find(parts, n, S("csrf"))) == NULL)
		return false;
	*ret = word->bytes;
	return true;
}

static err
check_form(struct web *w)
{
	str bound = w->route->flags & ROUTE_GUEST_TOKEN ? w->guest_token : w->session_token;
	str given = {0};

	if (w->route->method == HTTP_GET || w->route->flags & ROUTE_API)
		return OK;
	if (!same_origin(w))
		return ERR_DENIED;
	if (bound.n == 0)
		return OK;	/* nothing that a stranger's page could lean on */
	if (!form_word(w, &given) || !session_csrf_ok(&w->c, bound, given))
		return ERR_EXPIRED;
	return OK;
}

static const struct form_field *
declared(const struct web *w, str name)
{
	for (size_t i = 0; w->route->form != NULL && i < w->route->form->n; i++)
		if (str_eq(name, str_c(w->route->form->fields[i].name)))
			return &w->route->form->fields[i];
	return NULL;
}

static err
read_fields(struct web *w, str form)
{
	struct http_pair pair;
	bool invalid = false;

	while (form.n > 0 && http_form_next(w->c.mem, &form, &pair, &invalid)) {
		const struct form_field *f = declared(w, pair.name);

		if (f == NULL)
			continue;
		if (w->fields_n == WEB_FIELDS_MAX)
			return ERR_TOO_LARGE;
		pair.value = str_trim(pair.value);
		size_t max = f->max > 0 ? f->max : 200;
		if (str_utf8_count(pair.value) > max) {
			web_error(w, f->name, FILL(w->c.mem, w->c.lang,
			    T("At most {n} characters, please."),
			    ARG("n", str_of_int(w->c.mem, (int64_t)max))));
		}
		w->fields = rules_grow(w->c.mem, w->fields, w->fields_n, &w->fields_room, sizeof(pair));
		w->fields[w->fields_n++] = pair;
	}
	return invalid ? ERR_INVALID : OK;
}

static err
check_role(struct web *w)
{
	const struct route *r = w->route;

	/* Nobody's token has no scope. */
	if (r->flags & ROUTE_API && (w->token.scopes & r->scopes) != r->scopes)
		return ERR_DENIED;
	if (r->flags & ROUTE_SIGN_IN)
		return OK;	/* the page looks at the stage itself */
	return r->roles & ROLE_BIT(w->c.role) ? OK : ERR_DENIED;
}

/* To another page first, which knows the way back to this one. */
static err
lead_and_back(struct web *w, str page)
{
	struct buf to = buf_in(w->c.mem, HTTP_TARGET_BYTES_MAX * 4);

	buf_add(&to, page);
	buf_url(&to, w->http->path);
	if (w->http->query.n > 0) {
		buf_add(&to, S("%3F"));
		buf_url(&to, w->http->query);
	}
	return view_redirect(w, buf_str(&to), NULL);
}

/*
 * Somebody who is not signed in is led to where he can be, and back; a form
 * that he sent from a page of ours goes with him.
 */
static err
lead_to_sign_in(struct web *w)
{
	bool staff_page = !(w->route->roles & ROLE_BIT(ROLE_PUBLIC));

	if (w->route->flags & ROUTE_API || !staff_page ||
	    (w->session.id != 0 && w->session.stage == STAGE_COMPLETE))
		return ERR_DENIED;
	if (w->route->method != HTTP_GET)
		return same_origin(w) ? signing_interrupt(w) : ERR_DENIED;
	return lead_and_back(w, S("/connexion?retour="));
}

static err
run_route(struct web *w)
{
	w->c.purposes = w->route->purposes;
	if (w->route->flags & ROUTE_API)
		TRY(load_token(w));
	else
		TRY(load_session(w));
	err e = check_role(w);
	if (e == ERR_DENIED)
		return lead_to_sign_in(w);
	TRY(e);
	if (w->route->flags & ROUTE_LIMITED && w->token.id == 0 &&
	    !limit_take(throttle_network(w->c.mem, w->http->peer), w->c.now))
		return ERR_THROTTLED;
	TRY(check_form(w));
	TRY(read_fields(w, w->http->query));
	if (w->route->method == HTTP_POST && !(w->route->flags & (ROUTE_API | ROUTE_UPLOAD)))
		TRY(read_fields(w, w->http->body));
	e = w->route->handler(w);
	/* Nothing was typed yet: the proof can be asked right away. */
	if (e == ERR_BUDGET && w->route->method == HTTP_GET && !(w->route->flags & ROUTE_API))
		return lead_and_back(w, S("/lecture?retour="));
	return e;
}

static err
run(struct web *w)
{
	const struct asset *asset = asset_find(w->http->path);
	uint32_t allowed;

	if (asset != NULL && (w->http->method == HTTP_GET || w->http->method == HTTP_HEAD)) {
		answer_asset(w, asset);
		return OK;
	}
	w->route = find(w->http->method, w->http->path, w->args, &allowed);
	if (w->route != NULL)
		return run_route(w);
	if (allowed == 0)
		return ERR_NOT_FOUND;
	answer_not_allowed(w, allowed);
	return OK;
}

static void
begin(struct web *w, const struct ctx *c, const struct web_site *site, struct http_request *r,
    struct http_response *answer)
{
	*answer = (struct http_response){0};
	*w = (struct web){ .c = *c, .site = site, .http = r, .answer = answer };
	w->c.mem = r->mem;
	w->c.lang = language(w);
}

void
web_handle(struct ctx *c, const struct web_site *site, struct http_request *r, struct http_response *answer)
{
	struct web *w = NEW(r->mem, struct web);
	err e = ERR_RETRY;

	/* When the engine asks for a change again, the whole request runs again. */
	for (int i = 0; i < RUNS_MAX && e == ERR_RETRY; i++) {
		begin(w, c, site, r, answer);
		e = run(w);
	}
	if (e != OK)
		view_error(w, e);
}

void
web_not_saved(const struct ctx *c, const struct web_site *site, struct http_request *r,
    struct http_response *answer)
{
	struct web *w = NEW(r->mem, struct web);
	uint32_t unused;

	begin(w, c, site, r, answer);
	w->route = find(r->method, r->path, w->args, &unused);
	view_error(w, ERR_STORE);
}

bool
web_may_hold(enum http_method method, str path)
{
	str args[WEB_ARGS_MAX];
	uint32_t unused;
	const struct route *route = find(method, path, args, &unused);

	return route != NULL && (route->flags & ROUTE_HELD) != 0;
}

int64_t
web_body_limit(enum http_method method, str path)
{
	str args[WEB_ARGS_MAX];
	uint32_t allowed;
	const struct route *route = find(method, path, args, &allowed);

	if (route == NULL)
		return 0;
	if (route->flags & ROUTE_API)
		return WEB_JSON_BYTES_MAX;
	return route->flags & ROUTE_UPLOAD ? WEB_UPLOAD_BYTES_MAX : WEB_FORM_BYTES_MAX;
}
