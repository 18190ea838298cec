/* test_factor.c - R54: codes that work once, however many ask at the same moment. */
#include "access/throttle.h"
#include "access_case.h"

static void
next_step(struct ctx *c)
{
	c->now += 30 * USEC_PER_SECOND;
}

static void
a_factor_is_set_up_by_proving_it(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, S("a@example.org"));
	struct factor_setup first, again, other;
	struct factor_codes codes;
	struct account a;

	MUST(factor_begin(c, account, 1, S("Serment"), &first));
	MUST(factor_begin(c, account, 1, S("Serment"), &again));
	MUST(factor_begin(c, account, 2, S("Serment"), &other));
	assert_str(first.secret, again.secret);		/* the page may be reloaded */
	assert_false(str_eq(first.secret, other.secret));
	assert_true(str_starts(first.uri, S("otpauth://totp/Serment:a%40example.org?secret=")));
	assert_int_equal(factor_confirm(c, account, 1, S("000000"), &codes), ERR_DENIED);
	MUST(account_get(c, PURPOSE_SECURE, account, &a));
	assert_false(a.has_factor);
	assert_int_equal(factor_check(c, account, S("000000")), ERR_NOT_FOUND);

	str secret = some_factor(c, account, &codes);
	MUST(account_get(c, PURPOSE_SECURE, account, &a));
	assert_true(a.has_factor);
	/* The code that proved it is used up. */
	assert_int_equal(factor_check(c, account, totp_code(c->mem, secret, c->now)), ERR_DENIED);
	next_step(c);
	MUST(factor_check(c, account, totp_code(c->mem, secret, c->now)));
	assert_int_equal(factor_begin(c, 999, 1, S("Serment"), &first), ERR_NOT_FOUND);
	access_end(c);
}

static void
a_replaced_factor_has_another_secret(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, S("a@example.org"));
	struct factor_codes old_codes, new_codes;
	str before = some_factor(c, account, &old_codes), after;
	int64_t left;

	next_step(c);
	next_step(c);
	after = some_factor(c, account, &new_codes);
	assert_false(str_eq(before, after));
	next_step(c);
	assert_int_equal(factor_check(c, account, totp_code(c->mem, before, c->now)), ERR_DENIED);
	MUST(factor_check(c, account, totp_code(c->mem, after, c->now)));
	assert_int_equal(factor_recover(c, account, old_codes.code[0], &left), ERR_DENIED);
	MUST(factor_recover(c, account, new_codes.code[0], &left));
	access_end(c);
}

static void
a_code_works_once_and_never_an_older_one(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, S("a@example.org"));
	struct factor_codes codes;
	str secret = some_factor(c, account, &codes), older;

	next_step(c);
	older = totp_code(c->mem, secret, c->now);
	next_step(c);
	MUST(factor_check(c, account, totp_code(c->mem, secret, c->now)));
	assert_int_equal(factor_check(c, account, totp_code(c->mem, secret, c->now)), ERR_DENIED);
	assert_int_equal(factor_check(c, account, older), ERR_DENIED);	/* within the drift, but before */
	access_end(c);
}

static void
wrong_codes_are_throttled_and_so_is_the_right_one_then(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, S("a@example.org")), other = some_account(c, S("b@example.org"));
	struct factor_codes codes, others;
	str secret = some_factor(c, account, &codes), foreign = some_factor(c, other, &others);
	int64_t left;

	next_step(c);
	for (int i = 0; i < 3; i++)
		assert_int_equal(factor_check(c, account, S("12345")), ERR_DENIED);
	assert_int_equal(factor_check(c, account, totp_code(c->mem, secret, c->now)), ERR_THROTTLED);
	assert_int_equal(factor_recover(c, account, codes.code[0], &left), ERR_THROTTLED);
	MUST(factor_check(c, other, totp_code(c->mem, foreign, c->now)));
	c->now += USEC_PER_SECOND;
	MUST(factor_check(c, account, totp_code(c->mem, secret, c->now)));
	access_end(c);
}

static void
ten_recovery_codes_each_once(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, S("a@example.org")), other = some_account(c, S("b@example.org"));
	struct factor_codes codes, others, renewed;
	int64_t left;

	(void)some_factor(c, account, &codes);
	(void)some_factor(c, other, &others);
	for (int i = 0; i < FACTOR_CODES; i++) {
		assert_int_equal(codes.code[i].n, 9);
		assert_int_equal(codes.code[i].p[4], '-');
		MUST(factor_recover(c, account, codes.code[i], &left));
		assert_int_equal(left, FACTOR_CODES - 1 - i);
	}
	assert_int_equal(factor_recover(c, account, codes.code[0], &left), ERR_DENIED);
	assert_int_equal(factor_recover(c, account, others.code[0], &left), ERR_DENIED);
	MUST(throttle_clear(c, THROTTLE_FACTOR, str_of_int(c->mem, account)));

	MUST(factor_renew_codes(c, account, &renewed));
	/* As people type them. */
	str typed = str_printf(c->mem, " %.4s %.4s ", renewed.code[3].p, renewed.code[3].p + 5);
	for (size_t i = 0; i < typed.n; i++)
		((char *)typed.p)[i] = (char)(typed.p[i] >= 'a' ? typed.p[i] - 32 : typed.p[i]);
	MUST(factor_recover(c, account, typed, &left));
	assert_int_equal(factor_renew_codes(c, 999, &renewed), ERR_NOT_FOUND);
	access_end(c);
}

struct attempt { id account; str code; };

static err
check_run(struct ctx *c, const void *what)
{
	const struct attempt *a = what;

	return factor_check(c, a->account, a->code);
}

static err
recover_run(struct ctx *c, const void *what)
{
	const struct attempt *a = what;
	int64_t left;

	return factor_recover(c, a->account, a->code, &left);
}

static void
of_eight_who_use_one_step_one_wins(void **state)
{
	struct ctx *c = access_begin(state);
	struct attempt a = { .account = some_account(c, S("a@example.org")) };
	struct factor_codes codes;
	str secret = some_factor(c, a.account, &codes);

	for (int round = 0; round < 3; round++) {
		MUST(throttle_clear(c, THROTTLE_FACTOR, str_of_int(c->mem, a.account)));
		next_step(c);
		a.code = totp_code(c->mem, secret, c->now);
		assert_int_equal(race(c, check_run, &a), 1);
	}
	access_end(c);
}

static void
of_eight_who_use_one_recovery_code_one_wins(void **state)
{
	struct ctx *c = access_begin(state);
	struct attempt a = { .account = some_account(c, S("a@example.org")) };
	struct factor_codes codes;

	(void)some_factor(c, a.account, &codes);
	for (int round = 0; round < 3; round++) {
		MUST(throttle_clear(c, THROTTLE_FACTOR, str_of_int(c->mem, a.account)));
		a.code = codes.code[round];
		assert_int_equal(race(c, recover_run, &a), 1);
	}
	assert_int_equal(number(c, SQL(
	    "SELECT COUNT(*) FROM recovery_code WHERE account = $1 AND used_at IS NULL"), a.account), 7);
	access_end(c);
}

static err
confirm_run(struct ctx *c, const void *what)
{
	const struct attempt *a = what;
	struct factor_codes codes;

	return factor_confirm(c, a->account, 1, a->code, &codes);
}

static void
of_eight_confirmations_one_wins(void **state)
{
	struct ctx *c = access_begin(state);
	struct attempt a = { .account = some_account(c, S("a@example.org")) };
	struct factor_codes codes;

	/* Learn the pending secret by confirming it, then put everything back. */
	str secret = some_factor(c, a.account, &codes);
	engine_must(c->db, SQL("UPDATE account SET totp_sealed = NULL, totp_step = 0"));
	engine_must(c->db, SQL("DELETE FROM recovery_code"));
	a.code = totp_code(c->mem, secret, c->now);
	assert_int_equal(race(c, confirm_run, &a), 1);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM recovery_code WHERE account = $1"), a.account),
	    FACTOR_CODES);
	access_end(c);
}

static void
a_confirmation_that_fails_half_way_leaves_no_factor(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, S("a@example.org"));
	struct factor_codes codes;
	str secret = some_factor(c, account, &codes);
	err e = ERR_STORE;

	engine_must(c->db, SQL("UPDATE account SET totp_sealed = NULL, totp_step = 0"));
	engine_must(c->db, SQL("DELETE FROM recovery_code"));
	for (int statement = 1; e != OK; statement++) {
		assert_true(statement < 60);
		engine_must(c->db, SQL("DELETE FROM throttle"));
		assert_int_equal(number(c, SQL("SELECT totp_step FROM account WHERE id = $1"), account), 0);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM recovery_code WHERE account = $1"), account), 0);
		db_fail_after(c->db, statement);
		e = factor_confirm(c, account, 1, totp_code(c->mem, secret, c->now), &codes);
		db_fail_after(c->db, 0);
		assert_true(e == OK || e == ERR_STORE);
	}
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM recovery_code WHERE account = $1"), account), FACTOR_CODES);
	access_end(c);
}

static void
an_administrator_resets_his_own_people_only(void **state)
{
	struct ctx *c = access_begin(state);
	const struct session_grant grant = { STAGE_COMPLETE, ORG_A, ROLE_SECRETARY };
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	struct factor_codes codes;
	struct account a;
	struct session s;
	int64_t left;
	str token;

	(void)some_factor(c, account, &codes);
	c->org = ORG_B;
	assert_int_equal(factor_reset(c, account), ERR_DENIED);
	MUST(member_add(c, &(struct member){ .account = account, .role = ROLE_SECRETARY }));
	c->org = ORG_A;		/* a member of both: neither opens the other's door (T6) */
	assert_int_equal(factor_reset(c, account), ERR_DENIED);
	c->org = ORG_B;
	MUST(member_end(c, account, ROLE_SECRETARY));
	c->org = ORG_A;
	MUST(session_start(c, account, &grant, S(""), &token));
	MUST(factor_reset(c, account));
	assert_int_equal(session_find(c, token, &s), ERR_NOT_FOUND);
	MUST(account_get(c, PURPOSE_SECURE, account, &a));
	assert_false(a.has_factor);
	assert_int_equal(factor_recover(c, account, codes.code[0], &left), ERR_NOT_FOUND);
	c->org = 0;		/* the operator */
	MUST(factor_reset(c, account));
	assert_int_equal(factor_reset(c, 999), ERR_NOT_FOUND);
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_factor_is_set_up_by_proving_it),
		ENGINE_TEST_SCHEMA(a_replaced_factor_has_another_secret),
		ENGINE_TEST_SCHEMA(a_code_works_once_and_never_an_older_one),
		ENGINE_TEST_SCHEMA(wrong_codes_are_throttled_and_so_is_the_right_one_then),
		ENGINE_TEST_SCHEMA(ten_recovery_codes_each_once),
		ENGINE_TEST_SCHEMA(of_eight_who_use_one_step_one_wins),
		ENGINE_TEST_SCHEMA(of_eight_who_use_one_recovery_code_one_wins),
		ENGINE_TEST_SCHEMA(of_eight_confirmations_one_wins),
		ENGINE_TEST_SCHEMA(a_confirmation_that_fails_half_way_leaves_no_factor),
		ENGINE_TEST_SCHEMA(an_administrator_resets_his_own_people_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
