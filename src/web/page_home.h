/*
 * page_home.h - the search for a practitioner, and what it finds.
 */
#ifndef PAGE_HOME_H
#define PAGE_HOME_H

#include "practice/directory.h"
#include "web/layout.h"

struct result {
	const struct directory_hit *hit;
	str	url;
	str	first;		/* lundi 23 novembre à 8 h 45; empty: nothing online */
};

struct home_page {
	struct layout	*layout;
	bool		 start;		/* the first page, not results */
	bool		 asked;		/* for somebody or somewhere */
	str		 who, where;
	const struct result *results;
	size_t		 n;
	int64_t		 total, there;
	bool		 place_unknown;
	str		 previous_url, next_url;
};
void page_home_show(struct out *, const struct home_page *);

#endif
