/*
 * directory.c - the index itself: parts that are never changed, counted by
 * their users; a snapshot is a list of parts, replaced as a whole.
 */
#include <pthread.h>
#include <stdlib.h>

#include "format/fold.h"
#include "practice/directory_int.h"
#include "practice/practitioner.h"
#include "practice/rules.h"
#include "store/db.h"

struct directory {
	pthread_mutex_t	 lock;		/* of now and checked_at */
	pthread_mutex_t	 refreshing;	/* held by the one thread that reads; before lock */
	struct snapshot	*now;
	usec		 checked_at;
};

struct directory *
directory_make(void)
{
	struct directory *d = mem_alloc(1, sizeof(*d));

	if (pthread_mutex_init(&d->lock, NULL) != 0 || pthread_mutex_init(&d->refreshing, NULL) != 0)
		panic("directory: no lock");
	return d;
}

static void
part_unuse(struct part *p)
{
	if (p == NULL || atomic_fetch_sub(&p->users, 1) != 1)
		return;
	arena_free(&p->mem);
	mem_free(p);
}

void
directory_give_back(struct snapshot **held)
{
	struct snapshot *s = *held;

	*held = NULL;
	if (s == NULL || atomic_fetch_sub(&s->users, 1) != 1)
		return;
	for (size_t i = 0; i < s->n; i++)
		part_unuse(s->parts[i]);
	mem_free(s->parts);
	mem_free(s);
}

void
directory_end(struct directory *d)
{
	if (d == NULL)
		return;
	directory_give_back(&d->now);
	(void)pthread_mutex_destroy(&d->lock);
	(void)pthread_mutex_destroy(&d->refreshing);
	mem_free(d);
}

static err
read_places(struct ctx *c, struct part *p)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	size_t room = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT id, city, postal_code FROM site"
	    " WHERE org = $1 AND closed_at IS NULL ORDER BY name, id"), BINDS(INT(p->org)), &rows));
	while ((e = db_next(rows)) == OK) {
		p->places = rules_grow(&p->mem, p->places, p->places_n, &room, sizeof(*p->places));
		struct place *place = &p->places[p->places_n++];

		place->site = db_int(rows, 0);
		place->city = db_text(rows, &p->mem, 1);
		place->postal_code = db_text(rows, &p->mem, 2);
		place->folded = directory_fold_place(&p->mem, place->city);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

static err
read_entries(struct ctx *c, struct part *p)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	size_t room = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT id, slug, title, given, family, specialty FROM practitioner"
	    " WHERE org = $1 AND listed = 1 AND closed_at IS NULL ORDER BY id"), BINDS(INT(p->org)), &rows));
	while ((e = db_next(rows)) == OK) {
		struct practitioner x = {
			.title = db_text(rows, &p->mem, 2), .given = db_text(rows, &p->mem, 3),
			.family = db_text(rows, &p->mem, 4),
		};

		p->entries = rules_grow(&p->mem, p->entries, p->entries_n, &room, sizeof(*p->entries));
		struct entry *entry = &p->entries[p->entries_n++];
		entry->practitioner = db_int(rows, 0);
		entry->slug = db_text(rows, &p->mem, 1);
		entry->name = practitioner_name(&p->mem, &x);
		entry->specialty = db_text(rows, &p->mem, 5);
		entry->name_folded = fold(&p->mem, entry->name);
		entry->family_folded = fold(&p->mem, x.family);
		entry->specialty_folded = fold(&p->mem, entry->specialty);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

static int
by_practitioner(const void *a, const void *b)
{
	id x = *(const id *)a, y = *(const id *)b;

	return (x > y) - (x < y);
}

/* NULL: not one whom the public may see. */
static struct entry *
entry_of(const struct part *p, id practitioner)
{
	_Static_assert(offsetof(struct entry, practitioner) == 0, "an entry begins with its key");
	if (p->entries_n == 0)
		return NULL;
	return bsearch(&practitioner, p->entries, p->entries_n, sizeof(*p->entries), by_practitioner);
}

static err
read_motives(struct ctx *c, struct part *p)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	err e;

	TRY(db_read(c->db, SQL("SELECT o.practitioner, m.id, m.name FROM motive_practitioner o"
	    " JOIN motive m ON m.org = o.org AND m.id = o.motive"
	    " WHERE o.org = $1 AND m.online = 1 AND m.closed_at IS NULL"
	    " ORDER BY m.position, m.name, m.id"), BINDS(INT(p->org)), &rows));
	while ((e = db_next(rows)) == OK) {
		struct entry *entry = entry_of(p, db_int(rows, 0));

		if (entry == NULL)
			continue;
		entry->motives = rules_grow(&p->mem, entry->motives, entry->motives_n,
		    &entry->motives_room, sizeof(*entry->motives));
		entry->motives[entry->motives_n++] = (struct entry_motive){
			.motive = db_int(rows, 1), .folded = fold(&p->mem, db_text(rows, c->mem, 2)),
		};
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Where each one receives, by opening hours that are not over. */
static err
read_presence(struct ctx *c, struct part *p)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	int64_t yesterday = c->now / USEC_PER_DAY - 1;	/* whatever the zone */
	err e;

	TRY(db_read(c->db, SQL("SELECT DISTINCT practitioner, site FROM hours WHERE org = $1"
	    " AND COALESCE(on_day, $2) >= $2 AND COALESCE(until_day, $2) >= $2"
	    " ORDER BY practitioner, site"), BINDS(INT(p->org), INT(yesterday)), &rows));
	while ((e = db_next(rows)) == OK) {
		struct entry *entry = entry_of(p, db_int(rows, 0));

		for (size_t i = 0; entry != NULL && i < p->places_n; i++) {
			if (p->places[i].site != db_int(rows, 1))
				continue;
			entry->places = rules_grow(&p->mem, entry->places, entry->places_n,
			    &entry->places_room, sizeof(*entry->places));
			entry->places[entry->places_n++] = &p->places[i];
		}
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Somebody without opening hours yet is looked for where his practice is. */
static void
place_the_rest(struct part *p)
{
	for (size_t i = 0; i < p->entries_n; i++) {
		struct entry *entry = &p->entries[i];

		if (entry->places_n > 0 || p->places_n == 0)
			continue;
		entry->places = rules_grow(&p->mem, NULL, 0, &entry->places_room, sizeof(*entry->places));
		entry->places[entry->places_n++] = &p->places[0];
	}
}

static err
part_read(struct ctx *c, struct part *p)
{
	TRY(read_places(c, p));
	TRY(read_entries(c, p));
	TRY(read_motives(c, p));
	TRY(read_presence(c, p));
	place_the_rest(p);
	return OK;
}

/* A snapshot under way: what is there already, beside the one that it replaces. */
struct rebuild {
	const struct snapshot	*before;
	size_t			 at;		/* in before: both are by organisation */
	struct snapshot		*next;
	size_t			 room;
};

static void
rebuild_add(struct rebuild *r, struct part *p)
{
	if (r->next->n == r->room) {
		r->room = r->room == 0 ? 64 : r->room * 2;
		r->next->parts = mem_resize(r->next->parts, r->room, sizeof(*r->next->parts));
	}
	r->next->parts[r->next->n++] = p;
}

/* The same part again if nothing of its organisation has changed; NULL: read it. */
static struct part *
unchanged(struct rebuild *r, id org, int64_t versions)
{
	while (r->before != NULL && r->at < r->before->n && r->before->parts[r->at]->org < org)
		r->at++;
	if (r->before == NULL || r->at == r->before->n)
		return NULL;
	struct part *p = r->before->parts[r->at];

	if (p->org != org || p->versions != versions)
		return NULL;
	atomic_fetch_add(&p->users, 1);
	return p;
}

static err
rebuild(struct ctx *c, struct rebuild *r)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	err e;

	/* Both versions only rise, so their sum tells of every change. */
	TRY(db_read(c->db, SQL("SELECT id, version + plan_version, slug, name, zone FROM org"
	    " WHERE closed_at IS NULL ORDER BY id"), NULL, 0, &rows));
	while ((e = db_next(rows)) == OK) {
		struct part *p = unchanged(r, db_int(rows, 0), db_int(rows, 1));

		if (p == NULL) {
			p = mem_alloc(1, sizeof(*p));
			atomic_store(&p->users, 1);
			p->org = db_int(rows, 0);
			p->versions = db_int(rows, 1);
			p->slug = db_text(rows, &p->mem, 2);
			p->name = db_text(rows, &p->mem, 3);
			p->zone = db_text(rows, &p->mem, 4);
			p->name_folded = fold(&p->mem, p->name);
			rebuild_add(r, p);
			TRY(part_read(c, p));
		} else {
			rebuild_add(r, p);
		}
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Before: whose unchanged parts are taken over; NULL: none. */
static err
snapshot_make(struct ctx *c, const struct snapshot *before, struct snapshot **ret)
{
	CLEANUP(directory_give_back) struct snapshot *next = mem_alloc(1, sizeof(*next));
	struct rebuild r = { .before = before, .next = next };

	atomic_store(&next->users, 1);
	TRY(rebuild(c, &r));
	*ret = next;
	next = NULL;
	return OK;
}

/* With d->refreshing held: a new snapshot, if the last look was too long ago. */
static err
refresh(struct ctx *c, struct directory *d)
{
	CLEANUP(directory_give_back) struct snapshot *next = NULL;

	if (d->now != NULL && d->checked_at <= c->now && c->now - d->checked_at < DIRECTORY_CHECK)
		return OK;	/* somebody has done it while we waited */
	TRY(snapshot_make(c, d->now, &next));
	pthread_mutex_lock(&d->lock);
	struct snapshot *old = d->now;
	d->now = next;
	d->checked_at = c->now;
	pthread_mutex_unlock(&d->lock);
	next = old;
	return OK;
}

/* A copy to hold; true: the last look was too long ago. */
static bool
hold(struct ctx *c, struct directory *d, struct snapshot **ret)
{
	pthread_mutex_lock(&d->lock);
	if (d->now != NULL)
		atomic_fetch_add(&d->now->users, 1);
	*ret = d->now;
	bool stale = d->now == NULL || c->now < d->checked_at || c->now - d->checked_at >= DIRECTORY_CHECK;
	pthread_mutex_unlock(&d->lock);
	return stale;
}

err
directory_take(struct ctx *c, struct snapshot **ret)
{
	struct directory *d = c->directory;
	err e;

	if (d == NULL)
		return snapshot_make(c, NULL, ret);
	if (!hold(c, d, ret))
		return OK;
	/* One thread reads; the others make do with what there is, if there is anything. */
	if (pthread_mutex_trylock(&d->refreshing) != 0) {
		if (*ret != NULL)
			return OK;
		pthread_mutex_lock(&d->refreshing);
	}
	e = refresh(c, d);
	pthread_mutex_unlock(&d->refreshing);
	directory_give_back(ret);
	(void)hold(c, d, ret);
	if (e != OK)
		directory_give_back(ret);
	return e;
}
