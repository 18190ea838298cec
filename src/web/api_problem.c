/* api_problem.c - see api_problem.h. */
#include <assert.h>

#include "web/api_problem.h"
#include "web/view.h"

static const struct problem_title { int status; const char *error, *title, *detail; } titles[] = {
	{ 400, "malformed", T("The server did not understand this request"),
	    T("It is not what the address expects; nothing was changed.") },
	{ 401, "unauthorized", T("A valid token is needed"),
	    T("Send a token of this organisation as Authorization: Bearer.") },
	{ 403, "forbidden", T("This token does not allow that"),
	    T("Its role or its scopes do not cover this request; nothing was changed.") },
	{ 404, "not_found", T("There is nothing here"),
	    T("No such address, or nothing of that id in this organisation.") },
	{ 405, "method_not_allowed", T("This address does not take that request"),
	    T("See the Allow header; nothing was changed.") },
	{ 409, "conflict", T("This does not fit with how things stand"),
	    T("Nothing was changed; read the present state and try again.") },
	{ 410, "expired", T("This was valid once"), T("Nothing was changed; start this step again.") },
	{ 413, "too_large", T("That is too much at once"), T("Nothing was saved; send less.") },
	{ 414, "too_long", T("This address is too long"), T("Send a shorter one.") },
	{ 415, "unsupported_media_type", T("This kind of content is not accepted"),
	    T("Send application/json, in UTF-8.") },
	{ 422, "invalid", T("Something in this request is not right"),
	    T("Nothing was saved; correct it and try again.") },
	{ 429, "too_many_requests", T("Too many requests"),
	    T("Wait as long as Retry-After says, or send a token.") },
	{ 431, "headers_too_large", T("The headers of this request are too long"), T("Send fewer or shorter ones.") },
	{ 503, "unavailable", T("The server cannot save at the moment"),
	    T("Nothing was saved and nothing was lost; try again as Retry-After says.") },
	{ 500, "internal", T("Something went wrong on our side"),
	    T("Nothing was lost; try again, and if it happens again tell the administrator.") },
};

/* The last row is for every status that has none. */
static const struct problem_title *
title_of(int status)
{
	size_t i = 0;

	while (i + 1 < COUNT(titles) && titles[i].status != status)
		i++;
	return &titles[i];
}

static void
put(struct json_writer *j, const char *key, str value)
{
	json_key(j, str_c(key));
	json_put_str(j, value);
}

static void
put_position(struct json_writer *j, const struct api_fault *f)
{
	json_key(j, S("line"));
	json_put_int(j, f->line);
	json_key(j, S("column"));
	json_put_int(j, f->column);
	json_key(j, S("offset"));
	json_put_int(j, (int64_t)f->offset);
}

void
api_document_begin(struct web *w, const struct api_fault *f, struct api_document *ret)
{
	const struct problem_title *t = title_of(f->status);

	ret->status = f->status;
	ret->text = buf_in(w->c.mem, API_PROBLEM_BYTES_MAX);
	ret->json = json_writer(&ret->text);
	json_object_begin(&ret->json);
	put(&ret->json, "type", S("about:blank"));
	put(&ret->json, "title", text(w->c.lang, t->title));
	json_key(&ret->json, S("status"));
	json_put_int(&ret->json, f->status);
	put(&ret->json, "detail", f->detail.n > 0 ? f->detail : text(w->c.lang, t->detail));
	put(&ret->json, "error", str_c(f->error != NULL ? f->error : t->error));
	if (f->field.n > 0)
		put(&ret->json, "field", f->field);
	if (f->line > 0)
		put_position(&ret->json, f);
}

/* RFC 6750 section 3: a token that was shown and is not good is told apart from none. */
static void
challenge(struct web *w)
{
	bool shown = http_header(w->http, S("Authorization")).n > 0;

	http_set(w->answer, S("WWW-Authenticate"),
	    shown ? S("Bearer realm=\"serment\", error=\"invalid_token\"") : S("Bearer realm=\"serment\""));
}

err
api_document_end(struct web *w, struct api_document *d)
{
	json_object_end(&d->json);
	if (!buf_ok(&d->text))
		return ERR_TOO_LARGE;
	TRY(view_bytes(w, d->status, S("application/problem+json"), buf_str(&d->text)));
	if (d->status == 401)
		challenge(w);
	return OK;
}

err
api_refuse(struct web *w, const struct api_fault *f)
{
	struct api_document d;

	api_document_begin(w, f, &d);
	return api_document_end(w, &d);
}

void
api_status(struct web *w, int status)
{
	if (api_refuse(w, &(struct api_fault){ .status = status }) != OK)
		panic("api: a problem document that is too large");
}

void
api_error(struct web *w, err e)
{
	/* Without a token that is good, the API says: show one. */
	api_status(w, e == ERR_DENIED && w->token.id == 0 ? 401 : view_status_of(e));
}
