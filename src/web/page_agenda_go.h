/* page_agenda_go.h - one field that leads anywhere: a day, an agenda, a patient, a command. */
#ifndef PAGE_AGENDA_GO_H
#define PAGE_AGENDA_GO_H

#include "web/page_agenda_new.h"

struct go_line {
	str		 url, words, detail;
	const char	*icon;
};

struct go_page {
	struct layout	*layout;
	str		 query;
	struct go_line	*lines;
	size_t		 n;
};

void page_agenda_go_view(struct out *, const struct go_page *);

#endif
