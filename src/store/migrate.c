/* migrate.c - one step, one transaction: a server that stops half way goes on at the same place. */
#include <assert.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/db_int.h"
#include "store/migrate.h"

enum { STEP_BYTES_MAX = 1024 * 1024 };

/*
 * FNV-1a, 64 bits: it finds an edit made by accident, which is all it is for;
 * who can write schema_step could write the tables too.
 */
static str
step_hash(struct arena *mem, const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (const char *p = text; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	return str_printf(mem, "%016llx", (unsigned long long)h);
}

/* The text with its two tokens in the engine's words. */
static const char *
step_text(struct arena *mem, const struct migration *m, bool sqlite)
{
	const struct { str token, word; } tokens[] = {
		{ S("@BLOB@"), sqlite ? S("BLOB") : S("BYTEA") },
		{ S("@CLUSTERED@"), sqlite ? S("WITHOUT ROWID") : S("") },
	};
	struct buf b = buf_in(mem, STEP_BYTES_MAX);
	str rest = str_c(m->text);

	while (rest.n > 0) {
		str piece = str_slice(rest, 0, 1);
		size_t eaten = 1;

		for (size_t i = 0; i < COUNT(tokens); i++) {
			if (str_starts(rest, tokens[i].token)) {
				eaten = tokens[i].token.n;
				piece = tokens[i].word;
			}
		}
		buf_add(&b, piece);
		rest = str_slice(rest, eaten, rest.n);
	}
	assert(buf_ok(&b));
	return str_z(mem, buf_str(&b));
}

struct migrating {
	struct db		*db;
	struct arena		*mem;
	const struct migration	*steps;
	size_t			 n;
	usec			 now;
};

/* NULL when the row, found at place `at` in the database, is our step of that place. */
static const char *
step_complaint(const struct migrating *m, size_t at, struct db_rows *row)
{
	int64_t number = db_int(row, 0);

	if (at == m->n || number > m->steps[m->n - 1].number)
		return "the database is newer than this program, which does not know its step";
	if (number != m->steps[at].number)
		return "the database went another way than this program: unexpected step";
	if (!str_eq(db_text(row, m->mem, 2), step_hash(m->mem, m->steps[at].text)))
		return "this program holds another text than the database was made with, of step";
	return NULL;
}

/* What the database has gone through must be the beginning of our list: so many steps of it. */
static err
steps_done(const struct migrating *m, size_t *ret, str *ret_why)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	size_t done = 0;
	err e;

	TRY(db_read(m->db, SQL("SELECT number, name, hash FROM schema_step ORDER BY number"),
	    NULL, 0, &rows));
	for (; (e = db_next(rows)) == OK; done++) {
		const char *complaint = step_complaint(m, done, rows);

		if (complaint == NULL)
			continue;
		*ret_why = str_printf(m->mem, "%s %lld (%.*s)", complaint,
		    (long long)db_int(rows, 0), STR_FMT(db_text(rows, m->mem, 1)));
		return ERR_CONFLICT;
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = done;
	return OK;
}

/*
 * What SQLite's planner should believe of every index, so that its choice is
 * the same for an empty database and for a full one: a million rows, few
 * organisations, and a handful of rows for each further column.  Left to
 * itself it takes a primary key's first column, the organisation, for as
 * choosy as any index, and reads all that the organisation has.
 */
static const char planner_beliefs[] =
    "ANALYZE;"
    "DELETE FROM sqlite_stat1;"
    "INSERT INTO sqlite_stat1 (tbl, idx, stat)"
    " SELECT t.name, CASE WHEN i.origin = 'pk' AND t.wr THEN t.name ELSE i.name END, '1000000' ||"
    "  (SELECT group_concat(CASE"
    "    WHEN i.\"unique\" AND k.seqno = (SELECT max(seqno) FROM pragma_index_info(i.name)) THEN ' 1'"
    "    WHEN k.name = 'org' THEN ' 200000' WHEN k.seqno = 0 THEN ' 20'"
    "    WHEN k.seqno = 1 THEN ' 15' ELSE ' 8' END, '') FROM pragma_index_info(i.name) k)"
    " FROM pragma_table_list t, pragma_index_list(t.name) i"
    " WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%';";

static err
step_run(const struct migrating *m, const struct migration *step)
{
	LOG_INFO("store", "schema step", LOG_INT("number", step->number), LOG_TEXT("name", step->name));
	TRY(db_script(m->db, step_text(m->mem, step, store_is_sqlite(m->db->store))));
	if (store_is_sqlite(m->db->store))
		TRY(db_script(m->db, planner_beliefs));
	return db_run(m->db, SQL(
	    "INSERT INTO schema_step (number, name, hash, applied_at) VALUES ($1, $2, $3, $4)"),
	    BINDS(INT(step->number), TEXT(str_c(step->name)),
	    TEXT(step_hash(m->mem, step->text)), INT(m->now)), NULL);
}

/* The lock is taken before looking: of two servers the second finds the step done. */
static err
step_next(const struct migrating *m, size_t *ret_done, str *ret_why)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	size_t done = 0;

	TRY(db_begin(m->db, &tx));
	TRY(db_lock_schema(m->db));
	TRY(db_script(m->db, "CREATE TABLE IF NOT EXISTS schema_step (number BIGINT PRIMARY KEY,"
	    " name TEXT NOT NULL, hash TEXT NOT NULL, applied_at BIGINT NOT NULL)"));
	TRY(steps_done(m, &done, ret_why));
	if (done < m->n)
		TRY(step_run(m, &m->steps[done++]));
	TRY(db_commit(&tx));
	*ret_done = done;
	return OK;
}

err
migrate(struct db *db, struct arena *mem, const struct migration *steps, size_t n, usec now,
    str *ret_why)
{
	const struct migrating m = { db, mem, steps, n, now };
	size_t done = 0;

	for (size_t i = 0; i < n; i++)
		assert(steps[i].number > (i == 0 ? 0 : steps[i - 1].number));
	do
		TRY(step_next(&m, &done, ret_why));
	while (done < n);
	return OK;
}
