/* page_agenda.c - the agenda by day, week and columns (ux-8 to ux-30). */
#include "asset_names.h"
#include "practice/booking_undo.h"
#include "practice/columns.h"
#include "practice/person.h"
#include "web/page_agenda.h"
#include "web/pages.h"
#include "web/view.h"

static const char *const kind_names[] = {
	[AGENDA_DAY] = "jour", [AGENDA_WEEK] = "semaine", [AGENDA_COLUMNS] = "colonnes",
};

/* Of a week, the same weekday of the one before: so that coming back leads to the same day. */
static int
step_of(const struct agenda_view *v)
{
	return v->kind == AGENDA_WEEK ? 7 : 1;
}

static str
date_words(struct web *w, const struct agenda_view *v)
{
	struct ctx *c = &w->c;
	day monday = civil_monday(v->date);

	if (v->kind != AGENDA_WEEK)
		return text_capital(c->mem, text_date_year(c->mem, c->lang, v->date));
	return FILL(c->mem, c->lang, T("Week {number}, from {first} to {last}"),
	    ARG("number", str_of_int(c->mem, civil_iso_week(v->date))),
	    ARG("first", text_date_numeric(c->mem, c->lang, monday)),
	    ARG("last", text_date_numeric(c->mem, c->lang, monday + 6)));
}

static day
month_first(day on)
{
	struct civil_date d = civil_date(on);

	return on - (d.day - 1);
}

static str
month_day_words(struct web *w, const struct month_day *m, day on)
{
	str date = text_date_year(w->c.mem, w->c.lang, on);

	if (m->fullness != DAY_FULL)
		return date;
	return FILL(w->c.mem, w->c.lang, T("{date}, full"), ARG("date", date));
}

static err
month_read(struct web *w, const struct agenda_view *v, struct month *ret)
{
	day first = month_first(v->date), monday = civil_monday(first);
	day next = month_first(first + 31);
	struct day_query q = agenda_query(v);
	enum day_fullness fullness[MONTH_DAYS];

	q.from = monday;
	q.days = MONTH_DAYS;
	TRY(day_fullness(&w->c, w->zone, &q, fullness));
	ret->title = text_capital(w->c.mem, text_month(w->c.mem, w->c.lang, v->date));
	ret->before_url = agenda_url_on(w, v, month_first(first - 1));
	ret->after_url = agenda_url_on(w, v, next);
	ret->weeks = (next - monday + 6) / 7;
	for (int i = 0; i < ret->weeks * 7; i++) {
		struct month_day *m = &ret->days[i];
		day on = monday + i;

		m->fullness = fullness[i];
		m->number = str_of_int(w->c.mem, civil_date(on).day);
		m->url = agenda_url_on(w, v, on);
		m->outside = on < first || on >= next;
		m->today = on == v->today;
		m->chosen = on == v->date;
		m->words = month_day_words(w, m, on);
	}
	return OK;
}

static void
legend_read(struct web *w, const struct agenda_grid *g, struct agenda_page *p)
{
	p->legend = NEW_N(w->c.mem, const struct motive *, g->motives_n);
	for (size_t m = 0; m < g->motives_n; m++) {
		bool used = false;

		for (size_t i = 0; i < g->n && !used; i++)
			for (size_t k = 0; k < g->columns[i].n && !used; k++)
				used = g->columns[i].items[k].day->kind == DAY_BOOKING &&
				    g->columns[i].items[k].day->motive == &g->motives[m];
		if (used)
			p->legend[p->legend_n++] = &g->motives[m];
	}
}

static void
choices_read(struct web *w, const struct agenda_view *v, struct agenda_page *p)
{
	p->choices = NEW_N(w->c.mem, struct agenda_choice, v->all_n);
	p->choices_n = v->all_n;
	for (size_t i = 0; i < v->all_n; i++)
		p->choices[i] = (struct agenda_choice){ .slug = v->all[i].slug,
		    .name = practitioner_name(w->c.mem, &v->all[i]),
		    .chosen = agenda_practitioner(v->chosen, v->chosen_n, v->all[i].id) != NULL };
}

/* The new appointment comes back here. */
static str
with_return(struct web *w, const char *path, const struct agenda_view *v)
{
	struct buf b = buf_in(w->c.mem, 2 * AGENDA_URL_BYTES_MAX);

	buf_printf(&b, "%s?jour=%.*s&retour=", path, STR_FMT(civil_iso_date(w->c.mem, v->date)));
	buf_url(&b, agenda_url(w, v));
	if (v->chosen_n > 0)
		buf_printf(&b, "&praticien=%lld", (long long)v->chosen[0].id);
	return buf_str(&b);
}

/* "Dupont Marie, lundi 23 novembre à 10 h 35": what hangs over the agenda until it is put down. */
static void
cut_read(struct web *w, const struct agenda_view *v, struct agenda_cut *ret)
{
	struct civil at = zone_local(w->zone, v->cut.start);
	struct agenda_view without = *v;
	struct person who;

	if (v->cut.id == 0)
		return;
	without.cut.id = 0;
	ret->forget_url = agenda_url(w, &without);
	str name = text(w->c.lang, v->cut.kind == BOOKING_BLOCK ? T("Blocked time") : T("Appointment"));
	/* Frozen or erased meanwhile: the appointment can still be moved. */
	if (v->cut.person != 0 && person_get(&w->c, PURPOSE_DESK, v->cut.person, &who) == OK)
		name = person_name_by_family(w->c.mem, &who);
	ret->words = FILL(w->c.mem, w->c.lang, T("Cut: {name}, {when}"), ARG("name", name),
	    ARG("when", text_date_hour(w->c.mem, w->c.lang, at.day, at.minute)));
}

/* More columns than a sheet holds are leafed through. */
static void
parts_read(struct web *w, const struct agenda_view *v, struct agenda_page *p)
{
	size_t first = (size_t)v->sheet * DAY_COLUMNS_MAX, last = first + agenda_query(v).practitioners_n;
	struct agenda_view other = *v;

	if (v->there_n <= DAY_COLUMNS_MAX)
		return;
	p->part_words = FILL(w->c.mem, w->c.lang, T("Columns {first} to {last} of {all}"),
	    ARG("first", str_of_int(w->c.mem, (int64_t)first + 1)), ARG("last", str_of_int(w->c.mem, (int64_t)last)),
	    ARG("all", str_of_int(w->c.mem, (int64_t)v->there_n)));
	other.sheet = v->sheet - 1;
	if (v->sheet > 0)
		p->part_before_url = agenda_url(w, &other);
	other.sheet = v->sheet + 1;
	if (last < v->there_n)
		p->part_after_url = agenda_url(w, &other);
}

/* From the one that is marked on; else from the first of this view. */
static str
next_url(struct web *w, const struct agenda_view *v)
{
	str url = agenda_url_at(w, v, "/agenda/libre");

	return v->marked == 0 ? url : str_printf(w->c.mem, "%.*s&apres=%.*s", STR_FMT(url),
	    STR_FMT(agenda_moment(w->c.mem, w->zone, v->marked)));
}

static void
links_read(struct web *w, const struct agenda_view *v, struct agenda_page *p)
{
	p->before_url = agenda_url_on(w, v, v->date - step_of(v));
	p->after_url = agenda_url_on(w, v, v->date + step_of(v));
	p->today_url = agenda_url_on(w, v, v->today);
	p->here_url = agenda_url(w, v);
	p->version_url = agenda_url_at(w, v, "/agenda/version");
	p->next_url = next_url(w, v);
	p->sheet_url = agenda_url_at(w, v, "/agenda/feuille");
	p->kind_name = kind_names[v->kind];
	for (int i = 0; i < (int)COUNT(p->kind_urls); i++)
		p->kind_urls[i] = agenda_url_as(w, v, (enum agenda_kind)i);
	p->new_url = with_return(w, "/agenda/rdv/nouveau", v);
	p->block_url = with_return(w, "/agenda/blocage", v);
}

err
page_agenda(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .script = str_c(ASSET_AGENDA_JS) };
	struct agenda_view v;
	struct agenda_grid grid;
	struct agenda_page p = { .layout = &l, .view = &v, .grid = &grid };

	TRY(agenda_view_read(w, &v));
	TRY(agenda_grid_read(w, &v, &grid));
	TRY(month_read(w, &v, &p.month));
	cut_read(w, &v, &p.cut);
	l.title = p.date_words = date_words(w, &v);
	links_read(w, &v, &p);
	parts_read(w, &v, &p);
	legend_read(w, &grid, &p);
	choices_read(w, &v, &p);
	if (web_field_id(w, "rdv", &p.undo.booking) &&
	    booking_undo_left(&w->c, p.undo.booking, web_field(w, "defaire")) > 0) {
		p.undo.token = web_field(w, "defaire");
		p.undo.back = p.here_url;
	}

	struct out *o = view_begin(w, &l);
	page_agenda_view(o, &p);
	return view_end(w, o, 200);
}

err
page_agenda_version(struct web *w)
{
	struct agenda_view v;
	str version;

	TRY(agenda_view_read(w, &v));
	TRY(agenda_version(w, &v, &version));
	return view_bytes(w, 200, S("text/plain; charset=utf-8"), version);
}

/* Everybody, or nobody, is no choice: then those who come later are there too. */
err
page_agenda_columns(struct web *w)
{
	struct agenda_view v;
	id *chosen;

	TRY(agenda_view_read(w, &v));
	chosen = NEW_N(w->c.mem, id, v.chosen_n + 1);
	for (size_t i = 0; i < v.chosen_n; i++)
		chosen[i] = v.chosen[i].id;
	err e = columns_set(&w->c, chosen, v.chosen_by_hand && v.chosen_n < v.all_n ? v.chosen_n : 0);
	if (e != ERR_TOO_LARGE)
		TRY(e);
	/* Too many to be remembered: they stand in the address. */
	v.chosen_by_hand = e == ERR_TOO_LARGE;
	v.sheet = 0;
	return view_redirect(w, agenda_url(w, &v), e == OK ? "colonnes" : NULL);
}

err
page_agenda_shortcuts(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Keyboard shortcuts")),
	    .script = str_c(ASSET_AGENDA_JS) };
	struct out *o = view_begin(w, &l);

	page_agenda_shortcuts_view(o, &l);
	return view_end(w, o, 200);
}
