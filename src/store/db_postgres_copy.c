/*
 * db_postgres_copy.c - a whole database as one file, and back: the form is in
 * bulk.h.  The tables are read in one REPEATABLE READ transaction, so that all
 * of them are of one moment while the server goes on.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/db_postgres_int.h"

enum {
	IDENTIFIER_MAX = 63,			/* bytes of an identifier of PostgreSQL */
	COLUMNS_MAX = 100, TABLES_MAX = 1000,
	CHUNK_MAX = 1 << 30,
	COMMAND_MAX = COLUMNS_MAX * (2 * IDENTIFIER_MAX + 4) + 200,
	COUNT_LINE_MAX = IDENTIFIER_MAX + 24,
};

#define TABLES " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace" \
	" WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname <> 'schema_step'"

struct table { char name[IDENTIFIER_MAX + 1], columns[COLUMNS_MAX][IDENTIFIER_MAX + 1]; int columns_n; };

static void
file_end(FILE **f)
{
	if (*f != NULL)
		(void)fclose(*f);
}

static void
result_end(PGresult **result)
{
	PQclear(*result);
}

static err
query(struct postgres_db *db, const char *text, PGresult **ret)
{
	PGresult *result = PQexec(db->connection, text);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return postgres_failed(db, result, text);
	*ret = result;
	return OK;
}

/* An identifier, as PostgreSQL wants to read it. */
static err
quote(struct postgres_db *db, const char *name, struct buf *to)
{
	char *quoted = PQescapeIdentifier(db->connection, name, strlen(name));

	if (quoted == NULL)
		return ERR_SEALED;	/* not UTF-8 */
	buf_add(to, str_c(quoted));
	PQfreemem(quoted);
	return OK;
}

/* COPY "t" ("a", "b") and what comes after it. */
static err
command(struct postgres_db *db, const struct table *t, const char *rest, struct buf *ret)
{
	buf_add(ret, S("COPY "));
	TRY(quote(db, t->name, ret));
	for (int i = 0; i < t->columns_n; i++) {
		buf_add(ret, i == 0 ? S(" (") : S(", "));
		TRY(quote(db, t->columns[i], ret));
	}
	buf_add(ret, S(") "));
	buf_add(ret, str_c(rest));
	buf_byte(ret, '\0');
	return buf_ok(ret) ? OK : ERR_TOO_LARGE;
}

/* --- out --- */

static void
number_put(FILE *f, uint64_t value, int bytes)
{
	for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
		(void)fputc((int)(value >> shift & 0xff), f);
}

static void
name_put(FILE *f, const char *name)
{
	number_put(f, strlen(name), 2);
	(void)fputs(name, f);
}

/* Errors of writing are kept by the file, and asked for once, by whoever closes it. */
static err
rows_put(struct postgres_db *db, const char *text, FILE *f)
{
	PGresult *result = PQexec(db->connection, text);
	char *chunk;
	int n;

	if (PQresultStatus(result) != PGRES_COPY_OUT)
		return postgres_failed(db, result, text);
	PQclear(result);
	while ((n = PQgetCopyData(db->connection, &chunk, 0)) > 0) {
		number_put(f, (uint64_t)n, 4);
		(void)fwrite(chunk, 1, (size_t)n, f);
		PQfreemem(chunk);
	}
	number_put(f, 0, 4);
	result = PQgetResult(db->connection);
	if (n != -1 || PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_failed(db, result, text);
	int64_t rows = 0;
	(void)str_int(str_c(PQcmdTuples(result)), 0, INT64_MAX, &rows);
	number_put(f, (uint64_t)rows, 8);
	PQclear(result);
	while ((result = PQgetResult(db->connection)) != NULL)
		PQclear(result);
	return ferror(f) ? ERR_IO : OK;
}

static err
table_put(struct postgres_db *db, const char *name, FILE *f)
{
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(result_end) PGresult *columns = NULL;
	struct buf text = buf_in(&mem, COMMAND_MAX);
	const char *const binds[] = { name };
	struct table *t = NEW(&mem, struct table);

	columns = PQexecParams(db->connection, "SELECT a.attname FROM pg_attribute a JOIN pg_class c"
	    " ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
	    " WHERE n.nspname = current_schema() AND c.relname = $1 AND a.attnum > 0 AND NOT a.attisdropped"
	    " ORDER BY a.attnum", 1, NULL, binds, NULL, NULL, 0);
	t->columns_n = PQntuples(columns);
	if (PQresultStatus(columns) != PGRES_TUPLES_OK)
		return ERR_STORE;
	if (t->columns_n == 0 || t->columns_n > COLUMNS_MAX)
		return ERR_TOO_LARGE;
	(void)snprintf(t->name, sizeof(t->name), "%s", name);
	name_put(f, t->name);
	for (int i = 0; i < t->columns_n; i++) {
		(void)snprintf(t->columns[i], sizeof(t->columns[i]), "%s", PQgetvalue(columns, i, 0));
		name_put(f, t->columns[i]);
	}
	number_put(f, 0, 2);
	TRY(command(db, t, "TO STDOUT (FORMAT binary)", &text));
	return rows_put(db, text.p, f);
}

static err
tables_put(struct postgres_db *db, FILE *f)
{
	CLEANUP(result_end) PGresult *tables = NULL;

	TRY(query(db, "SELECT c.relname" TABLES " ORDER BY c.relname COLLATE \"C\"", &tables));
	(void)fputs(DB_COPY_BEGIN, f);
	for (int i = 0; i < PQntuples(tables); i++)
		TRY(table_put(db, PQgetvalue(tables, i, 0), f));
	number_put(f, 0, 2);
	(void)fputs(DB_COPY_END, f);
	return OK;
}

err
postgres_copy(struct db *base, const char *path)
{
	struct postgres_db *db = (struct postgres_db *)base;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
	err e;

	if (f == NULL) {
		LOG_ERROR("store", "the copy cannot be written", LOG_TEXT("error", strerrorname_np(errno)));
		return ERR_IO;
	}
	e = postgres_connect(db);
	if (e == OK)
		e = postgres_exec(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
		    "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0", "copy");
	if (e == OK) {
		e = tables_put(db, f);
		/* Nothing was changed: how it ends is of no account, unless the connection is lost. */
		if (postgres_exec(db, "ROLLBACK", "copy") != OK && e == OK)
			e = ERR_STORE;
	}
	if (fclose(f) != 0 && e == OK)
		e = ERR_IO;
	return e;
}

/* --- in --- */

static err
number_read(FILE *f, int bytes, uint64_t *ret)
{
	uint64_t value = 0;

	for (int i = 0; i < bytes; i++) {
		int byte = fgetc(f);

		if (byte == EOF)
			return ERR_SEALED;
		value = value << 8 | (uint64_t)(unsigned char)byte;
	}
	*ret = value;
	return OK;
}

/* ERR_NOT_FOUND: the end of the names. */
static err
name_read(FILE *f, char *ret)
{
	uint64_t n = 0;

	TRY(number_read(f, 2, &n));
	if (n == 0)
		return ERR_NOT_FOUND;
	if (n > IDENTIFIER_MAX || fread(ret, 1, n, f) != n || memchr(ret, '\0', n) != NULL)
		return ERR_SEALED;
	ret[n] = '\0';
	return OK;
}

/* ERR_NOT_FOUND: there is no further table, and the file ends as it should. */
static err
table_read(FILE *f, struct table *ret)
{
	char end[sizeof(DB_COPY_END)] = "";
	err e = name_read(f, ret->name);

	if (e == ERR_NOT_FOUND)
		return fread(end, 1, sizeof(end) - 1, f) == sizeof(end) - 1 && strcmp(end, DB_COPY_END) == 0 ?
		    ERR_NOT_FOUND : ERR_SEALED;
	ret->columns_n = 0;
	while (e == OK && ret->columns_n < COLUMNS_MAX) {
		e = name_read(f, ret->columns[ret->columns_n]);
		ret->columns_n += e == OK;
	}
	return e == ERR_NOT_FOUND && ret->columns_n > 0 ? OK : ERR_SEALED;
}

/* The next chunk, in an arena of its own; n 0: the last was the last. */
static err
chunk_read(FILE *f, struct arena *mem, str *ret)
{
	uint64_t n = 0;

	arena_reset(mem);
	TRY(number_read(f, 4, &n));
	if (n > CHUNK_MAX)
		return ERR_SEALED;
	char *bytes = arena_alloc(mem, n + 1, 1);
	if (fread(bytes, 1, n, f) != n)
		return ERR_SEALED;
	*ret = (str){ bytes, n };
	return OK;
}

static err
file_begin(const char *path, FILE **ret)
{
	char head[sizeof(DB_COPY_BEGIN)] = "";

	if ((*ret = fopen(path, "rbe")) == NULL)
		return ERR_IO;
	return fread(head, 1, sizeof(head) - 1, *ret) == sizeof(head) - 1 &&
	    strcmp(head, DB_COPY_BEGIN) == 0 ? OK : ERR_SEALED;
}

err
db_copy_counts(const char *path, struct arena *mem, str *ret)
{
	CLEANUP(arena_free) struct arena scratch = {0};
	CLEANUP(file_end) FILE *f = NULL;
	struct buf b = buf_in(mem, TABLES_MAX * COUNT_LINE_MAX);
	struct table *t = NEW(mem, struct table);
	str chunk;
	err e;

	TRY(file_begin(path, &f));
	while ((e = table_read(f, t)) == OK) {
		uint64_t rows = 0;

		do {
			TRY(chunk_read(f, &scratch, &chunk));
		} while (chunk.n > 0);
		TRY(number_read(f, 8, &rows));
		buf_printf(&b, "%s = %lld\n", t->name, (long long)rows);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = buf_str(&b);
	return buf_ok(&b) ? OK : ERR_TOO_LARGE;
}

/* Once COPY has begun it is ended, whatever happens, or the connection could not be used again. */
static err
rows_fill(struct postgres_db *db, const char *text, FILE *f, uint64_t *ret_rows)
{
	CLEANUP(arena_free) struct arena mem = {0};
	PGresult *result = PQexec(db->connection, text);
	int64_t rows = 0;
	str chunk = {0};
	err e = OK;

	if (PQresultStatus(result) != PGRES_COPY_IN)
		return postgres_failed(db, result, text);
	PQclear(result);
	do {
		e = chunk_read(f, &mem, &chunk);
		if (e == OK && chunk.n > 0 && PQputCopyData(db->connection, chunk.p, (int)chunk.n) != 1)
			e = ERR_STORE;
	} while (e == OK && chunk.n > 0);
	(void)PQputCopyEnd(db->connection, e == OK ? NULL : "the file is unsound");
	result = PQgetResult(db->connection);
	if (e != OK) {	/* the server's complaint is about our giving up */
		PQclear(result);
		return e;
	}
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_failed(db, result, text);
	(void)str_int(str_c(PQcmdTuples(result)), 0, INT64_MAX, &rows);
	*ret_rows = (uint64_t)rows;
	PQclear(result);
	while ((result = PQgetResult(db->connection)) != NULL)
		PQclear(result);
	return OK;
}

/* The table's name between two halves of a statement. */
static err
of_table(struct postgres_db *db, const char *before, const char *name, const char *after, struct buf *ret)
{
	buf_add(ret, str_c(before));
	TRY(quote(db, name, ret));
	buf_add(ret, str_c(after));
	buf_byte(ret, '\0');
	return OK;
}

/* What stands in the table afterwards is what the file brought, neither more nor less. */
static err
count_check(struct postgres_db *db, const struct table *t, uint64_t want)
{
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(result_end) PGresult *result = NULL;
	struct buf text = buf_in(&mem, COMMAND_MAX);
	int64_t there = -1;

	TRY(of_table(db, "SELECT count(*) FROM ", t->name, "", &text));
	TRY(query(db, text.p, &result));
	(void)str_int(str_c(PQgetvalue(result, 0, 0)), 0, INT64_MAX, &there);
	return there >= 0 && (uint64_t)there == want ? OK : ERR_SEALED;
}

err
postgres_fill(struct db *base, const char *path)
{
	struct postgres_db *db = (struct postgres_db *)base;
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(file_end) FILE *f = NULL;
	err e;

	TRY(file_begin(path, &f));
	TRY(postgres_exec(db, "SET LOCAL statement_timeout = 0", "fill"));
	struct table *t = NEW(&mem, struct table);
	while ((e = table_read(f, t)) == OK) {
		CLEANUP(arena_free) struct arena words = {0};
		struct buf text = buf_in(&words, COMMAND_MAX);
		uint64_t rows = 0, said = 0;

		TRY(command(db, t, "FROM STDIN (FORMAT binary)", &text));
		TRY(rows_fill(db, text.p, f, &rows));
		TRY(number_read(f, 8, &said));
		if (rows != said)
			return ERR_SEALED;
		TRY(count_check(db, t, said));
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

err
postgres_is_empty(struct db *base, bool *ret)
{
	struct postgres_db *db = (struct postgres_db *)base;
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(result_end) PGresult *tables = NULL;

	TRY(postgres_connect(db));
	TRY(query(db, "SELECT c.relname" TABLES, &tables));
	*ret = true;
	for (int i = 0; i < PQntuples(tables) && *ret; i++) {
		CLEANUP(result_end) PGresult *row = NULL;
		struct buf text = buf_in(&mem, COMMAND_MAX);

		TRY(of_table(db, "SELECT 1 FROM ", PQgetvalue(tables, i, 0), " LIMIT 1", &text));
		TRY(query(db, text.p, &row));
		*ret = PQntuples(row) == 0;
	}
	return OK;
}

err
postgres_clear(struct db *base)
{
	struct postgres_db *db = (struct postgres_db *)base;
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(result_end) PGresult *tables = NULL;

	TRY(query(db, "SELECT c.relname" TABLES, &tables));
	for (int i = 0; i < PQntuples(tables); i++) {
		struct buf text = buf_in(&mem, COMMAND_MAX);

		TRY(of_table(db, "TRUNCATE ", PQgetvalue(tables, i, 0), "", &text));
		TRY(postgres_exec(db, text.p, text.p));
	}
	return OK;
}
