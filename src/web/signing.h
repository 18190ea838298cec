/*
 * signing.h - the way through sign-in, step by step, whichever page a step
 * belongs to: password, second proof, enrolment, choice of the practice, and
 * back to where one wanted to go.
 *
 * Who stands in a practice's role has given a second proof to this session or
 * to the one it was renewed from: such a role is entered from STAGE_FACTOR and
 * STAGE_ENROL, or from another staff role, never from a patient's.
 */
#ifndef SIGNING_H
#define SIGNING_H

#include "access/member.h"
#include "web/layout.h"
#include "web/web.h"

enum { CARRY_PATH_MAX = 1000, CARRY_FIELDS_MAX = 12 * 1024 };

/*
 * Where somebody was when he had to sign in.  A form whose session was gone is
 * carried in the pages of the sign-in themselves, never stored; afterwards it
 * is offered again, with a new form token, and sent when he says so.
 */
struct carry {
	str	back;		/* a page of ours; empty: home */
	str	path, fields;	/* of the form, without its token; empty: none */
};
/* Its fields, for every FORM of a step. */
#define CARRY_FORM	{ "retour", CARRY_PATH_MAX, false }, { "vers", CARRY_PATH_MAX, false }, \
	{ "saisie", CARRY_FIELDS_MAX, false }

/* What is not sound is dropped. */
struct carry carry_read(const struct web *);
void carry_fields(struct out *, const struct carry *);
/* The same path with ?retour=, for steps that a redirect leads to. */
str  carry_url(struct web *, str path, const struct carry *);

/* Begin a session, or go on with the token of its renewal: cookie, form token, actor, stage. */
err  signing_start(struct web *, id account, enum session_stage) MUST_USE;
err  signing_adopt(struct web *, str token) MUST_USE;

/* All proofs are given: into a role, then on.  patient: never into staff's. */
err  signing_complete(struct web *, bool patient) MUST_USE;
err  signing_arrive(struct web *, const struct carry *) MUST_USE;
/* To the step that this session waits for, or to the sign-in page. */
err  signing_lead(struct web *, const struct carry *) MUST_USE;
/*
 * For pages of one's own: if nobody is signed in, lead him there and back, with
 * what he typed unless it proves who he is; then it is answered.
 */
err  signing_require(struct web *, bool *ret_answered) MUST_USE;

/* A form came without a session: 401, the sign-in page, and the form in it. */
err  signing_interrupt(struct web *) MUST_USE;

/* Note it as the error of a field, say it in a header; the page is a 429. */
void signing_throttled(struct web *, const char *field, usec until);

str  signing_role_name(const struct web *, enum role);
/* What is wrong with a password, and what to do. */
str  signing_password_words(struct web *, enum password_fault);
/* The rules, before one is chosen. */
str  signing_password_hint(struct web *);

#endif
