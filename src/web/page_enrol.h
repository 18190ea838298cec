/* page_enrol.h - the second factor: set it up, and the codes for the day when it is lost. */
#ifndef PAGE_ENROL_H
#define PAGE_ENROL_H

#include "access/factor.h"
#include "format/out.h"
#include "web/signing.h"

struct enrol_page {
	struct layout	*layout;
	struct carry	 carry;
	bool		 has_qr;	/* else the key is typed in */
	struct html	 qr;
	str		 key;		/* in groups of four */
};
void page_enrol_form(struct out *, const struct enrol_page *);

struct codes_page {
	struct layout			*layout;
	const struct factor_codes	*codes;
	str				 account, on;	/* whose they are, made when: for the sheet of paper */
	str				 next;		/* where to go on */
};
void page_codes(struct out *, const struct codes_page *);
/* New recovery codes, shown this once. */
err  enrol_codes_show(struct web *, const struct factor_codes *, str next) MUST_USE;

#endif
