/* page_invitation.h - what a link in a message opens: an invitation, a new password. */
#ifndef PAGE_INVITATION_H
#define PAGE_INVITATION_H

#include "access/ticket.h"
#include "web/signing.h"

struct invitation_page {
	struct layout	*layout;
	str		 token;
	str		 org, role, email;
	str		 name;		/* to be corrected by the one invited */
	str		 hint;		/* of the password */
	bool		 known;		/* the address has an account: it must sign in */
	str		 account;	/* who is signed in; empty: nobody */
};
void page_invitation_form(struct out *, const struct invitation_page *);

struct reset_page {
	struct layout	*layout;
	str		 token;		/* of the link; empty: asking for one */
	str		 email, hint;
	bool		 sent;
};
void page_forgotten_form(struct out *, const struct reset_page *);
void page_reset_form(struct out *, const struct reset_page *);

#endif
