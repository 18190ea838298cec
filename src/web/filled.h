/*
 * filled.h - a form on its way to the page: its fields hold what is stored or,
 * after a mistake, what was typed, each beside its error.
 *
 *	struct filled *f = filled_typed(w);	(or filled_new and filled_put)
 *	{% call ask_text(o, p->form, (struct field){ .name = "nom", … }) %}
 */
#ifndef FILLED_H
#define FILLED_H

#include "base/civil.h"
#include "web/layout.h"
#include "web/web.h"

struct filled {
	const struct web	*w;		/* whose errors are shown */
	struct http_pair	*values;
	size_t			 n, room;
	str			 meanwhile;	/* who saved the same while this was typed; empty: nobody */
};

struct filled *filled_new(struct web *);
struct filled *filled_typed(struct web *);
void filled_add(struct filled *, struct http_pair);
void filled_put(struct filled *, const char *name, str value);	/* a name may come several times */
void filled_put_int(struct filled *, const char *name, int64_t);
void filled_put_day(struct filled *, const char *name, day);	/* 0: left empty */
void filled_put_minute(struct filled *, const char *name, int minute);	/* 24 h is written 00:00 */

/* The first value, or empty; is one of the values this one? */
str  filled_value(const struct filled *, const char *name);
bool filled_has(const struct filled *, const char *name, str value);

/*
 * Fields as people type them.  False: the error stands beside the field.  An
 * empty field that is not required leaves *ret as it is.
 */
bool filled_read_day(struct web *, const char *name, bool required, day *ret);	/* 2026-11-23, 23/11/2026 */
bool filled_read_minute(struct web *, const char *name, bool required, int *ret);	/* 08:45, 8 h 45 */
/* Every value of a field that comes several times.  ERR_NOT_FOUND: one is no id. */
err  filled_read_ids(struct web *, const char *name, id **ret, size_t *ret_n) MUST_USE;

/*
 * What a check of the domain found wrong: each field of the set, unless it has
 * an error already, gets its words.
 */
struct filled_wrong { unsigned field; const char *name, *text; };
void filled_complain(struct web *, unsigned found, const struct filled_wrong *, size_t);

/* The fields of layout.h with value and error filled in by their name. */
void ask_text(struct out *, const struct filled *, struct field);
void ask_textarea(struct out *, const struct filled *, struct field);
void ask_select(struct out *, const struct filled *, struct field, const struct choice *, size_t);
void ask_radios(struct out *, const struct filled *, struct field, const struct choice *, size_t);
void ask_checkbox(struct out *, const struct filled *, struct field);

/* What to call one of the eight colours. */
str  colour_name(enum lang, int colour);
/* ui/pages/filled.html: boxes of one name; the eight colours of the pages. */
void ask_boxes(struct out *, const struct filled *, const struct field *, const struct choice *, size_t);
void ask_colour(struct out *, const struct filled *, const struct field *);

#endif
