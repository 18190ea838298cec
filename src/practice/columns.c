/* columns.c - see columns.h. */
#include "practice/columns.h"
#include "store/db.h"

err
columns_get(struct ctx *c, id **ret_practitioners, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	id *list = NEW_N(c->mem, id, COLUMNS_CHOSEN_MAX);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT practitioner FROM agenda_column WHERE account = $1 AND org = $2"
	    " ORDER BY position LIMIT $3"), BINDS(INT(c->actor), INT(c->org), INT(COLUMNS_CHOSEN_MAX)), &rows));
	while ((e = db_next(rows)) == OK)
		list[n++] = db_int(rows, 0);
	if (e != ERR_NOT_FOUND)
		return e;
	*ret_practitioners = list;
	*ret_n = n;
	return OK;
}

err
columns_set(struct ctx *c, const id *practitioners, size_t n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t gone;

	if (n > COLUMNS_CHOSEN_MAX)
		return ERR_TOO_LARGE;
	TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, SQL("DELETE FROM agenda_column WHERE account = $1 AND org = $2"),
	    BINDS(INT(c->actor), INT(c->org)), &gone));
	for (size_t i = 0; i < n; i++)
		TRY(db_run(c->db, SQL("INSERT INTO agenda_column (account, org, position, practitioner)"
		    " VALUES ($1, $2, $3, $4)"),
		    BINDS(INT(c->actor), INT(c->org), INT((int64_t)i), INT(practitioners[i])), NULL));
	return db_commit(&tx);
}
