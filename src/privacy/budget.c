/* budget.c - see budget.h. */
#include <pthread.h>
#include <stdlib.h>

#include "access/audit.h"
#include "base/log.h"
#include "oath/promise.h"
#include "privacy/budget.h"
#include "store/db.h"

enum {
	SLOTS = 256,
	ENTRIES_FIRST = 16,
	ENTRIES_MAX = 100000,	/* whoever reads so many in an hour is asked about each again */
};

/* Somebody whose file was read, and when it counts no longer. */
struct entry {
	id	person;
	usec	until;
	bool	stranger;
};

struct reader {
	id		 org, actor;
	struct entry	*entries;	/* by person */
	size_t		 n, room, strangers;
	usec		 proven_until;
	usec		 asked_until;	/* an alarm of this hour stands already */
	bool		 stopped;	/* or not asked yet: the database knows */
	struct reader	*next;
};

struct budget {
	pthread_mutex_t	 lock;
	budget_expected	*expected;
	struct reader	*slots[SLOTS];
};

struct budget *
budget_make(budget_expected *expected)
{
	struct budget *b = mem_alloc(1, sizeof(*b));

	if (pthread_mutex_init(&b->lock, NULL) != 0)
		panic("budget: no lock");
	b->expected = expected;
	return b;
}

void
budget_end(struct budget *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		while (b->slots[i] != NULL) {
			struct reader *next = b->slots[i]->next;

			mem_free(b->slots[i]->entries);
			mem_free(b->slots[i]);
			b->slots[i] = next;
		}
	(void)pthread_mutex_destroy(&b->lock);
	mem_free(b);
}

/* The lock is held by whoever uses what this returns.  A new one asks the database whether it is stopped. */
static struct reader *
reader_of(struct budget *b, const struct ctx *c)
{
	struct reader **at = &b->slots[(uint64_t)(c->actor ^ c->org) % SLOTS];

	while (*at != NULL && ((*at)->actor != c->actor || (*at)->org != c->org))
		at = &(*at)->next;
	if (*at == NULL) {
		*at = mem_alloc(1, sizeof(**at));
		(*at)->org = c->org;
		(*at)->actor = c->actor;
		(*at)->stopped = true;
	}
	return *at;
}

static void
forget_old(struct reader *r, usec now)
{
	size_t kept = 0;

	r->strangers = 0;
	for (size_t i = 0; i < r->n; i++)
		if (r->entries[i].until > now) {
			r->strangers += r->entries[i].stranger;
			r->entries[kept++] = r->entries[i];
		}
	r->n = kept;
}

static int
entry_order(const void *a, const void *b)
{
	id x = ((const struct entry *)a)->person, y = ((const struct entry *)b)->person;

	return (x > y) - (x < y);
}

static bool
was_read(const struct reader *r, id person)
{
	struct entry key = { .person = person };

	return r->n > 0 && bsearch(&key, r->entries, r->n, sizeof(key), entry_order) != NULL;
}

static void
remember(struct reader *r, usec until, const id *persons, const bool *expected, size_t n)
{
	size_t known = r->n;

	if (known + n > r->room) {
		r->room = known + n + r->room + ENTRIES_FIRST;
		r->entries = mem_resize(r->entries, r->room, sizeof(*r->entries));
	}
	for (size_t i = 0; i < n; i++) {
		struct entry key = { persons[i], until, !expected[i] };

		/* Another thread of the same actor may have read this one meanwhile. */
		if (known > 0 && bsearch(&key, r->entries, known, sizeof(key), entry_order) != NULL)
			continue;
		r->strangers += key.stranger;
		r->entries[r->n++] = key;
	}
	qsort(r->entries, r->n, sizeof(*r->entries), entry_order);
}

static err
alarm_raise(struct ctx *c, enum budget_alarm_kind kind, size_t strangers)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	id alarm = ctx_id(c);

	LOG_WARN("budget", kind == ALARM_STOPPED ? "reading was stopped" : "a proof was asked",
	    LOG_INT("actor", c->actor), LOG_INT("strangers", (int64_t)strangers));
	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL("INSERT INTO reading_alarm (org, id, actor, kind, strangers, at)"
	    " VALUES ($1, $2, $3, $4, $5, $6)"), BINDS(INT(c->org), INT(alarm), INT(c->actor),
	    INT((int64_t)kind), INT((int64_t)strangers), INT(c->now)), NULL));
	TRY(audit_add(c, kind == ALARM_STOPPED ? S("reading.stopped") : S("reading.proof"),
	    alarm, 0, (int64_t)strangers));
	return db_commit(&tx);
}

/* An administrator may have lifted it, on any server, or a new memory does not know yet. */
static err
still_stopped(struct ctx *c, bool *ret)
{
	int64_t n;

	TRY(db_one_int(c->db, SQL("SELECT COUNT(*) FROM reading_alarm"
	    " WHERE org = $1 AND actor = $2 AND ended_at IS NULL AND kind = 2"),
	    BINDS(INT(c->org), INT(c->actor)), &n));
	*ret = n > 0;
	return OK;
}

static err
check_stop(struct ctx *c)
{
	struct budget *b = c->budget;
	bool stopped;

	(void)pthread_mutex_lock(&b->lock);
	stopped = reader_of(b, c)->stopped;
	(void)pthread_mutex_unlock(&b->lock);
	if (!stopped)
		return OK;
	TRY(still_stopped(c, &stopped));
	if (stopped)
		return ERR_BUDGET;
	(void)pthread_mutex_lock(&b->lock);
	reader_of(b, c)->stopped = false;
	(void)pthread_mutex_unlock(&b->lock);
	return OK;
}

/* Those whom this reader has not read within the hour: n of them at most, to ret. */
static size_t
unread(struct ctx *c, const id *persons, size_t n, id *ret)
{
	struct budget *b = c->budget;
	struct reader *r;
	size_t found = 0;

	(void)pthread_mutex_lock(&b->lock);
	r = reader_of(b, c);
	forget_old(r, c->now);
	for (size_t i = 0; i < n; i++)
		if (!was_read(r, persons[i]))
			ret[found++] = persons[i];
	(void)pthread_mutex_unlock(&b->lock);
	return found;
}

/* What became of a request: let in, or which alarm is due (0: it stands already). */
struct verdict {
	bool			in;
	enum budget_alarm_kind	alarm;
	size_t			strangers;
};

static struct verdict
weigh(struct ctx *c, const id *persons, const bool *expected, size_t n)
{
	const struct promise *p = promise();
	struct budget *b = c->budget;
	struct verdict v = {0};
	size_t strangers = 0, most;
	struct reader *r;
	bool proven;

	for (size_t i = 0; i < n; i++)
		strangers += !expected[i];
	(void)pthread_mutex_lock(&b->lock);
	r = reader_of(b, c);
	proven = r->proven_until > c->now;
	most = (size_t)p->budget_persons * (proven ? (size_t)p->budget_proven_times : 1);
	v.strangers = r->strangers;
	v.in = strangers == 0 || r->strangers + strangers <= most;
	if (v.in && r->n + n <= ENTRIES_MAX)
		remember(r, c->now + p->budget_window, persons, expected, n);
	else if (!v.in && proven) {
		v.alarm = ALARM_STOPPED;
		r->stopped = true;
	} else if (!v.in && r->asked_until <= c->now) {
		v.alarm = ALARM_PROOF;
		r->asked_until = c->now + p->budget_window;
	}
	(void)pthread_mutex_unlock(&b->lock);
	return v;
}

err
budget_take(struct ctx *c, const id *persons, size_t n)
{
	id *news;
	bool *expected;
	struct verdict v;

	if (c->budget == NULL || c->actor == 0 || n == 0)
		return OK;
	TRY(check_stop(c));
	news = NEW_N(c->mem, id, n);
	n = unread(c, persons, n, news);
	if (n == 0)
		return OK;
	expected = NEW_N(c->mem, bool, n);
	TRY(c->budget->expected(c, news, n, expected));
	v = weigh(c, news, expected, n);
	if (v.in)
		return OK;
	/* Inside a change the alarm would be undone with it: the next try, outside one, raises it. */
	if (v.alarm != 0 && !db_in_change(c->db))
		TRY(alarm_raise(c, v.alarm, v.strangers));
	return ERR_BUDGET;
}

err
budget_prove(struct ctx *c)
{
	int64_t n;

	if (c->budget == NULL)
		return OK;
	(void)pthread_mutex_lock(&c->budget->lock);
	reader_of(c->budget, c)->proven_until = c->now + promise()->budget_window;
	(void)pthread_mutex_unlock(&c->budget->lock);
	/* The alarm that asked for the proof is answered; a stop is not. */
	return db_run(c->db, SQL("UPDATE reading_alarm SET ended_at = $3, ended_by = $2"
	    " WHERE org = $1 AND actor = $2 AND kind = 1 AND ended_at IS NULL"),
	    BINDS(INT(c->org), INT(c->actor), INT(c->now)), &n);
}

err
budget_state(struct ctx *c, enum budget_state *ret)
{
	bool stopped, asked;

	*ret = BUDGET_OPEN;
	if (c->budget == NULL)
		return OK;
	TRY(still_stopped(c, &stopped));
	(void)pthread_mutex_lock(&c->budget->lock);
	asked = reader_of(c->budget, c)->asked_until > c->now &&
	    reader_of(c->budget, c)->proven_until <= c->now;
	(void)pthread_mutex_unlock(&c->budget->lock);
	*ret = stopped ? BUDGET_STOPPED : asked ? BUDGET_PROOF : BUDGET_OPEN;
	return OK;
}

err
budget_alarms(struct ctx *c, struct budget_alarm **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct budget_alarm *list = NEW_N(c->mem, struct budget_alarm, BUDGET_ALARMS_MAX);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT id, actor, kind, strangers, at, ended_at, ended_by"
	    " FROM reading_alarm WHERE org = $1 ORDER BY id DESC LIMIT $2"),
	    BINDS(INT(c->org), INT(BUDGET_ALARMS_MAX)), &r));
	while ((e = db_next(r)) == OK)
		list[n++] = (struct budget_alarm){ .id = db_int(r, 0), .actor = db_int(r, 1),
		    .kind = (enum budget_alarm_kind)db_int(r, 2), .strangers = db_int(r, 3),
		    .at = db_int(r, 4), .ended_at = db_int(r, 5), .ended_by = db_int(r, 6) };
	*ret = list;
	*ret_n = n;
	return e == ERR_NOT_FOUND ? OK : e;
}

err
budget_lift(struct ctx *c, id alarm)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t actor, changed;

	TRY(db_begin(c->db, &tx));
	TRY(db_one_int(c->db, SQL("SELECT actor FROM reading_alarm"
	    " WHERE org = $1 AND id = $2 AND ended_at IS NULL"), BINDS(INT(c->org), INT(alarm)), &actor));
	if (actor == c->actor)
		return ERR_DENIED;
	TRY(db_run(c->db, SQL("UPDATE reading_alarm SET ended_at = $3, ended_by = $4"
	    " WHERE org = $1 AND id = $2 AND ended_at IS NULL"),
	    BINDS(INT(c->org), INT(alarm), INT(c->now), INT(c->actor)), &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	TRY(audit_add(c, S("reading.lift"), alarm, 0, actor));
	return db_commit(&tx);
}

err
budget_lift_reader(struct ctx *c, id actor, int64_t *ret_n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL("UPDATE reading_alarm SET ended_at = $2, ended_by = 0"
	    " WHERE actor = $1 AND ended_at IS NULL"), BINDS(INT(actor), INT(c->now)), ret_n));
	if (*ret_n > 0)
		TRY(audit_add(c, S("reading.lift"), actor, 0, *ret_n));
	return db_commit(&tx);
}

err
budget_untold(struct ctx *c, struct budget_news **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct budget_news *list = NEW_N(c->mem, struct budget_news, BUDGET_ALARMS_MAX);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT org, id, actor, kind, strangers FROM reading_alarm"
	    " WHERE told_at IS NULL ORDER BY id LIMIT $1"), BINDS(INT(BUDGET_ALARMS_MAX)), &r));
	while ((e = db_next(r)) == OK)
		list[n++] = (struct budget_news){ db_int(r, 0), db_int(r, 1), db_int(r, 2),
		    (enum budget_alarm_kind)db_int(r, 3), db_int(r, 4) };
	*ret = list;
	*ret_n = n;
	return e == ERR_NOT_FOUND ? OK : e;
}

err
budget_told(struct ctx *c, id org, id alarm)
{
	return db_run(c->db, SQL("UPDATE reading_alarm SET told_at = $3 WHERE org = $1 AND id = $2"),
	    BINDS(INT(org), INT(alarm), INT(c->now)), NULL);
}
