/*
 * http.h - an HTTP/1.1 server behind a narrow face (RFC 9110, RFC 9112).
 *
 * Event threads parse, limit and time out; a bounded pool of workers, each
 * with state of its own, runs the handler; slow clients cost no worker.
 * No type of the library behind it is visible here.
 * Meant to stand on the loopback interface or behind a proxy that the operator
 * declares; TLS and the open Internet are the proxy's.
 */
#ifndef HTTP_H
#define HTTP_H

#include "base/buf.h"

enum {
	HTTP_HEADERS_MAX = 64,
	HTTP_HEAD_BYTES_MAX = 16 * 1024,	/* request line and headers: 431 beyond */
	HTTP_TARGET_BYTES_MAX = 4096,		/* 414 beyond */
	HTTP_RESPONSE_HEADERS_MAX = 24,
	HTTP_WAITING_PER_WORKER = 32,		/* requests queued for a worker: 503 beyond */
	HTTP_SEND_BYTES_PER_SECOND_MIN = 8192,	/* who reads an answer more slowly is cut */
	HTTP_HELD_MAX = 64,			/* answers that are held back at a time */
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_OPTIONS, HTTP_OTHER };

struct http_pair { str name, value; };

struct http_request {
	enum http_method	 method;
	str			 method_name;
	str			 path;		/* decoded, valid UTF-8, no NUL, no dot segment */
	str			 query;		/* as sent, without '?' */
	struct http_pair	 headers[HTTP_HEADERS_MAX];
	size_t			 headers_n;
	str			 body;
	str			 peer;		/* address; the proxy's word where it is trusted */
	bool			 secure;	/* the client's side is HTTPS */
	bool			 may_hold;	/* its answer may be held: see http_options.settle */
	struct arena		*mem;		/* lives until the answer is sent */
};

struct http_response {
	int			 status;
	struct http_pair	 headers[HTTP_RESPONSE_HEADERS_MAX];
	size_t			 headers_n;
	str			 body;		/* in the request's arena, or for ever (assets) */
	struct http_shared	*shared;	/* instead of body: a counted block, released when sent */
	bool			 held;		/* not to be sent before settle; only if may_hold */
};

struct http_held { struct http_request *request; struct http_response *response; };
/* A counted block of bytes that many answers may send at once (caches). */
struct http_shared;
struct http_shared *http_shared_make(str bytes);	/* copies */
struct http_shared *http_shared_take(struct http_shared *);
void http_shared_release(struct http_shared *);
str  http_shared_str(const struct http_shared *);

/* Case-insensitive; empty if absent. */
str  http_header(const struct http_request *, str name);
/* One cookie of the request; empty if absent. */
str  http_cookie(const struct http_request *, str name);
/* The first field of that name in an application/x-www-form-urlencoded text, decoded;
 * false: absent, or it comes after an undecodable field. */
bool http_form_get(struct arena *, str form, str name, str *ret);
/* Walk all fields; false at the end.  A field that is no percent-encoded UTF-8 ends
 * the walk with *ret_invalid set.  How many there may be, the caller counts. */
bool http_form_next(struct arena *, str *rest, struct http_pair *ret, bool *ret_invalid);

/* Replaces the header of that name (Set-Cookie adds one); an empty value removes it.
 * Names and values must be free of control bytes: panics otherwise, for they are ours. */
void http_set(struct http_response *, str name, str value);

struct http_options {
	const char	*address;	/* "127.0.0.1", "::1"; port 0 picks a free one */
	int		 port;
	int		 event_threads, workers;
	int		 connections_max;	/* more wait in the kernel's queue */
	int		 per_address_max;	/* more are closed at once; 0: no limit */
	int		 header_seconds;	/* for a whole head, however it drips */
	int		 body_seconds;	/* for a whole body; an answer: more for a large one */
	int		 idle_seconds;	/* of silence, within a request or between two */
	int64_t		 body_bytes_max;	/* 413 beyond; held in memory */
	bool		 trust_proxy;	/* take X-Forwarded-For and -Proto's last hop; per_address_max is off */
	/* A worker's own state, made and released in http_start's and http_stop's
	 * thread; a failing worker_start fails the start. */
	err		 (*worker_start)(void *app, void **ret_worker);
	void		 (*worker_end)(void *app, void *worker);
	/* Fill the response; never blocks for ever. */
	void		 (*handle)(void *worker, struct http_request *, struct http_response *);
	/* May handle hold this one's answer, because it waits for a disk?  In an event thread; NULL: no. */
	bool		(*may_hold)(void *app, enum http_method, str path);
	/* Wait for what held answers wait for, and mend those that prove untrue; then they are sent.  One
	 * worker at a time does such requests, until none waits, HTTP_HELD_MAX are held, or 5 ms are over. */
	void		(*settle)(void *worker, const struct http_held *, size_t n);
	/* The largest body that this target takes, asked before a byte of it is read,
	 * in an event thread; -1, or a NULL callback: no limit of its own. */
	int64_t		 (*body_limit)(void *app, enum http_method, str path);
	/* Word a refusal of the server's own (400 413 414 431 503) for people.  In an event
	 * thread (at a hurried stop a worker's): no waiting.  The request may be incomplete.
	 * NULL: a short English text.
	 * (What overflows even the library's buffers, or is no request line, gets its own page.) */
	void		 (*refuse)(void *app, int status, struct http_request *, struct http_response *);
	void		*app;
};

struct http_server;
/* Options are copied. ERR_IO: the address is taken or not ours (logged). */
err  http_start(const struct http_options *, struct http_server **) MUST_USE;
int  http_port(const struct http_server *);
/* Stop accepting, finish requests in flight (at most drain_seconds, but never
 * before a handler that runs has returned), release all. */
void http_stop(struct http_server *, int drain_seconds);

struct http_counts { int64_t connections, in_flight, requests, refused; };
struct http_counts http_counts(const struct http_server *);

#endif
