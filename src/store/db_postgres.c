/*
 * db_postgres.c - the engine for more than one machine: a connection a handle,
 * named prepared statements, everything in binary.
 *
 * The session is read-only by default, and changes begin READ WRITE: a read
 * outside a change cannot write, as on SQLite, whose readers cannot either.
 */
#include <assert.h>
#include <endian.h>
#include <stdio.h>

#include "base/log.h"
#include "store/db_postgres_int.h"

struct postgres_store {
	struct store	 base;
	char		*url;
};

/* Types are fixed at the first use; a bind that was NULL then may have any, so its type is kept open. */
struct prepared {
	char	name[16];
	Oid	types[DB_BINDS_MAX];
};

struct postgres_rows {
	struct db_rows	 base;
	PGresult	*result;
	int		 row, row_n;
};

static void
postgres_forget(struct postgres_db *db)
{
	statements_drop(&db->statements, mem_free);
	PQfinish(db->connection);
	db->connection = NULL;
	db->posted_n = 0;
}

static err
state_err(const char *state)
{
	static const char *const retry[] = {
		"40001",	/* serialization_failure */
		"40P01",	/* deadlock_detected */
		"55P03",	/* lock_not_available: lock_timeout */
	};

	for (size_t i = 0; i < COUNT(retry); i++) {
		if (strcmp(state, retry[i]) == 0)
			return ERR_RETRY;
	}
	/* Class 23: integrity constraint violation; 54000: a program limit. */
	if (strncmp(state, "23", 2) == 0)
		return ERR_CONFLICT;
	return strcmp(state, "54000") == 0 ? ERR_TOO_LARGE : ERR_STORE;
}

/* Of the server's words only the first line: the detail quotes values of rows. */
err
postgres_failed(struct postgres_db *db, PGresult *result, const char *text)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	err e = state == NULL ? ERR_STORE : state_err(state);

	if (e == ERR_STORE)
		LOG_ERROR("store", message != NULL ? message : PQerrorMessage(db->connection),
		    LOG_TEXT("state", state), LOG_TEXT("sql", text));
	PQclear(result);
	return e;
}

static bool
done(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/*
 * Hear of all that is posted; the last one's result goes to ret_last, if wanted.
 * The server leaves out whatever follows a failure, so the first one tells why.
 */
static err
posted_collect(struct postgres_db *db, PGresult **ret_last)
{
	PGresult *last = NULL;
	err e = OK;

	(void)PQpipelineSync(db->connection);
	for (int i = 0; i < db->posted_n; i++) {
		PGresult *result = PQgetResult(db->connection);

		if (e == OK && !done(result)) {
			e = postgres_failed(db, result, db->posted[i]);
		} else {
			PQclear(last);
			last = result;
		}
		/* Each result is followed by a NULL, all of them by the mark of the sync. */
		PQclear(PQgetResult(db->connection));
	}
	PQclear(PQgetResult(db->connection));
	(void)PQexitPipelineMode(db->connection);
	db->posted_n = 0;
	if (e == OK && ret_last != NULL)
		*ret_last = last;
	else
		PQclear(last);
	return e;
}

err
postgres_exec(struct postgres_db *db, const char *text, const char *name_in_log)
{
	PGresult *result;

	if (db->posted_n > 0)
		TRY(posted_collect(db, NULL));
	result = PQexec(db->connection, text);
	if (!done(result))
		return postgres_failed(db, result, name_in_log);
	PQclear(result);
	return OK;
}

static err
postgres_command(struct postgres_db *db, const char *text)
{
	return postgres_exec(db, text, text);
}

static err
session_set_up(struct postgres_db *db)
{
	const char *encoding = PQparameterStatus(db->connection, "server_encoding");

	if (encoding == NULL || strcmp(encoding, "UTF8") != 0) {
		LOG_ERROR("store", "the database must be made with ENCODING 'UTF8'",
		    LOG_TEXT("encoding", encoding));
		return ERR_STORE;
	}
	return postgres_command(db,
	    "SET default_transaction_isolation = 'read committed';"
	    "SET default_transaction_read_only = on; SET synchronous_commit = on;"
	    "SET statement_timeout = '30s'; SET lock_timeout = '10s';"
	    "SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = error");
}

/* What stands before the URL is a default that it may change; what stands after is ours. */
err
postgres_connect(struct postgres_db *db)
{
	const char *const names[] = { "connect_timeout", "target_session_attrs", "dbname",
		"application_name", "client_encoding", NULL };
	const char *const values[] = { "5", "read-write", db->url, "serment", "UTF8", NULL };
	err e;

	if (db->connection != NULL && PQstatus(db->connection) == CONNECTION_OK)
		return OK;
	postgres_forget(db);
	db->connection = PQconnectdbParams(names, values, 1);
	if (PQstatus(db->connection) != CONNECTION_OK) {
		LOG_ERROR("store", PQerrorMessage(db->connection), LOG_TEXT("host", PQhost(db->connection)));
		e = ERR_STORE;
	} else {
		e = session_set_up(db);
	}
	if (e != OK)
		postgres_forget(db);
	return e;
}

static Oid
bind_type(const struct bind *b)
{
	switch (b->kind) {
	case BIND_INT:
		return TYPE_INT8;
	case BIND_TEXT:
		return TYPE_TEXT;
	case BIND_BLOB:
		return TYPE_BYTEA;
	case BIND_NULL:
	default:
		return TYPE_ANY;
	}
}

static bool
prepared_fits(const struct prepared *p, const struct query *q)
{
	for (size_t i = 0; i < q->n; i++) {
		Oid type = bind_type(&q->binds[i]);

		if (type != TYPE_ANY && type != p->types[i])
			return false;
	}
	return true;
}

/*
 * From the cache, or prepared now.  When a bind that was NULL comes with a
 * value, the statement is prepared again under another name; the old one stays
 * on the server, which happens at most once a bind.
 */
static err
prepared_take(struct postgres_db *db, const struct query *q, const struct prepared **ret)
{
	void **slot = statements_at(&db->statements, q->text);
	struct prepared p = {0};

	if (*slot != NULL && prepared_fits(*slot, q)) {
		*ret = *slot;
		return OK;
	}
	/* Preparing has to be heard of at once. */
	if (db->posted_n > 0)
		TRY(posted_collect(db, NULL));
	if (*slot != NULL)
		p = *(struct prepared *)*slot;
	for (size_t i = 0; i < q->n; i++) {
		if (q->binds[i].kind != BIND_NULL)
			p.types[i] = bind_type(&q->binds[i]);
	}
	(void)snprintf(p.name, sizeof(p.name), "s%u", ++db->prepared_n);
	PGresult *result = PQprepare(db->connection, p.name, q->text, (int)q->n, p.types);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_failed(db, result, q->text);
	PQclear(result);
	if (*slot == NULL)
		*slot = mem_alloc(1, sizeof(p));
	memcpy(*slot, &p, sizeof(p));
	*ret = *slot;
	return OK;
}

/* The binds of a prepared statement, as libpq takes them. */
struct arguments {
	const char	*values[DB_BINDS_MAX];
	int		 lengths[DB_BINDS_MAX], formats[DB_BINDS_MAX];
	uint64_t	 numbers[DB_BINDS_MAX];
};

static void
arguments_of(const struct query *q, struct arguments *ret)
{
	for (size_t i = 0; i < q->n; i++) {
		const struct bind *b = &q->binds[i];

		ret->formats[i] = 1;
		ret->values[i] = NULL;
		ret->lengths[i] = 0;
		if (b->kind == BIND_INT) {
			ret->numbers[i] = htobe64((uint64_t)b->i);
			ret->values[i] = (const char *)&ret->numbers[i];
			ret->lengths[i] = sizeof(ret->numbers[i]);
		} else if (b->kind != BIND_NULL) {
			/* A NULL pointer would be NULL, not the empty text. */
			ret->values[i] = b->s.p != NULL ? b->s.p : "";
			ret->lengths[i] = (int)b->s.n;
		}
	}
}

static err
post(struct postgres_db *db, const struct query *q)
{
	const struct prepared *p = NULL;
	struct arguments a;

	if (db->posted_n == POSTED_MAX)
		TRY(posted_collect(db, NULL));
	TRY(prepared_take(db, q, &p));
	arguments_of(q, &a);
	if ((db->posted_n == 0 && PQenterPipelineMode(db->connection) != 1) ||
	    PQsendQueryPrepared(db->connection, p->name, (int)q->n, a.values, a.lengths, a.formats, 1) != 1)
		return postgres_failed(db, NULL, q->text);
	db->posted[db->posted_n++] = q->text;
	return OK;
}

static err
postgres_execute(struct postgres_db *db, const struct query *q, PGresult **ret)
{
	const struct prepared *p = NULL;
	struct arguments a;

	/* On the same journey as what was posted before it. */
	if (db->posted_n > 0) {
		TRY(post(db, q));
		return posted_collect(db, ret);
	}
	TRY(prepared_take(db, q, &p));
	arguments_of(q, &a);
	PGresult *result = PQexecPrepared(db->connection, p->name, (int)q->n, a.values, a.lengths,
	    a.formats, 1);
	if (!done(result))
		return postgres_failed(db, result, q->text);
	*ret = result;
	return OK;
}

static bool
connection_lost(const struct postgres_db *db)
{
	return db->connection == NULL || PQstatus(db->connection) != CONNECTION_OK;
}

/* Nothing has been done yet: a connection that died while idle (a failover) is opened again at once. */
static err
postgres_begin(struct db *base)
{
	struct postgres_db *db = (struct postgres_db *)base;
	err e;

	TRY(postgres_connect(db));
	e = postgres_command(db, "BEGIN READ WRITE");
	if (e != OK && connection_lost(db)) {
		TRY(postgres_connect(db));
		e = postgres_command(db, "BEGIN READ WRITE");
	}
	/* A server that has become a replica refuses here: look for the other one next time. */
	if (e != OK)
		postgres_forget(db);
	return e;
}

static void
postgres_undo(struct db *base)
{
	struct postgres_db *db = (struct postgres_db *)base;

	if (db->posted_n > 0)	/* whatever became of it */
		(void)posted_collect(db, NULL);
	postgres_append_drop(base);
	if (connection_lost(db) || postgres_command(db, "ROLLBACK") != OK)
		postgres_forget(db);
}

static err
postgres_commit(struct db *base)
{
	struct postgres_db *db = (struct postgres_db *)base;
	const struct query commit = { "COMMIT", NULL, 0 };
	PGresult *result = NULL;
	usec began = tally_now();
	err e = postgres_execute(db, &commit, &result);

	PQclear(result);
	if (e == OK)
		tally_commit(&base->store->tally, 1, began);
	/* A COMMIT that fails has ended the transaction too, unless it never got there. */
	if (!connection_lost(db) && PQtransactionStatus(db->connection) == PQTRANS_INERROR)
		(void)postgres_command(db, "ROLLBACK");
	if (connection_lost(db) || PQtransactionStatus(db->connection) != PQTRANS_IDLE)
		postgres_forget(db);
	return e;
}

/* Nothing is ever held: the server's own group commit needs many connections that wait. */
static void
postgres_settle(struct db *base, err *ret_each)
{
	(void)ret_each;
	assert(base->held_n == 0);
	(void)base;
}

static err
postgres_run(struct db *base, const struct query *q, int64_t *ret_changed)
{
	PGresult *result;
	int64_t changed = 0;

	TRY(postgres_execute((struct postgres_db *)base, q, &result));
	/* Empty, hence no number, for statements that change no rows; SELECT's count is not of changes. */
	if (PQresultStatus(result) == PGRES_COMMAND_OK || strncmp(PQcmdStatus(result), "SELECT", 6) != 0)
		(void)str_int(str_c(PQcmdTuples(result)), 0, INT64_MAX, &changed);
	PQclear(result);
	*ret_changed = changed;
	return OK;
}

static err
postgres_post(struct db *base, const struct query *q)
{
	return post((struct postgres_db *)base, q);
}

static err
postgres_script(struct db *base, const char *statements)
{
	return postgres_exec((struct postgres_db *)base, statements, "script");
}

static err
postgres_lock(struct db *base, int64_t key, bool exclusive)
{
	const struct query q = {
		exclusive ? "SELECT pg_advisory_xact_lock($1)" : "SELECT pg_advisory_xact_lock_shared($1)",
		&INT(key), 1,
	};
	PGresult *result;

	TRY(postgres_execute((struct postgres_db *)base, &q, &result));
	PQclear(result);
	return OK;
}

/* Waits as long as another server needs; an index over many rows may take long too. */
static err
postgres_lock_schema(struct db *base)
{
	return postgres_command((struct postgres_db *)base,
	    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;"
	    "SELECT pg_advisory_xact_lock(7310579631845632116)");
}

static err
postgres_read(struct db *base, const struct query *q, struct db_rows **ret)
{
	struct postgres_db *db = (struct postgres_db *)base;
	PGresult *result;
	err e;

	if (!base->in_change)
		TRY(postgres_connect(db));
	e = postgres_execute(db, q, &result);
	/* As in postgres_begin: a read may be sent twice. */
	if (e == ERR_STORE && !base->in_change && connection_lost(db)) {
		TRY(postgres_connect(db));
		e = postgres_execute(db, q, &result);
	}
	if (e != OK)
		return e;
	struct postgres_rows *r = mem_alloc(1, sizeof(*r));

	r->result = result;
	r->row = -1;
	r->row_n = PQntuples(result);
	*ret = &r->base;
	return OK;
}

static err
postgres_next(struct db_rows *base)
{
	struct postgres_rows *r = (struct postgres_rows *)base;

	if (r->row < r->row_n)
		r->row++;
	return r->row < r->row_n ? OK : ERR_NOT_FOUND;
}

static void
postgres_rows_end(struct db_rows *base)
{
	PQclear(((struct postgres_rows *)base)->result);
}

static const struct postgres_rows *
row_of(const struct db_rows *base, int column)
{
	const struct postgres_rows *r = (const struct postgres_rows *)base;

	assert(r->row >= 0 && r->row < r->row_n);
	assert(column >= 0 && column < PQnfields(r->result));
	return r;
}

static int64_t
postgres_column_int(struct db_rows *base, int column)
{
	const struct postgres_rows *r = row_of(base, column);
	const char *bytes = PQgetvalue(r->result, r->row, column);
	uint64_t wide;
	uint32_t narrow;

	switch (PQftype(r->result, column)) {
	case TYPE_BOOL:		/* a comparison; SQLite says 0 and 1 */
		return bytes[0] != 0;
	case TYPE_INT4:		/* a literal number */
		memcpy(&narrow, bytes, sizeof(narrow));
		return (int32_t)be32toh(narrow);
	case TYPE_INT8:
		memcpy(&wide, bytes, sizeof(wide));
		return (int64_t)be64toh(wide);
	default:
		panic("store: db_int of a column that is no number");
	}
}

static str
postgres_column_bytes(struct db_rows *base, int column)
{
	const struct postgres_rows *r = row_of(base, column);
	Oid type = PQftype(r->result, column);

	assert(type == TYPE_TEXT || type == TYPE_BYTEA);
	(void)type;
	return (str){ PQgetvalue(r->result, r->row, column),
	    (size_t)PQgetlength(r->result, r->row, column) };
}

static bool
postgres_column_null(struct db_rows *base, int column)
{
	const struct postgres_rows *r = row_of(base, column);

	return PQgetisnull(r->result, r->row, column) != 0;
}

/* The server's own checkpointer does it. */
static err
postgres_checkpoint(struct db *base)
{
	(void)base;
	return OK;
}

/* Only the form of the URL is looked at: each handle connects when it first needs to. */
static err
postgres_store_open(const char *where, struct store **ret)
{
	PQconninfoOption *options = PQconninfoParse(where, NULL);

	if (options == NULL) {
		/* libpq's own message quotes the URL, and with it the password. */
		LOG_ERROR("store", "the database's URL is malformed", LOG_INT("bytes", strlen(where)));
		return ERR_STORE;
	}
	PQconninfoFree(options);
	struct postgres_store *s = mem_alloc(1, sizeof(*s));

	s->url = mem_alloc(strlen(where) + 1, 1);
	memcpy(s->url, where, strlen(where));
	*ret = &s->base;
	return OK;
}

static void
postgres_store_close(struct store *base)
{
	mem_free(((struct postgres_store *)base)->url);
	mem_free(base);
}

static err
postgres_open(struct store *base, struct db **ret)
{
	struct postgres_db *db = mem_alloc(1, sizeof(*db));

	db->url = ((struct postgres_store *)base)->url;
	*ret = &db->base;
	return OK;
}

static void
postgres_close(struct db *base)
{
	postgres_append_drop(base);
	postgres_forget((struct postgres_db *)base);
	mem_free(base);
}

const struct engine engine_postgres = {
	.store_open = postgres_store_open, .store_close = postgres_store_close,
	.open = postgres_open, .close = postgres_close,
	.begin = postgres_begin, .commit = postgres_commit, .undo = postgres_undo,
	.settle = postgres_settle,
	.run = postgres_run, .post = postgres_post, .script = postgres_script,
	.lock = postgres_lock, .lock_schema = postgres_lock_schema,
	.read = postgres_read, .next = postgres_next, .rows_end = postgres_rows_end,
	.column_int = postgres_column_int, .column_bytes = postgres_column_bytes,
	.column_null = postgres_column_null,
	.copy = postgres_copy, .checkpoint = postgres_checkpoint,
	.append = postgres_append, .append_flush = postgres_append_flush,
	.fill = postgres_fill, .is_empty = postgres_is_empty, .clear = postgres_clear,
	.analyze = postgres_analyze, .needs_analyze = postgres_needs_analyze,
};
