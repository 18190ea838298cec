/* test_arena.c - base/arena.h */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assert_str.h"
#include "base/arena.h"

static void
memory_is_zeroed_aligned_and_apart(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	unsigned char *last = NULL;

	(void)state;
	for (size_t n = 1; n < 3000; n += 7) {
		unsigned char *p = arena_alloc(&mem, n, 1);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xab, n);
		if (last != NULL)
			assert_int_equal(*last, 0xab);
		last = p + n - 1;
	}
}

static void
reset_gives_zeroed_memory_again_and_keeps_little(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	memset(arena_alloc(&mem, 100, 1), 0xff, 100);
	memset(arena_alloc(&mem, 1, 1000000), 0xff, 1000000);
	assert_true(mem.bytes >= 1000000);
	arena_reset(&mem);
	assert_true(mem.bytes < 100000);
	unsigned char *p = arena_alloc(&mem, 1000, 1);

	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(p[i], 0);
	arena_free(&mem);
	arena_reset(&mem);
	assert_int_equal(mem.bytes, 0);
}

/* In a child, since panic ends the process. */
static void
a_size_that_wraps_panics(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		struct arena mem = {0};
		volatile size_t many = SIZE_MAX / 2;

		(void)signal(SIGABRT, SIG_DFL);
		(void)close(STDERR_FILENO);
		(void)arena_alloc(&mem, many, 16);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
		cmocka_unit_test(reset_gives_zeroed_memory_again_and_keeps_little),
		cmocka_unit_test(a_size_that_wraps_panics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
