/*
 * test_reminder.c - who is reminded, when, and once.  The agenda's hour is its
 * Monday at 9, a week ahead; the practice reminds 48 hours before.
 */
#include <pthread.h>

#include "agenda.h"
#include "assert_str.h"
#include "practice/message.h"
#include "practice/outbox.h"
#include "practice/reminder.h"

enum { NINE = 9 * 60 };
#define AHEAD	(48 * USEC_PER_HOUR)

static struct booking
book(const struct agenda *a, int days, int minute)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, days, minute));
	struct booking_who who = { .person = agenda_person(a, str_printf(a->c->mem, "P%dx%d", days, minute)) };
	struct booking b;

	ask.quiet = true;
	assert_ok(booking_create(a->c, &ask, &who, &b));
	return b;
}

static int64_t
schedule(struct ctx *c)
{
	struct org o;
	int64_t n = -1;

	assert_ok(org_get(c, &o));
	assert_ok(reminder_schedule(c, &o, &n));
	return n;
}

static int64_t
reminders(struct ctx *c, enum outbox_state state)
{
	int64_t n;

	assert_ok(db_one_int(c->db, SQL("SELECT COUNT(*) FROM outbox WHERE org = $1 AND kind = 4 AND state = $2"),
	    BINDS(INT(c->org), INT(state)), &n));
	return n;
}

static void
set_hours(struct ctx *c, int hours)
{
	struct org o;

	assert_ok(org_get(c, &o));
	o.reminder_hours = hours;
	assert_ok(org_update(c, &o));
}

static void
move(const struct agenda *a, struct booking *b, int days, int minute, bool quiet)
{
	struct booking_ask ask = { .start = agenda_at(a, days, minute), .quiet = quiet };

	assert_ok(booking_move(a->c, b->id, 0, &ask, b));
}

static void
a_patient_is_reminded_once_so_many_hours_before(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, 0, NINE);
	struct outbox_message *list;
	struct org o;
	size_t n;

	assert_ok(org_get(a.c, &o));
	assert_int_equal(reminder_at(&o, &b), b.start - AHEAD);
	assert_int_equal(schedule(a.c), 0);
	a.c->now = b.start - AHEAD - 1;
	assert_int_equal(schedule(a.c), 0);
	a.c->now += 1;
	assert_int_equal(schedule(a.c), 1);
	assert_int_equal(schedule(a.c), 0);
	a.c->now += USEC_PER_DAY;
	assert_int_equal(schedule(a.c), 0);
	assert_ok(outbox_list_of_booking(a.c, b.id, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].kind, MESSAGE_REMINDER);
	assert_int_equal(list[0].person, b.person);
}

struct racer { struct ctx c; struct arena mem; struct org org; pthread_barrier_t *start; int64_t wrote; err e; };

static void *
race(void *at)
{
	struct racer *r = at;

	(void)pthread_barrier_wait(r->start);
	r->e = reminder_schedule(&r->c, &r->org, &r->wrote);
	return NULL;
}

/* Servers look at the same moment, three slices of the agenda; each appointment is announced once. */
static void
of_several_servers_one_reminds(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct racer racers[4] = {0};
	pthread_t threads[COUNT(racers)];
	pthread_barrier_t start;
	int64_t wrote = 0;

	struct booking b = book(&a, 0, NINE);
	(void)book(&a, 0, NINE + 15);
	(void)book(&a, 0, NINE + 90);
	(void)book(&a, 0, NINE + 165);
	a.c->now = b.start - USEC_PER_DAY;
	assert_int_equal(pthread_barrier_init(&start, NULL, COUNT(racers)), 0);
	for (size_t i = 0; i < COUNT(racers); i++) {
		struct racer *r = &racers[i];

		assert_ok(org_get(a.c, &r->org));
		r->c = *a.c;
		r->c.mem = &r->mem;
		r->start = &start;
		assert_ok(db_open(engine_store(a.c), &r->c.db));
		assert_int_equal(pthread_create(&threads[i], NULL, race, r), 0);
	}
	for (size_t i = 0; i < COUNT(racers); i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_ok(racers[i].e);
		wrote += racers[i].wrote;
		db_close(racers[i].c.db);
		arena_free(&racers[i].mem);
	}
	(void)pthread_barrier_destroy(&start);
	assert_int_equal(reminders(a.c, OUTBOX_WAITING), 4);
	assert_int_equal(wrote, 4);
}

static void
who_books_later_than_that_is_not_reminded(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking first = book(&a, 0, NINE), late;
	struct org o;

	a.c->now = first.start - AHEAD + USEC_PER_SECOND;
	late = book(&a, 0, NINE + 60);
	assert_ok(org_get(a.c, &o));
	assert_true(reminder_at(&o, &late) == late.start - AHEAD);	/* an hour later it still is in time */
	a.c->now = late.start - AHEAD + USEC_PER_SECOND;
	struct booking too_late = book(&a, 0, NINE + 30);
	assert_int_equal(reminder_at(&o, &too_late), 0);
	assert_int_equal(schedule(a.c), 2);
	a.c->now += USEC_PER_DAY;
	assert_int_equal(schedule(a.c), 0);
}

static void
a_practice_may_remind_nobody_and_change_its_mind(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking soon = book(&a, 0, NINE), later = book(&a, 7, NINE);
	struct org o;

	set_hours(a.c, 0);
	assert_ok(org_get(a.c, &o));
	assert_int_equal(reminder_at(&o, &soon), 0);
	a.c->now = soon.start - USEC_PER_HOUR;
	assert_int_equal(schedule(a.c), 0);
	set_hours(a.c, 24);
	assert_int_equal(schedule(a.c), 1);
	/* Longer ahead: whoever comes within reach by that is told now, the others are not told twice. */
	a.c->now = later.start - 30 * USEC_PER_HOUR;
	assert_int_equal(schedule(a.c), 0);
	set_hours(a.c, 72);
	assert_int_equal(schedule(a.c), 1);
	set_hours(a.c, 24);
	a.c->now = later.start - 20 * USEC_PER_HOUR;
	assert_int_equal(schedule(a.c), 0);
}

static void
what_was_cancelled_is_not_announced(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking before = book(&a, 0, NINE), waiting = book(&a, 0, NINE + 15);

	assert_ok(booking_cancel(a.c, before.id, true));
	a.c->now = waiting.start - AHEAD;
	assert_int_equal(schedule(a.c), 1);
	assert_ok(booking_cancel(a.c, waiting.id, true));
	assert_int_equal(reminders(a.c, OUTBOX_WAITING), 0);
	assert_int_equal(reminders(a.c, OUTBOX_WITHDRAWN), 1);
}

static void
a_reminder_moves_with_its_appointment(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, 0, NINE);

	move(&a, &b, 7, NINE, true);
	a.c->now = agenda_at(&a, 0, NINE) - AHEAD;
	assert_int_equal(schedule(a.c), 0);
	a.c->now = b.start - AHEAD;
	assert_int_equal(schedule(a.c), 1);
	/* It waits for a mail server that is down, and the appointment goes a week on. */
	move(&a, &b, 14, NINE, true);
	assert_int_equal(reminders(a.c, OUTBOX_WAITING), 0);
	a.c->now = b.start - AHEAD;
	assert_int_equal(schedule(a.c), 1);
	assert_int_equal(schedule(a.c), 0);
}

static void
a_move_that_was_told_since_is_reminder_enough(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, 7, NINE), silent = book(&a, 7, NINE + 15);

	a.c->now = agenda_at(&a, 0, NINE) - USEC_PER_DAY;
	move(&a, &b, 0, NINE, false);
	move(&a, &silent, 0, NINE + 15, true);
	assert_int_equal(schedule(a.c), 1);		/* the one who was not told */
	struct outbox_message *list;
	size_t n;
	assert_ok(outbox_list_of_booking(a.c, silent.id, &list, &n));
	assert_int_equal(n, 1);
}

static void
after_a_stop_whoever_is_still_to_come_is_reminded(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking over = book(&a, 0, NINE), soon = book(&a, 0, 11 * 60);

	a.c->now = over.start + USEC_PER_MINUTE;
	assert_int_equal(schedule(a.c), 1);
	struct outbox_message *list;
	size_t n;
	assert_ok(outbox_list_of_booking(a.c, soon.id, &list, &n));
	assert_int_equal(n, 1);
}

static void
a_clock_that_was_ahead_once_silences_nobody(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, 0, NINE);
	usec now = a.c->now;

	a.c->now += 400 * USEC_PER_DAY;
	assert_int_equal(schedule(a.c), 0);
	a.c->now = now;
	assert_int_equal(schedule(a.c), 0);
	a.c->now = b.start - AHEAD;
	assert_int_equal(schedule(a.c), 1);
}

static void
blocked_time_and_other_practices_have_nobody_to_remind(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, NINE + 30));
	struct booking b = book(&a, 0, NINE), block;

	ask.motive = 0;
	ask.minutes = 30;
	assert_ok(booking_block(a.c, &ask, &block));
	a.c->now = a.s.other.now = b.start - USEC_PER_DAY;
	assert_int_equal(schedule(&a.s.other), 0);
	assert_int_equal(schedule(a.c), 1);
}

/* Decision 0003, R52: worded when it leaves, with the way to cancel or move and nothing about health. */
static void
the_reminder_says_when_and_where_and_how_to_move_or_cancel(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	const struct message_server server = { .public_url = S("https://agenda.example"),
	    .from = S("agenda@cabinet.example"), .name = S("Serment") };
	struct booking b = book(&a, 0, NINE);
	struct outbox_message *list;
	struct message_mail mail;
	size_t n;

	a.c->now = b.start - AHEAD;
	assert_int_equal(schedule(a.c), 1);
	assert_ok(outbox_claim(a.c, &list, &n));
	struct ctx job = *a.c;
	job.role = ROLE_JOB;
	job.purposes = PURPOSE_BIT(PURPOSE_NOTIFY);
	assert_ok(message_render(&job, PURPOSE_NOTIFY, &server, &list[0], &mail));
	assert_true(str_find_str(mail.subject, S("Rappel de votre rendez-vous")) >= 0);
	assert_true(str_find_str(mail.text, S("Lundi 30 novembre")) >= 0);
	assert_true(str_find_str(mail.text, S("https://agenda.example/rdv/")) >= 0);
	assert_true(str_find_str(mail.text, S("Consultation")) < 0);
	assert_true(str_find_str(mail.text, S("Martin")) < 0);
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_err(message_render(&job, PURPOSE_NOTIFY, &server, &list[0], &mail), ERR_EXPIRED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_patient_is_reminded_once_so_many_hours_before),
		ENGINE_TEST_SCHEMA(of_several_servers_one_reminds),
		ENGINE_TEST_SCHEMA(who_books_later_than_that_is_not_reminded),
		ENGINE_TEST_SCHEMA(a_practice_may_remind_nobody_and_change_its_mind),
		ENGINE_TEST_SCHEMA(what_was_cancelled_is_not_announced),
		ENGINE_TEST_SCHEMA(a_reminder_moves_with_its_appointment),
		ENGINE_TEST_SCHEMA(a_move_that_was_told_since_is_reminder_enough),
		ENGINE_TEST_SCHEMA(after_a_stop_whoever_is_still_to_come_is_reminded),
		ENGINE_TEST_SCHEMA(a_clock_that_was_ahead_once_silences_nobody),
		ENGINE_TEST_SCHEMA(blocked_time_and_other_practices_have_nobody_to_remind),
		ENGINE_TEST_SCHEMA(the_reminder_says_when_and_where_and_how_to_move_or_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
