/*
 * audit_tile.c - the tree in the storage: tiles of 256 hashes, as in C2SP
 * tlog-tiles.  A tile of level t has hashes of subtrees of 256^t leaves; the
 * hashes between are computed again when they are needed.  A log of a million
 * lines is four thousand rows, and appending to it writes two or three.
 */
#include "access/audit_int.h"

#include <assert.h>

#include "base/log.h"

static err
damaged(int level, int64_t at)
{
	LOG_ERROR("audit", "a tile of the log is missing or damaged", LOG_INT("level", level), LOG_INT("at", at));
	return ERR_SEALED;
}

/* Columns: at, hashes. */
static err
tile_of(struct db_rows *r, struct arena *mem, int level, struct audit_tile *ret)
{
	TRY(db_next(r));
	str hashes = db_text(r, mem, 1);

	ret->at = db_int(r, 0);
	if (ret->at < 0 || hashes.n == 0 || hashes.n % LOGTREE_HASH_BYTES != 0 || hashes.n > sizeof(ret->hashes))
		return damaged(level, ret->at);
	ret->n = (int)(hashes.n / LOGTREE_HASH_BYTES);
	memcpy(ret->hashes, hashes.p, hashes.n);
	return OK;
}

err
audit_tile_read(struct ctx *c, int level, int64_t at, struct audit_tile *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL("SELECT at, hashes FROM audit_tile WHERE level = $1 AND at = $2"),
	    BINDS(INT(level), INT(at)), &r));
	return tile_of(r, c->mem, level, ret);
}

static err
last_read(struct ctx *c, int level, struct audit_tile *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL("SELECT at, hashes FROM audit_tile WHERE level = $1 ORDER BY at DESC LIMIT 1"),
	    BINDS(INT(level)), &r));
	err e = tile_of(r, c->mem, level, ret);
	if (e == ERR_NOT_FOUND)
		ret->at = ret->n = 0;
	return e == ERR_NOT_FOUND ? OK : e;
}

static int64_t
size_of(const struct audit_tile *last)
{
	return last->at * AUDIT_TILE_HASHES + last->n;
}

err
audit_tile_size(struct ctx *c, int64_t *ret)
{
	struct audit_tile *last = NEW_N(c->mem, struct audit_tile, 1);

	TRY(last_read(c, 0, last));
	*ret = size_of(last);
	return OK;
}

/* --- growing --- */

/* The right edge of the tree, level by level. */
struct edge {
	struct ctx		*c;
	struct audit_tile	*tiles[AUDIT_TILE_LEVELS];
	bool			 changed[AUDIT_TILE_LEVELS];
};

static err
tile_write(struct edge *edge, int level)
{
	const struct audit_tile *t = edge->tiles[level];
	str hashes = { (const char *)t->hashes, (size_t)t->n * LOGTREE_HASH_BYTES };

	edge->changed[level] = false;
	return db_run(edge->c->db, SQL("INSERT INTO audit_tile (level, at, hashes) VALUES ($1, $2, $3)"
	    " ON CONFLICT (level, at) DO UPDATE SET hashes = excluded.hashes"),
	    BINDS(INT(level), INT(t->at), BLOB(hashes)), NULL);
}

static err
edge_load(struct edge *edge, int level)
{
	if (edge->tiles[level] != NULL)
		return OK;
	edge->tiles[level] = NEW_N(edge->c->mem, struct audit_tile, 1);
	return last_read(edge->c, level, edge->tiles[level]);
}

/* A tile that is full becomes one hash of the level above. */
static err
edge_append(struct edge *edge, struct logtree_hash hash)
{
	for (int level = 0; level < AUDIT_TILE_LEVELS; level++) {
		TRY(edge_load(edge, level));
		struct audit_tile *t = edge->tiles[level];

		if (t->n == AUDIT_TILE_HASHES) {
			t->at++;
			t->n = 0;
		}
		t->hashes[t->n++] = hash;
		edge->changed[level] = true;
		if (t->n < AUDIT_TILE_HASHES)
			return OK;
		TRY(tile_write(edge, level));
		logtree_root_of(t->hashes, AUDIT_TILE_HASHES, &hash);
	}
	return ERR_TOO_LARGE;
}

err
audit_tile_append(struct ctx *c, const struct logtree_hash *leaves, size_t n, int64_t *ret_size)
{
	struct edge edge = { .c = c };

	assert(db_in_change(c->db));
	TRY(edge_load(&edge, 0));
	int64_t size = size_of(edge.tiles[0]);
	for (size_t i = 0; i < n; i++)
		TRY(edge_append(&edge, leaves[i]));
	for (int level = 0; level < AUDIT_TILE_LEVELS; level++)
		if (edge.changed[level])
			TRY(tile_write(&edge, level));
	*ret_size = size;
	return OK;
}

/* --- reading for proofs --- */

static err
subtree_read(void *from, int level, int64_t at, struct logtree_hash *ret)
{
	struct audit_tree *tree = from;
	const int row = level / AUDIT_TILE_BITS, bits = level % AUDIT_TILE_BITS;
	const int64_t first = at << bits, tile = first >> AUDIT_TILE_BITS;
	const int place = (int)(first & (AUDIT_TILE_HASHES - 1)), n = 1 << bits;

	if (row >= AUDIT_TILE_LEVELS)
		return damaged(row, at);
	if (tree->kept[row] == NULL || tree->kept[row]->at != tile) {
		struct audit_tile *t = NEW_N(tree->c->mem, struct audit_tile, 1);
		err e = audit_tile_read(tree->c, row, tile, t);

		if (e != OK)
			return e == ERR_NOT_FOUND ? damaged(row, tile) : e;
		tree->kept[row] = t;
	}
	if (place + n > tree->kept[row]->n)
		return damaged(row, tile);
	logtree_root_of(tree->kept[row]->hashes + place, (size_t)n, ret);
	return OK;
}

struct logtree_source
audit_tree_source(struct audit_tree *tree)
{
	return (struct logtree_source){ subtree_read, tree };
}
