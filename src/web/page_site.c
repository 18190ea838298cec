/* page_site.c - the places where a practice receives. */
#include "web/page_site.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_site, { "nom", SITE_NAME_MAX, false }, { "rue", SITE_STREET_MAX, false },
	{ "cp", SITE_POSTAL_CODE_MAX, false }, { "ville", SITE_CITY_MAX, false },
	{ "acces", SITE_ACCESS_MAX, false }, { "telephone", PRACTICE_PHONE_MAX, false });

static const struct { const char *name, *text; } wrong[] = {
	[SITE_FIELD_NAME] = { "nom", T("Write the name of the place on one line.") },
	[SITE_FIELD_STREET] = { "rue", T("Write number and street on one line.") },
	[SITE_FIELD_POSTAL_CODE] = { "cp", T("Write the postal code: 44000.") },
	[SITE_FIELD_CITY] = { "ville", T("Write the town on one line.") },
	[SITE_FIELD_ACCESS] = { "acces", T("There is a character here that cannot be printed.") },
	[SITE_FIELD_PHONE] = { "telephone", T("Write digits only: 02 40 00 00 00.") },
};

err
page_sites(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Places")) };
	struct sites_page p = { .layout = &l };
	struct site *list;

	TRY(site_list(&w->c, false, &list, &p.n));
	p.sites = list;
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
	filled_put(f, "acces", s->access);
	filled_put(f, "telephone", s->phone);
	return f;
}

static err
show_form(struct web *w, const struct site *s, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = s->id == 0 ?
	    text(w->c.lang, T("Add a place")) : s->name };
	struct site_form_page p = { .layout = &l, .form = form, .action = S("/reglages/lieux/nouveau") };

	if (s->id != 0) {
		p.action = str_printf(w->c.mem, "/reglages/lieux/%lld", (long long)s->id);
		p.close_action = str_cat(w->c.mem, p.action, S("/fermer"));
	}
	struct out *o = view_begin(w, &l);

	page_site_form_show(o, &p);
	return view_end(w, o, status);
}

static err
save_or_show(struct web *w, const struct site *stored)
{
	struct site s = { .id = stored->id, .name = web_field(w, "nom"), .street = web_field(w, "rue"),
		.postal_code = web_field(w, "cp"), .city = web_field(w, "ville"),
		.access = web_field(w, "acces"), .phone = web_field(w, "telephone") };
	enum site_field bad;

	if (w->errors_n == 0 && (bad = site_check(&s)) != SITE_SOUND)
		web_error(w, wrong[bad].name, text(w->c.lang, wrong[bad].text));
	if (w->errors_n > 0)
		return show_form(w, stored, filled_typed(w), 422);
	TRY(s.id == 0 ? site_create(&w->c, &s, &s.id) : site_update(&w->c, &s));
	return view_redirect(w, S("/reglages/lieux"), "enregistre");
}

static err
find(struct web *w, struct site *ret)
{
	id site;

	TRY(web_arg_id(w, 0, &site));
	TRY(site_get(&w->c, site, ret));
	return ret->closed_at == 0 ? OK : ERR_NOT_FOUND;
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
	return view_redirect(w, S("/reglages/lieux"), "ferme");
}
