/* page_today.c - who comes today, who waits, who is next (ux-28, ux-57). */
#include <stdlib.h>

#include "asset_names.h"
#include "web/page_agenda_change.h"
#include "web/page_today.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_today, { "date", 10, false }, { "rdv", 20, false }, { "defaire", 300, false });

struct sorted { const struct agenda_item *item; const struct agenda_column *column; };

static int
by_start(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;

	return x->item->day->start - y->item->day->start;
}

/* On this page free time is a gap: one line for what the grid cuts into pieces. */
static bool
continues(const struct today_line *last, const struct agenda_item *item, int last_end)
{
	return last != NULL && last->kind == DAY_FREE && item->day->kind == DAY_FREE && last_end == item->day->start;
}

static void
line_booking(struct web *w, const struct agenda_item *item, struct today_line *line)
{
	const struct booking *b = item->day->booking;

	line->id = str_of_int(w->c.mem, b->id);
	line->name = item->name;
	line->tint = item->tint;
	line->past = b->state >= BOOKING_DONE;
	line->detail = b->kind == BOOKING_APPOINTMENT && item->day->motive != NULL ?
	    item->day->motive->name : item->detail;
	if (b->state == BOOKING_ARRIVED && b->arrived_at != 0)
		line->waiting = text_duration(w->c.mem, w->c.lang,
		    (int)max64((w->c.now - b->arrived_at) / USEC_PER_MINUTE, 0));
	if (b->kind == BOOKING_APPOINTMENT && b->state != BOOKING_CONFIRMED)
		line->state_words = text_capital(w->c.mem, agenda_state_words(w->c.lang, b->state));
	line->tag = b->state == BOOKING_NO_SHOW ? "bad" : b->state == BOOKING_EXCUSED ? "warn" :
	    b->state == BOOKING_CONFIRMED || b->state == BOOKING_HELD ? "" : "ok";
	agenda_state_choices(w, b, line->states, &line->states_n);
}

static void
lines_build(struct web *w, const struct sorted *sorted, size_t n, struct today_page *p)
{
	struct today_line *last = NULL;
	int last_end = 0;

	for (size_t i = 0; i < n; i++) {
		const struct agenda_item *item = sorted[i].item;
		const struct day_item *d = item->day;

		if (d->kind == DAY_CLOSED || (d->kind == DAY_FREE && p->everybody))
			continue;
		if (!continues(last, item, last_end)) {
			last = &p->lines[p->n++];
			*last = (struct today_line){ .kind = d->kind, .url = item->url, .hour = item->hour,
			    .name = item->name, .tag = "" };
			if (p->everybody)
				last->with = sorted[i].column->title;
			if (d->kind == DAY_BOOKING)
				line_booking(w, item, last);
		}
		last_end = d->end;
		if (last->kind == DAY_FREE)
			last->name = FILL(w->c.mem, w->c.lang, T("Free until {hour}"),
			    ARG("hour", text_hour(w->c.mem, w->c.lang, d->end * DAY_ROW_MINUTES)));
		if (d->kind == DAY_BOOKING && d->booking->kind == BOOKING_APPOINTMENT) {
			p->appointments++;
			p->waiting += last->waiting.n > 0;
		}
	}
}

/* Whoever waits comes before whoever is only expected; each by the hour of the appointment. */
static void
find_next(const struct sorted *sorted, size_t n, struct today_page *p)
{
	for (int waiting = 1; waiting >= 0 && p->next == NULL; waiting--)
		for (size_t i = 0; i < n && p->next == NULL; i++) {
			const struct booking *b = sorted[i].item->day->booking;

			if (b == NULL || b->kind != BOOKING_APPOINTMENT ||
			    b->state != (waiting ? BOOKING_ARRIVED : BOOKING_CONFIRMED))
				continue;
			for (size_t k = 0; k < p->n; k++)
				if (p->lines[k].url.n > 0 && str_eq(p->lines[k].url, sorted[i].item->url)) {
					p->lines[k].next = true;
					p->next = &p->lines[k];
				}
		}
}

static void
page_build(struct web *w, const struct agenda_grid *grid, bool is_today, struct today_page *p)
{
	struct sorted *sorted;
	size_t n = 0;

	for (size_t i = 0; i < grid->n; i++)
		n += grid->columns[i].n;
	sorted = NEW_N(w->c.mem, struct sorted, n);
	p->lines = NEW_N(w->c.mem, struct today_line, n);
	n = 0;
	for (size_t i = 0; i < grid->n; i++)
		for (size_t k = 0; k < grid->columns[i].n; k++)
			sorted[n++] = (struct sorted){ &grid->columns[i].items[k], &grid->columns[i] };
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), by_start);
	lines_build(w, sorted, n, p);
	if (is_today)
		find_next(sorted, n, p);
}

static str
url_on(struct web *w, day on)
{
	return str_printf(w->c.mem, "/aujourdhui?date=%.*s", STR_FMT(civil_iso_date(w->c.mem, on)));
}

err
page_today(struct web *w)
{
	struct layout l = { .shell = SHELL_STAFF, .title = text(w->c.lang, T("Today")),
	    .script = str_c(ASSET_AGENDA_JS) };
	struct agenda_view v = { .kind = AGENDA_COLUMNS, .today = zone_local(w->zone, w->c.now).day };
	struct today_page p = { .layout = &l, .everybody = true };
	const struct practitioner *own;
	struct agenda_grid grid;

	if (!civil_parse_date(web_field(w, "date"), &v.date))
		v.date = v.today;
	TRY(practitioner_list(&w->c, false, &v.all, &v.all_n));
	v.chosen = v.all;
	v.chosen_n = (size_t)min64((int64_t)v.all_n, DAY_COLUMNS_MAX);
	own = agenda_practitioner(v.all, v.all_n, w->session.practitioner);
	if (own != NULL) {
		v.chosen = NEW(w->c.mem, struct practitioner);
		*v.chosen = *own;
		v.chosen_n = 1;
		p.everybody = false;
	}
	v.there = v.chosen;
	v.there_n = v.chosen_n;
	TRY(agenda_grid_read(w, &v, &grid));
	page_build(w, &grid, v.date == v.today, &p);
	p.date_words = text_capital(w->c.mem, text_date(w->c.mem, w->c.lang, v.date));
	p.here_url = url_on(w, v.date);
	p.before_url = url_on(w, v.date - 1);
	p.today_url = S("/aujourdhui");
	p.after_url = url_on(w, v.date + 1);
	p.new_url = str_printf(w->c.mem, "/agenda/rdv/nouveau?jour=%.*s&retour=%%2Faujourdhui",
	    STR_FMT(civil_iso_date(w->c.mem, v.date)));
	struct out *o = view_begin(w, &l);
	page_today_view(o, &p);
	return view_end(w, o, 200);
}
