/* test_motive.c - motives, rooms and devices, and who does what with which. */
#include "assert_str.h"
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "practice/resource.h"
#include "scene.h"

static const struct motive sound = { .name = { "Consultation", 12 }, .minutes = 15,
    .horizon_days = 60, .capacity = 1 };

static str
letters(struct arena *mem, size_t n)
{
	char *p = arena_alloc(mem, n + 1, 1);

	memset(p, 'a', n);
	return (str){ p, n };
}

#define CHECK(member, value, want) do { \
	struct motive m_ = sound; \
	m_.member = (value); \
	assert_int_equal(motive_check(&m_), (want)); \
} while (0)

static void
every_number_is_checked_at_below_and_above_its_limits(void **state)
{
	(void)state;
	CHECK(minutes, 0, MOTIVE_FIELD_MINUTES);
	CHECK(minutes, 5, MOTIVE_SOUND);
	CHECK(minutes, 7, MOTIVE_FIELD_MINUTES);
	CHECK(minutes, 720, MOTIVE_SOUND);
	CHECK(minutes, 725, MOTIVE_FIELD_MINUTES);
	CHECK(buffer_before_minutes, -5, MOTIVE_FIELD_BUFFER_BEFORE);
	CHECK(buffer_before_minutes, 3, MOTIVE_FIELD_BUFFER_BEFORE);
	CHECK(buffer_before_minutes, 120, MOTIVE_SOUND);
	CHECK(buffer_before_minutes, 125, MOTIVE_FIELD_BUFFER_BEFORE);
	CHECK(buffer_after_minutes, -5, MOTIVE_FIELD_BUFFER_AFTER);
	CHECK(buffer_after_minutes, 120, MOTIVE_SOUND);
	CHECK(buffer_after_minutes, 125, MOTIVE_FIELD_BUFFER_AFTER);
	CHECK(step_minutes, -5, MOTIVE_FIELD_STEP);
	CHECK(step_minutes, 5, MOTIVE_SOUND);
	CHECK(step_minutes, 6, MOTIVE_FIELD_STEP);
	CHECK(step_minutes, 720, MOTIVE_SOUND);
	CHECK(step_minutes, 725, MOTIVE_FIELD_STEP);
	CHECK(notice_minutes, -1, MOTIVE_FIELD_NOTICE);
	CHECK(notice_minutes, 90 * 1440, MOTIVE_SOUND);
	CHECK(notice_minutes, 90 * 1440 + 1, MOTIVE_FIELD_NOTICE);
	CHECK(horizon_days, 0, MOTIVE_FIELD_HORIZON);
	CHECK(horizon_days, 1, MOTIVE_SOUND);
	CHECK(horizon_days, 730, MOTIVE_SOUND);
	CHECK(horizon_days, 731, MOTIVE_FIELD_HORIZON);
	CHECK(capacity, 0, MOTIVE_FIELD_CAPACITY);
	CHECK(capacity, 200, MOTIVE_SOUND);
	CHECK(capacity, 201, MOTIVE_FIELD_CAPACITY);
	CHECK(colour, -1, MOTIVE_FIELD_COLOUR);
	CHECK(colour, 7, MOTIVE_SOUND);
	CHECK(colour, 8, MOTIVE_FIELD_COLOUR);
	CHECK(audience, (enum motive_audience)3, MOTIVE_FIELD_AUDIENCE);
	CHECK(position, 9999, MOTIVE_SOUND);
	CHECK(position, 10000, MOTIVE_FIELD_POSITION);
	CHECK(position, -1, MOTIVE_FIELD_POSITION);
}

static void
every_text_is_checked_at_and_above_its_limit(void **state)
{
	struct ctx *c = *state;

	CHECK(name, S(""), MOTIVE_FIELD_NAME);
	CHECK(name, letters(c->mem, MOTIVE_NAME_MAX), MOTIVE_SOUND);
	CHECK(name, letters(c->mem, MOTIVE_NAME_MAX + 1), MOTIVE_FIELD_NAME);
	CHECK(short_name, letters(c->mem, MOTIVE_SHORT_NAME_MAX), MOTIVE_SOUND);
	CHECK(short_name, letters(c->mem, MOTIVE_SHORT_NAME_MAX + 1), MOTIVE_FIELD_SHORT_NAME);
	CHECK(instructions, letters(c->mem, MOTIVE_INSTRUCTIONS_MAX), MOTIVE_SOUND);
	CHECK(instructions, letters(c->mem, MOTIVE_INSTRUCTIONS_MAX + 1), MOTIVE_FIELD_INSTRUCTIONS);
}

static void
what_is_left_out_follows_from_name_and_minutes(void **state)
{
	struct scene s = scene_begin(state);
	struct motive form = sound, m;
	id made;

	form.name = S("Première éèàùç consultation");
	form.minutes = 25;
	assert_ok(motive_create(s.c, &form, &made));
	assert_ok(motive_get(s.c, made, &m));
	assert_str(m.short_name, S("Première éèà"));
	assert_int_equal(m.step_minutes, 25);
	assert_false(m.online);

	m.minutes = 60;
	m.step_minutes = 15;
	m.online = true;
	m.audience = MOTIVE_FOR_NEW;
	m.buffer_before_minutes = 5;
	m.buffer_after_minutes = 10;
	m.notice_minutes = 90;
	m.instructions = S("Venir à jeun.\nMerci.");
	assert_ok(scene_motive_save(s.c, &m));
	struct motive again;

	assert_ok(motive_get(s.c, made, &again));
	assert_int_equal(again.minutes, 60);
	assert_int_equal(again.step_minutes, 15);
	assert_true(again.online);
	assert_int_equal(again.audience, MOTIVE_FOR_NEW);
	assert_int_equal(again.buffer_before_minutes, 5);
	assert_int_equal(again.buffer_after_minutes, 10);
	assert_int_equal(again.notice_minutes, 90);
	assert_int_equal(again.horizon_days, 60);
	assert_str(again.instructions, m.instructions);
	m.capacity = 0;
	assert_err(scene_motive_save(s.c, &m), ERR_INVALID);
	assert_err(motive_create(s.c, &m, &made), ERR_INVALID);
}

static void
motives_are_listed_for_those_who_do_them(void **state)
{
	struct scene s = scene_begin(state);
	id martin = scene_practitioner(s.c, S("Claire"), S("Martin"));
	id petit = scene_practitioner(s.c, S("Jean"), S("Petit"));
	id b = scene_motive(s.c, S("Bilan")), a = scene_motive(s.c, S("Appel"));
	struct motive offline = sound, *list;
	id twice[] = { petit, martin, petit }, hidden, *ids;
	size_t n;

	assert_ok(motive_create(s.c, &offline, &hidden));
	assert_ok(motive_set_practitioners(s.c, a, twice, 3));
	assert_ok(motive_set_practitioners(s.c, b, &martin, 1));
	assert_ok(motive_set_practitioners(s.c, hidden, &martin, 1));
	assert_ok(motive_practitioners(s.c, a, &ids, &n));
	assert_int_equal(n, 2);
	assert_int_equal(ids[0], martin);
	assert_int_equal(ids[1], petit);

	assert_ok(motive_list_for(s.c, martin, false, &list, &n));
	assert_int_equal(n, 3);
	assert_ok(motive_list_for(s.c, martin, true, &list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, a);
	assert_int_equal(list[1].id, b);
	assert_ok(motive_close(s.c, b));
	assert_err(motive_close(s.c, b), ERR_NOT_FOUND);
	assert_ok(motive_list_for(s.c, martin, true, &list, &n));
	assert_int_equal(n, 1);
	assert_ok(motive_list(s.c, false, &list, &n));
	assert_int_equal(n, 2);
	assert_ok(motive_list(s.c, true, &list, &n));
	assert_int_equal(n, 3);

	assert_ok(motive_set_practitioners(s.c, a, NULL, 0));
	assert_ok(motive_practitioners(s.c, a, &ids, &n));
	assert_int_equal(n, 0);
	assert_err(motive_set_practitioners(s.c, b, &martin, 1), ERR_NOT_FOUND);
	assert_ok(practitioner_close(s.c, petit));
	assert_err(motive_set_practitioners(s.c, a, &petit, 1), ERR_NOT_FOUND);
}

static void
rooms_and_devices_are_named_by_motives(void **state)
{
	struct scene s = scene_begin(state);
	id m = scene_motive(s.c, S("Écho")), echo, room, *ids;
	struct resource device = { .kind = RESOURCE_DEVICE, .name = S("Échographe"), .site = s.site };
	struct resource salle = { .kind = RESOURCE_ROOM, .name = S("Salle 1"), .site = s.site };
	struct resource *list, got;
	size_t n;

	assert_ok(resource_create(s.c, &device, &echo));
	assert_ok(resource_create(s.c, &salle, &room));
	assert_ok(motive_set_resources(s.c, m, (id[]){ echo, room }, 2));
	assert_ok(motive_resources(s.c, m, &ids, &n));
	assert_int_equal(n, 2);

	assert_ok(resource_get(s.c, room, &got));
	got.name = S(" Salle bleue ");
	assert_ok(resource_rename(s.c, &got));
	assert_err(resource_rename(s.c, &got), ERR_CONFLICT);	/* the version of before */
	assert_ok(resource_get(s.c, room, &got));
	assert_str(got.name, S("Salle bleue"));
	got.name = S(" ");
	assert_err(resource_rename(s.c, &got), ERR_INVALID);
	got.name = letters(s.c->mem, RESOURCE_NAME_MAX + 1);
	assert_err(resource_rename(s.c, &got), ERR_INVALID);
	got.name = letters(s.c->mem, RESOURCE_NAME_MAX);
	assert_ok(resource_rename(s.c, &got));

	assert_ok(resource_close(s.c, room));
	assert_err(resource_close(s.c, room), ERR_NOT_FOUND);
	assert_ok(resource_list(s.c, true, &list, &n));
	assert_int_equal(n, 2);
	assert_err(motive_set_resources(s.c, m, &room, 1), ERR_NOT_FOUND);
	assert_ok(motive_resources(s.c, m, &ids, &n));
	assert_int_equal(n, 1);
}

static void
a_resource_has_a_kind_a_name_and_an_open_site(void **state)
{
	struct scene s = scene_begin(state);
	struct resource r = { .kind = RESOURCE_ROOM, .name = S("Salle"), .site = s.site_b };
	id made;

	assert_int_equal(resource_check(&r), RESOURCE_SOUND);
	r.kind = (enum resource_kind)3;
	assert_int_equal(resource_check(&r), RESOURCE_FIELD_KIND);
	assert_err(resource_create(s.c, &r, &made), ERR_INVALID);
	r.kind = RESOURCE_DEVICE;
	r.name = letters(s.c->mem, RESOURCE_NAME_MAX + 1);
	assert_int_equal(resource_check(&r), RESOURCE_FIELD_NAME);
	r.name = S("Laser");
	assert_ok(site_close(s.c, s.site_b));
	assert_err(resource_create(s.c, &r, &made), ERR_NOT_FOUND);
}

static void
a_resource_that_is_booked_is_not_closed(void **state)
{
	struct scene s = scene_begin(state);
	struct resource r = { .kind = RESOURCE_DEVICE, .name = S("Laser"), .site = s.site };
	id laser;

	assert_ok(resource_create(s.c, &r, &laser));
	assert_ok(db_run(s.c->db, SQL(
	    "INSERT INTO booking (org, id, kind, state, practitioner, site, device, start_at, end_at,"
	    " lane, sequence, source, created_at, version)"
	    " VALUES ($1, 1, 1, 2, 2, $2, $3, $4, $5, 0, 0, 2, $4, 1)"),
	    BINDS(INT(s.org), INT(s.site), INT(laser), INT(s.c->now),
	    INT(s.c->now + USEC_PER_HOUR)), NULL));
	assert_err(resource_close(s.c, laser), ERR_CONFLICT);
	s.c->now += USEC_PER_HOUR;
	assert_ok(resource_close(s.c, laser));
}

/* T6 */
static void
what_belongs_to_another_organisation_does_not_exist(void **state)
{
	struct scene s = scene_begin(state);
	id mine = scene_motive(s.c, S("Bilan")), theirs = scene_motive(&s.other, S("Bilan"));
	id martin = scene_practitioner(s.c, S("Claire"), S("Martin")), room, *ids;
	struct resource r = { .kind = RESOURCE_ROOM, .name = S("Salle"), .site = s.site }, got_r;
	struct motive m, *list;
	size_t n;

	assert_ok(resource_create(s.c, &r, &room));
	assert_err(resource_create(&s.other, &r, &room), ERR_NOT_FOUND);
	assert_err(resource_get(&s.other, room, &got_r), ERR_NOT_FOUND);
	assert_ok(resource_get(s.c, room, &got_r));
	assert_err(resource_rename(&s.other, &got_r), ERR_NOT_FOUND);
	assert_err(resource_reopen(&s.other, room), ERR_NOT_FOUND);
	assert_err(resource_close(&s.other, room), ERR_NOT_FOUND);
	assert_ok(motive_get(s.c, mine, &m));
	assert_err(scene_motive_save(&s.other, &m), ERR_NOT_FOUND);
	assert_err(motive_get(&s.other, mine, &m), ERR_NOT_FOUND);
	assert_err(motive_close(&s.other, mine), ERR_NOT_FOUND);
	assert_err(motive_set_practitioners(&s.other, mine, NULL, 0), ERR_NOT_FOUND);
	assert_err(motive_set_practitioners(&s.other, theirs, &martin, 1), ERR_NOT_FOUND);
	assert_err(motive_set_resources(&s.other, theirs, &room, 1), ERR_NOT_FOUND);
	assert_ok(motive_set_practitioners(s.c, mine, &martin, 1));
	assert_ok(motive_practitioners(&s.other, mine, &ids, &n));
	assert_int_equal(n, 0);
	assert_ok(motive_list_for(&s.other, martin, false, &list, &n));
	assert_int_equal(n, 0);
}

/* Each statement fails in turn: the old set stands until the new one does. */
static void
a_set_changes_whole_or_not_at_all(void **state)
{
	struct scene s = scene_begin(state);
	id m = scene_motive(s.c, S("Bilan")), *ids;
	id old = scene_practitioner(s.c, S("Claire"), S("Martin"));
	id new[] = { scene_practitioner(s.c, S("Jean"), S("Petit")),
	    scene_practitioner(s.c, S("Luc"), S("Bernard")) };
	size_t n;
	int fails = 0;

	assert_ok(motive_set_practitioners(s.c, m, &old, 1));
	for (;;) {
		db_fail_after(s.c->db, fails + 1);
		err e = motive_set_practitioners(s.c, m, new, 2);

		db_fail_after(s.c->db, 0);
		if (e == OK)
			break;
		assert_err(e, ERR_STORE);
		fails++;
		assert_ok(motive_practitioners(s.c, m, &ids, &n));
		assert_int_equal(n, 1);
		assert_int_equal(ids[0], old);
		assert_int_equal(scene_lines(s.c, S("motive.practitioners")), 1);
		assert_true(fails < 30);
	}
	assert_true(fails >= 6);
	assert_ok(motive_practitioners(s.c, m, &ids, &n));
	assert_int_equal(n, 2);
	assert_int_equal(scene_lines(s.c, S("motive.practitioners")), 2);
}

static void
every_change_is_told_to_the_caches(void **state)
{
	struct scene s = scene_begin(state);
	int64_t before = scene_count(s.c, SQL("SELECT plan_version FROM org WHERE id = $1"));
	id m = scene_motive(s.c, S("Bilan"));

	assert_ok(motive_set_practitioners(s.c, m, NULL, 0));
	assert_int_equal(scene_count(s.c, SQL("SELECT plan_version FROM org WHERE id = $1")),
	    before + 2);
}

/* The form of a motive: itself, who does it and with what, in one change. */
static void
a_form_is_saved_whole_or_not_at_all(void **state)
{
	struct scene s = scene_begin(state);
	id martin = scene_practitioner(s.c, S("Claire"), S("Martin"));
	struct resource room = { .kind = RESOURCE_ROOM, .name = S("Salle 1"), .site = s.site };
	struct motive form = sound, m;
	id saved, again, *ids, nobody = martin + 1;
	size_t n;

	assert_ok(resource_create(s.c, &room, &room.id));
	struct motive_needs needs = { .practitioners = &martin, .practitioners_n = 1,
	    .resources = &room.id, .resources_n = 1 };

	form.name = S("Suivi");
	assert_ok(motive_save(s.c, &form, &needs, &saved));
	assert_int_equal(scene_lines(s.c, S("motive.create")), 1);
	assert_ok(motive_practitioners(s.c, saved, &ids, &n));
	assert_int_equal(n, 1);
	assert_int_equal(ids[0], martin);
	assert_ok(motive_resources(s.c, saved, &ids, &n));
	assert_int_equal(n, 1);

	form.id = saved;
	form.version = 1;
	form.name = S("Bilan");
	needs.practitioners = &nobody;
	assert_err(motive_save(s.c, &form, &needs, &again), ERR_NOT_FOUND);
	assert_ok(motive_get(s.c, saved, &m));
	assert_str(m.name, S("Suivi"));
	assert_ok(motive_practitioners(s.c, saved, &ids, &n));
	assert_int_equal(n, 1);

	assert_ok(motive_save(s.c, &form, &(struct motive_needs){0}, &again));
	assert_int_equal(again, saved);
	assert_err(motive_save(s.c, &form, &(struct motive_needs){0}, &again), ERR_CONFLICT);
	assert_ok(motive_get(s.c, saved, &m));
	assert_str(m.name, S("Bilan"));
	assert_ok(motive_practitioners(s.c, saved, &ids, &n));
	assert_int_equal(n, 0);
	assert_ok(motive_close(s.c, saved));
	assert_err(motive_save(s.c, &form, &(struct motive_needs){0}, &again), ERR_NOT_FOUND);
	form.minutes = 7;
	assert_err(motive_save(s.c, &form, &(struct motive_needs){0}, &again), ERR_INVALID);
	form = sound;
	form.name = S("Appel");
	form.id = 0;
	assert_err(motive_save(s.c, &form, &needs, &again), ERR_NOT_FOUND);
	assert_int_equal(scene_lines(s.c, S("motive.create")), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_is_checked_at_below_and_above_its_limits),
		ENGINE_TEST_SQLITE(every_text_is_checked_at_and_above_its_limit),
		ENGINE_TEST_SCHEMA(what_is_left_out_follows_from_name_and_minutes),
		ENGINE_TEST_SCHEMA(motives_are_listed_for_those_who_do_them),
		ENGINE_TEST_SCHEMA(rooms_and_devices_are_named_by_motives),
		ENGINE_TEST_SCHEMA(a_resource_has_a_kind_a_name_and_an_open_site),
		ENGINE_TEST_SCHEMA(a_resource_that_is_booked_is_not_closed),
		ENGINE_TEST_SCHEMA(what_belongs_to_another_organisation_does_not_exist),
		ENGINE_TEST_SCHEMA(a_form_is_saved_whole_or_not_at_all),
		ENGINE_TEST_SCHEMA(a_set_changes_whole_or_not_at_all),
		ENGINE_TEST_SCHEMA(every_change_is_told_to_the_caches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
