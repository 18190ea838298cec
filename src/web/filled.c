/* filled.c - see filled.h. */
#include "practice/rules.h"
#include "web/filled.h"

struct filled *
filled_new(struct web *w)
{
	struct filled *f = NEW(w->c.mem, struct filled);

	*f = (struct filled){ .w = w };
	return f;
}

struct filled *
filled_typed(struct web *w)
{
	struct filled *f = NEW(w->c.mem, struct filled);

	*f = (struct filled){ .w = w, .values = w->fields, .n = w->fields_n, .room = w->fields_room };
	return f;
}

void
filled_add(struct filled *f, struct http_pair pair)
{
	f->values = rules_grow(f->w->c.mem, f->values, f->n, &f->room, sizeof(*f->values));
	f->values[f->n++] = pair;
}

void
filled_put(struct filled *f, const char *name, str value)
{
	filled_add(f, (struct http_pair){ str_c(name), value });
}

void
filled_put_int(struct filled *f, const char *name, int64_t value)
{
	filled_put(f, name, str_of_int(f->w->c.mem, value));
}

void
filled_put_day(struct filled *f, const char *name, day value)
{
	if (value != 0)
		filled_put(f, name, civil_iso_date(f->w->c.mem, value));
}

void
filled_put_minute(struct filled *f, const char *name, int minute)
{
	filled_put(f, name, str_printf(f->w->c.mem, "%02d:%02d", minute / 60 % 24, minute % 60));
}

str
filled_value(const struct filled *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->values[i].name, str_c(name)))
			return f->values[i].value;
	return (str){0};
}

bool
filled_has(const struct filled *f, const char *name, str value)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->values[i].name, str_c(name)) && str_eq(f->values[i].value, value))
			return true;
	return false;
}

/* 23/11/2026: what people type where the browser has no calendar of its own. */
static bool
french_date(str s, day *ret)
{
	int64_t d, m, y;
	str piece;

	if (!str_split(&s, '/', &piece) || !str_int(str_trim(piece), 1, 31, &d) ||
	    !str_split(&s, '/', &piece) || !str_int(str_trim(piece), 1, 12, &m) ||
	    !str_int(str_trim(s), 1800, 2200, &y))
		return false;
	return civil_day((struct civil_date){ (int)y, (int)m, (int)d }, ret);
}

bool
filled_read_day(struct web *w, const char *name, bool required, day *ret)
{
	str typed = web_field(w, name);

	if (typed.n == 0 && !required)
		return true;
	if (civil_parse_date(typed, ret) || french_date(typed, ret))
		return true;
	web_error(w, name, typed.n == 0 ? text(w->c.lang, T("Choose a date.")) :
	    text(w->c.lang, T("This is not a date of the calendar. Write it as 23/11/2026.")));
	return false;
}

bool
filled_read_minute(struct web *w, const char *name, bool required, int *ret)
{
	str typed = web_field(w, name);

	if (typed.n == 0 && !required)
		return true;
	if (civil_parse_hour(typed, ret))
		return true;
	web_error(w, name, typed.n == 0 ? text(w->c.lang, T("Choose a time.")) :
	    text(w->c.lang, T("This is not a time. Write it as 8:30.")));
	return false;
}

err
filled_read_ids(struct web *w, const char *name, id **ret, size_t *ret_n)
{
	id *ids = NEW_N(w->c.mem, id, w->fields_n);
	size_t n = 0;

	for (size_t i = 0; i < w->fields_n; i++)
		if (str_eq(w->fields[i].name, str_c(name)) &&
		    !str_int(w->fields[i].value, 1, INT64_MAX, &ids[n++]))
			return ERR_NOT_FOUND;
	*ret = ids;
	*ret_n = n;
	return OK;
}

void
filled_complain(struct web *w, unsigned found, const struct filled_wrong *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (found & list[i].field && error_of(w->errors, w->errors_n, list[i].name).n == 0)
			web_error(w, list[i].name, text(w->c.lang, list[i].text));
}

str
colour_name(enum lang lang, int colour)
{
	static const char *const names[ORG_COLOUR_MAX + 1] = { T("Petrol blue"), T("Green"), T("Violet"),
	    T("Brown"), T("Red"), T("Turquoise"), T("Grey"), T("Ochre") };

	return text(lang, names[colour]);
}

static struct field
with_value(const struct filled *f, struct field field)
{
	field.value = filled_value(f, field.name);
	field.error = error_of(f->w->errors, f->w->errors_n, field.name);
	return field;
}

void
ask_text(struct out *o, const struct filled *f, struct field field)
{
	field = with_value(f, field);
	field_text(o, &field);
}

void
ask_textarea(struct out *o, const struct filled *f, struct field field)
{
	field = with_value(f, field);
	field_textarea(o, &field);
}

void
ask_select(struct out *o, const struct filled *f, struct field field, const struct choice *choices, size_t n)
{
	field = with_value(f, field);
	field_select(o, &field, choices, n);
}

void
ask_radios(struct out *o, const struct filled *f, struct field field, const struct choice *choices, size_t n)
{
	field = with_value(f, field);
	field_radios(o, &field, choices, n);
}

void
ask_checkbox(struct out *o, const struct filled *f, struct field field)
{
	field = with_value(f, field);
	field.checked = field.value.n > 0;
	field_checkbox(o, &field);
}
