/* httpd.c - see httpd.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd.h"

/* ---- the application behind the server ---- */

void
httpd_pause(int n)
{
	struct timespec t = { n / 1000, (n % 1000) * 1000000L };

	nanosleep(&t, NULL);
}

static err
worker_start(void *arg, void **ret)
{
	struct app *app = arg;

	if (atomic_fetch_add(&app->started, 1) + 1 == app->fail_at)
		return ERR_STORE;
	*ret = app;
	return OK;
}

static void
worker_end(void *arg, void *worker)
{
	struct app *app = arg;

	assert_ptr_equal(app, worker);
	atomic_fetch_add(&app->ended, 1);
}

static void
wait_at_gate(struct app *app)
{
	atomic_fetch_add(&app->at_gate, 1);
	for (int i = 0; i < WAIT_MILLISECONDS && !atomic_load(&app->gate_open); i++)
		httpd_pause(1);
}

static void
handle(void *worker, struct http_request *r, struct http_response *ret)
{
	struct app *app = worker;

	atomic_fetch_add(&app->handled, 1);
	ret->status = 200;
	http_set(ret, S("Content-Type"), S("text/plain"));
	if (str_eq(r->path, S("/echo")))
		ret->body = r->body;
	else if (str_eq(r->path, S("/block")))
		ret->shared = http_shared_take(atomic_load(&app->block));
	else if (str_eq(r->path, S("/who")))
		ret->body = str_printf(r->mem, "%.*s %s", STR_FMT(r->peer), r->secure ? "https" : "http");
	else
		ret->body = str_printf(r->mem, "%.*s %.*s ?%.*s", STR_FMT(r->method_name),
		    STR_FMT(r->path), STR_FMT(r->query));
	if (str_eq(r->path, S("/gate")))
		wait_at_gate(app);
	ret->held = r->may_hold;
}

static bool
may_hold(void *app, enum http_method method, str path)
{
	(void)app;
	(void)method;
	return str_eq(path, S("/hold")) || str_eq(path, S("/lost"));
}

static void
settle(void *worker, const struct http_held *held, size_t n)
{
	struct app *app = worker;

	atomic_fetch_add(&app->settlings, 1);
	if (atomic_load(&app->settling_waits))
		wait_at_gate(app);
	for (size_t i = 0; i < n; i++)
		if (str_eq(held[i].request->path, S("/lost")))
			*held[i].response = (struct http_response){ .status = 503, .body = S("lost") };
	atomic_fetch_add(&app->settled, (int)n);
}

static int64_t
body_limit(void *app, enum http_method method, str path)
{
	(void)app;
	(void)method;
	return str_eq(path, S("/upload")) ? UPLOAD_MAX : -1;
}

int
httpd_prepare(void **state)
{
	struct fixture *f = mem_alloc(1, sizeof(*f));

	f->options = (struct http_options){
		.address = "127.0.0.1", .event_threads = 2, .workers = 4, .connections_max = 200,
		.header_seconds = 30, .body_seconds = 30, .idle_seconds = 30,
		.body_bytes_max = BODY_MAX, .worker_start = worker_start, .worker_end = worker_end,
		.handle = handle, .may_hold = may_hold, .settle = settle, .body_limit = body_limit, .app = &f->app,
	};
	*state = f;
	return 0;
}

struct fixture *
httpd_start(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(http_start(&f->options, &f->server), OK);
	return f;
}

int
httpd_finish(void **state)
{
	struct fixture *f = *state;

	atomic_store(&f->app.gate_open, true);
	http_stop(f->server, 5);
	if (f->server != NULL)
		assert_int_equal(f->app.ended, f->app.started);
	http_shared_release(f->app.block);
	mem_free(f);
	return 0;
}

/* ---- a client without manners ---- */

/* The server's address; its length. */
static socklen_t
address_of(const struct fixture *f, struct sockaddr_storage *ret)
{
	in_port_t port = htons((uint16_t)http_port(f->server));
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = port };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = port };

	if (inet_pton(AF_INET, f->options.address, &v4.sin_addr) == 1) {
		memcpy(ret, &v4, sizeof(v4));
		return sizeof(v4);
	}
	assert_int_equal(inet_pton(AF_INET6, f->options.address, &v6.sin6_addr), 1);
	memcpy(ret, &v6, sizeof(v6));
	return sizeof(v6);
}

int
httpd_try_dial(const struct fixture *f)
{
	struct sockaddr_storage a = {0};
	socklen_t n = address_of(f, &a);
	int fd = socket(a.ss_family, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&a, n) == 0)
		return fd;
	close(fd);
	return -1;
}

struct client *
httpd_dial(const struct fixture *f)
{
	struct client *c = mem_alloc(1, sizeof(*c));

	c->fd = httpd_try_dial(f);
	assert_true(c->fd >= 0);
	return c;
}

void
httpd_hang_up(struct client *c)
{
	close(c->fd);
	mem_free(c);
}

static void
say_bytes(const struct client *c, str s)
{
	while (s.n > 0) {
		ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return;		/* the server has hung up: the answer will show it */
		s = str_slice(s, (size_t)n, s.n);
	}
}

void
httpd_say(const struct client *c, const char *text)
{
	say_bytes(c, str_c(text));
}

bool
httpd_listen(struct client *c, int milliseconds)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	if (poll(&p, 1, milliseconds) != 1)
		return false;
	ssize_t n = recv(c->fd, c->bytes + c->n, ANSWER_BYTES_MAX - c->n, 0);

	if (n <= 0)
		return false;
	c->n += (size_t)n;
	c->bytes[c->n] = '\0';
	return true;
}

struct answer
httpd_hear(struct client *c, bool with_body)
{
	struct answer a = {0};
	char *end, *length;

	while ((end = strstr(c->bytes, "\r\n\r\n")) == NULL)
		if (!httpd_listen(c, WAIT_MILLISECONDS))
			return a;
	size_t head_n = (size_t)(end - c->bytes) + 4;

	assert_true(head_n < sizeof(a.head));
	memcpy(a.head, c->bytes, head_n);
	assert_int_equal(sscanf(a.head, "HTTP/1.1 %d ", &a.status), 1);
	if (with_body && (length = strstr(a.head, "Content-Length: ")) != NULL)
		a.body_n = strtoul(length + strlen("Content-Length: "), NULL, 10);
	while (a.body_n <= ANSWER_BYTES_MAX - head_n && c->n < head_n + a.body_n)
		if (!httpd_listen(c, WAIT_MILLISECONDS))
			break;
	if (a.body_n > c->n - head_n)
		return a;		/* a large one: the test reads on */
	memcpy(a.body, c->bytes + head_n, a.body_n);
	c->n -= head_n + a.body_n;
	memmove(c->bytes, c->bytes + head_n + a.body_n, c->n + 1);
	return a;
}

bool
httpd_is_closed(struct client *c)
{
	while (httpd_listen(c, WAIT_MILLISECONDS))
		c->n = 0;
	char byte;

	return recv(c->fd, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}

int
httpd_status_of_bytes(const struct fixture *f, str request)
{
	struct client *c = httpd_dial(f);

	say_bytes(c, request);
	int status = httpd_hear(c, true).status;

	httpd_hang_up(c);
	return status;
}

int
httpd_status_of(const struct fixture *f, const char *request)
{
	return httpd_status_of_bytes(f, str_c(request));
}

void
httpd_await(const struct fixture *f, bool (*is)(const struct fixture *))
{
	for (int i = 0; i < WAIT_MILLISECONDS && !is(f); i++)
		httpd_pause(1);
	assert_true(is(f));
}

bool
httpd_is_quiet(const struct fixture *f)
{
	struct http_counts n = http_counts(f->server);

	return n.connections == 0 && n.in_flight == 0;
}

bool
httpd_is_at_gate(const struct fixture *f)
{
	return f->app.at_gate > 0;
}

void
httpd_make_block(struct fixture *f, size_t bytes)
{
	char *zeros = mem_alloc(bytes, 1);

	atomic_store(&f->app.block, http_shared_make((str){ zeros, bytes }));
	mem_free(zeros);
}
