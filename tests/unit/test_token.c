/* test_token.c - what a program may do, and until when. */
#include "access/token.h"
#include "access_case.h"

static str
create(struct ctx *c, id account, uint32_t scopes, id *ret_id)
{
	const struct token_new t = { account, ROLE_SECRETARY, S("Phone"), scopes };
	str text = {0};

	MUST(token_create(c, &t, &text, ret_id));
	return text;
}

static void
a_token_tells_whose_it_is_and_for_what(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY), id1;
	str text = create(c, account, SCOPE_BOOKINGS_READ | SCOPE_AGENDA_READ, &id1);
	struct token t;

	c->org = 0;	/* an API request belongs to nobody until its token is found */
	MUST(token_find(c, text, &t));
	assert_int_equal(t.id, id1);
	assert_int_equal(t.account, account);
	assert_int_equal(t.org, ORG_A);
	assert_int_equal(t.role, ROLE_SECRETARY);
	assert_int_equal(t.scopes, SCOPE_BOOKINGS_READ | SCOPE_AGENDA_READ);
	assert_str(t.name, S("Phone"));
	assert_int_equal(t.seen_at, c->now);
	assert_int_equal(token_find(c, S(""), &t), ERR_NOT_FOUND);
	assert_int_equal(token_find(c, S("srm_"), &t), ERR_NOT_FOUND);
	assert_int_equal(token_find(c, str_slice(text, 4, text.n), &t), ERR_NOT_FOUND);
	assert_int_equal(token_find(c, str_cat(c->mem, S("srm_"),
	    token_make(c->mem, SESSION_TOKEN_BYTES)), &t), ERR_NOT_FOUND);
	access_end(c);
}

static void
what_a_token_needs_is_asked_for(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY), made;
	char *name = str_z(c->mem, str_printf(c->mem, "%0*d", TOKEN_NAME_BYTES_MAX, 0));
	struct token_new t = { account, ROLE_SECRETARY, str_c(name), SCOPES_ALL };
	str text;

	MUST(token_create(c, &t, &text, &made));
	t.name = str_cat(c->mem, t.name, S("x"));
	assert_int_equal(token_create(c, &t, &text, &made), ERR_TOO_LARGE);
	t.name = S("");
	assert_int_equal(token_create(c, &t, &text, &made), ERR_INVALID);
	t.name = S("x");
	t.scopes = 0;
	assert_int_equal(token_create(c, &t, &text, &made), ERR_INVALID);
	t.scopes = SCOPES_ALL + 1;
	assert_int_equal(token_create(c, &t, &text, &made), ERR_INVALID);
	t.scopes = SCOPES_ALL;
	t.role = ROLE_ADMINISTRATOR;
	assert_int_equal(token_create(c, &t, &text, &made), ERR_DENIED);
	t.role = ROLE_SECRETARY;
	c->org = ORG_B;	/* T6 */
	assert_int_equal(token_create(c, &t, &text, &made), ERR_DENIED);
	c->org = ORG_A;
	for (int i = 1; i < TOKEN_LIVE_MAX; i++)
		MUST(token_create(c, &t, &text, &made));
	assert_int_equal(token_create(c, &t, &text, &made), ERR_TOO_LARGE);
	access_end(c);
}

static void
a_revoked_token_opens_nothing(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY);
	id other = some_member(c, S("b@example.org"), ROLE_SECRETARY), made;
	str text = create(c, account, SCOPES_ALL, &made);
	struct token t, *list;
	size_t n;

	assert_int_equal(token_revoke(c, other, made), ERR_NOT_FOUND);
	c->org = ORG_B;
	assert_int_equal(token_revoke(c, account, made), ERR_NOT_FOUND);
	MUST(token_list(c, account, &list, &n));
	assert_int_equal(n, 0);
	c->org = ORG_A;
	MUST(token_find(c, text, &t));
	MUST(token_revoke(c, account, made));
	assert_int_equal(token_find(c, text, &t), ERR_DENIED);
	assert_int_equal(token_revoke(c, account, made), ERR_NOT_FOUND);
	MUST(token_list(c, account, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].revoked_at, c->now);
	access_end(c);
}

static void
a_token_dies_with_its_membership_and_does_not_rise_again(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY), made;
	str text = create(c, account, SCOPES_ALL, &made);
	struct token t;

	MUST(member_end(c, account, ROLE_SECRETARY));
	assert_int_equal(token_find(c, text, &t), ERR_DENIED);
	MUST(member_add(c, &(struct member){ .account = account, .role = ROLE_SECRETARY }));
	assert_int_equal(token_find(c, text, &t), ERR_DENIED);
	access_end(c);
}

static void
a_new_password_ends_every_token(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY), made;
	str text = create(c, account, SCOPES_ALL, &made);
	enum password_fault fault;
	struct token t;

	MUST(account_set_password(c, account, S("another girafe-volcan 8"), 0, &fault));
	assert_int_equal(token_find(c, text, &t), ERR_DENIED);
	access_end(c);
}

static void
seen_is_written_once_a_minute_at_most(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, S("a@example.org"), ROLE_SECRETARY), made;
	str text = create(c, account, SCOPES_ALL, &made);
	usec first = c->now;
	struct token t;

	MUST(token_find(c, text, &t));
	c->now += USEC_PER_MINUTE - 1;
	MUST(token_find(c, text, &t));
	assert_int_equal(number(c, SQL("SELECT seen_at FROM api_token WHERE id = $1"), made), first);
	/* One read is all that the path of the API costs in between. */
	db_fail_after(c->db, 2);
	MUST(token_find(c, text, &t));
	db_fail_after(c->db, 0);
	c->now++;
	MUST(token_find(c, text, &t));
	assert_int_equal(number(c, SQL("SELECT seen_at FROM api_token WHERE id = $1"), made), c->now);
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_token_tells_whose_it_is_and_for_what),
		ENGINE_TEST_SCHEMA(what_a_token_needs_is_asked_for),
		ENGINE_TEST_SCHEMA(a_revoked_token_opens_nothing),
		ENGINE_TEST_SCHEMA(a_token_dies_with_its_membership_and_does_not_rise_again),
		ENGINE_TEST_SCHEMA(a_new_password_ends_every_token),
		ENGINE_TEST_SCHEMA(seen_is_written_once_a_minute_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
