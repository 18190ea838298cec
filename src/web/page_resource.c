/* page_resource.c - rooms and devices that appointments take. */
#include "web/page_resource.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_resource, { "nom", RESOURCE_NAME_MAX, false }, { "genre", 1, false }, { "lieu", 20, false });

static str
kind_word(const struct web *w, enum resource_kind kind)
{
	return text(w->c.lang, kind == RESOURCE_ROOM ? T("Room") : T("Device"));
}

static str
site_name(const struct site *sites, size_t n, id site)
{
	for (size_t i = 0; i < n; i++)
		if (sites[i].id == site)
			return sites[i].name;
	return (str){0};
}

err
page_resources(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Rooms and devices")) };
	struct resources_page p = { .layout = &l };
	struct resource *list;
	struct site *sites;
	size_t sites_n;

	TRY(resource_list(&w->c, false, &list, &p.n));
	TRY(site_list(&w->c, false, &sites, &sites_n));
	struct resource_line *lines = NEW_N(w->c.mem, struct resource_line, p.n);

	for (size_t i = 0; i < p.n; i++)
		lines[i] = (struct resource_line){ &list[i], site_name(sites, sites_n, list[i].site) };
	p.lines = lines;
	p.sites = sites_n > 0;
	struct out *o = view_begin(w, &l);

	page_resources_show(o, &p);
	return view_end(w, o, 200);
}

static err
show_form(struct web *w, const struct resource *r, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = r->id == 0 ?
	    text(w->c.lang, T("Add a room or a device")) : r->name };
	struct resource_form_page p = { .layout = &l, .form = form,
		.action = S("/reglages/salles/nouvelle"),
		.kinds = { { .value = S("1"), .label = kind_word(w, RESOURCE_ROOM) },
		    { .value = S("2"), .label = kind_word(w, RESOURCE_DEVICE) } } };
	struct site site;

	TRY(settings_sites(w, &p.sites, &p.sites_n));
	if (r->id != 0) {
		TRY(site_get(&w->c, r->site, &site));
		p.where = str_printf(w->c.mem, "%.*s, %.*s", STR_FMT(kind_word(w, r->kind)), STR_FMT(site.name));
		p.action = str_printf(w->c.mem, "/reglages/salles/%lld", (long long)r->id);
		p.close_action = str_cat(w->c.mem, p.action, S("/fermer"));
	}
	struct out *o = view_begin(w, &l);

	page_resource_form_show(o, &p);
	return view_end(w, o, status);
}

static void
read_form(struct web *w, struct resource *r)
{
	int64_t kind = 0;

	r->name = web_field(w, "nom");
	if (r->id == 0) {
		(void)web_field_int(w, "genre", RESOURCE_ROOM, RESOURCE_DEVICE, &kind);
		r->kind = (enum resource_kind)kind;
		if (!web_field_id(w, "lieu", &r->site))
			web_error(w, "lieu", text(w->c.lang, T("Choose the place.")));
	}
	switch (resource_check(r)) {
	case RESOURCE_SOUND:
		break;
	case RESOURCE_FIELD_KIND:
		web_error(w, "genre", text(w->c.lang, T("Is it a room or a device?")));
		break;
	case RESOURCE_FIELD_NAME:
		web_error(w, "nom", text(w->c.lang, T("Write a name on one line: Room 2.")));
		break;
	}
}

static err
save_or_show(struct web *w, const struct resource *stored)
{
	struct resource r = *stored;

	read_form(w, &r);
	if (w->errors_n > 0)
		return show_form(w, stored, filled_typed(w), 422);
	TRY(r.id == 0 ? resource_create(&w->c, &r, &r.id) : resource_rename(&w->c, r.id, r.name));
	return view_redirect(w, S("/reglages/salles"), "enregistre");
}

static err
find(struct web *w, struct resource *ret)
{
	id resource;

	TRY(web_arg_id(w, 0, &resource));
	TRY(resource_get(&w->c, resource, ret));
	return ret->closed_at == 0 ? OK : ERR_NOT_FOUND;
}

static struct filled *
fill(struct web *w, const struct resource *r)
{
	struct filled *f = filled_new(w);

	filled_put(f, "nom", r->name);
	return f;
}

err
page_resource_new(struct web *w)
{
	struct resource r = {0};
	struct filled *f = filled_new(w);

	filled_put(f, "genre", S("1"));
	return w->http->method == HTTP_POST ? save_or_show(w, &r) : show_form(w, &r, f, 200);
}

err
page_resource_edit(struct web *w)
{
	struct resource r;

	TRY(find(w, &r));
	return w->http->method == HTTP_POST ? save_or_show(w, &r) : show_form(w, &r, fill(w, &r), 200);
}

err
page_resource_close(struct web *w)
{
	struct resource r;
	err e;

	TRY(find(w, &r));
	e = resource_close(&w->c, r.id);
	if (e == ERR_CONFLICT) {
		web_error(w, NULL, text(w->c.lang,
		    T("It cannot be closed: appointments to come have it. Move or cancel those first.")));
		return show_form(w, &r, fill(w, &r), 409);
	}
	TRY(e);
	return view_redirect(w, S("/reglages/salles"), "ferme");
}
