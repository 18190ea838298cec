/*
 * db_sqlite.c - the embedded engine: a reading connection a handle, and the
 * writer that all handles of a store share (db_sqlite_writer.c).
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "store/db_sqlite_int.h"

struct sqlite_store {
	struct store	 base;
	char		*path;
	struct writer	 writer;
};

struct sqlite_db {
	struct db		 base;
	struct sqlite_store	*store;
	struct connection	 reader;
	struct member		 member;
	struct member		 held[DB_HELD_MAX];
};

/* The place of $n is looked up once: SQLite takes it for a name, numbered by first appearance. */
struct prepared {
	sqlite3_stmt	*statement;
	size_t		 binds;
	int		 place[DB_BINDS_MAX];
	bool		 running;
	bool		 once;	/* not in the cache: a second use while the first is running */
};

struct sqlite_rows {
	struct db_rows		 base;
	struct connection	*connection;
	struct prepared		*prepared;
	int			 code;	/* of the last step */
	bool			 fresh;	/* that step's row was not given out yet */
};

err
connection_failed(struct connection *c, int code, const char *text)
{
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		return ERR_CONFLICT;
	case SQLITE_TOOBIG:
		return ERR_TOO_LARGE;
	default:
		LOG_ERROR("store", c->handle != NULL ? sqlite3_errmsg(c->handle) : sqlite3_errstr(code),
		    LOG_INT("code", code), LOG_TEXT("sql", text));
		return ERR_STORE;
	}
}

static void
prepared_free(void *p)
{
	struct prepared *prepared = p;

	(void)sqlite3_finalize(prepared->statement);
	mem_free(prepared);
}

static err
prepare(struct connection *c, const char *text, struct prepared **ret)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v3(c->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

	if (code != SQLITE_OK)
		return connection_failed(c, code, text);
	struct prepared *p = mem_alloc(1, sizeof(*p));

	p->statement = statement;
	p->binds = (size_t)sqlite3_bind_parameter_count(statement);
	assert(p->binds <= DB_BINDS_MAX);
	for (size_t i = 0; i < p->binds; i++) {
		char name[24];

		(void)snprintf(name, sizeof(name), "$%zu", i + 1);
		p->place[i] = sqlite3_bind_parameter_index(statement, name);
		assert(p->place[i] > 0);
	}
	*ret = p;
	return OK;
}

/* From the cache; a statement that is running already (a read within the same read) gets a twin. */
static err
prepared_take(struct connection *c, const char *text, struct prepared **ret)
{
	void **slot = statements_at(&c->statements, text);
	struct prepared *p = *slot;
	bool twin = p != NULL && p->running;

	if (p == NULL || twin)
		TRY(prepare(c, text, &p));
	if (!twin)
		*slot = p;
	p->once = twin;
	p->running = true;
	*ret = p;
	return OK;
}

static void
prepared_give_back(struct prepared *p)
{
	/* What a failed step returned was said by the step; reset only repeats it. */
	(void)sqlite3_reset(p->statement);
	(void)sqlite3_clear_bindings(p->statement);
	p->running = false;
	if (p->once)
		prepared_free(p);
}

static int
bind_one(sqlite3_stmt *statement, int place, const struct bind *b, sqlite3_destructor_type memory)
{
	/* A NULL pointer would bind NULL, not the empty text. */
	const char *bytes = b->s.p != NULL ? b->s.p : "";

	switch (b->kind) {
	case BIND_INT:
		return sqlite3_bind_int64(statement, place, b->i);
	case BIND_TEXT:
		return sqlite3_bind_text64(statement, place, bytes, b->s.n, memory, SQLITE_UTF8);
	case BIND_BLOB:
		return sqlite3_bind_blob64(statement, place, bytes, b->s.n, memory);
	case BIND_NULL:
	default:
		return sqlite3_bind_null(statement, place);
	}
}

static err
prepared_bind(struct connection *c, struct prepared *p, const struct query *q,
    sqlite3_destructor_type memory)
{
	assert(q->n == p->binds);
	for (size_t i = 0; i < q->n; i++) {
		int code = bind_one(p->statement, p->place[i], &q->binds[i], memory);

		if (code != SQLITE_OK)
			return connection_failed(c, code, q->text);
	}
	return OK;
}

static err
prepared_run(struct connection *c, struct prepared *p, const struct query *q, int64_t *ret_changed)
{
	int64_t before = sqlite3_total_changes64(c->handle);
	int code;

	TRY(prepared_bind(c, p, q, SQLITE_STATIC));
	while ((code = sqlite3_step(p->statement)) == SQLITE_ROW)
		;
	if (code != SQLITE_DONE)
		return connection_failed(c, code, q->text);
	/* changes() still tells of an earlier statement when this one was not of the kind that changes rows. */
	*ret_changed = sqlite3_total_changes64(c->handle) == before ? 0 : sqlite3_changes64(c->handle);
	return OK;
}

static err
connection_run(struct connection *c, const struct query *q, int64_t *ret_changed)
{
	struct prepared *p;
	err e;

	TRY(prepared_take(c, q->text, &p));
	e = prepared_run(c, p, q, ret_changed);
	prepared_give_back(p);
	return e;
}

err
connection_command(struct connection *c, const char *text)
{
	int64_t unused;

	return connection_run(c, &(struct query){ text, NULL, 0 }, &unused);
}

static void
connection_close(struct connection *c)
{
	statements_drop(&c->statements, prepared_free);
	(void)sqlite3_close(c->handle);
	c->handle = NULL;
}

static err
connection_script(struct connection *c, const char *text)
{
	int code = sqlite3_exec(c->handle, text, NULL, NULL, NULL);

	return code == SQLITE_OK ? OK : connection_failed(c, code, "script");
}

static err
connection_set_up(struct connection *c, const char *pragmas)
{
	(void)sqlite3_extended_result_codes(c->handle, 1);
	(void)sqlite3_busy_timeout(c->handle, BUSY_WAIT);
	/* "x" is a name and never a text, as in PostgreSQL; no statement may write the schema's own table. */
	(void)sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(c->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return connection_script(c, pragmas);
}

static err
connection_open(const char *path, const char *pragmas, struct connection *ret)
{
	struct connection c = {0};
	int code = sqlite3_open_v2(path, &c.handle,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	err e = code == SQLITE_OK ? connection_set_up(&c, pragmas) : connection_failed(&c, code, "open");

	if (e != OK) {
		connection_close(&c);
		return e;
	}
	*ret = c;
	return OK;
}

/* Made by us, not by SQLite, so that its log and its shared memory are the owner's alone too. */
static err
file_ensure(const char *path, int flags)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600);

	if (fd < 0) {
		LOG_ERROR("store", strerrordesc_np(errno), LOG_TEXT("path", path));
		return ERR_IO;
	}
	(void)close(fd);
	return OK;
}

static void
library_set_up(void)
{
	/* Counting memory would make all threads share one lock. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)sqlite3_initialize();
}

static void
sqlite_store_close(struct store *base)
{
	struct sqlite_store *s = (struct sqlite_store *)base;

	connection_close(&s->writer.connection);
	(void)pthread_mutex_destroy(&s->writer.lock);
	mem_free(s->path);
	mem_free(s);
}

static err
sqlite_store_open(const char *where, struct store **ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct connection writer;

	(void)pthread_once(&once, library_set_up);
	if (file_ensure(where, 0) != OK)
		return ERR_STORE;
	TRY(connection_open(where,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	    "PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
	    "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;"
	    "PRAGMA journal_size_limit = 67108864;", &writer));
	struct sqlite_store *s = mem_alloc(1, sizeof(*s));

	s->path = mem_alloc(strlen(where) + 1, 1);
	memcpy(s->path, where, strlen(where));
	s->writer.connection = writer;
	s->writer.tally = &s->base.tally;
	(void)pthread_mutex_init(&s->writer.lock, NULL);
	*ret = &s->base;
	return OK;
}

static err
sqlite_open(struct store *base, struct db **ret)
{
	struct sqlite_store *s = (struct sqlite_store *)base;
	struct connection reader;

	TRY(connection_open(s->path,
	    "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;"
	    "PRAGMA cache_size = -4000;", &reader));
	struct sqlite_db *db = mem_alloc(1, sizeof(*db));

	db->store = s;
	db->reader = reader;
	(void)pthread_cond_init(&db->member.wake, NULL);
	for (size_t i = 0; i < DB_HELD_MAX; i++)
		(void)pthread_cond_init(&db->held[i].wake, NULL);
	*ret = &db->base;
	return OK;
}

static void
sqlite_close(struct db *base)
{
	struct sqlite_db *db = (struct sqlite_db *)base;

	connection_close(&db->reader);
	(void)pthread_cond_destroy(&db->member.wake);
	for (size_t i = 0; i < DB_HELD_MAX; i++)
		(void)pthread_cond_destroy(&db->held[i].wake);
	mem_free(db);
}

static err
sqlite_begin(struct db *base)
{
	struct sqlite_db *db = (struct sqlite_db *)base;

	return writer_begin(&db->store->writer, &db->member);
}

static err
sqlite_commit(struct db *base)
{
	struct sqlite_db *db = (struct sqlite_db *)base;

	if (!base->holds || base->held_n == DB_HELD_MAX)
		return writer_commit(&db->store->writer, &db->member);
	TRY(writer_commit_held(&db->store->writer, &db->held[base->held_n]));
	base->held_n++;
	return OK;
}

static void
sqlite_settle(struct db *base, err *ret_each)
{
	struct sqlite_db *db = (struct sqlite_db *)base;

	writer_settle(&db->store->writer, &db->member, db->held, base->held_n);
	for (size_t i = 0; i < base->held_n; i++)
		ret_each[i] = db->held[i].answer;
}

static void
sqlite_undo(struct db *base)
{
	writer_undo(&((struct sqlite_db *)base)->store->writer);
}

static err
sqlite_run(struct db *base, const struct query *q, int64_t *ret_changed)
{
	return connection_run(&((struct sqlite_db *)base)->store->writer.connection, q, ret_changed);
}

static err
sqlite_post(struct db *base, const struct query *q)
{
	return sqlite_run(base, q, &(int64_t){0});
}

static err
sqlite_script(struct db *base, const char *statements)
{
	return connection_script(&((struct sqlite_db *)base)->store->writer.connection, statements);
}

/* A change has the whole database to itself already. */
static err
sqlite_lock(struct db *base, int64_t key, bool exclusive)
{
	(void)key;
	(void)exclusive;
	assert(base->in_change);
	return OK;
}

static err
sqlite_lock_schema(struct db *base)
{
	assert(base->in_change);
	return OK;
}

static err
rows_step(struct sqlite_rows *r)
{
	r->code = sqlite3_step(r->prepared->statement);
	if (r->code == SQLITE_ROW || r->code == SQLITE_DONE)
		return OK;
	return connection_failed(r->connection, r->code, sqlite3_sql(r->prepared->statement));
}

/*
 * The first step is taken here, so that RETURNING writes, and failures show,
 * where they do on PostgreSQL.  The binds' memory may be gone at later steps.
 */
static err
sqlite_read(struct db *base, const struct query *q, struct db_rows **ret)
{
	struct sqlite_db *db = (struct sqlite_db *)base;
	struct connection *c = base->in_change ? &db->store->writer.connection : &db->reader;
	struct sqlite_rows first = { .connection = c, .fresh = true };
	err e;

	TRY(prepared_take(c, q->text, &first.prepared));
	if ((e = prepared_bind(c, first.prepared, q, SQLITE_TRANSIENT)) == OK)
		e = rows_step(&first);
	if (e != OK) {
		prepared_give_back(first.prepared);
		return e;
	}
	struct sqlite_rows *r = mem_alloc(1, sizeof(*r));

	*r = first;
	*ret = &r->base;
	return OK;
}

static err
sqlite_next(struct db_rows *base)
{
	struct sqlite_rows *r = (struct sqlite_rows *)base;

	if (!r->fresh && r->code == SQLITE_ROW)
		TRY(rows_step(r));
	r->fresh = false;
	return r->code == SQLITE_ROW ? OK : ERR_NOT_FOUND;
}

static void
sqlite_rows_end(struct db_rows *base)
{
	prepared_give_back(((struct sqlite_rows *)base)->prepared);
}

static sqlite3_stmt *
row_of(const struct db_rows *base, int column)
{
	const struct sqlite_rows *r = (const struct sqlite_rows *)base;

	assert(!r->fresh && r->code == SQLITE_ROW);
	assert(column >= 0 && column < sqlite3_column_count(r->prepared->statement));
	return r->prepared->statement;
}

static int64_t
sqlite_column_int(struct db_rows *base, int column)
{
	sqlite3_stmt *row = row_of(base, column);

	assert(sqlite3_column_type(row, column) == SQLITE_INTEGER);
	return sqlite3_column_int64(row, column);
}

static str
sqlite_column_bytes(struct db_rows *base, int column)
{
	sqlite3_stmt *row = row_of(base, column);
	int type = sqlite3_column_type(row, column);

	assert(type == SQLITE_TEXT || type == SQLITE_BLOB);
	(void)type;
	/* SQLite's own order: the pointer first, then the length of what it points to. */
	const char *bytes = sqlite3_column_blob(row, column);

	return (str){ bytes, (size_t)sqlite3_column_bytes(row, column) };
}

static bool
sqlite_column_null(struct db_rows *base, int column)
{
	return sqlite3_column_type(row_of(base, column), column) == SQLITE_NULL;
}

/* All pages in one step, hence of one instant; changes go on meanwhile, for this is a reader in WAL mode. */
static err
copy_pages(struct connection *from, struct connection *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");

	if (backup == NULL)
		return connection_failed(to, sqlite3_errcode(to->handle), "copy");
	(void)sqlite3_backup_step(backup, -1);
	int code = sqlite3_backup_finish(backup);

	return code == SQLITE_OK ? OK : connection_failed(to, code, "copy");
}

static err
sqlite_copy(struct db *base, const char *path)
{
	struct connection to;
	err e;

	TRY(file_ensure(path, O_EXCL));
	e = connection_open(path, "PRAGMA synchronous = FULL;", &to);
	if (e == OK) {
		e = copy_pages(&((struct sqlite_db *)base)->reader, &to);
		connection_close(&to);
	}
	if (e != OK)
		(void)unlink(path);
	return e;
}

static err
sqlite_checkpoint(struct db *base)
{
	struct sqlite_db *db = (struct sqlite_db *)base;

	return writer_checkpoint(&db->store->writer, &db->member);
}

const struct engine engine_sqlite = {
	.store_open = sqlite_store_open, .store_close = sqlite_store_close,
	.open = sqlite_open, .close = sqlite_close,
	.begin = sqlite_begin, .commit = sqlite_commit, .undo = sqlite_undo, .settle = sqlite_settle,
	.run = sqlite_run, .post = sqlite_post, .script = sqlite_script,
	.lock = sqlite_lock, .lock_schema = sqlite_lock_schema,
	.read = sqlite_read, .next = sqlite_next, .rows_end = sqlite_rows_end,
	.column_int = sqlite_column_int, .column_bytes = sqlite_column_bytes,
	.column_null = sqlite_column_null,
	.copy = sqlite_copy, .checkpoint = sqlite_checkpoint,
};
