/* test_db_postgres.c - lost servers, deadlocks, and what only PostgreSQL answers. */
#include <pthread.h>
#include <time.h>

#include "assert_str.h"
#include "engine.h"

static struct db *
table(void **state)
{
	struct db *db = ((struct ctx *)*state)->db;

	engine_must(db, SQL("CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)"));
	engine_must(db, SQL("INSERT INTO t (id, n) VALUES (1, 0), (2, 0)"));
	return db;
}

static err
increase(struct db *db, int64_t key)
{
	return db_run(db, SQL("UPDATE t SET n = n + 1 WHERE id = $1"), BINDS(INT(key)), NULL);
}

static int64_t
sum(struct db *db)
{
	int64_t n = -1;

	assert_int_equal(db_one_int(db, SQL("SELECT CAST(SUM(n) AS BIGINT) FROM t"), NULL, 0, &n), OK);
	return n;
}

/* As a failover does: the server ends every other connection to this database. */
static void
lose_connections(void **state)
{
	struct db *db;
	int64_t n;

	assert_int_equal(db_open(engine_store(*state), &db), OK);
	assert_int_equal(db_one_int(db, SQL("SELECT COUNT(pg_terminate_backend(pid, 5000))"
	    " FROM pg_stat_activity WHERE datname = current_database()"
	    " AND pid <> pg_backend_pid()"), NULL, 0, &n), OK);
	assert_true(n >= 1);
	db_close(db);
}

static void
a_connection_lost_while_idle_is_opened_again_unnoticed(void **state)
{
	struct db *db = table(state);

	lose_connections(state);
	assert_int_equal(sum(db), 0);
	lose_connections(state);
	assert_int_equal(increase(db, 1), OK);
	assert_int_equal(sum(db), 1);
}

static void
a_connection_lost_inside_a_change_fails_it_and_the_next_one_goes_well(void **state)
{
	struct db *db = table(state);
	struct db_tx tx = {0};

	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(increase(db, 1), OK);
	lose_connections(state);
	assert_int_equal(increase(db, 2), ERR_STORE);
	assert_int_equal(db_commit(&tx), ERR_STORE);
	assert_int_equal(sum(db), 0);

	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(increase(db, 1), OK);
	lose_connections(state);
	assert_int_equal(db_commit(&tx), ERR_STORE);
	assert_int_equal(increase(db, 1), OK);
	assert_int_equal(sum(db), 1);
}

static void
a_server_that_cannot_be_reached_is_a_failure_of_the_store(void **state)
{
	struct ctx *c = *state;
	struct store *store = NULL;
	struct db *db;
	struct db_tx tx = {0};
	int64_t n;

	assert_int_equal(store_open("postgresql:///nothing?host=/nowhere", 1, &store), OK);
	assert_int_equal(db_open(store, &db), OK);
	assert_int_equal(db_begin(db, &tx), ERR_STORE);
	assert_int_equal(db_one_int(db, SQL("SELECT 1"), NULL, 0, &n), ERR_STORE);
	db_close(db);
	store_close(store);
	store = NULL;
	assert_int_equal(store_open("postgresql://[half", 1, &store), ERR_STORE);
	assert_null(store);
	assert_int_equal(db_checkpoint(c->db), OK);
}

struct side {
	pthread_t		 thread;
	struct db		*db;
	pthread_barrier_t	*both;
	int64_t			 first, second;
	err			 got;
};

static err
cross(struct side *s)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(s->db, &tx));
	err e = increase(s->db, s->first);

	/* Each holds its first row before it asks for the other's. */
	(void)pthread_barrier_wait(s->both);
	TRY(e);
	TRY(increase(s->db, s->second));
	return db_commit(&tx);
}

static void *
cross_thread(void *argument)
{
	struct side *s = argument;

	s->got = cross(s);
	return NULL;
}

static void
of_two_in_a_deadlock_one_is_asked_to_try_again(void **state)
{
	struct db *db = table(state);
	pthread_barrier_t both;
	struct side a = { .both = &both, .first = 1, .second = 2 };
	struct side b = { .both = &both, .first = 2, .second = 1 };

	assert_int_equal(pthread_barrier_init(&both, NULL, 2), 0);
	assert_int_equal(db_open(engine_store(*state), &a.db), OK);
	assert_int_equal(db_open(engine_store(*state), &b.db), OK);
	assert_int_equal(pthread_create(&a.thread, NULL, cross_thread, &a), 0);
	assert_int_equal(pthread_create(&b.thread, NULL, cross_thread, &b), 0);
	assert_int_equal(pthread_join(a.thread, NULL), 0);
	assert_int_equal(pthread_join(b.thread, NULL), 0);
	assert_true((a.got == OK && b.got == ERR_RETRY) || (a.got == ERR_RETRY && b.got == OK));
	assert_int_equal(sum(db), 2);
	db_close(a.db);
	db_close(b.db);
	(void)pthread_barrier_destroy(&both);
}

struct waiter { pthread_t thread; struct db *db; _Atomic bool has_it; err got; };

static void *
wait_for_lock(void *argument)
{
	struct waiter *w = argument;
	struct db_tx tx = {0};

	if ((w->got = db_begin(w->db, &tx)) != OK)
		return NULL;
	w->got = db_lock(w->db, 7, true);
	w->has_it = true;
	db_tx_end(&tx);
	return NULL;
}

static void
a_lock_is_shared_among_sharers_and_keeps_others_waiting(void **state)
{
	struct ctx *c = *state;
	struct db *second;
	struct waiter w = {0};
	struct db_tx a = {0}, b = {0};

	assert_int_equal(db_open(engine_store(c), &second), OK);
	assert_int_equal(db_open(engine_store(c), &w.db), OK);
	assert_int_equal(db_begin(c->db, &a), OK);
	assert_int_equal(db_begin(second, &b), OK);
	assert_int_equal(db_lock(c->db, 7, false), OK);
	assert_int_equal(db_lock(second, 7, false), OK);
	/* Another key is another lock. */
	assert_int_equal(db_lock(second, 8, true), OK);
	assert_int_equal(pthread_create(&w.thread, NULL, wait_for_lock, &w), 0);
	(void)nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	assert_false(w.has_it);
	db_tx_end(&a);
	(void)nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	assert_false(w.has_it);
	db_tx_end(&b);
	assert_int_equal(pthread_join(w.thread, NULL), 0);
	assert_true(w.has_it);
	assert_int_equal(w.got, OK);
	db_close(second);
	db_close(w.db);
}

static void
the_session_has_its_limits(void **state)
{
	struct ctx *c = *state;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	assert_int_equal(db_read(c->db, SQL("SELECT current_setting('statement_timeout'),"
	    " current_setting('lock_timeout'), current_setting('application_name'),"
	    " current_setting('default_transaction_read_only')"), NULL, 0, &rows), OK);
	assert_int_equal(db_next(rows), OK);
	assert_str(db_text(rows, c->mem, 0), S("30s"));
	assert_str(db_text(rows, c->mem, 1), S("10s"));
	assert_str(db_text(rows, c->mem, 2), S("serment"));
	assert_str(db_text(rows, c->mem, 3), S("on"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_POSTGRES(a_connection_lost_while_idle_is_opened_again_unnoticed),
		ENGINE_TEST_POSTGRES(a_connection_lost_inside_a_change_fails_it_and_the_next_one_goes_well),
		ENGINE_TEST_POSTGRES(a_server_that_cannot_be_reached_is_a_failure_of_the_store),
		ENGINE_TEST_POSTGRES(of_two_in_a_deadlock_one_is_asked_to_try_again),
		ENGINE_TEST_POSTGRES(a_lock_is_shared_among_sharers_and_keeps_others_waiting),
		ENGINE_TEST_POSTGRES(the_session_has_its_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
