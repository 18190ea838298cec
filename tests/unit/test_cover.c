/* test_cover.c - the appointments that an absence would take the time of (ux-22). */
#include "agenda.h"
#include "practice/cover.h"

static id
appointment(const struct agenda *a, str given, usec start)
{
	struct booking_ask ask = agenda_ask(a, start);
	struct booking_who who = { .person = agenda_person(a, given) };
	struct booking made;

	assert_ok(booking_create(a->c, &ask, &who, &made));
	return made.id;
}

static struct absence
monday(const struct agenda *a, int start_minute, int end_minute)
{
	return (struct absence){ .practitioner = a->martin, .first_day = AGENDA_DAY,
	    .last_day = AGENDA_DAY, .start_minute = start_minute, .end_minute = end_minute };
}

static void
assert_covers(const struct agenda *a, const struct absence *absence, const id *want, size_t n)
{
	struct booking *list;
	size_t found;

	assert_ok(cover_list(a->c, a->paris, absence, &list, &found));
	assert_int_equal(found, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(list[i].id, want[i]);
}

static void
only_what_shares_time_is_covered(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id nine = appointment(&a, S("Marie"), agenda_at(&a, 0, 540));
	id quarter = appointment(&a, S("Paul"), agenda_at(&a, 0, 555));
	id eleven = appointment(&a, S("Luc"), agenda_at(&a, 0, 660));
	struct absence absence = monday(&a, 545, 660);

	assert_covers(&a, &absence, (id[]){ nine, quarter }, 2);
	absence = monday(&a, 0, 540);
	assert_covers(&a, &absence, NULL, 0);
	absence = monday(&a, 675, 1440);
	assert_covers(&a, &absence, NULL, 0);
	absence = monday(&a, 670, 1440);
	assert_covers(&a, &absence, &eleven, 1);
	absence.practitioner = a.petit;
	assert_covers(&a, &absence, NULL, 0);
}

static void
every_repetition_is_looked_at_but_those_left_out(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id first = appointment(&a, S("Marie"), agenda_at(&a, 0, 600));
	id second = appointment(&a, S("Paul"), agenda_at(&a, 7, 600));
	id fifth = appointment(&a, S("Luc"), agenda_at(&a, 28, 600));
	day out = AGENDA_DAY + 7;
	struct absence weekly = monday(&a, 540, 720);

	weekly.every_weeks = 1;
	assert_covers(&a, &weekly, (id[]){ first, second, fifth }, 3);
	weekly.except = &out;
	weekly.except_n = 1;
	assert_covers(&a, &weekly, (id[]){ first, fifth }, 2);
	weekly.until_day = AGENDA_DAY + 27;
	assert_covers(&a, &weekly, &first, 1);
}

static void
an_absence_over_many_weeks_finds_its_last_day(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id last = appointment(&a, S("Marie"), agenda_at(&a, 42, 600));
	struct absence six_weeks = monday(&a, 0, 1440);

	six_weeks.last_day = AGENDA_DAY + 42;
	assert_covers(&a, &six_weeks, &last, 1);
	six_weeks.last_day--;
	assert_covers(&a, &six_weeks, NULL, 0);
}

static void
nobody_waits_for_a_hold_a_block_a_cancelled_or_a_past_one(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask held = agenda_ask(&a, agenda_at(&a, 0, 540));
	struct booking_ask blocked = agenda_ask(&a, agenda_at(&a, 0, 600));
	id cancelled = appointment(&a, S("Marie"), agenda_at(&a, 0, 660));
	id past = appointment(&a, S("Paul"), agenda_at(&a, 0, 690));
	struct absence absence = monday(&a, 0, 1440);
	struct booking made;

	blocked.motive = 0;
	blocked.minutes = 30;
	assert_ok(booking_hold(a.c, &held, &made));
	assert_ok(booking_block(a.c, &blocked, &made));
	assert_ok(booking_cancel(a.c, cancelled, true));
	assert_covers(&a, &absence, &past, 1);
	a.c->now = agenda_at(&a, 0, 690) + 15 * USEC_PER_MINUTE;
	assert_covers(&a, &absence, NULL, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(only_what_shares_time_is_covered),
		ENGINE_TEST_SCHEMA(every_repetition_is_looked_at_but_those_left_out),
		ENGINE_TEST_SCHEMA(an_absence_over_many_weeks_finds_its_last_day),
		ENGINE_TEST_SCHEMA(nobody_waits_for_a_hold_a_block_a_cancelled_or_a_past_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
