/*
 * settings.h - what the pages of the settings share: whose rules are shown,
 * choices, the frame of a form and of a list, and what becomes of a form that
 * somebody else saved meanwhile.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

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

/* That the form was made from; -1, which none is, if it does not tell. */
int64_t settings_version(const struct web *);

/* "/reglages/lieux/17", "/reglages/lieux/17/fermer" */
str settings_url(struct web *, const char *list, id, const char *act);

/*
 * Somebody saved the same thing while this form was typed: who, by name for
 * those who may know names, else by role.  Beside each field whose stored value
 * differs from the typed one stands the stored one; saving again takes what was
 * typed, on purpose.  Both forms as the page fills them from a struct, so that
 * 8:30 and 8 h 30 are the same; `spoken` tells what values of choices are called.
 */
struct settings_spoken { const char *name; const struct choice *choices; size_t n; };
struct settings_both {
	id				 object;	/* of the log's lines */
	const struct filled		*typed, *stored;
	const struct settings_spoken	*spoken;
	size_t				 spoken_n;
};
/* The form as it was typed, at the stored version: to be shown with status 409. */
err settings_both(struct web *, const struct settings_both *, struct filled **ret) MUST_USE;
/* It was closed meanwhile: the form as it was typed, which can be saved once it is open again. */
err settings_gone(struct web *, id object, struct filled **ret) MUST_USE;
/* It was removed meanwhile: the form as it was typed, to be saved as a new one. */
err settings_removed(struct web *, id object, struct filled **ret) MUST_USE;
/* "Marie Duval, at 14 h 32": who changed this last; "Somebody" where nothing is known. */
err settings_changed_by(struct web *, id object, str *ret) MUST_USE;
/* For settings_spoken: a box that is ticked or not; the eight colours. */
const struct choice *settings_yes_no(struct web *);	/* 2 */
const struct choice *settings_colours(struct web *);	/* ORG_COLOUR_MAX + 1 */

/* ui/pages/settings.html: the way back to the overview; the choice of a practitioner. */
void settings_back(struct out *);
void settings_chooser(struct out *, const char *url, const struct settings_who *);

/* The frame of a form: head, form_begin, the page's own fields, form_end, foot. */
struct settings_form {
	struct layout		*layout;
	const struct filled	*form;
	str			 list_url, list_words;	/* the way back */
	str			 action;
	str			 close_action;		/* empty: there is nothing to close */
	str			 close_words, close_when;
};
void settings_head(struct out *, const struct settings_form *);
void settings_form_begin(struct out *, const struct settings_form *);
void settings_form_end(struct out *, const struct settings_form *);
void settings_foot(struct out *, const struct settings_form *);

/* The head of a list; what was closed stands below it, each with its button. */
struct settings_closed { str name, when, action; };
struct settings_list {
	struct layout			*layout;
	str				 add_url, add_words;	/* empty: nothing can be added */
	const struct settings_closed	*closed;
	size_t				 closed_n;
};
void settings_list_begin(struct out *, const struct settings_list *);
void settings_list_end(struct out *, const struct settings_list *);
/* "Closed on 22 November 2026" */
struct settings_closed settings_closed_line(struct web *, str name, usec at, str action);

#endif
