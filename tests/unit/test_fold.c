/* test_fold.c - format/fold.h (ux-24: accents and hyphens ignored) */
#include "assert_str.h"
#include "format/fold.h"

static void
search_ignores_case_accents_ligatures_and_hyphens(void **state)
{
	static const struct { const char *text, *folded; } cases[] = {
		{ "LEF\u00c8VRE", "lefevre" },
		{ "Lefe\u0300vre", "lefevre" },			/* decomposed */
		{ "\u0152uvre", "oeuvre" }, { "C\u0153ur", "coeur" },
		{ "L\u00e6titia", "laetitia" }, { "\u00c6", "ae" },
		{ "Wei\u00df", "weiss" }, { "WEI\u1e9e", "weiss" },
		{ "Jean-Pierre", "jean pierre" }, { "Jean\u2010Pierre", "jean pierre" },
		{ "Jean\u2011Pierre", "jean pierre" }, { "Jean \u2013 Pierre", "jean pierre" },
		{ "d'Artagnan", "d artagnan" }, { "d\u2019Artagnan", "d artagnan" },
		{ "  Ana\u00efs \t\n  Ben\u00a0Sa\u00efd ", "anais ben said" },
		{ "\ufb01n", "fin" }, { "\uff2d\uff21\uff32", "mar" },	/* compatibility forms */
		{ "\u0141ukasz S\u00f8ren \u00de\u00f3r \u0110or\u0111e", "lukasz soren thor dorde" },
		{ "so\u00adphie", "sophie" },			/* soft hyphen */
		{ "\u0391\u03b8\u03ae\u03bd\u03b1", "\u03b1\u03b8\u03b7\u03bd\u03b1" },
		{ "12/03/80", "12/03/80" }, { "", "" }, { " -' ", "" },
	};
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_str(fold(&mem, str_c(cases[i].text)), str_c(cases[i].folded));
}

static void
folding_twice_changes_nothing(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	/* Latin, Greek and Cyrillic, each character of their blocks. */
	for (unsigned c = 0x20; c < 0x530; c++) {
		char two[] = { (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) };
		str text = c < 0x80 ? (str){ (char[]){ (char)c }, 1 } : (str){ two, 2 };
		str once = fold(&mem, text);

		assert_str(fold(&mem, once), once);
	}
}

static void
text_that_is_not_utf8_folds_to_nothing(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	assert_int_equal(fold(&mem, S("abc\xff")).n, 0);
	assert_int_equal(fold(&mem, S("\xc3")).n, 0);
	assert_int_equal(fold(&mem, (str){0}).n, 0);
	assert_int_equal(fold_slug(&mem, S("\xed\xa0\x80")).n, 0);
}

static void
a_needle_is_found_at_the_start_of_words_only(void **state)
{
	(void)state;
	assert_true(fold_starts_word(S("jean pierre martin"), S("jean")));
	assert_true(fold_starts_word(S("jean pierre martin"), S("mart")));
	assert_true(fold_starts_word(S("jean pierre martin"), S("pierre ma")));
	assert_true(fold_starts_word(S("jean"), S("")));
	assert_false(fold_starts_word(S("jean pierre martin"), S("ierre")));
	assert_false(fold_starts_word(S("jean"), S("jeanne")));
	assert_false(fold_starts_word(S(""), S("a")));
	assert_true(fold_starts_word(S("a b"), S("b")));
}

static void
a_slug_has_ascii_letters_digits_and_single_hyphens(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	assert_str(fold_slug(&mem, S("Dr. L\u00e9a d'Estr\u00e9es \u2014 ost\u00e9opathe (Lyon 3\u1d49)")),
	    S("dr-lea-d-estrees-osteopathe-lyon-3e"));
	assert_str(fold_slug(&mem, S("--a__b--")), S("a-b"));
	assert_str(fold_slug(&mem, S("../../etc")), S("etc"));
	assert_str(fold_slug(&mem, S("\u65e5\u672c")), S(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search_ignores_case_accents_ligatures_and_hyphens),
		cmocka_unit_test(folding_twice_changes_nothing),
		cmocka_unit_test(text_that_is_not_utf8_folds_to_nothing),
		cmocka_unit_test(a_needle_is_found_at_the_start_of_words_only),
		cmocka_unit_test(a_slug_has_ascii_letters_digits_and_single_hyphens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
