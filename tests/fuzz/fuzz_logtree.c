/*
 * fuzz_logtree.c - proofs of any bytes: two numbers, a root, a leaf's hash or an
 * older root, and a path.  A leaf's proof holds exactly if the recursion of RFC
 * 6962 2.1.1, walked back, leads to the root; what holds stops holding when a
 * byte of it is another.
 */
#include "fuzz.h"
#include "vault/logtree.h"

enum { HEAD_BYTES = 16 + 2 * LOGTREE_HASH_BYTES };

struct input {
	int64_t			leaf, size;
	struct logtree_hash	root, hash;
	struct logtree_proof	path;
};

static int64_t
number(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

static bool
read_input(const uint8_t *p, size_t n, struct input *ret)
{
	if (n < HEAD_BYTES || (n - HEAD_BYTES) / LOGTREE_HASH_BYTES > LOGTREE_PROOF_MAX)
		return false;
	ret->leaf = number(p);
	ret->size = number(p + 8);
	memcpy(ret->root.bytes, p + 16, LOGTREE_HASH_BYTES);
	memcpy(ret->hash.bytes, p + 16 + LOGTREE_HASH_BYTES, LOGTREE_HASH_BYTES);
	ret->path.n = (int)((n - HEAD_BYTES) / LOGTREE_HASH_BYTES);
	memcpy(ret->path.hashes, p + HEAD_BYTES, (size_t)ret->path.n * LOGTREE_HASH_BYTES);
	return true;
}

/* False: the path is not as long as the way to the leaf. */
static bool
walk_back(const struct input *in, int64_t m, int64_t n, int left, struct logtree_hash *ret)
{
	struct logtree_hash below;
	int64_t k = 1;

	if (n == 1) {
		*ret = in->hash;
		return left == 0;
	}
	if (left == 0)
		return false;
	while (k < n - k)
		k *= 2;
	if (!walk_back(in, m < k ? m : m - k, m < k ? k : n - k, left - 1, &below))
		return false;
	if (m < k)
		logtree_node(&below, &in->path.hashes[left - 1], ret);
	else
		logtree_node(&in->path.hashes[left - 1], &below, ret);
	return true;
}

static void
check_leaf(const struct input *in)
{
	struct logtree_hash root;
	bool possible = in->leaf >= 0 && in->leaf < in->size &&
	    walk_back(in, in->leaf, in->size, in->path.n, &root);

	require(logtree_leaf_holds(&in->hash, in->leaf, in->size, &in->path, &in->root) ==
	    (possible && logtree_same(&root, &in->root)), "a proof holds that the recursion does not know");
}

static void
check_growth(const struct input *in)
{
	struct logtree_state old = { in->leaf, in->hash }, now = { in->size, in->root };
	struct logtree_proof bad = in->path;

	if (!logtree_growth_holds(&old, &now, &in->path))
		return;
	require(old.size >= 0 && old.size <= now.size, "a log grew to be smaller");
	for (int i = 0; i < bad.n; i++) {
		bad.hashes[i].bytes[i % LOGTREE_HASH_BYTES] ^= 1;
		require(!logtree_growth_holds(&old, &now, &bad), "a hash of the path does not matter");
		bad = in->path;
	}
	old.root.bytes[0] ^= 1;
	require(!logtree_growth_holds(&old, &now, &in->path), "the old root does not matter");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct input in;

	if (read_input(bytes, n, &in)) {
		check_leaf(&in);
		check_growth(&in);
	}
	return 0;
}
