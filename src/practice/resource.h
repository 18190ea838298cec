/*
 * resource.h - rooms and devices that an appointment may need.
 */
#ifndef RESOURCE_H
#define RESOURCE_H

#include "practice/practice.h"

enum {
	RESOURCE_NAME_MAX = 80,
	RESOURCE_MAX = 500,	/* an organisation, closed ones included */
};

enum resource_kind { RESOURCE_ROOM = 1, RESOURCE_DEVICE = 2 };	/* stored: never renumber */

struct resource {
	id			id;
	enum resource_kind	kind;
	str			name;
	id			site;
	usec			closed_at;
	int64_t			version;
};

enum resource_field {	/* a set of them is what resource_check answers */
	RESOURCE_SOUND = 0, RESOURCE_FIELD_KIND = 1 << 0, RESOURCE_FIELD_NAME = 1 << 1,
};

unsigned resource_check(const struct resource *);
/* ERR_NOT_FOUND: no such site, or closed. */
err resource_create(struct ctx *, const struct resource *, id *ret) MUST_USE;
err resource_get(struct ctx *, id, struct resource *ret) MUST_USE;
/* By kind, name and id. */
err resource_list(struct ctx *, bool closed_too, struct resource **ret, size_t *ret_n) MUST_USE;
/* The name only: a thing that changes kind or place is another thing. */
err resource_rename(struct ctx *, const struct resource *) MUST_USE;
/* ERR_CONFLICT: live appointments to come have it. */
err resource_close(struct ctx *, id) MUST_USE;
/* With the motives that named it.  ERR_CONFLICT: its place is closed. */
err resource_reopen(struct ctx *, id) MUST_USE;

#endif
