/* page_audit.h - the log: when, who, what, about which object. */
#ifndef PAGE_AUDIT_H
#define PAGE_AUDIT_H

#include "access/audit.h"
#include "web/page_settings.h"

enum { AUDIT_PAGE = 50 };

struct audit_row {
	str	when, who, role, what;
	str	about, about_url;	/* either may be empty */
};

/* Of a check of the whole chain, asked for by a button. */
enum audit_state { AUDIT_UNKNOWN, AUDIT_HOLDS, AUDIT_BROKEN };

struct audit_page {
	struct layout		*layout;
	const struct audit_row	*rows;
	size_t			 n;
	str			 older_url;	/* empty: these are the oldest */
	bool			 first;		/* the newest lines are on this page */
	enum audit_state	 state;
	int64_t			 checked;	/* lines that hold, or the first that does not */
};
void page_audit_show(struct out *, const struct audit_page *);

#endif
