/*
 * demo_people.c - invented patients, sealed like real ones: keys in batches,
 * envelopes made before the change that stores them.
 */
#include "app/demo_int.h"
#include "format/fold.h"
#include "practice/person.h"
#include "store/bulk.h"
#include "vault/vault.h"

enum {
	RECORD_BYTES_MAX = 4096,
	ADULT_YEARS = 18,
	CHILD_PERCENT = 18,
	WARDS_MAX = 3,		/* children of one guardian */
};

/* The guardian of the children to come, until there are enough of them. */
struct family { id guardian; str name; int wards; };

/* Two digits each of the ranges that ARCEP keeps for fiction; the last one is mobile. */
static str
phone_of(struct demo *d)
{
	static const char *const ranges[] = { "+3319900", "+3326191", "+3335301", "+3346571", "+3353649",
		"+3363998" };
	size_t which = demo_percent(d, 80) ? COUNT(ranges) - 1 : (size_t)demo_below(d, COUNT(ranges) - 1);

	return str_printf(d->c.mem, "%s%04d", ranges[which], (int)demo_below(d, 10000));
}

static str
birth_date_of(struct demo *d, bool child)
{
	int64_t days = child ? demo_below(d, 16 * 365) + 30 :
	    (int64_t)(ADULT_YEARS * 366 + demo_below(d, 50 * 365) + demo_below(d, 22 * 365));

	return civil_iso_date(d->c.mem, (day)(d->today - days));
}

static struct person
person_of(struct demo *d, size_t i, struct family *family)
{
	struct demo_names given = demo_percent(d, 53) ? demo_given_women : demo_given_men;
	struct person p = { .given = str_c(demo_pick(d, &given)), .family = str_c(demo_pick(d, &demo_families)),
		.lang = demo_percent(d, 96) ? LANG_FR : LANG_EN };
	bool child = family->guardian != 0 && family->wards < WARDS_MAX && demo_percent(d, CHILD_PERCENT);

	p.birth_date = birth_date_of(d, child);
	if (child) {	/* reached through whoever books for them */
		p.family = family->name;
		p.guardian = family->guardian;
		family->wards++;
		return p;
	}
	if (demo_percent(d, 85))
		p.email = str_printf(d->c.mem, "%.*s.%.*s.%zu@example.org",
		    STR_FMT(fold_slug(d->c.mem, p.given)), STR_FMT(fold_slug(d->c.mem, p.family)), i);
	if (p.email.n == 0 || demo_percent(d, 90))
		p.phone = phone_of(d);
	return p;
}

static struct bind
blob_or_nil(str s)
{
	return s.n > 0 ? BLOB(s) : NIL;
}

static err
store(struct demo *d, const struct person_prepared *people, size_t n)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	TRY(db_begin(d->c.db, &tx));
	for (size_t i = 0; i < n; i++) {
		const struct person_prepared *p = &people[i];

		TRY(db_append(d->c.db, SQL("INSERT INTO person (org, id, version, identity_sealed, email_blind,"
		    " phone_blind, match_email, match_phone, guardian, created_at, last_act_at)"
		    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
		    BINDS(INT(d->c.org), INT(p->id), INT(1), BLOB(p->sealed), blob_or_nil(p->email_blind),
		    blob_or_nil(p->phone_blind), blob_or_nil(p->match_email), blob_or_nil(p->match_phone),
		    REF(p->guardian), INT(d->c.now), INT(d->c.now))));
	}
	return db_commit(&tx);
}

static err
batch_make(struct demo *d, size_t from, size_t n, str patient_login)
{
	struct person_prepared *ready = NEW_N(d->c.mem, struct person_prepared, n);
	struct person *people = NEW_N(d->c.mem, struct person, n);
	id *ids = NEW_N(d->c.mem, id, n);
	struct family family = {0};

	for (size_t i = 0; i < n; i++) {
		struct person *p = &people[i];

		*p = person_of(d, from + i, &family);
		p->id = ids[i] = d->people[from + i].id = ctx_id(&d->c);
		if (from + i == 0)
			p->email = patient_login;
		if (p->guardian == 0)
			family = (struct family){ p->id, p->family, 0 };
	}
	TRY(vault_person_create_many(&d->c, d->c.org, ids, n));
	for (size_t i = 0; i < n; i++)
		TRY(person_seal(&d->c, &people[i], &ready[i]));
	return store(d, ready, n);
}

err
demo_people(struct demo *d, struct arena *keep, str patient_login)
{
	size_t n = (size_t)d->options->patients;

	d->people = NEW_N(keep, struct demo_person, n);
	for (size_t from = 0; from < n; from += VAULT_BATCH_MAX) {
		size_t some = n - from < VAULT_BATCH_MAX ? n - from : VAULT_BATCH_MAX;

		TRY(batch_make(d, from, some, patient_login));
		arena_reset(d->batch);
	}
	return OK;
}
