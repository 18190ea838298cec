/* cmd_doctor.c - `serment doctor`: a line for each check; nothing is changed, nothing is migrated. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "access/audit.h"
#include "app/backup.h"
#include "app/commands.h"
#include "app/config.h"
#include "app/file.h"
#include "app/migrations.h"
#include "store/bulk.h"
#include "vault/vault.h"

enum { MIB = 1 << 20, DISK_MIB_MIN = 500 };
#define CLOCK_YEAR_2024	(INT64_C(1704067200) * USEC_PER_SECOND)

struct doctor {
	const struct arguments	*a;
	const char		*dir, *where;
	struct ctx		 c;
	struct store		*store;
	struct vault		*vault;
	struct db		*db;
	struct buf		 out;
	int			 findings;
};

static void note(struct doctor *, const char *mark, const char *check, const char *format, ...)
	PRINTF_LIKE(4, 5);

#define FINE	"ok  "
#define HINT	"note"
#define WRONG	"BAD "

static void
note(struct doctor *d, const char *mark, const char *check, const char *format, ...)
{
	char text[512];
	va_list list;

	va_start(list, format);
	(void)vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	buf_printf(&d->out, "%s  %-12s %s\n", mark, check, text);
	d->findings += strcmp(mark, WRONG) == 0;
}

/* --- files --- */

static void
check_mode(struct doctor *d, const char *path, mode_t forbidden, const char *repair)
{
	struct stat st;

	if (stat(path, &st) != 0)
		note(d, WRONG, "permissions", "%s is not there", path);
	else if ((st.st_mode & forbidden) != 0)
		note(d, WRONG, "permissions", "%s has mode %04o; repair: chmod %s %s", path,
		    (unsigned)(st.st_mode & 07777), repair, path);
	else
		note(d, FINE, "permissions", "%s", path);
}

static void
check_files(struct doctor *d)
{
	struct arena *mem = d->a->mem;

	check_mode(d, d->dir, S_IRWXG | S_IRWXO, "0700");
	check_mode(d, file_join(mem, d->dir, FOLDER_ROOT), S_IRWXG | S_IRWXO, "0400");
	check_mode(d, file_join(mem, d->dir, FOLDER_KEYS), S_IRWXG | S_IRWXO, "0600");
	if (file_exists(d->where))
		check_mode(d, d->where, S_IRWXG | S_IRWXO, "0600");
	if (file_exists(file_join(mem, d->dir, FOLDER_KIT)))
		note(d, HINT, "recovery", FOLDER_KIT " still lies on this machine: move it to a safe place");
	else
		note(d, FINE, "recovery", "the recovery kit is elsewhere");
	if (!file_exists(file_join(mem, d->dir, FOLDER_PUBLIC)))
		note(d, WRONG, "recovery", "without " FOLDER_PUBLIC
		    " no backup can be made; its line stands in the kit");
}

/* The law asks who runs a public server; the page says it, or says that it does not know. */
static void
check_notice(struct doctor *d, const struct config *config)
{
	str unsaid = config_unsaid(d->a->mem, config);

	if (unsaid.n == 0)
		note(d, FINE, "notice", "/mentions-legales names operator and host");
	else
		note(d, HINT, "notice", "/mentions-legales cannot say all: set %.*s", STR_FMT(unsaid));
}

static void
check_config(struct doctor *d)
{
	const char *file = argument(d->a, "config");
	struct config config;
	str why;

	config_defaults(&config);
	if (file == NULL)
		file = file_join(d->a->mem, d->dir, FOLDER_CONFIG);
	if (!file_exists(file)) {
		note(d, FINE, "config", "no file, all defaults");
	} else if (config_read(d->a->mem, file, &config, &why) != OK ||
	    config_check(d->a->mem, &config, &why) != OK) {
		note(d, WRONG, "config", "%.*s", STR_FMT(why));
		return;
	} else {
		note(d, FINE, "config", "%s", file);
	}
	check_notice(d, &config);
}

static void
check_disk(struct doctor *d)
{
	struct statvfs v;
	struct stat st;

	if (statvfs(d->dir, &v) != 0) {
		note(d, WRONG, "disk", "the free space is unknown");
		return;
	}
	uint64_t free_mib = (uint64_t)v.f_bavail * v.f_frsize / MIB;
	uint64_t data_mib = stat(d->where, &st) == 0 ? (uint64_t)st.st_size / MIB : 0;
	/* A backup makes one copy of the database before it seals it. */
	bool enough = free_mib >= DISK_MIB_MIN && free_mib >= 2 * data_mib;
	note(d, enough ? FINE : WRONG, "disk", "%" PRIu64 " MiB free, the data take %" PRIu64
	    "%s", free_mib, data_mib, enough ? "" : "; make room before it is full");
}

/* --- what lies in the files --- */

static void
check_keys(struct doctor *d)
{
	err e = vault_open_dir(d->dir, audit_opening, &d->vault);

	if (e == OK)
		note(d, FINE, "keys", FOLDER_ROOT " opens " FOLDER_KEYS);
	else
		note(d, WRONG, "keys", "%s", e == ERR_SEALED ?
		    FOLDER_ROOT " and " FOLDER_KEYS " do not belong together: restore a backup" :
		    "the keys do not open, see the line above");
}

static void
check_schema(struct doctor *d)
{
	const int known = migrations[migrations_n - 1].number;
	int64_t number;
	err e = db_one_int(d->db, SQL("SELECT COALESCE(MAX(number), 0) FROM schema_step"), NULL, 0, &number);

	if (e != OK)
		note(d, WRONG, "schema", "this database has none; is it a serment database?");
	else if (number > known)
		note(d, WRONG, "schema", "step %" PRId64 ", newer than this program's %d: use the newer program",
		    number, known);
	else if (number < known)
		note(d, HINT, "schema", "step %" PRId64 "; the next start brings it to %d", number, known);
	else
		note(d, FINE, "schema", "step %" PRId64, number);
}

static void
check_whole(struct doctor *d)
{
	str said = {0};

	if (!store_is_sqlite(d->store)) {
		note(d, FINE, "integrity", "PostgreSQL looks after it");
		return;
	}
	err e = database_check(d->db, d->a->mem, &said);
	if (e == OK)
		note(d, FINE, "integrity", "the database passes its own check");
	else if (e == ERR_SEALED)
		note(d, WRONG, "integrity", "%.*s: restore a backup", STR_FMT(str_slice(said, 0, 200)));
	else
		note(d, WRONG, "integrity", "the database cannot be read: restore a backup");
}

static void
check_log(struct doctor *d)
{
	int64_t lines = 0, seq = 0;

	if (d->vault == NULL) {
		note(d, WRONG, "log", "without its keys the log cannot be verified");
		return;
	}
	d->c.vault = d->vault;
	err e = audit_verify(&d->c, &lines, &seq);
	if (e == OK)
		note(d, FINE, "log", "the log holds, %" PRId64 " lines", lines);
	else if (e == ERR_SEALED)
		note(d, WRONG, "log", "it does not hold from line %" PRId64 " on: keep this database as evidence;"
		    " `serment audit verify` says more", seq);
	else
		note(d, WRONG, "log", "the log cannot be read");
}

/* Bookings fall to a third when PostgreSQL believes that the agenda is a few rows. */
static void
check_statistics(struct doctor *d)
{
	bool needs = false;

	if (store_is_sqlite(d->store))
		return;
	if (db_needs_analyze(d->db, &needs) != OK)
		note(d, WRONG, "statistics", "they cannot be read, see the line above");
	else if (needs)
		note(d, WRONG, "statistics", "PostgreSQL has never counted a large table: run ANALYZE in this database,"
		    " and leave its autovacuum on");
	else
		note(d, FINE, "statistics", "PostgreSQL knows how large the tables are");
}

/* Nothing can have happened in the future: then the clock was, or is, wrong. */
static void
check_clock(struct doctor *d)
{
	int64_t last = 0;

	if (db_one_int(d->db, SQL("SELECT COALESCE(MAX(at), 0) FROM audit"), NULL, 0, &last) != OK)
		return;
	if (d->c.now < CLOCK_YEAR_2024)
		note(d, WRONG, "clock", "this machine believes to live before 2024: set its clock");
	else if (last > d->c.now + 5 * USEC_PER_MINUTE)
		note(d, WRONG, "clock", "the log has lines from the future: the clock was ahead, or is behind now");
	else
		note(d, FINE, "clock", "not behind the last line of the log");
}

static void
check_database(struct doctor *d)
{
	/* The engine would make an empty file: that is for init to do. */
	bool url = str_find_str(str_c(d->where), S("://")) >= 0;

	if (!url && !file_exists(d->where)) {
		note(d, WRONG, "database", "%s is not there", d->where);
		return;
	}
	if (store_open(d->where, 1, &d->store) != OK || db_open(d->store, &d->db) != OK) {
		note(d, WRONG, "database", "it does not open, see the line above");
		return;
	}
	d->c.db = d->db;
	check_schema(d);
	check_whole(d);
	check_statistics(d);
	check_log(d);
	check_clock(d);
}

enum exit_code
cmd_doctor(const struct arguments *a)
{
	struct clock machine = {0};
	struct doctor d = { .a = a, .dir = command_dir(a), .out = buf_in(a->mem, COMMAND_HELP_BYTES_MAX) };
	const char *store;

	if (d.dir == NULL)
		return EXIT_USAGE;
	if (!command_store(a, d.dir, &store))
		return EXIT_FAILED;
	if (file_folder_empty(d.dir))
		return command_failed("%s is not there, or empty; make a data folder with `serment init`", d.dir);
	d.where = folder_store(a->mem, d.dir, store);
	d.c = (struct ctx){ .mem = a->mem, .now = clock_now(&machine), .role = ROLE_JOB };
	check_files(&d);
	check_config(&d);
	check_disk(&d);
	check_keys(&d);
	check_database(&d);
	db_close(d.db);
	store_close(d.store);
	vault_close(d.vault);
	if (d.findings > 0)
		buf_printf(&d.out, "%d finding%s.\n", d.findings, d.findings == 1 ? "" : "s");
	enum exit_code code = command_print(&d.out);
	return d.findings > 0 ? EXIT_FAILED : code;
}
