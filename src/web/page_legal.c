/* page_legal.c - see page_legal.h. */
#include "practice/draft.h"
#include "web/page_legal.h"
#include "web/pages.h"
#include "web/view.h"

static str
life(struct web *w, int64_t seconds)
{
	if (seconds == 0)
		return text(w->c.lang, T("until you close the browser"));
	return text_n(w->c.mem, w->c.lang, TN("{n} day", "{n} days"), seconds / (24 * 60 * 60));
}

static str
minutes(struct web *w, usec span)
{
	return text_duration(w->c.mem, w->c.lang, (int)(span / USEC_PER_MINUTE));
}

/* Every cookie of the promise, so that none can be forgotten here. */
static const struct cookie_row *
cookies_of(struct web *w, size_t *ret_n)
{
	static const char *const purposes[] = {
		[COOKIE_SESSION] = T("Keeps you signed in. Set when you sign in."),
		[COOKIE_BOOKING] = T("Keeps the booking that you have begun. Set when you choose a time."),
		[COOKIE_LANG] = T("Remembers the language that you chose. Set when you choose it."),
	};
	_Static_assert(COUNT(purposes) == COOKIE_COUNT, "a cookie without an explanation");
	struct cookie_row *rows = NEW_N(w->c.mem, struct cookie_row, COOKIE_COUNT);

	*ret_n = 0;
	for (size_t i = 0; i < COOKIE_COUNT; i++) {
		const struct cookie_promise *p = &promise()->cookies[i];

		if (p->declared)
			rows[(*ret_n)++] = (struct cookie_row){ p->name, text(w->c.lang, purposes[i]),
			    life(w, p->max_age_seconds) };
	}
	return rows;
}

static err
show(struct web *w, const char *title, void page(struct out *, const struct legal_page *))
{
	struct layout l = { .shell = SHELL_PUBLIC, .title = text(w->c.lang, title) };
	struct legal_page p = { .layout = &l,
	    .draft_life = minutes(w, DRAFT_LIFE), .code_life = minutes(w, promise()->code_life),
	    .link_life = text_n(w->c.mem, w->c.lang, TN("{n} day", "{n} days"),
	    promise()->manage_link_after_end / USEC_PER_DAY), .public_url = str_c(w->site->public_url),
	    .imprint = &w->site->imprint };

	p.cookies = cookies_of(w, &p.cookies_n);
	l.description = l.title;
	struct out *o = view_begin(w, &l);

	page(o, &p);
	return view_end(w, o, 200);
}

err
page_privacy(struct web *w)
{
	return show(w, T("Your data"), page_privacy_show);
}

err
page_cookies(struct web *w)
{
	return show(w, T("Cookies"), page_cookies_show);
}

err
page_accessibility(struct web *w)
{
	return show(w, T("Accessibility"), page_accessibility_show);
}

err
page_legal(struct web *w)
{
	return show(w, T("Legal notice"), page_legal_show);
}
