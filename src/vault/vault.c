/* vault.c - who may open what, in which order; the keys themselves are keys.c's. */
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/log.h"
#include "oath/word_tags.h"
#include "store/db.h"
#include "vault/keys.h"

enum {
	PAD_BYTES = 64,			/* lengths up to here look alike: names, addresses */
	PAD_CLINICAL_BYTES = 512,	/* a longer word may name an illness */
	BLIND_BYTES = 16,
	MAC_BYTES = 32,
};

err
vault_init(const char *dir)
{
	return keys_init(dir);
}

err
vault_open_dir(const char *dir, vault_door *door, struct vault **ret)
{
	struct keys *keys;

	TRY(keys_open(dir, &keys));
	struct vault *v = mem_alloc(1, sizeof(*v));
	v->keys = keys;
	v->door = door;
	if (pthread_mutex_init(&v->stock_lock, NULL) != 0)
		panic("vault: no lock");
	*ret = v;
	return OK;
}

void
vault_close(struct vault *v)
{
	if (v == NULL)
		return;
	keys_close(v->keys);
	(void)pthread_mutex_destroy(&v->stock_lock);
	mem_free(v);
}

/* Keys are durable on their own: a change of the data that waited for them would wait for two disks. */
static void
assert_outside_change(const struct ctx *c)
{
	assert(c->db == NULL || !db_in_change(c->db));
	(void)c;
}

err
vault_org_create(struct ctx *c, id org)
{
	assert(org > 0);
	assert_outside_change(c);
	return keys_org_create(c, org);
}

err
vault_person_create(struct ctx *c, id org, id person)
{
	return vault_person_create_many(c, org, &person, 1);
}

err
vault_person_create_many(struct ctx *c, id org, const id *persons, size_t n)
{
	assert(org >= 0);
	assert_outside_change(c);
	if (n > VAULT_BATCH_MAX)
		return ERR_TOO_LARGE;
	return n == 0 ? OK : keys_person_create(c, org, persons, n);
}

/* Under the lock.  Two organisations of one place drive each other out: slower, never wrong. */
static struct stock *
stock_of(struct vault *v, id org)
{
	struct stock *s = &v->stock[(uint64_t)org * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (STOCK_ORGS - 1)];

	if (s->org != org)
		*s = (struct stock){ .org = org };
	return s;
}

static bool
stock_take(struct vault *v, id org, id *ret)
{
	(void)pthread_mutex_lock(&v->stock_lock);
	struct stock *s = stock_of(v, org);
	bool found = s->n > 0;
	if (found)
		*ret = s->ids[--s->n];
	(void)pthread_mutex_unlock(&v->stock_lock);
	return found;
}

err
vault_person_new(struct ctx *c, id org, id *ret)
{
	id made[STOCK_IDS];

	if (stock_take(c->vault, org, ret))
		return OK;
	for (size_t i = 0; i < STOCK_IDS; i++)
		made[i] = ctx_id(c);
	TRY(vault_person_create_many(c, org, made, STOCK_IDS));
	(void)pthread_mutex_lock(&c->vault->stock_lock);
	struct stock *s = stock_of(c->vault, org);
	for (size_t i = STOCK_IDS - 1; i > 0 && s->n < STOCK_IDS; i--)
		s->ids[s->n++] = made[i];
	(void)pthread_mutex_unlock(&c->vault->stock_lock);
	*ret = made[0];
	return OK;
}

err
vault_person_shred(struct ctx *c, id org, id person)
{
	assert(org >= 0);
	assert_outside_change(c);
	return keys_person_shred(c, org, person);
}

bool
vault_person_exists(struct ctx *c, id org, id person)
{
	bool exists = false;

	/* A store that fails was logged there; a key nobody can read is no key. */
	return keys_person_exists(c, org, person, &exists) == OK && exists;
}

static void
assert_place(const struct vault_place *p)
{
	assert(p->org >= 0 && p->row >= 0 && p->version >= 0);
	assert(p->person > 0 || (p->person == 0 && p->org == 0));
	assert(p->table >= TABLE_PERSON && p->table <= TABLE_SETTING);
	assert(p->facet >= FACET_IDENTITY && p->facet <= FACET_ACCOUNT);
	(void)p;
}

static size_t
pad_bytes(enum vault_facet facet)
{
	return facet == FACET_CLINICAL ? PAD_CLINICAL_BYTES : PAD_BYTES;
}

err
vault_seal(struct ctx *c, const struct vault_place *place, str clear, str *ret)
{
	CLEANUP(keys_ring_end) struct key_ring ring = {0};
	size_t block = pad_bytes(place->facet), padded;

	assert_place(place);
	if (clear.n > VAULT_CLEAR_BYTES_MAX)
		return ERR_TOO_LARGE;
	TRY(keys_ring_open(c, &ring));
	err e = keys_ring_facet(&ring, place->org, place->person, place->facet);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_SEALED : e;

	unsigned char *box = arena_alloc(c->mem, clear.n + block + VAULT_OVERHEAD_BYTES, 1);
	unsigned char *text = box + BOX_HEAD_BYTES;
	if (clear.n > 0)
		memcpy(text, clear.p, clear.n);
	if (sodium_pad(&padded, text, clear.n, block, clear.n + block) != 0)
		panic("vault: the padding does not fit");
	keys_box_seal(&ring.facet_key, BOX_FIELD, place, box, padded);
	*ret = (str){ (char *)box, padded + VAULT_OVERHEAD_BYTES };
	return OK;
}

static bool
may_open(const struct ctx *c, enum purpose purpose)
{
	assert(c->role >= 0 && c->role < ROLE_COUNT);
	assert(purpose >= PURPOSE_NONE && purpose < PURPOSE_COUNT);
	uint32_t bit = PURPOSE_BIT(purpose);

	if (purpose != PURPOSE_NONE && (c->purposes & bit) != 0 &&
	    (promise()->role_purposes[c->role] & bit) != 0)
		return true;
	LOG_WARN("vault", "an opening was refused", LOG_INT("purpose", purpose),
	    LOG_INT("role", c->role), LOG_INT("declared", c->purposes));
	return false;
}

/*
 * The field by which the policy knows an envelope; fields that are sealed
 * together lie in one category (docs/policy.md, E208).  FIELD_COUNT: about nobody.
 */
static enum field
field_of(enum vault_table table)
{
	switch (table) {
	case TABLE_PERSON:
		return FIELD_person_family;
	case TABLE_BOOKING:
		return FIELD_booking_note;
	case TABLE_DRAFT:
		return FIELD_draft_details;
	case TABLE_ACCOUNT:
		return FIELD_account_email;
	case TABLE_OUTBOX:
		return FIELD_outbox_payload;
	case TABLE_BLOCK:
		return FIELD_absence_reason;
	case TABLE_INVITATION:
		return FIELD_ticket_detail;
	case TABLE_TOTP:
		return FIELD_account_totp;
	case TABLE_DEVICE:
	case TABLE_AUDIT:
	case TABLE_TASK:
	case TABLE_SETTING:
		return FIELD_COUNT;
	}
	return FIELD_COUNT;
}

/* The purpose opens what the policy lets it use, and nothing else. */
static bool
uses(enum purpose purpose, const struct vault_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum field field = field_of(items[i].place.table);

		if (field == FIELD_COUNT || (promise()->field_purposes[field] & PURPOSE_BIT(purpose)) != 0)
			continue;
		LOG_WARN("vault", "a purpose that does not use these data was refused",
		    LOG_INT("purpose", purpose), LOG_INT("table", items[i].place.table));
		return false;
	}
	return true;
}

/* T6: the server's own accounts, and the organisation that the request is about; jobs go round. */
static bool
within_reach(const struct ctx *c, const struct vault_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (items[i].place.org != 0 && items[i].place.org != c->org && c->role != ROLE_JOB) {
			LOG_WARN("vault", "an opening in another organisation was refused",
			    LOG_INT("role", c->role));
			return false;
		}
	return true;
}

/* An item about a person, where the door wants to see it: beside its like. */
struct target {
	id			 org, person;
	enum vault_facet	 facet;
	size_t			 item;
};

static int
target_order(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	if (x->org != y->org)
		return (x->org > y->org) - (x->org < y->org);
	if (x->facet != y->facet)
		return (x->facet > y->facet) - (x->facet < y->facet);
	return (x->person > y->person) - (x->person < y->person);
}

/* One facet of one organisation: the distinct persons pass the door, and each item has its verdict. */
static err
pass_group(struct ctx *c, enum purpose purpose, const struct target *group, size_t n,
    struct vault_item *items)
{
	id *persons = NEW_N(c->mem, id, n);
	err *verdicts = NEW_N(c->mem, err, n);
	struct vault_opening opening = { .purpose = purpose, .facet = group[0].facet,
	    .org = group[0].org, .persons = persons, .verdicts = verdicts };

	for (size_t i = 0; i < n; i++)
		if (i == 0 || group[i].person != group[i - 1].person)
			persons[opening.n++] = group[i].person;
	TRY(c->vault->door(c, &opening));
	for (size_t i = 0, at = 0; i < n; i++) {
		if (persons[at] != group[i].person)
			at++;
		items[group[i].item].why = verdicts[at];
	}
	return OK;
}

/* What is about nobody passes without a record. */
static err
pass_door(struct ctx *c, enum purpose purpose, struct vault_item *items, size_t n)
{
	struct target *targets;
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		items[i].why = OK;
	if (c->vault->door == NULL)
		return OK;
	targets = NEW_N(c->mem, struct target, n);
	for (size_t i = 0; i < n; i++) {
		const struct vault_place *p = &items[i].place;

		if (p->person != p->org)
			targets[found++] = (struct target){ p->org, p->person, p->facet, i };
	}
	qsort(targets, found, sizeof(*targets), target_order);
	for (size_t from = 0, to; from < found; from = to) {
		for (to = from + 1; to < found && targets[to].org == targets[from].org &&
		    targets[to].facet == targets[from].facet; to++)
			continue;
		TRY(pass_group(c, purpose, targets + from, to - from, items));
	}
	return OK;
}

/* ERR_SEALED is this item's own trouble; anything else is everybody's. */
static err
open_item(struct key_ring *ring, struct arena *mem, struct vault_item *item)
{
	size_t block = pad_bytes(item->place.facet), n;

	if (item->envelope.n < VAULT_OVERHEAD_BYTES + block ||
	    item->envelope.n > VAULT_OVERHEAD_BYTES + VAULT_CLEAR_BYTES_MAX + block)
		return ERR_SEALED;
	err e = keys_ring_facet(ring, item->place.org, item->place.person, item->place.facet);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_SEALED : e;

	size_t padded = item->envelope.n - VAULT_OVERHEAD_BYTES;
	unsigned char *text = arena_alloc(mem, padded, 1);
	if (!keys_box_open(&ring->facet_key, BOX_FIELD, &item->place, item->envelope, text) ||
	    sodium_unpad(&n, text, padded, block) != 0)
		return ERR_SEALED;
	item->clear = (str){ (char *)text, n };
	return OK;
}

err
vault_open_batch(struct ctx *c, enum purpose purpose, struct vault_item *items, size_t n)
{
	CLEANUP(keys_ring_end) struct key_ring ring = {0};
	err e = OK;

	for (size_t i = 0; i < n; i++) {
		assert_place(&items[i].place);
		items[i].clear = (str){0};
		items[i].why = ERR_DENIED;
	}
	if (!may_open(c, purpose) || !uses(purpose, items, n) || !within_reach(c, items, n))
		return ERR_DENIED;
	if (n > VAULT_BATCH_MAX)
		return ERR_TOO_LARGE;
	if (n == 0)
		return OK;

	/* Recorded first, and before we hold a handle: the door may read and write. */
	e = pass_door(c, purpose, items, n);
	if (e == OK)
		e = keys_ring_open(c, &ring);
	for (size_t i = 0; i < n && (e == OK || e == ERR_SEALED); i++)
		if (items[i].why == OK)
			e = items[i].why = open_item(&ring, c->mem, &items[i]);
	if (e == OK || e == ERR_SEALED)
		return OK;
	for (size_t i = 0; i < n; i++) {	/* half an answer is none */
		items[i].clear = (str){0};
		items[i].why = e;
	}
	return e;
}

err
vault_open(struct ctx *c, enum purpose purpose, const struct vault_place *place, str envelope,
    str *ret)
{
	struct vault_item item = { .place = *place, .envelope = envelope };

	TRY(vault_open_batch(c, purpose, &item, 1));
	if (item.why == OK)
		*ret = item.clear;
	return item.why;
}

err
vault_blind(struct ctx *c, id org, enum blind_column column, str value, str *ret)
{
	CLEANUP(keys_wipe) struct key key = {0};

	err e = keys_blind(c, org, column, &key);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_SEALED : e;
	unsigned char *out = arena_alloc(c->mem, BLIND_BYTES, 1);
	if (crypto_generichash(out, BLIND_BYTES, (const unsigned char *)value.p, value.n,
	    key.bytes, sizeof(key.bytes)) != 0)
		panic("vault: blake2b");
	*ret = (str){ (char *)out, BLIND_BYTES };
	return OK;
}

static void
mac_part(crypto_generichash_state *state, str part)
{
	unsigned char length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)((uint64_t)part.n >> (56 - 8 * i));
	(void)crypto_generichash_update(state, length, sizeof(length));
	if (part.n > 0)
		(void)crypto_generichash_update(state, (const unsigned char *)part.p, part.n);
}

err
vault_mac(struct ctx *c, str label, str message, str *ret)
{
	CLEANUP(keys_wipe) struct key key = {0};
	crypto_generichash_state state;

	keys_mac(c, &key);
	unsigned char *out = arena_alloc(c->mem, MAC_BYTES, 1);
	if (crypto_generichash_init(&state, key.bytes, sizeof(key.bytes), MAC_BYTES) != 0)
		panic("vault: blake2b");
	/* Each part after its length: no label and message read like another pair. */
	mac_part(&state, label);
	mac_part(&state, message);
	(void)crypto_generichash_final(&state, out, MAC_BYTES);
	sodium_memzero(&state, sizeof(state));	/* it began with the key */
	*ret = (str){ (char *)out, MAC_BYTES };
	return OK;
}
