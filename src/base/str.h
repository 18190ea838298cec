/*
 * str.h - strings that carry their length, passed by value.
 * A str is a view: it owns nothing, need not end in NUL, and lives as long as
 * its source.  Text is UTF-8; where it comes from outside it was checked.
 */
#ifndef STR_H
#define STR_H

#include "base/arena.h"
#include "base/base.h"

typedef struct str {
	const char	*p;
	size_t		 n;
} str;

#define S(literal)	((str){ "" literal "", sizeof(literal) - 1 })
#define STR_FMT(s)	(int)(s).n, (s).p	/* for "%.*s" */

/* A NUL-terminated C string as a view; NULL is the empty string. */
str  str_c(const char *);

bool str_eq(str, str);
bool str_eq_nocase(str, str);		/* ASCII letters only */
int  str_cmp(str, str);			/* by bytes */
bool str_starts(str, str prefix);
bool str_ends(str, str suffix);
str  str_trim(str);			/* without ASCII white space at the ends */

/* Position of the first such byte or substring, or -1. */
ptrdiff_t str_find(str, char);
ptrdiff_t str_find_str(str hay, str needle);

/* [from, to) clipped to the string. */
str  str_slice(str, size_t from, size_t to);

/* Take what stands before the separator off the front of *rest; false at the end. */
bool str_split(str *rest, char separator, str *ret_piece);

str  str_copy(struct arena *, str);
char *str_z(struct arena *, str);	/* a NUL-terminated copy, for a library's border */
str  str_cat(struct arena *, str, str);
str  str_lower(struct arena *, str);	/* ASCII letters only */
str  str_printf(struct arena *, const char *format, ...) PRINTF_LIKE(2, 3);

/* The whole string is a decimal number in [low, high], else false. */
bool str_int(str, int64_t low, int64_t high, int64_t *ret);
str  str_of_int(struct arena *, int64_t);

/* Well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, no NUL. */
bool str_utf8_ok(str);
/* Code points, not bytes; the string must be well formed. */
size_t str_utf8_count(str);

/* base64url without padding (RFC 4648 section 5), and lower-case hexadecimal. */
str  str_base64url(struct arena *, str bytes);
bool str_base64url_decode(struct arena *, str text, str *ret);
str  str_hex(struct arena *, str bytes);
/* base64 with padding (RFC 4648 section 4), for mail, headers and checkpoints. */
str  str_base64(struct arena *, str bytes);
bool str_base64_decode(struct arena *, str text, str *ret);

#endif
