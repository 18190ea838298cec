/*
 * due.h - when a record's time has come, by the policy.
 * Pure: the rule and what has happened in a life in, instants out.
 * docs/policy.md, "Retention", is the contract; an independent oracle in
 * tests/policy recomputes every date from the policy's JSON.
 */
#ifndef DUE_H
#define DUE_H

#include "base/civil.h"
#include "oath/policy.h"

#define DUE_NEVER	INT64_MAX	/* an anchor has not happened yet */

/* A duration that the policy leaves to the practice ("parameter funder-convention required"). */
struct life_parameter { str name; struct duration value; };

/* What is known of the person, or of the record, that a rule looks at. */
struct life {
	const struct zone	*zone;			/* where months and years are counted */
	usec			 event[EVENT_COUNT];	/* 0: has not happened; EVENT_BIRTH is birth */
	bool			 has_birth;
	day			 birth;
	category_set		 present;		/* categories in which data exist */
	const struct life_parameter *parameters;	/* what this practice has set */
	size_t			 parameters_n;
};

struct due {
	const struct policy_keep *rule;	/* the one that governs: minor or general */
	usec	archive_at;		/* leaves the active base; DUE_NEVER: is not archived, or not yet */
	usec	dispose_at;		/* is erased or anonymised; never before the floor */
	usec	floor_at;		/* the law binds until then; 0: no floor */
	usec	ceiling_at;		/* must be gone by then */
};

/*
 * The dates of one category in a life.  ERR_NOT_FOUND: the policy has no rule
 * for the category.  ERR_INVALID: a required parameter is not set.
 */
err due_compute(const struct policy *, size_t category, const struct life *, struct due *ret) MUST_USE;

/* An instant and a calendar duration later, at the same local hour. */
usec due_add(const struct zone *, usec at, struct duration);

#endif
