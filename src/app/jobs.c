/* jobs.c - the table of jobs, their claims, and the threads that run them. */
#include <pthread.h>
#include <time.h>

#include "access/audit_check.h"
#include "access/audit_proof.h"
#include "access/session.h"
#include "access/throttle.h"
#include "access/ticket.h"
#include "app/hearsay.h"
#include "app/jobs.h"
#include "base/log.h"
#include "practice/booking.h"
#include "practice/booking_undo.h"
#include "practice/draft.h"
#include "practice/person_search.h"
#include "practice/reminder.h"

enum { SEQUENCE_LINES = 1000, TICK_SECONDS = 1 };
#define LEASE	(10 * USEC_PER_MINUTE)	/* a server that died with a claim is waited for no longer */

struct job {
	const char	*name;
	usec		 period;
	/* Is there anything to do?  Asked first, so that an idle server writes nothing.  NULL: always. */
	err		 (*waiting)(struct ctx *, bool *ret);
	err		 (*run)(struct ctx *, int64_t *ret_n);
};

/* --- what is waiting --- */

static err
any(struct ctx *c, struct sql sql, const struct bind *binds, size_t n, bool *ret)
{
	int64_t one;
	err e = db_one_int(c->db, sql, binds, n, &one);

	*ret = e == OK;
	return e == ERR_NOT_FOUND ? OK : e;
}

static err
lines_waiting(struct ctx *c, bool *ret)
{
	return any(c, SQL("SELECT 1 FROM audit WHERE seq IS NULL UNION ALL"
	    " SELECT 1 FROM opening WHERE seq IS NULL LIMIT 1"), NULL, 0, ret);
}

static err
holds_waiting(struct ctx *c, bool *ret)
{
	return any(c, SQL("SELECT 1 FROM booking WHERE hold_until IS NOT NULL AND hold_until <= $1 LIMIT 1"),
	    BINDS(INT(c->now)), ret);
}

static err
steps_waiting(struct ctx *c, bool *ret)
{
	return any(c, SQL("SELECT 1 FROM undo_step WHERE at <= $1 LIMIT 1"),
	    BINDS(INT(c->now - promise()->undo)), ret);
}

/* From midnight to five, UTC.  A night that is missed is made good by the next. */
static err
night(struct ctx *c, bool *ret)
{
	*ret = c->now % USEC_PER_DAY < 5 * USEC_PER_HOUR;
	return OK;
}

/* --- what is done --- */

static err
sequence(struct ctx *c, int64_t *ret_n)
{
	int64_t n, all = 0;

	do {
		TRY(audit_sequence(c, SEQUENCE_LINES, &n));
		all += n;
	} while (n == SEQUENCE_LINES);
	*ret_n = all;
	return OK;
}

static err
drop_past(struct ctx *c, int64_t *ret_n)
{
	struct org *orgs;
	size_t n;
	int64_t dropped, all = 0;
	id after = 0;

	do {
		TRY(org_list(c, after, &orgs, &n));
		for (size_t i = 0; i < n; i++) {
			struct ctx one = *c;

			after = one.org = orgs[i].id;
			TRY(booking_drop_past(&one, &dropped));
			all += dropped;
		}
	} while (n == ORG_PAGE_MAX);
	*ret_n = all;
	return OK;
}

static err
remind(struct ctx *c, int64_t *ret_n)
{
	struct org *orgs;
	size_t n;
	int64_t written, all = 0;
	id after = 0;

	do {
		TRY(org_list(c, after, &orgs, &n));
		for (size_t i = 0; i < n; i++) {
			struct ctx one = *c;

			after = one.org = orgs[i].id;
			if (orgs[i].closed_at != 0)
				continue;
			TRY(reminder_schedule(&one, &orgs[i], &written));
			all += written;
		}
	} while (n == ORG_PAGE_MAX);
	*ret_n = all;
	return OK;
}

static const struct job table[] = {
	{ "audit_sequence", USEC_PER_SECOND, lines_waiting, sequence },
	{ "audit_check", USEC_PER_SECOND, audit_check_waiting, audit_check_run },
	{ "audit_checkpoint", 10 * USEC_PER_SECOND, audit_checkpoint_due, audit_checkpoint_sign },
	{ "audit_purge", USEC_PER_HOUR, NULL, audit_purge },
	{ "booking_sweep", USEC_PER_MINUTE, holds_waiting, booking_sweep },
	{ "booking_drop_past", 20 * USEC_PER_HOUR, night, drop_past },
	{ "booking_forget_requests", 20 * USEC_PER_HOUR, night, booking_forget_requests },
	{ "booking_undo_sweep", USEC_PER_MINUTE, steps_waiting, booking_undo_sweep },
	{ "reminder", 10 * USEC_PER_MINUTE, NULL, remind },
	{ "draft_purge", 10 * USEC_PER_MINUTE, NULL, draft_purge },
	{ "session_purge", USEC_PER_HOUR, NULL, session_purge },
	{ "throttle_purge", USEC_PER_HOUR, NULL, throttle_purge },
	{ "ticket_purge", USEC_PER_HOUR, NULL, ticket_purge },
};

/* --- claims --- */

/* The row's own times decide, not ours; what lies too far ahead was written under another clock. */
static err
claim(struct ctx *c, const struct job *j, bool *ret)
{
	int64_t changed;

	TRY(db_run(c->db, SQL("INSERT INTO job (name, claimed_until, ran_at) VALUES ($1, 0, 0)"
	    " ON CONFLICT (name) DO NOTHING"), BINDS(TEXT(str_c(j->name))), &changed));
	TRY(db_run(c->db, SQL("UPDATE job SET claimed_until = $2, ran_at = $3 WHERE name = $1"
	    " AND (claimed_until <= $3 OR claimed_until > $2) AND (ran_at <= $4 OR ran_at > $3)"),
	    BINDS(TEXT(str_c(j->name)), INT(c->now + LEASE), INT(c->now), INT(c->now - j->period)),
	    &changed));
	*ret = changed == 1;
	return OK;
}

/* A read tells that most claims would fail: only what may succeed is tried. */
static err
is_due(struct ctx *c, const struct job *j, bool *ret)
{
	int64_t n;

	TRY(db_one_int(c->db, SQL("SELECT COUNT(*) FROM job WHERE name = $1 AND ran_at > $2 AND ran_at <= $3"),
	    BINDS(TEXT(str_c(j->name)), INT(c->now - j->period), INT(c->now)), &n));
	*ret = n == 0;
	if (*ret && j->waiting != NULL)
		TRY(j->waiting(c, ret));
	return OK;
}

static err
run_job(struct ctx *c, const struct job *j, bool *ret_ran)
{
	int64_t n = 0, changed;

	TRY(is_due(c, j, ret_ran));
	if (*ret_ran)
		TRY(claim(c, j, ret_ran));
	if (!*ret_ran)
		return OK;
	err e = j->run(c, &n);
	if (n > 0)
		LOG_(LOG_LEVEL_DEBUG, "job", j->name, LOG_INT("rows", n));
	TRY(db_run(c->db, SQL("UPDATE job SET claimed_until = 0 WHERE name = $1"),
	    BINDS(TEXT(str_c(j->name))), &changed));
	return e;
}

/* One job's trouble is its own: the others run, and it is tried again at the next tick. */
static int64_t
run_due(struct ctx *c, struct metrics *m)
{
	int64_t ran = 0;

	for (size_t i = 0; i < COUNT(table); i++) {
		bool did = false;
		err e = run_job(c, &table[i], &did);

		ran += did;
		if (e != OK) {
			LOG_WARN("job", table[i].name, LOG_TEXT("error", err_name(e)));
			if (m != NULL)
				m->jobs_failed++;
		}
	}
	if (m != NULL)
		m->jobs_run += ran;
	return ran;
}

err
jobs_run_due(struct ctx *c, int64_t *ret_n)
{
	*ret_n = run_due(c, NULL);
	return OK;
}

/* --- threads --- */

struct jobs {
	struct server	*server;
	struct metrics	*metrics;
	struct sender	*sender;	/* NULL: nothing is sent */
	struct hearsay	*hearsay;	/* NULL: no other server */
	struct db	*db[JOBS_THREADS];
	pthread_t	 threads[JOBS_THREADS];
	int		 running;
	pthread_mutex_t	 lock;
	pthread_cond_t	 wake;
	bool		 stopping;
};

/* False: the end. */
static bool
pause_for(struct jobs *j, int seconds)
{
	struct timespec until;
	bool stopping;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	(void)pthread_mutex_lock(&j->lock);
	while (!j->stopping && pthread_cond_timedwait(&j->wake, &j->lock, &until) == 0)
		;
	stopping = j->stopping;
	(void)pthread_mutex_unlock(&j->lock);
	return !stopping;
}

static void
count_waiting(struct jobs *j, struct ctx *c)
{
	int64_t n;

	if (db_one_int(c->db, SQL("SELECT COUNT(*) FROM outbox WHERE state = 1"), NULL, 0, &n) == OK)
		j->metrics->outbox_waiting = n;
}

static void *
keep_house(void *at)
{
	struct jobs *j = at;
	CLEANUP(arena_free) struct arena mem = {0};

	do {
		struct ctx c = server_ctx(j->server, &mem, j->db[0]);

		c.purposes = PURPOSE_BIT(PURPOSE_SECURE);
		if (j->hearsay != NULL && hearsay_listen(j->hearsay, &c) != OK)
			j->metrics->jobs_failed++;
		(void)run_due(&c, j->metrics);
		count_waiting(j, &c);
		person_index_rest(j->server->people, c.now);
		arena_reset(&mem);
	} while (pause_for(j, TICK_SECONDS));
	return NULL;
}

static void *
send_mail(void *at)
{
	struct jobs *j = at;
	CLEANUP(arena_free) struct arena mem = {0};
	int64_t n = 0;

	do {
		struct ctx c = server_ctx(j->server, &mem, j->db[1]);

		c.purposes = PURPOSE_BIT(PURPOSE_NOTIFY) | PURPOSE_BIT(PURPOSE_SECURE);
		err e = sender_run(j->sender, &c, j->metrics, &n);
		if (e != OK)
			LOG_WARN("job", "messages could not be claimed", LOG_TEXT("error", err_name(e)));
		arena_reset(&mem);
	} while (pause_for(j, n > 0 ? 0 : TICK_SECONDS));
	return NULL;
}

static err
threads_start(struct jobs *j)
{
	void *(*const bodies[JOBS_THREADS])(void *) = { keep_house, send_mail };

	for (int i = 0; i < (j->sender != NULL ? JOBS_THREADS : 1); i++) {
		TRY(db_open(j->server->store, &j->db[i]));
		if (pthread_create(&j->threads[i], NULL, bodies[i], j) != 0)
			return ERR_IO;
		j->running++;
	}
	return OK;
}

err
jobs_start(struct server *s, struct metrics *m, struct sender *sender, struct jobs **ret)
{
	struct jobs *j = mem_alloc(1, sizeof(*j));
	pthread_condattr_t monotonic;

	*j = (struct jobs){ .server = s, .metrics = m, .sender = sender };
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	if (pthread_mutex_init(&j->lock, NULL) != 0 || pthread_cond_init(&j->wake, &monotonic) != 0)
		panic("jobs: no lock");
	(void)pthread_condattr_destroy(&monotonic);
	if (!store_is_sqlite(s->store))
		j->hearsay = hearsay_make();
	err e = threads_start(j);
	if (e != OK) {
		jobs_stop(j);
		return e;
	}
	*ret = j;
	return OK;
}

void
jobs_stop(struct jobs *j)
{
	if (j == NULL)
		return;
	(void)pthread_mutex_lock(&j->lock);
	j->stopping = true;
	(void)pthread_cond_broadcast(&j->wake);
	(void)pthread_mutex_unlock(&j->lock);
	if (j->sender != NULL)
		sender_stop(j->sender);
	for (int i = 0; i < j->running; i++)
		(void)pthread_join(j->threads[i], NULL);
	for (int i = 0; i < JOBS_THREADS; i++)
		db_close(j->db[i]);
	hearsay_end(j->hearsay);
	(void)pthread_cond_destroy(&j->wake);
	(void)pthread_mutex_destroy(&j->lock);
	mem_free(j);
}
