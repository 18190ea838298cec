/* page_tasks.h - what the practice has to do by hand. */
#ifndef PAGE_TASKS_H
#define PAGE_TASKS_H

#include "base/base.h"
#include "web/layout.h"

struct tasks_line {
	id	id;
	str	what, advice;
	str	phone, phone_shown;		/* empty: none is known */
	str	booking, booking_url;		/* empty: about none */
	str	done_spoken;			/* of its button */
};

struct tasks_page {
	struct layout		*layout;
	struct tasks_line	*lines;
	size_t			 lines_n;
	int64_t			 open;	/* all of them, also those past the list's end */
};
void page_tasks_show(struct out *, const struct tasks_page *);

#endif
