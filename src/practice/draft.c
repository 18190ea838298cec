/* draft.c - see draft.h. */
#include "practice/draft.h"
#include "practice/outbox.h"
#include "practice/record.h"
#include "store/db.h"
#include "vault/secret.h"
#include "vault/vault.h"

/* Tags of the details' record: sealed for an hour at most, but a server may be renewed meanwhile. */
enum {
	TAG_FAMILY = 1, TAG_GIVEN, TAG_BIRTH_DATE, TAG_EMAIL, TAG_PHONE, TAG_LANG,
	TAG_FOR_RELATIVE, TAG_BOOKER_FAMILY, TAG_BOOKER_GIVEN,
};

enum { DETAILS_BYTES_MAX = 8192 };
enum proof { PROOF_NONE = 0, PROOF_GIVEN = 1, PROOF_DONE = 2 };	/* stored */

/* About nobody yet: sealed under the organisation's own key. */
static struct vault_place
place(id org, id draft, int64_t version)
{
	return (struct vault_place){ org, org, TABLE_DRAFT, FACET_IDENTITY, draft, version };
}

err
draft_begin(struct ctx *c, const struct booking *hold, id moves, str *ret_token)
{
	str token = token_make(c->mem, TOKEN_BYTES);

	TRY(db_run(c->db, SQL("INSERT INTO draft (token_hash, org, id, booking, practitioner, motive,"
	    " start_at, moves, version, code_tries, proven, created_at, lapses_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, $10)"),
	    BINDS(BLOB(token_hash(c->mem, token)), INT(c->org), INT(ctx_id(c)), INT(hold->id),
	    INT(hold->practitioner), INT(hold->motive), INT(hold->start), REF(moves), INT(c->now),
	    INT(c->now + DRAFT_LIFE)), NULL));
	*ret_token = token;
	return OK;
}

static err
details_open(struct ctx *c, str sealed, struct draft *d)
{
	struct vault_place at = place(d->org, d->id, d->version);
	struct draft_details *x = &d->details;
	str clear, value;
	int64_t lang = 0;
	int tag;
	err e;

	if (sealed.n == 0)
		return OK;
	TRY(vault_open(c, PURPOSE_BOOK, &at, sealed, &clear));
	str *const fields[] = {
		[TAG_FAMILY] = &x->patient.family, [TAG_GIVEN] = &x->patient.given,
		[TAG_BIRTH_DATE] = &x->patient.birth_date, [TAG_EMAIL] = &x->patient.email,
		[TAG_PHONE] = &x->patient.phone, [TAG_BOOKER_FAMILY] = &x->booker_family,
		[TAG_BOOKER_GIVEN] = &x->booker_given,
	};
	while ((e = record_next(&clear, &tag, &value)) == OK) {
		if (tag == TAG_LANG && str_int(value, 0, LANG_COUNT - 1, &lang))
			x->patient.lang = (enum lang)lang;
		else if (tag == TAG_FOR_RELATIVE)
			x->for_relative = str_eq(value, S("1"));
		else if (tag < (int)COUNT(fields) && fields[tag] != NULL)
			*fields[tag] = value;
	}
	d->detailed = true;
	return e == ERR_NOT_FOUND ? OK : e;
}

err
draft_find(struct ctx *c, str token, struct draft *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct draft d = {0};

	TRY(db_read(c->db, SQL("SELECT org, id, booking, practitioner, motive, start_at, moves, version,"
	    " proven, lapses_at, details_sealed FROM draft WHERE token_hash = $1 AND lapses_at > $2"),
	    BINDS(BLOB(token_hash(c->mem, token)), INT(c->now)), &rows));
	TRY(db_next(rows));
	d.org = db_int(rows, 0);
	d.id = db_int(rows, 1);
	d.hold = db_int(rows, 2);
	d.practitioner = db_int(rows, 3);
	d.motive = db_int(rows, 4);
	d.start = db_int(rows, 5);
	d.moves = db_int(rows, 6);
	d.version = db_int(rows, 7);
	d.proven = db_int(rows, 8) >= PROOF_GIVEN;
	d.done = db_int(rows, 8) == PROOF_DONE;
	d.lapses_at = db_int(rows, 9);
	str sealed = db_text(rows, c->mem, 10);
	db_rows_end(&rows);
	c->org = d.org;
	TRY(details_open(c, sealed, &d));
	*ret = d;
	return OK;
}

err
draft_retime(struct ctx *c, str token, const struct booking *hold)
{
	return db_run(c->db, SQL("UPDATE draft SET booking = $1, practitioner = $2, motive = $3, start_at = $4,"
	    " lapses_at = $5 WHERE token_hash = $6 AND org = $7 AND proven < 2"),
	    BINDS(INT(hold->id), INT(hold->practitioner), INT(hold->motive), INT(hold->start),
	    INT(c->now + DRAFT_LIFE), BLOB(token_hash(c->mem, token)), INT(c->org)), NULL);
}

err
draft_describe(struct ctx *c, str token, const struct draft *d, const struct draft_details *x)
{
	struct vault_place at = place(d->org, d->id, d->version + 1);
	struct buf record = buf_in(c->mem, DETAILS_BYTES_MAX);
	bool same_address = d->detailed && str_eq(d->details.patient.email, x->patient.email);
	int64_t changed;
	str sealed;

	record_add(&record, TAG_FAMILY, x->patient.family);
	record_add(&record, TAG_GIVEN, x->patient.given);
	record_add(&record, TAG_BIRTH_DATE, x->patient.birth_date);
	record_add(&record, TAG_EMAIL, x->patient.email);
	record_add(&record, TAG_PHONE, x->patient.phone);
	record_add(&record, TAG_LANG, str_of_int(c->mem, x->patient.lang));
	record_add(&record, TAG_FOR_RELATIVE, x->for_relative ? S("1") : S("0"));
	record_add(&record, TAG_BOOKER_FAMILY, x->booker_family);
	record_add(&record, TAG_BOOKER_GIVEN, x->booker_given);
	if (!buf_ok(&record))
		return ERR_TOO_LARGE;
	TRY(vault_seal(c, &at, buf_str(&record), &sealed));
	TRY(db_run(c->db, SQL("UPDATE draft SET details_sealed = $1, version = version + 1,"
	    " proven = CASE WHEN CAST($2 AS BIGINT) = 1 THEN proven ELSE 0 END, lapses_at = $3"
	    " WHERE token_hash = $4 AND org = $5 AND version = $6 AND proven < 2"),
	    BINDS(BLOB(sealed), INT(same_address), INT(c->now + DRAFT_LIFE),
	    BLOB(token_hash(c->mem, token)), INT(d->org), INT(d->version)), &changed));
	return changed == 1 ? OK : ERR_CONFLICT;
}

/* Of no use without the server's key, and only for this draft. */
static err
code_mac(struct ctx *c, str token, str code, str *ret)
{
	return vault_mac(c, S("draft-code"), str_cat(c->mem, token_hash(c->mem, token), code), ret);
}

err
draft_send_code(struct ctx *c, str token, const struct draft *d)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct outbox_payload payload = { .to = d->details.patient.email, .lang = d->details.patient.lang,
	    .word = code_make(c->mem, DRAFT_CODE_DIGITS) };
	struct outbox_prepared message;
	int64_t sent, changed;
	str mac;

	TRY(code_mac(c, token, payload.word, &mac));
	TRY(outbox_prepare(c, MESSAGE_CODE, d->org, d->org, &payload, &message));
	TRY(db_begin(c->db, &tx));
	/* The count of codes sent is kept in the hundreds of code_tries, so that both end together. */
	TRY(db_one_int(c->db, SQL("SELECT code_tries FROM draft WHERE token_hash = $1 AND org = $2"),
	    BINDS(BLOB(token_hash(c->mem, token)), INT(d->org)), &sent));
	if (sent / 100 >= DRAFT_CODES_MAX)
		return ERR_THROTTLED;
	TRY(db_run(c->db, SQL("UPDATE draft SET code_mac = $1, code_tries = $2, code_until = $3"
	    " WHERE token_hash = $4 AND org = $5 AND code_tries = $6"),
	    BINDS(BLOB(mac), INT((sent / 100 + 1) * 100), INT(c->now + promise()->code_life),
	    BLOB(token_hash(c->mem, token)), INT(d->org), INT(sent)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(outbox_insert(c, &message));
	return db_commit(&tx);
}

err
draft_prove(struct ctx *c, str token, str code)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	str hash = token_hash(c->mem, token), mac, stored;
	int64_t tries, until;
	bool right;

	TRY(code_mac(c, token, code, &mac));
	TRY(db_begin(c->db, &tx));
	/* The try is counted before it is judged, so that trying in parallel wins nothing. */
	TRY(db_run(c->db, SQL("UPDATE draft SET code_tries = code_tries + 1"
	    " WHERE token_hash = $1 AND org = $2"), BINDS(BLOB(hash), INT(c->org)), NULL));
	TRY(db_read(c->db, SQL("SELECT code_mac, code_tries, code_until FROM draft"
	    " WHERE token_hash = $1 AND org = $2"), BINDS(BLOB(hash), INT(c->org)), &rows));
	TRY(db_next(rows));
	stored = db_text(rows, c->mem, 0);
	tries = db_int(rows, 1) % 100;
	until = db_int(rows, 2);
	db_rows_end(&rows);
	bool usable = stored.n > 0 && tries <= promise()->code_tries && until > c->now;
	right = usable && secret_equal(stored, mac);
	if (right)
		TRY(db_run(c->db, SQL("UPDATE draft SET proven = 1, code_mac = NULL"
		    " WHERE token_hash = $1 AND org = $2 AND proven = 0"),
		    BINDS(BLOB(hash), INT(c->org)), NULL));
	TRY(db_commit(&tx));
	return right ? OK : usable ? ERR_INVALID : ERR_EXPIRED;
}

/* Found by address, names and birth date, or made; the relative hangs on the one who books. */
static err
find_or_prepare(struct ctx *c, const struct person *p, id *ret_known, struct person_prepared *ret_fresh)
{
	err e = person_find_match(c, PURPOSE_BOOK, p, ret_known);

	if (e != ERR_NOT_FOUND)
		return e;
	*ret_known = 0;
	return person_prepare(c, p, ret_fresh);
}

static err
guardian_for(struct ctx *c, const struct draft_details *x, id *ret)
{
	struct person booker = { .family = x->booker_family, .given = x->booker_given,
	    .email = x->patient.email, .phone = x->patient.phone, .lang = x->patient.lang };
	err e = person_find_match(c, PURPOSE_BOOK, &booker, ret);

	return e == ERR_NOT_FOUND ? person_create(c, &booker, ret) : e;
}

static err
book(struct ctx *c, const struct draft *d, struct booking *ret)
{
	struct person patient = d->details.patient;
	struct person_prepared fresh;
	struct booking_who who = {0};

	if (d->details.for_relative)
		TRY(guardian_for(c, &d->details, &patient.guardian));
	TRY(find_or_prepare(c, &patient, &who.person, &fresh));
	if (who.person == 0)
		who.fresh = &fresh;
	return booking_confirm(c, d->hold, &who, ret);
}

err
draft_finish(struct ctx *c, str token, const struct draft *d, struct booking *ret)
{
	/* Done before, or the answer to doing it was lost. */
	err e = booking_get(c, d->hold, ret);
	if (d->done || (e == OK && ret->state >= BOOKING_CONFIRMED && ret->state < BOOKING_CANCELLED))
		return e;
	if (!d->proven && d->moves == 0)
		return ERR_DENIED;
	/* The link of the appointment was proof enough for moving it. */
	if (d->moves != 0)
		TRY(booking_move_to_hold(c, d->moves, d->hold, ret));
	else
		TRY(book(c, d, ret));
	return db_run(c->db, SQL("UPDATE draft SET proven = 2, booking = $1, details_sealed = NULL"
	    " WHERE token_hash = $2 AND org = $3"),
	    BINDS(INT(ret->id), BLOB(token_hash(c->mem, token)), INT(d->org)), NULL);
}

err
draft_purge(struct ctx *c, int64_t *ret_n)
{
	return db_run(c->db, SQL("DELETE FROM draft WHERE lapses_at <= $1"), BINDS(INT(c->now)), ret_n);
}
