/*
 * invite.h - ask somebody to work with the practice: the invitation and the
 * message that carries its link, in one change.
 */
#ifndef INVITE_H
#define INVITE_H

#include "access/ticket.h"

/* Errors as ticket_invite.  The message speaks the practice's language. */
err invite_send(struct ctx *, const struct invitation *, id *ret) MUST_USE;

#endif
