/*
 * ical.h - appointments as an iCalendar object (RFC 5545), for mail (iTIP,
 * RFC 5546), downloads and feeds.  Whatever the texts hold, they add no
 * property and no line.
 */
#ifndef ICAL_H
#define ICAL_H

#include "base/civil.h"

enum {
	ICAL_BYTES_MAX		= 256 * 1024,
	ICAL_NO_ALARM		= -1,
};

enum ical_method { ICAL_PUBLISH, ICAL_REQUEST, ICAL_CANCEL };
enum ical_status { ICAL_CONFIRMED, ICAL_TENTATIVE, ICAL_CANCELLED };

struct ical_event {
	str			 uid;			/* the same for every version */
	int			 sequence;		/* one more for every version */
	enum ical_method	 method;
	enum ical_status	 status;
	usec			 start, end;		/* start < end */
	usec			 created, stamp;
	const struct zone	*zone;			/* NULL: times in UTC; so are hours that come twice */
	str			 summary, location, description;	/* empty: left out */
	str			 url;			/* left out unless printable ASCII */
	str			 organizer_name, organizer_email;
	str			 attendee_name, attendee_email;	/* left out unless email_ok */
	int			 alarm_minutes;		/* before the start, or ICAL_NO_ALARM */
};

/* PUBLISH, REQUEST or CANCEL: the word that the Content-Type of a mail repeats. */
str  ical_method_name(enum ical_method);

/*
 * A whole VCALENDAR: CRLF, folded at 75 octets, with the VTIMEZONE that the
 * event needs.  ERR_TOO_LARGE: longer than ICAL_BYTES_MAX.
 */
err  ical_event(struct arena *, const struct ical_event *, str *ret) MUST_USE;
/*
 * Several in one object, n > 0, of one method and one zone.  More than one has to
 * be ICAL_PUBLISH: the others are about one UID (RFC 5546 section 3.2).
 */
err  ical_events(struct arena *, const struct ical_event *, size_t n, str *ret) MUST_USE;

#endif
