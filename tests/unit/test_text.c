/* What people read: sentences, plurals, dates and hours in both languages (ux-9, ux-55). */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "format/text.h"

#define NARROW "\u202f"		/* narrow no-break space */

static struct arena mem;

static int
release(void **state)
{
	(void)state;
	arena_free(&mem);
	mem = (struct arena){ 0 };
	return 0;
}

static void
expect(str got, const char *want)
{
	assert_string_equal(str_z(&mem, got), want);
}

static day
on(int year, int month, int number)
{
	day d;

	assert_true(civil_day((struct civil_date){ year, month, number }, &d));
	return d;
}

static void
a_message_is_said_in_the_language_asked_for(void **state)
{
	(void)state;
	expect(text(LANG_FR, T("tomorrow")), "demain");
	expect(text(LANG_EN, T("tomorrow")), "tomorrow");
}

static void
a_value_that_looks_like_a_placeholder_stays_as_it_is(void **state)
{
	(void)state;
	expect(FILL(&mem, LANG_FR, T("{date} at {hour}"), ARG("hour", S("{date}")),
	    ARG("date", S("{hour} {"))), "{hour} { à {date}");
}

static void
french_counts_zero_in_the_singular_and_english_does_not(void **state)
{
	(void)state;
	expect(text_n(&mem, LANG_FR, TN("{n} year old", "{n} years old"), 0), "0 an");
	expect(text_n(&mem, LANG_FR, TN("{n} year old", "{n} years old"), 1), "1 an");
	expect(text_n(&mem, LANG_FR, TN("{n} year old", "{n} years old"), 2), "2 ans");
	expect(text_n(&mem, LANG_EN, TN("{n} year old", "{n} years old"), 0), "0 years old");
	expect(text_n(&mem, LANG_EN, TN("{n} year old", "{n} years old"), 1), "1 year old");
	expect(text_n(&mem, LANG_EN, TN("{n} year old", "{n} years old"), 2), "2 years old");
}

static void
dates_follow_each_language(void **state)
{
	(void)state;
	day monday = on(2026, 11, 23), first = on(2026, 12, 1);

	expect(text_date(&mem, LANG_FR, monday), "lundi 23 novembre");
	expect(text_date(&mem, LANG_EN, monday), "Monday 23 November");
	expect(text_date(&mem, LANG_FR, first), "mardi 1er décembre");
	expect(text_date(&mem, LANG_EN, first), "Tuesday 1 December");
	expect(text_date_year(&mem, LANG_FR, monday), "lundi 23 novembre 2026");
	expect(text_date_short(&mem, LANG_FR, monday), "lun. 23 nov.");
	expect(text_date_short(&mem, LANG_EN, monday), "Mon 23 Nov");
	expect(text_date_short(&mem, LANG_EN, on(2027, 5, 3)), "Mon 3 May");
	expect(text_date_numeric(&mem, LANG_FR, on(1980, 3, 2)), "02/03/1980");
	expect(text_month(&mem, LANG_FR, on(2026, 8, 9)), "août 2026");
	expect(text_weekday(LANG_FR, 7), "dimanche");
	expect(text_weekday_short(LANG_EN, 1), "Mon");
}

static void
near_days_have_names_and_far_ones_their_year(void **state)
{
	(void)state;
	day today = on(2026, 12, 31);

	expect(text_date_near(&mem, LANG_FR, today, today), "aujourd’hui");
	expect(text_date_near(&mem, LANG_FR, today + 1, today), "demain");
	expect(text_date_near(&mem, LANG_EN, today - 1, today), "yesterday");
	expect(text_date_near(&mem, LANG_FR, today + 2, today), "samedi 2 janvier 2027");
	expect(text_date_near(&mem, LANG_FR, today - 2, today), "mardi 29 décembre");
}

static void
hours_follow_each_language_up_to_midnight(void **state)
{
	(void)state;
	expect(text_hour(&mem, LANG_FR, 8 * 60 + 45), "8" NARROW "h" NARROW "45");
	expect(text_hour(&mem, LANG_FR, 9 * 60), "9" NARROW "h");
	expect(text_hour(&mem, LANG_FR, 9 * 60 + 5), "9" NARROW "h" NARROW "05");
	expect(text_hour(&mem, LANG_EN, 8 * 60 + 45), "08:45");
	expect(text_hour(&mem, LANG_EN, 9 * 60), "09:00");
	expect(text_hour(&mem, LANG_EN, 0), "00:00");
	expect(text_hour(&mem, LANG_EN, 24 * 60), "24:00");
	expect(text_date_hour(&mem, LANG_FR, on(2026, 11, 23), 525),
	    "lundi 23 novembre à 8" NARROW "h" NARROW "45");
	expect(text_date_hour(&mem, LANG_EN, on(2026, 11, 23), 525), "Monday 23 November at 08:45");
}

static void
durations_are_short(void **state)
{
	(void)state;
	expect(text_duration(&mem, LANG_FR, 0), "0" NARROW "min");
	expect(text_duration(&mem, LANG_FR, 59), "59" NARROW "min");
	expect(text_duration(&mem, LANG_FR, 60), "1" NARROW "h");
	expect(text_duration(&mem, LANG_EN, 90), "1" NARROW "h" NARROW "30");
}

static void
ages_are_said_in_the_unit_that_doctors_use(void **state)
{
	(void)state;
	expect(text_age(&mem, LANG_FR, on(1980, 3, 12), on(2026, 11, 23)), "46 ans");
	expect(text_age(&mem, LANG_FR, on(1980, 11, 24), on(2026, 11, 23)), "45 ans");
	expect(text_age(&mem, LANG_FR, on(2024, 11, 24), on(2026, 11, 23)), "23 mois");
	expect(text_age(&mem, LANG_FR, on(2024, 11, 23), on(2026, 11, 23)), "2 ans");
	expect(text_age(&mem, LANG_EN, on(2026, 10, 24), on(2026, 11, 23)), "30 days old");
	expect(text_age(&mem, LANG_EN, on(2026, 10, 23), on(2026, 11, 23)), "1 month old");
	expect(text_age(&mem, LANG_FR, on(2026, 11, 23), on(2026, 11, 23)), "0 jour");
}

static void
numbers_are_grouped(void **state)
{
	(void)state;
	expect(text_number(&mem, LANG_FR, 999), "999");
	expect(text_number(&mem, LANG_FR, 1234567), "1" NARROW "234" NARROW "567");
	expect(text_number(&mem, LANG_EN, -12345), "\u2212" "12,345");
	expect(text_number(&mem, LANG_EN, INT64_MIN), "\u2212" "9,223,372,036,854,775,808");
}

static void
a_heading_begins_with_a_capital_letter(void **state)
{
	(void)state;
	expect(text_capital(&mem, S("lundi")), "Lundi");
	expect(text_capital(&mem, S("équipe")), "Équipe");
	expect(text_capital(&mem, S("9 h")), "9 h");
	expect(text_capital(&mem, S("")), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_message_is_said_in_the_language_asked_for, release),
		cmocka_unit_test_teardown(a_value_that_looks_like_a_placeholder_stays_as_it_is, release),
		cmocka_unit_test_teardown(french_counts_zero_in_the_singular_and_english_does_not, release),
		cmocka_unit_test_teardown(dates_follow_each_language, release),
		cmocka_unit_test_teardown(near_days_have_names_and_far_ones_their_year, release),
		cmocka_unit_test_teardown(hours_follow_each_language_up_to_midnight, release),
		cmocka_unit_test_teardown(durations_are_short, release),
		cmocka_unit_test_teardown(ages_are_said_in_the_unit_that_doctors_use, release),
		cmocka_unit_test_teardown(numbers_are_grouped, release),
		cmocka_unit_test_teardown(a_heading_begins_with_a_capital_letter, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
