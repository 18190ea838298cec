/* logtree.c - see logtree.h.  The recursions of RFC 6962 as loops: a proof is as long as the tree is high. */
#include "vault/logtree.h"

#include <assert.h>
#include <sodium.h>

enum { PREFIX_LEAF = 0, PREFIX_NODE = 1 };

static void
hash_begin(crypto_hash_sha256_state *state, unsigned char prefix)
{
	(void)crypto_hash_sha256_init(state);
	(void)crypto_hash_sha256_update(state, &prefix, 1);
}

void
logtree_leaf(str bytes, struct logtree_hash *ret)
{
	crypto_hash_sha256_state state;

	hash_begin(&state, PREFIX_LEAF);
	if (bytes.n > 0)
		(void)crypto_hash_sha256_update(&state, (const unsigned char *)bytes.p, bytes.n);
	(void)crypto_hash_sha256_final(&state, ret->bytes);
}

void
logtree_node(const struct logtree_hash *left, const struct logtree_hash *right, struct logtree_hash *ret)
{
	crypto_hash_sha256_state state;

	hash_begin(&state, PREFIX_NODE);
	(void)crypto_hash_sha256_update(&state, left->bytes, sizeof(left->bytes));
	(void)crypto_hash_sha256_update(&state, right->bytes, sizeof(right->bytes));
	(void)crypto_hash_sha256_final(&state, ret->bytes);
}

bool
logtree_same(const struct logtree_hash *a, const struct logtree_hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static int
bits_set(int64_t n)
{
	return __builtin_popcountll((uint64_t)n);
}

static int
trailing_zeros(int64_t n)
{
	return __builtin_ctzll((uint64_t)n);
}

static int
highest_bit(int64_t n)
{
	return 63 - __builtin_clzll((uint64_t)n);
}

/* A new leaf closes as many complete subtrees as its number ends in one bits: a binary counter. */
void
logtree_append(struct logtree_range *r, const struct logtree_hash *leaf)
{
	struct logtree_hash hash = *leaf;
	int n = bits_set(r->size);

	assert(r->size < (INT64_C(1) << LOGTREE_LEVELS) - 1);
	for (int64_t size = r->size; size & 1; size >>= 1)
		logtree_node(&r->peaks[--n], &hash, &hash);
	r->peaks[n] = hash;
	r->size++;
}

void
logtree_root(const struct logtree_range *r, struct logtree_hash *ret)
{
	int n = bits_set(r->size);

	if (n == 0) {
		(void)crypto_hash_sha256(ret->bytes, (const unsigned char *)"", 0);
		return;
	}
	struct logtree_hash hash = r->peaks[--n];
	while (n > 0)
		logtree_node(&r->peaks[--n], &hash, &hash);
	*ret = hash;
}

void
logtree_root_of(const struct logtree_hash *leaves, size_t n, struct logtree_hash *ret)
{
	struct logtree_range r = {0};

	for (size_t i = 0; i < n; i++)
		logtree_append(&r, &leaves[i]);
	logtree_root(&r, ret);
}

/*
 * The root of n leaves from first on.  first is a multiple of every power of
 * two in n, as each range that the recursions of the RFC make is.
 */
static err
subtree(const struct logtree_source *s, int64_t first, int64_t n, struct logtree_hash *ret)
{
	struct logtree_hash hash, left;
	int level = trailing_zeros(n);
	int64_t at = first + n;

	assert(n > 0 && (first & ((INT64_C(1) << highest_bit(n)) - 1)) == 0);
	at -= INT64_C(1) << level;
	TRY(s->read(s->from, level, at >> level, &hash));
	for (int64_t rest = n & (n - 1); rest > 0; rest &= rest - 1) {
		level = trailing_zeros(rest);
		at -= INT64_C(1) << level;
		TRY(s->read(s->from, level, at >> level, &left));
		logtree_node(&left, &hash, &hash);
	}
	*ret = hash;
	return OK;
}

err
logtree_read_range(const struct logtree_source *s, int64_t size, struct logtree_range *ret)
{
	struct logtree_range r = { .size = size };
	int64_t at = 0;

	assert(size >= 0 && size >> LOGTREE_LEVELS == 0);
	for (int level = LOGTREE_LEVELS - 1, n = 0; level >= 0; level--) {
		if ((size >> level & 1) == 0)
			continue;
		TRY(s->read(s->from, level, at >> level, &r.peaks[n++]));
		at += INT64_C(1) << level;
	}
	*ret = r;
	return OK;
}

err
logtree_read_root(const struct logtree_source *s, int64_t size, struct logtree_hash *ret)
{
	struct logtree_range r;

	TRY(logtree_read_range(s, size, &r));
	logtree_root(&r, ret);
	return OK;
}

/* The recursions go down and add on the way back: what they pass is kept, and read from the last. */
struct passed {
	struct { int64_t first, n; } ranges[LOGTREE_PROOF_MAX];
	int	n;
};

static void
pass(struct passed *p, int64_t first, int64_t n)
{
	assert(p->n < LOGTREE_PROOF_MAX);
	p->ranges[p->n].first = first;
	p->ranges[p->n].n = n;
	p->n++;
}

static err
read_passed(const struct logtree_source *s, const struct passed *p, struct logtree_proof *ret)
{
	ret->n = 0;
	for (int i = p->n - 1; i >= 0; i--)
		TRY(subtree(s, p->ranges[i].first, p->ranges[i].n, &ret->hashes[ret->n++]));
	return OK;
}

/* The largest power of two below n. */
static int64_t
split(int64_t n)
{
	return INT64_C(1) << highest_bit(n - 1);
}

err
logtree_prove_leaf(const struct logtree_source *s, int64_t leaf, int64_t size, struct logtree_proof *ret)
{
	struct passed p = {0};
	int64_t first = 0, n = size;

	if (leaf < 0 || leaf >= size || size >> LOGTREE_LEVELS != 0)
		return ERR_INVALID;
	while (n > 1) {
		int64_t k = split(n);

		if (leaf - first < k) {
			pass(&p, first + k, n - k);
			n = k;
		} else {
			pass(&p, first, k);
			first += k;
			n -= k;
		}
	}
	return read_passed(s, &p, ret);
}

err
logtree_prove_growth(const struct logtree_source *s, int64_t old, int64_t size, struct logtree_proof *ret)
{
	struct passed p = {0};
	int64_t first = 0, n = size, m = old;
	bool whole = true;	/* what is left of the old tree is the old tree itself, which the asker has */

	if (old < 0 || old > size || size >> LOGTREE_LEVELS != 0)
		return ERR_INVALID;
	if (old == 0) {
		ret->n = 0;
		return OK;
	}
	while (m < n) {
		int64_t k = split(n);

		if (m <= k) {
			pass(&p, first + k, n - k);
			n = k;
		} else {
			pass(&p, first, k);
			first += k;
			m -= k;
			n -= k;
			whole = false;
		}
	}
	if (!whole)
		pass(&p, first, n);
	return read_passed(s, &p, ret);
}

bool
logtree_leaf_holds(const struct logtree_hash *leaf_hash, int64_t leaf, int64_t size,
    const struct logtree_proof *proof, const struct logtree_hash *root)
{
	struct logtree_hash r = *leaf_hash;
	int64_t fn = leaf, sn = size - 1;

	if (leaf < 0 || leaf >= size || proof->n < 0 || proof->n > LOGTREE_PROOF_MAX)
		return false;
	for (int i = 0; i < proof->n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			logtree_node(&proof->hashes[i], &r, &r);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			logtree_node(&r, &proof->hashes[i], &r);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && logtree_same(&r, root);
}

/* The walk of RFC 9162 2.1.4.2 from the node where the old tree ends, over both roots at once. */
static bool
growth_walk(const struct logtree_state *old, const struct logtree_state *now,
    const struct logtree_hash *path, int n)
{
	int64_t fn = old->size - 1, sn = now->size - 1;
	struct logtree_hash fr = path[0], sr = path[0];

	while ((fn & 1) != 0) {
		fn >>= 1;
		sn >>= 1;
	}
	for (int i = 1; i < n; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			logtree_node(&path[i], &fr, &fr);
			logtree_node(&path[i], &sr, &sr);
			while ((fn & 1) == 0 && fn != 0) {
				fn >>= 1;
				sn >>= 1;
			}
		} else {
			logtree_node(&sr, &path[i], &sr);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && logtree_same(&fr, &old->root) && logtree_same(&sr, &now->root);
}

bool
logtree_growth_holds(const struct logtree_state *old, const struct logtree_state *now,
    const struct logtree_proof *proof)
{
	struct logtree_hash path[LOGTREE_PROOF_MAX + 1], none;
	int n = 0;

	if (old->size < 0 || old->size > now->size || proof->n < 0 || proof->n > LOGTREE_PROOF_MAX)
		return false;
	if (old->size == now->size)
		return proof->n == 0 && logtree_same(&old->root, &now->root);
	if (old->size == 0) {	/* everything begins with nothing */
		logtree_root(&(struct logtree_range){0}, &none);
		return proof->n == 0 && logtree_same(&old->root, &none);
	}
	if (proof->n == 0)
		return false;
	/* A complete old tree is a node of the new one: the proof leaves out what the asker has. */
	if ((old->size & (old->size - 1)) == 0)
		path[n++] = old->root;
	memcpy(path + n, proof->hashes, (size_t)proof->n * sizeof(path[0]));
	return growth_walk(old, now, path, n + proof->n);
}
