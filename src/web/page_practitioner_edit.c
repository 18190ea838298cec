/* page_practitioner_edit.c - practitioners: who they are, their photo. */
#include "net/multipart.h"
#include "web/page_practitioner_edit.h"
#include "web/pages.h"
#include "web/tongue.h"
#include "web/view.h"

FORM(form_practitioner_edit, { "titre", PRACTITIONER_TITLE_MAX, false },
	{ "prenom", PRACTITIONER_NAME_MAX, false }, { "nom", PRACTITIONER_NAME_MAX, false },
	{ "specialite", PRACTITIONER_SPECIALTY_MAX, false }, { "langue", 2, true },
	{ "apropos", PRACTITIONER_ABOUT_MAX, false }, { "visible", 1, false }, { "ordre", 4, false },
	{ "version", 20, false });

static const struct filled_wrong wrong[] = {
	{ PRACTITIONER_FIELD_TITLE, "titre", T("Write the title on one line: Dr, Dre.") },
	{ PRACTITIONER_FIELD_GIVEN, "prenom", T("Write the given name on one line.") },
	{ PRACTITIONER_FIELD_FAMILY, "nom", T("Write the family name.") },
	{ PRACTITIONER_FIELD_SPECIALTY, "specialite", T("Write the specialty on one line.") },
	{ PRACTITIONER_FIELD_LANGUAGES, "langue", T("Choose ten languages at most.") },
	{ PRACTITIONER_FIELD_ABOUT, "apropos", T("There is a character here that cannot be printed.") },
	{ PRACTITIONER_FIELD_POSITION, "ordre", T("From 0 to 9999.") },
};

#define LIST	"/reglages/soignants"

static err
show_list(struct web *w, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Practitioners")) };
	struct practitioners_page p = { .list = { .layout = &l, .add_url = S(LIST "/nouveau"),
		.add_words = text(w->c.lang, T("Add a practitioner")) } };
	struct practitioner *all;
	size_t n;

	TRY(practitioner_list(&w->c, true, &all, &n));
	struct practitioner_line *lines = NEW_N(w->c.mem, struct practitioner_line, n);
	struct settings_closed *closed = NEW_N(w->c.mem, struct settings_closed, n);

	for (size_t i = 0; i < n; i++) {
		str name = practitioner_name(w->c.mem, &all[i]);

		if (all[i].closed_at == 0)
			lines[p.n++] = (struct practitioner_line){ &all[i], name };
		else
			closed[p.list.closed_n++] = settings_closed_line(w, name, all[i].closed_at,
			    settings_url(w, LIST, all[i].id, "/rouvrir"));
	}
	p.lines = lines;
	p.list.closed = closed;
	struct out *o = view_begin(w, &l);

	page_practitioners_show(o, &p);
	return view_end(w, o, status);
}

err
page_practitioners(struct web *w)
{
	return show_list(w, 200);
}

static struct filled *
fill(struct web *w, const struct practitioner *who)
{
	struct filled *f = filled_new(w);
	str codes = who->languages, code;

	filled_put(f, "titre", who->title);
	filled_put(f, "prenom", who->given);
	filled_put(f, "nom", who->family);
	filled_put(f, "specialite", who->specialty);
	while (codes.n > 0 && str_split(&codes, ',', &code))
		filled_put(f, "langue", code);
	filled_put(f, "apropos", who->about);
	if (who->listed)
		filled_put(f, "visible", S("1"));
	filled_put_int(f, "ordre", who->position);
	if (who->id != 0)
		filled_put_int(f, "version", who->version);
	return f;
}

/* Codes that we have no word for, but that are stored, can be kept. */
static void
tongue_choices(struct web *w, const struct practitioner *who, struct practitioner_form_page *p)
{
	str codes = who->languages, code;

	p->tongues = NEW_N(w->c.mem, struct choice, tongues_n + PRACTITIONER_LANGUAGES_MAX);
	for (size_t i = 0; i < tongues_n; i++)
		p->tongues[p->tongues_n++] = (struct choice){ .value = str_c(tongues[i].code),
		    .label = text_capital(w->c.mem, text(w->c.lang, tongues[i].name)) };
	while (codes.n > 0 && str_split(&codes, ',', &code)) {
		str name = tongue_name(w->c.lang, code);

		if (str_eq(name, code))
			p->tongues[p->tongues_n++] = (struct choice){ .value = code, .label = name };
	}
}

static err
show(struct web *w, struct practitioner_form_page *p, const struct practitioner *who,
    const struct filled *form, int status)
{
	struct layout l = { .shell = SHELL_STAFF, .title = who->id == 0 ?
	    text(w->c.lang, T("Add a practitioner")) : practitioner_name(w->c.mem, who) };

	p->id = who->id;
	p->photo = who->photo_type.n > 0;
	p->about = (struct settings_form){ .layout = &l, .form = form, .action = S(LIST "/nouveau"),
		.list_url = S(LIST), .list_words = text(w->c.lang, T("All practitioners")),
		.close_words = text(w->c.lang, T("Close this agenda")), .close_when = text(w->c.lang,
		    T("Possible once no patient is expected any more. Old appointments stay in the records.")) };
	if (who->id != 0) {
		p->about.action = settings_url(w, LIST, who->id, "");
		p->about.close_action = who->closed_at == 0 ? settings_url(w, LIST, who->id, "/fermer") : (str){0};
	}
	if (who->listed && who->id != 0)
		p->public_url = str_printf(w->c.mem, "/s/%.*s/%.*s", STR_FMT(w->org.slug), STR_FMT(who->slug));
	struct out *o = view_begin(w, &l);

	page_practitioner_form_show(o, p);
	return view_end(w, o, status);
}

static err
show_form(struct web *w, const struct practitioner *who, const struct filled *form, int status)
{
	struct practitioner_form_page p = {0};

	tongue_choices(w, who, &p);
	return show(w, &p, who, form, status);
}

/* Somebody changed it while this form was typed (ERR_CONFLICT), or closed it. */
static err
show_meanwhile(struct web *w, const struct practitioner *typed, err why)
{
	struct practitioner_form_page p = {0};
	struct practitioner stored;
	struct filled *form;

	TRY(practitioner_get(&w->c, typed->id, &stored));
	tongue_choices(w, &stored, &p);
	const struct settings_spoken spoken[] = { { "langue", p.tongues, p.tongues_n },
		{ "visible", settings_yes_no(w), 2 } };

	if (why == ERR_CONFLICT)
		TRY(settings_both(w, &(struct settings_both){ .object = stored.id, .typed = fill(w, typed),
		    .stored = fill(w, &stored), .spoken = spoken, .spoken_n = COUNT(spoken) }, &form));
	else
		TRY(settings_gone(w, stored.id, &form));
	return show(w, &p, &stored, form, 409);
}

static str
read_languages(struct web *w)
{
	struct buf b = buf_in(w->c.mem, w->fields_n * 3);
	str code;

	for (size_t i = 0; web_field_nth(w, "langue", i, &code); i++) {
		if (i > 0)
			buf_byte(&b, ',');
		buf_add(&b, code);
	}
	return buf_str(&b);
}

static err
save_or_show(struct web *w, const struct practitioner *stored)
{
	struct practitioner who = *stored;
	int64_t position = web_field(w, "ordre").n == 0 ? 0 : -1;

	(void)web_field_int(w, "ordre", 0, PRACTITIONER_POSITION_MAX, &position);
	who.title = web_field(w, "titre");
	who.given = web_field(w, "prenom");
	who.family = web_field(w, "nom");
	who.specialty = web_field(w, "specialite");
	who.languages = read_languages(w);
	who.about = web_field(w, "apropos");
	who.listed = web_field(w, "visible").n > 0;
	who.position = (int)position;
	who.version = settings_version(w);
	filled_complain(w, practitioner_check(&who), wrong, COUNT(wrong));
	if (w->errors_n > 0)
		return show_form(w, stored, filled_typed(w), 422);
	err e = who.id == 0 ? practitioner_create(&w->c, &who, &who.id) : practitioner_update(&w->c, &who);
	if (stored->id != 0 && (e == ERR_CONFLICT || e == ERR_NOT_FOUND))
		return show_meanwhile(w, &who, e);
	TRY(e);
	if (stored->id != 0)
		return view_redirect(w, S(LIST), "enregistre");
	/* A new one may get a photo, and has no hours yet. */
	return view_redirect(w, settings_url(w, LIST, who.id, ""), "soignant-cree");
}

static err
find_any(struct web *w, struct practitioner *ret)
{
	id practitioner;

	TRY(web_arg_id(w, 0, &practitioner));
	return practitioner_get(&w->c, practitioner, ret);
}

static err
find(struct web *w, struct practitioner *ret)
{
	TRY(find_any(w, ret));
	return ret->closed_at == 0 ? OK : ERR_NOT_FOUND;
}

err
page_practitioner_new(struct web *w)
{
	struct practitioner who = { .languages = S("fr"), .listed = true };

	return w->http->method == HTTP_POST ? save_or_show(w, &who) :
	    show_form(w, &who, fill(w, &who), 200);
}

err
page_practitioner_edit(struct web *w)
{
	struct practitioner who;

	/* What was closed has no page, but what was typed in its form is still answered. */
	if (w->http->method == HTTP_POST) {
		TRY(find_any(w, &who));
		return save_or_show(w, &who);
	}
	TRY(find(w, &who));
	return show_form(w, &who, fill(w, &who), 200);
}

err
page_practitioner_close(struct web *w)
{
	struct practitioner who;
	err e;

	TRY(find(w, &who));
	e = practitioner_close(&w->c, who.id);
	if (e == ERR_CONFLICT) {
		web_error(w, NULL, text(w->c.lang,
		    T("Patients are still expected: move or cancel their appointments first.")));
		return show_form(w, &who, fill(w, &who), 409);
	}
	TRY(e);
	return view_redirect(w, S(LIST), "ferme");
}

/* To its own page: what it offers again, and to whom, is to be looked at. */
err
page_practitioner_reopen(struct web *w)
{
	struct practitioner who;
	err e;

	TRY(find_any(w, &who));
	e = who.closed_at == 0 ? OK : practitioner_reopen(&w->c, who.id);
	if (e == ERR_CONFLICT) {
		web_error(w, NULL, text(w->c.lang,
		    T("Opening hours of this agenda are at a place that is closed: reopen that place first.")));
		return show_list(w, 409);
	}
	TRY(e);
	return view_redirect(w, settings_url(w, LIST, who.id, ""), "soignant-rouvert");
}

/* ---- the photo ---- */

err
page_photo(struct web *w)
{
	struct practitioner who;
	str type, bytes;

	TRY(find(w, &who));
	TRY(practitioner_photo_get(&w->c, who.id, &type, &bytes));
	return view_bytes(w, 200, type, bytes);
}

static err
photo_done(struct web *w, const struct practitioner *who)
{
	return view_redirect(w, settings_url(w, LIST, who->id, ""), "enregistre");
}

err
page_photo_send(struct web *w)
{
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	const struct multipart_part *photo;
	struct practitioner who;
	const char *why;
	size_t n;
	err e;

	TRY(find(w, &who));
	TRY(multipart_parse(http_header(w->http, S("Content-Type")), w->http->body, parts, &n));
	photo = multipart_find(parts, n, S("photo"));
	if (photo == NULL || photo->bytes.n == 0) {
		why = T("Choose a picture first.");
	} else {
		e = practitioner_photo_set(&w->c, who.id, photo->bytes);
		if (e == OK)
			return photo_done(w, &who);
		if (e != ERR_INVALID && e != ERR_TOO_LARGE)
			return e;
		why = e == ERR_INVALID ? T("This file is no PNG, JPEG or WebP picture.") :
		    T("This picture is larger than 512 kB. Make it smaller, then send it again.");
	}
	web_error(w, "photo", text(w->c.lang, why));
	return show_form(w, &who, fill(w, &who), 422);
}

err
page_photo_remove(struct web *w)
{
	struct practitioner who;

	TRY(find(w, &who));
	TRY(practitioner_photo_set(&w->c, who.id, (str){0}));
	return photo_done(w, &who);
}
