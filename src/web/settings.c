/* settings.c - see settings.h. */
#include "access/audit.h"
#include "access/member.h"
#include "web/page_staff.h"
#include "web/settings.h"

enum { WORDS_SHOWN = 10 };	/* of a field with many boxes */

err
settings_own(const struct web *w, id practitioner)
{
	return w->c.role == ROLE_PRACTITIONER && w->session.practitioner != practitioner ? ERR_DENIED : OK;
}

str
settings_range(struct web *w, int start_minute, int end_minute)
{
	str from = text_hour(w->c.mem, w->c.lang, start_minute), to = text_hour(w->c.mem, w->c.lang, end_minute);

	return str_printf(w->c.mem, "%.*s – %.*s", STR_FMT(from), STR_FMT(to));
}

err
settings_who_is(struct web *w, id wanted, struct settings_who *ret)
{
	struct settings_who who = {0};
	struct practitioner *list;

	TRY(practitioner_list(&w->c, false, &list, &who.choices_n));
	who.choices = NEW_N(w->c.mem, struct choice, who.choices_n);
	for (size_t i = 0; i < who.choices_n; i++) {
		who.choices[i] = (struct choice){ .value = str_of_int(w->c.mem, list[i].id),
		    .label = practitioner_name(w->c.mem, &list[i]) };
		if (list[i].id == wanted || (wanted == 0 && i == 0)) {
			who.practitioner = list[i];
			who.name = who.choices[i].label;
		}
	}
	if (wanted != 0 && who.practitioner.id == 0)
		return ERR_NOT_FOUND;
	who.editable = settings_own(w, who.practitioner.id) == OK;
	*ret = who;
	return OK;
}

err
settings_who(struct web *w, struct settings_who *ret)
{
	id wanted = w->session.practitioner;

	if (web_field_sent(w, "praticien") && !web_field_id(w, "praticien", &wanted))
		return ERR_NOT_FOUND;
	err e = settings_who_is(w, wanted, ret);
	/* A member may be tied to a practitioner who has left. */
	if (e == ERR_NOT_FOUND && !web_field_sent(w, "praticien"))
		return settings_who_is(w, 0, ret);
	return e;
}

err
settings_sites(struct web *w, struct choice **ret, size_t *ret_n)
{
	struct site *sites;
	size_t n;

	TRY(site_list(&w->c, false, &sites, &n));
	struct choice *choices = NEW_N(w->c.mem, struct choice, n);

	for (size_t i = 0; i < n; i++)
		choices[i] = (struct choice){ .value = str_of_int(w->c.mem, sites[i].id), .label = sites[i].name };
	*ret = choices;
	*ret_n = n;
	return OK;
}

static str
limit_words(struct web *w, int minutes)
{
	if (minutes == 0)
		return text(w->c.lang, T("Until it begins"));
	str span = minutes % (24 * 60) == 0 && minutes > 24 * 60 ?
	    text_n(w->c.mem, w->c.lang, TN("{n} day", "{n} days"), minutes / (24 * 60)) :
	    text_duration(w->c.mem, w->c.lang, minutes);

	return FILL(w->c.mem, w->c.lang, T("Until {span} before"), ARG("span", span));
}

const struct choice *
settings_limits(struct web *w, int stored_minutes, size_t *ret_n)
{
	static const int hours[] = { 0, 1, 2, 4, 12, 24, 48, 72, 168 };
	struct choice *list = NEW_N(w->c.mem, struct choice, COUNT(hours) + 1);
	bool known = false;
	size_t n = 0;

	for (size_t i = 0; i < COUNT(hours); i++) {
		list[n++] = (struct choice){ .value = str_of_int(w->c.mem, hours[i] * 60),
		    .label = limit_words(w, hours[i] * 60) };
		known |= hours[i] * 60 == stored_minutes;
	}
	if (!known)
		list[n++] = (struct choice){ .label = limit_words(w, stored_minutes),
		    .value = str_of_int(w->c.mem, stored_minutes) };
	*ret_n = n;
	return list;
}

int64_t
settings_version(const struct web *w)
{
	int64_t version = -1;

	(void)web_field_int(w, "version", 1, INT64_MAX, &version);
	return version;
}

str
settings_url(struct web *w, const char *list, id which, const char *act)
{
	return str_printf(w->c.mem, "%s/%lld%s", list, (long long)which, act);
}

struct settings_closed
settings_closed_line(struct web *w, str name, usec at, str action)
{
	str date = text_date_year(w->c.mem, w->c.lang, zone_local(w->zone, at).day);

	return (struct settings_closed){ .name = name, .action = action,
	    .when = FILL(w->c.mem, w->c.lang, T("Closed on {date}"), ARG("date", date)) };
}

/* ---- somebody else was faster ---- */

const struct choice *
settings_yes_no(struct web *w)
{
	struct choice *list = NEW_N(w->c.mem, struct choice, 2);

	list[0] = (struct choice){ .value = S("1"), .label = text(w->c.lang, T("yes")) };
	list[1] = (struct choice){ .value = S(""), .label = text(w->c.lang, T("no")) };
	return list;
}

const struct choice *
settings_colours(struct web *w)
{
	struct choice *list = NEW_N(w->c.mem, struct choice, ORG_COLOUR_MAX + 1);

	for (int i = 0; i <= ORG_COLOUR_MAX; i++)
		list[i] = (struct choice){ .value = str_of_int(w->c.mem, i), .label = colour_name(w->c.lang, i) };
	return list;
}

/* Names are for who manages accounts; the others are told the role. */
static err
name_of(struct web *w, const struct audit_line *l, str *ret)
{
	struct member_line *members;
	size_t n;

	*ret = FILL(w->c.mem, w->c.lang, T("Somebody of the staff ({role})"),
	    ARG("role", staff_role(w->c.lang, (enum role)l->role)));
	if (l->actor == w->session.account)
		*ret = text(w->c.lang, T("You yourself, in another window"));
	if (l->actor == w->session.account || w->c.role != ROLE_ADMINISTRATOR ||
	    !(w->c.purposes & PURPOSE_BIT(PURPOSE_MANAGE)))
		return OK;
	TRY(member_list(&w->c, &members, &n));
	for (size_t i = 0; i < n; i++)
		if (members[i].member.account == l->actor && members[i].name.n > 0)
			*ret = members[i].name;
	return OK;
}

err
settings_changed_by(struct web *w, id object, str *ret)
{
	struct audit_line l;
	err e = audit_last(&w->c, object, &l);
	str who;

	if (e == ERR_NOT_FOUND) {
		*ret = text(w->c.lang, T("Somebody"));
		return OK;
	}
	TRY(e);
	TRY(name_of(w, &l, &who));
	*ret = FILL(w->c.mem, w->c.lang, T("{who}, at {hour}"), ARG("who", who),
	    ARG("hour", text_hour(w->c.mem, w->c.lang, zone_local(w->zone, l.at).minute)));
	return OK;
}

static size_t
count_of(const struct filled *f, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += f->values[i].value.n > 0 && str_eq(f->values[i].name, str_c(name));
	return n;
}

/* The same set of values; an empty one is none. */
static bool
same(const struct filled *a, const struct filled *b, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->values[i].value.n > 0 && str_eq(a->values[i].name, str_c(name)) &&
		    !filled_has(b, name, a->values[i].value))
			return false;
	return count_of(a, name) == count_of(b, name);
}

static str
label_of(const struct settings_spoken *s, str value)
{
	for (size_t i = 0; s != NULL && i < s->n; i++)
		if (str_eq(s->choices[i].value, value))
			return s->choices[i].label;
	return value;
}

static str
words_of(struct web *w, const struct filled *f, const char *name, const struct settings_spoken *s)
{
	size_t n = 0;
	str words = {0};

	for (size_t i = 0; i < f->n && n <= WORDS_SHOWN; i++) {
		if (f->values[i].value.n == 0 || !str_eq(f->values[i].name, str_c(name)))
			continue;
		str one = n == WORDS_SHOWN ? S("…") : label_of(s, f->values[i].value);

		words = str_printf(w->c.mem, "%.*s%s%.*s", STR_FMT(words), n > 0 ? ", " : "", STR_FMT(one));
		n++;
	}
	if (n == 0)
		words = label_of(s, S(""));
	return words.n > 0 ? words : text(w->c.lang, T("empty"));
}

/* Fields that no page of a form shows. */
static bool
is_hidden(const char *name)
{
	return strcmp(name, "version") == 0 || strcmp(name, "praticien") == 0;
}

/* What was typed, at another version: saved again, it is meant. */
static struct filled *
typed_at(struct web *w, str version)
{
	struct filled *f = filled_new(w);

	for (size_t i = 0; i < w->fields_n; i++)
		if (!str_eq(w->fields[i].name, S("version")))
			filled_add(f, w->fields[i]);
	filled_put(f, "version", version);
	return f;
}

err
settings_both(struct web *w, const struct settings_both *both, struct filled **ret)
{
	const struct form *form = w->route->form;
	struct filled *f = typed_at(w, filled_value(both->stored, "version"));
	str who;

	TRY(settings_changed_by(w, both->object, &who));
	f->meanwhile = FILL(w->c.mem, w->c.lang,
	    T("Saved meanwhile by: {who}. Nothing of yours is lost: compare, correct if need be, and save again."),
	    ARG("who", who));
	for (size_t i = 0; i < form->n; i++) {
		const char *name = form->fields[i].name;
		const struct settings_spoken *s = NULL;

		if (is_hidden(name) || same(both->typed, both->stored, name))
			continue;
		for (size_t k = 0; k < both->spoken_n; k++)
			if (strcmp(both->spoken[k].name, name) == 0)
				s = &both->spoken[k];
		web_error(w, name, FILL(w->c.mem, w->c.lang, T("Saved meanwhile: {value}"),
		    ARG("value", words_of(w, both->stored, name, s))));
	}
	*ret = f;
	return OK;
}

/* The form as it was typed, under what became of the thing itself. */
static err
typed_after(struct web *w, id object, const char *words, struct filled **ret)
{
	str who;

	TRY(settings_changed_by(w, object, &who));
	*ret = typed_at(w, web_field(w, "version"));
	(*ret)->meanwhile = text_fill(w->c.mem, w->c.lang, words, &(struct text_arg){ "who", who }, 1);
	return OK;
}

err
settings_gone(struct web *w, id object, struct filled **ret)
{
	return typed_after(w, object,
	    T("Closed meanwhile by: {who}. Nothing of yours is lost: reopen it from the list in another window, then save again."),
	    ret);
}

err
settings_removed(struct web *w, id object, struct filled **ret)
{
	return typed_after(w, object,
	    T("Changed or removed meanwhile by: {who}. Nothing of yours is lost: look at the list in another window; what you save here is added to it."),
	    ret);
}
