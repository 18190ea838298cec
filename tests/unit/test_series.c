/* test_series.c - the same appointment every week: made, moved, cancelled, one or all. */
#include "agenda.h"
#include "practice/booking_undo.h"
#include "practice/outbox.h"
#include "practice/series.h"

static struct series_result
series_make(struct agenda *a, usec first, int times)
{
	struct series_rule rule = { .every_weeks = 1, .times = times };
	struct booking_ask ask = agenda_ask(a, first);
	struct booking_who who = { .person = agenda_person(a, S("Marie")) };
	struct series_result made;
	usec *starts;
	size_t n;

	assert_ok(series_starts(a->c->mem, a->paris, first, &rule, &starts, &n));
	assert_ok(series_create(a->c, &ask, &who, starts, n, &made));
	return made;
}

static int64_t
waiting(struct agenda *a, enum message_kind kind)
{
	int64_t n;

	assert_ok(db_one_int(a->c->db, SQL("SELECT count(*) FROM outbox WHERE org = $1 AND kind = $2 AND state = 1"),
	    BINDS(INT(a->c->org), INT(kind)), &n));
	return n;
}

static void
a_series_keeps_its_hour_when_the_clocks_change(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	usec first = zone_instant(a.paris, AGENDA_DAY + 14 * 7, 9 * 60, NULL), *starts;
	size_t n;

	/* Eight weeks from March on: winter and summer time. */
	assert_ok(series_starts(a.c->mem, a.paris, first, &(struct series_rule){ 1, 8, 0 }, &starts, &n));
	assert_int_equal(n, 8);
	for (size_t i = 0; i < n; i++) {
		struct civil at = zone_local(a.paris, starts[i]);

		assert_int_equal(at.minute, 9 * 60);
		assert_int_equal(at.day, AGENDA_DAY + 14 * 7 + (int)i * 7);
	}
	assert_int_not_equal(zone_offset(a.paris, starts[0]), zone_offset(a.paris, starts[7]));
}

static void
an_hour_that_a_day_lacks_is_told(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	day sunday;
	usec *starts;
	size_t n;

	assert_true(civil_day((struct civil_date){ 2027, 3, 21 }, &sunday));
	assert_ok(series_starts(a.c->mem, a.paris, zone_instant(a.paris, sunday, 150, NULL),
	    &(struct series_rule){ 1, 3, 0 }, &starts, &n));
	assert_true(starts[0] > 0 && starts[1] == -1 && starts[2] > 0);
}

static void
a_rule_needs_one_end_and_two_to_104_occurrences(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	usec first = agenda_at(&a, 0, 9 * 60), *starts;
	day last = AGENDA_DAY + 7 * BOOKING_SERIES_MAX;
	static const struct series_rule wrong[] = {
		{ 1, 0, 0 }, { 1, 5, AGENDA_DAY + 30 }, { 0, 5, 0 }, { 3, 5, 0 }, { 1, 1, 0 },
		{ 1, BOOKING_SERIES_MAX + 1, 0 }, { 1, 0, AGENDA_DAY + 6 },
	};
	size_t n;

	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_err(series_starts(a.c->mem, a.paris, first, &wrong[i], &starts, &n), ERR_INVALID);
	assert_err(series_starts(a.c->mem, a.paris, first, &(struct series_rule){ 1, 0, last }, &starts, &n), ERR_INVALID);
	assert_ok(series_starts(a.c->mem, a.paris, first, &(struct series_rule){ 1, 0, last - 1 }, &starts, &n));
	assert_int_equal(n, BOOKING_SERIES_MAX);
	assert_ok(series_starts(a.c->mem, a.paris, first, &(struct series_rule){ 2, 0, AGENDA_DAY + 14 }, &starts, &n));
	assert_int_equal(n, 2);
}

static void
dates_that_are_taken_are_left_out_and_listed(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_who other = { .person = agenda_person(&a, S("Yann")) };
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 7, 9 * 60 + 10));
	struct booking there, *list;
	struct series_result made;
	size_t n;

	assert_ok(booking_create(a.c, &ask, &other, &there));
	made = series_make(&a, agenda_at(&a, 0, 9 * 60), 4);
	assert_int_equal(made.done_n, 3);
	assert_int_equal(made.clashes_n, 1);
	assert_true(made.clashes[0] == agenda_at(&a, 7, 9 * 60));
	assert_ok(booking_list_of_series(a.c, made.series, 0, &list, &n));
	assert_int_equal(n, 3);
	/* All are of one patient, who gets one message about them. */
	for (size_t i = 0; i < n; i++)
		assert_true(list[i].person == list[0].person);
	assert_int_equal(scene_count(a.c, SQL("SELECT count(*) FROM outbox WHERE org = $1 AND kind = 1")), 1);
	assert_int_equal(waiting(&a, MESSAGE_SERIES), 1);
}

static void
a_series_without_a_single_free_date_makes_nothing(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_who who = { .person = agenda_person(&a, S("Yann")) };
	struct booking_ask ask;
	struct series_result again;
	usec *starts;
	size_t n;

	(void)series_make(&a, agenda_at(&a, 0, 9 * 60), 2);
	ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	assert_ok(series_starts(a.c->mem, a.paris, ask.start, &(struct series_rule){ 1, 2, 0 }, &starts, &n));
	assert_err(series_create(a.c, &ask, &who, starts, n, &again), ERR_CONFLICT);
	assert_int_equal(scene_count(a.c, SQL("SELECT count(*) FROM booking WHERE org = $1")), 2);
}

static void
moving_all_by_a_week_makes_room_for_itself(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct series_result made = series_make(&a, agenda_at(&a, 0, 9 * 60), 3), moved;
	struct series_change all = { made.done[0].id, 0, SERIES_ALL };
	struct booking *list;
	size_t n;

	assert_ok(series_move(a.c, a.paris, &all,
	    &(struct booking_ask){ .start = agenda_at(&a, 7, 9 * 60) }, &moved));
	assert_int_equal(moved.done_n, 3);
	assert_int_equal(moved.clashes_n, 0);
	assert_ok(series_move(a.c, a.paris, &all,
	    &(struct booking_ask){ .start = agenda_at(&a, 0, 10 * 60) }, &moved));
	assert_int_equal(moved.done_n, 3);
	assert_ok(booking_list_of_series(a.c, made.series, 0, &list, &n));
	for (size_t i = 0; i < n; i++)
		assert_true(list[i].start == agenda_at(&a, (int)i * 7, 10 * 60));
}

static void
one_or_the_following_leave_the_others_alone(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct series_result made = series_make(&a, agenda_at(&a, 0, 9 * 60), 4), r;
	struct booking *list;
	size_t n;

	assert_ok(series_move(a.c, a.paris, &(struct series_change){ made.done[1].id, 0, SERIES_ONE },
	    &(struct booking_ask){ .start = agenda_at(&a, 7, 11 * 60) }, &r));
	assert_int_equal(r.done_n, 1);
	assert_ok(series_cancel(a.c, &(struct series_change){ made.done[2].id, 0, SERIES_FOLLOWING }, true, &r));
	assert_int_equal(r.done_n, 2);
	assert_ok(booking_list_of_series(a.c, made.series, 0, &list, &n));
	assert_int_equal(n, 2);
	assert_true(list[0].start == agenda_at(&a, 0, 9 * 60) && list[1].start == agenda_at(&a, 7, 11 * 60));
	/* What is cancelled cannot be cancelled again; what changed meanwhile is not moved blindly. */
	assert_err(series_cancel(a.c, &(struct series_change){ made.done[2].id, 0, SERIES_ALL }, true, &r), ERR_CONFLICT);
	assert_err(series_move(a.c, a.paris, &(struct series_change){ made.done[1].id, 1, SERIES_ONE },
	    &(struct booking_ask){ .start = agenda_at(&a, 7, 9 * 60) }, &r), ERR_CONFLICT);
}

/* What is changed before the message left is in it, and is not told apart. */
static void
nobody_is_told_of_changes_to_a_series_that_is_not_announced_yet(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct series_result made = series_make(&a, agenda_at(&a, 0, 9 * 60), 4);
	struct booking b;

	assert_ok(booking_move(a.c, made.done[1].id, 0, &(struct booking_ask){ .start = agenda_at(&a, 7, 10 * 60) }, &b));
	assert_ok(booking_cancel(a.c, made.done[0].id, false));
	assert_ok(booking_restore(a.c, made.done[0].id));
	assert_ok(booking_cancel(a.c, made.done[2].id, false));
	assert_int_equal(waiting(&a, MESSAGE_SERIES), 1);
	assert_int_equal(waiting(&a, MESSAGE_MOVED) + waiting(&a, MESSAGE_CANCELLED) + waiting(&a, MESSAGE_BOOKED), 0);
	/* Once it left, each change is told again. */
	engine_must(a.c->db, SQL("UPDATE outbox SET state = 2"));
	assert_ok(booking_cancel(a.c, made.done[3].id, false));
	assert_int_equal(waiting(&a, MESSAGE_CANCELLED), 1);
}

static void
a_series_that_was_made_is_taken_back_and_never_announced(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct series_result made = series_make(&a, agenda_at(&a, 0, 9 * 60), 3);
	struct undo_series kept = { .act = UNDO_CREATE, .shown_by = made.done[0].id, .is = made.done, .n = made.done_n };
	struct booking *list;
	size_t left, n;
	str token;

	assert_ok(booking_undo_of_series(a.c, &kept, &token));
	assert_true(booking_undo_left(a.c, made.done[0].id, token) == promise()->undo);
	assert_err(booking_undo(a.c, made.done[1].id, token, &left), ERR_EXPIRED);
	assert_ok(booking_undo(a.c, made.done[0].id, token, &left));
	assert_int_equal(left, 0);
	assert_ok(booking_list_of_series(a.c, made.series, 0, &list, &n));
	assert_int_equal(n, 0);
	assert_int_equal(waiting(&a, MESSAGE_SERIES) + waiting(&a, MESSAGE_CANCELLED), 0);
	assert_err(booking_undo(a.c, made.done[0].id, token, &left), ERR_CONFLICT);
}

static void
a_series_that_was_moved_onto_itself_goes_back_whole(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct series_result made = series_make(&a, agenda_at(&a, 0, 9 * 60), 3), moved;
	struct series_change all = { made.done[0].id, 0, SERIES_ALL };
	struct booking *list, one;
	size_t left, n;
	str token;

	/* One of them has an hour of its own: it goes back to that. */
	assert_ok(booking_move(a.c, made.done[1].id, 0, &(struct booking_ask){ .start = agenda_at(&a, 7, 11 * 60) }, &one));
	assert_ok(series_move(a.c, a.paris, &all, &(struct booking_ask){ .start = agenda_at(&a, 7, 9 * 60) }, &moved));
	assert_int_equal(moved.done_n, 3);
	struct undo_series kept = { .act = UNDO_MOVE, .shown_by = all.booking, .was = moved.was, .is = moved.done,
	    .n = moved.done_n };
	assert_ok(booking_undo_of_series(a.c, &kept, &token));
	assert_ok(booking_undo(a.c, all.booking, token, &left));
	assert_int_equal(left, 0);
	assert_ok(booking_list_of_series(a.c, made.series, 0, &list, &n));
	assert_int_equal(n, 3);
	assert_true(list[0].start == agenda_at(&a, 0, 9 * 60) && list[1].start == agenda_at(&a, 7, 11 * 60) &&
	    list[2].start == agenda_at(&a, 14, 9 * 60));
}

static void
of_a_cancelled_series_what_was_taken_meanwhile_stays_cancelled(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct series_result made = series_make(&a, agenda_at(&a, 0, 9 * 60), 3), gone;
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 7, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Yann")) };
	struct booking *list, other;
	size_t left, n;
	int64_t swept;
	str token;

	assert_ok(series_cancel(a.c, &(struct series_change){ made.done[0].id, 0, SERIES_ALL }, true, &gone));
	assert_int_equal(gone.done_n, 3);
	struct undo_series kept = { .act = UNDO_CANCEL, .quiet = true, .shown_by = made.done[0].id, .was = gone.was,
	    .n = gone.done_n };
	assert_ok(booking_undo_of_series(a.c, &kept, &token));
	assert_ok(booking_create(a.c, &ask, &who, &other));
	assert_ok(booking_undo(a.c, made.done[0].id, token, &left));
	assert_int_equal(left, 1);
	assert_ok(booking_list_of_series(a.c, made.series, 0, &list, &n));
	assert_int_equal(n, 2);
	/* Nothing is kept longer than it is good for. */
	assert_ok(booking_undo_sweep(a.c, &swept));
	assert_int_equal(swept, 0);
	a.c->now += promise()->undo;
	assert_err(booking_undo(a.c, made.done[0].id, token, &left), ERR_EXPIRED);
	assert_ok(booking_undo_sweep(a.c, &swept));
	assert_int_equal(swept, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(nobody_is_told_of_changes_to_a_series_that_is_not_announced_yet),
		ENGINE_TEST_SCHEMA(a_series_that_was_made_is_taken_back_and_never_announced),
		ENGINE_TEST_SCHEMA(a_series_that_was_moved_onto_itself_goes_back_whole),
		ENGINE_TEST_SCHEMA(of_a_cancelled_series_what_was_taken_meanwhile_stays_cancelled),
		ENGINE_TEST_SCHEMA(a_series_keeps_its_hour_when_the_clocks_change),
		ENGINE_TEST_SCHEMA(an_hour_that_a_day_lacks_is_told),
		ENGINE_TEST_SCHEMA(a_rule_needs_one_end_and_two_to_104_occurrences),
		ENGINE_TEST_SCHEMA(dates_that_are_taken_are_left_out_and_listed),
		ENGINE_TEST_SCHEMA(a_series_without_a_single_free_date_makes_nothing),
		ENGINE_TEST_SCHEMA(moving_all_by_a_week_makes_room_for_itself),
		ENGINE_TEST_SCHEMA(one_or_the_following_leave_the_others_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
