/* page_signin.h - the steps of the sign-in: password, code, practice. */
#ifndef PAGE_SIGNIN_H
#define PAGE_SIGNIN_H

#include "web/signing.h"

struct signin_page {
	struct layout	*layout;
	struct carry	 carry;
	str		 email;
	bool		 interrupted;	/* a form came without a session */
	bool		 demo;
	str		 patient_url;	/* the other door, with where one was */
};
void page_signin_form(struct out *, const struct signin_page *);
/* 401, with the form of whoever was interrupted. */
err  signin_interrupted(struct web *, const struct carry *) MUST_USE;

struct code_page {
	struct layout	*layout;
	struct carry	 carry;
	bool		 by_mail;	/* no authenticator: a code goes to the mailbox */
	str		 token;		/* of the code sent; empty: none was */
	str		 email;		/* where it went */
	const char	*action;
	const char	*again;		/* where another one is asked for; by_mail only */
};
void page_code_form(struct out *, const struct code_page *);
err  signin_code_show(struct web *, struct code_page *, int status) MUST_USE;

struct org_choice { str value, name, role; bool current; };
struct org_page {
	struct layout		*layout;
	struct carry		 carry;
	const struct org_choice	*choices;
	size_t			 n;
	bool			 is_patient;	/* somewhere */
};
void page_org_choices(struct out *, const struct org_page *);

/* What was typed before the session ended, one click from being sent. */
struct resume_page {
	struct layout		*layout;
	str			 path;
	const struct http_pair	*fields;
	size_t			 n;
};
void page_resume(struct out *, const struct resume_page *);
err  signin_resume(struct web *, const struct carry *) MUST_USE;

#endif
