/* page_home.c - search, and results with each one's first free time. */
#include "practice/slot.h"
#include "web/page_home.h"
#include "web/pages.h"
#include "web/view.h"

enum { MOTIVES_TRIED = 3 };	/* before a card says that nothing is free */

FORM(form_search, { "q", 100, false }, { "ou", 80, false }, { "page", 4, false });

/* The first free time of the motive, among those of the hit, that has one. */
static err
first_time(struct web *w, const struct directory_hit *hit, id *ret_motive, str *ret_when)
{
	const struct zone *zone = zone_get(hit->zone);
	struct ctx there = w->c;
	struct slot slot;

	there.org = hit->org;
	for (size_t i = 0; zone != NULL && i < hit->motives_n && i < MOTIVES_TRIED; i++) {
		struct slot_query q = { .motive = hit->motives[i], .practitioner = hit->practitioner,
		    .from = zone_local(zone, w->c.now).day, .days = SLOT_DAYS_MAX, .online = true };
		err e = slot_first(&there, &q, &slot);

		if (e == OK) {
			struct civil at = zone_local(zone, slot.start);

			*ret_motive = hit->motives[i];
			*ret_when = text_date_hour(w->c.mem, w->c.lang, at.day, at.minute);
			return OK;
		}
		if (e != ERR_NOT_FOUND)
			return e;
	}
	return OK;
}

static err
results_read(struct web *w, const struct directory_found *found, struct home_page *p)
{
	struct result *list = NEW_N(w->c.mem, struct result, found->n);

	for (size_t i = 0; i < found->n; i++) {
		const struct directory_hit *hit = &found->hits[i];
		id motive = 0;

		list[i].hit = hit;
		TRY(first_time(w, hit, &motive, &list[i].first));
		list[i].url = motive == 0 ?
		    str_printf(w->c.mem, "/s/%.*s/%.*s", STR_FMT(hit->org_slug), STR_FMT(hit->slug)) :
		    str_printf(w->c.mem, "/s/%.*s/%.*s?motif=%lld", STR_FMT(hit->org_slug),
			STR_FMT(hit->slug), (long long)motive);
	}
	p->results = list;
	p->n = found->n;
	p->total = found->total;
	p->there = found->there;
	p->place_unknown = found->place_unknown;
	return OK;
}

static str
results_url(struct web *w, const struct home_page *p, int page)
{
	struct buf b = buf_in(w->c.mem, 4096);

	buf_add(&b, S("/soignants?q="));
	buf_url(&b, p->who);
	buf_add(&b, S("&ou="));
	buf_url(&b, p->where);
	if (page > 0)
		buf_printf(&b, "&page=%d", page + 1);
	return buf_str(&b);
}

/* "3 professionals", said by the title of the page too. */
static str
results_title(struct web *w, const struct home_page *p)
{
	if (p->total == 0)
		return text(w->c.lang, T("Nobody was found"));
	return text_n(w->c.mem, w->c.lang, TN("{n} professional found", "{n} professionals found"), p->total);
}

static err
show(struct web *w, struct home_page *p, struct layout *l)
{
	struct out *o = view_begin(w, l);

	page_home_show(o, p);
	return view_end(w, o, w->errors_n > 0 ? 422 : 200);
}

/* The form; where there is but one page of people, they are there at once. */
err
page_home(struct web *w)
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, T("Book an appointment")),
	    .description = text(w->c.lang, T("Find a professional, see the free times, and book online, with or without an account.")) };
	struct home_page p = { .layout = &l, .start = true };
	struct directory_found found;

	TRY(directory_search(&w->c, &(struct directory_query){0}, &found));
	if (found.total <= DIRECTORY_PAGE)
		TRY(results_read(w, &found, &p));
	return show(w, &p, &l);
}

err
page_search(struct web *w)
{
	struct layout l = { .shell = SHELL_PUBLIC };
	struct home_page p = { .layout = &l, .who = web_field(w, "q"), .where = web_field(w, "ou") };
	struct directory_query q = { .who = p.who, .where = p.where };
	struct directory_found found = {0};
	int64_t page = 1;

	if (web_field_sent(w, "page") && !web_field_int(w, "page", 1, DIRECTORY_PAGES_MAX, &page))
		return ERR_NOT_FOUND;
	q.page = (int)page - 1;
	p.asked = p.who.n > 0 || p.where.n > 0;
	if (w->errors_n == 0)
		TRY(directory_search(&w->c, &q, &found));
	TRY(results_read(w, &found, &p));
	if (page > 1)
		p.previous_url = results_url(w, &p, q.page - 1);
	if (page * DIRECTORY_PAGE < found.total && page < DIRECTORY_PAGES_MAX)
		p.next_url = results_url(w, &p, q.page + 1);
	l.title = results_title(w, &p);
	return show(w, &p, &l);
}
