/* command.c - see command.h.  The table is commands.c. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/file.h"

static const char exit_text[] =
	"0  done.\n"
	"1  it failed, or a check found something: standard error says what happened,"
	" what was kept and what to do next.\n"
	"2  the command line was not understood; nothing was done.\n";

const struct command *
command_find(str name)
{
	for (const struct command *c = commands; c->name != NULL; c++)
		if (str_eq(name, str_c(c->name)))
			return c;
	return NULL;
}

static int
option_find(const struct command *c, str name)
{
	for (int i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name != NULL; i++)
		if (str_eq(name, str_c(c->options[i].name)))
			return i;
	return -1;
}

static err
refuse(str *ret_why, str why)
{
	*ret_why = why;
	return ERR_INVALID;
}

/* One option; *at moves on to the last argument that it took. */
static err
parse_option(struct arguments *a, int argc, char **argv, int *at, str *ret_why)
{
	str given = str_c(argv[*at] + 2), name = given;
	ptrdiff_t equals = str_find(given, '=');

	if (equals >= 0)
		name = str_slice(given, 0, (size_t)equals);
	int i = option_find(a->command, name);
	if (i < 0)
		return refuse(ret_why, str_printf(a->mem, "unknown option --%.*s", STR_FMT(name)));
	if (a->values[i] != NULL)
		return refuse(ret_why, str_printf(a->mem, "--%.*s is given twice", STR_FMT(name)));
	if (a->command->options[i].value == NULL) {
		if (equals >= 0)
			return refuse(ret_why, str_printf(a->mem, "--%.*s takes no value", STR_FMT(name)));
		a->values[i] = "";
		return OK;
	}
	if (equals < 0 && *at + 1 >= argc)
		return refuse(ret_why, str_printf(a->mem, "--%.*s needs a value", STR_FMT(name)));
	a->values[i] = equals >= 0 ? argv[*at] + 2 + equals + 1 : argv[++*at];
	if (!str_utf8_ok(str_c(a->values[i])))
		return refuse(ret_why, str_printf(a->mem, "--%.*s is not UTF-8", STR_FMT(name)));
	return OK;
}

err
command_parse(struct arena *mem, const struct command *c, int argc, char **argv,
    struct arguments *ret, str *ret_why)
{
	struct arguments a = { .command = c, .mem = mem };

	for (int i = 0; i < argc; i++) {
		if (str_starts(str_c(argv[i]), S("--"))) {
			TRY(parse_option(&a, argc, argv, &i, ret_why));
			continue;
		}
		if (a.words_n == COMMAND_WORDS_MAX || !str_utf8_ok(str_c(argv[i])) || c->synopsis[0] == '\0')
			return refuse(ret_why, str_printf(mem, "unexpected word: %s", argv[i]));
		a.words[a.words_n++] = argv[i];
	}
	*ret = a;
	return OK;
}

const char *
argument(const struct arguments *a, const char *name)
{
	int i = option_find(a->command, str_c(name));

	if (i < 0)
		panic("command: an option that the table does not have");
	return a->values[i];
}

bool
argument_int(const struct arguments *a, const char *name, const int64_t range[2], int64_t *io)
{
	const char *given = argument(a, name);

	if (given == NULL || str_int(str_c(given), range[0], range[1], io))
		return true;
	(void)command_failed("--%s takes a number from %lld to %lld, not \"%s\"", name,
	    (long long)range[0], (long long)range[1], given);
	return false;
}

static void
option_line(const struct command_option *o, struct buf *b)
{
	buf_printf(b, "  --%s", o->name);
	if (o->value != NULL)
		buf_printf(b, " %s", o->value);
	buf_printf(b, "\n      %s\n", o->what);
}

static void
program_help(struct buf *b)
{
	buf_add(b, S("serment - a practice's agenda and online booking\n\n"
	    "Usage: serment COMMAND [OPTION]...\n\nCommands:\n"));
	for (const struct command *c = commands; c->name != NULL; c++)
		if (!c->hidden)
			buf_printf(b, "  %-10s %s\n", c->name, c->summary);
	buf_printf(b, "\n`serment COMMAND --help` explains each.\n\nExit status:\n%s", exit_text);
}

void
command_help(const struct command *c, struct buf *b)
{
	if (c == NULL) {
		program_help(b);
		return;
	}
	buf_printf(b, "serment %s - %s\n\nUsage: serment %s [OPTION]...%s%s\n\n%s\n\nOptions:\n",
	    c->name, c->summary, c->name, c->synopsis[0] != '\0' ? " " : "", c->synopsis, c->description);
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name != NULL; i++)
		option_line(&c->options[i], b);
	buf_printf(b, "  --help\n      Print this.\n\nExit status:\n%s", exit_text);
}

/* man(7): a backslash begins an escape, a dot at the start of a line a request. */
static void
manual_text(str text, struct buf *b)
{
	bool start = true;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (start && (c == '.' || c == '\''))
			buf_add(b, S("\\&"));
		if (c == '\n' && i + 1 < text.n && text.p[i + 1] == '\n') {
			buf_add(b, S("\n.PP"));
			start = false;
			continue;
		}
		start = c == '\n';
		if (c == '\\')
			buf_add(b, S("\\e"));
		else if (c == '-')
			buf_add(b, S("\\-"));
		else
			buf_byte(b, c);
	}
	buf_byte(b, '\n');
}

static void
manual_exit(struct buf *b)
{
	str rest = str_c(exit_text), line;

	buf_add(b, S(".SH EXIT STATUS\n"));
	while (rest.n > 0 && str_split(&rest, '\n', &line)) {
		if (line.n == 0)
			continue;
		buf_printf(b, ".TP\n%c\n", line.p[0]);
		manual_text(str_slice(line, 3, line.n), b);
	}
}

static void
manual_head(const char *page, const char *summary, struct buf *b)
{
	buf_printf(b, ".\\\" Written by `serment debug manual`: do not edit.\n"
	    ".TH %s 1\n.SH NAME\n%s \\- %s\n", page, page, summary);
}

static void
program_manual(struct buf *b)
{
	manual_head("serment", "a practice's agenda and online booking", b);
	buf_add(b, S(".SH SYNOPSIS\n.B serment\n.I COMMAND\n[\\fIOPTION\\fR]...\n.SH COMMANDS\n"));
	for (const struct command *c = commands; c->name != NULL; c++) {
		if (c->hidden)
			continue;
		buf_printf(b, ".TP\n.BR serment\\-%s (1)\n", c->name);
		manual_text(str_c(c->summary), b);
	}
	manual_exit(b);
}

static void
manual_options(const struct command *c, struct buf *b)
{
	buf_add(b, S(".SH OPTIONS\n"));
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name != NULL; i++) {
		const struct command_option *o = &c->options[i];

		buf_add(b, S(".TP\n\\fB\\-\\-"));
		for (const char *p = o->name; *p != '\0'; p++)
			buf_add(b, *p == '-' ? S("\\-") : (str){ p, 1 });
		buf_add(b, S("\\fR"));
		if (o->value != NULL)
			buf_printf(b, " \\fI%s\\fR", o->value);
		buf_byte(b, '\n');
		manual_text(str_c(o->what), b);
	}
	buf_add(b, S(".TP\n\\fB\\-\\-help\\fR\nPrint the same in short.\n"));
}

void
command_manual(const struct command *c, struct buf *b)
{
	char page[40];

	if (c == NULL) {
		program_manual(b);
		return;
	}
	(void)snprintf(page, sizeof(page), "serment\\-%s", c->name);
	manual_head(page, c->summary, b);
	buf_printf(b, ".SH SYNOPSIS\n.B serment %s\n[\\fIOPTION\\fR]...%s%s\n.SH DESCRIPTION\n",
	    c->name, c->synopsis[0] != '\0' ? " " : "", c->synopsis);
	manual_text(str_c(c->description), b);
	manual_options(c, b);
	manual_exit(b);
	buf_add(b, S(".SH SEE ALSO\n.BR serment (1)\n"));
}

enum exit_code
command_failed(const char *format, ...)
{
	va_list list;

	(void)fputs("serment: ", stderr);
	va_start(list, format);
	(void)vfprintf(stderr, format, list);
	va_end(list);
	(void)fputc('\n', stderr);
	return EXIT_FAILED;
}

enum exit_code
command_print(const struct buf *b)
{
	if (!buf_ok(b))
		return command_failed("the answer is too long to print");
	return file_put(STDOUT_FILENO, buf_str(b)) == OK ? EXIT_DONE :
	    command_failed("standard output cannot be written to");
}
