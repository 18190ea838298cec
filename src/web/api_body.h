/*
 * api_body.h - the JSON that a program sends: strict, and every mistake named
 * with the place or the field where it is.
 */
#ifndef API_BODY_H
#define API_BODY_H

#include "web/api_problem.h"

/* One member that an object may have.  What is not declared is refused. */
struct api_member {
	const char	*name;
	enum json_kind	 kind;		/* JSON_KIND_STR or JSON_KIND_OBJECT */
	size_t		 max;		/* of a text, in code points */
	bool		 required;	/* others may be missing or null */
	const struct json *value;	/* filled; NULL: not sent */
};

/*
 * The body of the request, an object.  ERR_INVALID with *ret_fault: another
 * type of content (415), not JSON, or not UTF-8 (400, with the position).
 */
err  api_body(struct web *, const struct json **ret, struct api_fault *ret_fault) MUST_USE;

/*
 * Fill the members' values.  prefix, "patient." or empty, is for *ret_fault,
 * which names the first wrong field (422).
 */
err  api_members(struct web *, const struct json *object, const char *prefix,
	struct api_member *, size_t n, struct api_fault *ret_fault) MUST_USE;

/* A text, trimmed; empty when it was not sent. */
str  api_member_text(const struct api_member *);

/* The fault of one field, with a word that programs decide by. */
struct api_fault api_field_fault(const char *error, str field, str detail);

#endif
