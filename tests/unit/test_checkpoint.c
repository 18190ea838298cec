/* test_checkpoint.c - signed checkpoints: read back, and refused when one byte of them is another (D7, T4). */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "vault/checkpoint.h"
#include "vault/vault.h"

struct scene {
	struct ctx	c;
	struct arena	mem;
	char		dir[32];
	struct checkpoint_key key;
};

static int
entry_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int
setup(void **state)
{
	struct scene *s = mem_alloc(1, sizeof(*s));

	memcpy(s->dir, "/tmp/checkpoint-XXXXXX", sizeof("/tmp/checkpoint-XXXXXX"));
	assert_non_null(mkdtemp(s->dir));
	assert_int_equal(vault_init(s->dir), OK);
	s->c.mem = &s->mem;
	assert_int_equal(vault_open_dir(s->dir, NULL, &s->c.vault), OK);
	assert_int_equal(checkpoint_key(&s->c, &s->key), OK);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct scene *s = *state;

	vault_close(s->c.vault);
	assert_int_equal(nftw(s->dir, entry_remove, 8, FTW_DEPTH | FTW_PHYS), 0);
	arena_free(&s->mem);
	mem_free(s);
	return 0;
}

static str
signed_note(struct scene *s, int64_t size)
{
	struct logtree_state state = { .size = size };
	str note;

	memset(state.root.bytes, 0xab, sizeof(state.root.bytes));
	assert_int_equal(checkpoint_sign(&s->c, &state, &note), OK);
	return note;
}

static err
read_back(struct scene *s, str note)
{
	struct logtree_state state = { .size = -1 };
	err e = checkpoint_read(&s->mem, &s->key, note, &state);

	assert_true((e == OK) == (state.size != -1));
	return e;
}

static void
a_checkpoint_says_what_was_signed(void **state)
{
	struct scene *s = *state;
	struct logtree_state back;
	str note = signed_note(s, INT64_MAX), rest = note, line;

	assert_int_equal(checkpoint_read(&s->mem, &s->key, note, &back), OK);
	assert_true(back.size == INT64_MAX && back.root.bytes[31] == 0xab);
	/* tlog-checkpoint: origin, size, root, an empty line, signatures. */
	assert_true(str_split(&rest, '\n', &line) && str_eq(line, str_c(s->key.origin)));
	assert_true(str_starts(line, S("serment.log/")) && line.n == sizeof("serment.log/") - 1 + 16);
	assert_true(str_split(&rest, '\n', &line) && str_eq(line, S("9223372036854775807")));
	assert_true(str_split(&rest, '\n', &line) && str_eq(line, S("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=")));
	assert_true(str_split(&rest, '\n', &line) && line.n == 0);
	assert_true(str_split(&rest, '\n', &line) && str_starts(line, S("\xe2\x80\x94 serment.log/")));
}

static void
one_byte_changed_anywhere_is_refused(void **state)
{
	struct scene *s = *state;
	str note = signed_note(s, 1000);
	char *p = arena_alloc(&s->mem, note.n, 1);

	for (size_t i = 0; i < note.n; i++) {
		memcpy(p, note.p, note.n);
		for (int bit = 0; bit < 8; bit++) {
			p[i] = (char)(note.p[i] ^ (1 << bit));
			assert_int_not_equal(read_back(s, (str){ p, note.n }), OK);
		}
	}
	for (size_t n = 0; n < note.n - 1; n++)		/* the last newline is not missed */
		assert_int_not_equal(read_back(s, str_slice(note, 0, n)), OK);
}

static void
a_checkpoint_of_another_log_is_told_from_a_forged_one(void **state)
{
	struct scene *s = *state, *other;

	assert_int_equal(setup((void **)&other), 0);
	str note = signed_note(other, 5);
	assert_int_equal(read_back(s, note), ERR_CONFLICT);
	/* Under our name, with the other's signature. */
	str text = str_printf(&s->mem, "%s\n5\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n\n", s->key.origin);
	ptrdiff_t at = str_find_str(note, S("\n\n"));
	assert_true(at > 0);
	assert_int_equal(read_back(s, str_cat(&s->mem, text, str_slice(note, (size_t)at + 2, note.n))), ERR_SEALED);
	assert_int_equal(teardown((void **)&other), 0);
}

/* Made with openssl, of the seed 00 01 02 … 1f: another writer of the same form (RFC 8032). */
static void
what_another_program_has_signed_is_read(void **state)
{
	static const struct checkpoint_key theirs = {
		.origin = "serment.log/56475aa75463474c",
		.bytes = { 0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0,
		    0x99, 0x67, 0xe4, 0xd6, 0x30, 0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55, 0x31, 0xb8 },
	};
	struct scene *s = *state;
	struct logtree_state back;

	assert_int_equal(checkpoint_read(&s->mem, &theirs, S(
	    "serment.log/56475aa75463474c\n"
	    "1000\n"
	    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
	    "\n"
	    "\xe2\x80\x94 serment.log/56475aa75463474c oodGo17xwWGF+nLXxX+Jz9fg42DYI/sLUvLJ5Y+rppDQ3Dj3ZYtHw89SQlKrP8ctyby6Cm6arQk73yYf7xD7hWCwag8=\n"), &back), OK);
	assert_int_equal(back.size, 1000);
	assert_true(back.root.bytes[0] == 0 && back.root.bytes[31] == 31);
}

/* What a witness adds is no fault of ours; what it adds to the text is. */
static void
signatures_of_witnesses_may_stand_beside_ours(void **state)
{
	struct scene *s = *state;
	str note = signed_note(s, 5);
	str witness = S("\xe2\x80\x94 temoin.example.org+x AAAAAGJsYQ==\n");

	assert_int_equal(read_back(s, str_cat(&s->mem, note, witness)), OK);
	ptrdiff_t at = str_find_str(note, S("\n\n"));
	assert_true(at > 0);
	str mixed = str_cat(&s->mem, str_slice(note, 0, (size_t)at + 2),
	    str_cat(&s->mem, witness, str_slice(note, (size_t)at + 2, note.n)));
	assert_int_equal(read_back(s, mixed), OK);
	assert_int_equal(read_back(s, str_cat(&s->mem, str_slice(note, 0, (size_t)at + 1),
	    str_cat(&s->mem, S("one line more\n"), str_slice(note, (size_t)at + 1, note.n)))), ERR_SEALED);
}

static void
what_is_no_checkpoint_is_refused_in_peace(void **state)
{
	struct scene *s = *state;
	static const char *const bad[] = { "", "\n", "\n\n", "\n\n\n", "a\n1\n\n", "a\nb\nc\n\n", "a\n1\nAAAA\n\n",
		"a\n-1\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n\n",
		"a\n01\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n\n",
		"a\n9223372036854775808\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n\n",
		"\n1\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n\n", "\xff\n1\n" };
	char *big = arena_alloc(&s->mem, CHECKPOINT_NOTE_BYTES_MAX + 1, 1);

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(read_back(s, str_c(bad[i])), ERR_INVALID);
	memset(big, 'a', CHECKPOINT_NOTE_BYTES_MAX + 1);
	assert_int_equal(read_back(s, (str){ big, CHECKPOINT_NOTE_BYTES_MAX + 1 }), ERR_INVALID);
}

/* The key is the folder's: it survives a restart, and another folder has another one. */
static void
the_key_is_made_once_and_kept(void **state)
{
	struct scene *s = *state;
	struct checkpoint_key again;
	str text = checkpoint_key_text(&s->mem, &s->key);

	vault_close(s->c.vault);
	s->c.vault = NULL;
	assert_int_equal(vault_open_dir(s->dir, NULL, &s->c.vault), OK);
	assert_int_equal(checkpoint_key(&s->c, &again), OK);
	assert_memory_equal(&again, &s->key, sizeof(again));
	assert_true(str_starts(text, str_cat(&s->mem, str_c(s->key.origin), S("+"))));
	assert_int_equal(text.n, strlen(s->key.origin) + 1 + 8 + 1 + 44);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_checkpoint_says_what_was_signed, setup, teardown),
		cmocka_unit_test_setup_teardown(one_byte_changed_anywhere_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_checkpoint_of_another_log_is_told_from_a_forged_one, setup, teardown),
		cmocka_unit_test_setup_teardown(what_another_program_has_signed_is_read, setup, teardown),
		cmocka_unit_test_setup_teardown(signatures_of_witnesses_may_stand_beside_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_checkpoint_is_refused_in_peace, setup, teardown),
		cmocka_unit_test_setup_teardown(the_key_is_made_once_and_kept, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
