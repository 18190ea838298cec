/* page_hours.c - when a practitioner receives, where and for what. */
#include <stdlib.h>

#include "practice/hours.h"
#include "practice/motive.h"
#include "web/page_hours.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_hours_of, { "praticien", 20, false });
FORM(form_hours, { "praticien", 20, false }, { "jour", 1, false }, { "parite", 1, false },
	{ "date", 10, false }, { "debut", 10, false }, { "fin", 10, false }, { "lieu", 20, false },
	{ "motif", 20, true }, { "du", 10, false }, { "au", 10, false }, { "version", 20, false });

/* What to say of each field that hours_check refuses. */
static const struct filled_wrong wrong[] = {
	{ HOURS_FIELD_WEEKDAY, "jour", T("Choose a day of the week.") },
	{ HOURS_FIELD_PARITY, "parite", T("Choose every week, odd weeks or even weeks.") },
	{ HOURS_FIELD_ON_DAY, "date", T("Choose a date between 2000 and 2199.") },
	{ HOURS_FIELD_START, "debut", T("Times go by five minutes: 8:30, 8:35…") },
	{ HOURS_FIELD_END, "fin",
	    T("The end must be after the beginning, by five minutes at least: 12:00, 12:05…") },
	{ HOURS_FIELD_FROM, "du", T("Choose a date between 2000 and 2199.") },
	{ HOURS_FIELD_UNTIL, "au", T("The last day cannot be before the first.") },
	{ HOURS_FIELD_MOTIVES, "motif", T("That is too many motives. Tick none for all of them.") },
};

/* All that lines refer to, read once. */
struct names {
	struct site	*sites;
	size_t		 sites_n;
	struct motive	*motives;
	size_t		 motives_n;
};

static err
read_names(struct web *w, struct names *ret)
{
	TRY(site_list(&w->c, true, &ret->sites, &ret->sites_n));
	return motive_list(&w->c, true, &ret->motives, &ret->motives_n);
}

static str
site_name(const struct names *names, id site)
{
	for (size_t i = 0; i < names->sites_n; i++)
		if (names->sites[i].id == site)
			return names->sites[i].name;
	return (str){0};
}

static void
add_word(struct buf *b, str word)
{
	if (b->n > 0)
		buf_add(b, S(" · "));
	buf_add(b, word);
}

/* Odd weeks · from 1 January 2027 · Vaccination, Check-up */
static str
detail(struct web *w, const struct names *names, const struct hours *h)
{
	struct buf b = buf_in(w->c.mem, 32 * 1024);
	bool first = true;

	if (h->parity != HOURS_EVERY_WEEK)
		add_word(&b, text(w->c.lang, h->parity == HOURS_ODD_WEEKS ? T("Odd weeks") : T("Even weeks")));
	if (h->from_day != 0)
		add_word(&b, FILL(w->c.mem, w->c.lang, T("from {date}"),
		    ARG("date", text_date_numeric(w->c.mem, w->c.lang, h->from_day))));
	if (h->until_day != 0)
		add_word(&b, FILL(w->c.mem, w->c.lang, T("until {date}"),
		    ARG("date", text_date_numeric(w->c.mem, w->c.lang, h->until_day))));
	for (size_t i = 0; i < names->motives_n; i++) {
		if (h->motive_n == 0 || !hours_for(h, names->motives[i].id))
			continue;
		if (first)
			add_word(&b, names->motives[i].name);
		else
			buf_printf(&b, ", %.*s", STR_FMT(names->motives[i].name));
		first = false;
	}
	return buf_str(&b);
}

/* The day as a heading has it: "Lundi", "Lundi 23 novembre 2026". */
static str
day_name(struct web *w, const struct hours *h)
{
	return text_capital(w->c.mem, h->on_day != 0 ? text_date_year(w->c.mem, w->c.lang, h->on_day) :
	    text_weekday(w->c.lang, h->weekday));
}

static struct hours_line
line(struct web *w, const struct hours_page *p, const struct names *names, const struct hours *h)
{
	str range = settings_range(w, h->start_minute, h->end_minute), name = day_name(w, h);
	struct hours_line l = { .site = site_name(names, h->site), .detail = detail(w, names, h) };

	l.when = h->on_day == 0 ? range : str_printf(w->c.mem, "%.*s, %.*s", STR_FMT(name), STR_FMT(range));
	l.spoken = FILL(w->c.mem, w->c.lang, T("Change {when}"),
	    ARG("when", str_printf(w->c.mem, "%.*s, %.*s", STR_FMT(name), STR_FMT(range))));
	if (p->who.editable)
		l.edit_url = str_printf(w->c.mem, "/reglages/horaires/%lld", (long long)h->id);
	return l;
}

/* hours_list gives them by day, then by start: each day's lines lie together. */
static err
read_week(struct web *w, struct hours_page *p)
{
	day today = zone_local(w->zone, w->c.now).day;
	struct names names;
	struct hours *rules;
	size_t n;

	TRY(read_names(w, &names));
	TRY(hours_list(&w->c, p->who.practitioner.id, today, &rules, &n));
	p->never = n == 0;
	for (int d = 0; d < 8; d++) {
		p->days[d].items = NEW_N(w->c.mem, struct hours_line, n);
		if (d == 0)
			continue;
		p->names[d] = text_capital(w->c.mem, text_weekday(w->c.lang, d));
		p->add_urls[d] = str_printf(w->c.mem, "/reglages/horaires/nouveau?praticien=%lld&jour=%d",
		    (long long)p->who.practitioner.id, d);
	}
	for (size_t i = 0; i < n; i++) {
		struct hours_lines *to = &p->days[rules[i].weekday];

		to->items[to->n++] = line(w, p, &names, &rules[i]);
	}
	return OK;
}

static err
show_week(struct web *w, const struct settings_who *who, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Opening hours")) };
	struct hours_page p = { .layout = &l, .who = *who, .form = form };

	if (who->practitioner.id != 0)
		TRY(read_week(w, &p));
	TRY(settings_sites(w, &p.sites, &p.sites_n));
	struct out *o = view_begin(w, &l);

	page_hours_show(o, &p);
	return view_end(w, o, status);
}

err
page_hours(struct web *w)
{
	struct settings_who who;

	TRY(settings_who(w, &who));
	return show_week(w, &who, filled_new(w), 200);
}

/* ---- one rule ---- */

#define LIST	"/reglages/horaires"

static str
week_url(struct web *w, id practitioner)
{
	return str_printf(w->c.mem, "/reglages/horaires?praticien=%lld", (long long)practitioner);
}

static struct filled *
fill(struct web *w, const struct hours *h)
{
	struct filled *f = filled_new(w);

	filled_put_int(f, "praticien", h->practitioner);
	filled_put_int(f, "jour", h->weekday);
	filled_put_day(f, "date", h->on_day);
	filled_put_int(f, "parite", h->parity);
	if (h->end_minute > 0) {
		filled_put_minute(f, "debut", h->start_minute);
		filled_put_minute(f, "fin", h->end_minute);
	}
	if (h->site != 0)
		filled_put_int(f, "lieu", h->site);
	filled_put_day(f, "du", h->from_day);
	filled_put_day(f, "au", h->until_day);
	for (size_t i = 0; i < h->motive_n; i++)
		filled_put_int(f, "motif", h->motives[i]);
	if (h->id != 0)
		filled_put_int(f, "version", h->version);
	return f;
}

static err
read_motives(struct web *w, struct hours *h)
{
	id *ids;

	TRY(filled_read_ids(w, "motif", &ids, &h->motive_n));
	h->motives = ids;
	return OK;
}

/* Errors beside their fields; ERR_INVALID: there are some. */
static err
read_form(struct web *w, bool one_day, struct hours *h)
{
	int64_t weekday = 0, parity = 0;

	h->version = settings_version(w);
	if (one_day) {
		h->weekday = 0;
		h->on_day = HOURS_DAY_MIN - 1;	/* none yet, but one day it is */
		(void)filled_read_day(w, "date", true, &h->on_day);
	} else {
		(void)web_field_int(w, "jour", 1, 7, &weekday);
		(void)web_field_int(w, "parite", 0, HOURS_EVEN_WEEKS, &parity);
		h->weekday = (int)weekday;
		h->parity = (enum hours_parity)parity;
		h->from_day = h->until_day = 0;
		(void)filled_read_day(w, "du", false, &h->from_day);
		(void)filled_read_day(w, "au", false, &h->until_day);
	}
	(void)filled_read_minute(w, "debut", true, &h->start_minute);
	if (filled_read_minute(w, "fin", true, &h->end_minute) && h->end_minute == 0)
		h->end_minute = HOURS_END_MINUTE_MAX;	/* midnight at the end of the day */
	if (!web_field_id(w, "lieu", &h->site))
		web_error(w, "lieu", text(w->c.lang, T("Choose the place.")));
	TRY(read_motives(w, h));
	filled_complain(w, hours_check(h), wrong, COUNT(wrong));
	return w->errors_n > 0 ? ERR_INVALID : OK;
}

/* ux: an error that says what is in the way. */
static err
explain_clash(struct web *w, id clash)
{
	struct names names;
	struct hours h;
	err e = clash == 0 ? ERR_NOT_FOUND : hours_get(&w->c, clash, &h);

	if (e == ERR_NOT_FOUND) {
		web_error(w, "debut", text(w->c.lang,
		    T("These hours overlap others at another place. Nobody is in two places at once.")));
		return OK;
	}
	TRY(e);
	TRY(read_names(w, &names));
	web_error(w, "debut", FILL(w->c.mem, w->c.lang,
	    T("These hours overlap those at {site}: {day}, {range}. Nobody is in two places at once."),
	    ARG("site", site_name(&names, h.site)), ARG("day", day_name(w, &h)),
	    ARG("range", settings_range(w, h.start_minute, h.end_minute))));
	return OK;
}

static void
weekly_choices(struct web *w, struct hours_form_page *p)
{
	for (int d = 0; d < 7; d++)
		p->weekdays[d] = (struct choice){ .value = str_of_int(w->c.mem, d + 1),
		    .label = text_capital(w->c.mem, text_weekday(w->c.lang, d + 1)) };
	p->parities[HOURS_EVERY_WEEK] = (struct choice){ .value = S("0"),
	    .label = text(w->c.lang, T("Every week")) };
	p->parities[HOURS_ODD_WEEKS] = (struct choice){ .value = S("1"),
	    .label = text(w->c.lang, T("Odd weeks")),
	    .hint = text(w->c.lang, T("Weeks number 1, 3, 5… of the calendar.")) };
	p->parities[HOURS_EVEN_WEEKS] = (struct choice){ .value = S("2"),
	    .label = text(w->c.lang, T("Even weeks")),
	    .hint = text(w->c.lang, T("Weeks number 2, 4, 6… of the calendar.")) };
}

static err
read_choices(struct web *w, const struct hours *h, struct hours_form_page *p)
{
	struct settings_who who;
	struct motive *motives;

	TRY(settings_who_is(w, h->practitioner, &who));
	TRY(settings_sites(w, &p->sites, &p->sites_n));
	TRY(motive_list_for(&w->c, h->practitioner, false, &motives, &p->motives_n));
	p->motives = NEW_N(w->c.mem, struct choice, p->motives_n);
	for (size_t i = 0; i < p->motives_n; i++)
		p->motives[i] = (struct choice){ .value = str_of_int(w->c.mem, motives[i].id),
		    .label = motives[i].name };
	weekly_choices(w, p);
	p->who = who.name;
	p->one_day = h->on_day != 0;
	return OK;
}

static err
show(struct web *w, struct hours_form_page *p, const struct hours *h, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang,
	    h->id == 0 ? T("Add opening hours") : T("Change opening hours")) };

	p->about = (struct settings_form){ .layout = &l, .form = form, .action = S(LIST "/nouveau"),
		.list_url = week_url(w, h->practitioner),
		.list_words = text(w->c.lang, T("Back to the opening hours")),
		.close_words = text(w->c.lang, T("Remove these hours")), .close_when = text(w->c.lang,
		    T("They are no longer offered. Appointments already made are kept.")) };
	if (h->id != 0) {
		p->about.action = settings_url(w, LIST, h->id, "");
		p->about.close_action = settings_url(w, LIST, h->id, "/supprimer");
	}
	struct out *o = view_begin(w, &l);

	page_hours_form_show(o, p);
	return view_end(w, o, status);
}

static err
show_form(struct web *w, const struct hours *h, const struct filled *form, int status)
{
	struct hours_form_page p = {0};

	TRY(read_choices(w, h, &p));
	return show(w, &p, h, form, status);
}

/* A date as it is read, under the value that the form has for it. */
static struct choice
spoken_day(struct web *w, day d)
{
	return d == 0 ? (struct choice){0} : (struct choice){ .value = civil_iso_date(w->c.mem, d),
	    .label = text_date_numeric(w->c.mem, w->c.lang, d) };
}

/* Somebody changed it while this form was typed. */
static err
show_both(struct web *w, const struct hours *typed)
{
	struct hours_form_page p = {0};
	struct hours stored;
	struct filled *form;

	TRY(hours_get(&w->c, typed->id, &stored));
	TRY(read_choices(w, &stored, &p));
	const struct choice on = spoken_day(w, stored.on_day), from = spoken_day(w, stored.from_day),
	    until = spoken_day(w, stored.until_day);
	const struct settings_spoken spoken[] = { { "jour", p.weekdays, COUNT(p.weekdays) },
		{ "parite", p.parities, COUNT(p.parities) }, { "lieu", p.sites, p.sites_n },
		{ "motif", p.motives, p.motives_n }, { "date", &on, 1 }, { "du", &from, 1 }, { "au", &until, 1 } };

	TRY(settings_both(w, &(struct settings_both){ .object = stored.id, .typed = fill(w, typed),
	    .stored = fill(w, &stored), .spoken = spoken, .spoken_n = COUNT(spoken) }, &form));
	return show(w, &p, &stored, form, 409);
}

/* OK with w->errors: the form is to be shown again. */
static err
save(struct web *w, struct hours *h)
{
	id clash = 0;
	err e = h->id == 0 ? hours_add(&w->c, h, &h->id, &clash) : hours_update(&w->c, h, &clash);

	if (e == ERR_CONFLICT)
		return clash == 0 ? ERR_CONFLICT : explain_clash(w, clash);
	if (e == ERR_NOT_FOUND) {
		web_error(w, NULL, text(w->c.lang,
		    T("The place or a motive was closed meanwhile. Choose again.")));
		return OK;
	}
	return e;
}

static err
save_or_show(struct web *w, struct hours *h)
{
	struct hours before = *h;
	err e = read_form(w, h->on_day != 0, h);

	if (e == OK)
		e = save(w, h);
	if (e == ERR_CONFLICT)
		return show_both(w, h);
	if (e != OK && e != ERR_INVALID)
		return e;
	if (w->errors_n > 0)
		return show_form(w, &before, filled_typed(w), 422);
	return view_redirect(w, week_url(w, h->practitioner), "enregistre");
}

/*
 * Somebody removed these hours while their form was typed: what was typed
 * stands in the form of new ones.
 */
static err
show_removed(struct web *w)
{
	struct hours h = { .weekday = 1 };
	struct settings_who who;
	struct filled *form;
	id rule;

	TRY(web_arg_id(w, 0, &rule));
	TRY(settings_who(w, &who));
	h.practitioner = who.practitioner.id;
	TRY(settings_own(w, h.practitioner));
	TRY(settings_removed(w, rule, &form));
	if (web_field(w, "date").n > 0)
		h.on_day = HOURS_DAY_MIN;
	return show_form(w, &h, form, 409);
}

err
page_hours_new(struct web *w)
{
	struct hours h = { .weekday = 1 };
	struct settings_who who;
	int64_t weekday;

	TRY(settings_who(w, &who));
	h.practitioner = who.practitioner.id;
	TRY(settings_own(w, h.practitioner));
	if (w->http->method == HTTP_POST)
		return save_or_show(w, &h);
	if (web_field_int(w, "jour", 1, 7, &weekday))
		h.weekday = (int)weekday;
	return show_form(w, &h, fill(w, &h), 200);
}

static err
find(struct web *w, struct hours *ret)
{
	id rule;

	TRY(web_arg_id(w, 0, &rule));
	TRY(hours_get(&w->c, rule, ret));
	return settings_own(w, ret->practitioner);
}

err
page_hours_edit(struct web *w)
{
	struct hours h;
	err e = find(w, &h);

	if (e == ERR_NOT_FOUND && w->http->method == HTTP_POST && web_field_sent(w, "version"))
		return show_removed(w);
	TRY(e);
	return w->http->method == HTTP_POST ? save_or_show(w, &h) : show_form(w, &h, fill(w, &h), 200);
}

err
page_hours_remove(struct web *w)
{
	struct hours h;

	TRY(find(w, &h));
	TRY(hours_remove(&w->c, h.id));
	return view_redirect(w, week_url(w, h.practitioner), "supprime");
}

/* An exceptional opening, from the four fields below the week (ux-23). */
err
page_hours_exception(struct web *w)
{
	struct settings_who who;
	struct hours h = {0};
	err e;

	TRY(settings_who(w, &who));
	h.practitioner = who.practitioner.id;
	TRY(settings_own(w, h.practitioner));
	e = read_form(w, true, &h);
	if (e == OK)
		e = save(w, &h);
	if (e != OK && e != ERR_INVALID)
		return e;
	if (w->errors_n > 0)
		return show_week(w, &who, filled_typed(w), 422);
	return view_redirect(w, week_url(w, h.practitioner), "enregistre");
}
