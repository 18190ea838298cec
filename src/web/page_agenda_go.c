/*
 * page_agenda_go.c - to go somewhere without looking for it (ux-6, ux-12, ux-13): the
 * next free time, and one field for a day, an agenda, a patient or a command.  What is
 * typed may be a name, so it is posted: it stands in no address, history or log.
 */
#include "asset_names.h"
#include "format/fold.h"
#include "format/when.h"
#include "practice/person_search.h"
#include "web/page_agenda_go.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_agenda_go, { "q", PERSON_SEARCH_QUERY_MAX, false });

enum { PATIENTS_MAX = 8, PATIENT_LETTERS_MIN = 2, FREE_WINDOWS = 9 };	/* of DAY_MONTH_MAX days: a year */

/* ---- the next free time ---- */

/* Whose time: one agenda's alone, or any of those on the sheet. */
static struct day_query
free_query(struct web *w, const struct agenda_view *v)
{
	struct day_query q = agenda_query(v);
	const struct practitioner *one;
	id who;

	q.days = DAY_MONTH_MAX;
	if (web_field_id(w, "praticien", &who) && (one = agenda_practitioner(v->all, v->all_n, who)) != NULL) {
		q.practitioners = one;
		q.practitioners_n = 1;
	}
	return q;
}

static err
free_find(struct web *w, const struct agenda_view *v, usec after, bool backwards, struct day_free *ret)
{
	struct day_query q = free_query(w, v);
	day on = zone_local(w->zone, after).day;
	err e = ERR_NOT_FOUND;

	for (int i = 0; i < FREE_WINDOWS && e == ERR_NOT_FOUND; i++) {
		q.from = backwards ? on - (i + 1) * DAY_MONTH_MAX + 1 : on + i * DAY_MONTH_MAX;
		if (backwards && q.from + DAY_MONTH_MAX <= v->today)
			break;
		e = day_free_next(&w->c, w->zone, &q, after, backwards, ret);
	}
	return e;
}

/* Leads to the agenda of that day, with the free time in the hand. */
err
page_agenda_free(struct web *w)
{
	bool backwards = str_eq(web_field(w, "sens"), S("avant"));
	struct agenda_view v;
	struct day_free found;
	usec after;

	TRY(agenda_view_read(w, &v));
	if (!agenda_moment_read(w->zone, web_field(w, "apres"), &after))
		after = zone_instant(w->zone, agenda_query(&v).from, 0, NULL) - 1;
	err e = free_find(w, &v, after, backwards, &found);
	if (e == ERR_NOT_FOUND)
		return view_redirect(w, agenda_url(w, &v), backwards ? "aucun-libre-avant" : "aucun-libre");
	TRY(e);
	return view_redirect(w, str_printf(w->c.mem, "%.*s&libre=%.*s&pour=%lld",
	    STR_FMT(agenda_url_on(w, &v, zone_local(w->zone, found.start).day)),
	    STR_FMT(agenda_moment(w->c.mem, w->zone, found.start)), (long long)found.practitioner->id), NULL);
}

/* ---- one field ---- */

static const struct command { const char *words, *url, *icon; uint32_t roles; } commands[] = {
	{ T("Today’s list"), "/aujourdhui", ICON("sun"), ROLES_STAFF },
	{ T("Agenda by day"), "/agenda?vue=jour", ICON("calendar-days"), ROLES_STAFF },
	{ T("Agenda by week"), "/agenda?vue=semaine", ICON("calendar-days"), ROLES_STAFF },
	{ T("Agenda in columns"), "/agenda?vue=colonnes", ICON("columns-2"), ROLES_STAFF },
	{ T("New appointment"), "/agenda/rdv/nouveau", ICON("plus"), ROLES_STAFF },
	{ T("Next free time"), "/agenda/libre", ICON("calendar-search"), ROLES_STAFF },
	{ T("Block time"), "/agenda/blocage", ICON("lock"), ROLES_STAFF },
	{ T("Print the day"), "/agenda/feuille", ICON("printer"), ROLES_STAFF },
	{ T("To do"), "/taches", ICON("list-checks"), ROLES_STAFF },
	{ T("Opening hours"), "/reglages/horaires", ICON("clock"), ROLES_STAFF },
	{ T("Absences"), "/reglages/absences", ICON("calendar-x"), ROLES_STAFF },
	{ T("Settings"), "/reglages", ICON("settings"), ROLES_STAFF },
	{ T("Motives"), "/reglages/motifs", ICON("settings"), ROLE_BIT(ROLE_ADMINISTRATOR) },
	{ T("Messages"), "/messages", ICON("mail"), ROLE_BIT(ROLE_ADMINISTRATOR) },
	{ T("My account"), "/compte", ICON("user"), ROLES_STAFF },
	{ T("Keyboard shortcuts"), "/agenda/raccourcis", ICON("keyboard"), ROLES_STAFF },
};

static void
add(struct go_page *p, struct go_line line)
{
	p->lines[p->n++] = line;
}

static void
add_day(struct web *w, struct go_page *p)
{
	day today = zone_local(w->zone, w->c.now).day, on;

	if (when_parse(w->c.mem, p->query, today, &on))
		add(p, (struct go_line){ .icon = ICON("calendar-days"),
		    .url = str_printf(w->c.mem, "/agenda?date=%.*s", STR_FMT(civil_iso_date(w->c.mem, on))),
		    .words = text_capital(w->c.mem, text_date_year(w->c.mem, w->c.lang, on)) });
}

/* By its French or its English name, whichever comes to mind. */
static void
add_commands(struct web *w, str folded, struct go_page *p)
{
	for (size_t i = 0; i < COUNT(commands); i++) {
		const struct command *c = &commands[i];
		bool meant = folded.n == 0;

		for (int lang = 0; lang < LANG_COUNT && !meant; lang++)
			meant = fold_starts_word(fold(w->c.mem, text((enum lang)lang, c->words)), folded);
		if (meant && c->roles & ROLE_BIT(w->c.role))
			add(p, (struct go_line){ str_c(c->url), text(w->c.lang, c->words), {0}, c->icon });
	}
}

static void
add_agendas(struct web *w, str folded, const struct practitioner *all, size_t n, struct go_page *p)
{
	for (size_t i = 0; i < n && folded.n > 0; i++) {
		str name = practitioner_name(w->c.mem, &all[i]);

		if (fold_starts_word(fold(w->c.mem, name), folded))
			add(p, (struct go_line){ .words = name, .detail = text(w->c.lang, T("Agenda of the week")),
			    .icon = ICON("stethoscope"), .url = str_printf(w->c.mem, "/agenda?vue=semaine&agendas=%.*s",
			    STR_FMT(all[i].slug)) });
	}
}

static err
add_patients(struct web *w, struct go_page *p)
{
	struct person *people;
	bool more;
	size_t n;

	if (str_utf8_count(p->query) < PATIENT_LETTERS_MIN)
		return OK;
	err e = person_search(&w->c, p->query, &people, &n, &more);
	if (e == ERR_TOO_LARGE) {
		web_error(w, NULL, text(w->c.lang, T("Search with fewer words.")));
		return OK;
	}
	TRY(e);
	for (size_t i = 0; i < n && i < PATIENTS_MAX; i++) {
		struct found_person found = found_line(w, &people[i]);

		add(p, (struct go_line){ .words = found.name, .detail = found.detail, .icon = ICON("user"),
		    .url = str_printf(w->c.mem, "/agenda/rdv/nouveau?patient=%.*s", STR_FMT(found.value)) });
	}
	return OK;
}

/* What the field may mean, the surest first. */
err
page_agenda_go(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Go to")) };
	struct go_page p = { .layout = &l, .query = web_field(w, "q") };
	struct practitioner *all;
	size_t n;

	TRY(practitioner_list(&w->c, false, &all, &n));
	p.lines = NEW_N(w->c.mem, struct go_line, 1 + COUNT(commands) + n + PATIENTS_MAX);
	if (w->errors_n == 0) {
		str folded = fold(w->c.mem, p.query);

		add_day(w, &p);
		add_commands(w, folded, &p);
		add_agendas(w, folded, all, n, &p);
		TRY(add_patients(w, &p));
	}
	struct out *o = view_begin(w, &l);
	page_agenda_go_view(o, &p);
	return view_end(w, o, w->errors_n > 0 ? 422 : 200);
}
