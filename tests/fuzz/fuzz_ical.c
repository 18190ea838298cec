/*
 * fuzz_ical.c - whatever people write in names, places and notes, the calendar has
 * one event and the properties that we gave it (T18).  Fields are lines of the input.
 */
#include <libical/ical.h>

#include "format/ical.h"
#include "fuzz.h"

static str
field(str *rest)
{
	str text = fuzz_line(rest);

	/* What reaches the writer was checked where it came in. */
	return str_utf8_ok(text) ? text : S("");
}

static int
properties(icalcomponent *event, icalproperty_kind kind)
{
	return icalcomponent_count_properties(event, kind);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str rest = { (const char *)bytes, n }, text;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	struct ical_event e = { .uid = S("a@b.example"), .method = ICAL_REQUEST,
	    .start = INT64_C(1795392000) * USEC_PER_SECOND, .alarm_minutes = 60,
	    .zone = zone_get(S("Europe/Paris")) };
	e.end = e.start + 15 * USEC_PER_MINUTE;
	e.summary = field(&rest);
	e.location = field(&rest);
	e.url = field(&rest);
	e.organizer_name = field(&rest);
	e.organizer_email = S("a@b.example");
	e.attendee_name = field(&rest);
	e.attendee_email = field(&rest);
	e.description = str_utf8_ok(rest) ? rest : S("");
	if (ical_event(&mem, &e, &text) != OK)
		return 0;
	icalcomponent *calendar = icalparser_parse_string(str_z(&mem, text));

	require(calendar != NULL && icalcomponent_isa(calendar) == ICAL_VCALENDAR_COMPONENT, "no calendar");
	icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
	require(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT) == 1, "another event");
	require(icalcomponent_count_components(event, ICAL_VALARM_COMPONENT) == 1, "another alarm");
	require(properties(event, ICAL_DTSTART_PROPERTY) == 1 && properties(event, ICAL_UID_PROPERTY) == 1 &&
	    properties(event, ICAL_ATTENDEE_PROPERTY) <= 1 && properties(event, ICAL_ORGANIZER_PROPERTY) == 1 &&
	    properties(event, ICAL_X_PROPERTY) == 0 && properties(event, ICAL_ATTACH_PROPERTY) == 0,
	    "a text became a property");
	icalcomponent_free(calendar);
	return 0;
}
