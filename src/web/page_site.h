/* page_site.h - the places of a practice: the list, and the form of one. */
#ifndef PAGE_SITE_H
#define PAGE_SITE_H

#include "web/settings.h"

struct sites_page {
	struct settings_list	 list;
	const struct site	*sites;
	size_t			 n;
};
void page_sites_show(struct out *, const struct sites_page *);

void page_site_form_show(struct out *, const struct settings_form *);

#endif
