/* page_resource.h - rooms and devices: the list, and the form of one. */
#ifndef PAGE_RESOURCE_H
#define PAGE_RESOURCE_H

#include "practice/resource.h"
#include "web/settings.h"

struct resource_line { const struct resource *resource; str site; };

struct resources_page {
	struct settings_list		 list;	/* without add_url: there is no place to put one in */
	const struct resource_line	*lines;
	size_t				 n;
};
void page_resources_show(struct out *, const struct resources_page *);

struct resource_form_page {
	struct settings_form	 about;
	str			 where;		/* of one that is there: kind and place, which stay */
	struct choice		 kinds[2];
	struct choice		*sites;
	size_t			 sites_n;
};
void page_resource_form_show(struct out *, const struct resource_form_page *);

#endif
