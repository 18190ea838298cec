/* test_session.c - T24, R62, T7: what a cookie is worth, and until when. */
#include "access_case.h"

static const struct session_grant factor_awaited = { STAGE_FACTOR, 0, ROLE_PUBLIC };
static const struct session_grant as_secretary = { STAGE_COMPLETE, ORG_A, ROLE_SECRETARY };
static const struct session_grant as_patient = { STAGE_COMPLETE, ORG_A, ROLE_PATIENT };

static str
start(struct ctx *c, id account, const struct session_grant *grant)
{
	str token = {0};

	MUST(session_start(c, account, grant, S("Firefox, Linux"), &token));
	return token;
}

static void
a_session_is_found_by_its_token_and_by_no_other(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	str token = start(c, account, &as_secretary);
	struct session s;

	MUST(session_find(c, token, &s));
	assert_int_equal(s.account, account);
	assert_int_equal(s.org, ORG_A);
	assert_int_equal(s.role, ROLE_SECRETARY);
	assert_int_equal(s.stage, STAGE_COMPLETE);
	assert_int_equal(s.created_at, c->now);
	assert_str(s.device, S("Firefox, Linux"));
	assert_int_equal(session_find(c, token_make(c->mem, SESSION_TOKEN_BYTES), &s), ERR_NOT_FOUND);
	assert_int_equal(session_find(c, S(""), &s), ERR_NOT_FOUND);
	assert_int_equal(session_find(c, str_cat(c->mem, token, S("A")), &s), ERR_NOT_FOUND);
	access_end(c);
}

static void
the_database_does_not_hold_the_token(void **state)
{
	struct ctx *c = access_begin(state);
	str token = start(c, some_member(c, S("a@example.org"), ROLE_SECRETARY), &as_secretary);
	int64_t n;

	MUST(db_one_int(c->db, SQL("SELECT COUNT(*) FROM session WHERE hash = $1"), BINDS(BLOB(token)), &n));
	assert_int_equal(n, 0);
	MUST(db_one_int(c->db, SQL("SELECT COUNT(*) FROM session WHERE hash = $1"),
	    BINDS(BLOB(sha256(c->mem, token))), &n));
	assert_int_equal(n, 1);
	access_end(c);
}

static void
the_old_token_is_dead_after_every_renewal(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	str planted = start(c, account, &factor_awaited), fresh, again;
	struct session before, after;

	MUST(session_find(c, planted, &before));
	c->now += USEC_PER_MINUTE;
	MUST(session_renew(c, planted, &as_secretary, &fresh));
	assert_false(str_eq(planted, fresh));
	assert_int_equal(session_find(c, planted, &after), ERR_NOT_FOUND);
	MUST(session_find(c, fresh, &after));
	assert_int_equal(after.id, before.id);
	assert_int_equal(after.created_at, before.created_at);
	assert_int_equal(after.stage, STAGE_COMPLETE);
	assert_int_equal(after.org, ORG_A);

	MUST(session_renew(c, fresh, &as_secretary, &again));
	assert_int_equal(session_renew(c, fresh, &as_secretary, &fresh), ERR_NOT_FOUND);
	assert_int_equal(number(c, SQL("SELECT signed_in_at FROM account WHERE id = $1"), account), c->now);
	access_end(c);
}

static err
renew_run(struct ctx *c, const void *what)
{
	str fresh;

	return session_renew(c, *(const str *)what, &as_secretary, &fresh);
}

static void
of_eight_renewals_of_one_token_one_wins(void **state)
{
	struct ctx *c = access_begin(state);
	str token = start(c, some_member(c, S("a@example.org"), ROLE_SECRETARY), &factor_awaited);

	assert_int_equal(race(c, renew_run, &token), 1);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM session WHERE org = $1"), ORG_A), 1);
	access_end(c);
}

static void
limits_are_those_of_the_promise(struct ctx *c, const struct session_grant *grant, usec idle, usec absolute)
{
	id account = some_member(c, str_printf(c->mem, "%d@example.org", (int)grant->role), grant->role);
	str token = start(c, account, grant);
	usec began = c->now;
	struct session s;

	c->now = began + idle;
	MUST(session_find(c, token, &s));	/* seen: the idle time begins again */
	c->now += idle + 1;
	assert_int_equal(session_find(c, token, &s), ERR_EXPIRED);

	c->now = began;
	token = start(c, account, grant);
	while (c->now + idle / 2 <= began + absolute) {
		MUST(session_find(c, token, &s));
		c->now += idle / 2;
	}
	c->now = began + absolute;
	MUST(session_find(c, token, &s));
	c->now++;
	assert_int_equal(session_find(c, token, &s), ERR_EXPIRED);
	str fresh;
	assert_int_equal(session_renew(c, token, grant, &fresh), ERR_EXPIRED);
}

static void
idle_and_old_sessions_are_refused(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n;

	limits_are_those_of_the_promise(c, &as_secretary, promise()->session_idle, promise()->session_absolute);
	limits_are_those_of_the_promise(c, &as_patient, promise()->patient_idle, promise()->patient_absolute);
	MUST(session_purge(c, &n));
	assert_int_equal(n, 4);
	access_end(c);
}

static void
seen_is_written_once_a_minute_at_most(void **state)
{
	struct ctx *c = access_begin(state);
	str token = start(c, some_member(c, S("a@example.org"), ROLE_SECRETARY), &as_secretary);
	usec began = c->now;
	struct session s;

	c->now += USEC_PER_MINUTE - 1;
	MUST(session_find(c, token, &s));
	assert_int_equal(number(c, SQL("SELECT seen_at FROM session WHERE org = $1"), ORG_A), began);
	c->now++;
	MUST(session_find(c, token, &s));
	assert_int_equal(s.seen_at, c->now);
	assert_int_equal(number(c, SQL("SELECT seen_at FROM session WHERE org = $1"), ORG_A), c->now);
	access_end(c);
}

/* A page that looks for news by itself does not keep the session of an empty chair alive. */
static void
a_look_is_not_a_visit(void **state)
{
	struct ctx *c = access_begin(state);
	str token = start(c, some_member(c, S("a@example.org"), ROLE_SECRETARY), &as_secretary);
	usec began = c->now;
	struct session s;

	for (int i = 1; i < 15; i++) {
		c->now = began + i * USEC_PER_MINUTE;
		MUST(session_look(c, token, &s));
		assert_int_equal(s.seen_at, began);
	}
	assert_int_equal(number(c, SQL("SELECT seen_at FROM session WHERE org = $1"), ORG_A), began);
	c->now = began + promise()->session_idle + 1;
	assert_string_equal(err_name(session_look(c, token, &s)), err_name(ERR_EXPIRED));
	access_end(c);
}

static void
nobody_enters_an_organisation_without_a_membership(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	const struct session_grant elsewhere = { STAGE_COMPLETE, ORG_B, ROLE_SECRETARY };
	const struct session_grant above = { STAGE_COMPLETE, ORG_A, ROLE_ADMINISTRATOR };
	str token = start(c, account, &as_secretary), fresh;
	struct session s;

	assert_int_equal(session_start(c, account, &elsewhere, S(""), &fresh), ERR_DENIED);
	assert_int_equal(session_renew(c, token, &elsewhere, &fresh), ERR_DENIED);
	assert_int_equal(session_renew(c, token, &above, &fresh), ERR_DENIED);
	MUST(session_find(c, token, &s));	/* and is still where he was */
	assert_int_equal(s.org, ORG_A);
	access_end(c);
}

static void
a_session_ends_with_its_membership(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	str token = start(c, account, &as_secretary), other = start(c, account, &factor_awaited);
	struct session s;

	MUST(member_end(c, account, ROLE_SECRETARY));
	assert_int_equal(session_find(c, token, &s), ERR_NOT_FOUND);
	MUST(session_find(c, other, &s));	/* of no organisation */
	/* Even a row that was left behind opens nothing. */
	MUST(db_run(c->db, SQL("UPDATE session SET org = $1, role = $2"), BINDS(INT(ORG_A), INT(ROLE_SECRETARY)), NULL));
	assert_int_equal(session_find(c, other, &s), ERR_DENIED);
	access_end(c);
}

static void
sessions_are_listed_and_ended_by_their_owner_alone(void **state)
{
	struct ctx *c = access_begin(state);
	id mine = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	id other = some_member(c, S("b@example.org"), ROLE_SECRETARY);
	str first = start(c, mine, &as_secretary), second = start(c, mine, &as_secretary);
	str foreign = start(c, other, &as_secretary);
	struct session s, keep, *list;
	int64_t ended;
	size_t n;

	MUST(session_find(c, foreign, &s));
	assert_int_equal(session_end_one(c, mine, s.id), ERR_NOT_FOUND);
	MUST(session_list(c, mine, &list, &n));
	assert_int_equal(n, 2);
	MUST(session_find(c, first, &s));
	MUST(session_find(c, second, &keep));
	MUST(session_end_one(c, mine, s.id));
	assert_int_equal(session_find(c, first, &s), ERR_NOT_FOUND);

	first = start(c, mine, &as_secretary);
	MUST(session_end_others(c, mine, keep.id, &ended));
	assert_int_equal(ended, 1);
	MUST(session_find(c, second, &s));
	MUST(session_end(c, second));
	MUST(session_end(c, second));	/* twice is no mistake */
	assert_int_equal(session_find(c, second, &s), ERR_NOT_FOUND);
	MUST(session_find(c, foreign, &s));
	access_end(c);
}

static void
an_expired_session_is_not_listed(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	struct session *list;
	size_t n;

	(void)start(c, account, &as_secretary);
	c->now += promise()->session_idle + 1;
	(void)start(c, account, &as_secretary);
	MUST(session_list(c, account, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].created_at, c->now);
	access_end(c);
}

static void
a_renewal_that_fails_half_way_leaves_the_old_token_alive(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	str token = start(c, account, &factor_awaited), fresh = {0};
	struct session s;
	err e = ERR_STORE;
	int statement;

	for (statement = 1; e == ERR_STORE && statement < 20; statement++) {
		db_fail_after(c->db, statement);
		e = session_renew(c, token, &as_secretary, &fresh);
		db_fail_after(c->db, 0);
		if (e == OK)
			break;
		assert_int_equal(e, ERR_STORE);
		MUST(session_find(c, token, &s));
		assert_int_equal(s.stage, STAGE_FACTOR);
	}
	assert_int_equal(e, OK);
	assert_true(statement > 5);
	MUST(session_find(c, fresh, &s));
	access_end(c);
}

static void
a_form_word_fits_its_own_cookie_only(void **state)
{
	struct ctx *c = access_begin(state);
	str mine = token_make(c->mem, SESSION_TOKEN_BYTES), word, empty;
	str guest = token_make(c->mem, TOKEN_BYTES);

	MUST(session_csrf(c, mine, &word));
	assert_true(session_csrf_ok(c, mine, word));
	assert_false(session_csrf_ok(c, guest, word));
	assert_false(session_csrf_ok(c, mine, S("")));
	assert_false(session_csrf_ok(c, mine, str_slice(word, 0, word.n - 1)));
	MUST(session_csrf(c, guest, &word));
	assert_true(session_csrf_ok(c, guest, word));
	MUST(session_csrf(c, S(""), &empty));
	assert_false(session_csrf_ok(c, S(""), empty));
	access_end(c);
}

static void
a_device_is_named_by_its_browser_and_system(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	static const struct { const char *agent, *want; } table[] = {
		{ "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
		  " Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge, Windows" },
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
		  " Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0", "Opera, Windows" },
		{ "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
		  " Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome, Android" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
		  " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1", "Safari, iPhone" },
		{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15"
		  " (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari, macOS" },
		{ "curl/8.8.0 (Linux)", "Linux" },
		{ "<script>", "" }, { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_str(session_device(&mem, str_c(table[i].agent)), str_c(table[i].want));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_session_is_found_by_its_token_and_by_no_other),
		ENGINE_TEST_SCHEMA(the_database_does_not_hold_the_token),
		ENGINE_TEST_SCHEMA(the_old_token_is_dead_after_every_renewal),
		ENGINE_TEST_SCHEMA(of_eight_renewals_of_one_token_one_wins),
		ENGINE_TEST_SCHEMA(idle_and_old_sessions_are_refused),
		ENGINE_TEST_SCHEMA(seen_is_written_once_a_minute_at_most),
		ENGINE_TEST_SCHEMA(a_look_is_not_a_visit),
		ENGINE_TEST_SCHEMA(nobody_enters_an_organisation_without_a_membership),
		ENGINE_TEST_SCHEMA(a_session_ends_with_its_membership),
		ENGINE_TEST_SCHEMA(sessions_are_listed_and_ended_by_their_owner_alone),
		ENGINE_TEST_SCHEMA(an_expired_session_is_not_listed),
		ENGINE_TEST_SCHEMA(a_renewal_that_fails_half_way_leaves_the_old_token_alive),
		ENGINE_TEST_SCHEMA(a_form_word_fits_its_own_cookie_only),
		cmocka_unit_test(a_device_is_named_by_its_browser_and_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
