/*
 * audit.c - the lines, the journal of openings, and the chain.
 *
 * Hash of a line: SHA-256 over its predecessor's hash (32 zero bytes for the
 * first) and its leaf: a version byte, every number as 8 bytes big-endian in
 * the order of struct audit_line, then the action.  Only the action's length
 * varies and it stands last, so that two different lines never give the same
 * bytes.
 */
#include "access/audit.h"

#include <assert.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/db.h"
#include "vault/secret.h"

enum {
	ACTION_BYTES_MAX = 64,
	LEAF_VERSION = 1,
	NUMBERS = 9,
	LEAF_HEAD_BYTES = AUDIT_HASH_BYTES + 1 + NUMBERS * 8,
	VERIFY_PAGE = 500,
	LIST_MAX = 1000,
	RACES_MAX = 5,
};

static const char before_first[AUDIT_HASH_BYTES];

struct tip {
	int64_t	seq;
	str	hash;
};

err
audit_add(struct ctx *c, str action, id object, id person, int64_t detail)
{
	assert(db_in_change(c->db));
	assert(action.n > 0 && action.n <= ACTION_BYTES_MAX);
	return db_post(c->db, SQL(
	    "INSERT INTO audit (id, org, at, actor, role, action, object, person, detail)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"),
	    BINDS(INT(ctx_id(c)), INT(c->org), INT(c->now), INT(c->actor), INT(c->role),
	    TEXT(action), INT(object), INT(person), INT(detail)));
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
	    "INSERT INTO opening (id, org, at, actor, role, purpose, facet, persons)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"),
	    BINDS(INT(ctx_id(c)), INT(c->org), INT(c->now), INT(c->actor), INT(c->role),
	    INT((int64_t)o->purpose), INT((int64_t)o->facet), BLOB(buf_str(&persons))), NULL);
}

static str
line_hash(struct arena *mem, str before, const struct audit_line *l)
{
	const int64_t numbers[NUMBERS] = { l->id, l->org, l->at, l->actor, l->role,
		l->object, l->person, l->detail, l->seq };
	struct buf leaf = buf_in(mem, LEAF_HEAD_BYTES + l->action.n);

	buf_add(&leaf, before);
	buf_byte(&leaf, LEAF_VERSION);
	for (size_t i = 0; i < NUMBERS; i++)
		put_int64(&leaf, numbers[i]);
	buf_add(&leaf, l->action);
	assert(buf_ok(&leaf));
	return sha256(mem, buf_str(&leaf));
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

static err
tip_read(struct ctx *c, struct tip *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	*ret = (struct tip){ 0, { before_first, AUDIT_HASH_BYTES } };
	TRY(db_read(c->db, SQL(
	    "SELECT seq, hash FROM audit WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"),
	    NULL, 0, &r));
	err e = db_next(r);
	if (e == OK)
		*ret = (struct tip){ db_int(r, 0), db_text(r, c->mem, 1) };
	return e == ERR_NOT_FOUND ? OK : e;
}

static err
unchained_read(struct ctx *c, int limit, struct audit_line **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT id, org, at, actor, role, action, object, person, detail, seq"
	    " FROM audit WHERE seq IS NULL ORDER BY id LIMIT $1"), BINDS(INT(limit)), &r));
	return lines_of(r, c->mem, limit, ret, ret_n);
}

/*
 * Two servers that chain at once meet either in a line (its seq is no longer
 * NULL: nothing changes) or in a number (seq is unique): one of them commits.
 */
static err
chain_once(struct ctx *c, int limit, int64_t *ret_n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct audit_line *lines;
	struct tip tip;
	size_t n;

	TRY(db_begin(c->db, &tx));
	TRY(tip_read(c, &tip));
	TRY(unchained_read(c, limit, &lines, &n));
	for (size_t i = 0; i < n; i++) {
		int64_t changed;

		lines[i].seq = tip.seq + 1;
		tip = (struct tip){ lines[i].seq, line_hash(c->mem, tip.hash, &lines[i]) };
		TRY(db_run(c->db, SQL(
		    "UPDATE audit SET seq = $2, hash = $3 WHERE id = $1 AND seq IS NULL"),
		    BINDS(INT(lines[i].id), INT(tip.seq), BLOB(tip.hash)), &changed));
		if (changed == 0)
			return ERR_CONFLICT;
	}
	TRY(db_commit(&tx));
	*ret_n = (int64_t)n;
	return OK;
}

err
audit_chain(struct ctx *c, int limit, int64_t *ret_n)
{
	err e = ERR_RETRY;

	assert(!db_in_change(c->db));
	for (int race = 0; race < RACES_MAX && (e == ERR_RETRY || e == ERR_CONFLICT); race++)
		e = chain_once(c, clip(limit), ret_n);
	return e == ERR_CONFLICT ? ERR_RETRY : e;
}

/* A page of the chain: tip moves on to its last good line, and stays before the first bad one. */
static err
verify_page(struct ctx *c, struct arena *mem, struct audit_tip *tip, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	err e;

	*ret_n = 0;
	TRY(db_read(c->db, SQL(
	    "SELECT id, org, at, actor, role, action, object, person, detail, seq, hash"
	    " FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2"),
	    BINDS(INT(tip->seq == 0 ? INT64_MIN : tip->seq), INT(VERIFY_PAGE)), &r));
	while ((e = db_next(r)) == OK) {
		struct audit_line l = line_of(r, mem);
		str hash = line_hash(mem, (str){ tip->hash, AUDIT_HASH_BYTES }, &l);

		if (l.seq != tip->seq + 1 || !str_eq(hash, db_text(r, mem, 10)))
			return ERR_SEALED;
		tip->seq = l.seq;
		memcpy(tip->hash, hash.p, AUDIT_HASH_BYTES);
		++*ret_n;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

err
audit_verify_from(struct ctx *c, struct audit_tip *tip, int64_t limit, bool *ret_end)
{
	int64_t left = limit;
	size_t n;

	/* A page's memory goes with it: the log of years does not fit into one arena. */
	do {
		CLEANUP(arena_free) struct arena mem = {0};
		err e = verify_page(c, &mem, tip, &n);

		if (e == ERR_SEALED)
			LOG_ERROR("audit", "the chain does not hold", LOG_INT("seq", tip->seq + 1));
		TRY(e);
		left -= (int64_t)n;
	} while (n == VERIFY_PAGE && left > 0);
	*ret_end = n < VERIFY_PAGE;
	return OK;
}

err
audit_verify(struct ctx *c, int64_t *ret_lines, int64_t *ret_seq)
{
	struct audit_tip tip = {0};
	bool end;
	err e = audit_verify_from(c, &tip, INT64_MAX, &end);

	if (e == ERR_SEALED)
		*ret_seq = tip.seq + 1;
	TRY(e);
	*ret_lines = tip.seq;
	return OK;
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
