/* page_agenda_sheet.c - the day on paper: for the desk, and for when the screens are dark (ux-39). */
#include "asset_names.h"
#include "format/contact.h"
#include "web/page_agenda_sheet.h"
#include "web/pages.h"
#include "web/view.h"

/* The bookings of the day, and who comes to them: opened at once. */
struct reader {
	struct web	*w;
	struct booking	*list;
	struct person	*people;	/* one for one; id 0: nobody */
	size_t		 n;
	struct motive	*motives;
	size_t		 motives_n;
};

static bool
is_shown(const struct booking *b, const struct day_query *q)
{
	/* Of a group session, everybody who comes has a line. */
	return b->kind != BOOKING_SESSION &&
	    agenda_practitioner(q->practitioners, q->practitioners_n, b->practitioner) != NULL;
}

static err
bookings_read(struct reader *r, const struct day_query *q)
{
	struct web *w = r->w;
	id *ids;
	size_t n;

	TRY(motive_list(&w->c, true, &r->motives, &r->motives_n));
	TRY(booking_list(&w->c, 0, zone_instant(w->zone, q->from, 0, NULL),
	    zone_instant(w->zone, q->from + 1, 0, NULL), &r->list, &n));
	ids = NEW_N(w->c.mem, id, n);
	for (size_t i = 0; i < n; i++)
		if (is_shown(&r->list[i], q)) {
			ids[r->n] = r->list[i].person;
			r->list[r->n++] = r->list[i];
		}
	r->people = NEW_N(w->c.mem, struct person, r->n);
	return person_get_many(&w->c, PURPOSE_DESK, ids, r->n, r->people);
}

static str
hours_words(struct web *w, const struct booking *b)
{
	return str_printf(w->c.mem, "%.*s – %.*s",
	    STR_FMT(text_hour(w->c.mem, w->c.lang, zone_local(w->zone, b->start).minute)),
	    STR_FMT(text_hour(w->c.mem, w->c.lang, zone_local(w->zone, b->end).minute)));
}

static struct sheet_line
line_of(const struct reader *r, size_t i)
{
	struct ctx *c = &r->w->c;
	const struct booking *b = &r->list[i];
	const struct person *p = &r->people[i];
	const struct motive *m = agenda_motive(r->motives, r->motives_n, b->motive);
	struct sheet_line line = { .hour = hours_words(r->w, b), .struck = b->state == BOOKING_EXCUSED };
	day born;

	if (b->kind == BOOKING_BLOCK)
		line.name = text(c->lang, T("Blocked"));
	else
		line.name = p->id != 0 ? person_name_by_family(c->mem, p) : agenda_state_words(c->lang, b->state);
	if (m != NULL)
		line.motive = m->name;
	if (p->id == 0)
		return line;
	if (civil_parse_date(p->birth_date, &born))
		line.born = text_date_numeric(c->mem, c->lang, born);
	line.phone = phone_display(c->mem, p->phone);
	if (b->state != BOOKING_CONFIRMED)
		line.state = agenda_state_words(c->lang, b->state);
	return line;
}

static struct sheet
sheet_of(const struct reader *r, const struct practitioner *who)
{
	struct sheet s = { .title = practitioner_name(r->w->c.mem, who),
	    .lines = NEW_N(r->w->c.mem, struct sheet_line, r->n) };

	for (size_t i = 0; i < r->n; i++)
		if (r->list[i].practitioner == who->id)
			s.lines[s.n++] = line_of(r, i);
	return s;
}

static str
url_on(struct web *w, const struct agenda_view *v, day on)
{
	struct agenda_view other = *v;

	other.date = on;
	return agenda_url_at(w, &other, "/agenda/feuille");
}

err
page_agenda_sheet(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .script = str_c(ASSET_AGENDA_JS) };
	struct sheet_page p = { .layout = &l };
	struct reader r = { .w = w };
	struct agenda_view v;
	struct day_query q;

	TRY(agenda_view_read(w, &v));
	v.cut.id = 0;
	q = agenda_query(&v);
	q.from = v.date;	/* of a week, the day that was chosen */
	TRY(bookings_read(&r, &q));
	p.sheets = NEW_N(w->c.mem, struct sheet, q.practitioners_n);
	for (; p.n < q.practitioners_n; p.n++)
		p.sheets[p.n] = sheet_of(&r, &q.practitioners[p.n]);
	l.title = p.date_words = text_capital(w->c.mem, text_date_year(w->c.mem, w->c.lang, v.date));
	p.before_url = url_on(w, &v, v.date - 1);
	p.after_url = url_on(w, &v, v.date + 1);
	p.back_url = agenda_url(w, &v);
	struct out *o = view_begin(w, &l);
	page_agenda_sheet_view(o, &p);
	return view_end(w, o, 200);
}
