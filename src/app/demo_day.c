/*
 * demo_day.c - one day of one practitioner, from the first opening to the last.
 * What is taken is kept as bits of the day, so that the storage never has to
 * refuse: for days past it would not, as they have no cells any more.
 */
#include "app/demo_int.h"
#include "base/holiday.h"
#include "practice/booking_int.h"
#include "practice/free.h"
#include "store/bulk.h"
#include "vault/secret.h"

enum {
	GAP_MINUTES = 15,		/* left free between two appointments, now and then */
	PEOPLE_TRIES = 16,
	GROUP_WEEKDAY = 4, GROUP_MINUTE = 17 * 60,
	CANCELLED_PERCENT = 4, BETWEEN_PERCENT = 2, BLOCK_PERCENT = 2, NOTE_PERCENT = 4,
	NOTE_DAYS = 30,			/* older ones have no notes: nobody reads them */
	BETWEEN_MINUTES = 10,		/* a short one that begins within a longer one */
};

static const char *const notes[] = {
	"Première visite, vient avec sa fille.", "Apporte ses radios.", "Préfère être rappelée la veille.",
	"Fauteuil roulant : salle du bas.", "Parle peu français, vient accompagné.",
};
static const char *const blocks[] = { "Administratif", "Réunion d'équipe", "Visite à domicile", "Appels" };

/* A time that was found free, and what it takes. */
struct place {
	struct demo_practitioner	*p;
	const struct demo_motive	*motive;	/* NULL: blocked time */
	day				 day;
	int				 start_minute, minutes, after_minutes;
	struct demo_room		*room, *device;
};

static bool
cells_taken(const uint64_t *busy, int start_minute, int end_minute)
{
	for (int cell = start_minute / 5; cell < (end_minute + 4) / 5; cell++)
		if (busy[cell / 64] >> (cell % 64) & 1)
			return true;
	return false;
}

static void
cells_take(uint64_t *busy, int start_minute, int end_minute)
{
	for (int cell = start_minute / 5; cell < (end_minute + 4) / 5; cell++)
		busy[cell / 64] |= UINT64_C(1) << (cell % 64);
}

void
demo_day_begin(struct demo *d)
{
	for (size_t s = 0; s < d->services_n; s++) {
		for (size_t i = 0; i < d->services[s].rooms_n; i++)
			memset(d->services[s].rooms[i].busy, 0, sizeof(d->services[s].rooms[i].busy));
		for (size_t i = 0; i < d->services[s].devices_n; i++)
			memset(d->services[s].devices[i].busy, 0, sizeof(d->services[s].devices[i].busy));
	}
}

/* Everybody in turn, so that neighbours in the index are written one after the other. */
static struct demo_person *
person_next(struct demo *d, const struct place *at)
{
	size_t n = (size_t)d->options->patients;
	int end = at->start_minute + at->minutes + at->after_minutes;

	for (int i = 0; i < PEOPLE_TRIES; i++) {
		struct demo_person *person = &d->people[d->people_next];

		d->people_next = (d->people_next + 1 + (size_t)demo_below(d, 3)) % n;
		if (person->day != at->day) {
			person->day = at->day;
			memset(person->busy, 0, sizeof(person->busy));
		}
		if (!cells_taken(person->busy, at->start_minute, end)) {
			cells_take(person->busy, at->start_minute, end);
			return person;
		}
	}
	return NULL;
}

static struct demo_room *
room_free(struct demo_room *rooms, size_t n, const struct place *at)
{
	int end = at->start_minute + at->minutes + at->after_minutes;

	for (size_t i = 0; i < n; i++)
		if (!cells_taken(rooms[i].busy, at->start_minute, end))
			return &rooms[i];
	return NULL;
}

static const struct demo_motive *
motive_by_weight(struct demo *d, const struct demo_service *s)
{
	int64_t left = demo_below(d, s->weights);

	for (size_t i = 0; i < s->motives_n; i++) {
		left -= s->specialty->motives[i].weight;
		if (left < 0)
			return &s->specialty->motives[i];
	}
	return &s->specialty->motives[0];
}

/* --- rows --- */

static enum booking_state
state_of(struct demo *d, usec start, usec end)
{
	int64_t dice = demo_below(d, 100);

	if (end <= d->c.now)
		return dice < 92 ? BOOKING_DONE : dice < 96 ? BOOKING_NO_SHOW : BOOKING_EXCUSED;
	if (start <= d->c.now)
		return BOOKING_IN_CONSULTATION;
	return start - 10 * USEC_PER_MINUTE <= d->c.now ? BOOKING_ARRIVED : BOOKING_CONFIRMED;
}

static void
times_of(struct demo *d, struct booking *b)
{
	b->created_at = min64(b->start, d->c.now) - USEC_PER_HOUR - demo_below(d, 45 * 24 * 60) * USEC_PER_MINUTE;
	if (b->state == BOOKING_CANCELLED)
		b->cancelled_at = b->created_at + (min64(b->start, d->c.now) - b->created_at) / 2;
	if (b->kind != BOOKING_APPOINTMENT)
		return;
	if (b->state >= BOOKING_ARRIVED && b->state <= BOOKING_DONE)
		b->arrived_at = min64(b->start - demo_below(d, 15) * USEC_PER_MINUTE, d->c.now);
	if (b->state == BOOKING_IN_CONSULTATION || b->state == BOOKING_DONE)
		b->started_at = min64(b->start + demo_below(d, 8) * USEC_PER_MINUTE, d->c.now);
	if (b->state == BOOKING_DONE)
		b->ended_at = max64(b->started_at + USEC_PER_MINUTE, b->end - demo_below(d, 5) * USEC_PER_MINUTE);
}

/* The same row as booking_insert's, with the times that a past appointment has too. */
static err
row_insert(struct demo *d, const struct booking *b)
{
	bool linked = b->kind == BOOKING_APPOINTMENT &&
	    b->end > d->c.now - promise()->manage_link_after_end;
	str link = linked ? token_hash(d->c.mem, booking_link_token(&d->c, b->id)) : (str){0};

	d->in_change++;
	return db_append(d->c.db, SQL("INSERT INTO booking (org, id, kind, state, practitioner, site, motive,"
	    " person, room, device, session, start_at, end_at, lane, sequence, link_hash, note_sealed, source,"
	    " created_at, arrived_at, started_at, ended_at, cancelled_at, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
	    " $20, $21, $22, $23, $24)"),
	    BINDS(INT(d->c.org), INT(b->id), INT(b->kind), INT(b->state), INT(b->practitioner), INT(b->site),
	    REF(b->motive), REF(b->person), REF(b->room), REF(b->device), REF(b->session), INT(b->start),
	    INT(b->end), INT(b->lane), INT(0), linked ? BLOB(link) : NIL,
	    b->note_sealed.n > 0 ? BLOB(b->note_sealed) : NIL, INT(b->source), INT(b->created_at),
	    REF(b->arrived_at), REF(b->started_at), REF(b->ended_at), REF(b->cancelled_at), INT(1)));
}

/* Cells for what may still be in somebody's way: from yesterday on. */
static err
cells_insert(struct demo *d, const struct place *at, const struct booking *b)
{
	const bool own = b->session == 0;	/* else practitioner and room are the session's */
	const struct { id id; int lane; } holders[] = {
		{ own ? b->practitioner : 0, b->lane }, { own ? b->room : 0, 0 }, { own ? b->device : 0, 0 },
		{ b->person, 0 },
	};
	int64_t first = cell_of(b->start), end = cell_of(b->end + at->after_minutes * USEC_PER_MINUTE);

	if (at->day < d->today - 1 || b->state == BOOKING_CANCELLED)
		return OK;
	for (size_t i = 0; i < COUNT(holders); i++) {
		for (int64_t cell = first; cell < end && holders[i].id != 0; cell++)
			TRY(db_append(d->c.db, SQL("INSERT INTO busy (org, holder, cell, lane, booking, until)"
			    " VALUES ($1, $2, $3, $4, $5, $6)"), BINDS(INT(d->c.org), INT(holders[i].id), INT(cell),
			    INT(holders[i].lane), INT(b->id), INT(0))));
	}
	d->in_change += 4;
	return OK;
}

static struct booking
booking_at(struct demo *d, const struct place *at, enum booking_kind kind)
{
	struct booking b = { .id = ctx_id(&d->c), .kind = kind, .practitioner = at->p->id, .site = at->p->site,
		.start = zone_instant(d->zone, at->day, at->start_minute, NULL), .source = SOURCE_DEMO,
		.room = at->room != NULL ? at->room->id : 0, .device = at->device != NULL ? at->device->id : 0 };

	b.end = b.start + at->minutes * USEC_PER_MINUTE;
	b.state = kind == BOOKING_APPOINTMENT ? state_of(d, b.start, b.end) : BOOKING_CONFIRMED;
	if (at->motive != NULL)
		b.motive = at->p->service->motives[at->motive - at->p->service->specialty->motives];
	return b;
}

/* The booking, its note and its cells; an appointment counts. */
static err
booking_add(struct demo *d, const struct place *at, struct booking *b)
{
	bool recent = at->day >= d->today - NOTE_DAYS;

	times_of(d, b);
	if (b->kind == BOOKING_BLOCK)
		TRY(booking_note_seal(&d->c, b, str_c(blocks[demo_below(d, COUNT(blocks))])));
	else if (b->kind == BOOKING_APPOINTMENT && demo_percent(d, NOTE_PERCENT) && recent)
		TRY(booking_note_seal(&d->c, b, str_c(notes[demo_below(d, COUNT(notes))])));
	TRY(row_insert(d, b));
	d->left -= b->kind == BOOKING_APPOINTMENT;
	return cells_insert(d, at, b);
}

/* --- a day --- */

static void
take(const struct place *at)
{
	int end = at->start_minute + at->minutes + at->after_minutes;

	cells_take(at->p->busy, at->start_minute, end);
	if (at->room != NULL)
		cells_take(at->room->busy, at->start_minute, end);
	if (at->device != NULL)
		cells_take(at->device->busy, at->start_minute, end);
}

/* Staff squeezed somebody in, beside the appointment that is there. */
static err
between(struct demo *d, const struct place *around)
{
	struct place at = { .p = around->p, .motive = around->motive, .day = around->day,
		.start_minute = around->start_minute + 5, .minutes = BETWEEN_MINUTES };
	struct demo_person *person = person_next(d, &at);

	if (person == NULL || d->left == 0)
		return OK;
	struct booking b = booking_at(d, &at, BOOKING_APPOINTMENT);
	b.person = person->id;
	b.lane = 1;
	return booking_add(d, &at, &b);
}

static err
appointment(struct demo *d, struct place *at)
{
	struct demo_person *person = person_next(d, at);

	if (person == NULL)
		return OK;	/* everybody is somewhere else: the time stays free */
	struct booking b = booking_at(d, at, BOOKING_APPOINTMENT);
	b.person = person->id;
	if (demo_percent(d, CANCELLED_PERCENT))
		b.state = BOOKING_CANCELLED;
	else
		take(at);
	TRY(booking_add(d, at, &b));
	if (b.state != BOOKING_CANCELLED && at->room == NULL && at->minutes >= 20 &&
	    demo_percent(d, BETWEEN_PERCENT))
		return between(d, at);
	return OK;
}

static err
block(struct demo *d, struct place *at)
{
	at->motive = NULL;
	at->minutes = 30;
	at->after_minutes = 0;
	struct booking b = booking_at(d, at, BOOKING_BLOCK);
	take(at);
	return booking_add(d, at, &b);
}

static err
seats(struct demo *d, const struct place *at, id session)
{
	int64_t n = 1 + demo_below(d, at->motive->capacity);

	for (int64_t seat = 0; seat < n && d->left > 0; seat++) {
		struct demo_person *person = person_next(d, at);

		if (person == NULL)
			break;
		struct booking b = booking_at(d, at, BOOKING_APPOINTMENT);
		b.person = person->id;
		b.session = session;
		TRY(booking_add(d, at, &b));
		TRY(db_append(d->c.db, SQL("INSERT INTO seat (org, session, number, booking) VALUES ($1, $2, $3, $4)"),
		    BINDS(INT(d->c.org), INT(session), INT(seat), INT(b.id))));
	}
	return OK;
}

/* The first practitioner of a service that has a group holds it once a week. */
static err
group(struct demo *d, struct demo_practitioner *p, day on)
{
	const struct demo_service *s = p->service;
	const struct demo_motive *motive = NULL;

	for (struct demo_practitioner *q = d->practitioners; q < p; q++)
		if (q->service == s)
			return OK;
	for (size_t i = 0; i < s->motives_n; i++)
		if (s->specialty->motives[i].capacity > 1)
			motive = &s->specialty->motives[i];
	if (motive == NULL || civil_weekday(on) != GROUP_WEEKDAY)
		return OK;
	struct place at = { .p = p, .motive = motive, .day = on, .start_minute = GROUP_MINUTE,
		.minutes = motive->minutes };
	struct booking b = booking_at(d, &at, BOOKING_SESSION);
	take(&at);
	TRY(booking_add(d, &at, &b));
	return seats(d, &at, b.id);
}

/* What the next appointment at this minute would take; false: it does not fit here. */
static bool
find_place(struct demo *d, struct place *at, int end_minute)
{
	const struct demo_service *s = at->p->service;

	at->motive = motive_by_weight(d, s);
	at->minutes = at->motive->minutes;
	at->after_minutes = at->motive->after_minutes;
	at->room = at->device = NULL;
	if (at->start_minute + at->minutes > end_minute ||
	    cells_taken(at->p->busy, at->start_minute, at->start_minute + at->minutes + at->after_minutes))
		return false;
	if (at->motive->room && (at->room = room_free(s->rooms, s->rooms_n, at)) == NULL)
		return false;
	if (at->motive->device && (at->device = room_free(s->devices, s->devices_n, at)) == NULL)
		return false;
	return true;
}

static err
opening(struct demo *d, struct demo_practitioner *p, day on, const struct demo_opening *o, int percent)
{
	int end = o->end_minute;

	if (p->off_weekday == o->weekday && p->off_minute < end)
		end = p->off_minute;
	for (int minute = o->start_minute; minute < end && d->left > 0; ) {
		struct place at = { .p = p, .day = on, .start_minute = minute };

		if (!demo_percent(d, percent) || !find_place(d, &at, end)) {
			minute += GAP_MINUTES;
			continue;
		}
		if (at.minutes >= 30 && at.room == NULL && demo_percent(d, BLOCK_PERCENT))
			TRY(block(d, &at));
		else
			TRY(appointment(d, &at));
		/* After a cancellation the time is as free as it was, and may find somebody else. */
		while (minute < end && cells_taken(p->busy, minute, minute + 5))
			minute += 5;
		if (minute == at.start_minute && demo_percent(d, 50))
			minute += GAP_MINUTES;
	}
	return OK;
}

static bool
is_away(const struct demo_practitioner *p, day on)
{
	for (size_t i = 0; i < p->away_n; i++)
		if (on >= p->away[i].from && on <= p->away[i].until)
			return true;
	return false;
}

err
demo_day(struct demo *d, struct demo_practitioner *p, day on, int percent)
{
	int weekday = civil_weekday(on), odd = civil_iso_week(on) % 2;

	if (is_away(p, on) || holiday_on(zone_name(d->zone), on))
		return OK;
	memset(p->busy, 0, sizeof(p->busy));
	if (d->left > 0)
		TRY(group(d, p, on));
	for (size_t i = 0; i < p->week->n; i++) {
		const struct demo_opening *o = &p->week->items[i];

		if (o->weekday == weekday && (o->parity == 0 || (o->parity == 1) == (odd == 1)))
			TRY(opening(d, p, on, o, percent));
	}
	return OK;
}
