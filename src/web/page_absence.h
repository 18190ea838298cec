/*
 * page_absence.h - when a practitioner is away, and what becomes of the
 * appointments of that time (ux-21, ux-22).
 */
#ifndef PAGE_ABSENCE_H
#define PAGE_ABSENCE_H

#include "practice/absence.h"
#include "practice/booking.h"
#include "web/settings.h"

enum {
	COVER_PAGE = 150,		/* appointments shown at once; the others follow once these are decided */
	ABSENCE_DATES_SHOWN = 6,	/* of a repeated one; the others of a year are folded */
	ABSENCE_SHOWN_DAYS = 366,
};

struct absence_date { str url, day; };

struct absence_line {
	str			 when, reason;
	str			 edit_url;	/* empty: only to be read */
	str			 cover_url;	/* the appointments of that time */
	struct absence_date	*dates;		/* of a repeated one */
	size_t			 dates_n;
};

struct absences_page {
	struct layout		*layout;
	struct settings_who	 who;
	str			 add_url;
	struct absence_line	*once, *repeated;
	size_t			 once_n, repeated_n;
};
void page_absences_show(struct out *, const struct absences_page *);

struct absence_form_page {
	struct settings_form	 about;
	str			 remove_action, cover_url, who;
	bool			 repeats;	/* the stored one: it is asked what the change is for */
	str			 occurrence;	/* the day it is about, in words */
	struct choice		 scopes[3], rhythms[3];
};
void page_absence_form_show(struct out *, const struct absence_form_page *);

/* One appointment that the absence takes the time of. */
struct cover_line {
	str	when, patient, motive;
	str	phone;			/* empty: none is known */
	bool	no_email;		/* cannot be told by message */
	str	move_url;
	str	id, keep, cancel, move;	/* of the select: field, and values of its options */
};

struct cover_page {
	struct layout		*layout;
	str			 action, back_url, absence;
	usec			 since;		/* of the stored one: only what begins then or later */
	bool			 stored;	/* the absence is there already; else it is being made */
	const struct filled	*form;		/* what it was typed in, to be sent again */
	struct cover_line	*lines;
	size_t			 n;
	int64_t			 later;		/* more than fit this page */
};
void page_cover_show(struct out *, const struct cover_page *);

/* page_cover.c: the appointments that `to` would take, without those that old (may be NULL) has already. */
err cover_find(struct web *, const struct absence *to, const struct absence *old,
	struct booking **ret, size_t *ret_n) MUST_USE;
/* Before it is saved: list them, and ask. */
err cover_ask(struct web *, const struct cover_page *, const struct booking *, size_t n) MUST_USE;
/*
 * After it was saved under this id: do what was chosen, then go where there is
 * still something to do.  Never fails for an appointment that could not be
 * cancelled: it stays on the list.
 */
err cover_act(struct web *, id absence, const struct booking *, size_t n) MUST_USE;

/* "lundi 23 novembre 2026, 8 h – 12 h"; "Toutes les semaines : lundi, 8 h – 12 h". */
str absence_words(struct web *, const struct absence *);
str absences_url(struct web *, id practitioner);

#endif
