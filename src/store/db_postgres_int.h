/* db_postgres_int.h - shared by db_postgres.c and db_postgres_bulk.c. */
#ifndef DB_POSTGRES_INT_H
#define DB_POSTGRES_INT_H

#include <libpq-fe.h>

#include "store/bulk.h"
#include "store/db_int.h"

/* The numbers of PostgreSQL's own types never change (catalog/pg_type.dat). */
enum {
	TYPE_ANY = 0, TYPE_BOOL = 16, TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_INT4 = 23, TYPE_TEXT = 25,
};

/* More are collected first: what the server answers to them always fits into a socket's buffer. */
enum { POSTED_MAX = 64 };

struct postgres_db {
	struct db		 base;
	const char		*url;
	PGconn			*connection;	/* NULL: to be opened at the next call */
	struct statements	 statements;
	unsigned		 prepared_n;	/* names given out on this connection */
	const char		*posted[POSTED_MAX];	/* sent in pipeline mode, not heard of yet */
	int			 posted_n;	/* above 0: the connection is in pipeline mode */
	struct append		*appends;	/* rows that were not sent yet */
};

/* Connected, now or already. */
err  postgres_connect(struct postgres_db *) MUST_USE;
/* Takes the result of a failure, logs it if it is nobody's to answer, and maps it. */
err  postgres_failed(struct postgres_db *, PGresult *, const char *text);
/* A statement, or several, without binds; rows are thrown away. */
err  postgres_exec(struct postgres_db *, const char *text, const char *name_in_log) MUST_USE;

/* The engine's part of bulk.h; flush: send what was appended; drop: forget it. */
err  postgres_append(struct db *, const struct query *) MUST_USE;
err  postgres_append_flush(struct db *) MUST_USE;
void postgres_append_drop(struct db *);
err  postgres_copy(struct db *, const char *path) MUST_USE;
err  postgres_fill(struct db *, const char *path) MUST_USE;
err  postgres_is_empty(struct db *, bool *ret) MUST_USE;
err  postgres_clear(struct db *) MUST_USE;
err  postgres_analyze(struct db *) MUST_USE;
err  postgres_needs_analyze(struct db *, bool *ret) MUST_USE;

#endif
