/*
 * json_path.h - ask a tree of JSON for one value.  NULL is accepted, so that a
 * path can be asked in one line; false (or NULL): absent, or of another kind.
 */
#ifndef JSON_PATH_H
#define JSON_PATH_H

#include "format/json.h"

static inline const struct json *
json_get(const struct json *object, const char *key)
{
	if (object == NULL || object->kind != JSON_KIND_OBJECT)
		return NULL;
	for (size_t i = 0; i < object->n; i++)
		if (str_eq(object->items[i].key, str_c(key)))
			return &object->items[i];
	return NULL;
}

static inline bool
json_str(const struct json *j, str *ret)
{
	if (j == NULL || j->kind != JSON_KIND_STR)
		return false;
	*ret = j->text;
	return true;
}

static inline bool
json_int(const struct json *j, int64_t *ret)
{
	if (j == NULL || j->kind != JSON_KIND_INT)
		return false;
	*ret = j->number;
	return true;
}

static inline bool
json_bool(const struct json *j, bool *ret)
{
	if (j == NULL || j->kind != JSON_KIND_BOOL)
		return false;
	*ret = j->number != 0;
	return true;
}

static inline const struct json *
json_items(const struct json *array, size_t *ret_n)
{
	if (array == NULL || array->kind != JSON_KIND_ARRAY)
		return NULL;
	*ret_n = array->n;
	return array->items;
}

#endif
