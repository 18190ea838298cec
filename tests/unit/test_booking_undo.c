/* test_booking_undo.c - ten seconds to think better of it, and nobody hears of it (ux-11). */
#include "agenda.h"
#include "oath/promise.h"
#include "practice/booking_undo.h"
#include "practice/outbox.h"

static struct booking
told_booking(struct agenda *a)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(a, S("Marie")) };
	struct booking b;

	assert_ok(booking_create(a->c, &ask, &who, &b));
	/* The confirmation has left. */
	engine_must(a->c->db, SQL("UPDATE outbox SET state = 2"));
	return b;
}

static int
waiting(const struct agenda *a, id booking, enum message_kind kind)
{
	struct outbox_message *list;
	size_t n;
	int found = 0;

	assert_ok(outbox_list_of_booking(a->c, booking, &list, &n));
	for (size_t i = 0; i < n; i++)
		found += list[i].kind == kind && list[i].state == OUTBOX_WAITING;
	return found;
}

static str
move(struct agenda *a, struct booking *b, int minute, bool quiet)
{
	struct booking was = *b;
	str token;

	assert_ok(booking_move(a->c, b->id, 0,
	    &(struct booking_ask){ .start = agenda_at(a, 0, minute), .quiet = quiet }, b));
	assert_ok(booking_undo_of_move(a->c, &was, b, quiet, &token));
	return token;
}

static void
a_move_taken_back_tells_nobody(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = told_booking(&a);
	size_t left;
	usec start = b.start;
	str token = move(&a, &b, 10 * 60, false);

	assert_int_equal(waiting(&a, b.id, MESSAGE_MOVED), 1);
	assert_true(booking_undo_left(a.c, b.id, token) == promise()->undo);
	assert_ok(booking_undo(a.c, b.id, token, &left));
	assert_ok(booking_get(a.c, b.id, &b));
	assert_true(b.start == start);
	assert_int_equal(waiting(&a, b.id, MESSAGE_MOVED), 0);
	/* Once is enough. */
	assert_err(booking_undo(a.c, b.id, token, &left), ERR_CONFLICT);
}

static void
back_to_a_time_that_the_patient_never_knew_is_told(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = told_booking(&a);
	size_t left;

	(void)move(&a, &b, 10 * 60, false);
	str second = move(&a, &b, 11 * 60, false);
	assert_ok(booking_undo(a.c, b.id, second, &left));
	assert_int_equal(waiting(&a, b.id, MESSAGE_MOVED), 1);
}

static void
a_token_dies_with_time_with_change_and_by_forgery(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = told_booking(&a);
	size_t left;
	str token = move(&a, &b, 10 * 60, false), later;
	struct ctx other = a.s.other;

	str forged = str_copy(a.c->mem, token);
	((char *)(uintptr_t)forged.p)[0] = '2';
	assert_err(booking_undo(a.c, b.id, forged, &left), ERR_EXPIRED);
	assert_err(booking_undo(a.c, b.id + 1, token, &left), ERR_EXPIRED);
	assert_err(booking_undo(a.c, b.id, S(""), &left), ERR_EXPIRED);
	assert_err(booking_undo(&other, b.id, token, &left), ERR_EXPIRED);

	later = move(&a, &b, 11 * 60, false);
	assert_err(booking_undo(a.c, b.id, token, &left), ERR_CONFLICT);
	a.c->now += promise()->undo;
	assert_true(booking_undo_left(a.c, b.id, later) == 0);
	assert_err(booking_undo(a.c, b.id, later, &left), ERR_EXPIRED);
}

static void
a_cancellation_taken_back_tells_nobody(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = told_booking(&a);
	size_t left;
	str token;

	for (int quiet = 0; quiet <= 1; quiet++) {
		assert_ok(booking_get(a.c, b.id, &b));
		assert_ok(booking_cancel(a.c, b.id, quiet));
		assert_int_equal(waiting(&a, b.id, MESSAGE_CANCELLED), !quiet);
		assert_ok(booking_undo_of_cancel(a.c, &b, quiet, &token));
		assert_ok(booking_undo(a.c, b.id, token, &left));
		assert_ok(booking_get(a.c, b.id, &b));
		assert_int_equal(b.state, BOOKING_CONFIRMED);
		assert_int_equal(waiting(&a, b.id, MESSAGE_CANCELLED), 0);
		assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED), 0);
	}
}

static void
a_quiet_cancellation_silences_what_still_waits_and_undo_lets_it_speak(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct booking b;
	size_t left;
	str token;

	ask.source = SOURCE_STAFF;
	assert_ok(booking_create(a.c, &ask, &who, &b));
	assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED), 1);
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED), 0);
	assert_ok(booking_undo_of_cancel(a.c, &b, true, &token));
	assert_ok(booking_undo(a.c, b.id, token, &left));
	assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED), 1);
}

static void
the_old_time_taken_meanwhile_cannot_come_back(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = told_booking(&a), now, other;
	size_t left;
	str token = move(&a, &b, 10 * 60, false);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Yann")) };

	assert_ok(booking_create(a.c, &ask, &who, &other));
	assert_err(booking_undo(a.c, b.id, token, &left), ERR_CONFLICT);
	assert_ok(booking_get(a.c, b.id, &now));
	assert_true(now.start == b.start);
}

static void
a_length_is_changed_without_a_word_and_taken_back(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = told_booking(&a), was = b;
	size_t left;
	str token;

	assert_ok(booking_move(a.c, b.id, b.version, &(struct booking_ask){ .start = b.start, .minutes = 30 }, &b));
	assert_true(b.end - b.start == 30 * USEC_PER_MINUTE);
	/* The calendar entry is brought up to date; nobody is written to, for the start is the same. */
	assert_int_equal(b.sequence, was.sequence + 1);
	assert_int_equal(waiting(&a, b.id, MESSAGE_MOVED), 0);
	assert_int_equal(agenda_slots(&a, 0), 10);
	assert_ok(booking_undo_of_move(a.c, &was, &b, false, &token));
	assert_ok(booking_undo(a.c, b.id, token, &left));
	assert_ok(booking_get(a.c, b.id, &b));
	assert_true(b.start == was.start && b.end == was.end);
	assert_int_equal(waiting(&a, b.id, MESSAGE_MOVED), 0);
	assert_int_equal(agenda_slots(&a, 0), 11);
}

static void
a_length_taken_back_leaves_the_notice_of_an_earlier_move_waiting(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = told_booking(&a), was;
	size_t left;
	str token;

	(void)move(&a, &b, 10 * 60, false);
	was = b;
	assert_ok(booking_move(a.c, b.id, 0, &(struct booking_ask){ .start = b.start, .minutes = 45 }, &b));
	assert_ok(booking_undo_of_move(a.c, &was, &b, false, &token));
	assert_ok(booking_undo(a.c, b.id, token, &left));
	assert_int_equal(waiting(&a, b.id, MESSAGE_MOVED), 1);
}

static void
a_block_is_taken_back_and_a_freed_one_comes_back(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b, was;
	size_t left;
	str token;

	assert_ok(booking_block(a.c, &(struct booking_ask){ .practitioner = a.martin, .source = SOURCE_STAFF,
	    .start = agenda_at(&a, 0, 9 * 60), .minutes = 60 }, &b));
	assert_int_equal(agenda_slots(&a, 0), 8);
	assert_ok(booking_undo_of_create(a.c, &b, &token));
	assert_ok(booking_undo(a.c, b.id, token, &left));
	assert_int_equal(agenda_slots(&a, 0), 12);
	assert_err(booking_undo(a.c, b.id, token, &left), ERR_CONFLICT);

	assert_ok(booking_block(a.c, &(struct booking_ask){ .practitioner = a.martin, .source = SOURCE_STAFF,
	    .start = agenda_at(&a, 0, 9 * 60), .minutes = 60 }, &was));
	assert_ok(booking_cancel(a.c, was.id, true));
	assert_ok(booking_undo_of_cancel(a.c, &was, true, &token));
	assert_ok(booking_undo(a.c, was.id, token, &left));
	assert_int_equal(agenda_slots(&a, 0), 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_length_is_changed_without_a_word_and_taken_back),
		ENGINE_TEST_SCHEMA(a_length_taken_back_leaves_the_notice_of_an_earlier_move_waiting),
		ENGINE_TEST_SCHEMA(a_block_is_taken_back_and_a_freed_one_comes_back),
		ENGINE_TEST_SCHEMA(a_move_taken_back_tells_nobody),
		ENGINE_TEST_SCHEMA(back_to_a_time_that_the_patient_never_knew_is_told),
		ENGINE_TEST_SCHEMA(a_token_dies_with_time_with_change_and_by_forgery),
		ENGINE_TEST_SCHEMA(a_cancellation_taken_back_tells_nobody),
		ENGINE_TEST_SCHEMA(a_quiet_cancellation_silences_what_still_waits_and_undo_lets_it_speak),
		ENGINE_TEST_SCHEMA(the_old_time_taken_meanwhile_cannot_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
