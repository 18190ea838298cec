/*
 * server.h - the data folder, and what stands on it: store, vault, caches.
 *
 * The folder holds root.key and keys.db (vault/), serment.db unless the data
 * are elsewhere, recovery.pub, serment.conf if the operator made one, and
 * serment.lock, which whoever must be alone with the folder holds.
 */
#ifndef SERVER_H
#define SERVER_H

#include "app/clock.h"
#include "base/ctx.h"
#include "oath/promise.h"
#include "store/db.h"

#define FOLDER_DATA	"serment.db"
#define FOLDER_KEYS	"keys.db"
#define FOLDER_ROOT	"root.key"
#define FOLDER_KIT	"recovery-kit.txt"
#define FOLDER_PUBLIC	"recovery.pub"
#define FOLDER_CONFIG	"serment.conf"
#define FOLDER_LOCK	"serment.lock"

struct server_options {
	const char	*dir;
	const char	*store;		/* NULL or empty: serment.db in dir */
	const char	*now;		/* NULL: the machine's clock */
	int		 handles;	/* how many threads will ask for one */
	bool		 alone;		/* refuse while another server or filler runs on the folder */
};

struct server {
	struct arena		 mem;
	const char		*dir;
	struct clock		 clock;
	struct store		*store;
	struct vault		*vault;
	struct mint		 mint;
	struct free_cache	*free;
	struct plan_cache	*plans;
	struct directory	*directory;
	struct person_index	*people;
	struct budget		*budget;
	struct promise		 promise;	/* of the policy in force (in_force.h) */
	int			 lock;	/* -1: not held */
};

/*
 * Make a new data folder: keys, database, recovery kit.  ERR_CONFLICT: there is
 * one already, and nothing was touched.  ret_why (in mem) tells the operator.
 */
err  folder_init(struct arena *mem, const struct server_options *, str *ret_why) MUST_USE;

/* Open and migrate.  On error ret_why tells the operator what to do; mem holds it. */
err  server_open(struct arena *mem, const struct server_options *, struct server **ret,
	str *ret_why) MUST_USE;
void server_close(struct server **);	/* for CLEANUP */

/* A context of the server's own work, in this arena, through this handle. */
struct ctx server_ctx(struct server *, struct arena *, struct db *);

/* PostgreSQL, by its URL; else a file, or nothing. */
bool folder_store_is_url(const char *store);
/* SQLite's file of this folder, or the other place that was named. */
const char *folder_store(struct arena *, const char *dir, const char *store);

#endif
