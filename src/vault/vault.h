/*
 * vault.h - the one door to plain text.
 *
 * Keys: root (a file, 0400) > organisation > person > facet.  A person's key
 * is random, wrapped, and lies in keys.db apart from the data: destroying it
 * makes every envelope of that person noise, in backups too.
 * Envelopes: XChaCha20-Poly1305 with a commitment to key, nonce and place; one
 * that is moved to another row, person, organisation or version does not open.
 * Every opening names purpose and person, is checked against what the route
 * declared (ctx.purposes) and what the actor's role may do, passes the door that
 * vault_open_dir was given, and is recorded there before the clear text is handed out.
 * A separate key process will serve this same interface.
 */
#ifndef VAULT_H
#define VAULT_H

#include "base/ctx.h"
#include "oath/promise.h"

enum {
	VAULT_OVERHEAD_BYTES = 82,	/* an envelope is its padded text and this */
	VAULT_CLEAR_BYTES_MAX = 1 << 20,
	VAULT_BATCH_MAX = 2000,
};

/* Stored in envelopes: never renumber. */
enum vault_facet { FACET_IDENTITY = 1, FACET_AGENDA = 2, FACET_ADMIN = 3, FACET_CLINICAL = 4, FACET_ACCOUNT = 5 };

/* Tables that hold envelopes.  Stored in associated data: never renumber. */
enum vault_table {
	TABLE_PERSON = 1, TABLE_BOOKING = 2, TABLE_DRAFT = 3, TABLE_ACCOUNT = 4,
	TABLE_OUTBOX = 5, TABLE_BLOCK = 6, TABLE_INVITATION = 7, TABLE_TOTP = 8,
	TABLE_DEVICE = 9, TABLE_AUDIT = 10, TABLE_TASK = 11, TABLE_SETTING = 12,
};

/* Where an envelope lies: its associated data. */
struct vault_place {
	id			org;	/* 0: the server itself (accounts) */
	id			person;	/* the organisation's id: about no person */
	enum vault_table	table;
	enum vault_facet	facet;
	id			row;
	int64_t			version;
};

struct vault_item {
	struct vault_place	place;
	str			envelope;
	str			clear;	/* filled, in the request's arena */
	err			why;	/* OK, or why this item alone stayed shut */
};

/*
 * What is about to be opened: one facet of some persons of one organisation,
 * each once, in the order of their ids.  The door refuses a person by a verdict
 * other than OK, or all of them by an error, and records the others.
 */
struct vault_opening {
	enum purpose		 purpose;
	enum vault_facet	 facet;
	id			 org;		/* 0: accounts of the server */
	const id		*persons;
	err			*verdicts;	/* n, all OK at first */
	size_t			 n;
};
typedef err vault_door(struct ctx *, const struct vault_opening *);

/*
 * dir holds root.key and keys.db.  vault_init makes them (ERR_CONFLICT if
 * one of them exists); vault_open_dir opens them (ERR_NOT_FOUND: no root.key;
 * ERR_DENIED: root.key is readable by others; ERR_SEALED: keys.db was made
 * under another root key; ERR_IO: no keys.db).  A vault is shared by threads;
 * vault_init also makes organisation 0 and its key about no person.
 */
err  vault_init(const char *dir) MUST_USE;
err  vault_open_dir(const char *dir, vault_door *, struct vault **) MUST_USE;
void vault_close(struct vault *);

/*
 * Make keys, durably before they return.  Never inside a change of the data.
 * ERR_CONFLICT: there is one already; ERR_NOT_FOUND: no such organisation.
 */
err  vault_org_create(struct ctx *, id org) MUST_USE;
err  vault_person_create(struct ctx *, id org, id person) MUST_USE;
/*
 * An id for a new person of an organisation, with its key: keys are made ahead
 * and together, so that hardly anybody waits for the disk.  Those that nobody
 * takes before the server ends stay as keys of nobody.
 */
err  vault_person_new(struct ctx *, id org, id *ret_person) MUST_USE;
/* All of them or none, at most VAULT_BATCH_MAX (past it: ERR_TOO_LARGE). */
err  vault_person_create_many(struct ctx *, id org, const id *persons, size_t n) MUST_USE;
/* Destroy for ever, in keys.db and its write-ahead log.  ERR_NOT_FOUND: no such key. */
err  vault_person_shred(struct ctx *, id org, id person) MUST_USE;
bool vault_person_exists(struct ctx *, id org, id person);

/* ERR_SEALED: the key is gone.  ERR_TOO_LARGE: past VAULT_CLEAR_BYTES_MAX. */
err  vault_seal(struct ctx *, const struct vault_place *, str clear, str *ret_envelope) MUST_USE;
/* ERR_DENIED: a purpose that the route or the role lacks, or that does not use the
 * place's category (docs/policy.md), or a place in another organisation than
 * c->org (jobs excepted); nothing is opened.  Else what the door said. */
err  vault_open(struct ctx *, enum purpose, const struct vault_place *, str envelope,
	str *ret_clear) MUST_USE;
/*
 * Opens what can be opened, one record a facet.  OK even when items failed: see
 * item.why, ERR_SEALED or the door's verdict.  ERR_TOO_LARGE: past VAULT_BATCH_MAX.
 */
err  vault_open_batch(struct ctx *, enum purpose, struct vault_item *, size_t n) MUST_USE;

/*
 * Blind index: finds a unique value without storing it.  The caller
 * normalises (lower case, E.164).  16 bytes, in the arena; differs by
 * organisation and column.
 */
enum blind_column { BLIND_EMAIL = 1, BLIND_PHONE, BLIND_LOGIN, BLIND_MATCH_EMAIL, BLIND_MATCH_PHONE,
	BLIND_LOG /* a person's pseudonym in the log: never computed anew under another key */ };
err  vault_blind(struct ctx *, id org, enum blind_column, str value, str *ret) MUST_USE;

/* A keyed hash for codes and form tokens: useless without the server's key. */
err  vault_mac(struct ctx *, str label, str message, str *ret_32_bytes) MUST_USE;

#endif
