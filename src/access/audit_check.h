/*
 * audit_check.h - the whole log verified, because an organisation asked for it:
 * not in the request, which would last as long as the log is, but step by step
 * by a job.  The answer stays until the next one.
 */
#ifndef AUDIT_CHECK_H
#define AUDIT_CHECK_H

#include "access/audit.h"

enum { AUDIT_CHECK_STEP = 20000 };	/* lines a run of the job: a fraction of a second */

enum audit_check_state {	/* stored: never renumber */
	AUDIT_CHECK_RUNS = 1,
	AUDIT_CHECK_WHOLE = 2,
	AUDIT_CHECK_ALTERED = 3,	/* from line `lines` + 1 on it is not what was written, or not there */
};

struct audit_check {
	enum audit_check_state	state;
	usec			asked_at, done_at;	/* done_at 0: under way */
	id			asked_by;		/* an account */
	int64_t			lines;			/* that held, so far */
};

/* For ctx.org, with a line in the log.  One that is under way goes on as it is. */
err audit_check_ask(struct ctx *) MUST_USE;
/* The one under way, else the last one.  ERR_NOT_FOUND: none was ever asked for. */
err audit_check_last(struct ctx *, struct audit_check *ret) MUST_USE;

/* The job: is one under way? */
err audit_check_waiting(struct ctx *, bool *ret) MUST_USE;
/* One step of the one that has waited longest, of any organisation; ret_n: lines looked at. */
err audit_check_run(struct ctx *, int64_t *ret_n) MUST_USE;

#endif
