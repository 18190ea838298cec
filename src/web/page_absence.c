/* page_absence.c - absences: the list, and the form of one. */
#include "web/page_absence.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_absence, { "praticien", 20, false }, { "debut_jour", 10, false }, { "debut_heure", 10, false },
	{ "fin_jour", 10, false }, { "fin_heure", 10, false }, { "repete", 1, false },
	{ "jusqu", 10, false }, { "raison", ABSENCE_REASON_MAX, false }, { "portee", 1, false },
	{ "jour", 10, false }, { "confirme", 1, false }, { "choix", 40, true }, { "version", 20, false });

static const struct filled_wrong wrong[] = {
	{ ABSENCE_FIELD_FIRST_DAY, "debut_jour", T("Choose a date between 2000 and 2199.") },
	{ ABSENCE_FIELD_START, "debut_heure", T("Times go by five minutes: 8:30, 8:35…") },
	{ ABSENCE_FIELD_LAST_DAY, "fin_jour",
	    T("Not before the first day, shorter than the time between two repetitions, 400 days at most.") },
	{ ABSENCE_FIELD_END, "fin_heure",
	    T("The end must be after the beginning, by five minutes at least: 12:00, 12:05…") },
	{ ABSENCE_FIELD_EVERY, "repete", T("Choose once, every week or every two weeks.") },
	{ ABSENCE_FIELD_UNTIL, "jusqu", T("This date is for repeated absences, and not before the first one.") },
	{ ABSENCE_FIELD_REASON, "raison", T("Write the reason on one line.") },
};

str
absences_url(struct web *w, id practitioner)
{
	return str_printf(w->c.mem, "/reglages/absences?praticien=%lld", (long long)practitioner);
}

/* ---- in words ---- */

/* "lundi 23 novembre 2026, 14 h"; the hour is left out where the day begins or ends. */
static str
moment(struct web *w, str date, int minute)
{
	if (minute == 0 || minute == ABSENCE_END_MINUTE_MAX)
		return date;
	str hour = text_hour(w->c.mem, w->c.lang, minute);

	return str_printf(w->c.mem, "%.*s, %.*s", STR_FMT(date), STR_FMT(hour));
}

static str
span(struct web *w, const struct absence *a, str first, str last)
{
	bool whole = a->start_minute == 0 && a->end_minute == ABSENCE_END_MINUTE_MAX;

	if (a->first_day == a->last_day && whole)
		return FILL(w->c.mem, w->c.lang, T("{day}, all day"), ARG("day", first));
	if (a->first_day == a->last_day) {
		str range = settings_range(w, a->start_minute, a->end_minute);

		return str_printf(w->c.mem, "%.*s, %.*s", STR_FMT(first), STR_FMT(range));
	}
	return FILL(w->c.mem, w->c.lang, T("from {first} until {last}"),
	    ARG("first", moment(w, first, a->start_minute)), ARG("last", moment(w, last, a->end_minute)));
}

str
absence_words(struct web *w, const struct absence *a)
{
	struct arena *mem = w->c.mem;
	enum lang lang = w->c.lang;

	if (a->every_weeks == 0)
		return text_capital(mem, span(w, a, text_date_year(mem, lang, a->first_day),
		    text_date_year(mem, lang, a->last_day)));
	str days = span(w, a, text_weekday(lang, civil_weekday(a->first_day)),
	    text_weekday(lang, civil_weekday(a->last_day)));
	str rule = FILL(mem, lang, a->every_weeks == 1 ? T("Every week: {days}") : T("Every two weeks: {days}"),
	    ARG("days", days));

	if (a->until_day == 0)
		return rule;
	return FILL(mem, lang, T("{rule}, until {date}"), ARG("rule", rule),
	    ARG("date", text_date_numeric(mem, lang, a->until_day)));
}

/* ---- the list ---- */

/* The days on which it begins, in the period: the same absence, one day long. */
static struct absence_ranges
beginnings(struct web *w, const struct absence *a, struct absence_period p)
{
	struct absence short_one = *a;

	short_one.last_day = a->first_day;
	short_one.start_minute = 0;
	short_one.end_minute = ABSENCE_END_MINUTE_MAX;
	return absence_expand(w->c.mem, &short_one, 1, p);
}

static struct absence_line
line(struct web *w, const struct absence *a, bool editable, struct absence_period p)
{
	struct absence_line l = { .when = absence_words(w, a), .reason = a->reason };
	str base = str_printf(w->c.mem, "/reglages/absences/%lld", (long long)a->id);

	if (!editable)
		return l;
	l.edit_url = base;
	l.cover_url = str_cat(w->c.mem, base, S("/rendez-vous"));
	if (a->every_weeks == 0)
		return l;
	/* One that began before today and still lasts is among them. */
	p.from -= a->last_day - a->first_day;
	struct absence_ranges r = beginnings(w, a, p);

	l.dates = NEW_N(w->c.mem, struct absence_date, r.n);
	for (l.dates_n = 0; l.dates_n < r.n; l.dates_n++) {
		day on = r.items[l.dates_n].day;
		str iso = civil_iso_date(w->c.mem, on);

		l.dates[l.dates_n] = (struct absence_date){
			.url = str_printf(w->c.mem, "%.*s?jour=%.*s", STR_FMT(base), STR_FMT(iso)),
			.day = text_date_short(w->c.mem, w->c.lang, on),
		};
	}
	return l;
}

static err
read_lines(struct web *w, struct absences_page *p)
{
	day today = zone_local(w->zone, w->c.now).day;
	/* Far ahead for those that are known already; the dates of repeated ones for a year. */
	struct absence_period all = { today, today + 3650 }, year = { today, today + ABSENCE_SHOWN_DAYS };
	struct absence *list;
	size_t n;

	TRY(absence_list(&w->c, p->who.practitioner.id, all, &list, &n));
	TRY(absence_open(&w->c, PURPOSE_DESK, list, n));
	p->once = NEW_N(w->c.mem, struct absence_line, n);
	p->repeated = NEW_N(w->c.mem, struct absence_line, n);
	for (size_t i = 0; i < n; i++) {
		struct absence_line l = line(w, &list[i], p->who.editable, year);

		if (list[i].every_weeks == 0)
			p->once[p->once_n++] = l;
		else
			p->repeated[p->repeated_n++] = l;
	}
	return OK;
}

err
page_absences(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Absences")) };
	struct absences_page p = { .layout = &l };

	TRY(settings_who(w, &p.who));
	if (p.who.practitioner.id != 0)
		TRY(read_lines(w, &p));
	p.add_url = str_printf(w->c.mem, "/reglages/absences/nouvelle?praticien=%lld",
	    (long long)p.who.practitioner.id);
	struct out *o = view_begin(w, &l);

	page_absences_show(o, &p);
	return view_end(w, o, 200);
}

/* ---- the form ---- */

/* As it is on the occurrence that begins so many days after the first. */
static struct filled *
fill_times(struct web *w, const struct absence *a, day moved)
{
	struct filled *f = filled_new(w);

	filled_put_int(f, "praticien", a->practitioner);
	filled_put_day(f, "debut_jour", a->first_day == 0 ? 0 : a->first_day + moved);
	if (a->start_minute > 0)
		filled_put_minute(f, "debut_heure", a->start_minute);
	/* Left empty, it follows the first day when that is changed. */
	filled_put_day(f, "fin_jour", a->last_day == a->first_day ? 0 : a->last_day + moved);
	if (a->end_minute > 0 && a->end_minute < ABSENCE_END_MINUTE_MAX)
		filled_put_minute(f, "fin_heure", a->end_minute);
	filled_put_int(f, "repete", a->every_weeks);
	filled_put_day(f, "jusqu", a->until_day);
	filled_put(f, "raison", a->reason);
	if (a->id != 0)
		filled_put_int(f, "version", a->version);
	return f;
}

static struct filled *
fill(struct web *w, const struct absence *a, day occurrence)
{
	struct filled *f = fill_times(w, a, occurrence - a->first_day);

	filled_put_int(f, "portee", a->every_weeks > 0 ? ABSENCE_ONE : ABSENCE_ALL);
	filled_put_day(f, "jour", occurrence);
	return f;
}

/* Hours left out: whole days.  A last day left out: the first. */
static err
read_form(struct web *w, struct absence *a)
{
	int64_t every = -1;

	*a = (struct absence){ .practitioner = a->practitioner, .end_minute = ABSENCE_END_MINUTE_MAX };
	if (filled_read_day(w, "debut_jour", true, &a->first_day))
		a->last_day = a->first_day;
	(void)filled_read_day(w, "fin_jour", false, &a->last_day);
	(void)filled_read_minute(w, "debut_heure", false, &a->start_minute);
	(void)filled_read_minute(w, "fin_heure", false, &a->end_minute);
	if (a->end_minute == 0) {	/* midnight: the end of that day, or of the one before */
		a->end_minute = ABSENCE_END_MINUTE_MAX;
		a->last_day -= a->last_day > a->first_day ? 1 : 0;
	}
	(void)web_field_int(w, "repete", 0, 2, &every);
	a->every_weeks = (int)every;
	(void)filled_read_day(w, "jusqu", false, &a->until_day);
	a->reason = web_field(w, "raison");
	filled_complain(w, absence_check(a), wrong, COUNT(wrong));
	return w->errors_n > 0 ? ERR_INVALID : OK;
}

static void
choices(struct web *w, struct absence_form_page *p)
{
	enum lang lang = w->c.lang;

	p->rhythms[0] = (struct choice){ .value = S("0"), .label = text(lang, T("Once")) };
	p->rhythms[1] = (struct choice){ .value = S("1"), .label = text(lang, T("Every week")) };
	p->rhythms[2] = (struct choice){ .value = S("2"), .label = text(lang, T("Every two weeks")) };
	p->scopes[ABSENCE_ONE] = (struct choice){ .value = S("0"), .label = text(lang, T("Only this time")) };
	p->scopes[ABSENCE_FOLLOWING] = (struct choice){ .value = S("1"),
	    .label = text(lang, T("This time and the following")) };
	p->scopes[ABSENCE_ALL] = (struct choice){ .value = S("2"), .label = text(lang, T("All of them")),
	    .hint = text(lang, T("Those that are past, too.")) };
}

/* What is being changed: a new one has id 0. */
struct subject {
	struct absence	stored;
	day		occurrence;
	str		action;
};

static struct choice
spoken_day(struct web *w, day d)
{
	return (struct choice){ .value = civil_iso_date(w->c.mem, d),
	    .label = text_date_numeric(w->c.mem, w->c.lang, d) };
}

static err
show_form(struct web *w, const struct subject *s, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang,
	    s->stored.id == 0 ? T("Add an absence") : T("Change an absence")) };
	struct absence_form_page p = { .repeats = s->stored.every_weeks > 0,
		.about = { .layout = &l, .form = form, .action = s->action,
		    .list_url = absences_url(w, s->stored.practitioner),
		    .list_words = text(w->c.lang, T("Back to the absences")) } };
	struct settings_who who;

	TRY(settings_who_is(w, s->stored.practitioner, &who));
	choices(w, &p);
	p.who = who.name;
	if (s->stored.id != 0) {
		p.remove_action = str_cat(w->c.mem, s->action, S("/supprimer"));
		p.cover_url = str_cat(w->c.mem, s->action, S("/rendez-vous"));
	}
	if (p.repeats)
		p.occurrence = text_date_year(w->c.mem, w->c.lang, s->occurrence);
	struct out *o = view_begin(w, &l);

	page_absence_form_show(o, &p);
	return view_end(w, o, status);
}

static enum absence_scope
read_scope(const struct web *w, const struct absence *stored)
{
	int64_t scope = ABSENCE_ALL;

	if (stored->every_weeks > 0)
		(void)web_field_int(w, "portee", ABSENCE_ONE, ABSENCE_ALL, &scope);
	return (enum absence_scope)scope;
}

/*
 * The form shows the dates of one occurrence.  Of all of them, the first moves
 * by as many days as this one did; once is once, whatever the form repeats.
 */
static void
fit(const struct subject *s, enum absence_scope scope, struct absence *to)
{
	if (s->stored.id == 0 || s->stored.every_weeks == 0)
		return;
	if (scope == ABSENCE_ONE) {
		to->every_weeks = 0;
		to->until_day = 0;
	} else if (scope == ABSENCE_ALL) {
		day length = to->last_day - to->first_day;

		to->first_day = s->stored.first_day + (to->first_day - s->occurrence);
		to->last_day = to->first_day + length;
	}
}

/* A form that was sent twice, or again after a lost answer, is one absence. */
static err
find_same(struct web *w, const struct absence *a, id *ret)
{
	struct absence_period p = { a->first_day, a->last_day };
	struct absence *list;
	size_t n;

	*ret = 0;
	TRY(absence_list(&w->c, a->practitioner, p, &list, &n));
	for (size_t i = 0; i < n; i++) {
		const struct absence *b = &list[i];

		if (b->first_day == a->first_day && b->last_day == a->last_day &&
		    b->start_minute == a->start_minute && b->end_minute == a->end_minute &&
		    b->every_weeks == a->every_weeks && b->until_day == a->until_day)
			*ret = b->id;
	}
	return OK;
}

static err
save(struct web *w, const struct subject *s, enum absence_scope scope, const struct absence *to, id *ret)
{
	struct absence_edit edit = { .absence = s->stored.id, .scope = scope,
		.occurrence = s->occurrence, .to = to, .version = to == NULL ? 0 : settings_version(w) };

	if (s->stored.id != 0)
		return absence_change(&w->c, &edit, ret);
	TRY(find_same(w, to, ret));
	return *ret != 0 ? OK : absence_add(&w->c, to, ret);
}

/*
 * Somebody changed it while this form was typed: both, as they are on the
 * occurrence that the form is about.  (The stored one may have another first
 * day by now only if it is another row.)
 */
static err
show_both(struct web *w, const struct subject *s, const struct absence *typed)
{
	struct absence_form_page p = {0};
	struct subject now = *s;
	struct filled *form;

	TRY(absence_get(&w->c, s->stored.id, &now.stored));
	TRY(absence_open(&w->c, PURPOSE_DESK, &now.stored, 1));
	choices(w, &p);
	day moved = s->occurrence - now.stored.first_day;
	const struct choice first = spoken_day(w, now.stored.first_day + moved),
	    last = spoken_day(w, now.stored.last_day + moved), until = spoken_day(w, now.stored.until_day);
	const struct settings_spoken spoken[] = { { "repete", p.rhythms, COUNT(p.rhythms) },
		{ "debut_jour", &first, 1 }, { "fin_jour", &last, 1 }, { "jusqu", &until, 1 } };

	TRY(settings_both(w, &(struct settings_both){ .object = s->stored.id, .typed = fill_times(w, typed, 0),
	    .stored = fill_times(w, &now.stored, moved), .spoken = spoken, .spoken_n = COUNT(spoken) }, &form));
	return show_form(w, &now, form, 409);
}

static err
save_or_show(struct web *w, const struct subject *s)
{
	struct absence to = { .practitioner = s->stored.practitioner }, typed;
	enum absence_scope scope = read_scope(w, &s->stored);
	struct booking *covered;
	size_t n;
	id saved;
	err e = read_form(w, &to);

	typed = to;
	if (e == OK)
		fit(s, scope, &to);
	/* Moved by the fitting, a sound form may have left the calendar, or begin after its end. */
	if (e == OK && absence_check(&to) != ABSENCE_SOUND)
		web_error(w, "debut_jour", text(w->c.lang,
		    T("With this date, the absences as a whole do not fit the calendar.")));
	if (w->errors_n > 0)
		return show_form(w, s, filled_typed(w), 422);
	/* Before anything is asked; the change itself looks again. */
	if (s->stored.id != 0 && s->stored.version != settings_version(w))
		return show_both(w, s, &typed);
	TRY(cover_find(w, &to, s->stored.id != 0 ? &s->stored : NULL, &covered, &n));
	if (n > 0 && !web_field_sent(w, "confirme")) {
		struct cover_page p = { .action = s->action, .absence = absence_words(w, &to),
			.back_url = absences_url(w, to.practitioner) };

		return cover_ask(w, &p, covered, n);
	}
	e = save(w, s, scope, &to, &saved);
	if (e == ERR_CONFLICT)
		return show_both(w, s, &typed);
	TRY(e);
	if (n > 0)
		return cover_act(w, saved, covered, n);
	return view_redirect(w, absences_url(w, to.practitioner), "enregistre");
}

err
page_absence_new(struct web *w)
{
	struct subject s = { .action = S("/reglages/absences/nouvelle") };
	struct settings_who who;

	TRY(settings_who(w, &who));
	s.stored.practitioner = who.practitioner.id;
	TRY(settings_own(w, s.stored.practitioner));
	if (w->http->method == HTTP_POST)
		return save_or_show(w, &s);
	return show_form(w, &s, fill(w, &s.stored, 0), 200);
}

static err
find(struct web *w, struct subject *ret)
{
	struct subject s = {0};
	id absence;

	TRY(web_arg_id(w, 0, &absence));
	TRY(absence_get(&w->c, absence, &s.stored));
	TRY(settings_own(w, s.stored.practitioner));
	s.action = str_printf(w->c.mem, "/reglages/absences/%lld", (long long)absence);
	s.occurrence = s.stored.first_day;
	if (s.stored.every_weeks > 0 && web_field(w, "jour").n > 0 &&
	    !civil_parse_date(web_field(w, "jour"), &s.occurrence))
		return ERR_NOT_FOUND;
	*ret = s;
	return OK;
}

/*
 * Somebody removed it, or put another in its place, while its form was typed:
 * what was typed stands in the form of a new one.
 */
static err
show_removed(struct web *w)
{
	struct subject s = { .action = S("/reglages/absences/nouvelle") };
	struct settings_who who;
	struct filled *form;
	id absence;

	TRY(web_arg_id(w, 0, &absence));
	TRY(settings_who(w, &who));
	s.stored.practitioner = who.practitioner.id;
	TRY(settings_own(w, s.stored.practitioner));
	TRY(settings_removed(w, absence, &form));
	return show_form(w, &s, form, 409);
}

err
page_absence_edit(struct web *w)
{
	struct subject s;
	err e = find(w, &s);

	if (e == ERR_NOT_FOUND && w->http->method == HTTP_POST && web_field_sent(w, "version"))
		return show_removed(w);
	TRY(e);
	if (w->http->method == HTTP_POST)
		return save_or_show(w, &s);
	TRY(absence_open(&w->c, PURPOSE_DESK, &s.stored, 1));
	return show_form(w, &s, fill(w, &s.stored, s.occurrence), 200);
}

err
page_absence_remove(struct web *w)
{
	struct subject s;
	id none;

	TRY(find(w, &s));
	TRY(save(w, &s, read_scope(w, &s.stored), NULL, &none));
	return view_redirect(w, absences_url(w, s.stored.practitioner), "supprime");
}
