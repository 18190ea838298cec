/* test_password.c - R53: long, not guessed first, 50 bits. */
#include "access/password.h"
#include "assert_str.h"

static void
bits_are_length_times_the_kinds_that_occur(void **state)
{
	static const struct { const char *password; int bits; } table[] = {
		{ "", 0 }, { "000000000000", 39 }, { "0000000000000000", 53 },
		{ "aaaaaaaaaaaa", 56 }, { "AAAAAAAAAAAA", 56 }, { "aaaaaaaaaaa0", 61 },
		{ "aaaaaaaaaaaA", 68 }, { "aaaaaaaaaaA0", 71 }, { "aaaaaaaaaaa-", 70 },
		{ "aaaaaaaaaA0-", 78 }, { "\xc3\xa9\xc3\xa9", 10 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(password_bits(str_c(table[i].password)), table[i].bits);
}

static void
each_fault_is_told_apart(void **state)
{
	static const struct { const char *password; enum password_fault want; } table[] = {
		{ "girafe-volcan-tiroir", PASSWORD_GOOD },
		{ "tkqmzrvxhwpl", PASSWORD_GOOD },
		{ "correct girafe batterie agrafe", PASSWORD_GOOD },
		{ "\xc3\xa9t\xc3\xa9-gla\xc3\xa7on-ou\xc3\xaf-d\xc3\xa9j\xc3\xa0", PASSWORD_GOOD },
		{ "4819307264851937", PASSWORD_GOOD },
		/* length in code points, not bytes */
		{ "", PASSWORD_SHORT }, { "tkqmzrvxhwp", PASSWORD_SHORT },
		{ "\xc3\xa9\xc3\xa9\xc3\xa8\xc3\xa9\xc3\xa0\xc3\xa9\xc3\xb4", PASSWORD_SHORT },
		/* no rule of composition, but digits alone need sixteen */
		{ "481930726485193", PASSWORD_SIMPLE },
		{ "481930726485", PASSWORD_SIMPLE },
		/* what is tried first, however it is dressed up */
		{ "motdepasse2024", PASSWORD_COMMON }, { "Motdepasse!2024", PASSWORD_COMMON },
		{ "m0tdep4sse!!", PASSWORD_COMMON }, { "P@$$w0rd12345", PASSWORD_COMMON },
		{ "Mot-de-passe-1", PASSWORD_COMMON }, { "azertyuiop123", PASSWORD_COMMON },
		{ "bonjourbonjour", PASSWORD_COMMON }, { "soleil-bonjour", PASSWORD_COMMON },
		{ "chocolat1234", PASSWORD_COMMON }, { "Nathalie-1975", PASSWORD_COMMON },
		{ "cabinetmedical", PASSWORD_COMMON }, { "Marseille2026!", PASSWORD_COMMON },
		/* patterns */
		{ "123456789012", PASSWORD_COMMON }, { "aaaaaaaaaaaaaaaa", PASSWORD_COMMON },
		{ "abcdefghijklm", PASSWORD_COMMON }, { "xy7!xy7!xy7!", PASSWORD_COMMON },
		{ "qwertyuiopasdf", PASSWORD_COMMON }, { "1a2z3e4r5t6y7u", PASSWORD_COMMON },
		{ "1qaz2wsx3edc", PASSWORD_COMMON },
		/* one's own */
		{ "camille.moreau", PASSWORD_PERSONAL }, { "Moreau-Camille1", PASSWORD_PERSONAL },
		{ "camoreau@example.org", PASSWORD_PERSONAL }, { "h\xc3\xa9l\xc3\xa8ne1234567", PASSWORD_PERSONAL },
		{ "moreau-tkqmzrvxhwpl", PASSWORD_GOOD },
		/* not text */
		{ "tkqmzrvxhwpl\x01", PASSWORD_MALFORMED }, { "tkqmzrvxhwpl\xff", PASSWORD_MALFORMED },
		{ "tkqmzrvxhwpl\n", PASSWORD_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		enum password_fault got = password_fault(str_c(table[i].password),
		    S("camoreau@example.org"), S("Camille H\xc3\xa9l\xc3\xa8ne Moreau"));

		if (got != table[i].want)
			print_error("\"%s\"\n", table[i].password);
		assert_int_equal(got, table[i].want);
	}
}

static void
the_longest_is_taken_and_one_more_is_not(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	const size_t max = 256;
	char *p = arena_alloc(&mem, 4 * max + 5, 1);

	(void)state;
	for (size_t i = 0; i <= max; i++)
		p[i] = (char)('!' + i * i * 7 % 90);
	assert_int_equal(password_fault((str){ p, max }, S(""), S("")), PASSWORD_GOOD);
	assert_int_equal(password_fault((str){ p, max + 1 }, S(""), S("")), PASSWORD_LONG);
	/* Refused by its bytes before anything reads them. */
	memset(p, 0xff, 4 * max + 1);
	assert_int_equal(password_fault((str){ p, 4 * max + 1 }, S(""), S("")), PASSWORD_LONG);
}

static void
the_list_is_long_sorted_and_without_doubles(void **state)
{
	static const char *const list[] = {
#include "access/denylist.def"
	};

	(void)state;
	assert_true(COUNT(list) > 1000);
	for (size_t i = 1; i < COUNT(list); i++)
		assert_true(str_cmp(str_c(list[i - 1]), str_c(list[i])) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_are_length_times_the_kinds_that_occur),
		cmocka_unit_test(each_fault_is_told_apart),
		cmocka_unit_test(the_longest_is_taken_and_one_more_is_not),
		cmocka_unit_test(the_list_is_long_sorted_and_without_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
