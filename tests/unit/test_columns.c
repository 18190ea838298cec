/* test_columns.c - whose agendas a member of staff wants to see, kept for the account (ux-16). */
#include "agenda.h"
#include "practice/columns.h"

static void
the_choice_is_kept_in_its_order_and_replaced_whole(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id *list;
	size_t n;

	a.c->actor = 7;
	assert_ok(columns_get(a.c, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(columns_set(a.c, (id[]){ a.petit, a.martin }, 2));
	assert_ok(columns_get(a.c, &list, &n));
	assert_true(n == 2 && list[0] == a.petit && list[1] == a.martin);
	assert_ok(columns_set(a.c, (id[]){ a.martin }, 1));
	assert_ok(columns_get(a.c, &list, &n));
	assert_true(n == 1 && list[0] == a.martin);
	assert_ok(columns_set(a.c, NULL, 0));
	assert_ok(columns_get(a.c, &list, &n));
	assert_int_equal(n, 0);
}

static void
it_is_of_one_account_in_one_organisation(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct ctx other = a.s.other, colleague = *a.c;
	id *list;
	size_t n;

	a.c->actor = other.actor = 7;
	colleague.actor = 8;
	assert_ok(columns_set(a.c, (id[]){ a.martin }, 1));
	assert_ok(columns_get(&other, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(columns_get(&colleague, &list, &n));
	assert_int_equal(n, 0);
}

static void
no_more_than_a_hundred_are_kept(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id many[COLUMNS_CHOSEN_MAX + 1], *list;
	size_t n;

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (id)i + 1;
	assert_ok(columns_set(a.c, many, COLUMNS_CHOSEN_MAX));
	assert_err(columns_set(a.c, many, COUNT(many)), ERR_TOO_LARGE);
	assert_ok(columns_get(a.c, &list, &n));
	assert_int_equal(n, COLUMNS_CHOSEN_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(the_choice_is_kept_in_its_order_and_replaced_whole),
		ENGINE_TEST_SCHEMA(it_is_of_one_account_in_one_organisation),
		ENGINE_TEST_SCHEMA(no_more_than_a_hundred_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
