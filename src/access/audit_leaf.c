/* audit_leaf.c - lines read as rows, and written as leaves: docs/log.md has the same, byte by byte. */
#include "access/audit_int.h"

#include <assert.h>

enum {
	LEAF_VERSION = 1,
	NUMBERS = 8,
	ID_BYTES = 8,
	LEAF_HEAD_BYTES = 2 + NUMBERS * 8 + POLICY_HASH_BYTES + LOGTREE_HASH_BYTES,
	OBJECT_IS_PERSON = -1,
};

/* Where the storage holds what no program of ours wrote, it must not read as something else. */
static int
role_of(int64_t stored)
{
	return stored >= 0 && stored < ROLE_COUNT ? (int)stored : -1;
}

/* Columns: kind, id, org, at, actor, role, purposes, action, object, person, detail, policy, persons, seq. */
static struct audit_row
row_of(struct db_rows *r, struct arena *mem)
{
	struct audit_row row = {
		.kind = (enum audit_kind)db_int(r, 0),
		.line = {
			.id = db_int(r, 1), .org = db_int(r, 2), .at = db_int(r, 3), .actor = db_int(r, 4),
			.role = role_of(db_int(r, 5)), .action = db_text(r, mem, 7), .object = db_int(r, 8),
			.person = db_int(r, 9), .detail = db_int(r, 10), .seq = db_int(r, 13),
		},
		.purposes = db_int(r, 6), .policy = db_text(r, mem, 11), .persons = db_text(r, mem, 12),
	};

	if (row.kind == AUDIT_OPENING)	/* it has one purpose, stored as a number */
		row.purposes = row.purposes > 0 && row.purposes < 63 ? INT64_C(1) << row.purposes : 0;
	return row;
}

struct rows { struct audit_row *rows; size_t n, room; };

static err
rows_of(struct db_rows *r, struct arena *mem, struct rows *io)
{
	err e;

	while ((e = db_next(r)) == OK) {
		if (io->n == io->room) {
			struct audit_row *more = NEW_N(mem, struct audit_row, io->room * 2 + 16);

			if (io->n > 0)
				memcpy(more, io->rows, io->n * sizeof(*more));
			io->rows = more;
			io->room = io->room * 2 + 16;
		}
		io->rows[io->n++] = row_of(r, mem);
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

#define CHANGES "SELECT 1, id, org, at, actor, role, purposes, action, object, person, detail, policy, NULL, seq" \
	" FROM audit"
#define OPENINGS "SELECT 2, id, org, at, actor, role, purpose, 'open', 0, 0, facet, policy, persons, seq FROM opening"

err
audit_rows_waiting(struct ctx *c, int limit, struct audit_row **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct rows rows = {0};

	TRY(db_read(c->db, SQL(CHANGES " WHERE seq IS NULL UNION ALL " OPENINGS " WHERE seq IS NULL"
	    " ORDER BY 2 LIMIT $1"), BINDS(INT(limit)), &r));
	TRY(rows_of(r, c->mem, &rows));
	*ret = rows.rows;
	*ret_n = rows.n;
	return OK;
}

err
audit_rows_between(struct ctx *c, int64_t first, int64_t last, struct audit_row **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct rows rows = {0};

	TRY(db_read(c->db, SQL(CHANGES " WHERE seq > $1 AND seq <= $2 UNION ALL "
	    OPENINGS " WHERE seq > $1 AND seq <= $2 ORDER BY 14"), BINDS(INT(first), INT(last)), &r));
	TRY(rows_of(r, c->mem, &rows));
	*ret = rows.rows;
	*ret_n = rows.n;
	return OK;
}

err
audit_row_find(struct ctx *c, id line, struct audit_row *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct rows rows = {0};

	TRY(db_read(c->db, SQL(CHANGES " WHERE id = $1 AND ($2 = 0 OR org = $2) UNION ALL "
	    OPENINGS " WHERE id = $1 AND ($2 = 0 OR org = $2)"), BINDS(INT(line), INT(c->org)), &r));
	TRY(rows_of(r, c->mem, &rows));
	if (rows.n == 0)
		return ERR_NOT_FOUND;
	*ret = rows.rows[0];
	return OK;
}

/* --- leaves --- */

static void
put_int64(struct buf *b, int64_t v)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		buf_byte(b, (char)(((uint64_t)v >> shift) & 0xff));
}

/*
 * Persons stand in a tree of their own, of which the leaf has the root: a proof
 * for one of them need not name the others, and every leaf is small.  Their
 * pseudonyms hang on the server's key, which no erasure destroys.
 */
static err
persons_root(struct ctx *c, const struct audit_row *row, struct logtree_hash *ret, str *ret_pseudonyms)
{
	const size_t n = row->persons.n / ID_BYTES;
	struct logtree_hash *hashes = NEW_N(c->mem, struct logtree_hash, n);
	struct buf names = buf_in(c->mem, n * AUDIT_PSEUDONYM_BYTES + 1);

	for (size_t i = 0; i < n; i++) {
		struct buf whom = buf_in(c->mem, 2 * ID_BYTES);
		str pseudonym;

		put_int64(&whom, row->line.org);
		buf_add(&whom, str_slice(row->persons, i * ID_BYTES, (i + 1) * ID_BYTES));
		TRY(vault_blind(c, 0, BLIND_LOG, buf_str(&whom), &pseudonym));
		assert(pseudonym.n == AUDIT_PSEUDONYM_BYTES);
		buf_add(&names, pseudonym);
		logtree_leaf(pseudonym, &hashes[i]);
	}
	logtree_root_of(hashes, n, ret);
	*ret_pseudonyms = buf_str(&names);
	return OK;
}

/* A row that somebody else has written is read too: whatever is odd about it gives another leaf. */
err
audit_leaf(struct ctx *c, const struct audit_row *row, str *ret_leaf, str *ret_pseudonyms)
{
	const struct audit_line *l = &row->line;
	struct audit_row about = *row;
	struct buf leaf = buf_in(c->mem, LEAF_HEAD_BYTES + l->action.n + row->policy.n + row->persons.n);
	struct logtree_hash root;

	if (row->kind == AUDIT_CHANGE && l->person != 0) {
		struct buf one = buf_in(c->mem, ID_BYTES);

		put_int64(&one, l->person);
		about.persons = buf_str(&one);
	}
	TRY(persons_root(c, &about, &root, ret_pseudonyms));
	const int64_t numbers[NUMBERS] = { l->id, l->at, l->org, l->actor, l->role, row->purposes,
		l->person != 0 && l->object == l->person ? OBJECT_IS_PERSON : l->object, l->detail };

	buf_byte(&leaf, LEAF_VERSION);
	buf_byte(&leaf, (char)row->kind);
	for (size_t i = 0; i < NUMBERS; i++)
		put_int64(&leaf, numbers[i]);
	buf_add(&leaf, row->policy);
	buf_add(&leaf, (str){ (const char *)root.bytes, sizeof(root.bytes) });
	buf_add(&leaf, l->action);
	buf_add(&leaf, str_slice(row->persons, row->persons.n / ID_BYTES * ID_BYTES, row->persons.n));
	assert(buf_ok(&leaf));
	*ret_leaf = buf_str(&leaf);
	return OK;
}

err
audit_leaf_hash(struct ctx *c, const struct audit_row *row, struct logtree_hash *ret)
{
	CLEANUP(arena_free) struct arena mem = {0};	/* thousands of persons may be in one line */
	struct ctx one = *c;
	str leaf, pseudonyms;

	one.mem = &mem;
	TRY(audit_leaf(&one, row, &leaf, &pseudonyms));
	logtree_leaf(leaf, ret);
	return OK;
}
