/*
 * motive.h - why one comes: how long it takes, who does it, with what.
 * Changing one waits for the bookings under way with its practitioners, so
 * that none is judged by rules that have just gone.
 */
#ifndef MOTIVE_H
#define MOTIVE_H

#include "practice/practice.h"

enum {
	MOTIVE_NAME_MAX = 80,
	MOTIVE_SHORT_NAME_MAX = 12,
	MOTIVE_INSTRUCTIONS_MAX = 1000,
	MOTIVE_GRAIN_MINUTES = 5,		/* every duration is a multiple */
	MOTIVE_MINUTES_MIN = 5, MOTIVE_MINUTES_MAX = 720,
	MOTIVE_BUFFER_MINUTES_MAX = 120,
	MOTIVE_STEP_MINUTES_MIN = 5, MOTIVE_STEP_MINUTES_MAX = 720,
	MOTIVE_NOTICE_MINUTES_MAX = 90 * 24 * 60,	/* any minute */
	MOTIVE_HORIZON_DAYS_MIN = 1, MOTIVE_HORIZON_DAYS_MAX = 730,
	MOTIVE_CAPACITY_MIN = 1, MOTIVE_CAPACITY_MAX = 200,
	MOTIVE_POSITION_MAX = 9999,
	MOTIVE_MAX = 500,		/* an organisation, closed ones included */
};

enum motive_audience {	/* stored: never renumber */
	MOTIVE_FOR_ANYBODY = 0, MOTIVE_FOR_NEW = 1, MOTIVE_FOR_KNOWN = 2,
};

struct motive {
	id	id;
	str	name;
	str	short_name;		/* for narrow columns; empty: the name's first 12 code points */
	int	colour;			/* 0 to ORG_COLOUR_MAX */
	int	minutes;
	int	buffer_before_minutes, buffer_after_minutes;	/* busy, not shown */
	int	step_minutes;		/* between proposed starts; 0 in a form: like minutes */
	bool	online;			/* the public may book it */
	enum motive_audience audience;
	int	notice_minutes;		/* the public books no later than this before the start */
	int	horizon_days;		/* and no further ahead than this */
	int	capacity;		/* above 1: a group session */
	str	instructions;		/* shown before and after booking */
	int	position;
	usec	closed_at;
	int64_t	version;		/* rises with every change, of its needs too */
};

enum motive_field {	/* a set of them is what motive_check answers */
	MOTIVE_SOUND = 0, MOTIVE_FIELD_NAME = 1 << 0, MOTIVE_FIELD_SHORT_NAME = 1 << 1,
	MOTIVE_FIELD_COLOUR = 1 << 2, MOTIVE_FIELD_MINUTES = 1 << 3,
	MOTIVE_FIELD_BUFFER_BEFORE = 1 << 4, MOTIVE_FIELD_BUFFER_AFTER = 1 << 5,
	MOTIVE_FIELD_STEP = 1 << 6, MOTIVE_FIELD_AUDIENCE = 1 << 7,
	MOTIVE_FIELD_NOTICE = 1 << 8, MOTIVE_FIELD_HORIZON = 1 << 9,
	MOTIVE_FIELD_CAPACITY = 1 << 10, MOTIVE_FIELD_INSTRUCTIONS = 1 << 11,
	MOTIVE_FIELD_POSITION = 1 << 12,
};

unsigned motive_check(const struct motive *);
err motive_create(struct ctx *, const struct motive *, id *ret) MUST_USE;
err motive_get(struct ctx *, id, struct motive *ret) MUST_USE;
/* By position, then name. */
err motive_list(struct ctx *, bool closed_too, struct motive **ret, size_t *ret_n) MUST_USE;
/* Open ones that this practitioner does; online_only: that the public may book. */
err motive_list_for(struct ctx *, id practitioner, bool online_only,
	struct motive **ret, size_t *ret_n) MUST_USE;
err motive_close(struct ctx *, id) MUST_USE;
/* Done by those, and with what, as it was; of them, what is closed meanwhile stays so. */
err motive_reopen(struct ctx *, id) MUST_USE;

/* Replace the whole set.  ERR_NOT_FOUND: the motive or one of them is none, or closed. */
err motive_set_practitioners(struct ctx *, id motive, const id *, size_t n) MUST_USE;
err motive_set_resources(struct ctx *, id motive, const id *, size_t n) MUST_USE;
/*
 * A form as a whole, in one change: the motive (id 0: a new one), who does it
 * and with what.  ERR_NOT_FOUND: the motive or one of them is none, or closed.
 * ERR_CONFLICT: version is no longer the stored one.
 */
struct motive_needs {
	const id	*practitioners, *resources;
	size_t		 practitioners_n, resources_n;
};
err motive_save(struct ctx *, const struct motive *, const struct motive_needs *, id *ret) MUST_USE;
/* Ids of open ones, rising; an appointment needs one of the rooms and one of the devices. */
err motive_practitioners(struct ctx *, id motive, id **ret, size_t *ret_n) MUST_USE;
err motive_resources(struct ctx *, id motive, id **ret, size_t *ret_n) MUST_USE;

#endif
