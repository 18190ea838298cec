/* test_throttle.c - R53: the delays and the lock that make 50 bits enough. */
#include "access/throttle.h"
#include "access_case.h"

static void
waiting_doubles_and_ends_in_the_lock(void **state)
{
	static const struct { int64_t tries; int64_t seconds; } curve[] = {
		{ 0, 0 }, { 1, 0 }, { 2, 0 }, { 3, 1 }, { 4, 2 }, { 5, 4 }, { 6, 8 },
		{ 7, 16 }, { 8, 32 }, { 9, 64 }, { 10, 900 }, { 11, 900 }, { INT64_MAX, 900 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(curve); i++) {
		usec want = curve[i].seconds * USEC_PER_SECOND;

		assert_int_equal(throttle_wait(THROTTLE_LOGIN, curve[i].tries), want);
		assert_int_equal(throttle_wait(THROTTLE_FACTOR, curve[i].tries), want);
		if (curve[i].tries < 1000)
			assert_int_equal(throttle_wait(THROTTLE_PEER,
			    curve[i].tries * promise()->signin_peer_times), want);
	}
}

static void
each_try_waits_as_the_curve_says(void **state)
{
	struct ctx *c = access_begin(state);
	usec next;

	for (int tries = 1; tries <= 12; tries++) {
		usec wait = throttle_wait(THROTTLE_LOGIN, tries);

		MUST(throttle_take(c, THROTTLE_LOGIN, S("a@example.org")));
		MUST(throttle_next_at(c, THROTTLE_LOGIN, S("a@example.org"), &next));
		assert_int_equal(next, c->now + wait);
		if (wait == 0)
			continue;
		c->now += wait - 1;
		assert_int_equal(throttle_take(c, THROTTLE_LOGIN, S("a@example.org")), ERR_THROTTLED);
		c->now++;	/* too early a try did not make it longer */
	}
	access_end(c);
}

static void
keys_and_kinds_are_apart(void **state)
{
	struct ctx *c = access_begin(state);
	usec next;

	for (int i = 0; i < 3; i++)
		MUST(throttle_take(c, THROTTLE_LOGIN, S("a@example.org")));
	assert_int_equal(throttle_take(c, THROTTLE_LOGIN, S("a@example.org")), ERR_THROTTLED);
	MUST(throttle_take(c, THROTTLE_LOGIN, S("b@example.org")));
	MUST(throttle_take(c, THROTTLE_MAIL, S("a@example.org")));
	MUST(throttle_next_at(c, THROTTLE_FACTOR, S("a@example.org"), &next));
	assert_int_equal(next, c->now);
	access_end(c);
}

static void
success_clears_a_login_but_gives_a_peer_one_try_back(void **state)
{
	struct ctx *c = access_begin(state);
	str peer = S("192.0.2.7");

	for (int i = 0; i < 3; i++)
		MUST(throttle_take(c, THROTTLE_LOGIN, S("a")));
	MUST(throttle_clear(c, THROTTLE_LOGIN, S("a")));
	MUST(throttle_take(c, THROTTLE_LOGIN, S("a")));

	for (int i = 0; i < 29; i++)
		MUST(throttle_take(c, THROTTLE_PEER, peer));
	for (int i = 0; i < 50; i++) {	/* a practice behind one address signs in all day */
		MUST(throttle_take(c, THROTTLE_PEER, peer));
		MUST(throttle_give_back(c, THROTTLE_PEER, peer));
	}
	MUST(throttle_take(c, THROTTLE_PEER, peer));
	assert_int_equal(throttle_take(c, THROTTLE_PEER, peer), ERR_THROTTLED);
	access_end(c);
}

static void
tries_are_forgotten_after_a_quiet_day(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n;

	for (int i = 0; i < 3; i++)
		MUST(throttle_take(c, THROTTLE_LOGIN, S("a")));
	c->now += promise()->signin_memory;	/* less than a day since it might try again */
	MUST(throttle_take(c, THROTTLE_LOGIN, S("a")));
	assert_int_equal(throttle_take(c, THROTTLE_LOGIN, S("a")), ERR_THROTTLED);
	MUST(throttle_purge(c, &n));
	assert_int_equal(n, 0);
	c->now += throttle_wait(THROTTLE_LOGIN, 4) + promise()->signin_memory;
	MUST(throttle_take(c, THROTTLE_LOGIN, S("a")));
	MUST(throttle_take(c, THROTTLE_LOGIN, S("a")));
	c->now += promise()->signin_memory;
	MUST(throttle_purge(c, &n));
	assert_int_equal(n, 1);
	access_end(c);
}

static void
an_ipv6_network_is_one_peer(void **state)
{
	struct ctx *c = access_begin(state);
	static const char *const hosts[] = { "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:0001:0002::5" };
	usec next;

	for (int i = 0; i < 30; i++)
		MUST(throttle_take(c, THROTTLE_PEER, str_c(hosts[i % 3])));
	assert_int_equal(throttle_take(c, THROTTLE_PEER, S("2001:db8:1:2::77")), ERR_THROTTLED);
	MUST(throttle_take(c, THROTTLE_PEER, S("2001:db8:1:3::1")));
	/* IPv4 through IPv6 stays one host. */
	MUST(throttle_take(c, THROTTLE_PEER, S("::ffff:192.0.2.1")));
	MUST(throttle_next_at(c, THROTTLE_PEER, S("::ffff:192.0.2.2"), &next));
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM throttle WHERE tries = $1"), 1), 2);
	/* Whatever a proxy may say is a key. */
	MUST(throttle_take(c, THROTTLE_PEER, S("not:an:address")));
	MUST(throttle_take(c, THROTTLE_PEER, S("")));
	access_end(c);
}

static void
no_name_is_stored(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n;

	MUST(throttle_take(c, THROTTLE_LOGIN, S("a@example.org")));
	MUST(db_one_int(c->db, SQL("SELECT COUNT(*) FROM throttle WHERE key_mac IN ($1, $2)"),
	    BINDS(BLOB(S("a@example.org")), BLOB(sha256(c->mem, S("2:a@example.org")))), &n));
	assert_int_equal(n, 0);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM throttle WHERE tries = $1"), 1), 1);
	access_end(c);
}

static err
take_run(struct ctx *c, const void *what)
{
	return throttle_take(c, THROTTLE_LOGIN, *(const str *)what);
}

static void
tries_of_the_same_moment_all_count(void **state)
{
	struct ctx *c = access_begin(state);
	str login = S("a@example.org");

	/* Counted before they are looked at: of eight, only the free ones pass. */
	assert_int_equal(race(c, take_run, &login), promise()->signin_free_tries);
	assert_int_equal(number(c, SQL("SELECT tries FROM throttle WHERE tries > $1"), 0),
	    promise()->signin_free_tries);
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waiting_doubles_and_ends_in_the_lock),
		ENGINE_TEST_SCHEMA(each_try_waits_as_the_curve_says),
		ENGINE_TEST_SCHEMA(keys_and_kinds_are_apart),
		ENGINE_TEST_SCHEMA(success_clears_a_login_but_gives_a_peer_one_try_back),
		ENGINE_TEST_SCHEMA(tries_are_forgotten_after_a_quiet_day),
		ENGINE_TEST_SCHEMA(an_ipv6_network_is_one_peer),
		ENGINE_TEST_SCHEMA(no_name_is_stored),
		ENGINE_TEST_SCHEMA(tries_of_the_same_moment_all_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
