/* page_patients.c - who was meant, when they come next, and a new appointment (ux-1 to ux-4). */
#include "asset_names.h"
#include "web/page_patients.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_patients, { "q", PERSON_SEARCH_QUERY_MAX, false });

/* Of the appointments, newest first, the last one that is still to come. */
static err
next_read(struct web *w, id person, struct patient_line *line)
{
	struct booking *list;
	size_t n;

	TRY(booking_list_of_person(&w->c, person, &list, &n));
	for (size_t i = 0; i < n && list[i].start >= w->c.now; i++) {
		struct civil at = zone_local(w->zone, list[i].start);

		if (list[i].state > BOOKING_DONE)
			continue;
		line->next = text_date_hour(w->c.mem, w->c.lang, at.day, at.minute);
		line->next_url = str_printf(w->c.mem, "/agenda/rdv/%lld", (long long)list[i].id);
	}
	return OK;
}

static err
lines_read(struct web *w, struct patients_page *p)
{
	struct person *people;

	TRY(person_search(&w->c, p->query, &people, &p->n, &p->more));
	p->lines = NEW_N(w->c.mem, struct patient_line, p->n);
	for (size_t i = 0; i < p->n; i++) {
		p->lines[i].found = found_line(w, &people[i]);
		p->lines[i].book_url = str_printf(w->c.mem, "/agenda/rdv/nouveau?patient=%lld",
		    (long long)people[i].id);
		TRY(next_read(w, people[i].id, &p->lines[i]));
	}
	return OK;
}

err
page_patients(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Patients")),
	    .script = str_c(ASSET_AGENDA_JS) };
	struct patients_page p = { .layout = &l, .query = web_field(w, "q") };

	if (w->errors_n == 0) {
		err e = lines_read(w, &p);

		/* Many files were read: the search is typed again after the proof. */
		if (e == ERR_BUDGET)
			return view_redirect(w, S("/lecture?retour=%2Fpatients"), NULL);
		if (e == ERR_TOO_LARGE)
			web_error(w, NULL, text(w->c.lang, T("Search with fewer words.")));
		else
			TRY(e);
	}
	struct out *o = view_begin(w, &l);
	page_patients_view(o, &p);
	return view_end(w, o, w->errors_n > 0 ? 422 : 200);
}
