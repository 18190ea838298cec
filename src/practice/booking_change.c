/* booking_change.c - what happens to a booking afterwards: move, cancel, states. */
#include <assert.h>

#include "access/audit.h"
#include "practice/booking_int.h"
#include "practice/free.h"
#include "practice/outbox.h"
#include "store/db.h"

static bool
live(const struct booking *b)
{
	return b->state >= BOOKING_CONFIRMED && b->state <= BOOKING_DONE;
}

err
booking_give_back(struct ctx *c, const struct booking *b)
{
	struct busy_claim claim = booking_stored_claim(b);
	struct booking session;
	int64_t n, left;

	assert(db_in_change(c->db));
	if (b->session != 0)	/* see take_seat */
		TRY(db_lock(c->db, b->motive, true));
	TRY(busy_free(c, &claim, &n));
	if (b->session == 0)
		return OK;
	TRY(db_run(c->db, SQL("DELETE FROM seat WHERE org = $1 AND session = $2 AND booking = $3"),
	    BINDS(INT(c->org), INT(b->session), INT(b->id)), &n));
	TRY(db_one_int(c->db, SQL("SELECT count(*) FROM seat WHERE org = $1 AND session = $2"),
	    BINDS(INT(c->org), INT(b->session)), &left));
	if (left > 0)
		return OK;
	/* Nobody is coming: the session's time is free again. */
	TRY(booking_get(c, b->session, &session));
	claim = booking_stored_claim(&session);
	TRY(busy_free(c, &claim, &n));
	return db_run(c->db, SQL("UPDATE booking SET state = 8, cancelled_at = $1, version = version + 1"
	    " WHERE org = $2 AND id = $3"), BINDS(INT(c->now), INT(c->org), INT(b->session)), &n);
}

/*
 * Whoever has not been told of the booking yet, or of its series, will be told of
 * it as it is now; whoever has, is told of the change.
 */
static err
tell_of_move(struct ctx *c, const struct booking *b, usec not_before)
{
	bool untold, untold_series;
	int64_t n;

	if (b->person == 0)
		return OK;
	TRY(outbox_is_waiting(c, b->id, MESSAGE_BOOKED, &untold));
	TRY(outbox_series_is_waiting(c, b->series, &untold_series));
	if (untold || untold_series)
		return OK;
	TRY(outbox_withdraw(c, b->id, MESSAGE_MOVED, &n));
	return outbox_add(c, MESSAGE_MOVED, b->person, b->id, not_before);
}

/*
 * A move is taken back before its notice left: nobody need hear of either.  But
 * when that move had itself replaced a notice still waiting, the time that we go
 * back to is one that the patient does not know: the notice stays, for its words
 * are made of the booking as it then stands.
 */
static err
tell_of_undo(struct ctx *c, const struct booking *b)
{
	int64_t replaced, n;
	bool waiting;

	TRY(outbox_is_waiting(c, b->id, MESSAGE_MOVED, &waiting));
	if (!waiting)
		return tell_of_move(c, b, c->now + promise()->undo);
	TRY(db_one_int(c->db, SQL("SELECT count(*) FROM outbox WHERE org = $1 AND booking = $2"
	    " AND kind = 2 AND state = 4 AND next_at > $3"),
	    BINDS(INT(c->org), INT(b->id), INT(c->now - promise()->undo)), &replaced));
	return replaced > 0 ? OK : outbox_withdraw(c, b->id, MESSAGE_MOVED, &n);
}

/* Messages say when and where, and not how long: a length is the practice's own business. */
static bool
is_news(const struct booking *was, const struct booking *is)
{
	return was->start != is->start || was->site != is->site;
}

/*
 * Inside a change.  Whose time it takes now is told by the line of the move; whose
 * it takes no longer by these, for other servers' memory (see app/hearsay.c).
 */
static err
tell_who_was_left(struct ctx *c, const struct booking *was, const struct booking *is)
{
	const id left[] = { was->practitioner, was->room, was->device };
	const id now[] = { is->practitioner, is->room, is->device };

	for (size_t i = 0; i < COUNT(left); i++)
		if (left[i] != 0 && left[i] != now[i])
			TRY(audit_add(c, S("booking.leave"), is->id, is->person, left[i]));
	return OK;
}

/* Inside the change of a move or a restoration. */
static err
store_moved(struct ctx *c, const struct booking *was, const struct booking_plan *p)
{
	const struct booking *b = &p->b;
	int64_t changed;

	/* A reminder that has not left speaks of the old time; the new one has its own. */
	TRY(outbox_withdraw(c, b->id, MESSAGE_REMINDER, &changed));
	TRY(db_run(c->db, SQL("UPDATE booking SET practitioner = $1, site = $2, motive = $3, room = $4,"
	    " device = $5, session = $6, start_at = $7, end_at = $8, lane = $9, sequence = sequence + 1,"
	    " version = version + 1 WHERE org = $10 AND id = $11 AND version = $12"),
	    BINDS(INT(b->practitioner), INT(b->site), REF(b->motive), REF(b->room), REF(b->device),
	    REF(b->session), INT(b->start), INT(b->end), INT(b->lane), INT(c->org), INT(b->id),
	    INT(was->version)), &changed));
	return changed == 1 ? OK : ERR_CONFLICT;
}

/* A block keeps its length; an appointment has its motive's, unless staff said otherwise. */
static err
move_plan(struct ctx *c, const struct plan *plan, const struct booking *was, struct booking_plan *p)
{
	if (was->kind == BOOKING_BLOCK) {
		p->b.practitioner = p->ask->practitioner;
		p->b.start = p->ask->start;
		p->b.end = p->ask->start + p->ask->minutes * USEC_PER_MINUTE;
		p->capacity = 1;
		return plan_practitioner(plan, p->ask->practitioner) == NULL ? ERR_NOT_FOUND : OK;
	}
	const struct booking keep = p->b;

	TRY(booking_plan(c, plan, p->ask, p));
	p->b.source = keep.source;
	p->b.series = keep.series;
	return OK;
}

static err
move_once(struct ctx *c, const struct booking *was, struct booking_plan *p)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(plan_release) const struct plan *plan = NULL;

	TRY(db_begin(c->db, &tx));
	TRY(db_lock(c->db, p->ask->practitioner, false));
	TRY(plan_get(c, &plan));
	p->b = *was;
	p->b.session = 0;
	TRY(move_plan(c, plan, was, p));
	/* Both happen or neither: a clash at the new time leaves the old one as it was. */
	TRY(booking_give_back(c, was));
	TRY(booking_take(c, p));
	TRY(store_moved(c, was, p));
	if (p->ask->undo && !p->ask->quiet && p->b.person != 0 && is_news(was, &p->b))
		TRY(tell_of_undo(c, &p->b));
	else if (!p->ask->quiet && is_news(was, &p->b))
		TRY(tell_of_move(c, &p->b, p->ask->online ? c->now : c->now + promise()->undo));
	TRY(tell_who_was_left(c, was, &p->b));
	TRY(audit_add(c, S("booking.move"), p->b.id, p->b.person, p->b.practitioner));
	return db_commit(&tx);
}

err
booking_move(struct ctx *c, id booking, int64_t version, const struct booking_ask *ask, struct booking *ret)
{
	struct booking was;
	struct booking_ask full = *ask;
	struct booking_plan p;
	err e = OK;

	if (!booking_ask_ok(ask))
		return ERR_INVALID;
	TRY(booking_get(c, booking, &was));
	if (!live(&was) || was.kind == BOOKING_SESSION || (version != 0 && version != was.version))
		return ERR_CONFLICT;
	if (full.motive == 0)
		full.motive = was.motive;
	if (full.practitioner == 0)
		full.practitioner = was.practitioner;
	if (full.minutes == 0 && !full.online && full.motive == was.motive)
		full.minutes = (int)((was.end - was.start) / USEC_PER_MINUTE);
	for (int i = 0; i < BOOKING_TRIES; i++) {
		p = (struct booking_plan){ .ask = &full };
		if ((e = move_once(c, &was, &p)) != ERR_CONFLICT || !p.contested)
			break;
	}
	TRY(e);
	struct busy_claim old = booking_stored_claim(&was), new = booking_stored_claim(&p.b);
	busy_forget(c, &old);
	busy_forget(c, &new);
	p.b.sequence++;
	p.b.version++;
	*ret = p.b;
	return OK;
}

err
booking_move_to_hold(struct ctx *c, id booking, id hold, struct booking *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(plan_release) const struct plan *plan = NULL;
	struct booking was, held, moved;
	int64_t n;

	TRY(db_begin(c->db, &tx));
	TRY(booking_get(c, booking, &was));
	TRY(booking_get(c, hold, &held));
	if (held.state != BOOKING_HELD || held.hold_until <= c->now)
		return ERR_EXPIRED;
	if (was.state != BOOKING_CONFIRMED || was.kind != BOOKING_APPOINTMENT)
		return ERR_CONFLICT;
	TRY(plan_get(c, &plan));
	const struct plan_motive *m = plan_motive(plan, held.motive);
	struct booking_plan p = { .b = held };
	p.b.id = was.id;
	p.b.person = was.person;
	p.b.hold_until = 0;
	p.before_minutes = m == NULL ? 0 : m->before_minutes;
	p.after_minutes = m == NULL ? 0 : m->after_minutes;
	struct busy_claim claim = booking_claim(&p), lent = booking_stored_claim(&held);

	TRY(booking_give_back(c, &was));
	TRY(busy_free(c, &lent, &n));
	TRY(busy_take(c, &claim));
	TRY(db_run(c->db, SQL("UPDATE seat SET booking = $1 WHERE org = $2 AND session = $3 AND booking = $4"),
	    BINDS(INT(was.id), INT(c->org), INT(held.session), INT(hold)), &n));
	TRY(db_run(c->db, SQL("DELETE FROM booking WHERE org = $1 AND id = $2 AND state = 1 AND hold_until > $3"),
	    BINDS(INT(c->org), INT(hold), INT(c->now)), &n));
	if (n == 0)
		return ERR_EXPIRED;
	TRY(store_moved(c, &was, &p));
	TRY(tell_of_move(c, &p.b, c->now));
	TRY(tell_who_was_left(c, &was, &p.b));
	TRY(audit_add(c, S("booking.move"), was.id, was.person, held.practitioner));
	TRY(booking_get(c, booking, &moved));	/* once it is committed nothing may fail any more */
	TRY(db_commit(&tx));
	struct busy_claim old = booking_stored_claim(&was);
	busy_forget(c, &old);
	claim = booking_stored_claim(&p.b);
	busy_forget(c, &claim);
	*ret = moved;
	return OK;
}

/* Quiet or not, what still waits to be said about it will not be said. */
static err
tell_of_cancel(struct ctx *c, const struct booking *b, bool quiet)
{
	int64_t n, untold;
	bool untold_series;

	TRY(outbox_withdraw(c, b->id, MESSAGE_REMINDER, &n));
	TRY(outbox_withdraw(c, b->id, MESSAGE_MOVED, &n));
	TRY(outbox_withdraw(c, b->id, MESSAGE_BOOKED, &untold));
	TRY(outbox_series_is_waiting(c, b->series, &untold_series));
	/* Never told of it: nothing to take back. */
	if (quiet || b->person == 0 || untold > 0 || untold_series || b->start <= c->now)
		return OK;
	return outbox_add(c, MESSAGE_CANCELLED, b->person, b->id,
	    c->actor == 0 ? c->now : c->now + promise()->undo);
}

err
booking_cancel(struct ctx *c, id booking, bool quiet)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct booking b;
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	TRY(booking_get(c, booking, &b));
	if (!live(&b) || b.kind == BOOKING_SESSION)
		return ERR_CONFLICT;
	TRY(booking_give_back(c, &b));
	TRY(db_run(c->db, SQL("UPDATE booking SET state = 8, cancelled_at = $1, cancelled_by = $2,"
	    " sequence = sequence + 1, version = version + 1 WHERE org = $3 AND id = $4 AND version = $5"),
	    BINDS(INT(c->now), REF(c->actor), INT(c->org), INT(booking), INT(b.version)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(tell_of_cancel(c, &b, quiet));
	TRY(audit_add(c, S("booking.cancel"), booking, b.person, b.practitioner));
	TRY(db_commit(&tx));
	struct busy_claim claim = booking_stored_claim(&b);
	busy_forget(c, &claim);
	return OK;
}

/* Did the confirmation of the booking still wait when it was withdrawn, a moment ago? */
static err
never_booked(struct ctx *c, id booking, bool *ret_quiet)
{
	int64_t n;

	TRY(db_one_int(c->db, SQL("SELECT count(*) FROM outbox WHERE org = $1 AND booking = $2"
	    " AND kind = 1 AND state = 4 AND next_at > $3"),
	    BINDS(INT(c->org), INT(booking), INT(c->now - promise()->undo)), &n));
	*ret_quiet = n == 0;
	return OK;
}

err
booking_restore(struct ctx *c, id booking)
{
	return booking_restore_as(c, booking, false);
}

/*
 * Inside a change: what was given back is taken again, at the time that the row
 * has kept.  What stood beside another one on purpose stands there again.
 */
static err
take_again(struct ctx *c, const struct booking *b, struct booking_plan *ret)
{
	CLEANUP(plan_release) const struct plan *plan = NULL;
	struct booking_ask *ask = NEW(c->mem, struct booking_ask);

	TRY(plan_get(c, &plan));
	const struct plan_motive *m = plan_motive(plan, b->motive);
	*ask = (struct booking_ask){ .motive = b->motive, .practitioner = b->practitioner, .start = b->start,
	    .overlap = b->lane > 0 };
	*ret = (struct booking_plan){ .ask = ask, .b = *b, .capacity = m == NULL ? 1 : m->capacity,
	    .before_minutes = m == NULL ? 0 : m->before_minutes,
	    .after_minutes = m == NULL ? 0 : m->after_minutes };
	ret->b.session = 0;
	if (m != NULL) {
		ret->rooms = m->rooms;
		ret->rooms_n = m->rooms_n;
		ret->devices = m->devices;
		ret->devices_n = m->devices_n;
	}
	TRY(booking_take(c, ret));
	return store_moved(c, b, ret);
}

/* Of a booking that stands again: who was told of the end is told of it again. */
static err
tell_of_restore(struct ctx *c, const struct booking *b, bool quiet)
{
	int64_t untold;
	bool with_series;

	/* The cancellation has not left yet: then nobody need hear of either. */
	TRY(outbox_withdraw(c, b->id, MESSAGE_CANCELLED, &untold));
	TRY(outbox_series_is_waiting(c, b->series, &with_series));
	if (untold > 0 || with_series || b->person == 0)
		return OK;
	if (quiet)	/* told of nothing, unless the cancellation silenced it */
		TRY(never_booked(c, b->id, &quiet));
	return quiet ? OK : outbox_add(c, MESSAGE_BOOKED, b->person, b->id, c->now + promise()->undo);
}

err
booking_restore_as(struct ctx *c, id booking, bool quiet)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct booking_plan p;
	struct booking b;

	TRY(db_begin(c->db, &tx));
	TRY(booking_get(c, booking, &b));
	if (b.state != BOOKING_CANCELLED)
		return ERR_CONFLICT;
	TRY(take_again(c, &b, &p));
	TRY(db_run(c->db, SQL("UPDATE booking SET state = 2, cancelled_at = NULL, cancelled_by = NULL"
	    " WHERE org = $1 AND id = $2"), BINDS(INT(c->org), INT(booking)), NULL));
	TRY(tell_of_restore(c, &b, quiet));
	TRY(audit_add(c, S("booking.restore"), booking, b.person, b.practitioner));
	TRY(db_commit(&tx));
	struct busy_claim claim = booking_stored_claim(&p.b);
	busy_forget(c, &claim);
	return OK;
}

err
booking_note_set(struct ctx *c, id booking, int64_t version, str note)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct booking b;
	int64_t changed;

	if (!str_utf8_ok(note) || str_utf8_count(note) > BOOKING_NOTE_MAX)
		return ERR_INVALID;
	TRY(booking_get(c, booking, &b));
	b.note_sealed = (str){0};
	TRY(booking_note_seal(c, &b, note));
	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL("UPDATE booking SET note_sealed = $1, version = version + 1"
	    " WHERE org = $2 AND id = $3 AND version = $4"),
	    BINDS(b.note_sealed.n > 0 ? BLOB(b.note_sealed) : NIL, INT(c->org), INT(booking), INT(version)),
	    &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(audit_add(c, S("booking.note"), booking, b.person, b.practitioner));
	return db_commit(&tx);
}

/* The time of one who sent apologies is given back; whoever comes after all needs it again. */
static err
state_time(struct ctx *c, const struct booking *b, enum booking_state state)
{
	struct booking_plan p;

	if (b->state != BOOKING_EXCUSED && state == BOOKING_EXCUSED)
		return booking_give_back(c, b);
	return b->state == BOOKING_EXCUSED && state != BOOKING_EXCUSED ? take_again(c, b, &p) : OK;
}

err
booking_set_state(struct ctx *c, id booking, enum booking_state state)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct booking b;
	int64_t changed;

	if (state < BOOKING_CONFIRMED || state > BOOKING_EXCUSED)
		return ERR_INVALID;
	TRY(db_begin(c->db, &tx));
	TRY(booking_get(c, booking, &b));
	if (b.state < BOOKING_CONFIRMED || b.state > BOOKING_EXCUSED || b.kind != BOOKING_APPOINTMENT)
		return ERR_CONFLICT;
	TRY(state_time(c, &b, state));
	/*
	 * The first time counts: a state set back and forth by mistake keeps the hour of arrival.
	 * Whether it holds its time must still be as we read it: others may set states meanwhile.
	 */
	bool excused = b.state == BOOKING_EXCUSED;
	TRY(db_run(c->db, SQL("UPDATE booking SET state = $1, version = version + 1,"
	    " arrived_at = CASE WHEN $1 = 3 AND arrived_at IS NULL THEN CAST($2 AS BIGINT)"
	    "  WHEN $1 = 2 THEN NULL ELSE arrived_at END,"
	    " started_at = CASE WHEN $1 = 4 AND started_at IS NULL THEN CAST($2 AS BIGINT)"
	    "  WHEN $1 = 2 THEN NULL ELSE started_at END,"
	    " ended_at = CASE WHEN $1 = 5 AND ended_at IS NULL THEN CAST($2 AS BIGINT)"
	    "  WHEN $1 = 2 THEN NULL ELSE ended_at END"
	    " WHERE org = $3 AND id = $4 AND state >= $5 AND state <= $6"),
	    BINDS(INT(state), INT(c->now), INT(c->org), INT(booking),
	    INT(excused ? BOOKING_EXCUSED : BOOKING_CONFIRMED),
	    INT(excused ? BOOKING_EXCUSED : BOOKING_NO_SHOW)), &changed));
	if (changed == 0)	/* cancelled since we read it: its time is free, it cannot come back like this */
		return ERR_CONFLICT;
	TRY(audit_add(c, S("booking.state"), booking, b.person, state));
	TRY(db_commit(&tx));
	struct busy_claim claim = booking_stored_claim(&b);
	busy_forget(c, &claim);
	return OK;
}
