/*
 * practice.h - an organisation (one practice, one tenant) and its sites.
 *
 * Everything here is published on the practice's own page, hence in clear.
 * Said once for the whole of practice/:
 *   - a statement names ctx.org, so that a row of another organisation is
 *     ERR_NOT_FOUND, as if it did not exist;
 *   - x_check tells which fields of a form are wrong: a set of X_FIELD_, all of
 *     them at once (X_SOUND: none); x_create and x_update check again and
 *     answer ERR_INVALID;
 *   - text is trimmed, then must be well-formed UTF-8 without control
 *     characters; lengths are in code points;
 *   - what appointments refer to is never deleted but closed; closed rows keep
 *     their names for old appointments, lists show them only if asked, and
 *     x_reopen brings one back as it was (ERR_NOT_FOUND: it is not closed);
 *   - x_update takes what is open alone (else ERR_NOT_FOUND), and only at the
 *     version that the form was made from: ERR_CONFLICT, somebody changed it;
 *   - a list is never cut in silence: creating more than fits one is refused
 *     with ERR_TOO_LARGE;
 *   - a mutator is one change with its audit line; ERR_RETRY asks for it again.
 * Locks inside changes are taken in this order: organisation, site or motive,
 * practitioners by rising id.
 */
#ifndef PRACTICE_H
#define PRACTICE_H

#include "base/civil.h"
#include "base/ctx.h"

enum {
	ORG_SLUG_MIN = 2, ORG_SLUG_MAX = 60,	/* a-z, 0-9 and single hyphens between */
	ORG_NAME_MAX = 120,
	ORG_ZONE_MAX = 64,
	ORG_COLOUR_MAX = 7,			/* of the pages' eight, which suit light and dark */
	ORG_CANCEL_LIMIT_MINUTES_MAX = 30 * 24 * 60,
	ORG_REMINDER_HOURS_MAX = 14 * 24, ORG_REMINDER_HOURS = 48,	/* the latter: of a new practice */
	ORG_PAGE_MAX = 500,
	SITE_NAME_MAX = 120, SITE_STREET_MAX = 200, SITE_POSTAL_CODE_MAX = 12,
	SITE_CITY_MAX = 80, SITE_ACCESS_MAX = 1000,	/* access: may have line feeds */
	PRACTICE_PHONE_MAX = 30,		/* digits, blanks and + . - ( ) */
	SITE_MAX = 200,				/* an organisation, closed ones included */
};

struct org {
	id		id;
	str		slug, name;
	str		zone;			/* IANA: Europe/Paris */
	enum lang	lang;
	str		phone;			/* may be empty */
	int		colour;
	int		cancel_limit_minutes;	/* patients may cancel until then before the start */
	int		reminder_hours;		/* before an appointment; 0: nobody is reminded */
	bool		open_on_holidays;	/* weekly hours hold on public holidays too */
	int64_t		version;
	usec		closed_at;		/* 0: open */
};

enum org_field {	/* a set of them is what org_check answers */
	ORG_SOUND = 0, ORG_FIELD_SLUG = 1 << 0, ORG_FIELD_NAME = 1 << 1,
	ORG_FIELD_ZONE = 1 << 2, ORG_FIELD_LANG = 1 << 3, ORG_FIELD_PHONE = 1 << 4,
	ORG_FIELD_COLOUR = 1 << 5, ORG_FIELD_CANCEL_LIMIT = 1 << 6, ORG_FIELD_REMINDER = 1 << 7,
};

struct site {
	id	id;
	str	name, street, postal_code, city;
	str	access;		/* how to get in: floor, code, wheelchair */
	str	phone;
	usec	closed_at;
	int64_t	version;
};

enum site_field {	/* a set of them is what site_check answers */
	SITE_SOUND = 0, SITE_FIELD_NAME = 1 << 0, SITE_FIELD_STREET = 1 << 1,
	SITE_FIELD_POSTAL_CODE = 1 << 2, SITE_FIELD_CITY = 1 << 3, SITE_FIELD_ACCESS = 1 << 4,
	SITE_FIELD_PHONE = 1 << 5,
};

unsigned org_check(const struct org *);
/*
 * Makes the organisation's keys, then its row; ctx.org is not read.
 * ERR_CONFLICT: the slug is taken.
 */
err org_create(struct ctx *, const struct org *, id *ret) MUST_USE;
err org_get(struct ctx *, struct org *ret) MUST_USE;		/* ctx.org itself */
err org_find_by_slug(struct ctx *, str slug, struct org *ret) MUST_USE;	/* among all of the server */
/* All of the server with an id above after, by id, at most ORG_PAGE_MAX: for the operator. */
err org_list(struct ctx *, id after, struct org **ret, size_t *ret_n) MUST_USE;
/* The local day, by which a rule of hours has ended or not. */
err org_today(struct ctx *, day *ret) MUST_USE;
/* ctx.org.  ERR_CONFLICT: version is no longer the stored one, or the slug is taken. */
err org_update(struct ctx *, const struct org *) MUST_USE;

unsigned site_check(const struct site *);
err site_create(struct ctx *, const struct site *, id *ret) MUST_USE;
err site_get(struct ctx *, id, struct site *ret) MUST_USE;
err site_list(struct ctx *, bool closed_too, struct site **ret, size_t *ret_n) MUST_USE;	/* by name */
err site_update(struct ctx *, const struct site *) MUST_USE;
/* ERR_CONFLICT: an open room, or hours in force of an open practitioner, are at this site. */
err site_close(struct ctx *, id) MUST_USE;
err site_reopen(struct ctx *, id) MUST_USE;

#endif
