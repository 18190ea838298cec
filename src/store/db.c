/* db.c - the part of db.h that is alike for both engines. */
#include <assert.h>

#include "store/bulk.h"
#include "store/db_int.h"

err
store_open(const char *where, int readers_max, struct store **ret)
{
	bool url = str_starts(str_c(where), S("postgres://")) ||
	    str_starts(str_c(where), S("postgresql://"));
	const struct engine *engine = url ? &engine_postgres : &engine_sqlite;
	struct store *s;

	assert(readers_max > 0);
	TRY(engine->store_open(where, &s));
	s->engine = engine;
	s->handles_max = readers_max;
	*ret = s;
	return OK;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	assert(s->handles == 0);
	s->engine->store_close(s);
}

bool
store_is_sqlite(const struct store *s)
{
	return s->engine == &engine_sqlite;
}

err
db_open(struct store *s, struct db **ret)
{
	struct db *db;
	err e;

	if (++s->handles > s->handles_max) {
		s->handles--;
		return ERR_TOO_LARGE;
	}
	if ((e = s->engine->open(s, &db)) != OK) {
		s->handles--;
		return e;
	}
	db->store = s;
	db->engine = s->engine;
	*ret = db;
	return OK;
}

void
db_close(struct db *db)
{
	struct store *s;

	if (db == NULL)
		return;
	assert(!db->in_change && db->held_n == 0);
	s = db->store;
	db->engine->close(db);
	s->handles--;
}

void
db_fail_after(struct db *db, int statements)
{
	assert(statements >= 0);
	db->fail_in = statements;
}

/* Each statement passes here first: one of a broken change is not sent at all. */
static err
admit(struct db *db)
{
	if (db->in_change && db->broken != OK)
		return db->broken;
	if (db->fail_in > 0 && --db->fail_in == 0) {
		db->broken = ERR_STORE;
		return ERR_STORE;
	}
	if (db->appended) {	/* this statement comes after them */
		db->appended = false;
		return db->broken = db->engine->append_flush(db);
	}
	return OK;
}

/*
 * PostgreSQL refuses everything after a failure inside a transaction; SQLite
 * would go on.  Both refuse here, so that what works on one works on the other.
 */
static err
outcome(struct db *db, err e)
{
	if (e != OK && e != ERR_NOT_FOUND && db->in_change && db->broken == OK) {
		tally_failure(&db->store->tally, e);
		db->broken = e;
	}
	return e;
}

static err
binds_check(const struct query *q)
{
	assert(q->n <= DB_BINDS_MAX);
	for (size_t i = 0; i < q->n; i++) {
		const struct bind *b = &q->binds[i];

		if (b->kind != BIND_TEXT && b->kind != BIND_BLOB)
			continue;
		if (b->s.n > DB_BYTES_MAX)
			return ERR_TOO_LARGE;
		/* PostgreSQL refuses malformed text and NUL, SQLite would store them. */
		if (b->kind == BIND_TEXT && !str_utf8_ok(b->s))
			return ERR_INVALID;
	}
	return OK;
}

/*
 * A change never ends with a statement of its own still running: on SQLite it
 * would run on the writing handle, which is another thread's from now on.
 */
static void
change_rows_end(struct db *db)
{
	for (struct db_rows *r = db->change_rows; r != NULL; r = r->next) {
		db->engine->rows_end(r);
		r->ended = true;
	}
	db->change_rows = NULL;
}

err
db_begin(struct db *db, struct db_tx *ret_tx)
{
	assert(!db->in_change && ret_tx->db == NULL);
	TRY(admit(db));
	TRY(db->engine->begin(db));
	db->in_change = true;
	db->broken = OK;
	ret_tx->db = db;
	return OK;
}

void
db_tx_end(struct db_tx *tx)
{
	struct db *db = tx->db;

	if (db == NULL)
		return;
	change_rows_end(db);
	db->appended = false;
	db->engine->undo(db);
	db->in_change = false;
	tx->db = NULL;
}

err
db_commit(struct db_tx *tx)
{
	struct db *db = tx->db;
	err e;

	assert(db != NULL && db->in_change);
	if ((e = admit(db)) != OK) {
		db_tx_end(tx);
		return e;
	}
	change_rows_end(db);
	e = db->engine->commit(db);
	tally_failure(&db->store->tally, e);
	db->in_change = false;
	tx->db = NULL;
	return e;
}

bool
db_in_change(const struct db *db)
{
	return db->in_change;
}

void
db_hold(struct db *db, bool holds)
{
	assert(!db->in_change);
	db->holds = holds;
}

size_t
db_held(const struct db *db)
{
	return db->held_n;
}

void
db_settle(struct db *db, err *ret_each)
{
	assert(!db->in_change);
	if (db->held_n > 0)
		db->engine->settle(db, ret_each);
	db->held_n = 0;
}

static err
run_in_change(struct db *db, const struct query *q, int64_t *ret_changed)
{
	int64_t changed;

	TRY(admit(db));
	TRY(outcome(db, binds_check(q)));
	TRY(outcome(db, db->engine->run(db, q, &changed)));
	if (ret_changed == NULL)
		return outcome(db, changed == 1 ? OK : ERR_STORE);
	*ret_changed = changed;
	return OK;
}

err
db_run(struct db *db, struct sql sql, const struct bind *binds, size_t n, int64_t *ret_changed)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	const struct query q = { sql.text, binds, n };
	int64_t changed = 0;

	if (db->in_change)
		return run_in_change(db, &q, ret_changed);
	TRY(db_begin(db, &tx));
	TRY(run_in_change(db, &q, ret_changed == NULL ? NULL : &changed));
	TRY(db_commit(&tx));
	if (ret_changed != NULL)
		*ret_changed = changed;
	return OK;
}

err
db_post(struct db *db, struct sql sql, const struct bind *binds, size_t n)
{
	const struct query q = { sql.text, binds, n };

	assert(db->in_change);
	TRY(admit(db));
	TRY(outcome(db, binds_check(&q)));
	return outcome(db, db->engine->post(db, &q));
}

err
db_script(struct db *db, const char *statements)
{
	assert(db->in_change);
	TRY(admit(db));
	return outcome(db, db->engine->script(db, statements));
}

err
db_lock(struct db *db, int64_t key, bool exclusive)
{
	assert(db->in_change);
	TRY(admit(db));
	return outcome(db, db->engine->lock(db, key, exclusive));
}

err
db_lock_schema(struct db *db)
{
	assert(db->in_change);
	TRY(admit(db));
	return outcome(db, db->engine->lock_schema(db));
}

err
db_read(struct db *db, struct sql sql, const struct bind *binds, size_t n, struct db_rows **ret)
{
	const struct query q = { sql.text, binds, n };
	struct db_rows *r;

	assert(*ret == NULL);
	TRY(admit(db));
	TRY(outcome(db, binds_check(&q)));
	TRY(outcome(db, db->engine->read(db, &q, &r)));
	r->db = db;
	if (db->in_change) {
		r->next = db->change_rows;
		db->change_rows = r;
	}
	*ret = r;
	return OK;
}

static const struct engine *
engine_of(const struct db_rows *r)
{
	assert(!r->ended);
	return r->db->engine;
}

err
db_next(struct db_rows *r)
{
	return outcome(r->db, engine_of(r)->next(r));
}

int64_t
db_int(struct db_rows *r, int column)
{
	return db_null(r, column) ? 0 : engine_of(r)->column_int(r, column);
}

str
db_text(struct db_rows *r, struct arena *mem, int column)
{
	return db_null(r, column) ? S("") : str_copy(mem, engine_of(r)->column_bytes(r, column));
}

bool
db_null(struct db_rows *r, int column)
{
	return engine_of(r)->column_null(r, column);
}

void
db_rows_end(struct db_rows **rows)
{
	struct db_rows *r = *rows;

	if (r == NULL)
		return;
	for (struct db_rows **at = &r->db->change_rows; !r->ended && *at != NULL; at = &(*at)->next) {
		if (*at == r) {
			*at = r->next;
			break;
		}
	}
	if (!r->ended)
		r->db->engine->rows_end(r);
	mem_free(r);
	*rows = NULL;
}

err
db_one_int(struct db *db, struct sql sql, const struct bind *binds, size_t n, int64_t *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(db, sql, binds, n, &rows));
	TRY(db_next(rows));
	*ret = db_int(rows, 0);
	return OK;
}

err
db_copy(struct db *db, const char *path)
{
	assert(!db->in_change);
	TRY(admit(db));
	return db->engine->copy(db, path);
}

err
db_checkpoint(struct db *db)
{
	assert(!db->in_change);
	TRY(admit(db));
	return db->engine->checkpoint(db);
}

/* --- bulk.h --- */

err
db_append(struct db *db, struct sql insert, const struct bind *binds, size_t n)
{
	const struct query q = { insert.text, binds, n };

	assert(db->in_change);
	if (db->engine->append == NULL)
		return db_run(db, insert, binds, n, NULL);
	if (db->broken != OK)
		return db->broken;
	TRY(outcome(db, binds_check(&q)));
	db->appended = true;
	return outcome(db, db->engine->append(db, &q));
}

err
db_fill(struct db *db, const char *path)
{
	assert(db->in_change && db->engine->fill != NULL);
	TRY(admit(db));
	return outcome(db, db->engine->fill(db, path));
}

err
db_clear(struct db *db)
{
	assert(db->in_change && db->engine->clear != NULL);
	TRY(admit(db));
	return outcome(db, db->engine->clear(db));
}

err
db_is_empty(struct db *db, bool *ret)
{
	assert(!db->in_change && db->engine->is_empty != NULL);
	TRY(admit(db));
	return db->engine->is_empty(db, ret);
}

err
db_analyze(struct db *db)
{
	assert(!db->in_change);
	TRY(admit(db));
	return db->engine->analyze == NULL ? OK : db->engine->analyze(db);
}

err
db_needs_analyze(struct db *db, bool *ret)
{
	assert(!db->in_change);
	TRY(admit(db));
	*ret = false;
	return db->engine->needs_analyze == NULL ? OK : db->engine->needs_analyze(db, ret);
}
