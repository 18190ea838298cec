/*
 * scene.h - a practice to test in: the vault, two organisations, a site.
 * Used inside an ENGINE_TEST_SCHEMA, once; each test has a vault of its own.
 */
#ifndef SCENE_H
#define SCENE_H

#include "engine.h"
#include "oath/promise.h"
#include "practice/motive.h"

struct scene {
	struct ctx	*c;		/* of the organisation, as its administrator */
	struct ctx	 other;		/* the same server, seen from another organisation */
	id		 org, site, site_b;
};

/* *state of the test. */
struct scene scene_begin(void **state);

struct org  scene_org(str slug);	/* a form that is sound */
id scene_practitioner(struct ctx *, str given, str family);
id scene_motive(struct ctx *, str name);
/* The motive as the form says, whatever its version; who does it and with what stay. */
err scene_motive_save(struct ctx *, const struct motive *);

/* How many lines of the log name this action, for the organisation. */
int64_t scene_lines(struct ctx *, str action);
int64_t scene_count(struct ctx *, struct sql);	/* one bind: the organisation */

#define assert_err(call, want) assert_string_equal(err_name(call), err_name(want))
#define assert_ok(call) assert_err((call), OK)

#endif
