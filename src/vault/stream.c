/*
 * stream.c - the file: magic, the stream key sealed to the recovery key (80
 * bytes), secretstream's header (24), then chunks of 64 KiB and 17 bytes.  The
 * last chunk is shorter than all others, perhaps of no clear byte at all, and
 * marked final: lengths need no field, and a missing end is noticed.
 */
#include <errno.h>
#include <sodium.h>
#include <unistd.h>

#include "base/log.h"
#include "vault/keys.h"
#include "vault/stream.h"

#define MAGIC	"SERMENT-STREAM-1\n"

enum {
	MAGIC_BYTES = sizeof(MAGIC) - 1,
	KEY_BYTES_SEALED = crypto_secretstream_xchacha20poly1305_KEYBYTES + crypto_box_SEALBYTES,
	HEADER_BYTES = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
	CHUNK_BYTES = 64 * 1024,
	CHUNK_BYTES_SEALED = CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES,
	CHECK_BYTES = 6,	/* 8 characters: one typing mistake in 2^48 passes */
};

/* All that a thief would want, in guarded memory. */
struct stream {
	unsigned char	secret[crypto_box_SECRETKEYBYTES];
	unsigned char	public[crypto_box_PUBLICKEYBYTES];
	unsigned char	key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	unsigned char	head[MAGIC_BYTES + KEY_BYTES_SEALED + HEADER_BYTES];
	unsigned char	clear[CHUNK_BYTES];
	unsigned char	sealed[CHUNK_BYTES_SEALED];
	crypto_secretstream_xchacha20poly1305_state state;
};

static struct stream *
stream_new(void)
{
	keys_ready();
	struct stream *s = sodium_allocarray(1, sizeof(*s));

	if (s == NULL)
		panic("stream: out of guarded memory");
	return s;
}

static void
stream_end(struct stream **s)
{
	sodium_free(*s);	/* wipes it too */
}

/* --- the recovery key as text --- */

static void
check_word(const unsigned char *secret, char ret[CHECK_BYTES / 3 * 4 + 1])
{
	unsigned char hash[crypto_generichash_BYTES];

	(void)crypto_generichash(hash, sizeof(hash), secret, crypto_box_SECRETKEYBYTES, NULL, 0);
	(void)sodium_bin2base64(ret, CHECK_BYTES / 3 * 4 + 1, hash, CHECK_BYTES,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(hash, sizeof(hash));
}

err
recovery_make(struct arena *mem, str *ret_secret, str *ret_public)
{
	CLEANUP(stream_end) struct stream *s = stream_new();
	char word[CHECK_BYTES / 3 * 4 + 1];

	if (crypto_box_keypair(s->public, s->secret) != 0)
		panic("stream: key pair");
	check_word(s->secret, word);
	/* As text it is made to leave the program: it may lie where clear texts lie. */
	*ret_secret = str_printf(mem, "%.*s.%s",
	    STR_FMT(str_base64url(mem, (str){ (char *)s->secret, sizeof(s->secret) })), word);
	*ret_public = str_base64url(mem, (str){ (char *)s->public, sizeof(s->public) });
	return OK;
}

static bool
key_parse(str text, unsigned char *ret, size_t bytes)
{
	size_t n;

	return sodium_base642bin(ret, bytes, text.p, text.n, NULL, &n, NULL,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 && n == bytes;
}

static bool
secret_parse(str text, struct stream *s)
{
	char word[CHECK_BYTES / 3 * 4 + 1];
	str rest = str_trim(text), key = {0};

	if (!str_split(&rest, '.', &key) || !key_parse(key, s->secret, sizeof(s->secret)))
		return false;
	check_word(s->secret, word);
	return str_eq(rest, str_c(word)) && crypto_scalarmult_base(s->public, s->secret) == 0;
}

/* --- whole reads and writes --- */

static err
io_failed(const char *what)
{
	LOG_ERROR("stream", what, LOG_TEXT("error", strerrorname_np(errno)));
	return ERR_IO;
}

/* Fewer bytes than asked for only at the end of the file. */
static err
read_full(int fd, unsigned char *to, size_t bytes, size_t *ret)
{
	size_t n = 0;

	while (n < bytes) {
		ssize_t got = read(fd, to + n, bytes - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return io_failed("the input cannot be read");
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*ret = n;
	return OK;
}

static err
write_full(int fd, const unsigned char *from, size_t bytes)
{
	while (bytes > 0) {
		ssize_t put = write(fd, from, bytes);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return io_failed("the output cannot be written");
		from += put;
		bytes -= (size_t)put;
	}
	return OK;
}

/* --- seal and open --- */

err
stream_seal(str recovery_public, int in, int out)
{
	CLEANUP(stream_end) struct stream *s = stream_new();
	size_t n;

	if (!key_parse(str_trim(recovery_public), s->public, sizeof(s->public)))
		return ERR_INVALID;
	crypto_secretstream_xchacha20poly1305_keygen(s->key);
	memcpy(s->head, MAGIC, MAGIC_BYTES);
	if (crypto_box_seal(s->head + MAGIC_BYTES, s->key, sizeof(s->key), s->public) != 0)
		return ERR_INVALID;	/* a point of small order: nobody's public key */
	(void)crypto_secretstream_xchacha20poly1305_init_push(&s->state,
	    s->head + MAGIC_BYTES + KEY_BYTES_SEALED, s->key);
	TRY(write_full(out, s->head, sizeof(s->head)));

	do {
		TRY(read_full(in, s->clear, CHUNK_BYTES, &n));
		unsigned char tag = n < CHUNK_BYTES ? crypto_secretstream_xchacha20poly1305_TAG_FINAL :
		    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
		(void)crypto_secretstream_xchacha20poly1305_push(&s->state, s->sealed, NULL,
		    s->clear, n, NULL, 0, tag);
		TRY(write_full(out, s->sealed, n + crypto_secretstream_xchacha20poly1305_ABYTES));
	} while (n == CHUNK_BYTES);
	return OK;
}

static err
head_open(struct stream *s, int in)
{
	size_t n;

	TRY(read_full(in, s->head, sizeof(s->head), &n));
	if (n != sizeof(s->head) || memcmp(s->head, MAGIC, MAGIC_BYTES) != 0 ||
	    crypto_box_seal_open(s->key, s->head + MAGIC_BYTES, KEY_BYTES_SEALED,
	    s->public, s->secret) != 0 ||
	    crypto_secretstream_xchacha20poly1305_init_pull(&s->state,
	    s->head + MAGIC_BYTES + KEY_BYTES_SEALED, s->key) != 0)
		return ERR_SEALED;
	return OK;
}

err
stream_open(str recovery_secret, int in, int out)
{
	CLEANUP(stream_end) struct stream *s = stream_new();
	unsigned char tag;
	size_t n;

	if (!secret_parse(recovery_secret, s))
		return ERR_INVALID;
	TRY(head_open(s, in));
	do {
		TRY(read_full(in, s->sealed, CHUNK_BYTES_SEALED, &n));
		if (n < crypto_secretstream_xchacha20poly1305_ABYTES ||
		    crypto_secretstream_xchacha20poly1305_pull(&s->state, s->clear, NULL, &tag,
		    s->sealed, n, NULL, 0) != 0)
			return ERR_SEALED;
		/* Only a short chunk may be the last, and the last must be marked so. */
		bool last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
		if (last != (n < CHUNK_BYTES_SEALED))
			return ERR_SEALED;
		TRY(write_full(out, s->clear, n - crypto_secretstream_xchacha20poly1305_ABYTES));
	} while (n == CHUNK_BYTES_SEALED);
	return OK;
}
