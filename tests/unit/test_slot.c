/* What is offered: opening hours as instants, less what is taken (ux-6, ux-7, ux-23). */
#include "agenda.h"
#include "practice/hours.h"
#include "practice/absence.h"
#include "practice/hours.h"
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "practice/resource.h"

static struct slot *
find(const struct agenda *a, struct slot_query q, size_t *n)
{
	struct slot *slots;

	assert_ok(slot_find(a->c, &q, &slots, n));
	return slots;
}

static struct slot_query
monday(const struct agenda *a)
{
	return (struct slot_query){ .motive = a->motive, .practitioner = a->martin,
	    .from = AGENDA_DAY, .days = 1, .online = true };
}

static void
a_morning_of_three_hours_offers_twelve_quarters(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	size_t n;
	struct slot *slots = find(&a, monday(&a), &n);

	assert_int_equal(n, 12);
	for (size_t i = 0; i < n; i++) {
		assert_true(slots[i].start == agenda_at(&a, 0, 9 * 60 + 15 * (int)i));
		assert_true(slots[i].end == slots[i].start + 15 * USEC_PER_MINUTE);
		assert_true(slots[i].practitioner == a.martin && slots[i].site == a.s.site);
		assert_int_equal(slots[i].places, 1);
	}
}

static void
what_is_booked_is_not_offered(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60 + 30));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct booking b;
	size_t n;

	assert_int_equal(agenda_slots(&a, 0), 12);
	assert_ok(booking_create(a.c, &ask, &who, &b));
	struct slot *slots = find(&a, monday(&a), &n);
	assert_int_equal(n, 11);
	for (size_t i = 0; i < n; i++)
		assert_true(slots[i].start != ask.start);
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_int_equal(agenda_slots(&a, 0), 12);
}

static void
buffers_keep_a_distance_that_is_not_shown(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct motive m;
	struct booking b;

	assert_ok(motive_get(a.c, a.motive, &m));
	m.buffer_after_minutes = 10;
	assert_ok(scene_motive_save(a.c, &m));
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 10 * 60));
	assert_ok(booking_create(a.c, &ask, &who, &b));
	/* 9 h 45 would end in the appointment's way once its own buffer counts; 10 h 15 begins in the buffer. */
	assert_int_equal(agenda_slots(&a, 0), 9);
}

static void
an_absence_takes_its_time_out_and_an_exception_gives_it_back(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct absence weekly = { .practitioner = a.martin, .first_day = AGENDA_DAY, .start_minute = 9 * 60,
	    .last_day = AGENDA_DAY, .end_minute = 10 * 60, .every_weeks = 1 };
	id made;

	assert_ok(absence_add(a.c, &weekly, &made));
	assert_int_equal(agenda_slots(&a, 0), 8);
	assert_int_equal(agenda_slots(&a, 7), 8);
	assert_int_equal(agenda_slots(&a, 14), 8);
	assert_ok(absence_change(a.c, &(struct absence_edit){ .absence = made, .scope = ABSENCE_ONE,
	    .occurrence = AGENDA_DAY + 7 }, &made));
	assert_int_equal(agenda_slots(&a, 7), 12);
	assert_int_equal(agenda_slots(&a, 14), 8);
}

static void
odd_and_even_weeks_alternate(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct hours h = { .practitioner = a.martin, .site = a.s.site, .weekday = 2,
	    .parity = HOURS_ODD_WEEKS, .start_minute = 14 * 60, .end_minute = 15 * 60 };
	id made;

	/* 1 December 2026 lies in ISO week 49. */
	assert_ok(hours_add(a.c, &h, &made, NULL));
	assert_int_equal(agenda_slots(&a, 1), 4);
	assert_int_equal(agenda_slots(&a, 8), 0);
	assert_int_equal(agenda_slots(&a, 15), 4);
}

static void
an_exceptional_opening_holds_on_its_day_only(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct hours h = { .practitioner = a.martin, .site = a.s.site, .on_day = AGENDA_DAY + 5,
	    .start_minute = 8 * 60, .end_minute = 9 * 60 };
	id made;

	assert_ok(hours_add(a.c, &h, &made, NULL));
	assert_int_equal(agenda_slots(&a, 5), 4);
	assert_int_equal(agenda_slots(&a, 12), 0);
}

static void
rules_hold_from_their_first_day_to_their_last(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct hours h = { .practitioner = a.martin, .site = a.s.site, .weekday = 2,
	    .start_minute = 8 * 60, .end_minute = 9 * 60,
	    .from_day = AGENDA_DAY + 8, .until_day = AGENDA_DAY + 15 };
	struct absence weekly = { .practitioner = a.martin, .first_day = AGENDA_DAY + 7,
	    .last_day = AGENDA_DAY + 7, .start_minute = 9 * 60, .end_minute = 10 * 60, .every_weeks = 1,
	    .until_day = AGENDA_DAY + 14 };
	id made;

	assert_ok(hours_add(a.c, &h, &made, NULL));
	assert_ok(absence_add(a.c, &weekly, &made));
	static const int tuesdays[] = { 0, 4, 4, 0 }, mondays[] = { 12, 8, 8, 12 };
	for (int week = 0; week < 4; week++) {
		assert_int_equal(agenda_slots(&a, 7 * week + 1), tuesdays[week]);
		assert_int_equal(agenda_slots(&a, 7 * week), mondays[week]);
	}
}

static void
later_means_later(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	size_t n;

	q.after = agenda_at(&a, 0, 9 * 60 + 30);
	struct slot *slots = find(&a, q, &n);
	assert_int_equal(n, 9);
	assert_true(slots[0].start == agenda_at(&a, 0, 9 * 60 + 45));
	q.limit = 3;
	(void)find(&a, q, &n);
	assert_int_equal(n, 3);
}

static void
an_opening_on_top_of_another_offers_no_time_twice(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	size_t n;

	/* The forms refuse this; two servers that write at once, or a restored file, may not. */
	assert_ok(db_run(a.c->db, SQL("INSERT INTO hours (org, id, practitioner, site, weekday, parity, on_day,"
	    " start_minute, end_minute, version) SELECT org, id + 1, practitioner, site, weekday, parity, on_day,"
	    " start_minute + 60, end_minute + 60, 1 FROM hours WHERE org = $1"), BINDS(INT(a.c->org)), NULL));
	assert_ok(db_run(a.c->db, SQL("UPDATE org SET plan_version = plan_version + 1 WHERE id = $1"),
	    BINDS(INT(a.c->org)), NULL));
	struct slot *slots = find(&a, q, &n);
	assert_int_equal(n, 16);
	for (size_t i = 1; i < n; i++)
		assert_true(slots[i].start == slots[i - 1].end);
}

static void
who_is_not_listed_is_not_offered(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	struct practitioner p;
	struct slot *slots;
	size_t n;

	assert_ok(practitioner_get(a.c, a.martin, &p));
	p.listed = false;
	assert_ok(practitioner_update(a.c, &p));
	assert_err(slot_find(a.c, &q, &slots, &n), ERR_NOT_FOUND);
	q.online = false;	/* the desk still gives her times */
	(void)find(&a, q, &n);
	assert_int_equal(n, 12);
}

static void
the_hours_of_who_has_left_are_nobody_elses(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	struct hours h = { .practitioner = a.petit, .site = a.s.site, .weekday = 1,
	    .start_minute = 14 * 60, .end_minute = 15 * 60 };
	struct slot *slots;
	size_t n;
	id made;

	assert_ok(hours_add(a.c, &h, &made, NULL));
	assert_ok(practitioner_close(a.c, a.martin));
	assert_err(slot_find(a.c, &q, &slots, &n), ERR_NOT_FOUND);
	q.practitioner = a.petit;
	slots = find(&a, q, &n);
	assert_int_equal(n, 4);
	assert_true(slots[0].start == agenda_at(&a, 0, 14 * 60));
}

static void
outside_of_what_was_read_nothing_is_free(void **state)
{
	uint64_t none[2] = {0}, some[2] = { 0, 1 };
	struct cells empty = { 1000, 128, none }, one = { 1000, 128, some };

	(void)state;
	assert_true(cells_all_free(&empty, 1000, 128));
	assert_false(cells_all_free(&empty, 999, 2));
	assert_false(cells_all_free(&empty, 1127, 2));
	assert_true(cells_all_free(&one, 1000, 64) && cells_all_free(&one, 1065, 63));
	assert_false(cells_all_free(&one, 1060, 5) || cells_all_free(&one, 1064, 1));
}

static void
the_public_is_held_to_notice_and_horizon(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	struct motive m;
	size_t n;

	assert_ok(motive_get(a.c, a.motive, &m));
	m.notice_minutes = 7 * 24 * 60 + 9 * 60;	/* from now, Monday 1 h: until next Monday 10 h */
	assert_ok(scene_motive_save(a.c, &m));
	(void)find(&a, q, &n);
	assert_int_equal(n, 8);
	m.horizon_days = 7;	/* next Monday is the last day */
	m.notice_minutes = 0;
	assert_ok(scene_motive_save(a.c, &m));
	(void)find(&a, q, &n);
	assert_int_equal(n, 12);
	m.horizon_days = 6;
	assert_ok(scene_motive_save(a.c, &m));
	(void)find(&a, q, &n);
	assert_int_equal(n, 0);
	q.online = false;	/* staff is not */
	(void)find(&a, q, &n);
	assert_int_equal(n, 12);
}

static void
a_motive_that_needs_a_room_waits_for_one(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct resource room = { .kind = RESOURCE_ROOM, .name = S("Salle 1"), .site = a.s.site };
	struct booking_who marie = { .person = agenda_person(&a, S("Marie")) };
	struct booking_who louise = { .person = agenda_person(&a, S("Louise")) };
	struct booking b;
	id made;

	assert_ok(resource_create(a.c, &room, &made));
	assert_ok(motive_set_resources(a.c, a.motive, &made, 1));
	/* The other practitioner takes the only room. */
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	ask.practitioner = a.petit;
	assert_ok(booking_create(a.c, &ask, &marie, &b));
	assert_true(b.room == made);
	assert_int_equal(agenda_slots(&a, 0), 11);
	ask.practitioner = a.martin;
	assert_err(booking_create(a.c, &ask, &louise, &b), ERR_CONFLICT);
}

static void
a_group_has_as_many_places_as_its_motive_says(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct motive m = { .name = S("Atelier du dos"), .minutes = 60, .online = true,
	    .horizon_days = 60, .capacity = 3 };
	struct slot_query q = monday(&a);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking b[4];
	size_t n;

	assert_ok(motive_create(a.c, &m, &q.motive));
	assert_ok(motive_set_practitioners(a.c, q.motive, &a.martin, 1));
	ask.motive = q.motive;
	static const char *const names[] = { "Marie", "Louise", "Jeanne", "Anna" };
	for (int i = 0; i < 3; i++) {
		struct booking_who who = { .person = agenda_person(&a, str_c(names[i])) };

		assert_ok(booking_create(a.c, &ask, &who, &b[i]));
		struct slot *slots = find(&a, q, &n);
		assert_int_equal(n, i < 2 ? 3 : 2);
		if (i < 2)
			assert_int_equal(slots[0].places, 2 - i);
	}
	struct booking_who late = { .person = agenda_person(&a, str_c(names[3])) };
	assert_err(booking_create(a.c, &ask, &late, &b[3]), ERR_CONFLICT);
	/* The practitioner is the session's: nobody else sees her meanwhile. */
	assert_int_equal(agenda_slots(&a, 0), 8);
	/* A place given back is offered again; the last one gives back the hour. */
	assert_ok(booking_cancel(a.c, b[1].id, true));
	assert_ok(booking_create(a.c, &ask, &late, &b[3]));
	assert_ok(booking_cancel(a.c, b[0].id, true));
	assert_ok(booking_cancel(a.c, b[2].id, true));
	assert_ok(booking_cancel(a.c, b[3].id, true));
	assert_int_equal(agenda_slots(&a, 0), 12);
}

/* A group motive of three in a room; its query. */
static struct slot_query
workshop(const struct agenda *a)
{
	struct motive m = { .name = S("Atelier du dos"), .minutes = 60, .online = true,
	    .horizon_days = 60, .capacity = 3 };
	struct resource room = { .kind = RESOURCE_ROOM, .name = S("Salle 1"), .site = a->s.site };
	struct slot_query q = monday(a);
	id made;

	assert_ok(motive_create(a->c, &m, &q.motive));
	assert_ok(motive_set_practitioners(a->c, q.motive, &a->martin, 1));
	assert_ok(resource_create(a->c, &room, &made));
	assert_ok(motive_set_resources(a->c, q.motive, &made, 1));
	/* The consultation wants the same room, and another practitioner could give it. */
	assert_ok(motive_set_resources(a->c, a->motive, &made, 1));
	struct hours h = { .practitioner = a->petit, .site = a->s.site, .weekday = 1,
	    .start_minute = 9 * 60, .end_minute = 10 * 60 };
	assert_ok(hours_add(a->c, &h, &made, NULL));
	return q;
}

/* Seats of a session that takes place already: none while its practitioner is away after all. */
static void
a_session_takes_nobody_more_during_a_later_absence(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = workshop(&a);
	struct booking_who marie = { .person = agenda_person(&a, S("Marie")) };
	struct booking_who louise = { .person = agenda_person(&a, S("Louise")) };
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct absence away = { .practitioner = a.martin, .first_day = AGENDA_DAY, .last_day = AGENDA_DAY,
	    .start_minute = 9 * 60 + 30, .end_minute = 10 * 60 };
	struct absence_edit back = { .scope = ABSENCE_ALL };
	struct booking b;
	struct slot slot;
	size_t n;
	id made;

	ask.motive = q.motive;
	ask.offered = true;
	assert_ok(booking_create(a.c, &ask, &marie, &b));
	struct slot *slots = find(&a, q, &n);
	assert_int_equal(n, 3);
	assert_int_equal(slots[0].places, 2);
	assert_ok(absence_add(a.c, &away, &back.absence));
	slots = find(&a, q, &n);
	assert_int_equal(n, 2);
	assert_true(slots[0].start == agenda_at(&a, 0, 10 * 60));
	assert_err(slot_check(a.c, &q, ask.start, &slot), ERR_CONFLICT);
	assert_err(booking_create(a.c, &ask, &louise, &b), ERR_CONFLICT);
	assert_ok(absence_change(a.c, &back, &made));
	slots = find(&a, q, &n);
	assert_int_equal(slots[0].places, 2);
	assert_ok(booking_create(a.c, &ask, &louise, &b));
}

static size_t
slots_of(const struct agenda *a, id practitioner)
{
	struct slot_query q = monday(a);
	size_t n;

	q.practitioner = practitioner;
	(void)find(a, q, &n);
	return n;
}

static void
a_session_takes_practitioner_and_room_from_the_moment_it_is_made(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = workshop(&a);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking_who marie = { .person = agenda_person(&a, S("Marie")) };
	struct booking b, read;

	ask.motive = q.motive;
	/* Looked at before, so that it is known in memory. */
	assert_int_equal(slots_of(&a, a.martin), 12);
	assert_int_equal(slots_of(&a, a.petit), 4);
	assert_ok(booking_create(a.c, &ask, &marie, &b));
	assert_int_equal(slots_of(&a, a.martin), 8);
	assert_int_equal(slots_of(&a, a.petit), 0);	/* the room */
	assert_ok(booking_get(a.c, b.id, &read));
	assert_true(read.room != 0);			/* where to go */
	assert_ok(booking_cancel(a.c, b.id, true));
	assert_int_equal(slots_of(&a, a.martin), 12);
	assert_int_equal(slots_of(&a, a.petit), 4);
}

static void
a_seat_that_was_only_held_gives_the_hour_back(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = workshop(&a);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking b;
	size_t n;
	int64_t swept;

	ask.motive = q.motive;
	ask.online = true;
	for (int i = 0; i < 3; i++)
		assert_ok(booking_hold(a.c, &ask, &b));
	assert_err(booking_hold(a.c, &ask, &b), ERR_CONFLICT);
	assert_int_equal(slots_of(&a, a.martin), 8);
	assert_int_equal(slots_of(&a, a.petit), 0);
	a.c->now += promise()->hold;
	assert_int_equal(find(&a, q, &n)[0].places, 3);
	/* Three holds, three seats, an hour's cells of practitioner and room; no cell of a person. */
	assert_ok(booking_sweep(a.c, &swept));
	assert_int_equal(swept, 3 + 3 + 2 * 12);
	assert_int_equal(slots_of(&a, a.martin), 12);
	assert_int_equal(slots_of(&a, a.petit), 4);
	assert_int_equal(scene_count(a.c, SQL("SELECT count(*) FROM busy WHERE org = $1")), 0);
	/* A session in which somebody really sits stays. */
	struct booking_who marie = { .person = agenda_person(&a, S("Marie")) };
	ask.online = false;
	assert_ok(booking_create(a.c, &ask, &marie, &b));
	ask.online = true;
	assert_ok(booking_hold(a.c, &ask, &b));
	a.c->now += promise()->hold;
	assert_ok(booking_sweep(a.c, &swept));
	assert_int_equal(swept, 2);
	assert_int_equal(slots_of(&a, a.martin), 8);
}

static void
the_first_free_of_all_is_the_earliest_of_anybody(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct hours h = { .practitioner = a.petit, .site = a.s.site_b, .weekday = 1,
	    .start_minute = 8 * 60, .end_minute = 9 * 60 };
	struct slot_query q = { .motive = a.motive, .from = AGENDA_DAY, .days = 30, .online = true };
	struct slot first;
	size_t n;
	id made;

	assert_ok(hours_add(a.c, &h, &made, NULL));
	assert_ok(slot_first(a.c, &q, &first));
	assert_true(first.practitioner == a.petit && first.start == agenda_at(&a, 0, 8 * 60));
	struct slot *all = find(&a, q, &n);
	assert_true(all[0].start == first.start && all[0].practitioner == a.petit);
	q.site = a.s.site;
	assert_ok(slot_first(a.c, &q, &first));
	assert_true(first.practitioner == a.martin);
	q.among = &a.petit;
	q.among_n = 1;
	assert_err(slot_first(a.c, &q, &first), ERR_NOT_FOUND);
}

/* Paris: 28 March 2027 jumps from 2 to 3 h, 31 October 2027 goes from 3 back to 2 h. */
static void
a_night_of_changing_clocks_loses_and_doubles_nothing(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	struct motive m;
	size_t n;

	assert_ok(motive_get(a.c, a.motive, &m));
	m.minutes = m.step_minutes = 30;
	m.horizon_days = 730;
	assert_ok(scene_motive_save(a.c, &m));
	(void)agenda_hours(&a, 7, 60, 5 * 60);		/* Sundays from 1 to 5 h */
	assert_true(civil_day((struct civil_date){ 2027, 3, 28 }, &q.from));
	struct slot *slots = find(&a, q, &n);
	assert_int_equal(n, 6);				/* three hours that exist */
	for (size_t i = 1; i < n; i++)
		assert_true(slots[i].start == slots[i - 1].end);
	assert_int_equal(zone_local(a.paris, slots[2].start).minute, 3 * 60);
	assert_true(civil_day((struct civil_date){ 2027, 10, 31 }, &q.from));
	slots = find(&a, q, &n);
	assert_int_equal(n, 10);			/* five */
	for (size_t i = 1; i < n; i++)
		assert_true(slots[i].start == slots[i - 1].end);
}

static void
a_window_that_ends_or_begins_in_the_missing_hour_meets_the_jump(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	struct motive m;
	size_t n;

	assert_ok(motive_get(a.c, a.motive, &m));
	m.minutes = m.step_minutes = 30;
	m.horizon_days = 730;
	assert_ok(scene_motive_save(a.c, &m));
	(void)agenda_hours(&a, 7, 60, 2 * 60 + 30);
	assert_true(civil_day((struct civil_date){ 2027, 3, 28 }, &q.from));
	struct slot *slots = find(&a, q, &n);
	assert_int_equal(n, 2);			/* 1 h and 1 h 30; at 3 h the door is closed */
	assert_int_equal(zone_local(a.paris, slots[1].start).minute, 90);
	(void)agenda_hours(&a, 7, 2 * 60 + 30, 5 * 60);
	slots = find(&a, q, &n);
	assert_int_equal(n, 2 + 4);		/* and from 3 h on it is open */
	assert_int_equal(zone_local(a.paris, slots[2].start).minute, 3 * 60);
}

static void
what_does_not_exist_here_is_not_found(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	struct slot *slots;
	size_t n;

	assert_err(slot_find(&a.s.other, &q, &slots, &n), ERR_NOT_FOUND);
	q.motive++;
	assert_err(slot_find(a.c, &q, &slots, &n), ERR_NOT_FOUND);
	q = monday(&a);
	q.days = SLOT_DAYS_MAX + 1;
	assert_err(slot_find(a.c, &q, &slots, &n), ERR_INVALID);
	q.days = 0;
	assert_err(slot_find(a.c, &q, &slots, &n), ERR_INVALID);
}

static void
a_hold_hides_its_time_until_it_lapses(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, 0, 9 * 60));
	struct booking b;

	ask.online = true;
	assert_int_equal(agenda_slots(&a, 0), 12);
	assert_ok(booking_hold(a.c, &ask, &b));
	assert_int_equal(agenda_slots(&a, 0), 11);
	a.c->now += promise()->hold - 1;
	assert_int_equal(agenda_slots(&a, 0), 11);
	a.c->now += 1;
	assert_int_equal(agenda_slots(&a, 0), 12);
}

enum { CHRISTMAS = 25, FRIDAY_BEFORE = 18 };	/* days after AGENDA_DAY: Fridays */

static void
set_holidays(struct agenda *a, bool open, str zone)
{
	struct org o;

	assert_ok(org_get(a->c, &o));
	o.open_on_holidays = open;
	o.zone = zone;
	assert_ok(org_update(a->c, &o));
}

static void
on_a_public_holiday_nothing_is_offered_unless_the_practice_says_so(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);

	(void)agenda_hours(&a, 5, 9 * 60, 12 * 60);
	assert_int_equal(agenda_slots(&a, FRIDAY_BEFORE), 12);
	assert_int_equal(agenda_slots(&a, CHRISTMAS), 0);
	set_holidays(&a, true, S("Europe/Paris"));
	assert_int_equal(agenda_slots(&a, CHRISTMAS), 12);
	/* The holidays of France are not those of its neighbours. */
	set_holidays(&a, false, S("Europe/Brussels"));
	assert_int_equal(agenda_slots(&a, CHRISTMAS), 12);
}

static void
an_exceptional_opening_holds_on_a_holiday_and_staff_may_book_on_any(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct hours h = { .practitioner = a.martin, .site = a.s.site, .on_day = AGENDA_DAY + CHRISTMAS,
	    .start_minute = 10 * 60, .end_minute = 11 * 60 };
	struct booking_ask ask = agenda_ask(&a, agenda_at(&a, CHRISTMAS, 9 * 60));
	struct booking_who who = { .person = agenda_person(&a, S("Marie")) };
	struct booking b;
	id made;

	(void)agenda_hours(&a, 5, 9 * 60, 12 * 60);
	assert_ok(hours_add(a.c, &h, &made, NULL));
	assert_int_equal(agenda_slots(&a, CHRISTMAS), 4);
	ask.online = true;
	assert_err(booking_create(a.c, &ask, &who, &b), ERR_CONFLICT);
	ask.online = false;
	assert_ok(booking_create(a.c, &ask, &who, &b));
}

/* The whole range that can be asked for at once, with a holiday near its end. */
static void
the_longest_range_knows_its_holidays(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct slot_query q = monday(&a);
	size_t n;

	/* Every Monday: Easter Monday 2027 is 29 March, 119 days after; the range ends there. */
	q.from = AGENDA_DAY + 119 - (SLOT_DAYS_MAX - 1);
	q.days = SLOT_DAYS_MAX;
	q.online = false;
	struct slot *slots = find(&a, q, &n);
	assert_int_equal(n % 12, 0);
	assert_true(n / 12 == 13);
	assert_true(zone_local(a.paris, slots[n - 1].start).day == AGENDA_DAY + 112);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_morning_of_three_hours_offers_twelve_quarters),
		ENGINE_TEST_SCHEMA(what_is_booked_is_not_offered),
		ENGINE_TEST_SCHEMA(buffers_keep_a_distance_that_is_not_shown),
		ENGINE_TEST_SCHEMA(an_absence_takes_its_time_out_and_an_exception_gives_it_back),
		ENGINE_TEST_SCHEMA(odd_and_even_weeks_alternate),
		ENGINE_TEST_SCHEMA(an_exceptional_opening_holds_on_its_day_only),
		ENGINE_TEST_SCHEMA(rules_hold_from_their_first_day_to_their_last),
		ENGINE_TEST_SCHEMA(later_means_later),
		ENGINE_TEST_SCHEMA(an_opening_on_top_of_another_offers_no_time_twice),
		ENGINE_TEST_SCHEMA(who_is_not_listed_is_not_offered),
		ENGINE_TEST_SCHEMA(the_hours_of_who_has_left_are_nobody_elses),
		cmocka_unit_test(outside_of_what_was_read_nothing_is_free),
		ENGINE_TEST_SCHEMA(the_public_is_held_to_notice_and_horizon),
		ENGINE_TEST_SCHEMA(a_motive_that_needs_a_room_waits_for_one),
		ENGINE_TEST_SCHEMA(a_group_has_as_many_places_as_its_motive_says),
		ENGINE_TEST_SCHEMA(a_session_takes_nobody_more_during_a_later_absence),
		ENGINE_TEST_SCHEMA(a_session_takes_practitioner_and_room_from_the_moment_it_is_made),
		ENGINE_TEST_SCHEMA(a_seat_that_was_only_held_gives_the_hour_back),
		ENGINE_TEST_SCHEMA(the_first_free_of_all_is_the_earliest_of_anybody),
		ENGINE_TEST_SCHEMA(a_night_of_changing_clocks_loses_and_doubles_nothing),
		ENGINE_TEST_SCHEMA(a_window_that_ends_or_begins_in_the_missing_hour_meets_the_jump),
		ENGINE_TEST_SCHEMA(what_does_not_exist_here_is_not_found),
		ENGINE_TEST_SCHEMA(a_hold_hides_its_time_until_it_lapses),
		ENGINE_TEST_SCHEMA(on_a_public_holiday_nothing_is_offered_unless_the_practice_says_so),
		ENGINE_TEST_SCHEMA(an_exceptional_opening_holds_on_a_holiday_and_staff_may_book_on_any),
		ENGINE_TEST_SCHEMA(the_longest_range_knows_its_holidays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
