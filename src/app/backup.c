/* backup.c - see backup.h: the way out.  The way back is restore.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/backup.h"
#include "app/commands.h"
#include "app/file.h"
#include "base/civil.h"
#include "store/bulk.h"
#include "vault/secret.h"
#include "vault/stream.h"

enum { HASH_CHUNK_BYTES = 1 << 20, PUBLIC_BYTES_MAX = 4096 };

static const struct { const char *suffix, *file; } archives[ARCHIVE_COUNT] = {
	[ARCHIVE_DATA] = { "data", FOLDER_DATA },
	[ARCHIVE_KEYS] = { "keys", FOLDER_KEYS },
};

char *
archive_path(struct arena *mem, const char *file, enum archive which)
{
	return str_z(mem, str_printf(mem, "%s.%s", file, archives[which].suffix));
}

const char *
archive_holds(enum archive which, bool postgres)
{
	return postgres && which == ARCHIVE_DATA ? ARCHIVE_TABLES : archives[which].file;
}

static err
fail(str *ret_why, err e, str why)
{
	*ret_why = why;
	return e;
}

err
manifest_counts(struct db *db, struct arena *mem, enum archive which, str *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct buf b = buf_in(mem, MANIFEST_BYTES_MAX);
	err e;

	*ret = (str){0};
	if (which == ARCHIVE_KEYS)
		return OK;	/* its tables are the vault's own; its hash says enough */
	TRY(db_read(db, SQL("SELECT 'org', COUNT(*) FROM org UNION ALL SELECT 'site', COUNT(*) FROM site"
	    " UNION ALL SELECT 'practitioner', COUNT(*) FROM practitioner"
	    " UNION ALL SELECT 'motive', COUNT(*) FROM motive UNION ALL SELECT 'hours', COUNT(*) FROM hours"
	    " UNION ALL SELECT 'absence', COUNT(*) FROM absence UNION ALL SELECT 'person', COUNT(*) FROM person"
	    " UNION ALL SELECT 'booking', COUNT(*) FROM booking UNION ALL SELECT 'busy', COUNT(*) FROM busy"
	    " UNION ALL SELECT 'seat', COUNT(*) FROM seat UNION ALL SELECT 'account', COUNT(*) FROM account"
	    " UNION ALL SELECT 'membership', COUNT(*) FROM membership"
	    " UNION ALL SELECT 'outbox', COUNT(*) FROM outbox UNION ALL SELECT 'task', COUNT(*) FROM task"
	    " UNION ALL SELECT 'audit', COUNT(*) FROM audit UNION ALL SELECT 'opening', COUNT(*) FROM opening"
	    " UNION ALL SELECT 'audit_tile', COUNT(*) FROM audit_tile"
	    " UNION ALL SELECT 'audit_checkpoint', COUNT(*) FROM audit_checkpoint"),
	    NULL, 0, &rows));
	while ((e = db_next(rows)) == OK)
		buf_printf(&b, "%.*s = %lld\n", STR_FMT(db_text(rows, mem, 0)), (long long)db_int(rows, 1));
	*ret = buf_str(&b);
	return e == ERR_NOT_FOUND ? OK : e;
}

err
database_check(struct db *db, struct arena *mem, str *ret_said)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	/* SQLite's own command, and no statement of the dialect: it is not written with SQL(). */
	const struct sql check = { "PRAGMA integrity_check" };

	TRY(db_read(db, check, NULL, 0, &rows));
	TRY(db_next(rows));
	*ret_said = db_text(rows, mem, 0);
	return str_eq(*ret_said, S("ok")) ? OK : ERR_SEALED;
}

/* Each chunk's hash is over the last one's and the chunk: the file never has to fit into memory. */
err
manifest_hash(int fd, int64_t bytes, struct arena *mem, str *ret_hex)
{
	CLEANUP(arena_free) struct arena scratch = {0};
	char *chunk = arena_alloc(mem, HASH_CHUNK_BYTES + 32, 1);	/* the last hash stands before it */

	for (int64_t at = 0; at < bytes; ) {
		size_t want = (size_t)min64(HASH_CHUNK_BYTES, bytes - at), n = 0;

		while (n < want) {
			ssize_t got = pread(fd, chunk + 32 + n, want - n, (off_t)(at + (int64_t)n));

			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				return ERR_IO;
			n += (size_t)got;
		}
		str hash = sha256(&scratch, (str){ chunk, 32 + want });
		memcpy(chunk, hash.p, 32);
		arena_reset(&scratch);
		at += (int64_t)want;
	}
	*ret_hex = str_hex(mem, (str){ chunk, 32 });
	return OK;
}

str
manifest_value(str manifest, str name)
{
	str line, key;

	while (manifest.n > 0 && str_split(&manifest, '\n', &line))
		if (str_split(&line, '=', &key) && str_eq(str_trim(key), name))
			return str_trim(line);
	return (str){0};
}

/* A consistent copy of one database of the folder, in a file of its own; and its schema's last step. */
static err
copy(const char *from, const char *to, int64_t *ret_schema)
{
	struct store *store;
	struct db *db;

	TRY(store_open(from, 1, &store));
	err e = db_open(store, &db);
	if (e == OK) {
		e = db_one_int(db, SQL("SELECT COALESCE(MAX(number), 0) FROM schema_step"), NULL, 0, ret_schema);
		if (e == OK)
			e = db_copy(db, to);
		db_close(db);
	}
	store_close(store);
	return e;
}

/* Read from the copy, which no longer changes. */
static err
counts_of(const char *path, struct arena *mem, const struct backup_options *o, enum archive which, str *ret)
{
	struct store *store;
	struct db *db;

	if (which == ARCHIVE_DATA && folder_store_is_url(o->store))
		return db_copy_counts(path, mem, ret);
	TRY(store_open(path, 1, &store));
	err e = db_open(store, &db);
	if (e == OK) {
		e = manifest_counts(db, mem, which, ret);
		if (e == OK)
			e = db_checkpoint(db);
		db_close(db);
	}
	store_close(store);
	return e;
}

/* Manifest and its length, behind the database. */
static err
manifest_append(const char *path, int64_t schema, struct arena *mem, const struct backup_options *o,
    enum archive which)
{
	CLEANUP(file_close) int fd = -1;
	struct buf b = buf_in(mem, MANIFEST_BYTES_MAX);
	struct stat st;
	str counts, hash;

	TRY(counts_of(path, mem, o, which, &counts));
	if ((fd = open(path, O_RDWR | O_CLOEXEC)) < 0 || fstat(fd, &st) != 0)
		return ERR_IO;
	TRY(manifest_hash(fd, st.st_size, mem, &hash));
	buf_printf(&b, "format = 1\nholds = %s\nmade_at = %.*s\nprogram = %s\nschema = %lld\nbytes = %lld\n"
	    "hash = %.*s\n" MANIFEST_COUNTS "%.*s", archive_holds(which, folder_store_is_url(o->store)),
	    STR_FMT(civil_rfc3339(mem, NULL, o->now)), SERMENT_VERSION, (long long)schema,
	    (long long)st.st_size, STR_FMT(hash), STR_FMT(counts));
	size_t length = b.n;
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(&b, (char)((uint64_t)length >> shift & 0xff));
	if (!buf_ok(&b) || lseek(fd, 0, SEEK_END) < 0)
		return ERR_IO;
	return file_put(fd, buf_str(&b));
}

static err
seal(const char *from, const char *to, str public, int64_t *ret_bytes)
{
	CLEANUP(file_close) int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(file_close) int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat st;

	if (in < 0 || out < 0)
		return ERR_IO;
	TRY(stream_seal(public, in, out));
	if (fsync(out) != 0 || fstat(out, &st) != 0)
		return ERR_IO;
	*ret_bytes = st.st_size;
	return OK;
}

static void
copy_remove(struct arena *mem, const char *copied)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < COUNT(tails); i++)
		(void)unlink(str_z(mem, str_printf(mem, "%s%s", copied, tails[i])));
}

static err
archive_make(struct arena *mem, const struct backup_options *o, enum archive which, int64_t *ret_bytes)
{
	const char *to = archive_path(mem, o->out, which);
	char *copied = str_z(mem, str_cat(mem, str_c(to), S(".copy")));
	const char *from = which == ARCHIVE_DATA ? folder_store(mem, o->dir, o->store) :
	    file_join(mem, o->dir, FOLDER_KEYS);
	str public;

	TRY(file_read(mem, file_join(mem, o->dir, FOLDER_PUBLIC), PUBLIC_BYTES_MAX, &public));
	int64_t schema = 0;
	err e = copy(from, copied, &schema);
	if (e == OK)
		e = manifest_append(copied, schema, mem, o, which);
	if (e == OK && (e = seal(copied, to, public, ret_bytes)) != OK)
		(void)unlink(to);
	copy_remove(mem, copied);
	return e;
}

static err
check_places(struct arena *mem, const struct backup_options *o, str *ret_why)
{
	if (!file_exists(file_join(mem, o->dir, FOLDER_PUBLIC)))
		return fail(ret_why, ERR_NOT_FOUND, str_printf(mem, "%s has no " FOLDER_PUBLIC
		    ", to which backups are sealed.  Nothing was written; copy the line recovery-public of the"
		    " recovery kit into it", o->dir));
	for (int i = 0; i < ARCHIVE_COUNT; i++) {
		const char *path = archive_path(mem, o->out, (enum archive)i);

		if (file_exists(path))
			return fail(ret_why, ERR_CONFLICT, str_printf(mem,
			    "%s is there already and was left as it is; name another file", path));
	}
	return OK;
}

err
backup_make(struct arena *mem, const struct backup_options *o, struct backup_made *ret, str *ret_why)
{
	struct backup_made made = {0};

	TRY(check_places(mem, o, ret_why));
	/*
	 * Data first: a person's key is on disk before the first row about the
	 * person, so that the keys copied later open every row copied before.
	 */
	err e = archive_make(mem, o, ARCHIVE_DATA, &made.bytes[ARCHIVE_DATA]);
	if (e == OK && (e = archive_make(mem, o, ARCHIVE_KEYS, &made.bytes[ARCHIVE_KEYS])) != OK)
		(void)unlink(archive_path(mem, o->out, ARCHIVE_DATA));
	if (e == ERR_INVALID)
		return fail(ret_why, e, str_printf(mem, "%s/" FOLDER_PUBLIC " is damaged.  Nothing was written;"
		    " copy the line recovery-public of the recovery kit into it", o->dir));
	if (e != OK)
		return fail(ret_why, e, str_printf(mem, "%s could not be written (%s, %s).  The data folder is"
		    " untouched and nothing half written was left; is the disk full, does the folder exist?",
		    o->out, err_name(e), strerrordesc_np(errno)));
	*ret = made;
	return OK;
}
