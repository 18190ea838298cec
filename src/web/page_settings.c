/* page_settings.c - the overview of the settings, the practice itself, and what their pages share. */
#include "web/page_settings.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_cabinet, { "nom", ORG_NAME_MAX, false }, { "telephone", PRACTICE_PHONE_MAX, false },
	{ "delai", 6, false }, { "rappel", 6, false }, { "feries", 1, false }, { "couleur", 1, false },
	{ "langue", 1, false }, { "fuseau", ORG_ZONE_MAX, false }, { "version", 20, false });

/* ---- the overview ---- */

static const struct { const char *url, *title, *what, *icon; } cards[] = {
	{ "/reglages/cabinet", T("The practice"),
	    T("Name, phone, language, colour; until when patients may cancel, when they are reminded; public holidays."), ICON("building-2") },
	{ "/reglages/lieux", T("Places"), T("Addresses, and how to get in."), ICON("map-pin") },
	{ "/reglages/soignants", T("Practitioners"),
	    T("Who can be booked: name, specialty, languages, photo."), ICON("stethoscope") },
	{ "/reglages/motifs", T("Motives"),
	    T("Why one comes: duration, colour, online booking, instructions."), ICON("clipboard-list") },
	{ "/reglages/salles", T("Rooms and devices"),
	    T("What an appointment needs besides the practitioner."), ICON("door-open") },
	{ "/reglages/horaires", T("Opening hours"),
	    T("The week of each practitioner, and exceptional openings."), ICON("clock") },
	{ "/reglages/absences", T("Absences"), T("Holidays, training, regular absences."), ICON("calendar-x") },
	{ "/reglages/equipe", T("Staff and rights"),
	    T("Who works here, in which role; invitations."), ICON("users") },
	{ "/messages", T("Messages"),
	    T("What was sent to patients, what waits, what failed."), ICON("mail") },
	{ "/reglages/alertes", T("Alarms"), T("Accounts that read many files in a short time."), ICON("triangle-alert") },
	{ "/reglages/journal", T("Log"), T("Who changed what, and when."), ICON("scroll-text") },
};

/* What this role may open, by the site map itself. */
static bool
may_open(const struct web *w, const char *url)
{
	for (size_t i = 0; i < routes_n; i++)
		if (routes[i].method == HTTP_GET && strcmp(routes[i].pattern, url) == 0)
			return (routes[i].roles & ROLE_BIT(w->c.role)) != 0;
	return false;
}

err
page_settings(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Settings")) };
	struct settings_card *shown = NEW_N(w->c.mem, struct settings_card, COUNT(cards));
	struct settings_page p = { .layout = &l, .cards = shown };

	for (size_t i = 0; i < COUNT(cards); i++)
		if (may_open(w, cards[i].url))
			shown[p.cards_n++] = (struct settings_card){ str_c(cards[i].url),
			    text(w->c.lang, cards[i].title), text(w->c.lang, cards[i].what), cards[i].icon };
	struct out *o = view_begin(w, &l);

	page_settings_show(o, &p);
	return view_end(w, o, 200);
}

/* ---- the practice itself ---- */

static const struct filled_wrong wrong[] = {
	{ ORG_FIELD_NAME, "nom", T("Write the name of the practice, as patients know it.") },
	{ ORG_FIELD_ZONE, "fuseau", T("Choose a time zone of the list.") },
	{ ORG_FIELD_LANG, "langue", T("Choose a language.") },
	{ ORG_FIELD_PHONE, "telephone", T("Write digits only: 02 40 00 00 00.") },
	{ ORG_FIELD_COLOUR, "couleur", T("Choose a colour.") },
	{ ORG_FIELD_CANCEL_LIMIT, "delai", T("Choose until when patients may cancel.") },
	{ ORG_FIELD_REMINDER, "rappel", T("Choose when patients are reminded.") },
};

/* French zones first, then those of neighbours and of other French-speaking practices. */
static const struct { const char *zone, *name; } zones[] = {
	{ "Europe/Paris", T("Metropolitan France (Paris)") },
	{ "America/Guadeloupe", T("Guadeloupe, Saint-Martin, Saint-Barthélemy") },
	{ "America/Martinique", T("Martinique") },
	{ "America/Cayenne", T("French Guiana (Cayenne)") },
	{ "Indian/Reunion", T("Réunion") },
	{ "Indian/Mayotte", T("Mayotte") },
	{ "America/Miquelon", T("Saint-Pierre-et-Miquelon") },
	{ "Pacific/Noumea", T("New Caledonia (Nouméa)") },
	{ "Pacific/Wallis", T("Wallis-et-Futuna") },
	{ "Pacific/Tahiti", T("French Polynesia (Tahiti)") },
	{ "Pacific/Marquesas", T("Marquesas Islands") },
	{ "Pacific/Gambier", T("Gambier Islands") },
	{ "Europe/Brussels", T("Belgium (Brussels)") },
	{ "Europe/Luxembourg", T("Luxembourg") },
	{ "Europe/Zurich", T("Switzerland (Zürich)") },
	{ "Europe/Monaco", T("Monaco") },
	{ "Europe/London", T("United Kingdom (London)") },
	{ "Europe/Berlin", T("Germany (Berlin)") },
	{ "Europe/Madrid", T("Spain (Madrid)") },
	{ "Europe/Rome", T("Italy (Rome)") },
	{ "America/Toronto", T("Canada (Toronto, Montréal)") },
	{ "Africa/Algiers", T("Algeria (Algiers)") },
	{ "Africa/Casablanca", T("Morocco (Casablanca)") },
	{ "Africa/Tunis", T("Tunisia (Tunis)") },
	{ "Africa/Dakar", T("Senegal (Dakar)") },
	{ "Africa/Abidjan", T("Côte d’Ivoire (Abidjan)") },
};

/* The stored one too, if it is another. */
static void
zone_choices(struct web *w, struct cabinet_page *p)
{
	struct choice *list = NEW_N(w->c.mem, struct choice, COUNT(zones) + 1);
	bool known = false;

	for (size_t i = 0; i < COUNT(zones); i++) {
		list[p->zones_n++] = (struct choice){ .value = str_c(zones[i].zone),
		    .label = text(w->c.lang, zones[i].name) };
		known |= str_eq(str_c(zones[i].zone), w->org.zone);
	}
	if (!known)
		list[p->zones_n++] = (struct choice){ .value = w->org.zone, .label = w->org.zone };
	p->zones = list;
}

static str
reminder_words(struct web *w, int hours)
{
	if (hours == 0)
		return text(w->c.lang, T("No reminder"));
	str span = hours % 24 == 0 && hours > 48 ?
	    text_n(w->c.mem, w->c.lang, TN("{n} day", "{n} days"), hours / 24) :
	    text_duration(w->c.mem, w->c.lang, hours * 60);

	return FILL(w->c.mem, w->c.lang, T("{span} before"), ARG("span", span));
}

/* The usual ones, and the stored one. */
static void
reminder_choices(struct web *w, struct cabinet_page *p)
{
	static const int hours[] = { 0, 24, 48, 72, 168 };
	struct choice *list = NEW_N(w->c.mem, struct choice, COUNT(hours) + 1);
	bool known = false;

	for (size_t i = 0; i < COUNT(hours); i++) {
		list[p->reminders_n++] = (struct choice){ .value = str_of_int(w->c.mem, hours[i]),
		    .label = reminder_words(w, hours[i]) };
		known |= hours[i] == w->org.reminder_hours;
	}
	if (!known)
		list[p->reminders_n++] = (struct choice){ .value = str_of_int(w->c.mem, w->org.reminder_hours),
		    .label = reminder_words(w, w->org.reminder_hours) };
	p->reminders = list;
}

static struct filled *
fill(struct web *w, const struct org *o)
{
	struct filled *f = filled_new(w);

	filled_put(f, "nom", o->name);
	filled_put(f, "telephone", o->phone);
	filled_put_int(f, "delai", o->cancel_limit_minutes);
	filled_put_int(f, "rappel", o->reminder_hours);
	filled_put(f, "feries", o->open_on_holidays ? S("") : S("1"));
	filled_put_int(f, "couleur", o->colour);
	filled_put_int(f, "langue", o->lang);
	filled_put(f, "fuseau", o->zone);
	filled_put_int(f, "version", o->version);
	return f;
}

static err
show(struct web *w, struct cabinet_page *p, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("The practice")) };

	p->about = (struct settings_form){ .layout = &l, .form = form, .action = S("/reglages/cabinet"),
		.list_url = S("/reglages"), .list_words = text(w->c.lang, T("All settings")) };
	struct out *o = view_begin(w, &l);

	page_cabinet_show(o, p);
	return view_end(w, o, status);
}

static void
read_choices(struct web *w, struct cabinet_page *p)
{
	static const struct choice languages[] = { { .value = { "0", 1 }, .label = { "Français", 9 } },
	    { .value = { "1", 1 }, .label = { "English", 7 } } };

	*p = (struct cabinet_page){ .languages = languages, .languages_n = COUNT(languages) };
	zone_choices(w, p);
	reminder_choices(w, p);
	p->limits = settings_limits(w, w->org.cancel_limit_minutes, &p->limits_n);
}

static err
show_both(struct web *w, const struct org *typed)
{
	struct cabinet_page p;
	struct filled *form;

	TRY(org_get(&w->c, &w->org));
	read_choices(w, &p);
	const struct choice holidays[] = { { .value = S("1"), .label = text(w->c.lang, T("Closed")) },
		{ .value = S(""), .label = text(w->c.lang, T("Open as on other days")) } };
	const struct settings_spoken spoken[] = { { "delai", p.limits, p.limits_n },
		{ "rappel", p.reminders, p.reminders_n }, { "feries", holidays, COUNT(holidays) },
		{ "langue", p.languages, p.languages_n }, { "fuseau", p.zones, p.zones_n },
		{ "couleur", settings_colours(w), ORG_COLOUR_MAX + 1 } };

	TRY(settings_both(w, &(struct settings_both){ .object = w->c.org, .typed = fill(w, typed),
	    .stored = fill(w, &w->org), .spoken = spoken, .spoken_n = COUNT(spoken) }, &form));
	return show(w, &p, form, 409);
}

err
page_cabinet(struct web *w)
{
	struct cabinet_page p;

	read_choices(w, &p);
	return show(w, &p, fill(w, &w->org), 200);
}

err
page_cabinet_save(struct web *w)
{
	struct org typed = w->org;
	int64_t lang = LANG_COUNT, colour = -1, limit = -1, reminder = -1;
	struct cabinet_page p;

	typed.name = web_field(w, "nom");
	typed.phone = web_field(w, "telephone");
	typed.zone = web_field(w, "fuseau");
	(void)web_field_int(w, "langue", 0, LANG_COUNT - 1, &lang);
	(void)web_field_int(w, "couleur", 0, ORG_COLOUR_MAX, &colour);
	(void)web_field_int(w, "delai", 0, ORG_CANCEL_LIMIT_MINUTES_MAX, &limit);
	(void)web_field_int(w, "rappel", 0, ORG_REMINDER_HOURS_MAX, &reminder);
	typed.lang = (enum lang)lang;
	typed.colour = (int)colour;
	typed.cancel_limit_minutes = (int)limit;
	typed.reminder_hours = (int)reminder;
	typed.open_on_holidays = web_field(w, "feries").n == 0;
	typed.version = settings_version(w);
	filled_complain(w, org_check(&typed), wrong, COUNT(wrong));
	if (w->errors_n > 0) {
		read_choices(w, &p);
		return show(w, &p, filled_typed(w), 422);
	}
	err e = org_update(&w->c, &typed);
	if (e == ERR_CONFLICT)
		return show_both(w, &typed);
	TRY(e);
	return view_redirect(w, S("/reglages/cabinet"), "enregistre");
}
