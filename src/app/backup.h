/*
 * backup.h - sealed copies of the data folder, and the way back.
 *
 * Two archives, FILE.data and FILE.keys, for keys must be forgotten sooner
 * than data (an erased person's key is gone; an old copy of it must go too).
 * Each is a stream of vault/stream.h, sealed to the recovery kit: an SQLite
 * database, or the tables of a PostgreSQL one (store/bulk.h), then a manifest
 * of `name = value` lines, then how long the manifest is (8 bytes, big-endian).
 */
#ifndef BACKUP_H
#define BACKUP_H

#include "app/server.h"

enum { MANIFEST_BYTES_MAX = 64 * 1024, MANIFEST_LENGTH_BYTES = 8 };

enum archive { ARCHIVE_DATA, ARCHIVE_KEYS, ARCHIVE_COUNT };

/* "FILE.data", "FILE.keys"; and what it holds: a file of the folder, or the tables. */
char *archive_path(struct arena *, const char *file, enum archive);
const char *archive_holds(enum archive, bool postgres);
#define ARCHIVE_TABLES	"tables"

struct backup_options {
	const char	*dir, *out;
	const char	*store;		/* NULL or empty: serment.db in dir */
	usec		 now;
};
struct backup_made { int64_t bytes[ARCHIVE_COUNT]; };

/* ERR_CONFLICT: a file of that name is there.  On error nothing of ours is left; ret_why tells the operator. */
err  backup_make(struct arena *, const struct backup_options *, struct backup_made *ret, str *ret_why) MUST_USE;

/* SQLite only: does the database pass its own check?  ERR_SEALED: no; ret_said is what it found. */
err  database_check(struct db *, struct arena *, str *ret_said) MUST_USE;
/* The counts of an SQLite database's tables, as lines of a manifest; of the keys there are none. */
err  manifest_counts(struct db *, struct arena *, enum archive, str *ret) MUST_USE;
/* A hash over the first bytes of an open file, whatever its size. */
err  manifest_hash(int fd, int64_t bytes, struct arena *, str *ret_hex) MUST_USE;
/* The value of a line; empty: there is none. */
str  manifest_value(str manifest, str name);
#define MANIFEST_COUNTS	"counts:\n"	/* the counts follow it, to the end */

struct restore_options {
	const char	*from, *kit, *dir;
	const char	*store;		/* NULL or empty: serment.db in dir; else an empty PostgreSQL database */
};
struct restore_proof {
	str	made_at;
	int64_t	rows;		/* counted, and equal to the manifest's */
	int64_t	lines;		/* of the log's chain, recomputed */
	bool	opened;		/* a sealed row was opened; false: there was none */
};

/*
 * ERR_CONFLICT: the folder or the database is not empty, or the backup is of the
 * other engine.  ERR_INVALID: the kit is not sound.  ERR_SEALED: another kit, or a
 * damaged or truncated file.  On error nothing is left, but perhaps empty tables.
 */
err  restore_run(struct arena *, const struct restore_options *, struct restore_proof *ret, str *ret_why) MUST_USE;

#endif
