/* page_messages.h - what was sent to patients and staff, and what was not. */
#ifndef PAGE_MESSAGES_H
#define PAGE_MESSAGES_H

#include "practice/outbox.h"
#include "web/layout.h"

enum { MESSAGES_SHOWN = 100 };

struct messages_line {
	str		 what;			/* Confirmation, code ... */
	str		 booking, booking_url;	/* empty: about none */
	str		 made, state, detail;	/* detail may be empty */
	const char	*tone;			/* class of the state's tag */
	str		 url;			/* where its text can be read; empty: nowhere */
};

struct messages_page {
	struct layout		*layout;
	bool			 mail_is_sent;
	struct messages_line	*lines;
	size_t			 lines_n;
};
void page_messages_show(struct out *, const struct messages_page *);

struct message_page {
	struct layout	*layout;
	str		 to, subject, text;
	str		 why_not;	/* it cannot be read; empty: here it is */
};
void page_message_show(struct out *, const struct message_page *);

#endif
