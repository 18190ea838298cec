/* counts.h - what a store has done since it was opened, for whoever watches it. */
#ifndef COUNTS_H
#define COUNTS_H

#include "store/db.h"

enum { STORE_GROUPS = 9 };	/* commits of 1 change, of at most 2, 4, ... 128, and of more */

struct store_counts {
	int64_t	commits;		/* transactions brought to disk */
	int64_t	changes;		/* that were in them */
	int64_t	groups[STORE_GROUPS];	/* commits, by how many changes shared one */
	usec	flush_time;		/* spent in COMMIT */
	int64_t	waits;			/* changes that waited for their turn (SQLite) */
	usec	wait_time;
	int64_t	retries;		/* the engine asked for the whole change again */
	int64_t	conflicts;		/* a key or a check forbade a row: no double booking */
};

/* Each number is true; together they are of about the same moment. */
struct store_counts store_counts(const struct store *);

#endif
