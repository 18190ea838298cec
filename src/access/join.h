/*
 * join.h - for functions that write inside the caller's change when there is
 * one, and in a change of their own when there is none.
 *
 *	CLEANUP(db_tx_end) struct db_tx tx = {0};
 *	TRY(join_begin(c, &tx));  ...  return join_commit(&tx);
 */
#ifndef JOIN_H
#define JOIN_H

#include "store/db.h"

static inline MUST_USE err
join_begin(const struct ctx *c, struct db_tx *tx)
{
	return db_in_change(c->db) ? OK : db_begin(c->db, tx);
}

static inline MUST_USE err
join_commit(struct db_tx *tx)
{
	return tx->db == NULL ? OK : db_commit(tx);
}

#endif
