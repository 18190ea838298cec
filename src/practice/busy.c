/* busy.c - see busy.h. */
#include <assert.h>

#include "practice/busy.h"
#include "practice/free.h"
#include "store/db.h"

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

err
busy_take(struct ctx *c, const struct busy_claim *b)
{
	assert(db_in_change(c->db) && b->from < b->to);
	/* Lapsed holds are swept by a job, and here, where they would be in the way. */
	TRY(db_run(c->db, SQL("DELETE FROM busy WHERE org = $1 AND holder IN ($2, $3, $4, $5)"
	    " AND cell >= $6 AND cell <= $7 AND until > 0 AND until <= $8"),
	    BINDS(INT(c->org), INT(b->practitioner), INT(b->room), INT(b->device), INT(b->person),
	    INT(first_cell(b)), INT(last_cell(b)), INT(c->now)), &(int64_t){0}));
	/*
	 * One statement for all holders, in one order for everybody, so that
	 * two changes which want the same cells never wait for each other.
	 */
	return db_run(c->db, SQL("INSERT INTO busy (org, holder, cell, lane, booking, until)"
	    " WITH RECURSIVE span(cell) AS (SELECT CAST($6 AS BIGINT)"
	    "  UNION ALL SELECT cell + 1 FROM span WHERE cell < CAST($7 AS BIGINT)),"
	    " who(holder, lane) AS (SELECT CAST($2 AS BIGINT), CAST($10 AS BIGINT)"
	    "  UNION ALL SELECT CAST($3 AS BIGINT), 0 UNION ALL SELECT CAST($4 AS BIGINT), 0"
	    "  UNION ALL SELECT CAST($5 AS BIGINT), 0)"
	    " SELECT CAST($1 AS BIGINT), who.holder, span.cell, who.lane,"
	    "  CAST($8 AS BIGINT), CAST($9 AS BIGINT)"
	    " FROM who, span WHERE who.holder <> 0 ORDER BY who.holder, span.cell"),
	    BINDS(INT(c->org), INT(b->practitioner), INT(b->room), INT(b->device), INT(b->person),
	    INT(first_cell(b)), INT(last_cell(b)), INT(b->booking), INT(b->until), INT(b->lane)),
	    &(int64_t){0});
}

err
busy_free(struct ctx *c, id booking, int64_t *ret_cells)
{
	return db_run(c->db, SQL("DELETE FROM busy WHERE org = $1 AND booking = $2"),
	    BINDS(INT(c->org), INT(booking)), ret_cells);
}

err
busy_extend(struct ctx *c, id booking, usec until)
{
	return db_run(c->db, SQL("UPDATE busy SET until = $1 WHERE org = $2 AND booking = $3 AND until > 0"),
	    BINDS(INT(until), INT(c->org), INT(booking)), &(int64_t){0});
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
