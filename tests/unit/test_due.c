/* test_due.c - R4, R5, R32, R33: nothing outlives its ceiling, nothing dies before its floor. */
#include "oath/due.h"
#include "policy_case.h"

#define MEDICAL \
	POLICY_HEAD \
	"category file of patient fields booking.* health freetext encrypt\n" \
	"category identity of patient fields person.* encrypt\n" \
	"purpose desk uses file,identity basis contract condition A9.2.h notice desk\n" \
	"keep file 20y after last_act floor 20y after last_act active 5y then archive 15y then erase\n" \
	"keep file of minor later of birthday 28 and 20y after last_act then erase\n" \
	"keep identity as file when file exists else 3y after last_contact or request then erase\n"

enum { FILE_CATEGORY = 0, IDENTITY = 1 };

static const struct zone *
paris(void)
{
	const struct zone *z = zone_get(S("Europe/Paris"));

	assert_non_null(z);
	return z;
}

/* Noon of a day in Paris. */
static usec
noon(const char *date)
{
	day d;

	assert_true(civil_parse_date(str_c(date), &d));
	return zone_instant(paris(), d, 12 * 60, NULL);
}

static struct life
life_of(const char *born, const char *last_act)
{
	struct life l = { .zone = paris(), .has_birth = born != NULL };

	if (born != NULL)
		assert_true(civil_parse_date(str_c(born), &l.birth));
	if (last_act != NULL)
		l.event[EVENT_LAST_ACT] = noon(last_act);
	return l;
}

static struct due
due(const char *source, size_t category, const struct life *l)
{
	struct compiled c;
	struct due d;

	compile(&c, source);
	assert_int_equal(c.e, OK);
	assert_int_equal(due_compute(c.p, category, l, &d), OK);
	arena_free(&c.mem);
	return d;
}

static void
an_adults_file_lives_twenty_years_five_of_them_active(void **state)
{
	struct life l = life_of("1980-03-12", "2026-11-23");
	struct due d = due(MEDICAL, FILE_CATEGORY, &l);

	(void)state;
	assert_int_equal(d.archive_at, noon("2031-11-23"));
	assert_int_equal(d.dispose_at, noon("2046-11-23"));
	assert_int_equal(d.floor_at, d.dispose_at);
	assert_int_equal(d.ceiling_at, d.dispose_at);
}

/* R33, with a birthday that most years lack. */
static void
a_childs_file_lives_to_the_28th_birthday_if_that_is_later(void **state)
{
	struct life l = life_of("2024-02-29", "2026-11-23"), grown = life_of("2012-05-01", "2026-11-23");

	day twenty_eighth;

	(void)state;
	assert_true(civil_parse_date(S("2052-02-29"), &twenty_eighth));
	assert_int_equal(due(MEDICAL, FILE_CATEGORY, &l).dispose_at,
	    zone_instant(paris(), twenty_eighth, 0, NULL));
	assert_int_equal(due(MEDICAL, FILE_CATEGORY, &grown).dispose_at, noon("2046-11-23"));
	l.has_birth = false;	/* whose age nobody knows is kept as an adult */
	assert_int_equal(due(MEDICAL, FILE_CATEGORY, &l).dispose_at, noon("2046-11-23"));
}

static void
what_has_not_happened_leaves_its_side_open(void **state)
{
	struct life l = life_of(NULL, NULL);

	(void)state;
	assert_int_equal(due(MEDICAL, FILE_CATEGORY, &l).dispose_at, DUE_NEVER);
	assert_int_equal(due(MEDICAL, FILE_CATEGORY, &l).archive_at, DUE_NEVER);
	assert_int_equal(due(MEDICAL, IDENTITY, &l).dispose_at, DUE_NEVER);
	l.event[EVENT_LAST_CONTACT] = noon("2026-02-28");
	assert_int_equal(due(MEDICAL, IDENTITY, &l).dispose_at, noon("2029-02-28"));
	l.event[EVENT_REQUEST] = noon("2027-01-01");	/* or: whichever comes first */
	assert_int_equal(due(MEDICAL, IDENTITY, &l).dispose_at, noon("2027-01-01"));
}

static void
identity_goes_with_the_file_while_there_is_one(void **state)
{
	struct life l = life_of("1980-03-12", "2026-11-23");

	(void)state;
	l.event[EVENT_LAST_CONTACT] = noon("2020-01-01");
	l.present = (category_set)1 << FILE_CATEGORY;
	assert_int_equal(due(MEDICAL, IDENTITY, &l).dispose_at, noon("2046-11-23"));
	l.present = 0;
	assert_int_equal(due(MEDICAL, IDENTITY, &l).dispose_at, noon("2023-01-01"));
}

static void
a_floor_holds_whatever_was_asked_and_whatever_was_promised(void **state)
{
	static const char source[] = POLICY_HEAD
	    "category bills of patient fields booking.* health freetext\n"
	    "purpose desk uses bills basis legal condition A9.2.h notice desk\n"
	    "keep bills later of request and 10y after created floor 10y after created then erase\n";
	struct life l = { .zone = paris() };
	struct due d;

	(void)state;
	l.event[EVENT_CREATED] = noon("2026-01-31");
	l.event[EVENT_REQUEST] = noon("2026-02-01");
	d = due(source, 0, &l);
	assert_int_equal(d.floor_at, noon("2036-01-31"));
	assert_true(d.dispose_at >= d.floor_at);
	l.event[EVENT_REQUEST] = 0;
	assert_int_equal(due(source, 0, &l).dispose_at, DUE_NEVER);
}

static void
a_month_that_lacks_the_day_ends_on_its_last(void **state)
{
	static const struct { const char *from; struct duration by; const char *to; } table[] = {
		{ "2026-01-31", { 1, UNIT_MONTH }, "2026-02-28" },
		{ "2028-01-31", { 1, UNIT_MONTH }, "2028-02-29" },
		{ "2028-02-29", { 1, UNIT_YEAR }, "2029-02-28" },
		{ "2026-08-31", { 13, UNIT_MONTH }, "2027-09-30" },
		{ "2026-12-31", { 12, UNIT_MONTH }, "2027-12-31" },
		{ "2026-03-01", { 90, UNIT_DAY }, "2026-05-30" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		usec at = due_add(paris(), noon(table[i].from), table[i].by);
		day d;

		assert_true(civil_parse_date(str_c(table[i].to), &d));
		assert_int_equal(zone_local(paris(), at).day, d);
	}
	/* Hours are hours, months are the calendar's: across the change of the clocks. */
	assert_int_equal(due_add(paris(), noon("2026-03-28"), (struct duration){ 24, UNIT_HOUR }),
	    noon("2026-03-28") + 24 * USEC_PER_HOUR);
	assert_int_equal(due_add(paris(), noon("2026-03-01"), (struct duration){ 1, UNIT_MONTH }), noon("2026-04-01"));
	assert_int_equal(due_add(paris(), 7, (struct duration){0}), 7);
}

static void
a_parameter_must_be_set_and_counts_from_the_record(void **state)
{
	static const char source[] = POLICY_HEAD
	    "category proof of patient fields booking.* health freetext\n"
	    "purpose desk uses proof basis contract condition A9.2.h notice desk\n"
	    "keep proof parameter funder-convention required then erase\n";
	const struct life_parameter set = { S("funder-convention"), { 4, UNIT_YEAR } };
	struct life l = { .zone = paris() };
	struct compiled c;
	struct due d;

	(void)state;
	compile(&c, source);
	assert_int_equal(c.e, OK);
	l.event[EVENT_CREATED] = noon("2026-06-30");
	assert_int_equal(due_compute(c.p, 0, &l, &d), ERR_INVALID);
	l.parameters = &set;
	l.parameters_n = 1;
	assert_int_equal(due_compute(c.p, 0, &l, &d), OK);
	assert_int_equal(d.dispose_at, noon("2030-06-30"));
	assert_int_equal(due_compute(c.p, 7, &l, &d), ERR_NOT_FOUND);
	arena_free(&c.mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_adults_file_lives_twenty_years_five_of_them_active),
		cmocka_unit_test(a_childs_file_lives_to_the_28th_birthday_if_that_is_later),
		cmocka_unit_test(what_has_not_happened_leaves_its_side_open),
		cmocka_unit_test(identity_goes_with_the_file_while_there_is_one),
		cmocka_unit_test(a_floor_holds_whatever_was_asked_and_whatever_was_promised),
		cmocka_unit_test(a_month_that_lacks_the_day_ends_on_its_last),
		cmocka_unit_test(a_parameter_must_be_set_and_counts_from_the_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
