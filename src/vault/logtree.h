/*
 * logtree.h - the Merkle tree of RFC 6962 section 2 (RFC 9162 section 2.1):
 * SHA-256, 0x00 before a leaf, 0x01 before two hashes.  Pure: who keeps the
 * hashes gives a source that reads the few that a proof needs.
 *
 * Leaves count from 0.  A complete subtree is named by its level (2^level
 * leaves) and its place among those of its level.
 */
#ifndef LOGTREE_H
#define LOGTREE_H

#include "base/str.h"

enum {
	LOGTREE_HASH_BYTES = 32,
	LOGTREE_LEVELS = 62,	/* a tree has fewer than 2^62 leaves */
	LOGTREE_PROOF_MAX = LOGTREE_LEVELS + 1,
};

struct logtree_hash { unsigned char bytes[LOGTREE_HASH_BYTES]; };

void logtree_leaf(str bytes, struct logtree_hash *ret);
void logtree_node(const struct logtree_hash *left, const struct logtree_hash *right, struct logtree_hash *ret);
bool logtree_same(const struct logtree_hash *, const struct logtree_hash *);
/* The root of a whole tree that fits into memory; of no leaves: SHA-256 of nothing. */
void logtree_root_of(const struct logtree_hash *leaves, size_t n, struct logtree_hash *ret);

/* A tree that grows, as the roots of its complete subtrees, the largest first: O(log n). */
struct logtree_range {
	int64_t			size;
	struct logtree_hash	peaks[LOGTREE_LEVELS];
};
void logtree_append(struct logtree_range *, const struct logtree_hash *leaf);
void logtree_root(const struct logtree_range *, struct logtree_hash *ret);

/* Reads the hash of one complete subtree; its errors are passed on. */
struct logtree_source {
	err	(*read)(void *from, int level, int64_t at, struct logtree_hash *ret);
	void	*from;
};

struct logtree_proof {
	struct logtree_hash	hashes[LOGTREE_PROOF_MAX];
	int			n;
};

/* The tree of the first size leaves, to grow on from there; and its root. */
err logtree_read_range(const struct logtree_source *, int64_t size, struct logtree_range *ret) MUST_USE;
err logtree_read_root(const struct logtree_source *, int64_t size, struct logtree_hash *ret) MUST_USE;
/* That the leaf is one of the first size.  ERR_INVALID: not 0 <= leaf < size. */
err logtree_prove_leaf(const struct logtree_source *, int64_t leaf, int64_t size,
	struct logtree_proof *ret) MUST_USE;
/* That the first size leaves begin with the first old.  ERR_INVALID: not 0 <= old <= size. */
err logtree_prove_growth(const struct logtree_source *, int64_t old, int64_t size,
	struct logtree_proof *ret) MUST_USE;

/* What a stranger checks (RFC 9162 sections 2.1.3.2 and 2.1.4.2): any input is safe, what is amiss is false. */
bool logtree_leaf_holds(const struct logtree_hash *leaf_hash, int64_t leaf, int64_t size,
	const struct logtree_proof *, const struct logtree_hash *root) MUST_USE;
struct logtree_state { int64_t size; struct logtree_hash root; };
bool logtree_growth_holds(const struct logtree_state *old, const struct logtree_state *now,
	const struct logtree_proof *) MUST_USE;

#endif
