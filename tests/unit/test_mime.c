/*
 * test_mime.c - format/mime.h: the shape on the wire, and T18.  That another
 * mail program reads it is proven by tests/property/mime.py.
 */
#include "assert_str.h"
#include "base/civil.h"
#include "format/mime.h"

static struct mime_message
example(void)
{
	return (struct mime_message){
		.from_name = S("Cabinet Martin"), .from = S("rdv@cabinet.example"),
		.to_name = S("L\u00e9a Dupont"), .to = S("lea@mail.example"),
		.reply_to = S("accueil@cabinet.example"), .subject = S("Votre rendez-vous"),
		.date = INT64_C(1795427100) * USEC_PER_SECOND, .message_id = S("7K3M.1@serment.example"),
		.lang = S("fr"), .text = S("Bonjour,\n\u00e0 demain.\n"), .automatic = true,
	};
}

static str
built(struct arena *mem, const struct mime_message *m)
{
	str message;

	assert_int_equal(mime_build(mem, m, &message), OK);
	return message;
}

static bool
has(str message, str part)
{
	return str_find_str(message, part) >= 0;
}

static void
a_text_alone_is_one_part(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct mime_message m = example();

	(void)state;
	assert_str(built(&mem, &m), S(
	    "From: \"Cabinet Martin\"\r\n <rdv@cabinet.example>\r\n"
	    "To: =?UTF-8?B?TMOpYSBEdXBvbnQ=?=\r\n <lea@mail.example>\r\n"
	    "Reply-To: <accueil@cabinet.example>\r\n"
	    "Subject: Votre rendez-vous\r\n"
	    "Date: Mon, 23 Nov 2026 09:45:00 +0000\r\n"
	    "Message-ID: <7K3M.1@serment.example>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Language: fr\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "Content-Type: text/plain; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "Bonjour,\r\n=C3=A0 demain.\r\n"));
}

static void
parts_come_from_the_plainest_to_the_richest(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct mime_message m = example();

	(void)state;
	m.html = S("<p>Bonjour</p>");
	str message = built(&mem, &m);

	assert_true(has(message, S("Content-Type: multipart/alternative;")));
	assert_true(str_find_str(message, S("text/plain")) < str_find_str(message, S("text/html")));
	assert_false(has(message, S("multipart/mixed")));
	assert_false(has(message, S("text/calendar")));
	m.calendar = S("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
	m.calendar_method = S("REQUEST");
	message = built(&mem, &m);
	assert_true(str_find_str(message, S("text/html")) < str_find_str(message,
	    S("Content-Type: text/calendar; charset=UTF-8; method=REQUEST\r\n")));
	assert_true(has(message, S("Content-Disposition: attachment; filename=\"invite.ics\"\r\n")));
	assert_true(str_ends(message, S("\r\n--=_serment_mixed--\r\n")));
}

static void
silence_is_kept_where_nothing_was_said(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct mime_message m = example();

	(void)state;
	m.lang = m.reply_to = m.from_name = m.to_name = S("");
	m.automatic = false;
	str message = built(&mem, &m);

	assert_true(str_starts(message, S("From: <rdv@cabinet.example>\r\nTo: <lea@mail.example>\r\nSubject")));
	assert_false(has(message, S("Content-Language")));
	assert_false(has(message, S("Auto-Submitted")));
	assert_false(has(message, S("Reply-To")));
}

/* Every line ends in CRLF, is ASCII without controls, and at most so long. */
static void
check_lines(str message, size_t length_max)
{
	while (message.n > 0) {
		ptrdiff_t end = str_find(message, '\n');

		assert_true(end >= 1 && message.p[end - 1] == '\r');
		str line = str_slice(message, 0, (size_t)end - 1);

		assert_in_range(line.n, 0, length_max);
		for (size_t i = 0; i < line.n; i++)
			assert_true(line.p[i] == '\t' || (line.p[i] >= ' ' && line.p[i] <= '~'));
		if (line.n > 0)
			assert_true(line.p[line.n - 1] != '\t');
		message = str_slice(message, (size_t)end + 1, message.n);
	}
}

static size_t
count_headers(str message)
{
	size_t n = 0;

	while (!str_starts(message, S("\r\n"))) {
		/* A line that begins with a space continues the one before. */
		n += message.p[0] != ' ';
		message = str_slice(message, (size_t)str_find(message, '\n') + 1, message.n);
	}
	return n;
}

static void
no_name_or_subject_adds_a_header(void **state)
{
	static const char *const attacks[] = {
		"x\r\nBcc: evil@evil.example", "x\nBcc: evil@evil.example", "x\rBcc: e@e.example",
		"\r\n\r\n<script>", "\"x\"", "\\", "\\\"", "<evil@evil.example>", "a, b <c@d.example>",
		"=?UTF-8?Q?=0D=0ABcc:_x?=", "\x01\x1b\x7f", "\u00e9\r\nBcc: x", "(comment", "x;", "",
		"\xc2\x85X: x", "\u2028Bcc: x", " ", "\t", "\xff\xfe",
	};
	CLEANUP(arena_free) struct arena mem = {0};
	struct mime_message m = example();
	size_t headers = count_headers(built(&mem, &m));

	(void)state;
	for (size_t i = 0; i < COUNT(attacks); i++) {
		m.from_name = m.to_name = m.subject = str_c(attacks[i]);
		str message = built(&mem, &m);

		check_lines(message, 78);
		assert_int_equal(count_headers(message), headers);
		assert_false(has(message, S("\r\nBcc")));
		assert_false(has(message, S("\nBcc")));
	}
}

static void
long_headers_and_bodies_are_broken_into_short_lines(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct mime_message m = example();
	char *text = arena_alloc(&mem, 5000, 1);

	(void)state;
	for (size_t width = 1; width <= 4; width++) {
		static const char *const characters[] = { "a", "\u00e9", "\u20ac", "\U0001F9B7" };

		for (size_t i = 0; i < 900; i++)
			text[i] = characters[width - 1][i % width];
		m.subject = m.from_name = m.to_name = (str){ text, 900 - 900 % width };
		m.text = m.html = (str){ text, 900 };
		check_lines(built(&mem, &m), 78);
	}
	/* Spaces at the ends of lines, dots and signs that mean something. */
	m.subject = S("");
	m.text = S("space \nspaces  \r\ntab\t\n.\n..\nFrom me\n=\n--=_serment_mixed\r\rend ");
	m.html = S("");
	str message = built(&mem, &m);

	check_lines(message, 78);
	assert_true(str_ends(message, S("\r\n\r\nspace=20\r\nspaces =20\r\ntab=09\r\n.\r\n..\r\nFrom me\r\n"
	    "=3D\r\n--=3D_serment_mixed\r\n\r\nend=20\r\n")));
}

static void
a_soft_break_never_makes_a_line_longer_than_76(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct mime_message m = example();
	char text[200];

	(void)state;
	for (size_t at = 70; at < 80; at++) {
		memset(text, 'x', sizeof(text));
		text[at] = '=';
		text[at + 1] = ' ';
		text[at + 2] = '\n';
		m.text = (str){ text, sizeof(text) };
		str message = built(&mem, &m);

		check_lines(str_slice(message, (size_t)str_find_str(message, S("\r\n\r\n")) + 4, message.n), 76);
	}
}

static void
unsound_addresses_and_tokens_are_refused(void **state)
{
	static const char *const bad[] = {
		"nobody", "a@b.example\r\nBcc: x@y.example", "<a@b.example>", "a@b.example, c@d.example", "a b@c.example",
	};
	CLEANUP(arena_free) struct arena mem = {0};
	str message = S("untouched");

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct mime_message m = example();

		m.from = str_c(bad[i]);
		assert_int_equal(mime_build(&mem, &m, &message), ERR_INVALID);
		m = example();
		m.to = str_c(bad[i]);
		assert_int_equal(mime_build(&mem, &m, &message), ERR_INVALID);
		m = example();
		m.reply_to = str_c(bad[i]);
		assert_int_equal(mime_build(&mem, &m, &message), ERR_INVALID);
		m = example();
		m.message_id = str_c(bad[i]);
		assert_int_equal(mime_build(&mem, &m, &message), ERR_INVALID);
	}
	struct mime_message m = example();

	m.from = S("");
	assert_int_equal(mime_build(&mem, &m, &message), ERR_INVALID);
	m = example();
	m.lang = S("fr\r\nX: 1");
	assert_int_equal(mime_build(&mem, &m, &message), ERR_INVALID);
	m = example();
	m.calendar = S("BEGIN:VCALENDAR");
	assert_int_equal(mime_build(&mem, &m, &message), ERR_INVALID);
	m.calendar_method = S("REQUEST\r\nX: 1");
	assert_int_equal(mime_build(&mem, &m, &message), ERR_INVALID);
	assert_str(message, S("untouched"));
}

static void
sizes_are_limited(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	char *text = arena_alloc(&mem, MIME_BYTES_MAX, 1);
	struct mime_message m = example();
	str message = S("untouched");

	(void)state;
	memset(text, 'x', MIME_BYTES_MAX);
	m.text = (str){ text, MIME_BYTES_MAX };
	assert_int_equal(mime_build(&mem, &m, &message), ERR_TOO_LARGE);
	m = example();
	m.subject = (str){ text, MIME_PHRASE_BYTES_MAX + 1 };
	assert_int_equal(mime_build(&mem, &m, &message), ERR_TOO_LARGE);
	m = example();
	m.to_name = (str){ text, MIME_PHRASE_BYTES_MAX + 1 };
	assert_int_equal(mime_build(&mem, &m, &message), ERR_TOO_LARGE);
	assert_str(message, S("untouched"));
	m.to_name = (str){ text, MIME_PHRASE_BYTES_MAX };
	assert_int_equal(mime_build(&mem, &m, &message), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_alone_is_one_part),
		cmocka_unit_test(parts_come_from_the_plainest_to_the_richest),
		cmocka_unit_test(silence_is_kept_where_nothing_was_said),
		cmocka_unit_test(no_name_or_subject_adds_a_header),
		cmocka_unit_test(long_headers_and_bodies_are_broken_into_short_lines),
		cmocka_unit_test(a_soft_break_never_makes_a_line_longer_than_76),
		cmocka_unit_test(unsound_addresses_and_tokens_are_refused),
		cmocka_unit_test(sizes_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
