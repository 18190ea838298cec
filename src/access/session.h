/*
 * session.h - who is at the other end of a browser, since when, and for which
 * organisation.
 *
 * The browser holds a random token, the database its hash.  The token changes
 * whenever what it may do changes (sign-in, factor, organisation), and the old
 * one dies in the same change: a token planted or seen before is worth nothing
 * after (T24, R62).  A session is of one organisation and one role at a time (T7).
 * It ends when idle, when old, when the membership ends, when the account closes.
 */
#ifndef SESSION_H
#define SESSION_H

#include "base/ctx.h"
#include "oath/promise.h"

enum {
	SESSION_LIST_MAX = 200,
	SESSION_DEVICE_BYTES_MAX = 60,
};

/* Stored: never renumber. */
enum session_stage {
	STAGE_FACTOR = 1,	/* password given; a second proof is awaited */
	STAGE_ENROL = 2,	/* password given; a second factor must be set up first */
	STAGE_COMPLETE = 3,
};

struct session {
	id			id, account;
	id			org;	/* 0: none chosen yet */
	enum role		role;	/* ROLE_PUBLIC while none is chosen */
	enum session_stage	stage;
	usec			created_at, seen_at;
	str			device;	/* "Firefox, Linux"; empty: unknown */
	id			practitioner, person;	/* whom the membership names; 0: nobody */
};

/* What a session is to become. */
struct session_grant {
	enum session_stage	stage;
	id			org;
	enum role		role;
};

/*
 * Begin one.  ERR_DENIED: no live membership of that organisation and role.
 * ret_token goes into the cookie, and nowhere else.
 */
err session_start(struct ctx *, id account, const struct session_grant *, str device,
	str *ret_token) MUST_USE;

/*
 * Find it by its token, and note that it was seen (once a minute at most).
 * ERR_NOT_FOUND: none.  ERR_EXPIRED: idle or too old.  ERR_DENIED: its account
 * is closed or its membership has ended.  Never inside a change.
 */
err session_find(struct ctx *, str token, struct session *ret) MUST_USE;
/* The same for what a page asks by itself: nobody was at it, so it still grows idle. */
err session_look(struct ctx *, str token, struct session *ret) MUST_USE;

/*
 * When it ends if nothing more is asked.  ret_final: asking does not put that off,
 * for it will be as old as a session may become.
 */
usec session_ends_at(const struct session *, bool *ret_final);

/*
 * Another token for another grant; the given one is dead when it returns.
 * created_at stays: the absolute limit counts from the sign-in.
 * ERR_DENIED: no such membership.  ERR_NOT_FOUND: no such session, or a race
 * was lost against another renewal.  That the proof for the stage was given
 * is the caller's knowledge.
 */
err session_renew(struct ctx *, str token, const struct session_grant *, str *ret_token) MUST_USE;

/* Sign out.  OK also when there was none. */
err session_end(struct ctx *, str token) MUST_USE;
/* One of this account's, from the list.  ERR_NOT_FOUND: none of its own. */
err session_end_one(struct ctx *, id account, id session) MUST_USE;
/* All of this account's but keep (0: all).  Joins an open change. */
err session_end_others(struct ctx *, id account, id keep, int64_t *ret_n) MUST_USE;
/* All of a membership that has ended.  Joins an open change. */
err session_end_membership(struct ctx *, id account, id org, enum role) MUST_USE;

/* Those that still live, last seen first. */
err session_list(struct ctx *, id account, struct session **ret, size_t *ret_n) MUST_USE;

/* A job: drop what has expired. */
err session_purge(struct ctx *, int64_t *ret_n) MUST_USE;

/* The browser and the system that a User-Agent speaks of; empty: neither was recognised. */
str session_device(struct arena *, str user_agent);

/*
 * The word that a form must carry, bound to the cookie's token: of a session,
 * or of a guest's booking under way.  An empty token has none that is right.
 */
err  session_csrf(struct ctx *, str token, str *ret) MUST_USE;
bool session_csrf_ok(struct ctx *, str token, str given);

#endif
