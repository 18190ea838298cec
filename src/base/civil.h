/*
 * civil.h - the calendar that people use, and the instants that machines keep.
 * Pure arithmetic on the proleptic Gregorian calendar, and local time by the
 * system's IANA zone files (TZif, RFC 8536), never by the process's own zone.
 */
#ifndef CIVIL_H
#define CIVIL_H

#include "base/str.h"

typedef int32_t day;	/* days since 1970-01-01, as a local calendar date */

struct civil_date { int year, month, day; };	/* month and day from 1 */
struct civil { day day; int minute; int second; };	/* minute: of the day, 0 to 1439 */

/* False for an impossible date (29 February 2027) or a year outside 1800-2200. */
bool civil_day(struct civil_date, day *ret) MUST_USE;
struct civil_date civil_date(day);
int  civil_weekday(day);		/* ISO: Monday 1 to Sunday 7 */
int  civil_iso_week(day);		/* ISO 8601 week number, 1 to 53 */
day  civil_monday(day);			/* of the same ISO week */
/* Whole years between a birth date and a day; 29 February turns on 1 March. */
int  civil_age(day born, day on);

bool civil_parse_date(str iso, day *ret) MUST_USE;	/* 2026-11-23 */
bool civil_parse_hour(str, int *ret_minute) MUST_USE;	/* 08:45, 8:45, 8h45, 8 h 45 */
str  civil_iso_date(struct arena *, day);

struct zone;	/* read-only once loaded: threads share it */

enum { ZONE_NAME_BYTES_MAX = 64 };

/*
 * ERR_NOT_FOUND: no such zone.  ERR_INVALID: the name or the file is not sound.
 * The file's rule is followed to the end of the year 2200.
 */
err  zone_load(str iana_name, struct zone **) MUST_USE;
err  zone_parse(str tzif, struct zone **) MUST_USE;	/* the bytes of a file; nameless */
void zone_free(struct zone *);
str  zone_name(const struct zone *);

/* A process-wide cache: loaded at the first use, kept for ever.  NULL: unknown. */
const struct zone *zone_get(str iana_name);

/* Seconds east of Greenwich in force at the instant. */
int  zone_offset(const struct zone *, usec at);
struct civil zone_local(const struct zone *, usec at);

enum zone_kind {
	ZONE_PLAIN,	/* the local hour exists once */
	ZONE_GAP,	/* the clocks jump over it: no such hour that day */
	ZONE_FOLD,	/* it comes twice: the first one is meant (RFC 5545 3.3.5) */
};
/* The clocks change: seconds east of Greenwich before and after. */
struct zone_change { usec at; int from, to; };

/* The last change at or before the instant; the first one after it.  False: none. */
bool zone_change_before(const struct zone *, usec at, struct zone_change *ret) MUST_USE;
bool zone_change_after(const struct zone *, usec at, struct zone_change *ret) MUST_USE;

/*
 * A gap gives the instant that the offset before the jump would give
 * (RFC 5545), so that 02:30 becomes 03:30; bookings refuse ZONE_GAP.
 * Minutes outside the day count from its midnight; ret may be NULL.
 */
usec zone_instant(const struct zone *, day, int minute, enum zone_kind *ret);

/* RFC 3339 with the zone's offset, seconds precision; NULL zone: Z. */
str  civil_rfc3339(struct arena *, const struct zone *, usec at);
/* RFC 3339 with any offset. */
bool civil_parse_rfc3339(str, usec *ret) MUST_USE;

#endif
