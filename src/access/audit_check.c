/* audit_check.c - see audit_check.h. */
#include "access/audit_check.h"

#include "store/db.h"

err
audit_check_ask(struct ctx *c)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL(
	    "INSERT INTO audit_check (org, asked_at, asked_by, state, seq) VALUES ($1, $2, $3, $4, 0)"
	    " ON CONFLICT (org) DO UPDATE SET asked_at = excluded.asked_at, asked_by = excluded.asked_by,"
	    " state = excluded.state, seq = 0, done_at = NULL WHERE audit_check.state <> $4"),
	    BINDS(INT(c->org), INT(c->now), INT(c->actor), INT(AUDIT_CHECK_RUNS)), &changed));
	if (changed == 0)
		return OK;
	TRY(audit_add(c, S("audit.check"), 0, 0, 0));
	return db_commit(&tx);
}

err
audit_check_last(struct ctx *c, struct audit_check *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT state, asked_at, COALESCE(done_at, 0), asked_by, seq FROM audit_check WHERE org = $1"),
	    BINDS(INT(c->org)), &r));
	TRY(db_next(r));
	*ret = (struct audit_check){ .state = (enum audit_check_state)db_int(r, 0), .asked_at = db_int(r, 1),
	    .done_at = db_int(r, 2), .asked_by = db_int(r, 3), .lines = db_int(r, 4) };
	return OK;
}

err
audit_check_waiting(struct ctx *c, bool *ret)
{
	int64_t one;
	err e = db_one_int(c->db, SQL("SELECT 1 FROM audit_check WHERE state = $1 LIMIT 1"),
	    BINDS(INT(AUDIT_CHECK_RUNS)), &one);

	*ret = e == OK;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* The one that has waited longest: whose it is, and the last line that held. */
static err
run_read(struct ctx *c, id *ret_org, int64_t *ret_seq)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL(
	    "SELECT org, seq FROM audit_check WHERE state = $1 ORDER BY asked_at, org LIMIT 1"),
	    BINDS(INT(AUDIT_CHECK_RUNS)), &r));
	TRY(db_next(r));
	*ret_org = db_int(r, 0);
	*ret_seq = db_int(r, 1);
	return OK;
}

err
audit_check_run(struct ctx *c, int64_t *ret_n)
{
	enum audit_check_state state = AUDIT_CHECK_RUNS;
	int64_t seq, from;
	bool end = false;
	id org;
	err e;

	TRY(run_read(c, &org, &seq));
	from = seq;
	e = audit_verify_from(c, AUDIT_CHECK_STEP, &seq, &end);
	if (e == ERR_SEALED)
		state = AUDIT_CHECK_ALTERED;
	else if (e != OK)
		return e;
	else if (end)
		state = AUDIT_CHECK_WHOLE;
	TRY(db_run(c->db, SQL("UPDATE audit_check SET state = $2, seq = $3, done_at = $4 WHERE org = $1"),
	    BINDS(INT(org), INT((int64_t)state), INT(seq),
	    state == AUDIT_CHECK_RUNS ? NIL : INT(c->now)), NULL));
	*ret_n = seq - from;
	return OK;
}
