/* test_db.c - store/db.h, what both engines promise alike. */
#include <pthread.h>

#include "assert_str.h"
#include "engine.h"
#include "store/counts.h"
#include "store/db_int.h"

#define INSERT	SQL("INSERT INTO t (id, name) VALUES ($1, $2)")

static struct db *
table(void **state)
{
	struct db *db = ((struct ctx *)*state)->db;

	engine_must(db, SQL("CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT NOT NULL,"
	    " owner BIGINT REFERENCES t (id), amount BIGINT CHECK (amount > 0))"));
	return db;
}

static struct db *
another(void **state)
{
	struct db *db;

	assert_int_equal(db_open(engine_store(*state), &db), OK);
	return db;
}

static int64_t
count(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM t"), NULL, 0, &n), OK);
	return n;
}

static err
add(struct db *db, int64_t key)
{
	return db_run(db, INSERT, BINDS(INT(key), TEXT(S("Ada"))), NULL);
}

static void
a_statement_outside_a_change_is_a_change_of_its_own(void **state)
{
	struct db *db = table(state), *other = another(state);

	assert_int_equal(add(db, 1), OK);
	assert_false(db_in_change(db));
	assert_int_equal(count(other), 1);
	db_close(other);
}

static void
a_change_is_seen_by_itself_and_by_others_once_committed(void **state)
{
	struct db *db = table(state), *other = another(state);
	struct db_tx tx = {0};

	assert_int_equal(db_begin(db, &tx), OK);
	assert_true(db_in_change(db));
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(count(db), 1);
	assert_int_equal(count(other), 0);
	assert_int_equal(db_commit(&tx), OK);
	assert_false(db_in_change(db));
	assert_int_equal(count(other), 1);
	assert_int_equal(count(db), 1);
	db_close(other);
}

static void
a_change_that_is_not_committed_leaves_nothing(void **state)
{
	struct db *db = table(state);
	struct db_tx tx = {0};

	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(add(db, 1), OK);
	db_tx_end(&tx);
	assert_null(tx.db);
	assert_int_equal(count(db), 0);
	db_tx_end(&tx);	/* harmless */
}

/* What the storage forbids is a conflict, and takes the whole change with it. */
static void
forbid(struct db *db, struct sql sql)
{
	struct db_tx tx = {0};
	int64_t changed = -1;

	assert_int_equal(db_run(db, sql, NULL, 0, &changed), ERR_CONFLICT);
	assert_int_equal(changed, -1);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(add(db, 100), OK);
	assert_int_equal(db_run(db, sql, NULL, 0, &changed), ERR_CONFLICT);
	assert_int_equal(add(db, 101), ERR_CONFLICT);
	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM t"), NULL, 0, &changed),
	    ERR_CONFLICT);
	assert_int_equal(db_commit(&tx), ERR_CONFLICT);
	assert_null(tx.db);
	assert_int_equal(count(db), 1);
}

static void
what_keys_and_checks_forbid_is_a_conflict_and_gives_the_change_up(void **state)
{
	struct db *db = table(state);

	assert_int_equal(add(db, 1), OK);
	forbid(db, SQL("INSERT INTO t (id, name) VALUES (1, 'twice')"));
	forbid(db, SQL("INSERT INTO t (id, name) VALUES (2, NULL)"));
	forbid(db, SQL("INSERT INTO t (id, name, owner) VALUES (2, 'orphan', 77)"));
	forbid(db, SQL("INSERT INTO t (id, name, amount) VALUES (2, 'free', 0)"));
	assert_int_equal(add(db, 2), OK);
}

static void
a_deferred_key_left_open_fails_its_own_change_at_commit(void **state)
{
	struct db *db = table(state);
	struct db_tx tx = {0};
	int64_t changed;

	engine_must(db, SQL("CREATE TABLE late (owner BIGINT NOT NULL"
	    " REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)"));
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(db_run(db, SQL("INSERT INTO late (owner) VALUES (5)"), NULL, 0, NULL), OK);
	assert_int_equal(db_commit(&tx), ERR_CONFLICT);

	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(db_run(db, SQL("INSERT INTO late (owner) VALUES (5)"), NULL, 0, &changed), OK);
	assert_int_equal(add(db, 5), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM late"), NULL, 0, &changed), OK);
	assert_int_equal(changed, 1);
}

static void
without_a_count_exactly_one_row_must_change(void **state)
{
	struct db *db = table(state);
	int64_t changed;

	assert_int_equal(add(db, 1), OK);
	assert_int_equal(add(db, 2), OK);
	assert_int_equal(db_run(db, SQL("DELETE FROM t"), NULL, 0, NULL), ERR_STORE);
	assert_int_equal(count(db), 2);
	assert_int_equal(db_run(db, SQL("DELETE FROM t WHERE id = 9"), NULL, 0, NULL), ERR_STORE);
	assert_int_equal(db_run(db, SQL("DELETE FROM t WHERE id = 9"), NULL, 0, &changed), OK);
	assert_int_equal(changed, 0);
	assert_int_equal(db_run(db, SQL("UPDATE t SET name = 'x'"), NULL, 0, &changed), OK);
	assert_int_equal(changed, 2);
	/* A statement that changes no rows says so, whatever the one before did. */
	assert_int_equal(db_run(db, SQL("CREATE TABLE other (id BIGINT)"), NULL, 0, &changed), OK);
	assert_int_equal(changed, 0);
}

static void
values_come_back_as_they_went_in(void **state)
{
	struct ctx *c = *state;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	const str bytes = { "\0\xff'\n", 4 };

	engine_must(c->db, engine_is_sqlite(c)
	    ? SQL("CREATE TABLE v (i BIGINT, low BIGINT, word TEXT, bytes BLOB, none TEXT,"
	    " zero BIGINT, void BLOB)")
	    : SQL("CREATE TABLE v (i BIGINT, low BIGINT, word TEXT, bytes BYTEA, none TEXT,"
	    " zero BIGINT, void BYTEA)"));
	/* $2 stands first: SQLite numbers parameters by appearance, we by name. */
	assert_int_equal(db_run(c->db, SQL("INSERT INTO v (low, i, word, bytes, none, zero, void)"
	    " VALUES ($2, $1, $3, $4, $5, $6, $7)"),
	    BINDS(INT(INT64_MAX), INT(INT64_MIN), TEXT(S("Zoé 'O''Hara' €")), BLOB(bytes),
	    TEXT(((str){0})), REF(0), BLOB(((str){0}))), NULL), OK);
	assert_int_equal(db_read(c->db, SQL("SELECT i, low, word, bytes, none, zero, void, 7,"
	    " low < i, low > i FROM v"), NULL, 0, &rows), OK);
	assert_int_equal(db_next(rows), OK);
	assert_true(db_int(rows, 0) == INT64_MAX);
	assert_true(db_int(rows, 1) == INT64_MIN);
	assert_str(db_text(rows, c->mem, 2), S("Zoé 'O''Hara' €"));
	assert_str(db_text(rows, c->mem, 3), bytes);
	/* Empty is not NULL. */
	assert_false(db_null(rows, 4));
	assert_false(db_null(rows, 6));
	assert_int_equal(db_text(rows, c->mem, 4).n, 0);
	assert_true(db_null(rows, 5));
	assert_int_equal(db_int(rows, 5), 0);
	assert_int_equal(db_text(rows, c->mem, 5).n, 0);
	assert_int_equal(db_int(rows, 7), 7);
	assert_int_equal(db_int(rows, 8), 1);
	assert_int_equal(db_int(rows, 9), 0);
	assert_int_equal(db_next(rows), ERR_NOT_FOUND);
	assert_int_equal(db_next(rows), ERR_NOT_FOUND);
}

static void
text_that_is_not_utf8_or_holds_nul_or_is_too_long_is_refused(void **state)
{
	struct db *db = table(state);
	static char much[DB_BYTES_MAX + 1];
	struct db_tx tx = {0};

	assert_int_equal(db_run(db, INSERT, BINDS(INT(1), TEXT(S("a\0b"))), NULL), ERR_INVALID);
	assert_int_equal(db_run(db, INSERT, BINDS(INT(1), TEXT(S("\xc3("))), NULL), ERR_INVALID);
	assert_int_equal(db_run(db, INSERT, BINDS(INT(1), TEXT(((str){ much, sizeof(much) }))), NULL),
	    ERR_TOO_LARGE);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(db_run(db, INSERT, BINDS(INT(1), TEXT(S("a\0b"))), NULL), ERR_INVALID);
	assert_int_equal(db_commit(&tx), ERR_INVALID);
	assert_int_equal(count(db), 0);
}

static void
a_bind_may_be_null_one_time_and_a_value_the_next(void **state)
{
	struct db *db = table(state);
	const struct sql sql = SQL("INSERT INTO t (id, name, owner) VALUES ($1, $2, $3)");
	int64_t owners;

	assert_int_equal(db_run(db, sql, BINDS(INT(1), TEXT(S("a")), REF(0)), NULL), OK);
	assert_int_equal(db_run(db, sql, BINDS(INT(2), TEXT(S("b")), REF(1)), NULL), OK);
	assert_int_equal(db_run(db, sql, BINDS(INT(3), TEXT(S("c")), NIL), NULL), OK);
	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM t WHERE owner = $1"),
	    BINDS(INT(1)), &owners), OK);
	assert_int_equal(owners, 1);
}

/* As a function does that calls itself for each child. */
static int64_t
descend(struct ctx *c, int64_t owner)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	int64_t n = 0;

	assert_int_equal(db_read(c->db, SQL("SELECT id FROM t WHERE owner = $1 ORDER BY id"),
	    BINDS(INT(owner)), &rows), OK);
	while (db_next(rows) == OK)
		n += 1 + descend(c, db_int(rows, 0));
	return n;
}

static void
a_statement_may_run_within_itself(void **state)
{
	struct db *db = table(state);
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	assert_int_equal(db_run(db, SQL("INSERT INTO t (id, name, owner) VALUES (1, 'a', NULL),"
	    " (2, 'b', 1), (3, 'c', 1), (4, 'd', 2), (5, 'e', 4), (6, 'f', 3)"), NULL, 0, &changed), OK);
	assert_int_equal(descend(*state, 1), 5);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(descend(*state, 1), 5);
}

static void
a_read_may_write_inside_a_change_only(void **state)
{
	struct db *db = table(state);
	const struct sql sql = SQL("INSERT INTO t (id, name) VALUES ($1, 'x') RETURNING id");
	struct db_tx tx = {0};
	int64_t got = 0;

	assert_int_equal(db_one_int(db, sql, BINDS(INT(1)), &got), ERR_STORE);
	assert_int_equal(count(db), 0);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(db_one_int(db, sql, BINDS(INT(1)), &got), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(got, 1);
	assert_int_equal(count(db), 1);
}

static void
rows_read_inside_a_change_end_with_it(void **state)
{
	struct db *db = table(state);
	CLEANUP(db_rows_end) struct db_rows *first = NULL, *second = NULL, *third = NULL;
	struct db_tx tx = {0};
	const struct sql sql = SQL("SELECT id FROM t ORDER BY id");

	assert_int_equal(add(db, 1), OK);
	assert_int_equal(add(db, 2), OK);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(db_read(db, sql, NULL, 0, &first), OK);
	assert_int_equal(db_next(first), OK);
	assert_int_equal(db_read(db, sql, NULL, 0, &second), OK);
	db_rows_end(&second);
	assert_int_equal(add(db, 3), OK);
	assert_int_equal(db_commit(&tx), OK);
	/* Those of before a change go on through it. */
	assert_int_equal(db_read(db, sql, NULL, 0, &third), OK);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(db_next(third), OK);
	db_tx_end(&tx);
	assert_int_equal(db_next(third), OK);
	assert_int_equal(db_int(third, 0), 2);
}

static err
three_statements(struct db *db)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t n;

	TRY(db_begin(db, &tx));
	TRY(add(db, 1));
	TRY(db_one_int(db, SQL("SELECT COUNT(*) FROM t"), NULL, 0, &n));
	TRY(add(db, 2));
	return db_commit(&tx);
}

static void
each_statement_can_be_made_to_fail_and_leaves_nothing(void **state)
{
	struct db *db = table(state);

	for (int n = 1; n <= 5; n++) {
		db_fail_after(db, n);
		assert_int_equal(three_statements(db), ERR_STORE);
		assert_false(db_in_change(db));
		assert_int_equal(count(db), 0);
	}
	db_fail_after(db, 1);
	db_fail_after(db, 0);
	assert_int_equal(three_statements(db), OK);
	assert_int_equal(count(db), 2);
}

static void
a_statement_takes_as_many_binds_as_promised(void **state)
{
	struct db *db = table(state);
	struct bind binds[DB_BINDS_MAX];
	int64_t n;

	for (int i = 0; i < DB_BINDS_MAX; i++)
		binds[i] = INT(i + 1);
	assert_int_equal(add(db, DB_BINDS_MAX), OK);
	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM t WHERE id IN ($1, $2, $3, $4, $5,"
	    " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,"
	    " $24)"), binds, COUNT(binds), &n), OK);
	assert_int_equal(n, 1);
}

static void
a_lock_is_for_a_change_and_ends_with_it(void **state)
{
	struct db *db = table(state), *other = another(state);
	struct db_tx tx = {0};

	for (int round = 0; round < 2; round++) {
		struct db *holder = round == 0 ? db : other;

		assert_int_equal(db_begin(holder, &tx), OK);
		assert_int_equal(db_lock(holder, 7, false), OK);
		assert_int_equal(db_lock(holder, 7, true), OK);
		assert_int_equal(add(holder, round), OK);
		assert_int_equal(db_commit(&tx), OK);
	}
	assert_int_equal(db_begin(db, &tx), OK);
	db_fail_after(db, 1);
	assert_int_equal(db_lock(db, 7, true), ERR_STORE);
	assert_int_equal(db_commit(&tx), ERR_STORE);
	db_close(other);
}

static void
a_statement_that_is_not_sql_fails_and_the_handle_lives(void **state)
{
	struct db *db = table(state);
	int64_t n;

	assert_int_equal(db_one_int(db, SQL("SELECT nothing FROM nowhere"), NULL, 0, &n), ERR_STORE);
	assert_int_equal(db_run(db, SQL("UPDATE nowhere SET a = 1"), NULL, 0, &n), ERR_STORE);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(db_one_int(db, SQL("SELECT id FROM t WHERE id = 9"), NULL, 0, &n),
	    ERR_NOT_FOUND);
}

static void
no_more_handles_than_the_store_was_opened_for(void **state)
{
	struct store *store;
	struct db *a, *b, *c;

	assert_int_equal(store_open(engine_where(*state), 2, &store), OK);
	assert_int_equal(db_open(store, &a), OK);
	assert_int_equal(db_open(store, &b), OK);
	assert_int_equal(db_open(store, &c), ERR_TOO_LARGE);
	db_close(b);
	assert_int_equal(db_open(store, &b), OK);
	db_close(a);
	db_close(b);
	db_close(NULL);
	store_close(store);
	store_close(NULL);
}

struct racer {
	pthread_t	 thread;
	struct db	*db;
	int		 wins;
};

enum { RACERS = 8, RACES = 25 };

static void *
race(void *argument)
{
	struct racer *r = argument;

	for (int64_t key = 1; key <= RACES; key++)
		r->wins += add(r->db, key) == OK;
	return NULL;
}

/* Eight want the same row at once, and one has it. */
static void
of_many_who_want_one_row_one_gets_it(void **state)
{
	struct db *db = table(state);
	struct racer racers[RACERS] = {0};
	int wins = 0;

	for (int i = 0; i < RACERS; i++)
		racers[i].db = another(state);
	for (int i = 0; i < RACERS; i++)
		assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	for (int i = 0; i < RACERS; i++) {
		assert_int_equal(pthread_join(racers[i].thread, NULL), 0);
		wins += racers[i].wins;
		db_close(racers[i].db);
	}
	assert_int_equal(wins, RACES);
	assert_int_equal(count(db), RACES);
}

/* The same race, counted: what committed, in how many groups, and who was refused. */
static void
what_is_done_is_counted(void **state)
{
	(void)table(state);
	struct store *store = engine_store(*state);
	struct racer racers[RACERS] = {0};
	struct store_counts before = store_counts(store), now;
	int64_t groups = 0;
	int wins = 0;

	for (int i = 0; i < RACERS; i++)
		racers[i].db = another(state);
	for (int i = 0; i < RACERS; i++)
		assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
	for (int i = 0; i < RACERS; i++) {
		assert_int_equal(pthread_join(racers[i].thread, NULL), 0);
		wins += racers[i].wins;
		db_close(racers[i].db);
	}
	now = store_counts(store);
	assert_int_equal(now.changes - before.changes, wins);
	assert_int_equal(now.conflicts - before.conflicts, RACERS * RACES - wins);
	assert_int_equal(now.retries, before.retries);
	for (int i = 0; i < STORE_GROUPS; i++)
		groups += now.groups[i];
	assert_int_equal(groups, now.commits);
	assert_in_range(now.commits, 1, now.changes);
	assert_true(now.flush_time > before.flush_time);
	assert_true(engine_is_sqlite(*state) || now.commits == now.groups[0]);
}

static int destroyed;

static void
destroy(void *prepared)
{
	destroyed += prepared != NULL;
}

static void
the_statement_table_finds_each_again_however_many(void **state)
{
	static const char literals[5000];
	struct statements s = {0};

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(literals); i++) {
			void **at = statements_at(&s, &literals[i]);

			assert_ptr_equal(*at, round == 0 ? NULL : &literals[i]);
			*at = (void *)(uintptr_t)&literals[i];
		}
	}
	destroyed = 0;
	statements_drop(&s, destroy);
	assert_int_equal(destroyed, sizeof(literals));
	assert_null(s.slots);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(a_statement_outside_a_change_is_a_change_of_its_own),
		ENGINE_TEST(a_change_is_seen_by_itself_and_by_others_once_committed),
		ENGINE_TEST(a_change_that_is_not_committed_leaves_nothing),
		ENGINE_TEST(what_keys_and_checks_forbid_is_a_conflict_and_gives_the_change_up),
		ENGINE_TEST(a_deferred_key_left_open_fails_its_own_change_at_commit),
		ENGINE_TEST(without_a_count_exactly_one_row_must_change),
		ENGINE_TEST(values_come_back_as_they_went_in),
		ENGINE_TEST(text_that_is_not_utf8_or_holds_nul_or_is_too_long_is_refused),
		ENGINE_TEST(a_bind_may_be_null_one_time_and_a_value_the_next),
		ENGINE_TEST(a_statement_may_run_within_itself),
		ENGINE_TEST(a_read_may_write_inside_a_change_only),
		ENGINE_TEST(rows_read_inside_a_change_end_with_it),
		ENGINE_TEST(each_statement_can_be_made_to_fail_and_leaves_nothing),
		ENGINE_TEST(a_statement_takes_as_many_binds_as_promised),
		ENGINE_TEST(a_lock_is_for_a_change_and_ends_with_it),
		ENGINE_TEST(a_statement_that_is_not_sql_fails_and_the_handle_lives),
		ENGINE_TEST(no_more_handles_than_the_store_was_opened_for),
		ENGINE_TEST(of_many_who_want_one_row_one_gets_it),
		ENGINE_TEST(what_is_done_is_counted),
		cmocka_unit_test(the_statement_table_finds_each_again_however_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
