/*
 * multipart.h - the body of a form that sends files (RFC 7578), as browsers
 * write it.
 */
#ifndef MULTIPART_H
#define MULTIPART_H

#include "base/str.h"

enum {
	MULTIPART_PARTS_MAX = 20,
	MULTIPART_BOUNDARY_BYTES_MAX = 70,	/* RFC 2046 section 5.1.1 */
	MULTIPART_HEAD_BYTES_MAX = 1000,	/* of one part */
};

struct multipart_part {
	str	name;		/* of the field; well-formed UTF-8 */
	str	filename;	/* as the browser sent it, never to be believed; empty: a plain field */
	str	bytes;		/* views into the body */
};

/*
 * All parts, in their order.  ERR_INVALID: another content type, no sound
 * boundary, or a body that is not whole.  ERR_TOO_LARGE: more parts, or a
 * longer head, than the limits above.
 */
err multipart_parse(str content_type, str body, struct multipart_part *ret /* MULTIPART_PARTS_MAX */,
	size_t *ret_n) MUST_USE;

/* The first part of that name; NULL: none. */
const struct multipart_part *multipart_find(const struct multipart_part *, size_t n, str name);

#endif
