/* busy.c - see busy.h. */
#include <assert.h>

#include "practice/busy.h"
#include "practice/free.h"
#include "store/db.h"

/* A claim's: practitioner, room, device, person. */
enum { BUSY_HOLDERS = 4 };

static int64_t
first_cell(const struct busy_claim *b)
{
	return cell_of(b->from);
}

static int64_t
last_cell(const struct busy_claim *b)
{
	return cell_of(b->to - 1);
}

struct holder { id id; int lane; };

static void
holders_of(const struct busy_claim *b, struct holder ret[BUSY_HOLDERS])
{
	const struct holder all[BUSY_HOLDERS] = { { b->practitioner, b->lane }, { b->room, 0 },
		{ b->device, 0 }, { b->person, 0 } };

	for (int i = 0; i < BUSY_HOLDERS; i++) {
		int at = i;

		for (; at > 0 && ret[at - 1].id > all[i].id; at--)
			ret[at] = ret[at - 1];
		ret[at] = all[i];
	}
}

/* A quarter of an hour at a time, then what is left of it. */
static err
take_cells(struct ctx *c, const struct busy_claim *b, const struct holder *h)
{
	int64_t cell = first_cell(b), end = last_cell(b) + 1;

	for (; end - cell >= 3; cell += 3)
		TRY(db_post(c->db, SQL("INSERT INTO busy (org, holder, cell, lane, booking, until)"
		    " VALUES ($1, $2, $3, $4, $5, $6), ($1, $2, $3 + 1, $4, $5, $6),"
		    " ($1, $2, $3 + 2, $4, $5, $6)"), BINDS(INT(c->org), INT(h->id), INT(cell),
		    INT(h->lane), INT(b->booking), INT(b->until))));
	for (; cell < end; cell++)
		TRY(db_post(c->db, SQL("INSERT INTO busy (org, holder, cell, lane, booking, until)"
		    " VALUES ($1, $2, $3, $4, $5, $6)"), BINDS(INT(c->org), INT(h->id), INT(cell),
		    INT(h->lane), INT(b->booking), INT(b->until))));
	return OK;
}

err
busy_take(struct ctx *c, const struct busy_claim *b)
{
	struct holder holders[BUSY_HOLDERS];

	assert(db_in_change(c->db) && b->from < b->to);
	/* Lapsed holds are swept by a job, and here, where they would be in the way. */
	TRY(db_post(c->db, SQL("DELETE FROM busy WHERE org = $1 AND holder IN ($2, $3, $4, $5)"
	    " AND cell >= $6 AND cell <= $7 AND until > 0 AND until <= $8"),
	    BINDS(INT(c->org), INT(b->practitioner), INT(b->room), INT(b->device), INT(b->person),
	    INT(first_cell(b)), INT(last_cell(b)), INT(c->now))));
	/*
	 * In one order for everybody, by holder and by cell, so that two changes
	 * which want the same cells never wait for each other.
	 */
	holders_of(b, holders);
	for (int i = 0; i < BUSY_HOLDERS; i++)
		if (holders[i].id != 0)
			TRY(take_cells(c, b, &holders[i]));
	return OK;
}

/* By the key's own order: an index by booking would cost every cell that is taken a second row. */
err
busy_free(struct ctx *c, const struct busy_claim *b, int64_t *ret_cells)
{
	return db_run(c->db, SQL("DELETE FROM busy WHERE org = $1 AND holder IN ($2, $3, $4, $5)"
	    " AND cell >= $6 AND cell <= $7 AND booking = $8"),
	    BINDS(INT(c->org), INT(b->practitioner), INT(b->room), INT(b->device), INT(b->person),
	    INT(first_cell(b)), INT(last_cell(b)), INT(b->booking)), ret_cells);
}

err
busy_extend(struct ctx *c, id hold, usec until)
{
	return db_run(c->db, SQL("UPDATE busy SET until = $1 WHERE org = $2 AND booking = $3 AND until > 0"),
	    BINDS(INT(until), INT(c->org), INT(hold)), &(int64_t){0});
}

err
busy_is_free(struct ctx *c, const struct busy_claim *b, id holder, int lane, bool *ret)
{
	int64_t n;

	TRY(db_one_int(c->db, SQL("SELECT count(*) FROM busy WHERE org = $1 AND holder = $2"
	    " AND cell >= $3 AND cell <= $4 AND lane = $5 AND (until = 0 OR until > $6)"),
	    BINDS(INT(c->org), INT(holder), INT(first_cell(b)), INT(last_cell(b)), INT(lane),
	    INT(c->now)), &n));
	*ret = n == 0;
	return OK;
}

void
busy_forget(struct ctx *c, const struct busy_claim *b)
{
	const id holders[] = { b->practitioner, b->room, b->device };

	/* A seat of a session takes nobody's cells, and still one place less is offered. */
	for (size_t i = 0; i < COUNT(holders); i++)
		if (i == 0 || holders[i] != 0)
			free_forget(c->free, c->org, holders[i], first_cell(b),
			    last_cell(b) - first_cell(b) + 1);
}

void
busy_mark(struct ctx *c, struct busy_claim *b)
{
	const id holders[] = { b->practitioner, b->room, b->device };

	for (size_t i = 0; i < COUNT(holders); i++)
		b->marks[i] = free_mark(c->free, c->org, holders[i]);
}

void
busy_taken(struct ctx *c, const struct busy_claim *b)
{
	const id holders[] = { b->practitioner, b->room, b->device };

	assert(b->until == 0);
	for (size_t i = 0; i < COUNT(holders); i++)
		if (holders[i] != 0)
			free_taken(c->free, c->org, holders[i], b->marks[i], first_cell(b),
			    last_cell(b) - first_cell(b) + 1);
}
