/*
 * migrate.h - brings a database to the schema that this program knows.
 * Steps are the files sql/NNNN_name.sql, embedded in the program, append-only:
 * a step that was ever released is never edited (its hash is recorded and
 * compared).  Each runs in one transaction, under a lock, so that of several
 * servers that start together one migrates and the others wait.
 *
 * Two tokens are replaced for the engine: @BLOB@ (BLOB, BYTEA) and @CLUSTERED@
 * (WITHOUT ROWID, nothing).  Statements are separated by ";\n".
 */
#ifndef MIGRATE_H
#define MIGRATE_H

#include "store/db.h"

struct migration { int number; const char *name; const char *text; };

/*
 * The steps in rising order of their numbers.  ERR_CONFLICT: the database is
 * newer than this program, or a step was edited or slipped in; ret_why (in mem)
 * says so in words for the operator.
 */
err migrate(struct db *, struct arena *mem, const struct migration *, size_t n,
	usec now, str *ret_why) MUST_USE;

#endif
