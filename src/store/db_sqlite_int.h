/*
 * db_sqlite_int.h - a connection to SQLite, and the one writer of a store.
 *
 * A connection belongs to one thread at a time (SQLITE_OPEN_NOMUTEX): a
 * reader's to its handle's thread, the writer's to the member that has the turn.
 */
#ifndef DB_SQLITE_INT_H
#define DB_SQLITE_INT_H

#include <pthread.h>
#include <sqlite3.h>

#include "store/db_int.h"

enum { BUSY_WAIT = 3000 };	/* ms: for another program that has the file locked */

struct connection {
	sqlite3			*handle;
	struct statements	 statements;
};

/* Log what SQLite says of its last failure, unless it is the caller's to answer, and map it. */
err  connection_failed(struct connection *, int code, const char *text);
/* A literal without binds and rows, prepared once; a failure is logged already. */
err  connection_command(struct connection *, const char *text);

/* What a change needs to wait for its turn, and for its group's COMMIT. */
struct member {
	pthread_cond_t	 wake;
	struct member	*next;		/* in the one queue it stands in */
	bool		 answered;
	err		 answer;
};

struct member_queue { struct member *first, *last; int n; };

/*
 * The turn is a baton: who has it owns the connection, the open transaction and
 * the group, without the lock.  It is handed over in the order of asking.
 * The lock guards the baton, the waiting queue, and the members' answers.
 */
struct writer {
	pthread_mutex_t		lock;
	bool			taken;		/* somebody has the turn */
	struct member_queue	waiting;	/* for the turn */

	struct tally		*tally;
	struct connection	connection;
	struct member_queue	group;		/* done, waiting for the COMMIT */
	int			asleep;		/* of the group's members: those that wait for it now */
	bool			open;		/* BEGIN has run; false: the group is empty */
	usec			opened_at;
};

err  writer_begin(struct writer *, struct member *) MUST_USE;
err  writer_commit(struct writer *, struct member *) MUST_USE;	/* OK: on disk */
/* The same without the wait: m is answered by the group's end, which writer_settle awaits. */
err  writer_commit_held(struct writer *, struct member *) MUST_USE;
void writer_settle(struct writer *, struct member *turn, const struct member *held, size_t n);
void writer_undo(struct writer *);
err  writer_checkpoint(struct writer *, struct member *) MUST_USE;

#endif
