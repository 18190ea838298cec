/* test_account.c - people, their sealed identity, and what they are in which organisation. */
#include "access/token.h"
#include "access_case.h"

static void
an_account_is_found_by_its_address_and_opened_for_a_purpose(void **state)
{
	struct ctx *c = access_begin(state);
	struct account a;
	id account, found;

	MUST(account_create(c, S("  Camille@Example.ORG "), S(" Camille Moreau "), LANG_EN, &account));
	MUST(account_find(c, S("camille@example.org"), &found));
	assert_int_equal(found, account);
	assert_int_equal(account_find(c, S("camill@example.org"), &found), ERR_NOT_FOUND);
	assert_int_equal(account_find(c, S(""), &found), ERR_NOT_FOUND);
	MUST(account_get(c, PURPOSE_SECURE, account, &a));
	assert_str(a.email, S("camille@example.org"));
	assert_str(a.name, S("Camille Moreau"));
	assert_int_equal(a.lang, LANG_EN);
	assert_int_equal(a.state, ACCOUNT_INVITED);
	assert_false(a.has_password || a.has_factor);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM opening WHERE purpose = $1"), PURPOSE_SECURE), 1);

	assert_int_equal(account_get(c, PURPOSE_MANAGE, account, &a), ERR_DENIED);
	c->purposes = 0;
	assert_int_equal(account_get(c, PURPOSE_SECURE, account, &a), ERR_DENIED);
	access_end(c);
}

static void
an_address_has_one_account(void **state)
{
	struct ctx *c = access_begin(state);
	id first = some_account(c, S("a@example.org")), second = 0;

	assert_int_equal(account_create(c, S("A@example.org"), S("B"), LANG_FR, &second), ERR_CONFLICT);
	assert_int_equal(second, 0);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM account WHERE id >= $1"), 0), 1);
	assert_int_equal(number(c, SQL("SELECT state FROM account WHERE id = $1"), first), ACCOUNT_INVITED);
	access_end(c);
}

static void
what_is_no_address_or_no_name_is_refused(void **state)
{
	struct ctx *c = access_begin(state);
	char *name = str_z(c->mem, str_printf(c->mem, "%0*d", ACCOUNT_NAME_BYTES_MAX + 1, 0));
	id account;

	assert_int_equal(account_create(c, S("nobody"), S("A"), LANG_FR, &account), ERR_INVALID);
	assert_int_equal(account_create(c, S("a@example.org\nb"), S("A"), LANG_FR, &account), ERR_INVALID);
	assert_int_equal(account_create(c, S("a@example.org"), S("  "), LANG_FR, &account), ERR_INVALID);
	assert_int_equal(account_create(c, S("a@example.org"), S("A\nB"), LANG_FR, &account), ERR_INVALID);
	assert_int_equal(account_create(c, S("a@example.org"), S("A\xff"), LANG_FR, &account), ERR_INVALID);
	assert_int_equal(account_create(c, S("a@example.org"), str_c(name), LANG_FR, &account), ERR_TOO_LARGE);
	MUST(account_create(c, S("a@example.org"), str_c(name + 1), LANG_FR, &account));
	access_end(c);
}

static void
a_creation_that_fails_half_way_leaves_nothing(void **state)
{
	struct ctx *c = access_begin(state);
	err e = ERR_STORE;
	id account;

	for (int statement = 1; e != OK; statement++) {
		assert_true(statement < 20);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM account WHERE id > $1"), 0), 0);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE id > $1"), 0), 0);
		db_fail_after(c->db, statement);
		e = account_create(c, S("a@example.org"), S("A"), LANG_FR, &account);
		db_fail_after(c->db, 0);
		assert_true(e == OK || e == ERR_STORE);
	}
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE object = $1"), account), 1);
	access_end(c);
}

static void
the_key_of_a_failed_creation_is_destroyed(void **state)
{
	struct ctx *c = access_begin(state);
	struct account_draft d;

	MUST(account_draft(c, S("a@example.org"), S("A"), LANG_FR, &d));
	assert_true(vault_person_exists(c, 0, d.id));
	account_drop(c, &d);
	assert_false(vault_person_exists(c, 0, d.id));
	access_end(c);
}

static void
a_password_is_judged_hashed_and_ends_other_sessions(void **state)
{
	struct ctx *c = access_begin(state);
	const struct session_grant grant = { STAGE_COMPLETE, 0, ROLE_PUBLIC };
	enum password_fault fault = PASSWORD_GOOD;
	id account = some_account(c, S("a@example.org"));
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct session kept, gone;
	str keep, drop;

	MUST(session_start(c, account, &grant, S(""), &keep));
	MUST(session_start(c, account, &grant, S(""), &drop));
	MUST(session_find(c, keep, &kept));
	assert_int_equal(account_set_password(c, account, S("Camille-Moreau1"), 0, &fault), ERR_INVALID);
	assert_int_equal(fault, PASSWORD_PERSONAL);
	MUST(session_find(c, drop, &gone));
	MUST(account_set_password(c, account, S(GOOD_PASSWORD), kept.id, &fault));
	MUST(session_find(c, keep, &kept));
	assert_int_equal(session_find(c, drop, &gone), ERR_NOT_FOUND);

	/* R53: Argon2id, 64 MiB, as the database tells. */
	MUST(db_read(c->db, SQL("SELECT password_hash, state FROM account"), NULL, 0, &r));
	MUST(db_next(r));
	assert_true(str_starts(db_text(r, c->mem, 0), S("$argon2id$v=19$m=65536,t=2,p=1$")));
	assert_int_equal(db_int(r, 1), ACCOUNT_ACTIVE);
	db_rows_end(&r);
	access_end(c);
}

static void
a_password_asked_again_is_checked_and_throttled(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);

	MUST(account_check_password(c, account, S(GOOD_PASSWORD)));
	for (int i = 0; i < promise()->signin_free_tries; i++)
		assert_int_equal(account_check_password(c, account, S("wrong")), ERR_DENIED);
	assert_int_equal(account_check_password(c, account, S(GOOD_PASSWORD)), ERR_THROTTLED);
	assert_int_equal(account_check_password(c, 12345, S("")), ERR_DENIED);
	access_end(c);
}

static void
an_organisation_lists_its_own_members_only(void **state)
{
	struct ctx *c = access_begin(state);
	id boss = some_member(c, S("boss@example.org"), ROLE_ADMINISTRATOR);
	struct member_line *lines;
	struct member m;
	size_t n;

	(void)some_member(c, S("patient@example.org"), ROLE_PATIENT);
	MUST(member_add(c, &(struct member){ .account = boss, .role = ROLE_PRACTITIONER, .practitioner = 77 }));
	c->org = ORG_B;
	(void)some_member(c, S("other@example.org"), ROLE_SECRETARY);
	assert_int_equal(member_get(c, boss, ROLE_ADMINISTRATOR, &m), ERR_NOT_FOUND);
	assert_int_equal(member_end(c, boss, ROLE_ADMINISTRATOR), ERR_NOT_FOUND);
	c->org = ORG_A;
	assert_int_equal(member_list(c, &lines, &n), ERR_DENIED);	/* the public does not manage */
	c->role = ROLE_ADMINISTRATOR;
	MUST(member_list(c, &lines, &n));
	assert_int_equal(n, 2);
	assert_str(lines[0].email, S("boss@example.org"));
	assert_int_equal(lines[0].member.role, ROLE_PRACTITIONER);
	assert_int_equal(lines[0].member.practitioner, 77);
	assert_int_equal(lines[1].member.role, ROLE_ADMINISTRATOR);
	assert_str(lines[1].name, S("Camille Moreau"));
	access_end(c);
}

static void
a_membership_ends_and_may_begin_anew(void **state)
{
	struct ctx *c = access_begin(state);
	const struct member again = { .account = some_member(c, S("a@example.org"), ROLE_SECRETARY),
		.role = ROLE_SECRETARY, .practitioner = 5 };
	struct member_org *orgs;
	struct member m;
	bool staff;
	size_t n;

	assert_int_equal(member_add(c, &again), ERR_CONFLICT);
	MUST(member_get(c, again.account, ROLE_SECRETARY, &m));
	assert_int_equal(m.practitioner, 0);
	MUST(member_orgs(c, again.account, &orgs, &n));
	assert_int_equal(n, 1);
	assert_str(orgs[0].slug, S("a"));
	MUST(member_end(c, again.account, ROLE_SECRETARY));
	assert_int_equal(member_end(c, again.account, ROLE_SECRETARY), ERR_NOT_FOUND);
	MUST(member_orgs(c, again.account, &orgs, &n));
	assert_int_equal(n, 0);
	MUST(member_is_staff(c, again.account, &staff));
	assert_false(staff);
	c->now++;
	MUST(member_add(c, &again));
	MUST(member_get(c, again.account, ROLE_SECRETARY, &m));
	assert_int_equal(m.practitioner, 5);
	assert_int_equal(m.created_at, c->now);
	assert_int_equal(member_add(c, &(struct member){ .account = 999, .role = ROLE_SECRETARY }), ERR_NOT_FOUND);
	access_end(c);
}

static err
dismiss_run(struct ctx *c, const void *what)
{
	static _Atomic int next;

	/* Each racer dismisses another administrator. */
	return member_end(c, ((const id *)what)[next++ % RACERS], ROLE_ADMINISTRATOR);
}

static void
the_last_administrator_stays(void **state)
{
	struct ctx *c = access_begin(state);
	id bosses[RACERS];

	for (int i = 0; i < RACERS; i++) {
		bosses[i] = some_account(c, str_printf(c->mem, "%d@example.org", i));
		MUST(member_add(c, &(struct member){ .account = bosses[i], .role = ROLE_ADMINISTRATOR }));
	}
	assert_int_equal(race(c, dismiss_run, bosses), RACERS - 1);
	assert_int_equal(number(c, SQL(
	    "SELECT COUNT(*) FROM membership WHERE org = $1 AND ended_at IS NULL"), ORG_A), 1);
	access_end(c);
}

static void *
dismiss_main(void *arg)
{
	struct racer *r = arg;

	r->result = member_end(&r->ctx, *(const id *)r->what, ROLE_ADMINISTRATOR);
	return NULL;
}

static void
two_administrators_who_dismiss_each_other_do_not_both_succeed(void **state)
{
	struct ctx *c = access_begin(state);
	id first = some_account(c, S("1@example.org")), second = some_account(c, S("2@example.org"));
	struct racer other = { .ctx = *c, .what = &second };
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	pthread_t thread;

	MUST(member_add(c, &(struct member){ .account = first, .role = ROLE_ADMINISTRATOR }));
	MUST(member_add(c, &(struct member){ .account = second, .role = ROLE_ADMINISTRATOR }));
	other.ctx.mem = &other.mem;
	MUST(db_open(engine_store(c), &other.ctx.db));
	MUST(db_begin(c->db, &tx));
	MUST(member_end(c, first, ROLE_ADMINISTRATOR));
	/* The other one must wait for us, and then see that he is the last. */
	assert_int_equal(pthread_create(&thread, NULL, dismiss_main, &other), 0);
	assert_int_equal(usleep(200 * 1000), 0);
	MUST(db_commit(&tx));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(other.result, ERR_CONFLICT);
	db_close(other.ctx.db);
	arena_free(&other.mem);
	access_end(c);
}

static void
a_closed_account_is_nobody_any_more(void **state)
{
	struct ctx *c = access_begin(state);
	id boss = some_member(c, S("boss@example.org"), ROLE_ADMINISTRATOR);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY), again;
	struct factor_codes codes;
	struct account a;

	assert_int_equal(account_close(c, boss), ERR_CONFLICT);
	MUST(account_get(c, PURPOSE_SECURE, boss, &a));
	(void)some_factor(c, account, &codes);
	MUST(account_close(c, account));
	assert_int_equal(account_get(c, PURPOSE_SECURE, account, &a), ERR_NOT_FOUND);
	assert_int_equal(account_find(c, S("a@example.org"), &again), ERR_NOT_FOUND);
	assert_false(vault_person_exists(c, 0, account));
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM recovery_code WHERE account = $1"), account), 0);
	assert_int_equal(number(c, SQL(
	    "SELECT COUNT(*) FROM membership WHERE account = $1 AND ended_at IS NULL"), account), 0);
	again = some_account(c, S("a@example.org"));	/* the address is free */
	assert_true(again != account);
	assert_int_equal(account_close(c, account), ERR_NOT_FOUND);
	access_end(c);
}

static void
a_closing_that_fails_half_way_closes_nothing_and_may_be_repeated(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	err e = ERR_STORE;

	for (int statement = 1; e != OK; statement++) {
		assert_true(statement < 60);
		assert_int_equal(number(c, SQL("SELECT state FROM account WHERE id = $1"), account), ACCOUNT_ACTIVE);
		assert_int_equal(number(c, SQL(
		    "SELECT COUNT(*) FROM membership WHERE account = $1 AND ended_at IS NULL"), account), 1);
		db_fail_after(c->db, statement);
		e = account_close(c, account);
		db_fail_after(c->db, 0);
		assert_true(e == OK || e == ERR_STORE);
	}
	assert_int_equal(number(c, SQL("SELECT state FROM account WHERE id = $1"), account), ACCOUNT_CLOSED);
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(an_account_is_found_by_its_address_and_opened_for_a_purpose),
		ENGINE_TEST_SCHEMA(an_address_has_one_account),
		ENGINE_TEST_SCHEMA(what_is_no_address_or_no_name_is_refused),
		ENGINE_TEST_SCHEMA(a_creation_that_fails_half_way_leaves_nothing),
		ENGINE_TEST_SCHEMA(the_key_of_a_failed_creation_is_destroyed),
		ENGINE_TEST_SCHEMA(a_password_is_judged_hashed_and_ends_other_sessions),
		ENGINE_TEST_SCHEMA(a_password_asked_again_is_checked_and_throttled),
		ENGINE_TEST_SCHEMA(an_organisation_lists_its_own_members_only),
		ENGINE_TEST_SCHEMA(a_membership_ends_and_may_begin_anew),
		ENGINE_TEST_SCHEMA(the_last_administrator_stays),
		ENGINE_TEST_SCHEMA(two_administrators_who_dismiss_each_other_do_not_both_succeed),
		ENGINE_TEST_SCHEMA(a_closed_account_is_nobody_any_more),
		ENGINE_TEST_SCHEMA(a_closing_that_fails_half_way_closes_nothing_and_may_be_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
