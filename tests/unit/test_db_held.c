/* test_db_held.c - changes that are committed together, and told only when they are on disk. */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "engine.h"
#include "store/db_held.h"

static struct db *
table(void **state)
{
	struct db *db = ((struct ctx *)*state)->db;

	engine_must(db, SQL("CREATE TABLE t (id BIGINT PRIMARY KEY)"));
	return db;
}

static err
add(struct db *db, int64_t key)
{
	return db_run(db, SQL("INSERT INTO t (id) VALUES ($1)"), BINDS(INT(key)), NULL);
}

static int64_t
count(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM t"), NULL, 0, &n), OK);
	return n;
}

static struct db *
another(void **state)
{
	struct db *db;

	assert_int_equal(db_open(engine_store(*state), &db), OK);
	return db;
}

/* db_settle, which must say the same of all n. */
static void
settle(struct db *db, size_t n, err expected)
{
	err each[DB_HELD_MAX];

	assert_int_equal(db_held(db), n);
	db_settle(db, each);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(each[i], expected);
	assert_int_equal(db_held(db), 0);
}

static void
a_held_change_is_there_once_it_is_settled_and_not_before(void **state)
{
	struct db *db = table(state), *reader = another(state);

	db_hold(db, true);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(add(db, 2), OK);
	if (engine_is_sqlite(*state)) {
		assert_int_equal(count(reader), 0);
		assert_int_equal(count(db), 0);
		settle(db, 2, OK);
	}
	assert_int_equal(db_held(db), 0);
	assert_int_equal(count(reader), 2);
	db_hold(db, false);
	assert_int_equal(add(db, 3), OK);
	assert_int_equal(db_held(db), 0);
	assert_int_equal(count(reader), 3);
	db_close(reader);
}

static void
what_is_held_is_seen_by_the_changes_after_it(void **state)
{
	struct db *db = table(state), *other = another(state);

	db_hold(db, true);
	assert_int_equal(add(db, 1), OK);
	/* Ended together with what it was refused by: nobody hears of what may yet be lost. */
	assert_int_equal(add(other, 1), ERR_CONFLICT);
	assert_int_equal(add(db, 1), ERR_CONFLICT);
	settle(db, 1, OK);
	assert_int_equal(count(other), 1);
	db_close(other);
}

static void
whoever_waits_ends_the_group_of_those_who_hold(void **state)
{
	struct db *db = table(state), *other = another(state), *third = another(state);

	db_hold(db, true);
	db_hold(third, true);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(add(third, 2), OK);
	assert_int_equal(add(other, 3), OK);
	assert_int_equal(count(other), 3);
	settle(db, 1, OK);
	assert_int_equal(add(db, 4), OK);
	assert_int_equal(add(third, 5), OK);
	settle(third, 2, OK);
	assert_int_equal(count(other), 5);
	settle(db, 1, OK);
	db_close(other);
	db_close(third);
}

static void
more_than_may_be_held_is_waited_for(void **state)
{
	struct db *db = table(state), *reader = another(state);

	db_hold(db, true);
	for (int i = 0; i < DB_HELD_MAX + 1; i++)
		assert_int_equal(add(db, i), OK);
	assert_int_equal(count(reader), DB_HELD_MAX + 1);
	settle(db, DB_HELD_MAX, OK);
	db_close(reader);
}

static void
a_checkpoint_takes_along_what_is_held(void **state)
{
	struct db *db = table(state), *other = another(state);

	db_hold(db, true);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(db_checkpoint(other), OK);
	assert_int_equal(count(other), 1);
	settle(db, 1, OK);
	db_close(other);
}

static void
a_full_disk_fails_all_that_is_held_and_saves_nothing_of_it(void **state)
{
	struct db *db = table(state), *other = another(state);
	struct rlimit old;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	db_hold(db, true);
	db_hold(other, true);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(add(other, 2), OK);
	assert_int_equal(add(db, 3), OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1, old.rlim_max }), 0);
	settle(db, 2, ERR_STORE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	settle(other, 1, ERR_STORE);
	assert_int_equal(count(db), 0);
	assert_int_equal(add(db, 1), OK);
	settle(db, 1, OK);
	assert_int_equal(count(db), 1);
	db_close(other);
}

enum { CROWD = 6, ROUNDS = 60 };

struct one {
	pthread_t	 thread;
	struct db	*db;
	int64_t		 number;
	bool		 holds, failed;
};

/* What was settled, or waited for, is there; whatever the others do meanwhile. */
static void *
one_of_the_crowd(void *argument)
{
	struct one *o = argument;
	err each[DB_HELD_MAX];
	int64_t n;

	db_hold(o->db, o->holds);
	for (int64_t i = 0; i < ROUNDS; i++) {
		o->failed |= add(o->db, o->number * 1000 + i) != OK;
		if (i % (o->number + 2) == 0) {
			size_t held = db_held(o->db);

			db_settle(o->db, each);
			for (size_t k = 0; k < held; k++)
				o->failed |= each[k] != OK;
		}
		if (db_held(o->db) == 0)
			o->failed |= db_one_int(o->db, SQL("SELECT COUNT(*) FROM t WHERE id >= $1 AND id < $2"),
			    BINDS(INT(o->number * 1000), INT(o->number * 1000 + 1000)), &n) != OK || n != i + 1;
	}
	db_settle(o->db, each);
	return NULL;
}

static void
holders_and_waiters_in_a_crowd_never_leave_each_other_behind(void **state)
{
	struct db *db = table(state);
	struct one crowd[CROWD] = {0};

	for (int i = 0; i < CROWD; i++) {
		crowd[i].db = another(state);
		crowd[i].number = i;
		crowd[i].holds = i % 3 != 0;
		assert_int_equal(pthread_create(&crowd[i].thread, NULL, one_of_the_crowd, &crowd[i]), 0);
	}
	for (int i = 0; i < CROWD; i++) {
		assert_int_equal(pthread_join(crowd[i].thread, NULL), 0);
		assert_false(crowd[i].failed);
		db_close(crowd[i].db);
	}
	assert_int_equal(count(db), CROWD * ROUNDS);
}

/* --- what is posted: its error comes with the change --- */

static void
what_is_posted_is_done_in_order_and_ends_with_the_change(void **state)
{
	struct db *db = table(state);
	struct db_tx tx = {0};
	int64_t n;

	assert_int_equal(db_begin(db, &tx), OK);
	for (int i = 0; i < 200; i++)	/* more than travels at a time */
		assert_int_equal(db_post(db, SQL("INSERT INTO t (id) VALUES ($1)"), BINDS(INT(i))), OK);
	assert_int_equal(db_post(db, SQL("DELETE FROM t WHERE id >= $1"), BINDS(INT(150))), OK);
	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM t"), NULL, 0, &n), OK);
	assert_int_equal(n, 150);
	assert_int_equal(db_post(db, SQL("DELETE FROM t WHERE id = $1"), BINDS(INT(7))), OK);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(count(db), 149);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(db_post(db, SQL("DELETE FROM t WHERE id = $1"), BINDS(INT(8))), OK);
	db_tx_end(&tx);
	assert_int_equal(count(db), 149);
}

static void
a_conflict_of_what_was_posted_fails_the_change_at_its_commit_at_the_latest(void **state)
{
	struct db *db = table(state);
	struct db_tx tx = {0};
	err e;

	assert_int_equal(add(db, 1), OK);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(add(db, 2), OK);
	e = db_post(db, SQL("INSERT INTO t (id) VALUES ($1)"), BINDS(INT(1)));
	assert_true(e == OK || e == ERR_CONFLICT);
	e = db_post(db, SQL("INSERT INTO t (id) VALUES ($1)"), BINDS(INT(3)));
	assert_true(e == OK || e == ERR_CONFLICT);
	assert_int_equal(db_commit(&tx), ERR_CONFLICT);
	assert_int_equal(count(db), 1);
	/* The handle is as good as new. */
	assert_int_equal(add(db, 2), OK);
	assert_int_equal(count(db), 2);
}

static void
a_conflict_of_what_was_posted_comes_with_the_next_question(void **state)
{
	struct db *db = table(state);
	struct db_tx tx = {0};
	int64_t n;
	err e;

	assert_int_equal(add(db, 1), OK);
	assert_int_equal(db_begin(db, &tx), OK);
	e = db_post(db, SQL("INSERT INTO t (id) VALUES ($1)"), BINDS(INT(1)));
	assert_true(e == OK || e == ERR_CONFLICT);
	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(*) FROM t"), NULL, 0, &n), ERR_CONFLICT);
	assert_int_equal(db_commit(&tx), ERR_CONFLICT);
	assert_int_equal(count(db), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(a_held_change_is_there_once_it_is_settled_and_not_before),
		ENGINE_TEST_SQLITE(what_is_held_is_seen_by_the_changes_after_it),
		ENGINE_TEST_SQLITE(whoever_waits_ends_the_group_of_those_who_hold),
		ENGINE_TEST_SQLITE(more_than_may_be_held_is_waited_for),
		ENGINE_TEST_SQLITE(a_checkpoint_takes_along_what_is_held),
		ENGINE_TEST_SQLITE(a_full_disk_fails_all_that_is_held_and_saves_nothing_of_it),
		ENGINE_TEST(holders_and_waiters_in_a_crowd_never_leave_each_other_behind),
		ENGINE_TEST(what_is_posted_is_done_in_order_and_ends_with_the_change),
		ENGINE_TEST(a_conflict_of_what_was_posted_fails_the_change_at_its_commit_at_the_latest),
		ENGINE_TEST(a_conflict_of_what_was_posted_comes_with_the_next_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
