/* page_agenda_sheet.h - the day on paper (ux-39). */
#ifndef PAGE_AGENDA_SHEET_H
#define PAGE_AGENDA_SHEET_H

#include "web/agenda_view.h"

struct sheet_line {
	str	hour, name, born, motive, phone, state;
	bool	struck;		/* sent apologies */
};

struct sheet {
	str	title;		/* Dre Claire Martin */
	struct sheet_line *lines;
	size_t	n;
};

struct sheet_page {
	struct layout	*layout;
	str		 date_words;
	str		 before_url, after_url, back_url;
	struct sheet	*sheets;	/* one each practitioner, empty days too */
	size_t		 n;
};

void page_agenda_sheet_view(struct out *, const struct sheet_page *);

#endif
