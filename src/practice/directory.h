/*
 * directory.h - whom the public can find: the listed practitioners of every
 * open organisation of this server, with their places and the motives that can
 * be booked online.  Nothing else of an organisation is in here.
 *
 * The index lies in memory, folded (fold.h), in one part an organisation.  A
 * part is read again when the version of its organisation or of its rules has
 * risen; we look for that at most every DIRECTORY_CHECK, so that a change is
 * found by the public within that time, on every server.
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "base/ctx.h"

enum {
	DIRECTORY_PAGE = 20,
	DIRECTORY_PAGES_MAX = 500,
	DIRECTORY_WORDS_MAX = 8,	/* of a question; further ones are not looked at */
	DIRECTORY_TYPO_LETTERS_MIN = 4,	/* shorter words must be right */
};
#define DIRECTORY_CHECK	(2 * USEC_PER_SECOND)

struct directory *directory_make(void);
void directory_end(struct directory *);		/* NULL is allowed */

struct directory_query {
	str	who;	/* words of names, specialties, practices or motives; empty: everybody */
	str	where;	/* a commune, a postal code, or both; empty: anywhere */
	int	page;	/* from 0 */
};

struct directory_hit {
	id		 org, practitioner, site;	/* site 0: no place is known */
	str		 org_slug, org_name, zone;
	str		 slug, name, specialty;
	str		 city, postal_code;		/* of site, the one that fits best */
	const id	*motives;	/* online ones; those that the words name come first */
	size_t		 motives_n;
};

struct directory_found {
	struct directory_hit	*hits;		/* of this page */
	size_t			 n;
	int64_t			 total;		/* on all pages */
	int64_t			 there;		/* of these, at the place itself */
	bool			 place_unknown;	/* hits are from anywhere, for nobody is near it */
};

/*
 * Every word must begin a word of the practitioner's, accents and case aside;
 * grammatical words count for nothing.  In this order: without a typing error,
 * then nearer (the place itself, then by common digits of the postal code, two
 * at least), then words of the name before specialty, practice and motive,
 * then by name.  One typing error a word is forgiven, last of all.
 */
err directory_search(struct ctx *, const struct directory_query *, struct directory_found *ret) MUST_USE;

#endif
