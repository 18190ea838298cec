/* page_hours.h - when a practitioner receives: the week, and exceptional openings. */
#ifndef PAGE_HOURS_H
#define PAGE_HOURS_H

#include "web/settings.h"

struct hours_line {
	str	when, site;
	str	detail;		/* parity, period, motives; may be empty */
	str	edit_url;	/* empty: only to be read */
	str	spoken;		/* of the link: what it changes */
};

struct hours_lines { struct hours_line *items; size_t n; };

struct hours_page {
	struct layout		*layout;
	struct settings_who	 who;
	str			 names[8], add_urls[8];	/* of ISO weekdays */
	struct hours_lines	 days[8];		/* [0]: exceptional openings */
	bool			 never;			/* no rule at all */
	const struct filled	*form;			/* a new exceptional opening (ux-23) */
	struct choice		*sites;
	size_t			 sites_n;
};
void page_hours_show(struct out *, const struct hours_page *);

struct hours_form_page {
	struct settings_form	 about;
	str			 who;
	bool			 one_day;	/* an exceptional opening, else weekly */
	struct choice		 weekdays[7], parities[3];
	struct choice		*sites, *motives;
	size_t			 sites_n, motives_n;
};
void page_hours_form_show(struct out *, const struct hours_form_page *);

#endif
