/* test_stream.c - a backup opens whole, with its own key, or not at all (T3). */
#include <fcntl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/mint.h"
#include "vault/stream.h"

enum { CHUNK = 64 * 1024, CHUNK_SEALED = CHUNK + 17, HEAD = 17 + 80 + 24 };

struct scene { struct arena mem; str secret, public; };

static int
setup(void **state)
{
	struct scene *s = mem_alloc(1, sizeof(*s));

	assert_int_equal(recovery_make(&s->mem, &s->secret, &s->public), OK);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct scene *s = *state;

	arena_free(&s->mem);
	mem_free(s);
	return 0;
}

static int
file_of(str content)
{
	int fd = memfd_create("stream", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content.p, content.n), content.n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static str
content_of(struct arena *mem, int fd)
{
	off_t n = lseek(fd, 0, SEEK_END);
	char *p = arena_alloc(mem, (size_t)n + 1, 1);

	assert_int_equal(pread(fd, p, (size_t)n, 0), n);
	return (str){ p, (size_t)n };
}

static str
some(struct arena *mem, size_t n)
{
	char *p = arena_alloc(mem, n + 1, 1);
	struct mint mint;

	mint_init(&mint, 42);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)mint_chance(&mint);
	return (str){ p, n };
}

static str
sealed(struct scene *s, str clear)
{
	int in = file_of(clear), out = file_of((str){0});

	assert_int_equal(stream_seal(s->public, in, out), OK);
	str file = content_of(&s->mem, out);
	(void)close(in);
	(void)close(out);
	return file;
}

static err
opened(struct scene *s, str secret, str file, str *ret)
{
	int in = file_of(file), out = file_of((str){0});
	err e = stream_open(secret, in, out);

	if (e == OK && ret != NULL)
		*ret = content_of(&s->mem, out);
	(void)close(in);
	(void)close(out);
	return e;
}

static void
files_of_every_size_come_back(void **state)
{
	static const size_t sizes[] = { 0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5 };
	struct scene *s = *state;
	str back;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		str clear = some(&s->mem, sizes[i]), file = sealed(s, clear);

		assert_true(str_starts(file, S("SERMENT-STREAM-1\n")));
		assert_int_equal(file.n, HEAD + sizes[i] + (sizes[i] / CHUNK + 1) * 17);
		assert_int_equal(opened(s, s->secret, file, &back), OK);
		assert_true(str_eq(back, clear));
	}
}

static void
a_pipe_that_gives_little_at_a_time_is_read_to_its_end(void **state)
{
	struct scene *s = *state;
	str clear = some(&s->mem, 3000), back;
	int ends[2], out = file_of((str){0});

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], clear.p, clear.n), clear.n);
	(void)close(ends[1]);
	assert_int_equal(stream_seal(s->public, ends[0], out), OK);
	assert_int_equal(opened(s, s->secret, content_of(&s->mem, out), &back), OK);
	assert_true(str_eq(back, clear));
	(void)close(ends[0]);
	(void)close(out);
}

static void
a_file_cut_anywhere_is_refused(void **state)
{
	struct scene *s = *state;
	str file = sealed(s, some(&s->mem, 2 * CHUNK + 100));

	/* Where a chunk ends, where nothing looks torn; and one byte to either side. */
	for (size_t cut = HEAD; cut < file.n; cut += CHUNK_SEALED)
		for (size_t n = cut - 1; n <= cut + 1; n++)
			assert_int_equal(opened(s, s->secret, str_slice(file, 0, n), NULL), ERR_SEALED);
	for (size_t n = 0; n < HEAD; n++)
		assert_int_equal(opened(s, s->secret, str_slice(file, 0, n), NULL), ERR_SEALED);
	assert_int_equal(opened(s, s->secret, str_slice(file, 0, file.n - 1), NULL), ERR_SEALED);
	/* A file that ends on a full chunk has an empty last one: that counts, too. */
	file = sealed(s, some(&s->mem, CHUNK));
	assert_int_equal(opened(s, s->secret, str_slice(file, 0, HEAD + CHUNK_SEALED), NULL), ERR_SEALED);
}

static void
bytes_after_the_end_are_refused(void **state)
{
	struct scene *s = *state;
	str file = sealed(s, some(&s->mem, 100));

	assert_int_equal(opened(s, s->secret, str_cat(&s->mem, file, S("x")), NULL), ERR_SEALED);
	assert_int_equal(opened(s, s->secret, str_cat(&s->mem, file, file), NULL), ERR_SEALED);
}

static void
chunks_in_another_order_are_refused(void **state)
{
	struct scene *s = *state;
	str file = sealed(s, some(&s->mem, 2 * CHUNK + 1));
	str head = str_slice(file, 0, HEAD), one = str_slice(file, HEAD, HEAD + CHUNK_SEALED);
	str two = str_slice(file, HEAD + CHUNK_SEALED, HEAD + 2 * CHUNK_SEALED);
	str end = str_slice(file, HEAD + 2 * CHUNK_SEALED, file.n);
	struct arena *mem = &s->mem;

	str swapped = str_cat(mem, head, str_cat(mem, two, str_cat(mem, one, end)));
	assert_int_equal(opened(s, s->secret, swapped, NULL), ERR_SEALED);
	str dropped = str_cat(mem, head, str_cat(mem, two, end));
	assert_int_equal(opened(s, s->secret, dropped, NULL), ERR_SEALED);
}

static void
a_file_with_any_byte_changed_is_refused(void **state)
{
	struct scene *s = *state;
	str file = sealed(s, some(&s->mem, 50));
	char *p = str_z(&s->mem, file);

	for (size_t i = 0; i < file.n; i++)
		for (int bit = 0; bit < 8; bit += 7) {
			p[i] = (char)(p[i] ^ 1 << bit);
			assert_int_equal(opened(s, s->secret, (str){ p, file.n }, NULL), ERR_SEALED);
			p[i] = (char)(p[i] ^ 1 << bit);
		}
	assert_int_equal(opened(s, s->secret, (str){ p, file.n }, NULL), OK);
}

/* A file of one chunk that another program sealed, with any mark. */
static str
foreign(struct scene *s, size_t n, unsigned char tag)
{
	crypto_secretstream_xchacha20poly1305_state stream;
	unsigned char *file = arena_alloc(&s->mem, HEAD + n + 17, 1), key[32] = {7};
	str clear = some(&s->mem, n), public;

	memcpy(file, "SERMENT-STREAM-1\n", 17);
	assert_true(str_base64url_decode(&s->mem, s->public, &public));
	assert_int_equal(crypto_box_seal(file + 17, key, 32, (const unsigned char *)public.p), 0);
	(void)crypto_secretstream_xchacha20poly1305_init_push(&stream, file + 97, key);
	(void)crypto_secretstream_xchacha20poly1305_push(&stream, file + HEAD, NULL,
	    (const unsigned char *)clear.p, n, NULL, 0, tag);
	return (str){ (char *)file, HEAD + n + 17 };
}

static void
only_a_short_chunk_with_the_mark_ends_a_file(void **state)
{
	struct scene *s = *state;
	unsigned char last = crypto_secretstream_xchacha20poly1305_TAG_FINAL;

	assert_int_equal(opened(s, s->secret, foreign(s, 100, last), NULL), OK);
	assert_int_equal(opened(s, s->secret, foreign(s, 100, 0), NULL), ERR_SEALED);
	assert_int_equal(opened(s, s->secret, foreign(s, CHUNK, last), NULL), ERR_SEALED);
	assert_int_equal(opened(s, s->secret, foreign(s, CHUNK, 0), NULL), ERR_SEALED);
}

static void
another_recovery_key_does_not_open_it(void **state)
{
	struct scene *s = *state;
	str other, other_public, file = sealed(s, S("backup"));

	assert_int_equal(recovery_make(&s->mem, &other, &other_public), OK);
	assert_false(str_eq(other, s->secret));
	assert_int_equal(opened(s, other, file, NULL), ERR_SEALED);
	/* What the server itself holds is the public half. */
	assert_int_equal(opened(s, s->public, file, NULL), ERR_INVALID);
}

static void
a_typing_mistake_in_the_recovery_key_is_told_apart(void **state)
{
	struct scene *s = *state;
	str file = sealed(s, S("backup")), back;
	char *p = str_z(&s->mem, s->secret);

	for (size_t i = 0; i < s->secret.n; i++) {
		char right = p[i];

		p[i] = right == 'A' ? 'B' : 'A';
		assert_int_equal(opened(s, (str){ p, s->secret.n }, file, NULL), ERR_INVALID);
		p[i] = right;
	}
	for (size_t n = 0; n < s->secret.n; n++)
		assert_int_equal(opened(s, (str){ p, n }, file, NULL), ERR_INVALID);
	/* The line's end that an editor adds is no mistake. */
	str line = str_cat(&s->mem, s->secret, S("\r\n"));
	assert_int_equal(opened(s, line, file, &back), OK);
	assert_true(str_eq(back, S("backup")));
}

static void
what_is_no_public_key_seals_nothing(void **state)
{
	struct scene *s = *state;
	str bad[] = { S(""), S("abc"), s->secret, str_slice(s->public, 0, 42), S("************"),
	    S("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") };	/* the point of order 1 */

	for (size_t i = 0; i < COUNT(bad); i++) {
		int in = file_of(S("backup")), out = file_of((str){0});

		assert_int_equal(stream_seal(bad[i], in, out), ERR_INVALID);
		assert_int_equal(content_of(&s->mem, out).n, 0);
		(void)close(in);
		(void)close(out);
	}
}

static void
a_disk_that_is_full_is_an_error(void **state)
{
	struct scene *s = *state;
	int in = file_of(S("backup")), full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	assert_int_equal(stream_seal(s->public, in, full), ERR_IO);
	assert_int_equal(stream_seal(s->public, -1, in), ERR_IO);
	(void)close(in);
	(void)close(full);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_of_every_size_come_back),
		TEST(a_pipe_that_gives_little_at_a_time_is_read_to_its_end),
		TEST(a_file_cut_anywhere_is_refused),
		TEST(bytes_after_the_end_are_refused),
		TEST(chunks_in_another_order_are_refused),
		TEST(a_file_with_any_byte_changed_is_refused),
		TEST(only_a_short_chunk_with_the_mark_ends_a_file),
		TEST(another_recovery_key_does_not_open_it),
		TEST(a_typing_mistake_in_the_recovery_key_is_told_apart),
		TEST(what_is_no_public_key_seals_nothing),
		TEST(a_disk_that_is_full_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
