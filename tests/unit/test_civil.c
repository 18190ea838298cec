/* test_civil.c - base/civil.h, the calendar; zones are in test_zone.c */
#include "assert_str.h"
#include "base/civil.h"

static day
on(int year, int month, int mday)
{
	day d;

	assert_true(civil_day((struct civil_date){ year, month, mday }, &d));
	return d;
}

static void
each_day_from_1800_to_2200_is_one_date_and_one_weekday(void **state)
{
	day d = on(1800, 1, 1);
	int weekday = 3;	/* a Wednesday */
	struct civil_date before = { 1799, 12, 31 };

	(void)state;
	for (; d <= on(2200, 12, 31); d++) {
		struct civil_date at = civil_date(d);

		assert_int_equal(on(at.year, at.month, at.day), d);
		assert_int_equal(civil_weekday(d), weekday);
		assert_int_equal(civil_weekday(civil_monday(d)), 1);
		assert_true(d - civil_monday(d) >= 0 && d - civil_monday(d) < 7);
		assert_true(at.day == before.day + 1 || (at.day == 1 && before.day >= 28));
		weekday = weekday % 7 + 1;
		before = at;
	}
	assert_int_equal(on(1970, 1, 1), 0);
	assert_int_equal(on(2000, 3, 1), 11017);
}

static void
impossible_dates_are_refused(void **state)
{
	static const struct civil_date bad[] = {
		{ 2027, 2, 29 }, { 1900, 2, 29 }, { 2026, 4, 31 }, { 2026, 0, 1 }, { 2026, 13, 1 },
		{ 2026, 1, 0 }, { 2026, 1, 32 }, { 1799, 12, 31 }, { 2201, 1, 1 }, { 2026, -1, 1 },
		{ INT32_MAX, 1, 1 },
	};
	day d = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(civil_day(bad[i], &d));
	assert_int_equal(d, 42);
}

static void
iso_weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday(void **state)
{
	(void)state;
	assert_int_equal(civil_iso_week(on(2026, 1, 1)), 1);
	assert_int_equal(civil_iso_week(on(2027, 1, 1)), 53);
	assert_int_equal(civil_iso_week(on(2027, 1, 3)), 53);
	assert_int_equal(civil_iso_week(on(2027, 1, 4)), 1);
	assert_int_equal(civil_iso_week(on(2024, 12, 30)), 1);
	assert_int_equal(civil_iso_week(on(2026, 11, 23)), 48);
}

static void
a_birthday_on_29_february_turns_on_1_march(void **state)
{
	day born = on(2008, 2, 29);

	(void)state;
	assert_int_equal(civil_age(born, on(2026, 2, 28)), 17);
	assert_int_equal(civil_age(born, on(2026, 3, 1)), 18);
	assert_int_equal(civil_age(born, on(2024, 2, 29)), 16);
	assert_int_equal(civil_age(on(2011, 11, 23), on(2026, 11, 22)), 14);
	assert_int_equal(civil_age(on(2011, 11, 23), on(2026, 11, 23)), 15);
	assert_int_equal(civil_age(born, born), 0);
}

static void
dates_are_read_in_one_form_only(void **state)
{
	static const char *const bad[] = {
		"", "2026-11-2", "2026-1-23", "26-11-23", "2026/11/23", "2026-11-23 ", " 2026-11-23",
		"2026-11-231", "2027-02-29", "2026-13-01", "-026-11-23", "+026-11-23", "2026-11-2x",
	};
	CLEANUP(arena_free) struct arena mem = {0};
	day d = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(civil_parse_date(str_c(bad[i]), &d));
	assert_int_equal(d, 42);
	assert_true(civil_parse_date(S("2028-02-29"), &d));
	assert_int_equal(d, on(2028, 2, 29));
	assert_str(civil_iso_date(&mem, d), S("2028-02-29"));
	assert_str(civil_iso_date(&mem, on(1800, 1, 1)), S("1800-01-01"));
}

static void
hours_are_read_as_people_type_them(void **state)
{
	static const char *const good[] = {
		"08:45", "8:45", "8h45", "08h45", "8 h 45", " 8H45 ", "8\u00a0h\u00a045", "8\u202fh 45",
	};
	static const char *const bad[] = {
		"", "8", "845", "24:00", "8:60", "8:4", "8:455", "8 : 45", "8h", "-8:45", "8.45",
		"008:45", "8:45pm", "99h00",
	};
	int minute = -1;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(civil_parse_hour(str_c(bad[i]), &minute));
	assert_int_equal(minute, -1);
	for (size_t i = 0; i < COUNT(good); i++) {
		minute = -1;
		assert_true(civil_parse_hour(str_c(good[i]), &minute));
		assert_int_equal(minute, 8 * 60 + 45);
	}
	assert_true(civil_parse_hour(S("0:00"), &minute));
	assert_int_equal(minute, 0);
	assert_true(civil_parse_hour(S("23:59"), &minute));
	assert_int_equal(minute, 1439);
}

static void
rfc3339_comes_back_the_same_with_any_offset(void **state)
{
	static const char *const zones[] = {
		"Europe/Paris", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Etc/UTC",
	};
	CLEANUP(arena_free) struct arena mem = {0};
	usec back;

	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		const struct zone *z = zone_get(str_c(zones[i]));

		assert_non_null(z);
		for (usec at = -USEC_PER_DAY * 40000; at < USEC_PER_DAY * 40000;
		    at += USEC_PER_DAY * 97 + 12345 * USEC_PER_SECOND) {
			assert_true(civil_parse_rfc3339(civil_rfc3339(&mem, z, at), &back));
			assert_true(back == at);
			assert_true(civil_parse_rfc3339(civil_rfc3339(&mem, NULL, at), &back));
			assert_true(back == at);
		}
		arena_reset(&mem);
	}
	const struct zone *paris = zone_get(S("Europe/Paris"));

	assert_str(civil_rfc3339(&mem, paris, INT64_C(1795419900) * USEC_PER_SECOND),
	    S("2026-11-23T08:45:00+01:00"));
	assert_str(civil_rfc3339(&mem, NULL, -1), S("1969-12-31T23:59:59Z"));
}

static void
rfc3339_is_read_strictly(void **state)
{
	static const char *const bad[] = {
		"", "2026-11-23", "2026-11-23T08:45:00", "2026-11-23 08:45:00Z", "2026-11-23T08:45Z",
		"2026-11-23T24:00:00Z", "2026-11-23T08:60:00Z", "2026-11-23T08:45:61Z",
		"2026-11-23T08:45:00.Z", "2026-11-23T08:45:00+1:00", "2026-11-23T08:45:00+24:00",
		"2026-11-23T08:45:00+01:60", "2026-11-23T08:45:00+0100", "2026-11-23T08:45:00Zx",
		"2027-02-29T08:45:00Z",
	};
	usec at = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(civil_parse_rfc3339(str_c(bad[i]), &at));
	assert_true(at == 42);
	assert_true(civil_parse_rfc3339(S("1970-01-01t00:00:01.5z"), &at));
	assert_true(at == 1500000);
	assert_true(civil_parse_rfc3339(S("1970-01-01T00:00:00.0000019Z"), &at));
	assert_true(at == 1);
	assert_true(civil_parse_rfc3339(S("1969-12-31T18:30:00-05:30"), &at));
	assert_true(at == 0);
	/* The example of section 5.8: a leap second. */
	assert_true(civil_parse_rfc3339(S("1990-12-31T15:59:60-08:00"), &at));
	assert_true(at == INT64_C(662688000) * USEC_PER_SECOND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_day_from_1800_to_2200_is_one_date_and_one_weekday),
		cmocka_unit_test(impossible_dates_are_refused),
		cmocka_unit_test(iso_weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday),
		cmocka_unit_test(a_birthday_on_29_february_turns_on_1_march),
		cmocka_unit_test(dates_are_read_in_one_form_only),
		cmocka_unit_test(hours_are_read_as_people_type_them),
		cmocka_unit_test(rfc3339_comes_back_the_same_with_any_offset),
		cmocka_unit_test(rfc3339_is_read_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
