/* checkpoint.c - see checkpoint.h. */
#include "vault/checkpoint.h"

#include <sodium.h>

#include "base/buf.h"
#include "vault/keys.h"

enum {
	ALGORITHM_ED25519 = 1,		/* of signed-note */
	KEY_HASH_BYTES = 4,
	ORIGIN_ID_BYTES = 8,
	SIGNED_BYTES = KEY_HASH_BYTES + crypto_sign_BYTES,
	LINES_MAX = 64,			/* of a note: three, and those of its witnesses */
};
_Static_assert(crypto_sign_SEEDBYTES == KEY_BYTES, "one size of key");
_Static_assert(crypto_sign_PUBLICKEYBYTES == CHECKPOINT_KEY_BYTES, "the public half");

#define ORIGIN_PREFIX	"serment.log/"
#define DASH		"— "	/* an em dash and a blank begin the line of a signature */

struct secret_key { unsigned char bytes[crypto_sign_SECRETKEYBYTES]; };

static void
secret_key_wipe(struct secret_key *k)
{
	sodium_memzero(k, sizeof(*k));
}

/* The log's name comes from its key: it holds wherever the server moves to. */
static err
load(struct ctx *c, struct checkpoint_key *ret_public, struct secret_key *ret_secret)
{
	CLEANUP(keys_wipe) struct key seed = {0};
	unsigned char hash[crypto_hash_sha256_BYTES];
	char hex[2 * ORIGIN_ID_BYTES + 1];

	err e = keys_log(c, &seed);
	if (e != OK)
		return e == ERR_NOT_FOUND ? ERR_SEALED : e;
	*ret_public = (struct checkpoint_key){0};
	(void)crypto_sign_seed_keypair(ret_public->bytes, ret_secret->bytes, seed.bytes);
	(void)crypto_hash_sha256(hash, ret_public->bytes, sizeof(ret_public->bytes));
	(void)sodium_bin2hex(hex, sizeof(hex), hash, ORIGIN_ID_BYTES);
	memcpy(ret_public->origin, ORIGIN_PREFIX, sizeof(ORIGIN_PREFIX) - 1);
	memcpy(ret_public->origin + sizeof(ORIGIN_PREFIX) - 1, hex, sizeof(hex));
	return OK;
}

err
checkpoint_key(struct ctx *c, struct checkpoint_key *ret)
{
	CLEANUP(secret_key_wipe) struct secret_key secret = {0};

	return load(c, ret, &secret);
}

static str
bytes_of(const unsigned char *p, size_t n)
{
	return (str){ (const char *)p, n };
}

/* signed-note: SHA-256 over name, newline, algorithm and key, its first four bytes. */
static void
key_hash(struct arena *mem, const struct checkpoint_key *k, unsigned char ret[KEY_HASH_BYTES])
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	str named = str_printf(mem, "%s\n%c", k->origin, ALGORITHM_ED25519);
	str all = str_cat(mem, named, bytes_of(k->bytes, sizeof(k->bytes)));

	(void)crypto_hash_sha256(hash, (const unsigned char *)all.p, all.n);
	memcpy(ret, hash, KEY_HASH_BYTES);
}

str
checkpoint_key_text(struct arena *mem, const struct checkpoint_key *k)
{
	unsigned char typed[1 + CHECKPOINT_KEY_BYTES] = { ALGORITHM_ED25519 }, hash[KEY_HASH_BYTES];

	memcpy(typed + 1, k->bytes, sizeof(k->bytes));
	key_hash(mem, k, hash);
	return str_printf(mem, "%s+%.*s+%.*s", k->origin, STR_FMT(str_hex(mem, bytes_of(hash, sizeof(hash)))),
	    STR_FMT(str_base64(mem, bytes_of(typed, sizeof(typed)))));
}

err
checkpoint_sign(struct ctx *c, const struct logtree_state *s, str *ret)
{
	CLEANUP(secret_key_wipe) struct secret_key secret = {0};
	struct checkpoint_key public;
	unsigned char signature[SIGNED_BYTES];

	TRY(load(c, &public, &secret));
	str root = str_base64(c->mem, bytes_of(s->root.bytes, sizeof(s->root.bytes)));
	str text = str_printf(c->mem, "%s\n%lld\n%.*s\n", public.origin, (long long)s->size, STR_FMT(root));

	key_hash(c->mem, &public, signature);
	(void)crypto_sign_detached(signature + KEY_HASH_BYTES, NULL, (const unsigned char *)text.p, text.n,
	    secret.bytes);
	*ret = str_printf(c->mem, "%.*s\n" DASH "%s %.*s\n", STR_FMT(text), public.origin,
	    STR_FMT(str_base64(c->mem, bytes_of(signature, sizeof(signature)))));
	return OK;
}

/* Origin, size, root, and lines that we do not know: all of them are signed. */
static bool
read_text(struct arena *mem, str text, str *ret_origin, struct logtree_state *ret)
{
	str size, root, hash;

	if (!str_split(&text, '\n', ret_origin) || !str_split(&text, '\n', &size) ||
	    !str_split(&text, '\n', &root))
		return false;
	if (ret_origin->n == 0 || !str_int(size, 0, INT64_MAX, &ret->size) ||
	    !str_eq(size, str_of_int(mem, ret->size)))
		return false;
	if (!str_base64_decode(mem, root, &hash) || hash.n != sizeof(ret->root.bytes))
		return false;
	memcpy(ret->root.bytes, hash.p, hash.n);
	return true;
}

/* "— NAME BASE64": the signature of that name, if it is one. */
static bool
read_signature(struct arena *mem, str line, str name, str *ret_signed)
{
	str who;

	if (!str_starts(line, S(DASH)))
		return false;
	line = str_slice(line, sizeof(DASH) - 1, line.n);
	return str_split(&line, ' ', &who) && str_eq(who, name) &&
	    str_base64_decode(mem, line, ret_signed) && ret_signed->n == SIGNED_BYTES;
}

static bool
is_signed(struct arena *mem, const struct checkpoint_key *k, str text, str signatures)
{
	unsigned char hash[KEY_HASH_BYTES];
	str line, packed;

	key_hash(mem, k, hash);
	for (int i = 0; i < LINES_MAX && str_split(&signatures, '\n', &line); i++) {
		if (read_signature(mem, line, str_c(k->origin), &packed) &&
		    memcmp(packed.p, hash, sizeof(hash)) == 0 &&
		    crypto_sign_verify_detached((const unsigned char *)packed.p + KEY_HASH_BYTES,
		    (const unsigned char *)text.p, text.n, k->bytes) == 0)
			return true;
	}
	return false;
}

err
checkpoint_read(struct arena *mem, const struct checkpoint_key *k, str note, struct logtree_state *ret)
{
	struct logtree_state read;
	str origin;
	ptrdiff_t end;

	if (note.n > CHECKPOINT_NOTE_BYTES_MAX || !str_utf8_ok(note))
		return ERR_INVALID;
	/* The last empty line parts text and signatures; ours has one only. */
	end = str_find_str(note, S("\n\n"));
	if (end < 0 || str_find_str(str_slice(note, (size_t)end + 1, note.n), S("\n\n")) >= 0)
		return ERR_INVALID;
	str text = str_slice(note, 0, (size_t)end + 1);
	if (!read_text(mem, text, &origin, &read))
		return ERR_INVALID;
	if (!str_eq(origin, str_c(k->origin)))
		return ERR_CONFLICT;
	keys_ready();
	if (!is_signed(mem, k, text, str_slice(note, (size_t)end + 2, note.n)))
		return ERR_SEALED;
	*ret = read;
	return OK;
}
