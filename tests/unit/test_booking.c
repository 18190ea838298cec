/*
 * Bookings: what is promised whatever the engine and whoever is faster.
 * ux-11, ux-19, ux-26, ux-28, ux-44, ux-50, ux-51; T6.
 */
#include <pthread.h>
#include <time.h>

#include "agenda.h"
#include "practice/busy.h"
#include "practice/motive.h"
#include "practice/outbox.h"
#include "store/db_held.h"

static struct booking
make(const struct agenda *a, str given, usec start)
{
	struct booking_ask ask = agenda_ask(a, start);
	struct booking_who who = { .person = agenda_person(a, given) };
	struct booking b;

	assert_ok(booking_create(a->c, &ask, &who, &b));
	return b;
}

/* Waiting messages of a kind about the booking. */
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

static int64_t
cells_of(const struct agenda *a, id holder)
{
	int64_t n;

	assert_ok(db_one_int(a->c->db, SQL("SELECT count(*) FROM busy WHERE org = $1 AND holder = $2"),
	    BINDS(INT(a->c->org), INT(holder)), &n));
	return n;
}

static void
a_booking_its_line_and_its_message_are_one(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), read;

	assert_ok(booking_get(a.c, b.id, &read));
	assert_int_equal(read.state, BOOKING_CONFIRMED);
	assert_true(read.start == b.start && read.end == b.start + 15 * USEC_PER_MINUTE);
	assert_true(read.practitioner == a.martin && read.site == a.s.site && read.person == b.person);
	assert_int_equal(cells_of(&a, a.martin), 3);
	assert_int_equal(cells_of(&a, b.person), 3);
	assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED), 1);
	assert_int_equal(scene_lines(a.c, S("booking.create")), 1);
	assert_err(booking_get(&a.s.other, b.id, &read), ERR_NOT_FOUND);	/* T6 */
}

static void
the_second_gets_a_conflict_and_leaves_nothing(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Louise")) };

	/* 9 h 10 overlaps 9 h to 9 h 15. */
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60 + 10));
	assert_err(booking_create(a.c, &ask, &who, &b), ERR_CONFLICT);
	assert_int_equal(cells_of(&a, a.martin), 3);
	assert_int_equal(cells_of(&a, who.person), 0);
	assert_int_equal(scene_lines(a.c, S("booking.create")), 1);
	ask.start = agenda_at(&a, 0, 9 * 60 + 15);
	assert_ok(booking_create(a.c, &ask, &who, &b));
}

static void
nobody_is_in_two_places(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60));
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who same = { .person = b.person };

	ask.practitioner = a.petit;
	assert_err(booking_create(a.c, &ask, &same, &b), ERR_CONFLICT);
	assert_int_equal(cells_of(&a, a.petit), 0);
}

static void
staff_may_overlap_on_purpose_the_public_never(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), between, *clashes;
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60 + 5));
	struct booking_who louise = { .person = agenda_person(&a, S("Louise")) };
	size_t n;

	assert_ok(booking_clashes(a.c, a.martin, ask.start, ask.start + 15 * USEC_PER_MINUTE, &clashes, &n));
	assert_int_equal(n, 1);
	assert_true(clashes[0].id == b.id);
	ask.overlap = true;	/* ux-19 */
	assert_ok(booking_create(a.c, &ask, &louise, &between));
	assert_int_equal(between.lane, 1);
	/* Four lanes at most. */
	for (int i = 2; i < BOOKING_LANES_MAX; i++) {
		struct booking_who more = { .person = agenda_person(&a, i == 2 ? S("Jeanne") : S("Anna")) };

		assert_ok(booking_create(a.c, &ask, &more, &between));
	}
	struct booking_who late = { .person = agenda_person(&a, S("Zoe")) };
	assert_err(booking_create(a.c, &ask, &late, &between), ERR_CONFLICT);
	/* Taken back, a cancellation leaves it where it was: beside the others. */
	assert_ok(booking_cancel(a.c, between.id, true));
	assert_ok(booking_restore(a.c, between.id));
	assert_ok(booking_get(a.c, between.id, &between));
	assert_int_equal(between.lane, BOOKING_LANES_MAX - 1);
	ask.overlap = false;
	ask.online = true;
	ask.start = agenda_at(&a, 0, 9 * 60);
	assert_err(booking_hold(a.c, &ask, &between), ERR_CONFLICT);
}

static void
a_hold_becomes_an_appointment_or_lapses(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct booking hold, other, b;
	usec until;

	ask.online = true;
	assert_ok(booking_hold(a.c, &ask, &hold));
	assert_err(booking_hold(a.c, &ask, &other), ERR_CONFLICT);
	a.c->now += 4 * USEC_PER_MINUTE;
	assert_ok(booking_hold_extend(a.c, hold.id, &until));
	assert_true(until == a.c->now + promise()->hold);
	a.c->now = until - 1;
	assert_ok(booking_confirm(a.c, hold.id, &who, &b));
	assert_true(b.id == hold.id && b.person == who.person);
	assert_int_equal(cells_of(&a, who.person), 3);
	assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED), 1);
	a.c->now += USEC_PER_DAY;	/* an appointment does not lapse */
	assert_err(booking_hold(a.c, &ask, &other), ERR_CONFLICT);
	assert_err(booking_confirm(a.c, hold.id, &who, &b), ERR_EXPIRED);

	ask.start = agenda_at(&a, 0, 10 * 60);
	assert_ok(booking_hold(a.c, &ask, &hold));
	a.c->now += promise()->hold;
	assert_err(booking_confirm(a.c, hold.id, &who, &b), ERR_EXPIRED);
	assert_err(booking_hold_extend(a.c, hold.id, &until), ERR_EXPIRED);
	assert_ok(booking_hold(a.c, &ask, &other));	/* somebody else's now, though nothing was swept */
	assert_ok(booking_hold_release(a.c, other.id));
	assert_ok(booking_hold(a.c, &ask, &other));
}

static void
sweeping_takes_lapsed_holds_and_nothing_else(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking kept = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), hold, read;
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 10 * 60));
	int64_t n;

	ask.online = true;
	assert_ok(booking_hold(a.c, &ask, &hold));
	assert_ok(booking_sweep(a.c, &n));
	assert_int_equal(n, 0);
	a.c->now += promise()->hold;
	assert_ok(booking_sweep(a.c, &n));
	assert_int_equal(n, 1 + 3);	/* the hold and its three cells */
	assert_err(booking_get(a.c, hold.id, &read), ERR_NOT_FOUND);
	assert_ok(booking_get(a.c, kept.id, &read));
	assert_int_equal(cells_of(&a, a.martin), 3);
}

static void
the_public_books_only_what_is_offered(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60 + 5));
	struct booking b;

	ask.online = true;
	assert_err(booking_hold(a.c, &ask, &b), ERR_CONFLICT);		/* between two steps */
	ask.start = agenda_at(&a, 0, 14 * 60);
	assert_err(booking_hold(a.c, &ask, &b), ERR_CONFLICT);		/* closed */
	ask.start = agenda_at(&a, 70, 9 * 60);
	assert_err(booking_hold(a.c, &ask, &b), ERR_EXPIRED);		/* past the horizon */
	ask.start = agenda_at(&a, -14, 9 * 60);
	assert_err(booking_hold(a.c, &ask, &b), ERR_EXPIRED);		/* gone */
	ask.start = agenda_at(&a, 0, 9 * 60) + 1;
	assert_err(booking_hold(a.c, &ask, &b), ERR_INVALID);		/* off the 5-minute mark */
	ask.start = agenda_at(&a, 0, 9 * 60);
	assert_err(booking_hold(&a.s.other, &ask, &b), ERR_NOT_FOUND);	/* T6 */
}

static void
a_move_keeps_the_old_time_until_it_has_the_new_one(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), moved;
	struct booking other = make(&a, S("Louise"), agenda_at(&a, 0, 10 * 60));
	struct booking_ask to = { .start = other.start, .source = SOURCE_STAFF };

	assert_err(booking_move(a.c, b.id, b.version, &to, &moved), ERR_CONFLICT);	/* ux-51 */
	assert_ok(booking_get(a.c, b.id, &moved));
	assert_true(moved.start == b.start && moved.version == b.version);
	assert_int_equal(cells_of(&a, b.person), 3);

	assert_int_equal(agenda_slots(&a, 0), 10);

	to.start = b.start + 5 * USEC_PER_MINUTE;	/* over its own time */
	assert_ok(booking_move(a.c, b.id, b.version, &to, &moved));
	assert_true(moved.id == b.id && moved.start == to.start);
	assert_int_equal(moved.sequence, b.sequence + 1);
	assert_int_equal(cells_of(&a, a.martin), 6);
	/* Not told yet of the first time: one message says it all. */
	assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED), 1);
	assert_int_equal(waiting(&a, b.id, MESSAGE_MOVED), 0);
	/* Whoever looked at the old version is told so. */
	assert_err(booking_move(a.c, b.id, b.version, &to, &moved), ERR_CONFLICT);
	assert_int_equal(agenda_slots(&a, 0), 9);	/* 9 h and 9 h 15 are not free any more, nor 10 h */
	to.start = agenda_at(&a, 0, 11 * 60);
	assert_ok(booking_move(a.c, b.id, 0, &to, &moved));
	assert_int_equal(agenda_slots(&a, 0), 10);	/* and they are again */
	to.practitioner = a.petit;
	assert_ok(booking_move(a.c, b.id, 0, &to, &moved));
	assert_int_equal(agenda_slots(&a, 0), 11);	/* to a colleague: her 11 h as well */
}

static void
a_patient_moves_to_what_he_holds(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), hold, moved;
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 11 * 60));

	ask.online = true;
	assert_ok(booking_hold(a.c, &ask, &hold));
	assert_ok(booking_move_to_hold(a.c, b.id, hold.id, &moved));
	assert_true(moved.id == b.id && moved.start == ask.start && moved.person == b.person);
	assert_int_equal(cells_of(&a, a.martin), 3);
	assert_int_equal(cells_of(&a, b.person), 3);
	assert_err(booking_get(a.c, hold.id, &hold), ERR_NOT_FOUND);
	assert_int_equal(agenda_slots(&a, 0), 11);
}

static void
a_cancelled_booking_frees_its_time_and_can_come_back(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), read;

	assert_ok(booking_cancel(a.c, b.id, false));
	assert_int_equal(cells_of(&a, a.martin) + cells_of(&a, b.person), 0);
	/* Marie was never told of it: she is told of neither (ux-11). */
	assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED) + waiting(&a, b.id, MESSAGE_CANCELLED), 0);
	assert_err(booking_cancel(a.c, b.id, false), ERR_CONFLICT);
	assert_ok(booking_restore(a.c, b.id));
	assert_ok(booking_get(a.c, b.id, &read));
	assert_int_equal(read.state, BOOKING_CONFIRMED);
	assert_int_equal(cells_of(&a, a.martin), 3);
	assert_int_equal(waiting(&a, b.id, MESSAGE_BOOKED), 1);

	assert_ok(booking_cancel(a.c, b.id, true));
	(void)make(&a, S("Louise"), b.start);
	assert_err(booking_restore(a.c, b.id), ERR_CONFLICT);
}

static void
no_show_never_says_cancelled(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), read;

	a.c->now = b.start + USEC_PER_MINUTE;
	assert_ok(booking_set_state(a.c, b.id, BOOKING_ARRIVED));
	a.c->now += 10 * USEC_PER_MINUTE;
	assert_ok(booking_set_state(a.c, b.id, BOOKING_IN_CONSULTATION));
	assert_ok(booking_get(a.c, b.id, &read));
	assert_true(read.started_at - read.arrived_at == 10 * USEC_PER_MINUTE);	/* ux-28 */
	assert_ok(booking_set_state(a.c, b.id, BOOKING_NO_SHOW));
	assert_int_equal(waiting(&a, b.id, MESSAGE_CANCELLED), 0);		/* ux-44 */
	assert_err(booking_set_state(a.c, b.id, BOOKING_CANCELLED), ERR_INVALID);
	assert_err(booking_set_state(a.c, b.id, BOOKING_HELD), ERR_INVALID);
	assert_err(booking_set_state(&a.s.other, b.id, BOOKING_DONE), ERR_NOT_FOUND);
}

static void
blocked_time_has_a_private_reason(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = { .practitioner = a.martin, .start = agenda_at(&a, 0, 9 * 60),
	    .minutes = 60, .source = SOURCE_STAFF, .note = S("rendez-vous bancaire") };
	struct booking b;
	str note;

	assert_int_equal(agenda_slots(&a, 0), 12);
	assert_ok(booking_block(a.c, &ask, &b));
	assert_int_equal(agenda_slots(&a, 0), 8);
	assert_ok(booking_note(a.c, PURPOSE_DESK, &b, &note));
	assert_true(str_eq(note, ask.note));
	assert_true(str_find_str(b.note_sealed, S("bancaire")) < 0);
	assert_err(booking_block(a.c, &ask, &b), ERR_CONFLICT);
	ask.minutes = 0;
	assert_err(booking_block(a.c, &ask, &b), ERR_INVALID);
}

static void
a_request_repeated_before_its_twin_is_on_disk_gives_the_same_booking(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct booking first, again;
	err each[DB_HELD_MAX];

	ask.idempotency_key = S("key-1");
	ask.request_hash = S("h1");
	db_hold(a.c->db, true);
	assert_ok(booking_create(a.c, &ask, &who, &first));
	assert_ok(booking_create(a.c, &ask, &who, &again));
	assert_true(first.id == again.id);
	assert_ok(booking_twin(a.c, &ask, &again));
	assert_true(first.id == again.id);
	ask.idempotency_key = S("key-2");
	assert_err(booking_twin(a.c, &ask, &again), ERR_NOT_FOUND);
	db_settle(a.c->db, each);
	db_hold(a.c->db, false);
	assert_int_equal(scene_lines(a.c, S("booking.create")), 1);
}

static void
a_repeated_request_gives_the_same_booking(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct booking first, again;

	ask.idempotency_key = S("key-1");
	ask.request_hash = S("h1");
	assert_ok(booking_create(a.c, &ask, &who, &first));
	assert_ok(booking_create(a.c, &ask, &who, &again));
	assert_true(first.id == again.id);
	assert_int_equal(scene_lines(a.c, S("booking.create")), 1);
	ask.request_hash = S("h2");
	assert_err(booking_create(a.c, &ask, &who, &again), ERR_INVALID);
	/* Kept for as long as a client may still repeat it, and no longer. */
	int64_t gone;
	a.c->now += BOOKING_REPEATABLE;
	assert_ok(booking_forget_requests(a.c, &gone));
	assert_int_equal(gone, 0);
	a.c->now++;
	assert_ok(booking_forget_requests(a.c, &gone));
	assert_int_equal(gone, 1);
}

static void
the_link_leads_back_and_no_other_does(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), found;
	struct ctx stranger = *a.c;
	str token;

	stranger.org = 0;
	assert_ok(booking_link(a.c, b.id, &token));
	assert_ok(booking_find_by_link(&stranger, token, &found));
	assert_true(found.id == b.id && stranger.org == a.c->org);
	assert_err(booking_find_by_link(&stranger, S("AAAAAAAAAAAAAAAAAAAAAA"), &found), ERR_NOT_FOUND);
	stranger.now = b.end + promise()->manage_link_after_end + 1;
	assert_err(booking_find_by_link(&stranger, token, &found), ERR_NOT_FOUND);
}

/* The n-th statement of the change fails in turn: all or nothing, each time. */
static void
whatever_statement_fails_nothing_is_half_written(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct booking b;
	int n = 1;

	for (;; n++) {
		db_fail_after(a.c->db, n);
		err e = booking_create(a.c, &ask, &who, &b);
		db_fail_after(a.c->db, 0);
		if (e == OK)
			break;
		assert_err(e, ERR_STORE);
		assert_int_equal(cells_of(&a, a.martin) + cells_of(&a, who.person), 0);
		assert_int_equal(scene_lines(a.c, S("booking.create")), 0);
		assert_int_equal(scene_count(a.c, SQL("SELECT count(*) FROM booking WHERE org = $1")), 0);
		assert_int_equal(scene_count(a.c, SQL("SELECT count(*) FROM outbox WHERE org = $1")), 0);
	}
	assert_in_range(n, 8, 40);
	/* And a move, whose old time must survive. */
	struct booking_ask to = { .start = agenda_at(&a, 0, 11 * 60), .source = SOURCE_STAFF };
	struct booking moved;
	for (n = 1;; n++) {
		db_fail_after(a.c->db, n);
		err e = booking_move(a.c, b.id, 0, &to, &moved);
		db_fail_after(a.c->db, 0);
		if (e == OK)
			break;
		assert_ok(booking_get(a.c, b.id, &moved));
		assert_true(moved.start == b.start);
		assert_int_equal(cells_of(&a, a.martin), 3);
	}
	assert_in_range(n, 8, 40);
}

enum { RACERS = 8, ROUNDS = 12 };

struct racer {
	struct ctx	 c;
	struct arena	 mem;
	struct booking_ask ask;
	struct booking_who who;
	pthread_barrier_t *start;
	err		 result;
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct booking b;

	(void)pthread_barrier_wait(r->start);
	do
		r->result = booking_create(&r->c, &r->ask, &r->who, &b);
	while (r->result == ERR_RETRY);
	return NULL;
}

static void
of_eight_that_race_one_wins(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct racer racers[RACERS] = {0};
	pthread_barrier_t start;
	pthread_t threads[RACERS];

	for (int i = 0; i < RACERS; i++) {
		racers[i].c = *a.c;
		racers[i].c.mem = &racers[i].mem;
		racers[i].start = &start;
		assert_ok(db_open(engine_store(a.c), &racers[i].c.db));
		racers[i].who.person = agenda_person(&a, str_printf(a.c->mem, "P%c", 'a' + i));
	}
	for (int round = 0; round < ROUNDS; round++) {
		int winners = 0;

		assert_int_equal(pthread_barrier_init(&start, NULL, RACERS), 0);
		for (int i = 0; i < RACERS; i++) {
			/* Half of them want the time five minutes later: it overlaps all the same. */
			racers[i].ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60 + 15 * round + (i % 2) * 5));
			assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
		}
		for (int i = 0; i < RACERS; i++) {
			assert_int_equal(pthread_join(threads[i], NULL), 0);
			winners += racers[i].result == OK;
			if (racers[i].result != OK)
				assert_err(racers[i].result, ERR_CONFLICT);
		}
		assert_true(winners >= 1);
		(void)pthread_barrier_destroy(&start);
	}
	/* The storage's own word: no cell has two bookings, each booking has its three. */
	assert_int_equal(scene_count(a.c, SQL("SELECT count(*) FROM (SELECT 1 FROM busy b JOIN booking k"
	    " ON k.org = b.org AND k.id = b.booking WHERE b.org = $1 AND b.holder = k.practitioner"
	    " GROUP BY b.booking HAVING count(*) <> 3) wrong")), 0);
	assert_int_equal(scene_count(a.c, SQL("SELECT count(*) FROM booking x JOIN booking y ON x.org = y.org"
	    " AND x.practitioner = y.practitioner AND x.id < y.id AND x.start_at < y.end_at"
	    " AND y.start_at < x.end_at WHERE x.org = $1")), 0);
	for (int i = 0; i < RACERS; i++) {
		db_close(racers[i].c.db);
		arena_free(&racers[i].mem);
	}
}

/* A handle and an arena of its own, for a thread. */
struct second {
	struct ctx	 c;
	struct arena	 mem;
	id		 booking;
	struct booking_ask ask;
	struct booking_who who;
	err		 result;
};

static void
second_begin(const struct agenda *a, struct second *s)
{
	s->c = *a->c;
	s->c.mem = &s->mem;
	assert_ok(db_open(engine_store(a->c), &s->c.db));
}

static void
second_end(struct second *s)
{
	db_close(s->c.db);
	arena_free(&s->mem);
}

static void *
mark_arrived(void *arg)
{
	struct second *s = arg;

	s->result = booking_set_state(&s->c, s->booking, BOOKING_ARRIVED);
	return NULL;
}

static void
a_cancelled_booking_does_not_arrive(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	CLEANUP(second_end) struct second s = {0};
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), read;
	pthread_t thread;

	second_begin(&a, &s);
	s.booking = b.id;
	/* The desk marks it arrived while a colleague's cancellation is about to commit. */
	assert_ok(db_begin(a.c->db, &tx));
	assert_ok(db_run(a.c->db, SQL("UPDATE booking SET state = 8 WHERE org = $1 AND id = $2"),
	    BINDS(INT(a.c->org), INT(b.id)), NULL));
	assert_int_equal(pthread_create(&thread, NULL, mark_arrived, &s), 0);
	(void)nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000 * 1000 }, NULL);
	assert_ok(db_commit(&tx));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_err(s.result, ERR_CONFLICT);
	assert_ok(booking_get(a.c, b.id, &read));
	assert_int_equal(read.state, BOOKING_CANCELLED);
}

static void *
move_away(void *arg)
{
	struct second *s = arg;
	struct booking moved;

	s->result = booking_move(&s->c, s->booking, 0, &s->ask, &moved);
	return NULL;
}

static void
a_move_of_what_was_changed_meanwhile_changes_nothing(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	CLEANUP(second_end) struct second s = {0};
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct booking b = make(&a, S("Marie"), agenda_at(&a, 0, 9 * 60)), read;
	pthread_t thread;

	second_begin(&a, &s);
	s.booking = b.id;
	s.ask = (struct booking_ask){ .start = agenda_at(&a, 0, 11 * 60), .source = SOURCE_STAFF };
	assert_ok(db_begin(a.c->db, &tx));
	assert_ok(db_run(a.c->db, SQL("UPDATE booking SET version = version + 1 WHERE org = $1 AND id = $2"),
	    BINDS(INT(a.c->org), INT(b.id)), NULL));
	assert_int_equal(pthread_create(&thread, NULL, move_away, &s), 0);
	(void)nanosleep(&(struct timespec){ .tv_nsec = 100 * 1000 * 1000 }, NULL);
	assert_ok(db_commit(&tx));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_err(s.result, ERR_CONFLICT);
	assert_ok(booking_get(a.c, b.id, &read));
	assert_true(read.start == b.start);
	assert_int_equal(agenda_slots(&a, 0), 11);
}

/* 10 minutes before and 5 after, which nobody else may have, and nobody sees. */
static void
a_booking_takes_its_buffers_as_well(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_who louise = { .person = agenda_person(&a, S("Louise")) };
	struct motive m;
	struct booking hold, b, other;
	usec ten = agenda_at(&a, 0, 10 * 60);

	assert_ok(motive_get(a.c, a.motive, &m));
	m.buffer_before_minutes = 10;
	m.buffer_after_minutes = 5;
	assert_ok(scene_motive_save(a.c, &m));
	b = make(&a, S("Marie"), ten);
	assert_true(b.start == ten && b.end == ten + 15 * USEC_PER_MINUTE);
	assert_int_equal(cells_of(&a, a.martin), 6);
	struct booking_ask ask = agenda_ask(&a, ten - 20 * USEC_PER_MINUTE);
	assert_err(booking_create(a.c, &ask, &louise, &other), ERR_CONFLICT);
	/* 9 h 30 to 9 h 45, and 5 minutes more, ends where the buffer begins. */
	ask.start = ten - 30 * USEC_PER_MINUTE;
	ask.online = true;
	assert_ok(booking_hold(a.c, &ask, &hold));
	assert_ok(booking_confirm(a.c, hold.id, &louise, &other));
	assert_int_equal(cells_of(&a, a.martin), 12);
	assert_int_equal(cells_of(&a, louise.person), 6);
	/* Moved, they go along. */
	struct booking_ask to = { .start = ten + USEC_PER_HOUR, .source = SOURCE_STAFF };
	assert_ok(booking_move(a.c, b.id, 0, &to, &b));
	assert_int_equal(cells_of(&a, a.martin), 12);
	ask.start = ten - 15 * USEC_PER_MINUTE;
	assert_err(booking_create(a.c, &ask, &louise, &other), ERR_CONFLICT);	/* her own */
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_int_equal(cells_of(&a, a.martin), 6);
}

static void *
sit_down(void *arg)
{
	struct second *s = arg;
	struct booking b;

	do
		s->result = booking_create(&s->c, &s->ask, &s->who, &b);
	while (s->result == ERR_RETRY);
	s->booking = s->result == OK ? b.id : 0;
	return NULL;
}

static void
nobody_sits_in_a_session_that_has_ended(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	CLEANUP(second_end) struct second s = {0};
	struct motive m = { .name = S("Atelier du dos"), .minutes = 15, .online = true,
	    .horizon_days = 60, .capacity = 2 };
	struct booking_who marie = { .person = agenda_person(&a, S("Marie")) };
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking b;
	pthread_t thread;
	err e;

	second_begin(&a, &s);
	s.who.person = agenda_person(&a, S("Louise"));
	assert_ok(motive_create(a.c, &m, &ask.motive));
	assert_ok(motive_set_practitioners(a.c, ask.motive, &a.martin, 1));
	s.ask = ask;
	/* The last one gives his seat back while another one takes one, again and again. */
	for (int round = 0; round < 25; round++) {
		assert_ok(booking_create(a.c, &ask, &marie, &b));
		assert_int_equal(pthread_create(&thread, NULL, sit_down, &s), 0);
		while ((e = booking_cancel(a.c, b.id, true)) == ERR_RETRY)
			;
		assert_ok(e);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_ok(s.result);
		assert_int_equal(scene_count(a.c, SQL("SELECT count(*) FROM seat t JOIN booking b"
		    " ON b.org = t.org AND b.id = t.session WHERE t.org = $1 AND b.state < 8")), 1);
		assert_int_equal(cells_of(&a, a.martin), 3);
		assert_ok(booking_cancel(a.c, s.booking, true));
		assert_int_equal(cells_of(&a, a.martin), 0);
	}
}

static void
too_long_a_note_is_refused_before_anything_happens(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	char *text = arena_alloc(a.c->mem, BOOKING_NOTE_MAX + 1, 1);
	struct booking b;

	memset(text, 'x', BOOKING_NOTE_MAX + 1);
	ask.note = (str){ text, BOOKING_NOTE_MAX + 1 };
	assert_err(booking_create(a.c, &ask, &who, &b), ERR_INVALID);
	ask.note.n--;
	assert_ok(booking_create(a.c, &ask, &who, &b));
	ask.note = S("\xff");
	assert_err(booking_create(a.c, &ask, &who, &b), ERR_INVALID);
}

static void
who_sends_apologies_gives_the_time_back_and_needs_it_again_to_come_after_all(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who marie = { .person = agenda_person(&a, S("Marie")) };
	struct booking_who yann = { .person = agenda_person(&a, S("Yann")) };
	struct booking b, other, *there;
	size_t n;

	assert_ok(booking_create(a.c, &ask, &marie, &b));
	assert_int_equal(agenda_slots(&a, 0), 11);
	assert_ok(booking_set_state(a.c, b.id, BOOKING_EXCUSED));
	assert_int_equal(agenda_slots(&a, 0), 12);
	assert_ok(booking_clashes(a.c, a.martin, ask.start, ask.start + 1, &there, &n));
	assert_int_equal(n, 0);
	/* A mistake is set right: the time is hers again. */
	assert_ok(booking_set_state(a.c, b.id, BOOKING_CONFIRMED));
	assert_int_equal(agenda_slots(&a, 0), 11);
	assert_err(booking_create(a.c, &ask, &yann, &other), ERR_CONFLICT);
	/* Somebody else has it meanwhile. */
	assert_ok(booking_set_state(a.c, b.id, BOOKING_EXCUSED));
	assert_ok(booking_create(a.c, &ask, &yann, &other));
	assert_err(booking_set_state(a.c, b.id, BOOKING_ARRIVED), ERR_CONFLICT);
	assert_ok(booking_get(a.c, b.id, &b));
	assert_int_equal(b.state, BOOKING_EXCUSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(who_sends_apologies_gives_the_time_back_and_needs_it_again_to_come_after_all),
		ENGINE_TEST_SCHEMA(a_booking_its_line_and_its_message_are_one),
		ENGINE_TEST_SCHEMA(the_second_gets_a_conflict_and_leaves_nothing),
		ENGINE_TEST_SCHEMA(nobody_is_in_two_places),
		ENGINE_TEST_SCHEMA(staff_may_overlap_on_purpose_the_public_never),
		ENGINE_TEST_SCHEMA(a_hold_becomes_an_appointment_or_lapses),
		ENGINE_TEST_SCHEMA(sweeping_takes_lapsed_holds_and_nothing_else),
		ENGINE_TEST_SCHEMA(the_public_books_only_what_is_offered),
		ENGINE_TEST_SCHEMA(a_move_keeps_the_old_time_until_it_has_the_new_one),
		ENGINE_TEST_SCHEMA(a_patient_moves_to_what_he_holds),
		ENGINE_TEST_SCHEMA(a_cancelled_booking_frees_its_time_and_can_come_back),
		ENGINE_TEST_SCHEMA(no_show_never_says_cancelled),
		ENGINE_TEST_SCHEMA(blocked_time_has_a_private_reason),
		ENGINE_TEST_SCHEMA(a_request_repeated_before_its_twin_is_on_disk_gives_the_same_booking),
		ENGINE_TEST_SCHEMA(a_repeated_request_gives_the_same_booking),
		ENGINE_TEST_SCHEMA(the_link_leads_back_and_no_other_does),
		ENGINE_TEST_SCHEMA(whatever_statement_fails_nothing_is_half_written),
		ENGINE_TEST_SCHEMA(of_eight_that_race_one_wins),
		ENGINE_TEST_SCHEMA(a_cancelled_booking_does_not_arrive),
		ENGINE_TEST_SCHEMA(a_move_of_what_was_changed_meanwhile_changes_nothing),
		ENGINE_TEST_SCHEMA(a_booking_takes_its_buffers_as_well),
		ENGINE_TEST_SCHEMA(nobody_sits_in_a_session_that_has_ended),
		ENGINE_TEST_SCHEMA(too_long_a_note_is_refused_before_anything_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
