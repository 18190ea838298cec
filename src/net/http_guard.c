/*
 * http_guard.c - what libmicrohttpd 0.9.75 lets through and we do not.
 *
 * It accepts two Content-Lengths, a length beside chunks, bare line feeds,
 * folded lines, spaces before the colon and NULs (which hide the end of a
 * value).  Behind a proxy that reads such a head differently, one request
 * becomes two (request smuggling, RFC 9112 section 11.2).  We refuse them all.
 */
#include <arpa/inet.h>

#include "net/http_parts.h"

enum { LENGTH_DIGITS_MAX = 18 };	/* below 2^63 */

/* The head as the library cut it, and the address where the next name must lie. */
struct head {
	struct http_request	*request;
	const char		*next;
	bool			 crooked, too_many;
};

static bool
is_token_byte(char c)
{
	/* RFC 9110 section 5.6.2 */
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_byte(s.p[i]))
			return false;
	return s.n > 0;
}

static bool
has_control(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return true;
	return false;
}

/*
 * The library cuts its read buffer in place, writing NUL over ':' and CR LF, and
 * gives us pointers into it.  So every byte of the head can be accounted for: a
 * value ends exactly two bytes before the next name.  One byte means a bare LF,
 * more mean a NUL inside the value or a folded line that went elsewhere.
 */
static enum MHD_Result
collect(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_n, const char *value,
    size_t value_n)
{
	struct head *h = cls;
	struct http_request *r = h->request;

	(void)kind;
	if (r->headers_n == HTTP_HEADERS_MAX) {
		h->too_many = true;
		return MHD_NO;
	}
	if (value == NULL || name != h->next || value < name + name_n + 1) {
		h->crooked = true;
		return MHD_NO;
	}
	h->next = value + value_n + 2;
	r->headers[r->headers_n++] = (struct http_pair){
		.name = { name, name_n }, .value = str_trim((str){ value, value_n }),
	};
	return MHD_YES;
}

static int
guard_bytes(struct http_exchange *e, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(e->wire,
	    MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct head h = {
		.request = &e->request,
		.next = version + strlen(version) + 2,
		.crooked = info == NULL || e->target_at != method + strlen(method) + 1 ||
		    version != e->target_at + e->target.n + 1,
	};

	if (e->target.n > HTTP_TARGET_BYTES_MAX)
		return MHD_HTTP_URI_TOO_LONG;
	if (h.crooked)
		return MHD_HTTP_BAD_REQUEST;
	if (info->header_size > HTTP_HEAD_BYTES_MAX)
		return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
	MHD_get_connection_values_n(e->wire, MHD_HEADER_KIND, collect, &h);
	if (h.too_many)
		return MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE;
	/* The empty line ends the head: two bytes more. */
	if (h.crooked || h.next + 2 != method + info->header_size)
		return MHD_HTTP_BAD_REQUEST;
	return 0;
}

/* RFC 9112 section 6: exactly one way to know where the body ends; section 3.2: one Host. */
static int
guard_framing(const struct http_request *r, str version)
{
	int hosts = 0, lengths = 0, codings = 0;
	int64_t length;

	for (size_t i = 0; i < r->headers_n; i++) {
		const struct http_pair *h = &r->headers[i];

		if (!is_token(h->name) || has_control(h->value))
			return MHD_HTTP_BAD_REQUEST;
		if (str_eq_nocase(h->name, S("Host")))
			hosts++;
		if (str_eq_nocase(h->name, S("Content-Length"))) {
			lengths++;
			if (h->value.n > LENGTH_DIGITS_MAX || strspn(h->value.p, "0123456789") < h->value.n ||
			    !str_int(h->value, 0, INT64_MAX, &length))
				return MHD_HTTP_BAD_REQUEST;
		}
		if (str_eq_nocase(h->name, S("Transfer-Encoding"))) {
			codings++;
			if (!str_eq_nocase(h->value, S("chunked")) || !str_eq(version, S("HTTP/1.1")))
				return MHD_HTTP_BAD_REQUEST;
		}
	}
	return hosts == 1 && lengths + codings <= 1 ? 0 : MHD_HTTP_BAD_REQUEST;
}

static enum http_method
method_of(str name)
{
	static const struct { str name; enum http_method method; } known[] = {
		{ { "GET", 3 }, HTTP_GET }, { { "HEAD", 4 }, HTTP_HEAD }, { { "POST", 4 }, HTTP_POST },
		{ { "PUT", 3 }, HTTP_PUT }, { { "DELETE", 6 }, HTTP_DELETE },
		{ { "OPTIONS", 7 }, HTTP_OPTIONS },
	};

	for (size_t i = 0; i < COUNT(known); i++)
		if (str_eq(known[i].name, name))
			return known[i].method;
	return HTTP_OTHER;
}

/* "." and ".." are the client's to resolve (RFC 3986 section 5.2.4), never ours to follow. */
static bool
has_dot_segment(str path)
{
	str segment;

	while (str_split(&path, '/', &segment))
		if (str_eq(segment, S(".")) || str_eq(segment, S("..")))
			return true;
	return false;
}

/* Only the origin form, and "*" for OPTIONS (RFC 9112 section 3.2): we are nobody's proxy. */
static int
guard_target(struct http_exchange *e)
{
	struct http_request *r = &e->request;
	ptrdiff_t mark = str_find(e->target, '?');
	str raw = mark < 0 ? e->target : str_slice(e->target, 0, (size_t)mark);
	str query = mark < 0 ? (str){0} : str_slice(e->target, (size_t)mark + 1, e->target.n);
	str path;

	for (size_t i = 0; i < e->target.n; i++)
		if ((unsigned char)e->target.p[i] <= ' ' || (unsigned char)e->target.p[i] >= 0x7f ||
		    e->target.p[i] == '#')
			return MHD_HTTP_BAD_REQUEST;
	if (!str_starts(raw, S("/")) && !(r->method == HTTP_OPTIONS && str_eq(raw, S("*"))))
		return MHD_HTTP_BAD_REQUEST;
	if (!http_form_decode(&e->mem, raw, false, &path) || has_control(path) ||
	    str_find(path, '\t') >= 0 || has_dot_segment(path))
		return MHD_HTTP_BAD_REQUEST;
	r->path = path;
	r->query = query;
	return 0;
}

/* What the nearest proxy wrote stands last; anything before it, the client may have invented. */
static str
last_hop(const struct http_request *r, str name)
{
	str hops = {0}, hop = {0};

	for (size_t i = 0; i < r->headers_n; i++)
		if (str_eq_nocase(r->headers[i].name, name))
			hops = r->headers[i].value;
	while (str_split(&hops, ',', &hop))
		continue;
	return str_trim(hop);
}

static bool
is_address(struct arena *mem, str s)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	const char *z = str_z(mem, s);

	return inet_pton(AF_INET, z, bytes) == 1 || inet_pton(AF_INET6, z, bytes) == 1;
}

static void
believe_proxy(struct http_exchange *e)
{
	struct http_request *r = &e->request;
	str client = last_hop(r, S("X-Forwarded-For"));

	if (is_address(&e->mem, client))
		r->peer = client;
	r->secure = str_eq_nocase(last_hop(r, S("X-Forwarded-Proto")), S("https"));
}

int
http_guard_head(struct http_exchange *e, const char *method, const char *version)
{
	struct http_request *r = &e->request;
	int status = guard_bytes(e, method, version);

	r->method_name = str_c(method);
	r->method = method_of(r->method_name);
	if (status == 0 && !is_token(r->method_name))
		status = MHD_HTTP_BAD_REQUEST;
	if (status == 0)
		status = guard_framing(r, str_c(version));
	if (status == 0)
		status = guard_target(e);
	if (status == 0 && e->server->options.trust_proxy)
		believe_proxy(e);
	return status;
}

int64_t
http_guard_body_bytes(const struct http_request *r)
{
	str length = http_header(r, S("Content-Length"));
	int64_t bytes = 0;

	if (http_header(r, S("Transfer-Encoding")).n > 0)
		return -1;
	if (length.n > 0 && !str_int(length, 0, INT64_MAX, &bytes))
		panic("http: a length that the guard let through is no number");
	return bytes;
}
