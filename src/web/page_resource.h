/* page_resource.h - rooms and devices: the list, and the form of one. */
#ifndef PAGE_RESOURCE_H
#define PAGE_RESOURCE_H

#include "practice/resource.h"
#include "web/page_settings.h"

struct resource_line { const struct resource *resource; str site; };

struct resources_page {
	struct layout			*layout;
	const struct resource_line	*lines;
	size_t				 n;
	bool				 sites;	/* there is a place to put one in */
};
void page_resources_show(struct out *, const struct resources_page *);

struct resource_form_page {
	struct layout		*layout;
	str			 action, close_action;
	str			 where;		/* of one that is there: kind and place, which stay */
	struct choice		 kinds[2];
	struct choice		*sites;
	size_t			 sites_n;
	const struct filled	*form;
};
void page_resource_form_show(struct out *, const struct resource_form_page *);

#endif
