/*
 * plan.h - an organisation's rules of time, read once and shared: who offers
 * what, when, where, with which room.  A plan is never changed; when the
 * organisation's plan_version has risen, a new one is read.
 */
#ifndef PLAN_H
#define PLAN_H

#include "base/civil.h"
#include "base/ctx.h"

struct plan_hours {
	id	practitioner, site;
	int	weekday;	/* ISO; 0: only on on_day */
	int	parity;		/* of the ISO week: 0 any, 1 odd, 2 even */
	day	on_day, from_day, until_day;
	int	start_minute, end_minute;
	const id *motives;	/* only these; motives_n 0: all */
	size_t	motives_n;
};

struct plan_absence {
	id	practitioner;
	day	first_day, last_day, until_day;
	int	start_minute, end_minute;
	int	every_weeks;
	const day *except;
	size_t	except_n;
};

struct plan_motive {
	id	motive;
	int	minutes, before_minutes, after_minutes, step_minutes;
	int	notice_minutes, horizon_days, capacity;
	bool	online;
	const id *practitioners;	/* in the practice's order */
	size_t	practitioners_n;
	const id *rooms, *devices;
	size_t	rooms_n, devices_n;
};

struct plan_practitioner {
	id	practitioner;
	bool	listed;
	const struct plan_hours *hours;
	size_t	hours_n;
	const struct plan_absence *absences;
	size_t	absences_n;
};

struct plan {
	int64_t	version;
	const struct zone *zone;
	bool	open_on_holidays;	/* else weekly hours do not hold on holiday_on() */
	const struct plan_motive *motives;		/* sorted by id */
	size_t	motives_n;
	const struct plan_practitioner *practitioners;	/* sorted by id */
	size_t	practitioners_n;
};

struct plan_cache;
struct plan_cache *plan_cache_make(void);
void plan_cache_end(struct plan_cache *);

/*
 * The plan in force, read again if its version has risen.  It stays valid
 * until plan_release.  ERR_NOT_FOUND: no such organisation.
 */
err  plan_get(struct ctx *, const struct plan **ret) MUST_USE;
void plan_release(const struct plan **);	/* for CLEANUP */

const struct plan_motive *plan_motive(const struct plan *, id motive);
const struct plan_practitioner *plan_practitioner(const struct plan *, id practitioner);

/* Inside a change of the rules: caches will read them again. */
err  plan_changed(struct ctx *) MUST_USE;

#endif
