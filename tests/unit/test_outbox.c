/*
 * test_outbox.c - messages wait, are claimed once, and end in one of few ways.
 * ux-43, ux-44: one bad address never holds up the rest.
 */
#include <pthread.h>
#include <stdio.h>

#include "agenda.h"
#include "assert_str.h"
#include "practice/outbox.h"
#include "practice/task.h"

#define CANARY "canary-7f3a91"

static id
add(struct ctx *c, enum message_kind kind, id booking, usec not_before)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_message *list;
	size_t n;

	assert_ok(db_begin(c->db, &tx));
	assert_ok(outbox_add(c, kind, 77, booking, not_before));
	assert_ok(db_commit(&tx));
	assert_ok(outbox_list(c, 1, &list, &n));
	return list[0].id;
}

static id
add_code(struct ctx *c, str word)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_payload p = { .to = S("marie@example.org"), .lang = LANG_EN, .word = word };
	struct outbox_prepared m;

	assert_ok(outbox_prepare(c, MESSAGE_CODE, c->org, c->org, &p, &m));
	assert_ok(db_begin(c->db, &tx));
	assert_ok(outbox_insert(c, &m));
	assert_ok(db_commit(&tx));
	return m.id;
}

static struct outbox_message
get(struct ctx *c, id message)
{
	struct outbox_message m;

	assert_ok(outbox_get(c, message, &m));
	return m;
}

static struct outbox_message
claim_one(struct ctx *c)
{
	struct outbox_message *list;
	size_t n;

	assert_ok(outbox_claim(c, &list, &n));
	assert_int_equal(n, 1);
	return list[0];
}

static size_t
claimable(struct ctx *c)
{
	struct outbox_message *list;
	size_t n;

	assert_ok(outbox_claim(c, &list, &n));
	return n;
}

static int64_t
tasks(struct ctx *c)
{
	int64_t n;

	assert_ok(task_count(c, &n));
	return n;
}

static bool
is_waiting(struct ctx *c, id booking)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	bool waiting;

	assert_ok(db_begin(c->db, &tx));
	assert_ok(outbox_is_waiting(c, booking, MESSAGE_BOOKED, &waiting));
	assert_ok(db_commit(&tx));
	return waiting;
}

static int64_t
withdraw(struct ctx *c, id booking)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	assert_ok(db_begin(c->db, &tx));
	assert_ok(outbox_withdraw(c, booking, MESSAGE_BOOKED, &n));
	assert_ok(db_commit(&tx));
	return n;
}

static void
the_wait_doubles_from_a_minute_to_six_hours(void **state)
{
	static const int64_t minutes[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360 };
	int64_t all = 0;

	(void)state;
	for (int i = 0; i < OUTBOX_ATTEMPTS_MAX; i++) {
		assert_int_equal(outbox_backoff_seconds(i + 1), minutes[i] * 60);
		all += minutes[i];
	}
	/* The last wait never happens: about twenty hours, as the header says. */
	assert_int_equal((all - 360) / 60, 20);
	assert_int_equal(outbox_backoff_seconds(INT32_MAX), 6 * 3600);
}

static void
a_message_is_claimed_when_it_is_due_and_until_its_claim_ends(void **state)
{
	struct ctx *c = scene_begin(state).c;
	id late = add(c, MESSAGE_BOOKED, 5, c->now + USEC_PER_SECOND);

	assert_int_equal(claimable(c), 0);
	c->now += USEC_PER_SECOND;
	struct outbox_message m = claim_one(c);
	assert_int_equal(m.id, late);
	assert_int_equal(m.org, c->org);
	assert_int_equal(m.person, 77);
	assert_int_equal(m.attempts, 1);
	assert_int_equal(claimable(c), 0);
	c->now += OUTBOX_CLAIM - 1;
	assert_int_equal(claimable(c), 0);
	c->now += 1;	/* whoever claimed it has died */
	assert_int_equal(claim_one(c).attempts, 2);
}

static void
a_claim_takes_the_oldest_of_all_organisations_and_never_too_many(void **state)
{
	struct scene s = scene_begin(state);
	id newest = 0;

	for (int i = 0; i < OUTBOX_CLAIM_MAX; i++)
		newest = add(i % 2 == 0 ? s.c : &s.other, MESSAGE_BOOKED, i + 1, s.c->now - 1000 + i);
	id youngest = add(s.c, MESSAGE_MOVED, 99, s.c->now);

	assert_int_not_equal(newest, youngest);
	assert_int_equal(claimable(s.c), OUTBOX_CLAIM_MAX);
	assert_int_equal(claim_one(s.c).id, youngest);
}

enum { RACERS = 4, RACED = 120 };

struct racer {
	struct ctx	 c;
	struct arena	 mem;
	pthread_barrier_t *start;
	id		 got[RACED];
	size_t		 got_n;
	err		 failed;
};

static void *
race(void *at)
{
	struct racer *r = at;
	struct outbox_message *list;
	size_t n = 1;

	(void)pthread_barrier_wait(r->start);
	for (int idle = 0; idle < 3; idle += n == 0) {
		err e = outbox_claim(&r->c, &list, &n);

		if (e == ERR_RETRY)
			continue;
		if (e != OK) {
			r->failed = e;
			break;
		}
		for (size_t i = 0; i < n && r->got_n < RACED; i++)
			r->got[r->got_n++] = list[i].id;
	}
	return NULL;
}

static void
of_four_senders_one_gets_each_message(void **state)
{
	struct ctx *c = scene_begin(state).c;
	struct racer racers[RACERS] = {0};
	pthread_barrier_t start;
	pthread_t threads[RACERS];
	size_t all = 0;

	for (int i = 0; i < RACED; i++)
		(void)add(c, MESSAGE_BOOKED, i + 1, c->now);
	assert_int_equal(pthread_barrier_init(&start, NULL, RACERS), 0);
	for (int i = 0; i < RACERS; i++) {
		racers[i].c = *c;
		racers[i].c.mem = &racers[i].mem;
		racers[i].start = &start;
		assert_ok(db_open(engine_store(c), &racers[i].c.db));
		assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (int i = 0; i < RACERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_ok(racers[i].failed);
		all += racers[i].got_n;
	}
	/* As many as there are, each with one attempt: so none twice and none forgotten. */
	assert_int_equal(all, RACED);
	assert_int_equal(scene_count(c, SQL("SELECT count(*) FROM outbox WHERE org = $1 AND attempts = 1")),
	    RACED);
	for (int i = 0; i < RACERS; i++) {
		db_close(racers[i].c.db);
		arena_free(&racers[i].mem);
	}
	(void)pthread_barrier_destroy(&start);
}

static void
a_message_that_went_is_not_kept(void **state)
{
	struct ctx *c = scene_begin(state).c;
	id code = add_code(c, S(CANARY));
	struct outbox_message m = claim_one(c);

	assert_true(m.payload_sealed.n > 0);
	assert_ok(outbox_settle(c, &m, OUTBOX_WENT, 250));
	m = get(c, code);
	assert_int_equal(m.state, OUTBOX_SENT);
	assert_int_equal(m.sent_at, c->now);
	assert_int_equal(m.last_code, 250);
	assert_int_equal(m.payload_sealed.n, 0);
	c->now += USEC_PER_DAY;
	assert_int_equal(claimable(c), 0);
}

static void
a_message_that_fails_for_now_waits_longer_each_time_and_ends_as_a_task(void **state)
{
	struct ctx *c = scene_begin(state).c;
	id message = add(c, MESSAGE_BOOKED, 5, c->now);

	for (int attempt = 1; attempt < OUTBOX_ATTEMPTS_MAX; attempt++) {
		struct outbox_message m = claim_one(c);

		assert_int_equal(m.attempts, attempt);
		assert_ok(outbox_settle(c, &m, OUTBOX_TRY_LATER, 451));
		assert_int_equal(get(c, message).last_code, 451);
		c->now += outbox_backoff_seconds(attempt) * USEC_PER_SECOND - 1;
		assert_int_equal(claimable(c), 0);
		c->now += 1;
	}
	struct outbox_message last = claim_one(c);

	assert_int_equal(tasks(c), 0);
	assert_ok(outbox_settle(c, &last, OUTBOX_TRY_LATER, 451));
	assert_int_equal(get(c, message).state, OUTBOX_FAILED);
	assert_int_equal(tasks(c), 1);
}

static void
a_refused_message_is_a_task_of_its_own_practice_and_the_others_go_on(void **state)
{
	struct scene s = scene_begin(state);
	id refused = add(s.c, MESSAGE_BOOKED, 5, s.c->now - 1), good = add(s.c, MESSAGE_BOOKED, 6, s.c->now);
	struct outbox_message *list;
	struct task *open;
	size_t n;

	assert_ok(outbox_claim(s.c, &list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, refused);
	assert_ok(outbox_settle(s.c, &list[0], OUTBOX_REFUSED, 550));
	assert_ok(outbox_settle(s.c, &list[1], OUTBOX_WENT, 250));
	assert_int_equal(get(s.c, refused).state, OUTBOX_FAILED);
	assert_int_equal(get(s.c, good).state, OUTBOX_SENT);
	assert_ok(task_list(s.c, &open, &n));
	assert_int_equal(n, 1);
	assert_int_equal(open[0].outbox, refused);
	assert_int_equal(open[0].code, 550);
	assert_int_equal(tasks(&s.other), 0);
}

static void
a_refused_code_is_nobodys_task(void **state)
{
	struct ctx *c = scene_begin(state).c;
	id code = add_code(c, S(CANARY));
	struct outbox_message m = claim_one(c);

	assert_ok(outbox_settle(c, &m, OUTBOX_REFUSED, 550));
	assert_int_equal(get(c, code).state, OUTBOX_FAILED);
	assert_int_equal(get(c, code).payload_sealed.n, 0);
	assert_int_equal(tasks(c), 0);
}

static void
without_an_address_or_a_truth_it_ends_without_a_task(void **state)
{
	struct ctx *c = scene_begin(state).c;
	id homeless = add(c, MESSAGE_BOOKED, 5, c->now);
	struct outbox_message m = claim_one(c);

	assert_ok(outbox_settle(c, &m, OUTBOX_NO_ADDRESS, 0));
	id stale = add(c, MESSAGE_BOOKED, 6, c->now);
	m = claim_one(c);
	assert_ok(outbox_settle(c, &m, OUTBOX_STALE, 0));
	assert_int_equal(get(c, homeless).state, OUTBOX_UNADDRESSED);
	assert_int_equal(get(c, stale).state, OUTBOX_WITHDRAWN);
	assert_int_equal(tasks(c), 0);
}

static void
a_claim_given_back_does_not_count(void **state)
{
	struct ctx *c = scene_begin(state).c;

	(void)add(c, MESSAGE_BOOKED, 5, c->now);
	struct outbox_message m = claim_one(c);
	assert_ok(outbox_settle(c, &m, OUTBOX_UNTRIED, 0));
	assert_int_equal(claim_one(c).attempts, 1);
}

static void
a_sender_that_lost_its_claim_changes_nothing_but_what_it_sent(void **state)
{
	struct ctx *c = scene_begin(state).c;
	id message = add(c, MESSAGE_BOOKED, 5, c->now);
	struct outbox_message slow = claim_one(c);

	c->now += OUTBOX_CLAIM;
	struct outbox_message quick = claim_one(c);
	assert_ok(outbox_settle(c, &slow, OUTBOX_REFUSED, 550));
	assert_ok(outbox_settle(c, &slow, OUTBOX_TRY_LATER, 451));
	assert_int_equal(get(c, message).state, OUTBOX_WAITING);
	assert_int_equal(tasks(c), 0);
	assert_int_equal(claimable(c), 0);
	assert_ok(outbox_settle(c, &slow, OUTBOX_WENT, 250));
	assert_ok(outbox_settle(c, &quick, OUTBOX_REFUSED, 550));
	assert_int_equal(get(c, message).state, OUTBOX_SENT);
	assert_int_equal(tasks(c), 0);
}

static void
what_waits_can_be_withdrawn_and_what_is_being_sent_cannot(void **state)
{
	struct ctx *c = scene_begin(state).c;
	id message = add(c, MESSAGE_BOOKED, 5, c->now);

	assert_true(is_waiting(c, 5));
	assert_false(is_waiting(c, 6));
	assert_int_equal(withdraw(c, 6), 0);
	(void)claim_one(c);
	assert_false(is_waiting(c, 5));
	assert_int_equal(withdraw(c, 5), 0);
	c->now += OUTBOX_CLAIM;
	assert_true(is_waiting(c, 5));
	assert_int_equal(withdraw(c, 5), 1);
	assert_int_equal(get(c, message).state, OUTBOX_WITHDRAWN);
	assert_int_equal(claimable(c), 0);
}

/* What the patient has read, or may be reading, is taken back; what never left is not. */
static void
a_cancellation_is_told_while_the_confirmation_is_on_its_way(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct outbox_message *list;
	struct booking b;
	size_t n;

	assert_ok(booking_create(a.c, &ask, &who, &b));
	a.c->now += promise()->undo;
	(void)claim_one(a.c);
	assert_ok(booking_cancel(a.c, b.id, false));
	assert_ok(outbox_list_of_booking(a.c, b.id, &list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[1].kind, MESSAGE_CANCELLED);
	assert_int_equal(list[1].state, OUTBOX_WAITING);
}

static bool
file_holds(const char *path, str needle)
{
	static char bytes[16 << 20];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return false;
	n = fread(bytes, 1, sizeof(bytes), f);
	(void)fclose(f);
	return str_find_str((str){ bytes, n }, needle) >= 0;
}

static void
what_a_message_says_lies_sealed(void **state)
{
	struct ctx *c = scene_begin(state).c;
	struct outbox_message m = get(c, add_code(c, S(CANARY)));
	struct outbox_payload p;

	assert_true(str_find_str(m.payload_sealed, S(CANARY)) < 0);
	assert_true(str_find_str(m.payload_sealed, S("marie@")) < 0);
	if (engine_is_sqlite(c)) {
		const char *file = engine_where(c), *log = str_z(c->mem, str_cat(c->mem, str_c(file), S("-wal")));

		/* The site's name is there in clear: the search would have found it. */
		assert_true(file_holds(file, S("Nantes")) || file_holds(log, S("Nantes")));
		assert_false(file_holds(file, S(CANARY)));
		assert_false(file_holds(log, S(CANARY)));
	}
	c->purposes = PURPOSE_BIT(PURPOSE_NOTIFY);
	assert_err(outbox_payload(c, PURPOSE_NOTIFY, &m, &p), ERR_DENIED);	/* an administrator */
	c->role = ROLE_JOB;
	assert_ok(outbox_payload(c, PURPOSE_NOTIFY, &m, &p));
	assert_str(p.word, S(CANARY));
	assert_str(p.to, S("marie@example.org"));
	assert_int_equal(p.lang, LANG_EN);
}

static void
a_payload_past_its_limit_is_refused(void **state)
{
	struct ctx *c = scene_begin(state).c;
	char *letters = arena_alloc(c->mem, 5000, 1);
	struct outbox_payload p = { .to = { letters, 5000 } };
	struct outbox_prepared m;

	memset(letters, 'a', 5000);
	assert_err(outbox_prepare(c, MESSAGE_CODE, c->org, c->org, &p, &m), ERR_TOO_LARGE);
}

static void
a_list_is_the_practices_own_newest_first(void **state)
{
	struct scene s = scene_begin(state);
	id first = add(s.c, MESSAGE_BOOKED, 5, s.c->now), second;
	struct outbox_message *list, m;
	size_t n;

	s.c->now += USEC_PER_SECOND;
	second = add(s.c, MESSAGE_MOVED, 5, s.c->now);
	(void)add(&s.other, MESSAGE_BOOKED, 5, s.c->now);
	assert_ok(outbox_list(s.c, 10, &list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, second);
	assert_int_equal(list[1].id, first);
	assert_err(outbox_get(&s.other, first, &m), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wait_doubles_from_a_minute_to_six_hours),
		ENGINE_TEST_SCHEMA(a_message_is_claimed_when_it_is_due_and_until_its_claim_ends),
		ENGINE_TEST_SCHEMA(a_claim_takes_the_oldest_of_all_organisations_and_never_too_many),
		ENGINE_TEST_SCHEMA(of_four_senders_one_gets_each_message),
		ENGINE_TEST_SCHEMA(a_message_that_went_is_not_kept),
		ENGINE_TEST_SCHEMA(a_message_that_fails_for_now_waits_longer_each_time_and_ends_as_a_task),
		ENGINE_TEST_SCHEMA(a_refused_message_is_a_task_of_its_own_practice_and_the_others_go_on),
		ENGINE_TEST_SCHEMA(a_refused_code_is_nobodys_task),
		ENGINE_TEST_SCHEMA(without_an_address_or_a_truth_it_ends_without_a_task),
		ENGINE_TEST_SCHEMA(a_claim_given_back_does_not_count),
		ENGINE_TEST_SCHEMA(a_sender_that_lost_its_claim_changes_nothing_but_what_it_sent),
		ENGINE_TEST_SCHEMA(what_waits_can_be_withdrawn_and_what_is_being_sent_cannot),
		ENGINE_TEST_SCHEMA(a_cancellation_is_told_while_the_confirmation_is_on_its_way),
		ENGINE_TEST_SCHEMA(what_a_message_says_lies_sealed),
		ENGINE_TEST_SCHEMA(a_payload_past_its_limit_is_refused),
		ENGINE_TEST_SCHEMA(a_list_is_the_practices_own_newest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
