/* test_day.c - a day as the agenda shows it: rows, lanes, what is free, what is closed. */
#include "agenda.h"
#include "practice/absence.h"
#include "practice/day.h"

static struct day_table
day_of(struct agenda *a, day on, int days)
{
	static struct practitioner both[2];
	struct day_query q = { .practitioners = both, .practitioners_n = 2, .from = on, .days = days };
	struct day_table t;

	assert_ok(practitioner_get(a->c, a->martin, &both[0]));
	assert_ok(practitioner_get(a->c, a->petit, &both[1]));
	assert_ok(day_read(a->c, a->paris, &q, &t));
	return t;
}

static const struct day_item *
item_at(const struct day_column *col, enum day_item_kind kind, int minute)
{
	for (size_t i = 0; i < col->n; i++)
		if (col->items[i].kind == kind && col->items[i].start == minute / DAY_ROW_MINUTES)
			return &col->items[i];
	return NULL;
}

static struct booking
book(struct agenda *a, str given, int minute, bool beside)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, 0, minute));
	struct booking_who who = { .person = agenda_person(a, given) };
	struct booking b;

	ask.overlap = beside;
	assert_ok(booking_create(a->c, &ask, &who, &b));
	return b;
}

static void
a_day_shows_names_what_is_free_and_what_is_closed(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	const struct day_item *item;
	struct booking b = book(&a, S("Marie"), 9 * 60 + 30, false);
	struct day_table t = day_of(&a, AGENDA_DAY, 1);

	assert_int_equal(t.n, 2);
	assert_true(t.first_hour == DAY_HOUR_FIRST && t.last_hour == DAY_HOUR_LAST);
	assert_non_null(item = item_at(&t.columns[0], DAY_BOOKING, 9 * 60 + 30));
	assert_true(item->booking->id == b.id && item->end - item->start == 3);
	assert_true(str_eq(item->name, S("Dupont Marie")));
	/* 9 to 12 h is 12 times 15 minutes, one of them taken. */
	assert_int_equal(t.columns[0].free, 11);
	assert_null(item_at(&t.columns[0], DAY_FREE, 9 * 60 + 30));
	assert_non_null(item_at(&t.columns[0], DAY_FREE, 9 * 60 + 45));
	/* Closed before 9 and after 12 h, within the hours shown. */
	assert_non_null(item = item_at(&t.columns[0], DAY_CLOSED, 8 * 60));
	assert_int_equal(item->end, 9 * 12);
	assert_non_null(item_at(&t.columns[0], DAY_CLOSED, 12 * 60));
	/* Petit has no hours: closed all day, not present. */
	assert_true(t.columns[0].present && !t.columns[1].present);
}

static void
who_is_beside_another_shares_the_width_and_others_do_not(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct day_table t;
	const struct day_item *one, *two, *alone;

	(void)book(&a, S("Marie"), 9 * 60, false);
	(void)book(&a, S("Yann"), 9 * 60 + 10, true);
	(void)book(&a, S("Luc"), 9 * 60 + 30, false);
	t = day_of(&a, AGENDA_DAY, 1);
	one = item_at(&t.columns[0], DAY_BOOKING, 9 * 60);
	two = item_at(&t.columns[0], DAY_BOOKING, 9 * 60 + 10);
	alone = item_at(&t.columns[0], DAY_BOOKING, 9 * 60 + 30);
	assert_true(one->lanes == 2 && two->lanes == 2 && one->lane != two->lane);
	assert_true(alone->lanes == 1 && alone->lane == 0);
}

static void
lanes_are_reused_and_never_more_than_four(void **state)
{
	struct day_item items[6];

	(void)state;
	for (int i = 0; i < 6; i++)
		items[i] = (struct day_item){ .kind = DAY_BOOKING, .start = i, .end = 20 };
	day_lanes(items, 6);
	for (int i = 0; i < 6; i++) {
		assert_int_equal(items[i].lanes, DAY_LANES_MAX);
		assert_int_equal(items[i].lane, i < DAY_LANES_MAX ? i : DAY_LANES_MAX - 1);
	}
	/* A long one beside two short ones after another: two lanes, the second used twice. */
	struct day_item pair[] = { { .kind = DAY_BOOKING, .start = 0, .end = 12 }, { .kind = DAY_FREE, .start = 1, .end = 2 },
	    { .kind = DAY_BOOKING, .start = 2, .end = 5 }, { .kind = DAY_BOOKING, .start = 5, .end = 9 },
	    { .kind = DAY_BOOKING, .start = 12, .end = 15 } };
	day_lanes(pair, COUNT(pair));
	assert_true(pair[0].lane == 0 && pair[2].lane == 1 && pair[3].lane == 1 && pair[3].lanes == 2);
	/* What is free beside one who sent apologies has the other lane. */
	assert_true(pair[1].lane == 1 && pair[1].lanes == 2 && pair[4].lane == 0 && pair[4].lanes == 1);
}

static void
an_absence_takes_the_free_time_and_says_why(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct absence away = { .practitioner = a.martin, .first_day = AGENDA_DAY, .start_minute = 10 * 60,
	    .last_day = AGENDA_DAY, .end_minute = 11 * 60, .reason = S("Formation") };
	const struct day_item *item;
	struct day_table t;
	id made;

	assert_ok(absence_add(a.c, &away, &made));
	t = day_of(&a, AGENDA_DAY, 1);
	assert_non_null(item = item_at(&t.columns[0], DAY_ABSENCE, 10 * 60));
	assert_true(str_eq(item->name, S("Formation")));
	assert_int_equal(t.columns[0].free, 8);
}

static void
what_lies_outside_opens_the_hours_and_midnight_cuts(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = { .practitioner = a.martin, .start = agenda_at(&a, 0, 23 * 60 + 30),
	    .minutes = 60, .source = SOURCE_STAFF };
	struct day_table t;
	struct booking made;

	assert_ok(booking_block(a.c, &ask, &made));
	t = day_of(&a, AGENDA_DAY, 2);
	assert_true(t.first_hour == 0 && t.last_hour == 24);
	assert_int_equal(item_at(&t.columns[0], DAY_BOOKING, 23 * 60 + 30)->end, DAY_ROWS);
	assert_int_equal(item_at(&t.columns[2], DAY_BOOKING, 0)->end, 6);
}

static void
the_hour_that_is_jumped_over_is_not_free_and_the_doubled_one_shows_both(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking made;
	struct day_table t;
	day spring, autumn;

	assert_true(civil_day((struct civil_date){ 2027, 3, 28 }, &spring));
	assert_true(civil_day((struct civil_date){ 2027, 10, 31 }, &autumn));
	(void)agenda_hours(&a, 7, 60, 4 * 60);
	t = day_of(&a, spring, 1);
	assert_non_null(item_at(&t.columns[0], DAY_FREE, 60 + 45));
	assert_null(item_at(&t.columns[0], DAY_FREE, 2 * 60));
	assert_non_null(item_at(&t.columns[0], DAY_FREE, 3 * 60));

	usec first = zone_instant(a.paris, autumn, 2 * 60, NULL);
	for (int i = 0; i < 2; i++)
		assert_ok(booking_block(a.c, &(struct booking_ask){ .practitioner = a.martin,
		    .start = first + i * USEC_PER_HOUR, .minutes = 15, .source = SOURCE_STAFF }, &made));
	t = day_of(&a, autumn, 1);
	const struct day_item *one = item_at(&t.columns[0], DAY_BOOKING, 2 * 60);
	assert_true(one->lanes == 2 && one[1].kind == DAY_BOOKING && one[1].start == one->start);
}

static void
a_month_knows_its_full_and_its_closed_days(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct practitioner martin;
	struct day_query q = { .practitioners = &martin, .practitioners_n = 1, .from = AGENDA_DAY - 7, .days = 9 };
	struct booking made;
	enum day_fullness is[9];

	assert_ok(practitioner_get(a.c, a.martin, &martin));
	assert_ok(booking_block(a.c, &(struct booking_ask){ .practitioner = a.martin,
	    .start = agenda_at(&a, 0, 9 * 60), .minutes = 175, .source = SOURCE_STAFF }, &made));
	assert_ok(day_fullness(a.c, a.paris, &q, is));
	/* Today at one in the morning; a Tuesday; five minutes left of Monday are no appointment. */
	assert_int_equal(is[0], DAY_HAS_FREE);
	assert_int_equal(is[1], DAY_SHUT);
	assert_int_equal(is[7], DAY_FULL);
	assert_int_equal(is[8], DAY_SHUT);
}

static void
too_many_columns_are_refused(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct practitioner many[DAY_COLUMNS_MAX + 1] = {0};
	struct day_query q = { .practitioners = many, .practitioners_n = COUNT(many), .from = AGENDA_DAY, .days = 1 };
	struct day_table t;

	assert_err(day_read(a.c, a.paris, &q, &t), ERR_INVALID);
	q.practitioners_n = 2;
	q.days = DAY_COLUMNS_MAX / 2 + 1;
	assert_err(day_read(a.c, a.paris, &q, &t), ERR_INVALID);
	q.days = 0;
	assert_err(day_read(a.c, a.paris, &q, &t), ERR_INVALID);
}

static struct day_query
query_of(struct agenda *a, day from, int days)
{
	static struct practitioner both[2];

	assert_ok(practitioner_get(a->c, a->martin, &both[0]));
	assert_ok(practitioner_get(a->c, a->petit, &both[1]));
	return (struct day_query){ .practitioners = both, .practitioners_n = 2, .from = from, .days = days };
}

static void
who_sent_apologies_is_shown_beside_the_time_that_is_free_again(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, S("Marie"), 9 * 60, false);
	const struct day_item *gone, *slot, *other;
	struct day_table t;

	assert_ok(booking_set_state(a.c, b.id, BOOKING_EXCUSED));
	t = day_of(&a, AGENDA_DAY, 1);
	assert_non_null(gone = item_at(&t.columns[0], DAY_BOOKING, 9 * 60));
	assert_non_null(slot = item_at(&t.columns[0], DAY_FREE, 9 * 60));
	assert_true(gone->lanes == 2 && slot->lanes == 2 && gone->lane != slot->lane && !gone->beside);
	(void)book(&a, S("Yann"), 9 * 60, false);
	t = day_of(&a, AGENDA_DAY, 1);
	gone = item_at(&t.columns[0], DAY_BOOKING, 9 * 60);
	other = gone + 1;
	assert_true(other->kind == DAY_BOOKING && !gone->beside && !other->beside);
	/* Two that both hold the time are. */
	(void)book(&a, S("Luc"), 9 * 60 + 5, true);
	t = day_of(&a, AGENDA_DAY, 1);
	assert_true(item_at(&t.columns[0], DAY_BOOKING, 9 * 60 + 5)->beside);
}

static void
who_receives_or_has_a_booking_is_present(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct day_query q = query_of(&a, AGENDA_DAY, 1);
	struct booking made;
	bool here[2];

	assert_ok(day_present(a.c, a.paris, &q, here));
	assert_true(here[0] && !here[1]);
	assert_ok(booking_block(a.c, &(struct booking_ask){ .practitioner = a.petit,
	    .start = agenda_at(&a, 1, 0) - 30 * USEC_PER_MINUTE, .minutes = 60, .source = SOURCE_STAFF }, &made));
	assert_ok(day_present(a.c, a.paris, &q, here));
	assert_true(here[0] && here[1]);
	q.from += 1;
	assert_ok(day_present(a.c, a.paris, &q, here));
	assert_true(!here[0] && here[1]);
}

static void
the_next_free_time_is_beyond_full_days_and_the_one_before_is_not_past(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct day_query q = query_of(&a, AGENDA_DAY, 14);
	struct booking made;
	struct day_free is;

	assert_ok(booking_block(a.c, &(struct booking_ask){ .practitioner = a.martin,
	    .start = agenda_at(&a, 0, 9 * 60 + 30), .minutes = 150, .source = SOURCE_STAFF }, &made));
	assert_ok(day_free_next(a.c, a.paris, &q, 0, false, &is));
	assert_true(is.practitioner->id == a.martin && is.start == agenda_at(&a, 0, 9 * 60));
	assert_ok(day_free_next(a.c, a.paris, &q, is.start, false, &is));
	assert_true(is.start == agenda_at(&a, 0, 9 * 60 + 15));
	assert_ok(day_free_next(a.c, a.paris, &q, is.start, false, &is));
	assert_true(is.start == agenda_at(&a, 7, 9 * 60));
	assert_ok(day_free_next(a.c, a.paris, &q, is.start, true, &is));
	assert_true(is.start == agenda_at(&a, 0, 9 * 60 + 15));
	assert_err(day_free_next(a.c, a.paris, &q, agenda_at(&a, 0, 9 * 60), true, &is), ERR_NOT_FOUND);
	/* ENGINE_NOW is Monday, 1 h: last week has nothing left to offer. */
	q = query_of(&a, AGENDA_DAY - 14, 7);
	assert_err(day_free_next(a.c, a.paris, &q, agenda_at(&a, 0, 0), true, &is), ERR_NOT_FOUND);
}

static void
a_version_changes_with_what_a_day_shows_and_with_nothing_else(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct day_query q = query_of(&a, AGENDA_DAY, 1);
	struct booking b;
	str was, is;

	assert_ok(day_version(a.c, a.paris, &q, &was));
	assert_ok(day_version(a.c, a.paris, &q, &is));
	assert_true(str_eq(was, is));
	b = book(&a, S("Marie"), 9 * 60, false);
	assert_ok(day_version(a.c, a.paris, &q, &is));
	assert_false(str_eq(was, is));
	was = is;
	assert_ok(booking_set_state(a.c, b.id, BOOKING_ARRIVED));
	assert_ok(day_version(a.c, a.paris, &q, &is));
	assert_false(str_eq(was, is));
	was = is;
	assert_ok(booking_move(a.c, b.id, 0, &(struct booking_ask){ .start = agenda_at(&a, 7, 9 * 60) }, &b));
	assert_ok(day_version(a.c, a.paris, &q, &is));
	assert_false(str_eq(was, is));
	was = is;
	/* Another day's booking is none of this day's business; opening hours are. */
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_ok(day_version(a.c, a.paris, &q, &is));
	assert_true(str_eq(was, is));
	(void)agenda_hours(&a, 1, 14 * 60, 15 * 60);
	assert_ok(day_version(a.c, a.paris, &q, &is));
	assert_false(str_eq(was, is));
}

/* 25 December 2026 is a Friday; the agenda shows it as closed, and nothing of it as free. */
static void
a_public_holiday_is_closed(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);

	(void)agenda_hours(&a, 5, 9 * 60, 12 * 60);
	struct day_table friday = day_of(&a, AGENDA_DAY + 18, 1);
	struct day_table christmas = day_of(&a, AGENDA_DAY + 25, 1);
	assert_int_equal(friday.columns[0].free, 12);
	assert_int_equal(christmas.columns[0].free, 0);
	assert_non_null(item_at(&christmas.columns[0], DAY_CLOSED, 8 * 60));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(who_sent_apologies_is_shown_beside_the_time_that_is_free_again),
		ENGINE_TEST_SCHEMA(who_receives_or_has_a_booking_is_present),
		ENGINE_TEST_SCHEMA(the_next_free_time_is_beyond_full_days_and_the_one_before_is_not_past),
		ENGINE_TEST_SCHEMA(a_version_changes_with_what_a_day_shows_and_with_nothing_else),
		ENGINE_TEST_SCHEMA(a_day_shows_names_what_is_free_and_what_is_closed),
		ENGINE_TEST_SCHEMA(who_is_beside_another_shares_the_width_and_others_do_not),
		cmocka_unit_test(lanes_are_reused_and_never_more_than_four),
		ENGINE_TEST_SCHEMA(an_absence_takes_the_free_time_and_says_why),
		ENGINE_TEST_SCHEMA(what_lies_outside_opens_the_hours_and_midnight_cuts),
		ENGINE_TEST_SCHEMA(a_public_holiday_is_closed),
		ENGINE_TEST_SCHEMA(the_hour_that_is_jumped_over_is_not_free_and_the_doubled_one_shows_both),
		ENGINE_TEST_SCHEMA(a_month_knows_its_full_and_its_closed_days),
		ENGINE_TEST_SCHEMA(too_many_columns_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
