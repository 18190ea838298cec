/* fuzz_secret.c - tokens and one-time codes from any bytes: the first line a code, the rest a secret. */
#include "fuzz.h"
#include "vault/secret.h"

#define NOW	(INT64_C(1795392000) * USEC_PER_SECOND)

static void
check_codes(struct arena *mem, str code, str secret)
{
	int64_t step, later;

	if (totp_verify(secret, code, NOW, 0, &step)) {
		require(code.n == 6, "a code of another length");
		require(!totp_verify(secret, code, NOW, step, &later), "a code works twice");
	}
	if (secret.n > 0 && secret.n <= 64) {
		str right = totp_code(mem, secret, NOW);

		require(totp_verify(secret, right, NOW, 0, &step), "the right code is wrong");
		require(!totp_verify(secret, str_slice(right, 1, 6), NOW, 0, &later), "five digits are enough");
	}
}

static void
check_texts(struct arena *mem, str s)
{
	str bytes, again;

	if (str_base64url_decode(mem, s, &bytes))
		require(str_eq(str_base64url(mem, bytes), s), "two texts for one token");
	require(str_base64url_decode(mem, str_base64url(mem, s), &again) && str_eq(again, s), "base64url");
	require(token_hash(mem, s).n == 32 && secret_equal(s, s), "a hash of another length");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str rest = { (const char *)bytes, n };

	if (n > FUZZ_BYTES_MAX)
		return 0;
	check_texts(&mem, rest);
	str code = fuzz_line(&rest);
	check_codes(&mem, code, rest);
	return 0;
}
