/*
 * columns.h - whose agendas a member of staff wants to see side by side: one
 * choice of c->actor in c->org, kept until it is changed, on every device.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "base/ctx.h"

enum { COLUMNS_CHOSEN_MAX = 100 };

/* In the chosen order; none: no choice, everybody.  Some may have left since. */
err columns_get(struct ctx *, id **ret_practitioners, size_t *ret_n) MUST_USE;
/* In the place of the choice before; n 0: no choice any more.  ERR_TOO_LARGE: more than COLUMNS_CHOSEN_MAX. */
err columns_set(struct ctx *, const id *practitioners, size_t n) MUST_USE;

#endif
