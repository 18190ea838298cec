/*
 * budget.h - how many strangers' files one member of the staff may read (T1).
 *
 * A stolen account must not become a stolen practice.  Persons who are
 * expected (they have an appointment around now; the caller of budget_make
 * knows) cost nothing; others count once an hour.  Past
 * promise.budget_persons a second factor is asked; past budget_proven_times as
 * many, reading stops until an administrator lifts the alarm.  Either raises an
 * alarm that administrators are told of.
 *
 * Who read whom in the last hour lies in this server's memory; alarms, and
 * that somebody was stopped, in the database: a restart forgives the count,
 * never the stop.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include "base/ctx.h"

enum { BUDGET_ALARMS_MAX = 100 };

struct budget;

/* Which of these are expected soon, or were here lately; ids in order. */
typedef err budget_expected(struct ctx *, const id *persons, size_t n, bool *ret);

/* Shared by threads. */
struct budget *budget_make(budget_expected *);
void budget_end(struct budget *);

/*
 * ctx.actor is about to read these, in the order of their ids, each once.
 * ERR_BUDGET: too many; none of them was counted, and none may be shown.
 * Without ctx.budget, or an actor, nothing is counted.
 */
err budget_take(struct ctx *, const id *persons, size_t n) MUST_USE;

/* The actor gave a second factor just now: more, for promise.budget_window. */
err budget_prove(struct ctx *) MUST_USE;

/* Does a second factor help the actor, or must an administrator? */
enum budget_state { BUDGET_OPEN, BUDGET_PROOF, BUDGET_STOPPED };
err budget_state(struct ctx *, enum budget_state *ret) MUST_USE;

/* Stored: never renumber. */
enum budget_alarm_kind { ALARM_PROOF = 1, ALARM_STOPPED = 2 };
struct budget_alarm {
	id			id, actor;
	enum budget_alarm_kind	kind;
	int64_t			strangers;	/* read in the hour before */
	usec			at, ended_at;	/* 0: it still stands */
	id			ended_by;
};

/* Of ctx.org, newest first, at most BUDGET_ALARMS_MAX. */
err budget_alarms(struct ctx *, struct budget_alarm **ret, size_t *ret_n) MUST_USE;
/* Let the reader go on.  ERR_NOT_FOUND: no such standing alarm.  ERR_DENIED: one's own. */
err budget_lift(struct ctx *, id alarm) MUST_USE;

/* For the operator: every standing stop of this account, in all organisations; ret_n: how many. */
err budget_lift_reader(struct ctx *, id actor, int64_t *ret_n) MUST_USE;

/* A job's: alarms of all organisations that nobody was told of yet, marked as told. */
struct budget_news { id org, alarm, actor; enum budget_alarm_kind kind; int64_t strangers; };
err budget_untold(struct ctx *, struct budget_news **ret, size_t *ret_n) MUST_USE;
err budget_told(struct ctx *, id org, id alarm) MUST_USE;

#endif
