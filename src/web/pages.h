/*
 * pages.h - the handlers that routes.def names, and the models of pages too
 * small for a header of their own.
 */
#ifndef PAGES_H
#define PAGES_H

#include "web/web.h"

#define ROUTE(method, pattern, handler, roles, purposes, form, flags, scopes) web_handler handler;
#include "web/routes.def"
#undef ROUTE

/* What each route's form may send; a FORM() in the file of its handler. */
extern const struct form form_language;

struct error_page {
	struct layout	*layout;
	int		 status;
	str		 title, what_to_do;
};
void page_error(struct out *, const struct error_page *);

#endif
