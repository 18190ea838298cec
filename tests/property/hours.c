/*
 * hours.c - opening hours over every change of clocks, in every zone of the tz
 * database, 2020 to 2040 (zones.py has checked our reader of zones itself).
 *
 * Three windows fill a day from midnight to midnight, and meet in the middle of
 * the hour that is most often missing or doubled.  Then, whatever the clocks do,
 * the slots of the day must follow each other without a hole from its first
 * moment to its last, and each one must be taken, shown and exported at the
 * local hour at which it was offered.
 */
#include <libical/ical.h>
#include <stdio.h>

#include "format/text.h"
#include "practice/hours.h"
#include "practice/message.h"
#include "practice/motive.h"
#include "../unit/agenda.h"

enum {
	MINUTES = 10,
	ZONES_MIN = 400, CHANGES_MIN = 4000,	/* fewer would prove nothing */
};

static const int edges[] = { 0, 70, 150, 1440 };	/* 1 h 10, 2 h 30 */

struct tally { int zones, changes, slots, booked; };

static usec
first_of_year(int year)
{
	day d;

	assert_true(civil_day((struct civil_date){ year, 1, 1 }, &d));
	return (usec)d * USEC_PER_DAY;
}

/* The first instant of which the local date is d: clocks may jump over midnight. */
static usec
day_begins(const struct zone *z, day d)
{
	enum zone_kind kind;
	usec at = zone_instant(z, d, 0, &kind);
	struct zone_change jump;

	return kind == ZONE_GAP && zone_change_before(z, at, &jump) ? jump.at : at;
}

/* What people read: the hour of the slot, in both languages. */
static void
is_shown(struct arena *mem, struct civil at)
{
	str french = text_date_hour(mem, LANG_FR, at.day, at.minute);
	str english = text_date_hour(mem, LANG_EN, at.day, at.minute);
	str hour = str_printf(mem, " %d\u202fh", at.minute / 60);

	if (at.minute % 60 > 0)
		hour = str_printf(mem, "%.*s\u202f%02d", STR_FMT(hour), at.minute % 60);
	if (!str_ends(french, hour) ||
	    !str_ends(english, str_printf(mem, " %02d:%02d", at.minute / 60, at.minute % 60)))
		fail_msg("%.*s / %.*s for minute %d", STR_FMT(french), STR_FMT(english), at.minute);
}

static struct icaltimetype
start_of(icalcomponent *calendar, const char **ret_zone)
{
	icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	icalproperty *p = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);

	*ret_zone = icalproperty_get_parameter_as_string(p, "TZID");
	return icalproperty_get_dtstart(p);
}

/* Another program finds the same instant, and the local hour where it is told one. */
static void
is_exported(struct arena *mem, const struct zone *z, str text, usec start)
{
	icalcomponent *calendar = icalparser_parse_string(str_z(mem, text));
	const char *name;
	struct civil at = zone_local(z, start);

	assert_non_null(calendar);
	struct icaltimetype t = start_of(calendar, &name);
	icaltimezone *read = name == NULL ? icaltimezone_get_utc_timezone() :
	    icalcomponent_get_timezone(calendar, name);

	assert_non_null(read);
	if (name != NULL)
		assert_int_equal(t.hour * 60 + t.minute, at.minute);
	if ((usec)icaltime_as_timet_with_zone(t, read) * USEC_PER_SECOND != start)
		fail_msg("%.*s: read as another instant\n%.*s", STR_FMT(zone_name(z)), STR_FMT(text));
	icalcomponent_free(calendar);
}

static void
check_export(struct arena *mem, const struct zone *z, struct slot s)
{
	struct ical_event e = { .uid = S("a@b"), .method = ICAL_PUBLISH, .start = s.start, .end = s.end,
	    .created = s.start, .stamp = s.start, .zone = z, .summary = S("x"),
	    .alarm_minutes = ICAL_NO_ALARM };
	str text;

	assert_ok(ical_event(mem, &e, &text));
	is_exported(mem, z, text, s.start);
}

/* An offered hour that exists once must lie within the windows' own minutes. */
static void
check_hour(const struct zone *z, day on, struct slot s)
{
	struct civil at = zone_local(z, s.start);
	enum zone_kind kind;
	usec named = zone_instant(z, at.day, at.minute, &kind);

	assert_true(at.day == on && at.second == 0);
	assert_true(kind == ZONE_PLAIN || kind == ZONE_FOLD);
	assert_true(kind == ZONE_FOLD ? named <= s.start : named == s.start);
}

/* All slots of a local day, which holds or touches a change of clocks. */
static void
check_day(struct agenda *a, const struct zone *z, day on, usec change, struct tally *t)
{
	struct slot_query q = { .motive = a->motive, .practitioner = a->martin, .from = on, .days = 1 };
	usec from = day_begins(z, on), until = day_begins(z, on + 1);
	struct slot *slots;
	size_t n;

	assert_ok(slot_find(a->c, &q, &slots, &n));
	if (change % CELL_USEC != 0) {
		/* Casey's clocks change at one minute past: no appointment spans that, nor lies off its mark. */
		assert_in_range(n, (until - from) / (MINUTES * USEC_PER_MINUTE) - 1,
		    (until - from) / (MINUTES * USEC_PER_MINUTE));
		for (size_t i = 0; i < n; i++)
			assert_true(slots[i].start % CELL_USEC == 0 && (i == 0 || slots[i].start >= slots[i - 1].end));
		return;
	}
	if ((usec)n * MINUTES * USEC_PER_MINUTE != until - from)
		fail_msg("%.*s, day %d: %zu slots in %lld minutes", STR_FMT(zone_name(z)), (int)on, n,
		    (long long)((until - from) / USEC_PER_MINUTE));
	for (size_t i = 0; i < n; i++) {
		assert_true(slots[i].start == from + (usec)i * MINUTES * USEC_PER_MINUTE);
		assert_true(slots[i].end == slots[i].start + MINUTES * USEC_PER_MINUTE);
		check_hour(z, on, slots[i]);
		is_shown(a->c->mem, zone_local(z, slots[i].start));
		/* The slots on either side of the change; the others are as any day's. */
		if (slots[i].end >= change && slots[i].start <= change)
			check_export(a->c->mem, z, slots[i]);
	}
	t->slots += (int)n;
}

/* The slot in which the instant lies. */
static usec
slot_around(const struct zone *z, usec at)
{
	usec from = day_begins(z, zone_local(z, at).day), length = MINUTES * USEC_PER_MINUTE;

	return from + (at - from) / length * length;
}

/* The whole way for one slot: taken, stored, and in the file that goes with the mail. */
static void
check_booking(struct agenda *a, const struct zone *z, usec start, struct tally *t)
{
	struct message_server server = { .public_url = S("http://localhost"), .from = S("a@b.example") };
	struct booking_ask ask = agenda_ask(a, start);
	struct booking held, read;
	str text;

	ask.online = true;
	assert_ok(booking_hold(a->c, &ask, &held));
	assert_ok(booking_get(a->c, held.id, &read));
	assert_true(read.start == start && read.end == start + MINUTES * USEC_PER_MINUTE);
	assert_ok(message_calendar(a->c, &server, &(struct message_event){ .booking = &read,
	    .method = ICAL_PUBLISH }, &text));
	is_exported(a->c->mem, z, text, start);
	assert_ok(booking_hold_release(a->c, held.id));
	t->booked++;
}

static void
use_zone(struct agenda *a, str name)
{
	assert_ok(db_run(a->c->db, SQL("UPDATE org SET zone = $1, open_on_holidays = 1, plan_version = plan_version + 1 WHERE id = $2"),
	    BINDS(TEXT(name), INT(a->c->org)), NULL));
}

static void
check_zone(struct agenda *a, str name, struct tally *t)
{
	const struct zone *z = zone_get(name);
	struct zone_change change;
	bool any = false;

	assert_non_null(z);
	use_zone(a, name);
	usec at = first_of_year(2020);
	/* A zone at rest has its days checked as well, once. */
	a->c->now = at - USEC_PER_DAY;
	check_day(a, z, zone_local(z, at + USEC_PER_DAY).day, at, t);
	for (; zone_change_after(z, at, &change) && change.at < first_of_year(2041); at = change.at) {
		day last = zone_local(z, change.at - USEC_PER_SECOND).day, first = zone_local(z, change.at).day;
		CLEANUP(arena_free) struct arena mem = {0};
		struct arena *outer = a->c->mem;

		a->c->mem = &mem;
		a->c->now = change.at - 3 * USEC_PER_DAY;
		for (day on = last < first ? last : first; on <= (last < first ? first : last); on++)
			check_day(a, z, on, change.at, t);
		if (!any && change.at % CELL_USEC == 0) {
			check_booking(a, z, slot_around(z, change.at), t);
			check_booking(a, z, slot_around(z, change.at - 1), t);
		}
		a->c->mem = outer;
		any = true;
		t->changes++;
	}
	t->zones++;
}

static void
set_hours(struct agenda *a)
{
	struct motive m;

	assert_ok(motive_get(a->c, a->motive, &m));
	m.minutes = m.step_minutes = MINUTES;
	assert_ok(scene_motive_save(a->c, &m));
	engine_must(a->c->db, SQL("DELETE FROM hours"));
	for (int weekday = 1; weekday <= 7; weekday++)
		for (size_t i = 0; i + 1 < COUNT(edges); i++)
			(void)agenda_hours(a, weekday, edges[i], edges[i + 1]);
}

/* The names that the database itself lists: links are zones as well. */
static void
hours_neither_lost_nor_doubled_in_any_zone(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct tally t = {0};
	char line[256];
	FILE *names = fopen("/usr/share/zoneinfo/tzdata.zi", "r");

	assert_non_null(names);
	set_hours(&a);
	while (fgets(line, sizeof(line), names) != NULL) {
		str rest = str_trim(str_c(line)), word, name;

		/* "Z name offset…", "L target name" */
		if (!str_split(&rest, ' ', &word) || (!str_eq(word, S("Z")) && !str_eq(word, S("L"))))
			continue;
		if (!str_split(&rest, ' ', &name) || (str_eq(word, S("L")) && !str_split(&rest, ' ', &name)))
			continue;
		check_zone(&a, name, &t);
	}
	(void)fclose(names);
	printf("# %d zones, %d changes, %d slots, %d held\n", t.zones, t.changes, t.slots, t.booked);
	assert_in_range(t.zones, ZONES_MIN, 10000);
	assert_in_range(t.changes, CHANGES_MIN, 1000000);
	assert_true(t.booked > 100);
}

int
main(void)
{
	static const struct engine_case on_sqlite = { hours_neither_lost_nor_doubled_in_any_zone, true };
	const struct CMUnitTest tests[] = {
		{ "hours_neither_lost_nor_doubled_in_any_zone", engine_run, engine_setup_sqlite,
		    engine_teardown, (void *)(uintptr_t)&on_sqlite },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
