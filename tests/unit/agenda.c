/* agenda.c - see agenda.h. */
#include "agenda.h"
#include "practice/hours.h"
#include "practice/motive.h"

struct agenda
agenda_begin(void **state)
{
	struct agenda a = { .s = scene_begin(state) };
	struct motive m = { .name = S("Consultation"), .minutes = 15, .online = true,
	    .horizon_days = 60, .capacity = 1 };

	a.c = a.s.c;
	a.c->free = free_make();
	a.c->plans = plan_cache_make();
	a.s.other.free = a.c->free;
	a.s.other.plans = a.c->plans;
	a.paris = zone_get(S("Europe/Paris"));
	a.martin = scene_practitioner(a.c, S("Claire"), S("Martin"));
	a.petit = scene_practitioner(a.c, S("Anne"), S("Petit"));
	assert_ok(motive_create(a.c, &m, &a.motive));
	assert_ok(motive_set_practitioners(a.c, a.motive, (id[]){ a.martin, a.petit }, 2));
	(void)agenda_hours(&a, 1, 9 * 60, 12 * 60);
	return a;
}

void
agenda_end(struct agenda *a)
{
	if (a->c == NULL)
		return;
	free_end(a->c->free);
	plan_cache_end(a->c->plans);
	a->c->free = NULL;
	a->c->plans = NULL;
}

usec
agenda_at(const struct agenda *a, int days, int minute)
{
	return zone_instant(a->paris, AGENDA_DAY + days, minute, NULL);
}

id
agenda_hours(const struct agenda *a, int weekday, int start_minute, int end_minute)
{
	struct hours h = { .practitioner = a->martin, .site = a->s.site, .weekday = weekday,
	    .start_minute = start_minute, .end_minute = end_minute };
	id made;

	assert_ok(hours_add(a->c, &h, &made, NULL));
	return made;
}

id
agenda_person(const struct agenda *a, str given)
{
	struct person p = { .family = S("Dupont"), .given = given, .birth_date = S("1980-03-12"),
	    .email = str_cat(a->c->mem, str_lower(a->c->mem, given), S("@example.org")) };
	id made;

	assert_ok(person_create(a->c, &p, &made));
	return made;
}

struct booking_ask
agenda_ask(const struct agenda *a, usec start)
{
	return (struct booking_ask){ .motive = a->motive, .practitioner = a->martin,
	    .start = start, .source = SOURCE_STAFF };
}

size_t
agenda_slots(const struct agenda *a, int days)
{
	struct slot_query q = { .motive = a->motive, .practitioner = a->martin,
	    .from = AGENDA_DAY + days, .days = 1, .online = true };
	struct slot *slots;
	size_t n;

	assert_ok(slot_find(a->c, &q, &slots, &n));
	return n;
}
