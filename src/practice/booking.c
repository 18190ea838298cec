/* booking.c - from an ask to a row and its cells: hold, confirm, create, block. */
#include <assert.h>

#include "access/audit.h"
#include "practice/booking_int.h"
#include "practice/free.h"
#include "practice/outbox.h"
#include "practice/slot.h"
#include "store/db.h"
#include "vault/secret.h"

enum { BUFFER_MINUTES_MAX = 120 };

bool
booking_ask_ok(const struct booking_ask *ask)
{
	return ask->start > 0 && ask->start % CELL_USEC == 0 && ask->minutes >= 0 &&
	    ask->minutes <= BOOKING_MINUTES_MAX && ask->minutes % CELL_MINUTES == 0 &&
	    str_utf8_ok(ask->note) && str_utf8_count(ask->note) <= BOOKING_NOTE_MAX;
}

str
booking_link_token(struct ctx *c, id booking)
{
	str mac, message = str_printf(c->mem, "%lld/%lld", (long long)c->org, (long long)booking);

	/* Derived, not stored: a message that is sent later carries the same link. */
	if (vault_mac(c, S("booking-link"), message, &mac) != OK)
		panic("booking: no key for links");
	return str_base64url(c->mem, str_slice(mac, 0, TOKEN_BYTES));
}

/* Under the person's key; a block's note is under the organisation's. */
err
booking_note_seal(struct ctx *c, struct booking *b, str note)
{
	struct vault_place at = { c->org, b->person != 0 ? b->person : c->org,
	    TABLE_BOOKING, FACET_AGENDA, b->id, 1 };

	if (note.n == 0)
		return OK;
	return vault_seal(c, &at, note, &b->note_sealed);
}

static bool
offers(const struct plan_motive *m, id practitioner)
{
	for (size_t i = 0; i < m->practitioners_n; i++)
		if (m->practitioners[i] == practitioner)
			return true;
	return false;
}

/* Where somebody who is not online will be seen: where the practitioner is at that time. */
static err
site_for(struct ctx *c, const struct plan *plan, const struct booking_ask *ask, id *ret)
{
	const struct plan_practitioner *p = plan_practitioner(plan, ask->practitioner);
	struct civil at = zone_local(plan->zone, ask->start);

	if (ask->site != 0)
		return db_one_int(c->db, SQL("SELECT id FROM site WHERE org = $1 AND id = $2"),
		    BINDS(INT(c->org), INT(ask->site)), ret);
	for (size_t i = 0; i < p->hours_n; i++) {
		const struct plan_hours *h = &p->hours[i];

		if ((h->weekday == civil_weekday(at.day) || (h->weekday == 0 && h->on_day == at.day)) &&
		    at.minute >= h->start_minute && at.minute < h->end_minute) {
			*ret = h->site;
			return OK;
		}
	}
	if (p->hours_n > 0) {
		*ret = p->hours[0].site;
		return OK;
	}
	return db_one_int(c->db, SQL("SELECT id FROM site WHERE org = $1 ORDER BY id LIMIT 1"),
	    BINDS(INT(c->org)), ret);
}

err
booking_plan(struct ctx *c, const struct plan *plan, const struct booking_ask *ask,
    struct booking_plan *ret)
{
	const struct plan_motive *m = plan_motive(plan, ask->motive);
	struct booking *b = &ret->b;

	if (m == NULL || plan_practitioner(plan, ask->practitioner) == NULL ||
	    !offers(m, ask->practitioner))
		return ERR_NOT_FOUND;
	ret->ask = ask;
	ret->contested = false;
	ret->before_minutes = m->before_minutes;
	ret->after_minutes = m->after_minutes;
	ret->capacity = m->capacity;
	ret->rooms = m->rooms;
	ret->rooms_n = m->rooms_n;
	ret->devices = m->devices;
	ret->devices_n = m->devices_n;

	b->kind = BOOKING_APPOINTMENT;
	b->practitioner = ask->practitioner;
	b->motive = ask->motive;
	b->source = ask->source;
	b->series = ask->series;
	b->start = ask->start;
	b->end = ask->start + (ask->minutes > 0 ? ask->minutes : m->minutes) * USEC_PER_MINUTE;
	if (!ask->online && !ask->offered)
		return site_for(c, plan, ask, &b->site);

	struct slot_query q = { .motive = ask->motive, .practitioner = ask->practitioner,
	    .site = ask->site, .minutes = ask->minutes, .online = ask->online };
	struct slot slot;

	TRY(slot_check_by(c, plan, &q, ask->start, &slot));
	b->site = slot.site;
	return OK;
}

struct busy_claim
booking_claim(const struct booking_plan *p)
{
	const struct booking *b = &p->b;
	struct busy_claim claim = {
		.booking = b->id, .person = b->person,
		.from = b->start - p->before_minutes * USEC_PER_MINUTE,
		.to = b->end + p->after_minutes * USEC_PER_MINUTE,
		.until = b->hold_until,
	};

	/* Of a group session, practitioner and room are the session's own. */
	if (b->session == 0) {
		claim.practitioner = b->practitioner;
		claim.lane = b->lane;
		claim.room = b->room;
		claim.device = b->device;
	}
	return claim;
}

struct busy_claim
booking_stored_claim(const struct booking *b)
{
	return (struct busy_claim){
		.booking = b->id, .practitioner = b->practitioner, .room = b->room, .device = b->device,
		.person = b->person, .lane = b->lane,
		.from = b->start - BUFFER_MINUTES_MAX * USEC_PER_MINUTE,
		.to = b->end + BUFFER_MINUTES_MAX * USEC_PER_MINUTE,
	};
}

/* The first of the holders that is free; 0 holders need none. */
static err
choose(struct ctx *c, const struct busy_claim *claim, const id *holders, size_t n, id *ret)
{
	bool is_free;

	*ret = 0;
	for (size_t i = 0; i < n; i++) {
		TRY(busy_is_free(c, claim, holders[i], 0, &is_free));
		if (is_free) {
			*ret = holders[i];
			return OK;
		}
	}
	return n == 0 ? OK : ERR_CONFLICT;
}

static err
choose_lane(struct ctx *c, struct booking_plan *p)
{
	struct busy_claim claim = booking_claim(p);
	bool is_free;

	for (p->b.lane = 0; p->b.lane < BOOKING_LANES_MAX; p->b.lane++) {
		TRY(busy_is_free(c, &claim, p->b.practitioner, p->b.lane, &is_free));
		if (is_free)
			return OK;
	}
	return ERR_CONFLICT;
}

/* Practitioner, room and device of an appointment of its own, or of a session. */
static err
take_place(struct ctx *c, struct booking_plan *p)
{
	struct busy_claim claim = booking_claim(p);

	p->contested |= p->ask->overlap || p->rooms_n > 1 || p->devices_n > 1;
	TRY(choose(c, &claim, p->rooms, p->rooms_n, &p->b.room));
	TRY(choose(c, &claim, p->devices, p->devices_n, &p->b.device));
	p->b.lane = 0;
	if (p->ask->overlap)
		TRY(choose_lane(c, p));
	claim = booking_claim(p);
	return busy_take(c, &claim);
}

/* A seat carries room and device of its session, to be shown; only the session takes them. */
static err
session_find(struct ctx *c, struct booking_plan *p)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT id, room, device FROM booking WHERE org = $1 AND practitioner = $2"
	    " AND start_at = $3 AND motive = $4 AND kind = 3 AND state < 8"),
	    BINDS(INT(c->org), INT(p->b.practitioner), INT(p->b.start), INT(p->b.motive)), &rows));
	TRY(db_next(rows));
	p->b.session = db_int(rows, 0);
	p->b.room = db_int(rows, 1);
	p->b.device = db_int(rows, 2);
	return OK;
}

static err
session_make(struct ctx *c, struct booking_plan *p)
{
	struct booking_plan session = *p;

	session.b.id = ctx_id(c);
	session.b.kind = BOOKING_SESSION;
	session.b.state = BOOKING_CONFIRMED;
	session.b.person = 0;
	session.b.hold_until = 0;
	session.b.note_sealed = (str){0};
	session.link_hash = (str){0};
	TRY(take_place(c, &session));
	TRY(booking_insert(c, &session));
	p->b.session = session.b.id;
	p->b.room = session.b.room;
	p->b.device = session.b.device;
	return OK;
}

/* The lowest free seat; the key of the table refuses two on one. */
static err
take_seat(struct ctx *c, struct booking_plan *p)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	int64_t seat = 0;
	err e;

	p->contested = true;
	/* Nobody ends a session, by giving back its last seat, while we sit down in it. */
	TRY(db_lock(c->db, p->b.motive, true));
	e = session_find(c, p);
	if (e == ERR_NOT_FOUND)
		e = session_make(c, p);
	TRY(e);
	TRY(db_run(c->db, SQL("DELETE FROM seat WHERE org = $1 AND session = $2 AND booking IN"
	    " (SELECT id FROM booking WHERE org = $1 AND session = $2 AND state = 1 AND hold_until <= $3)"),
	    BINDS(INT(c->org), INT(p->b.session), INT(c->now)), &(int64_t){0}));
	TRY(db_read(c->db, SQL("SELECT number FROM seat WHERE org = $1 AND session = $2 ORDER BY number"),
	    BINDS(INT(c->org), INT(p->b.session)), &rows));
	while ((e = db_next(rows)) == OK && db_int(rows, 0) == seat)
		seat++;
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	db_rows_end(&rows);
	if (seat >= p->capacity) {
		p->contested = false;
		return ERR_CONFLICT;
	}
	TRY(db_run(c->db, SQL("INSERT INTO seat (org, session, number, booking) VALUES ($1, $2, $3, $4)"),
	    BINDS(INT(c->org), INT(p->b.session), INT(seat), INT(p->b.id)), NULL));
	struct busy_claim claim = booking_claim(p);
	return claim.person == 0 ? OK : busy_take(c, &claim);
}

err
booking_take(struct ctx *c, struct booking_plan *p)
{
	return p->capacity > 1 ? take_seat(c, p) : take_place(c, p);
}

err
booking_insert(struct ctx *c, const struct booking_plan *p)
{
	const struct booking *b = &p->b;

	return db_post(c->db, SQL("INSERT INTO booking (org, id, kind, state, practitioner, site, motive,"
	    " person, room, device, session, series, start_at, end_at, lane, hold_until, moved_from,"
	    " sequence, link_hash, note_sealed, source, created_at, created_by, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
	    " 0, $18, $19, $20, $21, $22, 1)"),
	    BINDS(INT(c->org), INT(b->id), INT(b->kind), INT(b->state), INT(b->practitioner),
	    INT(b->site), REF(b->motive), REF(b->person), REF(b->room), REF(b->device), REF(b->session),
	    REF(b->series), INT(b->start), INT(b->end), INT(b->lane), REF(b->hold_until),
	    REF(b->moved_from), p->link_hash.n > 0 ? BLOB(p->link_hash) : NIL,
	    b->note_sealed.n > 0 ? BLOB(b->note_sealed) : NIL, INT(b->source), INT(c->now),
	    REF(c->actor)));
}

/* Rules do not change under a booking that is being made. */
static err
plan_locked(struct ctx *c, id practitioner, const struct plan **ret)
{
	TRY(db_lock(c->db, practitioner, false));
	return plan_get(c, ret);
}

static void
filled(struct ctx *c, struct booking *b)
{
	b->created_at = c->now;
	b->created_by = c->actor;
	b->version = 1;
}

static err
hold_once(struct ctx *c, const struct booking_ask *ask, struct booking_plan *p)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(plan_release) const struct plan *plan = NULL;

	TRY(db_begin(c->db, &tx));
	TRY(plan_locked(c, ask->practitioner, &plan));
	TRY(booking_plan(c, plan, ask, p));
	p->b.id = ctx_id(c);
	p->b.state = BOOKING_HELD;
	p->b.hold_until = c->now + promise()->hold;
	TRY(booking_take(c, p));
	TRY(booking_insert(c, p));
	TRY(audit_add(c, S("booking.hold"), p->b.id, 0, p->b.practitioner));
	return db_commit(&tx);
}

err
booking_hold(struct ctx *c, const struct booking_ask *ask, struct booking *ret)
{
	struct booking_plan p;
	err e;

	if (!booking_ask_ok(ask))
		return ERR_INVALID;
	for (int i = 0; i < BOOKING_TRIES; i++) {
		p = (struct booking_plan){0};
		if ((e = hold_once(c, ask, &p)) != ERR_CONFLICT || !p.contested)
			break;
	}
	TRY(e);
	filled(c, &p.b);
	struct busy_claim claim = booking_stored_claim(&p.b);
	busy_forget(c, &claim);
	*ret = p.b;
	return OK;
}

err
booking_hold_extend(struct ctx *c, id hold, usec *ret_until)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	usec until = c->now + promise()->hold;
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL("UPDATE booking SET hold_until = $1 WHERE org = $2 AND id = $3"
	    " AND state = 1 AND hold_until > $4"),
	    BINDS(INT(until), INT(c->org), INT(hold), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_EXPIRED;
	TRY(busy_extend(c, hold, until));
	TRY(db_commit(&tx));
	*ret_until = until;
	return OK;
}

err
booking_hold_release(struct ctx *c, id hold)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct booking b;
	int64_t deleted;

	TRY(booking_get(c, hold, &b));
	if (b.state != BOOKING_HELD)
		return ERR_CONFLICT;
	TRY(db_begin(c->db, &tx));
	TRY(booking_give_back(c, &b));
	TRY(db_run(c->db, SQL("DELETE FROM booking WHERE org = $1 AND id = $2 AND state = 1"),
	    BINDS(INT(c->org), INT(hold)), &deleted));
	if (deleted == 0)	/* confirmed or swept meanwhile */
		return ERR_CONFLICT;
	TRY(db_commit(&tx));
	struct busy_claim claim = booking_stored_claim(&b);
	busy_forget(c, &claim);
	return OK;
}

/* The person, new or known, as part of the change. */
static err
person_join(struct ctx *c, const struct booking_who *who, struct booking *b)
{
	if (who->guardian != NULL)
		TRY(person_insert(c, who->guardian));
	if (who->fresh != NULL)
		TRY(person_insert(c, who->fresh));
	else
		TRY(person_touch(c, who->person));
	b->person = who->fresh != NULL ? who->fresh->id : who->person;
	return OK;
}

/* Inside a change; the lock makes those of one person come one after another. */
static err
room_ahead(struct ctx *c, id person)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_lock(c->db, person, true));
	TRY(db_read(c->db, SQL("SELECT COUNT(CASE WHEN b.person = $2 THEN 1 END), COUNT(*)"
	    " FROM person p JOIN booking b ON b.org = p.org AND b.person = p.id"
	    " WHERE p.org = $1 AND b.start_at > $3 AND b.state BETWEEN 2 AND 4 AND b.source = $4"
	    " AND (p.id = $2 OR p.email_blind = (SELECT email_blind FROM person WHERE org = $1 AND id = $2))"),
	    BINDS(INT(c->org), INT(person), INT(c->now), INT(SOURCE_ONLINE)), &rows));
	TRY(db_next(rows));
	return db_int(rows, 0) < promise()->ahead_per_person &&
	    db_int(rows, 1) < promise()->ahead_per_contact ? OK : ERR_TOO_LARGE;
}

err
booking_confirm(struct ctx *c, id hold, const struct booking_who *who, struct booking *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(plan_release) const struct plan *plan = NULL;
	str link_hash = token_hash(c->mem, booking_link_token(c, hold));
	struct booking b;
	int64_t changed;

	TRY(db_begin(c->db, &tx));
	TRY(booking_get(c, hold, &b));
	if (b.state != BOOKING_HELD || b.hold_until <= c->now)
		return ERR_EXPIRED;
	TRY(person_join(c, who, &b));
	if (b.source == SOURCE_ONLINE)
		TRY(room_ahead(c, b.person));
	TRY(plan_get(c, &plan));
	const struct plan_motive *m = plan_motive(plan, b.motive);
	struct booking_plan p = { .b = b };
	p.b.hold_until = 0;
	p.before_minutes = m == NULL ? 0 : m->before_minutes;
	p.after_minutes = m == NULL ? 0 : m->after_minutes;
	/* Given back and taken again, this time with the person, and for good. */
	struct busy_claim claim = booking_claim(&p), lent = booking_stored_claim(&b);
	TRY(busy_free(c, &lent, &changed));
	TRY(busy_take(c, &claim));
	TRY(db_run(c->db, SQL("UPDATE booking SET state = 2, person = $1, hold_until = NULL, link_hash = $2,"
	    " version = version + 1 WHERE org = $3 AND id = $4 AND state = 1 AND hold_until > $5"),
	    BINDS(INT(p.b.person), BLOB(link_hash), INT(c->org), INT(hold), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_EXPIRED;
	TRY(outbox_add(c, MESSAGE_BOOKED, p.b.person, hold, c->now));
	TRY(audit_add(c, S("booking.create"), hold, p.b.person, b.practitioner));
	TRY(db_commit(&tx));
	claim = booking_stored_claim(&p.b);
	busy_forget(c, &claim);
	p.b.state = BOOKING_CONFIRMED;
	p.b.version++;
	*ret = p.b;
	return OK;
}

err
booking_repeated(struct ctx *c, const struct booking_ask *ask, struct booking *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	if (ask->idempotency_key.n == 0)
		return ERR_NOT_FOUND;
	TRY(db_read(c->db, SQL("SELECT booking, request_hash FROM idempotency"
	    " WHERE org = $1 AND actor = $2 AND key_hash = $3"),
	    BINDS(INT(c->org), INT(c->actor), BLOB(token_hash(c->mem, ask->idempotency_key))), &rows));
	TRY(db_next(rows));
	if (!str_eq(db_text(rows, c->mem, 1), ask->request_hash))
		return ERR_INVALID;
	return booking_get(c, db_int(rows, 0), ret);
}

err
booking_request_hash(struct ctx *c, str request, str *ret)
{
	return vault_mac(c, S("booking-request"), request, ret);
}

static err
remember(struct ctx *c, const struct booking_ask *ask, id booking)
{
	if (ask->idempotency_key.n == 0)
		return OK;
	return db_post(c->db, SQL("INSERT INTO idempotency (org, actor, key_hash, request_hash, booking, at)"
	    " VALUES ($1, $2, $3, $4, $5, $6)"),
	    BINDS(INT(c->org), INT(c->actor), BLOB(token_hash(c->mem, ask->idempotency_key)),
	    BLOB(ask->request_hash), INT(booking), INT(c->now)));
}

static err
create_once(struct ctx *c, const struct booking_ask *ask, const struct booking_who *who,
    struct booking_plan *p)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(plan_release) const struct plan *plan = NULL;

	TRY(db_begin(c->db, &tx));
	TRY(plan_locked(c, ask->practitioner, &plan));
	TRY(booking_plan(c, plan, ask, p));
	TRY(person_join(c, who, &p->b));
	TRY(booking_take(c, p));
	TRY(booking_insert(c, p));
	TRY(remember(c, ask, p->b.id));
	/* Staff may think better of it for a moment; a machine and a patient have confirmed. */
	if (!ask->quiet)
		TRY(outbox_add(c, ask->series != 0 ? MESSAGE_SERIES : MESSAGE_BOOKED, p->b.person, p->b.id,
		    ask->source == SOURCE_STAFF ? c->now + promise()->undo : c->now));
	TRY(audit_add(c, S("booking.create"), p->b.id, p->b.person, p->b.practitioner));
	p->taken = booking_claim(p);
	busy_mark(c, &p->taken);
	return db_commit(&tx);
}

/*
 * The same request, sent twice at once: the other one's change may be in our
 * group, seen by ours and not on disk yet.  So we ask inside a change, which
 * sees it too, and which ends only when both are on disk.
 */
err
booking_twin(struct ctx *c, const struct booking_ask *ask, struct booking *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct booking b;

	if (ask->idempotency_key.n == 0)
		return ERR_NOT_FOUND;
	TRY(db_begin(c->db, &tx));
	TRY(booking_repeated(c, ask, &b));
	TRY(db_commit(&tx));
	*ret = b;
	return OK;
}

err
booking_create(struct ctx *c, const struct booking_ask *ask, const struct booking_who *who,
    struct booking *ret)
{
	struct booking_plan p, start = {0};
	err e;

	if (!booking_ask_ok(ask))
		return ERR_INVALID;
	if ((e = booking_repeated(c, ask, ret)) != ERR_NOT_FOUND)
		return e;
	start.b.id = ctx_id(c);
	start.b.state = BOOKING_CONFIRMED;
	start.b.person = who->fresh != NULL ? who->fresh->id : who->person;
	start.link_hash = token_hash(c->mem, booking_link_token(c, start.b.id));
	TRY(booking_note_seal(c, &start.b, ask->note));
	for (int i = 0; i < BOOKING_TRIES; i++) {
		p = start;
		if ((e = create_once(c, ask, who, &p)) != ERR_CONFLICT || !p.contested)
			break;
	}
	if (e == ERR_CONFLICT && booking_twin(c, ask, ret) == OK)
		return OK;
	TRY(e);
	filled(c, &p.b);
	struct busy_claim session = booking_stored_claim(&p.b);
	if (p.b.session != 0)	/* perhaps made with its first seat */
		busy_forget(c, &session);
	else
		busy_taken(c, &p.taken);
	*ret = p.b;
	return OK;
}

static err
block_once(struct ctx *c, struct booking_plan *p)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(plan_release) const struct plan *plan = NULL;

	TRY(db_begin(c->db, &tx));
	TRY(plan_locked(c, p->ask->practitioner, &plan));
	if (plan_practitioner(plan, p->ask->practitioner) == NULL)
		return ERR_NOT_FOUND;
	TRY(site_for(c, plan, p->ask, &p->b.site));
	TRY(booking_take(c, p));
	TRY(booking_insert(c, p));
	TRY(audit_add(c, S("booking.block"), p->b.id, 0, p->b.practitioner));
	return db_commit(&tx);
}

err
booking_block(struct ctx *c, const struct booking_ask *ask, struct booking *ret)
{
	struct booking_plan p = { .ask = ask, .capacity = 1 };

	if (!booking_ask_ok(ask) || ask->minutes == 0)
		return ERR_INVALID;
	p.b = (struct booking){
		.id = ctx_id(c), .kind = BOOKING_BLOCK, .state = BOOKING_CONFIRMED,
		.practitioner = ask->practitioner, .start = ask->start,
		.end = ask->start + ask->minutes * USEC_PER_MINUTE, .source = ask->source,
	};
	TRY(booking_note_seal(c, &p.b, ask->note));
	TRY(block_once(c, &p));
	filled(c, &p.b);
	struct busy_claim claim = booking_stored_claim(&p.b);
	busy_forget(c, &claim);
	*ret = p.b;
	return OK;
}
