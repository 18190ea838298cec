/* page_today.h - the day as a list, for a phone in the hand. */
#ifndef PAGE_TODAY_H
#define PAGE_TODAY_H

#include "web/page_agenda_booking.h"

struct today_line {
	enum day_item_kind kind;
	str	url, hour, name, detail, with;	/* with: the practitioner, where it is everybody's day */
	str	id;
	int	tint;
	str	waiting;		/* since the arrival; empty: not waiting */
	bool	next;			/* to be called in now */
	bool	past;
	const char *tag;
	str	state_words;
	struct state_choice states[6];
	size_t	states_n;
};

struct today_page {
	struct layout	*layout;
	str		 date_words, here_url, before_url, today_url, after_url, new_url;
	bool		 everybody;
	struct today_line *lines;
	size_t		 n, appointments, waiting;
	const struct today_line *next;	/* NULL: nobody */
};

void page_today_view(struct out *, const struct today_page *);

#endif
