/*
 * practice.h - an organisation (one practice, one tenant) and its sites.
 *
 * Everything here is published on the practice's own page, hence in clear.
 * Said once for the whole of practice/:
 *   - a statement names ctx.org, so that a row of another organisation is
 *     ERR_NOT_FOUND, as if it did not exist;
 *   - x_check tells which field of a form is wrong (X_SOUND: none); x_create
 *     and x_update check again and answer ERR_INVALID;
 *   - text is trimmed, then must be well-formed UTF-8 without control
 *     characters; lengths are in code points;
 *   - what appointments refer to is never deleted but closed; closed rows keep
 *     their names for old appointments, and lists show them only if asked;
 *   - a list is never cut in silence: creating more than fits one is refused
 *     with ERR_TOO_LARGE;
 *   - a mutator is one change with its audit line; ERR_RETRY asks for it again.
 * Locks inside changes are taken in this order: organisation, site or motive,
 * practitioners by rising id.
 */
#ifndef PRACTICE_H
#define PRACTICE_H

#include "base/ctx.h"

enum {
	ORG_SLUG_MIN = 2, ORG_SLUG_MAX = 60,	/* a-z, 0-9 and single hyphens between */
	ORG_NAME_MAX = 120,
	ORG_ZONE_MAX = 64,
	ORG_COLOUR_MAX = 7,			/* of the pages' eight, which suit light and dark */
	ORG_CANCEL_LIMIT_MINUTES_MAX = 30 * 24 * 60,
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
	int64_t		version;
	usec		closed_at;		/* 0: open */
};

enum org_field {
	ORG_SOUND = 0, ORG_FIELD_SLUG, ORG_FIELD_NAME, ORG_FIELD_ZONE, ORG_FIELD_LANG,
	ORG_FIELD_PHONE, ORG_FIELD_COLOUR, ORG_FIELD_CANCEL_LIMIT,
};

struct site {
	id	id;
	str	name, street, postal_code, city;
	str	access;		/* how to get in: floor, code, wheelchair */
	str	phone;
	usec	closed_at;
};

enum site_field {
	SITE_SOUND = 0, SITE_FIELD_NAME, SITE_FIELD_STREET, SITE_FIELD_POSTAL_CODE,
	SITE_FIELD_CITY, SITE_FIELD_ACCESS, SITE_FIELD_PHONE,
};

enum org_field org_check(const struct org *);
/*
 * Makes the organisation's keys, then its row; ctx.org is not read.
 * ERR_CONFLICT: the slug is taken.
 */
err org_create(struct ctx *, const struct org *, id *ret) MUST_USE;
err org_get(struct ctx *, struct org *ret) MUST_USE;		/* ctx.org itself */
err org_find_by_slug(struct ctx *, str slug, struct org *ret) MUST_USE;	/* among all of the server */
/* All of the server with an id above after, by id, at most ORG_PAGE_MAX: for the operator. */
err org_list(struct ctx *, id after, struct org **ret, size_t *ret_n) MUST_USE;
/* ctx.org.  ERR_CONFLICT: version is no longer the stored one, or the slug is taken. */
err org_update(struct ctx *, const struct org *) MUST_USE;

enum site_field site_check(const struct site *);
err site_create(struct ctx *, const struct site *, id *ret) MUST_USE;
err site_get(struct ctx *, id, struct site *ret) MUST_USE;
err site_list(struct ctx *, bool closed_too, struct site **ret, size_t *ret_n) MUST_USE;	/* by name */
err site_update(struct ctx *, const struct site *) MUST_USE;
/* ERR_CONFLICT: an open room, or hours still in force, are at this site. */
err site_close(struct ctx *, id) MUST_USE;

#endif
