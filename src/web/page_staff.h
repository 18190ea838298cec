/* page_staff.h - who works here, in which role; invitations. */
#ifndef PAGE_STAFF_H
#define PAGE_STAFF_H

#include "access/member.h"
#include "access/ticket.h"
#include "format/contact.h"
#include "web/settings.h"

struct staff_line {
	const struct member_line	*member;
	str				 name, role, practitioner, seen;
	bool				 self;
};

struct invitation_line {
	const struct invitation	*invitation;
	str			 role, until;
};

/* Whose access was withdrawn. */
struct staff_ended { const struct member_line *member; str name, role, when; };

struct staff_page {
	struct layout			*layout;
	const struct staff_ended	*ended;
	size_t				 ended_n;
	const struct staff_line		*members;
	size_t				 members_n;
	const struct invitation_line	*invitations;
	size_t				 invitations_n;
};
void page_staff_show(struct out *, const struct staff_page *);

struct invite_page {
	struct layout		*layout;
	struct choice		 roles[3];
	struct choice		*practitioners;	/* the first: nobody */
	size_t			 practitioners_n;
	bool			 mail_is_sent;
	const struct filled	*form;
};
void page_invite_show(struct out *, const struct invite_page *);

/* "Secretary" */
str staff_role(enum lang, enum role);

#endif
