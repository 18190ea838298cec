/*
 * db_held.h - holding: who answers many in a row need not wait for the disk once
 * for each.
 *
 * While a handle holds, db_commit returns as soon as the change has its place in
 * the next COMMIT.  Nobody may be told of it before db_settle has said OK, and
 * reads outside a change do not see it until then.  Whoever waits, on another
 * handle, takes along what is held.  Past DB_HELD_MAX changes db_commit waits as
 * ever; PostgreSQL always does, for its own group commit wants many who wait.
 */
#ifndef DB_HELD_H
#define DB_HELD_H

#include "store/db.h"

enum { DB_HELD_MAX = 128 };

/* Outside a change: from now on. */
void   db_hold(struct db *, bool);
/* How many changes are held. */
size_t db_held(const struct db *);
/*
 * Wait until they are on disk or lost.  ret_each, with room for DB_HELD_MAX: of
 * each, in the order of their db_commit, OK or ERR_STORE.
 */
void   db_settle(struct db *, err *ret_each);

#endif
