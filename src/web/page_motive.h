/* page_motive.h - why one comes: the list of motives, and the form of one. */
#ifndef PAGE_MOTIVE_H
#define PAGE_MOTIVE_H

#include "practice/motive.h"
#include "web/settings.h"

struct motives_page {
	struct settings_list	 list;
	const struct motive	*motives;
	size_t			 n;
};
void page_motives_show(struct out *, const struct motives_page *);

struct motive_form_page {
	struct settings_form	 about;
	struct choice		 audiences[3];
	const struct choice	*limits;
	struct choice		*practitioners, *resources;
	size_t			 limits_n, practitioners_n, resources_n;
};
void page_motive_form_show(struct out *, const struct motive_form_page *);

#endif
