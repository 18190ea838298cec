/* test_http_life.c - slow and rude clients, crowds, and the server's beginning and end. */
#include "httpd.h"

#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BLOCK_BYTES = 1000 * 1000 };

/* ---- slow and rude clients (T29) ---- */

static double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Sends a byte every 100 ms; how long until the server hangs up. */
static double
drip(struct client *c)
{
	double begun = seconds_now();
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	while (seconds_now() - begun < 8) {
		httpd_say(c, "a");
		if (poll(&p, 1, 100) == 1 && !httpd_listen(c, 0))
			break;
	}
	return seconds_now() - begun;
}

static void
a_head_that_drips_is_cut(void **state)
{
	static const char *const beginnings[] = { "", "GET /", "GET / HTTP/1.1\r\nHost: h\r\nX: " };
	struct fixture *f = *state;

	f->options.header_seconds = 1;
	httpd_start(state);
	for (size_t i = 0; i < COUNT(beginnings); i++) {
		struct client *c = httpd_dial(f);

		httpd_say(c, beginnings[i]);
		double seconds = drip(c);

		assert_true(seconds > 0.8 && seconds < 3);
		httpd_hang_up(c);
	}
	httpd_await(f, httpd_is_quiet);
}

static void
a_body_that_drips_is_cut(void **state)
{
	struct fixture *f = *state;

	f->options.body_seconds = 1;
	httpd_start(state);
	struct client *c = httpd_dial(f);

	httpd_say(c, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
	double seconds = drip(c);

	assert_true(seconds > 0.8 && seconds < 3);
	httpd_hang_up(c);
	httpd_await(f, httpd_is_quiet);
	assert_int_equal(f->app.handled, 0);
}

static void
a_reader_that_stalls_is_cut(void **state)
{
	struct fixture *f = *state;

	f->options.idle_seconds = 1;
	httpd_start(state);
	httpd_make_block(f, 32 * BLOCK_BYTES);
	struct client *c = httpd_dial(f);

	httpd_say(c, "GET /block HTTP/1.1\r\nHost: h\r\n\r\n");
	double begun = seconds_now();

	while (http_counts(f->server).requests == 0)
		httpd_pause(1);
	httpd_await(f, httpd_is_quiet);
	assert_true(seconds_now() - begun < 5);
	httpd_hang_up(c);
}

static void
a_silent_connection_is_closed(void **state)
{
	struct fixture *f = *state;

	f->options.idle_seconds = 1;
	httpd_start(state);
	struct client *c = httpd_dial(f);

	httpd_say(c, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(httpd_hear(c, true).status, 200);
	double begun = seconds_now();

	assert_true(httpd_is_closed(c));
	assert_true(seconds_now() - begun < 5);
	httpd_hang_up(c);
}

static void
clients_that_leave_in_the_middle_do_no_harm(void **state)
{
	static const char *const beginnings[] = {
		"", "G", "GET / HTTP/1.1\r\n", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
		"POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
		"GET /x HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\nHost: h\r\n\r\n",
		"GET /gate HTTP/1.1\r\nHost: h\r\n\r\n", "GET /block HTTP/1.1\r\nHost: h\r\n\r\n",
	};
	static const struct linger reset = { .l_onoff = 1 };
	struct fixture *f = httpd_start(state);

	httpd_make_block(f, 8 * BLOCK_BYTES);
	for (size_t i = 0; i < 2 * COUNT(beginnings); i++) {
		struct client *c = httpd_dial(f);

		httpd_say(c, beginnings[i / 2]);
		httpd_pause(5);
		if (i % 2 == 1)		/* once with FIN, once with RST */
			setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		httpd_hang_up(c);
	}
	atomic_store(&f->app.gate_open, true);
	httpd_await(f, httpd_is_quiet);
	assert_int_equal(httpd_status_of(f, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
}

/* ---- crowds ---- */

struct visitor {
	const struct fixture	*fixture;
	pthread_t		 thread;
	int			 number, good;
};

static void *
visit(void *arg)
{
	struct visitor *v = arg;
	struct client *c = httpd_dial(v->fixture);
	char request[128], expected[64];

	for (int i = 0; i < 5; i++) {
		snprintf(expected, sizeof(expected), "visitor %d, request %d", v->number, i);
		snprintf(request, sizeof(request), "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n%s",
		    strlen(expected), expected);
		httpd_say(c, request);
		v->good += strcmp(httpd_hear(c, true).body, expected) == 0;
	}
	httpd_hang_up(c);
	return NULL;
}

static void
a_hundred_clients_get_their_own_answers(void **state)
{
	struct fixture *f = httpd_start(state);
	struct visitor visitors[100];

	for (int i = 0; i < 100; i++) {
		visitors[i] = (struct visitor){ .fixture = f, .number = i };
		assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
	}
	for (int i = 0; i < 100; i++) {
		pthread_join(visitors[i].thread, NULL);
		assert_int_equal(visitors[i].good, 5);
	}
	assert_int_equal(f->app.handled, 500);
}

static void
a_connection_beyond_the_limit_waits_for_its_turn(void **state)
{
	struct fixture *f = *state;

	f->options.event_threads = 1;
	f->options.connections_max = 3;
	httpd_start(state);
	struct client *c[4];

	for (int i = 0; i < 4; i++) {
		c[i] = httpd_dial(f);
		httpd_say(c[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
		if (i < 3)
			assert_int_equal(httpd_hear(c[i], true).status, 200);
	}
	assert_false(httpd_listen(c[3], 200));
	assert_int_equal(http_counts(f->server).connections, 3);
	httpd_hang_up(c[0]);
	assert_int_equal(httpd_hear(c[3], true).status, 200);
	for (int i = 1; i < 4; i++)
		httpd_hang_up(c[i]);
}

static void
one_address_holds_only_so_many_connections(void **state)
{
	struct fixture *f = *state;

	f->options.per_address_max = 3;
	for (int behind_proxy = 0; behind_proxy < 2; behind_proxy++) {
		struct client *c[4];

		f->options.trust_proxy = behind_proxy == 1;
		httpd_start(state);
		for (int i = 0; i < 4; i++) {
			c[i] = httpd_dial(f);
			httpd_say(c[i], "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
			assert_int_equal(httpd_hear(c[i], true).status, i < 3 || behind_proxy ? 200 : 0);
		}
		for (int i = 0; i < 4; i++)
			httpd_hang_up(c[i]);
		if (!behind_proxy)
			http_stop(f->server, 5);
	}
}

static void
beyond_a_full_queue_the_answer_is_503_at_once(void **state)
{
	enum { PLACES = 1 + HTTP_WAITING_PER_WORKER };
	struct fixture *f = *state;
	struct client *c[PLACES];

	f->options.workers = 1;
	httpd_start(state);
	for (int i = 0; i < PLACES; i++) {
		c[i] = httpd_dial(f);
		httpd_say(c[i], "GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
		if (i == 0)	/* the worker is busy: all others wait in the queue */
			httpd_await(f, httpd_is_at_gate);
	}
	while (http_counts(f->server).in_flight < PLACES)
		httpd_pause(1);
	httpd_pause(50);
	struct client *late = httpd_dial(f);

	httpd_say(late, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	struct answer a = httpd_hear(late, true);

	assert_int_equal(a.status, 503);
	assert_non_null(strstr(a.head, "Retry-After: "));
	atomic_store(&f->app.gate_open, true);
	for (int i = 0; i < PLACES; i++) {
		assert_int_equal(httpd_hear(c[i], true).status, 200);
		httpd_hang_up(c[i]);
	}
	httpd_say(late, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");	/* the connection was kept */
	assert_int_equal(httpd_hear(late, true).status, 200);
	httpd_hang_up(late);
}

static void
a_shared_block_is_released_when_it_was_sent(void **state)
{
	struct fixture *f = httpd_start(state);
	/* Blocks this large have pages of their own; a sanitizer's heap counts leaks instead. */
	size_t before = mallinfo2().hblkhd;

	for (int round = 0; round < 4; round++) {
		httpd_make_block(f, BLOCK_BYTES);
		for (int i = 0; i < 3; i++) {
			struct client *c = httpd_dial(f);
			size_t received = 0;

			httpd_say(c, i == 0 ? "HEAD /block HTTP/1.0\r\nHost: h\r\n\r\n" :
			    "GET /block HTTP/1.0\r\nHost: h\r\n\r\n");
			for (; httpd_listen(c, WAIT_MILLISECONDS); c->n = 0)
				received += c->n;
			assert_true(i == 0 ? received > 0 && received < 1000 : received > BLOCK_BYTES);
			httpd_hang_up(c);
		}
		httpd_await(f, httpd_is_quiet);
		http_shared_release(f->app.block);
		atomic_store(&f->app.block, NULL);
	}
	assert_true(mallinfo2().hblkhd <= before + BLOCK_BYTES);
}

/* ---- beginning and end ---- */

static void *
stop_with_time(void *server)
{
	http_stop(server, 8);
	return NULL;
}

static void *
stop_in_a_hurry(void *server)
{
	http_stop(server, 0);
	return NULL;
}

static bool
refuses_newcomers(const struct fixture *f)
{
	int fd = httpd_try_dial(f);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}

/* ---- answers that are held ---- */

static bool
is_settling(const struct fixture *f)
{
	return f->app.at_gate == 1;
}

static bool
nine_are_handled(const struct fixture *f)
{
	return f->app.handled == 9;
}

static void
held_answers_leave_when_they_are_settled_and_others_do_not_wait_for_them(void **state)
{
	struct fixture *f = httpd_start(state);
	struct client *held[8];

	atomic_store(&f->app.settling_waits, true);
	for (int i = 0; i < 8; i++) {
		held[i] = httpd_dial(f);
		httpd_say(held[i], "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
		if (i == 0)	/* the first is settled alone; the others wait for the one worker meanwhile */
			httpd_await(f, is_settling);
	}
	assert_int_equal(httpd_status_of(f, "GET /plain HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
	assert_int_equal(f->app.handled, 2);
	for (int i = 0; i < 8; i++)
		assert_false(httpd_listen(held[i], 10));
	assert_int_equal(f->app.settled, 0);
	atomic_store(&f->app.gate_open, true);
	for (int i = 0; i < 8; i++) {
		assert_string_equal(httpd_hear(held[i], true).body, "GET /hold ?");
		httpd_hang_up(held[i]);
	}
	httpd_await(f, nine_are_handled);
	assert_int_equal(f->app.settled, 8);
	assert_true(f->app.settlings < 8);
}

static void
settling_has_the_last_word_on_a_held_answer(void **state)
{
	struct fixture *f = httpd_start(state);

	assert_int_equal(httpd_status_of(f, "GET /lost HTTP/1.1\r\nHost: h\r\n\r\n"), 503);
	assert_int_equal(httpd_status_of(f, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
	assert_int_equal(f->app.settled, 2);
}

static void
a_stop_settles_what_is_held(void **state)
{
	struct fixture *f = httpd_start(state);
	struct client *c = httpd_dial(f);
	pthread_t stopper;

	atomic_store(&f->app.settling_waits, true);
	httpd_say(c, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
	httpd_await(f, is_settling);
	assert_int_equal(pthread_create(&stopper, NULL, stop_in_a_hurry, f->server), 0);
	httpd_await(f, refuses_newcomers);
	assert_false(httpd_listen(c, 50));
	atomic_store(&f->app.gate_open, true);
	assert_int_equal(httpd_hear(c, true).status, 200);
	pthread_join(stopper, NULL);
	f->server = NULL;
	httpd_hang_up(c);
}

static void
a_stop_finishes_requests_in_flight(void **state)
{
	struct fixture *f = httpd_start(state);
	struct client *c = httpd_dial(f), *idle = httpd_dial(f);
	pthread_t stopper;

	httpd_say(c, "GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
	httpd_await(f, httpd_is_at_gate);
	assert_int_equal(pthread_create(&stopper, NULL, stop_with_time, f->server), 0);
	httpd_await(f, refuses_newcomers);
	assert_false(httpd_listen(c, 100));
	atomic_store(&f->app.gate_open, true);
	struct answer a = httpd_hear(c, true);

	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "GET /gate ?");
	assert_non_null(strstr(a.head, "Connection: close\r\n"));
	pthread_join(stopper, NULL);
	assert_true(httpd_is_closed(idle));
	assert_int_equal(f->app.ended, f->options.workers);
	f->server = NULL;
	httpd_hang_up(c);
	httpd_hang_up(idle);
}

static void
a_hurried_stop_refuses_what_still_waits(void **state)
{
	struct fixture *f = *state;
	struct client *running, *waiting, *sending;
	pthread_t stopper;

	f->options.workers = 1;
	httpd_start(state);
	running = httpd_dial(f);
	httpd_say(running, "GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
	httpd_await(f, httpd_is_at_gate);
	waiting = httpd_dial(f);
	httpd_say(waiting, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
	sending = httpd_dial(f);
	httpd_say(sending, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc");
	while (http_counts(f->server).in_flight < 3)
		httpd_pause(1);
	httpd_pause(50);
	assert_int_equal(pthread_create(&stopper, NULL, stop_in_a_hurry, f->server), 0);
	httpd_await(f, refuses_newcomers);
	httpd_pause(50);
	atomic_store(&f->app.gate_open, true);
	assert_int_equal(httpd_hear(running, true).status, 200);
	assert_int_equal(httpd_hear(waiting, true).status, 503);
	assert_true(httpd_is_closed(sending));
	pthread_join(stopper, NULL);
	f->server = NULL;
	assert_int_equal(f->app.handled, 1);
	httpd_hang_up(running);
	httpd_hang_up(waiting);
	httpd_hang_up(sending);
}

static void
a_worker_that_cannot_start_fails_the_start(void **state)
{
	struct fixture *f = *state;

	f->app.fail_at = 3;
	assert_int_equal(http_start(&f->options, &f->server), ERR_STORE);
	assert_null(f->server);
	assert_int_equal(f->app.started, 3);
	assert_int_equal(f->app.ended, 2);	/* those that had started */
}

static void
an_address_that_is_taken_or_not_ours_fails_the_start(void **state)
{
	static const char *const others[] = { "192.0.2.1", "localhost", "", "::zz" };
	struct fixture *f = httpd_start(state);
	struct http_options second = f->options;
	struct http_server *server = NULL;

	second.port = http_port(f->server);
	assert_int_equal(http_start(&second, &server), ERR_IO);
	second.port = 0;
	for (size_t i = 0; i < COUNT(others); i++) {
		second.address = others[i];
		assert_int_equal(http_start(&second, &server), ERR_IO);
	}
	assert_null(server);
	assert_int_equal(f->app.started, f->options.workers);	/* no worker was woken in vain */
}

#define SERVED(name)	cmocka_unit_test_setup_teardown(name, httpd_prepare, httpd_finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(a_head_that_drips_is_cut),
		SERVED(a_body_that_drips_is_cut),
		SERVED(a_reader_that_stalls_is_cut),
		SERVED(a_silent_connection_is_closed),
		SERVED(clients_that_leave_in_the_middle_do_no_harm),
		SERVED(a_hundred_clients_get_their_own_answers),
		SERVED(a_connection_beyond_the_limit_waits_for_its_turn),
		SERVED(one_address_holds_only_so_many_connections),
		SERVED(beyond_a_full_queue_the_answer_is_503_at_once),
		SERVED(a_shared_block_is_released_when_it_was_sent),
		SERVED(held_answers_leave_when_they_are_settled_and_others_do_not_wait_for_them),
		SERVED(settling_has_the_last_word_on_a_held_answer),
		SERVED(a_stop_settles_what_is_held),
		SERVED(a_stop_finishes_requests_in_flight),
		SERVED(a_hurried_stop_refuses_what_still_waits),
		SERVED(a_worker_that_cannot_start_fails_the_start),
		SERVED(an_address_that_is_taken_or_not_ours_fails_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
