/* page_settings.h - the settings of a practice: the overview, and the practice itself. */
#ifndef PAGE_SETTINGS_H
#define PAGE_SETTINGS_H

#include "web/settings.h"

struct settings_card { str url, title, what; const char *icon; };
struct settings_page {
	struct layout			*layout;
	const struct settings_card	*cards;
	size_t				 cards_n;
};
void page_settings_show(struct out *, const struct settings_page *);

struct cabinet_page {
	struct settings_form	 about;
	const struct choice	*zones, *languages, *limits, *reminders;
	size_t			 zones_n, languages_n, limits_n, reminders_n;
};
void page_cabinet_show(struct out *, const struct cabinet_page *);

#endif
