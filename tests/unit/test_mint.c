/* test_mint.c - base/mint.h */
#include <pthread.h>

#include "assert_str.h"
#include "base/mint.h"

#define NOW	(INT64_C(1795392000) * USEC_PER_SECOND)	/* 2026-11-23 */

static void
ids_are_positive_and_rise_even_when_the_clock_steps_back(void **state)
{
	struct mint m;
	id last = 0;

	(void)state;
	mint_init(&m, 0);
	for (int i = 0; i < 100000; i++) {
		id fresh = mint_id(&m, i % 3 == 0 ? NOW : NOW - USEC_PER_HOUR);

		assert_true(fresh > last);
		last = fresh;
	}
	assert_true(mint_id(&m, 0) > last);
}

static void
a_later_millisecond_gives_a_greater_id_in_another_process(void **state)
{
	struct mint a, b;

	(void)state;
	mint_init(&a, 0);
	mint_init(&b, 0);
	for (int i = 0; i < 1000; i++) {
		mint_init(&a, 0);
		mint_init(&b, 0);
		assert_true(mint_id(&a, NOW) < mint_id(&b, NOW + 1000));
	}
}

static void
the_same_seed_gives_the_same_ids_and_another_does_not(void **state)
{
	struct mint a, b, c;

	(void)state;
	mint_init(&a, 7);
	mint_init(&b, 7);
	mint_init(&c, 8);
	id first = mint_id(&a, NOW);

	assert_true(first == mint_id(&b, NOW));
	assert_true(first != mint_id(&c, NOW));
	assert_true(mint_chance(&a) == mint_chance(&b));
	assert_true(mint_chance(&a) != mint_chance(&a));
}

enum { THREADS = 4, EACH = 5000 };

struct share {
	struct mint	*mint;
	id		 made[EACH];
};

static void *
make_many(void *arg)
{
	struct share *s = arg;

	for (size_t i = 0; i < EACH; i++)
		s->made[i] = mint_id(s->mint, NOW);
	return NULL;
}

static int
by_id(const void *a, const void *b)
{
	id x = *(const id *)a, y = *(const id *)b;

	return (x > y) - (x < y);
}

static void
threads_that_share_a_mint_never_get_one_id_twice(void **state)
{
	static struct share shares[THREADS];
	static id all[THREADS * EACH];
	pthread_t threads[THREADS];
	struct mint m;

	(void)state;
	mint_init(&m, 0);
	for (size_t i = 0; i < THREADS; i++) {
		shares[i].mint = &m;
		assert_int_equal(pthread_create(&threads[i], NULL, make_many, &shares[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		memcpy(all + i * EACH, shares[i].made, sizeof(shares[i].made));
	}
	qsort(all, COUNT(all), sizeof(all[0]), by_id);
	for (size_t i = 1; i < COUNT(all); i++)
		assert_true(all[i] > all[i - 1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_positive_and_rise_even_when_the_clock_steps_back),
		cmocka_unit_test(a_later_millisecond_gives_a_greater_id_in_another_process),
		cmocka_unit_test(the_same_seed_gives_the_same_ids_and_another_does_not),
		cmocka_unit_test(threads_that_share_a_mint_never_get_one_id_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
