/* Slot answers that are kept: never longer than they are true, never more than fit. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

#include "web/api_cache.h"

static struct api_cache_key
key(id practitioner)
{
	return (struct api_cache_key){ .org = 7, .practitioner = practitioner, .motive = 9,
	    .from = 20000, .days = 30, .online = true };
}

static const struct api_cache_state now = { 3, 5, 1000 };

static void
put(const struct api_cache_key *k, const struct api_cache_state *s, str body)
{
	struct api_cached a = { http_shared_make(body), "\"tag\"" };

	api_cache_put(k, s, &a);
	http_shared_release(a.body);
}

static bool
holds(const struct api_cache_key *k, const struct api_cache_state *s, str body)
{
	struct api_cached a;

	if (!api_cache_get(k, s, &a))
		return false;
	bool same = str_eq(http_shared_str(a.body), body) && str_eq(str_c(a.etag), S("\"tag\""));
	http_shared_release(a.body);
	return same;
}

static void
an_answer_is_found_again_for_the_same_question_only(void **state)
{
	struct api_cache_key k = key(1), others[6];

	(void)state;
	put(&k, &now, S("one"));
	assert_true(holds(&k, &now, S("one")));
	for (size_t i = 0; i < COUNT(others); i++)
		others[i] = k;
	others[0].org++;
	others[1].practitioner = 0;
	others[2].motive++;
	others[3].from++;
	others[4].days++;
	others[5].online = false;
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(holds(&others[i], &now, S("one")));
}

static void
an_answer_ends_with_its_rules_its_busy_time_and_its_minute(void **state)
{
	struct api_cache_key k = key(2);
	const struct api_cache_state later[] = { { 4, 5, 1000 }, { 3, 6, 1000 }, { 3, 5, 1001 } };

	(void)state;
	put(&k, &now, S("one"));
	for (size_t i = 0; i < COUNT(later); i++)
		assert_false(holds(&k, &later[i], S("one")));
	put(&k, &later[1], S("two"));
	assert_true(holds(&k, &later[1], S("two")));
	assert_false(holds(&k, &now, S("one")));
}

static void
an_answer_in_use_outlives_its_place(void **state)
{
	struct api_cache_key k = key(3);
	struct api_cached a;

	(void)state;
	put(&k, &now, S("one"));
	assert_true(api_cache_get(&k, &now, &a));
	put(&k, &now, S("two"));
	assert_true(str_eq(http_shared_str(a.body), S("one")));
	http_shared_release(a.body);
	assert_true(holds(&k, &now, S("two")));
}

/* R53: memory is bounded, whatever is asked. */
static void
the_bytes_of_all_answers_are_bounded(void **state)
{
	enum { ANSWERS = 200, BYTES = 100 * 1024 };
	char *body = calloc(1, API_CACHE_ANSWER_BYTES_MAX + 1);
	size_t kept = 0;

	(void)state;
	for (id p = 1; p <= ANSWERS; p++) {
		struct api_cache_key k = key(1000 + p);

		put(&k, &now, (str){ body, BYTES });
		assert_true(holds(&k, &now, (str){ body, BYTES }));
	}
	for (id p = 1; p <= ANSWERS; p++) {
		struct api_cache_key k = key(1000 + p);

		kept += holds(&k, &now, (str){ body, BYTES });
	}
	assert_true(kept > 0 && kept * BYTES <= API_CACHE_BYTES_MAX);

	struct api_cache_key big = key(5000);
	put(&big, &now, (str){ body, API_CACHE_ANSWER_BYTES_MAX + 1 });
	assert_false(holds(&big, &now, (str){ body, API_CACHE_ANSWER_BYTES_MAX + 1 }));
	free(body);
}

static void
many_questions_push_out_the_oldest_of_their_set(void **state)
{
	struct api_cache_key first = key(10000);

	(void)state;
	put(&first, &now, S("first"));
	for (id p = 1; p <= 4 * API_CACHE_ENTRIES; p++) {
		struct api_cache_key k = key(10000 + p);

		put(&k, &now, S("more"));
		assert_true(holds(&k, &now, S("more")));
	}
	assert_false(holds(&first, &now, S("first")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_found_again_for_the_same_question_only),
		cmocka_unit_test(an_answer_ends_with_its_rules_its_busy_time_and_its_minute),
		cmocka_unit_test(an_answer_in_use_outlives_its_place),
		cmocka_unit_test(the_bytes_of_all_answers_are_bounded),
		cmocka_unit_test(many_questions_push_out_the_oldest_of_their_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
