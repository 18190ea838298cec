/*
 * render.h - a policy as the page that people read, and as the registers of
 * article 30: made from it, so that they cannot say another thing.
 */
#ifndef RENDER_H
#define RENDER_H

#include "oath/policy.h"

enum render_form { RENDER_HTML, RENDER_TEXT };

/* What articles 13 and 14 ask for, in their order: each is a section with this id. */
extern const char *const render_anchors[14];

/* A fragment of HTML, sections with ids and h2, or plain text. */
void policy_render(const struct policy *, enum lang, enum render_form, struct buf *);

/* CSV (RFC 4180), a row an activity: of the controller (30.1), or of the processors (30.2). */
void policy_register(const struct policy *, bool processors, enum lang, struct buf *);

#endif
