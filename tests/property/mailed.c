/*
 * mailed.c - what patients are told of an appointment, in any zone, for mailed.py:
 * a line "<zone> <second> <fr|en>" of standard input, an answer a line in the file named
 * by MAILED_ANSWERS: subject, text and DTSTART, apart by \x1f, the text's lines by \x1e.
 * The appointment is a real one; only its time and the practice's zone are set.
 */
#include <stdio.h>

#include "practice/message.h"
#include "../unit/agenda.h"

enum { MINUTES = 15, RENDERS_A_CHANGE = 200 };

static const struct message_server server = {
	.public_url = { "https://rdv.example", 19 }, .from = { "rdv@cabinet.example", 19 }, .name = { "Serment", 7 },
};

static id
appointment(const struct agenda *a, enum lang lang, int minute)
{
	struct person p = { .family = S("Durand"), .given = S("Lou"), .birth_date = S("1980-03-12"),
	    .email = lang == LANG_FR ? S("lou@example.org") : S("lou@example.com"), .lang = lang };
	struct booking_ask ask = agenda_ask(a, agenda_at(a, 0, minute));
	struct booking_who who = {0};
	struct booking b;

	assert_ok(person_create(a->c, &p, &who.person));
	assert_ok(booking_create(a->c, &ask, &who, &b));
	return b.id;
}

static void
print_line(FILE *to, str text, char newline, char end)
{
	for (size_t i = 0; i < text.n; i++)
		(void)fputc(text.p[i] == '\n' ? newline : text.p[i], to);
	(void)fputc(end, to);
}

static void
answer(struct ctx *c, id booking, FILE *to)
{
	struct ctx job = *c;
	struct message_mail mail;
	struct booking b;
	str ics;

	assert_ok(booking_get(c, booking, &b));
	struct outbox_message m = { .id = 1, .org = c->org, .person = b.person, .booking = b.id,
	    .kind = MESSAGE_BOOKED, .created_at = c->now };

	job.role = ROLE_JOB;
	job.org = 0;
	job.purposes = PURPOSE_BIT(PURPOSE_NOTIFY) | PURPOSE_BIT(PURPOSE_SECURE);
	assert_ok(message_render(&job, PURPOSE_NOTIFY, &server, &m, &mail));
	assert_ok(message_calendar(c, &server, &(struct message_event){ .booking = &b, .method = ICAL_REQUEST,
	    .attendee = mail.to }, &ics));
	/* Behind those of the zone's own rules. */
	ptrdiff_t event = str_find_str(ics, S("BEGIN:VEVENT"));

	assert_true(event >= 0);
	str line = str_slice(ics, (size_t)event, ics.n);
	ptrdiff_t at = str_find_str(line, S("\r\nDTSTART"));

	assert_true(at >= 0);
	line = str_slice(line, (size_t)at + 2, line.n);

	print_line(to, mail.subject, '\x1e', '\x1f');
	print_line(to, mail.text, '\x1e', '\x1f');
	print_line(to, str_slice(line, 0, (size_t)str_find_str(line, S("\r\n"))), '\x1e', '\n');
}

static void
set_time(struct ctx *c, str zone, usec at)
{
	assert_ok(db_run(c->db, SQL("UPDATE org SET zone = $1 WHERE id = $2 AND zone <> $1"),
	    BINDS(TEXT(zone), INT(c->org)), &(int64_t){0}));
	assert_ok(db_run(c->db, SQL("UPDATE booking SET start_at = $1, end_at = $2 WHERE org = $3"),
	    BINDS(INT(at), INT(at + MINUTES * USEC_PER_MINUTE), INT(c->org)), &(int64_t){0}));
	c->now = at - USEC_PER_DAY;
}

/* Many answers in one change: nothing of it is to last. */
static bool
answer_some(struct ctx *c, const id *booking, FILE *to)
{
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct ctx own = *c;
	char line[128];
	int n = 0;

	own.mem = &mem;
	assert_ok(db_begin(own.db, &tx));
	for (; n < RENDERS_A_CHANGE && fgets(line, sizeof(line), stdin) != NULL; n++) {
		str rest = str_trim(str_c(line)), zone, second;
		int64_t at;

		assert_true(str_split(&rest, ' ', &zone) && str_split(&rest, ' ', &second));
		assert_true(str_int(second, 0, (int64_t)1 << 40, &at));
		set_time(&own, zone, at * USEC_PER_SECOND);
		answer(&own, booking[str_eq(rest, S("en"))], to);
	}
	return n == RENDERS_A_CHANGE;
}

static void
every_question_is_answered(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	const id booking[] = { appointment(&a, LANG_FR, 9 * 60), appointment(&a, LANG_EN, 10 * 60) };
	FILE *to = fopen(getenv("MAILED_ANSWERS"), "w");

	assert_non_null(to);
	while (answer_some(a.c, booking, to))
		;
	assert_int_equal(fclose(to), 0);
}

int
main(void)
{
	static const struct engine_case on_sqlite = { every_question_is_answered, true };
	const struct CMUnitTest tests[] = {
		{ "every_question_is_answered", engine_run, engine_setup_sqlite, engine_teardown,
		    (void *)(uintptr_t)&on_sqlite },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
