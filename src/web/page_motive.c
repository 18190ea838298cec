/* page_motive.c - motives: duration, who does them, with what, and who may book them. */
#include "practice/resource.h"
#include "web/page_motive.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_motive, { "nom", MOTIVE_NAME_MAX, false }, { "court", MOTIVE_SHORT_NAME_MAX, false },
	{ "couleur", 1, false }, { "minutes", 3, false }, { "avant", 3, false }, { "apres", 3, false },
	{ "pas", 3, false }, { "enligne", 1, false }, { "public", 1, false }, { "delai", 6, false },
	{ "horizon", 3, false }, { "places", 3, false }, { "consignes", MOTIVE_INSTRUCTIONS_MAX, false },
	{ "ordre", 4, false }, { "soignant", 20, true }, { "salle", 20, true });

static const struct { const char *name, *text; } wrong[] = {
	[MOTIVE_FIELD_NAME] = { "nom", T("Write a name on one line: Consultation.") },
	[MOTIVE_FIELD_SHORT_NAME] = { "court", T("At most 12 characters on one line.") },
	[MOTIVE_FIELD_COLOUR] = { "couleur", T("Choose a colour.") },
	[MOTIVE_FIELD_MINUTES] = { "minutes", T("From 5 to 720 minutes, by five: 15, 20, 30…") },
	[MOTIVE_FIELD_BUFFER_BEFORE] = { "avant", T("From 0 to 120 minutes, by five.") },
	[MOTIVE_FIELD_BUFFER_AFTER] = { "apres", T("From 0 to 120 minutes, by five.") },
	[MOTIVE_FIELD_STEP] = { "pas", T("From 5 to 720 minutes, by five, or empty.") },
	[MOTIVE_FIELD_AUDIENCE] = { "public", T("Choose who may book it.") },
	[MOTIVE_FIELD_NOTICE] = { "delai", T("Choose until when it can be booked.") },
	[MOTIVE_FIELD_HORIZON] = { "horizon", T("From 1 to 730 days.") },
	[MOTIVE_FIELD_CAPACITY] = { "places", T("From 1 to 200 people.") },
	[MOTIVE_FIELD_INSTRUCTIONS] = { "consignes", T("There is a character here that cannot be printed.") },
	[MOTIVE_FIELD_POSITION] = { "ordre", T("From 0 to 9999.") },
};

err
page_motives(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Motives")) };
	struct motives_page p = { .layout = &l };
	struct motive *list;

	TRY(motive_list(&w->c, false, &list, &p.n));
	p.motives = list;
	struct out *o = view_begin(w, &l);

	page_motives_show(o, &p);
	return view_end(w, o, 200);
}

static err
fill(struct web *w, const struct motive *m, struct filled *f)
{
	id *ids;
	size_t n;

	filled_put(f, "nom", m->name);
	filled_put(f, "court", m->short_name);
	filled_put_int(f, "couleur", m->colour);
	filled_put_int(f, "minutes", m->minutes);
	filled_put_int(f, "avant", m->buffer_before_minutes);
	filled_put_int(f, "apres", m->buffer_after_minutes);
	if (m->step_minutes > 0)
		filled_put_int(f, "pas", m->step_minutes);
	if (m->online)
		filled_put(f, "enligne", S("1"));
	filled_put_int(f, "public", m->audience);
	filled_put_int(f, "delai", m->notice_minutes);
	filled_put_int(f, "horizon", m->horizon_days);
	filled_put_int(f, "places", m->capacity);
	filled_put(f, "consignes", m->instructions);
	filled_put_int(f, "ordre", m->position);
	if (m->id == 0)
		return OK;
	TRY(motive_practitioners(&w->c, m->id, &ids, &n));
	for (size_t i = 0; i < n; i++)
		filled_put_int(f, "soignant", ids[i]);
	TRY(motive_resources(&w->c, m->id, &ids, &n));
	for (size_t i = 0; i < n; i++)
		filled_put_int(f, "salle", ids[i]);
	return OK;
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
	enum motive_field bad;

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
	};
	if (w->errors_n == 0 && (bad = motive_check(m)) != MOTIVE_SOUND)
		web_error(w, wrong[bad].name, text(w->c.lang, wrong[bad].text));
}

static err
read_choices(struct web *w, struct motive_form_page *p)
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
	return OK;
}

static err
show_form(struct web *w, const struct motive *m, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = m->id == 0 ?
	    text(w->c.lang, T("Add a motive")) : m->name };
	struct motive_form_page p = { .layout = &l, .form = form, .action = S("/reglages/motifs/nouveau") };

	TRY(read_choices(w, &p));
	p.limits = settings_limits(w, m->notice_minutes, &p.limits_n);
	if (m->id != 0) {
		p.action = str_printf(w->c.mem, "/reglages/motifs/%lld", (long long)m->id);
		p.close_action = str_cat(w->c.mem, p.action, S("/fermer"));
	}
	struct out *o = view_begin(w, &l);

	page_motive_form_show(o, &p);
	return view_end(w, o, status);
}

static err
save_or_show(struct web *w, const struct motive *stored)
{
	struct motive_needs needs = {0};
	struct motive m = *stored;
	id *ids, saved;

	read_form(w, &m);
	if (w->errors_n > 0)
		return show_form(w, stored, filled_typed(w), 422);
	TRY(filled_read_ids(w, "soignant", &ids, &needs.practitioners_n));
	needs.practitioners = ids;
	TRY(filled_read_ids(w, "salle", &ids, &needs.resources_n));
	needs.resources = ids;
	TRY(motive_save(&w->c, &m, &needs, &saved));
	return view_redirect(w, S("/reglages/motifs"), "enregistre");
}

err
page_motive_new(struct web *w)
{
	/* What most practices would write. */
	struct motive m = { .minutes = 15, .online = true, .horizon_days = 90, .capacity = 1 };
	struct filled *f = filled_new(w);

	if (w->http->method == HTTP_POST)
		return save_or_show(w, &m);
	TRY(fill(w, &m, f));
	return show_form(w, &m, f, 200);
}

/* A closed one is not there any more. */
static err
find(struct web *w, struct motive *ret)
{
	id motive;

	TRY(web_arg_id(w, 0, &motive));
	TRY(motive_get(&w->c, motive, ret));
	return ret->closed_at == 0 ? OK : ERR_NOT_FOUND;
}

err
page_motive_edit(struct web *w)
{
	struct filled *f = filled_new(w);
	struct motive m;

	TRY(find(w, &m));
	if (w->http->method == HTTP_POST)
		return save_or_show(w, &m);
	TRY(fill(w, &m, f));
	return show_form(w, &m, f, 200);
}

err
page_motive_close(struct web *w)
{
	struct motive m;

	TRY(find(w, &m));
	TRY(motive_close(&w->c, m.id));
	return view_redirect(w, S("/reglages/motifs"), "ferme");
}
