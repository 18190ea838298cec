/* test_signin.c - T21, T22, R53, R54: the first proof, and what it tells strangers. */
#include "access/signin.h"
#include "access/throttle.h"
#include "access_case.h"

static err
sign_in(struct ctx *c, str login, str password, struct signin *ret)
{
	return signin_password(c, &(struct signin_try){ login, password, S("192.0.2.1") }, ret);
}

static void
a_password_alone_completes_nothing(void **state)
{
	struct ctx *c = access_begin(state);
	static const struct { enum role role; bool factor; enum session_stage want; } matrix[] = {
		{ ROLE_PATIENT, false, STAGE_FACTOR }, { ROLE_PATIENT, true, STAGE_FACTOR },
		{ ROLE_SECRETARY, false, STAGE_ENROL }, { ROLE_SECRETARY, true, STAGE_FACTOR },
		{ ROLE_PRACTITIONER, false, STAGE_ENROL }, { ROLE_PRACTITIONER, true, STAGE_FACTOR },
		{ ROLE_ADMINISTRATOR, false, STAGE_ENROL }, { ROLE_ADMINISTRATOR, true, STAGE_FACTOR },
	};

	for (size_t i = 0; i < COUNT(matrix); i++) {
		str login = str_printf(c->mem, "%zu@example.org", i);
		id account = some_member(c, login, matrix[i].role);
		struct factor_codes codes;
		struct signin s;

		if (matrix[i].factor)
			(void)some_factor(c, account, &codes);
		MUST(sign_in(c, login, S(GOOD_PASSWORD), &s));
		assert_int_equal(s.account, account);
		assert_int_equal(s.stage, matrix[i].want);
		assert_int_equal(s.enrolled, matrix[i].factor);
	}
	access_end(c);
}

/* What a stranger can see, and what stays behind, of tries at a login. */
struct traces {
	err	answers[12];
	usec	next_at;
	int64_t	throttled_rows, tries, lines;
};

static struct traces
traces_of(struct ctx *c, str login)
{
	struct traces t = {0};
	struct signin s;
	int64_t lines = number(c, SQL("SELECT COUNT(*) FROM audit WHERE id > $1"), 0);

	engine_must(c->db, SQL("DELETE FROM throttle"));
	for (size_t i = 0; i < COUNT(t.answers); i++) {
		t.answers[i] = sign_in(c, login, S("wrong girafe-volcan"), &s);
		c->now += i < 6 ? 0 : 30 * USEC_PER_SECOND;
	}
	MUST(signin_next_at(c, login, S("192.0.2.1"), &t.next_at));
	t.next_at -= c->now;
	t.throttled_rows = number(c, SQL("SELECT COUNT(*) FROM throttle WHERE tries > $1"), 0);
	t.tries = number(c, SQL("SELECT CAST(SUM(tries) AS BIGINT) FROM throttle WHERE tries > $1"), 0);
	t.lines = number(c, SQL("SELECT COUNT(*) FROM audit WHERE id > $1"), 0) - lines;
	return t;
}

static void
an_unknown_login_leaves_the_same_traces_as_a_known_one(void **state)
{
	struct ctx *c = access_begin(state);
	struct traces known, unknown, codeless;

	(void)some_member(c, S("known@example.org"), ROLE_SECRETARY);
	(void)some_account(c, S("codeless@example.org"));	/* has no password yet */
	known = traces_of(c, S("known@example.org"));
	unknown = traces_of(c, S("nobody@example.org"));
	codeless = traces_of(c, S("codeless@example.org"));
	assert_memory_equal(&known, &unknown, sizeof(known));
	assert_memory_equal(&known, &codeless, sizeof(known));
	assert_int_equal(known.answers[0], ERR_DENIED);
	assert_int_equal(known.answers[3], ERR_THROTTLED);
	assert_true(known.next_at > 0);
	access_end(c);
}

static void
the_right_password_does_not_help_while_throttled(void **state)
{
	struct ctx *c = access_begin(state);
	struct signin s;

	(void)some_member(c, S("a@example.org"), ROLE_SECRETARY);
	for (int i = 0; i < 3; i++)
		assert_int_equal(sign_in(c, S("a@example.org"), S("wrong"), &s), ERR_DENIED);
	assert_int_equal(sign_in(c, S("a@example.org"), S(GOOD_PASSWORD), &s), ERR_THROTTLED);
	c->now += USEC_PER_SECOND;
	MUST(sign_in(c, S(" A@Example.org "), S(GOOD_PASSWORD), &s));
	assert_int_equal(sign_in(c, S("a@example.org"), S("wrong"), &s), ERR_DENIED);
	access_end(c);
}

static void
a_locked_peer_does_not_lock_other_logins(void **state)
{
	struct ctx *c = access_begin(state);
	str peer = S("192.0.2.1");
	struct signin s;

	(void)some_member(c, S("a@example.org"), ROLE_SECRETARY);
	for (int i = 0; i < promise()->signin_free_tries * promise()->signin_peer_times; i++)
		MUST(throttle_take(c, THROTTLE_PEER, peer));
	for (int i = 0; i < 20; i++)
		assert_int_equal(sign_in(c, S("a@example.org"), S("wrong"), &s), ERR_THROTTLED);
	MUST(signin_password(c, &(struct signin_try){ S("a@example.org"), S(GOOD_PASSWORD), S("192.0.2.2") }, &s));
	access_end(c);
}

static void
strange_input_is_a_wrong_password(void **state)
{
	struct ctx *c = access_begin(state);
	char *huge = arena_alloc(c->mem, 100000, 1);
	struct signin s;

	memset(huge, 'a', 100000);
	(void)some_member(c, S("a@example.org"), ROLE_SECRETARY);
	assert_int_equal(sign_in(c, S(""), S(""), &s), ERR_DENIED);
	assert_int_equal(sign_in(c, (str){ huge, 100000 }, S("x"), &s), ERR_DENIED);
	assert_int_equal(sign_in(c, S("\xff\n"), S("\xff"), &s), ERR_DENIED);
	assert_int_equal(sign_in(c, S("a@example.org"), (str){ huge, 100000 }, &s), ERR_DENIED);
	assert_int_equal(sign_in(c, S("a@example.org"), S(""), &s), ERR_DENIED);
	access_end(c);
}

static void
a_closed_account_does_not_sign_in(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	struct signin s;

	MUST(account_close(c, account));
	assert_int_equal(sign_in(c, S("a@example.org"), S(GOOD_PASSWORD), &s), ERR_DENIED);
	access_end(c);
}

static void
every_try_is_in_the_log(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	struct audit_line *lines;
	struct signin s;
	size_t n;

	assert_int_equal(sign_in(c, S("nobody@example.org"), S("x"), &s), ERR_DENIED);
	assert_int_equal(sign_in(c, S("a@example.org"), S("x"), &s), ERR_DENIED);
	MUST(sign_in(c, S("a@example.org"), S(GOOD_PASSWORD), &s));
	MUST(audit_list(c, 0, 3, &lines, &n));
	assert_int_equal(n, 3);
	assert_str(lines[2].action, S("signin.fail"));
	assert_int_equal(lines[2].object, 0);
	assert_str(lines[1].action, S("signin.fail"));
	assert_int_equal(lines[1].object, account);
	assert_str(lines[0].action, S("signin.ok"));
	assert_int_equal(lines[0].actor, account);
	access_end(c);
}

static void
a_try_counts_even_when_the_store_fails_after_it(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t counted = 0, failed_later = 0;
	struct signin s;

	(void)some_member(c, S("a@example.org"), ROLE_SECRETARY);
	for (int statement = 1;; statement++) {
		engine_must(c->db, SQL("DELETE FROM throttle"));
		db_fail_after(c->db, statement);
		err e = sign_in(c, S("a@example.org"), S("wrong"), &s);
		db_fail_after(c->db, 0);
		if (e == ERR_DENIED)
			break;
		assert_int_equal(e, ERR_STORE);
		assert_true(statement < 30);
		int64_t rows = number(c, SQL("SELECT COUNT(*) FROM throttle WHERE tries = $1"), 1);
		assert_true(rows >= counted);	/* what was counted stays counted, whatever fails later */
		counted = rows;
		failed_later += rows == 2;
	}
	assert_true(failed_later >= 3);		/* the account's reader, and the log */
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_password_alone_completes_nothing),
		ENGINE_TEST_SCHEMA(an_unknown_login_leaves_the_same_traces_as_a_known_one),
		ENGINE_TEST_SCHEMA(the_right_password_does_not_help_while_throttled),
		ENGINE_TEST_SCHEMA(a_locked_peer_does_not_lock_other_logins),
		ENGINE_TEST_SCHEMA(strange_input_is_a_wrong_password),
		ENGINE_TEST_SCHEMA(a_closed_account_does_not_sign_in),
		ENGINE_TEST_SCHEMA(every_try_is_in_the_log),
		ENGINE_TEST_SCHEMA(a_try_counts_even_when_the_store_fails_after_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
