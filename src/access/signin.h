/*
 * signin.h - the first proof: a login and its password.
 *
 * A password alone never opens anything (R54): the answer says which second
 * proof the session awaits.  For an unknown login the same work is done, the
 * same rows are written and the same answer is given as for a wrong password
 * (T21, T22).  Tries are throttled by login and by peer.
 */
#ifndef SIGNIN_H
#define SIGNIN_H

#include "access/session.h"

struct signin_try {
	str	login, password;
	str	peer;		/* the address that tries */
};

struct signin {
	id			account;
	enum session_stage	stage;	/* FACTOR or ENROL: with which a session starts */
	bool			enrolled;	/* has a TOTP factor; FACTOR without: a code by mail */
};

/* ERR_DENIED: wrong.  ERR_THROTTLED: too early.  Never inside a change. */
err signin_password(struct ctx *, const struct signin_try *, struct signin *ret) MUST_USE;

/* When that login may be tried again from that peer; ctx.now or earlier: at once. */
err signin_next_at(struct ctx *, str login, str peer, usec *ret) MUST_USE;

#endif
