/* task.c - see task.h. */
#include <assert.h>

#include "access/audit.h"
#include "practice/task.h"
#include "store/db.h"

enum { TASK_MESSAGE_UNDELIVERED = 1 };	/* stored: never renumber */

err
task_add_undelivered(struct ctx *c, const struct outbox_message *m)
{
	assert(db_in_change(c->db));
	return db_run(c->db, SQL("INSERT INTO task (org, id, kind, booking, outbox, created_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6)"),
	    BINDS(INT(m->org), INT(ctx_id(c)), INT(TASK_MESSAGE_UNDELIVERED), REF(m->booking), INT(m->id),
	    INT(c->now)), NULL);
}

err
task_list(struct ctx *c, struct task **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct task *list = NEW_N(c->mem, struct task, TASK_LIST_MAX);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT t.id, t.outbox, t.booking, o.person, o.kind, o.last_code, t.created_at,"
	    " b.start_at FROM task t JOIN outbox o ON o.org = t.org AND o.id = t.outbox"
	    " LEFT JOIN booking b ON b.org = t.org AND b.id = t.booking"
	    " WHERE t.org = $1 AND t.done_at IS NULL ORDER BY COALESCE(b.start_at, t.created_at), t.id LIMIT $2"),
	    BINDS(INT(c->org), INT(TASK_LIST_MAX)), &rows));
	while ((e = db_next(rows)) == OK && n < TASK_LIST_MAX)
		list[n++] = (struct task){
			.id = db_int(rows, 0), .outbox = db_int(rows, 1), .booking = db_int(rows, 2),
			.person = db_int(rows, 3), .message = (enum message_kind)db_int(rows, 4),
			.code = (int)db_int(rows, 5), .created_at = db_int(rows, 6), .start = db_int(rows, 7),
		};
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}

err
task_count(struct ctx *c, int64_t *ret)
{
	return db_one_int(c->db, SQL("SELECT count(*) FROM task WHERE org = $1 AND done_at IS NULL"),
	    BINDS(INT(c->org)), ret);
}

err
task_done(struct ctx *c, id task)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed, known;

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL("UPDATE task SET done_at = $1, done_by = $2"
	    " WHERE org = $3 AND id = $4 AND done_at IS NULL"),
	    BINDS(INT(c->now), REF(c->actor), INT(c->org), INT(task)), &changed));
	if (changed == 0)	/* two of the practice pressed the button, or it is none */
		return db_one_int(c->db, SQL("SELECT id FROM task WHERE org = $1 AND id = $2"),
		    BINDS(INT(c->org), INT(task)), &known);
	TRY(audit_add(c, S("task.done"), task, 0, 0));
	return db_commit(&tx);
}
