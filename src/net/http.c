/*
 * http.c - the server's life, and the path of one exchange through it:
 * on_target (event thread) -> serve: head, body -> worker -> serve: answer -> on_completed.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "net/http_parts.h"

enum {
	BACKLOG = 1024,
	/* The library keeps head, its index and the answer's headers in one pool. */
	CONNECTION_POOL_BYTES = 2 * HTTP_HEAD_BYTES_MAX,
	DRAIN_POLL_MILLISECONDS = 5,
	LAST_WORDS_MILLISECONDS = 250,
};

/* ---- one exchange ---- */

/* The request line has been read, nothing else: the exchange begins. */
static void *
on_target(void *cls, const char *target, struct MHD_Connection *wire)
{
	struct http_server *s = cls;
	struct http_exchange *e = mem_alloc(1, sizeof(*e));

	e->server = s;
	e->wire = wire;
	e->from = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	e->target_at = target;
	e->target = str_copy(&e->mem, str_c(target));
	e->request.mem = &e->mem;
	e->request.peer = str_c(e->from->peer);
	http_reaper_allow(e->from, s->options.header_seconds);
	atomic_fetch_add(&s->in_flight, 1);
	atomic_fetch_add(&s->requests, 1);
	return e;
}

static enum MHD_Result
deliver(struct http_exchange *e)
{
	struct MHD_Response *answer = e->answer;

	e->stage = HTTP_STAGE_ANSWERED;
	e->answer = NULL;
	if (answer == NULL)	/* no memory for one */
		return MHD_NO;
	http_reaper_allow(e->from, e->server->options.body_seconds +
	    (int64_t)(e->answer_bytes / HTTP_SEND_BYTES_PER_SECOND_MIN));
	/* Sends at once if the socket takes it, and e may be over when this returns. */
	enum MHD_Result queued = MHD_queue_response(e->wire, (unsigned)e->response.status, answer);

	MHD_destroy_response(answer);
	return queued;
}

static enum MHD_Result
refuse(struct http_exchange *e, int status)
{
	http_answer_refuse(e, status);
	return deliver(e);
}

static enum MHD_Result
take_head(struct http_exchange *e, const char *method, const char *version)
{
	const struct http_options *o = &e->server->options;
	struct http_request *r = &e->request;
	int status = http_guard_head(e, method, version);
	int64_t bytes, limit = -1;

	if (status != 0)
		return refuse(e, status);
	e->stage = HTTP_STAGE_BODY;
	bytes = http_guard_body_bytes(r);
	if (bytes == 0)
		return MHD_YES;
	if (o->body_limit != NULL)
		limit = o->body_limit(o->app, r->method, r->path);
	limit = limit < 0 ? o->body_bytes_max : min64(limit, o->body_bytes_max);
	/* Refused here, a client that sent Expect: 100-continue never sends the body. */
	if (bytes > limit)
		return refuse(e, MHD_HTTP_CONTENT_TOO_LARGE);
	e->body = buf_on_heap((size_t)limit);
	http_reaper_allow(e->from, o->body_seconds);
	return MHD_YES;
}

/*
 * A chunked body that outgrows its limit is read on and dropped, for the library
 * takes no answer in the middle of a body; body_seconds ends that.
 */
static void
take_body(struct http_exchange *e, str piece)
{
	if (e->body_too_large)
		return;
	buf_add(&e->body, piece);
	if (!buf_ok(&e->body)) {
		e->body_too_large = true;
		buf_free(&e->body);
	}
}

static enum MHD_Result
hand_over(struct http_exchange *e)
{
	const struct http_options *o = &e->server->options;
	struct http_pool *pool = &e->server->pool;

	if (e->body_too_large)
		return refuse(e, MHD_HTTP_CONTENT_TOO_LARGE);
	e->request.body = buf_str(&e->body);
	if (!http_pool_reserve(pool))
		return refuse(e, MHD_HTTP_SERVICE_UNAVAILABLE);
	atomic_store(&e->from->deadline, HTTP_NEVER);	/* from here it is we who are slow */
	e->stage = HTTP_STAGE_WORKER;
	e->request.may_hold = o->may_hold != NULL && o->may_hold(o->app, e->request.method, e->request.path);
	/* Before the push: a worker may resume what is not yet suspended. */
	MHD_suspend_connection(e->wire);
	if (!http_pool_push(pool, e)) {
		http_answer_refuse(e, MHD_HTTP_SERVICE_UNAVAILABLE);
		e->stage = HTTP_STAGE_ANSWERED;
		MHD_resume_connection(e->wire);
	}
	return MHD_YES;
}

/* Called by the library: after the head, for each piece of the body, at its end, after a resume. */
static enum MHD_Result
serve(void *cls, struct MHD_Connection *wire, const char *url, const char *method,
    const char *version, const char *piece, size_t *piece_n, void **context)
{
	struct http_exchange *e = *context;

	(void)cls;
	(void)wire;
	(void)url;	/* decoded without care: the guard decodes our own copy */
	assert(e != NULL);
	switch (e->stage) {
	case HTTP_STAGE_HEAD:
		return take_head(e, method, version);
	case HTTP_STAGE_BODY:
		if (*piece_n == 0)
			return hand_over(e);
		take_body(e, (str){ piece, *piece_n });
		*piece_n = 0;
		return MHD_YES;
	case HTTP_STAGE_ANSWERED:
		return deliver(e);
	case HTTP_STAGE_WORKER:
		break;
	}
	panic("http: a suspended exchange was served");
}

static void
on_completed(void *cls, struct MHD_Connection *wire, void **context,
    enum MHD_RequestTerminationCode how)
{
	struct http_server *s = cls;
	struct http_exchange *e = *context;

	(void)wire;
	(void)how;
	if (e == NULL)
		return;
	assert(e->stage != HTTP_STAGE_WORKER);
	/* The next request line may come late, then drip; the library sees only the first of the two. */
	http_reaper_allow(e->from, (int64_t)s->options.idle_seconds + s->options.header_seconds);
	if (e->answer != NULL)	/* the client left before it could be queued */
		MHD_destroy_response(e->answer);
	buf_free(&e->body);
	arena_free(&e->mem);
	mem_free(e);
	*context = NULL;
	atomic_fetch_sub(&s->in_flight, 1);
}

static void
describe_peer(const struct sockaddr *address, char *ret, socklen_t ret_bytes)
{
	const void *bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

	if (address->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
	if (inet_ntop(address->sa_family, bytes, ret, ret_bytes) == NULL)
		ret[0] = '\0';
}

static void
on_connection(void *cls, struct MHD_Connection *wire, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	struct http_server *s = cls;
	struct http_connection *c = *context;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		http_reaper_remove(&s->reaper, c);
		mem_free(c);
		*context = NULL;
		return;
	}
	c = mem_alloc(1, sizeof(*c));
	c->fd = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	describe_peer(MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
	    c->peer, sizeof(c->peer));
	http_reaper_allow(c, s->options.header_seconds);
	http_reaper_add(&s->reaper, c);
	*context = c;
}

/* The library's own decoding stops at an encoded NUL; without it, url stays raw and unused. */
static size_t
leave_escaped(void *cls, struct MHD_Connection *wire, char *url)
{
	(void)cls;
	(void)wire;
	return strlen(url);
}

/* ---- the server ---- */

static err
listen_failed(const struct http_options *o, const char *what)
{
	LOG_ERROR("http", what, LOG_TEXT("address", o->address), LOG_INT("port", o->port),
	    LOG_TEXT("error", strerror(errno)));
	return ERR_IO;
}

static socklen_t
parse_address(const struct http_options *o, struct sockaddr_storage *ret)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)o->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)o->port) };

	if (inet_pton(AF_INET, o->address, &v4.sin_addr) == 1) {
		memcpy(ret, &v4, sizeof(v4));
		return sizeof(v4);
	}
	if (inet_pton(AF_INET6, o->address, &v6.sin6_addr) == 1) {
		memcpy(ret, &v6, sizeof(v6));
		return sizeof(v6);
	}
	errno = EINVAL;
	return 0;
}

/* Our own socket rather than the library's: its errors can be told, and drained connections refused. */
static err
start_listening(struct http_server *s)
{
	const struct http_options *o = &s->options;
	struct sockaddr_storage address = {0};
	socklen_t n = parse_address(o, &address);
	int on = 1;

	if (n == 0)
		return listen_failed(o, "not an address");
	s->listener = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->listener < 0)
		return listen_failed(o, "no socket");
	/* Accepted sockets inherit TCP_NODELAY: no answer waits for an acknowledgement. */
	if (setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    setsockopt(s->listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
	    bind(s->listener, (struct sockaddr *)&address, n) != 0 ||
	    listen(s->listener, BACKLOG) != 0 ||
	    getsockname(s->listener, (struct sockaddr *)&address, &n) != 0)
		return listen_failed(o, "cannot listen");
	/* The port lies at the same place in both families. */
	s->port = ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
	return OK;
}

static err
start_daemon(struct http_server *s)
{
	const struct http_options *o = &s->options;
	struct MHD_OptionItem items[] = {
		{ MHD_OPTION_LISTEN_SOCKET, s->listener, NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, o->event_threads, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, o->connections_max, NULL },
		/* Behind a proxy all connections come from one address. */
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->trust_proxy ? 0 : o->per_address_max, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, o->idle_seconds, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_POOL_BYTES, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, s },
		{ MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, s },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, s },
		{ MHD_OPTION_END, 0, NULL },
	};

	/*
	 * Without the library's log: after a good start it only tells of clients'
	 * mistakes, which http_counts counts.
	 */
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
	    NULL, serve, s, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
	if (s->daemon == NULL)
		return listen_failed(&s->options, "the HTTP library did not start");
	return OK;
}

/* Releases a server in whatever state http_start left it. */
static void
release(struct http_server **server)
{
	struct http_server *s = *server;

	if (s == NULL)
		return;
	http_pool_stop(&s->pool, &s->options);
	/*
	 * The library aborts if a connection is suspended now.  None is: the pool
	 * has answered all it had, and takes no more.
	 */
	if (s->daemon != NULL)
		MHD_stop_daemon(s->daemon);
	http_reaper_stop(&s->reaper);
	if (s->listener >= 0)
		(void)close(s->listener);
	mem_free(s);
	*server = NULL;
}

err
http_start(const struct http_options *o, struct http_server **ret)
{
	CLEANUP(release) struct http_server *s = mem_alloc(1, sizeof(*s));

	assert(o->event_threads > 0 && o->connections_max >= o->event_threads);
	assert(o->header_seconds > 0 && o->body_seconds > 0 && o->idle_seconds > 0);
	assert(o->per_address_max >= 0 && o->body_bytes_max >= 0);
	s->options = *o;
	s->listener = -1;
	TRY(start_listening(s));
	TRY(http_pool_start(&s->pool, &s->options));
	TRY(http_reaper_start(&s->reaper));
	TRY(start_daemon(s));
	*ret = s;
	s = NULL;
	return OK;
}

int
http_port(const struct http_server *s)
{
	return s->port;
}

static void
await_quiet(const struct http_server *s, int64_t milliseconds)
{
	static const struct timespec pause = { .tv_nsec = DRAIN_POLL_MILLISECONDS * 1000000L };

	for (; milliseconds > 0 && atomic_load(&s->in_flight) > 0; milliseconds -= DRAIN_POLL_MILLISECONDS)
		(void)nanosleep(&pause, NULL);
}

void
http_stop(struct http_server *s, int drain_seconds)
{
	if (s == NULL)
		return;
	atomic_store(&s->draining, true);
	(void)MHD_quiesce_daemon(s->daemon);
	/* Refuses newcomers at once; the descriptor must stay open until the library has stopped. */
	(void)shutdown(s->listener, SHUT_RDWR);
	await_quiet(s, (int64_t)drain_seconds * 1000);
	http_pool_hurry(&s->pool);
	http_pool_stop(&s->pool, &s->options);
	await_quiet(s, LAST_WORDS_MILLISECONDS);
	release(&s);
}

struct http_counts
http_counts(const struct http_server *s)
{
	return (struct http_counts){
		.connections = atomic_load(&s->reaper.connections),
		.in_flight = atomic_load(&s->in_flight),
		.requests = atomic_load(&s->requests),
		.refused = atomic_load(&s->refused),
	};
}
