/*
 * password.h - which passwords are good enough.
 *
 * Length, not composition; nothing that is guessed first; and 50 bits at
 * least, which is what CNIL's recommendation 2022-100 asks of a password whose
 * tries are throttled (R53): sixteen digits, or twelve letters.
 */
#ifndef PASSWORD_H
#define PASSWORD_H

#include "base/str.h"

enum { PASSWORD_BITS_MIN = 50 };

enum password_fault {
	PASSWORD_GOOD = 0,
	PASSWORD_MALFORMED,	/* not UTF-8, or a control character */
	PASSWORD_SHORT,		/* in code points: promise()->password_length_min */
	PASSWORD_LONG,		/* promise()->password_length_max */
	PASSWORD_PERSONAL,	/* little more than the person's own address or name */
	PASSWORD_COMMON,	/* among those that are tried first, or a pattern */
	PASSWORD_SIMPLE,	/* under PASSWORD_BITS_MIN: digits only, say */
};

/* The first fault found; email and name are the person's own. */
enum password_fault password_fault(str password, str email, str name);

/* Length times the bits of a character drawn from the kinds that occur. */
int password_bits(str password);

#endif
