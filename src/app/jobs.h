/*
 * jobs.h - the server's own work beside answering: a table of jobs (jobs.c),
 * run by two threads, so that a slow mail server holds up nothing else.
 * A job is claimed in the database: of several servers one runs it, once.
 */
#ifndef JOBS_H
#define JOBS_H

#include "app/metrics.h"
#include "app/sender.h"
#include "app/server.h"

enum { JOBS_THREADS = 2 };	/* each takes a database handle */

struct jobs;

/* ERR_STORE: no handle for a thread. */
err  jobs_start(struct server *, struct metrics *, struct sender *, struct jobs **ret) MUST_USE;
/* Waits for what runs; a message under way is finished. */
void jobs_stop(struct jobs *);

/*
 * Run every job of the table that is due at ctx.now, now, in this thread: for
 * tests.  ret_n: how many ran.
 */
err  jobs_run_due(struct ctx *, int64_t *ret_n) MUST_USE;

#endif
