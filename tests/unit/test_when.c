/* test_when.c - a day as people type it (ux-12). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"
#include "format/when.h"

#define TODAY	20780	/* Monday 23 November 2026 */

static void
a_day_is_read_as_it_is_typed(void **state)
{
	static const struct { const char *typed; int year, month, day; } rows[] = {
		{ "3/12", 2026, 12, 3 }, { "03/12", 2026, 12, 3 }, { " 3/12 ", 2026, 12, 3 },
		{ "3/1", 2027, 1, 3 }, { "3/12/", 2026, 12, 3 }, { "3/12/1", 2001, 12, 3 }, { "1/10", 2026, 10, 1 }, { "1/9", 2027, 9, 1 },
		{ "03/12/2027", 2027, 12, 3 }, { "3.12.27", 2027, 12, 3 }, { "3-12-2027", 2027, 12, 3 },
		{ "2027-12-03", 2027, 12, 3 }, { "29/2", 2027, 2, 0 }, { "29/2/2028", 2028, 2, 29 },
		{ "3 déc", 2026, 12, 3 }, { "3 Décembre 2028", 2028, 12, 3 }, { "1 feb", 2027, 2, 1 },
		{ "15 août", 2027, 8, 15 }, { "2 juin", 2027, 6, 2 },
		{ "aujourd’hui", 2026, 11, 23 }, { "Demain", 2026, 11, 24 }, { "après-demain", 2026, 11, 25 },
		{ "hier", 2026, 11, 22 }, { "tomorrow", 2026, 11, 24 },
		{ "lundi", 2026, 11, 30 }, { "mar", 2026, 11, 24 }, { "dimanche", 2026, 11, 29 }, { "Friday", 2026, 11, 27 },
	};
	struct arena mem = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct civil_date want = { rows[i].year, rows[i].month, rows[i].day }, is;
		day got = 0;
		bool read = when_parse(&mem, str_c(rows[i].typed), TODAY, &got);

		if (read != (want.day != 0))
			fail_msg("%s is %sread", rows[i].typed, read ? "" : "not ");
		is = civil_date(got);
		if (read && (is.year != want.year || is.month != want.month || is.day != want.day))
			fail_msg("%s is read as %d-%d-%d", rows[i].typed, is.year, is.month, is.day);
	}
	arena_free(&mem);
}

static void
what_is_no_day_is_none(void **state)
{
	static const char *const rows[] = {
		"", " ", "/", "12", "martin", "ma", "jui", "3 jui", "32/1", "3/13", "0/1", "3/12/999",
		"3/12/2026/1", "1/2/3/4/5", "31/4", "dupont 1203", "99999999999999999999/1",
	};
	struct arena mem = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		day got = 4711;

		if (when_parse(&mem, str_c(rows[i]), TODAY, &got))
			fail_msg("\"%s\" is read as a day", rows[i]);
	}
	arena_free(&mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_read_as_it_is_typed),
		cmocka_unit_test(what_is_no_day_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
