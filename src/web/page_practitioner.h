/*
 * page_practitioner.h - a practitioner's page, and a week of free times as it
 * is offered there and where an appointment is moved.
 */
#ifndef PAGE_PRACTITIONER_H
#define PAGE_PRACTITIONER_H

#include "practice/motive.h"
#include "practice/practitioner.h"
#include "practice/slot.h"
#include "web/layout.h"
#include "web/web.h"

enum { WEEK_DAYS = 7, NEXT_SLOTS = 3 };

struct offered_time {
	str	value;		/* RFC 3339, for the form */
	str	hour;		/* 8 h 45 */
	str	spoken;		/* lundi 23 novembre à 8 h 45: the button's whole name (ux-55) */
	str	site;		/* where, if not all are at one place; else empty */
	int	places;		/* of a group: left; else 0 */
};

struct offered_day {
	str			 name;
	struct offered_time	*times;
	size_t			 n;
};

struct week {
	str		 action, csrf;	/* where a chosen time is posted */
	id		 motive;	/* posted with it; 0: the action knows */
	struct offered_day days[WEEK_DAYS];
	size_t		 days_n;
	size_t		 times_n;	/* on all days */
	str		 range;		/* 23 novembre - 29 novembre, for the heading */
	str		 previous_url, next_url;	/* empty: there is nothing that way */
	str		 first_url, first_day;		/* the first free day, where it is in another week */
	str		 phone;		/* whom to call when there is nothing online; may be empty */
};

struct week_ask {
	id	practitioner, motive;
	bool	group;
	str	page;		/* path and query, to which du=DATE is added */
	str	action;
	str	from;		/* as the address says; empty: today */
	usec	wanted;		/* what was chosen and cannot be had; 0: nothing yet */
};

/* ERR_INVALID: from is no date.  Past days count as today. */
err  week_read(struct web *, const struct week_ask *, struct week *ret) MUST_USE;
void week_list(struct out *, const struct week *);

/* The next NEXT_SLOTS after what was wanted, else from now on. */
err  next_times(struct web *, const struct week_ask *, struct week *ret) MUST_USE;

struct site_shown { struct site site; str phone; };

struct practitioner_page {
	struct layout		*layout;
	str			 base;		/* /s/ORG/SLUG */
	const struct org	*org;
	struct practitioner	 who;
	str			 name, languages;
	const struct site_shown	*sites;
	size_t			 sites_n;
	const struct motive	*motives;
	size_t			 motives_n;
	const struct motive	*chosen;	/* NULL: nothing can be booked online */
	struct week		 week;
};
void page_practitioner_show(struct out *, const struct practitioner_page *);

/* A choice that cannot be had any more: said, with the next ones. */
struct taken_page {
	struct layout	*layout;
	str		 title, why;
	str		 back_url;
	struct week	 week;
};
void page_taken(struct out *, const struct taken_page *);
/* 409; too_late: the time itself cannot be asked for any more, else somebody has it. */
err  taken_show(struct web *, const struct week_ask *, bool too_late) MUST_USE;

struct practice_member { str url, name, specialty; };
struct practice_page {
	struct layout			*layout;
	const struct org		*org;
	const struct site_shown		*sites;
	size_t				 sites_n;
	const struct practice_member	*members;
	size_t				 members_n;
};
void page_practice_show(struct out *, const struct practice_page *);

#endif
