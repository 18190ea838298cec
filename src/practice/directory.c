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

struct snapshot {
	_Atomic int	 users;
	struct part	**parts;
	size_t		 n;
};

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

static void
snapshot_unuse(struct snapshot **held)
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
	snapshot_unuse(&d->now);
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

		for (size_t k = 0; entry->places_n == 0 && k < p->places_n; k++)
			if (k == 0)
				entry->places = rules_grow(&p->mem, NULL, 0, &entry->places_room,
				    sizeof(*entry->places));
		if (entry->places_n == 0 && p->places_n > 0)
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

/* The part of before, if nothing of its organisation has changed. */
static struct part *
same_part(const struct snapshot *before, id org, int64_t versions)
{
	for (size_t i = 0; before != NULL && i < before->n; i++)
		if (before->parts[i]->org == org)
			return before->parts[i]->versions == versions ? before->parts[i] : NULL;
	return NULL;
}
