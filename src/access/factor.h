/*
 * factor.h - the second factor: codes from an authenticator program, and ten
 * recovery codes for the day when it is lost (R54).
 *
 * The secret of an enrolment under way is stored nowhere: it is derived, with
 * the server's key, from account, session and the last step used, so that the
 * page may be reloaded and another session sees another secret.  It is sealed
 * into the account when a right code has proven that the program knows it.
 * Wrong codes are throttled by account; a code works once, however many ask.
 * All open the account's envelopes for PURPOSE_SECURE.
 */
#ifndef FACTOR_H
#define FACTOR_H

#include "base/ctx.h"

enum { FACTOR_CODES = 10 };

/* What the page of enrolment shows. */
struct factor_setup {
	str	secret;	/* base32, to type in */
	str	uri;	/* for the QR code */
};

/* xxxx-xxxx, shown once. */
struct factor_codes { str code[FACTOR_CODES]; };

/*
 * Begin, or replace a factor: then the page has asked for a code of the old
 * one, or a recovery code, at its door.  issuer: under which name the program
 * files it.  ERR_NOT_FOUND: no such account, or closed.
 */
err factor_begin(struct ctx *, id account, id session, str issuer, struct factor_setup *ret) MUST_USE;

/*
 * The program knows the secret: it is the factor from now on, with new
 * recovery codes.  ERR_DENIED: a wrong code.  ERR_THROTTLED: too many.
 * ERR_CONFLICT: another confirmation, or a use of the factor, was faster.
 */
err factor_confirm(struct ctx *, id account, id session, str code, struct factor_codes *ret) MUST_USE;

/*
 * A code of the program.  ERR_DENIED: wrong, or used before.  ERR_THROTTLED.
 * ERR_NOT_FOUND: no factor is set up.  Never inside a change.
 */
err factor_check(struct ctx *, id account, str code) MUST_USE;

/* A recovery code, with or without its dash; ret_left: how many remain.  As factor_check. */
err factor_recover(struct ctx *, id account, str code, int64_t *ret_left) MUST_USE;

/* How many recovery codes are not used yet. */
err factor_codes_left(struct ctx *, id account, int64_t *ret) MUST_USE;

/* Ten new ones; the old ones are void.  ERR_NOT_FOUND: no factor is set up. */
err factor_renew_codes(struct ctx *, id account, struct factor_codes *ret) MUST_USE;

/*
 * Take the factor away from somebody who lost everything, and end his
 * sessions: the next sign-in enrols anew.  For an administrator of ctx.org, if the
 * account is a member there and nowhere else (ERR_DENIED otherwise: no
 * organisation opens a door of another); with ctx.org 0, for the operator.
 */
err factor_reset(struct ctx *, id account) MUST_USE;

#endif
