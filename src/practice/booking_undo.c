/* booking_undo.c - see booking_undo.h. */
#include "oath/promise.h"
#include "practice/booking_int.h"
#include "practice/booking_undo.h"
#include "practice/outbox.h"
#include "store/db.h"
#include "vault/vault.h"

/* The token's numbers, in this order, then the mark. */
struct undo {
	int64_t	act, booking, version, at, quiet;
	int64_t	start, minutes, practitioner, lane;
	int64_t	change;		/* of a series: its rows in undo_step; 0: none */
};
enum { UNDO_NUMBERS = 10, MARK_BYTES = 16 };
_Static_assert(sizeof(struct undo) == UNDO_NUMBERS * sizeof(int64_t), "only numbers");

static err
mark(struct ctx *c, str numbers, str *ret)
{
	str mac;

	TRY(vault_mac(c, S("booking-undo"), str_printf(c->mem, "%lld/%.*s",
	    (long long)c->org, STR_FMT(numbers)), &mac));
	*ret = str_base64url(c->mem, str_slice(mac, 0, MARK_BYTES));
	return OK;
}

static err
token_make(struct ctx *c, const struct undo *u, str *ret)
{
	str numbers, proof;

	numbers = str_printf(c->mem, "%lld.%lld.%lld.%lld.%lld.%lld.%lld.%lld.%lld.%lld",
	    (long long)u->act, (long long)u->booking, (long long)u->version, (long long)u->at,
	    (long long)u->quiet, (long long)u->start, (long long)u->minutes,
	    (long long)u->practitioner, (long long)u->lane, (long long)u->change);
	TRY(mark(c, numbers, &proof));
	*ret = str_printf(c->mem, "%.*s~%.*s", STR_FMT(numbers), STR_FMT(proof));
	return OK;
}

static bool
token_read(struct ctx *c, str token, struct undo *ret)
{
	int64_t *const out[UNDO_NUMBERS] = { &ret->act, &ret->booking, &ret->version, &ret->at,
	    &ret->quiet, &ret->start, &ret->minutes, &ret->practitioner, &ret->lane, &ret->change };
	str numbers, piece, proof;

	if (!str_split(&token, '~', &numbers) || mark(c, numbers, &proof) != OK || !str_eq(proof, token))
		return false;
	for (int i = 0; i < UNDO_NUMBERS; i++)
		if (!str_split(&numbers, '.', &piece) || !str_int(piece, 0, INT64_MAX, out[i]))
			return false;
	return true;
}

/* Of a cancellation, the row as it was is known, and that it has changed once. */
static struct undo
undo_of(const struct ctx *c, enum undo_act act, const struct booking *was, const struct booking *is)
{
	const struct booking *b = act == UNDO_CREATE ? is : was;

	return (struct undo){ .act = act, .booking = b->id, .at = c->now,
	    .version = act == UNDO_CANCEL ? was->version + 1 : is->version,
	    .start = b->start, .minutes = (b->end - b->start) / USEC_PER_MINUTE,
	    .practitioner = b->practitioner, .lane = b->lane };
}

err
booking_undo_of_move(struct ctx *c, const struct booking *was, const struct booking *is, bool quiet,
    str *ret_token)
{
	struct undo u = undo_of(c, UNDO_MOVE, was, is);

	u.quiet = quiet;
	return token_make(c, &u, ret_token);
}

err
booking_undo_of_cancel(struct ctx *c, const struct booking *was, bool quiet, str *ret_token)
{
	struct undo u = undo_of(c, UNDO_CANCEL, was, NULL);

	u.quiet = quiet;
	return token_make(c, &u, ret_token);
}

err
booking_undo_of_create(struct ctx *c, const struct booking *is, str *ret_token)
{
	struct undo u = undo_of(c, UNDO_CREATE, NULL, is);

	return token_make(c, &u, ret_token);
}

err
booking_undo_of_series(struct ctx *c, const struct undo_series *s, str *ret_token)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct undo whole = { .act = s->act, .booking = s->shown_by, .at = c->now, .change = ctx_id(c) };

	TRY(db_begin(c->db, &tx));
	for (size_t i = 0; i < s->n; i++) {
		struct undo u = undo_of(c, s->act, s->act == UNDO_CREATE ? NULL : &s->was[i],
		    s->act == UNDO_CANCEL ? NULL : &s->is[i]);

		TRY(db_run(c->db, SQL("INSERT INTO undo_step (org, change, number, at, act, booking, version, quiet,"
		    " start_at, minutes, practitioner, lane)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"),
		    BINDS(INT(c->org), INT(whole.change), INT((int64_t)i), INT(c->now), INT(u.act), INT(u.booking),
		    INT(u.version), INT(s->quiet), INT(u.start), INT(u.minutes), INT(u.practitioner), INT(u.lane)),
		    NULL));
	}
	TRY(db_commit(&tx));
	return token_make(c, &whole, ret_token);
}

usec
booking_undo_left(struct ctx *c, id booking, str token)
{
	struct undo u;

	if (token.n == 0 || !token_read(c, token, &u) || u.booking != booking)
		return 0;
	return max64(u.at + promise()->undo - c->now, 0);
}

static err
undo_one(struct ctx *c, const struct undo *u)
{
	struct booking b;

	TRY(booking_get(c, u->booking, &b));
	if (b.version != u->version)
		return ERR_CONFLICT;
	if (u->act == UNDO_CREATE)
		return booking_cancel(c, u->booking, true);
	if (u->act == UNDO_CANCEL)
		return booking_restore_as(c, u->booking, u->quiet != 0);
	struct booking_ask ask = { .practitioner = u->practitioner, .start = u->start,
	    .minutes = (int)u->minutes, .overlap = u->lane > 0, .quiet = u->quiet != 0, .undo = true };
	return booking_move(c, u->booking, b.version, &ask, &b);
}

/* The last change first: each finds the room that the one after it had left. */
static err
steps_read(struct ctx *c, id change, struct undo *ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT act, booking, version, at, quiet, start_at, minutes, practitioner, lane"
	    " FROM undo_step WHERE org = $1 AND change = $2 ORDER BY number DESC LIMIT $3"),
	    BINDS(INT(c->org), INT(change), INT(BOOKING_SERIES_MAX)), &rows));
	while ((e = db_next(rows)) == OK)
		ret[n++] = (struct undo){ db_int(rows, 0), db_int(rows, 1), db_int(rows, 2), db_int(rows, 3),
		    db_int(rows, 4), db_int(rows, 5), db_int(rows, 6), db_int(rows, 7), db_int(rows, 8), 0 };
	*ret_n = n;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* What was made is not announced either: nothing of it is left to be said. */
static err
silence(struct ctx *c, const struct undo *steps, size_t n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t gone;

	TRY(db_begin(c->db, &tx));
	for (size_t i = 0; i < n; i++)
		TRY(outbox_withdraw(c, steps[i].booking, MESSAGE_SERIES, &gone));
	return db_commit(&tx);
}

static err
undo_series(struct ctx *c, const struct undo *whole, size_t *ret_left)
{
	struct undo *steps = NEW_N(c->mem, struct undo, BOOKING_SERIES_MAX);
	size_t n, left = 0;

	TRY(steps_read(c, whole->change, steps, &n));
	for (size_t i = 0; i < n; i++) {
		err e = undo_one(c, &steps[i]);

		if (e != OK && e != ERR_CONFLICT)
			return e;
		left += e == ERR_CONFLICT;
	}
	if (left == n)
		return ERR_CONFLICT;
	if (whole->act == UNDO_CREATE && left == 0)
		TRY(silence(c, steps, n));
	*ret_left = left;
	return OK;
}

err
booking_undo(struct ctx *c, id booking, str token, size_t *ret_left)
{
	struct undo u;

	if (booking_undo_left(c, booking, token) == 0 || !token_read(c, token, &u))
		return ERR_EXPIRED;
	if (u.change != 0)
		return undo_series(c, &u, ret_left);
	TRY(undo_one(c, &u));
	*ret_left = 0;
	return OK;
}

err
booking_undo_sweep(struct ctx *c, int64_t *ret_n)
{
	return db_run(c->db, SQL("DELETE FROM undo_step WHERE at <= $1"),
	    BINDS(INT(c->now - promise()->undo)), ret_n);
}
