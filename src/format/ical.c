/* ical.c - see ical.h. */
#include <assert.h>

#include "base/buf.h"
#include "format/contact.h"
#include "format/ical.h"

enum {
	LINE_OCTETS_MAX	= 75,	/* RFC 5545 section 3.1 */
	RULE_YEARS	= 10,	/* a yearly rule must hold this long to be written as one */
	CHANGES_MAX	= 12,	/* of the clocks, from the first event to the end of the last */
};

struct writer {
	struct buf	 out;
	struct buf	 line;	/* the property in the making */
};

/* ---- Lines and texts ---- */

/* Fold: a long line goes on after CRLF and a space, which counts; never within a character. */
static void
line_end(struct writer *w)
{
	str rest = buf_str(&w->line);
	size_t room = LINE_OCTETS_MAX;

	while (rest.n > room) {
		size_t cut = room;

		while (cut > 1 && ((unsigned char)rest.p[cut] & 0xc0) == 0x80)
			cut--;
		buf_add(&w->out, str_slice(rest, 0, cut));
		buf_add(&w->out, S("\r\n "));
		rest = str_slice(rest, cut, rest.n);
		room = LINE_OCTETS_MAX - 1;
	}
	buf_add(&w->out, rest);
	buf_add(&w->out, S("\r\n"));
	w->out.full = w->out.full || w->line.full;
	buf_clear(&w->line);
}

/* A line of our own words alone. */
static void
put(struct writer *w, str line)
{
	buf_add(&w->line, line);
	line_end(w);
}

/*
 * How many bytes of a control character stand in front: C0, DEL and C1; and
 * whether it breaks the line, as CR, LF, CRLF, NEL, U+2028 and U+2029 do.
 */
static size_t
control_at(str s, bool *ret_break)
{
	unsigned char c = (unsigned char)s.p[0];
	unsigned char next = s.n > 1 ? (unsigned char)s.p[1] : 0;

	*ret_break = c == '\r' || c == '\n' || (c == 0xc2 && next == 0x85);
	if (c == '\r' && next == '\n')
		return 2;
	if (c < 0x20 || c == 0x7f)
		return 1;
	if (c == 0xc2 && next >= 0x80 && next <= 0x9f)
		return 2;
	if (str_starts(s, S("\u2028")) || str_starts(s, S("\u2029"))) {
		*ret_break = true;
		return 3;
	}
	return 0;
}

/* TEXT, RFC 5545 section 3.3.11. */
static void
add_text(struct buf *b, str s)
{
	while (s.n > 0) {
		bool breaks;
		size_t control = control_at(s, &breaks);

		if (control == 0) {
			if (s.p[0] == '\\' || s.p[0] == ';' || s.p[0] == ',')
				buf_byte(b, '\\');
			buf_byte(b, s.p[0]);
		} else if (breaks) {
			buf_add(b, S("\\n"));
		} else if (s.p[0] == '\t') {
			buf_byte(b, ' ');
		}
		s = str_slice(s, control == 0 ? 1 : control, s.n);
	}
}

static void
put_text(struct writer *w, str name, str text)
{
	if (text.n == 0)
		return;
	buf_add(&w->line, name);
	buf_byte(&w->line, ':');
	add_text(&w->line, text);
	line_end(w);
}

/*
 * A parameter in quotes, which it cannot leave: quotes become apostrophes
 * (section 3.2 has no escape, and few readers know that of RFC 6868), and
 * backslashes slashes, since libical takes one before the last quote for an escape.
 */
static void
add_quoted(struct buf *b, str s)
{
	buf_byte(b, '"');
	while (s.n > 0) {
		bool breaks;
		size_t control = control_at(s, &breaks);

		if (control == 0)
			buf_byte(b, s.p[0] == '"' ? '\'' : s.p[0] == '\\' ? '/' : s.p[0]);
		else if (breaks || s.p[0] == '\t')
			buf_byte(b, ' ');
		s = str_slice(s, control == 0 ? 1 : control, s.n);
	}
	buf_byte(b, '"');
}

/* Of the signs of a local part, '?', '&', '%' and others mean something in a mailto URI. */
static void
add_mailto(struct buf *b, str email)
{
	const str plain = S("@!$'*+");

	buf_add(b, S("mailto:"));
	for (size_t i = 0; i < email.n; i++) {
		if (str_find(plain, email.p[i]) >= 0)
			buf_byte(b, email.p[i]);
		else
			buf_url(b, str_slice(email, i, i + 1));
	}
}

static void
put_person(struct writer *w, str property, str name, str email)
{
	if (!email_ok(email))
		return;
	buf_add(&w->line, property);
	if (name.n > 0) {
		buf_add(&w->line, S(";CN="));
		add_quoted(&w->line, name);
	}
	buf_byte(&w->line, ':');
	add_mailto(&w->line, email);
	line_end(w);
}

static void
put_url(struct writer *w, str url)
{
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~')
			return;
	if (url.n > 0) {
		buf_add(&w->line, S("URL:"));
		put(w, url);
	}
}

/* ---- Times ---- */

static void
add_civil(struct buf *b, day d, int minute, int second)
{
	struct civil_date date = civil_date(d);

	buf_printf(b, "%04d%02d%02dT%02d%02d%02d", date.year, date.month, date.day,
	    minute / 60, minute % 60, second);
}

/* The wall clock of a place so many seconds east. */
static struct civil
wall(usec at, int offset)
{
	usec local = at + offset * USEC_PER_SECOND;
	usec days = local / USEC_PER_DAY - (local % USEC_PER_DAY < 0);
	int second = (int)((local - days * USEC_PER_DAY) / USEC_PER_SECOND);

	return (struct civil){ (day)days, second / 60, second % 60 };
}

static void
put_time(struct writer *w, str name, usec at, const struct zone *z)
{
	struct civil c = wall(at, z == NULL ? 0 : zone_offset(z, at));

	buf_add(&w->line, name);
	if (z != NULL) {
		buf_add(&w->line, S(";TZID="));
		buf_add(&w->line, zone_name(z));	/* letters, digits and "/_+-" only */
	}
	buf_byte(&w->line, ':');
	add_civil(&w->line, c.day, c.minute, c.second);
	put(w, z == NULL ? S("Z") : S(""));
}

static void
put_offset(struct writer *w, str name, int seconds)
{
	int east = seconds < 0 ? -seconds : seconds;

	buf_add(&w->line, name);
	buf_printf(&w->line, ":%c%02d%02d", seconds < 0 ? '-' : '+', east / 3600, east / 60 % 60);
	if (east % 60 != 0)
		buf_printf(&w->line, "%02d", east % 60);
	line_end(w);
}

/* ---- VTIMEZONE ---- */

/*
 * Which weekday of the month a change falls on: "second Sunday" has nth 2,
 * "last Sunday" nth -1.  Two changes with one place repeat each other.
 */
struct place { int month, nth, weekday, minute; };

static struct place
place_of(const struct zone_change *c, bool from_end)
{
	struct civil at = wall(c->at, c->from);
	struct civil_date d = civil_date(at.day);
	struct place p = { d.month, (d.day - 1) / 7 + 1, civil_weekday(at.day), at.minute };

	if (from_end)
		p.nth = civil_date(at.day + 7).month != d.month ? -1 : 0;
	return p;
}

static bool
same_place(struct place a, struct place b)
{
	return a.month == b.month && a.nth == b.nth && a.weekday == b.weekday && a.minute == b.minute;
}

/*
 * Does the change come back at the same place, every second change, for
 * RULE_YEARS?  The zone's own table is asked, so that a rule which a weekday
 * of a month cannot express (a moon's month, "the Friday before") is never
 * written as one: its dates are.
 */
static bool
repeats(const struct zone *z, struct zone_change c, bool from_end)
{
	struct place first = place_of(&c, from_end);

	for (int i = 0; i < 2 * RULE_YEARS; i++) {
		if (!zone_change_after(z, c.at, &c))
			return false;
		if (i % 2 == 1 && !same_place(place_of(&c, from_end), first))
			return false;
	}
	return first.nth != 0;
}

static void
put_rule(struct writer *w, const struct zone *z, const struct zone_change *c)
{
	static const char weekdays[][3] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };
	bool from_end = repeats(z, *c, true);

	if (!from_end && !repeats(z, *c, false))
		return;
	struct place p = place_of(c, from_end);

	buf_printf(&w->line, "RRULE:FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", p.month, p.nth,
	    weekdays[p.weekday - 1]);
	line_end(w);
}

/* A zone that changes no more is STANDARD; else the later clocks are DAYLIGHT. */
static void
put_observance(struct writer *w, const struct zone *z, const struct zone_change *c, bool only)
{
	str kind = !only && c->to > c->from ? S("DAYLIGHT") : S("STANDARD");
	struct civil at = wall(c->at, c->from);

	buf_add(&w->line, S("BEGIN:"));
	put(w, kind);
	buf_add(&w->line, S("DTSTART:"));
	add_civil(&w->line, at.day, at.minute, at.second);
	line_end(w);
	put_rule(w, z, c);
	put_offset(w, S("TZOFFSETFROM"), c->from);
	put_offset(w, S("TZOFFSETTO"), c->to);
	buf_add(&w->line, S("END:"));
	put(w, kind);
}

/* The changes that rule the events: the last before them, those during them, the next one. */
static void
put_zone(struct writer *w, const struct zone *z, usec start, usec end)
{
	struct zone_change list[CHANGES_MAX + 2];
	int offset = zone_offset(z, start);
	size_t n = 0;

	if (zone_change_before(z, start, &list[0]))
		n = 1;
	else
		/* No change was ever needed to come to this offset. */
		list[n++] = (struct zone_change){ 0 - offset * USEC_PER_SECOND, offset, offset };
	for (usec at = start; n < COUNT(list) && zone_change_after(z, at, &list[n]); n++) {
		at = list[n].at;
		if (at > end) {
			n++;
			break;
		}
	}
	put(w, S("BEGIN:VTIMEZONE"));
	buf_add(&w->line, S("TZID:"));
	put(w, zone_name(z));
	for (size_t i = 0; i < n; i++)
		/* What the rule of the change before the last one says already is not said again. */
		if (i < 2 || !(repeats(z, list[i - 2], true) || repeats(z, list[i - 2], false)))
			put_observance(w, z, &list[i], n == 1);
	put(w, S("END:VTIMEZONE"));
}

/* ---- The event ---- */

str
ical_method_name(enum ical_method method)
{
	static const char *const names[] = {
		[ICAL_PUBLISH] = "PUBLISH", [ICAL_REQUEST] = "REQUEST", [ICAL_CANCEL] = "CANCEL",
	};

	return str_c(names[method]);
}

static str
status_name(enum ical_status status)
{
	static const char *const names[] = {
		[ICAL_CONFIRMED] = "CONFIRMED", [ICAL_TENTATIVE] = "TENTATIVE",
		[ICAL_CANCELLED] = "CANCELLED",
	};

	return str_c(names[status]);
}

static void
put_alarm(struct writer *w, const struct ical_event *e)
{
	if (e->alarm_minutes == ICAL_NO_ALARM)
		return;
	put(w, S("BEGIN:VALARM"));
	put(w, S("ACTION:DISPLAY"));
	/* Required in an alarm that shows (section 3.6.6), hence never empty. */
	put_text(w, S("DESCRIPTION"), e->summary.n > 0 ? e->summary : S("-"));
	buf_printf(&w->line, "TRIGGER:-PT%dM", e->alarm_minutes);
	line_end(w);
	put(w, S("END:VALARM"));
}

static void
put_event(struct writer *w, const struct ical_event *e)
{
	put(w, S("BEGIN:VEVENT"));
	put_text(w, S("UID"), e->uid);
	put_time(w, S("DTSTAMP"), e->stamp, NULL);
	put_time(w, S("CREATED"), e->created, NULL);
	put_time(w, S("DTSTART"), e->start, e->zone);
	put_time(w, S("DTEND"), e->end, e->zone);
	buf_printf(&w->line, "SEQUENCE:%d", e->sequence);
	line_end(w);
	put_text(w, S("STATUS"), status_name(e->status));
	/* Care is nobody else's business: shared calendars show only that time is taken. */
	put(w, S("CLASS:PRIVATE"));
	put(w, S("TRANSP:OPAQUE"));
	put_text(w, S("SUMMARY"), e->summary);
	put_text(w, S("LOCATION"), e->location);
	put_text(w, S("DESCRIPTION"), e->description);
	put_url(w, e->url);
	put_person(w, S("ORGANIZER"), e->organizer_name, e->organizer_email);
	/* The appointment is agreed already: nobody is asked to reply. */
	put_person(w, S("ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"),
	    e->attendee_name, e->attendee_email);
	put_alarm(w, e);
	put(w, S("END:VEVENT"));
}

/*
 * An hour that comes twice means its first coming (RFC 5545 section 3.3.5), and
 * readers differ even there.
 */
static bool
comes_twice(const struct zone *z, usec at)
{
	struct civil c = zone_local(z, at);
	enum zone_kind kind;

	(void)zone_instant(z, c.day, c.minute, &kind);
	return kind == ZONE_FOLD;
}

/* One zone for all of them, over the whole time that they need it. */
static void
put_zone_of(struct writer *w, const struct ical_event *list, size_t n)
{
	const struct ical_event *first = NULL;
	usec start = 0, end = 0;

	for (size_t i = 0; i < n; i++) {
		if (list[i].zone == NULL)
			continue;
		start = first == NULL ? list[i].start : min64(start, list[i].start);
		end = first == NULL ? list[i].end : max64(end, list[i].end);
		first = first == NULL ? &list[i] : first;
	}
	if (first != NULL)
		put_zone(w, first->zone, start, end);
}

err
ical_events(struct arena *mem, const struct ical_event *events, size_t n, str *ret)
{
	struct writer w = { buf_in(mem, ICAL_BYTES_MAX), buf_in(mem, ICAL_BYTES_MAX) };
	struct ical_event *list = NEW_N(mem, struct ical_event, n);

	assert(n > 0);
	for (size_t i = 0; i < n; i++) {
		struct ical_event *e = &list[i];

		*e = events[i];
		assert(e->uid.n > 0 && e->start < e->end && e->sequence >= 0);
		assert(e->alarm_minutes >= ICAL_NO_ALARM && (e->zone == NULL || zone_name(e->zone).n > 0));
		assert(e->method == events[0].method && e->zone == events[0].zone);
		if (e->zone != NULL && (comes_twice(e->zone, e->start) || comes_twice(e->zone, e->end)))
			e->zone = NULL;
	}
	put(&w, S("BEGIN:VCALENDAR"));
	put(&w, S("VERSION:2.0"));
	put(&w, S("PRODID:-//Serment//Serment//FR"));
	put(&w, S("CALSCALE:GREGORIAN"));
	put_text(&w, S("METHOD"), ical_method_name(list[0].method));
	put_zone_of(&w, list, n);
	for (size_t i = 0; i < n; i++)
		put_event(&w, &list[i]);
	put(&w, S("END:VCALENDAR"));
	if (!buf_ok(&w.out))
		return ERR_TOO_LARGE;
	*ret = buf_str(&w.out);
	return OK;
}

err
ical_event(struct arena *mem, const struct ical_event *event, str *ret)
{
	return ical_events(mem, event, 1, ret);
}
