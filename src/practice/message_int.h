/*
 * message_int.h - what the templates of ui/mail are filled with.
 */
#ifndef MESSAGE_INT_H
#define MESSAGE_INT_H

#include "format/out.h"
#include "practice/outbox.h"

/* One appointment of a series. */
struct message_date { str when, place, link; };	/* place: empty where it is that of the first */

struct message_view {
	enum message_kind kind;
	str	subject;
	str	practice, phone;	/* phone may be empty */
	str	when;			/* Lundi 23 novembre à 8 h 45 */
	str	place, address;		/* may be empty */
	str	word;			/* a code, or the name of the one invited */
	str	life;			/* how long a code or a link works */
	str	link;
	const struct message_date *dates;	/* of a series */
	size_t	dates_n;
};

/* ui/mail/<name>.txt and .html */
void mail_booking_text(struct out *, const struct message_view *);
void mail_booking_html(struct out *, const struct message_view *);
void mail_series_text(struct out *, const struct message_view *);
void mail_series_html(struct out *, const struct message_view *);
void mail_code_text(struct out *, const struct message_view *);
void mail_code_html(struct out *, const struct message_view *);
void mail_link_text(struct out *, const struct message_view *);
void mail_link_html(struct out *, const struct message_view *);
void mail_address_text(struct out *, const struct message_view *);
void mail_address_html(struct out *, const struct message_view *);

/* Around every HTML form. */
void mail_begin(struct out *, const struct message_view *);
void mail_end(struct out *, const struct message_view *);
void mail_button(struct out *, str link, str label);

/* The first sentence about a booking, by kind. */
str  message_booking_opening(enum lang, enum message_kind);

#endif
