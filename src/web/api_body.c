/* api_body.c - see api_body.h. */
#include "web/api_body.h"

enum { KEY_BYTES_SHOWN = 200 };

static bool
is_json(str type)
{
	str name;

	return str_split(&type, ';', &name) && str_eq_nocase(str_trim(name), S("application/json"));
}

err
api_body(struct web *w, const struct json **ret, struct api_fault *ret_fault)
{
	struct json_error wrong = {0};
	struct json *root;
	err e;

	if (!is_json(http_header(w->http, S("Content-Type")))) {
		*ret_fault = (struct api_fault){ .status = 415, .error = "unsupported_media_type" };
		return ERR_INVALID;
	}
	e = json_parse(w->c.mem, w->http->body, &root, &wrong);
	if (e == ERR_INVALID)
		*ret_fault = (struct api_fault){ .status = 400, .error = "malformed_json",
			.detail = FILL(w->c.mem, w->c.lang,
			    T("This is not JSON in UTF-8: line {line}, column {column} ({what})."),
			    ARG("line", str_of_int(w->c.mem, wrong.line)),
			    ARG("column", str_of_int(w->c.mem, wrong.column)), ARG("what", str_c(wrong.what))),
			.offset = wrong.offset, .line = wrong.line, .column = wrong.column };
	TRY(e);
	if (root->kind != JSON_KIND_OBJECT) {
		*ret_fault = api_field_fault("wrong_type", (str){0}, text(w->c.lang, T("An object is wanted here.")));
		return ERR_INVALID;
	}
	*ret = root;
	return OK;
}

struct api_fault
api_field_fault(const char *error, str field, str detail)
{
	return (struct api_fault){ .status = 422, .error = error, .field = field, .detail = detail };
}

static struct api_member *
declared(struct api_member *members, size_t n, str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_c(members[i].name), name))
			return &members[i];
	return NULL;
}

/* Error NULL: the value is what the member wants. */
static struct api_fault
check(struct web *w, const struct api_member *m, str field)
{
	enum lang lang = w->c.lang;

	if (m->value == NULL && !m->required)
		return (struct api_fault){0};
	if (m->value == NULL)
		return api_field_fault("missing_field", field, text(lang, T("This is needed.")));
	if (m->value->kind != m->kind)
		return api_field_fault("wrong_type", field, m->kind == JSON_KIND_STR ?
		    text(lang, T("A text is wanted here, in quotes.")) : text(lang, T("An object is wanted here.")));
	if (m->kind != JSON_KIND_STR)
		return (struct api_fault){0};
	if (m->required && str_trim(m->value->text).n == 0)
		return api_field_fault("missing_field", field, text(lang, T("This is needed.")));
	if (str_utf8_count(m->value->text) > m->max)
		return api_field_fault("too_long", field, FILL(w->c.mem, lang,
		    T("At most {n} characters, please."), ARG("n", str_of_int(w->c.mem, (int64_t)m->max))));
	return (struct api_fault){0};
}

err
api_members(struct web *w, const struct json *object, const char *prefix,
    struct api_member *members, size_t n, struct api_fault *ret_fault)
{
	for (size_t i = 0; i < object->n; i++) {
		const struct json *item = &object->items[i];
		struct api_member *m = declared(members, n, item->key);

		if (m == NULL) {
			/* A key can be as long as the body: it is not sent back for ever. */
			str key = item->key.n <= KEY_BYTES_SHOWN ? item->key : S("?");

			*ret_fault = api_field_fault("unknown_field", str_cat(w->c.mem, str_c(prefix),
			    key), text(w->c.lang, T("No such field is known here; nothing was saved.")));
			return ERR_INVALID;
		}
		if (item->kind != JSON_KIND_NULL || m->required)
			m->value = item;
	}
	for (size_t i = 0; i < n; i++) {
		struct api_fault fault = check(w, &members[i],
		    str_cat(w->c.mem, str_c(prefix), str_c(members[i].name)));

		if (fault.error != NULL) {
			*ret_fault = fault;
			return ERR_INVALID;
		}
	}
	return OK;
}

str
api_member_text(const struct api_member *m)
{
	return m->value == NULL ? (str){0} : str_trim(m->value->text);
}
