/*
 * audit_sequence.c - places for lines, and their end: one job gives them, so
 * that a change never waits for the tree; another purges what is past its life.
 */
#include "access/audit_int.h"

#include <assert.h>

#include "base/log.h"

enum {
	BATCH_MAX = 1000,
	RACES_MAX = 5,
	LOG_LOCK = 1,	/* of db_lock: no id is so small */
};

static int
clip(int limit)
{
	return limit < 1 ? 1 : limit > BATCH_MAX ? BATCH_MAX : limit;
}

static err
place(struct ctx *c, const struct audit_row *row, int64_t seq)
{
	int64_t changed;

	if (row->kind == AUDIT_CHANGE)
		TRY(db_run(c->db, SQL("UPDATE audit SET seq = $2 WHERE id = $1 AND seq IS NULL"),
		    BINDS(INT(row->line.id), INT(seq)), &changed));
	else
		TRY(db_run(c->db, SQL("UPDATE opening SET seq = $2 WHERE id = $1 AND seq IS NULL"),
		    BINDS(INT(row->line.id), INT(seq)), &changed));
	return changed == 1 ? OK : ERR_CONFLICT;
}

/*
 * Hashed before the change, placed inside it.  Where two servers do this at
 * once, the second finds its lines placed already and begins again.
 */
static err
sequence_once(struct ctx *c, int limit, int64_t *ret_n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct audit_row *rows;
	int64_t size;
	size_t n;

	TRY(audit_rows_waiting(c, limit, &rows, &n));
	*ret_n = (int64_t)n;
	if (n == 0)
		return OK;
	struct logtree_hash *leaves = NEW_N(c->mem, struct logtree_hash, n);
	for (size_t i = 0; i < n; i++)
		TRY(audit_leaf_hash(c, &rows[i], &leaves[i]));
	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, LOG_LOCK, true));
	TRY(audit_tile_append(c, leaves, n, &size));
	for (size_t i = 0; i < n; i++)
		TRY(place(c, &rows[i], size + 1 + (int64_t)i));
	return db_commit(&tx);
}

err
audit_sequence(struct ctx *c, int limit, int64_t *ret_n)
{
	err e = ERR_RETRY;

	assert(!db_in_change(c->db));
	for (int race = 0; race < RACES_MAX && (e == ERR_RETRY || e == ERR_CONFLICT); race++) {
		CLEANUP(arena_free) struct arena mem = {0};
		struct ctx batch = *c;

		batch.mem = &mem;	/* a night's lines do not fit into one arena */
		e = sequence_once(&batch, clip(limit), ret_n);
	}
	return e == ERR_CONFLICT ? ERR_RETRY : e;
}

/* --- the end of a line's life --- */

/* What goes is always the oldest part of the log, to its first line that is still alive. */
static err
dead_prefix(struct ctx *c, usec before, int64_t *ret_last, int64_t *ret_n)
{
	struct audit_row *rows;
	int64_t first;
	size_t n;

	*ret_n = 0;
	TRY(db_one_int(c->db, SQL("SELECT COALESCE(MIN(seq), 0) FROM (SELECT MIN(seq) AS seq FROM audit WHERE seq > 0"
	    " UNION ALL SELECT MIN(seq) AS seq FROM opening WHERE seq > 0) firsts"), NULL, 0, &first));
	if (first == 0)
		return OK;
	TRY(audit_rows_between(c, first - 1, first - 1 + BATCH_MAX, &rows, &n));
	for (size_t i = 0; i < n && rows[i].line.at < before; i++) {
		*ret_last = rows[i].line.seq;
		++*ret_n;
	}
	return OK;
}

static err
purge_to(struct ctx *c, int64_t last)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t gone;

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL("DELETE FROM audit WHERE seq > 0 AND seq <= $1"), BINDS(INT(last)), &gone));
	TRY(db_run(c->db, SQL("DELETE FROM opening WHERE seq > 0 AND seq <= $1"), BINDS(INT(last)), &gone));
	TRY(audit_add(c, AUDIT_PURGE, 0, 0, last));
	return db_commit(&tx);
}

err
audit_purge(struct ctx *c, int64_t *ret_n)
{
	int64_t last = 0, n;

	assert(!db_in_change(c->db));
	*ret_n = 0;
	do {
		CLEANUP(arena_free) struct arena mem = {0};
		struct ctx batch = *c;

		batch.mem = &mem;
		TRY(dead_prefix(&batch, c->now - promise()->log_life, &last, &n));
		if (n > 0)
			TRY(purge_to(&batch, last));
		*ret_n += n;
	} while (n == BATCH_MAX);
	return OK;
}
