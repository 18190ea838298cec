/*
 * page_link.h - pages of one appointment, by its link.
 */
#ifndef PAGE_LINK_H
#define PAGE_LINK_H

#include "web/appointment.h"
#include "web/layout.h"
#include "web/page_practitioner.h"

enum link_state {
	LINK_OPEN,		/* may be moved and cancelled */
	LINK_TOO_LATE,		/* only by telephone (ux-46) */
	LINK_PAST,		/* begun or over */
	LINK_CANCELLED,
};

struct link_page {
	struct layout		*layout;
	struct appointment	 appointment;
	enum link_state		 state;
	bool			 fresh;		/* just confirmed */
	bool			 mail_is_sent;
	bool			 by_phone_only;	/* to move it */
	str			 base;		/* /rdv/TOKEN */
	str			 again_url;
	str			 limit;		/* "24 h": until when it may be cancelled */
	struct week		 week;		/* to move to */
};
void page_link_show(struct out *, const struct link_page *);
void page_cancel_show(struct out *, const struct link_page *);
void page_move_show(struct out *, const struct link_page *);

#endif
