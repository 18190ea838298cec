/* test_totp.c - the codes of RFC 6238, drift, replay, and the URI that a telephone reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "vault/secret.h"

#define SECONDS(s)	((s) * USEC_PER_SECOND)

/* RFC 6238 appendix B, SHA-1; its 8 digits cut to our 6 (RFC 4226: the last ones). */
static const struct { int64_t at; const char *code; } vectors[] = {
	{ 59, "287082" }, { 1111111109, "081804" }, { 1111111111, "050471" },
	{ 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
};

static str
secret(void)
{
	return S("12345678901234567890");
}

static void
the_codes_of_the_rfc_are_made_and_accepted(void **state)
{
	struct arena mem = {0};
	int64_t step;

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		str code = str_c(vectors[i].code);

		assert_true(str_eq(totp_code(&mem, secret(), SECONDS(vectors[i].at)), code));
		assert_true(totp_verify(secret(), code, SECONDS(vectors[i].at), 0, &step));
		assert_int_equal(step, vectors[i].at / 30);
	}
	arena_free(&mem);
}

static void
a_code_is_good_one_step_early_or_late_and_no_more(void **state)
{
	static const struct { int64_t off; bool good; } clocks[] = {
		{ -60, false }, { -30, true }, { 0, true }, { 30, true }, { 60, false },
	};
	struct arena mem = {0};
	const int64_t at = 1111111110;	/* the first second of a step */
	str code = totp_code(&mem, secret(), SECONDS(at));
	int64_t step;

	(void)state;
	for (size_t i = 0; i < COUNT(clocks); i++) {
		bool good = totp_verify(secret(), code, SECONDS(at + clocks[i].off), 0, &step);

		assert_int_equal(good, clocks[i].good);
		if (good)
			assert_int_equal(step, at / 30);
	}
	assert_true(totp_verify(secret(), totp_code(&mem, secret(), 0), 0, -1, &step));
	arena_free(&mem);
}

static void
a_code_is_good_once(void **state)
{
	struct arena mem = {0};
	const int64_t at = 1234567890;
	int64_t step = 0, same = -7;

	(void)state;
	str code = totp_code(&mem, secret(), SECONDS(at));
	assert_true(totp_verify(secret(), code, SECONDS(at), step, &step));
	assert_false(totp_verify(secret(), code, SECONDS(at), step, &same));
	assert_false(totp_verify(secret(), code, SECONDS(at + 30), step, &same));
	assert_int_equal(same, -7);
	/* Nor an earlier one, after a later one was used; the next one is. */
	assert_false(totp_verify(secret(), totp_code(&mem, secret(), SECONDS(at - 30)), SECONDS(at), step, &same));
	assert_true(totp_verify(secret(), totp_code(&mem, secret(), SECONDS(at + 30)), SECONDS(at), step, &same));
	arena_free(&mem);
}

static void
what_is_not_the_code_is_refused(void **state)
{
	str wrong[] = { S(""), S("287083"), S("28708"), S("2870820"), S("94287082"), S(" 87082"),
	    S("abcdef"), S("28708\0"), S("۲۸۷") };
	int64_t step;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(totp_verify(secret(), wrong[i], SECONDS(59), 0, &step));
	assert_false(totp_verify((str){0}, S("287082"), SECONDS(59), 0, &step));
	assert_false(totp_verify(S("12345678901234567891"), S("287082"), SECONDS(59), 0, &step));
}

/* RFC 4648 section 10, without the padding. */
static void
base32_is_that_of_the_rfc(void **state)
{
	struct arena mem = {0};

	(void)state;
	assert_true(str_eq(totp_base32(&mem, S("f")), S("MY")));
	assert_true(str_eq(totp_base32(&mem, S("foob")), S("MZXW6YQ")));
	assert_true(str_eq(totp_base32(&mem, S("foobar")), S("MZXW6YTBOI")));
	assert_true(str_eq(totp_base32(&mem, secret()), S("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")));
	arena_free(&mem);
}

static void
base32_comes_back_however_it_was_typed(void **state)
{
	static const char *const habits[] = { "MZXW6YTBOI", "mzxw6ytboi", "MZXW 6YTB OI", "MZXW6YTBOI======" };
	struct arena mem = {0};
	str back;

	(void)state;
	for (size_t i = 0; i < COUNT(habits); i++) {
		assert_true(totp_base32_decode(&mem, str_c(habits[i]), &back));
		assert_true(str_eq(back, S("foobar")));
	}
	assert_false(totp_base32_decode(&mem, S("MZXW6YT1"), &back));
	arena_free(&mem);
}

static void
the_uri_is_percent_encoded_and_names_cannot_break_out_of_it(void **state)
{
	struct arena mem = {0};
	char *endless = arena_alloc(&mem, 4000, 1);

	(void)state;
	assert_true(str_eq(totp_uri(&mem, S("foobar"), S("Cabinet Égé: Lyon & fils"), S("a+b@c.fr?secret=X")),
	    S("otpauth://totp/Cabinet%20%C3%89g%C3%A9%20%20Lyon%20%26%20fils:a%2Bb%40c.fr%3Fsecret%3DX"
	    "?secret=MZXW6YTBOI&issuer=Cabinet%20%C3%89g%C3%A9%20%20Lyon%20%26%20fils"
	    "&algorithm=SHA1&digits=6&period=30")));
	memset(endless, 'x', 4000);
	assert_int_equal(totp_uri(&mem, S("foobar"), S("i"), (str){ endless, 4000 }).n, 0);
	arena_free(&mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_codes_of_the_rfc_are_made_and_accepted),
		cmocka_unit_test(a_code_is_good_one_step_early_or_late_and_no_more),
		cmocka_unit_test(a_code_is_good_once),
		cmocka_unit_test(what_is_not_the_code_is_refused),
		cmocka_unit_test(base32_is_that_of_the_rfc),
		cmocka_unit_test(base32_comes_back_however_it_was_typed),
		cmocka_unit_test(the_uri_is_percent_encoded_and_names_cannot_break_out_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
