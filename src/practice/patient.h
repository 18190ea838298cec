/*
 * patient.h - a patient's own account: which practices know the address that
 * it has proven, and the appointments there.
 *
 * Whoever reads a mailbox gets the messages of all who gave that address, and
 * of those for whom they book: the account shows the same appointments, and
 * those of the person that it is, who may have given another address.
 * Each organisation's rows are read as that organisation's, in the role of a
 * patient; a membership of each says that the address was known there.
 */
#ifndef PATIENT_H
#define PATIENT_H

#include "practice/booking.h"
#include "practice/practitioner.h"

enum {
	PATIENT_VISITS_MAX = 500,	/* shown; the newest of each person come first */
	PATIENT_PAST_MAX = 20,		/* of one person */
};

/*
 * The account's address was proven just now: make it a patient of every open
 * organisation that has a person of that address.  Repeating it changes nothing.
 * ret_n: how many were added.  Opens the account (PURPOSE_SECURE).  Never inside a change.
 */
err patient_link(struct ctx *, id account, int64_t *ret_n) MUST_USE;

/*
 * The account's address was changed: where it is a patient, its own record and
 * those of its relatives that had the old one get the new one, each in a change
 * of its own.  Others who share that mailbox keep it.  Opens persons
 * (PURPOSE_ACCOUNT).  Repeating it changes nothing.  Never inside a change.
 */
struct patient_address { str old, new; };
err patient_follow(struct ctx *, id account, const struct patient_address *) MUST_USE;

/* One whom the account may book for: itself, or a relative. */
struct patient_relative {
	id		org;		/* that knows this person */
	str		org_name;
	struct person	person;
	id		self;		/* the account's own person there, */
	str		family, given, phone;	/* and what is known of it */
};
/*
 * Of ctx.actor: those that first's practice knows first (0: none in particular),
 * each name and birth date once; at most PERSON_RELATIVES_MAX.  Opens persons for
 * that purpose.
 */
err patient_family(struct ctx *, enum purpose, id first, struct patient_relative **ret, size_t *ret_n) MUST_USE;
/*
 * End a relation, from either side: ctx.actor books for that person no longer,
 * sees nothing of his, and messages about him go no longer to the address that
 * was the guardian's.  ERR_NOT_FOUND: there is none.  Opens persons
 * (PURPOSE_ACCOUNT).  Never inside a change.
 */
err patient_release(struct ctx *, id org, id person) MUST_USE;

struct patient_visit {
	const struct org	*org;
	struct booking		 booking;
	struct practitioner	 practitioner;
	struct site		 site;
	str			 who;		/* the patient's name */
	str			 link;		/* token of its page */
	bool			 to_come;
};

/*
 * Of ctx.actor: to come first, soonest first, then past ones, last first.
 * Opens persons (PURPOSE_ACCOUNT) and the account (PURPOSE_SECURE).
 */
err patient_visits(struct ctx *, struct patient_visit **ret, size_t *ret_n) MUST_USE;

#endif
