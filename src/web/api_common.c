/* api_common.c - see api_common.h. */
#include "web/api_common.h"

/* Ids of ours begin with the time: a smaller number is a slug that has only digits. */
#define ID_MIN	((int64_t)1 << 40)

static err
choose(struct web *w, str name)
{
	int64_t number;

	if (str_int(name, ID_MIN, INT64_MAX, &number)) {
		err e = web_choose_org_id(w, number);

		if (e != ERR_NOT_FOUND)
			return e;
	}
	return web_choose_org(w, name);
}

err
api_choose_org(struct web *w)
{
	TRY(choose(w, w->args[0]));
	return w->token.id == 0 || w->token.org == w->c.org ? OK : ERR_NOT_FOUND;
}

bool
api_is_public(const struct web *w)
{
	return !(ROLES_STAFF & ROLE_BIT(w->c.role));
}

void
api_put_text(struct json_writer *j, const char *key, str value)
{
	json_key(j, str_c(key));
	json_put_str(j, value);
}

void
api_put_id(struct json_writer *j, const char *key, id value)
{
	char digits[24];
	struct buf b = { .p = digits, .room = sizeof(digits), .max = sizeof(digits) };

	if (value == 0)
		return;
	buf_int(&b, value);
	api_put_text(j, key, buf_str(&b));
}

void
api_put_int(struct json_writer *j, const char *key, int64_t value)
{
	json_key(j, str_c(key));
	json_put_int(j, value);
}

void
api_put_bool(struct json_writer *j, const char *key, bool value)
{
	json_key(j, str_c(key));
	json_put_bool(j, value);
}

void
api_put_time(struct web *w, struct json_writer *j, const char *key, usec at)
{
	api_put_text(j, key, civil_rfc3339(w->c.mem, w->zone, at));
}

struct api_fault
api_query_fault(const char *field, str detail)
{
	return (struct api_fault){ .status = 422, .error = "invalid_field", .detail = detail,
	    .field = str_c(field) };
}

struct api_fault
api_query_checked(struct web *w)
{
	if (w->errors_n == 0)
		return (struct api_fault){0};
	return api_query_fault(w->errors[0].name, w->errors[0].text);
}
