/* page_audit.h - the log: when, who, what, about which object, and what the server has signed about it. */
#ifndef PAGE_AUDIT_H
#define PAGE_AUDIT_H

#include "access/audit_check.h"
#include "access/audit_proof.h"
#include "web/settings.h"

enum { AUDIT_PAGE = 50 };

struct audit_row {
	str	when, who, role, what;
	str	about, about_url;	/* either may be empty */
	str	proof_url;		/* empty: no checkpoint covers it yet */
	int64_t	seq;
};

struct audit_page {
	struct layout		*layout;
	const struct audit_row	*rows;
	size_t			 n;
	str			 older_url;	/* empty: these are the oldest */
	bool			 first;		/* the newest lines are on this page */
	struct audit_check	 check;		/* state 0: none was asked for yet */
	str			 asked, done;	/* when and by whom; when */
	struct audit_checkpoint	 point;		/* size 0: none yet */
	str			 point_when, key;
};
void page_audit_show(struct out *, const struct audit_page *);

#endif
