/* cmd_serve.c - `serment serve`: from the command line to a server that answers, and to its end. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "app/commands.h"
#include "app/config.h"
#include "app/demo.h"
#include "app/file.h"
#include "app/jobs.h"
#include "base/log.h"
#include "practice/free.h"
#include "store/db_held.h"
#include "web/web.h"

enum {
	HEADER_SECONDS = 10, BODY_SECONDS = 30, IDLE_SECONDS = 60,
	DRAIN_SECONDS = 10,
	SPARE_HANDLES = 1,	/* for filling the demonstration */
};

/* Everything that one run of the server has; the HTTP layer's `app`. */
struct serve {
	struct config		 config;
	struct server		*server;
	struct metrics		 metrics;
	struct sender		*sender;
	struct jobs		*jobs;
	struct http_server	*http;
	struct web_site		 site;
};

/* A worker thread's own state; what stands beside the answers that it holds back. */
struct worker {
	struct serve	*serve;
	struct db	*db;
	struct waiting { usec began; size_t changes; } waiting[HTTP_HELD_MAX];
	size_t		 waiting_n;
};

/* --- what the HTTP layer calls --- */

static err
worker_start(void *app, void **ret)
{
	struct serve *s = app;
	struct worker *w = mem_alloc(1, sizeof(*w));
	err e;

	w->serve = s;
	if ((e = db_open(s->server->store, &w->db)) != OK) {
		mem_free(w);
		return e;
	}
	*ret = w;
	return OK;
}

static void
worker_end(void *app, void *worker)
{
	struct worker *w = worker;

	(void)app;
	db_close(w->db);
	mem_free(w);
}

static void
handle(void *worker, struct http_request *request, struct http_response *response)
{
	struct worker *w = worker;
	struct serve *s = w->serve;
	usec began = clock_monotonic();
	struct ctx c = server_ctx(s->server, request->mem, w->db);

	size_t held = db_held(w->db);

	/* Nobody in particular, until the router has found out who it is. */
	c.role = ROLE_PUBLIC;
	db_hold(w->db, request->may_hold);
	web_handle(&c, &s->site, request, response);
	if (db_held(w->db) > held) {
		response->held = true;
		w->waiting[w->waiting_n++] = (struct waiting){ began, db_held(w->db) - held };
	} else {
		metrics_request(&s->metrics, response->status, clock_monotonic() - began);
	}
}

static bool
may_hold(void *app, enum http_method method, str path)
{
	struct serve *s = app;

	return store_is_sqlite(s->server->store) && web_may_hold(method, path);
}

/* An answer stands if all its changes do. */
static err
worst(const err *each, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(each[i]);
	return OK;
}

static void
not_saved(struct worker *w, const struct http_held *h)
{
	struct ctx c = server_ctx(w->serve->server, h->request->mem, w->db);

	/* Memory was told of time that nobody has taken after all. */
	free_forget_all(c.free);
	web_not_saved(&c, &w->serve->site, h->request, h->response);
}

static void
settle(void *worker, const struct http_held *held, size_t n)
{
	struct worker *w = worker;
	struct serve *s = w->serve;
	err each[DB_HELD_MAX] = {0};
	const err *next = each;

	assert(n == w->waiting_n);
	db_settle(w->db, each);
	for (size_t i = 0; i < n; i++) {
		if (worst(next, w->waiting[i].changes) != OK)
			not_saved(w, &held[i]);
		next += w->waiting[i].changes;
		metrics_request(&s->metrics, held[i].response->status,
		    clock_monotonic() - w->waiting[i].began);
	}
	w->waiting_n = 0;
}

static int64_t
body_limit(void *app, enum http_method method, str path)
{
	(void)app;
	return web_body_limit(method, path);
}

static void
refuse(void *app, int status, struct http_request *request, struct http_response *response)
{
	struct serve *s = app;

	web_refuse(&s->site, status, request, response);
}

static err
print_metrics(void *app, struct buf *b)
{
	struct serve *s = app;

	metrics_print(&s->metrics, clock_monotonic(), b);
	return buf_ok(b) ? OK : ERR_TOO_LARGE;
}

/* --- from options to a running server --- */

static err
override(const struct arguments *a, const char *key, struct config *c, str *ret_why)
{
	const char *value = argument(a, key);

	return value == NULL ? OK : config_set(a->mem, key, str_c(value), c, ret_why);
}

/* The file, if there is one; what the command line says outranks it. */
static err
configure(const struct arguments *a, const char *dir, struct config *c, str *ret_why)
{
	const char *file = argument(a, "config");

	config_defaults(c);
	if (file == NULL && dir != NULL && file_exists(file_join(a->mem, dir, FOLDER_CONFIG)))
		file = file_join(a->mem, dir, FOLDER_CONFIG);
	if (file != NULL)
		TRY(config_read(a->mem, file, c, ret_why));
	TRY(override(a, "listen", c, ret_why));
	TRY(override(a, "store", c, ret_why));
	return config_check(a->mem, c, ret_why);
}

static enum exit_code
print_config(const struct arguments *a, const struct config *c)
{
	struct buf b = buf_in(a->mem, CONFIG_FILE_BYTES_MAX);

	config_print(c, &b);
	return command_print(&b);
}

/* "http://127.0.0.1:8080": with the port that was picked. */
static const char *
own_url(struct arena *mem, const char *address, int port)
{
	bool six = str_find(str_c(address), ':') >= 0;

	return str_z(mem, str_printf(mem, "http://%s%s%s:%d", six ? "[" : "", address, six ? "]" : "", port));
}

static err
http_begin(struct serve *s, const char *address, int port)
{
	const struct config *c = &s->config;
	struct http_options o = {
		.address = address, .port = port,
		.event_threads = c->event_threads, .workers = c->workers,
		.connections_max = c->connections_max, .per_address_max = c->connections_per_address_max,
		.header_seconds = HEADER_SECONDS, .body_seconds = BODY_SECONDS, .idle_seconds = IDLE_SECONDS,
		.body_bytes_max = WEB_UPLOAD_BYTES_MAX, .trust_proxy = c->trust_proxy,
		.worker_start = worker_start, .worker_end = worker_end, .handle = handle,
		.may_hold = may_hold, .settle = settle, .body_limit = body_limit, .refuse = refuse, .app = s,
	};

	TRY(http_start(&o, &s->http));
	s->metrics.http = s->http;
	return OK;
}

static struct imprint
imprint_of(const struct config *c)
{
	return (struct imprint){
		.name = str_c(c->operator_name), .legal_form = str_c(c->operator_legal_form),
		.address = str_c(c->operator_address), .registration = str_c(c->operator_registration),
		.email = str_c(c->operator_email), .phone = str_c(c->operator_phone),
		.director = str_c(c->publication_director), .host_name = str_c(c->host_name),
		.host_address = str_c(c->host_address), .host_phone = str_c(c->host_phone),
	};
}

static err
begin(struct serve *s, const struct arguments *a, const char **ret_url, str *ret_why)
{
	const char *named = s->config.public_url, *address = NULL;
	int port = 0;

	TRY(config_address(a->mem, str_c(s->config.listen), &address, &port));
	s->site = (struct web_site){ .public_url = named[0] != '\0' ? named : own_url(a->mem, address, port),
		.mail_is_sent = s->config.smtp_url[0] != '\0', .demo = argument(a, "demo") != NULL,
		.imprint = imprint_of(&s->config), .metrics = print_metrics, .app = s };
	s->metrics.started_at = clock_monotonic();
	s->metrics.server = s->server;
	*ret_why = str_printf(a->mem, "%s cannot be listened on, see the line above; nothing was changed",
	    s->config.listen);
	TRY(http_begin(s, address, port));
	*ret_url = own_url(a->mem, address, http_port(s->http));
	if (named[0] == '\0' && port == 0)	/* nobody knows the port yet, hence nobody asks yet */
		s->site.public_url = *ret_url;
	TRY(sender_make(a->mem, &s->config, s->site.public_url, &s->sender, ret_why));
	*ret_why = S("the server's own work could not be started, see the line above");
	return jobs_start(s->server, &s->metrics, s->sender, &s->jobs);
}

static void
end(struct serve *s)
{
	if (s->http != NULL)
		http_stop(s->http, DRAIN_SECONDS);
	jobs_stop(s->jobs);
	sender_end(s->sender);
	server_close(&s->server);
}

/* Signals are blocked in every thread, and taken by sigwait() in this one. */
static void
signals_block(sigset_t *ret)
{
	(void)sigemptyset(ret);
	(void)sigaddset(ret, SIGTERM);
	(void)sigaddset(ret, SIGINT);
	if (pthread_sigmask(SIG_BLOCK, ret, NULL) != 0)
		panic("serve: signals");
}

static enum exit_code
run(struct serve *s, const struct arguments *a, const sigset_t *signals)
{
	struct buf line = buf_in(a->mem, COMMAND_HELP_BYTES_MAX);
	const char *url;
	int signal = 0;
	str why = {0};

	if (argument(a, "demo") != NULL && demo_ensure(s->server, a->mem, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	if (begin(s, a, &url, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	buf_printf(&line, "listening on %s\n", url);
	if (command_print(&line) != EXIT_DONE)
		return EXIT_FAILED;
	LOG_INFO("serve", "ready", LOG_TEXT("url", url), LOG_INT("workers", s->config.workers));
	while (sigwait(signals, &signal) != 0)
		;
	LOG_INFO("serve", "stopping", LOG_INT("signal", signal));
	return EXIT_DONE;
}

enum exit_code
cmd_serve(const struct arguments *a)
{
	const char *dir = argument(a, "dir");
	struct serve s = {0};
	sigset_t signals;
	str why = {0};

	if (configure(a, dir, &s.config, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	if (argument(a, "print-config") != NULL)
		return print_config(a, &s.config);
	if ((dir = command_dir(a)) == NULL)
		return EXIT_USAGE;
	log_set_level((enum log_level)s.config.log_level);
	signals_block(&signals);
	struct server_options o = { .dir = dir, .store = s.config.store, .now = argument(a, "now"),
		.handles = s.config.workers + JOBS_THREADS + SPARE_HANDLES, .alone = true };
	if (server_open(a->mem, &o, &s.server, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	enum exit_code code = run(&s, a, &signals);
	end(&s);
	return code;
}
