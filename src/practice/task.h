/*
 * task.h - what a human of the practice must do because the server cannot.
 * A message that could not be delivered becomes one (outbox.h).
 */
#ifndef TASK_H
#define TASK_H

#include "practice/outbox.h"

enum { TASK_LIST_MAX = 200 };

struct task {
	id			id, outbox, booking;
	id			person;		/* whom the message was for */
	enum message_kind	message;
	int			code;		/* the mail server's last word; 0: none */
	usec			created_at;
	usec			start;		/* of the booking; 0: about none */
};

/* Open ones of c->org, the most urgent first: by the appointment's time, then by age. */
err  task_list(struct ctx *, struct task **ret, size_t *ret_n) MUST_USE;
/* How many are open: for the navigation, cheap. */
err  task_count(struct ctx *, int64_t *ret) MUST_USE;
/* ERR_NOT_FOUND: no such task.  Done already: OK, nothing changes. */
err  task_done(struct ctx *, id) MUST_USE;

/* Inside a change: a message could not be delivered. */
err  task_add_undelivered(struct ctx *, const struct outbox_message *) MUST_USE;

#endif
