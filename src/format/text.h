/*
 * text.h - what the program says to people, in their language.
 * The English sentence is the id; ui/lang/<lang>.po holds the translations and
 * tools/messages.py compiles them, failing the build on a missing one, so that
 * a lookup cannot fail.  Dates, hours and durations are messages as well.
 */
#ifndef TEXT_H
#define TEXT_H

#include "base/civil.h"
#include "base/ctx.h"
#include "base/str.h"

/* Marks for tools/messages.py; an id that reaches text() must stand in one of them. */
#define T(id)		(id)
#define TN(one, many)	(one), (many)

struct text_arg { const char *name; str value; };
struct text_plural { const char *one, *many; int64_t n; };

#define ARG(name, value)	((struct text_arg){ (name), (value) })
/* FILL(mem, lang, T("Hello {who}"), ARG("who", name)) */
#define FILL(mem, lang, id, ...) text_fill((mem), (lang), (id), \
	(struct text_arg[]){ __VA_ARGS__ }, COUNT(((struct text_arg[]){ __VA_ARGS__ })))

/* Plain text, never HTML.  Panics on an id that is not in the table. */
str text(enum lang, const char *msgid);
/* Every {name} replaced by its argument, once: values are not looked into. */
str text_fill(struct arena *, enum lang, const char *msgid, const struct text_arg *, size_t);
/* The form for n, with {n} filled: text_n(mem, lang, TN("{n} day", "{n} days"), n). */
str text_n(struct arena *, enum lang, const char *one, const char *many, int64_t n);
str text_n_fill(struct arena *, enum lang, struct text_plural, const struct text_arg *, size_t);

/*                                        French                       English            */
str text_date(struct arena *, enum lang, day);		/* lundi 23 novembre, mardi 1er décembre */
str text_date_year(struct arena *, enum lang, day);	/* lundi 23 novembre 2026 */
str text_date_short(struct arena *, enum lang, day);	/* lun. 23 nov.         Mon 23 Nov     */
str text_date_numeric(struct arena *, enum lang, day);	/* 23/11/2026, in both */
str text_month(struct arena *, enum lang, day);		/* novembre 2026 */
str text_weekday(enum lang, int iso_weekday);		/* lundi */
str text_weekday_short(enum lang, int iso_weekday);	/* lun. */
/* aujourd’hui, demain, hier, else text_date, with the year when it is another. */
str text_date_near(struct arena *, enum lang, day, day today);

/* The minute of the day, 0 to 1440 (midnight at the end): 8 h 45, 9 h; 08:45, 09:00. */
str text_hour(struct arena *, enum lang, int minute);
/* lundi 23 novembre à 8 h 45; Monday 23 November at 08:45. */
str text_date_hour(struct arena *, enum lang, day, int minute);
/* 15 min, 1 h 30, 2 h; minutes >= 0. */
str text_duration(struct arena *, enum lang, int minutes);
/* 46 ans; under 2 years in months, under 1 month in days.  born <= on. */
str text_age(struct arena *, enum lang, day born, day on);

/* Thousands in groups: 12 345, 12,345. */
str text_number(struct arena *, enum lang, int64_t);

/* The first letter in upper case, for a date that begins a heading. */
str text_capital(struct arena *, str utf8);

#endif
