/* server.c - see server.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/file.h"
#include "app/in_force.h"
#include "app/migrations.h"
#include "app/server.h"
#include "base/log.h"
#include "practice/booking.h"
#include "practice/free.h"
#include "practice/person_search.h"
#include "practice/directory.h"
#include "practice/plan.h"
#include "privacy/budget.h"
#include "privacy/door.h"
#include "store/bulk.h"
#include "vault/stream.h"

enum { ROOT_BYTES_MAX = 4096 };

bool
folder_store_is_url(const char *store)
{
	return store != NULL && (str_starts(str_c(store), S("postgres://")) ||
	    str_starts(str_c(store), S("postgresql://")));
}

const char *
folder_store(struct arena *mem, const char *dir, const char *store)
{
	return store != NULL && store[0] != '\0' ? store : file_join(mem, dir, FOLDER_DATA);
}

static err
fail(str *ret_why, err e, str why)
{
	*ret_why = why;
	return e;
}

/* The lock is the kernel's: it goes with the process, however that ends. */
static err
lock_take(struct server *s, struct arena *mem, str *ret_why)
{
	s->lock = open(file_join(mem, s->dir, FOLDER_LOCK), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock < 0)
		return fail(ret_why, ERR_IO, str_printf(mem, "%s cannot be written to: %s", s->dir,
		    strerrordesc_np(errno)));
	if (flock(s->lock, LOCK_EX | LOCK_NB) != 0)
		return fail(ret_why, ERR_CONFLICT, str_printf(mem,
		    "another serment runs on %s; stop it first, nothing was changed", s->dir));
	return OK;
}

static err
vault_ready(struct server *s, struct arena *mem, str *ret_why)
{
	const char *dir = s->dir;
	err e = vault_open_dir(dir, door_opening, &s->vault);

	if (e == OK)
		return OK;
	if (e == ERR_NOT_FOUND)
		return fail(ret_why, e, str_printf(mem, "%s is no data folder: it has no " FOLDER_ROOT "."
		    "  Make one with `serment init --dir %s`, or name another folder", dir, dir));
	if (e == ERR_DENIED)
		return fail(ret_why, e, str_printf(mem, "%s/" FOLDER_ROOT " can be read by others than its"
		    " owner.  Nothing was opened; `chmod 0400 %s/" FOLDER_ROOT "`, and ask who has read it"
		    " meanwhile", dir, dir));
	if (e == ERR_SEALED)
		return fail(ret_why, e, str_printf(mem, "%s/" FOLDER_ROOT " does not belong to %s/" FOLDER_KEYS
		    ".  Nothing was changed; put the two of one day together, or restore a backup", dir, dir));
	return fail(ret_why, e, str_printf(mem, "%s/" FOLDER_KEYS " cannot be opened.  Nothing was changed;"
	    " see the line above, or restore a backup", dir));
}

static err
schema_ready(struct server *s, struct arena *mem, str *ret_why)
{
	static const char *const remedy = "ANALYZE";
	bool uncounted = false;
	struct db *db;
	err e;

	TRY(db_open(s->store, &db));
	*ret_why = S("the database could not be brought to this program's form; nothing was half done");
	e = migrate(db, mem, migrations, migrations_n, clock_now(&s->clock), ret_why);
	/* It serves all the same, only slower than it could. */
	if (e == OK && db_needs_analyze(db, &uncounted) == OK && uncounted)
		LOG_WARN("store", "PostgreSQL has never counted a large table", LOG_TEXT("remedy", remedy));
	db_close(db);
	return e;
}

static err
parts_open(struct server *s, struct arena *mem, const struct server_options *o, str *ret_why)
{
	const char *where = folder_store(&s->mem, o->dir, o->store);
	usec now = 0;

	if (o->now != NULL && clock_parse(str_c(o->now), &now) != OK)
		return fail(ret_why, ERR_INVALID,
		    S("--now takes a moment like 2026-11-23T08:00:00Z, or a date like 2026-11-23"));
	if (o->now != NULL)
		clock_set(&s->clock, now);
	if (o->alone && file_exists(file_join(mem, s->dir, FOLDER_ROOT)))
		TRY(lock_take(s, mem, ret_why));
	TRY(vault_ready(s, mem, ret_why));
	/* One more than asked for: the handle that migrates. */
	if (store_open(where, o->handles + 1, &s->store) != OK)
		return fail(ret_why, ERR_STORE, S("the database cannot be opened, see the line above;"
		    " nothing was changed"));
	TRY(schema_ready(s, mem, ret_why));
	mint_init(&s->mint, 0);
	s->free = free_make();
	s->plans = plan_cache_make();
	s->directory = directory_make();
	s->people = person_index_make();
	s->budget = budget_make(booking_expected);
	return in_force_put(s, mem, ret_why);
}

err
server_open(struct arena *mem, const struct server_options *o, struct server **ret, str *ret_why)
{
	CLEANUP(server_close) struct server *s = mem_alloc(1, sizeof(*s));

	s->lock = -1;
	s->dir = str_z(&s->mem, str_c(o->dir));
	*ret_why = S("it could not be opened, see the line above; nothing was changed");
	TRY(parts_open(s, mem, o, ret_why));
	*ret = s;
	s = NULL;
	return OK;
}

void
server_close(struct server **at)
{
	struct server *s = *at;

	*at = NULL;
	if (s == NULL)
		return;
	if (s->plans != NULL)
		plan_cache_end(s->plans);
	in_force_end(s);
	directory_end(s->directory);
	budget_end(s->budget);
	person_index_end(s->people);
	free_end(s->free);
	vault_close(s->vault);
	store_close(s->store);
	file_close(&s->lock);
	arena_free(&s->mem);
	mem_free(s);
}

struct ctx
server_ctx(struct server *s, struct arena *mem, struct db *db)
{
	return (struct ctx){ .mem = mem, .db = db, .vault = s->vault, .mint = &s->mint,
		.free = s->free, .plans = s->plans, .directory = s->directory, .people = s->people, .budget = s->budget,
		.role = ROLE_JOB, .now = clock_now(&s->clock) };
}

/* --- a new folder --- */

static str
kit_text(struct arena *mem, str secret, str public, str root)
{
	return str_printf(mem,
	    "Serment recovery kit\n\n"
	    "MOVE THIS FILE AWAY FROM THE SERVER (a USB stick or a sheet of paper in a safe), then\n"
	    "delete it here.  Whoever has it and a backup can read everything; without it, no\n"
	    "backup can be opened by anybody, not by us either.\n\n"
	    "recovery-key: %.*s\n"
	    "recovery-public: %.*s\n"
	    "root-key: %.*s\n\n"
	    "To bring a backup back:\n"
	    "  serment restore --from BACKUP --recovery THIS_FILE --dir NEW_FOLDER\n",
	    STR_FMT(secret), STR_FMT(public), STR_FMT(str_base64url(mem, root)));
}

static err
kit_write(struct arena *mem, const char *dir, str *ret_why)
{
	const char *kit = file_join(mem, dir, FOLDER_KIT);
	str secret, public, root;

	*ret_why = str_printf(mem, "the recovery kit could not be written to %s", kit);
	TRY(file_read(mem, file_join(mem, dir, FOLDER_ROOT), ROOT_BYTES_MAX, &root));
	TRY(recovery_make(mem, &secret, &public));
	TRY(file_write(mem, kit, kit_text(mem, secret, public, root), 0400));
	return file_write(mem, file_join(mem, dir, FOLDER_PUBLIC),
	    str_cat(mem, public, S("\n")), 0644);
}

err
folder_init(struct arena *mem, const struct server_options *o, str *ret_why)
{
	CLEANUP(server_close) struct server *s = NULL;
	err e;

	if (mkdir(o->dir, 0700) != 0 && errno != EEXIST)
		return fail(ret_why, ERR_IO, str_printf(mem, "%s cannot be made: %s", o->dir,
		    strerrordesc_np(errno)));
	/* A folder that was there may have been open to others until now. */
	if (chmod(o->dir, 0700) != 0)
		return fail(ret_why, ERR_IO, str_printf(mem, "%s is not ours: %s", o->dir,
		    strerrordesc_np(errno)));
	if ((o->store == NULL || o->store[0] == '\0') && file_exists(file_join(mem, o->dir, FOLDER_DATA)))
		return fail(ret_why, ERR_CONFLICT, str_printf(mem,
		    "%s already holds a %s; nothing was changed", o->dir, FOLDER_DATA));
	e = vault_init(o->dir);
	if (e == ERR_CONFLICT)
		return fail(ret_why, e, str_printf(mem,
		    "%s already is a data folder; nothing was changed", o->dir));
	if (e != OK)
		return fail(ret_why, e, str_printf(mem,
		    "no keys could be made in %s, see the line above", o->dir));
	TRY(kit_write(mem, o->dir, ret_why));
	return server_open(mem, o, &s, ret_why);
}
