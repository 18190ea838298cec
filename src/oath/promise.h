/*
 * promise.h - what this server promises: purposes, roles, cookies, durations, as
 * tables that the program acts by.  They are made from a policy (promise_of.h):
 * policies/default.policy until another one is put in force.
 */
#ifndef PROMISE_H
#define PROMISE_H

#include "base/str.h"

enum role {
	ROLE_PUBLIC = 0,	/* anybody, no session */
	ROLE_PATIENT = 1,	/* stored: never renumber */
	ROLE_SECRETARY = 2,
	ROLE_PRACTITIONER = 3,
	ROLE_ADMINISTRATOR = 4,
	ROLE_JOB = 5,		/* the server's own work: sending, purging */
	ROLE_COUNT
};
#define ROLE_BIT(role)	((uint32_t)1 << (role))
#define ROLES_STAFF	(ROLE_BIT(ROLE_SECRETARY) | ROLE_BIT(ROLE_PRACTITIONER) | ROLE_BIT(ROLE_ADMINISTRATOR))

enum purpose {
	PURPOSE_NONE = 0,	/* nothing about a person is read */
	PURPOSE_BOOK = 1,	/* stored in the journal: never renumber */
	PURPOSE_DESK = 2,	/* the practice runs its agenda */
	PURPOSE_NOTIFY = 3,	/* confirmations, changes, reminders */
	PURPOSE_ACCOUNT = 4,	/* a person's own account and appointments */
	PURPOSE_SECURE = 5,	/* sign-in, factors, audit */
	PURPOSE_MANAGE = 6,	/* staff, settings */
	PURPOSE_PUBLISH = 7,	/* the public pages of practitioners */
	PURPOSE_COUNT
};
#define PURPOSE_BIT(purpose)	((uint32_t)1 << (purpose))

enum cookie {
	COOKIE_SESSION,		/* staff and patient session */
	COOKIE_BOOKING,		/* the booking under way, for a guest */
	COOKIE_LANG,		/* the language that was chosen by hand */
	COOKIE_COUNT
};

struct cookie_promise {
	const char	*name;		/* with its __Host- prefix */
	bool		 declared;	/* false: it is never set */
	int64_t		 max_age_seconds;	/* 0: until the browser closes */
	bool		 script_reads;	/* false: HttpOnly */
};

enum { PROMISE_FIELDS_MAX = 400, POLICY_HASH_BYTES = 32 };

struct promise {
	str	policy_hash;			/* BLAKE2b of the canonical policy; empty: compiled in */
	uint32_t purposes;			/* those that exist at all */
	uint32_t role_purposes[ROLE_COUNT];	/* what each role may exercise */
	uint32_t field_purposes[PROMISE_FIELDS_MAX];	/* those that use the category of an enum field */
	uint32_t consent_purposes;		/* those that need a living consent of the person */
	uint32_t frozen_purposes;		/* those that a restriction leaves open (GDPR 18.2) */
	struct cookie_promise cookies[COOKIE_COUNT];

	usec	session_idle, session_absolute;	/* staff */
	usec	patient_idle, patient_absolute;
	usec	hold;			/* a slot kept while a form is filled */
	int	holds_per_peer;		/* kept at one time for one address, in one practice */
	int	drafts_per_contact;	/* begun and not proven, in an hour, with one e-mail address */
	int	ahead_per_person;	/* appointments to come that were booked online */
	int	ahead_per_contact;	/* the same, of all who share an e-mail address */
	usec	code_life;		/* a code sent by e-mail */
	int	code_tries;
	usec	invitation_life;
	usec	reset_life;		/* a link to choose a new password */
	usec	address_life;		/* links that confirm or stop a change of address */
	usec	manage_link_after_end;	/* cancel and move links outlive the appointment by this */
	usec	undo;			/* no notice of a change leaves before */
	int	password_length_min, password_length_max;
	int	signin_free_tries;	/* before waiting begins */
	int	signin_lock_tries;	/* before the lock */
	usec	signin_lock;
	usec	signin_memory;		/* tries are forgotten after so long without one */
	int	signin_peer_times;	/* an address may try so many times as often as a login */
	usec	log_life;		/* lines of the log; their hashes stay */
	int	public_requests_per_minute;	/* of one address, on what costs */
	int	budget_persons;		/* strangers' files that a reader may open in a window */
	usec	budget_window;
	int	budget_proven_times;	/* as many, after a second factor */
	usec	budget_past, budget_ahead;	/* with an appointment in this range, nobody is a stranger */
};

/* What is promised now.  The pointer stays good: a promise that was replaced is kept. */
const struct promise *promise(void);

/* From now on, for the whole process, this one; it must live to the end.  NULL: the default policy's. */
void promise_use(const struct promise *);
const struct promise *promise_default(void);

#endif
