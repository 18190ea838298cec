/* test_config.c - the configuration file, the command line and the manual: what an operator types. */
#include "app/config.h"
#include "assert_str.h"

#define assert_err(call, want) assert_string_equal(err_name(call), err_name(want))

static struct arena mem;

static err
parse(const char *text, struct config *ret, str *ret_why)
{
	return config_parse(&mem, "serment.conf", str_c(text), ret, ret_why);
}

static void
an_empty_file_gives_the_defaults(void **state)
{
	struct config c, defaults;
	str why = {0};

	(void)state;
	config_defaults(&defaults);
	assert_err(parse("", &c, &why), OK);
	assert_string_equal(c.listen, "127.0.0.1:8080");
	assert_int_equal(c.workers, defaults.workers);
	assert_true(c.smtp_require_tls);
	assert_false(c.trust_proxy);
	assert_int_equal(c.log_level, LOG_LEVEL_INFO);
	assert_err(config_check(&mem, &c, &why), OK);
}

static void
keys_comments_and_blanks_are_read(void **state)
{
	struct config c;
	str why = {0};

	(void)state;
	assert_err(parse("# a comment\n\n  listen =  [::1]:9000  \r\nworkers=4\ntrust_proxy = yes\n"
	    "log_level = debug\nsmtp_from = a=b@example.org\n", &c, &why), OK);
	assert_string_equal(c.listen, "[::1]:9000");
	assert_int_equal(c.workers, 4);
	assert_true(c.trust_proxy);
	assert_int_equal(c.log_level, LOG_LEVEL_DEBUG);
	assert_string_equal(c.smtp_from, "a=b@example.org");	/* only the first = divides */
}

static void
what_is_wrong_is_told_with_its_file_and_line(void **state)
{
	static const struct { const char *text, *why; } cases[] = {
		{ "listen = x:1\nworkres = 4\n", "serment.conf:2: unknown key \"workres\"" },
		{ "\n\nworkers = 0\n", "serment.conf:3: workers takes a number from 1 to 128, not \"0\"" },
		{ "workers = 4x\n", "serment.conf:1: workers takes a number" },
		{ "workers = 99999999999999999999\n", "serment.conf:1: workers takes a number" },
		{ "trust_proxy = maybe\n", "serment.conf:1: trust_proxy takes yes or no" },
		{ "log_level = loud\n", "serment.conf:1: log_level takes error, warn, info or debug" },
		{ "workers = 4\n# x\nworkers = 5\n", "serment.conf:3: workers stands here a second time" },
		{ "just words\n", "serment.conf:1: expected: key = value" },
		{ "listen = a\x01" "b\n", "serment.conf:1: listen holds a control character" },
		{ "listen = \xff\n", "serment.conf: not a UTF-8 text" },
	};
	struct config c = { .workers = -1 };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		str why = {0};

		assert_err(parse(cases[i].text, &c, &why), ERR_INVALID);
		if (!str_starts(why, str_c(cases[i].why)))
			fail_msg("got \"%.*s\", want \"%s\"", STR_FMT(why), cases[i].why);
		assert_int_equal(c.workers, -1);	/* nothing half read */
	}
}

static void
keys_that_contradict_each_other_are_refused(void **state)
{
	static const char *const cases[] = {
		"listen = 127.0.0.1\n", "listen = ::1:8080\n", "listen = 127.0.0.1:70000\n",
		"public_url = agenda.example\n", "public_url = https://agenda.example/\n",
		"smtp_url = smtp://localhost\n",	/* from whom? */
		"smtp_from = a@b.example\n",		/* through which server? */
		"operator_email = 02 40 00 00 01\n",
		"smtp_url = http://localhost\nsmtp_from = a@b.example\n",
		"smtp_url = smtp://localhost\nsmtp_from = a@b.example\nsmtp_user = u\n",
		"smtp_url = smtp://localhost\nsmtp_from = a@b.example\nsmtp_password_file = f\n",
	};
	struct config c;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		str why = {0};

		assert_err(parse(cases[i], &c, &why), OK);
		assert_err(config_check(&mem, &c, &why), ERR_INVALID);
		assert_true(why.n > 0);
	}
}

static void
what_the_legal_notice_lacks_is_named_by_its_keys(void **state)
{
	struct config c;
	str why = {0};

	(void)state;
	assert_err(parse("", &c, &why), OK);
	assert_str(config_unsaid(&mem, &c), S("operator_name, operator_address, operator_email, operator_phone,"
	    " publication_director, host_name, host_address, host_phone"));
	/* A person has neither legal form nor number. */
	assert_err(parse("operator_name = Claire Martin\noperator_address = 1 rue des Lilas, 44000 Nantes\n"
	    "operator_email = contact@example.org\noperator_phone = 02 40 00 00 01\n"
	    "publication_director = Claire Martin\nhost_name = Hébergeur\nhost_address = Nantes\n", &c, &why), OK);
	assert_str(config_unsaid(&mem, &c), S("host_phone"));
	assert_err(config_set(&mem, "host_phone", S("02 40 00 00 02"), &c, &why), OK);
	assert_int_equal(config_unsaid(&mem, &c).n, 0);
	assert_err(config_check(&mem, &c, &why), OK);
}

static void
what_is_printed_can_be_read_back(void **state)
{
	struct config c, again;
	struct buf first = buf_in(&mem, CONFIG_FILE_BYTES_MAX), second = buf_in(&mem, CONFIG_FILE_BYTES_MAX);
	str why = {0};

	(void)state;
	assert_err(parse("listen = 0.0.0.0:80\nworkers = 7\nsmtp_url = smtp://mail.example\n"
	    "smtp_from = a@b.example\nsmtp_require_tls = no\nlog_level = warn\n", &c, &why), OK);
	config_print(&c, &first);
	assert_true(buf_ok(&first));
	assert_err(config_parse(&mem, "printed", buf_str(&first), &again, &why), OK);
	assert_string_equal(again.listen, "0.0.0.0:80");
	assert_int_equal(again.workers, 7);
	assert_false(again.smtp_require_tls);
	config_print(&again, &second);
	assert_str(buf_str(&second), buf_str(&first));
}

static void
the_command_line_outranks_the_file(void **state)
{
	struct config c;
	str why = {0};

	(void)state;
	assert_err(parse("listen = 127.0.0.1:1\n", &c, &why), OK);
	assert_err(config_set(&mem, "listen", S("127.0.0.1:2"), &c, &why), OK);
	assert_string_equal(c.listen, "127.0.0.1:2");
	assert_err(config_set(&mem, "workers", S("none"), &c, &why), ERR_INVALID);
	assert_true(str_starts(why, S("workers takes")));
}

static void
a_file_that_is_not_there_or_too_long_is_said(void **state)
{
	struct config c;
	str why = {0};

	(void)state;
	assert_err(config_read(&mem, "/nonexistent/serment.conf", &c, &why), ERR_NOT_FOUND);
	assert_true(str_starts(why, S("/nonexistent/serment.conf: ")));
	assert_err(config_read(&mem, "/dev/zero", &c, &why), ERR_TOO_LARGE);
}

static void
addresses_are_understood_in_each_form(void **state)
{
	static const struct { const char *text, *address; int port; } cases[] = {
		{ "127.0.0.1:8080", "127.0.0.1", 8080 }, { "[::1]:81", "::1", 81 }, { ":82", "127.0.0.1", 82 },
		{ "83", "127.0.0.1", 83 }, { "0.0.0.0:0", "0.0.0.0", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *address;
		int port;

		assert_err(config_address(&mem, str_c(cases[i].text), &address, &port), OK);
		assert_string_equal(address, cases[i].address);
		assert_int_equal(port, cases[i].port);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_gives_the_defaults),
		cmocka_unit_test(keys_comments_and_blanks_are_read),
		cmocka_unit_test(what_is_wrong_is_told_with_its_file_and_line),
		cmocka_unit_test(keys_that_contradict_each_other_are_refused),
		cmocka_unit_test(what_the_legal_notice_lacks_is_named_by_its_keys),
		cmocka_unit_test(what_is_printed_can_be_read_back),
		cmocka_unit_test(the_command_line_outranks_the_file),
		cmocka_unit_test(a_file_that_is_not_there_or_too_long_is_said),
		cmocka_unit_test(addresses_are_understood_in_each_form),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_free(&mem);
	return failed;
}
