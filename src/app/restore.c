/* restore.c - see backup.h: the way back, and the proof that it led there. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/account.h"
#include "access/audit.h"
#include "app/backup.h"
#include "app/file.h"
#include "app/migrations.h"
#include "practice/person.h"
#include "store/bulk.h"
#include "vault/stream.h"

enum { KIT_BYTES_MAX = 64 * 1024, ROOT_BYTES = 32 };

struct kit { str secret, public, root; };

struct restore {
	struct arena			*mem;
	const struct restore_options	*o;
	struct kit			 kit;
	str				 manifests[ARCHIVE_COUNT];
	bool				 postgres, made_dir, filled;
	str				*why;
};

static err
fail(const struct restore *r, err e, str why)
{
	*r->why = why;
	return e;
}

/* --- the kit --- */

static str
kit_line(str text, str name)
{
	str line, key;

	while (text.n > 0 && str_split(&text, '\n', &line))
		if (str_split(&line, ':', &key) && str_eq(str_trim(key), name))
			return str_trim(line);
	return (str){0};
}

static err
kit_read(struct restore *r)
{
	str text, root;
	err e = file_read(r->mem, r->o->kit, KIT_BYTES_MAX, &text);

	if (e != OK)
		return fail(r, e, str_printf(r->mem, "the recovery kit %s cannot be read; nothing was written",
		    r->o->kit));
	r->kit.secret = kit_line(text, S("recovery-key"));
	r->kit.public = kit_line(text, S("recovery-public"));
	root = kit_line(text, S("root-key"));
	if (r->kit.secret.n == 0 || r->kit.public.n == 0 ||
	    !str_base64url_decode(r->mem, root, &r->kit.root) || r->kit.root.n != ROOT_BYTES)
		return fail(r, ERR_INVALID, str_printf(r->mem, "%s is no recovery kit: the lines recovery-key,"
		    " recovery-public and root-key are needed, whole; nothing was written", r->o->kit));
	return OK;
}

/* --- one archive --- */

static err
open_failed(const struct restore *r, err e, const char *path)
{
	if (e == ERR_INVALID)
		return fail(r, e, str_printf(r->mem, "the line recovery-key of %s has a typing mistake: its check"
		    " word does not fit; nothing was kept", r->o->kit));
	if (e == ERR_SEALED)
		return fail(r, e, str_printf(r->mem, "%s does not open with this recovery kit: it was sealed to"
		    " another kit, or it is damaged or cut short; nothing was kept", path));
	if (e == ERR_CONFLICT)
		return fail(r, e, str_printf(r->mem, r->postgres ?
		    "%s is a backup of a data folder with SQLite: leave --store out; nothing was kept" :
		    "%s is a backup of a PostgreSQL database: name an empty one with --store; nothing was kept", path));
	return fail(r, e, str_printf(r->mem, "%s could not be brought back (%s); nothing was kept", path,
	    strerrordesc_np(errno)));
}

static err
length_read(int fd, off_t size, int64_t *ret)
{
	unsigned char bytes[MANIFEST_LENGTH_BYTES];
	int64_t n = 0;

	if (size < MANIFEST_LENGTH_BYTES ||
	    pread(fd, bytes, sizeof(bytes), size - MANIFEST_LENGTH_BYTES) != (ssize_t)sizeof(bytes))
		return ERR_SEALED;
	for (size_t i = 0; i < sizeof(bytes); i++)
		n = (int64_t)((uint64_t)n << 8 | bytes[i]);
	if (n <= 0 || n > MANIFEST_BYTES_MAX || n + MANIFEST_LENGTH_BYTES > size)
		return ERR_SEALED;
	*ret = n;
	return OK;
}

/* Takes the manifest off the end, and compares what is left with it. */
static err
manifest_take(struct restore *r, int fd, enum archive which)
{
	struct stat st;
	int64_t length, bytes;
	str hash;

	if (fstat(fd, &st) != 0)
		return ERR_IO;
	TRY(length_read(fd, st.st_size, &length));
	bytes = st.st_size - MANIFEST_LENGTH_BYTES - length;
	char *text = arena_alloc(r->mem, (size_t)length, 1);
	if (pread(fd, text, (size_t)length, (off_t)bytes) != (ssize_t)length)
		return ERR_IO;
	str manifest = { text, (size_t)length };
	TRY(manifest_hash(fd, bytes, r->mem, &hash));
	str holds = manifest_value(manifest, S("holds"));
	if (!str_eq(manifest_value(manifest, S("format")), S("1")) ||
	    !str_eq(manifest_value(manifest, S("hash")), hash))
		return ERR_SEALED;
	if (!str_eq(holds, str_c(archive_holds(which, r->postgres))))
		return str_eq(holds, str_c(archive_holds(which, !r->postgres))) ? ERR_CONFLICT : ERR_SEALED;
	r->manifests[which] = manifest;
	return ftruncate(fd, (off_t)bytes) == 0 && fsync(fd) == 0 ? OK : ERR_IO;
}

static err
archive_open(struct restore *r, enum archive which)
{
	const char *from = archive_path(r->mem, r->o->from, which);
	const char *to = file_join(r->mem, r->o->dir, archive_holds(which, r->postgres));
	CLEANUP(file_close) int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(file_close) int out = -1;

	if (in < 0)
		return fail(r, ERR_NOT_FOUND, str_printf(r->mem, "%s cannot be read: %s; nothing was kept", from,
		    strerrordesc_np(errno)));
	out = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return open_failed(r, ERR_IO, to);
	err e = stream_open(r->kit.secret, in, out);
	if (e == OK)
		e = manifest_take(r, out, which);
	return e == OK ? OK : open_failed(r, e, from);
}

/* --- the proof --- */

static err
unsound(const struct restore *r, const char *what)
{
	return fail(r, ERR_SEALED, str_printf(r->mem, "what was brought back is not what was saved: %s."
	    "  Nothing was kept; try an older backup", what));
}

/* now: the counts of what was brought back. */
static err
prove_counts(const struct restore *r, enum archive which, str now, int64_t *rows)
{
	ptrdiff_t at = str_find_str(r->manifests[which], S(MANIFEST_COUNTS));
	str saved, line, name;

	if (at < 0)
		return unsound(r, "the manifest has no counts");
	saved = str_slice(r->manifests[which], (size_t)at + sizeof(MANIFEST_COUNTS) - 1,
	    r->manifests[which].n);
	if (!str_eq(saved, now))
		return unsound(r, "the numbers of rows differ from the manifest's");
	while (saved.n > 0 && str_split(&saved, '\n', &line)) {
		int64_t n;

		if (str_split(&line, '=', &name) && str_int(str_trim(line), 0, INT64_MAX, &n))
			*rows += n;
	}
	return OK;
}

static err
prove_database(const struct restore *r, enum archive which, int64_t *rows)
{
	struct store *store;
	struct db *db;
	str said, counts;

	TRY(store_open(file_join(r->mem, r->o->dir, archive_holds(which, false)), 1, &store));
	err e = db_open(store, &db);
	if (e == OK) {
		if ((e = database_check(db, r->mem, &said)) == ERR_SEALED)
			e = unsound(r, "a database is damaged");
		if (e == OK)
			e = manifest_counts(db, r->mem, which, &counts);
		if (e == OK)
			e = prove_counts(r, which, counts, rows);
		db_close(db);
	}
	store_close(store);
	return e;
}

/* The newest account's name: it opens only when root.key, keys.db and the data belong together. */
static err
prove_open(const struct restore *r, struct ctx *c, bool *ret_opened)
{
	struct account a;
	int64_t account;
	err e = db_one_int(c->db, SQL("SELECT id FROM account WHERE state <> 3 ORDER BY id DESC LIMIT 1"),
	    NULL, 0, &account);

	*ret_opened = e == OK;
	if (e == ERR_NOT_FOUND)
		return OK;
	TRY(e);
	e = account_get(c, PURPOSE_SECURE, account, &a);
	return e == ERR_SEALED ? unsound(r, "a sealed row does not open with these keys") : e;
}

static err
prove(const struct restore *r, struct restore_proof *ret)
{
	CLEANUP(server_close) struct server *s = NULL;
	struct server_options o = { .dir = r->o->dir, .store = r->o->store, .handles = 1, .alone = true };
	struct db *db;
	int64_t seq = 0;

	if (!r->postgres)
		TRY(prove_database(r, ARCHIVE_DATA, &ret->rows));
	TRY(prove_database(r, ARCHIVE_KEYS, &ret->rows));
	TRY(server_open(r->mem, &o, &s, r->why));
	TRY(db_open(s->store, &db));
	struct ctx c = server_ctx(s, r->mem, db);
	c.purposes = PURPOSE_BIT(PURPOSE_SECURE);
	err e = audit_verify(&c, &ret->lines, &seq);
	if (e == ERR_SEALED)
		e = unsound(r, "the log does not hold");
	if (e == OK)
		e = prove_open(r, &c, &ret->opened);
	db_close(db);
	return e;
}

/* --- the tables of a PostgreSQL database --- */

/* Run it with a handle on that database. */
static err
with_database(struct restore *r, err (*run)(struct restore *, struct db *))
{
	struct store *store;
	struct db *db;

	TRY(store_open(r->o->store, 1, &store));
	err e = db_open(store, &db);
	if (e == OK) {
		e = run(r, db);
		db_close(db);
	}
	store_close(store);
	return e;
}

static err
must_be_empty(struct restore *r, struct db *db)
{
	bool empty = false;

	TRY(db_is_empty(db, &empty));
	return empty ? OK : fail(r, ERR_CONFLICT, S("the database of --store holds rows already and was left as it"
	    " is; name an empty one"));
}

/* The schema of the backup's day: the server brings it to ours when it opens it. */
static err
schema_make(struct restore *r, struct db *db)
{
	int64_t number;
	size_t n = 0;

	if (!str_int(manifest_value(r->manifests[ARCHIVE_DATA], S("schema")), 1, INT32_MAX, &number))
		return ERR_SEALED;
	while (n < migrations_n && migrations[n].number <= number)
		n++;
	if (migrations[n - 1].number != number)
		return fail(r, ERR_CONFLICT, S("this backup was made by a newer program; restore it with that one."
		    "  Nothing was kept"));
	struct clock machine = {0};

	return migrate(db, r->mem, migrations, n, clock_now(&machine), r->why);
}

static err
rows_bring(struct restore *r, struct db *db)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(schema_make(r, db));
	TRY(db_begin(db, &tx));
	TRY(db_fill(db, file_join(r->mem, r->o->dir, ARCHIVE_TABLES)));
	TRY(db_commit(&tx));
	r->filled = true;
	return db_analyze(db);
}

static err
tables_fill(struct restore *r, int64_t *ret_rows)
{
	const char *path = file_join(r->mem, r->o->dir, ARCHIVE_TABLES);
	str counts;

	*r->why = S("the rows could not be brought into the database of --store, see the line above; nothing was"
	    " kept");
	TRY(db_copy_counts(path, r->mem, &counts));
	TRY(prove_counts(r, ARCHIVE_DATA, counts, ret_rows));
	TRY(with_database(r, rows_bring));
	return unlink(path) == 0 ? OK : ERR_IO;
}

/* Only what we brought ourselves, into what was empty. */
static err
rows_take_back(struct restore *r, struct db *db)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	(void)r;
	TRY(db_begin(db, &tx));
	TRY(db_clear(db));
	return db_commit(&tx);
}

/* --- all of it --- */

static err
bring_back(struct restore *r, struct restore_proof *ret)
{
	const char *dir = r->o->dir;

	for (int i = 0; i < ARCHIVE_COUNT; i++)
		TRY(archive_open(r, (enum archive)i));
	*r->why = str_printf(r->mem, "%s cannot be written to; nothing was kept", dir);
	TRY(file_write(r->mem, file_join(r->mem, dir, FOLDER_ROOT), r->kit.root, 0400));
	TRY(file_write(r->mem, file_join(r->mem, dir, FOLDER_PUBLIC),
	    str_cat(r->mem, r->kit.public, S("\n")), 0644));
	if (r->postgres)
		TRY(tables_fill(r, &ret->rows));
	*r->why = S("what was brought back could not be checked, see the line above; nothing was kept");
	TRY(prove(r, ret));
	ret->made_at = manifest_value(r->manifests[ARCHIVE_DATA], S("made_at"));
	return OK;
}

static void
take_back(struct restore *r)
{
	static const char *const names[] = { ARCHIVE_TABLES, FOLDER_DATA, FOLDER_DATA "-wal", FOLDER_DATA "-shm",
		FOLDER_KEYS, FOLDER_KEYS "-wal", FOLDER_KEYS "-shm", FOLDER_ROOT, FOLDER_PUBLIC, FOLDER_LOCK };

	for (size_t i = 0; i < COUNT(names); i++)
		(void)unlink(file_join(r->mem, r->o->dir, names[i]));
	if (r->made_dir)
		(void)rmdir(r->o->dir);
	if (r->filled && with_database(r, rows_take_back) != OK)
		*r->why = str_cat(r->mem, *r->why, S(".  The database of --store could not be emptied again: drop it"));
}

err
restore_run(struct arena *mem, const struct restore_options *o, struct restore_proof *ret, str *ret_why)
{
	struct restore r = { .mem = mem, .o = o, .why = ret_why, .postgres = folder_store_is_url(o->store) };
	struct restore_proof proof = {0};

	if (!file_folder_empty(o->dir))
		return fail(&r, ERR_CONFLICT, str_printf(mem, "%s is not an empty folder and was left as it is;"
		    " name a new one", o->dir));
	TRY(kit_read(&r));
	*ret_why = S("the database of --store cannot be read, see the line above; nothing was written");
	if (r.postgres)
		TRY(with_database(&r, must_be_empty));
	r.made_dir = mkdir(o->dir, 0700) == 0;
	if (!r.made_dir && errno != EEXIST)
		return fail(&r, ERR_IO, str_printf(mem, "%s cannot be made: %s", o->dir, strerrordesc_np(errno)));
	err e = bring_back(&r, &proof);
	if (e != OK) {
		take_back(&r);
		return e;
	}
	*ret = proof;
	return OK;
}
