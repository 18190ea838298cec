/*
 * commits.c - the reference beside which bookings are measured: how many
 * single-row durable commits SQLite itself makes a second, with the same
 * settings, alone and with a plain writer thread that commits what waits
 * together.  Uses nothing of ours.
 *
 *	commits FILE plain SECONDS
 *	commits FILE group SECONDS CLIENTS
 *
 * Prints one number: commits a second.
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

enum { CLIENTS_MAX = 256, ROW_BYTES = 64 };

struct waiting { struct waiting *next; pthread_cond_t done_signal; bool done; };

static struct {
	pthread_mutex_t	 lock;
	pthread_cond_t	 work;
	struct waiting	*first, **last;
	atomic_bool	 stop;
	atomic_long	 commits;
	sqlite3		*db;
	sqlite3_stmt	*insert;
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

static void
insert_row(void)
{
	static const char row[ROW_BYTES];

	must(sqlite3_bind_blob(all.insert, 1, row, sizeof(row), SQLITE_STATIC), "bind");
	must(sqlite3_step(all.insert), "insert");
	must(sqlite3_reset(all.insert), "reset");
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
			insert_row();
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
		insert_row();
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
	run("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, text BLOB NOT NULL)");
	must(sqlite3_prepare_v2(all.db, "INSERT INTO row (text) VALUES (?1)", -1, &all.insert, NULL), "prepare");
	double rate = strcmp(argv[2], "plain") == 0 ? plain(seconds) :
	    grouped(seconds, clients < CLIENTS_MAX ? (int)clients : CLIENTS_MAX);
	(void)printf("%.0f\n", rate);
	(void)sqlite3_finalize(all.insert);
	(void)sqlite3_close(all.db);
	return 0;
}
