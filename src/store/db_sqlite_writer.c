/*
 * db_sqlite_writer.c - group commit: changes run one after another, each in a
 * savepoint of one transaction, and share its COMMIT, hence its fsync.
 * A member either sleeps until the group has ended or is held: its thread goes
 * on, and sees to the end of the group (writer_settle) before it tells anybody.
 *
 * Nobody sleeps for ever, because of three invariants:
 *   - not taken means that nobody waits: the turn goes from hand to hand;
 *   - whoever has the turn leaves it through turn_leave, group_refuse or
 *     writer_checkpoint, however its change ends;
 *   - who leaves it to nobody ends the group first if a member sleeps, so such
 *     a group always has either a turn-holder to come or its COMMIT running.
 * During the COMMIT the turn stays taken: new changes queue, and form the next group.
 */
#include <assert.h>

#include "base/log.h"
#include "store/db_sqlite_int.h"

enum {
	GROUP_CHANGES_MAX = 128,
	GROUP_AGE_MAX	  = 5000,	/* usec: nobody waits longer for company */
	CHECKPOINT_WAIT	  = 500,	/* ms for readers, while all changes wait */
};

static void
queue_add(struct member_queue *q, struct member *m)
{
	m->next = NULL;
	m->answered = false;
	if (q->first == NULL)
		q->first = m;
	else
		q->last->next = m;
	q->last = m;
	q->n++;
}

static struct member *
queue_take(struct member_queue *q)
{
	struct member *m = q->first;

	if (m != NULL) {
		q->first = m->next;
		q->n--;
	}
	return m;
}

/* All three with the lock held: a member may vanish as soon as it has seen its answer. */
static void
answer(struct member *m, err e)
{
	m->answer = e;
	m->answered = true;
	(void)pthread_cond_signal(&m->wake);
}

static void
turn_pass(struct writer *w)
{
	struct member *m = queue_take(&w->waiting);

	if (m != NULL)
		answer(m, OK);
	else
		w->taken = false;
}

static err
answer_wait(struct writer *w, struct member *m)
{
	while (!m->answered)
		(void)pthread_cond_wait(&m->wake, &w->lock);
	return m->answer;
}

static err
turn_take(struct writer *w, struct member *m)
{
	err e = OK;

	(void)pthread_mutex_lock(&w->lock);
	if (w->taken) {
		usec began = tally_now();

		queue_add(&w->waiting, m);
		e = answer_wait(w, m);
		tally_wait(w->tally, began);
	} else {
		w->taken = true;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return e;
}

/*
 * The database cannot be written (locked by another program, gone): everybody
 * who waits hears it now, instead of trying in turn and waiting that long again.
 */
static void
waiting_refuse(struct writer *w, err e)
{
	(void)pthread_mutex_lock(&w->lock);
	for (struct member *m; (m = queue_take(&w->waiting)) != NULL; )
		answer(m, e);
	w->taken = false;
	(void)pthread_mutex_unlock(&w->lock);
}

/*
 * A full disk or a failing one can make SQLite roll the whole transaction back
 * by itself; then the changes of all members are gone, not only the last one.
 */
static bool
group_lost(const struct writer *w)
{
	return w->open && sqlite3_get_autocommit(w->connection.handle) != 0;
}

/* End the transaction and tell the members; the caller still has the turn. */
static void
group_end(struct writer *w)
{
	usec began = tally_now();
	err e = OK;

	if (!w->open)
		return;
	if (group_lost(w))
		e = ERR_STORE;
	else if (w->group.n > 0 && connection_command(&w->connection, "COMMIT") != OK)
		e = ERR_STORE;
	if (e == OK && w->group.n > 0)
		tally_commit(w->tally, w->group.n, began);
	if (sqlite3_get_autocommit(w->connection.handle) == 0)
		(void)connection_command(&w->connection, "ROLLBACK");
	w->open = false;
	w->asleep = 0;

	(void)pthread_mutex_lock(&w->lock);
	for (struct member *m; (m = queue_take(&w->group)) != NULL; )
		answer(m, e);
	(void)pthread_mutex_unlock(&w->lock);
}

/*
 * Give the turn to the next, who joins the group; or end the group if it is time,
 * or if nobody comes and it is empty or somebody sleeps in it.
 */
static void
turn_leave(struct writer *w)
{
	bool ended = group_lost(w) || w->group.n >= GROUP_CHANGES_MAX ||
	    tally_now() - w->opened_at >= GROUP_AGE_MAX;
	bool patient = w->group.n > 0 && w->asleep == 0;

	(void)pthread_mutex_lock(&w->lock);
	if (ended || (w->waiting.n == 0 && !patient)) {
		(void)pthread_mutex_unlock(&w->lock);
		group_end(w);
		(void)pthread_mutex_lock(&w->lock);
	}
	turn_pass(w);
	(void)pthread_mutex_unlock(&w->lock);
}

err
writer_begin(struct writer *w, struct member *m)
{
	err e;

	TRY(turn_take(w, m));
	if (!w->open) {
		if ((e = connection_command(&w->connection, "BEGIN IMMEDIATE")) != OK) {
			waiting_refuse(w, e);
			return e;
		}
		w->open = true;
		w->opened_at = tally_now();
	}
	if ((e = connection_command(&w->connection, "SAVEPOINT change")) != OK)
		turn_leave(w);
	return e;
}

/*
 * Should the savepoint not come off, the transaction holds something that
 * nobody vouches for: all of it goes, and the members learn it.
 */
static void
change_undo(struct writer *w)
{
	if (group_lost(w))
		return;
	if (connection_command(&w->connection, "ROLLBACK TO change") != OK ||
	    connection_command(&w->connection, "RELEASE change") != OK)
		(void)connection_command(&w->connection, "ROLLBACK");
}

void
writer_undo(struct writer *w)
{
	change_undo(w);
	turn_leave(w);
}

/* A deferred foreign key would fail the COMMIT of the whole group: ask before joining it. */
static err
change_release(struct writer *w)
{
	int unsettled, unused;

	if (group_lost(w))
		return ERR_STORE;
	(void)sqlite3_db_status(w->connection.handle, SQLITE_DBSTATUS_DEFERRED_FKS,
	    &unsettled, &unused, 0);
	if (unsettled != 0)
		return ERR_CONFLICT;
	return connection_command(&w->connection, "RELEASE change");
}

/* Join the group. */
static err
change_done(struct writer *w, struct member *m)
{
	err e = change_release(w);

	if (e != OK)
		writer_undo(w);
	else
		queue_add(&w->group, m);
	return e;
}

err
writer_commit(struct writer *w, struct member *m)
{
	err e;

	TRY(change_done(w, m));
	w->asleep++;
	turn_leave(w);
	(void)pthread_mutex_lock(&w->lock);
	e = answer_wait(w, m);
	(void)pthread_mutex_unlock(&w->lock);
	return e;
}

err
writer_commit_held(struct writer *w, struct member *m)
{
	TRY(change_done(w, m));
	turn_leave(w);
	return OK;
}

/* Groups end in the order in which they were joined: the last one's end is the end of all. */
static bool
settled(struct writer *w, const struct member *last)
{
	(void)pthread_mutex_lock(&w->lock);
	bool answered = last->answered;
	(void)pthread_mutex_unlock(&w->lock);
	return answered;
}

void
writer_settle(struct writer *w, struct member *turn, const struct member *held, size_t n)
{
	const struct member *last = &held[n - 1];

	if (settled(w, last))
		return;
	/* Refused only where a new group could not begin: ours had ended by then. */
	if (turn_take(w, turn) == OK) {
		if (!settled(w, last))
			group_end(w);
		turn_leave(w);
	}
	assert(settled(w, last));
}

err
writer_checkpoint(struct writer *w, struct member *m)
{
	err e = OK;
	int code;

	TRY(turn_take(w, m));
	group_end(w);
	(void)sqlite3_busy_timeout(w->connection.handle, CHECKPOINT_WAIT);
	code = sqlite3_wal_checkpoint_v2(w->connection.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE,
	    NULL, NULL);
	if (code == SQLITE_BUSY)
		e = ERR_RETRY;
	else if (code != SQLITE_OK)
		e = connection_failed(&w->connection, code, "checkpoint");
	(void)sqlite3_busy_timeout(w->connection.handle, BUSY_WAIT);
	(void)pthread_mutex_lock(&w->lock);
	turn_pass(w);
	(void)pthread_mutex_unlock(&w->lock);
	return e;
}
