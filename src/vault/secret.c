/* secret.c - see secret.h. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>

#include "base/log.h"
#include "vault/keys.h"
#include "vault/secret.h"

enum { HASHINGS_AT_ONCE = 2, TOKEN_BYTES_MAX = 64 };

/* What every hash of ours begins with; another one could ask for any memory and time. */
#define HASH_PREFIX	"$argon2id$v=19$m=65536,t=2,p=1$"
_Static_assert(crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE == 65536 * 1024 &&
    crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE == 2, "the prefix says what the hash costs");

/* Well formed, of the same cost, and of no password that anybody knows (T22). */
static const char nobody[] = HASH_PREFIX
    "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

str
token_make(struct arena *mem, size_t bytes)
{
	unsigned char chance[TOKEN_BYTES_MAX];

	assert(bytes >= TOKEN_BYTES && bytes <= sizeof(chance));
	keys_ready();
	randombytes_buf(chance, bytes);
	str token = str_base64url(mem, (str){ (char *)chance, bytes });
	sodium_memzero(chance, sizeof(chance));
	return token;
}

str
token_hash(struct arena *mem, str token)
{
	return sha256(mem, token);
}

str
code_make(struct arena *mem, int digits)
{
	assert(digits >= 4 && digits <= 12);
	keys_ready();
	char *code = arena_alloc(mem, (size_t)digits + 1, 1);
	for (int i = 0; i < digits; i++)
		code[i] = (char)('0' + (int)randombytes_uniform(10));
	return (str){ code, (size_t)digits };
}

bool
secret_equal(str a, str b)
{
	return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

str
sha256(struct arena *mem, str s)
{
	unsigned char *hash = arena_alloc(mem, crypto_hash_sha256_BYTES, 1);

	(void)crypto_hash_sha256(hash, (const unsigned char *)s.p, s.n);
	return (str){ (char *)hash, crypto_hash_sha256_BYTES };
}

str
blake2b(struct arena *mem, str s)
{
	unsigned char *hash = arena_alloc(mem, crypto_generichash_BYTES, 1);

	(void)crypto_generichash(hash, crypto_generichash_BYTES, (const unsigned char *)s.p, s.n, NULL, 0);
	return (str){ (char *)hash, crypto_generichash_BYTES };
}

/*
 * The gate.  Each hashing takes 64 MiB: a flood of sign-ins waits here instead
 * of taking the machine's memory (T23).  The machine is one, so is the gate.
 */
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_open = PTHREAD_COND_INITIALIZER;
static int gate_inside;

static void
gate_enter(void)
{
	pthread_mutex_lock(&gate_lock);
	while (gate_inside == HASHINGS_AT_ONCE)
		pthread_cond_wait(&gate_open, &gate_lock);
	gate_inside++;
	pthread_mutex_unlock(&gate_lock);
}

static void
gate_leave(void)
{
	pthread_mutex_lock(&gate_lock);
	gate_inside--;
	pthread_cond_signal(&gate_open);
	pthread_mutex_unlock(&gate_lock);
}

/* The library wants an address even for no bytes. */
static const char *
bytes_of(str s)
{
	return s.n > 0 ? s.p : "";
}

err
password_hash(struct arena *mem, str password, str *ret)
{
	char hash[crypto_pwhash_argon2id_STRBYTES];

	keys_ready();
	gate_enter();
	int failed = crypto_pwhash_argon2id_str(hash, bytes_of(password), password.n,
	    crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE, crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE);
	gate_leave();
	if (failed != 0) {
		LOG_ERROR("secret", "argon2id had no memory", LOG_TEXT("error", strerrorname_np(errno)));
		return ERR_IO;
	}
	*ret = str_copy(mem, str_c(hash));
	return OK;
}

bool
password_verify(str hash, str password)
{
	char text[crypto_pwhash_argon2id_STRBYTES] = {0};
	bool real = str_starts(hash, S(HASH_PREFIX)) && hash.n < sizeof(text);

	keys_ready();
	memcpy(text, real ? hash.p : nobody, real ? hash.n : sizeof(nobody));
	gate_enter();
	errno = 0;
	int differs = crypto_pwhash_argon2id_str_verify(text, bytes_of(password), password.n);
	int why = errno;
	gate_leave();
	if (differs != 0 && why != EINVAL)	/* EINVAL: simply another password */
		LOG_ERROR("secret", "argon2id could not verify", LOG_TEXT("error", strerrorname_np(why)));
	return real && differs == 0;
}
