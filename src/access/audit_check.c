/* audit_check.c - see audit_check.h. */
#include "access/audit_check.h"

#include <assert.h>

#include "base/log.h"
#include "store/db.h"

err
audit_check_ask(struct ctx *c)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	/* lines stays: what the log has had once is what the next check must find. */
	TRY(db_run(c->db, SQL(
	    "INSERT INTO audit_check (org, asked_at, asked_by, state, seq, lines) VALUES ($1, $2, $3, $4, 0, 0)"
	    " ON CONFLICT (org) DO UPDATE SET asked_at = excluded.asked_at, asked_by = excluded.asked_by,"
	    " state = excluded.state, seq = 0, hash = NULL, done_at = NULL WHERE audit_check.state <> $4"),
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

/* One that is under way, and how many lines an earlier one saw. */
struct run { id org; struct audit_tip tip; int64_t seen; };

static err
run_read(struct ctx *c, struct run *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	struct run run = {0};
	str hash;

	TRY(db_read(c->db, SQL(
	    "SELECT org, seq, hash, lines FROM audit_check WHERE state = $1 ORDER BY asked_at, org LIMIT 1"),
	    BINDS(INT(AUDIT_CHECK_RUNS)), &r));
	TRY(db_next(r));
	run.org = db_int(r, 0);
	run.tip.seq = db_int(r, 1);
	hash = db_text(r, c->mem, 2);
	assert(hash.n == 0 || hash.n == AUDIT_HASH_BYTES);
	if (hash.n > 0)
		memcpy(run.tip.hash, hash.p, hash.n);
	run.seen = db_int(r, 3);
	*ret = run;
	return OK;
}

static err
run_write(struct ctx *c, const struct run *run, enum audit_check_state state)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	bool done = state != AUDIT_CHECK_RUNS;
	int64_t seen = state == AUDIT_CHECK_WHOLE ? run->tip.seq : run->seen;

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL(
	    "UPDATE audit_check SET state = $2, seq = $3, hash = $4, lines = $5, done_at = $6 WHERE org = $1"),
	    BINDS(INT(run->org), INT((int64_t)state), INT(run->tip.seq),
	    BLOB(((str){ run->tip.hash, AUDIT_HASH_BYTES })), INT(seen), done ? INT(c->now) : NIL), NULL));
	return db_commit(&tx);
}

err
audit_check_run(struct ctx *c, int64_t *ret_n)
{
	enum audit_check_state state = AUDIT_CHECK_RUNS;
	struct run run;
	bool end = false;
	int64_t from;
	err e;

	TRY(run_read(c, &run));
	from = run.tip.seq;
	e = audit_verify_from(c, &run.tip, AUDIT_CHECK_STEP, &end);
	if (e == ERR_SEALED)
		state = AUDIT_CHECK_ALTERED;
	else if (e != OK)
		return e;
	else if (end)
		state = run.tip.seq < run.seen ? AUDIT_CHECK_SHORT : AUDIT_CHECK_WHOLE;
	if (state == AUDIT_CHECK_SHORT)
		LOG_ERROR("audit", "the log has lost its end", LOG_INT("lines", run.tip.seq),
		    LOG_INT("seen", run.seen));
	TRY(run_write(c, &run, state));
	*ret_n = run.tip.seq - from;
	return OK;
}
