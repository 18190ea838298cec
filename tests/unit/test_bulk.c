/* test_bulk.c - store/bulk.h: rows by the thousand, and a whole database as one file. */
#include <stdio.h>
#include <unistd.h>

#include "assert_str.h"
#include "engine.h"
#include "store/bulk.h"

#define ADD	SQL("INSERT INTO commune (id, name, bytes, n) VALUES ($1, $2, $3, $4)")

static void
table_make(struct ctx *c)
{
	engine_must(c->db, engine_is_sqlite(c) ?
	    SQL("CREATE TABLE commune (id BIGINT PRIMARY KEY, name TEXT NOT NULL, bytes BLOB, n BIGINT)") :
	    SQL("CREATE TABLE commune (id BIGINT PRIMARY KEY, name TEXT NOT NULL, bytes BYTEA, n BIGINT)"));
}

static int64_t
count(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM commune"), NULL, 0, &n), OK);
	return n;
}

static err
append(struct ctx *c, int64_t from, int64_t to)
{
	for (int64_t i = from; i < to; i++)
		TRY(db_append(c->db, ADD, BINDS(INT(i), TEXT(S("Rezé")), i % 2 == 0 ? BLOB(S("\0\377")) : NIL, INT(-i))));
	return OK;
}

static void
what_is_appended_is_there_for_the_next_statement_and_after_the_commit(void **state)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct ctx *c = *state;
	struct db_tx tx = {0};

	table_make(c);
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(append(c, 0, 5000), OK);
	assert_int_equal(count(c->db), 5000);
	assert_int_equal(append(c, 5000, 7000), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(count(c->db), 7000);
	assert_int_equal(db_read(c->db, SQL("SELECT name, bytes, n FROM commune WHERE id IN (6, 7) ORDER BY id"),
	    NULL, 0, &rows), OK);
	assert_int_equal(db_next(rows), OK);
	assert_str(db_text(rows, c->mem, 0), S("Rezé"));
	assert_str(db_text(rows, c->mem, 1), S("\0\377"));
	assert_int_equal(db_int(rows, 2), -6);
	assert_int_equal(db_next(rows), OK);
	assert_true(db_null(rows, 1));
}

static void
what_is_appended_goes_with_a_change_that_is_given_up(void **state)
{
	struct ctx *c = *state;
	struct db_tx tx = {0};

	table_make(c);
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(append(c, 0, 10), OK);
	db_tx_end(&tx);
	assert_int_equal(count(c->db), 0);
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(append(c, 0, 3), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(count(c->db), 3);
}

/* Told at once or with the commit, but told, and nothing is kept. */
static void
a_key_that_is_there_already_undoes_the_change(void **state)
{
	struct ctx *c = *state;
	struct db_tx tx = {0};

	table_make(c);
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(append(c, 0, 3), OK);
	err e = append(c, 2, 3);
	assert_int_equal(e == OK ? db_commit(&tx) : e, ERR_CONFLICT);
	db_tx_end(&tx);
	assert_int_equal(count(c->db), 0);
}

static void
text_that_is_no_text_is_refused(void **state)
{
	struct ctx *c = *state;
	struct db_tx tx = {0};

	table_make(c);
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(db_append(c->db, ADD, BINDS(INT(1), TEXT(S("\377")), NIL, NIL)), ERR_INVALID);
	assert_int_equal(db_commit(&tx), ERR_INVALID);
}

static void
statistics_are_missed_until_they_are_gathered(void **state)
{
	struct ctx *c = *state;
	struct db_tx tx = {0};
	bool needs = true;

	table_make(c);
	assert_int_equal(db_needs_analyze(c->db, &needs), OK);
	assert_false(needs);	/* few rows: any plan will do */
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(append(c, 0, 60000), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(db_needs_analyze(c->db, &needs), OK);
	assert_int_equal(needs, !engine_is_sqlite(c));
	assert_int_equal(db_analyze(c->db), OK);
	assert_int_equal(db_needs_analyze(c->db, &needs), OK);
	assert_false(needs);
	/* The session still refuses to write outside a change. */
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(append(c, 60000, 60001), OK);
	assert_int_equal(db_commit(&tx), OK);
}

static const char *
file_named(struct ctx *c, const char *name)
{
	const char *path = str_z(c->mem, str_printf(c->mem, "/tmp/serment-bulk-%d-%s", (int)getpid(), name));

	(void)unlink(path);
	return path;
}

static void
a_copy_comes_back_into_empty_tables_only(void **state)
{
	struct ctx *c = *state;
	struct db_tx tx = {0};
	const char *path = file_named(c, "copy");
	bool empty;
	str counts;

	table_make(c);
	engine_must(c->db, SQL("CREATE TABLE \"odd \"\"name\" (id BIGINT)"));
	assert_int_equal(db_is_empty(c->db, &empty), OK);
	assert_true(empty);
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(append(c, 0, 2000), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(db_is_empty(c->db, &empty), OK);
	assert_false(empty);
	assert_int_equal(db_copy(c->db, path), OK);
	assert_int_equal(db_copy(c->db, path), ERR_IO);		/* it is there already */
	assert_int_equal(db_copy_counts(path, c->mem, &counts), OK);
	assert_str(counts, S("commune = 2000\nodd \"name = 0\n"));

	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(db_fill(c->db, path), ERR_CONFLICT);	/* the keys are there */
	db_tx_end(&tx);
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(db_clear(c->db), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(count(c->db), 0);
	engine_must(c->db, SQL("INSERT INTO commune (id, name) VALUES (-1, 'x')"));
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(db_fill(c->db, path), ERR_SEALED);	/* more than the file says */
	db_tx_end(&tx);
	engine_must(c->db, SQL("DELETE FROM commune"));
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(db_fill(c->db, path), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(count(c->db), 2000);
	(void)unlink(path);
}

static void
a_copy_cut_short_anywhere_is_noticed_and_leaves_nothing(void **state)
{
	struct ctx *c = *state;
	struct db_tx tx = {0};
	const char *path = file_named(c, "cut");
	str counts;

	table_make(c);
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(append(c, 0, 10), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(db_copy(c->db, path), OK);
	engine_must(c->db, SQL("DELETE FROM commune"));
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	for (long bytes = ftell(f) - 1; bytes >= 0; bytes -= 7) {
		assert_int_equal(truncate(path, bytes), 0);
		assert_int_equal(db_copy_counts(path, c->mem, &counts), ERR_SEALED);
		assert_int_equal(db_begin(c->db, &tx), OK);
		assert_int_equal(db_fill(c->db, path), ERR_SEALED);
		db_tx_end(&tx);
		assert_int_equal(count(c->db), 0);
	}
	assert_int_equal(fclose(f), 0);
	(void)unlink(path);
}

static void
what_a_copy_names_must_be_there(void **state)
{
	struct ctx *c = *state;
	struct db_tx tx = {0};
	const char *path = file_named(c, "other");

	table_make(c);
	assert_int_equal(db_copy(c->db, path), OK);
	engine_must(c->db, SQL("ALTER TABLE commune RENAME COLUMN n TO m"));
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(db_fill(c->db, path), ERR_STORE);
	db_tx_end(&tx);
	(void)unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(what_is_appended_is_there_for_the_next_statement_and_after_the_commit),
		ENGINE_TEST(what_is_appended_goes_with_a_change_that_is_given_up),
		ENGINE_TEST(a_key_that_is_there_already_undoes_the_change),
		ENGINE_TEST(text_that_is_no_text_is_refused),
		ENGINE_TEST(statistics_are_missed_until_they_are_gathered),
		ENGINE_TEST_POSTGRES(a_copy_comes_back_into_empty_tables_only),
		ENGINE_TEST_POSTGRES(a_copy_cut_short_anywhere_is_noticed_and_leaves_nothing),
		ENGINE_TEST_POSTGRES(what_a_copy_names_must_be_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
