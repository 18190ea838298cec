/* totp.c - time-based codes (RFC 6238) on liboath's HOTP. */
#include <assert.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/buf.h"
#include "vault/secret.h"

enum { STEP_SECONDS = 30, DIGITS = 6, DRIFT_STEPS = 1, URI_BYTES_MAX = 2048 };

static void
base32_end(char **text)
{
	if (*text != NULL)
		sodium_memzero(*text, strlen(*text));
	free(*text);
}

str
totp_base32(struct arena *mem, str secret)
{
	CLEANUP(base32_end) char *text = NULL;
	size_t n;

	if (oath_base32_encode(secret.p, secret.n, &text, &n) != OATH_OK)
		panic("totp: base32");
	while (n > 0 && text[n - 1] == '=')	/* authenticator programs want no padding */
		n--;
	return str_copy(mem, (str){ text, n });
}

bool
totp_base32_decode(struct arena *mem, str text, str *ret_secret)
{
	char *secret = NULL;
	size_t n;

	if (oath_base32_decode(text.p, text.n, &secret, &n) != OATH_OK)
		return false;
	*ret_secret = str_copy(mem, (str){ secret, n });
	sodium_memzero(secret, n);
	free(secret);
	return true;
}

/* A colon, even encoded, would end the issuer: programs split the label there. */
static void
add_label(struct buf *b, str part)
{
	str piece;

	for (bool first = true; str_split(&part, ':', &piece); first = false) {
		if (!first)
			buf_url(b, S(" "));
		buf_url(b, piece);
	}
}

str
totp_uri(struct arena *mem, str secret, str issuer, str account)
{
	struct buf b = buf_in(mem, URI_BYTES_MAX);

	buf_add(&b, S("otpauth://totp/"));
	add_label(&b, issuer);
	buf_byte(&b, ':');
	add_label(&b, account);
	buf_add(&b, S("?secret="));
	buf_add(&b, totp_base32(mem, secret));
	buf_add(&b, S("&issuer="));
	add_label(&b, issuer);
	buf_printf(&b, "&algorithm=SHA1&digits=%d&period=%d", DIGITS, STEP_SECONDS);
	return buf_ok(&b) ? buf_str(&b) : (str){0};
}

static void
code_at(str secret, int64_t step, char ret[DIGITS + 1])
{
	if (oath_hotp_generate(secret.p, secret.n, (uint64_t)step, DIGITS, false,
	    OATH_HOTP_DYNAMIC_TRUNCATION, ret) != OATH_OK)
		panic("totp: hmac");
}

static int64_t
step_of(usec now)
{
	assert(now >= 0);
	return now / (STEP_SECONDS * USEC_PER_SECOND);
}

bool
totp_verify(str secret, str code, usec now, int64_t last_step, int64_t *ret_step)
{
	char expected[DIGITS + 1];
	int64_t today = step_of(now), found = -1;

	if (code.n != DIGITS || secret.n == 0)
		return false;
	/*
	 * Every step is tried, whatever fits: time tells nothing (T22).  The last
	 * that fits counts, so that a code that two steps share is used up.
	 */
	for (int64_t step = max64(today - DRIFT_STEPS, 0); step <= today + DRIFT_STEPS; step++) {
		code_at(secret, step, expected);
		if (sodium_memcmp(expected, code.p, DIGITS) == 0 && step > last_step)
			found = step;
	}
	if (found < 0)
		return false;
	*ret_step = found;
	return true;
}

str
totp_code(struct arena *mem, str secret, usec now)
{
	char *code = arena_alloc(mem, DIGITS + 1, 1);

	code_at(secret, step_of(now), code);
	return (str){ code, DIGITS };
}
