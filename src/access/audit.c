/* audit.c - lines and openings, written and read; their places and proofs are in audit_*.c. */
#include "access/audit.h"

#include <assert.h>

#include "base/buf.h"
#include "store/db.h"

enum { ACTION_BYTES_MAX = 64, LIST_MAX = 1000 };

/* Zeros: the policy that the program brings along. */
static str
policy_now(void)
{
	static const char built_in[POLICY_HASH_BYTES];
	str hash = promise()->policy_hash;

	return hash.n == POLICY_HASH_BYTES ? hash : (str){ built_in, sizeof(built_in) };
}

err
audit_add(struct ctx *c, str action, id object, id person, int64_t detail)
{
	assert(db_in_change(c->db));
	assert(action.n > 0 && action.n <= ACTION_BYTES_MAX);
	return db_post(c->db, SQL(
	    "INSERT INTO audit (id, org, at, actor, role, purposes, action, object, person, detail, policy)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
	    BINDS(INT(ctx_id(c)), INT(c->org), INT(c->now), INT(c->actor), INT(c->role), INT(c->purposes),
	    TEXT(action), INT(object), INT(person), INT(detail), BLOB(policy_now())));
}

static void
put_int64(struct buf *b, int64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(b, (char)(((uint64_t)v >> shift) & 0xff));
}

err
audit_opening(struct ctx *c, const struct vault_opening *o)
{
	struct buf persons = buf_in(c->mem, VAULT_BATCH_MAX * sizeof(int64_t));

	for (size_t i = 0; i < o->n; i++)
		if (o->verdicts[i] == OK)
			put_int64(&persons, o->persons[i]);
	if (!buf_ok(&persons))
		return ERR_TOO_LARGE;
	if (persons.n == 0)
		return OK;
	return db_run(c->db, SQL(
	    "INSERT INTO opening (id, org, at, actor, role, purpose, facet, persons, policy)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
	    BINDS(INT(ctx_id(c)), INT(c->org), INT(c->now), INT(c->actor), INT(c->role),
	    INT((int64_t)o->purpose), INT((int64_t)o->facet), BLOB(buf_str(&persons)),
	    BLOB(policy_now())), NULL);
}

/* Columns: id, org, at, actor, role, action, object, person, detail, seq. */
static struct audit_line
line_of(struct db_rows *r, struct arena *mem)
{
	return (struct audit_line){
		.id = db_int(r, 0), .org = db_int(r, 1), .at = db_int(r, 2),
		.actor = db_int(r, 3), .role = (int)db_int(r, 4),
		.action = db_text(r, mem, 5), .object = db_int(r, 6),
		.person = db_int(r, 7), .detail = db_int(r, 8), .seq = db_int(r, 9),
	};
}

/* All rows of a statement that ends in LIMIT limit. */
static err
lines_of(struct db_rows *r, struct arena *mem, int limit, struct audit_line **ret, size_t *ret_n)
{
	struct audit_line *lines = NEW_N(mem, struct audit_line, (size_t)limit);
	size_t n = 0;
	err e;

	while (n < (size_t)limit && (e = db_next(r)) != ERR_NOT_FOUND) {
		TRY(e);
		lines[n++] = line_of(r, mem);
	}
	*ret = lines;
	*ret_n = n;
	return OK;
}

static int
clip(int limit)
{
	return limit < 1 ? 1 : limit > LIST_MAX ? LIST_MAX : limit;
}

err
audit_list(struct ctx *c, id before, int limit, struct audit_line **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	limit = clip(limit);
	TRY(db_read(c->db, SQL(
	    "SELECT id, org, at, actor, role, action, object, person, detail, seq"
	    " FROM audit WHERE org = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
	    BINDS(INT(c->org), INT(before == 0 ? INT64_MAX : before), INT(limit)), &r));
	return lines_of(r, c->mem, limit, ret, ret_n);
}

err
audit_last(struct ctx *c, id object, struct audit_line *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT id, org, at, actor, role, action, object, person, detail, seq"
	    " FROM audit WHERE org = $1 AND object = $2 ORDER BY id DESC LIMIT 1"),
	    BINDS(INT(c->org), INT(object)), &r));
	TRY(db_next(r));
	*ret = line_of(r, c->mem);
	return OK;
}

err
audit_since(struct ctx *c, id after, int limit, struct audit_line **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	limit = clip(limit);
	TRY(db_read(c->db, SQL(
	    "SELECT id, org, at, actor, role, action, object, person, detail, seq"
	    " FROM audit WHERE id > $1 ORDER BY id LIMIT $2"), BINDS(INT(after), INT(limit)), &r));
	return lines_of(r, c->mem, limit, ret, ret_n);
}
