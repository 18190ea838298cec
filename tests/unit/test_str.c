/* test_str.c - base/str.h */
#include "assert_str.h"

static void
equality_is_of_bytes_and_of_length(void **state)
{
	(void)state;
	assert_true(str_eq(S("abc"), S("abc")));
	assert_false(str_eq(S("abc"), S("abd")));
	assert_false(str_eq(S("abc"), S("abcd")));
	assert_true(str_eq(S(""), (str){0}));
	assert_true(str_eq_nocase(S("Content-TYPE"), S("content-type")));
	assert_false(str_eq_nocase(S("\xc3\x89"), S("\xc3\xa9")));
	assert_false(str_eq_nocase(S("[a"), S("{a")));
}

static void
order_is_by_unsigned_bytes_then_by_length(void **state)
{
	(void)state;
	assert_true(str_cmp(S("a"), S("b")) < 0);
	assert_true(str_cmp(S("\xc3"), S("z")) > 0);
	assert_true(str_cmp(S("ab"), S("abc")) < 0);
	assert_int_equal(str_cmp(S("ab"), S("ab")), 0);
	assert_int_equal(str_cmp((str){0}, S("")), 0);
}

static void
prefixes_suffixes_and_places_are_found(void **state)
{
	(void)state;
	assert_true(str_starts(S("serment"), S("ser")));
	assert_false(str_starts(S("se"), S("ser")));
	assert_true(str_ends(S("serment"), S("ment")));
	assert_false(str_ends(S("nt"), S("ment")));
	assert_int_equal(str_find(S("a=b=c"), '='), 1);
	assert_int_equal(str_find(S("abc"), '='), -1);
	assert_int_equal(str_find((str){0}, '='), -1);
	assert_int_equal(str_find_str(S("one two"), S("two")), 4);
	assert_int_equal(str_find_str(S("one two"), S("three")), -1);
}

static void
slices_are_clipped(void **state)
{
	(void)state;
	assert_str(str_slice(S("abcdef"), 1, 3), S("bc"));
	assert_str(str_slice(S("abc"), 1, 99), S("bc"));
	assert_str(str_slice(S("abc"), 7, 99), S(""));
	assert_str(str_slice(S("abc"), 2, 1), S(""));
	assert_str(str_trim(S(" \t\r\nx y\v\f ")), S("x y"));
	assert_str(str_trim(S("  ")), S(""));
}

static void
split_gives_every_piece_empty_ones_too(void **state)
{
	str rest = S("a,,b,"), piece;

	(void)state;
	assert_true(str_split(&rest, ',', &piece));
	assert_str(piece, S("a"));
	assert_true(str_split(&rest, ',', &piece));
	assert_str(piece, S(""));
	assert_true(str_split(&rest, ',', &piece));
	assert_str(piece, S("b"));
	assert_true(str_split(&rest, ',', &piece));
	assert_str(piece, S(""));
	assert_false(str_split(&rest, ',', &piece));
}

static void
copies_end_in_nul_and_are_their_own(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	char source[] = "Martin";
	str copy = str_copy(&mem, str_c(source));

	(void)state;
	source[0] = 'X';
	assert_str(copy, S("Martin"));
	assert_string_equal(str_z(&mem, str_slice(copy, 0, 3)), "Mar");
	assert_str(str_cat(&mem, S("ab"), S("cd")), S("abcd"));
	assert_str(str_cat(&mem, (str){0}, (str){0}), S(""));
	assert_str(str_lower(&mem, S("ABC\xc3\x89z")), S("abc\xc3\x89z"));
	assert_str(str_printf(&mem, "%d-%s", 7, "x"), S("7-x"));
	assert_str(str_of_int(&mem, INT64_MIN), S("-9223372036854775808"));
	assert_str(str_c(NULL), S(""));
}

static void
numbers_outside_the_range_or_with_other_bytes_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "-", "+1", " 1", "1 ", "1.0", "0x10", "9223372036854775808",
		"-9223372036854775809", "99999999999999999999999", "1e3",
	};
	int64_t v = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(str_int(str_c(bad[i]), INT64_MIN, INT64_MAX, &v));
	assert_false(str_int(S("11"), 1, 10, &v));
	assert_false(str_int(S("0"), 1, 10, &v));
	assert_int_equal(v, 42);
	assert_true(str_int(S("-9223372036854775808"), INT64_MIN, INT64_MAX, &v));
	assert_true(v == INT64_MIN);
	assert_true(str_int(S("9223372036854775807"), INT64_MIN, INT64_MAX, &v));
	assert_true(v == INT64_MAX);
	assert_true(str_int(S("007"), 1, 10, &v));
	assert_int_equal(v, 7);
}

static void
ill_formed_utf8_is_recognised(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xc3", "\xc3(", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80",
		"\xf0\x80\x80\xaf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xff",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(str_utf8_ok(str_c(bad[i])));
	assert_false(str_utf8_ok((str){ "a\0b", 3 }));
	assert_true(str_utf8_ok((str){0}));
	assert_true(str_utf8_ok(S("Ren\u00e9e \u0152uvre \u20ac \U0001F9B7")));
	assert_int_equal(str_utf8_count(S("\u00e9\u20ac\U0001F9B7x")), 4);
}

static void
base64url_comes_back_the_same_and_hexadecimal_is_lower_case(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	unsigned char bytes[256];
	str back;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(255 - i);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		str all = { (const char *)bytes, n };

		assert_true(str_base64_decode(&mem, str_base64(&mem, all), &back));
		assert_str(back, all);
		assert_true(str_base64url_decode(&mem, str_base64url(&mem, all), &back));
		assert_str(back, all);
	}
	/* RFC 4648 section 10 */
	assert_str(str_base64(&mem, S("f")), S("Zg=="));
	assert_str(str_base64(&mem, S("foobar")), S("Zm9vYmFy"));
	assert_str(str_base64url(&mem, S("\xfb\xff")), S("-_8"));
	assert_str(str_hex(&mem, S("\xde\xad\xbe\xef")), S("deadbeef"));
}

static void
second_spellings_of_an_encoded_value_are_refused(void **state)
{
	static const char *const bad[] = { "A", "AB", "AAB", "AA==", "A+AA", "A/AA", "AA A", "\xc3\xa9" };
	CLEANUP(arena_free) struct arena mem = {0};
	str back;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(str_base64url_decode(&mem, str_c(bad[i]), &back));
	assert_false(str_base64url_decode(&mem, (str){ "A\0AA", 4 }, &back));
	static const char *const padded[] = { "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zg==\n", "Z-_8" };
	for (size_t i = 0; i < COUNT(padded); i++)
		assert_false(str_base64_decode(&mem, str_c(padded[i]), &back));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equality_is_of_bytes_and_of_length),
		cmocka_unit_test(order_is_by_unsigned_bytes_then_by_length),
		cmocka_unit_test(prefixes_suffixes_and_places_are_found),
		cmocka_unit_test(slices_are_clipped),
		cmocka_unit_test(split_gives_every_piece_empty_ones_too),
		cmocka_unit_test(copies_end_in_nul_and_are_their_own),
		cmocka_unit_test(numbers_outside_the_range_or_with_other_bytes_are_refused),
		cmocka_unit_test(ill_formed_utf8_is_recognised),
		cmocka_unit_test(base64url_comes_back_the_same_and_hexadecimal_is_lower_case),
		cmocka_unit_test(second_spellings_of_an_encoded_value_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
