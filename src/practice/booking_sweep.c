/* booking_sweep.c - jobs: lapsed holds go, and the cells of days gone by. */
#include "access/audit.h"
#include "practice/booking_int.h"
#include "practice/free.h"
#include "store/db.h"

/* A session in which nobody sits any more, of whatever organisation. */
struct ended { id org; struct booking session; struct ended *next; };

#define LAPSED "hold_until IS NOT NULL AND hold_until <= $1"

/* Nobody sits down in these sessions while we look whether they are empty (see take_seat). */
static err
lock_sessions(struct ctx *c)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	err e;

	TRY(db_read(c->db, SQL("SELECT DISTINCT motive FROM booking WHERE " LAPSED
	    " AND session IS NOT NULL ORDER BY motive"), BINDS(INT(c->now)), &rows));
	while ((e = db_next(rows)) == OK)
		TRY(db_lock(c->db, db_int(rows, 0), true));
	return e == ERR_NOT_FOUND ? OK : e;
}

/* Sessions whose last seat was a hold that lapsed. */
static err
end_sessions(struct ctx *c, struct ended **ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct ended *list = NULL;
	err e;

	TRY(db_read(c->db, SQL("UPDATE booking SET state = 8, cancelled_at = $1, version = version + 1"
	    " WHERE kind = 3 AND state < 8 AND (org, id) IN"
	    "  (SELECT org, session FROM booking WHERE " LAPSED " AND session IS NOT NULL)"
	    " AND NOT EXISTS (SELECT 1 FROM seat t WHERE t.org = booking.org AND t.session = booking.id)"
	    " RETURNING org, id, practitioner, room, device, start_at, end_at"), BINDS(INT(c->now)), &rows));
	while ((e = db_next(rows)) == OK) {
		struct ended *s = NEW(c->mem, struct ended);

		*s = (struct ended){ db_int(rows, 0), { .id = db_int(rows, 1),
		    .practitioner = db_int(rows, 2), .room = db_int(rows, 3), .device = db_int(rows, 4),
		    .start = db_int(rows, 5), .end = db_int(rows, 6) }, list };
		list = s;
	}
	*ret = list;
	return e == ERR_NOT_FOUND ? OK : e;
}

static err
free_sessions(struct ctx *c, const struct ended *list, int64_t *ret_cells)
{
	struct ctx there = *c;
	int64_t n;

	*ret_cells = 0;
	for (const struct ended *s = list; s != NULL; s = s->next) {
		struct busy_claim claim = booking_stored_claim(&s->session);

		there.org = s->org;
		TRY(busy_free(&there, &claim, &n));
		TRY(audit_add(&there, S("booking.cancel"), s->session.id, 0, s->session.practitioner));
		*ret_cells += n;
	}
	return OK;
}

err
booking_sweep(struct ctx *c, int64_t *ret_n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t holds, cells, seats, of_sessions;
	struct ended *ended;

	TRY(db_begin(c->db, &tx));
	TRY(lock_sessions(c));
	TRY(db_run(c->db, SQL("DELETE FROM seat WHERE (org, booking) IN"
	    " (SELECT org, id FROM booking WHERE " LAPSED ")"), BINDS(INT(c->now)), &seats));
	TRY(end_sessions(c, &ended));
	TRY(free_sessions(c, ended, &of_sessions));
	TRY(db_run(c->db, SQL("DELETE FROM busy WHERE until > 0 AND (org, booking) IN"
	    " (SELECT org, id FROM booking WHERE " LAPSED ")"), BINDS(INT(c->now)), &cells));
	TRY(db_run(c->db, SQL("DELETE FROM booking WHERE " LAPSED), BINDS(INT(c->now)), &holds));
	TRY(db_commit(&tx));
	for (const struct ended *s = ended; s != NULL; s = s->next) {
		struct busy_claim claim = booking_stored_claim(&s->session);
		struct ctx there = *c;

		there.org = s->org;
		busy_forget(&there, &claim);
	}
	*ret_n = holds + cells + seats + of_sessions;
	return OK;
}

err
booking_drop_past(struct ctx *c, int64_t *ret_n)
{
	return db_run(c->db, SQL("DELETE FROM busy WHERE org = $1 AND cell < $2"),
	    BINDS(INT(c->org), INT(cell_of(c->now - 2 * USEC_PER_DAY))), ret_n);
}

err
booking_forget_requests(struct ctx *c, int64_t *ret_n)
{
	return db_run(c->db, SQL("DELETE FROM idempotency WHERE at < $1"),
	    BINDS(INT(c->now - BOOKING_REPEATABLE)), ret_n);
}
