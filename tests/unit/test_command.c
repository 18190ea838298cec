/* test_command.c - what the command line takes, and that help and manual tell all of it. */
#include "app/command.h"
#include "assert_str.h"

#define assert_err(call, want) assert_string_equal(err_name(call), err_name(want))

static struct arena mem;

static err
parse(const char *name, const char *const *words, struct arguments *ret, str *ret_why)
{
	char *argv[8];
	int n = 0;

	for (; words[n] != NULL; n++)
		argv[n] = str_z(&mem, str_c(words[n]));
	return command_parse(&mem, command_find(str_c(name)), n, argv, ret, ret_why);
}
#define WORDS(...)	(const char *const []){ __VA_ARGS__, NULL }

static void
options_take_their_value_in_both_forms(void **state)
{
	struct arguments a;
	str why;

	(void)state;
	assert_err(parse("serve", WORDS("--dir", "d", "--listen=127.0.0.1:1", "--demo"), &a, &why), OK);
	assert_string_equal(argument(&a, "dir"), "d");
	assert_string_equal(argument(&a, "listen"), "127.0.0.1:1");
	assert_non_null(argument(&a, "demo"));
	assert_null(argument(&a, "store"));
	assert_err(parse("user", WORDS("add", "--dir=x=y"), &a, &why), OK);
	assert_string_equal(argument(&a, "dir"), "x=y");
	assert_int_equal(a.words_n, 1);
}

static void
what_is_not_understood_is_named(void **state)
{
	static const struct { const char *command, *words[4], *why; } cases[] = {
		{ "serve", { "--dri", "x" }, "unknown option --dri" },
		{ "serve", { "--dir" }, "--dir needs a value" },
		{ "serve", { "--demo=yes" }, "--demo takes no value" },
		{ "serve", { "--dir=a", "--dir=b" }, "--dir is given twice" },
		{ "serve", { "now" }, "unexpected word: now" },
		{ "serve", { "--dir", "\xff" }, "--dir is not UTF-8" },
	};
	struct arguments a = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		str why = {0};

		assert_err(parse(cases[i].command, cases[i].words, &a, &why), ERR_INVALID);
		assert_str(why, str_c(cases[i].why));
	}
	assert_null(command_find(S("serv")));
}

static void
numbers_are_held_to_their_range(void **state)
{
	const int64_t range[] = { 1, 10 };
	struct arguments a;
	int64_t n = 5;
	str why;

	(void)state;
	assert_err(parse("demo", WORDS("--orgs", "7"), &a, &why), OK);
	assert_true(argument_int(&a, "orgs", range, &n));
	assert_int_equal(n, 7);
	assert_true(argument_int(&a, "seed", range, &n));	/* not given: as it was */
	assert_int_equal(n, 7);
	assert_err(parse("demo", WORDS("--orgs", "11"), &a, &why), OK);
	assert_false(argument_int(&a, "orgs", range, &n));
}

/* Hyphens are escaped in a manual page: compare without them. */
static str
plain(str text)
{
	struct buf b = buf_in(&mem, COMMAND_HELP_BYTES_MAX);

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\\')
			buf_byte(&b, text.p[i]);
	return buf_str(&b);
}

static void
help_and_manual_name_every_option(void **state)
{
	(void)state;
	for (const struct command *c = commands; c->name != NULL; c++) {
		struct buf help = buf_in(&mem, COMMAND_HELP_BYTES_MAX), manual = buf_in(&mem, COMMAND_HELP_BYTES_MAX);

		command_help(c, &help);
		command_manual(c, &manual);
		assert_true(buf_ok(&help) && buf_ok(&manual));
		for (size_t i = 0; i < COMMAND_OPTIONS_MAX && c->options[i].name != NULL; i++) {
			str option = str_printf(&mem, "--%s", c->options[i].name);

			assert_true(str_find_str(buf_str(&help), option) >= 0);
			assert_true(str_find_str(plain(buf_str(&manual)), option) >= 0);
			assert_true(str_find_str(buf_str(&help), str_c(c->options[i].what)) >= 0);
		}
		assert_true(str_find_str(buf_str(&help), S("Exit status:")) >= 0);
		assert_true(str_find_str(buf_str(&manual), S(".SH EXIT STATUS")) >= 0);
	}
}

static void
the_programs_help_lists_what_is_not_hidden(void **state)
{
	struct buf help = buf_in(&mem, COMMAND_HELP_BYTES_MAX);

	(void)state;
	command_help(NULL, &help);
	assert_true(str_find_str(buf_str(&help), S("  serve ")) >= 0);
	assert_true(str_find_str(buf_str(&help), S("  debug ")) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_take_their_value_in_both_forms),
		cmocka_unit_test(what_is_not_understood_is_named),
		cmocka_unit_test(numbers_are_held_to_their_range),
		cmocka_unit_test(help_and_manual_name_every_option),
		cmocka_unit_test(the_programs_help_lists_what_is_not_hidden),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&mem);
	return failed;
}
