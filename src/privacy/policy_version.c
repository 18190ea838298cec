/* policy_version.c - see policy_version.h. */
#include "privacy/policy_version.h"

#include "access/audit.h"
#include "store/db.h"

#define COLUMNS "hash, number, title, dated, adopted_at"

static struct policy_version
from_row(struct db_rows *r, struct arena *mem)
{
	return (struct policy_version){ .hash = db_text(r, mem, 0), .number = db_int(r, 1),
	    .title = db_text(r, mem, 2), .dated = db_text(r, mem, 3), .adopted_at = db_int(r, 4) };
}

static err
one(struct ctx *c, struct db_rows *r, struct policy_version *ret)
{
	TRY(db_next(r));
	*ret = from_row(r, c->mem);
	ret->body = db_text(r, c->mem, 5);
	return OK;
}

err
policy_version_current(struct ctx *c, struct policy_version *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS ", body FROM policy_version"
	    " ORDER BY adopted_order DESC LIMIT 1"), NULL, 0, &r));
	return one(c, r, ret);
}

err
policy_version_get(struct ctx *c, str hash, struct policy_version *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS ", body FROM policy_version WHERE hash = $1"),
	    BINDS(BLOB(hash)), &r));
	return one(c, r, ret);
}

err
policy_version_list(struct ctx *c, struct policy_version **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct policy_version *list = NEW_N(c->mem, struct policy_version, POLICY_VERSIONS_MAX);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM policy_version"
	    " ORDER BY adopted_order DESC LIMIT $1"), BINDS(INT(POLICY_VERSIONS_MAX)), &r));
	while ((e = db_next(r)) == OK)
		list[n++] = from_row(r, c->mem);
	*ret = list;
	*ret_n = n;
	return e == ERR_NOT_FOUND ? OK : e;
}

static err
is_in_force(struct ctx *c, str hash, bool *ret, int64_t *ret_order)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL("SELECT hash, adopted_order FROM policy_version"
	    " ORDER BY adopted_order DESC LIMIT 1"), NULL, 0, &r));
	err e = db_next(r);
	*ret = e == OK && str_eq(db_text(r, c->mem, 0), hash);
	*ret_order = e == OK ? db_int(r, 1) : 0;
	return e == ERR_NOT_FOUND ? OK : e;
}

err
policy_version_adopt(struct ctx *c, const struct policy_version *v)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t order;
	bool already;

	if (!db_in_change(c->db))
		TRY(db_begin(c->db, &tx));
	TRY(is_in_force(c, v->hash, &already, &order));
	if (!already) {
		int64_t changed;

		/* An older text comes back with its old words; only its place and moment are new. */
		TRY(db_run(c->db, SQL("INSERT INTO policy_version (hash, number, title, dated, body,"
		    " adopted_at, adopted_order) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		    " ON CONFLICT (hash) DO UPDATE SET adopted_at = $6, adopted_order = $7"),
		    BINDS(BLOB(v->hash), INT(v->number), TEXT(v->title), TEXT(v->dated), TEXT(v->body),
		    INT(c->now), INT(order + 1)), &changed));
		TRY(audit_add(c, S("policy.adopt"), 0, 0, v->number));
	}
	return tx.db == NULL ? OK : db_commit(&tx);
}
