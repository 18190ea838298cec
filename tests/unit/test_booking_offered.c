/* Bookings of programs: only what is offered, once per key, and who it was that had no time. */
#include "agenda.h"

static struct booking_ask
offered(const struct agenda *a, int minute)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, 0, minute));

	ask.offered = true;
	ask.source = SOURCE_API;
	return ask;
}

static void
only_times_of_the_opening_hours_are_taken(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	const int outside[] = { 8 * 60, 9 * 60 + 5, 12 * 60 };
	struct booking b;

	for (size_t i = 0; i < COUNT(outside); i++) {
		struct booking_ask ask = offered(&a, outside[i]);

		assert_err(booking_create(a.c, &ask, &who, &b), ERR_CONFLICT);
		ask.offered = false;
		ask.overlap = true;
		assert_ok(booking_create(a.c, &ask, &who, &b));
		assert_ok(booking_cancel(a.c, b.id, true));
	}
	struct booking_ask ask = offered(&a, 9 * 60);
	assert_ok(booking_create(a.c, &ask, &who, &b));
	assert_true(b.site == a.s.site && b.source == SOURCE_API);

	ask = offered(&a, 9 * 60);
	ask.start -= 14 * USEC_PER_DAY;	/* a Monday that is over */
	assert_err(booking_create(a.c, &ask, &who, &b), ERR_EXPIRED);
}

static void
a_conflict_says_whose_time_it_was(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_who marie = { .person = agenda_person(&a, S("Marie")) };
	id other = agenda_person(&a, S("Jeanne"));
	struct booking_ask ask = offered(&a, 9 * 60), elsewhere = ask;
	struct booking b;
	bool busy;

	assert_ok(booking_is_person_busy(a.c, &ask, marie.person, &busy));
	assert_false(busy);
	assert_ok(booking_create(a.c, &ask, &marie, &b));
	/* The practitioner has no time either: that comes first. */
	assert_ok(booking_is_person_busy(a.c, &ask, marie.person, &busy));
	assert_false(busy);
	assert_ok(booking_is_person_busy(a.c, &ask, other, &busy));
	assert_false(busy);

	/* Marie sits beside another patient, who then goes: only the second lane is taken. */
	assert_ok(booking_cancel(a.c, b.id, true));
	struct booking_ask beside = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	beside.overlap = true;
	assert_ok(booking_create(a.c, &ask, &(struct booking_who){ .person = other }, &b));
	assert_ok(booking_create(a.c, &beside, &marie, &(struct booking){0}));
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_ok(booking_is_person_busy(a.c, &elsewhere, marie.person, &busy));
	assert_true(busy);
	assert_ok(booking_is_person_busy(a.c, &elsewhere, other, &busy));
	assert_false(busy);
}

static void
a_key_finds_the_booking_that_it_made_for_the_same_request_only(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct booking_ask ask = offered(&a, 9 * 60);
	struct booking made, found;
	str same;

	assert_err(booking_repeated(a.c, &ask, &found), ERR_NOT_FOUND);
	ask.idempotency_key = S("key");
	assert_ok(booking_request_hash(a.c, S("{\"a\":1}"), &ask.request_hash));
	assert_ok(booking_request_hash(a.c, S("{\"a\":1}"), &same));
	assert_true(str_eq(ask.request_hash, same));
	assert_err(booking_repeated(a.c, &ask, &found), ERR_NOT_FOUND);
	assert_ok(booking_create(a.c, &ask, &who, &made));
	assert_ok(booking_repeated(a.c, &ask, &found));
	assert_true(found.id == made.id);
	assert_ok(booking_request_hash(a.c, S("{\"a\":2}"), &ask.request_hash));
	assert_false(str_eq(ask.request_hash, same));
	assert_err(booking_repeated(a.c, &ask, &found), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(only_times_of_the_opening_hours_are_taken),
		ENGINE_TEST_SCHEMA(a_conflict_says_whose_time_it_was),
		ENGINE_TEST_SCHEMA(a_key_finds_the_booking_that_it_made_for_the_same_request_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
