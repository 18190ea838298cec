/* page_address.h - another e-mail address for one's account, step by step (access/address.h). */
#ifndef PAGE_ADDRESS_H
#define PAGE_ADDRESS_H

#include "web/layout.h"
#include "web/web.h"

struct address_page {
	struct layout	*layout;
	bool		 staff;
	bool		 has_factor;	/* the fresh proof is its code; else one sent to the present address */
	str		 present;	/* address */
	str		 email;		/* as typed */
	str		 ticket;	/* of the code that was sent; empty: none yet */
	str		 life;		/* of the links */
};
void page_address_ask_show(struct out *, const struct address_page *);

/* From a link: confirm the new address, or stop. */
struct address_link_page {
	struct layout	*layout;
	str		 token, present, email;
	bool		 taken;		/* it has an account of its own */
	bool		 stopped;
};
void page_address_confirm_show(struct out *, const struct address_link_page *);
void page_address_stop_show(struct out *, const struct address_link_page *);

#endif
