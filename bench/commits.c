/*
 * commits.c - the references beside which bookings are measured: how many
 * durable changes SQLite itself makes a second, with the same settings, alone
 * and with a plain writer thread that commits what waits together.  A change is
 * one small row; or, with the schema given, every row that one booking writes.
 * No HTTP, no JSON, no rules, no keys, and no code of ours.
 *
 *	commits FILE plain SECONDS
 *	commits FILE group SECONDS CLIENTS [SCHEMA]
 *
 * Prints one number: changes a second.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

enum { CLIENTS_MAX = 256, SCHEMA_BYTES_MAX = 1 << 20, STATEMENTS_MAX = 8 };

struct waiting { struct waiting *next; pthread_cond_t done_signal; bool done; };

static struct {
	pthread_mutex_t	 lock;
	pthread_cond_t	 work;
	struct waiting	*first, **last;
	atomic_bool	 stop;
	atomic_long	 commits;
	sqlite3		*db;
	sqlite3_stmt	*change[STATEMENTS_MAX];	/* ?1: the number of the change */
	int64_t		 number;
} all = { .lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER };

static void
must(int rc, const char *what)
{
	if (rc != SQLITE_OK && rc != SQLITE_DONE) {
		(void)fprintf(stderr, "commits: %s: %s\n", what, sqlite3_errmsg(all.db));
		exit(1);
	}
}

static void
run(const char *sql)
{
	must(sqlite3_exec(all.db, sql, NULL, NULL, NULL), sql);
}

static const char *const one_row[] = {
	"INSERT INTO row (id, text) VALUES (?1, zeroblob(64))",
};

/* A quarter of an hour of one of 60 practitioners, for one of 480 persons who are known. */
static const char *const one_booking[] = {
	"UPDATE person SET last_act_at = ?1 WHERE org = 1 AND id = 1000 + ?1 % 480",
	"DELETE FROM busy WHERE org = 1 AND holder IN (100 + ?1 % 60, 1000 + ?1 % 480)"
	" AND cell >= ?1 / 60 * 3079 % 8192 * 3 AND cell <= ?1 / 60 * 3079 % 8192 * 3 + 2 AND until > 0",
	"INSERT INTO busy SELECT 1, h.column1, ?1 / 60 * 3079 % 8192 * 3 + c.column1, 0, ?1, 0"
	" FROM (VALUES (100 + ?1 % 60), (1000 + ?1 % 480)) h, (VALUES (0), (1), (2)) c",
	"INSERT INTO booking (org, id, kind, state, practitioner, site, motive, person, start_at, end_at,"
	" lane, sequence, link_hash, source, created_at, created_by, version)"
	" VALUES (1, 900000000000000000 + ?1, 1, 2, 100 + ?1 % 60, 5, 6, 1000 + ?1 % 480,"
	" ?1 / 60 * 3079 % 8192 * 900000000, ?1 / 60 * 3079 % 8192 * 900000000 + 900000000,"
	" 0, 0, randomblob(32), 3, 1795392000000000, 7, 1)",
	"INSERT INTO outbox (org, id, kind, person, booking, state, attempts, next_at, claimed_until,"
	" last_code, created_at) VALUES (1, 900000000000000000 + ?1, 1, 1000 + ?1 % 480,"
	" 900000000000000000 + ?1, 1, 0, 1795392000000000, 0, 0, 1795392000000000)",
	"INSERT INTO audit (id, org, at, actor, role, purposes, action, object, person, detail, policy)"
	" VALUES (900000000000000000 + ?1, 1, 1795392000000000, 7, 3, 2, 'booking.create',"
	" 900000000000000000 + ?1, 1000 + ?1 % 480, 100 + ?1 % 60, zeroblob(32))",
};

static const char people[] =
    "WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1479)"
    " INSERT INTO person (org, id, version, identity_sealed, email_blind, phone_blind, match_email,"
    " match_phone, created_at, last_act_at) SELECT 1, i, 1, randomblob(210), randomblob(16),"
    " randomblob(16), randomblob(16), randomblob(16), 0, 0 FROM n";

static void
prepare(const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		must(sqlite3_prepare_v2(all.db, texts[i], -1, &all.change[i], NULL), texts[i]);
}

static void
prepare_booking(const char *schema)
{
	static char text[SCHEMA_BYTES_MAX];
	FILE *f = fopen(schema, "r");

	if (f == NULL || fread(text, 1, sizeof(text) - 1, f) == 0) {
		perror(schema);
		exit(1);
	}
	(void)fclose(f);
	run(text);
	run(people);
	prepare(one_booking, sizeof(one_booking) / sizeof(*one_booking));
}

static void
make_change(void)
{
	all.number++;
	for (int i = 0; i < STATEMENTS_MAX && all.change[i] != NULL; i++) {
		must(sqlite3_bind_int64(all.change[i], 1, all.number), "bind");
		must(sqlite3_step(all.change[i]), "step");
		must(sqlite3_reset(all.change[i]), "reset");
	}
}

static double
seconds_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *
client(void *arg)
{
	struct waiting w = { .done_signal = PTHREAD_COND_INITIALIZER };

	(void)arg;
	while (!all.stop) {
		(void)pthread_mutex_lock(&all.lock);
		w.done = false;
		w.next = NULL;
		*all.last = &w;
		all.last = &w.next;
		(void)pthread_cond_signal(&all.work);
		while (!w.done)
			(void)pthread_cond_wait(&w.done_signal, &all.lock);
		(void)pthread_mutex_unlock(&all.lock);
	}
	return NULL;
}

/* Take what waits, one transaction for all, then wake them; until nobody asks any more. */
static void *
writer(void *arg)
{
	(void)arg;
	for (;;) {
		(void)pthread_mutex_lock(&all.lock);
		while (all.first == NULL && !all.stop)
			(void)pthread_cond_wait(&all.work, &all.lock);
		struct waiting *batch = all.first;
		all.first = NULL;
		all.last = &all.first;
		(void)pthread_mutex_unlock(&all.lock);
		if (batch == NULL)
			return NULL;
		run("BEGIN IMMEDIATE");
		for (struct waiting *w = batch; w != NULL; w = w->next)
			make_change();
		run("COMMIT");
		(void)pthread_mutex_lock(&all.lock);
		while (batch != NULL) {
			struct waiting *next = batch->next;

			batch->done = true;
			all.commits++;
			(void)pthread_cond_signal(&batch->done_signal);
			batch = next;
		}
		(void)pthread_mutex_unlock(&all.lock);
	}
}

static double
grouped(double seconds, int clients)
{
	pthread_t threads[CLIENTS_MAX], write_thread;
	double began = seconds_now();

	all.last = &all.first;
	(void)pthread_create(&write_thread, NULL, writer, NULL);
	for (int i = 0; i < clients; i++)
		(void)pthread_create(&threads[i], NULL, client, NULL);
	(void)usleep((useconds_t)(seconds * 1e6));
	long commits = all.commits;
	double rate = (double)commits / (seconds_now() - began);
	all.stop = true;
	for (int i = 0; i < clients; i++)
		(void)pthread_join(threads[i], NULL);
	(void)pthread_cond_signal(&all.work);
	(void)pthread_join(write_thread, NULL);
	return rate;
}

static double
plain(double seconds)
{
	double began = seconds_now();
	long commits = 0;

	while (seconds_now() - began < seconds) {
		run("BEGIN IMMEDIATE");
		make_change();
		run("COMMIT");
		commits++;
	}
	return (double)commits / (seconds_now() - began);
}

int
main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	double seconds = strtod(argv[3], NULL);
	long clients = argc > 4 ? strtol(argv[4], NULL, 10) : 1;

	must(sqlite3_open(argv[1], &all.db), "open");
	run("PRAGMA journal_mode = WAL");
	run("PRAGMA synchronous = FULL");
	run("PRAGMA cache_size = -16000");
	run("PRAGMA wal_autocheckpoint = 4000");
	if (argc > 5) {
		prepare_booking(argv[5]);
	} else {
		run("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, text BLOB NOT NULL)");
		prepare(one_row, 1);
	}
	double rate = strcmp(argv[2], "plain") == 0 ? plain(seconds) :
	    grouped(seconds, clients < CLIENTS_MAX ? (int)clients : CLIENTS_MAX);
	(void)printf("%.0f\n", rate);
	for (int i = 0; i < STATEMENTS_MAX; i++)
		(void)sqlite3_finalize(all.change[i]);
	(void)sqlite3_close(all.db);
	return 0;
}
