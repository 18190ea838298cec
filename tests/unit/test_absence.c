/* test_absence.c - absences (ux-21): once, repeated, changed in part; and what they take of a day. */
#include "assert_str.h"
#include "practice/absence.h"
#include "practice/practitioner.h"
#include "scene.h"

enum { MONDAY = 20780, WEEK = 7 };	/* 2026-11-23 */

static const struct absence sound = { .first_day = MONDAY, .last_day = MONDAY,
    .start_minute = 480, .end_minute = 720 };

#define CHECK(want, ...) do { \
	struct absence a_ = sound; \
	__VA_ARGS__; \
	assert_int_equal(absence_check(&a_), (want)); \
} while (0)

static void
every_limit_names_its_field(void **state)
{
	struct ctx *c = *state;
	char *letters = arena_alloc(c->mem, ABSENCE_REASON_MAX + 1, 1);

	memset(letters, 'a', ABSENCE_REASON_MAX + 1);
	CHECK(ABSENCE_SOUND, a_.start_minute = 0; a_.end_minute = 1440);
	CHECK(ABSENCE_FIELD_START, a_.start_minute = -5);
	CHECK(ABSENCE_FIELD_START, a_.start_minute = 481);
	CHECK(ABSENCE_FIELD_START | ABSENCE_FIELD_END, a_.start_minute = 1440; a_.end_minute = 1445);
	CHECK(ABSENCE_FIELD_END, a_.end_minute = 480);
	CHECK(ABSENCE_SOUND, a_.end_minute = 485);
	CHECK(ABSENCE_FIELD_END, a_.end_minute = 486);
	CHECK(ABSENCE_FIELD_END, a_.end_minute = 1445);
	CHECK(ABSENCE_SOUND, a_.last_day = MONDAY + 1; a_.end_minute = 5);
	CHECK(ABSENCE_FIELD_END, a_.last_day = MONDAY + 1; a_.end_minute = 0);
	CHECK(ABSENCE_SOUND, a_.last_day = MONDAY + ABSENCE_SPAN_DAYS_MAX - 1);
	CHECK(ABSENCE_FIELD_LAST_DAY, a_.last_day = MONDAY + ABSENCE_SPAN_DAYS_MAX);
	CHECK(ABSENCE_FIELD_LAST_DAY, a_.last_day = MONDAY - 1);
	CHECK(ABSENCE_FIELD_FIRST_DAY, a_.first_day = ABSENCE_DAY_MIN - 1);
	CHECK(ABSENCE_SOUND, a_.first_day = a_.last_day = ABSENCE_DAY_MAX);
	CHECK(ABSENCE_FIELD_FIRST_DAY, a_.first_day = a_.last_day = ABSENCE_DAY_MAX + 1);
	CHECK(ABSENCE_SOUND, a_.every_weeks = 2);
	CHECK(ABSENCE_FIELD_EVERY, a_.every_weeks = 3);
	CHECK(ABSENCE_FIELD_EVERY, a_.every_weeks = -1);
	CHECK(ABSENCE_SOUND, a_.every_weeks = 1; a_.last_day = MONDAY + 6);
	CHECK(ABSENCE_FIELD_LAST_DAY, a_.every_weeks = 1; a_.last_day = MONDAY + 7);
	CHECK(ABSENCE_SOUND, a_.every_weeks = 2; a_.last_day = MONDAY + 13);
	CHECK(ABSENCE_SOUND, a_.every_weeks = 1; a_.until_day = MONDAY);
	CHECK(ABSENCE_FIELD_UNTIL, a_.every_weeks = 1; a_.until_day = MONDAY - 1);
	CHECK(ABSENCE_FIELD_UNTIL, a_.until_day = MONDAY + 1);
	CHECK(ABSENCE_FIELD_UNTIL, a_.every_weeks = 1; a_.until_day = ABSENCE_DAY_MAX + 1);
	CHECK(ABSENCE_SOUND, a_.reason = ((str){ letters, ABSENCE_REASON_MAX }));
	CHECK(ABSENCE_FIELD_REASON, a_.reason = ((str){ letters, ABSENCE_REASON_MAX + 1 }));
}

static void
assert_range(const struct absence_range *r, day on, int start, int end)
{
	assert_int_equal(r->day, on);
	assert_int_equal(r->start_minute, start);
	assert_int_equal(r->end_minute, end);
}

static void
an_absence_of_several_days_is_cut_at_midnight(void **state)
{
	struct ctx *c = *state;
	struct absence a = { .first_day = MONDAY, .start_minute = 840, .last_day = MONDAY + 2,
	    .end_minute = 600 };
	struct absence_ranges r = absence_expand(c->mem, &a, 1,
	    (struct absence_period){ MONDAY - 3, MONDAY + 9 });

	assert_int_equal(r.n, 3);
	assert_range(&r.items[0], MONDAY, 840, 1440);
	assert_range(&r.items[1], MONDAY + 1, 0, 1440);
	assert_range(&r.items[2], MONDAY + 2, 0, 600);
	r = absence_expand(c->mem, &a, 1, (struct absence_period){ MONDAY + 2, MONDAY + 9 });
	assert_int_equal(r.n, 1);
	assert_range(&r.items[0], MONDAY + 2, 0, 600);
	r = absence_expand(c->mem, &a, 1, (struct absence_period){ MONDAY + 3, MONDAY + 9 });
	assert_int_equal(r.n, 0);
	r = absence_expand(c->mem, &a, 1, (struct absence_period){ MONDAY - 9, MONDAY - 1 });
	assert_int_equal(r.n, 0);
}

static void
a_repeated_absence_takes_its_days_but_those_left_out(void **state)
{
	struct ctx *c = *state;
	day out[] = { MONDAY + 2 * WEEK };
	struct absence a[] = {
		{ .id = 1, .first_day = MONDAY, .last_day = MONDAY, .start_minute = 600,
		    .end_minute = 660, .every_weeks = 1, .until_day = MONDAY + 3 * WEEK,
		    .except = out, .except_n = 1 },
		{ .id = 2, .first_day = MONDAY - 1, .last_day = MONDAY, .start_minute = 1200,
		    .end_minute = 300, .every_weeks = 2 },
	};
	struct absence_ranges r = absence_expand(c->mem, a, 2,
	    (struct absence_period){ MONDAY, MONDAY + 4 * WEEK });

	/* The second, of two days every other week, reaches in from Sunday. */
	assert_int_equal(r.n, 8);
	assert_range(&r.items[0], MONDAY, 0, 300);
	assert_range(&r.items[1], MONDAY, 600, 660);
	assert_range(&r.items[2], MONDAY + WEEK, 600, 660);
	assert_range(&r.items[3], MONDAY + 2 * WEEK - 1, 1200, 1440);
	assert_range(&r.items[4], MONDAY + 2 * WEEK, 0, 300);
	assert_range(&r.items[5], MONDAY + 3 * WEEK, 600, 660);
	assert_range(&r.items[6], MONDAY + 4 * WEEK - 1, 1200, 1440);
	assert_range(&r.items[7], MONDAY + 4 * WEEK, 0, 300);
	assert_int_equal(r.items[7].absence, 2);
}

/* Against the plain definition, day by day, for every start of the period. */
static void
expansion_far_from_the_first_day_agrees_with_counting(void **state)
{
	struct ctx *c = *state;

	for (int every = 1; every <= 2; every++)
		for (day from = MONDAY - 20; from < MONDAY + 60; from++) {
			struct absence a = { .first_day = MONDAY, .last_day = MONDAY + 3, .end_minute = 60,
			    .start_minute = 120, .every_weeks = every, .until_day = MONDAY + 40 };
			struct absence_ranges r = absence_expand(c->mem, &a, 1,
			    (struct absence_period){ from, from + 9 });
			size_t want = 0;

			for (day d = from; d <= from + 9; d++) {
				int since = d - MONDAY, into = since < 0 ? -1 : since % (every * WEEK);

				if (into >= 0 && into <= 3 && since - into <= 40)
					assert_int_equal(r.items[want++].day, d);
			}
			assert_int_equal(r.n, want);
		}
}

static void
the_reason_is_sealed_and_opened_on_purpose_only(void **state)
{
	struct scene s = scene_begin(state);
	struct absence form = sound, *list;
	struct absence_period week = { MONDAY, MONDAY + 6 };
	size_t n;
	id a, b;

	form.practitioner = scene_practitioner(s.c, S("Claire"), S("Martin"));
	form.reason = S("  formation échographie ");
	assert_ok(absence_add(s.c, &form, &a));
	form.reason = S("");
	assert_ok(absence_add(s.c, &form, &b));
	assert_ok(absence_list(s.c, form.practitioner, week, &list, &n));
	assert_int_equal(n, 2);
	assert_str(list[0].reason, S(""));
	assert_true(str_find_str(list[0].reason_sealed, S("formation")) < 0);
	assert_int_equal(list[1].reason_sealed.n, 0);
	assert_err(absence_open(s.c, PURPOSE_ACCOUNT, list, n), ERR_DENIED);
	assert_ok(absence_open(s.c, PURPOSE_DESK, list, n));
	assert_str(list[0].reason, S("formation échographie"));
	assert_str(list[1].reason, S(""));
}

static id
weekly(struct scene *s, id *ret_practitioner)
{
	struct absence form = sound;
	id made;

	form.practitioner = *ret_practitioner = scene_practitioner(s->c, S("Claire"), S("Martin"));
	form.every_weeks = 1;
	assert_ok(absence_add(s->c, &form, &made));
	return made;
}

/* The days taken in the five weeks from MONDAY, one letter each: x 480-720, y anything else. */
static void
assert_weeks(struct scene *s, id practitioner, const char *want)
{
	struct absence_period p = { MONDAY, MONDAY + 5 * WEEK - 1 };
	struct absence *list;
	char got[5 * WEEK + 1] = "";
	size_t n;

	assert_ok(absence_list(s->c, practitioner, p, &list, &n));
	memset(got, '.', 5 * WEEK);
	struct absence_ranges r = absence_expand(s->c->mem, list, n, p);

	for (size_t i = 0; i < r.n; i++)
		got[r.items[i].day - MONDAY] = r.items[i].start_minute == 480 ? 'x' : 'y';
	assert_string_equal(got, want);
}

static void
one_occurrence_is_left_out_or_moved(void **state)
{
	struct scene s = scene_begin(state);
	id p, made, series = weekly(&s, &p);
	struct absence to = sound;
	struct absence_edit edit = { .absence = series, .scope = ABSENCE_ONE,
	    .occurrence = MONDAY + WEEK };

	assert_weeks(&s, p, "x......x......x......x......x......");
	assert_ok(absence_change(s.c, &edit, &made));
	assert_int_equal(made, 0);
	assert_weeks(&s, p, "x.............x......x......x......");
	assert_err(absence_change(s.c, &edit, &made), ERR_NOT_FOUND);

	edit.occurrence = MONDAY + 2 * WEEK;
	to.first_day = to.last_day = MONDAY + 2 * WEEK + 1;
	to.start_minute = 600;
	edit.to = &to;
	assert_ok(absence_change(s.c, &edit, &made));
	assert_true(made > 0);
	assert_weeks(&s, p, "x..............y.....x......x......");
	to.every_weeks = 1;
	edit.occurrence = MONDAY;
	assert_err(absence_change(s.c, &edit, &made), ERR_INVALID);
	edit.to = NULL;
	edit.occurrence = MONDAY + 1;
	assert_err(absence_change(s.c, &edit, &made), ERR_NOT_FOUND);
	edit.absence = made;
	assert_err(absence_change(s.c, &edit, &made), ERR_NOT_FOUND);
	assert_int_equal(scene_lines(s.c, S("absence.remove")), 1);
	assert_int_equal(scene_lines(s.c, S("absence.change")), 1);
}

static void
the_following_ones_change_and_what_was_left_out_stays_out(void **state)
{
	struct scene s = scene_begin(state);
	id p, made, series = weekly(&s, &p);
	struct absence to = sound, old;
	struct absence_edit one = { .absence = series, .scope = ABSENCE_ONE,
	    .occurrence = MONDAY + 3 * WEEK };
	struct absence_edit following = { .absence = series, .scope = ABSENCE_FOLLOWING,
	    .occurrence = MONDAY + 2 * WEEK, .to = &to };

	assert_ok(absence_change(s.c, &one, &made));
	to.first_day = to.last_day = MONDAY + 2 * WEEK + 2;
	to.every_weeks = 1;
	to.start_minute = 600;
	assert_ok(absence_change(s.c, &following, &made));
	assert_weeks(&s, p, "x......x........y.............y....");
	assert_ok(absence_get(s.c, series, &old));
	assert_int_equal(old.until_day, MONDAY + 2 * WEEK - 1);

	following = (struct absence_edit){ .absence = made, .scope = ABSENCE_FOLLOWING,
	    .occurrence = MONDAY + 4 * WEEK + 2 };
	assert_ok(absence_change(s.c, &following, &made));
	assert_int_equal(made, 0);
	assert_weeks(&s, p, "x......x........y..................");
}

static void
all_of_them_change_or_go(void **state)
{
	struct scene s = scene_begin(state);
	id p, made, series = weekly(&s, &p);
	struct absence to = sound, gone;
	struct absence_edit one = { .absence = series, .scope = ABSENCE_ONE,
	    .occurrence = MONDAY + WEEK };
	struct absence_edit all = { .absence = series, .scope = ABSENCE_ALL, .to = &to };

	assert_ok(absence_change(s.c, &one, &made));
	to.first_day = to.last_day = MONDAY + 1;
	to.every_weeks = 1;
	to.until_day = MONDAY + 3 * WEEK;
	assert_ok(absence_change(s.c, &all, &made));
	assert_weeks(&s, p, ".x.............x...................");
	assert_err(absence_get(s.c, series, &gone), ERR_NOT_FOUND);
	all = (struct absence_edit){ .absence = made, .scope = ABSENCE_ALL };
	assert_ok(absence_change(s.c, &all, &made));
	assert_weeks(&s, p, "...................................");
	assert_int_equal(scene_count(s.c, SQL("SELECT COUNT(*) FROM absence_except WHERE org = $1")), 0);
}

static void
the_first_of_the_following_ones_being_the_first_replaces_all(void **state)
{
	struct scene s = scene_begin(state);
	id p, made, series = weekly(&s, &p);
	struct absence_edit edit = { .absence = series, .scope = ABSENCE_FOLLOWING,
	    .occurrence = MONDAY };

	assert_ok(absence_change(s.c, &edit, &made));
	assert_int_equal(scene_count(s.c, SQL("SELECT COUNT(*) FROM absence WHERE org = $1")), 0);
}

static void
the_list_has_what_may_touch_the_period(void **state)
{
	struct scene s = scene_begin(state);
	struct absence form = sound, *list;
	size_t n;
	id made;

	form.practitioner = scene_practitioner(s.c, S("Claire"), S("Martin"));
	form.last_day = MONDAY + 2;
	assert_ok(absence_add(s.c, &form, &made));
	form.every_weeks = 1;
	form.until_day = MONDAY + WEEK;
	assert_ok(absence_add(s.c, &form, &made));

	struct { struct absence_period p; size_t want; } cases[] = {
		{ { MONDAY - 9, MONDAY - 1 }, 0 }, { { MONDAY - 9, MONDAY }, 2 },
		{ { MONDAY + 2, MONDAY + 2 }, 2 }, { { MONDAY + 3, MONDAY + 3 }, 1 },
		{ { MONDAY + WEEK + 2, MONDAY + 99 }, 1 }, { { MONDAY + WEEK + 3, MONDAY + 99 }, 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_ok(absence_list(s.c, form.practitioner, cases[i].p, &list, &n));
		assert_int_equal(n, cases[i].want);
	}
}

/* T6 */
static void
an_absence_of_another_organisation_does_not_exist(void **state)
{
	struct scene s = scene_begin(state);
	id p, made, series = weekly(&s, &p);
	struct absence form = sound, *list;
	struct absence_edit edit = { .absence = series, .scope = ABSENCE_ALL };
	size_t n;

	form.practitioner = p;
	assert_err(absence_add(&s.other, &form, &made), ERR_NOT_FOUND);
	assert_err(absence_change(&s.other, &edit, &made), ERR_NOT_FOUND);
	assert_err(absence_get(&s.other, series, &form), ERR_NOT_FOUND);
	assert_ok(absence_list(&s.other, p, (struct absence_period){ MONDAY, MONDAY }, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(practitioner_close(s.c, p));
	form = sound;
	form.practitioner = p;
	assert_err(absence_add(s.c, &form, &made), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SQLITE(every_limit_names_its_field),
		ENGINE_TEST_SQLITE(an_absence_of_several_days_is_cut_at_midnight),
		ENGINE_TEST_SQLITE(a_repeated_absence_takes_its_days_but_those_left_out),
		ENGINE_TEST_SQLITE(expansion_far_from_the_first_day_agrees_with_counting),
		ENGINE_TEST_SCHEMA(the_reason_is_sealed_and_opened_on_purpose_only),
		ENGINE_TEST_SCHEMA(one_occurrence_is_left_out_or_moved),
		ENGINE_TEST_SCHEMA(the_following_ones_change_and_what_was_left_out_stays_out),
		ENGINE_TEST_SCHEMA(all_of_them_change_or_go),
		ENGINE_TEST_SCHEMA(the_first_of_the_following_ones_being_the_first_replaces_all),
		ENGINE_TEST_SCHEMA(the_list_has_what_may_touch_the_period),
		ENGINE_TEST_SCHEMA(an_absence_of_another_organisation_does_not_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
