/*
 * web.h - one request as a page sees it: who asks, for which organisation, with
 * which checked fields; and how a page answers.
 *
 * The router (router.c) has found the route, the session, the second factor,
 * the form token and the fields before a handler runs.  A handler returns OK
 * after it answered, or an error, which becomes a page (or a problem document
 * for the API) in the user's language.  ERR_RETRY runs the handler again.
 */
#ifndef WEB_H
#define WEB_H

#include "access/session.h"
#include "access/token.h"
#include "net/http.h"
#include "practice/practice.h"
#include "web/layout.h"

enum {
	WEB_ARGS_MAX = 3,
	WEB_FIELDS_MAX = 2600,		/* boxes ticked count one each: all of a practice's, and the form's own */
	WEB_ERRORS_MAX = 48,
	WEB_PAGE_BYTES_MAX = 4 << 20,
	WEB_FORM_BYTES_MAX = 128 * 1024,	/* so many boxes, and a long text percent-encoded */
	WEB_JSON_BYTES_MAX = 64 * 1024,
	WEB_UPLOAD_BYTES_MAX = 600 * 1024,
};

struct web;
typedef err web_handler(struct web *);

/* A field that a form may send.  What is not declared never reaches a handler. */
struct form_field {
	const char	*name;
	size_t		 max;		/* code points; 0: a line of 200 */
	bool		 many;		/* may come several times */
};
struct form { const struct form_field *fields; size_t n; };
#define FORM(name, ...) static const struct form_field name##_fields[] = { __VA_ARGS__ }; \
	const struct form name = { name##_fields, COUNT(name##_fields) }

enum route_flags {
	ROUTE_API = 1,		/* JSON, bearer tokens, problem documents; no cookies */
	ROUTE_GUEST_TOKEN = 2,	/* the form token hangs on the booking cookie */
	ROUTE_LIMITED = 4,	/* costs something: held to the public's rate */
	ROUTE_SIGN_IN = 8,	/* for a session whose second factor is still due */
	ROUTE_UPLOAD = 16,	/* multipart body */
	ROUTE_HELD = 32,	/* the answer may wait for the disk with others: what the handler
				   has changed it reads again only inside a change */
	ROUTE_UNSEEN = 64,	/* asked by the page, not by a person: the session goes on growing idle */
};

struct route {
	enum http_method	 method;
	const char		*pattern;	/* "/agenda/rdv/{}" */
	web_handler		*handler;
	const char		*name;		/* of the handler: for metrics and tests */
	uint32_t		 roles;		/* ROLE_BIT()s */
	uint32_t		 purposes;	/* PURPOSE_BIT()s that it may exercise */
	const struct form	*form;		/* fields of query and body; NULL: none */
	uint32_t		 flags;
	uint32_t		 scopes;	/* of an API token; 0 with ROUTE_API: also the public */
};
extern const struct route routes[];
extern const size_t routes_n;

struct web {
	struct ctx		 c;
	const struct web_site	*site;		/* this server: public URL, options */
	struct http_request	*http;
	struct http_response	*answer;
	const struct route	*route;
	str			 args[WEB_ARGS_MAX];	/* what the pattern's {} took */
	struct http_pair	*fields;	/* declared ones, UTF-8, within their limits */
	size_t			 fields_n, fields_room;
	struct field_error	 errors[WEB_ERRORS_MAX];	/* found so far */
	size_t			 errors_n;
	struct session		 session;	/* id 0: nobody is signed in */
	str			 session_token;
	struct token		 token;		/* API: id 0: the public */
	str			 guest_token;	/* of the booking under way; empty: none */
	struct org		 org;		/* c.org's, once a page or a session has chosen it */
	const struct zone	*zone;		/* the organisation's */
};

/* Who answers for this server, and who hosts it, for the legal notice; empty: not said. */
struct imprint {
	str	name, legal_form, address, registration, email, phone, director;
	str	host_name, host_address, host_phone;
};

/* What the operator has set, the same for all requests. */
struct web_site {
	const char	*public_url;	/* "http://localhost:8080", without a slash at the end */
	bool		 mail_is_sent;	/* there is an SMTP setting */
	struct imprint	 imprint;
	bool		 demo;		/* invented data: the sign-in page says how to sign in */
	err		 (*metrics)(void *app, struct buf *);	/* app/'s own counters */
	void		*app;
};

/* The request of the HTTP server through routes, session and handler to an answer. */
void web_handle(struct ctx *, const struct web_site *, struct http_request *, struct http_response *);
/* The body limit of a path, before its body is read; see http_options. */
int64_t web_body_limit(enum http_method, str path);
/* May an answer of this path be held; see http_options.settle and db_hold. */
bool web_may_hold(enum http_method, str path);
/* Instead of an answer whose changes could not be saved. */
void web_not_saved(const struct ctx *, const struct web_site *, struct http_request *, struct http_response *);
/* An answer of the HTTP layer itself (400, 413, 431, 503) in words. */
void web_refuse(const struct web_site *, int status, struct http_request *, struct http_response *);

/* A declared field, trimmed; empty when it was not sent.  Undeclared names are our mistake. */
str  web_field(const struct web *, const char *name);
bool web_field_sent(const struct web *, const char *name);
bool web_field_int(const struct web *, const char *name, int64_t low, int64_t high, int64_t *ret);
bool web_field_id(const struct web *, const char *name, id *ret);
/* The i-th value of a field that may come several times; false after the last. */
bool web_field_nth(const struct web *, const char *name, size_t i, str *ret);
/* A number from the path: an id that is none is ERR_NOT_FOUND. */
err  web_arg_id(const struct web *, int arg, id *ret) MUST_USE;

/* Note what is wrong with a field (NULL: with the form), in the user's language. */
void web_error(struct web *, const char *field, str text);
/* In the order of the form's declaration, which is that of the page; the form's own first. */
void web_errors_sort(struct web *);

/* c.org and org, by slug or by id; ERR_NOT_FOUND. */
err  web_choose_org(struct web *, str slug) MUST_USE;
err  web_choose_org_id(struct web *, id) MUST_USE;

#endif
