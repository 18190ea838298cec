/*
 * consent.h - who agreed to what, when, shown which words (GDPR 7; R9, R10).
 *
 * A ledger: giving and withdrawing add a row, nothing is changed.  Each purpose
 * is agreed to by itself.  What counts is the newest row of a person and a
 * purpose; a withdrawal takes as many steps as the giving and works at once.
 * It does not undo what was done before (IA-p13).
 */
#ifndef CONSENT_H
#define CONSENT_H

#include "base/ctx.h"
#include "oath/promise.h"

enum {
	CONSENT_WORDS_BYTES_MAX = 8000,
	CONSENT_HISTORY_MAX = 200,
};

/* Stored: never renumber. */
enum consent_act { CONSENT_GIVEN = 1, CONSENT_WITHDRAWN = 2 };
enum consent_source {
	CONSENT_BY_PAGE = 1,		/* the person, on a page of ours */
	CONSENT_BY_STAFF = 2,		/* said at the desk, noted there */
	CONSENT_BY_LINK = 3,		/* a link in a message */
	CONSENT_BY_MAIL = 4,		/* a request by e-mail */
};

struct consent {
	id			id, person;
	enum purpose		purpose;
	enum consent_act	act;
	enum consent_source	source;
	usec			at;
	str			text_hash;	/* of the words; of a withdrawal: empty */
	str			policy_hash;	/* of the policy then in force */
	id			actor;
	int			role;
};

/*
 * Add a row.  Giving: the words that were shown are kept beside it, once for
 * all who saw the same.  ERR_INVALID: the purpose does not rest on consent, or
 * there are no words.  ERR_TOO_LARGE: past CONSENT_WORDS_BYTES_MAX.  Giving
 * twice and withdrawing what was not given add nothing.  Join an open change.
 */
err consent_give(struct ctx *, id person, enum purpose, str words, enum consent_source) MUST_USE;
err consent_withdraw(struct ctx *, id person, enum purpose, enum consent_source) MUST_USE;

/* Does each of them agree, now? */
err consent_lives(struct ctx *, enum purpose, const id *persons, size_t n, bool *ret) MUST_USE;

/* Newest first, at most CONSENT_HISTORY_MAX. */
err consent_history(struct ctx *, id person, struct consent **ret, size_t *ret_n) MUST_USE;
/* The very words.  ERR_NOT_FOUND: none of that hash. */
err consent_words(struct ctx *, str text_hash, str *ret, enum lang *ret_lang) MUST_USE;

#endif
