/*
 * test_draft_limits.c - T19: how many times one visitor keeps, one mailbox
 * begins, and one person has to come.
 */
#include <pthread.h>

#include "agenda.h"
#include "practice/draft.h"

#define PEER	S("192.0.2.1")
enum { SLOTS = 12, RUSH = 24 };	/* of a Monday; visitors at one moment */

static struct agenda
begin(void **state)
{
	struct agenda a = agenda_begin(state);

	a.c->role = ROLE_PUBLIC;
	a.c->actor = 0;
	a.c->purposes = PURPOSE_BIT(PURPOSE_BOOK);
	return a;
}

/* The n-th free time of the Mondays. */
static struct booking
hold(const struct agenda *a, struct ctx *c, int n)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, 7 * (n / SLOTS), 9 * 60 + 15 * (n % SLOTS)));
	struct booking made;

	ask.online = true;
	ask.source = SOURCE_ONLINE;
	assert_ok(booking_hold(c, &ask, &made));
	return made;
}

static err
begin_as(const struct agenda *a, str peer, int n, str *ret_token)
{
	struct booking kept = hold(a, a->c, n);
	err e = draft_begin(a->c, &(struct draft_start){ &kept, 0, peer }, ret_token);

	if (e != OK)
		assert_ok(booking_hold_release(a->c, kept.id));
	return e;
}

static void
one_address_keeps_so_many_times_and_no_more(void **state)
{
	CLEANUP(agenda_end) struct agenda a = begin(state);
	int max = promise()->holds_per_peer;
	str token;

	for (int n = 0; n < max; n++) {
		assert_ok(draft_room(a.c, PEER));
		assert_ok(begin_as(&a, PEER, n, &token));
	}
	assert_err(draft_room(a.c, PEER), ERR_THROTTLED);
	assert_err(begin_as(&a, PEER, max, &token), ERR_THROTTLED);
	/* Others are not concerned, nor is he in another practice. */
	assert_ok(begin_as(&a, S("192.0.2.2"), max, &token));
	a.s.other.role = ROLE_PUBLIC;
	assert_ok(draft_room(&a.s.other, PEER));
	/* What lapsed counts no longer, whether it was swept or not. */
	a.c->now += promise()->hold;
	assert_ok(draft_room(a.c, PEER));
	assert_ok(begin_as(&a, PEER, max + 1, &token));
}

/* Whoever has one address of IPv6 has all of its /64. */
static void
of_ipv6_the_network_counts(void **state)
{
	CLEANUP(agenda_end) struct agenda a = begin(state);
	int max = promise()->holds_per_peer;
	str token;

	for (int n = 0; n < max; n++)
		assert_ok(begin_as(&a, str_printf(a.c->mem, "2001:db8:0:1::%x", n + 1), n, &token));
	assert_err(draft_room(a.c, S("2001:db8:0:1:ffff::1")), ERR_THROTTLED);
	assert_ok(draft_room(a.c, S("2001:db8:0:2::1")));
}

struct visitor {
	const struct agenda	*a;
	struct ctx		 c;
	struct arena		 mem;
	struct booking		 kept;
	pthread_barrier_t	*start;
	err			 result;
};

static void *
visitor_main(void *arg)
{
	struct visitor *v = arg;
	str token;

	(void)pthread_barrier_wait(v->start);
	v->result = draft_begin(&v->c, &(struct draft_start){ &v->kept, 0, PEER }, &token);
	return NULL;
}

static void
in_a_rush_nobody_gets_past_the_limit(void **state)
{
	CLEANUP(agenda_end) struct agenda a = begin(state);
	struct visitor v[RUSH] = {0};
	pthread_t threads[RUSH];
	pthread_barrier_t start;
	int begun = 0;

	assert_int_equal(pthread_barrier_init(&start, NULL, RUSH), 0);
	for (int i = 0; i < RUSH; i++) {
		v[i] = (struct visitor){ .a = &a, .c = *a.c, .start = &start, .kept = hold(&a, a.c, i) };
		v[i].c.mem = &v[i].mem;
		assert_ok(db_open(engine_store(a.c), &v[i].c.db));
		assert_int_equal(pthread_create(&threads[i], NULL, visitor_main, &v[i]), 0);
	}
	for (int i = 0; i < RUSH; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		begun += v[i].result == OK;
		assert_true(v[i].result == OK || v[i].result == ERR_THROTTLED);
		db_close(v[i].c.db);
		arena_free(&v[i].mem);
	}
	assert_int_equal(begun, promise()->holds_per_peer);
	(void)pthread_barrier_destroy(&start);
}

static struct draft_details
details(str given, str email)
{
	return (struct draft_details){ .patient = { .family = S("Dupont"), .given = given,
	    .birth_date = S("1980-03-12"), .email = email } };
}

static err
describe(const struct agenda *a, str token, struct draft *d, str email)
{
	struct draft_details x = details(S("Marie"), email);

	assert_ok(draft_find(a->c, token, d));
	return draft_describe(a->c, token, d, &x);
}

/* However many visitors name it: nobody's mailbox is filled with codes. */
static void
one_mailbox_begins_so_many_bookings_and_no_more(void **state)
{
	CLEANUP(agenda_end) struct agenda a = begin(state);
	int max = promise()->drafts_per_contact;
	struct draft d;
	str token;

	for (int n = 0; n <= max; n++) {
		assert_ok(begin_as(&a, str_printf(a.c->mem, "192.0.2.%d", n + 10), n, &token));
		assert_err(describe(&a, token, &d, S("marie@example.org")), n < max ? OK : ERR_THROTTLED);
	}
	assert_ok(describe(&a, token, &d, S("lea@example.org")));
	/* His own one is not counted against himself, and an hour later all is forgotten. */
	assert_ok(describe(&a, token, &d, S("lea@example.org")));
	a.c->now += DRAFT_LIFE;
	assert_ok(begin_as(&a, PEER, max + 1, &token));
	assert_ok(describe(&a, token, &d, S("marie@example.org")));
}

static err
book(const struct agenda *a, id person, int n)
{
	struct booking kept = hold(a, a->c, n), made;
	err e = booking_confirm(a->c, kept.id, &(struct booking_who){ .person = person }, &made);

	if (e != OK)
		assert_ok(booking_hold_release(a->c, kept.id));
	return e;
}

static id
person(const struct agenda *a, str given)
{
	struct person p = { .family = S("Dupont"), .given = given, .birth_date = S("1980-03-12"),
	    .email = S("dupont@example.org") };
	id made;

	assert_ok(person_create(a->c, &p, &made));
	return made;
}

static void
one_person_and_one_address_have_so_many_to_come(void **state)
{
	CLEANUP(agenda_end) struct agenda a = begin(state);
	int each = promise()->ahead_per_person, all = promise()->ahead_per_contact;
	struct booking_ask ask;
	struct booking made;
	id first = person(&a, S("Marie")), who = first;
	int n = 0;

	for (; n < each; n++)
		assert_ok(book(&a, first, n));
	assert_err(book(&a, first, n), ERR_TOO_LARGE);
	for (; n < all; n++) {
		if (n % each == 0)
			who = person(&a, str_printf(a.c->mem, "Enfant %c", 'A' + n));
		assert_ok(book(&a, who, n));
	}
	assert_err(book(&a, person(&a, S("Max")), n), ERR_TOO_LARGE);
	assert_ok(book(&a, agenda_person(&a, S("Zoe")), n));	/* of another address */
	/* The practice itself is not bound, and what it made does not count. */
	ask = agenda_ask(&a, agenda_at(&a, 21, 9 * 60));
	ask.source = SOURCE_STAFF;
	assert_ok(booking_create(a.c, &ask, &(struct booking_who){ .person = first }, &made));
	/* Nor does what is past: from the second Monday on the first twelve are. */
	a.c->now = agenda_at(&a, 1, 0);
	assert_ok(book(&a, first, n + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(one_address_keeps_so_many_times_and_no_more),
		ENGINE_TEST_SCHEMA(of_ipv6_the_network_counts),
		ENGINE_TEST_SCHEMA(in_a_rush_nobody_gets_past_the_limit),
		ENGINE_TEST_SCHEMA(one_mailbox_begins_so_many_bookings_and_no_more),
		ENGINE_TEST_SCHEMA(one_person_and_one_address_have_so_many_to_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
