/*
 * person.h - the people who come: who they are, sealed as one envelope a row.
 *
 * In clear stand only ids, times and two blind indexes (e-mail, phone), by
 * which a person who writes again is found.  Homonyms and families sharing an
 * address stay distinct: a match needs the same family and given name, folded,
 * and the same birth date.
 * person_create is person_prepare and person_insert; a booking calls them
 * apart, since keys and envelopes are made before its change begins.
 */
#ifndef PERSON_H
#define PERSON_H

#include "oath/promise.h"
#include "practice/practice.h"

enum {
	PERSON_CANDIDATES_MAX = 50,	/* that share one address */
	PERSON_RELATIVES_MAX = 50,	/* of one guardian */
	PERSON_AGE_MAX = 130,
};

struct person {
	id		id;
	int64_t		version;
	str		family, given;
	str		birth_date;	/* ISO, or empty */
	str		email;		/* or empty */
	str		phone;		/* E.164, or empty */
	enum lang	lang;
	id		guardian;	/* who books for this one; 0: nobody */
	usec		guardian_at;	/* since when; ours to set */
	str		rest;		/* fields of a newer program, kept as they are */
};

enum person_field {
	PERSON_SOUND = 0,
#define FIELD(tag, name, type, max, category, label, required) PERSON_FIELD_##name = (tag),
#include "practice/person_fields.def"
#undef FIELD
};

enum person_type { PERSON_TEXT, PERSON_DATE, PERSON_EMAIL, PERSON_PHONE, PERSON_LANG };
enum person_category { PERSON_IDENTITY };
struct person_row {
	enum person_field	 field;
	const char		*name;		/* of the form's field */
	enum person_type	 type;
	size_t			 max;		/* code points */
	enum person_category	 category;
	const char		*label;		/* to translate */
	bool			 required;	/* to book */
};
extern const struct person_row person_rows[];
extern const size_t person_rows_n;

/*
 * Bring to the stored form (trimmed; e-mail and phone as contact.h has them)
 * and return the first wrong
 * field.  booking: the fields that it requires must be there; else the names.
 * A birth date is not after tomorrow, UTC: somewhere it may be that day already.
 */
enum person_field person_clean(struct ctx *, bool booking, struct person *);

struct person_prepared {
	id	id, guardian;
	str	sealed, email_blind, phone_blind, match_email, match_phone;
	str	login_blind;	/* of the account that may have this address */
};

/* Outside a change: the person's key, durably, and the envelope.  ERR_INVALID: not clean. */
err person_prepare(struct ctx *, const struct person *, struct person_prepared *ret) MUST_USE;
/* The same for a clean one whose id and key (vault_person_create_many) are there already. */
err person_seal(struct ctx *, const struct person *, struct person_prepared *ret) MUST_USE;
/*
 * Inside a change; the account of the address becomes a patient of this practice.
 * ERR_NOT_FOUND: no such guardian; ERR_INVALID: one who has a guardian.
 */
err person_insert(struct ctx *, const struct person_prepared *) MUST_USE;
err person_create(struct ctx *, const struct person *, id *ret) MUST_USE;

err person_get(struct ctx *, enum purpose, id, struct person *ret) MUST_USE;
/*
 * In the order of the ids, n at most VAULT_BATCH_MAX, one line in the log.  One
 * that is not there or cannot be opened has id 0.
 */
err person_get_many(struct ctx *, enum purpose, const id *, size_t n, struct person *ret) MUST_USE;

/*
 * The same person: the same birth date and names, accents and case aside, and
 * the same e-mail, or else phone.  Compares keyed hashes and opens nothing.
 * ERR_NOT_FOUND: a new one.  ERR_INVALID: not clean.
 */
err person_find_match(struct ctx *, const struct person *, id *ret) MUST_USE;
/* Oldest first, at most PERSON_CANDIDATES_MAX. */
err person_find_by_email(struct ctx *, enum purpose, str email,
	struct person **ret, size_t *ret_n) MUST_USE;
/* Those whom this person books for, oldest first. */
err person_relatives(struct ctx *, enum purpose, id guardian,
	struct person **ret, size_t *ret_n) MUST_USE;

/*
 * May the guardian still book for this one?  What began with a child ends on
 * the child's eighteenth birthday (T27); with an adult, when it is ended.
 */
bool person_is_ward(const struct ctx *, const struct person *);

/* ERR_CONFLICT: version is no longer the stored one, changed by somebody else. */
err person_update(struct ctx *, const struct person *) MUST_USE;
/* Inside a change: something was done for this person now; retention counts from here. */
err person_touch(struct ctx *, id) MUST_USE;

str person_name(struct arena *, const struct person *);		/* Marie Dupont: to the person */
str person_name_by_family(struct arena *, const struct person *);	/* Dupont Marie: staff's lists */

#endif
