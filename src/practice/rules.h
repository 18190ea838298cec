/*
 * rules.h - what the settings of a practice share: locks, the end of a change,
 * limits, sets of ids, and lists that grow while rows are read.
 */
#ifndef RULES_H
#define RULES_H

#include "store/db.h"

/*
 * Inside a change: wait for the bookings under way with the practitioners
 * whose ids the statement gives, in rising order, and hold off new ones.
 */
err rules_lock(struct ctx *, struct sql ids, const struct bind *, size_t) MUST_USE;

/* ERR_TOO_LARGE: the statement counts max or more. */
err rules_room(struct ctx *, struct sql count, const struct bind *, size_t, int64_t max) MUST_USE;

/* ERR_NOT_FOUND unless the statement counts a row. */
err rules_exists(struct ctx *, struct sql count, const struct bind *, size_t) MUST_USE;

/* Inside a change: the statement ($1 org, $2 id) opens what is closed; else ERR_NOT_FOUND. */
err rules_reopen(struct ctx *, struct sql, id) MUST_USE;

/* The change's last words: caches will read the rules again, the log line, the commit. */
err rules_done(struct ctx *, struct db_tx *, str action, id object, int64_t detail) MUST_USE;

/* Rising and without doubles, in the arena; *n becomes what is left. */
id *rules_set(struct arena *, const id *, size_t *n);

/* Room for one more item behind the n that are there; room is kept by the caller. */
void *rules_grow(struct arena *, void *items, size_t n, size_t *room, size_t size);

/* The first column of every row; at most max, else ERR_TOO_LARGE. */
err rules_ids(struct ctx *, struct db_rows *, size_t max, id **ret, size_t *ret_n) MUST_USE;

#endif
