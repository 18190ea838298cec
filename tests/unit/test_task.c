/* test_task.c - what a human must do because the server cannot (ux-43). */
#include "assert_str.h"
#include "agenda.h"
#include "practice/task.h"

static id
undelivered(struct ctx *c, id person, id booking)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_message *list;
	size_t n;

	assert_ok(db_begin(c->db, &tx));
	assert_ok(outbox_add(c, MESSAGE_CANCELLED, person, booking, c->now));
	assert_ok(db_commit(&tx));
	assert_ok(outbox_claim(c, &list, &n));
	assert_int_equal(n, 1);
	assert_ok(outbox_settle(c, &list[0], OUTBOX_REFUSED, 550));
	return list[0].id;
}

static struct booking
book(const struct agenda *a, str given, int minute)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, 0, minute));
	struct booking_who who = { .person = agenda_person(a, given) };
	struct booking b;

	ask.quiet = true;
	assert_ok(booking_create(a->c, &ask, &who, &b));
	return b;
}

static void
tasks_come_by_the_time_of_their_appointment(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking late = book(&a, S("Marie"), 11 * 60), soon = book(&a, S("Paul"), 9 * 60);
	id outbox = undelivered(a.c, late.person, late.id);
	struct task *list;
	size_t n;
	int64_t open;

	(void)undelivered(a.c, soon.person, soon.id);
	assert_ok(task_list(a.c, &list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].booking, soon.id);
	assert_int_equal(list[0].start, soon.start);
	assert_int_equal(list[1].outbox, outbox);
	assert_int_equal(list[1].person, late.person);
	assert_int_equal(list[1].message, MESSAGE_CANCELLED);
	assert_int_equal(list[1].code, 550);
	assert_int_equal(list[1].created_at, a.c->now);
	assert_ok(task_count(a.c, &open));
	assert_int_equal(open, 2);
}

static void
a_task_is_done_once_and_leaves_the_list(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, S("Marie"), 9 * 60);
	struct task *list;
	size_t n;
	int64_t open;

	(void)undelivered(a.c, b.person, b.id);
	assert_ok(task_list(a.c, &list, &n));
	assert_ok(task_done(a.c, list[0].id));
	assert_ok(task_done(a.c, list[0].id));	/* two pressed the button */
	assert_int_equal(scene_lines(a.c, S("task.done")), 1);
	assert_ok(task_count(a.c, &open));
	assert_int_equal(open, 0);
	assert_ok(task_list(a.c, &list, &n));
	assert_int_equal(n, 0);
}

static void
another_practice_neither_sees_nor_ends_a_task(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, S("Marie"), 9 * 60);
	struct task *list;
	size_t n;
	int64_t open;

	(void)undelivered(a.c, b.person, b.id);
	assert_ok(task_list(a.c, &list, &n));
	id task = list[0].id;

	assert_err(task_done(&a.s.other, task), ERR_NOT_FOUND);
	assert_ok(task_list(&a.s.other, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(task_count(&a.s.other, &open));
	assert_int_equal(open, 0);
	assert_ok(task_count(a.c, &open));
	assert_int_equal(open, 1);
	assert_err(task_done(a.c, 12345), ERR_NOT_FOUND);
}

static void
a_message_about_no_booking_is_listed_too_and_a_long_list_says_its_length(void **state)
{
	struct ctx *c = scene_begin(state).c;
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_message m = { .org = c->org, .kind = MESSAGE_INVITATION };
	struct outbox_prepared row = { .org = c->org, .person = c->org, .kind = MESSAGE_INVITATION };
	struct task *list;
	size_t n;
	int64_t open;

	assert_ok(db_begin(c->db, &tx));
	for (int i = 0; i <= TASK_LIST_MAX; i++) {
		m.id = row.id = ctx_id(c);
		assert_ok(outbox_insert(c, &row));
		assert_ok(task_add_undelivered(c, &m));
	}
	assert_ok(db_commit(&tx));
	assert_ok(task_list(c, &list, &n));
	assert_int_equal(n, TASK_LIST_MAX);
	assert_int_equal(list[0].start, 0);
	assert_int_equal(list[0].message, MESSAGE_INVITATION);
	assert_ok(task_count(c, &open));
	assert_int_equal(open, TASK_LIST_MAX + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(tasks_come_by_the_time_of_their_appointment),
		ENGINE_TEST_SCHEMA(a_task_is_done_once_and_leaves_the_list),
		ENGINE_TEST_SCHEMA(another_practice_neither_sees_nor_ends_a_task),
		ENGINE_TEST_SCHEMA(a_message_about_no_booking_is_listed_too_and_a_long_list_says_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
