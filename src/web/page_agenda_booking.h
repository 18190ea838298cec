/* page_agenda_booking.h - one appointment, as the practice sees and changes it. */
#ifndef PAGE_AGENDA_BOOKING_H
#define PAGE_AGENDA_BOOKING_H

#include "practice/outbox.h"
#include "practice/slot.h"
#include "web/page_agenda.h"

enum { NEXT_SLOTS_OFFERED = 3, NEXT_SLOTS_DAYS = 28 };

/* step: what comes next, as a rule. */
struct state_choice { str value, words; const char *icon; bool current, step; };

struct message_line { str words, when; const char *kind; };	/* kind: class of its tag */

/* A time that is taken: by whom, and where else there is room. */
struct clash {
	str	*lines;		/* 10 h 30 à 10 h 45, Dupont Marie, suivi; made 3 s ago by Sophie */
	size_t	 n;
	struct { str value, words; } slots[NEXT_SLOTS_OFFERED];
	size_t	 slots_n;
	bool	 may_overlap;	/* beside it on purpose */
};

struct booking_panel {
	struct layout	*layout;
	const struct booking *b;
	str		 title, when, duration;
	str		 motive, practitioner, site;
	int		 tint;
	const char	*state_tag;
	str		 state_words;
	const struct person *person;	/* NULL: none */
	str		 born;		/* 12/03/1980, 46 ans */
	str		 phone, phone_shown;
	str		 note, made;	/* made: when and by whom */
	str		 waiting;
	struct state_choice states[6];
	size_t		 states_n;
	struct message_line *messages;
	size_t		 messages_n;
	struct { str name, url; } *seats;	/* of a session, who comes */
	size_t		 seats_n;
	str		 back_url;
	bool		 live, cancelled, movable;
	/* The move form's values. */
	str		 date, hour, minutes, whom, move_back;
	str		 cut_url;	/* the agenda with this one in hand */
	bool		 told, moving;	/* moving: the form is open */
	struct choice	*practitioners;
	size_t		 practitioners_n;
	struct clash	*clash;		/* NULL: none */
	struct undo_offer undo;
};

void page_agenda_booking_view(struct out *, const struct booking_panel *);
/* What is in the way, the times offered instead, and the button that goes beside it. */
void clash_view(struct out *, const struct clash *);

/* Shared with the form of a new appointment. */
/* beside: it was asked for on purpose, so that the practitioner's own time is not the reason. */
struct clash_ask { id practitioner, motive; usec start; int minutes; id except; bool beside; };
err clash_read(struct web *, const struct clash_ask *, struct clash *ret) MUST_USE;
struct choice *practitioner_choices(struct web *, const struct practitioner *, size_t n);

#endif
