/* cmd_backup.c - `serment backup` and `serment restore`. */
#include "app/backup.h"
#include "app/commands.h"

enum exit_code
cmd_backup(const struct arguments *a)
{
	struct clock machine = {0};
	struct backup_options o = { .dir = command_dir(a), .out = argument(a, "out"),
		.now = clock_now(&machine) };
	struct buf b = buf_in(a->mem, COMMAND_HELP_BYTES_MAX);
	struct backup_made made;
	str why = {0};

	if (o.dir == NULL)
		return EXIT_USAGE;
	if (o.out == NULL) {
		(void)command_failed("backup needs --out FILE");
		return EXIT_USAGE;
	}
	if (!command_store(a, o.dir, &o.store))
		return EXIT_FAILED;
	if (backup_make(a->mem, &o, &made, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	buf_printf(&b, "%s.data: %lld bytes\n%s.keys: %lld bytes\nKeep them apart, and %s.keys for a week"
	    " at most.\n", o.out, (long long)made.bytes[ARCHIVE_DATA], o.out,
	    (long long)made.bytes[ARCHIVE_KEYS], o.out);
	return command_print(&b);
}

enum exit_code
cmd_restore(const struct arguments *a)
{
	struct restore_options o = { .from = argument(a, "from"), .kit = argument(a, "recovery"),
		.dir = command_dir(a), .store = argument(a, "store") };
	struct buf b = buf_in(a->mem, COMMAND_HELP_BYTES_MAX);
	struct restore_proof proof;
	str why = {0};

	if (o.dir == NULL)
		return EXIT_USAGE;
	if (o.from == NULL || o.kit == NULL) {
		(void)command_failed("restore needs --from FILE and --recovery KIT");
		return EXIT_USAGE;
	}
	if (o.store != NULL && !folder_store_is_url(o.store)) {
		(void)command_failed("restore takes --store postgres://user@host/name only; without it the data come"
		    " into the folder");
		return EXIT_USAGE;
	}
	if (restore_run(a->mem, &o, &proof, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	bool postgres = o.store != NULL;
	buf_printf(&b, "%s holds the backup of %.*s.  Proven:\n"
	    "  %s\n"
	    "  %lld rows, as many as the manifest says, table by table\n"
	    "  %s\n"
	    "  the log holds, %lld lines\n"
	    "Who was erased since this backup was made must be erased again.\n%s",
	    o.dir, STR_FMT(proof.made_at), postgres ? "the keys pass their own check, the tables have come whole" :
	    "both databases pass their own check", (long long)proof.rows,
	    proof.opened ? "a sealed row opens with these keys" : "there was no sealed row to open",
	    (long long)proof.lines, postgres ? "Serve it with the same --store.\n" : "");
	return command_print(&b);
}
