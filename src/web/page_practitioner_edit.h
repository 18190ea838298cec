/* page_practitioner_edit.h - practitioners as the administrator sees them: the list, and one. */
#ifndef PAGE_PRACTITIONER_EDIT_H
#define PAGE_PRACTITIONER_EDIT_H

#include "web/settings.h"

struct practitioner_line { const struct practitioner *who; str name; };

struct practitioners_page {
	struct settings_list		 list;
	const struct practitioner_line	*lines;
	size_t				 n;
};
void page_practitioners_show(struct out *, const struct practitioners_page *);

struct practitioner_form_page {
	struct settings_form	 about;
	id			 id;		/* 0: a new one, without photo */
	bool			 photo;
	str			 public_url;	/* empty: not shown to the public */
	struct choice		*tongues;
	size_t			 tongues_n;
};
void page_practitioner_form_show(struct out *, const struct practitioner_form_page *);

#endif
