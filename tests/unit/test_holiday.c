/* test_holiday.c - base/holiday.h against almanacs. */
#include "assert_str.h"
#include "base/holiday.h"

static day
on(int year, int month, int mday)
{
	day d;

	assert_true(civil_day((struct civil_date){ year, month, mday }, &d));
	return d;
}

static int
of_year(str zone, int year)
{
	int n = 0;

	for (day d = on(year, 1, 1); d <= on(year, 12, 31); d++)
		n += holiday_on(zone, d);
	return n;
}

/* The earliest and the latest that Easter can be, and years that almanacs name. */
static void
easter_is_where_the_almanacs_have_it(void **state)
{
	static const struct civil_date known[] = {
		{ 1818, 3, 22 }, { 1943, 4, 25 }, { 1954, 4, 18 }, { 1981, 4, 19 }, { 2000, 4, 23 },
		{ 2008, 3, 23 }, { 2024, 3, 31 }, { 2025, 4, 20 }, { 2026, 4, 5 }, { 2027, 3, 28 },
		{ 2028, 4, 16 }, { 2038, 4, 25 }, { 2049, 4, 18 }, { 2076, 4, 19 }, { 2160, 3, 23 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++)
		assert_int_equal(holiday_easter(known[i].year), on(known[i].year, known[i].month, known[i].day));
	for (int year = 1800; year <= 2200; year++) {
		assert_int_equal(civil_weekday(holiday_easter(year)), 7);
		assert_in_range(holiday_easter(year), on(year, 3, 22), on(year, 4, 25));
	}
}

static void
a_year_in_paris_has_its_eleven_days(void **state)
{
	static const struct civil_date of_2026[] = {
		{ 2026, 1, 1 }, { 2026, 4, 6 }, { 2026, 5, 1 }, { 2026, 5, 8 }, { 2026, 5, 14 },
		{ 2026, 5, 25 }, { 2026, 7, 14 }, { 2026, 8, 15 }, { 2026, 11, 1 }, { 2026, 11, 11 },
		{ 2026, 12, 25 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(of_2026); i++)
		assert_true(holiday_on(S("Europe/Paris"), on(2026, of_2026[i].month, of_2026[i].day)));
	assert_int_equal(of_year(S("Europe/Paris"), 2026), 11);
	/* Ascension on 1 May: two in one. */
	assert_int_equal(of_year(S("Europe/Paris"), 2008), 10);
	assert_false(holiday_on(S("Europe/Paris"), on(2026, 4, 3)));	/* Good Friday: Alsace-Moselle's */
	assert_false(holiday_on(S("Europe/Paris"), on(2026, 12, 26)));
}

static void
overseas_has_its_own_day_and_another_country_has_none_of_ours(void **state)
{
	(void)state;
	assert_true(holiday_on(S("Indian/Reunion"), on(2026, 12, 20)));
	assert_true(holiday_on(S("America/Martinique"), on(2026, 5, 22)));
	assert_false(holiday_on(S("Europe/Paris"), on(2026, 12, 20)));
	assert_int_equal(of_year(S("America/Cayenne"), 2026), 12);
	assert_int_equal(of_year(S("Europe/Brussels"), 2026), 0);
	assert_int_equal(of_year(S(""), 2026), 0);
}

static void
days_outside_the_calendar_are_none(void **state)
{
	(void)state;
	assert_false(holiday_on(S("Europe/Paris"), on(2200, 12, 31) + 1));
	assert_false(holiday_on(S("Europe/Paris"), on(1800, 1, 1) - 365));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(easter_is_where_the_almanacs_have_it),
		cmocka_unit_test(a_year_in_paris_has_its_eleven_days),
		cmocka_unit_test(overseas_has_its_own_day_and_another_country_has_none_of_ours),
		cmocka_unit_test(days_outside_the_calendar_are_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
