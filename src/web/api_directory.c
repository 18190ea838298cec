/* api_directory.c - who can be seen, and for what: GET …/practitioners, GET …/motives. */
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "web/api_common.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_api_motives, { "practitioner", 20, false });

static void
put_languages(struct json_writer *j, str languages)
{
	str code;

	json_key(j, S("languages"));
	json_array_begin(j);
	while (languages.n > 0 && str_split(&languages, ',', &code))
		json_put_str(j, code);
	json_array_end(j);
}

static void
put_practitioner(struct web *w, struct json_writer *j, const struct practitioner *p)
{
	json_object_begin(j);
	api_put_id(j, "id", p->id);
	api_put_text(j, "name", practitioner_name(w->c.mem, p));
	api_put_text(j, "title", p->title);
	api_put_text(j, "given", p->given);
	api_put_text(j, "family", p->family);
	api_put_text(j, "specialty", p->specialty);
	api_put_text(j, "slug", p->slug);
	put_languages(j, p->languages);
	api_put_bool(j, "listed", p->listed);
	json_object_end(j);
}

err
api_practitioners(struct web *w)
{
	struct buf b = buf_in(w->c.mem, API_ANSWER_BYTES_MAX);
	struct json_writer j = json_writer(&b);
	struct practitioner *list;
	size_t n;

	TRY(api_choose_org(w));
	TRY(practitioner_list(&w->c, false, &list, &n));
	json_object_begin(&j);
	json_key(&j, S("practitioners"));
	json_array_begin(&j);
	for (size_t i = 0; i < n; i++)
		if (list[i].listed || !api_is_public(w))
			put_practitioner(w, &j, &list[i]);
	json_array_end(&j);
	json_object_end(&j);
	return view_json(w, 200, &b);
}

static void
put_motive(struct json_writer *j, const struct motive *m)
{
	static const char *const audiences[] = {
		[MOTIVE_FOR_ANYBODY] = "anybody", [MOTIVE_FOR_NEW] = "new", [MOTIVE_FOR_KNOWN] = "known",
	};

	json_object_begin(j);
	api_put_id(j, "id", m->id);
	api_put_text(j, "name", m->name);
	api_put_int(j, "minutes", m->minutes);
	api_put_bool(j, "online", m->online);
	api_put_text(j, "audience", str_c(audiences[m->audience]));
	api_put_int(j, "notice_minutes", m->notice_minutes);
	api_put_int(j, "horizon_days", m->horizon_days);
	api_put_int(j, "capacity", m->capacity);
	api_put_text(j, "instructions", m->instructions);
	json_object_end(j);
}

/* Of one practitioner, whom the asker may know of, or of all. */
static err
list_motives(struct web *w, struct motive **ret, size_t *ret_n)
{
	struct practitioner p;
	id practitioner;

	if (!web_field_sent(w, "practitioner"))
		return motive_list(&w->c, false, ret, ret_n);
	if (!web_field_id(w, "practitioner", &practitioner))
		return ERR_NOT_FOUND;
	TRY(practitioner_get(&w->c, practitioner, &p));
	if (p.closed_at != 0 || (!p.listed && api_is_public(w)))
		return ERR_NOT_FOUND;
	return motive_list_for(&w->c, practitioner, api_is_public(w), ret, ret_n);
}

err
api_motives(struct web *w)
{
	struct buf b = buf_in(w->c.mem, API_ANSWER_BYTES_MAX);
	struct json_writer j = json_writer(&b);
	struct motive *list;
	size_t n;

	TRY(api_choose_org(w));
	TRY(list_motives(w, &list, &n));
	json_object_begin(&j);
	json_key(&j, S("motives"));
	json_array_begin(&j);
	for (size_t i = 0; i < n; i++)
		if (list[i].online || !api_is_public(w))
			put_motive(&j, &list[i]);
	json_array_end(&j);
	json_object_end(&j);
	return view_json(w, 200, &b);
}
