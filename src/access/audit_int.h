/*
 * audit_int.h - inside audit_*.c only: lines as leaves, and the tree's tiles.
 */
#ifndef AUDIT_INT_H
#define AUDIT_INT_H

#include "access/audit_proof.h"
#include "store/db.h"

#define AUDIT_PURGE	S("audit.purge")

enum {
	AUDIT_PSEUDONYM_BYTES = 16,
	AUDIT_TILE_BITS = 8,
	AUDIT_TILE_HASHES = 1 << AUDIT_TILE_BITS,
	AUDIT_TILE_LEVELS = 8,
};

/* Stored in leaves: never renumber. */
enum audit_kind { AUDIT_CHANGE = 1, AUDIT_OPENING = 2 };

/* A change or an opening. */
struct audit_row {
	enum audit_kind		kind;
	struct audit_line	line;
	int64_t			purposes;	/* PURPOSE_BIT()s */
	str			policy;
	str			persons;	/* ids, 8 bytes each */
};

/* What has no place yet, in the order of their ids; those with first < seq <= last, in order. */
err audit_rows_waiting(struct ctx *, int limit, struct audit_row **ret, size_t *ret_n) MUST_USE;
err audit_rows_between(struct ctx *, int64_t first, int64_t last, struct audit_row **ret, size_t *ret_n) MUST_USE;
/* One of ctx.org, or of all without one.  ERR_NOT_FOUND. */
err audit_row_find(struct ctx *, id line, struct audit_row *ret) MUST_USE;

/* The bytes of its leaf, and the pseudonyms that these commit to. */
err audit_leaf(struct ctx *, const struct audit_row *, str *ret_leaf, str *ret_pseudonyms) MUST_USE;
err audit_leaf_hash(struct ctx *, const struct audit_row *, struct logtree_hash *ret) MUST_USE;

struct audit_tile {
	int64_t			at;
	int			n;
	struct logtree_hash	hashes[AUDIT_TILE_HASHES];
};
/* ERR_NOT_FOUND: no such tile.  ERR_SEALED: no whole hashes lie in it. */
err audit_tile_read(struct ctx *, int level, int64_t at, struct audit_tile *ret) MUST_USE;
/* How many leaves the tree has. */
err audit_tile_size(struct ctx *, int64_t *ret) MUST_USE;
/* Inside a change that holds the log's lock: n leaves more; ret_size: how many were there. */
err audit_tile_append(struct ctx *, const struct logtree_hash *leaves, size_t n, int64_t *ret_size) MUST_USE;

/* The tree as a source of proofs; keeps the last tile of each level. */
struct audit_tree {
	struct ctx		*c;
	struct audit_tile	*kept[AUDIT_TILE_LEVELS];
};
struct logtree_source audit_tree_source(struct audit_tree *);

#endif
