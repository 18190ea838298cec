/* plan.c - see plan.h.  A plan lives in one arena of its own and is counted. */
#include <pthread.h>

#include "practice/plan.h"
#include "store/db.h"

enum { PLAN_SLOTS = 256, PLAN_ROWS_MAX = 200000 };

struct plan_owned {
	struct plan	 plan;		/* first: a plan is its owner */
	id		 org;
	struct arena	 mem;
	_Atomic int	 users;
	struct plan_owned *next;	/* of the same slot of the cache */
};

struct plan_cache {
	pthread_mutex_t	 lock;
	struct plan_owned *slots[PLAN_SLOTS];
};

/* A list that grows in an arena while its rows are read. */
struct list { char *p; size_t n, room, size; };

static void *
list_add(struct arena *mem, struct list *l)
{
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 16 : l->room * 2;
		char *p = arena_alloc(mem, room, l->size);

		if (l->n > 0)
			memcpy(p, l->p, l->n * l->size);
		l->p = p;
		l->room = room;
	}
	return l->p + l->n++ * l->size;
}

/* For every row of an ordered read, call add; OK at the end of the rows. */
#define EACH_ROW(rows, e) for ((e) = db_next(rows); (e) == OK; (e) = db_next(rows))

static err
ended(err e)
{
	return e == ERR_NOT_FOUND ? OK : e;
}

struct plan_cache *
plan_cache_make(void)
{
	struct plan_cache *cache = mem_alloc(1, sizeof(*cache));

	if (pthread_mutex_init(&cache->lock, NULL) != 0)
		panic("plan: no lock");
	return cache;
}

static void
unuse(struct plan_owned *p)
{
	if (p == NULL || atomic_fetch_sub(&p->users, 1) != 1)
		return;
	struct arena mem = p->mem;	/* the owner itself lies in it */

	arena_free(&mem);
}

void
plan_cache_end(struct plan_cache *cache)
{
	if (cache == NULL)
		return;
	for (size_t i = 0; i < PLAN_SLOTS; i++)
		while (cache->slots[i] != NULL) {
			struct plan_owned *next = cache->slots[i]->next;

			unuse(cache->slots[i]);
			cache->slots[i] = next;
		}
	(void)pthread_mutex_destroy(&cache->lock);
	mem_free(cache);
}

void
plan_release(const struct plan **p)
{
	/* Made by us below, where it was not const. */
	unuse((struct plan_owned *)(uintptr_t)*p);
	*p = NULL;
}

static int
by_id(const void *a, const void *b)
{
	id x = *(const id *)a, y = *(const id *)b;

	return (x > y) - (x < y);
}

const struct plan_motive *
plan_motive(const struct plan *p, id motive)
{
	return p->motives_n == 0 ? NULL :
	    bsearch(&motive, p->motives, p->motives_n, sizeof(*p->motives), by_id);
}

const struct plan_practitioner *
plan_practitioner(const struct plan *p, id practitioner)
{
	return p->practitioners_n == 0 ? NULL : bsearch(&practitioner, p->practitioners,
	    p->practitioners_n, sizeof(*p->practitioners), by_id);
}

err
plan_changed(struct ctx *c)
{
	return db_run(c->db, SQL("UPDATE org SET plan_version = plan_version + 1 WHERE id = $1"),
	    BINDS(INT(c->org)), NULL);
}

/* The ids of the second column, for the parent of the first, of rows ordered by parent. */
struct pairs { struct db_rows *rows; err last; };

static void
pairs_end(struct pairs *p)
{
	db_rows_end(&p->rows);
}

static err
pairs_begin(struct ctx *c, struct sql q, struct pairs *ret)
{
	TRY(db_read(c->db, q, BINDS(INT(c->org)), &ret->rows));
	ret->last = db_next(ret->rows);
	return OK;
}

/* Parents must be asked for in rising order. */
static err
pairs_take(struct pairs *p, struct arena *mem, id parent, struct list *ret)
{
	*ret = (struct list){ .size = sizeof(id) };
	while (p->last == OK && db_int(p->rows, 0) <= parent) {
		if (db_int(p->rows, 0) == parent)
			*(id *)list_add(mem, ret) = db_int(p->rows, 1);
		p->last = db_next(p->rows);
	}
	return ended(p->last);
}

static err
read_hours(struct ctx *c, struct arena *mem, struct list *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	CLEANUP(pairs_end) struct pairs only = {0};
	struct list motives;
	err e;

	*ret = (struct list){ .size = sizeof(struct plan_hours) };
	TRY(pairs_begin(c, SQL("SELECT hours, motive FROM hours_motive WHERE org = $1"
	    " ORDER BY hours, motive"), &only));
	TRY(db_read(c->db, SQL("SELECT practitioner, site, weekday, parity, on_day, from_day,"
	    " until_day, start_minute, end_minute, id FROM hours WHERE org = $1 ORDER BY id"),
	    BINDS(INT(c->org)), &rows));
	EACH_ROW(rows, e) {
		struct plan_hours *h = list_add(mem, ret);

		*h = (struct plan_hours){
			.practitioner = db_int(rows, 0), .site = db_int(rows, 1),
			.weekday = (int)db_int(rows, 2), .parity = (int)db_int(rows, 3),
			.on_day = (day)db_int(rows, 4),
			.from_day = db_null(rows, 5) ? INT32_MIN : (day)db_int(rows, 5),
			.until_day = db_null(rows, 6) ? INT32_MAX : (day)db_int(rows, 6),
			.start_minute = (int)db_int(rows, 7), .end_minute = (int)db_int(rows, 8),
		};
		TRY(pairs_take(&only, mem, db_int(rows, 9), &motives));
		h->motives = (const id *)(void *)motives.p;
		h->motives_n = motives.n;
	}
	return ended(e);
}

static err
read_absences(struct ctx *c, struct arena *mem, struct list *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	CLEANUP(pairs_end) struct pairs except = {0};
	struct list days;
	err e;

	*ret = (struct list){ .size = sizeof(struct plan_absence) };
	TRY(pairs_begin(c, SQL("SELECT absence, on_day FROM absence_except WHERE org = $1"
	    " ORDER BY absence, on_day"), &except));
	TRY(db_read(c->db, SQL("SELECT practitioner, first_day, last_day, until_day, start_minute,"
	    " end_minute, every_weeks, id FROM absence WHERE org = $1 ORDER BY id"),
	    BINDS(INT(c->org)), &rows));
	EACH_ROW(rows, e) {
		struct plan_absence *a = list_add(mem, ret);

		*a = (struct plan_absence){
			.practitioner = db_int(rows, 0),
			.first_day = (day)db_int(rows, 1), .last_day = (day)db_int(rows, 2),
			.until_day = db_null(rows, 3) ? INT32_MAX : (day)db_int(rows, 3),
			.start_minute = (int)db_int(rows, 4), .end_minute = (int)db_int(rows, 5),
			.every_weeks = (int)db_int(rows, 6),
		};
		TRY(pairs_take(&except, mem, db_int(rows, 7), &days));
		day *list = NEW_N(mem, day, days.n);
		for (size_t i = 0; i < days.n; i++)
			list[i] = (day)((const id *)(void *)days.p)[i];
		a->except = list;
		a->except_n = days.n;
	}
	return ended(e);
}

/* Hours and absences come ordered by id; a practitioner wants his own together. */
static int
hours_order(const void *a, const void *b)
{
	return by_id(&((const struct plan_hours *)a)->practitioner,
	    &((const struct plan_hours *)b)->practitioner);
}

static int
absence_order(const void *a, const void *b)
{
	return by_id(&((const struct plan_absence *)a)->practitioner,
	    &((const struct plan_absence *)b)->practitioner);
}

static err
read_practitioners(struct ctx *c, struct arena *mem, struct plan *plan)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct list hours, absences, found = { .size = sizeof(struct plan_practitioner) };
	size_t h = 0, a = 0;
	err e;

	TRY(read_hours(c, mem, &hours));
	TRY(read_absences(c, mem, &absences));
	struct plan_hours *hs = (struct plan_hours *)(void *)hours.p;
	struct plan_absence *as = (struct plan_absence *)(void *)absences.p;
	if (hours.n > 1)
		qsort(hs, hours.n, sizeof(*hs), hours_order);
	if (absences.n > 1)
		qsort(as, absences.n, sizeof(*as), absence_order);

	TRY(db_read(c->db, SQL("SELECT id, listed FROM practitioner"
	    " WHERE org = $1 AND closed_at IS NULL ORDER BY id"), BINDS(INT(c->org)), &rows));
	EACH_ROW(rows, e) {
		struct plan_practitioner *p = list_add(mem, &found);
		id who = db_int(rows, 0);

		p->practitioner = who;
		p->listed = db_int(rows, 1) != 0;
		while (h < hours.n && hs[h].practitioner < who)
			h++;
		while (a < absences.n && as[a].practitioner < who)
			a++;
		p->hours = hs + h;
		p->absences = as + a;
		for (; h < hours.n && hs[h].practitioner == who; h++)
			p->hours_n++;
		for (; a < absences.n && as[a].practitioner == who; a++)
			p->absences_n++;
	}
	plan->practitioners = (const struct plan_practitioner *)(void *)found.p;
	plan->practitioners_n = found.n;
	return ended(e);
}

/* Everything that hangs on a motive, in the motives' order. */
struct motive_links { struct pairs practitioners, rooms, devices; };

static void
motive_links_end(struct motive_links *l)
{
	pairs_end(&l->practitioners);
	pairs_end(&l->rooms);
	pairs_end(&l->devices);
}

static err
motive_links_begin(struct ctx *c, struct motive_links *ret)
{
	TRY(pairs_begin(c, SQL("SELECT m.motive, m.practitioner FROM motive_practitioner m"
	    " JOIN practitioner p ON p.org = m.org AND p.id = m.practitioner"
	    " WHERE m.org = $1 AND p.closed_at IS NULL ORDER BY m.motive, p.position, p.id"),
	    &ret->practitioners));
	TRY(pairs_begin(c, SQL("SELECT m.motive, m.resource FROM motive_resource m"
	    " JOIN resource r ON r.org = m.org AND r.id = m.resource"
	    " WHERE m.org = $1 AND r.kind = 1 AND r.closed_at IS NULL"
	    " ORDER BY m.motive, m.resource"), &ret->rooms));
	return pairs_begin(c, SQL("SELECT m.motive, m.resource FROM motive_resource m"
	    " JOIN resource r ON r.org = m.org AND r.id = m.resource"
	    " WHERE m.org = $1 AND r.kind = 2 AND r.closed_at IS NULL"
	    " ORDER BY m.motive, m.resource"), &ret->devices);
}

static err
motive_links_take(struct motive_links *l, struct arena *mem, struct plan_motive *m)
{
	struct list found;

	TRY(pairs_take(&l->practitioners, mem, m->motive, &found));
	m->practitioners = (const id *)(void *)found.p;
	m->practitioners_n = found.n;
	TRY(pairs_take(&l->rooms, mem, m->motive, &found));
	m->rooms = (const id *)(void *)found.p;
	m->rooms_n = found.n;
	TRY(pairs_take(&l->devices, mem, m->motive, &found));
	m->devices = (const id *)(void *)found.p;
	m->devices_n = found.n;
	return OK;
}

static err
read_motives(struct ctx *c, struct arena *mem, struct plan *plan)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	CLEANUP(motive_links_end) struct motive_links links = {0};
	struct list found = { .size = sizeof(struct plan_motive) };
	err e;

	TRY(motive_links_begin(c, &links));
	TRY(db_read(c->db, SQL("SELECT id, minutes, buffer_before_minutes, buffer_after_minutes,"
	    " step_minutes, notice_minutes, horizon_days, capacity, online FROM motive"
	    " WHERE org = $1 AND closed_at IS NULL ORDER BY id"), BINDS(INT(c->org)), &rows));
	EACH_ROW(rows, e) {
		struct plan_motive *m = list_add(mem, &found);

		*m = (struct plan_motive){
			.motive = db_int(rows, 0), .minutes = (int)db_int(rows, 1),
			.before_minutes = (int)db_int(rows, 2), .after_minutes = (int)db_int(rows, 3),
			.step_minutes = (int)db_int(rows, 4), .notice_minutes = (int)db_int(rows, 5),
			.horizon_days = (int)db_int(rows, 6), .capacity = (int)db_int(rows, 7),
			.online = db_int(rows, 8) != 0,
		};
		TRY(motive_links_take(&links, mem, m));
	}
	plan->motives = (const struct plan_motive *)(void *)found.p;
	plan->motives_n = found.n;
	return ended(e);
}

/* Of the organisation's row: what tells whether a plan is still true, and what of it stands there. */
struct head { int64_t version; str zone; bool open_on_holidays; };

static err
plan_read(struct ctx *c, const struct head *head, struct plan_owned **ret)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct plan_owned *p = NEW(&mem, struct plan_owned);

	p->org = c->org;
	p->plan.version = head->version;
	p->plan.open_on_holidays = head->open_on_holidays;
	if ((p->plan.zone = zone_get(head->zone)) == NULL)
		return ERR_INVALID;
	TRY(read_practitioners(c, &mem, &p->plan));
	TRY(read_motives(c, &mem, &p->plan));
	atomic_store(&p->users, 1);
	p->mem = mem;
	mem = (struct arena){0};
	*ret = p;
	return OK;
}

/* As the storage knows it now. */
static err
head_now(struct ctx *c, struct head *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT plan_version, zone, open_on_holidays FROM org WHERE id = $1"),
	    BINDS(INT(c->org)), &rows));
	TRY(db_next(rows));
	*ret = (struct head){ db_int(rows, 0), db_text(rows, c->mem, 1), db_int(rows, 2) != 0 };
	return OK;
}

static struct plan_owned **
slot_of(struct plan_cache *cache, id org)
{
	uint64_t h = (uint64_t)org * UINT64_C(0x9e3779b97f4a7c15);

	return &cache->slots[(h >> 32) % PLAN_SLOTS];
}

err
plan_get(struct ctx *c, const struct plan **ret)
{
	struct plan_owned *found = NULL, **at;
	struct head head;

	TRY(head_now(c, &head));
	(void)pthread_mutex_lock(&c->plans->lock);
	for (at = slot_of(c->plans, c->org); *at != NULL && (*at)->org != c->org; at = &(*at)->next)
		;
	if (*at != NULL && (*at)->plan.version == head.version) {
		found = *at;
		atomic_fetch_add(&found->users, 1);
	}
	(void)pthread_mutex_unlock(&c->plans->lock);
	if (found != NULL) {
		*ret = &found->plan;
		return OK;
	}

	/*
	 * The version was read first: if the rules change while we read them,
	 * the plan is kept under the older version and read once more.
	 */
	TRY(plan_read(c, &head, &found));
	atomic_store(&found->users, 2);		/* the cache's and the caller's */
	(void)pthread_mutex_lock(&c->plans->lock);
	for (at = slot_of(c->plans, c->org); *at != NULL && (*at)->org != c->org; at = &(*at)->next)
		;
	struct plan_owned *old = *at;
	found->next = old == NULL ? NULL : old->next;
	*at = found;
	(void)pthread_mutex_unlock(&c->plans->lock);
	unuse(old);
	*ret = &found->plan;
	return OK;
}
