/* http_answer.c - from what a handler filled in to what goes on the wire. */
#include <assert.h>

#include "base/log.h"
#include "net/http_parts.h"

/* What a client that is refused for want of workers should wait. */
#define RETRY_AFTER_SECONDS	"2"

struct http_shared {
	_Atomic int64_t	 users;
	size_t		 n;
	char		 bytes[];
};

struct http_shared *
http_shared_make(str bytes)
{
	struct http_shared *s = mem_alloc(1, sizeof(*s) + bytes.n);

	atomic_init(&s->users, 1);
	s->n = bytes.n;
	if (bytes.n > 0)
		memcpy(s->bytes, bytes.p, bytes.n);
	return s;
}

struct http_shared *
http_shared_take(struct http_shared *s)
{
	int64_t before = atomic_fetch_add_explicit(&s->users, 1, memory_order_relaxed);

	assert(before > 0);
	(void)before;
	return s;
}

void
http_shared_release(struct http_shared *s)
{
	/* Release, then acquire: the last user sees what all others did before they let go. */
	if (s != NULL && atomic_fetch_sub_explicit(&s->users, 1, memory_order_acq_rel) == 1)
		mem_free(s);
}

str
http_shared_str(const struct http_shared *s)
{
	return (str){ s->bytes, s->n };
}

static bool
is_clean(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return true;
}

static void
remove_header(struct http_response *r, str name)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->headers_n; i++)
		if (!str_eq_nocase(r->headers[i].name, name))
			r->headers[kept++] = r->headers[i];
	r->headers_n = kept;
}

void
http_set(struct http_response *r, str name, str value)
{
	/* Response splitting would be our own mistake: whoever builds a header checks first. */
	if (name.n == 0 || !is_clean(name) || !is_clean(value))
		panic("http: a response header with control bytes");
	if (value.n == 0 || !str_eq_nocase(name, S("Set-Cookie")))
		remove_header(r, name);
	if (value.n == 0)
		return;
	if (r->headers_n == HTTP_RESPONSE_HEADERS_MAX)
		panic("http: more response headers than HTTP_RESPONSE_HEADERS_MAX");
	r->headers[r->headers_n++] = (struct http_pair){ name, value };
}

static void
release_shared(void *shared)
{
	http_shared_release(shared);
}

/*
 * Neither kind of body is copied.  The arena lives until the exchange is over,
 * which the library reports before it forgets the answer but after its last
 * look at the bytes; a shared block is released by the answer itself.
 */
static struct MHD_Response *
wrap_body(struct http_response *r)
{
	struct http_shared *shared = r->shared;

	r->shared = NULL;	/* the answer's now */
	if (shared != NULL) {
		struct MHD_Response *answer = MHD_create_response_from_buffer_with_free_callback_cls(shared->n,
		    shared->bytes, release_shared, shared);

		if (answer == NULL)
			http_shared_release(shared);
		return answer;
	}
	return MHD_create_response_from_buffer(r->body.n, (void *)(uintptr_t)r->body.p,
	    MHD_RESPMEM_PERSISTENT);
}

/* http_set has seen to the bytes of a header: what fails here is memory. */
static bool
add_headers(struct MHD_Response *answer, struct http_exchange *e)
{
	const struct http_response *r = &e->response;

	for (size_t i = 0; i < r->headers_n; i++)
		if (MHD_add_response_header(answer, str_z(&e->mem, r->headers[i].name),
		    str_z(&e->mem, r->headers[i].value)) != MHD_YES)
			return false;
	return true;
}

void
http_answer_make(struct http_exchange *e, bool close_connection)
{
	struct http_response *r = &e->response;

	assert(r->status >= 200 && r->status <= 599 && e->answer == NULL);
	e->answer_bytes = r->shared != NULL ? r->shared->n : r->body.n;
	e->answer = wrap_body(r);
	if (close_connection)
		http_set(r, S("Connection"), S("close"));
	if (e->answer != NULL && add_headers(e->answer, e))
		return;
	LOG_ERROR("http", "no memory for an answer: its connection is closed", LOG_INT("status", r->status));
	if (e->answer != NULL)
		MHD_destroy_response(e->answer);
	e->answer = NULL;
}

static str
refusal_text(int status)
{
	switch (status) {
	case MHD_HTTP_CONTENT_TOO_LARGE:
		return S("The content is too large.\n");
	case MHD_HTTP_URI_TOO_LONG:
		return S("The address is too long.\n");
	case MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE:
		return S("The headers are too large.\n");
	case MHD_HTTP_SERVICE_UNAVAILABLE:
		return S("The server is busy. Please try again.\n");
	default:
		return S("The request is not valid HTTP.\n");
	}
}

void
http_answer_refuse(struct http_exchange *e, int status)
{
	const struct http_options *o = &e->server->options;

	atomic_fetch_add(&e->server->refused, 1);
	e->response = (struct http_response){ .status = status, .body = refusal_text(status) };
	http_set(&e->response, S("Content-Type"), S("text/plain; charset=utf-8"));
	if (o->refuse != NULL)
		o->refuse(o->app, status, &e->request, &e->response);
	e->response.status = status;
	if (status == MHD_HTTP_SERVICE_UNAVAILABLE)
		http_set(&e->response, S("Retry-After"), S(RETRY_AFTER_SECONDS));
	/*
	 * After a head that we do not trust, or a body that we do not read, nobody
	 * can say where the next request begins.
	 */
	http_answer_make(e, status != MHD_HTTP_SERVICE_UNAVAILABLE ||
	    atomic_load(&e->server->draining));
}
