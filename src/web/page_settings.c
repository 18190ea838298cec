/* page_settings.c - the overview of the settings, the practice itself, and what their pages share. */
#include "web/page_settings.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_cabinet, { "nom", ORG_NAME_MAX, false }, { "telephone", PRACTICE_PHONE_MAX, false },
	{ "fuseau", ORG_ZONE_MAX, false }, { "langue", 1, false }, { "couleur", 1, false },
	{ "delai", 6, false }, { "version", 20, false });

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

/* ---- the overview ---- */

static const struct { const char *url, *title, *what, *icon; } cards[] = {
	{ "/reglages/cabinet", T("The practice"),
	    T("Name, phone, language, colour, and until when patients may cancel."), ICON("building-2") },
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

static const struct { const char *name, *text; } wrong[] = {
	[ORG_FIELD_NAME] = { "nom", T("Write the name of the practice, as patients know it.") },
	[ORG_FIELD_ZONE] = { "fuseau", T("Choose a time zone of the list.") },
	[ORG_FIELD_LANG] = { "langue", T("Choose a language.") },
	[ORG_FIELD_PHONE] = { "telephone", T("Write digits only: 02 40 00 00 00.") },
	[ORG_FIELD_COLOUR] = { "couleur", T("Choose a colour.") },
	[ORG_FIELD_CANCEL_LIMIT] = { "delai", T("Choose until when patients may cancel.") },
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

static struct filled *
fill(struct web *w)
{
	struct filled *f = filled_new(w);

	filled_put(f, "nom", w->org.name);
	filled_put(f, "telephone", w->org.phone);
	filled_put(f, "fuseau", w->org.zone);
	filled_put_int(f, "langue", w->org.lang);
	filled_put_int(f, "couleur", w->org.colour);
	filled_put_int(f, "delai", w->org.cancel_limit_minutes);
	filled_put_int(f, "version", w->org.version);
	return f;
}

static err
show(struct web *w, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("The practice")) };
	struct cabinet_page p = { .layout = &l, .form = form, .changed_meanwhile = status == 409 };
	struct choice languages[] = { { .value = S("0"), .label = S("Français") },
	    { .value = S("1"), .label = S("English") } };

	p.languages = languages;
	p.languages_n = COUNT(languages);
	zone_choices(w, &p);
	p.limits = settings_limits(w, w->org.cancel_limit_minutes, &p.limits_n);
	struct out *o = view_begin(w, &l);

	page_cabinet_show(o, &p);
	return view_end(w, o, status);
}

static void
say_stored(struct web *w, const char *field, str stored)
{
	web_error(w, field, FILL(w->c.mem, w->c.lang, T("Saved meanwhile by somebody else: {value}"),
	    ARG("value", stored.n > 0 ? stored : text(w->c.lang, T("empty")))));
}

/*
 * Somebody saved this page meanwhile: beside each of our values that differs
 * stands theirs, and saving again takes ours on purpose.
 */
static err
show_both(struct web *w, const struct org *typed)
{
	struct filled *form = filled_new(w);

	TRY(org_get(&w->c, &w->org));
	if (!str_eq(typed->name, w->org.name))
		say_stored(w, "nom", w->org.name);
	if (!str_eq(typed->phone, w->org.phone))
		say_stored(w, "telephone", w->org.phone);
	if (!str_eq(typed->zone, w->org.zone))
		say_stored(w, "fuseau", w->org.zone);
	if (typed->lang != w->org.lang)
		say_stored(w, "langue", w->org.lang == LANG_FR ? S("Français") : S("English"));
	if (typed->colour != w->org.colour)
		say_stored(w, "couleur", colour_name(w->c.lang, w->org.colour));
	if (typed->cancel_limit_minutes != w->org.cancel_limit_minutes)
		say_stored(w, "delai", limit_words(w, w->org.cancel_limit_minutes));
	/* The version first: the form's own, older one, comes after it. */
	filled_put_int(form, "version", w->org.version);
	for (size_t i = 0; i < w->fields_n; i++)
		form->values[form->n++] = w->fields[i];
	return show(w, form, 409);
}

err
page_cabinet(struct web *w)
{
	return show(w, fill(w), 200);
}

err
page_cabinet_save(struct web *w)
{
	struct org typed = w->org;
	int64_t lang = LANG_COUNT, colour = -1, limit = -1;
	enum org_field bad;

	typed.name = web_field(w, "nom");
	typed.phone = web_field(w, "telephone");
	typed.zone = web_field(w, "fuseau");
	(void)web_field_int(w, "langue", 0, LANG_COUNT - 1, &lang);
	(void)web_field_int(w, "couleur", 0, ORG_COLOUR_MAX, &colour);
	(void)web_field_int(w, "delai", 0, ORG_CANCEL_LIMIT_MINUTES_MAX, &limit);
	typed.lang = (enum lang)lang;
	typed.colour = (int)colour;
	typed.cancel_limit_minutes = (int)limit;
	if (!web_field_int(w, "version", 1, INT64_MAX, &typed.version))
		return ERR_INVALID;
	if (w->errors_n == 0 && (bad = org_check(&typed)) != ORG_SOUND)
		web_error(w, wrong[bad].name, text(w->c.lang, wrong[bad].text));
	if (w->errors_n > 0)
		return show(w, filled_typed(w), 422);
	err e = org_update(&w->c, &typed);
	if (e == ERR_CONFLICT)
		return show_both(w, &typed);
	TRY(e);
	return view_redirect(w, S("/reglages/cabinet"), "enregistre");
}
