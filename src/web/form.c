/* form.c - fields of a request, as far as the route declared them. */
#include <assert.h>

#include "web/web.h"

static void
assert_declared(const struct web *w, const char *name)
{
	for (size_t i = 0; w->route->form != NULL && i < w->route->form->n; i++)
		if (strcmp(w->route->form->fields[i].name, name) == 0)
			return;
	panic("web: a handler asks for a field that its form does not declare");
}

bool
web_field_nth(const struct web *w, const char *name, size_t i, str *ret)
{
	assert_declared(w, name);
	for (size_t k = 0; k < w->fields_n; k++)
		if (str_eq(w->fields[k].name, str_c(name)) && i-- == 0) {
			*ret = w->fields[k].value;
			return true;
		}
	return false;
}

bool
web_field_sent(const struct web *w, const char *name)
{
	str value;

	return web_field_nth(w, name, 0, &value);
}

str
web_field(const struct web *w, const char *name)
{
	str value = {0};

	(void)web_field_nth(w, name, 0, &value);
	return value;
}

bool
web_field_int(const struct web *w, const char *name, int64_t low, int64_t high, int64_t *ret)
{
	return str_int(web_field(w, name), low, high, ret);
}

bool
web_field_id(const struct web *w, const char *name, id *ret)
{
	return str_int(web_field(w, name), 1, INT64_MAX, ret);
}

err
web_arg_id(const struct web *w, int arg, id *ret)
{
	assert(arg >= 0 && arg < WEB_ARGS_MAX);
	return str_int(w->args[arg], 1, INT64_MAX, ret) ? OK : ERR_NOT_FOUND;
}

void
web_error(struct web *w, const char *field, str text)
{
	if (w->errors_n < COUNT(w->errors))
		w->errors[w->errors_n++] = (struct field_error){ field, text };
}

static size_t
place_of(const struct web *w, const char *name)
{
	const struct form *form = w->route != NULL ? w->route->form : NULL;
	size_t i = 0;

	if (name == NULL)
		return 0;
	while (form != NULL && i < form->n && strcmp(form->fields[i].name, name) != 0)
		i++;
	return i + 1;
}

/* By insertion: there are few, and those of one field stay as they came. */
void
web_errors_sort(struct web *w)
{
	for (size_t i = 1; i < w->errors_n; i++) {
		struct field_error one = w->errors[i];
		size_t to = i;

		for (; to > 0 && place_of(w, w->errors[to - 1].name) > place_of(w, one.name); to--)
			w->errors[to] = w->errors[to - 1];
		w->errors[to] = one;
	}
}

static err
chosen(struct web *w, err e)
{
	if (e == OK && (w->org.closed_at != 0 || (w->zone = zone_get(w->org.zone)) == NULL))
		e = ERR_NOT_FOUND;
	if (e == OK)
		w->c.org = w->org.id;
	return e;
}

err
web_choose_org(struct web *w, str slug)
{
	return chosen(w, org_find_by_slug(&w->c, slug, &w->org));
}

err
web_choose_org_id(struct web *w, id org)
{
	w->c.org = org;
	return chosen(w, org_get(&w->c, &w->org));
}
