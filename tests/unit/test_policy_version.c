/* test_policy_version.c - R8: which policy was in force when, word for word. */
#include "access_case.h"
#include "privacy/policy_version.h"

static void
adopt(struct ctx *c, str hash, int64_t number)
{
	MUST(policy_version_adopt(c, &(struct policy_version){ .hash = hash, .number = number,
	    .title = S("Cabinet"), .dated = S("2026-11-23"), .body = S("policy \"Cabinet\"…") }));
	c->now += USEC_PER_DAY;
}

static void
the_newest_adoption_is_in_force_and_every_text_stays(void **state)
{
	struct ctx *c = access_begin(state);
	struct policy_version v, *list;
	usec began = c->now;
	size_t n;

	assert_int_equal(policy_version_current(c, &v), ERR_NOT_FOUND);
	adopt(c, S("one"), 1);
	adopt(c, S("two"), 2);
	MUST(policy_version_current(c, &v));
	assert_str(v.hash, S("two"));
	assert_int_equal(v.number, 2);
	assert_str(v.body, S("policy \"Cabinet\"…"));
	assert_int_equal(v.adopted_at, began + USEC_PER_DAY);
	MUST(policy_version_get(c, S("one"), &v));
	assert_int_equal(v.adopted_at, began);
	assert_int_equal(policy_version_get(c, S("three"), &v), ERR_NOT_FOUND);
	MUST(policy_version_list(c, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].hash, S("two"));
	assert_int_equal(list[0].body.n, 0);
	access_end(c);
}

static void
adopting_what_is_in_force_adds_nothing(void **state)
{
	struct ctx *c = access_begin(state);

	adopt(c, S("one"), 1);
	adopt(c, S("one"), 1);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE detail = $1"), 1), 1);
	access_end(c);
}

static void
an_older_text_can_come_back(void **state)
{
	struct ctx *c = access_begin(state);
	struct policy_version v, *list;
	size_t n;

	adopt(c, S("one"), 1);
	adopt(c, S("two"), 2);
	adopt(c, S("one"), 1);
	MUST(policy_version_current(c, &v));
	assert_str(v.hash, S("one"));
	MUST(policy_version_list(c, &list, &n));
	assert_int_equal(n, 2);
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(the_newest_adoption_is_in_force_and_every_text_stays),
		ENGINE_TEST_SCHEMA(adopting_what_is_in_force_adds_nothing),
		ENGINE_TEST_SCHEMA(an_older_text_can_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
