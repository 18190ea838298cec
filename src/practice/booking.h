/*
 * booking.h - turn a free time into an appointment, and back.
 *
 * Invariants, kept by the storage whatever the engine and however many servers:
 *   - a practitioner, a room, a device and a person are each in one place at a
 *     time; only staff may overlap a practitioner, on purpose, in another lane;
 *   - a booking, its audit line and its outgoing messages commit together;
 *   - a hold that lapsed takes no time from anybody.
 * Times are UTC instants on 5-minute marks; local time is web/'s.
 */
#ifndef BOOKING_H
#define BOOKING_H

#include "base/ctx.h"
#include "practice/person.h"

enum {
	BOOKING_LIST_MAX = 5000,
	BOOKING_MINUTES_MAX = 24 * 60,
	BOOKING_NOTE_MAX = 500,		/* code points */
	BOOKING_LANES_MAX = 4,
	BOOKING_SERIES_MAX = 104,
};

enum booking_kind { BOOKING_APPOINTMENT = 1, BOOKING_BLOCK = 2, BOOKING_SESSION = 3 };

enum booking_state {
	BOOKING_HELD = 1,		/* stored: never renumber */
	BOOKING_CONFIRMED = 2,
	BOOKING_ARRIVED = 3,
	BOOKING_IN_CONSULTATION = 4,
	BOOKING_DONE = 5,
	BOOKING_NO_SHOW = 6,
	BOOKING_EXCUSED = 7,
	BOOKING_CANCELLED = 8,
};

enum booking_source { SOURCE_ONLINE = 1, SOURCE_STAFF = 2, SOURCE_API = 3, SOURCE_DEMO = 4 };

struct booking {
	id			id;
	enum booking_kind	kind;
	enum booking_state	state;
	id			practitioner, site, motive, person, room, device, session, series;
	usec			start, end;	/* without buffers */
	int			lane;
	usec			hold_until;	/* 0: no hold */
	id			moved_from;
	int			sequence;	/* RFC 5545: rises with every change that is told */
	enum booking_source	source;
	usec			created_at;
	id			created_by;
	usec			arrived_at, started_at, ended_at, cancelled_at;
	int64_t			version;
	str			note_sealed;
	int			seats_taken;	/* of a session */
};

struct booking_ask {
	id	motive, practitioner;
	id	site;			/* 0: where the opening hours say, or the first site */
	usec	start;
	int	minutes;		/* 0: the motive's */
	bool	online;			/* by the public page's rules, never overlapping */
	bool	offered;		/* staff: only what the opening hours offer; ERR_CONFLICT if not */
	bool	overlap;		/* staff: beside what is there already */
	bool	quiet;			/* staff: no message to the patient */
	bool	undo;			/* takes a move back: see booking_undo.h */
	enum booking_source source;
	str	note;			/* clear; sealed here */
	id	series;
	str	idempotency_key, request_hash;	/* empty: none */
};

/* Whom the appointment is for: a person that exists, or one to be made with it. */
struct booking_who {
	id			person;
	const struct person_prepared *fresh;	/* NULL: person exists */
	const struct person_prepared *guardian;	/* of fresh, to be made with it; NULL: none, or known */
};

/*
 * Keep a free time while its form is filled in (promise()->hold).
 * ERR_CONFLICT: taken.  ERR_EXPIRED: too late or too early to ask.
 * ERR_NOT_FOUND: no such motive or practitioner here.
 */
err  booking_hold(struct ctx *, const struct booking_ask *, struct booking *ret) MUST_USE;
/* Once more promise()->hold from now. ERR_EXPIRED: lapsed. */
err  booking_hold_extend(struct ctx *, id hold, usec *ret_until) MUST_USE;
err  booking_hold_release(struct ctx *, id hold) MUST_USE;
/*
 * Make an appointment of a hold.  ERR_EXPIRED: it lapsed; ERR_CONFLICT: the
 * person already is somewhere else at that time.  ERR_TOO_LARGE: of one booked
 * online, that person, or those who share the address, have as many to come as
 * promise()->ahead_per_person and ahead_per_contact allow (T19).
 */
err  booking_confirm(struct ctx *, id hold, const struct booking_who *, struct booking *ret) MUST_USE;

/* Hold and confirm in one change.  With an idempotency key that was seen, the
 * earlier booking; ERR_INVALID if it came with another request. */
err  booking_create(struct ctx *, const struct booking_ask *, const struct booking_who *,
	struct booking *ret) MUST_USE;
/*
 * The booking that an earlier request with the same idempotency key made, as
 * booking_create would answer it; ERR_NOT_FOUND: none, or no key.
 */
err  booking_repeated(struct ctx *, const struct booking_ask *, struct booking *ret) MUST_USE;
/* The same, inside a change of its own: also one whose change is not on disk yet, but is when this one is. */
err  booking_twin(struct ctx *, const struct booking_ask *, struct booking *ret) MUST_USE;
/* For request_hash: keyed, since what was asked names a person. */
err  booking_request_hash(struct ctx *, str request, str *ret) MUST_USE;
/* After a conflict: is it the person who is elsewhere at that time, while the practitioner is free? */
err  booking_is_person_busy(struct ctx *, const struct booking_ask *, id person, bool *ret) MUST_USE;

/* Block time for no person; the note is private. */
err  booking_block(struct ctx *, const struct booking_ask *, struct booking *ret) MUST_USE;

/*
 * To another time, length or practitioner, all or nothing: the old time is only
 * freed when the new one is taken.  Told where the start or the place is another.
 * version 0: whatever it is; else ERR_CONFLICT if it has changed since.
 */
err  booking_move(struct ctx *, id booking, int64_t version, const struct booking_ask *,
	struct booking *ret) MUST_USE;
/* The patient's own move: the hold's time becomes the booking's. */
err  booking_move_to_hold(struct ctx *, id booking, id hold, struct booking *ret) MUST_USE;

/* Frees the time.  ERR_CONFLICT: not live any more.  quiet: tell nobody. */
err  booking_cancel(struct ctx *, id booking, bool quiet) MUST_USE;
/* A cancelled one, if its time is still free; who was told of the end is told of it again. */
err  booking_restore(struct ctx *, id booking) MUST_USE;
/* Replace the note; empty: none any more.  ERR_CONFLICT: version is no longer the stored one. */
err  booking_note_set(struct ctx *, id booking, int64_t version, str note) MUST_USE;
/*
 * Arrived, in consultation, done, no-show, excused; back to confirmed.  Tells nobody.
 * Excused gives the time back; another state takes it again: ERR_CONFLICT if it is taken.
 */
err  booking_set_state(struct ctx *, id booking, enum booking_state) MUST_USE;

err  booking_get(struct ctx *, id booking, struct booking *ret) MUST_USE;
/* By the token of its link, of any organisation: sets c->org.  ERR_NOT_FOUND also when it is long over. */
err  booking_find_by_link(struct ctx *, str token, struct booking *ret) MUST_USE;
/* The token of the cancel and move links of c->org's booking. */
err  booking_link(struct ctx *, id booking, str *ret_token) MUST_USE;

/* Live bookings that begin in [from, to), of one practitioner (0: all), by start. */
err  booking_list(struct ctx *, id practitioner, usec from, usec to,
	struct booking **ret, size_t *ret_n) MUST_USE;
/* All states, newest first. */
/*
 * Who has an appointment about now (promise.budget_past, budget_ahead): no
 * stranger to those who run the agenda.  The budget of reading asks it.
 */
err  booking_expected(struct ctx *, const id *persons, size_t n, bool *ret) MUST_USE;
err  booking_list_of_person(struct ctx *, id person, struct booking **ret, size_t *ret_n) MUST_USE;
err  booking_list_of_series(struct ctx *, id series, usec from, struct booking **ret, size_t *ret_n) MUST_USE;

/* The note, opened for the agenda. */
err  booking_note(struct ctx *, enum purpose, const struct booking *, str *ret) MUST_USE;

/* What stands in the way of an ask: bookings of the practitioner that it would overlap. */
err  booking_clashes(struct ctx *, id practitioner, usec start, usec end,
	struct booking **ret, size_t *ret_n) MUST_USE;

/* Job: holds that lapsed go; ret_n: how many rows went. */
err  booking_sweep(struct ctx *, int64_t *ret_n) MUST_USE;
/* Job: cells of c->org's past days have no more say. */
err  booking_drop_past(struct ctx *, int64_t *ret_n) MUST_USE;
/* Job, of all organisations: a request may be repeated for BOOKING_REPEATABLE. */
#define BOOKING_REPEATABLE	(2 * USEC_PER_DAY)
err  booking_forget_requests(struct ctx *, int64_t *ret_n) MUST_USE;

#endif
