/*
 * test_reopen.c - what was closed comes back as it was: seen by booking and by
 * the public, refused where something that it needs is closed.
 */
#include "agenda.h"
#include "practice/absence.h"
#include "practice/directory.h"
#include "practice/hours.h"
#include "practice/practitioner.h"
#include "practice/resource.h"

static int64_t
plan_version(struct ctx *c)
{
	return scene_count(c, SQL("SELECT plan_version FROM org WHERE id = $1"));
}

/* How many the public finds, once the index may be read again. */
static int64_t
found(struct agenda *a, const char *who)
{
	struct directory_query q = { .who = str_c(who) };
	struct directory_found f;

	a->c->now += DIRECTORY_CHECK;
	assert_ok(directory_search(a->c, &q, &f));
	return f.total;
}

static void
a_place_is_open_again_for_hours_and_rooms(void **state)
{
	struct scene s = scene_begin(state);
	struct hours h = { .practitioner = scene_practitioner(s.c, S("Claire"), S("Martin")),
	    .site = s.site_b, .weekday = 1, .start_minute = 480, .end_minute = 720 };
	struct site before, after;
	id made;

	assert_ok(site_get(s.c, s.site_b, &before));
	assert_err(site_reopen(s.c, s.site_b), ERR_NOT_FOUND);	/* it is open */
	assert_ok(site_close(s.c, s.site_b));
	assert_err(site_update(s.c, &before), ERR_NOT_FOUND);
	assert_err(hours_add(s.c, &h, &made, NULL), ERR_NOT_FOUND);
	int64_t plan = plan_version(s.c);
	assert_ok(site_reopen(s.c, s.site_b));
	assert_int_equal(plan_version(s.c), plan + 1);
	assert_int_equal(scene_lines(s.c, S("site.reopen")), 1);
	assert_ok(site_get(s.c, s.site_b, &after));
	assert_int_equal(after.closed_at, 0);
	assert_int_equal(after.version, before.version + 2);
	/* A form from before the closing is told of it. */
	assert_err(site_update(s.c, &before), ERR_CONFLICT);
	assert_ok(hours_add(s.c, &h, &made, NULL));
	assert_err(site_reopen(s.c, s.site_b), ERR_NOT_FOUND);
}

static void
a_motive_is_offered_again_by_those_who_did_it(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 10 * 60));
	struct booking_who louise = { .person = agenda_person(&a, S("Louise")) };
	struct booking b;
	size_t before = agenda_slots(&a, 0);

	assert_true(before > 0);
	assert_err(motive_reopen(a.c, a.motive), ERR_NOT_FOUND);
	assert_ok(motive_close(a.c, a.motive));
	assert_err(booking_create(a.c, &ask, &louise, &b), ERR_NOT_FOUND);
	assert_ok(motive_reopen(a.c, a.motive));
	assert_int_equal(agenda_slots(&a, 0), before);
	assert_ok(booking_create(a.c, &ask, &louise, &b));
	assert_int_equal(scene_lines(a.c, S("motive.reopen")), 1);
}

static void
an_agenda_comes_back_with_hours_absences_and_the_public_page(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct absence morning = { .practitioner = a.martin, .first_day = AGENDA_DAY, .last_day = AGENDA_DAY,
	    .start_minute = 9 * 60, .end_minute = 10 * 60 };
	struct practitioner p;
	id made;

	a.c->directory = directory_make();
	assert_ok(absence_add(a.c, &morning, &made));
	size_t before = agenda_slots(&a, 0);
	assert_int_equal(found(&a, "martin"), 1);
	assert_err(practitioner_reopen(a.c, a.martin), ERR_NOT_FOUND);
	assert_ok(practitioner_close(a.c, a.martin));
	assert_int_equal(found(&a, "martin"), 0);
	assert_ok(practitioner_reopen(a.c, a.martin));
	assert_int_equal(found(&a, "martin"), 1);
	assert_int_equal(agenda_slots(&a, 0), before);
	assert_ok(practitioner_get(a.c, a.martin, &p));
	assert_true(p.closed_at == 0 && p.listed && p.version == 3);
	assert_int_equal(scene_lines(a.c, S("practitioner.reopen")), 1);
	directory_end(a.c->directory);
	a.c->directory = NULL;
}

/* A closed agenda holds no place open; but it does not come back to a place that is closed. */
static void
an_agenda_waits_for_the_place_of_its_hours(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct practitioner p;

	assert_err(site_close(a.c, a.s.site), ERR_CONFLICT);
	assert_ok(practitioner_close(a.c, a.martin));
	assert_ok(site_close(a.c, a.s.site));
	assert_err(practitioner_reopen(a.c, a.martin), ERR_CONFLICT);
	assert_ok(practitioner_get(a.c, a.martin, &p));
	assert_true(p.closed_at != 0);
	assert_ok(site_reopen(a.c, a.s.site));
	assert_ok(practitioner_reopen(a.c, a.martin));
	assert_true(agenda_slots(&a, 0) > 0);
}

static void
hours_that_are_past_hold_nothing_back(void **state)
{
	struct scene s = scene_begin(state);
	id martin = scene_practitioner(s.c, S("Claire"), S("Martin")), made;
	struct hours h = { .practitioner = martin, .site = s.site_b, .weekday = 1, .start_minute = 480,
	    .end_minute = 720, .until_day = zone_local(zone_get(S("Europe/Paris")), s.c->now).day };

	assert_ok(hours_add(s.c, &h, &made, NULL));
	assert_ok(practitioner_close(s.c, martin));
	assert_ok(site_close(s.c, s.site_b));
	assert_err(practitioner_reopen(s.c, martin), ERR_CONFLICT);
	s.c->now += USEC_PER_DAY;
	assert_ok(practitioner_reopen(s.c, martin));
}

static void
a_room_comes_back_to_its_motives_if_its_place_is_open(void **state)
{
	struct scene s = scene_begin(state);
	struct resource room = { .kind = RESOURCE_ROOM, .name = S("Salle 1"), .site = s.site_b };
	id m = scene_motive(s.c, S("Bilan")), *ids;
	size_t n;

	assert_ok(resource_create(s.c, &room, &room.id));
	assert_ok(motive_set_resources(s.c, m, &room.id, 1));
	assert_err(resource_reopen(s.c, room.id), ERR_NOT_FOUND);
	assert_ok(resource_close(s.c, room.id));
	assert_ok(site_close(s.c, s.site_b));
	assert_ok(motive_resources(s.c, m, &ids, &n));
	assert_int_equal(n, 0);
	assert_err(resource_reopen(s.c, room.id), ERR_CONFLICT);
	assert_ok(site_reopen(s.c, s.site_b));
	assert_ok(resource_reopen(s.c, room.id));
	assert_ok(motive_resources(s.c, m, &ids, &n));
	assert_int_equal(n, 1);
	assert_int_equal(scene_lines(s.c, S("resource.reopen")), 1);
}

/* T6 */
static void
what_another_organisation_closed_stays_closed(void **state)
{
	struct scene s = scene_begin(state);
	id martin = scene_practitioner(s.c, S("Claire"), S("Martin")), m = scene_motive(s.c, S("Bilan"));
	struct resource room = { .kind = RESOURCE_ROOM, .name = S("Salle 1"), .site = s.site };

	assert_ok(resource_create(s.c, &room, &room.id));
	assert_ok(resource_close(s.c, room.id));
	assert_ok(motive_close(s.c, m));
	assert_ok(practitioner_close(s.c, martin));
	assert_ok(site_close(s.c, s.site));
	assert_err(resource_reopen(&s.other, room.id), ERR_NOT_FOUND);
	assert_err(motive_reopen(&s.other, m), ERR_NOT_FOUND);
	assert_err(practitioner_reopen(&s.other, martin), ERR_NOT_FOUND);
	assert_err(site_reopen(&s.other, s.site), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_place_is_open_again_for_hours_and_rooms),
		ENGINE_TEST_SCHEMA(a_motive_is_offered_again_by_those_who_did_it),
		ENGINE_TEST_SCHEMA(an_agenda_comes_back_with_hours_absences_and_the_public_page),
		ENGINE_TEST_SCHEMA(an_agenda_waits_for_the_place_of_its_hours),
		ENGINE_TEST_SCHEMA(hours_that_are_past_hold_nothing_back),
		ENGINE_TEST_SCHEMA(a_room_comes_back_to_its_motives_if_its_place_is_open),
		ENGINE_TEST_SCHEMA(what_another_organisation_closed_stays_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
