/*
 * http_parts.h - what the files of the HTTP server share.  Nobody else includes it.
 *
 * An exchange (one request and its answer) belongs to its connection's event
 * thread, except between http_pool_push and MHD_resume_connection, when it
 * belongs to the worker.  No field of it needs a lock.
 */
#ifndef HTTP_PARTS_H
#define HTTP_PARTS_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "net/http.h"

#define HTTP_NEVER	INT64_MAX

/* A client's connection, as the reaper sees it. */
struct http_connection {
	struct http_connection	*next, **place;
	int			 fd;
	_Atomic int64_t		 deadline;	/* monotonic milliseconds, or HTTP_NEVER */
	char			 peer[INET6_ADDRSTRLEN];
};

enum http_stage {
	HTTP_STAGE_HEAD,	/* the request line is known, not all headers */
	HTTP_STAGE_BODY,
	HTTP_STAGE_WORKER,	/* suspended: queued or in a handler */
	HTTP_STAGE_ANSWERED,
};

struct http_exchange {
	struct http_exchange	*next;		/* in a queue of the workers */
	uint64_t		 number;	/* when it was queued */
	struct http_server	*server;
	struct http_connection	*from;
	struct MHD_Connection	*wire;
	enum http_stage		 stage;
	struct arena		 mem;
	str			 target;	/* raw, copied: the library scribbles on its own */
	const char		*target_at;	/* where it lay, for the guard's accounts */
	struct buf		 body;
	bool			 body_too_large;
	struct http_request	 request;
	struct http_response	 response;
	struct MHD_Response	*answer;	/* of response, ready to be queued */
	size_t			 answer_bytes;
};

/* http_guard.c: distrust of the library's parser.  0: sound, else the status of the refusal. */
int http_guard_head(struct http_exchange *, const char *method, const char *version);
/* Bytes of body that the sound head announces; -1: chunked, known at the end. */
int64_t http_guard_body_bytes(const struct http_request *);

/* form.c: percent-decoding to well-formed UTF-8 (RFC 3986 section 2.1). */
bool http_form_decode(struct arena *, str raw, bool plus_is_space, str *ret);

/* http_answer.c: makes answer of response, keeping nothing of the handler's alive but its arena.
 * Without memory for it answer stays NULL (logged), and the connection is to be closed. */
void http_answer_make(struct http_exchange *, bool close_connection);
/* Fills response with a refusal and makes the answer. */
void http_answer_refuse(struct http_exchange *, int status);

/* http_pool.c: the workers and the bounded queues in front of them. */
struct http_pool {
	pthread_mutex_t		 lock;
	pthread_cond_t		 more;
	struct http_queue { struct http_exchange *first, **last; } plain, holdable;
	uint64_t		 pushed;	/* exchanges, ever: their order over both queues */
	bool			 holder;	/* a worker is at holdable exchanges, until it settles */
	_Atomic int		 waiting;	/* reserved places, each soon to be pushed */
	int			 waiting_max;
	int			 sleeping;	/* workers in pthread_cond_wait */
	bool			 waking;	/* one of them was signalled and has not run yet */
	bool			 closed;
	_Atomic bool		 hurried;	/* what still waits is refused, not handled */
	struct http_worker	*workers;
	int			 workers_n;	/* with state */
	int			 threads_n;
};
err  http_pool_start(struct http_pool *, const struct http_options *);
/* A place in the queue; false: full. */
bool http_pool_reserve(struct http_pool *);
/* Use the place; false: the pool has closed, the exchange is the caller's again. */
bool http_pool_push(struct http_pool *, struct http_exchange *);
void http_pool_hurry(struct http_pool *);
/* Empty the queue, end the workers.  May be called for a pool half started. */
void http_pool_stop(struct http_pool *, const struct http_options *);

/* http_reaper.c: cuts connections whose deadline has passed. */
struct http_reaper {
	pthread_mutex_t		 lock;
	pthread_cond_t		 stop;
	struct http_connection	*first;
	_Atomic int64_t		 connections;	/* in the list */
	bool			 running, stopping;
	pthread_t		 thread;
};
err  http_reaper_start(struct http_reaper *);
void http_reaper_stop(struct http_reaper *);	/* also of one that did not start */
void http_reaper_add(struct http_reaper *, struct http_connection *);
void http_reaper_remove(struct http_reaper *, struct http_connection *);
/* The deadline of a connection, from now. */
void http_reaper_allow(struct http_connection *, int64_t seconds);

struct http_server {
	struct http_options	 options;
	struct http_pool	 pool;
	struct http_reaper	 reaper;
	struct MHD_Daemon	*daemon;
	int			 listener, port;
	_Atomic bool		 draining;	/* every answer closes its connection */
	_Atomic int64_t		 in_flight, requests, refused;
};

#endif
