/*
 * test_message.c - the words of each kind of message, in both languages.
 * R49: nothing is loaded from elsewhere.  R52: nothing about health.  T18.
 */
#include "agenda.h"
#include "assert_str.h"
#include "practice/message.h"
#include "practice/message_int.h"
#include "practice/practitioner.h"
#include "practice/series.h"

static const struct message_server server = {
	.public_url = { "https://agenda.example:8443", 27 },
	.from = { "agenda@cabinet.example", 22 },
	.name = { "Serment", 7 },
};

/* As the sending job is. */
static struct ctx
job(const struct ctx *c)
{
	struct ctx own = *c;

	own.role = ROLE_JOB;
	own.org = 0;
	own.purposes = PURPOSE_BIT(PURPOSE_NOTIFY) | PURPOSE_BIT(PURPOSE_SECURE);
	return own;
}

/* French does not break before a colon or within an hour; the tests write plain spaces. */
static str
spaced(struct arena *mem, str s)
{
	struct buf b = buf_in(mem, s.n + 1);

	for (size_t i = 0; i < s.n; i++) {
		str rest = str_slice(s, i, s.n);

		if (str_starts(rest, S("\u00a0")))
			i += 1;
		else if (str_starts(rest, S("\u202f")))
			i += 2;
		buf_byte(&b, i > s.n - rest.n ? ' ' : s.p[i]);
	}
	return buf_str(&b);
}

static err
render(const struct ctx *c, const struct outbox_message *m, struct message_mail *ret)
{
	struct ctx own = job(c);

	TRY(message_render(&own, PURPOSE_NOTIFY, &server, m, ret));
	ret->subject = spaced(c->mem, ret->subject);
	ret->text = spaced(c->mem, ret->text);
	return OK;
}

static struct outbox_message
about(const struct agenda *a, const struct booking *b, enum message_kind kind)
{
	return (struct outbox_message){ .id = 4711, .org = a->c->org, .person = b->person,
	    .booking = b->id, .kind = kind, .created_at = a->c->now };
}

static struct booking
book(const struct agenda *a, id person)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, 0, 9 * 60 + 15));
	struct booking_who who = { .person = person };
	struct booking b;

	ask.note = S("douleurs lombaires");
	assert_ok(booking_create(a->c, &ask, &who, &b));
	return b;
}

static id
person(const struct agenda *a, str email, enum lang lang, id guardian)
{
	struct person p = { .family = S("Durand"), .given = S("Lou"), .birth_date = S("2015-03-12"),
	    .email = email, .lang = lang, .guardian = guardian };
	id made;

	assert_ok(person_create(a->c, &p, &made));
	return made;
}

static bool
has(str hay, str needle)
{
	return str_find_str(hay, needle) >= 0;
}

#define assert_has(hay, needle) assert_true(has((hay), S(needle)))
#define assert_has_no(hay, needle) assert_false(has((hay), S(needle)))

/* Lines that were folded (RFC 5545 section 3.1) made whole. */
static str
unfolded(struct arena *mem, str calendar)
{
	struct buf b = buf_in(mem, calendar.n + 1);

	for (size_t i = 0; i < calendar.n; i++)
		if (str_starts(str_slice(calendar, i, calendar.n), S("\r\n ")))
			i += 2;
		else
			buf_byte(&b, calendar.p[i]);
	return buf_str(&b);
}

static str
link_of(const struct agenda *a, const struct booking *b)
{
	str token;

	assert_ok(booking_link(a->c, b->id, &token));
	return str_cat(a->c->mem, S("https://agenda.example:8443/rdv/"), token);
}

static void
a_confirmation_says_date_hour_place_and_link_in_french(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, agenda_person(&a, S("Marie")));
	struct outbox_message m = about(&a, &b, MESSAGE_BOOKED);
	struct message_mail mail;

	assert_ok(render(a.c, &m, &mail));
	assert_str(mail.to, S("marie@example.org"));
	assert_str(mail.subject, S("Rendez-vous confirmé : lundi 30 novembre à 9 h 15"));
	assert_has(mail.text, "Votre rendez-vous est confirmé.");
	assert_has(mail.text, "\nLundi 30 novembre à 9 h 15\n");
	assert_has(mail.text, "Cabinet des Tilleuls");
	assert_has(mail.text, "Nantes");
	assert_true(has(mail.text, str_cat(a.c->mem, link_of(&a, &b), S("\n"))));
	assert_has(mail.mail, "To: <marie@example.org>\r\n");
	assert_has(mail.mail, "agenda@cabinet.example");
	assert_has(mail.mail, "Message-ID: <4711@cabinet.example>\r\n");
	assert_has(mail.mail, "Date: Mon, 23 Nov 2026 00:00:00 +0000\r\n");
	assert_has(mail.mail, "method=REQUEST");
	assert_has(mail.mail, "Content-Language: fr\r\n");
}

static void
each_person_reads_it_in_his_own_language(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, person(&a, S("lou@example.org"), LANG_EN, 0));
	struct outbox_message m = about(&a, &b, MESSAGE_BOOKED);
	struct message_mail mail;

	assert_ok(render(a.c, &m, &mail));
	assert_str(mail.subject, S("Appointment confirmed: Monday 30 November at 09:15"));
	assert_has(mail.text, "Your appointment is confirmed.");
	assert_has(mail.mail, "Content-Language: en\r\n");
	m.kind = MESSAGE_MOVED;
	assert_ok(render(a.c, &m, &mail));
	assert_str(mail.subject, S("Appointment moved: Monday 30 November at 09:15"));
	m.kind = MESSAGE_REMINDER;
	assert_ok(render(a.c, &m, &mail));
	assert_str(mail.subject, S("Reminder of your appointment: Monday 30 November at 09:15"));
	assert_has_no(mail.mail, "text/calendar");
}

static void
a_message_tells_nothing_about_health(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	static const enum message_kind kinds[] = { MESSAGE_BOOKED, MESSAGE_MOVED, MESSAGE_REMINDER };
	struct practitioner martin;
	struct message_mail mail;

	assert_ok(practitioner_get(a.c, a.martin, &martin));
	martin.specialty = S("Psychiatrie");
	assert_ok(practitioner_update(a.c, &martin));
	struct booking b = book(&a, agenda_person(&a, S("Marie")));

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct outbox_message m = about(&a, &b, kinds[i]);

		assert_ok(render(a.c, &m, &mail));
		str whole = str_lower(a.c->mem, str_cat(a.c->mem, mail.mail, str_cat(a.c->mem, mail.text, mail.subject)));

		assert_has_no(whole, "consultation");
		assert_has_no(whole, "martin");
		assert_has_no(whole, "claire");
		assert_has_no(whole, "psychiatrie");
		assert_has_no(whole, "lombaires");
		assert_has_no(whole, "dupont");
	}
}

static void
a_child_without_an_address_is_told_through_whoever_books_for_it(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id mother = person(&a, S("mother@example.org"), LANG_EN, 0);
	struct booking b = book(&a, person(&a, (str){0}, LANG_FR, mother));
	struct outbox_message m = about(&a, &b, MESSAGE_BOOKED);
	struct message_mail mail;

	assert_ok(render(a.c, &m, &mail));
	assert_str(mail.to, S("mother@example.org"));
	assert_has(mail.text, "Your appointment is confirmed.");
}

static void
whoever_has_no_address_gets_no_message(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, person(&a, (str){0}, LANG_FR, 0));
	struct outbox_message m = about(&a, &b, MESSAGE_BOOKED);
	struct message_mail mail;

	assert_err(render(a.c, &m, &mail), ERR_NOT_FOUND);
	a.c->now += USEC_PER_SECOND;
	struct booking c = b;
	id guardian = person(&a, (str){0}, LANG_FR, 0);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 10 * 60));
	struct booking_who who = { .person = person(&a, (str){0}, LANG_FR, guardian) };

	assert_ok(booking_create(a.c, &ask, &who, &c));
	m = about(&a, &c, MESSAGE_BOOKED);
	assert_err(render(a.c, &m, &mail), ERR_NOT_FOUND);
}

static void
what_is_not_true_any_more_is_not_said(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, agenda_person(&a, S("Marie")));
	struct outbox_message booked = about(&a, &b, MESSAGE_BOOKED), gone = about(&a, &b, MESSAGE_CANCELLED);
	struct outbox_message lost = about(&a, &(struct booking){ .id = 12345 }, MESSAGE_BOOKED);
	struct message_mail mail;

	assert_err(render(a.c, &gone, &mail), ERR_EXPIRED);
	a.c->now = b.start;
	assert_err(render(a.c, &booked, &mail), ERR_EXPIRED);
	a.c->now = b.start - 1;
	assert_ok(render(a.c, &booked, &mail));
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_err(render(a.c, &booked, &mail), ERR_EXPIRED);
	assert_ok(render(a.c, &gone, &mail));
	assert_str(mail.subject, S("Rendez-vous annulé : lundi 30 novembre à 9 h 15"));
	assert_has(mail.mail, "method=CANCEL");
	assert_err(render(a.c, &lost, &mail), ERR_NOT_FOUND);
}

static str
calendar(const struct agenda *a, id booking, enum ical_method method)
{
	struct booking b;
	str made;

	assert_ok(booking_get(a->c, booking, &b));
	struct message_event e = { .booking = &b, .method = method, .attendee = S("marie@example.org") };
	assert_ok(message_calendar(a->c, &server, &e, &made));
	return unfolded(a->c->mem, made);
}

static void
a_calendar_program_can_bring_its_entry_up_to_date(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, agenda_person(&a, S("Marie")));
	str uid = str_printf(a.c->mem, "\r\nUID:%lld@agenda.example\r\n", (long long)b.id);
	str was = calendar(&a, b.id, ICAL_REQUEST);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 10 * 60));
	struct booking moved;

	assert_true(has(was, uid));
	assert_has(was, "\r\nMETHOD:REQUEST\r\n");
	assert_has(was, "\r\nSEQUENCE:0\r\n");
	assert_has(was, "\r\nSTATUS:CONFIRMED\r\n");
	assert_has(was, "\r\nSUMMARY:Rendez-vous – Cabinet des Tilleuls\r\n");
	assert_has(was, "\r\nLOCATION:Nantes\r\n");
	assert_has(was, "DTSTART;TZID=Europe/Paris:20261130T091500\r\n");
	assert_has(was, "mailto:agenda@cabinet.example\r\n");
	assert_has(was, "mailto:marie@example.org\r\n");
	assert_true(has(was, str_cat(a.c->mem, S("\r\nURL:"), link_of(&a, &b))) ||
	    has(was, str_cat(a.c->mem, S("\r\nURL;VALUE=URI:"), link_of(&a, &b))));
	assert_ok(booking_move(a.c, b.id, 0, &ask, &moved));
	str is = calendar(&a, b.id, ICAL_REQUEST);
	assert_true(has(is, uid));
	assert_has(is, "\r\nSEQUENCE:1\r\n");
	assert_has(is, "DTSTART;TZID=Europe/Paris:20261130T100000\r\n");
	assert_ok(booking_cancel(a.c, b.id, true));
	is = calendar(&a, b.id, ICAL_CANCEL);
	assert_true(has(is, uid));
	assert_has(is, "\r\nMETHOD:CANCEL\r\n");
	assert_has(is, "\r\nSEQUENCE:2\r\n");
	assert_has(is, "\r\nSTATUS:CANCELLED\r\n");
}

static void
the_uid_has_the_host_of_any_public_address(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, agenda_person(&a, S("Marie")));
	static const struct { const char *url, *host; } cases[] = {
		{ "http://localhost:8080", "localhost" }, { "https://rdv.example/base", "rdv.example" },
		{ "http://[::1]:8080", "serment" }, { "", "serment" }, { "rdv.example", "rdv.example" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message_server own = { .public_url = str_c(cases[i].url) };
		struct message_event e = { .booking = &b, .method = ICAL_PUBLISH };
		str made;

		assert_ok(message_calendar(a.c, &own, &e, &made));
		assert_true(has(made, str_printf(a.c->mem, "\r\nUID:%lld@%s\r\n", (long long)b.id, cases[i].host)));
	}
}

/* --- about an account or an address --- */

static struct outbox_message
sealed(struct ctx *c, enum message_kind kind, const struct outbox_payload *p)
{
	struct outbox_prepared m;

	assert_ok(outbox_prepare(c, kind, c->org, c->org, p, &m));
	return (struct outbox_message){ .id = m.id, .org = m.org, .person = m.person, .kind = kind,
	    .created_at = c->now, .payload_sealed = m.sealed };
}

static void
a_code_says_how_long_it_works_and_lapses_unsent(void **state)
{
	struct ctx *c = scene_begin(state).c;
	struct outbox_payload p = { .to = S("marie@example.org"), .lang = LANG_FR, .word = S("048213") };
	struct outbox_message m = sealed(c, MESSAGE_CODE, &p);
	struct message_mail mail;

	assert_ok(render(c, &m, &mail));
	assert_str(mail.to, p.to);
	assert_str(mail.subject, S("Votre code pour Cabinet des Tilleuls"));
	assert_has(mail.text, "\n048213\n");
	assert_has(mail.text, "15 min");
	assert_has(mail.text, "Si vous n’avez rien demandé");
	assert_has_no(mail.subject, "048213");	/* a locked screen shows the subject */
	assert_has_no(mail.text, "http");
	c->now += promise()->code_life;
	assert_err(render(c, &m, &mail), ERR_EXPIRED);
}

static void
a_code_of_no_organisation_names_the_server(void **state)
{
	struct ctx *c = scene_begin(state).c;
	struct outbox_payload p = { .to = S("marie@example.org"), .lang = LANG_EN, .word = S("048213") };
	struct message_mail mail;

	c->org = 0;
	struct outbox_message m = sealed(c, MESSAGE_CODE, &p);
	assert_ok(render(c, &m, &mail));
	assert_str(mail.subject, S("Your code for Serment"));
}

static void
an_invitation_and_a_reset_carry_their_link_and_its_life(void **state)
{
	struct ctx *c = scene_begin(state).c;
	struct outbox_payload p = { .to = S("anne@example.org"), .lang = LANG_FR, .word = S("t0k3n"),
	    .name = S("Anne Petit") };
	struct outbox_message m = sealed(c, MESSAGE_INVITATION, &p);
	struct message_mail mail;

	assert_ok(render(c, &m, &mail));
	assert_str(mail.subject, S("Invitation de Cabinet des Tilleuls"));
	assert_has(mail.text, "Bonjour Anne Petit,");
	assert_has(mail.text, "https://agenda.example:8443/invitation/t0k3n\n");
	assert_has(mail.text, "7 jours");
	m = sealed(c, MESSAGE_RESET, &p);
	assert_ok(render(c, &m, &mail));
	assert_has(mail.text, "https://agenda.example:8443/mot-de-passe/t0k3n\n");
	assert_has(mail.text, "15 min");
	c->now += promise()->reset_life;
	assert_err(render(c, &m, &mail), ERR_EXPIRED);
}

static void
an_address_that_would_add_a_header_is_refused(void **state)
{
	struct ctx *c = scene_begin(state).c;
	struct outbox_payload p = { .to = S("a@example.org\r\nBcc: all@example.org"), .word = S("048213") };
	struct outbox_message m = sealed(c, MESSAGE_CODE, &p);
	struct message_mail mail;

	assert_err(render(c, &m, &mail), ERR_INVALID);
	p.to = (str){0};
	m = sealed(c, MESSAGE_CODE, &p);
	assert_err(render(c, &m, &mail), ERR_NOT_FOUND);
}

static void
the_administrator_sees_the_text_without_a_mail_server(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking b = book(&a, agenda_person(&a, S("Marie")));
	struct outbox_message m = about(&a, &b, MESSAGE_BOOKED);
	struct message_server silent = server;
	struct message_mail mail;

	silent.from = (str){0};
	assert_err(message_render(a.c, PURPOSE_MANAGE, &silent, &m, &mail), ERR_DENIED);	/* not declared */
	a.c->purposes = PURPOSE_BIT(PURPOSE_MANAGE);
	assert_ok(message_render(a.c, PURPOSE_MANAGE, &silent, &m, &mail));
	assert_has(mail.text, "Votre rendez-vous est confirmé.");
	assert_int_equal(mail.mail.n, 0);
}

/* --- the HTML form --- */

typedef void template(struct out *, const struct message_view *);

static str
html(struct arena *mem, template *page, const struct message_view *v)
{
	static struct buf b;
	struct out o = { .b = &b, .mem = mem, .lang = LANG_FR };

	b = buf_in(mem, 64 * 1024);
	page(&o, v);
	assert_true(buf_ok(&b));
	return buf_str(&b);
}

static int
count_of(str hay, str needle)
{
	int n = 0;

	for (ptrdiff_t at; (at = str_find_str(hay, needle)) >= 0; n++)
		hay = str_slice(hay, (size_t)at + needle.n, hay.n);
	return n;
}

static void
the_html_loads_nothing_and_has_no_link_but_the_one_it_is_about(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	template *const pages[] = { mail_booking_html, mail_code_html, mail_link_html };
	static const enum message_kind kinds[] = { MESSAGE_BOOKED, MESSAGE_CODE, MESSAGE_INVITATION };

	(void)state;
	for (size_t i = 0; i < COUNT(pages); i++) {
		struct message_view v = { .kind = kinds[i], .subject = S("s"), .practice = S("<img src=x> & \"co\""),
		    .when = S("Lundi"), .place = S("<script>"), .word = S("<b>"), .life = S("15 min"),
		    .link = S("https://agenda.example/rdv/abc") };
		str page = html(&mem, pages[i], &v);

		assert_has_no(page, "<img");
		assert_has_no(page, "<script");
		assert_has_no(page, "<b>");
		assert_has_no(page, "url(");
		assert_has_no(page, "<link");
		assert_has_no(page, "@import");
		assert_int_equal(count_of(page, S("src=")), count_of(page, S("&lt;img src=x&gt;")));
		assert_int_equal(count_of(page, S("://")), kinds[i] == MESSAGE_CODE ? 0 : 1);
		assert_has(page, "<html lang=\"fr\">");
		assert_has(page, "content=\"light dark\"");
	}
}

static void
a_link_that_is_none_is_not_written(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct message_view v = { .kind = MESSAGE_RESET, .link = S("javascript:alert(1)") };

	(void)state;
	assert_has_no(html(&mem, mail_link_html, &v), "javascript");
}

static int
times_of(str hay, str needle)
{
	int n = 0;

	for (ptrdiff_t at; (at = str_find_str(hay, needle)) >= 0; n++)
		hay = str_slice(hay, (size_t)at + needle.n, hay.n);
	return n;
}

static void
a_series_lists_every_date_that_stands_with_its_link_and_one_calendar(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, 0);
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	usec starts[3] = { agenda_at(&a, 0, 9 * 60), agenda_at(&a, 7, 9 * 60), agenda_at(&a, 14, 9 * 60) };
	struct series_result made;
	struct outbox_message m;
	struct message_mail mail;
	str calendar;

	assert_ok(series_create(a.c, &ask, &who, starts, 3, &made));
	/* Cancelled before the message left: it is not in it, though the message was made with it. */
	assert_ok(booking_cancel(a.c, made.done[0].id, false));
	m = about(&a, &made.done[0], MESSAGE_SERIES);
	assert_ok(render(a.c, &m, &mail));
	assert_str(mail.subject, S("2 rendez-vous confirmés, le premier : lundi 7 décembre à 9 h"));
	assert_has_no(mail.text, "30 novembre");
	assert_has(mail.text, "Lundi 7 décembre à 9 h");
	assert_has(mail.text, "Lundi 14 décembre à 9 h");
	assert_true(has(mail.text, link_of(&a, &made.done[1])) && has(mail.text, link_of(&a, &made.done[2])));
	assert_has_no(mail.text, "Consultation");	/* R52 */

	struct ctx own = *a.c;
	assert_ok(message_calendar_of(&own, &server, made.done + 1, 2, &calendar));
	assert_int_equal(times_of(calendar, S("BEGIN:VEVENT")), 2);
	assert_int_equal(times_of(calendar, S("METHOD:PUBLISH")), 1);
	assert_int_equal(times_of(calendar, S("BEGIN:VTIMEZONE")), 1);
	/* The mail carries it: the dates of both are there. */
	assert_has(mail.mail, "method=PUBLISH");

	assert_ok(booking_cancel(a.c, made.done[1].id, false));
	assert_ok(booking_cancel(a.c, made.done[2].id, false));
	assert_err(render(a.c, &m, &mail), ERR_EXPIRED);
}

static void
the_longest_series_fits_into_one_message(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, 0);
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct series_rule rule = { .every_weeks = 2, .times = BOOKING_SERIES_MAX };
	struct series_result made;
	struct outbox_message m;
	struct message_mail mail;
	usec *starts;
	size_t n;

	assert_ok(series_starts(a.c->mem, a.paris, agenda_at(&a, 0, 9 * 60), &rule, &starts, &n));
	assert_ok(series_create(a.c, &ask, &who, starts, n, &made));
	assert_int_equal(made.done_n, BOOKING_SERIES_MAX);
	m = about(&a, &made.done[0], MESSAGE_SERIES);
	assert_ok(render(a.c, &m, &mail));
	assert_int_equal(times_of(mail.text, S("https://agenda.example:8443/rdv/")), BOOKING_SERIES_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_series_lists_every_date_that_stands_with_its_link_and_one_calendar),
		ENGINE_TEST_SCHEMA(the_longest_series_fits_into_one_message),
		ENGINE_TEST_SCHEMA(a_confirmation_says_date_hour_place_and_link_in_french),
		ENGINE_TEST_SCHEMA(each_person_reads_it_in_his_own_language),
		ENGINE_TEST_SCHEMA(a_message_tells_nothing_about_health),
		ENGINE_TEST_SCHEMA(a_child_without_an_address_is_told_through_whoever_books_for_it),
		ENGINE_TEST_SCHEMA(whoever_has_no_address_gets_no_message),
		ENGINE_TEST_SCHEMA(what_is_not_true_any_more_is_not_said),
		ENGINE_TEST_SCHEMA(a_calendar_program_can_bring_its_entry_up_to_date),
		ENGINE_TEST_SCHEMA(the_uid_has_the_host_of_any_public_address),
		ENGINE_TEST_SCHEMA(a_code_says_how_long_it_works_and_lapses_unsent),
		ENGINE_TEST_SCHEMA(a_code_of_no_organisation_names_the_server),
		ENGINE_TEST_SCHEMA(an_invitation_and_a_reset_carry_their_link_and_its_life),
		ENGINE_TEST_SCHEMA(an_address_that_would_add_a_header_is_refused),
		ENGINE_TEST_SCHEMA(the_administrator_sees_the_text_without_a_mail_server),
		cmocka_unit_test(the_html_loads_nothing_and_has_no_link_but_the_one_it_is_about),
		cmocka_unit_test(a_link_that_is_none_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
