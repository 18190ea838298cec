/* test_hours.c - opening hours: their rules, and nobody at two sites at once (ux-23). */
#include "assert_str.h"
#include "practice/hours.h"
#include "practice/practitioner.h"
#include "scene.h"

enum { MONDAY = 20780, WEEK = 7 };	/* 2026-11-23, of ISO week 48 */

static const struct hours sound = { .practitioner = 1, .site = 1, .weekday = 1,
    .start_minute = 480, .end_minute = 720 };

#define CHECK(want, ...) do { \
	struct hours h_ = sound; \
	__VA_ARGS__; \
	assert_int_equal(hours_check(&h_), (want)); \
} while (0)

static void
every_limit_names_its_field(void **state)
{
	(void)state;
	CHECK(HOURS_SOUND, h_.weekday = 7);
	CHECK(HOURS_FIELD_WEEKDAY, h_.weekday = 8);
	CHECK(HOURS_FIELD_WEEKDAY, h_.weekday = 0);
	CHECK(HOURS_FIELD_WEEKDAY, h_.on_day = MONDAY);
	CHECK(HOURS_SOUND, h_.weekday = 0; h_.on_day = MONDAY);
	CHECK(HOURS_SOUND, h_.weekday = 0; h_.on_day = HOURS_DAY_MIN);
	CHECK(HOURS_FIELD_ON_DAY, h_.weekday = 0; h_.on_day = HOURS_DAY_MIN - 1);
	CHECK(HOURS_SOUND, h_.weekday = 0; h_.on_day = HOURS_DAY_MAX);
	CHECK(HOURS_FIELD_ON_DAY, h_.weekday = 0; h_.on_day = HOURS_DAY_MAX + 1);
	CHECK(HOURS_SOUND, h_.parity = HOURS_EVEN_WEEKS);
	CHECK(HOURS_FIELD_PARITY, h_.parity = (enum hours_parity)3);
	CHECK(HOURS_FIELD_PARITY, h_.weekday = 0; h_.on_day = MONDAY; h_.parity = HOURS_ODD_WEEKS);
	CHECK(HOURS_SOUND, h_.start_minute = 0; h_.end_minute = 5);
	CHECK(HOURS_FIELD_START, h_.start_minute = -5);
	CHECK(HOURS_FIELD_START, h_.start_minute = 482);
	CHECK(HOURS_SOUND, h_.start_minute = 1435; h_.end_minute = 1440);
	CHECK(HOURS_FIELD_START | HOURS_FIELD_END, h_.start_minute = 1440; h_.end_minute = 1445);
	CHECK(HOURS_FIELD_END, h_.end_minute = 1445);
	CHECK(HOURS_FIELD_END, h_.end_minute = 480);
	CHECK(HOURS_FIELD_END, h_.end_minute = 475);
	CHECK(HOURS_FIELD_END, h_.end_minute = 483);
	CHECK(HOURS_SOUND, h_.from_day = MONDAY; h_.until_day = MONDAY);
	CHECK(HOURS_FIELD_UNTIL, h_.from_day = MONDAY; h_.until_day = MONDAY - 1);
	CHECK(HOURS_FIELD_FROM, h_.from_day = HOURS_DAY_MIN - 1);
	CHECK(HOURS_FIELD_UNTIL, h_.until_day = HOURS_DAY_MAX + 1);
	CHECK(HOURS_FIELD_FROM, h_.weekday = 0; h_.on_day = MONDAY; h_.from_day = MONDAY);
	CHECK(HOURS_FIELD_UNTIL, h_.weekday = 0; h_.on_day = MONDAY; h_.until_day = MONDAY);
	CHECK(HOURS_SOUND, h_.motive_n = HOURS_MOTIVES_MAX);
	CHECK(HOURS_FIELD_MOTIVES, h_.motive_n = HOURS_MOTIVES_MAX + 1);
}

static void
a_rule_holds_on_its_weekday_parity_and_period(void **state)
{
	struct hours h = sound;

	(void)state;
	assert_true(hours_on(&h, MONDAY));
	assert_false(hours_on(&h, MONDAY + 1));
	h.parity = HOURS_EVEN_WEEKS;
	assert_true(hours_on(&h, MONDAY));
	assert_false(hours_on(&h, MONDAY + WEEK));
	h.parity = HOURS_ODD_WEEKS;
	/* 2026 has a week 53, which the odd week 1 of 2027 follows. */
	assert_true(hours_on(&h, MONDAY + 5 * WEEK));
	assert_true(hours_on(&h, MONDAY + 6 * WEEK));
	h.parity = HOURS_EVERY_WEEK;
	h.from_day = MONDAY;
	h.until_day = MONDAY + WEEK;
	assert_false(hours_on(&h, MONDAY - WEEK));
	assert_true(hours_on(&h, MONDAY));
	assert_true(hours_on(&h, MONDAY + WEEK));
	assert_false(hours_on(&h, MONDAY + 2 * WEEK));
	h = (struct hours){ .on_day = MONDAY + 3 };
	assert_true(hours_on(&h, MONDAY + 3));
	assert_false(hours_on(&h, MONDAY + 10));
}

static void
a_rule_without_motives_is_for_all(void **state)
{
	struct hours h = sound;
	id some[] = { 4, 9 };

	(void)state;
	assert_true(hours_for(&h, 7));
	h.motives = some;
	h.motive_n = 2;
	assert_true(hours_for(&h, 9));
	assert_false(hours_for(&h, 7));
}

static void
rules_are_listed_with_their_motives(void **state)
{
	struct scene s = scene_begin(state);
	id p = scene_practitioner(s.c, S("Claire"), S("Martin"));
	id bilan = scene_motive(s.c, S("Bilan")), appel = scene_motive(s.c, S("Appel"));
	id some[] = { appel, bilan, appel }, tuesday, monday, once;
	struct hours h = sound, *list, got;
	size_t n;

	h.practitioner = p;
	h.site = s.site;
	h.weekday = 2;
	h.motives = some;
	h.motive_n = 3;
	h.from_day = MONDAY;
	assert_ok(hours_add(s.c, &h, &tuesday, NULL));
	h.weekday = 1;
	h.motive_n = 0;
	h.until_day = MONDAY + WEEK;
	assert_ok(hours_add(s.c, &h, &monday, NULL));
	h = (struct hours){ .practitioner = p, .site = s.site, .on_day = MONDAY + 5,
	    .start_minute = 600, .end_minute = 660, .motives = &bilan, .motive_n = 1 };
	assert_ok(hours_add(s.c, &h, &once, NULL));

	assert_ok(hours_list(s.c, p, 0, &list, &n));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].id, monday);
	assert_int_equal(list[0].motive_n, 0);
	assert_int_equal(list[1].id, tuesday);
	assert_int_equal(list[1].motive_n, 2);
	assert_int_equal(list[1].motives[0], bilan);
	assert_int_equal(list[1].motives[1], appel);
	assert_int_equal(list[1].from_day, MONDAY);
	assert_int_equal(list[1].until_day, 0);
	assert_int_equal(list[2].id, once);
	assert_int_equal(list[2].motive_n, 1);
	assert_ok(hours_list(s.c, p, MONDAY + WEEK, &list, &n));
	assert_int_equal(n, 2);
	assert_ok(hours_list(s.c, p, MONDAY + WEEK + 1, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].id, tuesday);

	assert_ok(hours_get(s.c, tuesday, &got));
	got.motive_n = 0;
	got.start_minute = 485;
	assert_ok(hours_update(s.c, &got, NULL));
	assert_ok(hours_get(s.c, tuesday, &got));
	assert_int_equal(got.start_minute, 485);
	assert_int_equal(got.motive_n, 0);
	assert_ok(hours_remove(s.c, once));
	assert_err(hours_remove(s.c, once), ERR_NOT_FOUND);
	assert_err(hours_get(s.c, once, &got), ERR_NOT_FOUND);
	assert_int_equal(scene_count(s.c, SQL("SELECT COUNT(*) FROM hours_motive WHERE org = $1")), 0);
	assert_int_equal(scene_lines(s.c, S("hours.add")), 3);
}

/* Added, and taken away again. */
static void
fits(struct scene *s, struct hours h)
{
	id made, clash = -1;

	assert_ok(hours_add(s->c, &h, &made, &clash));
	assert_int_equal(clash, 0);
	assert_ok(hours_remove(s->c, made));
}

static void
refused(struct scene *s, struct hours h, id with)
{
	id made, clash = -1;

	assert_err(hours_add(s->c, &h, &made, &clash), ERR_CONFLICT);
	assert_int_equal(clash, with);
}

static void
nobody_receives_at_two_sites_at_once(void **state)
{
	struct scene s = scene_begin(state);
	struct hours h = sound, t;
	id first;

	h.practitioner = scene_practitioner(s.c, S("Claire"), S("Martin"));
	h.site = s.site;
	h.parity = HOURS_ODD_WEEKS;
	h.from_day = MONDAY;
	assert_ok(hours_add(s.c, &h, &first, NULL));

	t = h;
	fits(&s, t);			/* the same site: one opening */
	t.site = s.site_b;
	refused(&s, t, first);
	t.start_minute = 720, t.end_minute = 780;
	fits(&s, t);			/* one ends as the other begins */
	t.start_minute = 715;
	refused(&s, t, first);
	t.parity = HOURS_EVEN_WEEKS;
	fits(&s, t);
	t.parity = HOURS_EVERY_WEEK;
	refused(&s, t, first);
	t.until_day = MONDAY + WEEK - 1, t.from_day = 0;
	fits(&s, t);			/* ends before the first odd Monday */
	t.until_day = MONDAY + WEEK;
	refused(&s, t, first);
	t.until_day = 0, t.weekday = 3;
	fits(&s, t);
	t = (struct hours){ .practitioner = h.practitioner, .site = s.site_b, .start_minute = 480,
	    .end_minute = 485, .on_day = MONDAY };
	fits(&s, t);			/* an even week */
	t.on_day = MONDAY + WEEK;
	refused(&s, t, first);
	t.practitioner = scene_practitioner(s.c, S("Jean"), S("Petit"));
	fits(&s, t);
}

static void
an_update_may_clash_with_others_but_not_with_itself(void **state)
{
	struct scene s = scene_begin(state);
	struct hours h = sound;
	id a, b, clash;

	h.practitioner = scene_practitioner(s.c, S("Claire"), S("Martin"));
	h.site = s.site;
	assert_ok(hours_add(s.c, &h, &a, NULL));
	h.site = s.site_b;
	h.start_minute = 780, h.end_minute = 1080;
	assert_ok(hours_add(s.c, &h, &b, NULL));
	h.id = b;
	h.version = 1;
	h.site = s.site;
	h.practitioner = 1;	/* not believed */
	assert_ok(hours_update(s.c, &h, &clash));
	h.site = s.site_b;
	h.start_minute = 700;
	assert_err(hours_update(s.c, &h, &clash), ERR_CONFLICT);
	assert_int_equal(clash, 0);	/* the version of before */
	h.version = 2;
	assert_err(hours_update(s.c, &h, &clash), ERR_CONFLICT);
	assert_int_equal(clash, a);
	assert_ok(hours_remove(s.c, b));
	assert_err(hours_update(s.c, &h, &clash), ERR_NOT_FOUND);
}

/* T6 */
static void
hours_need_a_practitioner_a_site_and_motives_of_the_organisation(void **state)
{
	struct scene s = scene_begin(state);
	id mine = scene_practitioner(s.c, S("Claire"), S("Martin"));
	id theirs = scene_practitioner(&s.other, S("Jean"), S("Petit"));
	id motive = scene_motive(&s.other, S("Bilan")), made, rule;
	struct hours h = sound, *list;
	size_t n;

	h.site = s.site;
	h.practitioner = theirs;
	assert_err(hours_add(s.c, &h, &made, NULL), ERR_NOT_FOUND);
	assert_err(hours_add(&s.other, &h, &made, NULL), ERR_NOT_FOUND);
	h.practitioner = mine;
	h.motives = &motive;
	h.motive_n = 1;
	assert_err(hours_add(s.c, &h, &made, NULL), ERR_NOT_FOUND);
	h.motive_n = 0;
	assert_ok(hours_add(s.c, &h, &rule, NULL));
	h.id = rule;
	assert_err(hours_update(&s.other, &h, NULL), ERR_NOT_FOUND);
	assert_err(hours_remove(&s.other, rule), ERR_NOT_FOUND);
	assert_err(hours_get(&s.other, rule, &h), ERR_NOT_FOUND);
	assert_ok(hours_list(&s.other, mine, 0, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(practitioner_close(s.c, mine));
	assert_err(hours_add(s.c, &h, &made, NULL), ERR_NOT_FOUND);
	h.end_minute = 0;
	assert_err(hours_add(s.c, &h, &made, NULL), ERR_INVALID);
	assert_err(hours_update(s.c, &h, NULL), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_limit_names_its_field),
		cmocka_unit_test(a_rule_holds_on_its_weekday_parity_and_period),
		cmocka_unit_test(a_rule_without_motives_is_for_all),
		ENGINE_TEST_SCHEMA(rules_are_listed_with_their_motives),
		ENGINE_TEST_SCHEMA(nobody_receives_at_two_sites_at_once),
		ENGINE_TEST_SCHEMA(an_update_may_clash_with_others_but_not_with_itself),
		ENGINE_TEST_SCHEMA(hours_need_a_practitioner_a_site_and_motives_of_the_organisation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
