/*
 * directory_int.h - the index as directory.c reads it and directory_search.c
 * looks through it.  For these two files only.
 */
#ifndef DIRECTORY_INT_H
#define DIRECTORY_INT_H

#include "practice/directory.h"

struct place {
	id	site;
	str	city, postal_code, folded;
};

struct entry_motive { id motive; str folded; };

struct entry {
	id			  practitioner;		/* first: entries are found by it */
	str			  slug, name, specialty;
	str			  name_folded, family_folded, specialty_folded;
	const struct place	**places;		/* of the part */
	size_t			  places_n, places_room;
	struct entry_motive	 *motives;		/* online ones, in the practice's order */
	size_t			  motives_n, motives_room;
};

/* One organisation, as it was at a version; never changed once it is in a snapshot. */
struct part {
	_Atomic int	 users;
	struct arena	 mem;
	id		 org;
	int64_t		 versions;
	str		 slug, name, zone, name_folded;
	struct place	*places;
	size_t		 places_n;
	struct entry	*entries;	/* by id */
	size_t		 entries_n;
};

struct snapshot {
	_Atomic int	 users;
	struct part	**parts;	/* by organisation */
	size_t		 n;
};

/* What the public may find now; to be given back. */
err  directory_take(struct ctx *, struct snapshot **ret) MUST_USE;
void directory_give_back(struct snapshot **);	/* for CLEANUP */

/* Folded, with the abbreviations of French communes written out: "st" is "saint". */
str  directory_fold_place(struct arena *, str);

#endif
