/*
 * folder.h - a data folder of one's own for a test, on either engine, and a
 * server opened on it.
 */
#ifndef TEST_FOLDER_H
#define TEST_FOLDER_H

#include "app/demo.h"
#include "engine.h"

#define FOLDER_NOW	"2026-11-23T09:00:00Z"
#define assert_err(call, want) assert_string_equal(err_name(call), err_name(want))
#define assert_ok(call) assert_err((call), OK)

struct folder {
	struct arena	 mem;
	char		 path[64];	/* removed by folder_end */
	struct server	*server;
	struct db	*db;
	struct ctx	 c;		/* a job's, of no organisation */
};

/* The folder only, not made yet: path names it. */
void folder_begin(struct folder *);
/* With keys, database and a server at FOLDER_NOW; store NULL: SQLite inside the folder. */
void folder_open(struct folder *, const char *store);
void folder_close(struct folder *);	/* the server; the folder stays */
void folder_end(struct folder *);

/* A small practice, the same each time. */
struct demo_options folder_small(void);
struct demo_made folder_fill(struct folder *, struct demo_options);

#endif
