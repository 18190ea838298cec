/*
 * agenda.h - a scene with an agenda: Dre Claire Martin, open on Mondays from 9
 * to 12 h, a consultation of 15 minutes bookable online.  ENGINE_NOW is a
 * Monday, 23 November 2026, 1 h in Paris; the next Monday is AGENDA_DAY.
 */
#ifndef AGENDA_H
#define AGENDA_H

#include "practice/booking.h"
#include "practice/free.h"
#include "practice/plan.h"
#include "practice/slot.h"
#include "scene.h"

#define AGENDA_DAY	20787	/* Monday 30 November 2026 */

struct agenda {
	struct scene	 s;
	struct ctx	*c;
	id		 martin, petit;		/* petit: no hours */
	id		 motive;
	const struct zone *paris;
};

struct agenda agenda_begin(void **state);
void agenda_end(struct agenda *);	/* for CLEANUP */

/* The instant of a local minute of AGENDA_DAY + days. */
usec agenda_at(const struct agenda *, int days, int minute);
id   agenda_hours(const struct agenda *, int weekday, int start_minute, int end_minute);
/* A person with this given name; sound. */
id   agenda_person(const struct agenda *, str given);
struct booking_ask agenda_ask(const struct agenda *, usec start);
/* How many slots AGENDA_DAY + days offers online. */
size_t agenda_slots(const struct agenda *, int days);

#endif
