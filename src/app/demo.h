/*
 * demo.h - a practice that does not exist: organisations, agenda and people,
 * all invented, for trying the program out and for measuring it.
 *
 * The same seed gives the same data relative to the same day.  Phone numbers
 * are of the ranges that the regulator keeps for fiction, addresses of domains
 * that nobody can own (RFC 2606).  What is written breaks none of the rules
 * that a real booking keeps; only its lines in the log are one a practice.
 */
#ifndef DEMO_H
#define DEMO_H

#include "app/server.h"
#include "base/buf.h"
#include "oath/promise.h"

enum {
	DEMO_ORGS_MAX = 1000,
	DEMO_PRACTITIONERS_MAX = 2000,		/* of each organisation */
	DEMO_PATIENTS_MAX = 1000 * 1000,
	DEMO_APPOINTMENTS_MAX = 10 * 1000 * 1000,
	DEMO_ROLES = 4,
};

struct demo_options {
	uint64_t	seed;
	int64_t		orgs, practitioners, patients, appointments;	/* all but orgs: of each */
	usec		now;		/* 0: the beginning of the server's day */
};

/* One practice of four and a few weeks: enough to walk through every page. */
extern const struct demo_options demo_default;

struct demo_org { id id; str slug, name; };

struct demo_account {
	size_t		org;		/* its place in demo_made.orgs */
	enum role	role;
	str		login, password;
	str		totp_secret;	/* base32 */
	str		api_token;	/* empty: a patient has none */
};

struct demo_made {
	struct demo_org		*orgs;
	size_t			 orgs_n;
	struct demo_account	*accounts;	/* DEMO_ROLES of each organisation */
	size_t			 accounts_n;
};

/*
 * ERR_CONFLICT: there are organisations already.  ERR_TOO_LARGE: so many
 * appointments do not fit so few practitioners.  ret_why tells the operator;
 * what was made until then stays, and the folder is to be thrown away.
 */
err  demo_fill(struct server *, struct arena *mem, const struct demo_options *,
	struct demo_made *ret, str *ret_why) MUST_USE;

/* The object that scripts read: see `serment demo --json`. */
void demo_json(const struct demo_made *, struct buf *);
/* Keep it as demo.json in the data folder, for its owner's eyes. */
err  demo_keep(struct server *, struct arena *mem, const struct demo_made *) MUST_USE;

/* For `serve --demo`: fill with the default if there is no organisation yet. */
err  demo_ensure(struct server *, struct arena *mem, str *ret_why) MUST_USE;

#endif
