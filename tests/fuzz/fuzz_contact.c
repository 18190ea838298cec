/* fuzz_contact.c - addresses and telephone numbers: what is accepted is safe in a header. */
#include "format/contact.h"
#include "fuzz.h"

static void
check_email(struct arena *mem, str typed)
{
	str kept = email_normal(mem, typed);

	if (!email_ok(kept))
		return;
	require(kept.n <= EMAIL_BYTES_MAX && str_find(kept, '@') > 0, "not an address");
	for (size_t i = 0; i < kept.n; i++)
		require(kept.p[i] > ' ' && kept.p[i] < 0x7f && kept.p[i] != '<' && kept.p[i] != '>' &&
		    kept.p[i] != '"' && kept.p[i] != ',', "a byte that means something in a header");
	require(str_eq(email_normal(mem, kept), kept), "normal twice is another address");
}

static void
check_phone(struct arena *mem, str typed)
{
	str kept, again;

	if (!phone_e164(mem, typed, &kept))
		return;
	require(kept.n > PHONE_DIGITS_MIN && kept.n <= PHONE_DIGITS_MAX + 1 && kept.p[0] == '+', "not E.164");
	for (size_t i = 1; i < kept.n; i++)
		require(kept.p[i] >= '0' && kept.p[i] <= '9', "not a digit");
	require(phone_e164(mem, kept, &again) && str_eq(again, kept), "what we keep is another number");
	require(phone_e164(mem, phone_display(mem, kept), &again) && str_eq(again, kept),
	    "what we show is another number");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str input = { (const char *)bytes, n };

	if (n > FUZZ_BYTES_MAX)
		return 0;
	check_email(&mem, input);
	check_phone(&mem, input);
	return 0;
}
