/* test_audit.c - the log: what is written is found again, and what was altered is found out. */
#include "access/audit_check.h"
#include "access_case.h"
#include "json_path.h"
#include "access/audit_proof.h"
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
openings_write(struct ctx *c, int n)
{
	const id persons[] = { 7, 8, 9 };
	err verdicts[] = { OK, OK, OK };
	const struct vault_opening o = { PURPOSE_DESK, FACET_AGENDA, ORG_A, persons, verdicts, COUNT(persons) };

	for (int i = 0; i < n; i++)
		MUST(audit_opening(c, &o));
}

static void
sequence_all(struct ctx *c, int64_t want)
{
	int64_t n, all = 0;

	do {
		MUST(audit_sequence(c, 1000, &n));
		all += n;
	} while (n > 0);
	assert_int_equal(all, want);
}

static void
holds(struct ctx *c, int64_t want)
{
	int64_t n = -1, seq = 0;

	MUST(audit_verify(c, &n, &seq));
	assert_int_equal(n, want);
}

/* The examination finds this fault, at this line. */
static struct audit_report
fails(struct ctx *c, const struct logtree_state *saved, enum audit_fault fault, int64_t seq)
{
	struct audit_report r;

	assert_int_equal(audit_examine(c, saved, &r), ERR_SEALED);
	assert_int_equal(r.fault, fault);
	assert_int_equal(r.bad_seq, seq);
	return r;
}

static void
must(struct ctx *c, struct sql sql)
{
	int64_t changed;

	MUST(db_run(c->db, sql, NULL, 0, &changed));
}

static void
sign(struct ctx *c)
{
	int64_t n;

	MUST(audit_checkpoint_sign(c, &n));
	assert_int_equal(n, 1);
}

/* The newest checkpoint, as somebody keeps it elsewhere. */
static struct logtree_state
saved(struct ctx *c)
{
	struct audit_checkpoint last;
	struct checkpoint_key key;
	struct logtree_state ret;

	MUST(audit_checkpoint_last(c, &last));
	MUST(checkpoint_key(c, &key));
	MUST(checkpoint_read(c->mem, &key, last.note, &ret));
	assert_int_equal(ret.size, last.size);
	return ret;
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
changes_and_openings_take_their_places_in_order_and_once(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n;

	holds(c, 0);
	lines_write(c, 2);
	openings_write(c, 2);
	lines_write(c, 1);
	MUST(audit_sequence(c, 3, &n));
	assert_int_equal(n, 3);
	openings_write(c, 1);
	sequence_all(c, 3);
	sequence_all(c, 0);
	holds(c, 6);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE seq IN (1, 2, 5) AND $1 = 0"), 0), 3);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM opening WHERE seq IN (3, 4, 6) AND $1 = 0"), 0), 3);
	access_end(c);
}

/* Tiles of 256, two levels of them; an altered line or hash is found in every one. */
static void
the_whole_log_is_examined_tile_by_tile(void **state)
{
	struct ctx *c = access_begin(state);

	lines_write(c, 1000);
	openings_write(c, 30);
	sequence_all(c, 1030);
	sign(c);
	holds(c, 1030);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit_tile WHERE level = $1"), 0), 5);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit_tile WHERE level > $1"), 0), 1);

	must(c, SQL("UPDATE audit SET detail = 7777 WHERE seq = 900"));
	(void)fails(c, NULL, AUDIT_LINE_ALTERED, 900);
	must(c, SQL("UPDATE audit SET detail = 899 WHERE seq = 900"));
	must(c, SQL("UPDATE opening SET persons = (SELECT hashes FROM audit_tile WHERE level = 1) WHERE seq = 1029"));
	(void)fails(c, NULL, AUDIT_LINE_ALTERED, 1029);
	must(c, SQL("UPDATE opening SET persons = (SELECT persons FROM opening WHERE seq = 1030) WHERE seq = 1029"));
	holds(c, 1030);

	/* Two tiles change places: their first line is the first that does not hold. */
	must(c, SQL("UPDATE audit_tile SET at = 99 WHERE level = 0 AND at = 1"));
	(void)fails(c, NULL, AUDIT_HASHES_ALTERED, 257);
	must(c, SQL("UPDATE audit_tile SET at = 1 WHERE level = 0 AND at = 99"));
	holds(c, 1030);
	must(c, SQL("UPDATE audit_tile SET hashes = (SELECT hashes FROM audit_tile WHERE level = 0 AND at = 2)"
	    " WHERE level = 1"));
	(void)fails(c, NULL, AUDIT_HASHES_ALTERED, 1);
	must(c, SQL("DELETE FROM audit_tile WHERE level = 1"));
	(void)fails(c, NULL, AUDIT_HASHES_ALTERED, 1);
	access_end(c);
}

/* A step may end anywhere, and the log may grow meanwhile. */
static void
the_log_is_verified_in_steps(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t seq = 0, before;
	bool end = false;
	int steps = 0;

	lines_write(c, 1000);
	sequence_all(c, 1000);
	sign(c);
	while (!end) {
		before = seq;
		MUST(audit_verify_from(c, 300, &seq, &end));
		assert_true(end || seq >= before + 300);
		if (++steps == 1) {
			lines_write(c, 700);
			sequence_all(c, 700);
		}
	}
	assert_int_equal(seq, 1700);
	assert_int_equal(steps, 4);
	seq = 1300;		/* inside a tile, after the checkpoint */
	MUST(audit_verify_from(c, INT64_MAX, &seq, &end));
	assert_int_equal(seq, 1700);

	must(c, SQL("UPDATE audit SET detail = -5 WHERE seq = 1301"));
	seq = 1300;
	assert_int_equal(audit_verify_from(c, 1, &seq, &end), ERR_SEALED);
	assert_int_equal(seq, 1300);
	/* Hashes that earlier steps have seen, and that are gone now. */
	must(c, SQL("DELETE FROM audit_tile WHERE level = 1"));
	seq = 1500;
	assert_int_equal(audit_verify_from(c, INT64_MAX, &seq, &end), ERR_SEALED);
	assert_int_equal(seq, 0);
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
	sequence_all(c, 10);
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
		MUST(audit_sequence(c, 1000, &n));
	MUST(audit_check_ask(c));
	MUST(audit_check_run(c, &n));
	assert_in_range(n, AUDIT_CHECK_STEP, AUDIT_CHECK_STEP + 300);	/* to the end of a tile */
	MUST(audit_check_last(c, &check));
	assert_int_equal(check.state, AUDIT_CHECK_RUNS);
	assert_int_equal(check.lines, n);
	/* The next step goes on from there, and leans on what it has verified itself. */
	MUST(db_run(c->db, SQL("UPDATE audit SET detail = 7777 WHERE seq = $1"),
	    BINDS(INT(AUDIT_CHECK_STEP + 500)), NULL));
	MUST(audit_check_run(c, &n));
	MUST(audit_check_last(c, &check));
	assert_int_equal(check.state, AUDIT_CHECK_ALTERED);
	assert_int_equal(check.lines, AUDIT_CHECK_STEP + 499);
	access_end(c);
}

/* T4: what was signed is missed, however often it is looked at. */
static void
a_log_that_has_become_shorter_is_found_out(void **state)
{
	struct ctx *c = access_begin(state);
	struct audit_check check;
	int64_t gone;

	lines_write(c, 10);
	sequence_all(c, 10);
	sign(c);
	MUST(audit_check_ask(c));
	(void)check_to_the_end(c);
	MUST(db_run(c->db, SQL("DELETE FROM audit WHERE seq > 8 OR seq IS NULL"), NULL, 0, &gone));
	assert_int_equal(gone, 3);
	for (int twice = 0; twice < 2; twice++) {	/* it does not get used to it */
		MUST(audit_check_ask(c));
		(void)check_to_the_end(c);
		MUST(audit_check_last(c, &check));
		assert_int_equal(check.state, AUDIT_CHECK_ALTERED);
	}
	access_end(c);
}

/* T4: each of them alone is found, and where. */
static void
every_alteration_is_found(void **state)
{
	struct ctx *c = access_begin(state);
	static const struct { struct sql doit, undo; enum audit_fault fault; int64_t seq; } table[] = {
		{ { "UPDATE audit SET org = org + 1 WHERE seq = 2" }, { "UPDATE audit SET org = org - 1 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET at = at + 1 WHERE seq = 2" }, { "UPDATE audit SET at = at - 1 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET actor = 9 WHERE seq = 2" }, { "UPDATE audit SET actor = 0 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET role = 4 WHERE seq = 2" }, { "UPDATE audit SET role = 0 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET role = 4294967296 WHERE seq = 2" }, { "UPDATE audit SET role = 0 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET purposes = purposes + 1 WHERE seq = 2" },
		  { "UPDATE audit SET purposes = purposes - 1 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET action = 'booking.createx' WHERE seq = 2" },
		  { "UPDATE audit SET action = 'booking.create' WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET object = 0 WHERE seq = 2" }, { "UPDATE audit SET object = 101 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET object = 7 WHERE seq = 2" }, { "UPDATE audit SET object = 101 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET person = 8 WHERE seq = 2" }, { "UPDATE audit SET person = 7 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET detail = -1 WHERE seq = 2" }, { "UPDATE audit SET detail = 1 WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET policy = (SELECT hashes FROM audit_tile) WHERE seq = 2" },
		  { "UPDATE audit SET policy = (SELECT policy FROM audit WHERE seq = 1) WHERE seq = 2" }, 1, 2 },
		{ { "UPDATE audit SET id = id + 1 WHERE seq = 4" }, { "UPDATE audit SET id = id - 1 WHERE seq = 4" }, 1, 4 },
		{ { "UPDATE opening SET at = at + 1 WHERE seq = 5" }, { "UPDATE opening SET at = at - 1 WHERE seq = 5" }, 1, 5 },
		{ { "UPDATE opening SET purpose = 6 WHERE seq = 5" }, { "UPDATE opening SET purpose = 2 WHERE seq = 5" }, 1, 5 },
		{ { "UPDATE opening SET purpose = 66 WHERE seq = 5" }, { "UPDATE opening SET purpose = 2 WHERE seq = 5" }, 1, 5 },
		{ { "UPDATE opening SET facet = 4 WHERE seq = 5" }, { "UPDATE opening SET facet = 2 WHERE seq = 5" }, 1, 5 },
		{ { "UPDATE opening SET persons = (SELECT policy FROM audit WHERE seq = 1) WHERE seq = 5" },
		  { "UPDATE opening SET persons = (SELECT persons FROM opening WHERE seq = 6) WHERE seq = 5" }, 1, 5 },
		{ { "UPDATE audit SET seq = -1 WHERE seq = 1" }, { "UPDATE audit SET seq = 1 WHERE seq = -1" }, 2, 1 },
		{ { "UPDATE audit SET seq = 9 WHERE seq = 4" }, { "UPDATE audit SET seq = 4 WHERE seq = 9" }, 2, 4 },
		{ { "UPDATE audit SET seq = 5 WHERE seq = 4" }, { "UPDATE audit SET seq = 4 WHERE seq = 5" }, 2, 4 },
		{ { "UPDATE audit SET seq = NULL WHERE seq = 3" }, { "UPDATE audit SET seq = 3 WHERE seq IS NULL" }, 2, 3 },
		{ { "UPDATE audit SET seq = 7 WHERE seq IS NULL" }, { "UPDATE audit SET seq = NULL WHERE seq = 7" }, 3, 7 },
		{ { "UPDATE audit SET seq = 0 WHERE seq IS NULL" }, { "UPDATE audit SET seq = NULL WHERE seq = 0" }, 3, 0 },
		{ { "UPDATE audit SET seq = 5 WHERE seq IS NULL" }, { "UPDATE audit SET seq = NULL WHERE seq = 5" }, 1, 5 },
		{ { "DELETE FROM audit WHERE seq = 2" }, { "" }, 2, 2 },
	};

	lines_write(c, 4);
	openings_write(c, 2);
	sequence_all(c, 6);
	for (size_t i = 0; i < COUNT(table); i++) {
		if (i == 22)
			lines_write(c, 1);	/* one without a place */
		holds(c, 6);
		must(c, table[i].doit);
		(void)fails(c, NULL, table[i].fault, table[i].seq);
		if (table[i].undo.text[0] != '\0')
			must(c, table[i].undo);
	}
	access_end(c);
}

static void
put_number(struct buf *b, int64_t v)
{
	for (int k = 7; k >= 0; k--)
		buf_byte(b, (char)((uint64_t)v >> (8 * k) & 0xff));
}

static str
hash_text(struct ctx *c, const struct logtree_hash *h)
{
	return str_hex(c->mem, (str){ (const char *)h->bytes, sizeof(h->bytes) });
}

/* By hand, as docs/log.md has it: version, kind, eight numbers, policy, persons' root, action. */
static struct logtree_hash
leaf_by_hand(struct ctx *c, char kind, const int64_t numbers[8], const id *persons, size_t persons_n, str action)
{
	struct logtree_hash pseudonyms[3], root, ret;
	struct buf leaf = buf_in(c->mem, 1000);

	for (size_t i = 0; i < persons_n; i++) {
		struct buf whom = buf_in(c->mem, 16);
		str pseudonym;

		put_number(&whom, numbers[2]);
		put_number(&whom, persons[i]);
		MUST(vault_blind(c, 0, BLIND_LOG, buf_str(&whom), &pseudonym));
		assert_int_equal(pseudonym.n, 16);
		logtree_leaf(pseudonym, &pseudonyms[i]);
	}
	logtree_root_of(pseudonyms, persons_n, &root);
	buf_byte(&leaf, 1);
	buf_byte(&leaf, kind);
	for (int i = 0; i < 8; i++)
		put_number(&leaf, numbers[i]);
	for (int i = 0; i < 32; i++)
		buf_byte(&leaf, (char)i);
	buf_add(&leaf, (str){ (const char *)root.bytes, sizeof(root.bytes) });
	buf_add(&leaf, action);
	logtree_leaf(buf_str(&leaf), &ret);
	return ret;
}

static void
the_bytes_of_a_leaf_never_change(void **state)
{
	struct ctx *c = access_begin(state);
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	const id one[] = { 7 }, three[] = { 7, 8, INT64_MAX };
	struct buf policy = buf_in(c->mem, 32), persons = buf_in(c->mem, 24);

	for (int i = 0; i < 32; i++)
		buf_byte(&policy, (char)i);
	for (int i = 0; i < 3; i++)
		put_number(&persons, three[i]);
	MUST(db_run(c->db, SQL("INSERT INTO audit (id, org, at, actor, role, purposes, action, object, person, detail,"
	    " policy) VALUES (1, 2, 3, 4, 5, 6, 'x.y', 66, 7, -8, $1), (2, 2, 3, 4, 5, 6, 'x.y', 7, 7, -8, $1),"
	    " (3, 2, 3, 4, 5, 6, 'x.y', 0, 0, 0, $1)"), BINDS(BLOB(buf_str(&policy))), &(int64_t){0}));
	MUST(db_run(c->db, SQL("INSERT INTO opening (id, org, at, actor, role, purpose, facet, persons, policy)"
	    " VALUES (4, 2, 3, 4, 5, 6, 7, $1, $2)"), BINDS(BLOB(buf_str(&persons)), BLOB(buf_str(&policy))), NULL));
	sequence_all(c, 4);

	const struct logtree_hash want[] = {
		leaf_by_hand(c, 1, (int64_t[]){ 1, 3, 2, 4, 5, 6, 66, -8 }, one, 1, S("x.y")),
		/* Who is the object too is not named by an id: the pseudonym says it. */
		leaf_by_hand(c, 1, (int64_t[]){ 2, 3, 2, 4, 5, 6, -1, -8 }, one, 1, S("x.y")),
		leaf_by_hand(c, 1, (int64_t[]){ 3, 3, 2, 4, 5, 6, 0, 0 }, NULL, 0, S("x.y")),
		leaf_by_hand(c, 2, (int64_t[]){ 4, 3, 2, 4, 5, 1 << 6, 0, 7 }, three, 3, S("open")),
	};
	MUST(db_read(c->db, SQL("SELECT hashes FROM audit_tile"), NULL, 0, &r));
	MUST(db_next(r));
	str hashes = db_text(r, c->mem, 0);
	assert_int_equal(hashes.n, COUNT(want) * 32);
	for (size_t i = 0; i < COUNT(want); i++)
		assert_str(str_hex(c->mem, str_slice(hashes, i * 32, (i + 1) * 32)), hash_text(c, &want[i]));
	db_rows_end(&r);
	access_end(c);
}

/* --- checkpoints --- */

static void
a_checkpoint_is_due_after_a_thousand_lines_or_an_hour(void **state)
{
	struct ctx *c = access_begin(state);
	bool due = true;
	int64_t n;

	MUST(audit_checkpoint_due(c, &due));
	assert_false(due);		/* nothing to sign */
	MUST(audit_checkpoint_sign(c, &n));
	assert_int_equal(n, 0);
	lines_write(c, 1);
	sequence_all(c, 1);
	MUST(audit_checkpoint_due(c, &due));
	assert_true(due);		/* the first line of all */
	sign(c);
	lines_write(c, 999);
	sequence_all(c, 999);
	MUST(audit_checkpoint_due(c, &due));
	assert_false(due);
	c->now += AUDIT_CHECKPOINT_EVERY;
	MUST(audit_checkpoint_due(c, &due));
	assert_true(due);
	c->now -= AUDIT_CHECKPOINT_EVERY;
	lines_write(c, 1);
	sequence_all(c, 1);
	MUST(audit_checkpoint_due(c, &due));
	assert_true(due);
	sign(c);
	c->now += AUDIT_CHECKPOINT_EVERY;
	MUST(audit_checkpoint_due(c, &due));
	assert_false(due);		/* an idle log is not signed again */
	MUST(audit_checkpoint_sign(c, &n));
	assert_int_equal(n, 0);
	assert_int_equal(saved(c).size, 1001);
	holds(c, 1001);
	access_end(c);
}

/* T4: lines and hashes rewritten together are still not what was signed. */
static void
a_rewritten_log_is_not_what_was_signed(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n;

	lines_write(c, 3);
	sequence_all(c, 3);
	sign(c);
	lines_write(c, 3);
	sequence_all(c, 3);
	sign(c);
	struct logtree_state kept = saved(c);
	/* The insider makes the log anew, from an altered line on. */
	must(c, SQL("UPDATE audit SET detail = 9 WHERE seq = 5"));
	must(c, SQL("UPDATE audit SET seq = NULL"));
	must(c, SQL("DELETE FROM audit_tile"));
	sequence_all(c, 6);
	struct audit_report r = fails(c, NULL, AUDIT_REPLACED, 4);
	assert_int_equal(r.bad_checkpoint, 6);
	assert_false(r.bad_is_saved);
	/* Such a log is not signed any more. */
	lines_write(c, 1);
	sequence_all(c, 1);
	assert_int_equal(audit_checkpoint_sign(c, &n), ERR_SEALED);
	/* Who has the key too and signs it anew is found by whoever kept a checkpoint. */
	must(c, SQL("DELETE FROM audit_checkpoint WHERE size = 6"));
	sign(c);
	holds(c, 7);
	r = fails(c, &kept, AUDIT_REPLACED, 4);
	assert_true(r.bad_is_saved && r.bad_checkpoint == 6);
	access_end(c);
}

static void
a_log_that_was_cut_off_is_told_from_a_short_one(void **state)
{
	struct ctx *c = access_begin(state);
	struct logtree_state first;
	int64_t n;

	lines_write(c, 5);
	sequence_all(c, 5);
	sign(c);
	first = saved(c);
	lines_write(c, 4);
	sequence_all(c, 4);
	sign(c);
	struct logtree_state kept = saved(c);
	struct audit_report r;
	MUST(audit_examine(c, &kept, &r));
	MUST(audit_examine(c, &first, &r));
	assert_true(r.lines == 9 && r.signed_lines == 9 && r.checkpoints == 2 && r.fault == AUDIT_WHOLE);

	/* Cut at the end, hashes and all. */
	must(c, SQL("DELETE FROM audit WHERE seq > 7"));
	(void)fails(c, NULL, AUDIT_LINE_MISSING, 8);
	must(c, SQL("UPDATE audit SET seq = NULL"));
	must(c, SQL("DELETE FROM audit_tile"));
	sequence_all(c, 7);
	r = fails(c, NULL, AUDIT_CUT, 8);
	assert_true(r.bad_checkpoint == 9 && !r.bad_is_saved);
	assert_int_equal(audit_checkpoint_sign(c, &n), ERR_SEALED);
	/* Its checkpoint taken away too: who kept one still knows. */
	must(c, SQL("DELETE FROM audit_checkpoint WHERE size = 9"));
	holds(c, 7);
	MUST(audit_examine(c, &first, &r));
	r = fails(c, &kept, AUDIT_CUT, 8);
	assert_true(r.bad_checkpoint == 9 && r.bad_is_saved);
	access_end(c);
}

static void
a_forged_checkpoint_is_refused(void **state)
{
	struct ctx *c = access_begin(state);

	lines_write(c, 2);
	sequence_all(c, 2);
	sign(c);
	lines_write(c, 2);
	sequence_all(c, 2);
	sign(c);
	holds(c, 4);
	/* The note of another size, and no note at all. */
	must(c, SQL("UPDATE audit_checkpoint SET note = (SELECT note FROM audit_checkpoint WHERE size = 2) WHERE size = 4"));
	struct audit_report r = fails(c, NULL, AUDIT_FORGED, 3);
	assert_int_equal(r.bad_checkpoint, 4);
	must(c, SQL("UPDATE audit_checkpoint SET note = 'x' WHERE size = 4"));
	(void)fails(c, NULL, AUDIT_FORGED, 3);
	must(c, SQL("UPDATE audit_checkpoint SET size = -4 WHERE size = 4"));
	(void)fails(c, NULL, AUDIT_FORGED, 1);
	must(c, SQL("UPDATE audit_checkpoint SET size = 40 WHERE size = -4"));
	(void)fails(c, NULL, AUDIT_CUT, 5);
	access_end(c);
}

/* --- proofs --- */

static void
proof_holds(struct ctx *c, const struct audit_proof *p)
{
	struct logtree_state state;
	struct checkpoint_key key;
	struct logtree_hash leaf;

	MUST(checkpoint_key(c, &key));
	assert_str(p->key, checkpoint_key_text(c->mem, &key));
	MUST(checkpoint_read(c->mem, &key, p->under.note, &state));
	logtree_leaf(p->leaf, &leaf);
	assert_true(logtree_leaf_holds(&leaf, p->seq - 1, state.size, &p->path, &state.root));
}

static void
every_line_has_a_proof_for_its_own_organisation(void **state)
{
	struct ctx *c = access_begin(state);
	struct audit_line *lines;
	struct audit_proof p;
	size_t n;

	lines_write(c, 300);
	openings_write(c, 1);
	MUST(audit_list(c, 0, 1000, &lines, &n));
	assert_int_equal(audit_prove(c, lines[0].id, &p), ERR_CONFLICT);	/* no place yet */
	sequence_all(c, 301);
	assert_int_equal(audit_prove(c, lines[0].id, &p), ERR_CONFLICT);	/* not signed yet */
	sign(c);
	for (size_t i = 0; i < n; i++) {
		MUST(audit_prove(c, lines[i].id, &p));
		assert_int_equal(p.seq, (int64_t)(n - i));
		assert_int_equal(p.persons.n, 16);
		proof_holds(c, &p);
	}
	id opening = number(c, SQL("SELECT id FROM opening WHERE $1 = 0"), 0);
	MUST(audit_prove(c, opening, &p));
	assert_int_equal(p.persons.n, 3 * 16);
	proof_holds(c, &p);

	/* T6: another organisation's line is no line; the operator has all of them. */
	c->org = ORG_B;
	assert_int_equal(audit_prove(c, lines[0].id, &p), ERR_NOT_FOUND);
	assert_int_equal(audit_prove(c, opening, &p), ERR_NOT_FOUND);
	c->org = 0;
	MUST(audit_prove(c, opening, &p));
	assert_int_equal(audit_prove(c, 999, &p), ERR_NOT_FOUND);
	access_end(c);
}

static void
a_log_that_grows_is_proven_to_begin_with_what_it_was(void **state)
{
	struct ctx *c = access_begin(state);
	struct logtree_state states[4];
	struct logtree_proof p;

	for (int i = 0; i < 4; i++) {
		lines_write(c, 170);
		sequence_all(c, 170);
		sign(c);
		states[i] = saved(c);
	}
	for (int i = 0; i < 4; i++) {
		for (int k = i; k < 4; k++) {
			MUST(audit_prove_growth(c, states[i].size, states[k].size, &p));
			assert_true(logtree_growth_holds(&states[i], &states[k], &p));
		}
	}
	assert_int_equal(audit_prove_growth(c, 1, 681, &p), ERR_INVALID);
	assert_int_equal(audit_prove_growth(c, 3, 2, &p), ERR_INVALID);
	access_end(c);
}

/* --- the end of a line's life (R41) --- */

static void
lines_are_purged_at_their_term_and_old_proofs_still_hold(void **state)
{
	struct ctx *c = access_begin(state);
	struct audit_report r;
	struct audit_line *lines;
	struct audit_proof p;
	int64_t purged;
	size_t n;

	lines_write(c, 1500);
	openings_write(c, 10);
	MUST(audit_list(c, 0, 1, &lines, &n));
	sequence_all(c, 1510);
	sign(c);
	MUST(audit_prove(c, lines[0].id, &p));
	c->now += USEC_PER_DAY;
	lines_write(c, 2);
	openings_write(c, 1);
	sequence_all(c, 3);

	c->now += promise()->log_life - USEC_PER_DAY;
	MUST(audit_purge(c, &purged));
	assert_int_equal(purged, 0);		/* their last moment */
	c->now++;
	MUST(audit_purge(c, &purged));
	assert_int_equal(purged, 1510);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM opening WHERE $1 = 0"), 0), 1);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE action <> 'audit.purge' AND $1 = 0"), 0), 2);
	holds(c, 1513);
	sequence_all(c, 2);			/* the purge went in two steps, and each tells */
	sign(c);
	MUST(audit_examine(c, NULL, &r));
	assert_int_equal(r.lines, 1515);
	assert_int_equal(r.purged, 1510);
	proof_holds(c, &p);
	assert_int_equal(audit_prove(c, p.line, &p), ERR_NOT_FOUND);
	/* And what was signed before goes on. */
	c->now += 2 * USEC_PER_DAY;
	MUST(audit_purge(c, &purged));
	assert_int_equal(purged, 3);
	sequence_all(c, 1);
	holds(c, 1516);
	/* Whoever takes out one line more is found. */
	must(c, SQL("DELETE FROM audit WHERE seq = 1514"));
	(void)fails(c, NULL, AUDIT_LINE_MISSING, 1514);
	access_end(c);
}

static void
a_purge_that_fails_half_way_purges_nothing(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t purged;
	err e = ERR_STORE;

	lines_write(c, 3);
	sequence_all(c, 3);
	c->now += promise()->log_life + 1;
	for (int statement = 1; e != OK; statement++) {
		assert_true(statement < 20);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE seq > $1"), 0), 3);
		holds(c, 3);
		db_fail_after(c->db, statement);
		e = audit_purge(c, &purged);
		db_fail_after(c->db, 0);
		assert_true(e == OK || e == ERR_STORE);
	}
	assert_int_equal(purged, 3);
	access_end(c);
}

/* --- the export --- */

struct heap { struct arena *mem; str text; int lines, fail_at; };

static err
heap_put(void *to, str line)
{
	struct heap *h = to;

	if (++h->lines == h->fail_at)
		return ERR_IO;
	h->text = str_cat(h->mem, h->text, line);
	return OK;
}

static void
an_export_has_every_line_hash_and_checkpoint(void **state)
{
	struct ctx *c = access_begin(state);
	struct heap h = { .mem = c->mem };
	struct audit_sink sink = { heap_put, &h };
	struct json_error error;
	struct json *j;
	str line;
	int64_t n;

	lines_write(c, 300);
	sequence_all(c, 300);
	sign(c);
	openings_write(c, 1);
	sequence_all(c, 1);
	MUST(audit_export(c, &sink));
	assert_int_equal(h.lines, 1 + 300 + 1 + 1);
	for (int i = 0; i < h.lines; i++) {
		str kind = {0};

		assert_true(str_split(&h.text, '\n', &line));
		MUST(json_parse(c->mem, line, &j, &error));
		assert_true(json_str(json_get(j, "kind"), &kind));
		assert_str(kind, i == 0 ? S("log") : i == 301 ? S("checkpoint") : S("leaf"));
	}
	assert_true(json_int(json_get(j, "seq"), &n) && n == 301);
	assert_true(json_items(json_get(j, "persons"), &(size_t){0}) != NULL);
	h = (struct heap){ .mem = c->mem, .fail_at = 7 };
	assert_int_equal(audit_export(c, &sink), ERR_IO);
	assert_int_equal(h.lines, 7);
	access_end(c);
}

/* --- many at once, and failures --- */

static err
sequence_run(struct ctx *c, const void *what)
{
	int64_t n = -1;
	err e;

	(void)what;
	for (int i = 0; i < 3; i++)
		if ((e = audit_sequence(c, 20, &n)) != OK && e != ERR_RETRY)
			return e;
	return OK;
}

static void
servers_that_place_at_once_make_one_log(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t placed;

	lines_write(c, 40);
	openings_write(c, 20);
	assert_int_equal(race(c, sequence_run, NULL), RACERS);
	do
		MUST(audit_sequence(c, 1000, &placed));
	while (placed > 0);
	holds(c, 60);
	access_end(c);
}

static void
a_placing_that_fails_half_way_places_nothing(void **state)
{
	struct ctx *c = access_begin(state);
	int64_t n = -1;
	err e = ERR_STORE;

	lines_write(c, 2);
	openings_write(c, 1);
	for (int statement = 1; e != OK; statement++) {
		assert_true(statement < 20);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE seq > $1"), 0), 0);
		assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit_tile WHERE level >= $1"), 0), 0);
		db_fail_after(c->db, statement);
		e = audit_sequence(c, 10, &n);
		db_fail_after(c->db, 0);
		assert_true(e == OK || e == ERR_STORE);
	}
	holds(c, 3);
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
		ENGINE_TEST_SCHEMA(changes_and_openings_take_their_places_in_order_and_once),
		ENGINE_TEST_SCHEMA(the_whole_log_is_examined_tile_by_tile),
		ENGINE_TEST_SCHEMA(the_log_is_verified_in_steps),
		ENGINE_TEST_SCHEMA(a_check_that_was_asked_for_is_done_later_and_stays_to_be_seen),
		ENGINE_TEST_SCHEMA(a_long_log_is_checked_in_steps),
		ENGINE_TEST_SCHEMA(a_log_that_has_become_shorter_is_found_out),
		ENGINE_TEST_SCHEMA(every_alteration_is_found),
		ENGINE_TEST_SCHEMA(the_bytes_of_a_leaf_never_change),
		ENGINE_TEST_SCHEMA(a_checkpoint_is_due_after_a_thousand_lines_or_an_hour),
		ENGINE_TEST_SCHEMA(a_rewritten_log_is_not_what_was_signed),
		ENGINE_TEST_SCHEMA(a_log_that_was_cut_off_is_told_from_a_short_one),
		ENGINE_TEST_SCHEMA(a_forged_checkpoint_is_refused),
		ENGINE_TEST_SCHEMA(every_line_has_a_proof_for_its_own_organisation),
		ENGINE_TEST_SCHEMA(a_log_that_grows_is_proven_to_begin_with_what_it_was),
		ENGINE_TEST_SCHEMA(lines_are_purged_at_their_term_and_old_proofs_still_hold),
		ENGINE_TEST_SCHEMA(a_purge_that_fails_half_way_purges_nothing),
		ENGINE_TEST_SCHEMA(an_export_has_every_line_hash_and_checkpoint),
		ENGINE_TEST_SCHEMA(servers_that_place_at_once_make_one_log),
		ENGINE_TEST_SCHEMA(a_placing_that_fails_half_way_places_nothing),
		ENGINE_TEST_SCHEMA(an_opening_is_recorded_with_whom_and_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
