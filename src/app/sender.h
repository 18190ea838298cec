/*
 * sender.h - takes messages out of the outbox and hands them to the mail server.
 *
 * A message that its mail server refuses is settled alone and becomes a task of
 * the practice; one bad address never holds up the rest.  Without an SMTP
 * setting nothing is claimed: messages stay in the outbox, to be seen there.
 *
 * At least once: a server that dies between sending and saying so in the
 * database sends again, under the same Message-ID, so that mail programs can
 * drop the double.
 */
#ifndef SENDER_H
#define SENDER_H

#include "app/config.h"
#include "app/metrics.h"
#include "base/ctx.h"

struct sender;

/* ERR_INVALID, ERR_IO: the password or the address is not usable (ret_why).  *ret NULL: no SMTP setting. */
err  sender_make(struct arena *mem, const struct config *, const char *public_url,
	struct sender **ret, str *ret_why) MUST_USE;
void sender_end(struct sender *);

/* Whoever waits between claims asks this: sending stops after the message under way. */
void sender_stop(struct sender *);

/* Claim what is due and send it; ret_n: how many were claimed.  ctx: ROLE_JOB, PURPOSE_NOTIFY and SECURE. */
err  sender_run(struct sender *, struct ctx *, struct metrics *, int64_t *ret_n) MUST_USE;

#endif
