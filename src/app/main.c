/* main.c - finds the command; everything else stands in its cmd_<name>.c. */
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "app/commands.h"

enum {
	STACK_BYTES = 512 * 1024,	/* a thread's, of which most is never touched */
	HEAPS = 2,			/* more of them only keep what other threads gave back */
};

static enum exit_code
usage(const char *command, str why)
{
	(void)fprintf(stderr, "serment%s%s: %.*s; `serment %s%s--help` explains\n",
	    command[0] != '\0' ? " " : "", command, STR_FMT(why), command, command[0] != '\0' ? " " : "");
	return EXIT_USAGE;
}

static enum exit_code
run(struct arena *mem, int argc, char **argv)
{
	struct buf help = buf_in(mem, COMMAND_HELP_BYTES_MAX);
	const struct command *command;
	struct arguments a;
	str why = {0};

	if (argc < 2)
		return usage("", S("which command?"));
	if (str_eq(str_c(argv[1]), S("--help")) || str_eq(str_c(argv[1]), S("help"))) {
		command_help(NULL, &help);
		return command_print(&help);
	}
	if (str_eq(str_c(argv[1]), S("--version")))
		argv[1] = (char[]){ "version" };
	if ((command = command_find(str_c(argv[1]))) == NULL)
		return usage("", str_printf(mem, "no such command: %s", argv[1]));
	for (int i = 2; i < argc; i++) {
		if (str_eq(str_c(argv[i]), S("--help"))) {
			command_help(command, &help);
			return command_print(&help);
		}
	}
	if (command_parse(mem, command, argc - 2, argv + 2, &a, &why) != OK)
		return usage(command->name, why);
	return command->run(&a);
}

int
main(int argc, char **argv)
{
	CLEANUP(arena_free) struct arena mem = {0};
	pthread_attr_t threads;

	/* What we write is the owner's alone; whoever stops reading our output is told by write(). */
	(void)umask(077);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);		/* a file at its limit is a failed write: 503, not death */
	(void)mallopt(M_ARENA_MAX, HEAPS);
	if (pthread_attr_init(&threads) != 0 || pthread_attr_setstacksize(&threads, STACK_BYTES) != 0 ||
	    pthread_setattr_default_np(&threads) != 0)
		panic("main: no room for threads");
	(void)pthread_attr_destroy(&threads);
	return (int)run(&mem, argc, argv);
}
