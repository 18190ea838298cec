/* test_birth.c - birth dates as people type them (ux-3, ux-53). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "format/birth.h"

static day
on(int year, int month, int day_of_month)
{
	day d;

	assert_true(civil_day((struct civil_date){ year, month, day_of_month }, &d));
	return d;
}

static void
assert_reads(const char *typed, day want)
{
	day got;

	if (!birth_parse(str_c(typed), on(2026, 11, 23), &got))
		fail_msg("refused: %s", typed);
	if (got != want)
		fail_msg("%s was read as day %d, not %d", typed, (int)got, (int)want);
}

static void
assert_refuses(const char *typed)
{
	day got = -1;

	if (birth_parse(str_c(typed), on(2026, 11, 23), &got))
		fail_msg("read as day %d: %s", (int)got, typed);
}

static void
every_habit_means_the_same_day(void **state)
{
	static const char *const habits[] = {
		"12/03/1980", "12/3/1980", "12.03.1980", "12-03-1980", "12 03 1980", " 12/03/1980 ",
		"12 / 03 / 1980", "12031980", "120380", "12/03/80", "12 3 80", "1980-03-12", "1980/3/12", "19800312",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(habits); i++)
		assert_reads(habits[i], on(1980, 3, 12));
}

static void
a_short_year_is_the_latest_that_is_not_to_come(void **state)
{
	(void)state;
	assert_reads("23/11/26", on(2026, 11, 23));
	assert_reads("24/11/26", on(1926, 11, 24));
	assert_reads("01/01/00", on(2000, 1, 1));
	assert_reads("29/02/24", on(2024, 2, 29));
	assert_reads("290200", on(2000, 2, 29));	/* 1900 had no such day */
}

static void
today_may_be_a_birthday_and_tomorrow_may_not(void **state)
{
	(void)state;
	assert_reads("23/11/2026", on(2026, 11, 23));
	assert_refuses("24/11/2026");
	assert_refuses("2026-11-24");
}

static void
eight_digits_are_day_month_year_before_they_are_iso(void **state)
{
	(void)state;
	assert_reads("20012001", on(2001, 1, 20));
	assert_reads("20011203", on(2001, 12, 3));	/* 20 January 1203 is out of range */
}

static void
what_is_no_day_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", " ", "/", "12", "12/03", "31/02/1980", "29/02/1900", "00/03/1980", "12/13/1980", "12/03/198",
		"12/03/8", "12/03/19800", "1/2/3/4", "12 mars 1980", "12/03/1980x", "1234567", "123456789",
		"12/03/-1980x", "99999999", "12\xc2\xa0" "03 1980", "00000000000000000000000000000000000000000000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_refuses(wrong[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_habit_means_the_same_day),
		cmocka_unit_test(a_short_year_is_the_latest_that_is_not_to_come),
		cmocka_unit_test(today_may_be_a_birthday_and_tomorrow_may_not),
		cmocka_unit_test(eight_digits_are_day_month_year_before_they_are_iso),
		cmocka_unit_test(what_is_no_day_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
