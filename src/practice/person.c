/* person.c - see person.h.  What may be typed stands in person_clean.c. */
#include <assert.h>

#include "access/account.h"
#include "access/audit.h"
#include "access/member.h"
#include "base/civil.h"
#include "base/log.h"
#include "format/contact.h"
#include "format/fold.h"
#include "practice/person.h"
#include "practice/record.h"
#include "practice/rules.h"

enum {
	RECORD_BYTES_MAX = 64 * 1024,
	ADULT_YEARS = 18,
	IDS_PER_READ = 15,	/* as many as the statement of read_some names */
};

#define COLUMNS "id, version, identity_sealed, COALESCE(guardian, 0), COALESCE(guardian_at, 0)"

/* A row as it is stored: the envelope has yet to be opened. */
struct row { id id; int64_t version; str sealed; id guardian; usec guardian_at; };

static const char *const lang_codes[LANG_COUNT] = { [LANG_FR] = "fr", [LANG_EN] = "en" };

static struct vault_place
place(const struct ctx *c, id person, int64_t version)
{
	return (struct vault_place){ .org = c->org, .person = person, .table = TABLE_PERSON,
	    .facet = FACET_IDENTITY, .row = person, .version = version };
}

/* The member behind a field of text; NULL for lang and for fields that we do not know. */
static str *
text_of(struct person *p, int tag)
{
	switch (tag) {
	case PERSON_FIELD_family:	return &p->family;
	case PERSON_FIELD_given:	return &p->given;
	case PERSON_FIELD_birth_date:	return &p->birth_date;
	case PERSON_FIELD_email:	return &p->email;
	case PERSON_FIELD_phone:	return &p->phone;
	default:			return NULL;
	}
}

static str
encode(struct arena *mem, struct person p)
{
	struct buf b = buf_in(mem, RECORD_BYTES_MAX);

	for (size_t i = 0; i < person_rows_n; i++) {
		const str *v = text_of(&p, (int)person_rows[i].field);

		if (v != NULL && v->n > 0)
			record_add(&b, (int)person_rows[i].field, *v);
	}
	record_add(&b, PERSON_FIELD_lang, str_c(lang_codes[p.lang]));
	buf_add(&b, p.rest);
	return buf_str(&b);
}

static void
decode_lang(str code, enum lang *ret)
{
	for (int i = 0; i < LANG_COUNT; i++)
		if (str_eq(code, str_c(lang_codes[i])))
			*ret = (enum lang)i;
}

/* ERR_SEALED: not a record.  Nobody could forge one, so it is our own mistake, or a defect. */
static err
decode(struct arena *mem, str clear, struct person *p)
{
	struct buf unknown = buf_in(mem, VAULT_CLEAR_BYTES_MAX);
	str value, rest = clear;
	int tag;
	err e;

	while ((e = record_next(&rest, &tag, &value)) == OK) {
		str *v = text_of(p, tag);

		if (v != NULL)
			*v = value;
		else if (tag == PERSON_FIELD_lang)
			decode_lang(value, &p->lang);
		else
			record_add(&unknown, tag, value);
	}
	if (e != ERR_NOT_FOUND) {
		LOG_ERROR("person", "an envelope holds no record", LOG_INT("person", p->id));
		return ERR_SEALED;
	}
	p->rest = buf_str(&unknown);
	return OK;
}

/* Who it is, as far as a form can say; no field can hold the byte between them. */
static str
match_text(struct arena *mem, str reach, const struct person *p)
{
	str family = fold(mem, p->family), given = fold(mem, p->given);

	return str_printf(mem, "%.*s\x1f%.*s\x1f%.*s\x1f%.*s", STR_FMT(reach), STR_FMT(family),
	    STR_FMT(given), STR_FMT(p->birth_date));
}

static err
match_blind(struct ctx *c, enum blind_column column, str reach, const struct person *p, str *ret)
{
	return vault_blind(c, c->org, column, match_text(c->mem, reach, p), ret);
}

static err
blinds(struct ctx *c, const struct person *p, struct person_prepared *ret)
{
	if (p->email.n > 0) {
		TRY(vault_blind(c, c->org, BLIND_EMAIL, p->email, &ret->email_blind));
		TRY(match_blind(c, BLIND_MATCH_EMAIL, p->email, p, &ret->match_email));
	}
	if (p->phone.n > 0) {
		TRY(vault_blind(c, c->org, BLIND_PHONE, p->phone, &ret->phone_blind));
		TRY(match_blind(c, BLIND_MATCH_PHONE, p->phone, p, &ret->match_phone));
	}
	return OK;
}

/* Seals a person that is clean and has an id, as the version that it will be. */
static err
seal(struct ctx *c, const struct person *p, int64_t version, struct person_prepared *ret)
{
	struct person_prepared made = { .id = p->id, .guardian = p->guardian };
	struct vault_place at = place(c, p->id, version);
	str record = encode(c->mem, *p);

	if (p->rest.n > 0 && record.n > RECORD_BYTES_MAX - p->rest.n)
		return ERR_TOO_LARGE;
	TRY(vault_seal(c, &at, record, &made.sealed));
	TRY(blinds(c, p, &made));
	if (p->email.n > 0)
		TRY(account_login_blind(c, p->email, &made.login_blind));
	*ret = made;
	return OK;
}

err
person_prepare(struct ctx *c, const struct person *form, struct person_prepared *ret)
{
	struct person p = *form;

	assert(!db_in_change(c->db));
	if (person_clean(c, false, &p) != PERSON_SOUND)
		return ERR_INVALID;
	TRY(vault_person_new(c, c->org, &p.id));
	return seal(c, &p, 1, ret);
}

err
person_seal(struct ctx *c, const struct person *p, struct person_prepared *ret)
{
	assert(p->id != 0);
	return seal(c, p, 1, ret);
}

static struct bind
blob_or_nil(str s)
{
	return s.n > 0 ? BLOB(s) : NIL;
}

/*
 * Inside a change.  One step only: a guardian has none, and one who is guardian
 * gets none, so that no chain or circle of guardians can arise.
 */
static err
check_guardian(struct ctx *c, id person, id guardian)
{
	int64_t theirs, wards;

	if (guardian == 0)
		return OK;
	TRY(db_lock(c->db, guardian, true));
	TRY(db_one_int(c->db, SQL(
	    "SELECT COALESCE(guardian, 0) FROM person WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(guardian)), &theirs));
	TRY(db_one_int(c->db, SQL("SELECT COUNT(*) FROM person WHERE org = $1 AND guardian = $2"),
	    BINDS(INT(c->org), INT(person)), &wards));
	if (guardian == person || theirs != 0 || wards > 0)
		return ERR_INVALID;
	return rules_room(c, SQL(
	    "SELECT COUNT(*) FROM person WHERE org = $1 AND guardian = $2 AND id <> $3"),
	    BINDS(INT(c->org), INT(guardian), INT(person)), PERSON_RELATIVES_MAX);
}

/* Inside a change: his appointments are on his page at once, without a new sign-in. */
static err
recognise(struct ctx *c, const struct person_prepared *p)
{
	if (p->login_blind.n == 0)
		return OK;
	return member_recognise(c, p->login_blind, p->guardian != 0 ? p->guardian : p->id);
}

err
person_insert(struct ctx *c, const struct person_prepared *p)
{
	assert(db_in_change(c->db));
	TRY(check_guardian(c, p->id, p->guardian));
	TRY(db_post(c->db, SQL(
	    "INSERT INTO person (org, id, version, identity_sealed, email_blind, phone_blind,"
	    " match_email, match_phone, guardian, guardian_at, created_at, last_act_at)"
	    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8,"
	    " CASE WHEN CAST($8 AS BIGINT) IS NULL THEN NULL ELSE CAST($9 AS BIGINT) END, $9, $9)"),
	    BINDS(INT(c->org), INT(p->id), BLOB(p->sealed), blob_or_nil(p->email_blind),
	    blob_or_nil(p->phone_blind), blob_or_nil(p->match_email), blob_or_nil(p->match_phone),
	    REF(p->guardian), INT(c->now))));
	TRY(recognise(c, p));
	return audit_add(c, S("person.create"), p->id, p->id, 0);
}

err
person_create(struct ctx *c, const struct person *form, id *ret)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct person_prepared p;

	TRY(person_prepare(c, form, &p));
	TRY(db_begin(c->db, &tx));
	TRY(person_insert(c, &p));
	TRY(db_commit(&tx));
	*ret = p.id;
	return OK;
}

static struct row
row(struct ctx *c, struct db_rows *rows)
{
	return (struct row){ db_int(rows, 0), db_int(rows, 1), db_text(rows, c->mem, 2),
	    db_int(rows, 3), db_int(rows, 4) };
}

/* The rows of one read, which its LIMIT bounds. */
static err
collect(struct ctx *c, struct db_rows *rows, struct row **ret, size_t *ret_n)
{
	struct row *list = NULL;
	size_t n = 0, room = 0;
	err e;

	while ((e = db_next(rows)) == OK) {
		list = rules_grow(c->mem, list, n, &room, sizeof(*list));
		list[n++] = row(c, rows);
	}
	if (e != ERR_NOT_FOUND)
		return e;
	*ret = list;
	*ret_n = n;
	return OK;
}

/* One line in the log for all.  A row that does not open, or has id 0, gives id 0. */
static err
open_rows(struct ctx *c, enum purpose purpose, const struct row *list, size_t n,
    struct person *ret)
{
	struct vault_item *items = NEW_N(c->mem, struct vault_item, n);
	size_t *from = NEW_N(c->mem, size_t, n), sealed = 0;

	for (size_t i = 0; i < n; i++) {
		ret[i] = (struct person){0};
		if (list[i].id == 0)
			continue;
		from[sealed] = i;
		items[sealed++] = (struct vault_item){ .place = place(c, list[i].id, list[i].version),
		    .envelope = list[i].sealed };
	}
	if (sealed == 0)
		return OK;
	TRY(vault_open_batch(c, purpose, items, sealed));
	for (size_t i = 0; i < sealed; i++) {
		const struct row *r = &list[from[i]];
		struct person p = { .id = r->id, .version = r->version, .guardian = r->guardian,
		    .guardian_at = r->guardian_at };

		if (items[i].why == OK && decode(c->mem, items[i].clear, &p) == OK)
			ret[from[i]] = p;
	}
	return OK;
}

err
person_get(struct ctx *c, enum purpose purpose, id person, struct person *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct person p = {0};
	struct vault_place at;
	struct row r;
	str clear;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM person WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(person)), &rows));
	TRY(db_next(rows));
	r = row(c, rows);
	/* The opening is a change of the log: our read must not be open meanwhile. */
	db_rows_end(&rows);
	at = place(c, r.id, r.version);
	TRY(vault_open(c, purpose, &at, r.sealed, &clear));
	p = (struct person){ .id = r.id, .version = r.version, .guardian = r.guardian,
	    .guardian_at = r.guardian_at };
	TRY(decode(c->mem, clear, &p));
	*ret = p;
	return OK;
}

/* Up to IDS_PER_READ ids in one statement; rows in the order of the ids, id 0 where none. */
static err
read_some(struct ctx *c, const id *ids, size_t n, struct row *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct bind binds[IDS_PER_READ + 1];
	err e;

	binds[0] = INT(c->org);
	for (size_t i = 0; i < IDS_PER_READ; i++)
		binds[i + 1] = INT(i < n ? ids[i] : 0);
	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM person WHERE org = $1 AND id IN"
	    " ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"),
	    binds, COUNT(binds), &rows));
	while ((e = db_next(rows)) == OK) {
		struct row r = row(c, rows);

		for (size_t i = 0; i < n; i++)
			if (ids[i] == r.id)
				ret[i] = r;
	}
	return e == ERR_NOT_FOUND ? OK : e;
}

err
person_get_many(struct ctx *c, enum purpose purpose, const id *ids, size_t n, struct person *ret)
{
	struct row *list = NEW_N(c->mem, struct row, n);

	if (n > VAULT_BATCH_MAX)
		return ERR_TOO_LARGE;
	for (size_t i = 0; i < n; i += IDS_PER_READ)
		TRY(read_some(c, ids + i, n - i < IDS_PER_READ ? n - i : IDS_PER_READ, list + i));
	return open_rows(c, purpose, list, n, ret);
}

/* Persons whose envelopes open, in the order of the rows. */
static err
open_list(struct ctx *c, enum purpose purpose, struct db_rows **rows,
    struct person **ret, size_t *ret_n)
{
	struct row *list;
	struct person *people;
	size_t n, kept = 0;

	TRY(collect(c, *rows, &list, &n));
	db_rows_end(rows);
	people = NEW_N(c->mem, struct person, n);
	TRY(open_rows(c, purpose, list, n, people));
	for (size_t i = 0; i < n; i++)
		if (people[i].id != 0)
			people[kept++] = people[i];
	*ret = people;
	*ret_n = kept;
	return OK;
}

static err
by_email(struct ctx *c, enum purpose purpose, str blind, struct person **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM person"
	    " WHERE org = $1 AND email_blind = $2 ORDER BY id LIMIT $3"),
	    BINDS(INT(c->org), BLOB(blind), INT(PERSON_CANDIDATES_MAX)), &rows));
	return open_list(c, purpose, &rows, ret, ret_n);
}

err
person_find_match(struct ctx *c, const struct person *form, id *ret)
{
	struct person p = *form;
	err e = ERR_NOT_FOUND;
	str blind;

	if (person_clean(c, false, &p) != PERSON_SOUND)
		return ERR_INVALID;
	if (p.email.n > 0) {
		TRY(match_blind(c, BLIND_MATCH_EMAIL, p.email, &p, &blind));
		e = db_one_int(c->db, SQL("SELECT id FROM person WHERE org = $1 AND match_email = $2"
		    " ORDER BY id LIMIT 1"), BINDS(INT(c->org), BLOB(blind)), ret);
	}
	if (e == ERR_NOT_FOUND && p.phone.n > 0) {
		TRY(match_blind(c, BLIND_MATCH_PHONE, p.phone, &p, &blind));
		e = db_one_int(c->db, SQL("SELECT id FROM person WHERE org = $1 AND match_phone = $2"
		    " ORDER BY id LIMIT 1"), BINDS(INT(c->org), BLOB(blind)), ret);
	}
	return e;
}

err
person_find_by_email(struct ctx *c, enum purpose purpose, str email,
    struct person **ret, size_t *ret_n)
{
	str blind;

	TRY(vault_blind(c, c->org, BLIND_EMAIL, email_normal(c->mem, email), &blind));
	return by_email(c, purpose, blind, ret, ret_n);
}

err
person_relatives(struct ctx *c, enum purpose purpose, id guardian,
    struct person **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(c->db, SQL("SELECT " COLUMNS " FROM person"
	    " WHERE org = $1 AND guardian = $2 ORDER BY id LIMIT $3"),
	    BINDS(INT(c->org), INT(guardian), INT(PERSON_RELATIVES_MAX)), &rows));
	return open_list(c, purpose, &rows, ret, ret_n);
}

err
person_update(struct ctx *c, const struct person *form)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	struct person_prepared made;
	struct person p = *form;
	int64_t changed;

	if (person_clean(c, false, &p) != PERSON_SOUND)
		return ERR_INVALID;
	/* Asked before sealing: an id of elsewhere has no key here, and would look broken. */
	TRY(rules_exists(c, SQL("SELECT COUNT(*) FROM person WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(p.id))));
	TRY(seal(c, &p, p.version + 1, &made));
	TRY(db_begin(c->db, &tx));
	TRY(check_guardian(c, p.id, p.guardian));
	TRY(db_run(c->db, SQL(
	    "UPDATE person SET version = version + 1, identity_sealed = $4, email_blind = $5,"
	    " phone_blind = $6, match_email = $7, match_phone = $8, guardian = $9,"
	    " guardian_at = CASE WHEN CAST($9 AS BIGINT) IS NULL THEN NULL"
	    " WHEN guardian = $9 THEN guardian_at ELSE CAST($10 AS BIGINT) END"
	    " WHERE org = $1 AND id = $2 AND version = $3"),
	    BINDS(INT(c->org), INT(p.id), INT(p.version), BLOB(made.sealed),
	    blob_or_nil(made.email_blind), blob_or_nil(made.phone_blind), blob_or_nil(made.match_email),
	    blob_or_nil(made.match_phone), REF(p.guardian), INT(c->now)), &changed));
	if (changed == 0)
		return ERR_CONFLICT;
	TRY(recognise(c, &made));
	TRY(audit_add(c, S("person.update"), p.id, p.id, 0));
	return db_commit(&tx);
}

err
person_touch(struct ctx *c, id person)
{
	int64_t changed;

	assert(db_in_change(c->db));
	/* Never backwards: an act of an earlier moment may be written later. */
	TRY(db_run(c->db, SQL(
	    "UPDATE person SET last_act_at = CASE WHEN last_act_at < $3 THEN $3 ELSE last_act_at END"
	    " WHERE org = $1 AND id = $2"),
	    BINDS(INT(c->org), INT(person), INT(c->now)), &changed));
	return changed == 1 ? OK : ERR_NOT_FOUND;
}

bool
person_is_ward(const struct ctx *c, const struct person *p)
{
	day born;

	if (p->guardian == 0 || !civil_parse_date(p->birth_date, &born))
		return p->guardian != 0;
	bool was_child = civil_age(born, (day)(p->guardian_at / USEC_PER_DAY)) < ADULT_YEARS;
	return !was_child || civil_age(born, (day)(c->now / USEC_PER_DAY)) < ADULT_YEARS;
}

str
person_name(struct arena *mem, const struct person *p)
{
	return str_trim(str_printf(mem, "%.*s %.*s", STR_FMT(p->given), STR_FMT(p->family)));
}

str
person_name_by_family(struct arena *mem, const struct person *p)
{
	return str_trim(str_printf(mem, "%.*s %.*s", STR_FMT(p->family), STR_FMT(p->given)));
}
