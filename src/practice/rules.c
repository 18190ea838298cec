/* rules.c - see rules.h. */
#include "access/audit.h"
#include "practice/plan.h"
#include "practice/practitioner.h"
#include "practice/rules.h"

err
rules_lock(struct ctx *c, struct sql ids, const struct bind *binds, size_t n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	id *list;
	size_t count;

	TRY(db_read(c->db, ids, binds, n, &rows));
	TRY(rules_ids(c, rows, PRACTITIONER_MAX, &list, &count));
	for (size_t i = 0; i < count; i++)
		TRY(db_lock(c->db, list[i], true));
	return OK;
}

err
rules_room(struct ctx *c, struct sql count, const struct bind *binds, size_t n, int64_t max)
{
	int64_t there;

	TRY(db_one_int(c->db, count, binds, n, &there));
	return there < max ? OK : ERR_TOO_LARGE;
}

err
rules_exists(struct ctx *c, struct sql count, const struct bind *binds, size_t n)
{
	int64_t there;

	TRY(db_one_int(c->db, count, binds, n, &there));
	return there > 0 ? OK : ERR_NOT_FOUND;
}

err
rules_reopen(struct ctx *c, struct sql reopen, id object)
{
	int64_t changed;

	TRY(db_run(c->db, reopen, BINDS(INT(c->org), INT(object)), &changed));
	return changed > 0 ? OK : ERR_NOT_FOUND;
}

err
rules_done(struct ctx *c, struct db_tx *tx, str action, id object, int64_t detail)
{
	/* Last of all, for the organisation's row makes every other change of rules wait. */
	TRY(audit_add(c, action, object, 0, detail));
	TRY(plan_changed(c));
	return db_commit(tx);
}

static int
by_id(const void *a, const void *b)
{
	id x = *(const id *)a, y = *(const id *)b;

	return (x > y) - (x < y);
}

id *
rules_set(struct arena *mem, const id *ids, size_t *n)
{
	id *set = NEW_N(mem, id, *n);
	size_t kept = 0;

	if (*n == 0)
		return set;
	memcpy(set, ids, *n * sizeof(*set));
	qsort(set, *n, sizeof(*set), by_id);
	for (size_t i = 0; i < *n; i++)
		if (kept == 0 || set[i] != set[kept - 1])
			set[kept++] = set[i];
	*n = kept;
	return set;
}

void *
rules_grow(struct arena *mem, void *items, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return items;
	*room = *room == 0 ? 8 : *room * 2;
	char *more = arena_alloc(mem, *room, size);

	if (n > 0)
		memcpy(more, items, n * size);
	return more;
}

err
rules_ids(struct ctx *c, struct db_rows *rows, size_t max, id **ret, size_t *ret_n)
{
	id *list = NULL;
	size_t n = 0, room = 0;
	err e;

	while ((e = db_next(rows)) == OK) {
		if (n == max)
			return ERR_TOO_LARGE;
		list = rules_grow(c->mem, list, n, &room, sizeof(*list));
		list[n++] = db_int(rows, 0);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}
