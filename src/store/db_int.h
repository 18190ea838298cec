/*
 * db_int.h - what db.c and the engines share; nobody outside store/ includes it.
 *
 * db.c keeps what is alike for both engines: the state of a change, the limits
 * of binds, failures on demand.  An engine is a table of functions over its own
 * structs, which begin with the ones below.
 */
#ifndef DB_INT_H
#define DB_INT_H

#include "store/counts.h"
#include "store/db_held.h"

struct query {
	const char		*text;
	const struct bind	*binds;
	size_t			 n;
};

struct engine {
	err  (*store_open)(const char *where, struct store **);
	void (*store_close)(struct store *);
	err  (*open)(struct store *, struct db **);
	void (*close)(struct db *);

	/* commit and undo both end the change, whatever they return. */
	err  (*begin)(struct db *);
	err  (*commit)(struct db *);
	void (*undo)(struct db *);
	void (*settle)(struct db *, err *ret_each);	/* called with held changes only */

	/* Called inside a change only. */
	err  (*run)(struct db *, const struct query *, int64_t *changed);
	err  (*post)(struct db *, const struct query *);
	err  (*script)(struct db *, const char *statements);
	err  (*lock)(struct db *, int64_t key, bool exclusive);
	err  (*lock_schema)(struct db *);

	err  (*read)(struct db *, const struct query *, struct db_rows **);
	err  (*next)(struct db_rows *);
	void (*rows_end)(struct db_rows *);	/* gives up all but the struct itself */
	int64_t (*column_int)(struct db_rows *, int column);
	str  (*column_bytes)(struct db_rows *, int column);	/* until next */
	bool (*column_null)(struct db_rows *, int column);

	err  (*copy)(struct db *, const char *path);
	err  (*checkpoint)(struct db *);

	/* bulk.h; NULL: this engine has no need of it. */
	err  (*append)(struct db *, const struct query *);
	err  (*append_flush)(struct db *);
	err  (*fill)(struct db *, const char *path);
	err  (*is_empty)(struct db *, bool *ret);
	err  (*clear)(struct db *);
	err  (*analyze)(struct db *);
	err  (*needs_analyze)(struct db *, bool *ret);
};

extern const struct engine engine_sqlite, engine_postgres;

/* store_counts, while it runs.  began: what tally_now said before. */
struct tally {
	_Atomic int64_t	commits, changes, groups[STORE_GROUPS], waits, retries, conflicts;
	_Atomic usec	flush_time, wait_time;
};
usec tally_now(void);
void tally_commit(struct tally *, int changes, usec began);
void tally_wait(struct tally *, usec began);
void tally_failure(struct tally *, err);	/* only ERR_RETRY and ERR_CONFLICT count */

struct store {
	const struct engine	*engine;
	struct tally		 tally;
	int			 handles_max;
	_Atomic int		 handles;
};

struct db {
	struct store		*store;
	const struct engine	*engine;
	bool			 in_change;
	err			 broken;	/* why the open change cannot be committed */
	bool			 holds;
	size_t			 held_n;	/* committed, and not settled yet */
	int			 fail_in;	/* statements until the one that fails; 0: none */
	bool			 appended;	/* rows that the engine may not have sent yet */
	struct db_rows		*change_rows;	/* reads of the open change, not ended yet */
};

struct db_rows {
	struct db		*db;
	struct db_rows		*next;		/* in change_rows */
	bool			 ended;		/* by the end of its change: only to be freed */
};

/* migrate.c's: several statements at once, and the lock among servers. */
err db_script(struct db *, const char *statements) MUST_USE;
err db_lock_schema(struct db *) MUST_USE;

/*
 * Prepared statements, found by the address of their literal: a pointer that
 * never changes is a perfect key, and needs no comparison of texts.
 */
struct statements {
	struct statement_slot { const char *text; void *prepared; } *slots;
	size_t	n, room;
};

/* The place for what was prepared from this text; holds NULL at first.  Valid until the next call. */
void **statements_at(struct statements *, const char *text);
/* Hand each to the destructor, and forget all. */
void statements_drop(struct statements *, void (*destroy)(void *));

#endif
