/*
 * token.h - what a program shows instead of signing in: a bearer token of one
 * device, of one account in one organisation and role, for the scopes it names.
 *
 * Shown once, stored hashed.  It dies when revoked, when its membership ends,
 * or when its account closes.
 */
#ifndef TOKEN_H
#define TOKEN_H

#include "base/ctx.h"
#include "oath/promise.h"

enum {
	TOKEN_NAME_BYTES_MAX = 80,
	TOKEN_LIVE_MAX = 50,		/* of one account in one organisation */
};

/* Bits, stored: never renumber. */
enum token_scope {
	SCOPE_BOOKINGS_READ = 1,
	SCOPE_BOOKINGS_WRITE = 2,
	SCOPE_AGENDA_READ = 4,
	SCOPE_AGENDA_WRITE = 8,
	SCOPES_ALL = 15,
};

struct token {
	id		id, account, org;
	enum role	role;
	id		practitioner, person;	/* whom the membership names; 0: nobody */
	uint32_t	scopes;
	str		name;			/* of the device, as its owner called it */
	usec		created_at, seen_at, revoked_at;	/* 0: never */
};

struct token_new {
	id		account;
	enum role	role;
	str		name;
	uint32_t	scopes;
};

/*
 * One for ctx.org.  ERR_INVALID: no name or no scope, or unknown ones.
 * ERR_DENIED: no such membership.  ERR_TOO_LARGE: a longer name or more tokens
 * than stated above.
 */
err token_create(struct ctx *, const struct token_new *, str *ret_text, id *ret_id) MUST_USE;

/*
 * Whose it is: one indexed read, and a write once a minute at most.
 * ERR_NOT_FOUND: nobody's.  ERR_DENIED: it was good once.  Never inside a change.
 */
err token_find(struct ctx *, str text, struct token *ret) MUST_USE;

/* Of this account in ctx.org, newest first, revoked ones too, at most twice TOKEN_LIVE_MAX. */
err token_list(struct ctx *, id account, struct token **ret, size_t *ret_n) MUST_USE;

/* ERR_NOT_FOUND: this account has no such live token in ctx.org. */
err token_revoke(struct ctx *, id account, id token) MUST_USE;
/* All of an account, everywhere; for a new password.  Joins an open change. */
err token_revoke_all(struct ctx *, id account, int64_t *ret_n) MUST_USE;

#endif
