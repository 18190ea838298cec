/* test_db_sqlite.c - group commit, and what only the embedded engine promises. */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "assert_str.h"
#include "engine.h"

enum { MEMBERS_MAX = 32 };

struct member {
	pthread_t	 thread;
	struct db	*db;
	int64_t		 key;
	bool		 give_up;	/* end the change without a commit */
	bool		 topple;	/* make SQLite roll everything back by itself */
	const struct rlimit *room;	/* NULL, or: fill the disk, then make room again */
	err		 got;
};

static struct db *
table(void **state)
{
	struct db *db = ((struct ctx *)*state)->db;

	engine_must(db, SQL("CREATE TABLE t (id BIGINT PRIMARY KEY, thread BIGINT NOT NULL,"
	    " note TEXT NOT NULL)"));
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
	return db_run(db, SQL("INSERT INTO t (id, thread, note) VALUES ($1, 0, 'a note')"),
	    BINDS(INT(key)), NULL);
}

/* More than the cache holds: it is written out before the COMMIT. */
static err
fill(struct db *db)
{
	int64_t changed;

	return db_run(db, SQL("WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 31000) INSERT INTO t (id, thread, note)"
	    " SELECT i, 0, CAST(zeroblob(1000) AS TEXT) FROM n"), NULL, 0, &changed);
}

static void
wait_ms(long ms)
{
	(void)nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000 }, NULL);
}

static void *
member_change(void *argument)
{
	struct member *m = argument;
	struct db_tx tx = {0};

	if ((m->got = db_begin(m->db, &tx)) != OK)
		return NULL;
	if (m->topple)
		m->got = db_run(m->db, SQL("INSERT OR ROLLBACK INTO t (id, thread, note)"
		    " VALUES (0, 0, 'twice'), (0, 0, 'twice')"), NULL, 0, NULL);
	else
		m->got = m->room != NULL ? fill(m->db) : add(m->db, m->key);
	if (m->room != NULL)
		(void)setrlimit(RLIMIT_FSIZE, m->room);
	/* Let the others queue up behind, so that there is a group. */
	wait_ms(1);
	if (m->got == OK && !m->give_up)
		m->got = db_commit(&tx);
	db_tx_end(&tx);
	return NULL;
}

static void
members_start(void **state, struct member *members, int n)
{
	for (int i = 0; i < n; i++) {
		members[i].got = ERR_INVALID;
		assert_int_equal(db_open(engine_store(*state), &members[i].db), OK);
		assert_int_equal(pthread_create(&members[i].thread, NULL, member_change,
		    &members[i]), 0);
	}
}

static void
members_end(struct member *members, int n)
{
	for (int i = 0; i < n; i++) {
		assert_int_equal(pthread_join(members[i].thread, NULL), 0);
		db_close(members[i].db);
	}
}

/* All are made to wait behind one open change, which then opens the way. */
static void
members_run_together(void **state, struct db *db, struct member *members, int n)
{
	struct db_tx tx = {0};

	assert_int_equal(db_begin(db, &tx), OK);
	members_start(state, members, n);
	wait_ms(20);
	db_tx_end(&tx);
	members_end(members, n);
}

static void
a_group_ends_whoever_of_it_gives_up(void **state)
{
	struct db *db = table(state);

	/* Each pattern of commits and undos among four: nobody may hang, and just the commits stand. */
	for (int pattern = 0; pattern < 16; pattern++) {
		struct member members[4] = {0};
		int64_t before = count(db), kept = 0;

		for (int i = 0; i < 4; i++) {
			members[i].key = pattern * 10 + i;
			members[i].give_up = (pattern >> i & 1) != 0;
			kept += !members[i].give_up;
		}
		members_run_together(state, db, members, 4);
		for (int i = 0; i < 4; i++)
			assert_int_equal(members[i].got, OK);
		assert_int_equal(count(db), before + kept);
	}
}

static void
a_conflict_in_a_group_is_its_own_members_alone(void **state)
{
	struct db *db = table(state);
	struct member members[8] = {0};
	int conflicts = 0;

	for (int i = 0; i < 8; i++)
		members[i].key = i / 2;
	members_run_together(state, db, members, 8);
	for (int i = 0; i < 8; i++)
		conflicts += members[i].got == ERR_CONFLICT;
	assert_int_equal(conflicts, 4);
	assert_int_equal(count(db), 4);
}

/*
 * No file may grow: the COMMIT fails, after the changes themselves went well.
 * Everybody learns it, nothing is saved, and afterwards all is well again.
 */
static void
a_full_disk_fails_every_member_and_saves_nothing(void **state)
{
	struct db *db = table(state);
	struct member members[8] = {0};
	struct rlimit old, none;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = (struct rlimit){ 1, old.rlim_max };
	for (int i = 0; i < 8; i++)
		members[i].key = i;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	members_run_together(state, db, members, 8);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(members[i].got, ERR_STORE);
	assert_int_equal(count(db), 0);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(count(db), 1);
}

/* One after the other, so that they stand in this order. */
static void
members_queue(void **state, struct member *members, int n)
{
	for (int i = 0; i < n; i++) {
		members_start(state, &members[i], 1);
		wait_ms(20);
	}
}

static void
a_transaction_that_sqlite_ended_by_itself_is_not_taken_for_open(void **state)
{
	struct db *db = table(state);
	struct member members[3] = { { .key = 1 }, { .topple = true }, { .key = 3 } };
	struct db_tx tx = {0};

	assert_int_equal(db_begin(db, &tx), OK);
	members_queue(state, members, 3);
	db_tx_end(&tx);
	members_end(members, 3);
	assert_int_equal(members[1].got, ERR_CONFLICT);
	assert_int_equal(members[2].got, OK);
	/* The first shared the transaction, unless this machine was too slow for a group. */
	assert_true(members[0].got == ERR_STORE || members[0].got == OK);
	assert_int_equal(count(db), members[0].got == OK ? 2 : 1);
}

/*
 * SQLite ends the whole transaction by itself then: what the group had done
 * before is gone as well, and who comes after it must not think it still open.
 */
static void
a_change_that_fills_the_disk_takes_its_group_along_and_each_is_told_the_truth(void **state)
{
	struct db *db = table(state);
	struct rlimit old;
	struct member members[3] = { { .key = 1 }, { .room = &old }, { .key = 3 } };
	struct db_tx tx = {0};

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(db_begin(db, &tx), OK);
	members_queue(state, members, 3);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1, old.rlim_max }), 0);
	db_tx_end(&tx);
	members_end(members, 3);
	assert_int_equal(members[0].got, ERR_STORE);
	assert_int_equal(members[1].got, ERR_STORE);
	assert_int_equal(members[2].got, OK);
	assert_int_equal(count(db), 1);
}

static void
a_change_that_found_the_disk_full_stays_lost_when_there_is_room_again(void **state)
{
	struct db *db = table(state);
	struct db_tx tx = {0};
	struct rlimit old;
	err e;

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(add(db, 0), OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1, old.rlim_max }), 0);
	assert_int_equal(db_begin(db, &tx), OK);
	e = fill(db);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(e, ERR_STORE);
	assert_int_equal(add(db, 1), ERR_STORE);
	assert_int_equal(db_commit(&tx), ERR_STORE);
	assert_int_equal(count(db), 1);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(count(db), 2);
}

static void
a_database_locked_by_another_program_fails_all_who_wait_at_once(void **state)
{
	struct db *db = table(state), *other_db;
	struct member members[4] = {0};
	struct store *other;
	struct db_tx tx = {0};
	time_t start;

	/* Another store on the same file is as foreign as another program. */
	assert_int_equal(store_open(engine_where(*state), 1, &other), OK);
	assert_int_equal(db_open(other, &other_db), OK);
	assert_int_equal(db_begin(other_db, &tx), OK);
	assert_int_equal(add(other_db, 100), OK);
	for (int i = 0; i < 4; i++)
		members[i].key = i;
	start = time(NULL);
	members_start(state, members, 4);
	members_end(members, 4);
	/* One wait of three seconds, not four. */
	assert_true(time(NULL) - start <= 8);
	for (int i = 0; i < 4; i++)
		assert_int_equal(members[i].got, ERR_STORE);
	assert_int_equal(count(db), 0);
	assert_int_equal(db_commit(&tx), OK);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(count(db), 2);
	db_close(other_db);
	store_close(other);
}

enum { CROWD_CHANGES = 40 };

static err
crowd_change(struct member *m, int i)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t mine;

	TRY(db_begin(m->db, &tx));
	TRY(db_run(m->db, SQL("INSERT INTO t (id, thread, note) VALUES ($1, $2, 'x')"),
	    BINDS(INT(m->key * 1000 + i), INT(m->key)), NULL));
	if (i % 4 == 0)
		return OK;	/* given up */
	if (i % 8 == 1)
		TRY(add(m->db, m->key * 1000 + i));	/* a conflict with itself */
	TRY(db_commit(&tx));
	/* Durable, and visible to its own next read. */
	TRY(db_one_int(m->db, SQL("SELECT thread FROM t WHERE id = $1"),
	    BINDS(INT(m->key * 1000 + i)), &mine));
	return mine == m->key ? OK : ERR_STORE;
}

static void *
crowd(void *argument)
{
	struct member *m = argument;

	m->got = OK;
	for (int i = 0; i < CROWD_CHANGES; i++) {
		err e = crowd_change(m, i);

		if (e != (i % 8 == 1 ? ERR_CONFLICT : OK))
			m->got = ERR_STORE;
	}
	return NULL;
}

static void
a_crowd_of_threads_keeps_just_what_it_committed(void **state)
{
	struct db *db = table(state);
	struct member members[MEMBERS_MAX] = {0};

	for (int i = 0; i < MEMBERS_MAX; i++) {
		members[i].key = i + 1;
		assert_int_equal(db_open(engine_store(*state), &members[i].db), OK);
		assert_int_equal(pthread_create(&members[i].thread, NULL, crowd, &members[i]), 0);
	}
	members_end(members, MEMBERS_MAX);
	for (int i = 0; i < MEMBERS_MAX; i++)
		assert_int_equal(members[i].got, OK);
	/* Of eight, 0 and 4 were given up and 1 was in conflict. */
	assert_int_equal(count(db), MEMBERS_MAX * CROWD_CHANGES * 5 / 8);
}

static str
file_bytes(struct ctx *c, const char *suffix)
{
	const char *path = str_z(c->mem, str_cat(c->mem, str_c(engine_where(c)), str_c(suffix)));
	FILE *f = fopen(path, "r");
	struct stat s;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &s), 0);
	char *bytes = arena_alloc(c->mem, (size_t)s.st_size + 1, 1);

	assert_int_equal(fread(bytes, 1, (size_t)s.st_size, f), s.st_size);
	(void)fclose(f);
	return (str){ bytes, (size_t)s.st_size };
}

/* R70: erased is erased, in the file and in its log. */
static void
after_a_checkpoint_nothing_of_an_erased_row_is_left_in_the_files(void **state)
{
	struct ctx *c = *state;
	struct db *db = table(state);
	const str secret = S("a secret nobody may find again");

	assert_int_equal(db_run(db, SQL("INSERT INTO t (id, thread, note) VALUES (1, 0, $1)"),
	    BINDS(TEXT(secret)), NULL), OK);
	assert_int_equal(db_checkpoint(db), OK);
	assert_true(str_find_str(file_bytes(c, ""), secret) >= 0);
	assert_int_equal(db_run(db, SQL("DELETE FROM t WHERE id = 1"), NULL, 0, NULL), OK);
	assert_int_equal(db_checkpoint(db), OK);
	assert_true(str_find_str(file_bytes(c, ""), secret) < 0);
	assert_int_equal(file_bytes(c, "-wal").n, 0);
}

static void
a_long_read_puts_the_checkpoint_off_and_sees_what_it_saw(void **state)
{
	struct db *db = table(state), *writer;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	assert_int_equal(db_open(engine_store(*state), &writer), OK);
	assert_int_equal(add(db, 1), OK);
	assert_int_equal(add(db, 2), OK);
	assert_int_equal(db_read(db, SQL("SELECT id FROM t ORDER BY id"), NULL, 0, &rows), OK);
	assert_int_equal(db_next(rows), OK);
	assert_int_equal(add(writer, 3), OK);
	assert_int_equal(db_checkpoint(writer), ERR_RETRY);
	assert_int_equal(db_next(rows), OK);
	assert_int_equal(db_next(rows), ERR_NOT_FOUND);
	assert_int_equal(db_checkpoint(writer), OK);
	db_close(writer);
}

static void
a_copy_is_of_one_instant_while_changes_go_on(void **state)
{
	struct ctx *c = *state;
	struct db *db = table(state), *reader, *copied;
	const char *path = str_z(c->mem, str_cat(c->mem, str_c(engine_where(c)), S(".copy")));
	struct store *copy;
	struct stat s;
	struct db_tx tx = {0};

	assert_int_equal(add(db, 1), OK);
	assert_int_equal(db_open(engine_store(c), &reader), OK);
	assert_int_equal(db_begin(db, &tx), OK);
	assert_int_equal(add(db, 2), OK);
	assert_int_equal(db_copy(reader, path), OK);
	assert_int_equal(db_commit(&tx), OK);
	/* Never over a file that is there, nor into no folder. */
	assert_int_equal(db_copy(reader, path), ERR_IO);
	assert_int_equal(db_copy(reader, "/nowhere/copy.db"), ERR_IO);
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	db_close(reader);

	assert_int_equal(store_open(path, 1, &copy), OK);
	assert_int_equal(db_open(copy, &copied), OK);
	assert_int_equal(count(copied), 1);
	assert_int_equal(add(copied, 2), OK);
	db_close(copied);
	store_close(copy);
}

static void
its_files_are_the_owners_alone_and_its_settings_are_the_safe_ones(void **state)
{
	struct ctx *c = *state;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct stat s;
	int64_t value;

	(void)table(state);
	for (int i = 0; i < 3; i++) {
		static const char *const suffixes[] = { "", "-wal", "-shm" };

		assert_int_equal(stat(str_z(c->mem, str_cat(c->mem, str_c(engine_where(c)),
		    str_c(suffixes[i]))), &s), 0);
		assert_int_equal(s.st_mode & 0777, 0600);
	}
	assert_int_equal(db_begin(c->db, &tx), OK);
	assert_int_equal(db_read(c->db, SQL("PRAGMA journal_mode"), NULL, 0, &rows), OK);
	assert_int_equal(db_next(rows), OK);
	assert_str(db_text(rows, c->mem, 0), S("wal"));
	assert_int_equal(db_one_int(c->db, SQL("PRAGMA synchronous"), NULL, 0, &value), OK);
	assert_int_equal(value, 2);	/* FULL */
	assert_int_equal(db_one_int(c->db, SQL("PRAGMA foreign_keys"), NULL, 0, &value), OK);
	assert_int_equal(value, 1);
	assert_int_equal(db_one_int(c->db, SQL("PRAGMA secure_delete"), NULL, 0, &value), OK);
	assert_int_equal(value, 1);
	assert_int_equal(db_one_int(c->db, SQL("PRAGMA trusted_schema"), NULL, 0, &value), OK);
	assert_int_equal(value, 0);
}

static void
a_file_that_is_no_database_is_refused(void **state)
{
	struct ctx *c = *state;
	const char *path = str_z(c->mem, str_cat(c->mem, str_c(engine_where(c)), S(".txt")));
	FILE *f = fopen(path, "w");
	struct store *store = NULL;

	assert_non_null(f);
	for (int i = 0; i < 100; i++)
		(void)fputs("a letter that somebody took for the database\n", f);
	(void)fclose(f);
	assert_int_equal(store_open(path, 1, &store), ERR_STORE);
	assert_int_equal(store_open("/nowhere/serment.db", 1, &store), ERR_STORE);
	assert_null(store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SQLITE(a_group_ends_whoever_of_it_gives_up),
		ENGINE_TEST_SQLITE(a_conflict_in_a_group_is_its_own_members_alone),
		ENGINE_TEST_SQLITE(a_full_disk_fails_every_member_and_saves_nothing),
		ENGINE_TEST_SQLITE(a_transaction_that_sqlite_ended_by_itself_is_not_taken_for_open),
		ENGINE_TEST_SQLITE(a_change_that_fills_the_disk_takes_its_group_along_and_each_is_told_the_truth),
		ENGINE_TEST_SQLITE(a_change_that_found_the_disk_full_stays_lost_when_there_is_room_again),
		ENGINE_TEST_SQLITE(a_database_locked_by_another_program_fails_all_who_wait_at_once),
		ENGINE_TEST_SQLITE(a_crowd_of_threads_keeps_just_what_it_committed),
		ENGINE_TEST_SQLITE(after_a_checkpoint_nothing_of_an_erased_row_is_left_in_the_files),
		ENGINE_TEST_SQLITE(a_long_read_puts_the_checkpoint_off_and_sees_what_it_saw),
		ENGINE_TEST_SQLITE(a_copy_is_of_one_instant_while_changes_go_on),
		ENGINE_TEST_SQLITE(its_files_are_the_owners_alone_and_its_settings_are_the_safe_ones),
		ENGINE_TEST_SQLITE(a_file_that_is_no_database_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
