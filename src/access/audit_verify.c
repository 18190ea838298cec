/*
 * audit_verify.c - the whole log, recomputed: every line against its hash,
 * the hashes against each other, and their tree against every checkpoint.
 * Lines are added, and purged, while we look; both are told from a fault.
 */
#include "access/audit_int.h"

#include <assert.h>

#include "base/log.h"

struct walk {
	struct ctx		*c;	/* its arena holds one tile and its lines */
	struct audit_report	*report;
	const struct logtree_state *saved;	/* the caller's, until it was passed */
	struct checkpoint_key	 key;
	int64_t			 size;		/* of the log when we began */
	int64_t			 vouched;	/* lines under the last good checkpoint */
	int64_t			 purged;	/* to here a purge tells of missing lines */
	struct logtree_range	 range;
	struct audit_checkpoint	*points;	/* those of the tile's lines, and the next one */
	size_t			 points_n, point;
	struct audit_tile	*above[AUDIT_TILE_LEVELS];
};

static err
fault(struct walk *w, enum audit_fault f, int64_t seq)
{
	w->report->fault = f;
	w->report->bad_seq = seq;
	LOG_ERROR("audit", "the log does not hold", LOG_INT("fault", f), LOG_INT("seq", seq));
	return ERR_SEALED;
}

/* --- lines against their hashes --- */

static err
purges_read(struct walk *w)
{
	return db_one_int(w->c->db, SQL("SELECT COALESCE(MAX(detail), 0) FROM audit WHERE action = 'audit.purge'"),
	    NULL, 0, &w->purged);
}

/* A line without its content: right if it was purged, perhaps this very moment. */
static err
check_gone(struct walk *w, int64_t seq)
{
	if (seq > w->purged)
		TRY(purges_read(w));
	if (seq > w->purged)
		return fault(w, AUDIT_LINE_MISSING, seq);
	w->report->purged++;
	return OK;
}

static err
check_line(struct walk *w, const struct audit_row *row, const struct logtree_hash *stored)
{
	struct logtree_hash hash;

	TRY(audit_leaf_hash(w->c, row, &hash));
	return logtree_same(&hash, stored) ? OK : fault(w, AUDIT_LINE_ALTERED, row->line.seq);
}

/* --- the tree against checkpoints --- */

static err
point_fault(struct walk *w, enum audit_fault f, int64_t seq, const struct audit_checkpoint *p)
{
	w->report->bad_checkpoint = p != NULL ? p->size : w->saved->size;
	w->report->bad_is_saved = p == NULL;
	return fault(w, f, seq);
}

static err
points_read(struct walk *w)
{
	const int64_t after = w->range.size == 0 ? INT64_MIN : w->range.size;

	w->point = 0;
	return audit_checkpoint_list(w->c, after, AUDIT_TILE_HASHES + 1, &w->points, &w->points_n);
}

static const struct audit_checkpoint *
point_next(const struct walk *w)
{
	return w->point < w->points_n ? &w->points[w->point] : NULL;
}

static err
check_point(struct walk *w, const struct audit_checkpoint *p, const struct logtree_hash *root)
{
	struct logtree_state state;

	if (checkpoint_read(w->c->mem, &w->key, p->note, &state) != OK || state.size != p->size)
		return point_fault(w, AUDIT_FORGED, w->vouched + 1, p);
	if (!logtree_same(&state.root, root))
		return point_fault(w, AUDIT_REPLACED, w->vouched + 1, p);
	w->vouched = p->size;
	w->report->signed_lines = p->size;
	w->report->checkpoints++;
	return OK;
}

/* Whatever was signed about a log of exactly this many lines. */
static err
check_points(struct walk *w)
{
	const struct audit_checkpoint *p = point_next(w);
	struct logtree_hash root;
	bool own = p != NULL && p->size <= w->range.size, theirs = w->saved != NULL && w->saved->size == w->range.size;

	if (!own && !theirs)
		return OK;
	logtree_root(&w->range, &root);
	if (theirs) {
		if (!logtree_same(&w->saved->root, &root))
			return point_fault(w, AUDIT_REPLACED, w->vouched + 1, NULL);
		w->saved = NULL;
	}
	if (own) {
		TRY(check_point(w, p, &root));
		w->point++;
	}
	return OK;
}

/* --- tiles against the tiles above them --- */

static err
check_above(struct walk *w, struct arena *mem, int level, const struct audit_tile *full)
{
	const int64_t above = full->at / AUDIT_TILE_HASHES;
	const int place = (int)(full->at % AUDIT_TILE_HASHES);
	struct logtree_hash hash;
	struct ctx c = *w->c;

	assert(level < AUDIT_TILE_LEVELS);
	struct audit_tile *t = w->above[level];
	logtree_root_of(full->hashes, AUDIT_TILE_HASHES, &hash);
	if (t == NULL || t->at != above) {
		t = w->above[level] = t != NULL ? t : NEW_N(mem, struct audit_tile, 1);
		err e = audit_tile_read(&c, level, above, t);

		if (e != OK && e != ERR_NOT_FOUND && e != ERR_SEALED)
			return e;
		if (e != OK)
			*t = (struct audit_tile){ .at = above };
	}
	if (place >= t->n || !logtree_same(&hash, &t->hashes[place])) {
		int64_t covered = INT64_C(1) << (level * AUDIT_TILE_BITS);

		return fault(w, AUDIT_HASHES_ALTERED, full->at * covered + 1);
	}
	return place == AUDIT_TILE_HASHES - 1 ? check_above(w, mem, level + 1, t) : OK;
}

/* --- from the first line to the last --- */

/* One tile of the lowest level, and the lines whose hashes it has. */
static err
check_tile(struct walk *w, struct arena *mem)
{
	const int64_t first = w->range.size;
	const int want = (int)min64(AUDIT_TILE_HASHES, w->size - first);
	struct audit_tile *tile = NEW_N(w->c->mem, struct audit_tile, 1);
	struct audit_row *rows;
	size_t n, at = 0;

	err e = audit_tile_read(w->c, 0, first / AUDIT_TILE_HASHES, tile);
	if (e == ERR_NOT_FOUND || e == ERR_SEALED)
		return fault(w, AUDIT_HASHES_ALTERED, first + 1);
	TRY(e);
	if (tile->n < want)
		return fault(w, AUDIT_HASHES_ALTERED, first + tile->n + 1);
	TRY(audit_rows_between(w->c, first, first + want, &rows, &n));
	TRY(points_read(w));
	for (int i = 0; i < want; i++) {
		int64_t seq = first + i + 1;

		if (at < n && rows[at].line.seq == seq)
			TRY(check_line(w, &rows[at++], &tile->hashes[i]));
		else
			TRY(check_gone(w, seq));
		if (at < n && rows[at].line.seq <= seq)
			return fault(w, AUDIT_LINE_EXTRA, seq);
		logtree_append(&w->range, &tile->hashes[i]);
		TRY(check_points(w));
	}
	return want == AUDIT_TILE_HASHES && tile->n == want ? check_above(w, mem, 1, tile) : OK;
}

/* Lines that sit where the log has no places. */
static err
check_strays(struct walk *w)
{
	int64_t low, high, size;

	TRY(db_one_int(w->c->db, SQL("SELECT COALESCE(MIN(seq), 1) FROM (SELECT seq FROM audit WHERE seq < 1"
	    " UNION ALL SELECT seq FROM opening WHERE seq < 1) strays"), NULL, 0, &low));
	TRY(db_one_int(w->c->db, SQL("SELECT COALESCE(MAX(seq), 0) FROM (SELECT MAX(seq) AS seq FROM audit"
	    " WHERE seq > 0 UNION ALL SELECT MAX(seq) AS seq FROM opening WHERE seq > 0) ends"), NULL, 0, &high));
	/* Read after: a line that comes now has its hash at once. */
	TRY(audit_tile_size(w->c, &size));
	if (low < 1 || high > size)
		return fault(w, AUDIT_LINE_EXTRA, low < 1 ? low : high);
	return OK;
}

/* What was signed about more lines than there are. */
static err
check_end(struct walk *w)
{
	const struct audit_checkpoint *p;

	TRY(points_read(w));
	p = point_next(w);
	if (w->saved != NULL && w->saved->size > w->size)
		return point_fault(w, AUDIT_CUT, w->size + 1, NULL);
	if (p != NULL) {
		int64_t size;

		/* One that was signed meanwhile is of lines that came meanwhile. */
		TRY(audit_tile_size(w->c, &size));
		if (p->size > size)
			return point_fault(w, AUDIT_CUT, size + 1, p);
	}
	return check_strays(w);
}

/* --- the whole of it, or a step --- */

/* From where an earlier step ended; where its hashes are not to be had, from the beginning. */
static err
begin(struct walk *w, int64_t seq)
{
	struct audit_tree tree = { .c = w->c };
	struct logtree_source source = audit_tree_source(&tree);
	int64_t first;

	TRY(checkpoint_key(w->c, &w->key));
	TRY(audit_tile_size(w->c, &w->size));
	TRY(purges_read(w));
	w->report->lines = w->size;
	first = seq >= 0 && seq <= w->size ? seq - seq % AUDIT_TILE_HASHES : 0;
	err e = logtree_read_range(&source, first, &w->range);
	if (e == ERR_SEALED)
		w->range = (struct logtree_range){0};
	else
		TRY(e);
	return db_one_int(w->c->db, SQL("SELECT COALESCE(MAX(size), 0) FROM audit_checkpoint"
	    " WHERE size >= 0 AND size <= $1"),
	    BINDS(INT(w->range.size)), &w->vouched);
}

static err
walk(struct walk *w, struct arena *keep, int64_t limit)
{
	const int64_t last = limit < w->size - w->range.size ? w->range.size + limit : w->size;

	while (w->range.size < last) {
		TRY(check_tile(w, keep));
		arena_reset(w->c->mem);		/* the log of years does not fit into one */
	}
	return w->range.size == w->size ? check_end(w) : OK;
}

err
audit_examine(struct ctx *c, const struct logtree_state *saved, struct audit_report *ret)
{
	CLEANUP(arena_free) struct arena keep = {0};
	CLEANUP(arena_free) struct arena mem = {0};
	struct ctx batch = *c;
	struct walk w = { .c = &batch, .report = ret, .saved = saved };

	batch.mem = &mem;
	*ret = (struct audit_report){0};
	if (saved != NULL && saved->size == 0)
		w.saved = NULL;		/* every log begins with nothing */
	TRY(begin(&w, 0));
	TRY(walk(&w, &keep, INT64_MAX));
	logtree_root(&w.range, &ret->root);
	return OK;
}

err
audit_verify_from(struct ctx *c, int64_t limit, int64_t *io_seq, bool *ret_end)
{
	CLEANUP(arena_free) struct arena keep = {0};
	CLEANUP(arena_free) struct arena mem = {0};
	struct audit_report report = {0};
	struct ctx batch = *c;
	struct walk w = { .c = &batch, .report = &report };

	batch.mem = &mem;
	TRY(begin(&w, *io_seq));
	err e = walk(&w, &keep, limit);
	if (e == ERR_SEALED)
		*io_seq = report.bad_seq - 1;
	TRY(e);
	*io_seq = w.range.size;
	*ret_end = w.range.size == w.size;
	return OK;
}

err
audit_verify(struct ctx *c, int64_t *ret_lines, int64_t *ret_seq)
{
	int64_t seq = 0;
	bool end;
	err e = audit_verify_from(c, INT64_MAX, &seq, &end);

	if (e == ERR_SEALED)
		*ret_seq = seq + 1;
	TRY(e);
	*ret_lines = seq;
	return OK;
}
