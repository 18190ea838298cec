/* draft.c - see draft.h. */
#include "access/throttle.h"
#include "base/log.h"
#include "practice/draft.h"
#include "practice/outbox.h"
#include "practice/record.h"
#include "store/db.h"
#include "vault/secret.h"
#include "vault/vault.h"

/* Tags of the details' record: sealed for an hour at most, but a server may be renewed meanwhile. */
enum {
	TAG_FAMILY = 1, TAG_GIVEN, TAG_BIRTH_DATE, TAG_EMAIL, TAG_PHONE, TAG_LANG,
	TAG_FOR_RELATIVE, TAG_BOOKER_FAMILY, TAG_BOOKER_GIVEN, TAG_PERSON,
};

enum { DETAILS_BYTES_MAX = 8192 };
enum proof { PROOF_NONE = 0, PROOF_GIVEN = 1, PROOF_DONE = 2 };	/* stored */

/* About nobody yet: sealed under the organisation's own key. */
static struct vault_place
place(id org, id draft, int64_t version)
{
	return (struct vault_place){ org, org, TABLE_DRAFT, FACET_IDENTITY, draft, version };
}

/* By a keyed hash: who asks for what is not written down. */
static err
mac_of(struct ctx *c, const char *label, str what, str *ret)
{
	return vault_mac(c, str_c(label), what, ret);
}

static err
peer_mac(struct ctx *c, str peer, str *ret)
{
	return mac_of(c, "draft-peer", throttle_network(c->mem, peer), ret);
}

/* Those who are counted together come one after another: in a rush, too, nobody gets past the limit. */
static err
lock_counted(struct ctx *c, str mac)
{
	int64_t key;

	memcpy(&key, mac.p, sizeof(key));
	return db_lock(c->db, key, true);
}

static err
holds_room(struct ctx *c, str mac)
{
	int64_t held;

	TRY(db_one_int(c->db, SQL("SELECT COUNT(*) FROM draft d JOIN booking b"
	    " ON b.org = d.org AND b.id = d.booking AND b.state = 1 AND b.hold_until > $3"
	    " WHERE d.org = $1 AND d.peer_mac = $2"),
	    BINDS(INT(c->org), BLOB(mac), INT(c->now)), &held));
	return held < promise()->holds_per_peer ? OK : ERR_THROTTLED;
}

err
draft_room(struct ctx *c, str peer)
{
	str mac;

	TRY(peer_mac(c, peer, &mac));
	return holds_room(c, mac);
}

err
draft_begin(struct ctx *c, const struct draft_start *s, str *ret_token)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	str token = token_make(c->mem, TOKEN_BYTES), mac;

	TRY(peer_mac(c, s->peer, &mac));
	TRY(db_begin(c->db, &tx));
	TRY(lock_counted(c, mac));
	TRY(holds_room(c, mac));
	TRY(db_run(c->db, SQL("INSERT INTO draft (token_hash, org, id, booking, practitioner, motive,"
	    " start_at, moves, version, peer_mac, code_tries, proven, created_at, lapses_at)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, 0, $10, $11)"),
	    BINDS(BLOB(token_hash(c->mem, token)), INT(c->org), INT(ctx_id(c)), INT(s->hold->id),
	    INT(s->hold->practitioner), INT(s->hold->motive), INT(s->hold->start), REF(s->moves), BLOB(mac),
	    INT(c->now), INT(c->now + DRAFT_LIFE)), NULL));
	TRY(db_commit(&tx));
	*ret_token = token;
	return OK;
}

static err
details_open(struct ctx *c, str sealed, struct draft *d)
{
	struct vault_place at = place(d->org, d->id, d->version);
	struct draft_details *x = &d->details;
	str clear, value;
	int64_t lang = 0, person = 0;
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
		else if (tag == TAG_PERSON && str_int(value, 1, INT64_MAX, &person))
			x->person = person;
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
	int64_t changed;

	TRY(db_run(c->db, SQL("UPDATE draft SET booking = $1, practitioner = $2, motive = $3, start_at = $4,"
	    " lapses_at = $5 WHERE token_hash = $6 AND org = $7 AND proven < 2"),
	    BINDS(INT(hold->id), INT(hold->practitioner), INT(hold->motive), INT(hold->start),
	    INT(c->now + DRAFT_LIFE), BLOB(token_hash(c->mem, token)), INT(c->org)), &changed));
	return changed == 1 ? OK : ERR_CONFLICT;
}

/* A mailbox that is not proven is not written to without end, however many visitors name it. */
static err
contact_room(struct ctx *c, str mac, id own)
{
	int64_t others;

	TRY(db_one_int(c->db, SQL("SELECT COUNT(*) FROM draft"
	    " WHERE contact_mac = $1 AND lapses_at > $2 AND proven = 0 AND id <> $3"),
	    BINDS(BLOB(mac), INT(c->now), INT(own)), &others));
	return others < promise()->drafts_per_contact ? OK : ERR_THROTTLED;
}

err
draft_describe(struct ctx *c, str token, const struct draft *d, const struct draft_details *x)
{
	struct vault_place at = place(d->org, d->id, d->version + 1);
	struct buf record = buf_in(c->mem, DETAILS_BYTES_MAX);
	bool same_address = d->detailed && str_eq(d->details.patient.email, x->patient.email);
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	int64_t changed;
	str sealed, contact;

	record_add(&record, TAG_FAMILY, x->patient.family);
	record_add(&record, TAG_GIVEN, x->patient.given);
	record_add(&record, TAG_BIRTH_DATE, x->patient.birth_date);
	record_add(&record, TAG_EMAIL, x->patient.email);
	record_add(&record, TAG_PHONE, x->patient.phone);
	record_add(&record, TAG_LANG, str_of_int(c->mem, x->patient.lang));
	record_add(&record, TAG_FOR_RELATIVE, x->for_relative ? S("1") : S("0"));
	record_add(&record, TAG_BOOKER_FAMILY, x->booker_family);
	record_add(&record, TAG_BOOKER_GIVEN, x->booker_given);
	if (x->person != 0)
		record_add(&record, TAG_PERSON, str_of_int(c->mem, x->person));
	if (!buf_ok(&record))
		return ERR_TOO_LARGE;
	TRY(vault_seal(c, &at, buf_str(&record), &sealed));
	TRY(mac_of(c, "draft-contact", x->patient.email, &contact));
	TRY(db_begin(c->db, &tx));
	TRY(lock_counted(c, contact));
	TRY(contact_room(c, contact, d->id));
	/* A code proves the address that it went to: with another address it is worth nothing. */
	TRY(db_run(c->db, SQL("UPDATE draft SET details_sealed = $1, version = version + 1, contact_mac = $7,"
	    " proven = CASE WHEN CAST($2 AS BIGINT) = 1 THEN proven ELSE 0 END,"
	    " code_mac = CASE WHEN CAST($2 AS BIGINT) = 1 THEN code_mac ELSE NULL END, lapses_at = $3"
	    " WHERE token_hash = $4 AND org = $5 AND version = $6 AND proven < 2"),
	    BINDS(BLOB(sealed), INT(same_address), INT(c->now + DRAFT_LIFE),
	    BLOB(token_hash(c->mem, token)), INT(d->org), INT(d->version), BLOB(contact)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	return db_commit(&tx);
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
	/* The version: the address is still the one that we are writing to. */
	TRY(db_run(c->db, SQL("UPDATE draft SET code_mac = $1, code_tries = $2, code_until = $3"
	    " WHERE token_hash = $4 AND org = $5 AND code_tries = $6 AND version = $7"),
	    BINDS(BLOB(mac), INT((sent / 100 + 1) * 100), INT(c->now + promise()->code_life),
	    BLOB(token_hash(c->mem, token)), INT(d->org), INT(sent), INT(d->version)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(outbox_insert(c, &message));
	return db_commit(&tx);
}

err
draft_vouch(struct ctx *c, str token, const struct draft *d)
{
	int64_t changed;

	TRY(db_run(c->db, SQL("UPDATE draft SET proven = 1, code_mac = NULL"
	    " WHERE token_hash = $1 AND org = $2 AND version = $3 AND proven < 2"),
	    BINDS(BLOB(token_hash(c->mem, token)), INT(d->org), INT(d->version)), &changed));
	return changed == 1 ? OK : ERR_CONFLICT;
}

err
draft_prove(struct ctx *c, str token, str code)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	str hash = token_hash(c->mem, token), mac;
	int64_t counted;

	TRY(code_mac(c, token, code, &mac));
	TRY(db_begin(c->db, &tx));
	/*
	 * The try is counted before it is judged, so that trying in parallel wins
	 * nothing; and never past the limit, where it would reach the hundreds.
	 */
	TRY(db_run(c->db, SQL("UPDATE draft SET code_tries = code_tries + 1"
	    " WHERE token_hash = $1 AND org = $2 AND code_tries % 100 < $3"),
	    BINDS(BLOB(hash), INT(c->org), INT(promise()->code_tries)), &counted));
	TRY(db_read(c->db, SQL("SELECT code_mac, code_until, proven FROM draft"
	    " WHERE token_hash = $1 AND org = $2"), BINDS(BLOB(hash), INT(c->org)), &rows));
	TRY(db_next(rows));
	str stored = db_text(rows, c->mem, 0);
	bool usable = counted == 1 && stored.n > 0 && db_int(rows, 1) > c->now;
	bool proven = db_int(rows, 2) >= PROOF_GIVEN;
	db_rows_end(&rows);
	bool right = usable && secret_equal(stored, mac);
	if (right && !proven)
		TRY(db_run(c->db, SQL("UPDATE draft SET proven = 1, code_mac = NULL"
		    " WHERE token_hash = $1 AND org = $2"), BINDS(BLOB(hash), INT(c->org)), NULL));
	TRY(db_commit(&tx));
	/* The same form sent twice: the first one has used the code up. */
	if (right || proven)
		return OK;
	return usable ? ERR_INVALID : ERR_EXPIRED;
}

/*
 * Known here under the address that was proven.  Not by phone: that is only
 * claimed, and a record of somebody else, or its old address, is not handed to
 * whoever knows a name, a birth date and a number.
 */
static err
known_at_address(struct ctx *c, const struct person *p, id *ret)
{
	struct person proven = *p;

	proven.phone = (str){0};
	return person_find_match(c, &proven, ret);
}

/* Whoever books for a relative: known here, or to be made with the appointment. */
static err
guardian_for(struct ctx *c, const struct draft_details *x, struct person_prepared *fresh,
    struct booking_who *who, id *ret)
{
	struct person booker = { .family = x->booker_family, .given = x->booker_given,
	    .email = x->patient.email, .phone = x->patient.phone, .lang = x->patient.lang };
	err e = known_at_address(c, &booker, ret);

	if (e != ERR_NOT_FOUND)
		return e;
	TRY(person_prepare(c, &booker, fresh));
	who->guardian = fresh;
	*ret = fresh->id;
	return OK;
}

/* The patient was chosen, or is found by address, names and birth date, or made. */
static err
book(struct ctx *c, const struct draft *d, struct booking *ret)
{
	struct person patient = d->details.patient;
	struct person_prepared fresh, guardian;
	struct booking_who who = { .person = d->details.person };
	err e = OK;

	if (who.person == 0)
		e = known_at_address(c, &patient, &who.person);
	if (e == ERR_NOT_FOUND) {
		if (d->details.for_relative)
			TRY(guardian_for(c, &d->details, &guardian, &who, &patient.guardian));
		TRY(person_prepare(c, &patient, &fresh));
		who.fresh = &fresh;
		e = OK;
	}
	TRY(e);
	return booking_confirm(c, d->hold, &who, ret);
}

/*
 * What this draft has become: by an earlier call whose answer was lost, or by
 * another form sent at the same moment.  ERR_NOT_FOUND: nothing yet.
 */
static err
outcome(struct ctx *c, const struct draft *d, struct booking *ret)
{
	struct booking b;
	err e = booking_get(c, d->hold, &b);

	if (e == OK && b.state != BOOKING_HELD) {
		*ret = b;
		return OK;
	}
	/* A hold that was moved to is gone: the appointment has its time. */
	if (e != ERR_NOT_FOUND || d->moves == 0)
		return e == OK ? ERR_NOT_FOUND : e;
	TRY(booking_get(c, d->moves, &b));
	if (b.start != d->start || b.practitioner != d->practitioner)
		return ERR_NOT_FOUND;
	*ret = b;
	return OK;
}

err
draft_finish(struct ctx *c, str token, const struct draft *d, struct booking *ret)
{
	int64_t marked;
	err e = outcome(c, d, ret);

	if (e != ERR_NOT_FOUND)
		return e;
	if (!d->proven && d->moves == 0)
		return ERR_DENIED;
	/* The link of the appointment was proof enough for moving it. */
	if (d->moves != 0)
		e = booking_move_to_hold(c, d->moves, d->hold, ret);
	else
		e = book(c, d, ret);
	if ((e == ERR_EXPIRED || e == ERR_CONFLICT || e == ERR_NOT_FOUND) && outcome(c, d, ret) == OK)
		return OK;
	TRY(e == ERR_NOT_FOUND ? ERR_EXPIRED : e);	/* lapsed, and swept already */
	/* The appointment stands, and a repeat finds it, even if this cannot be written any more. */
	if (db_run(c->db, SQL("UPDATE draft SET proven = 2, booking = $1, details_sealed = NULL"
	    " WHERE token_hash = $2 AND org = $3"),
	    BINDS(INT(ret->id), BLOB(token_hash(c->mem, token)), INT(d->org)), &marked) != OK)
		LOG_WARN("draft", "done, but not marked so", LOG_INT("draft", d->id));
	return OK;
}

err
draft_purge(struct ctx *c, int64_t *ret_n)
{
	return db_run(c->db, SQL("DELETE FROM draft WHERE lapses_at <= $1"), BINDS(INT(c->now)), ret_n);
}
