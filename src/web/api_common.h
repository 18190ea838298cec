/*
 * api_common.h - what the handlers of /api/v1 share.
 */
#ifndef API_COMMON_H
#define API_COMMON_H

#include "web/api_problem.h"

enum { API_ANSWER_BYTES_MAX = 4 << 20 };

/*
 * The organisation of the path, by id or by slug.  A token speaks in one
 * organisation only; elsewhere it finds nothing, as if nothing were there.
 */
err  api_choose_org(struct web *) MUST_USE;

/* The public sees what the practice's page offers; staff see all of it. */
bool api_is_public(const struct web *);

void api_put_text(struct json_writer *, const char *key, str value);
void api_put_id(struct json_writer *, const char *key, id);	/* a string; nothing for 0 */
void api_put_int(struct json_writer *, const char *key, int64_t);
void api_put_bool(struct json_writer *, const char *key, bool);
/* RFC 3339, in the organisation's own time. */
void api_put_time(struct web *, struct json_writer *, const char *key, usec);

/* A declared field of the query that is wrong. */
struct api_fault api_query_fault(const char *field, str detail);
/* One that the router found too long; error NULL: none. */
struct api_fault api_query_checked(struct web *);

#endif
