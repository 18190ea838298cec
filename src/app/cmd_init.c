/* cmd_init.c - `serment init` and `serment version`. */
#include <stdio.h>

#include "app/commands.h"
#include "app/migrations.h"

enum exit_code
cmd_init(const struct arguments *a)
{
	struct server_options o = { .dir = command_dir(a), .store = argument(a, "store"), .handles = 1 };
	struct buf b = buf_in(a->mem, COMMAND_HELP_BYTES_MAX);
	str why = {0};

	if (o.dir == NULL)
		return EXIT_USAGE;
	if (folder_init(a->mem, &o, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	buf_printf(&b, "%s is ready.\n"
	    "Move %s/" FOLDER_KIT " away from this machine now: it opens every backup, and without it"
	    " no backup can be opened.\n"
	    "Next: serment org add --dir %s --slug my-practice --name \"My practice\"\n"
	    "      serment serve --dir %s\n", o.dir, o.dir, o.dir, o.dir);
	return command_print(&b);
}

enum exit_code
cmd_version(const struct arguments *a)
{
	struct buf b = buf_in(a->mem, COMMAND_HELP_BYTES_MAX);
	const struct migration *last = &migrations[migrations_n - 1];

	buf_printf(&b, "serment %s\nschema %04d_%s\n", SERMENT_VERSION, last->number, last->name);
	return command_print(&b);
}
