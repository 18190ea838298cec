/*
 * contact.h - addresses that messages go to: e-mail and telephone, as people
 * type them and as we keep them.
 */
#ifndef CONTACT_H
#define CONTACT_H

#include "base/str.h"

enum {
	EMAIL_BYTES_MAX		= 254,	/* RFC 5321 section 4.5.3.1, RFC 3696 errata 1690 */
	EMAIL_LOCAL_BYTES_MAX	= 64,
	PHONE_DIGITS_MIN	= 8,
	PHONE_DIGITS_MAX	= 15,	/* E.164 */
};

/*
 * One '@', a dot-string before it, a domain of at least two names after it
 * (RFC 5321; no quoted part, no address literal, ASCII only).  Such an address
 * is safe in a mail header.
 */
bool email_ok(str);

/* As we compare and keep it: trimmed, in lower case. */
str  email_normal(struct arena *, str);

/*
 * "06 12 34 56 78", "+33 (0)6.12...", "0033 6...", and any +international
 * number, as E.164: "+33612345678".  Numbers without a country are French,
 * those of the overseas departments included ("0692..." is +262).
 */
bool phone_e164(struct arena *, str typed, str *ret) MUST_USE;

/* French numbers in pairs, "06 12 34 56 78"; any other as it is. */
str  phone_display(struct arena *, str e164);

#endif
