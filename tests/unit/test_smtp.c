/* test_smtp.c - against a real mail server, smtp_sink.py, with certificates made on the spot. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/smtp.h"

enum { LINE_BYTES_MAX = 64 * 1024, WAIT_MILLISECONDS = 10000 };

#define MESSAGE	"From: a@b.example\r\nSubject: x\r\n\r\nBonjour\r\n"

struct sink {
	pid_t	 pid;
	int	 out;
	bool	 missing;
	char	 url[64], folder[64], certificate[96], key[96];
	char	 line[LINE_BYTES_MAX];
};

/* The next line that the sink prints; false: none within the time. */
static bool
read_line(struct sink *s, int milliseconds)
{
	struct pollfd p = { .fd = s->out, .events = POLLIN };

	for (size_t n = 0; n + 1 < sizeof(s->line); n++) {
		if (poll(&p, 1, milliseconds) != 1 || read(s->out, s->line + n, 1) != 1)
			return false;
		if (s->line[n] == '\n') {
			s->line[n] = '\0';
			return true;
		}
	}
	return false;
}

static void
make_certificate(struct sink *s)
{
	char command[512];

	snprintf(s->folder, sizeof(s->folder), "/tmp/smtp-test-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->certificate, sizeof(s->certificate), "%s/cert.pem", s->folder);
	snprintf(s->key, sizeof(s->key), "%s/key.pem", s->folder);
	snprintf(command, sizeof(command), "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1"
	    " -nodes -days 2 -subj /CN=sink -addext subjectAltName=IP:127.0.0.1 -keyout %s -out %s"
	    " 2>/dev/null", s->key, s->certificate);
	assert_int_equal(system(command), 0);
}

/* The script lies beside this file. */
static void
run_script(struct sink *s, const char *mode, int out)
{
	char script[1024];
	const char *slash = strrchr(__FILE__, '/');

	snprintf(script, sizeof(script), "%.*s/smtp_sink.py", slash == NULL ? 1 : (int)(slash - __FILE__),
	    slash == NULL ? "." : __FILE__);
	dup2(out, STDOUT_FILENO);
	if (s->folder[0] != '\0')
		execl("/usr/bin/python3", "/usr/bin/python3", script, mode, s->certificate, s->key, NULL);
	else
		execl("/usr/bin/python3", "/usr/bin/python3", script, mode, NULL);
	_exit(127);
}

static int
start(void **state, const char *mode)
{
	struct sink *s = mem_alloc(1, sizeof(*s));
	int ends[2];

	*state = s;
	if (strcmp(mode, "plain") != 0)
		make_certificate(s);
	assert_int_equal(pipe(ends), 0);
	s->out = ends[0];
	if ((s->pid = fork()) == 0)
		run_script(s, mode, ends[1]);
	close(ends[1]);
	s->missing = !read_line(s, WAIT_MILLISECONDS) || strcmp(s->line, "missing") == 0;
	snprintf(s->url, sizeof(s->url), "%s://127.0.0.1:%.8s",
	    strcmp(mode, "smtps") == 0 ? "smtps" : "smtp", s->line);
	return 0;
}

static int start_plain(void **state)	{ return start(state, "plain"); }
static int start_starttls(void **state)	{ return start(state, "starttls"); }
static int start_smtps(void **state)	{ return start(state, "smtps"); }
static int start_auth(void **state)	{ return start(state, "auth"); }

static int
finish(void **state)
{
	struct sink *s = *state;

	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
	close(s->out);
	if (s->folder[0] != '\0') {
		unlink(s->certificate);
		unlink(s->key);
		rmdir(s->folder);
	}
	mem_free(s);
	return 0;
}

static struct smtp_options
options_for(struct sink *s)
{
	if (s->missing)
		skip();		/* python3-aiosmtpd is not installed */
	return (struct smtp_options){ .url = s->url, .timeout_seconds = 8 };
}

static struct smtp *
open_with(struct smtp_options o)
{
	struct smtp *m = NULL;

	assert_int_equal(smtp_open(&o, &m), OK);
	return m;
}

/* One message over a connection of its own. */
static enum smtp_verdict
send_once(struct smtp_options o, str to, int *ret_code)
{
	struct smtp *m = open_with(o);
	enum smtp_verdict v = smtp_send(m, S("a@b.example"), to, S(MESSAGE), ret_code);

	smtp_close(m);
	return v;
}

static void
assert_taken(struct sink *s, const char *to, str message)
{
	CLEANUP(arena_free) struct arena mem = {0};
	char expected[LINE_BYTES_MAX];
	const char *rest;

	assert_true(read_line(s, WAIT_MILLISECONDS));
	snprintf(expected, sizeof(expected), " a@b.example %s %s", to, str_z(&mem, str_hex(&mem, message)));
	rest = strchr(s->line + strlen("MAIL "), ' ');	/* after the client's port */
	assert_non_null(rest);
	assert_string_equal(rest, expected);
}

static void
assert_nothing_taken(struct sink *s)
{
	assert_false(read_line(s, 100));
}

static void
a_message_arrives_byte_for_byte(void **state)
{
	struct sink *s = *state;
	struct smtp *m = open_with(options_for(s));
	int code = -1;
	/* A dot at the start of a line, on the first line, alone, and a long text after it. */
	str message = S(".first\r\n\r\n.\r\n..\r\nafter the dots\r\n.\r\n\xc3\xa9t\xc3\xa9\r\n");

	assert_int_equal(smtp_send(m, S("a@b.example"), S("c@d.example"), message, &code), SMTP_SENT);
	assert_int_equal(code, 250);
	assert_taken(s, "c@d.example", message);
	assert_nothing_taken(s);
	smtp_close(m);
}

static void
one_connection_carries_many_messages(void **state)
{
	struct sink *s = *state;
	struct smtp *m = open_with(options_for(s));
	char port[32] = "";
	int code;

	for (int i = 0; i < 5; i++) {
		/* A refusal in between does not cost the connection's good order. */
		if (i == 3)
			assert_int_equal(smtp_send(m, S("a@b.example"), S("unknown@d.example"), S(MESSAGE), &code),
			    SMTP_REFUSED);
		assert_int_equal(smtp_send(m, S("a@b.example"), S("c@d.example"), S(MESSAGE), &code), SMTP_SENT);
		assert_true(read_line(s, WAIT_MILLISECONDS));
		s->line[strcspn(s->line, " ") + 6] = '\0';	/* "MAIL 12345" */
		if (i == 0 || i == 3)
			snprintf(port, sizeof(port), "%.31s", s->line);
		assert_string_equal(s->line, port);
	}
	smtp_close(m);
}

static void
the_reply_decides_between_never_and_later(void **state)
{
	static const struct { str to; int code; enum smtp_verdict verdict; } cases[] = {
		{ { "unknown@d.example", 17 }, 550, SMTP_REFUSED },
		{ { "busy@d.example", 14 }, 450, SMTP_LATER },
		{ { "spam@d.example", 14 }, 554, SMTP_REFUSED },
		{ { "greylist@d.example", 18 }, 451, SMTP_LATER },
	};
	struct sink *s = *state;
	struct smtp_options o = options_for(s);
	int code;

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(send_once(o, cases[i].to, &code), cases[i].verdict);
		assert_int_equal(code, cases[i].code);
	}
	assert_nothing_taken(s);
}

static void
an_address_that_could_be_a_command_is_refused(void **state)
{
	static const char *const addresses[] = {
		"", "c", "@d.example", "c@", "c@d.example\r\nRCPT TO:<x@y.example>", "c@d.example\n",
		"c@d.example>\r\nDATA", "c@d.example> SIZE=1", "<c@d.example>", "c d@e.example", "c@d\x7f",
		"c@d\x01", "c@\td",
	};
	struct sink *s = *state;
	struct smtp *m = open_with(options_for(s));
	char long_address[SMTP_ADDRESS_BYTES_MAX + 2] = {0};
	int code;

	memset(long_address, 'a', SMTP_ADDRESS_BYTES_MAX + 1);
	long_address[1] = '@';
	assert_int_equal(smtp_send(m, S("a@b.example"), str_c(long_address), S(MESSAGE), &code), SMTP_REFUSED);
	assert_int_equal(smtp_send(m, S("a@b.example"), S("a@b\0c"), S(MESSAGE), &code), SMTP_REFUSED);
	for (size_t i = 0; i < COUNT(addresses); i++) {
		assert_int_equal(smtp_send(m, S("a@b.example"), str_c(addresses[i]), S(MESSAGE), &code),
		    SMTP_REFUSED);
		assert_int_equal(smtp_send(m, str_c(addresses[i]), S("c@d.example"), S(MESSAGE), &code),
		    SMTP_REFUSED);
		assert_int_equal(code, 0);
	}
	assert_nothing_taken(s);
	smtp_close(m);
}

static void
a_message_with_bare_line_ends_is_refused(void **state)
{
	static const str messages[] = {
		{ "", 0 }, { "a\n.\r\nMAIL FROM:<x@y.example>\r\n", 31 }, { "a\r.\r\n", 5 }, { "a\r\n.\n", 5 },
		{ "\na", 2 }, { "a\r", 2 }, { "a\0b\r\n", 5 },
	};
	struct sink *s = *state;
	struct smtp *m = open_with(options_for(s));
	int code;

	for (size_t i = 0; i < COUNT(messages); i++)
		assert_int_equal(smtp_send(m, S("a@b.example"), S("c@d.example"), messages[i], &code), SMTP_REFUSED);
	assert_nothing_taken(s);
	smtp_close(m);
}

static void
without_the_tls_that_is_required_nothing_is_sent(void **state)
{
	struct sink *s = *state;
	struct smtp_options o = options_for(s);
	int code;

	o.require_tls = true;
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_LATER);
	/* Credentials require it too, asked or not. */
	o.require_tls = false;
	o.user = "cabinet";
	o.password = "secret";
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_LATER);
	assert_nothing_taken(s);
}

static void
an_unreachable_or_silent_server_means_later(void **state)
{
	struct sink *s = *state;
	struct smtp_options o = options_for(s);
	int code;

	o.timeout_seconds = 1;
	assert_int_equal(send_once(o, S("slow@d.example"), &code), SMTP_LATER);
	o.url = "smtp://127.0.0.1:1";
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_LATER);
	assert_int_equal(code, 0);
}

static void
only_mail_servers_are_spoken_to(void **state)
{
	static const char *const urls[] = { "", "http://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "SMTP" };
	struct smtp_options o = { .timeout_seconds = 1 };
	struct smtp *m = NULL;

	(void)state;
	assert_int_equal(smtp_open(&o, &m), ERR_INVALID);
	for (size_t i = 0; i < COUNT(urls); i++) {
		o.url = urls[i];
		assert_int_equal(smtp_open(&o, &m), ERR_INVALID);
	}
	assert_null(m);
}

static void
the_environment_does_not_choose_a_proxy(void **state)
{
	struct sink *s = *state;
	struct smtp_options o = options_for(s);
	int code;

	setenv("all_proxy", "http://127.0.0.1:1", 1);
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_SENT);
	unsetenv("all_proxy");
	assert_taken(s, "c@d.example", S(MESSAGE));
}

static void
tls_is_used_with_a_certificate_we_trust(void **state)
{
	struct sink *s = *state;
	struct smtp_options o = options_for(s);
	int code;

	o.require_tls = true;
	o.ca_file = s->certificate;
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_SENT);
	assert_taken(s, "c@d.example", S(MESSAGE));
}

static void
a_certificate_that_nobody_vouches_for_means_later(void **state)
{
	struct sink *s = *state;
	struct smtp_options o = options_for(s);
	int code;

	for (int required = 0; required < 2; required++) {
		o.require_tls = required == 1;
		assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_LATER);
	}
	/* The right authority, but the name of another host. */
	const char *address = strstr(s->url, "127.0.0.1");
	char other[64];

	snprintf(other, sizeof(other), "%.*slocalhost%s", (int)(address - s->url), s->url,
	    address + strlen("127.0.0.1"));
	o.url = other;
	o.ca_file = s->certificate;
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_LATER);
	assert_nothing_taken(s);
}

static void
credentials_open_the_door_and_bad_ones_mean_later(void **state)
{
	struct sink *s = *state;
	struct smtp_options o = options_for(s);
	int code;

	o.ca_file = s->certificate;
	/* The server wants to know us: our configuration's fault, not the message's. */
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_LATER);
	assert_int_equal(code, 530);
	o.user = "cabinet";
	o.password = "wrong";
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_LATER);
	assert_int_equal(code, 535);
	assert_nothing_taken(s);
	o.password = "secret";
	assert_int_equal(send_once(o, S("c@d.example"), &code), SMTP_SENT);
	assert_taken(s, "c@d.example", S(MESSAGE));
}

#define AGAINST(mode, name)	cmocka_unit_test_setup_teardown(name, start_ ## mode, finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AGAINST(plain, a_message_arrives_byte_for_byte),
		AGAINST(plain, one_connection_carries_many_messages),
		AGAINST(plain, the_reply_decides_between_never_and_later),
		AGAINST(plain, an_address_that_could_be_a_command_is_refused),
		AGAINST(plain, a_message_with_bare_line_ends_is_refused),
		AGAINST(plain, without_the_tls_that_is_required_nothing_is_sent),
		AGAINST(plain, an_unreachable_or_silent_server_means_later),
		AGAINST(plain, the_environment_does_not_choose_a_proxy),
		cmocka_unit_test(only_mail_servers_are_spoken_to),
		AGAINST(starttls, tls_is_used_with_a_certificate_we_trust),
		AGAINST(starttls, a_certificate_that_nobody_vouches_for_means_later),
		AGAINST(smtps, tls_is_used_with_a_certificate_we_trust),
		AGAINST(smtps, a_certificate_that_nobody_vouches_for_means_later),
		AGAINST(auth, credentials_open_the_door_and_bad_ones_mean_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
