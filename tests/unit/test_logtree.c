/*
 * test_logtree.c - the tree of RFC 6962 (D7): against its published vectors, and
 * against the recursions of its section 2 written down as they stand there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/mint.h"
#include "vault/logtree.h"

enum { LEAVES = 300, PATHS = 70 };

struct grove { struct logtree_hash leaves[LEAVES]; };

static struct logtree_hash
hash_of_hex(const char *hex)
{
	static const char digits[] = "0123456789abcdef";
	struct logtree_hash h;

	assert_int_equal(strlen(hex), 2 * sizeof(h.bytes));
	for (size_t i = 0; i < sizeof(h.bytes); i++) {
		const char *high = strchr(digits, hex[2 * i]), *low = strchr(digits, hex[2 * i + 1]);

		assert_true(high != NULL && low != NULL);
		h.bytes[i] = (unsigned char)((high - digits) << 4 | (low - digits));
	}
	return h;
}

static void
same(const struct logtree_hash *got, const struct logtree_hash *want)
{
	assert_memory_equal(got->bytes, want->bytes, sizeof(got->bytes));
}

/* --- the RFC's definitions, word by word --- */

static int64_t
below(int64_t n)
{
	int64_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

static struct logtree_hash
mth(const struct logtree_hash *d, int64_t n)
{
	struct logtree_hash left, right, ret;

	if (n == 1)
		return d[0];
	left = mth(d, below(n));
	right = mth(d + below(n), n - below(n));
	logtree_node(&left, &right, &ret);
	return ret;
}

static void
rfc_path(int64_t m, const struct logtree_hash *d, int64_t n, struct logtree_proof *ret)
{
	if (n == 1)
		return;
	int64_t k = below(n);
	if (m < k) {
		rfc_path(m, d, k, ret);
		ret->hashes[ret->n++] = mth(d + k, n - k);
	} else {
		rfc_path(m - k, d + k, n - k, ret);
		ret->hashes[ret->n++] = mth(d, k);
	}
}

static void
rfc_subproof(int64_t m, const struct logtree_hash *d, int64_t n, bool whole, struct logtree_proof *ret)
{
	if (m == n) {
		if (!whole)
			ret->hashes[ret->n++] = mth(d, n);
		return;
	}
	int64_t k = below(n);
	if (m <= k) {
		rfc_subproof(m, d, k, whole, ret);
		ret->hashes[ret->n++] = mth(d + k, n - k);
	} else {
		rfc_subproof(m - k, d + k, n - k, false, ret);
		ret->hashes[ret->n++] = mth(d, k);
	}
}

/* --- our side --- */

static err
grove_read(void *from, int level, int64_t at, struct logtree_hash *ret)
{
	struct grove *g = from;
	int64_t n = INT64_C(1) << level;

	assert_true((at + 1) * n <= LEAVES);
	*ret = mth(g->leaves + at * n, n);
	return OK;
}

static struct logtree_source
grove_make(struct grove *g)
{
	struct mint mint;

	mint_init(&mint, 7);
	for (int i = 0; i < LEAVES; i++) {
		uint64_t chance = mint_chance(&mint);

		logtree_leaf((str){ (const char *)&chance, sizeof(chance) }, &g->leaves[i]);
	}
	return (struct logtree_source){ grove_read, g };
}

static void
same_proof(const struct logtree_proof *got, const struct logtree_proof *want)
{
	assert_int_equal(got->n, want->n);
	for (int i = 0; i < want->n; i++)
		same(&got->hashes[i], &want->hashes[i]);
}

/* The inputs and roots of the tests of certificate-transparency, RFC 6962's own program. */
static const struct { str input; const char *root; } published[] = {
	{ { "", 0 }, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ { "\0", 1 }, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ { "\x10", 1 }, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ { "\x20\x21", 2 }, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ { "\x30\x31", 2 }, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ { "\x40\x41\x42\x43", 4 }, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ { "\x50\x51\x52\x53\x54\x55\x56\x57", 8 }, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ { "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16 },
	  "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

static void
the_published_trees_have_the_published_roots(void **state)
{
	struct logtree_hash empty = hash_of_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	struct logtree_range range = {0};
	struct logtree_hash root;

	(void)state;
	logtree_root(&range, &root);
	same(&root, &empty);
	for (size_t i = 0; i < COUNT(published); i++) {
		struct logtree_hash leaf, want = hash_of_hex(published[i].root);

		logtree_leaf(published[i].input, &leaf);
		logtree_append(&range, &leaf);
		logtree_root(&range, &root);
		same(&root, &want);
	}
}

static void
the_published_proofs_are_made_and_hold(void **state)
{
	static const struct { bool growth; int64_t from, size; const char *path[3]; } table[] = {
		{ false, 0, 1, { NULL } },
		{ false, 0, 8, { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
		    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
		{ false, 5, 8, { "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
		    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
		    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
		{ false, 2, 3, { "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" } },
		{ false, 1, 5, { "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
		{ true, 1, 1, { NULL } },
		{ true, 1, 8, { "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
		    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4" } },
		{ true, 6, 8, { "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
		    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
		    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" } },
		{ true, 2, 5, { "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
		    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b" } },
	};
	struct grove g = {0};
	struct logtree_source source = { grove_read, &g };

	(void)state;
	for (size_t i = 0; i < COUNT(published); i++)
		logtree_leaf(published[i].input, &g.leaves[i]);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct logtree_proof got, want = {0};

		for (size_t k = 0; k < COUNT(table[i].path) && table[i].path[k] != NULL; k++)
			want.hashes[want.n++] = hash_of_hex(table[i].path[k]);
		assert_int_equal(table[i].growth ?
		    logtree_prove_growth(&source, table[i].from, table[i].size, &got) :
		    logtree_prove_leaf(&source, table[i].from, table[i].size, &got), OK);
		same_proof(&got, &want);
	}
}

static void
every_size_has_the_root_of_the_rfcs_recursion(void **state)
{
	struct grove g;
	struct logtree_source source = grove_make(&g);
	struct logtree_range range = {0};
	struct logtree_hash grown, read, whole;

	(void)state;
	for (int64_t n = 1; n <= LEAVES; n++) {
		struct logtree_hash want = mth(g.leaves, n);

		logtree_append(&range, &g.leaves[n - 1]);
		logtree_root(&range, &grown);
		same(&grown, &want);
		assert_int_equal(logtree_read_root(&source, n, &read), OK);
		same(&read, &want);
		logtree_root_of(g.leaves, (size_t)n, &whole);
		same(&whole, &want);
	}
}

static void
proofs_are_those_of_the_rfcs_recursion(void **state)
{
	struct grove g;
	struct logtree_source source = grove_make(&g);

	(void)state;
	for (int64_t n = 1; n <= LEAVES; n += n < PATHS ? 1 : 23) {
		for (int64_t m = 0; m < n; m++) {
			struct logtree_proof got, want = {0}, grown = {0};

			rfc_path(m, g.leaves, n, &want);
			assert_int_equal(logtree_prove_leaf(&source, m, n, &got), OK);
			same_proof(&got, &want);
			rfc_subproof(m + 1, g.leaves, n, true, &grown);
			assert_int_equal(logtree_prove_growth(&source, m + 1, n, &got), OK);
			same_proof(&got, &grown);
		}
	}
}

/* A proof with one hash altered, dropped, added or swapped, or for a neighbour, proves nothing. */
static void
spoilt_leaf_proofs_fail(const struct grove *g, int64_t m, int64_t n, const struct logtree_proof *p,
    const struct logtree_hash *root)
{
	struct logtree_proof bad;

	assert_true(logtree_leaf_holds(&g->leaves[m], m, n, p, root));
	for (int i = 0; i < p->n; i++) {
		bad = *p;
		bad.hashes[i].bytes[(m + i) % 32] ^= 1;
		assert_false(logtree_leaf_holds(&g->leaves[m], m, n, &bad, root));
	}
	bad = *p;
	bad.n++;
	assert_false(logtree_leaf_holds(&g->leaves[m], m, n, &bad, root));
	bad.n = p->n - 1;
	assert_false(logtree_leaf_holds(&g->leaves[m], m, n, &bad, root));
	assert_false(logtree_leaf_holds(&g->leaves[(m + 1) % LEAVES], m, n, p, root));
	assert_false(logtree_leaf_holds(&g->leaves[m], m + 1, n, p, root));
	assert_false(logtree_leaf_holds(&g->leaves[m], n, n, p, root));
	assert_false(logtree_leaf_holds(&g->leaves[m], -1, n, p, root));
}

static void
leaf_proofs_hold_for_every_size_and_leaf_and_only_as_they_are(void **state)
{
	struct grove g;
	struct logtree_source source = grove_make(&g);
	struct mint mint;

	(void)state;
	mint_init(&mint, 9);
	for (int64_t n = 1; n < LEAVES; n++) {
		struct logtree_hash root = mth(g.leaves, n);

		for (int k = 0; k < 12; k++) {
			int64_t m = n <= 12 ? k % n : (int64_t)(mint_chance(&mint) % (uint64_t)n);
			struct logtree_proof p;

			assert_int_equal(logtree_prove_leaf(&source, m, n, &p), OK);
			spoilt_leaf_proofs_fail(&g, m, n, &p, &root);
		}
	}
}

static void
spoilt_growth_proofs_fail(const struct logtree_state *old, const struct logtree_state *now,
    const struct logtree_proof *p)
{
	struct logtree_state other = *old;
	struct logtree_proof bad;

	assert_true(logtree_growth_holds(old, now, p));
	for (int i = 0; i < p->n; i++) {
		bad = *p;
		bad.hashes[i].bytes[i % 32] ^= 128;
		assert_false(logtree_growth_holds(old, now, &bad));
	}
	bad = *p;
	bad.n++;
	assert_false(logtree_growth_holds(old, now, &bad));
	bad.n = p->n - 1;
	assert_false(logtree_growth_holds(old, now, &bad));
	other.root.bytes[5] ^= 1;
	assert_false(logtree_growth_holds(&other, now, p));
	assert_false(logtree_growth_holds(now, old, p) && old->size != now->size);
	other = *now;
	other.root.bytes[31] ^= 1;
	assert_false(logtree_growth_holds(old, &other, p));
}

static void
growth_proofs_hold_for_every_pair_of_sizes_and_only_as_they_are(void **state)
{
	struct grove g;
	struct logtree_source source = grove_make(&g);
	struct mint mint;

	(void)state;
	mint_init(&mint, 11);
	for (int64_t n = 1; n < LEAVES; n++) {
		struct logtree_state now = { n, mth(g.leaves, n) };

		for (int k = 0; k < 12; k++) {
			int64_t m = n <= 12 ? k % n + 1 : (int64_t)(mint_chance(&mint) % (uint64_t)n) + 1;
			struct logtree_state old = { m, mth(g.leaves, m) };
			struct logtree_proof p;

			assert_int_equal(logtree_prove_growth(&source, m, n, &p), OK);
			spoilt_growth_proofs_fail(&old, &now, &p);
		}
	}
}

static void
what_is_no_part_of_the_tree_is_refused(void **state)
{
	struct grove g;
	struct logtree_source source = grove_make(&g);
	struct logtree_state none = {0}, some = { 3, mth(g.leaves, 3) };
	struct logtree_proof p;

	(void)state;
	assert_int_equal(logtree_prove_leaf(&source, 3, 3, &p), ERR_INVALID);
	assert_int_equal(logtree_prove_leaf(&source, -1, 3, &p), ERR_INVALID);
	assert_int_equal(logtree_prove_leaf(&source, 0, INT64_MAX, &p), ERR_INVALID);
	assert_int_equal(logtree_prove_growth(&source, 4, 3, &p), ERR_INVALID);
	assert_int_equal(logtree_prove_growth(&source, -1, 3, &p), ERR_INVALID);
	assert_int_equal(logtree_prove_growth(&source, 1, INT64_MAX, &p), ERR_INVALID);
	/* Every log begins with nothing, if it says what nothing is. */
	assert_int_equal(logtree_prove_growth(&source, 0, 3, &p), OK);
	assert_false(logtree_growth_holds(&none, &some, &p));
	assert_int_equal(logtree_read_root(&source, 0, &none.root), OK);
	assert_true(logtree_growth_holds(&none, &some, &p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_trees_have_the_published_roots),
		cmocka_unit_test(the_published_proofs_are_made_and_hold),
		cmocka_unit_test(every_size_has_the_root_of_the_rfcs_recursion),
		cmocka_unit_test(proofs_are_those_of_the_rfcs_recursion),
		cmocka_unit_test(leaf_proofs_hold_for_every_size_and_leaf_and_only_as_they_are),
		cmocka_unit_test(growth_proofs_hold_for_every_pair_of_sizes_and_only_as_they_are),
		cmocka_unit_test(what_is_no_part_of_the_tree_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
