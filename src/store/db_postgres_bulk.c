/*
 * db_postgres_bulk.c - rows that are appended go with COPY, a buffer a
 * statement; and the planner's statistics.
 */
#include <assert.h>
#include <endian.h>
#include <stdio.h>

#include "store/db_postgres_int.h"

enum {
	BUFFER_BYTES = 4 << 20,
	HEAD_MAX = 600,			/* bytes of "COPY t (…) FROM …" */
	ANALYZE_ROWS = 10000,		/* below it any plan is quick */
};

/* What COPY BINARY begins with (PostgreSQL manual, COPY, "Binary Format"): mark, flags, no extension. */
static const char copy_head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
enum { COPY_HEAD_BYTES = sizeof(copy_head) - 1 };

struct append {
	const char	*text;		/* the INSERT's literal */
	char		*bytes;
	size_t		 n, room;
	struct append	*next;		/* in the order of their first row */
};

static void
put(struct append *a, const void *bytes, size_t n)
{
	if (a->n + n > a->room) {
		size_t room = a->room * 2 > a->n + n ? a->room * 2 : a->n + n + 4096;
		char *more = mem_alloc(room, 1);

		if (a->n > 0)
			memcpy(more, a->bytes, a->n);
		mem_free(a->bytes);
		a->bytes = more;
		a->room = room;
	}
	if (n > 0)
		memcpy(a->bytes + a->n, bytes, n);
	a->n += n;
}

static void
put_length(struct append *a, uint32_t n)
{
	uint32_t wire = htobe32(n);

	put(a, &wire, sizeof(wire));
}

static void
put_bind(struct append *a, const struct bind *b)
{
	uint64_t number = htobe64((uint64_t)b->i);

	switch (b->kind) {
	case BIND_NULL:
		put_length(a, UINT32_MAX);
		break;
	case BIND_INT:
		put_length(a, sizeof(number));
		put(a, &number, sizeof(number));
		break;
	case BIND_TEXT:
	case BIND_BLOB:
	default:
		put_length(a, (uint32_t)b->s.n);
		put(a, b->s.p, b->s.n);
		break;
	}
}

/* Of "INSERT INTO t (…) VALUES ($1, $2)", "t (…)"; anything else is our own mistake. */
static str
target_of(const struct query *q)
{
	str text = str_c(q->text);
	ptrdiff_t values = str_find_str(text, S(" VALUES ("));
	char want[HEAD_MAX];
	size_t n = 0;

	assert(str_starts(text, S("INSERT INTO ")) && values > 0);
	for (size_t i = 0; i < q->n; i++)
		n += (size_t)snprintf(want + n, sizeof(want) - n, "%s$%zu", i == 0 ? " VALUES (" : ", ", i + 1);
	assert(str_eq(str_slice(text, (size_t)values, text.n - 1), (str){ want, n }));
	return str_slice(text, sizeof("INSERT INTO ") - 1, (size_t)values);
}

static struct append *
append_of(struct postgres_db *db, const struct query *q)
{
	struct append **at = &db->appends;

	while (*at != NULL && (*at)->text != q->text)
		at = &(*at)->next;
	if (*at == NULL) {
		(void)target_of(q);
		*at = mem_alloc(1, sizeof(**at));
		(*at)->text = q->text;
		put(*at, copy_head, COPY_HEAD_BYTES);
	}
	return *at;
}

static void
append_free(struct append *a)
{
	mem_free(a->bytes);
	mem_free(a);
}

void
postgres_append_drop(struct db *base)
{
	struct postgres_db *db = (struct postgres_db *)base;

	for (struct append *a; (a = db->appends) != NULL; append_free(a))
		db->appends = a->next;
}

static err
copy_end(struct postgres_db *db, const char *text)
{
	PGresult *result = PQgetResult(db->connection);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return postgres_failed(db, result, text);
	PQclear(result);
	/* libpq ends every command with a NULL. */
	while ((result = PQgetResult(db->connection)) != NULL)
		PQclear(result);
	return OK;
}

static err
send(struct postgres_db *db, struct append *a)
{
	static const char last[] = { '\377', '\377' };
	str text = str_c(a->text), target;
	char head[HEAD_MAX];
	PGresult *result;

	target = str_slice(text, sizeof("INSERT INTO ") - 1, (size_t)str_find_str(text, S(" VALUES (")));
	(void)snprintf(head, sizeof(head), "COPY %.*s FROM STDIN (FORMAT binary)", STR_FMT(target));
	put(a, last, sizeof(last));
	result = PQexec(db->connection, head);
	if (PQresultStatus(result) != PGRES_COPY_IN)
		return postgres_failed(db, result, head);
	PQclear(result);
	if (PQputCopyData(db->connection, a->bytes, (int)a->n) != 1 ||
	    PQputCopyEnd(db->connection, NULL) != 1)
		return ERR_STORE;
	return copy_end(db, a->text);
}

err
postgres_append_flush(struct db *base)
{
	struct postgres_db *db = (struct postgres_db *)base;
	err e = OK;

	for (struct append *a; (a = db->appends) != NULL; append_free(a)) {
		db->appends = a->next;
		if (e == OK)
			e = send(db, a);
	}
	return e;
}

err
postgres_append(struct db *base, const struct query *q)
{
	struct append *a = append_of((struct postgres_db *)base, q);
	uint16_t columns = htobe16((uint16_t)q->n);

	put(a, &columns, sizeof(columns));
	for (size_t i = 0; i < q->n; i++)
		put_bind(a, &q->binds[i]);
	return a->n < BUFFER_BYTES ? OK : postgres_append_flush(base);
}

/* --- statistics --- */

err
postgres_analyze(struct db *base)
{
	struct postgres_db *db = (struct postgres_db *)base;

	TRY(postgres_connect(db));
	TRY(postgres_exec(db, "SET statement_timeout = 0; SET default_transaction_read_only = off", "analyze"));
	err e = postgres_exec(db, "ANALYZE", "analyze");
	/* The session is as it was, or is made anew. */
	if (postgres_exec(db, "SET statement_timeout = '30s'; SET default_transaction_read_only = on",
	    "analyze") != OK && e == OK)
		e = ERR_STORE;
	return e;
}

/* reltuples is -1 until a first ANALYZE or VACUUM; the size tells whether that matters. */
err
postgres_needs_analyze(struct db *base, bool *ret)
{
	struct postgres_db *db = (struct postgres_db *)base;
	PGresult *result;
	char query[HEAD_MAX];

	TRY(postgres_connect(db));
	(void)snprintf(query, sizeof(query), "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	    " WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.reltuples < 0"
	    " AND pg_relation_size(c.oid) > %d LIMIT 1", ANALYZE_ROWS * 100);
	result = PQexec(db->connection, query);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		return postgres_failed(db, result, "statistics");
	*ret = PQntuples(result) > 0;
	PQclear(result);
	return OK;
}
