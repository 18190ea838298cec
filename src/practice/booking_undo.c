/* booking_undo.c - see booking_undo.h. */
#include "oath/promise.h"
#include "practice/booking_int.h"
#include "practice/booking_undo.h"
#include "vault/vault.h"

enum undo_kind { UNDO_MOVE = 1, UNDO_CANCEL = 2 };

/* The token's numbers, in this order, then the mark. */
struct undo {
	int64_t	kind, booking, version, at, quiet;
	int64_t	start, minutes, practitioner, lane;
};
enum { UNDO_NUMBERS = 9, MARK_BYTES = 16 };
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

	numbers = str_printf(c->mem, "%lld.%lld.%lld.%lld.%lld.%lld.%lld.%lld.%lld",
	    (long long)u->kind, (long long)u->booking, (long long)u->version, (long long)u->at,
	    (long long)u->quiet, (long long)u->start, (long long)u->minutes,
	    (long long)u->practitioner, (long long)u->lane);
	TRY(mark(c, numbers, &proof));
	*ret = str_printf(c->mem, "%.*s~%.*s", STR_FMT(numbers), STR_FMT(proof));
	return OK;
}

static bool
token_read(struct ctx *c, str token, struct undo *ret)
{
	int64_t *const out[UNDO_NUMBERS] = { &ret->kind, &ret->booking, &ret->version, &ret->at,
	    &ret->quiet, &ret->start, &ret->minutes, &ret->practitioner, &ret->lane };
	str numbers, piece, proof;

	if (!str_split(&token, '~', &numbers) || mark(c, numbers, &proof) != OK || !str_eq(proof, token))
		return false;
	for (int i = 0; i < UNDO_NUMBERS; i++)
		if (!str_split(&numbers, '.', &piece) || !str_int(piece, 0, INT64_MAX, out[i]))
			return false;
	return true;
}

err
booking_undo_of_move(struct ctx *c, const struct booking *was, const struct booking *is, bool quiet,
    str *ret_token)
{
	struct undo u = { .kind = UNDO_MOVE, .booking = is->id, .version = is->version, .at = c->now,
	    .quiet = quiet, .start = was->start, .minutes = (was->end - was->start) / USEC_PER_MINUTE,
	    .practitioner = was->practitioner, .lane = was->lane };

	return token_make(c, &u, ret_token);
}

err
booking_undo_of_cancel(struct ctx *c, const struct booking *was, bool quiet, str *ret_token)
{
	struct undo u = { .kind = UNDO_CANCEL, .booking = was->id, .version = was->version + 1,
	    .at = c->now, .quiet = quiet };

	return token_make(c, &u, ret_token);
}

usec
booking_undo_left(struct ctx *c, id booking, str token)
{
	struct undo u;

	if (token.n == 0 || !token_read(c, token, &u) || u.booking != booking)
		return 0;
	return max64(u.at + promise()->undo - c->now, 0);
}

err
booking_undo(struct ctx *c, id booking, str token)
{
	struct booking b;
	struct undo u;

	if (booking_undo_left(c, booking, token) == 0 || !token_read(c, token, &u))
		return ERR_EXPIRED;
	TRY(booking_get(c, booking, &b));
	if (b.version != u.version)
		return ERR_CONFLICT;
	if (u.kind == UNDO_CANCEL)
		return booking_restore_as(c, booking, u.quiet != 0);
	struct booking_ask ask = { .practitioner = u.practitioner, .start = u.start,
	    .minutes = (int)u.minutes, .overlap = u.lane > 0, .quiet = u.quiet != 0, .undo = true };
	return booking_move(c, booking, b.version, &ask, &b);
}
