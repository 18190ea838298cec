/* page_resource.c - rooms and devices that appointments take. */
#include "web/page_resource.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_resource, { "genre", 1, false }, { "lieu", 20, false }, { "nom", RESOURCE_NAME_MAX, false },
	{ "version", 20, false });

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

#define LIST	"/reglages/salles"

static err
show_list(struct web *w, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Rooms and devices")) };
	struct resources_page p = { .list = { .layout = &l } };
	struct resource *all;
	struct choice *open_sites;
	struct site *sites;
	size_t n, sites_n, open_n;

	TRY(resource_list(&w->c, true, &all, &n));
	TRY(site_list(&w->c, true, &sites, &sites_n));
	TRY(settings_sites(w, &open_sites, &open_n));
	struct resource_line *lines = NEW_N(w->c.mem, struct resource_line, n);
	struct settings_closed *closed = NEW_N(w->c.mem, struct settings_closed, n);

	for (size_t i = 0; i < n; i++)
		if (all[i].closed_at == 0)
			lines[p.n++] = (struct resource_line){ &all[i], site_name(sites, sites_n, all[i].site) };
		else
			closed[p.list.closed_n++] = settings_closed_line(w, all[i].name, all[i].closed_at,
			    settings_url(w, LIST, all[i].id, "/rouvrir"));
	p.lines = lines;
	p.list.closed = closed;
	if (open_n > 0) {
		p.list.add_url = S(LIST "/nouvelle");
		p.list.add_words = text(w->c.lang, T("Add a room or a device"));
	}
	struct out *o = view_begin(w, &l);

	page_resources_show(o, &p);
	return view_end(w, o, status);
}

err
page_resources(struct web *w)
{
	return show_list(w, 200);
}

static err
show_form(struct web *w, const struct resource *r, const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = r->id == 0 ?
	    text(w->c.lang, T("Add a room or a device")) : r->name };
	struct resource_form_page p = {
		.about = { .layout = &l, .form = form, .action = S(LIST "/nouvelle"),
		    .list_url = S(LIST), .list_words = text(w->c.lang, T("All rooms and devices")),
		    .close_words = text(w->c.lang, T("Close")), .close_when = text(w->c.lang,
		    T("Possible once no appointment to come has it. Old appointments keep its name.")) },
		.kinds = { { .value = S("1"), .label = kind_word(w, RESOURCE_ROOM) },
		    { .value = S("2"), .label = kind_word(w, RESOURCE_DEVICE) } } };
	struct site site;

	TRY(settings_sites(w, &p.sites, &p.sites_n));
	if (r->id != 0) {
		TRY(site_get(&w->c, r->site, &site));
		p.where = str_printf(w->c.mem, "%.*s, %.*s", STR_FMT(kind_word(w, r->kind)), STR_FMT(site.name));
		p.about.action = settings_url(w, LIST, r->id, "");
		if (r->closed_at == 0)
			p.about.close_action = settings_url(w, LIST, r->id, "/fermer");
	}
	struct out *o = view_begin(w, &l);

	page_resource_form_show(o, &p);
	return view_end(w, o, status);
}

/* Kind and place are asked of a new one alone. */
static void
read_form(struct web *w, struct resource *r)
{
	static const struct filled_wrong wrong[] = {
		{ RESOURCE_FIELD_KIND, "genre", T("Is it a room or a device?") },
		{ RESOURCE_FIELD_NAME, "nom", T("Write a name on one line: Room 2.") },
	};
	int64_t kind = 0;

	r->name = web_field(w, "nom");
	r->version = settings_version(w);
	if (r->id == 0) {
		(void)web_field_int(w, "genre", RESOURCE_ROOM, RESOURCE_DEVICE, &kind);
		r->kind = (enum resource_kind)kind;
		if (!web_field_id(w, "lieu", &r->site))
			web_error(w, "lieu", text(w->c.lang, T("Choose the place.")));
	}
	filled_complain(w, resource_check(r), wrong, COUNT(wrong));
}

static struct filled *
fill(struct web *w, const struct resource *r)
{
	struct filled *f = filled_new(w);

	filled_put(f, "nom", r->name);
	filled_put_int(f, "version", r->version);
	return f;
}

/* Somebody changed it while this form was typed (ERR_CONFLICT), or closed it. */
static err
show_meanwhile(struct web *w, const struct resource *typed, err why)
{
	struct resource stored;
	struct filled *form;

	TRY(resource_get(&w->c, typed->id, &stored));
	if (why == ERR_CONFLICT)
		TRY(settings_both(w, &(struct settings_both){ .object = typed->id, .typed = fill(w, typed),
		    .stored = fill(w, &stored) }, &form));
	else
		TRY(settings_gone(w, typed->id, &form));
	return show_form(w, &stored, form, 409);
}

static err
save_or_show(struct web *w, const struct resource *stored)
{
	struct resource r = *stored;

	read_form(w, &r);
	if (w->errors_n > 0)
		return show_form(w, stored, filled_typed(w), 422);
	err e = r.id == 0 ? resource_create(&w->c, &r, &r.id) : resource_rename(&w->c, &r);
	if (stored->id != 0 && (e == ERR_CONFLICT || e == ERR_NOT_FOUND))
		return show_meanwhile(w, &r, e);
	if (e == ERR_NOT_FOUND) {
		web_error(w, "lieu", text(w->c.lang, T("This place was closed meanwhile. Choose another one.")));
		return show_form(w, stored, filled_typed(w), 409);
	}
	TRY(e);
	return view_redirect(w, S(LIST), "enregistre");
}

/* What was closed has no page, but what was typed in its form is still answered. */
static err
find(struct web *w, struct resource *ret)
{
	id resource;

	TRY(web_arg_id(w, 0, &resource));
	TRY(resource_get(&w->c, resource, ret));
	return ret->closed_at == 0 || w->http->method == HTTP_POST ? OK : ERR_NOT_FOUND;
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
	return view_redirect(w, S(LIST), "ferme");
}

err
page_resource_reopen(struct web *w)
{
	struct resource r;
	err e;

	TRY(find(w, &r));
	e = r.closed_at == 0 ? OK : resource_reopen(&w->c, r.id);
	if (e == ERR_CONFLICT) {
		web_error(w, NULL, text(w->c.lang, T("Its place is closed: reopen that place first.")));
		return show_list(w, 409);
	}
	TRY(e);
	return view_redirect(w, S(LIST), "rouvert");
}
