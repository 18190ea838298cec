/* page_agenda_new.h - the form of a new appointment. */
#ifndef PAGE_AGENDA_NEW_H
#define PAGE_AGENDA_NEW_H

#include "practice/series.h"
#include "web/page_agenda_booking.h"

struct found_person { str value, name, detail; };	/* detail: born, phone's end */

/* A patient as a list of them says it. */
struct found_person found_line(struct web *, const struct person *);

struct new_form {
	struct layout	*layout;
	/* As they were typed or asked for. */
	str		 whom, motive, date, hour, minutes, note, back, key;
	str		 query, patient;	/* patient: the chosen one's id, "nouveau", or empty */
	str		 family, given, birth_date, email, phone;
	str		 repeat, times, until;
	bool		 told;
	/* To choose from. */
	struct choice	*practitioners, *motives;
	size_t		 practitioners_n, motives_n;
	struct found_person *found;
	size_t		 found_n;
	bool		 searched, more;
	bool		 doubtful;	/* found are those that the new patient may already be */
	struct clash	*clash;		/* NULL: none */
	str		*series_clashes;	/* dates of a series that are taken */
	size_t		 series_clashes_n, series_n;
};

void page_agenda_new_view(struct out *, const struct new_form *);

#endif
