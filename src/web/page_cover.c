/*
 * page_cover.c - the appointments that an absence takes the time of: move,
 * cancel and tell, or keep, one by one (ux-22).
 */
#include "practice/cover.h"
#include "practice/motive.h"
#include "practice/person.h"
#include "format/contact.h"
#include "web/page_absence.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_cover, { "choix", 40, true }, { "depuis", 20, false });

enum { TRIES_MAX = 5 };

static bool
among(const struct booking *list, size_t n, id booking)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == booking)
			return true;
	return false;
}

err
cover_find(struct web *w, const struct absence *to, const struct absence *old,
    struct booking **ret, size_t *ret_n)
{
	struct booking *list, *known = NULL;
	size_t n, known_n = 0, kept = 0;

	TRY(cover_list(&w->c, w->zone, to, &list, &n));
	if (old != NULL)
		TRY(cover_list(&w->c, w->zone, old, &known, &known_n));
	for (size_t i = 0; i < n; i++)
		if (!among(known, known_n, list[i].id))
			list[kept++] = list[i];
	*ret = list;
	*ret_n = kept;
	return OK;
}

/* ---- shown ---- */

static str
motive_name(const struct motive *list, size_t n, id motive)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == motive)
			return list[i].name;
	return (str){0};
}

static str
option(struct web *w, id booking, const char *what)
{
	return str_printf(w->c.mem, "%lld:%s", (long long)booking, what);
}

static str
move_url(struct web *w, id booking)
{
	return str_printf(w->c.mem, "/agenda/rdv/%lld", (long long)booking);
}

static struct cover_line
line(struct web *w, const struct booking *b, const struct person *patient)
{
	struct civil at = zone_local(w->zone, b->start);
	struct cover_line l = {
		.when = text_capital(w->c.mem, text_date_hour(w->c.mem, w->c.lang, at.day, at.minute)),
		.move_url = move_url(w, b->id),
		.id = str_of_int(w->c.mem, b->id),
		.keep = option(w, b->id, "garder"), .cancel = option(w, b->id, "annuler"),
		.move = option(w, b->id, "deplacer"),
	};

	if (patient->id == 0) {
		l.patient = text(w->c.lang, T("Record that can no longer be read"));
		return l;
	}
	l.patient = person_name_by_family(w->c.mem, patient);
	l.phone = phone_display(w->c.mem, patient->phone);
	l.no_email = patient->email.n == 0;
	return l;
}

static err
read_lines(struct web *w, const struct booking *list, size_t n, struct cover_page *p)
{
	size_t shown = n < COVER_PAGE ? n : COVER_PAGE, motives_n;
	struct person *patients = NEW_N(w->c.mem, struct person, shown);
	id *ids = NEW_N(w->c.mem, id, shown);
	struct motive *motives;

	for (size_t i = 0; i < shown; i++)
		ids[i] = list[i].person;
	TRY(person_get_many(&w->c, PURPOSE_DESK, ids, shown, patients));
	TRY(motive_list(&w->c, true, &motives, &motives_n));
	p->lines = NEW_N(w->c.mem, struct cover_line, shown);
	for (size_t i = 0; i < shown; i++) {
		p->lines[i] = line(w, &list[i], &patients[i]);
		p->lines[i].motive = motive_name(motives, motives_n, list[i].motive);
	}
	p->n = shown;
	p->later = (int64_t)(n - shown);
	return OK;
}

err
cover_ask(struct web *w, const struct cover_page *about, const struct booking *list, size_t n)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang,
	    T("Appointments during this absence")) };
	struct cover_page p = *about;

	p.layout = &l;
	p.form = filled_typed(w);
	TRY(read_lines(w, list, n, &p));
	struct out *o = view_begin(w, &l);

	page_cover_show(o, &p);
	return view_end(w, o, 200);
}

/* ---- done ---- */

/* The engine may ask for one change again; the absence is saved and must not be. */
static bool
cancel(struct web *w, id booking)
{
	err e = ERR_RETRY;

	for (int i = 0; i < TRIES_MAX && e == ERR_RETRY; i++)
		e = booking_cancel(&w->c, booking, false);
	/* Not live any more: somebody else cancelled it. */
	return e == OK || e == ERR_CONFLICT;
}

struct outcome {
	size_t	open;		/* neither kept nor cancelled yet */
	size_t	to_move;
	id	first_to_move;
};

static bool
chosen(const struct web *w, id booking, const char *what)
{
	str value;

	for (size_t i = 0; web_field_nth(w, "choix", i, &value); i++) {
		str number;
		int64_t which;

		if (str_split(&value, ':', &number) && str_int(number, 1, INT64_MAX, &which) &&
		    which == booking && str_eq(value, str_c(what)))
			return true;
	}
	return false;
}

static struct outcome
act(struct web *w, const struct booking *list, size_t n)
{
	struct outcome out = {0};

	for (size_t i = 0; i < n; i++) {
		id booking = list[i].id;

		if (chosen(w, booking, "garder"))
			continue;
		if (chosen(w, booking, "deplacer")) {
			out.first_to_move = out.to_move++ == 0 ? booking : out.first_to_move;
			continue;
		}
		if (!chosen(w, booking, "annuler") || !cancel(w, booking))
			out.open++;
	}
	return out;
}

static str
cover_url(struct web *w, id absence)
{
	return str_printf(w->c.mem, "/reglages/absences/%lld/rendez-vous", (long long)absence);
}

err
cover_act(struct web *w, id absence, const struct booking *list, size_t n)
{
	struct outcome out = act(w, list, n);
	struct absence a;

	/* Those kept stay on the list: what comes behind this page is found by its time. */
	if (n > COVER_PAGE)
		return view_redirect(w, str_printf(w->c.mem, "%.*s?depuis=%lld", STR_FMT(cover_url(w, absence)),
		    (long long)list[COVER_PAGE].start), "enregistre");
	if (out.open == 0 && out.to_move == 1)
		return view_redirect(w, move_url(w, out.first_to_move), "enregistre");
	if (out.open + out.to_move > 0)
		return view_redirect(w, cover_url(w, absence), "enregistre");
	TRY(absence_get(&w->c, absence, &a));
	return view_redirect(w, absences_url(w, a.practitioner), "enregistre");
}

/* The list of an absence that is saved, at any time. */
err
page_cover(struct web *w)
{
	struct absence a;
	struct booking *list;
	usec since = 0;
	size_t n;
	id absence;

	TRY(web_arg_id(w, 0, &absence));
	TRY(absence_get(&w->c, absence, &a));
	TRY(settings_own(w, a.practitioner));
	TRY(cover_find(w, &a, NULL, &list, &n));
	(void)web_field_int(w, "depuis", 0, INT64_MAX, &since);
	while (n > 0 && list[0].start < since) {
		list++;
		n--;
	}
	if (w->http->method == HTTP_POST)
		return cover_act(w, absence, list, n);
	struct cover_page p = { .action = cover_url(w, absence), .since = since, .stored = true,
		.absence = absence_words(w, &a), .back_url = absences_url(w, a.practitioner) };

	return cover_ask(w, &p, list, n);
}
