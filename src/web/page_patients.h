/* page_patients.h - the patient search of the bar. */
#ifndef PAGE_PATIENTS_H
#define PAGE_PATIENTS_H

#include "practice/person_search.h"
#include "web/page_agenda_new.h"

struct patient_line {
	struct found_person found;
	str	book_url;
	str	next, next_url;		/* the next appointment; empty: none to come */
};

struct patients_page {
	struct layout	*layout;
	str		 query;
	struct patient_line *lines;
	size_t		 n;
	bool		 more;
};

void page_patients_view(struct out *, const struct patients_page *);

#endif
