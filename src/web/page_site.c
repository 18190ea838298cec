/* page_site.c - the places where a practice receives. */
#include "web/page_site.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_site, { "nom", SITE_NAME_MAX, false }, { "rue", SITE_STREET_MAX, false },
	{ "cp", SITE_POSTAL_CODE_MAX, false }, { "ville", SITE_CITY_MAX, false },
	{ "telephone", PRACTICE_PHONE_MAX, false }, { "acces", SITE_ACCESS_MAX, false },
	{ "version", 20, false });

static const struct filled_wrong wrong[] = {
	{ SITE_FIELD_NAME, "nom", T("Write the name of the place on one line.") },
	{ SITE_FIELD_STREET, "rue", T("Write number and street on one line.") },
	{ SITE_FIELD_POSTAL_CODE, "cp", T("Write the postal code: 44000.") },
	{ SITE_FIELD_CITY, "ville", T("Write the town on one line.") },
	{ SITE_FIELD_ACCESS, "acces", T("There is a character here that cannot be printed.") },
	{ SITE_FIELD_PHONE, "telephone", T("Write digits only: 02 40 00 00 00.") },
};

#define LIST	"/reglages/lieux"

err
page_sites(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Places")) };
	struct sites_page p = { .list = { .layout = &l, .add_url = S(LIST "/nouveau"),
		.add_words = text(w->c.lang, T("Add a place")) } };
	struct site *all;
	size_t n;

	TRY(site_list(&w->c, true, &all, &n));
	struct site *open = NEW_N(w->c.mem, struct site, n);
	struct settings_closed *closed = NEW_N(w->c.mem, struct settings_closed, n);

	for (size_t i = 0; i < n; i++)
		if (all[i].closed_at == 0)
			open[p.n++] = all[i];
		else
			closed[p.list.closed_n++] = settings_closed_line(w, all[i].name, all[i].closed_at,
			    settings_url(w, LIST, all[i].id, "/rouvrir"));
	p.sites = open;
	p.list.closed = closed;
	struct out *o = view_begin(w, &l);

	page_sites_show(o, &p);
	return view_end(w, o, 200);
}

static struct filled *
fill(struct web *w, const struct site *s)
{
	struct filled *f = filled_new(w);

	filled_put(f, "nom", s->name);
	filled_put(f, "rue", s->street);
	filled_put(f, "cp", s->postal_code);
	filled_put(f, "ville", s->city);
	filled_put(f, "telephone", s->phone);
	filled_put(f, "acces", s->access);
	if (s->id != 0)
		filled_put_int(f, "version", s->version);
	return f;
}

static err
show_form(struct web *w, const struct site *s, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = s->id == 0 ?
	    text(w->c.lang, T("Add a place")) : s->name };
	struct settings_form p = { .layout = &l, .form = form, .action = S(LIST "/nouveau"),
		.list_url = S(LIST), .list_words = text(w->c.lang, T("All places")),
		.close_words = text(w->c.lang, T("Close this place")), .close_when = text(w->c.lang,
		    T("Possible once no opening hours and no room are there any more. Old appointments keep its name.")) };

	if (s->id != 0) {
		p.action = settings_url(w, LIST, s->id, "");
		p.close_action = s->closed_at == 0 ? settings_url(w, LIST, s->id, "/fermer") : (str){0};
	}
	struct out *o = view_begin(w, &l);

	page_site_form_show(o, &p);
	return view_end(w, o, status);
}

/* Somebody changed it while this form was typed (ERR_CONFLICT), or closed it. */
static err
show_meanwhile(struct web *w, const struct site *typed, err why)
{
	struct filled *form;
	struct site stored;

	TRY(site_get(&w->c, typed->id, &stored));
	if (why == ERR_CONFLICT)
		TRY(settings_both(w, &(struct settings_both){ .object = typed->id, .typed = fill(w, typed),
		    .stored = fill(w, &stored) }, &form));
	else
		TRY(settings_gone(w, typed->id, &form));
	return show_form(w, &stored, form, 409);
}

static err
save_or_show(struct web *w, const struct site *stored)
{
	struct site s = { .id = stored->id, .name = web_field(w, "nom"), .street = web_field(w, "rue"),
		.postal_code = web_field(w, "cp"), .city = web_field(w, "ville"),
		.access = web_field(w, "acces"), .phone = web_field(w, "telephone"),
		.version = settings_version(w) };

	filled_complain(w, site_check(&s), wrong, COUNT(wrong));
	if (w->errors_n > 0)
		return show_form(w, stored, filled_typed(w), 422);
	err e = s.id == 0 ? site_create(&w->c, &s, &s.id) : site_update(&w->c, &s);
	if (s.id != 0 && (e == ERR_CONFLICT || e == ERR_NOT_FOUND))
		return show_meanwhile(w, &s, e);
	TRY(e);
	return view_redirect(w, S(LIST), "enregistre");
}

/* What was closed has no page, but what was typed in its form is still answered. */
static err
find(struct web *w, struct site *ret)
{
	id site;

	TRY(web_arg_id(w, 0, &site));
	TRY(site_get(&w->c, site, ret));
	return ret->closed_at == 0 || w->http->method == HTTP_POST ? OK : ERR_NOT_FOUND;
}

err
page_site_new(struct web *w)
{
	struct site s = {0};

	return w->http->method == HTTP_POST ? save_or_show(w, &s) : show_form(w, &s, filled_new(w), 200);
}

err
page_site_edit(struct web *w)
{
	struct site s;

	TRY(find(w, &s));
	return w->http->method == HTTP_POST ? save_or_show(w, &s) : show_form(w, &s, fill(w, &s), 200);
}

err
page_site_close(struct web *w)
{
	struct site s;
	err e;

	TRY(find(w, &s));
	e = site_close(&w->c, s.id);
	if (e == ERR_CONFLICT) {
		web_error(w, NULL, text(w->c.lang,
		    T("This place cannot be closed: opening hours or rooms are still there. Remove those first.")));
		return show_form(w, &s, fill(w, &s), 409);
	}
	TRY(e);
	return view_redirect(w, S(LIST), "ferme");
}

err
page_site_reopen(struct web *w)
{
	struct site s;

	TRY(find(w, &s));
	if (s.closed_at != 0)	/* else a button pressed twice */
		TRY(site_reopen(&w->c, s.id));
	return view_redirect(w, S(LIST), "rouvert");
}
