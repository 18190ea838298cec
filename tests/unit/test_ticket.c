/* test_ticket.c - T21, T25, T26: what is sent to a mailbox works once, for its purpose, in time. */
#include "access/signin.h"
#include "access/ticket.h"
#include "access/throttle.h"
#include "access/token.h"
#include "access_case.h"

static const struct acceptance acceptance = {
	{ "Alex Petit", 10 }, { GOOD_PASSWORD, sizeof(GOOD_PASSWORD) - 1 }, LANG_FR,
};

static str
invite(struct ctx *c, str email, id *ret_id)
{
	const struct invitation i = { .email = email, .name = S("Alex"), .role = ROLE_PRACTITIONER, .practitioner = 7 };
	str token = {0};

	MUST(ticket_invite(c, &i, ret_id, &token));
	return token;
}

static void
an_invitation_makes_one_account_and_one_member(void **state)
{
	struct ctx *c = access_begin(state);
	enum password_fault fault;
	struct invitation i;
	id invitation, account;
	struct member m;
	struct account a;

	c->actor = 42;
	str token = invite(c, S("Alex@Example.org"), &invitation);
	c->actor = 0;
	c->org = 0;	/* who follows the link belongs nowhere yet */
	MUST(ticket_invitation(c, token, &i));
	assert_int_equal(i.org, ORG_A);
	assert_str(i.email, S("alex@example.org"));
	assert_int_equal(i.lapses_at, c->now + promise()->invitation_life);
	MUST(ticket_accept(c, token, &acceptance, &fault, &account));
	assert_int_equal(ticket_accept(c, token, &acceptance, &fault, &account), ERR_CONFLICT);
	assert_int_equal(ticket_invitation(c, token, &i), ERR_CONFLICT);

	MUST(account_get(c, PURPOSE_SECURE, account, &a));
	assert_int_equal(a.state, ACCOUNT_ACTIVE);
	assert_str(a.email, S("alex@example.org"));
	assert_str(a.name, S("Alex Petit"));
	c->org = ORG_A;
	MUST(member_get(c, account, ROLE_PRACTITIONER, &m));
	assert_int_equal(m.practitioner, 7);
	access_end(c);
}

/* The chain of T26: invited under the address of somebody who has an account. */
static void
an_invitation_never_changes_an_account_that_exists(void **state)
{
	struct ctx *c = access_begin(state);
	id victim = some_member(c, S("victim@example.org"), ROLE_SECRETARY), invitation, account = 0;
	enum password_fault fault;
	struct account a;
	struct signin s;
	struct member m;

	c->org = ORG_B;
	str token = invite(c, S("victim@example.org"), &invitation);
	const struct acceptance theft = { S("Thief"), S("tiroir-volcan-girafe 9"), LANG_EN };
	assert_int_equal(ticket_accept(c, token, &theft, &fault, &account), ERR_CONFLICT);
	MUST(account_get(c, PURPOSE_SECURE, victim, &a));
	assert_str(a.name, S("Camille Moreau"));
	MUST(signin_password(c, &(struct signin_try){ S("victim@example.org"), S(GOOD_PASSWORD), S("::1") }, &s));
	assert_int_equal(member_get(c, victim, ROLE_PRACTITIONER, &m), ERR_NOT_FOUND);

	c->actor = victim;	/* signed in, and willing */
	MUST(ticket_bind(c, token));
	MUST(member_get(c, victim, ROLE_PRACTITIONER, &m));
	assert_int_equal(ticket_bind(c, token), ERR_CONFLICT);
	access_end(c);
}

static void
what_is_wrong_with_an_acceptance_is_told_and_the_link_stays_good(void **state)
{
	struct ctx *c = access_begin(state);
	id invitation, account;
	enum password_fault fault;
	str token = invite(c, S("alex@example.org"), &invitation);
	struct acceptance a = acceptance;

	a.password = S("alex.petit.2024");
	assert_int_equal(ticket_accept(c, token, &a, &fault, &account), ERR_INVALID);
	assert_int_equal(fault, PASSWORD_PERSONAL);
	a = acceptance;
	a.name = S(" ");
	assert_int_equal(ticket_accept(c, token, &a, &fault, &account), ERR_INVALID);
	assert_int_equal(fault, PASSWORD_GOOD);
	assert_int_equal(ticket_accept(c, S(""), &acceptance, &fault, &account), ERR_NOT_FOUND);
	assert_int_equal(ticket_accept(c, token_make(c->mem, TOKEN_BYTES), &acceptance, &fault, &account), ERR_NOT_FOUND);
	MUST(ticket_accept(c, token, &acceptance, &fault, &account));
	access_end(c);
}

static void
invitations_lapse_are_listed_and_withdrawn_in_their_organisation(void **state)
{
	struct ctx *c = access_begin(state);
	struct invitation wrong = { .email = S("a@example.org"), .name = S("A"), .role = ROLE_PATIENT }, *list, i;
	id first, second;
	str token = invite(c, S("a@example.org"), &first), late, unused;
	size_t n;

	assert_int_equal(ticket_invite(c, &wrong, &second, &unused), ERR_INVALID);
	wrong.role = ROLE_SECRETARY;
	wrong.email = S("a");
	assert_int_equal(ticket_invite(c, &wrong, &second, &unused), ERR_INVALID);
	late = invite(c, S("b@example.org"), &second);

	c->role = ROLE_ADMINISTRATOR;
	MUST(ticket_list(c, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].email, S("b@example.org"));
	c->org = ORG_B;
	MUST(ticket_list(c, &list, &n));
	assert_int_equal(n, 0);
	assert_int_equal(ticket_withdraw(c, first), ERR_NOT_FOUND);
	c->org = ORG_A;
	MUST(ticket_withdraw(c, first));
	assert_int_equal(ticket_invitation(c, token, &i), ERR_NOT_FOUND);

	c->now += promise()->invitation_life - 1;
	MUST(ticket_invitation(c, late, &i));
	c->now++;
	assert_int_equal(ticket_invitation(c, late, &i), ERR_EXPIRED);
	MUST(ticket_list(c, &list, &n));
	assert_true(list[0].lapsed);
	access_end(c);
}

static void
a_reset_works_once_for_a_quarter_of_an_hour_and_ends_everything(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY), found;
	const struct session_grant grant = { STAGE_COMPLETE, ORG_A, ROLE_SECRETARY };
	const struct token_new program = { account, ROLE_SECRETARY, S("Phone"), SCOPES_ALL };
	str session, link, second, api, fresh = S("tiroir-volcan-girafe 9");
	enum password_fault fault;
	struct session s;
	struct signin in;
	struct token t;

	MUST(session_start(c, account, &grant, S(""), &session));
	MUST(token_create(c, &program, &api, &found));
	MUST(ticket_reset(c, S(" A@example.org"), &link, &found));
	assert_int_equal(found, account);
	MUST(ticket_reset(c, S("a@example.org"), &second, &found));
	c->now += promise()->reset_life - 1;
	MUST(ticket_reset_check(c, link));
	assert_int_equal(ticket_reset_use(c, link, S("motdepasse2024"), &fault, &found), ERR_INVALID);
	assert_int_equal(fault, PASSWORD_COMMON);
	MUST(throttle_take(c, THROTTLE_LOGIN, S("a@example.org")));
	MUST(ticket_reset_use(c, link, fresh, &fault, &found));
	assert_int_equal(ticket_reset_use(c, link, fresh, &fault, &found), ERR_CONFLICT);
	assert_int_equal(ticket_reset_use(c, second, fresh, &fault, &found), ERR_CONFLICT);
	assert_int_equal(session_find(c, session, &s), ERR_NOT_FOUND);
	assert_int_equal(token_find(c, api, &t), ERR_DENIED);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM throttle WHERE tries > $1"), 0), 0);
	assert_int_equal(signin_password(c, &(struct signin_try){ S("a@example.org"), S(GOOD_PASSWORD), S("::1") }, &in),
	    ERR_DENIED);
	MUST(signin_password(c, &(struct signin_try){ S("a@example.org"), fresh, S("::1") }, &in));

	MUST(ticket_reset(c, S("a@example.org"), &link, &found));
	c->now += promise()->reset_life;
	assert_int_equal(ticket_reset_check(c, link), ERR_EXPIRED);
	assert_int_equal(ticket_reset_use(c, link, fresh, &fault, &found), ERR_EXPIRED);
	access_end(c);
}

static void
a_ticket_of_one_kind_is_none_of_another(void **state)
{
	struct ctx *c = access_begin(state);
	enum password_fault fault;
	struct ticket_code code;
	struct invitation i;
	id account;
	str link;

	(void)some_account(c, S("a@example.org"));
	MUST(ticket_code(c, S("a@example.org"), &code));
	MUST(ticket_reset(c, S("a@example.org"), &link, &account));
	assert_int_equal(ticket_reset_use(c, code.token, S(GOOD_PASSWORD), &fault, &account), ERR_NOT_FOUND);
	assert_int_equal(ticket_invitation(c, link, &i), ERR_NOT_FOUND);
	assert_int_equal(ticket_code_use(c, link, code.code, &account), ERR_NOT_FOUND);
	access_end(c);
}

static void
an_unknown_address_gets_the_same_rows(void **state)
{
	struct ctx *c = access_begin(state);
	struct ticket_code known, unknown;
	enum password_fault fault;
	id account, nobody = 1;
	str link;

	(void)some_account(c, S("a@example.org"));
	int64_t lines = number(c, SQL("SELECT COUNT(*) FROM audit WHERE id > $1"), 0);
	MUST(ticket_code(c, S("a@example.org"), &known));
	int64_t of_known = number(c, SQL("SELECT COUNT(*) FROM audit WHERE id > $1"), 0) - lines;
	MUST(ticket_code(c, S("nobody@example.org"), &unknown));
	assert_int_equal(unknown.account, 0);
	assert_int_equal(unknown.token.n, known.token.n);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE id > $1"), 0) - lines, 2 * of_known);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM ticket WHERE kind = $1"), TICKET_CODE), 2);
	/* Even the right code, which nobody was sent, opens nothing. */
	assert_int_equal(ticket_code_use(c, unknown.token, unknown.code, &account), ERR_DENIED);
	MUST(ticket_reset(c, S("nobody@example.org"), &link, &nobody));
	assert_int_equal(nobody, 0);
	assert_int_equal(ticket_reset_check(c, link), ERR_NOT_FOUND);
	assert_int_equal(ticket_reset_use(c, link, S(GOOD_PASSWORD), &fault, &account), ERR_NOT_FOUND);
	access_end(c);
}

static void
a_code_dies_of_too_many_tries(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, S("a@example.org")), found;
	struct ticket_code code;
	struct account a;

	MUST(ticket_code(c, S("a@example.org"), &code));
	assert_int_equal(code.code.n, TICKET_CODE_DIGITS);
	for (int i = 1; i < promise()->code_tries; i++)
		assert_int_equal(ticket_code_use(c, code.token, S("12345"), &found), ERR_DENIED);
	MUST(ticket_code_use(c, code.token, str_cat(c->mem, S(" "), code.code), &found));
	assert_int_equal(found, account);
	MUST(account_get(c, PURPOSE_SECURE, account, &a));
	assert_int_equal(a.state, ACCOUNT_ACTIVE);
	assert_int_equal(ticket_code_use(c, code.token, code.code, &found), ERR_CONFLICT);

	MUST(ticket_code(c, S("a@example.org"), &code));
	for (int i = 0; i < promise()->code_tries; i++)
		assert_int_equal(ticket_code_use(c, code.token, S(""), &found), ERR_DENIED);
	assert_int_equal(ticket_code_use(c, code.token, code.code, &found), ERR_EXPIRED);

	MUST(ticket_code(c, S("a@example.org"), &code));
	c->now += promise()->code_life;
	assert_int_equal(ticket_code_use(c, code.token, code.code, &found), ERR_EXPIRED);
	access_end(c);
}

static void
tokens_and_codes_are_stored_hashed(void **state)
{
	struct ctx *c = access_begin(state);
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct ticket_code code;

	MUST(ticket_code(c, S("a@example.org"), &code));
	MUST(db_read(c->db, SQL("SELECT hash, code_mac FROM ticket"), NULL, 0, &r));
	MUST(db_next(r));
	assert_str(db_text(r, c->mem, 0), sha256(c->mem, code.token));
	assert_int_equal(db_text(r, c->mem, 1).n, 32);
	assert_false(str_eq(db_text(r, c->mem, 1), sha256(c->mem, code.code)));	/* a million would be tried */
	db_rows_end(&r);
	access_end(c);
}

static err
accept_run(struct ctx *c, const void *what)
{
	enum password_fault fault;
	id account;

	return ticket_accept(c, *(const str *)what, &acceptance, &fault, &account);
}

static err
code_run(struct ctx *c, const void *what)
{
	const struct ticket_code *t = what;
	id account;

	return ticket_code_use(c, t->token, t->code, &account);
}

static err
guess_run(struct ctx *c, const void *what)
{
	const struct ticket_code *t = what;
	id account;
	err e = ticket_code_use(c, t->token, S("wrong"), &account);

	return e == ERR_DENIED ? OK : ERR_EXPIRED;
}

static void
of_eight_who_use_one_ticket_one_wins(void **state)
{
	struct ctx *c = access_begin(state);
	struct ticket_code code;
	id invitation;
	str token = invite(c, S("alex@example.org"), &invitation);

	assert_int_equal(race(c, accept_run, &token), 1);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM account WHERE id > $1"), 0), 1);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM membership WHERE org = $1"), ORG_A), 1);

	MUST(ticket_code(c, S("alex@example.org"), &code));
	assert_int_equal(race(c, code_run, &code), 1);
	/* And of eight guesses at the same moment no more are looked at than promised. */
	MUST(ticket_code(c, S("alex@example.org"), &code));
	assert_int_equal(race(c, guess_run, &code), promise()->code_tries);
	access_end(c);
}

static void
an_acceptance_that_fails_half_way_leaves_nothing(void **state)
{
	struct ctx *c = access_begin(state);
	enum password_fault fault;
	id invitation, account;
	str token = invite(c, S("alex@example.org"), &invitation);
	err e = ERR_STORE;

	for (int statement = 1; e != OK; statement++) {
		assert_true(statement < 60);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM account WHERE id > $1"), 0), 0);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM membership WHERE org > $1"), 0), 0);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM ticket WHERE used_at > $1"), 0), 0);
		db_fail_after(c->db, statement);
		e = ticket_accept(c, token, &acceptance, &fault, &account);
		db_fail_after(c->db, 0);
		assert_true(e == OK || e == ERR_STORE);
	}
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM membership WHERE account = $1"), account), 1);
	access_end(c);
}

static void
a_reset_that_fails_half_way_changes_nothing(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY), found;
	const struct session_grant grant = { STAGE_COMPLETE, ORG_A, ROLE_SECRETARY };
	enum password_fault fault;
	str session, link;
	struct session s;
	err e = ERR_STORE;

	MUST(session_start(c, account, &grant, S(""), &session));
	MUST(ticket_reset(c, S("a@example.org"), &link, &found));
	for (int statement = 1; e != OK; statement++) {
		assert_true(statement < 60);
		MUST(session_find(c, session, &s));
		MUST(ticket_reset_check(c, link));
		db_fail_after(c->db, statement);
		e = ticket_reset_use(c, link, S("tiroir-volcan-girafe 9"), &fault, &found);
		db_fail_after(c->db, 0);
		assert_true(e == OK || e == ERR_STORE);
	}
	assert_int_equal(session_find(c, session, &s), ERR_NOT_FOUND);
	access_end(c);
}

static void
what_lapsed_long_ago_is_dropped(void **state)
{
	struct ctx *c = access_begin(state);
	struct ticket_code code;
	int64_t n;

	MUST(ticket_code(c, S("a@example.org"), &code));
	c->now += promise()->code_life + promise()->invitation_life;
	MUST(ticket_purge(c, &n));
	assert_int_equal(n, 0);
	c->now++;
	MUST(ticket_purge(c, &n));
	assert_int_equal(n, 1);
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(an_invitation_makes_one_account_and_one_member),
		ENGINE_TEST_SCHEMA(an_invitation_never_changes_an_account_that_exists),
		ENGINE_TEST_SCHEMA(what_is_wrong_with_an_acceptance_is_told_and_the_link_stays_good),
		ENGINE_TEST_SCHEMA(invitations_lapse_are_listed_and_withdrawn_in_their_organisation),
		ENGINE_TEST_SCHEMA(a_reset_works_once_for_a_quarter_of_an_hour_and_ends_everything),
		ENGINE_TEST_SCHEMA(a_ticket_of_one_kind_is_none_of_another),
		ENGINE_TEST_SCHEMA(an_unknown_address_gets_the_same_rows),
		ENGINE_TEST_SCHEMA(a_code_dies_of_too_many_tries),
		ENGINE_TEST_SCHEMA(tokens_and_codes_are_stored_hashed),
		ENGINE_TEST_SCHEMA(of_eight_who_use_one_ticket_one_wins),
		ENGINE_TEST_SCHEMA(an_acceptance_that_fails_half_way_leaves_nothing),
		ENGINE_TEST_SCHEMA(a_reset_that_fails_half_way_changes_nothing),
		ENGINE_TEST_SCHEMA(what_lapsed_long_ago_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
