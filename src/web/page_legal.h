/*
 * page_legal.h - what everybody may know about this server: privacy, cookies,
 * accessibility, legal notice.  Durations and cookies come from the promise.
 */
#ifndef PAGE_LEGAL_H
#define PAGE_LEGAL_H

#include "web/layout.h"
#include "web/web.h"

struct cookie_row { const char *name; str purpose, life; };

struct legal_page {
	struct layout	*layout;
	const struct cookie_row *cookies;
	size_t		 cookies_n;
	str		 draft_life, code_life, link_life;
	str		 public_url;
	const struct imprint *imprint;
};
void page_privacy_show(struct out *, const struct legal_page *);
void page_cookies_show(struct out *, const struct legal_page *);
void page_accessibility_show(struct out *, const struct legal_page *);
void page_legal_show(struct out *, const struct legal_page *);

#endif
