/* Busy time in memory: what a change tells it, and what was worked out from it before. */
#include "agenda.h"

static struct cells
cells(const struct agenda *a)
{
	struct cells got;
	int64_t first = cell_of(agenda_at(a, 0, 0));

	assert_ok(free_cells(a->c, a->martin, first, 288, &got));
	return got;
}

static bool
is_free(const struct agenda *a, int minute)
{
	struct cells got = cells(a);

	return cells_all_free(&got, cell_of(agenda_at(a, 0, minute)), 3);
}

static void
a_taken_time_is_busy_without_being_read_again(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	int64_t first = cell_of(agenda_at(&a, 0, 600));

	assert_true(is_free(&a, 600));
	/* The storage knows nothing of it: only memory can have said so. */
	free_taken(a.c->free, a.c->org, a.martin, free_mark(a.c->free, a.c->org, a.martin), first, 3);
	assert_false(is_free(&a, 600));
	assert_true(is_free(&a, 585));
	assert_true(is_free(&a, 615));
	free_forget(a.c->free, a.c->org, a.martin, first, 3);
	assert_true(is_free(&a, 600));
}

static void
a_mark_from_before_another_change_reads_again(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	int64_t first = cell_of(agenda_at(&a, 0, 600));
	uint32_t mark = free_mark(a.c->free, a.c->org, a.martin);

	assert_true(is_free(&a, 600));
	free_forget(a.c->free, a.c->org, a.martin, first, 3);
	assert_true(is_free(&a, 600));
	free_taken(a.c->free, a.c->org, a.martin, mark, first, 3);
	assert_true(is_free(&a, 600));
}

static void
a_range_over_two_pages_is_taken_in_both(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	int64_t edge = (cell_of(agenda_at(&a, 0, 0)) / CELLS_PER_PAGE + 1) * CELLS_PER_PAGE;
	struct cells got;

	assert_ok(free_cells(a.c, a.martin, edge - 10, 20, &got));
	free_taken(a.c->free, a.c->org, a.martin, free_mark(a.c->free, a.c->org, a.martin), edge - 2, 4);
	assert_ok(free_cells(a.c, a.martin, edge - 10, 20, &got));
	for (int64_t at = edge - 10; at < edge + 10; at++)
		assert_int_equal(cells_all_free(&got, at, 1), at < edge - 2 || at >= edge + 2);
}

static void
every_change_of_the_organisation_moves_its_epoch(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 600));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	uint64_t before = free_epoch(a.c->free, a.c->org), taken;
	struct booking b;

	assert_true(is_free(&a, 600));
	assert_true(free_epoch(a.c->free, a.c->org) == before);
	assert_ok(booking_create(a.c, &ask, &who, &b));
	taken = free_epoch(a.c->free, a.c->org);
	assert_true(taken > before);
	assert_false(is_free(&a, 600));
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_true(free_epoch(a.c->free, a.c->org) > taken);
	assert_true(is_free(&a, 600));
}

/* Without memory the functions are silent: tools that change the agenda have none. */
static void
without_a_cache_nothing_is_told(void **state)
{
	(void)state;
	free_forget(NULL, 1, 2, 3, 4);
	assert_int_equal(free_mark(NULL, 1, 2), 0);
	free_taken(NULL, 1, 2, 0, 3, 4);
	free_end(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_taken_time_is_busy_without_being_read_again),
		ENGINE_TEST_SCHEMA(a_mark_from_before_another_change_reads_again),
		ENGINE_TEST_SCHEMA(a_range_over_two_pages_is_taken_in_both),
		ENGINE_TEST_SCHEMA(every_change_of_the_organisation_moves_its_epoch),
		cmocka_unit_test(without_a_cache_nothing_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
