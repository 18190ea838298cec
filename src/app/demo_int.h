/*
 * demo_int.h - shared by the files of demo: demo.c (order), demo_names.c
 * (tables), demo_practice.c, demo_people.c, demo_day.c and demo_agenda.c
 * (appointments), demo_accounts.c.
 */
#ifndef DEMO_INT_H
#define DEMO_INT_H

#include "app/demo.h"
#include "base/civil.h"

enum {
	DEMO_MOTIVES_MAX = 5,		/* of one specialty */
	DEMO_ROOMS_MAX = 40,
	DEMO_AWAY_MAX = 3,
	DAY_CELLS = 288,
	DAY_WORDS = DAY_CELLS / 64 + 1,
};

/* --- demo_names.c --- */

struct demo_names { const char *const *items; size_t n; };
extern const struct demo_names demo_given_women, demo_given_men, demo_families, demo_streets,
	demo_places, demo_words;

struct demo_commune { const char *postal_code, *name; };
extern const struct demo_commune demo_communes[];
extern const size_t demo_communes_n;

struct demo_motive {
	const char	*name;
	int		 minutes, after_minutes, capacity, weight;	/* weight 0: not booked one by one */
	bool		 online, room, device;
	int		 colour;	/* of the pages' eight */
	const char	*instructions;
};

struct demo_specialty {
	const char		*name;
	const char		*title;		/* "Dr" where it is borne */
	int			 openings;	/* which of the weeks in demo_practice.c */
	const char		*room, *device;	/* what its motives need, if they do */
	struct demo_motive	 motives[DEMO_MOTIVES_MAX];
};
extern const struct demo_specialty demo_specialties[];
extern const size_t demo_specialties_n;

/* --- what is known of an organisation while it is being filled --- */

/* One rule of opening hours; parity as in hours.h. */
struct demo_opening { int weekday, parity, start_minute, end_minute; };
struct demo_week { const struct demo_opening *items; size_t n; };

struct demo_room { id id; uint64_t busy[DAY_WORDS]; };

/* A specialty as this organisation has it. */
struct demo_service {
	const struct demo_specialty	*specialty;
	size_t				 motives_n;
	id				 motives[DEMO_MOTIVES_MAX];
	struct demo_room		*rooms, *devices;
	size_t				 rooms_n, devices_n;
	int				 weights;	/* of its motives, in all */
};

struct demo_practitioner {
	id			 id, site;
	struct demo_service	*service;
	const struct demo_week	*week;
	struct { day from, until; } away[DEMO_AWAY_MAX];	/* whole days, both included */
	size_t			 away_n;
	int			 off_weekday, off_minute;	/* away each week from then to midnight; 0: never */
	uint64_t		 busy[DAY_WORDS];		/* of the day that is being filled, lane 0 */
};

/* Where a person is during the day that is being filled. */
struct demo_person { id id; day day; uint64_t busy[DAY_WORDS]; };

struct demo {
	struct ctx			 c;	/* of the organisation under way */
	struct arena			*batch;	/* c.mem; given back after each batch */
	struct mint			 ids;
	struct mint			 dice;
	const struct demo_options	*options;
	const struct zone		*zone;
	day				 today;
	str				 slug, name;
	id				 sites[2];
	struct demo_service		*services;
	size_t				 services_n;
	struct demo_practitioner	*practitioners;
	struct demo_person		*people;
	size_t				 people_next;	/* who comes next: everybody in turn */
	int64_t				 left;		/* appointments still to be made */
	int64_t				 in_change;	/* rows since the change began */
};

/* Chance that the seed decides. */
int64_t demo_below(struct demo *, int64_t n);
bool	demo_percent(struct demo *, int64_t percent);
const char *demo_pick(struct demo *, const struct demo_names *);
/* Bytes that the seed decides, for words that must be hard to guess in another seed's data. */
str	demo_secret(struct demo *, const char *what, const char *role);

/* The first sites, motives, rooms, practitioners, hours and absences of d->c.org. */
err  demo_practice(struct demo *, struct arena *keep) MUST_USE;
/* The people; the first one is the patient who has an account. */
err  demo_people(struct demo *, struct arena *keep, str patient_login) MUST_USE;
/* The appointments.  ERR_TOO_LARGE: they do not fit. */
err  demo_agenda(struct demo *) MUST_USE;
/* One account a role. */
err  demo_accounts(struct demo *, struct arena *keep, struct demo_made *io) MUST_USE;
str  demo_login(struct arena *, enum role, str slug);

/* demo_day.c: one day of one practitioner, so full; in an open change. */
err  demo_day(struct demo *, struct demo_practitioner *, day, int percent) MUST_USE;
/* Before the first practitioner of another day. */
void demo_day_begin(struct demo *);

#endif
