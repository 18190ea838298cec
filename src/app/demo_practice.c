/* demo_practice.c - an invented practice: places, services, practitioners and their weeks. */
#include <stdio.h>

#include "app/demo_int.h"
#include "practice/absence.h"
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "practice/resource.h"

enum {
	TEXT_BYTES_MAX = 200,
	AWAY_MAX = 40,		/* practitioners with a holiday: each is a change of its own */
	ROOM_FOR = 3,		/* practitioners who share a room */
	ANNEX_EVERY = 5,	/* each fifth receives at the second site */
};

#define AT(hour, minute) ((hour) * 60 + (minute))

static const struct demo_opening week_doctor[] = {
	{ 1, 0, AT(8, 30), AT(12, 30) }, { 1, 0, AT(14, 0), AT(18, 30) },
	{ 2, 0, AT(8, 30), AT(12, 30) }, { 2, 0, AT(14, 0), AT(18, 30) },
	{ 3, 0, AT(8, 30), AT(12, 30) },
	{ 4, 0, AT(8, 30), AT(12, 30) }, { 4, 0, AT(14, 0), AT(18, 30) },
	{ 5, 0, AT(8, 30), AT(12, 30) }, { 5, 0, AT(14, 0), AT(17, 30) },
	{ 6, 1, AT(9, 0), AT(12, 0) },
};
static const struct demo_opening week_therapist[] = {
	{ 1, 0, AT(8, 0), AT(12, 0) }, { 1, 0, AT(13, 30), AT(19, 0) },
	{ 2, 0, AT(8, 0), AT(12, 0) }, { 2, 0, AT(13, 30), AT(19, 0) },
	{ 3, 0, AT(9, 0), AT(12, 0) }, { 3, 2, AT(14, 0), AT(17, 0) },
	{ 4, 0, AT(8, 0), AT(12, 0) }, { 4, 0, AT(13, 30), AT(19, 0) },
	{ 5, 0, AT(8, 0), AT(12, 0) }, { 5, 0, AT(13, 30), AT(18, 0) },
};
static const struct demo_opening week_nurse[] = {
	{ 1, 0, AT(7, 0), AT(12, 0) }, { 2, 0, AT(7, 0), AT(12, 0) }, { 3, 0, AT(7, 0), AT(12, 0) },
	{ 4, 0, AT(7, 0), AT(12, 0) }, { 5, 0, AT(7, 0), AT(12, 0) }, { 6, 0, AT(7, 30), AT(10, 30) },
	{ 1, 0, AT(16, 0), AT(18, 0) }, { 4, 0, AT(16, 0), AT(18, 0) },
};
static const struct demo_week weeks[] = {
	{ week_doctor, COUNT(week_doctor) },
	{ week_therapist, COUNT(week_therapist) },
	{ week_nurse, COUNT(week_nurse) },
};

/* Which specialty the n-th practitioner has: doctors are most of a practice. */
static const size_t mix[] = { 0, 1, 2, 0, 3, 4, 0, 5, 6, 1, 7, 8 };

static str
number_text(struct demo *d, const struct demo_names *of)
{
	return str_printf(d->c.mem, "%lld %s", (long long)demo_below(d, 120) + 1, demo_pick(d, of));
}

static err
sites_make(struct demo *d, size_t n)
{
	/* The first practice of all stands where its name says. */
	size_t commune = d->options->orgs == 1 ? 0 : (size_t)demo_below(d, (int64_t)demo_communes_n);
	static const char *const names[] = { "Cabinet principal", "Annexe" };
	static const char *const access[] = {
		"Rez-de-chaussée, entrée accessible en fauteuil roulant. Arrêt de tram à 200 m.",
		"Premier étage avec ascenseur, interphone « Santé ». Parking dans la cour.",
	};

	for (size_t i = 0; i < 2; i++) {
		if (i > 0 && n < ANNEX_EVERY) {
			d->sites[i] = d->sites[0];
			break;
		}
		struct site s = { .name = str_c(names[i]), .street = number_text(d, &demo_streets),
			.postal_code = str_c(demo_communes[commune].postal_code),
			.city = str_c(demo_communes[commune].name), .access = str_c(access[i]),
			.phone = str_printf(d->c.mem, "02 61 91 %02d %02d", (int)demo_below(d, 100),
			    (int)demo_below(d, 100)) };

		TRY(site_create(&d->c, &s, &d->sites[i]));
	}
	return OK;
}

static err
rooms_make(struct demo *d, const char *name, enum resource_kind kind, struct demo_room *rooms, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct resource r = { .kind = kind, .site = d->sites[0],
			.name = n == 1 ? str_c(name) : str_printf(d->c.mem, "%s %zu", name, i + 1) };

		TRY(resource_create(&d->c, &r, &rooms[i].id));
	}
	return OK;
}

static err
motive_make(struct demo *d, struct demo_service *s, size_t i)
{
	const struct demo_motive *from = &s->specialty->motives[i];
	struct motive m = { .name = str_c(from->name), .colour = from->colour, .minutes = from->minutes,
		.buffer_after_minutes = from->after_minutes, .online = from->online,
		.notice_minutes = 120, .horizon_days = 90, .capacity = from->capacity,
		.step_minutes = from->minutes > 30 ? 30 : from->minutes,
		.instructions = str_c(from->instructions), .position = (int)i };
	id ids[2 * DEMO_ROOMS_MAX];
	size_t n = 0;

	TRY(motive_create(&d->c, &m, &s->motives[i]));
	s->weights += from->weight;
	for (size_t k = 0; from->room && k < s->rooms_n; k++)
		ids[n++] = s->rooms[k].id;
	for (size_t k = 0; from->device && k < s->devices_n; k++)
		ids[n++] = s->devices[k].id;
	return n == 0 ? OK : motive_set_resources(&d->c, s->motives[i], ids, n);
}

/* Of so many practitioners. */
static err
service_make(struct demo *d, struct arena *keep, struct demo_service *s, size_t practitioners)
{
	const struct demo_specialty *from = s->specialty;
	size_t shared = (practitioners + ROOM_FOR - 1) / ROOM_FOR;

	shared = shared > DEMO_ROOMS_MAX ? DEMO_ROOMS_MAX : shared;
	s->rooms_n = from->room != NULL ? shared : 0;
	s->devices_n = from->device != NULL ? shared : 0;
	s->rooms = NEW_N(keep, struct demo_room, s->rooms_n);
	s->devices = NEW_N(keep, struct demo_room, s->devices_n);
	TRY(rooms_make(d, from->room, RESOURCE_ROOM, s->rooms, s->rooms_n));
	TRY(rooms_make(d, from->device, RESOURCE_DEVICE, s->devices, s->devices_n));
	for (s->motives_n = 0; s->motives_n < DEMO_MOTIVES_MAX &&
	    from->motives[s->motives_n].name != NULL; s->motives_n++)
		TRY(motive_make(d, s, s->motives_n));
	return OK;
}

static err
services_make(struct demo *d, struct arena *keep, size_t n)
{
	size_t counts[COUNT(mix)] = {0};
	struct demo_service *by_specialty[COUNT(mix)] = {0};

	for (size_t i = 0; i < n; i++)
		counts[mix[i % COUNT(mix)]]++;
	d->services = NEW_N(keep, struct demo_service, demo_specialties_n);
	d->services_n = 0;
	for (size_t i = 0; i < demo_specialties_n; i++) {
		if (counts[i] == 0)
			continue;
		by_specialty[i] = &d->services[d->services_n++];
		by_specialty[i]->specialty = &demo_specialties[i];
		TRY(service_make(d, keep, by_specialty[i], counts[i]));
	}
	for (size_t i = 0; i < n; i++)
		d->practitioners[i].service = by_specialty[mix[i % COUNT(mix)]];
	return OK;
}

static err
practitioner_make(struct demo *d, struct demo_practitioner *p, size_t i)
{
	bool woman = demo_percent(d, 58);
	static const char *const languages[] = { "fr", "fr,en", "fr,en,es", "fr,ar", "fr,de", "fr,br" };
	const struct demo_specialty *s = p->service->specialty;
	struct practitioner form = {
		.title = s->title[0] == '\0' ? S("") : woman ? S("Dre") : S("Dr"),
		.given = str_c(demo_pick(d, woman ? &demo_given_women : &demo_given_men)),
		.family = str_c(demo_pick(d, &demo_families)),
		.specialty = str_c(s->name),
		.languages = str_c(languages[demo_below(d, COUNT(languages))]),
		.about = S("Reçoit adultes et enfants, sur rendez-vous."),
		.listed = true, .position = (int)i,
	};

	p->site = d->sites[i % ANNEX_EVERY == ANNEX_EVERY - 1 ? 1 : 0];
	p->week = &weeks[s->openings];
	return practitioner_create(&d->c, &form, &p->id);
}

/* Straight into the table: the rules are ours and clash with nothing. */
static err
hours_make(struct demo *d, size_t n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(d->c.db, &tx));
	for (size_t i = 0; i < n; i++) {
		const struct demo_practitioner *p = &d->practitioners[i];

		for (size_t k = 0; k < p->week->n; k++) {
			const struct demo_opening *o = &p->week->items[k];

			TRY(db_run(d->c.db, SQL("INSERT INTO hours (org, id, practitioner, site, weekday, parity,"
			    " start_minute, end_minute, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)"),
			    BINDS(INT(d->c.org), INT(ctx_id(&d->c)), INT(p->id), INT(p->site),
			    INT(o->weekday), INT(o->parity), INT(o->start_minute), INT(o->end_minute)), NULL));
		}
	}
	return db_commit(&tx);
}

static err
links_make(struct demo *d, size_t n)
{
	id *ids = NEW_N(d->c.mem, id, n);

	for (size_t s = 0; s < d->services_n; s++) {
		size_t found = 0;

		for (size_t i = 0; i < n; i++)
			if (d->practitioners[i].service == &d->services[s])
				ids[found++] = d->practitioners[i].id;
		for (size_t m = 0; m < d->services[s].motives_n; m++)
			TRY(motive_set_practitioners(&d->c, d->services[s].motives[m], ids, found));
	}
	return OK;
}

/* The first such date from a day on. */
static day
next_date(day from, int month, int mday)
{
	struct civil_date d = civil_date(from);
	day found = from;

	if (d.month > month || (d.month == month && d.day > mday))
		d.year++;
	d.month = month;
	d.day = mday;
	return civil_day(d, &found) ? found : from;
}

static err
away(struct demo *d, struct demo_practitioner *p, day from, int days)
{
	struct absence a = { .practitioner = p->id, .first_day = from, .last_day = from + days - 1,
		.end_minute = ABSENCE_END_MINUTE_MAX, .reason = S("Congés") };
	id made;

	p->away[p->away_n].from = a.first_day;
	p->away[p->away_n++].until = a.last_day;
	return absence_add(&d->c, &a, &made);
}

/*
 * A week off some weeks from now, a fortnight in the last summer, some a week at
 * Christmas; one of them also leaves early every Friday.
 */
static err
absences_make(struct demo *d, size_t n)
{
	id made;

	for (size_t i = 0; i < n && i < AWAY_MAX; i++) {
		struct demo_practitioner *p = &d->practitioners[i];

		TRY(away(d, p, civil_monday(d->today) + 7 * (3 + (day)demo_below(d, 6)), 7));
		TRY(away(d, p, civil_monday(next_date(d->today - 365, 7, 20)) + 7 * (day)demo_below(d, 4), 14));
		if (demo_percent(d, 40))
			TRY(away(d, p, next_date(d->today, 12, 24), 8));
	}
	if (n < 2)
		return OK;
	d->practitioners[1].off_weekday = 5;
	d->practitioners[1].off_minute = AT(16, 0);
	struct absence weekly = { .practitioner = d->practitioners[1].id,
		.first_day = civil_monday(d->today) + 4, .start_minute = AT(16, 0),
		.end_minute = ABSENCE_END_MINUTE_MAX, .every_weeks = 1, .reason = S("Enseignement") };
	weekly.last_day = weekly.first_day;
	return absence_add(&d->c, &weekly, &made);
}

err
demo_practice(struct demo *d, struct arena *keep)
{
	size_t n = (size_t)d->options->practitioners;

	d->practitioners = NEW_N(keep, struct demo_practitioner, n);
	TRY(sites_make(d, n));
	TRY(services_make(d, keep, n));
	for (size_t i = 0; i < n; i++)
		TRY(practitioner_make(d, &d->practitioners[i], i));
	TRY(hours_make(d, n));
	TRY(links_make(d, n));
	return absences_make(d, n);
}
