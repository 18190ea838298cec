/*
 * test_ical.c - format/ical.h, read back by libical.  T18: no text adds a
 * property; the instants are those that we meant, in every zone tried.
 */
#include <libical/ical.h>

#include "assert_str.h"
#include "base/buf.h"
#include "format/ical.h"

static usec
utc(const char *rfc3339)
{
	usec at;

	assert_true(civil_parse_rfc3339(str_c(rfc3339), &at));
	return at;
}

static struct ical_event
example(void)
{
	return (struct ical_event){
		.uid = S("rdv-7K3M@serment.example"), .sequence = 2, .method = ICAL_REQUEST,
		.start = utc("2026-11-23T08:45:00Z"), .end = utc("2026-11-23T09:15:00Z"),
		.created = utc("2026-11-01T10:00:00Z"), .stamp = utc("2026-11-22T12:00:00Z"),
		.zone = zone_get(S("Europe/Paris")), .summary = S("Rendez-vous"),
		.location = S("3, rue de l'\u00c9glise; Lyon"), .description = S("Venez\nsans je\u00fbner \\o/"),
		.url = S("https://rdv.example/r/7K3M?a=1&b=2"),
		.organizer_name = S("Dr L\u00e9a \"Zo\" Martin"), .organizer_email = S("lea@cabinet.example"),
		.attendee_name = S("Dupont: Jean"), .attendee_email = S("jean+x?y@mail.example"),
		.alarm_minutes = 120,
	};
}

static str
written(struct arena *mem, const struct ical_event *e)
{
	str text;

	assert_int_equal(ical_event(mem, e, &text), OK);
	return text;
}

static icalcomponent *
parsed(struct arena *mem, str text)
{
	icalcomponent *c = icalparser_parse_string(str_z(mem, text));

	assert_non_null(c);
	assert_int_equal(icalcomponent_count_errors(c), 0);
	assert_int_equal(icalcomponent_isa(c), ICAL_VCALENDAR_COMPONENT);
	return c;
}

static icalcomponent *
event_of(icalcomponent *calendar)
{
	assert_int_equal(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 1);
	return icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
}

static void
every_field_is_read_back_as_it_was_meant(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();
	icalcomponent *calendar = parsed(&mem, written(&mem, &e)), *event = event_of(calendar);

	(void)state;
	assert_int_equal(icalcomponent_get_method(calendar), ICAL_METHOD_REQUEST);
	assert_string_equal(icalcomponent_get_uid(event), "rdv-7K3M@serment.example");
	assert_int_equal(icalcomponent_get_sequence(event), 2);
	assert_int_equal(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
	assert_string_equal(icalcomponent_get_summary(event), "Rendez-vous");
	assert_string_equal(icalcomponent_get_location(event), "3, rue de l'\u00c9glise; Lyon");
	assert_string_equal(icalcomponent_get_description(event), "Venez\nsans je\u00fbner \\o/");
	icalproperty *p = icalcomponent_get_first_property(event, ICAL_URL_PROPERTY);

	assert_string_equal(icalproperty_get_url(p), "https://rdv.example/r/7K3M?a=1&b=2");
	p = icalcomponent_get_first_property(event, ICAL_ORGANIZER_PROPERTY);
	assert_string_equal(icalproperty_get_organizer(p), "mailto:lea@cabinet.example");
	assert_string_equal(icalproperty_get_parameter_as_string(p, "CN"), "Dr L\u00e9a 'Zo' Martin");
	p = icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
	assert_string_equal(icalproperty_get_attendee(p), "mailto:jean+x%3Fy@mail.example");
	assert_string_equal(icalproperty_get_parameter_as_string(p, "CN"), "Dupont: Jean");
	icalcomponent *alarm = icalcomponent_get_first_component(event, ICAL_VALARM_COMPONENT);

	p = icalcomponent_get_first_property(alarm, ICAL_TRIGGER_PROPERTY);
	assert_int_equal(icaldurationtype_as_int(icalproperty_get_trigger(p).duration), -120 * 60);
	icalcomponent_free(calendar);
}

static void
cancelling_and_publishing_say_so(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();

	(void)state;
	e.method = ICAL_CANCEL;
	e.status = ICAL_CANCELLED;
	e.alarm_minutes = ICAL_NO_ALARM;
	icalcomponent *calendar = parsed(&mem, written(&mem, &e));

	assert_int_equal(icalcomponent_get_method(calendar), ICAL_METHOD_CANCEL);
	assert_int_equal(icalcomponent_get_status(event_of(calendar)), ICAL_STATUS_CANCELLED);
	assert_int_equal(icalcomponent_count_components(event_of(calendar), ICAL_VALARM_COMPONENT), 0);
	icalcomponent_free(calendar);
	e.method = ICAL_PUBLISH;
	e.status = ICAL_TENTATIVE;
	e.organizer_email = e.attendee_email = S("");
	calendar = parsed(&mem, written(&mem, &e));
	assert_int_equal(icalcomponent_get_method(calendar), ICAL_METHOD_PUBLISH);
	assert_int_equal(icalcomponent_get_status(event_of(calendar)), ICAL_STATUS_TENTATIVE);
	assert_int_equal(icalcomponent_count_properties(event_of(calendar), ICAL_ORGANIZER_PROPERTY), 0);
	icalcomponent_free(calendar);
}

/* CRLF, at most 75 octets, and each line whole characters (RFC 5545 section 3.1). */
static void
check_lines(str text)
{
	assert_true(str_ends(text, S("\r\n")));
	while (text.n > 0) {
		ptrdiff_t end = str_find(text, '\n');

		assert_true(end >= 1 && text.p[end - 1] == '\r');
		str line = str_slice(text, 0, (size_t)end - 1);

		assert_true(line.n > 0 && line.n <= 75);
		assert_true(str_utf8_ok(line));
		for (size_t i = 0; i < line.n; i++)
			assert_true((unsigned char)line.p[i] >= ' ' && line.p[i] != 0x7f);
		text = str_slice(text, (size_t)end + 1, text.n);
	}
}

static void
long_lines_fold_without_cutting_a_character(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();

	(void)state;
	for (size_t lead = 0; lead < 8; lead++) {
		struct buf b = buf_in(&mem, 4096);

		for (size_t i = 0; i < lead; i++)
			buf_byte(&b, 'x');
		for (int i = 0; i < 60; i++)
			buf_add(&b, S("\u00e9\u20ac\U0001F9B7"));
		e.summary = buf_str(&b);
		str text = written(&mem, &e);

		check_lines(text);
		icalcomponent *calendar = parsed(&mem, text);

		assert_string_equal(icalcomponent_get_summary(event_of(calendar)), str_z(&mem, e.summary));
		icalcomponent_free(calendar);
	}
}

static const char *const attacks[] = {
	"x\r\nATTENDEE:mailto:evil@evil.example", "x\nEND:VEVENT\nBEGIN:VEVENT", "x\rX-EVIL:1",
	"x\r\n BEGIN:VALARM", "x\u2028X-EVIL:1", "x\u2029X-EVIL:1", "x\xc2\x85X-EVIL:1", "\"x\"",
	"x\";X-EVIL=\"1", "x:mailto:evil@evil.example", "x;X-EVIL=1", "x,y", "\\", "\\\\n", "\x01\x02\x1b[31m\x7f",
	"x\ty", "^n^'", "\r\n\r\n", ";", ",", ":", "=", "x\\;y", "\\,", "a\\",
};

static void
no_text_adds_a_property_or_a_line(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();
	icalcomponent *calendar = parsed(&mem, written(&mem, &e));
	int properties = icalcomponent_count_properties(event_of(calendar), ICAL_ANY_PROPERTY);

	(void)state;
	icalcomponent_free(calendar);
	for (size_t i = 0; i < COUNT(attacks); i++) {
		str attack = str_c(attacks[i]);

		e.summary = e.location = e.description = attack;
		e.organizer_name = e.attendee_name = e.uid = attack;
		str text = written(&mem, &e);

		check_lines(text);
		calendar = parsed(&mem, text);
		assert_int_equal(icalcomponent_count_components(calendar, ICAL_ANY_COMPONENT), 2);
		assert_int_equal(icalcomponent_count_properties(event_of(calendar), ICAL_ANY_PROPERTY),
		    properties);
		icalproperty *p = icalcomponent_get_first_property(event_of(calendar), ICAL_ATTENDEE_PROPERTY);

		assert_string_equal(icalproperty_get_attendee(p), "mailto:jean+x%3Fy@mail.example");
		assert_int_equal(icalproperty_count_parameters(p), 4);
		icalcomponent_free(calendar);
	}
}

static void
unsound_addresses_and_urls_are_left_out(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();

	(void)state;
	e.organizer_email = S("lea@cabinet.example\r\nX-EVIL:1");
	e.attendee_email = S("nobody");
	e.url = S("https://rdv.example/\r\nX-EVIL:1");
	str text = written(&mem, &e);

	assert_true(str_find_str(text, S("EVIL")) < 0);
	assert_true(str_find_str(text, S("ORGANIZER")) < 0);
	assert_true(str_find_str(text, S("ATTENDEE")) < 0);
	assert_true(str_find_str(text, S("URL")) < 0);
}

static usec
instant_in(icalcomponent *calendar, icalcomponent *event, icalproperty_kind kind, const char *zone)
{
	icalproperty *p = icalcomponent_get_first_property(event, kind);
	icaltimezone *z = icalcomponent_get_timezone(calendar, zone);

	assert_non_null(z);
	assert_string_equal(icalproperty_get_parameter_as_string(p, "TZID"), zone);
	struct icaltimetype t = kind == ICAL_DTSTART_PROPERTY ? icalproperty_get_dtstart(p) :
	    icalproperty_get_dtend(p);

	return (usec)icaltime_as_timet_with_zone(t, z) * USEC_PER_SECOND;
}

static usec
instant_of(icalcomponent *calendar, icalproperty_kind kind, const char *zone)
{
	return instant_in(calendar, event_of(calendar), kind, zone);
}

/* libical reads the hours that come twice otherwise than RFC 5545: those are left out. */
static bool
twice(const struct zone *z, usec at)
{
	struct civil c = zone_local(z, at);
	enum zone_kind kind;

	(void)zone_instant(z, c.day, c.minute, &kind);
	return kind != ZONE_PLAIN;
}

static void
another_program_finds_the_same_instants_in_our_zones(void **state)
{
	static const char *const zones[] = {
		"Europe/Paris", "Europe/Dublin", "America/New_York", "America/Nuuk", "Asia/Jerusalem",
		"Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Auckland", "Asia/Kathmandu",
		"Asia/Tokyo", "America/Phoenix", "Etc/UTC", "Indian/Reunion", "America/Santiago",
	};
	struct ical_event e = example();
	int asked = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(zones); i++) {
		e.zone = zone_get(str_c(zones[i]));
		assert_non_null(e.zone);
		for (usec at = utc("2024-01-01T00:00:00Z"); at < utc("2031-01-01T00:00:00Z");
		    at += 11 * USEC_PER_DAY + 5 * USEC_PER_HOUR + 15 * USEC_PER_MINUTE) {
			CLEANUP(arena_free) struct arena mem = {0};

			e.start = at;
			e.end = at + 30 * USEC_PER_MINUTE;
			if (twice(e.zone, e.start) || twice(e.zone, e.end))
				continue;
			icalcomponent *calendar = parsed(&mem, written(&mem, &e));

			assert_true(instant_of(calendar, ICAL_DTSTART_PROPERTY, zones[i]) == e.start);
			assert_true(instant_of(calendar, ICAL_DTEND_PROPERTY, zones[i]) == e.end);
			icalcomponent_free(calendar);
			asked++;
		}
	}
	assert_true(asked > 3000);
}

/* Every two weeks for four years: the zone is written once and holds for all of them. */
static void
many_events_share_one_zone_and_keep_their_instants(void **state)
{
	static const char *const zones[] = { "Europe/Paris", "America/New_York", "Africa/Casablanca", "Asia/Tokyo" };
	struct ical_event list[104];
	str text;

	(void)state;
	for (size_t k = 0; k < COUNT(zones); k++) {
		CLEANUP(arena_free) struct arena mem = {0};

		for (size_t i = 0; i < COUNT(list); i++) {
			list[i] = example();
			list[i].uid = str_printf(&mem, "%zu@serment.example", i);
			list[i].method = ICAL_PUBLISH;
			list[i].zone = zone_get(str_c(zones[k]));
			list[i].start += (usec)i * 14 * USEC_PER_DAY;
			list[i].end = list[i].start + 30 * USEC_PER_MINUTE;
		}
		assert_int_equal(ical_events(&mem, list, COUNT(list), &text), OK);
		icalcomponent *calendar = parsed(&mem, text);
		size_t n = 0;

		assert_int_equal(icalcomponent_count_components(calendar, ICAL_VTIMEZONE_COMPONENT), 1);
		for (icalcomponent *e = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); e != NULL;
		    e = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT), n++)
			assert_true(instant_in(calendar, e, ICAL_DTSTART_PROPERTY, zones[k]) == list[n].start);
		assert_int_equal(n, COUNT(list));
		icalcomponent_free(calendar);
	}
}

static void
an_hour_that_comes_twice_is_written_so_that_nobody_takes_one_for_the_other(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();

	(void)state;
	e.start = utc("2027-10-31T00:30:00Z");	/* 2 h 30 in Paris, summer time */
	e.end = e.start + 15 * USEC_PER_MINUTE;
	assert_true(str_find_str(written(&mem, &e), S("DTSTART:20271031T003000Z\r\n")) > 0);
	e.start += USEC_PER_HOUR;		/* 2 h 30 again */
	e.end += USEC_PER_HOUR;
	str text = written(&mem, &e);
	assert_true(str_find_str(text, S("DTSTART:20271031T013000Z\r\n")) > 0);
	assert_true(str_find_str(text, S("VTIMEZONE")) < 0);
}

static void
an_event_that_spans_a_change_carries_both_clocks(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();

	(void)state;
	e.start = utc("2027-03-27T20:00:00Z");
	e.end = utc("2027-03-28T10:00:00Z");
	icalcomponent *calendar = parsed(&mem, written(&mem, &e));

	assert_true(instant_of(calendar, ICAL_DTSTART_PROPERTY, "Europe/Paris") == e.start);
	assert_true(instant_of(calendar, ICAL_DTEND_PROPERTY, "Europe/Paris") == e.end);
	icalcomponent_free(calendar);
}

static void
a_rule_is_written_only_where_it_holds(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();
	str text = written(&mem, &e);

	(void)state;
	assert_true(str_find_str(text, S("BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\n"
	    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
	    "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
	    "BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\n"
	    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n"
	    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n")) > 0);
	e.zone = zone_get(S("America/New_York"));
	text = written(&mem, &e);
	assert_true(str_find_str(text, S("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU")) > 0);
	assert_true(str_find_str(text, S("RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU")) > 0);
	/* The moon's months, and the Friday before a Sunday. */
	e.zone = zone_get(S("Africa/Casablanca"));
	assert_true(str_find_str(written(&mem, &e), S("RRULE")) < 0);
	e.zone = zone_get(S("Asia/Jerusalem"));
	assert_true(str_find_str(written(&mem, &e), S("BYMONTH=3;")) < 0);
	/* No change at all. */
	e.zone = zone_get(S("Etc/UTC"));
	assert_true(str_find_str(written(&mem, &e), S("BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
	    "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE")) > 0);
}

static void
without_a_zone_the_times_are_utc(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();

	(void)state;
	e.zone = NULL;
	str text = written(&mem, &e);

	assert_true(str_find_str(text, S("\r\nDTSTART:20261123T084500Z\r\n")) > 0);
	assert_true(str_find_str(text, S("\r\nDTEND:20261123T091500Z\r\n")) > 0);
	assert_true(str_find_str(text, S("VTIMEZONE")) < 0);
}

static void
what_is_too_large_is_refused(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ical_event e = example();
	char *p = arena_alloc(&mem, ICAL_BYTES_MAX, 1);
	str text = S("untouched");

	(void)state;
	memset(p, ',', ICAL_BYTES_MAX);
	e.description = (str){ p, ICAL_BYTES_MAX };
	assert_int_equal(ical_event(&mem, &e, &text), ERR_TOO_LARGE);
	e.description = (str){ p, ICAL_BYTES_MAX / 2 - 100 };
	assert_int_equal(ical_event(&mem, &e, &text), ERR_TOO_LARGE);
	assert_str(text, S("untouched"));
	e.description = (str){ p, ICAL_BYTES_MAX / 4 };
	assert_int_equal(ical_event(&mem, &e, &text), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_read_back_as_it_was_meant),
		cmocka_unit_test(cancelling_and_publishing_say_so),
		cmocka_unit_test(long_lines_fold_without_cutting_a_character),
		cmocka_unit_test(no_text_adds_a_property_or_a_line),
		cmocka_unit_test(unsound_addresses_and_urls_are_left_out),
		cmocka_unit_test(another_program_finds_the_same_instants_in_our_zones),
		cmocka_unit_test(many_events_share_one_zone_and_keep_their_instants),
		cmocka_unit_test(an_hour_that_comes_twice_is_written_so_that_nobody_takes_one_for_the_other),
		cmocka_unit_test(an_event_that_spans_a_change_carries_both_clocks),
		cmocka_unit_test(a_rule_is_written_only_where_it_holds),
		cmocka_unit_test(without_a_zone_the_times_are_utc),
		cmocka_unit_test(what_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
