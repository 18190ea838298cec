/* test_demo.c - invented data keep the rules that real data keep. */
#include "access/account.h"
#include "access/audit.h"
#include "access/factor.h"
#include "access/password.h"
#include "access/signin.h"
#include "access/token.h"
#include "assert_str.h"
#include "base/holiday.h"
#include "folder.h"
#include "json_path.h"
#include "practice/motive.h"
#include "practice/person.h"
#include "practice/slot.h"
#include "vault/secret.h"

static int64_t
count(struct folder *f, struct sql sql)
{
	int64_t n = -1;

	assert_ok(db_one_int(f->db, sql, NULL, 0, &n));
	return n;
}

static void
numbers_are_those_that_were_asked_for(void **state)
{
	struct folder f;
	struct demo_options o = folder_small();

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	o.orgs = 2;
	struct demo_made made = folder_fill(&f, o);
	assert_int_equal(made.orgs_n, 2);
	assert_int_equal(made.accounts_n, 8);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM booking WHERE kind = 1")), 2 * o.appointments);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM practitioner")), 2 * o.practitioners);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM person")), 2 * o.patients);
	assert_true(count(&f, SQL("SELECT COUNT(*) FROM booking WHERE kind = 2")) > 0);
	assert_true(count(&f, SQL("SELECT COUNT(*) FROM booking WHERE kind = 3")) > 0);
	assert_true(count(&f, SQL("SELECT COUNT(*) FROM booking WHERE lane = 1")) > 0);
	/* Confirmed, done, no-show, excused, cancelled: what a desk meets in a month. */
	assert_int_equal(count(&f, SQL("SELECT COUNT(DISTINCT state) FROM booking WHERE state IN (2, 5, 6, 7, 8)")), 5);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM booking WHERE state = 1")), 0);
	folder_end(&f);
}

/* Overlap of two live bookings for whoever can be in one place only. */
#define OVERLAP " a.org = b.org AND a.id < b.id AND a.state < 8 AND b.state < 8" \
	" AND a.start_at < b.end_at AND b.start_at < a.end_at"

static void
nobody_and_nothing_is_in_two_places(void **state)
{
	struct folder f;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	(void)folder_fill(&f, folder_small());
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM booking a, booking b WHERE" OVERLAP
	    " AND a.practitioner = b.practitioner AND a.lane = b.lane"
	    " AND a.session IS NULL AND b.session IS NULL")), 0);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM booking a, booking b WHERE" OVERLAP
	    " AND a.person = b.person")), 0);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM booking a, booking b WHERE" OVERLAP
	    " AND a.room = b.room")), 0);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM booking a, booking b WHERE" OVERLAP
	    " AND a.device = b.device")), 0);
	folder_end(&f);
}

static void
what_is_to_come_holds_its_time_and_what_is_long_past_does_not(void **state)
{
	struct folder f;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	(void)folder_fill(&f, folder_small());
	assert_true(count(&f, SQL("SELECT COUNT(*) FROM busy")) > 0);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM booking k WHERE start_at > 1795424400000000"
	    " AND state < 8 AND session IS NULL AND NOT EXISTS (SELECT 1 FROM busy WHERE org = k.org"
	    " AND holder = k.practitioner AND booking = k.id AND cell = k.start_at / 300000000)")), 0);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM busy WHERE cell < 1795424400 / 300 - 3 * 288")), 0);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM busy WHERE booking IN"
	    " (SELECT id FROM booking WHERE state = 8)")), 0);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM booking WHERE session IS NOT NULL AND NOT EXISTS"
	    " (SELECT 1 FROM seat WHERE seat.org = booking.org AND seat.booking = booking.id)")), 0);
	folder_end(&f);
}

/* A slot that the search offers is one that the appointments left free, and there are some. */
static void
free_times_are_left_to_book(void **state)
{
	struct folder f;
	struct motive *motives;
	struct slot *slots;
	size_t n, found = 0;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	struct demo_made made = folder_fill(&f, folder_small());
	f.c.org = made.orgs[0].id;
	assert_ok(motive_list(&f.c, false, &motives, &n));
	for (size_t i = 0; i < n; i++) {
		struct slot_query q = { .motive = motives[i].id, .from = 20780, .days = 28, .online = true };
		size_t some = 0;

		if (motives[i].online)
			assert_ok(slot_find(&f.c, &q, &slots, &some));
		found += some;
	}
	assert_true(found > 100);
	folder_end(&f);
}

static str
base32_bytes(struct arena *mem, str text)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *p = arena_alloc(mem, text.n, 1);
	uint32_t bits = 0;
	size_t have = 0, n = 0;

	for (size_t i = 0; i < text.n; i++) {
		bits = bits << 5 | (uint32_t)(strchr(letters, text.p[i]) - letters);
		if ((have += 5) >= 8) {
			have -= 8;
			p[n++] = (char)(bits >> have & 0xff);
		}
	}
	return (str){ p, n };
}

static void
every_account_signs_in_with_what_was_printed(void **state)
{
	struct folder f;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	struct demo_made made = folder_fill(&f, folder_small());
	for (size_t i = 0; i < made.accounts_n; i++) {
		const struct demo_account *a = &made.accounts[i];
		struct signin_try try = { .login = a->login, .password = a->password, .peer = S("192.0.2.1") };
		struct signin in;
		struct token token;

		assert_int_equal(password_fault(a->password, a->login, S("X")), PASSWORD_GOOD);
		assert_ok(signin_password(&f.c, &try, &in));
		assert_int_equal(in.stage, STAGE_FACTOR);
		assert_true(in.enrolled);
		assert_ok(factor_check(&f.c, in.account,
		    totp_code(&f.mem, base32_bytes(&f.mem, a->totp_secret), f.c.now)));
		assert_int_equal(a->api_token.n == 0, a->role == ROLE_PATIENT);
		if (a->api_token.n == 0)
			continue;
		assert_ok(token_find(&f.c, a->api_token, &token));
		assert_int_equal(token.org, made.orgs[0].id);
		assert_int_equal(token.role, a->role);
		assert_int_equal(token.scopes, SCOPES_ALL);
	}
	folder_end(&f);
}

static bool
of_fiction(str phone)
{
	static const char *const ranges[] = { "+3319900", "+3326191", "+3335301", "+3346571", "+3353649",
		"+3363998" };

	for (size_t i = 0; i < COUNT(ranges); i++)
		if (str_starts(phone, str_c(ranges[i])) && phone.n == 12)
			return true;
	return phone.n == 0;
}

static void
people_open_are_sound_and_can_be_nobody_real(void **state)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct folder f;
	id ids[200];
	size_t n = 0, reachable = 0;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	struct demo_made made = folder_fill(&f, folder_small());
	f.c.org = made.orgs[0].id;
	assert_ok(db_read(f.db, SQL("SELECT id FROM person ORDER BY id"), NULL, 0, &rows));
	while (db_next(rows) == OK)
		ids[n++] = db_int(rows, 0);
	db_rows_end(&rows);
	struct person *people = NEW_N(&f.mem, struct person, n);
	assert_ok(person_get_many(&f.c, PURPOSE_NOTIFY, ids, n, people));
	for (size_t i = 0; i < n; i++) {
		struct person *p = &people[i], *found;
		size_t found_n;

		assert_int_equal(p->id, ids[i]);
		assert_int_equal(person_clean(&f.c, false, p), PERSON_SOUND);
		assert_true(of_fiction(p->phone));
		assert_true(p->email.n == 0 || str_ends(p->email, S("@example.org")) ||
		    str_ends(p->email, S(".example.test")));
		assert_true(p->guardian != 0 || p->email.n + p->phone.n > 0);
		if (p->email.n == 0)
			continue;
		assert_ok(person_find_by_email(&f.c, PURPOSE_NOTIFY, p->email, &found, &found_n));
		assert_int_equal(found_n, 1);
		assert_int_equal(found[0].id, p->id);
		reachable++;
	}
	assert_true(reachable > n / 2);
	folder_end(&f);
}

/* All that the program would show, as one hash: sealed bytes differ each time, what they say does not. */
static str
fingerprint(struct folder *f)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct buf b = buf_in(&f->mem, 4 << 20);

	assert_ok(db_read(f->db, SQL("SELECT b.id, b.state, b.start_at, b.end_at, b.lane, b.person, b.practitioner,"
	    " b.created_at, p.slug, m.name FROM booking b JOIN practitioner p ON p.org = b.org AND"
	    " p.id = b.practitioner LEFT JOIN motive m ON m.org = b.org AND m.id = b.motive ORDER BY b.id"),
	    NULL, 0, &rows));
	while (db_next(rows) == OK) {
		for (int i = 0; i < 8; i++)
			buf_printf(&b, "%lld ", (long long)db_int(rows, i));
		buf_printf(&b, "%.*s %.*s\n", STR_FMT(db_text(rows, &f->mem, 8)), STR_FMT(db_text(rows, &f->mem, 9)));
	}
	assert_true(buf_ok(&b));
	return str_hex(&f->mem, sha256(&f->mem, buf_str(&b)));
}

static void
the_same_seed_gives_the_same_data_and_another_gives_other_data(void **state)
{
	struct folder f[3];
	str prints[3], json[3];

	(void)state;
	for (size_t i = 0; i < COUNT(f); i++) {
		struct demo_options o = folder_small();
		struct buf *b;

		folder_begin(&f[i]);
		folder_open(&f[i], NULL);
		o.seed += i == 2;
		struct demo_made made = folder_fill(&f[i], o);
		b = NEW(&f[i].mem, struct buf);
		*b = buf_in(&f[i].mem, 1 << 20);
		demo_json(&made, b);
		json[i] = buf_str(b);
		prints[i] = fingerprint(&f[i]);
	}
	assert_str(prints[1], prints[0]);
	assert_str(json[1], json[0]);
	assert_false(str_eq(prints[2], prints[0]));
	assert_false(str_eq(json[2], json[0]));
	for (size_t i = 0; i < COUNT(f); i++)
		folder_end(&f[i]);
}

static void
the_printed_object_is_the_one_that_scripts_read(void **state)
{
	static const char *const roles[] = { "administrator", "practitioner", "secretary", "patient" };
	struct folder f;
	struct json *doc;
	struct json_error error;
	size_t n;
	str text;

	(void)state;
	folder_begin(&f);
	folder_open(&f, NULL);
	struct demo_made made = folder_fill(&f, folder_small());
	struct buf b = buf_in(&f.mem, 1 << 20);
	demo_json(&made, &b);
	assert_ok(json_parse(&f.mem, buf_str(&b), &doc, &error));
	const struct json *orgs = json_items(json_get(doc, "organisations"), &n);
	assert_int_equal(n, 1);
	assert_true(json_str(json_get(orgs, "id"), &text));	/* ids are strings */
	assert_str(text, str_of_int(&f.mem, made.orgs[0].id));
	assert_true(json_str(json_get(orgs, "slug"), &text));
	assert_str(text, S("cabinet-des-tilleuls"));
	const struct json *accounts = json_items(json_get(doc, "accounts"), &n);
	assert_int_equal(n, COUNT(roles));
	for (size_t i = 0; i < n; i++) {
		assert_true(json_str(json_get(&accounts[i], "organisation"), &text));
		assert_str(text, S("cabinet-des-tilleuls"));
		assert_true(json_str(json_get(&accounts[i], "role"), &text));
		assert_str(text, str_c(roles[i]));
		assert_true(json_str(json_get(&accounts[i], "totp_secret"), &text));
		assert_int_equal(text.n, 32);
		assert_true(json_str(json_get(&accounts[i], "login"), &text));
		assert_true(json_str(json_get(&accounts[i], "password"), &text));
		assert_int_equal(json_str(json_get(&accounts[i], "api_token"), &text), i != 3);
	}
	folder_end(&f);
}

static void
invented_people_are_never_mixed_with_organisations_that_are_there(void **state)
{
	struct folder f;
	struct demo_options o = folder_small();
	struct demo_made made;
	str why = {0};

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	(void)folder_fill(&f, o);
	int64_t people = count(&f, SQL("SELECT COUNT(*) FROM person"));
	assert_err(demo_fill(f.server, &f.mem, &o, &made, &why), ERR_CONFLICT);
	assert_true(str_find_str(why, S("never mixed")) >= 0);
	assert_ok(demo_ensure(f.server, &f.mem, &why));	/* serve --demo: it leaves them alone too */
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM person")), people);
	folder_end(&f);
}

static void
more_appointments_than_fit_are_refused_in_words(void **state)
{
	struct folder f;
	struct demo_options o = folder_small();
	struct demo_made made;
	str why = {0};

	(void)state;
	folder_begin(&f);
	folder_open(&f, NULL);
	o.practitioners = 1;
	o.patients = 1;		/* who cannot be everywhere */
	o.appointments = 400 * 1000;
	assert_err(demo_fill(f.server, &f.mem, &o, &made, &why), ERR_TOO_LARGE);
	assert_true(str_find_str(why, S("do not fit")) >= 0);
	folder_end(&f);
}

/* Nobody comes on a holiday, or while the practitioner is on leave. */
static void
nobody_is_received_on_a_public_holiday_or_during_leave(void **state)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	const struct zone *paris = zone_get(S("Europe/Paris"));
	struct demo_options o = folder_small();
	struct folder f;
	day first = INT32_MAX;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	o.appointments = 6000;
	(void)folder_fill(&f, o);
	assert_ok(db_read(f.db, SQL("SELECT start_at FROM booking"), NULL, 0, &rows));
	while (db_next(rows) == OK) {
		day on = zone_local(paris, db_int(rows, 0)).day;

		assert_false(holiday_on(S("Europe/Paris"), on));
		first = on < first ? on : first;
	}
	db_rows_end(&rows);
	assert_true(first < 20768);	/* Wednesday 11 November 2026 lies within what was filled */
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM absence a JOIN booking b ON b.org = a.org"
	    " AND b.practitioner = a.practitioner WHERE a.every_weeks = 0"
	    " AND b.start_at >= (CAST(a.first_day AS BIGINT) * 86400) * 1000000"
	    " AND b.start_at < (CAST(a.last_day AS BIGINT) * 86400) * 1000000")), 0);
	assert_true(count(&f, SQL("SELECT COUNT(*) FROM absence WHERE every_weeks = 0")) >= 2 * o.practitioners);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM org WHERE open_on_holidays = 0 AND reminder_hours = 48")), 1);
	folder_end(&f);
}

/* On PostgreSQL an agenda that nobody has counted is read from end to end. */
static void
what_was_filled_is_counted_for_the_planner(void **state)
{
	struct demo_options o = folder_small();
	struct folder f;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	(void)folder_fill(&f, o);
	assert_true(count(&f, SQL("SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = 'booking'"))
	    >= o.appointments);
	folder_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(numbers_are_those_that_were_asked_for),
		ENGINE_TEST_SQLITE(nobody_and_nothing_is_in_two_places),
		ENGINE_TEST(what_is_to_come_holds_its_time_and_what_is_long_past_does_not),
		ENGINE_TEST_SQLITE(free_times_are_left_to_book),
		ENGINE_TEST(every_account_signs_in_with_what_was_printed),
		ENGINE_TEST_SQLITE(people_open_are_sound_and_can_be_nobody_real),
		cmocka_unit_test(the_same_seed_gives_the_same_data_and_another_gives_other_data),
		cmocka_unit_test(the_printed_object_is_the_one_that_scripts_read),
		ENGINE_TEST_SQLITE(invented_people_are_never_mixed_with_organisations_that_are_there),
		cmocka_unit_test(more_appointments_than_fit_are_refused_in_words),
		ENGINE_TEST_SQLITE(nobody_is_received_on_a_public_holiday_or_during_leave),
		ENGINE_TEST_POSTGRES(what_was_filled_is_counted_for_the_planner),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
