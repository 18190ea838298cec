/* outbox.c - see outbox.h. */
#include <assert.h>

#include "practice/outbox.h"
#include "practice/record.h"
#include "practice/task.h"
#include "store/db.h"

#define COLUMNS		"id, org, person, booking, kind, state, attempts, last_code," \
			" next_at, created_at, sent_at, payload_sealed"

/* Tags of the payload's record: stored, never renumber. */
enum { TAG_TO = 1, TAG_LANG = 2, TAG_WORD = 3, TAG_NAME = 4 };

enum { BACKOFF_FIRST_SECONDS = 60, BACKOFF_SECONDS_MAX = 6 * 3600, PAYLOAD_BYTES_MAX = 4096 };

static struct vault_place
place(id org, id person, id row)
{
	return (struct vault_place){ org, person, TABLE_OUTBOX, FACET_ADMIN, row, 1 };
}

int64_t
outbox_backoff_seconds(int attempts)
{
	int64_t wait = BACKOFF_FIRST_SECONDS;

	for (int i = 1; i < attempts && wait < BACKOFF_SECONDS_MAX; i++)
		wait *= 2;
	return min64(wait, BACKOFF_SECONDS_MAX);
}

bool
outbox_is_of_booking(enum message_kind kind)
{
	return kind <= MESSAGE_REMINDER || kind == MESSAGE_SERIES;
}

static err
insert(struct ctx *c, const struct outbox_prepared *m, id booking, usec not_before)
{
	assert(db_in_change(c->db));
	return db_post(c->db, SQL("INSERT INTO outbox (org, id, kind, person, booking, payload_sealed,"
	    " state, attempts, next_at, claimed_until, last_code, created_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, 1, 0, $7, 0, 0, $8)"),
	    BINDS(INT(m->org), INT(m->id), INT(m->kind), INT(m->person), REF(booking),
	    m->sealed.n > 0 ? BLOB(m->sealed) : NIL, INT(not_before), INT(c->now)));
}

err
outbox_add(struct ctx *c, enum message_kind kind, id person, id booking, usec not_before)
{
	struct outbox_prepared m = { .id = ctx_id(c), .org = c->org, .person = person, .kind = kind };

	return insert(c, &m, booking, not_before);
}

err
outbox_prepare(struct ctx *c, enum message_kind kind, id org, id person,
    const struct outbox_payload *p, struct outbox_prepared *ret)
{
	struct outbox_prepared m = { .id = ctx_id(c), .org = org, .person = person, .kind = kind };
	struct vault_place at = place(org, person, m.id);
	struct buf record = buf_in(c->mem, PAYLOAD_BYTES_MAX);

	record_add(&record, TAG_TO, p->to);
	record_add(&record, TAG_LANG, str_of_int(c->mem, p->lang));
	record_add(&record, TAG_WORD, p->word);
	record_add(&record, TAG_NAME, p->name);
	if (!buf_ok(&record))
		return ERR_TOO_LARGE;
	TRY(vault_seal(c, &at, buf_str(&record), &m.sealed));
	*ret = m;
	return OK;
}

err
outbox_insert(struct ctx *c, const struct outbox_prepared *m)
{
	return insert(c, m, 0, c->now);
}

err
outbox_payload(struct ctx *c, enum purpose purpose, const struct outbox_message *m,
    struct outbox_payload *ret)
{
	struct vault_place at = place(m->org, m->person, m->id);
	struct outbox_payload p = {0};
	str clear, value;
	int64_t lang;
	int tag;
	err e;

	if (m->payload_sealed.n == 0)
		return ERR_NOT_FOUND;
	TRY(vault_open(c, purpose, &at, m->payload_sealed, &clear));
	while ((e = record_next(&clear, &tag, &value)) == OK)
		switch (tag) {
		case TAG_TO:
			p.to = value;
			break;
		case TAG_LANG:
			p.lang = str_int(value, 0, LANG_COUNT - 1, &lang) ? (enum lang)lang : LANG_FR;
			break;
		case TAG_WORD:
			p.word = value;
			break;
		case TAG_NAME:
			p.name = value;
			break;
		default:	/* of a newer program */
			break;
		}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = p;
	return OK;
}

err
outbox_withdraw(struct ctx *c, id booking, enum message_kind kind, int64_t *ret_n)
{
	assert(db_in_change(c->db));
	return db_run(c->db, SQL("UPDATE outbox SET state = 4, payload_sealed = NULL"
	    " WHERE org = $1 AND booking = $2 AND kind = $3 AND state = 1 AND claimed_until <= $4"),
	    BINDS(INT(c->org), INT(booking), INT(kind), INT(c->now)), ret_n);
}

/*
 * The row is locked, not only read: else a sender could claim it between our
 * look and our commit, and tell of the booking as it was before.
 */
err
outbox_is_waiting(struct ctx *c, id booking, enum message_kind kind, bool *ret)
{
	int64_t n;

	assert(db_in_change(c->db));
	TRY(db_run(c->db, SQL("UPDATE outbox SET claimed_until = 0"
	    " WHERE org = $1 AND booking = $2 AND kind = $3 AND state = 1 AND claimed_until <= $4"),
	    BINDS(INT(c->org), INT(booking), INT(kind), INT(c->now)), &n));
	*ret = n > 0;
	return OK;
}

err
outbox_series_is_waiting(struct ctx *c, id series, bool *ret)
{
	int64_t n = 0;

	assert(db_in_change(c->db));
	if (series != 0)
		TRY(db_run(c->db, SQL("UPDATE outbox SET claimed_until = 0 WHERE org = $1 AND kind = $4 AND state = 1"
		    " AND claimed_until <= $2 AND booking IN (SELECT id FROM booking WHERE org = $1 AND series = $3)"),
		    BINDS(INT(c->org), INT(c->now), INT(series), INT(MESSAGE_SERIES)), &n));
	*ret = n > 0;
	return OK;
}

static struct outbox_message
from_row(struct db_rows *rows, struct arena *mem)
{
	return (struct outbox_message){
		.id = db_int(rows, 0), .org = db_int(rows, 1), .person = db_int(rows, 2),
		.booking = db_int(rows, 3), .kind = (enum message_kind)db_int(rows, 4),
		.state = (enum outbox_state)db_int(rows, 5), .attempts = (int)db_int(rows, 6),
		.last_code = (int)db_int(rows, 7), .next_at = db_int(rows, 8),
		.created_at = db_int(rows, 9), .sent_at = db_int(rows, 10),
		.payload_sealed = db_text(rows, mem, 11),
	};
}

static err
collect(struct ctx *c, struct db_rows *rows, int limit, struct outbox_message **ret, size_t *ret_n)
{
	struct outbox_message *list = NEW_N(c->mem, struct outbox_message, (size_t)limit);
	size_t n = 0;
	err e;

	while ((e = db_next(rows)) == OK && n < (size_t)limit)
		list[n++] = from_row(rows, c->mem);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}

/* One row each, in an order that all servers keep, so that none waits for another in a circle. */
static err
claim_rows(struct ctx *c, struct outbox_message *due, size_t n, size_t *ret_kept)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	size_t kept = 0;
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	for (size_t i = 0; i < n; i++) {
		/* Whoever was faster has changed attempts, and the row no longer fits. */
		TRY(db_run(c->db, SQL("UPDATE outbox SET claimed_until = $1, attempts = attempts + 1"
		    " WHERE org = $2 AND id = $3 AND state = 1 AND attempts = $4"
		    " AND claimed_until <= $5 AND next_at <= $5"),
		    BINDS(INT(c->now + OUTBOX_CLAIM), INT(due[i].org), INT(due[i].id),
		    INT(due[i].attempts), INT(c->now)), &changed));
		if (changed == 0)
			continue;
		due[kept] = due[i];
		due[kept++].attempts++;
	}
	TRY(db_commit(&tx));
	*ret_kept = kept;
	return OK;
}

err
outbox_claim(struct ctx *c, struct outbox_message **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct outbox_message *due;
	size_t n;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM outbox WHERE state = 1 AND next_at <= $1"
	    " AND claimed_until <= $1 ORDER BY next_at, id LIMIT $2"),
	    BINDS(INT(c->now), INT(OUTBOX_CLAIM_MAX)), &rows));
	TRY(collect(c, rows, OUTBOX_CLAIM_MAX, &due, &n));
	db_rows_end(&rows);
	if (n > 0)
		TRY(claim_rows(c, due, n, &n));
	*ret = due;
	*ret_n = n;
	return OK;
}

/* Our claim is the row with the count of attempts that we made; *ret_ours: it still is. */
static err
end_with(struct ctx *c, const struct outbox_message *m, enum outbox_state state, int code, bool *ret_ours)
{
	int64_t changed;

	TRY(db_run(c->db, SQL("UPDATE outbox SET state = $1, last_code = $2, payload_sealed = NULL"
	    " WHERE org = $3 AND id = $4 AND state = 1 AND attempts = $5"),
	    BINDS(INT(state), INT(code), INT(m->org), INT(m->id), INT(m->attempts)), &changed));
	*ret_ours = changed == 1;
	return OK;
}

static err
refuse(struct ctx *c, const struct outbox_message *m, int code)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	bool ours;

	TRY(db_begin(c->db, &tx));
	TRY(end_with(c, m, OUTBOX_FAILED, code, &ours));
	if (ours && (m->booking != 0 || m->kind == MESSAGE_INVITATION))
		TRY(task_add_undelivered(c, m));
	return db_commit(&tx);
}

/* It did go, whatever others made of the row meanwhile. */
static err
went(struct ctx *c, const struct outbox_message *m, int code)
{
	int64_t changed;

	return db_run(c->db, SQL("UPDATE outbox SET state = 2, sent_at = $1, last_code = $2,"
	    " payload_sealed = NULL WHERE org = $3 AND id = $4 AND state <> 2"),
	    BINDS(INT(c->now), INT(code), INT(m->org), INT(m->id)), &changed);
}

static err
wait_on(struct ctx *c, const struct outbox_message *m, int attempts, int code)
{
	int64_t changed;
	usec next = attempts < m->attempts ? m->next_at :
	    c->now + outbox_backoff_seconds(attempts) * USEC_PER_SECOND;

	return db_run(c->db, SQL("UPDATE outbox SET claimed_until = 0, attempts = $1, last_code = $2,"
	    " next_at = $3 WHERE org = $4 AND id = $5 AND state = 1 AND attempts = $6"),
	    BINDS(INT(attempts), INT(code), INT(next), INT(m->org), INT(m->id), INT(m->attempts)), &changed);
}

err
outbox_settle(struct ctx *c, const struct outbox_message *m, enum outbox_outcome outcome, int code)
{
	bool ours;

	switch (outcome) {
	case OUTBOX_WENT:
		return went(c, m, code);
	case OUTBOX_TRY_LATER:
		if (m->attempts < OUTBOX_ATTEMPTS_MAX)
			return wait_on(c, m, m->attempts, code);
		return refuse(c, m, code);
	case OUTBOX_REFUSED:
		return refuse(c, m, code);
	case OUTBOX_NO_ADDRESS:
		return end_with(c, m, OUTBOX_UNADDRESSED, code, &ours);
	case OUTBOX_STALE:
		return end_with(c, m, OUTBOX_WITHDRAWN, code, &ours);
	case OUTBOX_UNTRIED:
		return wait_on(c, m, m->attempts - 1, m->last_code);
	}
	panic("outbox: no such outcome");
}

err
outbox_list(struct ctx *c, int limit, struct outbox_message **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	assert(limit > 0 && limit <= OUTBOX_LIST_MAX);
	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM outbox WHERE org = $1"
	    " ORDER BY id DESC LIMIT $2"), BINDS(INT(c->org), INT(limit)), &rows));
	return collect(c, rows, limit, ret, ret_n);
}

err
outbox_get(struct ctx *c, id message, struct outbox_message *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM outbox WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(message)), &rows));
	TRY(db_next(rows));
	*ret = from_row(rows, c->mem);
	return OK;
}

err
outbox_list_of_booking(struct ctx *c, id booking, struct outbox_message **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM outbox WHERE org = $1 AND booking = $2"
	    " ORDER BY id LIMIT $3"), BINDS(INT(c->org), INT(booking), INT(OUTBOX_CLAIM_MAX)), &rows));
	return collect(c, rows, OUTBOX_CLAIM_MAX, ret, ret_n);
}
