/*
 * command.h - the commands of the program as tables: parsing, --help and the
 * manual pages all come from them, so that they cannot disagree.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/buf.h"

enum {
	COMMAND_OPTIONS_MAX = 16,
	COMMAND_WORDS_MAX = 64,	/* files that a shell made of a star */
	COMMAND_HELP_BYTES_MAX = 64 * 1024,
};

/* What the program ends with; told in every manual page. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,	/* said why on standard error; a doctor's finding too */
	EXIT_USAGE = 2,		/* the command line was not understood: nothing was done */
};

struct command_option {
	const char	*name;		/* without its dashes */
	const char	*value;		/* what stands for it in the help; NULL: a switch */
	const char	*what;
};

struct arguments;
struct command {
	const char	*name, *summary;
	const char	*synopsis;	/* of the words after the options; may be empty */
	const char	*description;	/* paragraphs, separated by empty lines */
	struct command_option options[COMMAND_OPTIONS_MAX];	/* ended by one without a name */
	enum exit_code	(*run)(const struct arguments *);
	bool		 hidden;
};

/* By name; the last one has none. */
extern const struct command commands[];

struct arguments {
	const struct command	*command;
	struct arena		*mem;
	const char		*values[COMMAND_OPTIONS_MAX];	/* "" for a switch; NULL: not given */
	const char		*words[COMMAND_WORDS_MAX];
	size_t			 words_n;
};

const struct command *command_find(str name);

/* ERR_INVALID: ret_why says what was not understood. */
err  command_parse(struct arena *, const struct command *, int argc, char **argv,
	struct arguments *ret, str *ret_why) MUST_USE;

/* The option's value, or NULL; a name the command does not have is our mistake. */
const char *argument(const struct arguments *, const char *name);
/* A number in [low, high]; preset when it was not given.  False: said on standard error. */
bool argument_int(const struct arguments *, const char *name, const int64_t range[2], int64_t *io);

/* What --help says; of the program when command is NULL. */
void command_help(const struct command *, struct buf *);
/* The same as a manual page, section 1 (man(7)). */
void command_manual(const struct command *, struct buf *);

/* One line on standard error: "serment: ..."; gives EXIT_FAILED, to return. */
enum exit_code command_failed(const char *format, ...) PRINTF_LIKE(1, 2);
/* Text on standard output; EXIT_FAILED when nobody takes it (a full disk, a closed pipe). */
enum exit_code command_print(const struct buf *);

#endif
