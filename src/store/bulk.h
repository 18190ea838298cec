/*
 * bulk.h - what is not one row's business: very many rows at once, and whole
 * databases, for demonstrations, backups and whoever looks after the server.
 */
#ifndef BULK_H
#define BULK_H

#include "store/db.h"

/*
 * Inside a change: add one row, as db_run of this INSERT would, but faster when
 * there are very many.  The literal is "INSERT INTO t (…) VALUES ($1, $2, …)"
 * with nothing but its binds in order.  PostgreSQL takes the rows with COPY, at
 * the latest before the change's next other statement, or its commit: what
 * forbids a row is told then.
 */
err  db_append(struct db *, struct sql insert, const struct bind *, size_t) MUST_USE;

/*
 * db_copy of a PostgreSQL database writes a file of our own form: every row of
 * every table as it stood at one moment, however long that takes.  In it, for
 * each table by name:
 *	its name and those of its columns, each preceded by its length (2 bytes;
 *	after the last, 0), then the chunks of PostgreSQL's own COPY BINARY, each
 *	preceded by its length (4 bytes; after the last, 0), then how many rows
 *	that is (8 bytes).  All numbers are big-endian.
 * The table schema_step is left out: the schema is made by migrate().
 */
#define DB_COPY_BEGIN	"serment tables 1\n"
#define DB_COPY_END	"end\n"

/* "table = rows" for each table of such a file.  ERR_SEALED: it is none, or cut short. */
err  db_copy_counts(const char *path, struct arena *, str *ret) MUST_USE;
/*
 * Inside a change, PostgreSQL only: bring the rows of such a file into the
 * tables, which are there and empty; each then has as many rows as the file says.
 * ERR_SEALED: the file is unsound, or names what this schema has not.
 */
err  db_fill(struct db *, const char *path) MUST_USE;
/* PostgreSQL only: no table here has a row, schema_step aside. */
err  db_is_empty(struct db *, bool *ret) MUST_USE;

/* Inside a change, PostgreSQL only: take every row out of every table, schema_step aside. */
err  db_clear(struct db *) MUST_USE;

/* PostgreSQL: gather the statistics that its planner needs; SQLite does without. */
err  db_analyze(struct db *) MUST_USE;
/* PostgreSQL: does a table hold very many rows that its planner knows nothing of? */
err  db_needs_analyze(struct db *, bool *ret) MUST_USE;

#endif
