/*
 * layout.h - what every page has around it, and the fields of forms.
 * The functions are templates: ui/pages/layout.html and ui/pages/form.html.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "format/out.h"

/* Pages that the footer of every page leads to. */
#define PATH_PRIVACY		"/confidentialite"
#define PATH_ACCESSIBILITY	"/accessibilite"
#define PATH_LEGAL		"/mentions-legales"
#define PATH_COOKIES		"/cookies"

enum shell {
	SHELL_PUBLIC,	/* one column, for patients and visitors */
	SHELL_STAFF,	/* bar, search and navigation, for work */
	SHELL_BARE,	/* neither: a day sheet to print, the signature on a phone */
};

enum notice_kind { NOTICE_INFO, NOTICE_DONE, NOTICE_WARNING, NOTICE_ERROR };

struct nav_item {
	str		 url, label;
	const char	*icon;		/* ICON("..."); NULL: none */
	int64_t		 count;		/* a badge; 0: none */
	bool		 current;
};

struct field_error {
	const char	*name;		/* of the field; NULL: of the whole form */
	str		 text;
};

struct layout {
	enum shell	 shell;
	str		 title;		/* of this page, without the place */
	str		 description;	/* for search engines; empty: they stay away */
	str		 place;		/* the practice; empty: the program's own name */
	str		 home;		/* where the place's name leads; empty: "/" */
	int		 tint;		/* colour of the practice, 0 to 7 */
	str		 user;		/* who is signed in; empty: nobody */
	str		 language_url;	/* this page in the other language; empty: no switch */
	str		 search_url;	/* staff: where the patient search goes; empty: none */
	str		 sign_out_url;	/* posted to; empty: no button */
	str		 sign_out_csrf;	/* of the session, even where the page's own form hangs on a booking */
	int64_t		 session_seconds;	/* until the session ends; 0: there is none */
	bool		 session_final;	/* nothing puts that off */
	bool		 hold;		/* the page shows a hold's end, to be counted down */
	str		 csrf;		/* token of the session's forms */
	str		 live_url;	/* events for this page (SSE); empty: none */
	str		 script;	/* ASSET_x_JS as a str; empty: none (staff pages have frag.js) */
	bool		 once;		/* the answer to a form that no address shows again: no switch of language */
	bool		 keys_off;	/* no single-key shortcuts (WCAG 2.1.4) */
	const struct nav_item *nav;
	size_t		 nav_n;
	const struct field_error *errors;	/* summary on top, each linked to its field (ux-53) */
	size_t		 errors_n;
	str		 notice;	/* what the last act did; empty: none */
	enum notice_kind notice_kind;
};

/* Everything before and after the content of <main>; the page writes its own <h1>. */
void layout_begin(struct out *, const struct layout *);
void layout_end(struct out *, const struct layout *);

/* A message in the page's flow; an error is announced at once (role=alert). */
void notice(struct out *, enum notice_kind, str);
/* layout_begin writes it; on its own for a form that is only part of a page. */
void error_summary(struct out *, const struct field_error *, size_t);
/* The text of that field's error, or empty: for struct field's .error. */
str  error_of(const struct field_error *, size_t, const char *name);

/* Ids on the page: f-NAME, f-NAME-hint, f-NAME-error. */
struct field {
	const char	*name;
	str		 label, hint, value, error;
	const char	*type;		/* NULL: "text" */
	const char	*autocomplete;	/* WCAG 1.3.5; NULL: "off" */
	const char	*inputmode;	/* NULL: by type */
	int		 length_max;	/* in characters; 0: none */
	int		 rows;		/* of a textarea; 0: 4 */
	bool		 required;	/* others are marked "optional" */
	bool		 checked;	/* of a checkbox */
	bool		 autofocus;
};

struct choice {
	str		 value, label, hint;
	bool		 disabled;
};

void field_text(struct out *, const struct field *);
void field_textarea(struct out *, const struct field *);
void field_select(struct out *, const struct field *, const struct choice *, size_t);
void field_radios(struct out *, const struct field *, const struct choice *, size_t);
void field_checkbox(struct out *, const struct field *);
void field_hidden(struct out *, const char *name, str value);
/* The session's token; first in every form that posts. */
void field_csrf(struct out *, str token);

enum button_kind { BUTTON_MAIN, BUTTON_PLAIN, BUTTON_QUIET, BUTTON_DANGER };
/* <button type=submit>; icon NULL: none. */
void button_submit(struct out *, enum button_kind, str label, const char *icon);
/* A link that looks like a button: for going somewhere, never for changing something. */
void button_link(struct out *, enum button_kind, str url, str label, const char *icon);

#endif
