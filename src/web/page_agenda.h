/* page_agenda.h - the page around the grid. */
#ifndef PAGE_AGENDA_H
#define PAGE_AGENDA_H

#include "web/agenda_view.h"

enum { MONTH_WEEKS = 6, MONTH_DAYS = MONTH_WEEKS * 7 };

struct month_day {
	str	url, number, words;	/* words: the date in full, and whether it is full */
	bool	outside, today, chosen;
	enum day_fullness fullness;
};

struct month {
	str	title, before_url, after_url;
	struct month_day days[MONTH_DAYS];
	int	weeks;
};

struct agenda_choice { str slug, name; bool chosen; };

/* A change that can still be taken back; where it leads then (empty: to the appointment). */
struct undo_offer { id booking; str token, back; };

/* What was cut and waits to be pasted. */
struct agenda_cut { str words, forget_url; };

struct agenda_page {
	struct layout	*layout;
	const struct agenda_view *view;
	const struct agenda_grid *grid;
	str		 date_words;	/* lundi 23 novembre 2026; of a week, its first and last day */
	str		 before_url, today_url, after_url, here_url, version_url;
	str		 next_url, sheet_url;	/* the next free time; the day on paper */
	str		 part_words, part_before_url, part_after_url;	/* of more columns than there is room for */
	str		 kind_urls[3];
	const char	*kind_name;
	str		 new_url, block_url;
	const struct motive **legend;	/* the motives of the grid, each once */
	size_t		 legend_n;
	struct agenda_choice *choices;
	size_t		 choices_n;
	struct month	 month;
	struct undo_offer undo;
	struct agenda_cut cut;
};

void page_agenda_view(struct out *, const struct agenda_page *);
void page_agenda_shortcuts_view(struct out *, struct layout *);
/* "Moved." and the button that takes it back; nothing without a token. */
void undo_notice(struct out *, const struct undo_offer *, str csrf);

#endif
