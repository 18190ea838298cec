/*
 * practitioner.h - the people whose agenda is booked.
 * What stands here is published on the practice's page, hence in clear.
 */
#ifndef PRACTITIONER_H
#define PRACTITIONER_H

#include "practice/practice.h"

enum {
	PRACTITIONER_TITLE_MAX = 20,
	PRACTITIONER_NAME_MAX = 80,		/* given, family: each */
	PRACTITIONER_SPECIALTY_MAX = 120,
	PRACTITIONER_LANGUAGES_MAX = 10,
	PRACTITIONER_ABOUT_MAX = 2000,
	PRACTITIONER_POSITION_MAX = 9999,
	PRACTITIONER_PHOTO_BYTES_MAX = 512 * 1024,
	PRACTITIONER_MAX = 2000,		/* an organisation, closed ones included */
};

struct practitioner {
	id	id;
	str	slug;		/* made from the name at creation, kept for ever: links live on */
	str	title;		/* Dr, Dre, or empty */
	str	given, family;
	str	specialty;
	str	languages;	/* ISO 639-1 codes with commas: fr,en */
	str	about;
	bool	listed;		/* shown on the public page */
	int	position;	/* order of the columns */
	str	photo_type;	/* image/png, image/jpeg, image/webp; empty: no photo */
	usec	closed_at;
	int64_t	version;	/* of all but the photo */
};

enum practitioner_field {	/* a set of them is what practitioner_check answers */
	PRACTITIONER_SOUND = 0, PRACTITIONER_FIELD_TITLE = 1 << 0,
	PRACTITIONER_FIELD_GIVEN = 1 << 1, PRACTITIONER_FIELD_FAMILY = 1 << 2,
	PRACTITIONER_FIELD_SPECIALTY = 1 << 3, PRACTITIONER_FIELD_LANGUAGES = 1 << 4,
	PRACTITIONER_FIELD_ABOUT = 1 << 5, PRACTITIONER_FIELD_POSITION = 1 << 6,
};

unsigned practitioner_check(const struct practitioner *);
/* Homonyms get -2, -3 ... after their slug. */
err practitioner_create(struct ctx *, const struct practitioner *, id *ret) MUST_USE;
err practitioner_get(struct ctx *, id, struct practitioner *ret) MUST_USE;
err practitioner_find_by_slug(struct ctx *, str slug, struct practitioner *ret) MUST_USE;
/* By position, then family and given name. */
err practitioner_list(struct ctx *, bool closed_too, struct practitioner **ret, size_t *ret_n) MUST_USE;
/* All but slug and photo. */
err practitioner_update(struct ctx *, const struct practitioner *) MUST_USE;
/* ERR_CONFLICT: live appointments are still to come. */
err practitioner_close(struct ctx *, id) MUST_USE;
/*
 * With hours, absences and motives as they were, and listed if it was.
 * ERR_CONFLICT: some of these hours are at a place that is closed meanwhile.
 */
err practitioner_reopen(struct ctx *, id) MUST_USE;

/*
 * The type is read from the first bytes, never believed from a name.  Empty
 * bytes: no photo any more.  ERR_INVALID: not PNG, JPEG or WebP.
 * ERR_TOO_LARGE: more than PRACTITIONER_PHOTO_BYTES_MAX.
 */
err practitioner_photo_set(struct ctx *, id, str bytes) MUST_USE;
err practitioner_photo_get(struct ctx *, id, str *ret_type, str *ret_bytes) MUST_USE;

/* "Dre Claire Martin". */
str practitioner_name(struct arena *, const struct practitioner *);

#endif
