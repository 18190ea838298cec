/* page_site.h - the places of a practice: the list, and the form of one. */
#ifndef PAGE_SITE_H
#define PAGE_SITE_H

#include "web/page_settings.h"

struct sites_page {
	struct layout		*layout;
	const struct site	*sites;
	size_t			 n;
};
void page_sites_show(struct out *, const struct sites_page *);

struct site_form_page {
	struct layout		*layout;
	str			 action, close_action;
	const struct filled	*form;
};
void page_site_form_show(struct out *, const struct site_form_page *);

#endif
