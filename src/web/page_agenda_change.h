/* page_agenda_change.h - what the page of an appointment and its changes share. */
#ifndef PAGE_AGENDA_CHANGE_H
#define PAGE_AGENDA_CHANGE_H

#include "web/page_agenda_booking.h"

/* What was typed to move it: kept when it has to be typed again. */
struct move_form {
	str	date, hour, minutes, whom, back;
	bool	told;
};

/* Day and hour of a moment as the agenda writes it; what is none changes nothing. */
void agenda_move_at(struct web *, str moment, struct move_form *);

/* After a change: to a page of ours, which offers to take it back (token empty: it does not). */
err agenda_return(struct web *, str to, const struct undo_offer *, const char *notice) MUST_USE;

/* The page of the appointment, with a form that failed (NULL: none) and what is in its way. */
err agenda_booking_show(struct web *, const struct booking *, const struct move_form *, struct clash *) MUST_USE;

/* The state's word in forms: arrive, en-consultation, termine, absent, excuse, attendu. */
bool agenda_state_read(str value, enum booking_state *ret);
/* None for what has no states; room for six. */
void agenda_state_choices(struct web *, const struct booking *, struct state_choice *, size_t *ret_n);

#endif
