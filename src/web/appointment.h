/*
 * appointment.h - an appointment as it is shown to the one who has it, or is
 * about to: when, with whom, where, what to bring.  Nothing in it is sealed.
 */
#ifndef APPOINTMENT_H
#define APPOINTMENT_H

#include "format/out.h"
#include "practice/booking.h"
#include "practice/practice.h"
#include "web/web.h"

struct appointment {
	str	when;			/* lundi 23 novembre à 8 h 45 */
	str	given;			/* of the one who comes; empty: not said */
	str	practitioner, specialty, motive, duration;
	str	org_name, org_slug, practitioner_slug;
	str	instructions;
	struct site site;
	str	phone;			/* of the site, else of the practice; empty: none */
};

/* w->org is the booking's.  Of closed practitioners and motives too: their appointments stay. */
err  appointment_read(struct web *, const struct booking *, struct appointment *ret) MUST_USE;

/* "44000 Nantes"; empty: the site has no address. */
str  site_town(struct arena *, const struct site *);

/* The ticket; full: also how to get in and what to bring. */
void appointment_card(struct out *, const struct appointment *, bool full);
/* Name, street, town, phone. */
void site_address(struct out *, const struct site *, str phone);
/* Text with line feeds, as paragraphs. */
void text_block(struct out *, str);

#endif
