/* test_audit.c - the log: what is written is found again, and what was altered is found out. */
#include "access/audit_check.h"
#include "access_case.h"
#include "base/buf.h"

static void
lines_write(struct ctx *c, int n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	MUST(db_begin(c->db, &tx));
	for (int i = 0; i < n; i++)
		MUST(audit_add(c, S("booking.create"), 100 + i, 7, i));
	MUST(db_commit(&tx));
}

static void
chain_all(struct ctx *c, int64_t want)
{
	int64_t n;

	MUST(audit_chain(c, 1000, &n));
	assert_int_equal(n, want);
}

static void
a_line_and_its_change_are_one(void **state)
{
	struct ctx *c = access_begin(state);
	struct audit_line *lines;
	size_t n;
	{
		CLEANUP(db_tx_end) struct db_tx tx = {0};

		MUST(db_begin(c->db, &tx));
		MUST(audit_add(c, S("booking.create"), 1, 2, 3));
	}
	MUST(audit_list(c, 0, 10, &lines, &n));
	assert_int_equal(n, 0);

	c->actor = 5;
	c->role = ROLE_SECRETARY;
	lines_write(c, 1);
	MUST(audit_list(c, 0, 10, &lines, &n));
	assert_int_equal(n, 1);
	assert_int_equal(lines[0].org, ORG_A);
	assert_int_equal(lines[0].at, c->now);
	assert_int_equal(lines[0].actor, 5);
	assert_int_equal(lines[0].role, ROLE_SECRETARY);
	assert_str(lines[0].action, S("booking.create"));
	assert_int_equal(lines[0].object, 100);
	assert_int_equal(lines[0].person, 7);
	assert_int_equal(lines[0].seq, 0);
	access_end(c);
}

static void
a_list_is_of_one_organisation_and_goes_back_page_by_page(void **state)
{
	struct ctx *c = access_begin(state);
	struct audit_line *lines;
	size_t n;

	lines_write(c, 5);
	c->org = ORG_B;
	lines_write(c, 2);
	c->org = ORG_A;
	MUST(audit_list(c, 0, 3, &lines, &n));
	assert_int_equal(n, 3);
	assert_int_equal(lines[0].detail, 4);
	MUST(audit_list(c, lines[2].id, 3, &lines, &n));
	assert_int_equal(n, 2);
	assert_int_equal(lines[1].detail, 0);

	/* A cache hears of all organisations, oldest first. */
	id after = lines[1].id;
	MUST(audit_since(c, after, 10, &lines, &n));
	assert_int_equal(n, 6);
	assert_int_equal(lines[0].detail, 1);
	assert_int_equal(lines[5].org, ORG_B);
	access_end(c);
}

static void
lines_are_chained_in_order_and_once(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n, seq = 0;

	MUST(audit_verify(c, &n, &seq));
	assert_int_equal(n, 0);
	lines_write(c, 5);
	MUST(audit_chain(c, 3, &n));
	assert_int_equal(n, 3);
	lines_write(c, 1);
	chain_all(c, 3);
	chain_all(c, 0);
	MUST(audit_verify(c, &n, &seq));
	assert_int_equal(n, 6);
	assert_int_equal(seq, 0);
	access_end(c);
}

static void
the_whole_chain_is_verified_beyond_one_page(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n, seq;

	lines_write(c, 1001);
	chain_all(c, 1000);
	chain_all(c, 1);
	MUST(audit_verify(c, &n, &seq));
	assert_int_equal(n, 1001);
	MUST(db_run(c->db, SQL("UPDATE audit SET detail = 7777 WHERE seq = 900"), NULL, 0, NULL));
	assert_int_equal(audit_verify(c, &n, &seq), ERR_SEALED);
	assert_int_equal(seq, 900);
	access_end(c);
}

/* What the job does, until nothing is left to do. */
static int
check_to_the_end(struct ctx *c)
{
	bool waiting;
	int64_t n;
	int runs = 0;

	for (MUST(audit_check_waiting(c, &waiting)); waiting; MUST(audit_check_waiting(c, &waiting))) {
		MUST(audit_check_run(c, &n));
		runs++;
	}
	return runs;
}

static void
a_check_that_was_asked_for_is_done_later_and_stays_to_be_seen(void **state)
{
	struct ctx *c = access_begin(state);
	struct audit_check check;
	struct ctx other = *c;

	other.org = ORG_B;
	lines_write(c, 10);
	chain_all(c, 10);
	assert_int_equal(audit_check_last(c, &check), ERR_NOT_FOUND);
	c->actor = 77;
	MUST(audit_check_ask(c));
	MUST(audit_check_last(c, &check));
	assert_int_equal(check.state, AUDIT_CHECK_RUNS);
	assert_true(check.asked_at == c->now && check.asked_by == 77 && check.done_at == 0);
	/* Asked again meanwhile, by somebody else: the one under way goes on. */
	c->actor = 88;
	MUST(audit_check_ask(c));
	c->now += 5 * USEC_PER_SECOND;
	assert_int_equal(check_to_the_end(c), 1);
	MUST(audit_check_last(c, &check));
	assert_int_equal(check.state, AUDIT_CHECK_WHOLE);
	assert_int_equal(check.lines, 10);
	assert_true(check.asked_by == 77 && check.done_at == c->now);
	assert_int_equal(audit_check_last(&other, &check), ERR_NOT_FOUND);
	access_end(c);
}

static void
a_long_log_is_checked_in_steps(void **state)
{
	struct ctx *c = access_begin(state);
	struct audit_check check;
	int64_t n;

	lines_write(c, AUDIT_CHECK_STEP + 600);
	for (int i = 0; i < (AUDIT_CHECK_STEP + 600) / 1000 + 1; i++)
		MUST(audit_chain(c, 1000, &n));
	MUST(audit_check_ask(c));
	MUST(audit_check_run(c, &n));
	assert_int_equal(n, AUDIT_CHECK_STEP);
	MUST(audit_check_last(c, &check));
	assert_int_equal(check.state, AUDIT_CHECK_RUNS);
	assert_int_equal(check.lines, AUDIT_CHECK_STEP);
	/* The next step goes on from there, and leans on what it has verified itself. */
	MUST(db_run(c->db, SQL("UPDATE audit SET detail = 7777 WHERE seq = $1"),
	    BINDS(INT(AUDIT_CHECK_STEP + 5)), NULL));
	MUST(audit_check_run(c, &n));
	assert_int_equal(n, 4);
	MUST(audit_check_last(c, &check));
	assert_int_equal(check.state, AUDIT_CHECK_ALTERED);
	assert_int_equal(check.lines, AUDIT_CHECK_STEP + 4);
	access_end(c);
}

/* T4: what the chain alone cannot tell, that its end was cut off. */
static void
a_log_that_has_become_shorter_is_found_out(void **state)
{
	struct ctx *c = access_begin(state);
	struct audit_check check;
	int64_t gone;

	lines_write(c, 10);
	chain_all(c, 10);
	MUST(audit_check_ask(c));
	(void)check_to_the_end(c);
	MUST(db_run(c->db, SQL("DELETE FROM audit WHERE seq > 8 OR seq IS NULL"), NULL, 0, &gone));
	assert_int_equal(gone, 3);
	for (int twice = 0; twice < 2; twice++) {	/* it does not get used to it */
		MUST(audit_check_ask(c));
		(void)check_to_the_end(c);
		MUST(audit_check_last(c, &check));
		assert_int_equal(check.state, AUDIT_CHECK_SHORT);
		assert_int_equal(check.lines, 8);
	}
	access_end(c);
}

/* Each of them alone is found, and where. */
static void
every_alteration_is_found(void **state)
{
	struct ctx *c = access_begin(state);
	static const struct { struct sql doit, undo; int64_t seq; } table[] = {
		{ { "UPDATE audit SET org = org + 1 WHERE seq = 2" }, { "UPDATE audit SET org = org - 1 WHERE seq = 2" }, 2 },
		{ { "UPDATE audit SET at = at + 1 WHERE seq = 2" }, { "UPDATE audit SET at = at - 1 WHERE seq = 2" }, 2 },
		{ { "UPDATE audit SET actor = 9 WHERE seq = 2" }, { "UPDATE audit SET actor = 0 WHERE seq = 2" }, 2 },
		{ { "UPDATE audit SET role = 4 WHERE seq = 2" }, { "UPDATE audit SET role = 0 WHERE seq = 2" }, 2 },
		{ { "UPDATE audit SET action = 'booking.createx' WHERE seq = 2" },
		  { "UPDATE audit SET action = 'booking.create' WHERE seq = 2" }, 2 },
		{ { "UPDATE audit SET object = 0 WHERE seq = 2" }, { "UPDATE audit SET object = 101 WHERE seq = 2" }, 2 },
		{ { "UPDATE audit SET person = 8 WHERE seq = 2" }, { "UPDATE audit SET person = 7 WHERE seq = 2" }, 2 },
		{ { "UPDATE audit SET detail = -1 WHERE seq = 2" }, { "UPDATE audit SET detail = 1 WHERE seq = 2" }, 2 },
		{ { "UPDATE audit SET id = id + 1 WHERE seq = 4" }, { "UPDATE audit SET id = id - 1 WHERE seq = 4" }, 4 },
		{ { "UPDATE audit SET seq = -1 WHERE seq = 1" }, { "UPDATE audit SET seq = 1 WHERE seq = -1" }, 1 },
		{ { "UPDATE audit SET seq = 9 WHERE seq = 4" }, { "UPDATE audit SET seq = 4 WHERE seq = 9" }, 4 },
		{ { "DELETE FROM audit WHERE seq = 2" }, { "" }, 2 },
	};
	int64_t n, seq;

	lines_write(c, 4);
	chain_all(c, 4);
	for (size_t i = 0; i < COUNT(table); i++) {
		MUST(db_run(c->db, table[i].doit, NULL, 0, NULL));
		assert_int_equal(audit_verify(c, &n, &seq), ERR_SEALED);
		assert_int_equal(seq, table[i].seq);
		if (table[i].undo.text[0] == '\0')
			break;
		MUST(db_run(c->db, table[i].undo, NULL, 0, NULL));
		MUST(audit_verify(c, &n, &seq));
	}
	access_end(c);
}

static void
the_bytes_of_the_chain_never_change(void **state)
{
	struct ctx *c = access_begin(state);
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	const struct { int64_t v; } numbers[] = { { 1 }, { 2 }, { 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { -8 }, { 1 } };
	struct buf leaf = buf_in(c->mem, 1000);

	MUST(db_run(c->db, SQL("INSERT INTO audit (id, org, at, actor, role, action, object, person, detail)"
	    " VALUES (1, 2, 3, 4, 5, 'x.y', 6, 7, -8)"), NULL, 0, NULL));
	chain_all(c, 1);
	/* By hand, as audit.c documents it: 32 zero bytes, version 1, nine numbers, the action. */
	for (int i = 0; i < 32; i++)
		buf_byte(&leaf, 0);
	buf_byte(&leaf, 1);
	for (size_t i = 0; i < COUNT(numbers); i++)
		for (int k = 7; k >= 0; k--)
			buf_byte(&leaf, (char)((uint64_t)numbers[i].v >> (8 * k) & 0xff));
	buf_add(&leaf, S("x.y"));
	MUST(db_read(c->db, SQL("SELECT hash FROM audit"), NULL, 0, &r));
	MUST(db_next(r));
	assert_str(str_hex(c->mem, db_text(r, c->mem, 0)), str_hex(c->mem, sha256(c->mem, buf_str(&leaf))));
	db_rows_end(&r);
	access_end(c);
}

static err
chain_run(struct ctx *c, const void *what)
{
	int64_t n = -1;
	err e;

	(void)what;
	for (int i = 0; i < 3; i++)
		if ((e = audit_chain(c, 20, &n)) != OK && e != ERR_RETRY)
			return e;
	return OK;
}

static void
servers_that_chain_at_once_make_one_chain(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n, chained, seq;

	lines_write(c, 60);
	assert_int_equal(race(c, chain_run, NULL), RACERS);
	do
		MUST(audit_chain(c, 1000, &chained));
	while (chained > 0);
	MUST(audit_verify(c, &n, &seq));
	assert_int_equal(n, 60);
	access_end(c);
}

static void
a_chaining_that_fails_half_way_chains_nothing(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n = -1, seq;
	err e = ERR_STORE;

	lines_write(c, 3);
	for (int statement = 1; e != OK; statement++) {
		assert_true(statement < 20);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE seq > $1"), 0), 0);
		db_fail_after(c->db, statement);
		e = audit_chain(c, 10, &n);
		db_fail_after(c->db, 0);
		assert_true(e == OK || e == ERR_STORE);
	}
	MUST(audit_verify(c, &n, &seq));
	assert_int_equal(n, 3);
	access_end(c);
}

static void
an_opening_is_recorded_with_whom_and_why(void **state)
{
	struct ctx *c = access_begin(state);
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	const id persons[] = { 1, 2, INT64_MAX };
	err verdicts[] = { OK, ERR_FROZEN, OK };	/* whoever was refused was not opened */
	const struct vault_opening o = { PURPOSE_DESK, FACET_AGENDA, ORG_A, persons, verdicts, 3 };

	c->actor = 5;
	c->role = ROLE_PRACTITIONER;
	MUST(audit_opening(c, &o));
	MUST(db_read(c->db, SQL("SELECT org, at, actor, role, purpose, facet, persons FROM opening"), NULL, 0, &r));
	MUST(db_next(r));
	assert_int_equal(db_int(r, 0), ORG_A);
	assert_int_equal(db_int(r, 1), c->now);
	assert_int_equal(db_int(r, 2), 5);
	assert_int_equal(db_int(r, 3), ROLE_PRACTITIONER);
	assert_int_equal(db_int(r, 4), PURPOSE_DESK);
	assert_int_equal(db_int(r, 5), FACET_AGENDA);
	assert_str(str_hex(c->mem, db_text(r, c->mem, 6)), S("00000000000000017fffffffffffffff"));
	db_rows_end(&r);
	access_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_line_and_its_change_are_one),
		ENGINE_TEST_SCHEMA(a_list_is_of_one_organisation_and_goes_back_page_by_page),
		ENGINE_TEST_SCHEMA(lines_are_chained_in_order_and_once),
		ENGINE_TEST_SCHEMA(the_whole_chain_is_verified_beyond_one_page),
		ENGINE_TEST_SCHEMA(a_check_that_was_asked_for_is_done_later_and_stays_to_be_seen),
		ENGINE_TEST_SCHEMA(a_long_log_is_checked_in_steps),
		ENGINE_TEST_SCHEMA(a_log_that_has_become_shorter_is_found_out),
		ENGINE_TEST_SCHEMA(every_alteration_is_found),
		ENGINE_TEST_SCHEMA(the_bytes_of_the_chain_never_change),
		ENGINE_TEST_SCHEMA(servers_that_chain_at_once_make_one_chain),
		ENGINE_TEST_SCHEMA(a_chaining_that_fails_half_way_chains_nothing),
		ENGINE_TEST_SCHEMA(an_opening_is_recorded_with_whom_and_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
