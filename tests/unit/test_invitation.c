/* test_invitation.c - the link of an invitation, page by page (T26, R54). */
#include "agenda.h"

#include "access/account.h"
#include "access/factor.h"
#include "access/member.h"
#include "access/session.h"
#include "access/ticket.h"
#include "assert_str.h"
#include "vault/secret.h"
#include "web/web.h"

#define GUEST		S("nora@example.org")
#define GOOD_PASSWORD	S("girafe-volcan-tiroir 7")

/* A browser of one tab. */
struct browser {
	struct ctx		*c;
	str			 token;		/* of its session cookie; empty: none */
	struct http_response	 page;
};

static str
header(const struct http_response *r, str name)
{
	for (size_t i = 0; i < r->headers_n; i++)
		if (str_eq(r->headers[i].name, name))
			return r->headers[i].value;
	return (str){0};
}

static void
visit(struct browser *b, enum http_method method, str path, str body)
{
	static const struct web_site site = { .public_url = "http://localhost" };
	struct http_request r = { .method = method, .path = path, .body = body, .peer = S("192.0.2.7"),
		.mem = b->c->mem };
	struct ctx c = { .mem = b->c->mem, .db = b->c->db, .vault = b->c->vault, .mint = b->c->mint,
		.free = b->c->free, .plans = b->c->plans, .now = b->c->now };
	str csrf;

	if (b->token.n > 0) {
		assert_ok(session_csrf(&c, b->token, &csrf));
		r.body = str_printf(c.mem, "%.*s&csrf=%.*s", STR_FMT(body), STR_FMT(csrf));
		r.headers[r.headers_n++] = (struct http_pair){ S("Cookie"),
			str_cat(c.mem, S("__Host-session="), b->token) };
	}
	web_handle(&c, &site, &r, &b->page);
	str cookie = header(&b->page, S("Set-Cookie")), value = str_slice(cookie, sizeof("__Host-session"), cookie.n);
	if (cookie.n > 0)
		b->token = str_slice(value, 0, (size_t)str_find(value, ';'));
}

static void
answered(const struct browser *b, int status, str words)
{
	assert_int_equal(b->page.status, status);
	assert_true(str_find_str(b->page.body, words) >= 0);
}

static void
led_to(const struct browser *b, str path)
{
	assert_int_equal(b->page.status, 303);
	assert_str(header(&b->page, S("Location")), path);
}

/* The path of an invitation to join as a secretary. */
static str
invite(struct ctx *c)
{
	struct invitation i = { .email = GUEST, .name = S("Nora Lemaire"), .role = ROLE_SECRETARY };
	str token;
	id made;

	c->purposes |= PURPOSE_BIT(PURPOSE_SECURE);
	assert_ok(ticket_invite(c, &i, &made, &token));
	return str_cat(c->mem, S("/invitation/"), token);
}

static void
signed_in(struct browser *b, str email, bool password)
{
	struct session_grant grant = { .stage = STAGE_COMPLETE };
	enum password_fault fault;
	id account;

	assert_ok(account_create(b->c, email, S("Nora"), LANG_FR, &account));
	if (password)
		assert_ok(account_set_password(b->c, account, GOOD_PASSWORD, 0, &fault));
	assert_ok(session_start(b->c, account, &grant, S(""), &b->token));
}

static void
somebody_new_chooses_name_and_password_then_must_enrol(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct browser b = { .c = a.c };
	str path = invite(a.c);
	struct member m;
	id account;

	visit(&b, HTTP_GET, path, S(""));
	answered(&b, 200, S("Cabinet des Tilleuls"));
	answered(&b, 200, S("value=\"Nora Lemaire\""));
	assert_int_equal(b.token.n, 0);
	visit(&b, HTTP_POST, path, S("nom=&nouveau="));
	answered(&b, 422, S("f-nouveau-error"));
	visit(&b, HTTP_POST, path, S("nom=Nora+Petit&nouveau=nora%40example.org"));
	answered(&b, 422, S("value=\"Nora Petit\""));	/* kept, and the link is still good */
	assert_err(account_find(a.c, GUEST, &account), ERR_NOT_FOUND);
	visit(&b, HTTP_POST, path, S("nom=Nora+Petit&nouveau=girafe-volcan-tiroir+7"));
	led_to(&b, S("/connexion/inscription-code"));
	assert_ok(account_find(a.c, GUEST, &account));
	assert_ok(member_get(a.c, account, ROLE_SECRETARY, &m));
	/* Nothing but the enrolment is open to the new session. */
	visit(&b, HTTP_GET, S("/compte"), S(""));
	led_to(&b, S("/connexion/inscription-code?retour=%2Fcompte"));
	visit(&b, HTTP_GET, path, S(""));
	answered(&b, 410, S("</html>"));
}

static void
an_account_that_exists_is_never_changed_by_a_link(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct browser owner = { .c = a.c }, thief = { .c = a.c };
	str path = invite(a.c);
	struct member m;
	id account;

	signed_in(&owner, GUEST, true);
	assert_ok(account_find(a.c, GUEST, &account));
	visit(&thief, HTTP_GET, path, S(""));
	answered(&thief, 200, S("/connexion?retour=%2Finvitation%2F"));
	assert_true(str_find_str(thief.page.body, S("name=\"nouveau\"")) < 0);
	visit(&thief, HTTP_POST, path, S("nom=X&nouveau=autre-phrase-de-passe+9"));
	assert_int_equal(thief.page.status, 409);
	assert_ok(account_check_password(a.c, account, GOOD_PASSWORD));
	assert_err(member_get(a.c, account, ROLE_SECRETARY, &m), ERR_NOT_FOUND);
	/* And not without signing in. */
	visit(&thief, HTTP_POST, str_cat(a.c->mem, path, S("/accepter")), S(""));
	led_to(&thief, S("/connexion"));
	assert_err(member_get(a.c, account, ROLE_SECRETARY, &m), ERR_NOT_FOUND);
}

static void
whoever_is_signed_in_joins_and_enters_by_the_second_proof(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct browser b = { .c = a.c };
	str path = invite(a.c), accept = str_cat(a.c->mem, path, S("/accepter"));
	struct member m;
	id account;

	signed_in(&b, GUEST, false);
	assert_ok(account_find(a.c, GUEST, &account));
	visit(&b, HTTP_GET, path, S(""));
	answered(&b, 200, S("/accepter"));
	assert_err(member_get(a.c, account, ROLE_SECRETARY, &m), ERR_NOT_FOUND);	/* looking joins nothing */
	visit(&b, HTTP_POST, accept, S(""));
	led_to(&b, S("/connexion/cabinet?fait=invitation"));
	assert_ok(member_get(a.c, account, ROLE_SECRETARY, &m));
	visit(&b, HTTP_POST, S("/connexion/cabinet"),
	    str_printf(a.c->mem, "choix=%lld.%d", (long long)a.c->org, ROLE_SECRETARY));
	led_to(&b, S("/connexion/inscription-code"));
	visit(&b, HTTP_POST, accept, S(""));
	assert_int_equal(b.page.status, 303);	/* not signed in any more: the enrolment comes first */
}

static void
a_link_that_lapsed_was_withdrawn_or_never_was_says_what_to_do(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct browser b = { .c = a.c };
	str path = invite(a.c);

	visit(&b, HTTP_GET, S("/invitation/nothing"), S(""));
	assert_int_equal(b.page.status, 404);
	a.c->now += promise()->invitation_life;
	visit(&b, HTTP_GET, path, S(""));
	assert_int_equal(b.page.status, 410);
	visit(&b, HTTP_POST, path, S("nom=Nora&nouveau=girafe-volcan-tiroir+7"));
	assert_int_equal(b.page.status, 410);
	assert_int_equal(b.token.n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(somebody_new_chooses_name_and_password_then_must_enrol),
		ENGINE_TEST_SCHEMA(an_account_that_exists_is_never_changed_by_a_link),
		ENGINE_TEST_SCHEMA(whoever_is_signed_in_joins_and_enters_by_the_second_proof),
		ENGINE_TEST_SCHEMA(a_link_that_lapsed_was_withdrawn_or_never_was_says_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
