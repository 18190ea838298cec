/* restriction.c - see restriction.h. */
#include "access/audit.h"
#include "privacy/restriction.h"
#include "store/db.h"

/* A statement and its line in the log, in the caller's change or in one of their own. */
static err
change(struct ctx *c, struct sql sql, const struct bind *binds, size_t n, str action, id person,
    enum restriction_reason reason)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;

	if (!db_in_change(c->db))
		TRY(db_begin(c->db, &tx));
	TRY(db_run(c->db, sql, binds, n, &changed));
	if (changed == 0)
		return ERR_NOT_FOUND;
	TRY(audit_add(c, action, person, person, reason));
	return tx.db == NULL ? OK : db_commit(&tx);
}

err
restriction_set(struct ctx *c, id person, enum restriction_reason reason)
{
	err e = change(c, SQL("INSERT INTO restriction (org, person, since, reason)"
	    " VALUES ($1, $2, $3, $4) ON CONFLICT (org, person) DO NOTHING"),
	    BINDS(INT(c->org), INT(person), INT(c->now), INT((int64_t)reason)),
	    S("restriction.set"), person, reason);

	return e == ERR_NOT_FOUND ? ERR_CONFLICT : e;
}

err
restriction_lift(struct ctx *c, id person)
{
	return change(c, SQL("DELETE FROM restriction WHERE org = $1 AND person = $2"),
	    BINDS(INT(c->org), INT(person)), S("restriction.lift"), person, 0);
}

err
restriction_of(struct ctx *c, const id *persons, size_t n, bool *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	size_t at = 0;
	err e;

	memset(ret, 0, n * sizeof(*ret));
	if (n == 0)
		return OK;
	/* Few are frozen at any time: all in the range cost less than each asked for. */
	TRY(db_read(c->db, SQL("SELECT person FROM restriction"
	    " WHERE org = $1 AND person >= $2 AND person <= $3 ORDER BY person"),
	    BINDS(INT(c->org), INT(persons[0]), INT(persons[n - 1])), &r));
	while ((e = db_next(r)) == OK) {
		id frozen = db_int(r, 0);

		while (at < n && persons[at] < frozen)
			at++;
		if (at < n && persons[at] == frozen)
			ret[at] = true;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}
