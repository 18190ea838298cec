/*
 * engine.h - a storage test runs on both engines, each time with a new database.
 *
 *	const struct CMUnitTest tests[] = {
 *		ENGINE_TEST(a_change_that_is_not_committed_leaves_nothing),
 *		ENGINE_TEST_SCHEMA(two_bookings_of_one_cell_never_both_commit),
 *	};
 *
 * In the test *state is a `struct ctx *` with mem, db, mint and now.
 * PostgreSQL is a private server, one for the whole test program, or the one
 * that SERMENT_TEST_PG names; not installed, its tests are skipped, aloud.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/db.h"

#define ENGINE_NOW	(INT64_C(1795392000) * USEC_PER_SECOND)	/* 2026-11-23T00:00:00Z */

struct engine_case {
	CMUnitTestFunction	run;
	bool			schema;	/* sql/ has been applied; else the database is empty */
};

int  engine_setup_sqlite(void **state);
int  engine_setup_postgres(void **state);
int  engine_teardown(void **state);
void engine_run(void **state);

#define ENGINE_CASE_(f, engine, schema) { #f "_on_" #engine, engine_run, \
	engine_setup_##engine, engine_teardown, &(struct engine_case){ (f), (schema) } }
#define ENGINE_TEST(f) \
	ENGINE_CASE_(f, sqlite, false), ENGINE_CASE_(f, postgres, false)
#define ENGINE_TEST_SCHEMA(f) \
	ENGINE_CASE_(f, sqlite, true), ENGINE_CASE_(f, postgres, true)
#define ENGINE_TEST_SQLITE(f)	ENGINE_CASE_(f, sqlite, false)
#define ENGINE_TEST_POSTGRES(f)	ENGINE_CASE_(f, postgres, false)

/* The test's store, for more handles; and its path or URL, for a second store. */
struct store *engine_store(struct ctx *);
const char   *engine_where(struct ctx *);
bool	      engine_is_sqlite(struct ctx *);

/* A statement that must succeed, of no or of many rows. */
void engine_must(struct db *, struct sql);

#endif
