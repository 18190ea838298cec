/*
 * keys.h - inside vault/ only: the tree of keys, where they lie, and the box
 * that field texts and wrapped keys share.
 *
 *	root.key > organisation > person > facet
 *
 * Root and organisation keys stay in guarded, read-only pages.  A person's
 * key is read and unwrapped for one call, into a struct that wipes itself.
 */
#ifndef KEYS_H
#define KEYS_H

#include <pthread.h>

#include "vault/vault.h"

enum {
	KEY_BYTES = 32,
	BOX_HEAD_BYTES = 66,	/* ver(1) alg(1) key_id(8) nonce(24) commitment(32) */
	BOX_TAG_BYTES = 16,
	KEY_BOX_BYTES = BOX_HEAD_BYTES + KEY_BYTES + BOX_TAG_BYTES,
	KEYS_HANDLES_MAX = 16,	/* on keys.db; a thread that finds none waits for one */
};
_Static_assert((int)BOX_HEAD_BYTES + (int)BOX_TAG_BYTES == (int)VAULT_OVERHEAD_BYTES,
    "an envelope's overhead is promised in vault.h");

struct key { unsigned char bytes[KEY_BYTES]; };
void keys_wipe(struct key *);

/* Ids of persons to be, whose keys are on disk already. */
enum { STOCK_ORGS = 64, STOCK_IDS = 16 };
struct stock { id org, ids[STOCK_IDS]; size_t n; };

struct keys;
struct vault {
	struct keys	*keys;
	pthread_mutex_t	 stock_lock;
	struct stock	 stock[STOCK_ORGS];
	vault_door	*door;		/* NULL: nobody wants to know (tests, tools) */
};

/* Before any other use of the crypto library; cheap to repeat. */
void keys_ready(void);

/* As vault_init and vault_open_dir. */
err  keys_init(const char *dir) MUST_USE;
err  keys_open(const char *dir, struct keys **) MUST_USE;
void keys_close(struct keys *);

/* As their namesakes in vault.h. */
err  keys_org_create(struct ctx *, id org) MUST_USE;
err  keys_person_create(struct ctx *, id org, const id *persons, size_t n) MUST_USE;
err  keys_person_shred(struct ctx *, id org, id person) MUST_USE;
err  keys_person_exists(struct ctx *, id org, id person, bool *ret) MUST_USE;

/* For exact lookups in one column of one organisation; and for the server's own tags. */
err  keys_blind(struct ctx *, id org, enum blind_column, struct key *ret) MUST_USE;
void keys_mac(struct ctx *, struct key *ret);

/* The seed with which checkpoints of the log are signed.  ERR_NOT_FOUND, ERR_SEALED. */
err  keys_log(struct ctx *, struct key *ret) MUST_USE;

/*
 * Facet keys of one person after another, through one database handle.  The
 * last person's key is kept until another is asked for or the ring ends.
 */
struct key_ring {
	struct ctx	*c;
	struct db	*db;
	id		 org, person;	/* whose keys these are, while loaded */
	bool		 org_loaded, person_loaded;
	struct key	 wrap, person_key, facet_key;
};
err  keys_ring_open(struct ctx *, struct key_ring *) MUST_USE;
/* ERR_NOT_FOUND: no such key, any more.  ERR_SEALED: it was tampered with. */
err  keys_ring_facet(struct key_ring *, id org, id person, enum vault_facet) MUST_USE;
void keys_ring_end(struct key_ring *);

/*
 * The box.  seal: the clear text stands at box + BOX_HEAD_BYTES and is
 * replaced where it stands; BOX_TAG_BYTES follow it.  open: writes
 * box.n - VAULT_OVERHEAD_BYTES bytes, and only if every byte of box, key and
 * place is the one that was sealed.
 */
enum box_kind { BOX_FIELD, BOX_KEY };
void keys_box_seal(const struct key *, enum box_kind, const struct vault_place *,
	unsigned char *box, size_t clear_bytes);
bool keys_box_open(const struct key *, enum box_kind, const struct vault_place *,
	str box, unsigned char *ret_clear) MUST_USE;

#endif
