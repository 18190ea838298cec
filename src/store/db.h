/*
 * db.h - one SQL dialect, two engines, durable before the answer.
 *
 * Statements are literals with $1..$24, and run unchanged on SQLite and on
 * PostgreSQL.  Types: BIGINT, TEXT, and blobs.  No SQL date, no serial, no
 * JSON: ids and times are ours.
 *
 * A `struct store` is opened once; each thread takes a `struct db` of its own.
 * Reads see what is committed.  A change runs between db_begin and db_commit:
 *   SQLite: changes run one after another on the one writing handle, and those
 *	that wait together are committed together (group commit).  db_commit
 *	returns after the data are on disk (who holds: see db_held.h).
 *   PostgreSQL: an ordinary READ COMMITTED transaction on the thread's
 *	connection; ERR_RETRY asks for the whole change again (deadlock,
 *	serialisation); a lost connection is ERR_STORE, and is opened again at
 *	the next call.  When it is lost during db_commit, nobody knows whether
 *	the change was saved: repeat it under the same idempotency key.
 * After an error inside a change, other than ERR_NOT_FOUND, the change must be
 * given up: every later call, db_commit too, returns that same error.
 * Keep changes short: seal, hash and make keys before db_begin, and never wait
 * for anything else inside.
 */
#ifndef DB_H
#define DB_H

#include "base/ctx.h"

/* BYTES: of one text or blob; more is ERR_TOO_LARGE. */
enum { DB_BINDS_MAX = 24, DB_BYTES_MAX = 256 * 1024 * 1024 };

struct store;
struct db;
struct db_rows;
struct db_tx { struct db *db; };	/* zero: no change open */

/* Only a string literal survives this macro: SQL is never assembled. */
struct sql { const char *text; };
#define SQL(literal)	((struct sql){ "" literal "" })

struct bind {
	enum { BIND_INT, BIND_TEXT, BIND_BLOB, BIND_NULL } kind;
	int64_t	i;
	str	s;
};
#define INT(v)		((struct bind){ .kind = BIND_INT,  .i = (v) })
#define TEXT(v)		((struct bind){ .kind = BIND_TEXT, .s = (v) })
#define BLOB(v)		((struct bind){ .kind = BIND_BLOB, .s = (v) })
#define NIL		((struct bind){ .kind = BIND_NULL })
/* A reference: 0 becomes NULL. */
#define REF(v)		((v) == 0 ? NIL : INT(v))
#define BINDS(...)	(struct bind[]){ __VA_ARGS__ }, \
			COUNT(((struct bind[]){ __VA_ARGS__ }))

/*
 * Where: a file's path (SQLite) or postgres://… (libpq).  ERR_STORE with the
 * reason logged.  readers_max bounds how many db handles may be taken.
 */
err  store_open(const char *where, int readers_max, struct store **) MUST_USE;
void store_close(struct store *);
bool store_is_sqlite(const struct store *);

/* A handle for one thread, kept for its life.  NULL is allowed to db_close. */
err  db_open(struct store *, struct db **) MUST_USE;
void db_close(struct db *);

/* Run; report how many rows changed (NULL: exactly one or ERR_STORE).
 * A row that a key or a check forbids is ERR_CONFLICT.  Outside a change it is
 * a change of its own, durable when it returns.  Text that is not UTF-8, or
 * holds NUL, is ERR_INVALID. */
err  db_run(struct db *, struct sql, const struct bind *, size_t,
	int64_t *ret_changed) MUST_USE;

/* Inside a change: as db_run, of any number of rows; but its error may come with a later
 * call, db_commit at the latest, for on PostgreSQL what is posted travels together. */
err  db_post(struct db *, struct sql, const struct bind *, size_t) MUST_USE;

/*
 * Read; db_next returns ERR_NOT_FOUND after the last row.  Inside a change it
 * may also write (RETURNING).  Rows read inside a change end with it.  A column
 * is a BIGINT or a comparison for db_int, TEXT or a blob for db_text: say CAST
 * where SQL is vague (SUM is no BIGINT in PostgreSQL).
 */
err  db_read(struct db *, struct sql, const struct bind *, size_t,
	struct db_rows **) MUST_USE;
err  db_next(struct db_rows *) MUST_USE;
int64_t db_int(struct db_rows *, int column);		/* NULL is 0 */
str  db_text(struct db_rows *, struct arena *, int column);	/* NULL is empty; also for blobs */
bool db_null(struct db_rows *, int column);
void db_rows_end(struct db_rows **);
/* The first row's first column; ERR_NOT_FOUND without a row. */
err  db_one_int(struct db *, struct sql, const struct bind *, size_t, int64_t *ret) MUST_USE;

/* A change that is not committed is undone when it leaves scope. */
err  db_begin(struct db *, struct db_tx *) MUST_USE;
err  db_commit(struct db_tx *) MUST_USE;
void db_tx_end(struct db_tx *);
bool db_in_change(const struct db *);
/*
 * Inside a change: wait until no other change holds this lock, and keep it to
 * the end.  Shared holders do not exclude each other.  (SQLite's changes run
 * one by one anyway; PostgreSQL: an advisory lock.)
 */
err  db_lock(struct db *, int64_t key, bool exclusive) MUST_USE;

/* Tests: the n-th statement from now on this handle fails with ERR_STORE; 0 disarms. */
void db_fail_after(struct db *, int statements);

/*
 * SQLite: a consistent copy of the whole database into a new file, while
 * serving; ERR_IO: no such new file can be made.  On PostgreSQL see bulk.h.
 */
err  db_copy(struct db *, const char *path) MUST_USE;

/*
 * SQLite: empty the write-ahead log into the file, for after an erasure and for
 * idle hours; ERR_RETRY: a long read is in the way.  PostgreSQL: nothing to do.
 */
err  db_checkpoint(struct db *) MUST_USE;

#endif
