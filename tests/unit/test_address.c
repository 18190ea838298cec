/* test_address.c - T25: another e-mail address, as a machine of states against a model of it. */
#include "access/address.h"
#include "access/signin.h"
#include "access/ticket.h"
#include "access/token.h"
#include "access_case.h"

#define PRESENT	S("old@example.org")
#define NEXT	S("new@example.org")

static struct account
account_of(struct ctx *c, id account)
{
	struct account a;

	MUST(account_get(c, PURPOSE_SECURE, account, &a));
	return a;
}

static struct address_links
ask(struct ctx *c, id account, str email)
{
	struct account a = account_of(c, account);
	struct address_links links;

	MUST(address_ask(c, &a, email, &links));
	return links;
}

static err
confirm(struct ctx *c, str token, id account, id keep)
{
	struct address_change k;

	TRY(address_open(c, token, account, &k));
	return address_write(c, &k, keep);
}

static void
the_new_mailbox_confirms_and_everything_else_of_the_old_ends(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, PRESENT, ROLE_SECRETARY), found;
	const struct session_grant grant = { STAGE_COMPLETE, ORG_A, ROLE_SECRETARY };
	struct address_waiting waiting;
	enum password_fault fault;
	str here, elsewhere, reset;
	struct ticket_code code;
	struct session s, kept;
	struct signin in;

	MUST(session_start(c, account, &grant, S(""), &here));
	MUST(session_start(c, account, &grant, S(""), &elsewhere));
	MUST(session_find(c, here, &kept));
	MUST(ticket_reset(c, PRESENT, &reset, &found));
	MUST(ticket_code(c, PRESENT, &code));
	assert_int_equal(address_waiting(c, account, &waiting), ERR_NOT_FOUND);
	struct address_links links = ask(c, account, S("  New@Example.ORG "));
	MUST(address_waiting(c, account, &waiting));
	assert_str(waiting.email, NEXT);
	assert_int_equal(waiting.lapses_at, c->now + promise()->address_life);
	MUST(account_find(c, PRESENT, &found));	/* asking changes nothing */

	c->now += promise()->address_life - 1;
	MUST(confirm(c, links.confirm, account, kept.id));
	assert_int_equal(account_find(c, PRESENT, &found), ERR_NOT_FOUND);
	MUST(account_find(c, NEXT, &found));
	assert_int_equal(found, account);
	assert_str(account_of(c, account).email, NEXT);
	assert_str(account_of(c, account).name, S("Camille Moreau"));
	MUST(session_find(c, here, &s));
	assert_int_equal(session_find(c, elsewhere, &s), ERR_NOT_FOUND);
	/* A link that lies in the old mailbox opens nothing any more, nor does its code. */
	assert_int_equal(ticket_reset_use(c, reset, S("tiroir-volcan-girafe 9"), &fault, &found), ERR_CONFLICT);
	assert_int_equal(ticket_code_use(c, code.token, code.code, &found), ERR_CONFLICT);
	assert_int_equal(confirm(c, links.confirm, account, 0), ERR_CONFLICT);
	assert_int_equal(address_stop(c, links.stop, &found), ERR_CONFLICT);
	assert_int_equal(address_waiting(c, account, &waiting), ERR_NOT_FOUND);
	MUST(signin_password(c, &(struct signin_try){ NEXT, S(GOOD_PASSWORD), S("::1") }, &in));
	MUST(account_rename(c, account, S("Camille"), LANG_FR));	/* from the new version */
	assert_str(account_of(c, account).email, NEXT);
	access_end(c);
}

static void
the_old_mailbox_stops_it_and_throws_everybody_out(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_member(c, PRESENT, ROLE_SECRETARY), found, made;
	const struct session_grant grant = { STAGE_COMPLETE, ORG_A, ROLE_SECRETARY };
	const struct token_new program = { account, ROLE_SECRETARY, S("Phone"), SCOPES_ALL };
	str thief, api;
	struct session s;
	struct token t;

	MUST(session_start(c, account, &grant, S(""), &thief));
	MUST(token_create(c, &program, &api, &made));
	struct address_links links = ask(c, account, NEXT);
	MUST(address_stop_check(c, links.stop));
	MUST(address_stop(c, links.stop, &found));
	assert_int_equal(found, account);
	assert_int_equal(session_find(c, thief, &s), ERR_NOT_FOUND);
	assert_int_equal(token_find(c, api, &t), ERR_DENIED);
	assert_int_equal(address_stop_check(c, links.stop), ERR_CONFLICT);
	assert_int_equal(confirm(c, links.confirm, account, 0), ERR_CONFLICT);
	assert_str(account_of(c, account).email, PRESENT);
	access_end(c);
}

/* A mistyped address belongs to somebody, who can read its link but not this account. */
static void
a_link_is_of_one_account_and_of_one_mailbox(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, PRESENT), stranger = some_account(c, S("stranger@example.org")), found;
	struct address_change k;
	struct account a = account_of(c, account);
	struct address_links links;

	assert_int_equal(address_ask(c, &a, S(" Old@Example.org"), &links), ERR_INVALID);
	assert_int_equal(address_ask(c, &a, S("no address"), &links), ERR_INVALID);
	links = ask(c, account, NEXT);
	assert_int_equal(address_open(c, links.confirm, stranger, &k), ERR_DENIED);
	assert_int_equal(address_open(c, links.stop, account, &k), ERR_NOT_FOUND);
	assert_int_equal(address_stop(c, links.confirm, &found), ERR_NOT_FOUND);
	assert_int_equal(address_open(c, S(""), account, &k), ERR_NOT_FOUND);
	MUST(address_open(c, links.confirm, account, &k));	/* looking uses nothing up */
	assert_false(k.taken);
	/* The address gets an account between the page and the click. */
	(void)some_account(c, NEXT);
	assert_int_equal(address_write(c, &k, 0), ERR_CONFLICT);
	MUST(address_open(c, links.confirm, account, &k));
	assert_true(k.taken);
	assert_int_equal(address_write(c, &k, 0), ERR_CONFLICT);
	assert_str(account_of(c, account).email, PRESENT);
	access_end(c);
}

static void
links_are_stored_hashed_and_the_address_sealed(void **state)
{
	struct ctx *c = access_begin(state);
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	id account = some_account(c, PRESENT);
	struct address_links links = ask(c, account, NEXT);

	MUST(db_read(c->db, SQL("SELECT hash, detail_sealed FROM ticket WHERE kind = $1"),
	    BINDS(INT(TICKET_ADDRESS)), &r));
	MUST(db_next(r));
	assert_str(db_text(r, c->mem, 0), sha256(c->mem, links.confirm));
	assert_true(str_find_str(db_text(r, c->mem, 1), S("new@")) < 0);
	assert_int_equal(db_next(r), ERR_NOT_FOUND);
	db_rows_end(&r);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM ticket WHERE kind = $1"), TICKET_ADDRESS_STOP), 1);
	access_end(c);
}

static err
confirm_run(struct ctx *c, const void *what)
{
	const struct address_change *k = what;

	return address_write(c, k, 0);
}

static void
of_eight_confirmations_at_once_one_wins(void **state)
{
	struct ctx *c = access_begin(state);
	id account = some_account(c, PRESENT);
	struct address_links links = ask(c, account, NEXT);
	struct address_change k;

	MUST(address_open(c, links.confirm, account, &k));
	assert_int_equal(race(c, confirm_run, &k), 1);
	assert_str(account_of(c, account).email, NEXT);
	access_end(c);
}

/* ---- the machine against its model ---- */

enum { STEPS = 400, ADDRESSES = 4, LINKS_MAX = STEPS };

static const char *const addresses[ADDRESSES] = {
	"a@example.org", "b@example.org", "c@example.org", "taken@example.org",
};
enum { TAKEN = 3 };

/* What should be: which address the account has, and which of all links ever made is alive. */
struct model {
	int			 address, wanted;
	usec			 until;
	int			 alive;		/* -1: no change waits */
	struct address_links	 links[LINKS_MAX];
	int			 made;
	bool			 signed_in;
};

/* xorshift: the same walk on every machine. */
static uint32_t
chance(uint32_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % n;
}

static void
step_ask(struct ctx *c, id account, struct model *m, int wanted)
{
	struct account a = account_of(c, account);
	err e = address_ask(c, &a, str_c(addresses[wanted]), &m->links[m->made]);

	assert_int_equal(e, wanted == m->address ? ERR_INVALID : OK);
	if (e != OK)
		return;
	m->alive = m->made++;
	m->wanted = wanted;
	m->until = c->now + promise()->address_life;
}

/* Of a link that was made: alive, replaced or used, or too old. */
static err
expected(const struct ctx *c, const struct model *m, int link, bool right_account)
{
	if (link != m->alive)
		return ERR_CONFLICT;
	if (c->now >= m->until)
		return ERR_EXPIRED;
	return right_account ? OK : ERR_DENIED;
}

static void
step_confirm(struct ctx *c, id account, id stranger, struct model *m, uint32_t *seed)
{
	int link = (int)chance(seed, (uint32_t)m->made);
	bool right = chance(seed, 4) > 0;
	err want;

	if (chance(seed, 2) == 0 && m->alive >= 0)
		link = m->alive;
	want = expected(c, m, link, right);
	if (want == OK && m->wanted == TAKEN)
		want = ERR_CONFLICT;
	assert_int_equal(confirm(c, m->links[link].confirm, right ? account : stranger, 0), want);
	if (want != OK)
		return;
	m->address = m->wanted;
	m->alive = -1;
	m->signed_in = false;
}

static void
step_stop(struct ctx *c, struct model *m, uint32_t *seed)
{
	int link = (int)chance(seed, (uint32_t)m->made);
	err want;
	id found;

	if (chance(seed, 2) == 0 && m->alive >= 0)
		link = m->alive;
	want = expected(c, m, link, true);
	assert_int_equal(address_stop(c, m->links[link].stop, &found), want);
	if (want != OK)
		return;
	m->alive = -1;
	m->signed_in = false;
}

static void
agrees(struct ctx *c, id account, str session, const struct model *m)
{
	struct address_waiting waiting;
	struct session s;
	id found;

	for (int i = 0; i < TAKEN; i++) {
		err e = account_find(c, str_c(addresses[i]), &found);

		assert_int_equal(e, i == m->address ? OK : ERR_NOT_FOUND);
	}
	bool waits = m->alive >= 0 && c->now < m->until;
	assert_int_equal(address_waiting(c, account, &waiting), waits ? OK : ERR_NOT_FOUND);
	if (waits)
		assert_str(waiting.email, str_c(addresses[m->wanted]));
	if (!m->signed_in)
		assert_int_equal(session_find(c, session, &s), ERR_NOT_FOUND);
}

static void
every_walk_through_the_states_agrees_with_the_model(void **state)
{
	struct ctx *c = access_begin(state);
	struct model *m = NEW(c->mem, struct model);
	id account = some_account(c, str_c(addresses[0])), stranger = some_account(c, str_c(addresses[TAKEN]));
	const struct session_grant grant = { .stage = STAGE_COMPLETE };
	uint32_t seed = 20261123;
	str session = S("");

	m->alive = -1;
	for (int i = 0; i < STEPS; i++) {
		if (!m->signed_in) {
			MUST(session_start(c, account, &grant, S(""), &session));
			m->signed_in = true;
		}
		switch (m->made == 0 ? 0 : chance(&seed, 8)) {
		case 0: case 1: case 2:
			step_ask(c, account, m, (int)chance(&seed, ADDRESSES));
			break;
		case 3: case 4:
			step_confirm(c, account, stranger, m, &seed);
			break;
		case 5:
			step_stop(c, m, &seed);
			break;
		case 6:
			MUST(address_withdraw(c, account));
			m->alive = -1;
			break;
		default:
			/* An end that was reached stays reached; sessions live as long as they are seen. */
			c->now += promise()->address_life / (int)(1 + chance(&seed, 4));
		}
		agrees(c, account, session, m);
	}
	assert_true(m->made > STEPS / 8);
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(the_new_mailbox_confirms_and_everything_else_of_the_old_ends),
		ENGINE_TEST_SCHEMA(the_old_mailbox_stops_it_and_throws_everybody_out),
		ENGINE_TEST_SCHEMA(a_link_is_of_one_account_and_of_one_mailbox),
		ENGINE_TEST_SCHEMA(links_are_stored_hashed_and_the_address_sealed),
		ENGINE_TEST_SCHEMA(of_eight_confirmations_at_once_one_wins),
		ENGINE_TEST_SCHEMA(every_walk_through_the_states_agrees_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
