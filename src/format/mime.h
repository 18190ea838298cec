/*
 * mime.h - a whole mail message (RFC 5322, 2045, 2047), ready for SMTP's DATA.
 * Texts of people enter headers as encoded words or quoted strings only, and
 * addresses and ids are checked: no header can be added from outside.
 */
#ifndef MIME_H
#define MIME_H

#include "base/str.h"

enum {
	MIME_BYTES_MAX		= 4 * 1024 * 1024,
	MIME_PHRASE_BYTES_MAX	= 1000,	/* of a subject or a name */
};

struct mime_message {
	str	from_name, from;	/* addresses: email_ok; names may be empty */
	str	to_name, to;
	str	reply_to;		/* empty: none */
	str	subject;
	usec	date;
	str	message_id;		/* shaped as an address (email_ok), no brackets */
	str	lang;			/* "fr"; empty: not told */
	str	text;			/* UTF-8, any line ends */
	str	html;			/* empty: text alone */
	str	calendar;		/* of ical_event; empty: none */
	str	calendar_method;	/* of ical_method_name */
	bool	automatic;		/* nobody pressed "send" (RFC 3834) */
};

/*
 * text; or text and html as alternatives; with a calendar as a third
 * alternative, which mail programs offer to accept, and as a file, for those
 * that do not.  ERR_INVALID: an address, the id or the language is not sound.
 * ERR_TOO_LARGE: the message or a phrase is.
 */
err mime_build(struct arena *, const struct mime_message *, str *ret) MUST_USE;

#endif
