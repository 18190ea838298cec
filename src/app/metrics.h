/*
 * metrics.h - counters of a running server, as Prometheus text.  No names of
 * people, organisations or paths: counters are for whoever watches machines.
 */
#ifndef METRICS_H
#define METRICS_H

#include <stdatomic.h>

#include "app/server.h"
#include "base/buf.h"
#include "net/http.h"

enum { METRICS_CLASSES = 6, METRICS_BUCKETS = 10 };

struct metrics {
	usec			 started_at;		/* monotonic */
	_Atomic int64_t		 by_class[METRICS_CLASSES];	/* 200s at 2 ... */
	_Atomic int64_t		 buckets[METRICS_BUCKETS + 1];	/* the last: slower than all */
	_Atomic int64_t		 spent;			/* microseconds in handlers */
	_Atomic int64_t		 outbox_waiting, outbox_sent, outbox_refused, outbox_later;
	_Atomic int64_t		 jobs_run, jobs_failed;
	struct server			*server;	/* NULL: of none */
	const struct http_server *_Atomic http;		/* NULL until it listens */
};

void metrics_request(struct metrics *, int status, usec spent);
void metrics_print(struct metrics *, usec monotonic_now, struct buf *);

#endif
