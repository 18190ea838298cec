/*
 * test_torture.c - each statement of each change of an appointment fails in turn:
 * ERR_STORE is the answer, nothing is half-written, and the same asked again goes well.
 */
#include "agenda.h"

enum { STATEMENTS_MIN = 3, STATEMENTS_MAX = 60 };

struct case_of {
	struct agenda	*a;
	id		 person, booking, hold;
	int64_t		 version;
};

static err
hold_extend(struct case_of *t)
{
	usec until;

	return booking_hold_extend(t->a->c, t->hold, &until);
}

static err
confirm(struct case_of *t)
{
	struct booking_who who = { .person = t->person };
	struct booking b;

	return booking_confirm(t->a->c, t->hold, &who, &b);
}

static err
move_to_hold(struct case_of *t)
{
	struct booking b;

	return booking_move_to_hold(t->a->c, t->booking, t->hold, &b);
}

static err
hold_release(struct case_of *t)
{
	return booking_hold_release(t->a->c, t->hold);
}

static err
note_set(struct case_of *t)
{
	return booking_note_set(t->a->c, t->booking, t->version, S("arrive en fauteuil"));
}

static err
arrive(struct case_of *t)
{
	return booking_set_state(t->a->c, t->booking, BOOKING_ARRIVED);
}

static err
cancel(struct case_of *t)
{
	return booking_cancel(t->a->c, t->booking, false);
}

static err
restore(struct case_of *t)
{
	return booking_restore(t->a->c, t->booking);
}

static err
block(struct case_of *t)
{
	struct booking_ask ask = agenda_ask(t->a, agenda_at(t->a, 0, 11 * 60));
	struct booking b;

	ask.minutes = 30;
	ask.motive = 0;
	return booking_block(t->a->c, &ask, &b);
}

/* All that a change may touch, as one number. */
static int64_t
fingerprint(struct ctx *c)
{
	return scene_count(c, SQL("SELECT CAST(COALESCE(SUM(state * 7 + version * 1013 + start_at % 1000003"
	    " + COALESCE(hold_until, 0) % 999983), 0) AS BIGINT) FROM booking WHERE org = $1")) +
	    scene_count(c, SQL("SELECT count(*) FROM busy WHERE org = $1")) * 10000019 +
	    scene_count(c, SQL("SELECT count(*) FROM outbox WHERE org = $1")) * 100000007 +
	    scene_count(c, SQL("SELECT count(*) FROM audit WHERE org = $1")) * 1000000007;
}

/* With one statement after the other failing, until it goes through. */
static void
torture(struct case_of *t, const char *name, err (*change)(struct case_of *))
{
	struct ctx *c = t->a->c;
	int64_t before = fingerprint(c);
	int n = 1;

	for (;; n++) {
		db_fail_after(c->db, n);
		err e = change(t);

		db_fail_after(c->db, 0);
		if (e == OK)
			break;
		if (e != ERR_STORE || fingerprint(c) != before || n > STATEMENTS_MAX)
			fail_msg("%s: %s when statement %d fails", name, err_name(e), n);
	}
	assert_in_range(n, STATEMENTS_MIN, STATEMENTS_MAX);
	assert_true(fingerprint(c) != before);
}

static void
hold(struct case_of *t, int minute)
{
	struct booking_ask ask = agenda_ask(t->a, agenda_at(t->a, 0, minute));
	struct booking b;

	ask.online = true;
	assert_ok(booking_hold(t->a->c, &ask, &b));
	t->hold = b.id;
	t->a->c->now += USEC_PER_SECOND;	/* so that holding on is a change */
}

static void
every_change_of_an_appointment_is_all_or_nothing(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct case_of t = { .a = &a, .person = agenda_person(&a, S("Marie")) };
	struct booking b;

	hold(&t, 9 * 60);
	torture(&t, "extend", hold_extend);
	torture(&t, "confirm", confirm);
	t.booking = t.hold;
	hold(&t, 10 * 60);
	torture(&t, "move", move_to_hold);
	hold(&t, 9 * 60);
	torture(&t, "release", hold_release);
	assert_ok(booking_get(a.c, t.booking, &b));
	assert_true(b.start == agenda_at(&a, 0, 10 * 60));
	t.version = b.version;
	torture(&t, "note", note_set);
	torture(&t, "cancel", cancel);
	torture(&t, "restore", restore);
	torture(&t, "arrive", arrive);
	torture(&t, "block", block);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(every_change_of_an_appointment_is_all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
