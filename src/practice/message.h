/*
 * message.h - the words of a message, made when it is sent.
 *
 * What is said is true at that moment: date, hour, place and link of the
 * booking as it stands.  Nothing about health: no motive, no specialty, no
 * practitioner, no note (R52); no image, nothing loaded from elsewhere (R49).
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "format/ical.h"
#include "practice/booking.h"
#include "practice/outbox.h"

/* Where the links lead, behind the public URL; the token follows. */
#define MESSAGE_PATH_BOOKING	"/rdv/"
#define MESSAGE_PATH_INVITATION	"/invitation/"
#define MESSAGE_PATH_RESET	"/mot-de-passe/"
#define MESSAGE_PATH_ADDRESS	"/adresse/"
#define MESSAGE_PATH_ADDRESS_STOP "/adresse/arret/"

/* This server, as its messages name it. */
struct message_server {
	str	public_url;	/* without a slash at the end */
	str	from;		/* bare address of the sender; empty: nothing can be sent */
	str	name;		/* for what is of no organisation */
};

struct message_mail {
	str	to, subject;
	str	text;		/* what its plain form says */
	str	mail;		/* RFC 5322, ready for smtp_send; empty without a sender's address */
};

/*
 * Opens the payload, or the person and whoever books for a person without an
 * address, for this purpose.  c->org is not read.
 * ERR_NOT_FOUND: there is no address.  ERR_EXPIRED: it would not be true or of
 * any use now: the appointment has changed state or begun, the code has lapsed.
 * ERR_SEALED: the person was erased.  ERR_INVALID: an address is not sound.
 */
err  message_render(struct ctx *, enum purpose, const struct message_server *,
	const struct outbox_message *, struct message_mail *ret) MUST_USE;

/*
 * c->org's booking for a calendar program, in c->lang.  The same UID in a mail
 * and in a download: one entry, which a higher SEQUENCE brings up to date.
 */
struct message_event {
	const struct booking	*booking;
	enum ical_method	 method;
	str			 attendee;	/* address; empty: nobody is named */
};
err  message_calendar(struct ctx *, const struct message_server *, const struct message_event *,
	str *ret) MUST_USE;
/* Several of c->org, n > 0, in one object, to be kept (ICAL_PUBLISH); each under its own UID. */
err  message_calendar_of(struct ctx *, const struct message_server *, const struct booking *, size_t n,
	str *ret) MUST_USE;

#endif
