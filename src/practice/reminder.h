/*
 * reminder.h - some hours before an appointment its patient is reminded of it.
 *
 * How long before is the practice's choice (org.reminder_hours).  Reminders are
 * not written ahead: a job looks at the appointments that come within reach,
 * a few minutes' worth at a time, so that one that is moved or cancelled before
 * needs nothing undone.  A mark in the storage, raised in the same change as the
 * messages are written, says how far it has looked: whichever server does it,
 * each time of an appointment is announced once.
 * Who booked, or was told of a move, later than that is not reminded.
 */
#ifndef REMINDER_H
#define REMINDER_H

#include "practice/booking.h"
#include "practice/practice.h"

/* When the patient of this booking is to be reminded, as it stands; 0: never. */
usec reminder_at(const struct org *, const struct booking *);

/* Job: write the messages that are due in this organisation; ret_n: how many. */
err  reminder_schedule(struct ctx *, const struct org *, int64_t *ret_n) MUST_USE;

#endif
