/*
 * hearsay.c - see hearsay.h.  Lines commit in another order than their ids were
 * made: each time we look some seconds back, and skip what was heard already.
 */
#include "access/audit.h"
#include "app/hearsay.h"
#include "practice/free.h"
#include "practice/motive.h"
#include "store/db.h"

enum {
	BACK_SECONDS = 10,	/* a change is committed within so long after its line was made, or heard late */
	PAGE = 1000,
	HEARD_MAX = 16 * 1024,	/* past it some lines are heard twice, which is only work */
};

struct heard { struct arena mem; id *ids; size_t n; };

struct hearsay {
	struct heard	a, b;	/* of the last call and of this one, by turns */
	bool		turn;
};

struct hearsay *
hearsay_make(void)
{
	return mem_alloc(1, sizeof(struct hearsay));
}

void
hearsay_end(struct hearsay *h)
{
	if (h == NULL)
		return;
	arena_free(&h->a.mem);
	arena_free(&h->b.mem);
	mem_free(h);
}

/* The ids of a call rise. */
static bool
was_heard(const struct heard *last, id line)
{
	size_t low = 0, high = last->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (last->ids[middle] < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < last->n && last->ids[low] == line;
}

/* Everything that may still be offered: which hours were touched before a move, no line tells. */
static void
forget(struct ctx *c, id org, id holder)
{
	const int64_t first = cell_of(c->now - USEC_PER_DAY);
	const int64_t days = MOTIVE_HORIZON_DAYS_MAX + 2;

	if (holder != 0)
		free_forget(c->free, org, holder, first, days * (USEC_PER_DAY / CELL_USEC));
}

static err
heed(struct ctx *c, const struct audit_line *l)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	if (!str_starts(l->action, S("booking.")))
		return OK;
	if (!str_eq(l->action, S("booking.state")))
		forget(c, l->org, l->detail);	/* the practitioner, for all the others */
	TRY(db_read(c->db, SQL("SELECT practitioner, room, device FROM booking WHERE org = $1 AND id = $2"),
	    BINDS(INT(l->org), INT(l->object)), &rows));
	err e = db_next(rows);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e;
	for (int i = 0; i < 3; i++)
		forget(c, l->org, db_int(rows, i));
	return OK;
}

err
hearsay_listen(struct hearsay *h, struct ctx *c)
{
	struct heard *last = h->turn ? &h->a : &h->b, *now = h->turn ? &h->b : &h->a;
	struct mint clock;
	struct audit_line *lines;
	size_t n;

	mint_init(&clock, 1);
	id after = mint_id(&clock, c->now - BACK_SECONDS * USEC_PER_SECOND);
	arena_reset(&now->mem);
	now->ids = NEW_N(&now->mem, id, HEARD_MAX);
	now->n = 0;
	h->turn = !h->turn;
	do {
		TRY(audit_since(c, after, PAGE, &lines, &n));
		for (size_t i = 0; i < n; i++) {
			after = lines[i].id;
			if (now->n < HEARD_MAX)
				now->ids[now->n++] = after;
			if (!was_heard(last, after))
				TRY(heed(c, &lines[i]));
		}
	} while (n == PAGE);
	return OK;
}
