/*
 * keys.c - see keys.h.  keys.db is a file of its own, apart from the data, so
 * that it can be backed up for days only: erasure must reach it quickly.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/db.h"
#include "store/migrate.h"
#include "vault/keys.h"

enum {
	BOX_VERSION = 1,
	BOX_XCHACHA20POLY1305 = 1,
	BOX_KEY_ID = 1,		/* the person's first key; rotation will count on */
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	NONCE_AT = 10,
	COMMIT_AT = NONCE_AT + NONCE_BYTES,
	COMMIT_BYTES = 32,
	AD_BYTES = 45,
	LABEL_BYTES = 16,
	CHECKPOINT_TRIES = 10,
	ORGS_KEPT = 512,	/* unwrapped organisation keys: 36 KiB of locked memory */
};
_Static_assert(COMMIT_AT + COMMIT_BYTES == BOX_HEAD_BYTES, "head of the box");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == BOX_TAG_BYTES, "tag of the box");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == KEY_BYTES, "one size of key");
_Static_assert(crypto_kdf_KEYBYTES == KEY_BYTES, "one size of key");

struct org_slot {
	id		org;
	bool		used;
	struct key	key, wrap;	/* wrap: derived from key, kept because every person needs it */
};

struct keys {
	struct store	*store;
	struct key	*root;		/* guarded, read-only */
	struct org_slot	*orgs;		/* guarded; writable only under the write lock */
	pthread_rwlock_t orgs_lock;
	pthread_mutex_t	 handles_lock;
	pthread_cond_t	 handle_back;
	struct db	*idle[KEYS_HANDLES_MAX];
	int		 idle_n, taken_n;	/* together: handles that exist */
};

static const struct migration steps[] = {
	{ 1, "keys",
	    "CREATE TABLE IF NOT EXISTS meta (\n"
	    "  name TEXT PRIMARY KEY,\n"
	    "  value @BLOB@ NOT NULL\n"
	    ") @CLUSTERED@;\n"
	    "CREATE TABLE IF NOT EXISTS org_key (\n"
	    "  org BIGINT PRIMARY KEY,\n"
	    "  wrapped @BLOB@ NOT NULL,\n"
	    "  created_at BIGINT NOT NULL\n"
	    ") @CLUSTERED@;\n"
	    "CREATE TABLE IF NOT EXISTS person_key (\n"
	    "  org BIGINT NOT NULL,\n"
	    "  person BIGINT NOT NULL,\n"
	    "  wrapped @BLOB@ NOT NULL,\n"
	    "  created_at BIGINT NOT NULL,\n"
	    "  PRIMARY KEY (org, person)\n"
	    ") @CLUSTERED@;\n" },
};

/* --- the library, and memory --- */

static void
start_sodium(void)
{
	if (sodium_init() < 0)
		panic("vault: libsodium does not start");
}

void
keys_ready(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	if (pthread_once(&once, start_sodium) != 0)
		panic("vault: pthread_once");
}

void
keys_wipe(struct key *k)
{
	sodium_memzero(k, sizeof(*k));
}

/* Between guard pages, locked and out of core dumps as far as the system allows. */
static void *
guarded(size_t count, size_t size)
{
	void *p = sodium_allocarray(count, size);

	if (p == NULL)
		panic("vault: out of guarded memory");
	sodium_memzero(p, count * size);
	return p;
}

static void
guard_readonly(void *p)
{
	if (sodium_mprotect_readonly(p) != 0)
		panic("vault: mprotect");
}

static void
fd_end(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static err
io_failed(const char *what)
{
	LOG_ERROR("vault", what, LOG_TEXT("error", strerrorname_np(errno)));
	return ERR_IO;
}

/* --- the box --- */

static unsigned char *
put(unsigned char *at, uint64_t value, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		*at++ = (unsigned char)(value >> (8 * i));
	return at;
}

/* Fixed lengths and order: two places never give the same bytes. */
static void
associate(const struct vault_place *p, unsigned char ad[AD_BYTES])
{
	unsigned char *at = put(ad, BOX_VERSION, 1);

	at = put(at, (uint64_t)p->org, 8);
	at = put(at, (uint64_t)p->person, 8);
	at = put(at, p->table, 2);
	at = put(at, p->facet, 2);
	at = put(at, (uint64_t)p->row, 8);
	at = put(at, (uint64_t)p->version, 8);
	at = put(at, BOX_KEY_ID, 8);
	assert(at == ad + AD_BYTES);
}

/*
 * The AEAD alone does not commit: a ciphertext can be built that opens under
 * two keys.  So its key is derived from ours, the nonce and the place, and
 * the second half of the same hash goes into the box as a commitment to them.
 */
struct box_hash { unsigned char key[KEY_BYTES], commitment[COMMIT_BYTES]; };

static void
box_hash_wipe(struct box_hash *h)
{
	sodium_memzero(h, sizeof(*h));
}

static void
box_hash(const struct key *key, enum box_kind kind, const unsigned char *nonce,
    const unsigned char *ad, struct box_hash *ret)
{
	static const char labels[][LABEL_BYTES + 1] = {
		[BOX_FIELD] = "serment/field/v1", [BOX_KEY] = "serment/inner/v1",
	};
	unsigned char message[LABEL_BYTES + NONCE_BYTES + AD_BYTES];

	memcpy(message, labels[kind], LABEL_BYTES);
	memcpy(message + LABEL_BYTES, nonce, NONCE_BYTES);
	memcpy(message + LABEL_BYTES + NONCE_BYTES, ad, AD_BYTES);
	if (crypto_generichash((unsigned char *)ret, sizeof(*ret), message, sizeof(message),
	    key->bytes, sizeof(key->bytes)) != 0)
		panic("vault: blake2b");
}

void
keys_box_seal(const struct key *key, enum box_kind kind, const struct vault_place *place,
    unsigned char *box, size_t clear_bytes)
{
	CLEANUP(box_hash_wipe) struct box_hash h;
	unsigned char ad[AD_BYTES], *text = box + BOX_HEAD_BYTES;

	associate(place, ad);
	put(put(put(box, BOX_VERSION, 1), BOX_XCHACHA20POLY1305, 1), BOX_KEY_ID, 8);
	randombytes_buf(box + NONCE_AT, NONCE_BYTES);
	box_hash(key, kind, box + NONCE_AT, ad, &h);
	memcpy(box + COMMIT_AT, h.commitment, COMMIT_BYTES);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(text, text + clear_bytes, NULL,
	    text, clear_bytes, ad, sizeof(ad), NULL, box + NONCE_AT, h.key);
}

bool
keys_box_open(const struct key *key, enum box_kind kind, const struct vault_place *place,
    str sealed, unsigned char *ret)
{
	CLEANUP(box_hash_wipe) struct box_hash h;
	unsigned char ad[AD_BYTES], head[NONCE_AT];
	const unsigned char *box = (const unsigned char *)sealed.p;

	if (sealed.n < VAULT_OVERHEAD_BYTES)
		return false;
	put(put(put(head, BOX_VERSION, 1), BOX_XCHACHA20POLY1305, 1), BOX_KEY_ID, 8);
	if (memcmp(box, head, sizeof(head)) != 0)
		return false;
	associate(place, ad);
	box_hash(key, kind, box + NONCE_AT, ad, &h);
	if (sodium_memcmp(box + COMMIT_AT, h.commitment, COMMIT_BYTES) != 0)
		return false;
	return crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL,
	    box + BOX_HEAD_BYTES, sealed.n - BOX_HEAD_BYTES, ad, sizeof(ad),
	    box + NONCE_AT, h.key) == 0;
}

/* --- derivation and wrapping --- */

static void
derive(const struct key *from, uint64_t number, const char context[crypto_kdf_CONTEXTBYTES + 1],
    struct key *ret)
{
	if (crypto_kdf_derive_from_key(ret->bytes, sizeof(ret->bytes), number, context,
	    from->bytes) != 0)
		panic("vault: key derivation");
}

/* A key's own place; table and facet 0 belong to no field. */
static struct vault_place
key_place(id org, id person)
{
	return (struct vault_place){ .org = org, .person = person };
}

/* A new random key, only ever seen wrapped. */
static void
wrap_new(const struct key *wrap, struct vault_place place, unsigned char ret_box[KEY_BOX_BYTES])
{
	randombytes_buf(ret_box + BOX_HEAD_BYTES, KEY_BYTES);
	keys_box_seal(wrap, BOX_KEY, &place, ret_box, KEY_BYTES);
}

static err
unwrap(const struct key *wrap, struct vault_place place, str box, struct key *ret)
{
	if (box.n == KEY_BOX_BYTES && keys_box_open(wrap, BOX_KEY, &place, box, ret->bytes))
		return OK;
	LOG_ERROR("vault", "a wrapped key does not open", LOG_INT("org", place.org));
	return ERR_SEALED;
}

static str
box_str(const unsigned char *box)
{
	return (str){ (const char *)box, KEY_BOX_BYTES };
}

/* --- handles on keys.db --- */

struct handle { struct keys *keys; struct db *db; };

static void
handle_end(struct handle *h)
{
	if (h->db == NULL)
		return;
	pthread_mutex_lock(&h->keys->handles_lock);
	h->keys->idle[h->keys->idle_n++] = h->db;
	h->keys->taken_n--;
	pthread_cond_signal(&h->keys->handle_back);
	pthread_mutex_unlock(&h->keys->handles_lock);
	h->db = NULL;
}

static err
handle_take(struct keys *k, struct handle *ret)
{
	struct db *db = NULL;
	err e = OK;

	pthread_mutex_lock(&k->handles_lock);
	while (k->idle_n == 0 && k->taken_n == KEYS_HANDLES_MAX)
		pthread_cond_wait(&k->handle_back, &k->handles_lock);
	if (k->idle_n > 0)
		db = k->idle[--k->idle_n];
	k->taken_n++;
	pthread_mutex_unlock(&k->handles_lock);

	/* Opening reads the disk: not under the lock, though our place is already counted. */
	if (db == NULL && (e = db_open(k->store, &db)) != OK) {
		pthread_mutex_lock(&k->handles_lock);
		k->taken_n--;
		pthread_cond_signal(&k->handle_back);
		pthread_mutex_unlock(&k->handles_lock);
		return e;
	}
	*ret = (struct handle){ k, db };
	return OK;
}

/* --- organisation keys --- */

static struct org_slot *
slot_of(const struct keys *k, id org)
{
	/* Ids made in one millisecond differ in their tail: fold it over the rest. */
	uint64_t mixed = (uint64_t)org * UINT64_C(0x9e3779b97f4a7c15);

	return &k->orgs[(mixed >> 32) % ORGS_KEPT];
}

static bool
org_kept(struct keys *k, id org, struct key *ret_key, struct key *ret_wrap)
{
	const struct org_slot *slot = slot_of(k, org);

	pthread_rwlock_rdlock(&k->orgs_lock);
	bool kept = slot->used && slot->org == org;
	if (kept) {
		*ret_key = slot->key;
		*ret_wrap = slot->wrap;
	}
	pthread_rwlock_unlock(&k->orgs_lock);
	return kept;
}

/* Two organisations of one slot drive each other out: slower, never wrong. */
static void
org_keep(struct keys *k, id org, const struct key *key, const struct key *wrap)
{
	struct org_slot *slot = slot_of(k, org);

	pthread_rwlock_wrlock(&k->orgs_lock);
	if (sodium_mprotect_readwrite(k->orgs) != 0)
		panic("vault: mprotect");
	*slot = (struct org_slot){ .org = org, .used = true, .key = *key, .wrap = *wrap };
	guard_readonly(k->orgs);
	pthread_rwlock_unlock(&k->orgs_lock);
}

static err
wrapped_read(struct db *db, struct arena *mem, struct sql sql, const struct bind *binds, size_t n,
    str *ret)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	TRY(db_read(db, sql, binds, n, &rows));
	TRY(db_next(rows));
	*ret = db_text(rows, mem, 0);
	return OK;
}

static err
org_keys(struct ctx *c, struct db *db, id org, struct key *ret_key, struct key *ret_wrap)
{
	CLEANUP(keys_wipe) struct key root_wrap = {0};
	struct keys *k = c->vault->keys;
	str box;

	if (org_kept(k, org, ret_key, ret_wrap))
		return OK;
	TRY(wrapped_read(db, c->mem, SQL("SELECT wrapped FROM org_key WHERE org = $1"),
	    BINDS(INT(org)), &box));
	derive(k->root, 1, "wrapping", &root_wrap);
	TRY(unwrap(&root_wrap, key_place(org, 0), box, ret_key));
	derive(ret_key, 1, "wrapping", ret_wrap);
	org_keep(k, org, ret_key, ret_wrap);
	return OK;
}

err
keys_blind(struct ctx *c, id org, enum blind_column column, struct key *ret)
{
	CLEANUP(handle_end) struct handle h = {0};
	CLEANUP(keys_wipe) struct key key = {0};
	CLEANUP(keys_wipe) struct key wrap = {0};

	TRY(handle_take(c->vault->keys, &h));
	TRY(org_keys(c, h.db, org, &key, &wrap));
	derive(&key, column, "blindidx", ret);
	return OK;
}

void
keys_mac(struct ctx *c, struct key *ret)
{
	derive(c->vault->keys->root, 1, "mac-tags", ret);
}

/* Of the server itself; told by its table from the key of organisation 0. */
static struct vault_place
log_place(void)
{
	return (struct vault_place){ .table = TABLE_AUDIT };
}

err
keys_log(struct ctx *c, struct key *ret)
{
	CLEANUP(handle_end) struct handle h = {0};
	CLEANUP(keys_wipe) struct key root_wrap = {0};
	str box;

	TRY(handle_take(c->vault->keys, &h));
	TRY(wrapped_read(h.db, c->mem, SQL("SELECT value FROM meta WHERE name = 'log_key'"), NULL, 0, &box));
	derive(c->vault->keys->root, 1, "wrapping", &root_wrap);
	return unwrap(&root_wrap, log_place(), box, ret);
}

/* --- persons' keys --- */

err
keys_ring_open(struct ctx *c, struct key_ring *ret)
{
	struct handle h;

	TRY(handle_take(c->vault->keys, &h));
	*ret = (struct key_ring){ .c = c, .db = h.db };
	return OK;
}

void
keys_ring_end(struct key_ring *ring)
{
	if (ring->db != NULL)
		handle_end(&(struct handle){ ring->c->vault->keys, ring->db });
	sodium_memzero(ring, sizeof(*ring));
}

err
keys_ring_facet(struct key_ring *ring, id org, id person, enum vault_facet facet)
{
	CLEANUP(keys_wipe) struct key org_key = {0};
	str box;

	if (!ring->org_loaded || ring->org != org) {
		ring->org_loaded = ring->person_loaded = false;
		TRY(org_keys(ring->c, ring->db, org, &org_key, &ring->wrap));
		ring->org = org;
		ring->org_loaded = true;
	}
	if (!ring->person_loaded || ring->person != person) {
		ring->person_loaded = false;
		TRY(wrapped_read(ring->db, ring->c->mem,
		    SQL("SELECT wrapped FROM person_key WHERE org = $1 AND person = $2"),
		    BINDS(INT(org), INT(person)), &box));
		TRY(unwrap(&ring->wrap, key_place(org, person), box, &ring->person_key));
		ring->person = person;
		ring->person_loaded = true;
	}
	derive(&ring->person_key, facet, "facetkey", &ring->facet_key);
	return OK;
}

static err
person_insert(struct db *db, id org, id person, str box, usec now)
{
	return db_run(db, SQL("INSERT INTO person_key (org, person, wrapped, created_at)"
	    " VALUES ($1, $2, $3, $4)"),
	    BINDS(INT(org), INT(person), BLOB(box), INT(now)), NULL);
}

err
keys_person_create(struct ctx *c, id org, const id *persons, size_t n)
{
	CLEANUP(handle_end) struct handle h = {0};
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	CLEANUP(keys_wipe) struct key org_key = {0};
	CLEANUP(keys_wipe) struct key wrap = {0};

	TRY(handle_take(c->vault->keys, &h));
	TRY(org_keys(c, h.db, org, &org_key, &wrap));
	unsigned char *boxes = arena_alloc(c->mem, n, KEY_BOX_BYTES);
	for (size_t i = 0; i < n; i++)
		wrap_new(&wrap, key_place(org, persons[i]), boxes + i * KEY_BOX_BYTES);

	TRY(db_begin(h.db, &tx));
	for (size_t i = 0; i < n; i++)
		TRY(person_insert(h.db, org, persons[i], box_str(boxes + i * KEY_BOX_BYTES), c->now));
	return db_commit(&tx);
}

/* The organisation's key, and the key of what is about nobody in it. */
static err
org_insert(struct db *db, const struct key *root, id org, usec now)
{
	CLEANUP(keys_wipe) struct key root_wrap = {0};
	CLEANUP(keys_wipe) struct key org_key = {0};
	CLEANUP(keys_wipe) struct key wrap = {0};
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	unsigned char org_box[KEY_BOX_BYTES], nobody_box[KEY_BOX_BYTES];

	derive(root, 1, "wrapping", &root_wrap);
	wrap_new(&root_wrap, key_place(org, 0), org_box);
	TRY(unwrap(&root_wrap, key_place(org, 0), box_str(org_box), &org_key));
	derive(&org_key, 1, "wrapping", &wrap);
	wrap_new(&wrap, key_place(org, org), nobody_box);

	TRY(db_begin(db, &tx));
	TRY(db_run(db, SQL("INSERT INTO org_key (org, wrapped, created_at) VALUES ($1, $2, $3)"),
	    BINDS(INT(org), BLOB(box_str(org_box)), INT(now)), NULL));
	TRY(person_insert(db, org, org, box_str(nobody_box), now));
	return db_commit(&tx);
}

err
keys_org_create(struct ctx *c, id org)
{
	CLEANUP(handle_end) struct handle h = {0};

	TRY(handle_take(c->vault->keys, &h));
	return org_insert(h.db, c->vault->keys->root, org, c->now);
}

err
keys_person_exists(struct ctx *c, id org, id person, bool *ret)
{
	CLEANUP(handle_end) struct handle h = {0};
	int64_t one;

	TRY(handle_take(c->vault->keys, &h));
	err e = db_one_int(h.db, SQL("SELECT 1 FROM person_key WHERE org = $1 AND person = $2"),
	    BINDS(INT(org), INT(person)), &one);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	*ret = e == OK;
	return OK;
}

err
keys_person_shred(struct ctx *c, id org, id person)
{
	CLEANUP(handle_end) struct handle h = {0};
	int64_t gone;

	TRY(handle_take(c->vault->keys, &h));
	TRY(db_run(h.db, SQL("DELETE FROM person_key WHERE org = $1 AND person = $2"),
	    BINDS(INT(org), INT(person)), &gone));
	if (gone == 0)
		return ERR_NOT_FOUND;
	/*
	 * The file's page is overwritten, but the write-ahead log still holds the
	 * old one.  Reads of keys are short: a checkpoint gets its turn.
	 */
	err e = ERR_RETRY;
	for (int i = 0; i < CHECKPOINT_TRIES && e == ERR_RETRY; i++)
		e = db_checkpoint(h.db);
	if (e == ERR_RETRY)	/* the row is gone for good; only its shadow waits */
		LOG_WARN("vault", "the log of keys.db waits for the next checkpoint",
		    LOG_INT("tries", CHECKPOINT_TRIES));
	return e == ERR_RETRY ? OK : e;
}

/* --- the directory: root.key and keys.db --- */

static err
sync_dir(const char *dir)
{
	CLEANUP(fd_end) int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) != 0 ? io_failed("the key directory was not synced") : OK;
}

/* A file that is ours alone and was not there before: ERR_CONFLICT if it was. */
static err
create(const char *path, mode_t mode, int *ret_fd)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		return errno == EEXIST ? ERR_CONFLICT : io_failed("a key file was not made");
	*ret_fd = fd;
	return OK;
}

static err
root_write(const char *path, const struct key *root)
{
	CLEANUP(fd_end) int fd = -1;

	TRY(create(path, S_IRUSR, &fd));
	if (write(fd, root->bytes, sizeof(root->bytes)) == (ssize_t)sizeof(root->bytes) &&
	    fsync(fd) == 0)
		return OK;
	err e = io_failed("root.key was not written");
	(void)unlink(path);
	return e;
}

static err
root_read(const char *path, struct key *ret)
{
	CLEANUP(fd_end) int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : io_failed("root.key does not open");
	if (fstat(fd, &st) != 0)
		return io_failed("root.key has no status");
	if (!S_ISREG(st.st_mode) || (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		LOG_ERROR("vault", "root.key is open to others: chmod 400 it",
		    LOG_INT("mode", st.st_mode & 07777));
		return ERR_DENIED;
	}
	if (st.st_size != (off_t)sizeof(ret->bytes)) {
		LOG_ERROR("vault", "root.key is damaged", LOG_INT("bytes", st.st_size));
		return ERR_SEALED;
	}
	if (read(fd, ret->bytes, sizeof(ret->bytes)) != (ssize_t)sizeof(ret->bytes))
		return io_failed("root.key was not read");
	return OK;
}

static struct keys *
keys_new(void)
{
	struct keys *k = mem_alloc(1, sizeof(*k));

	keys_ready();
	k->root = guarded(1, sizeof(*k->root));
	k->orgs = guarded(ORGS_KEPT, sizeof(*k->orgs));
	guard_readonly(k->orgs);
	if (pthread_rwlock_init(&k->orgs_lock, NULL) != 0 ||
	    pthread_mutex_init(&k->handles_lock, NULL) != 0 ||
	    pthread_cond_init(&k->handle_back, NULL) != 0)
		panic("vault: locks");
	return k;
}

void
keys_close(struct keys *k)
{
	if (k == NULL)
		return;
	assert(k->taken_n == 0);
	for (int i = 0; i < k->idle_n; i++)
		db_close(k->idle[i]);
	store_close(k->store);
	sodium_free(k->root);
	sodium_free(k->orgs);
	pthread_rwlock_destroy(&k->orgs_lock);
	pthread_mutex_destroy(&k->handles_lock);
	pthread_cond_destroy(&k->handle_back);
	mem_free(k);
}

static void
keys_end(struct keys **k)
{
	keys_close(*k);
}

/* Kept in keys.db so that a wrong root.key is told from destroyed persons. */
static void
root_check(const struct keys *k, struct key *ret)
{
	derive(k->root, 1, "rootchek", ret);
}

static err
check_insert(struct keys *k, struct db *db)
{
	struct key check;

	root_check(k, &check);
	return db_run(db, SQL("INSERT INTO meta (name, value) VALUES ('root_check', $1)"),
	    BINDS(BLOB(((str){ (char *)check.bytes, sizeof(check.bytes) }))), NULL);
}

static err
log_insert(struct keys *k, struct db *db)
{
	CLEANUP(keys_wipe) struct key root_wrap = {0};
	unsigned char box[KEY_BOX_BYTES];

	derive(k->root, 1, "wrapping", &root_wrap);
	wrap_new(&root_wrap, log_place(), box);
	return db_run(db, SQL("INSERT INTO meta (name, value) VALUES ('log_key', $1)"),
	    BINDS(BLOB(box_str(box))), NULL);
}

static err
check_compare(struct keys *k, struct db *db, struct arena *mem)
{
	struct key check;
	str stored = {0};

	err e = wrapped_read(db, mem, SQL("SELECT value FROM meta WHERE name = 'root_check'"),
	    NULL, 0, &stored);
	if (e != OK && e != ERR_NOT_FOUND)
		return e;
	root_check(k, &check);
	if (stored.n == sizeof(check.bytes) &&
	    sodium_memcmp(stored.p, check.bytes, sizeof(check.bytes)) == 0)
		return OK;
	LOG_ERROR("vault", "keys.db was made under another root.key, or never finished",
	    LOG_INT("check_bytes", stored.n));
	return ERR_SEALED;
}

/* Opens keys.db and brings it to today's tables.  No clock here: the step's date is 0. */
static err
store_start(struct keys *k, struct arena *mem, const char *path, struct handle *ret)
{
	struct handle h;
	str why;

	TRY(store_open(path, KEYS_HANDLES_MAX, &k->store));
	TRY(handle_take(k, &h));
	err e = migrate(h.db, mem, steps, COUNT(steps), 0, &why);
	if (e == ERR_CONFLICT)
		LOG_ERROR("vault", "keys.db is newer than this program, or was edited",
		    LOG_INT("steps", COUNT(steps)));
	if (e != OK)
		handle_end(&h);
	else
		*ret = h;
	return e;
}

static err
store_make(struct keys *k, struct arena *mem, const char *path)
{
	CLEANUP(handle_end) struct handle h = {0};

	TRY(store_start(k, mem, path, &h));
	TRY(check_insert(k, h.db));
	TRY(log_insert(k, h.db));
	return org_insert(h.db, k->root, 0, 0);	/* 0: the server itself */
}

err
keys_init(const char *dir)
{
	CLEANUP(keys_end) struct keys *k = keys_new();
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(fd_end) int fd = -1;
	const char *root_path = str_z(&mem, str_printf(&mem, "%s/root.key", dir));
	const char *db_path = str_z(&mem, str_printf(&mem, "%s/keys.db", dir));

	randombytes_buf(k->root->bytes, sizeof(k->root->bytes));
	guard_readonly(k->root);
	TRY(root_write(root_path, k->root));

	/* A keys.db without its root.key is somebody's loss: never write over it. */
	err e = create(db_path, S_IRUSR | S_IWUSR, &fd);
	if (e == ERR_CONFLICT)
		LOG_ERROR("vault", "a keys.db is there without its root.key",
		    LOG_TEXT("error", strerrorname_np(EEXIST)));
	if (e == OK && (e = store_make(k, &mem, db_path)) != OK)
		(void)unlink(db_path);
	if (e == OK)
		e = sync_dir(dir);
	if (e != OK)
		(void)unlink(root_path);
	return e;
}

err
keys_open(const char *dir, struct keys **ret)
{
	CLEANUP(keys_end) struct keys *k = keys_new();
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(handle_end) struct handle h = {0};
	const char *db_path = str_z(&mem, str_printf(&mem, "%s/keys.db", dir));

	TRY(root_read(str_z(&mem, str_printf(&mem, "%s/root.key", dir)), k->root));
	guard_readonly(k->root);

	/* The engine would make an empty file, and everything sealed would seem shredded. */
	if (access(db_path, R_OK | W_OK) != 0)
		return io_failed("keys.db is not there");
	TRY(store_start(k, &mem, db_path, &h));
	TRY(check_compare(k, h.db, &mem));
	*ret = k;
	k = NULL;
	return OK;
}
