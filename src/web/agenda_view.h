/*
 * agenda_view.h - the agenda as its address asks for it: which view, which day,
 * whose columns; and the words of every item of the grid.
 *
 *	/agenda?vue=colonnes&date=2026-11-23&agendas=claire-martin&agendas=…&presents=1&coupe=17
 *
 * The address is the memory of the view: reload, back and a bookmark keep it.  Whose
 * columns, where it names none, is what the account has chosen to see (columns.h).
 */
#ifndef AGENDA_VIEW_H
#define AGENDA_VIEW_H

#include "practice/day.h"
#include "web/layout.h"
#include "web/web.h"

enum { AGENDA_URL_BYTES_MAX = 2048 };

enum agenda_kind { AGENDA_DAY, AGENDA_WEEK, AGENDA_COLUMNS };

struct agenda_view {
	enum agenda_kind	 kind;
	day			 date, today;
	struct practitioner	*all;		/* in the practice's order */
	size_t			 all_n;
	struct practitioner	*chosen;	/* the columns; of a day or a week, one */
	size_t			 chosen_n;
	bool			 chosen_by_hand;	/* the address names them */
	bool			 present_only;
	struct practitioner	*there;		/* of the chosen, those to be shown on that day */
	size_t			 there_n;
	int			 sheet;		/* of DAY_COLUMNS_MAX columns each, from 0 */
	struct booking		 cut;		/* waits to be pasted (ux-10); id 0: nothing */
	usec			 marked;	/* the free time that was looked for; 0: none */
	id			 marked_for;
};

/* One line of the grid. */
struct agenda_item {
	const struct day_item	*day;
	str			 url;		/* empty: nothing to open */
	str			 words;		/* for who cannot see the grid: everything */
	str			 hour, name, detail;
	bool			 marked, cut;
	int			 tint;		/* colour of the motive, 0 to 7 */
	const char		*state;		/* class of its state; "": none */
};

struct agenda_column {
	id			 practitioner;
	str			 title, detail;	/* Dre Martin; 12 of 30 */
	str			 words;		/* Dre Claire Martin, lundi 23 novembre */
	str			 date;		/* ISO */
	str			 url;		/* this one alone; empty: it is */
	bool			 today;
	struct agenda_item	*items;
	size_t			 n;
	int			 now_row;	/* of the present moment; -1: not here */
};

struct agenda_grid {
	struct agenda_column	*columns;
	size_t			 n;
	int			 first_hour, last_hour;
	size_t			 links;		/* items that lead somewhere */
	const struct motive	*motives;
	size_t			 motives_n;
	str			 version;	/* of what it shows, in these five minutes: agenda_version */
};

/* Its fields; what is wrong there is set right. */
extern const struct form form_agenda;
err agenda_view_read(struct web *, struct agenda_view *ret) MUST_USE;

/* The practitioners on this sheet, and the days. */
struct day_query agenda_query(const struct agenda_view *);
err agenda_version(struct web *, const struct agenda_view *, str *ret) MUST_USE;

/* The address of this view; of the same on another day, or of another kind. */
str agenda_url(struct web *, const struct agenda_view *);
str agenda_url_on(struct web *, const struct agenda_view *, day);
str agenda_url_as(struct web *, const struct agenda_view *, enum agenda_kind);
/* The same view, asked of another path under /agenda. */
str agenda_url_at(struct web *, const struct agenda_view *, const char *path);

err agenda_grid_read(struct web *, const struct agenda_view *, struct agenda_grid *ret) MUST_USE;

/* ---- what other pages of the agenda share ---- */

/* "arrivé", "excusé"…; of a plain appointment, confirmed. */
str agenda_state_words(enum lang, enum booking_state);
/* 2026-11-23T10:35 in local time, and back.  False: no such time, or the clocks jump over it. */
str agenda_moment(struct arena *, const struct zone *, usec);
bool agenda_moment_read(const struct zone *, str, usec *ret);
/* Several fields: date (ISO) and hour as people type it. */
bool agenda_moment_of(const struct zone *, str date, str hour, usec *ret);

const struct practitioner *agenda_practitioner(const struct practitioner *, size_t n, id);
const struct motive *agenda_motive(const struct motive *, size_t n, id);
/* "Dre Martin". */
str agenda_short_name(struct arena *, const struct practitioner *);

/* The grid: ui/pages/agenda.html. */
void agenda_grid(struct out *, const struct agenda_grid *);

#endif
