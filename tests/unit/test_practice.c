/* test_practice.c - organisations and sites; also what every form of practice/ asks of a text. */
#include "assert_str.h"
#include "practice/check.h"
#include "practice/hours.h"
#include "practice/resource.h"
#include "scene.h"

static str
letters(struct arena *mem, size_t n)
{
	char *p = arena_alloc(mem, n + 1, 1);

	memset(p, 'a', n);
	return (str){ p, n };
}

static void
a_line_is_trimmed_and_counted_in_code_points(void **state)
{
	str s = S("  éé  ");

	(void)state;
	assert_true(check_line(&s, 2, 2));
	assert_str(s, S("éé"));
	assert_false(check_line(&s, 3, 9));
	assert_false(check_line(&s, 0, 1));
	assert_str(s, S("éé"));
}

/* T18: nothing that ends a line or turns the direction of text gets into a name. */
static void
controls_are_refused_in_a_line(void **state)
{
	str bad[] = { S("a\nb"), S("a\rb"), S("a\tb"), { "a\0b", 3 }, S("a\x7f" "b"), S("a\xC2\x85" "b"),
	    S("a\u2028b"), S("a\u202Eb"), S("a\u2066b"), S("a\uFEFFb"), S("a\xC3"), S("\xC0\x80") };

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(check_line(&bad[i], 0, 50));
	str fine = S("O\u2019Neill-\U0001F600 \u0623");

	assert_true(check_line(&fine, 0, 50));
}

static void
a_block_has_line_feeds_but_no_lone_carriage_return(void **state)
{
	str fine = S("one\r\ntwo\n\tthree"), lone = S("one\rtwo"), bell = S("a\ab");

	(void)state;
	assert_true(check_block(&fine, 0, 50));
	assert_false(check_block(&lone, 0, 50));
	assert_false(check_block(&bell, 0, 50));
}

static void
a_slug_has_letters_digits_and_single_hyphens(void **state)
{
	str good[] = { S("ab"), S("a-1"), S("2026") };
	str bad[] = { S("a"), S("-ab"), S("ab-"), S("a--b"), S("Ab"), S("a_b"), S("é-b"), S("") };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(check_slug(&good[i], 2, 60));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(check_slug(&bad[i], 2, 60));
}

static void
every_limit_of_an_organisation_names_its_field(void **state)
{
	struct ctx *c = *state;
	struct org o = scene_org(letters(c->mem, ORG_SLUG_MAX));

	o.name = letters(c->mem, ORG_NAME_MAX);
	o.phone = S("+33 (0)2.40-00 00 01 00 00 00 ");
	o.colour = ORG_COLOUR_MAX;
	o.cancel_limit_minutes = ORG_CANCEL_LIMIT_MINUTES_MAX;
	assert_int_equal(org_check(&o), ORG_SOUND);

	struct { struct org o; enum org_field want; } cases[] = {
		{ o, ORG_FIELD_SLUG }, { o, ORG_FIELD_NAME }, { o, ORG_FIELD_NAME }, { o, ORG_FIELD_ZONE },
		{ o, ORG_FIELD_LANG }, { o, ORG_FIELD_PHONE }, { o, ORG_FIELD_PHONE },
		{ o, ORG_FIELD_COLOUR }, { o, ORG_FIELD_COLOUR }, { o, ORG_FIELD_CANCEL_LIMIT },
		{ o, ORG_FIELD_CANCEL_LIMIT },
	};
	cases[0].o.slug = letters(c->mem, ORG_SLUG_MAX + 1);
	cases[1].o.name = letters(c->mem, ORG_NAME_MAX + 1);
	cases[2].o.name = S("  ");
	cases[3].o.zone = S("Europe/Nantes");
	cases[4].o.lang = LANG_COUNT;
	cases[5].o.phone = S("call me");
	cases[6].o.phone = S("0123456789012345678901234567890");
	cases[7].o.colour = -1;
	cases[8].o.colour = ORG_COLOUR_MAX + 1;
	cases[9].o.cancel_limit_minutes = -1;
	cases[10].o.cancel_limit_minutes = ORG_CANCEL_LIMIT_MINUTES_MAX + 1;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(org_check(&cases[i].o), cases[i].want);
}

static void
an_organisation_is_found_by_its_slug_and_listed(void **state)
{
	struct scene s = scene_begin(state);
	struct org o, *list;
	size_t n;
	id made;

	assert_ok(org_find_by_slug(s.c, S("tilleuls"), &o));
	assert_int_equal(o.id, s.org);
	assert_str(o.name, S("Cabinet des Tilleuls"));
	assert_int_equal(o.cancel_limit_minutes, 24 * 60);
	assert_err(org_find_by_slug(s.c, S("nobody"), &o), ERR_NOT_FOUND);
	assert_err(org_find_by_slug(s.c, S("' OR 1=1 --"), &o), ERR_NOT_FOUND);

	assert_ok(org_list(s.c, 0, &list, &n));
	assert_int_equal(n, 2);
	assert_ok(org_list(s.c, list[0].id, &list, &n));
	assert_int_equal(n, 1);

	struct org twin = scene_org(S("tilleuls")), bad = scene_org(S("x"));

	assert_err(org_create(s.c, &twin, &made), ERR_CONFLICT);
	assert_err(org_create(s.c, &bad, &made), ERR_INVALID);
	assert_int_equal(scene_lines(s.c, S("org.create")), 1);
}

static void
of_two_updates_of_one_version_the_second_is_refused(void **state)
{
	struct scene s = scene_begin(state);
	struct org o;

	assert_ok(org_get(s.c, &o));
	o.name = S("Cabinet des Chênes");
	o.zone = S("Indian/Reunion");
	assert_ok(org_update(s.c, &o));
	assert_err(org_update(s.c, &o), ERR_CONFLICT);
	assert_ok(org_get(s.c, &o));
	assert_int_equal(o.version, 2);
	assert_str(o.zone, S("Indian/Reunion"));

	o.slug = S("acacias");
	assert_err(org_update(s.c, &o), ERR_CONFLICT);
	s.other.org = 1;
	assert_err(org_update(&s.other, &o), ERR_NOT_FOUND);
	assert_err(org_get(&s.other, &o), ERR_NOT_FOUND);
}

/* Each statement fails in turn; only the run without a failure leaves anything. */
static void
an_organisation_is_made_whole_or_not_at_all(void **state)
{
	struct scene s = scene_begin(state);
	struct org form = scene_org(S("torture"));
	id made = 0;
	int n = 1;

	for (err e = ERR_STORE; e != OK; n++) {
		assert_int_equal(scene_count(s.c, SQL(
		    "SELECT COUNT(*) FROM org WHERE slug = 'torture' AND id <> $1")), 0);
		db_fail_after(s.c->db, n);
		e = org_create(s.c, &form, &made);
		db_fail_after(s.c->db, 0);
		if (e != OK)
			assert_err(e, ERR_STORE);
		assert_true(n < 20);
	}
	assert_true(n > 3);
	assert_true(made > 0);
	s.c->org = made;
	assert_int_equal(scene_lines(s.c, S("org.create")), 1);
}

static void
every_limit_of_a_site_names_its_field(void **state)
{
	struct ctx *c = *state;
	struct site a = { .name = letters(c->mem, SITE_NAME_MAX),
	    .street = letters(c->mem, SITE_STREET_MAX),
	    .postal_code = letters(c->mem, SITE_POSTAL_CODE_MAX),
	    .city = letters(c->mem, SITE_CITY_MAX), .access = letters(c->mem, SITE_ACCESS_MAX) };
	struct site b;

	assert_int_equal(site_check(&a), SITE_SOUND);
	b = a, b.name = letters(c->mem, SITE_NAME_MAX + 1);
	assert_int_equal(site_check(&b), SITE_FIELD_NAME);
	b = a, b.name = S("");
	assert_int_equal(site_check(&b), SITE_FIELD_NAME);
	b = a, b.street = letters(c->mem, SITE_STREET_MAX + 1);
	assert_int_equal(site_check(&b), SITE_FIELD_STREET);
	b = a, b.postal_code = letters(c->mem, SITE_POSTAL_CODE_MAX + 1);
	assert_int_equal(site_check(&b), SITE_FIELD_POSTAL_CODE);
	b = a, b.city = letters(c->mem, SITE_CITY_MAX + 1);
	assert_int_equal(site_check(&b), SITE_FIELD_CITY);
	b = a, b.access = letters(c->mem, SITE_ACCESS_MAX + 1);
	assert_int_equal(site_check(&b), SITE_FIELD_ACCESS);
	b = a, b.phone = S("tel:1");
	assert_int_equal(site_check(&b), SITE_FIELD_PHONE);
}

static void
sites_are_listed_by_name_and_closed_ones_only_if_asked(void **state)
{
	struct scene s = scene_begin(state);
	struct site form = { .name = S(" Angers "), .city = S("Angers"), .access = S("2e\nétage") };
	struct site got, *list;
	size_t n;
	id angers;

	assert_ok(site_create(s.c, &form, &angers));
	assert_ok(site_list(s.c, false, &list, &n));
	assert_int_equal(n, 3);
	assert_str(list[0].name, S("Angers"));
	assert_str(list[2].name, S("Rezé"));

	form.id = angers;
	form.version = 1;
	form.name = S("Angers centre");
	assert_ok(site_update(s.c, &form));
	assert_err(site_update(s.c, &form), ERR_CONFLICT);
	assert_ok(site_get(s.c, angers, &got));
	assert_str(got.name, S("Angers centre"));
	assert_str(got.access, S("2e\nétage"));

	assert_ok(site_close(s.c, angers));
	assert_err(site_close(s.c, angers), ERR_NOT_FOUND);
	assert_ok(site_list(s.c, false, &list, &n));
	assert_int_equal(n, 2);
	assert_ok(site_list(s.c, true, &list, &n));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].closed_at, s.c->now);
}

static void
a_site_with_an_open_room_or_hours_in_force_is_not_closed(void **state)
{
	struct scene s = scene_begin(state);
	struct resource room = { .kind = RESOURCE_ROOM, .name = S("Salle 1"), .site = s.site };
	day today = zone_local(zone_get(S("Europe/Paris")), s.c->now).day;
	struct hours h = { .practitioner = scene_practitioner(s.c, S("Claire"), S("Martin")),
	    .site = s.site_b, .weekday = 1, .start_minute = 480, .end_minute = 720,
	    .until_day = today };
	id room_id, hours_id;

	assert_ok(resource_create(s.c, &room, &room_id));
	assert_err(site_close(s.c, s.site), ERR_CONFLICT);
	assert_ok(resource_close(s.c, room_id));
	assert_ok(site_close(s.c, s.site));

	assert_ok(hours_add(s.c, &h, &hours_id, NULL));
	assert_err(site_close(s.c, s.site_b), ERR_CONFLICT);
	s.c->now += USEC_PER_DAY;
	assert_ok(site_close(s.c, s.site_b));
}

/* T6 */
static void
a_site_of_another_organisation_does_not_exist(void **state)
{
	struct scene s = scene_begin(state);
	struct site form = { .id = s.site, .name = S("Taken"), .version = 1 }, got;
	struct site *list;
	size_t n;

	assert_err(site_get(&s.other, s.site, &got), ERR_NOT_FOUND);
	assert_err(site_update(&s.other, &form), ERR_NOT_FOUND);
	assert_err(site_close(&s.other, s.site), ERR_NOT_FOUND);
	assert_ok(site_close(s.c, s.site));
	assert_err(site_reopen(&s.other, s.site), ERR_NOT_FOUND);
	assert_ok(site_list(&s.other, true, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(site_get(s.c, s.site, &got));
	assert_str(got.name, S("Nantes"));
}

static void
the_last_site_fits_and_the_next_is_refused(void **state)
{
	struct scene s = scene_begin(state);
	struct site form = { .name = S("One more") }, *list;
	size_t n;
	id made;

	for (int i = 2; i < SITE_MAX; i++)
		assert_ok(site_create(s.c, &form, &made));
	assert_err(site_create(s.c, &form, &made), ERR_TOO_LARGE);
	assert_ok(site_list(s.c, true, &list, &n));
	assert_int_equal(n, SITE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_trimmed_and_counted_in_code_points),
		cmocka_unit_test(controls_are_refused_in_a_line),
		cmocka_unit_test(a_block_has_line_feeds_but_no_lone_carriage_return),
		cmocka_unit_test(a_slug_has_letters_digits_and_single_hyphens),
		ENGINE_TEST_SQLITE(every_limit_of_an_organisation_names_its_field),
		ENGINE_TEST_SQLITE(every_limit_of_a_site_names_its_field),
		ENGINE_TEST_SCHEMA(an_organisation_is_found_by_its_slug_and_listed),
		ENGINE_TEST_SCHEMA(of_two_updates_of_one_version_the_second_is_refused),
		ENGINE_TEST_SCHEMA(an_organisation_is_made_whole_or_not_at_all),
		ENGINE_TEST_SCHEMA(sites_are_listed_by_name_and_closed_ones_only_if_asked),
		ENGINE_TEST_SCHEMA(a_site_with_an_open_room_or_hours_in_force_is_not_closed),
		ENGINE_TEST_SCHEMA(a_site_of_another_organisation_does_not_exist),
		ENGINE_TEST_SCHEMA(the_last_site_fits_and_the_next_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
