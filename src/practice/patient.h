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
