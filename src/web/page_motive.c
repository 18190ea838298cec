/* page_motive.c - motives: duration, who does them, with what, and who may book them. */
#include "practice/resource.h"
#include "web/page_motive.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_motive, { "nom", MOTIVE_NAME_MAX, false }, { "court", MOTIVE_SHORT_NAME_MAX, false },
	{ "couleur", 1, false }, { "consignes", MOTIVE_INSTRUCTIONS_MAX, false }, { "minutes", 3, false },
	{ "avant", 3, false }, { "apres", 3, false }, { "pas", 3, false }, { "places", 3, false },
	{ "enligne", 1, false }, { "public", 1, false }, { "delai", 6, false }, { "horizon", 3, false },
	{ "ordre", 4, false }, { "soignant", 20, true }, { "salle", 20, true }, { "version", 20, false });
_Static_assert(COUNT(form_motive_fields) + PRACTITIONER_MAX + RESOURCE_MAX <= WEB_FIELDS_MAX,
    "a motive can have everybody and everything ticked");

static const struct filled_wrong wrong[] = {
	{ MOTIVE_FIELD_NAME, "nom", T("Write a name on one line: Consultation.") },
	{ MOTIVE_FIELD_SHORT_NAME, "court", T("At most 12 characters on one line.") },
	{ MOTIVE_FIELD_COLOUR, "couleur", T("Choose a colour.") },
	{ MOTIVE_FIELD_MINUTES, "minutes", T("From 5 to 720 minutes, by five: 15, 20, 30…") },
	{ MOTIVE_FIELD_BUFFER_BEFORE, "avant", T("From 0 to 120 minutes, by five.") },
	{ MOTIVE_FIELD_BUFFER_AFTER, "apres", T("From 0 to 120 minutes, by five.") },
	{ MOTIVE_FIELD_STEP, "pas", T("From 5 to 720 minutes, by five, or empty.") },
	{ MOTIVE_FIELD_AUDIENCE, "public", T("Choose who may book it.") },
	{ MOTIVE_FIELD_NOTICE, "delai", T("Choose until when it can be booked.") },
	{ MOTIVE_FIELD_HORIZON, "horizon", T("From 1 to 730 days.") },
	{ MOTIVE_FIELD_CAPACITY, "places", T("From 1 to 200 people.") },
	{ MOTIVE_FIELD_INSTRUCTIONS, "consignes", T("There is a character here that cannot be printed.") },
	{ MOTIVE_FIELD_POSITION, "ordre", T("From 0 to 9999.") },
};

#define LIST	"/reglages/motifs"

err
page_motives(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Motives")) };
	struct motives_page p = { .list = { .layout = &l, .add_url = S(LIST "/nouveau"),
		.add_words = text(w->c.lang, T("Add a motive")) } };
	struct motive *all;
	size_t n;

	TRY(motive_list(&w->c, true, &all, &n));
	struct motive *open = NEW_N(w->c.mem, struct motive, n);
	struct settings_closed *closed = NEW_N(w->c.mem, struct settings_closed, n);

	for (size_t i = 0; i < n; i++)
		if (all[i].closed_at == 0)
			open[p.n++] = all[i];
		else
			closed[p.list.closed_n++] = settings_closed_line(w, all[i].name, all[i].closed_at,
			    settings_url(w, LIST, all[i].id, "/rouvrir"));
	p.motives = open;
	p.list.closed = closed;
	struct out *o = view_begin(w, &l);

	page_motives_show(o, &p);
	return view_end(w, o, 200);
}

static err
read_needs(struct web *w, id motive, struct motive_needs *ret)
{
	struct motive_needs needs;
	id *ids;

	TRY(motive_practitioners(&w->c, motive, &ids, &needs.practitioners_n));
	needs.practitioners = ids;
	TRY(motive_resources(&w->c, motive, &ids, &needs.resources_n));
	needs.resources = ids;
	*ret = needs;
	return OK;
}

static struct filled *
fill(struct web *w, const struct motive *m, const struct motive_needs *needs)
{
	struct filled *f = filled_new(w);

	filled_put(f, "nom", m->name);
	filled_put(f, "court", m->short_name);
	filled_put_int(f, "couleur", m->colour);
	filled_put(f, "consignes", m->instructions);
	filled_put_int(f, "minutes", m->minutes);
	filled_put_int(f, "avant", m->buffer_before_minutes);
	filled_put_int(f, "apres", m->buffer_after_minutes);
	if (m->step_minutes > 0)
		filled_put_int(f, "pas", m->step_minutes);
	filled_put_int(f, "places", m->capacity);
	if (m->online)
		filled_put(f, "enligne", S("1"));
	filled_put_int(f, "public", m->audience);
	filled_put_int(f, "delai", m->notice_minutes);
	filled_put_int(f, "horizon", m->horizon_days);
	filled_put_int(f, "ordre", m->position);
	for (size_t i = 0; i < needs->practitioners_n; i++)
		filled_put_int(f, "soignant", needs->practitioners[i]);
	for (size_t i = 0; i < needs->resources_n; i++)
		filled_put_int(f, "salle", needs->resources[i]);
	if (m->id != 0)
		filled_put_int(f, "version", m->version);
	return f;
}

/* What is no number becomes one that motive_check refuses. */
static int
number(const struct web *w, const char *name, int empty)
{
	int64_t v = -1;

	if (web_field(w, name).n == 0)
		return empty;
	(void)web_field_int(w, name, 0, 1000000, &v);
	return (int)v;
}

static void
read_form(struct web *w, struct motive *m)
{
	*m = (struct motive){
		.id = m->id,
		.name = web_field(w, "nom"),
		.short_name = web_field(w, "court"),
		.colour = number(w, "couleur", -1),
		.minutes = number(w, "minutes", -1),
		.buffer_before_minutes = number(w, "avant", 0),
		.buffer_after_minutes = number(w, "apres", 0),
		.step_minutes = number(w, "pas", 0),
		.online = web_field(w, "enligne").n > 0,
		.audience = (enum motive_audience)number(w, "public", MOTIVE_FOR_ANYBODY),
		.notice_minutes = number(w, "delai", 0),
		.horizon_days = number(w, "horizon", -1),
		.capacity = number(w, "places", 1),
		.instructions = web_field(w, "consignes"),
		.position = number(w, "ordre", 0),
		.version = settings_version(w),
	};
	filled_complain(w, motive_check(m), wrong, COUNT(wrong));
}

static err
read_choices(struct web *w, const struct motive *m, struct motive_form_page *p)
{
	struct settings_who who;
	struct resource *list;

	TRY(settings_who_is(w, 0, &who));
	p->practitioners = who.choices;
	p->practitioners_n = who.choices_n;
	TRY(resource_list(&w->c, false, &list, &p->resources_n));
	p->resources = NEW_N(w->c.mem, struct choice, p->resources_n);
	for (size_t i = 0; i < p->resources_n; i++)
		p->resources[i] = (struct choice){ .value = str_of_int(w->c.mem, list[i].id),
		    .label = list[i].name,
		    .hint = text(w->c.lang, list[i].kind == RESOURCE_ROOM ? T("Room") : T("Device")) };
	p->audiences[0] = (struct choice){ .value = S("0"), .label = text(w->c.lang, T("Everybody")) };
	p->audiences[1] = (struct choice){ .value = S("1"), .label = text(w->c.lang, T("New patients")) };
	p->audiences[2] = (struct choice){ .value = S("2"), .label = text(w->c.lang, T("Known patients")) };
	p->limits = settings_limits(w, m->notice_minutes, &p->limits_n);
	return OK;
}

static err
show(struct web *w, struct motive_form_page *p, const struct motive *m, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = m->id == 0 ?
	    text(w->c.lang, T("Add a motive")) : m->name };

	p->about = (struct settings_form){ .layout = &l, .form = form, .action = S(LIST "/nouveau"),
		.list_url = S(LIST), .list_words = text(w->c.lang, T("All motives")),
		.close_words = text(w->c.lang, T("Close this motive")), .close_when = text(w->c.lang,
		    T("It is no longer proposed. Appointments already made are kept.")) };
	if (m->id != 0) {
		p->about.action = settings_url(w, LIST, m->id, "");
		p->about.close_action = m->closed_at == 0 ? settings_url(w, LIST, m->id, "/fermer") : (str){0};
	}
	struct out *o = view_begin(w, &l);

	page_motive_form_show(o, p);
	return view_end(w, o, status);
}

static err
show_form(struct web *w, const struct motive *m, const struct filled *form, int status)
{
	struct motive_form_page p = {0};

	TRY(read_choices(w, m, &p));
	return show(w, &p, m, form, status);
}

static err
show_both(struct web *w, const struct filled *typed, const struct motive *stored)
{
	struct motive_form_page p = {0};
	struct motive_needs needs;
	struct filled *form;

	TRY(read_choices(w, stored, &p));
	TRY(read_needs(w, stored->id, &needs));
	const struct settings_spoken spoken[] = { { "couleur", settings_colours(w), ORG_COLOUR_MAX + 1 },
		{ "enligne", settings_yes_no(w), 2 }, { "public", p.audiences, COUNT(p.audiences) },
		{ "delai", p.limits, p.limits_n }, { "soignant", p.practitioners, p.practitioners_n },
		{ "salle", p.resources, p.resources_n } };

	TRY(settings_both(w, &(struct settings_both){ .object = stored->id, .typed = typed,
	    .stored = fill(w, stored, &needs), .spoken = spoken, .spoken_n = COUNT(spoken) }, &form));
	return show(w, &p, stored, form, 409);
}

/*
 * Somebody changed the motive while this form was typed (ERR_CONFLICT); or
 * closed it, or something that it needs.
 */
static err
show_meanwhile(struct web *w, const struct motive *typed, const struct motive_needs *needs, err why)
{
	struct motive stored = *typed;
	struct filled *form;

	if (typed->id != 0)
		TRY(motive_get(&w->c, typed->id, &stored));
	if (why == ERR_CONFLICT)
		return show_both(w, fill(w, typed, needs), &stored);
	if (stored.closed_at != 0) {
		TRY(settings_gone(w, stored.id, &form));
		return show_form(w, &stored, form, 409);
	}
	web_error(w, NULL, text(w->c.lang,
	    T("A practitioner, a room or a device was closed meanwhile: look at what is ticked, then save again.")));
	return show_form(w, &stored, filled_typed(w), 409);
}

static err
save_or_show(struct web *w, const struct motive *stored)
{
	struct motive_needs needs = {0};
	struct motive m = *stored;
	id *ids, saved;

	read_form(w, &m);
	TRY(filled_read_ids(w, "soignant", &ids, &needs.practitioners_n));
	needs.practitioners = ids;
	TRY(filled_read_ids(w, "salle", &ids, &needs.resources_n));
	needs.resources = ids;
	if (w->errors_n > 0)
		return show_form(w, stored, filled_typed(w), 422);
	err e = motive_save(&w->c, &m, &needs, &saved);
	if (e == ERR_CONFLICT || e == ERR_NOT_FOUND)
		return show_meanwhile(w, &m, &needs, e);
	TRY(e);
	return view_redirect(w, S(LIST), "enregistre");
}

err
page_motive_new(struct web *w)
{
	/* What most practices would write. */
	struct motive m = { .minutes = 15, .online = true, .horizon_days = 90, .capacity = 1 };

	return w->http->method == HTTP_POST ? save_or_show(w, &m) :
	    show_form(w, &m, fill(w, &m, &(struct motive_needs){0}), 200);
}

/* What was closed has no page, but what was typed in its form is still answered. */
static err
find(struct web *w, struct motive *ret)
{
	id motive;

	TRY(web_arg_id(w, 0, &motive));
	TRY(motive_get(&w->c, motive, ret));
	return ret->closed_at == 0 || w->http->method == HTTP_POST ? OK : ERR_NOT_FOUND;
}

err
page_motive_edit(struct web *w)
{
	struct motive_needs needs;
	struct motive m;

	TRY(find(w, &m));
	if (w->http->method == HTTP_POST)
		return save_or_show(w, &m);
	TRY(read_needs(w, m.id, &needs));
	return show_form(w, &m, fill(w, &m, &needs), 200);
}

err
page_motive_close(struct web *w)
{
	id motive;

	TRY(web_arg_id(w, 0, &motive));
	TRY(motive_close(&w->c, motive));
	return view_redirect(w, S(LIST), "ferme");
}

err
page_motive_reopen(struct web *w)
{
	struct motive m;

	TRY(find(w, &m));
	if (m.closed_at != 0)	/* else a button pressed twice */
		TRY(motive_reopen(&w->c, m.id));
	return view_redirect(w, S(LIST), "rouvert");
}
