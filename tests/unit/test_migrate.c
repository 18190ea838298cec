/* test_migrate.c - store/migrate.h */
#include <pthread.h>

#include "assert_str.h"
#include "engine.h"
#include "store/migrate.h"

#define FIRST	{ 1, "first", "-- a comment; with a semicolon\n" \
	"CREATE TABLE a (org BIGINT NOT NULL, id BIGINT NOT NULL, seal @BLOB@,\n" \
	"	PRIMARY KEY (org, id)) @CLUSTERED@;\n" \
	"CREATE INDEX a_by_id ON a (id);\n" }
#define SECOND	{ 2, "second", "INSERT INTO a (org, id, seal) VALUES (1, 2, NULL);\n" }
#define THIRD	{ 30, "third", "ALTER TABLE a ADD COLUMN note TEXT;\n" }

static int64_t
number_of(struct db *db, struct sql sql)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, sql, NULL, 0, &n), OK);
	return n;
}

static void
steps_run_once_each_and_are_recorded(void **state)
{
	struct ctx *c = *state;
	const struct migration steps[] = { FIRST, SECOND, THIRD };
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	str why = S("untouched");

	assert_int_equal(migrate(c->db, c->mem, steps, 2, c->now, &why), OK);
	assert_int_equal(migrate(c->db, c->mem, steps, 2, c->now + 1, &why), OK);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM a")), 1);
	assert_int_equal(migrate(c->db, c->mem, steps, 3, c->now + 2, &why), OK);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM a WHERE note IS NULL")), 1);
	assert_str(why, S("untouched"));

	assert_int_equal(db_read(c->db, SQL("SELECT number, name, applied_at FROM schema_step"
	    " ORDER BY number"), NULL, 0, &rows), OK);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(db_next(rows), OK);
		assert_int_equal(db_int(rows, 0), steps[i].number);
		assert_str(db_text(rows, c->mem, 1), str_c(steps[i].name));
		assert_true(db_int(rows, 2) == c->now + (i == 2 ? 2 : 0));
	}
	assert_int_equal(db_next(rows), ERR_NOT_FOUND);
}

static void
the_tokens_become_the_engines_own_words(void **state)
{
	struct ctx *c = *state;
	const struct migration steps[] = { FIRST };
	str why;

	assert_int_equal(migrate(c->db, c->mem, steps, 1, c->now, &why), OK);
	if (!engine_is_sqlite(c)) {
		assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM information_schema.columns"
		    " WHERE table_name = 'a' AND column_name = 'seal' AND data_type = 'bytea'")), 1);
		return;
	}
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM pragma_table_list"
	    " WHERE name = 'a' AND wr = 1")), 1);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM pragma_table_info('a')"
	    " WHERE name = 'seal' AND type = 'BLOB'")), 1);
}

static void
a_database_newer_than_the_program_is_refused_in_words(void **state)
{
	struct ctx *c = *state;
	const struct migration steps[] = { FIRST, SECOND, THIRD };
	str why = S("");

	assert_int_equal(migrate(c->db, c->mem, steps, 3, c->now, &why), OK);
	assert_int_equal(migrate(c->db, c->mem, steps, 2, c->now, &why), ERR_CONFLICT);
	assert_str(why, S("the database is newer than this program, which does not know its step 30 (third)"));
	assert_int_equal(migrate(c->db, c->mem, steps, 0, c->now, &why), ERR_CONFLICT);
	assert_false(db_in_change(c->db));
}

static void
a_step_that_was_edited_or_slipped_in_is_refused_in_words(void **state)
{
	struct ctx *c = *state;
	const struct migration steps[] = { FIRST, THIRD };
	const struct migration edited[] = { FIRST,
		{ 30, "third", "ALTER TABLE a ADD COLUMN note BIGINT;\n" } };
	const struct migration slipped[] = { FIRST, SECOND, THIRD };
	str why = S("");

	assert_int_equal(migrate(c->db, c->mem, steps, 2, c->now, &why), OK);
	assert_int_equal(migrate(c->db, c->mem, edited, 2, c->now, &why), ERR_CONFLICT);
	assert_str(why, S("this program holds another text than the database was made with, of step 30 (third)"));
	assert_int_equal(migrate(c->db, c->mem, slipped, 3, c->now, &why), ERR_CONFLICT);
	assert_str(why, S("the database went another way than this program: unexpected step 30 (third)"));
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM a")), 0);
}

static void
a_step_that_fails_leaves_nothing_and_can_be_run_again(void **state)
{
	struct ctx *c = *state;
	const struct migration bad[] = { FIRST,
		{ 2, "bad", "CREATE TABLE b (id BIGINT);\nCREATE TABLE b (id BIGINT);\n" } };
	const struct migration good[] = { FIRST, { 2, "good", "CREATE TABLE b (id BIGINT);\n" } };
	str why;

	assert_int_equal(migrate(c->db, c->mem, bad, 2, c->now, &why), ERR_STORE);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM schema_step")), 1);
	assert_int_equal(migrate(c->db, c->mem, good, 2, c->now, &why), OK);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM b")), 0);
}

static void
each_statement_of_a_migration_may_fail_and_the_next_start_goes_on(void **state)
{
	struct ctx *c = *state;
	const struct migration steps[] = { FIRST, SECOND };
	int failures = 0;
	str why;

	for (int n = 1; ; n++) {
		db_fail_after(c->db, n);
		err e = migrate(c->db, c->mem, steps, 2, c->now, &why);

		db_fail_after(c->db, 0);
		if (e == OK)
			break;
		assert_int_equal(e, ERR_STORE);
		failures++;
	}
	assert_true(failures >= 7);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM a")), 1);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM schema_step")), 2);
}

struct server { pthread_t thread; const char *where; err got; };

static void *
start(void *argument)
{
	struct server *s = argument;
	CLEANUP(arena_free) struct arena mem = {0};
	const struct migration steps[] = { FIRST, SECOND, THIRD };
	struct store *store;
	struct db *db;
	str why;

	if ((s->got = store_open(s->where, 1, &store)) != OK)
		return NULL;
	if ((s->got = db_open(store, &db)) == OK)
		s->got = migrate(db, &mem, steps, 3, ENGINE_NOW, &why);
	db_close(db);
	store_close(store);
	return NULL;
}

static void
of_servers_that_start_together_one_migrates_and_the_others_wait(void **state)
{
	struct ctx *c = *state;
	struct server servers[4] = {0};

	for (int i = 0; i < 4; i++) {
		servers[i].where = engine_where(c);
		assert_int_equal(pthread_create(&servers[i].thread, NULL, start, &servers[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(servers[i].thread, NULL), 0);
		assert_int_equal(servers[i].got, OK);
	}
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM schema_step")), 3);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM a")), 1);
}

static void
the_programs_own_schema_applies(void **state)
{
	struct ctx *c = *state;

	assert_true(number_of(c->db, SQL("SELECT COUNT(*) FROM schema_step")) >= 1);
	assert_int_equal(number_of(c->db, SQL("SELECT COUNT(*) FROM org")), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(steps_run_once_each_and_are_recorded),
		ENGINE_TEST(the_tokens_become_the_engines_own_words),
		ENGINE_TEST(a_database_newer_than_the_program_is_refused_in_words),
		ENGINE_TEST(a_step_that_was_edited_or_slipped_in_is_refused_in_words),
		ENGINE_TEST(a_step_that_fails_leaves_nothing_and_can_be_run_again),
		ENGINE_TEST(each_statement_of_a_migration_may_fail_and_the_next_start_goes_on),
		ENGINE_TEST(of_servers_that_start_together_one_migrates_and_the_others_wait),
		ENGINE_TEST_SCHEMA(the_programs_own_schema_applies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
