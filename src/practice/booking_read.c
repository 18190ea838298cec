/* booking_read.c - bookings as they are stored. */
#include "practice/booking_int.h"
#include "store/db.h"
#include "vault/secret.h"
#include "vault/vault.h"

#define COLUMNS "b.id, b.kind, b.state, b.practitioner, b.site, b.motive, b.person, b.room, b.device," \
	" b.session, b.series, b.start_at, b.end_at, b.lane, b.hold_until, b.moved_from, b.sequence," \
	" b.source, b.created_at, b.created_by, b.arrived_at, b.started_at, b.ended_at, b.cancelled_at," \
	" b.version, b.note_sealed"

/* How many seats of a session are taken; only asked where sessions are shown. */
#define SEATS ", CASE WHEN b.kind = 3 THEN (SELECT count(*) FROM seat t" \
	" WHERE t.org = b.org AND t.session = b.id) ELSE 0 END"

static struct booking
from_row(struct db_rows *r, struct arena *mem)
{
	return (struct booking){
		.id = db_int(r, 0), .kind = (enum booking_kind)db_int(r, 1),
		.state = (enum booking_state)db_int(r, 2), .practitioner = db_int(r, 3),
		.site = db_int(r, 4), .motive = db_int(r, 5), .person = db_int(r, 6),
		.room = db_int(r, 7), .device = db_int(r, 8), .session = db_int(r, 9),
		.series = db_int(r, 10), .start = db_int(r, 11), .end = db_int(r, 12),
		.lane = (int)db_int(r, 13), .hold_until = db_int(r, 14), .moved_from = db_int(r, 15),
		.sequence = (int)db_int(r, 16), .source = (enum booking_source)db_int(r, 17),
		.created_at = db_int(r, 18), .created_by = db_int(r, 19), .arrived_at = db_int(r, 20),
		.started_at = db_int(r, 21), .ended_at = db_int(r, 22), .cancelled_at = db_int(r, 23),
		.version = db_int(r, 24), .note_sealed = db_text(r, mem, 25),
		.seats_taken = (int)db_int(r, 26),
	};
}

static err
collect(struct ctx *c, struct db_rows *rows, struct booking **ret, size_t *ret_n)
{
	struct booking *list = NULL;
	size_t n = 0, room = 0;
	err e;

	while ((e = db_next(rows)) == OK) {
		if (n == BOOKING_LIST_MAX)
			return ERR_TOO_LARGE;
		if (n == room) {
			room = room == 0 ? 64 : room * 2;
			struct booking *more = NEW_N(c->mem, struct booking, room);

			if (n > 0)
				memcpy(more, list, n * sizeof(*more));
			list = more;
		}
		list[n++] = from_row(rows, c->mem);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}

err
booking_get(struct ctx *c, id booking, struct booking *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS SEATS " FROM booking b WHERE b.org = $1 AND b.id = $2"),
	    BINDS(INT(c->org), INT(booking)), &rows));
	TRY(db_next(rows));
	*ret = from_row(rows, c->mem);
	return OK;
}

err
booking_link(struct ctx *c, id booking, str *ret_token)
{
	struct booking b;

	TRY(booking_get(c, booking, &b));
	*ret_token = booking_link_token(c, booking);
	return OK;
}

err
booking_find_by_link(struct ctx *c, str token, struct booking *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct booking b;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS SEATS ", b.org FROM booking b WHERE b.link_hash = $1"),
	    BINDS(BLOB(token_hash(c->mem, token))), &rows));
	TRY(db_next(rows));
	b = from_row(rows, c->mem);
	if (b.end + promise()->manage_link_after_end < c->now)
		return ERR_NOT_FOUND;
	c->org = db_int(rows, 27);
	*ret = b;
	return OK;
}

err
booking_list(struct ctx *c, id practitioner, usec from, usec to, struct booking **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	if (practitioner != 0)
		TRY(db_read(c->db, SQL("SELECT " COLUMNS SEATS " FROM booking b"
		    " WHERE b.org = $1 AND b.practitioner = $2 AND b.start_at >= $3 AND b.start_at < $4"
		    " AND b.state < 8 AND (b.hold_until IS NULL OR b.hold_until > $5)"
		    " ORDER BY b.start_at, b.id"),
		    BINDS(INT(c->org), INT(practitioner), INT(from), INT(to), INT(c->now)), &rows));
	else	/* by way of the practitioners, so that the index on agenda and time serves */
		TRY(db_read(c->db, SQL("SELECT " COLUMNS SEATS " FROM booking b"
		    " WHERE b.org = $1 AND b.practitioner IN (SELECT p.id FROM practitioner p WHERE p.org = $1)"
		    " AND b.start_at >= $2 AND b.start_at < $3"
		    " AND b.state < 8 AND (b.hold_until IS NULL OR b.hold_until > $4)"
		    " ORDER BY b.start_at, b.id"),
		    BINDS(INT(c->org), INT(from), INT(to), INT(c->now)), &rows));
	return collect(c, rows, ret, ret_n);
}

err
booking_list_of_person(struct ctx *c, id person, struct booking **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS SEATS " FROM booking b"
	    " WHERE b.org = $1 AND b.person = $2 AND b.kind = 1 AND b.state > 1"
	    " ORDER BY b.start_at DESC LIMIT $3"),
	    BINDS(INT(c->org), INT(person), INT(BOOKING_LIST_MAX)), &rows));
	return collect(c, rows, ret, ret_n);
}

err
booking_list_of_series(struct ctx *c, id series, usec from, struct booking **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS SEATS " FROM booking b"
	    " WHERE b.org = $1 AND b.series = $2 AND b.start_at >= $3 AND b.state < 8 ORDER BY b.start_at"),
	    BINDS(INT(c->org), INT(series), INT(from)), &rows));
	return collect(c, rows, ret, ret_n);
}

err
booking_clashes(struct ctx *c, id practitioner, usec start, usec end, struct booking **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	/* No appointment is longer than a day: the index needs a lower bound. */
	TRY(db_read(c->db, SQL("SELECT " COLUMNS SEATS " FROM booking b"
	    " WHERE b.org = $1 AND b.practitioner = $2 AND b.start_at > $3 AND b.start_at < $4 AND b.end_at > $5"
	    " AND b.session IS NULL AND b.state < 7 AND (b.hold_until IS NULL OR b.hold_until > $6)"
	    " ORDER BY b.start_at, b.id"),
	    BINDS(INT(c->org), INT(practitioner), INT(start - BOOKING_MINUTES_MAX * USEC_PER_MINUTE),
	    INT(end), INT(start), INT(c->now)), &rows));
	return collect(c, rows, ret, ret_n);
}

err
booking_is_person_busy(struct ctx *c, const struct booking_ask *ask, id person, bool *ret)
{
	CLEANUP(plan_release) const struct plan *plan = NULL;
	struct booking_plan p = {0};
	bool is_free, is_person_free;

	TRY(plan_get(c, &plan));
	TRY(booking_plan(c, plan, ask, &p));
	struct busy_claim claim = booking_claim(&p);
	TRY(busy_is_free(c, &claim, ask->practitioner, 0, &is_free));
	TRY(busy_is_free(c, &claim, person, 0, &is_person_free));
	*ret = is_free && !is_person_free;
	return OK;
}

err
booking_note(struct ctx *c, enum purpose purpose, const struct booking *b, str *ret)
{
	struct vault_place at = { c->org, b->person != 0 ? b->person : c->org,
	    TABLE_BOOKING, FACET_AGENDA, b->id, 1 };

	*ret = (str){0};
	return b->note_sealed.n == 0 ? OK : vault_open(c, purpose, &at, b->note_sealed, ret);
}

err
booking_expected(struct ctx *c, const id *persons, size_t n, bool *ret)
{
	const struct promise *p = promise();

	for (size_t i = 0; i < n; i++) {
		int64_t one;
		err e = db_one_int(c->db, SQL("SELECT 1 FROM booking WHERE org = $1 AND person = $2"
		    " AND start_at >= $3 AND start_at <= $4 LIMIT 1"), BINDS(INT(c->org),
		    INT(persons[i]), INT(c->now - p->budget_past), INT(c->now + p->budget_ahead)), &one);

		ret[i] = e == OK;
		if (e != OK && e != ERR_NOT_FOUND)
			return e;
	}
	return OK;
}
