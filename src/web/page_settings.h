/*
 * page_settings.h - the settings of a practice: what their pages share, the
 * overview, and the practice itself.
 */
#ifndef PAGE_SETTINGS_H
#define PAGE_SETTINGS_H

#include "practice/practitioner.h"
#include "web/filled.h"

/* A practitioner changes his own agenda, the others of the staff anybody's.  ERR_DENIED. */
err settings_own(const struct web *, id practitioner) MUST_USE;

/* "8 h 30 – 12 h" */
str settings_range(struct web *, int start_minute, int end_minute);

/*
 * Whose hours or absences: the field "praticien", else one's own, else the
 * first.  ERR_NOT_FOUND: no such one.  practitioner.id 0: there is none at all.
 */
struct settings_who {
	struct practitioner	 practitioner;
	str			 name;
	struct choice		*choices;	/* all of them */
	size_t			 choices_n;
	bool			 editable;	/* by who asks */
};
err settings_who(struct web *, struct settings_who *ret) MUST_USE;
err settings_who_is(struct web *, id practitioner, struct settings_who *ret) MUST_USE;

/* Every open site as a choice, by id. */
err settings_sites(struct web *, struct choice **ret, size_t *ret_n) MUST_USE;

/* "Until 2 h before": the usual ones and the stored one, in minutes. */
const struct choice *settings_limits(struct web *, int stored_minutes, size_t *ret_n);

/* ui/pages/settings.html: the way back to the overview; the choice of a practitioner. */
void settings_back(struct out *);
void settings_chooser(struct out *, const char *url, const struct settings_who *);

struct settings_card { str url, title, what; const char *icon; };
struct settings_page {
	struct layout			*layout;
	const struct settings_card	*cards;
	size_t				 cards_n;
};
void page_settings_show(struct out *, const struct settings_page *);

struct cabinet_page {
	struct layout		*layout;
	const struct filled	*form;
	const struct choice	*zones, *languages, *limits;
	size_t			 zones_n, languages_n, limits_n;
	bool			 changed_meanwhile;	/* by somebody else: both are shown */
};
void page_cabinet_show(struct out *, const struct cabinet_page *);

#endif
