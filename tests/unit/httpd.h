/*
 * httpd.h - an HTTP server under test with a small application behind it, and a
 * client without manners that speaks to it byte by byte.
 */
#ifndef HTTPD_H
#define HTTPD_H

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>

#include "base/buf.h"
#include "net/http.h"

enum {
	ANSWER_BYTES_MAX = 64 * 1024,
	WAIT_MILLISECONDS = 8000,	/* for what must come: far above any real delay */
	UPLOAD_MAX = 1000,		/* bytes that /upload takes */
	BODY_MAX = 100 * 1000,		/* bytes that any other path takes */
};

/* /echo gives the body back, /block the shared block, /who the peer; /gate waits until it
 * is open; the answer of /hold is held, and /lost too, which settling makes a 503; any
 * other path is answered with its method, path and query. */
struct app {
	_Atomic int	 started, ended, handled;
	int		 fail_at;	/* this worker_start fails; 0: none */
	_Atomic bool	 gate_open;
	_Atomic int	 at_gate;
	_Atomic bool	 settling_waits;	/* for the gate */
	_Atomic int	 settlings, settled;	/* calls, and answers in all of them */
	struct http_shared *_Atomic block;
};

struct fixture {
	struct app		 app;
	struct http_options	 options;
	struct http_server	*server;
};

struct client {
	int	 fd;
	size_t	 n;			/* bytes received and not yet taken */
	char	 bytes[ANSWER_BYTES_MAX + 1];
};

struct answer {
	int	 status;		/* 0: the server closed without a word */
	char	 head[4096], body[ANSWER_BYTES_MAX + 1];
	size_t	 body_n;
};

/* Set-up and tear-down of a test: options to be changed before the start. */
int  httpd_prepare(void **state);
struct fixture *httpd_start(void **state);
int  httpd_finish(void **state);
/* A block of zeros for /block. */
void httpd_make_block(struct fixture *, size_t bytes);
void httpd_pause(int milliseconds);

/* Fails the test if it does not come true: the counters follow the client by a moment. */
void httpd_await(const struct fixture *, bool (*is)(const struct fixture *));
bool httpd_is_quiet(const struct fixture *);	/* no connection, nothing in flight */
bool httpd_is_at_gate(const struct fixture *);	/* a handler waits there */

/* A connected socket, or -1. */
int  httpd_try_dial(const struct fixture *);
struct client *httpd_dial(const struct fixture *);
void httpd_hang_up(struct client *);
void httpd_say(const struct client *, const char *text);
/* More bytes from the server; false: it closed, or nothing came in time. */
bool httpd_listen(struct client *, int milliseconds);
/* One answer, of a HEAD without body; what follows stays for the next call. */
struct answer httpd_hear(struct client *, bool with_body);
bool httpd_is_closed(struct client *);
/* Of one request on a connection of its own. */
int  httpd_status_of(const struct fixture *, const char *request);
int  httpd_status_of_bytes(const struct fixture *, str request);

#endif
