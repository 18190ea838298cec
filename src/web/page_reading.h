/* page_reading.h - whoever reads many files: the proof that is asked, and the alarms (T1). */
#ifndef PAGE_READING_H
#define PAGE_READING_H

#include "privacy/budget.h"
#include "web/layout.h"

struct reading_page {
	struct layout	*layout;
	enum budget_state state;
	int		 persons;	/* of strangers that the promise allows in an hour */
	str		 back;		/* a page of ours; empty: none */
};
void page_reading_show(struct out *, const struct reading_page *);

struct alarm_line {
	id	id;
	bool	stopped, standing, own;
	str	who, when, what, ended;
	str	lift_spoken;		/* of its button */
};

struct alarms_page {
	struct layout		*layout;
	const struct alarm_line	*lines;
	size_t			 lines_n;
};
void page_alarms_show(struct out *, const struct alarms_page *);

#endif
