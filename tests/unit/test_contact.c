/* test_contact.c - format/contact.h */
#include "assert_str.h"
#include "format/contact.h"

static str
repeat(struct arena *mem, char c, size_t n)
{
	char *p = arena_alloc(mem, n + 1, 1);

	memset(p, c, n);
	return (str){ p, n };
}

static void
usual_addresses_are_accepted(void **state)
{
	static const char *const good[] = {
		"a@b.fr", "lea.martin+rdv@cabinet-martin.example", "o'brien@x.co.uk", "A_B-c@EXAMPLE.COM",
		"x@xn--caf-dma.fr", "1@2.3com", "a/b=c@d.org",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(email_ok(str_c(good[i])));
}

static void
addresses_that_could_break_a_header_or_a_delivery_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "a", "@b.fr", "a@", "a@b", "a@@b.fr", "a@b@c.fr", "a b@c.fr", "a@b .fr", " a@b.fr",
		"a@b.fr\n", "a@b.fr\r\nBcc: x@y.fr", "a\t@b.fr", "<a@b.fr>", "\"a\"@b.fr", "a,b@c.fr",
		"a;b@c.fr", "a:b@c.fr", "a@b.fr,c@d.fr", ".a@b.fr", "a.@b.fr", "a..b@c.fr", "a@.fr",
		"a@b.", "a@b..fr", "a@-b.fr", "a@b-.fr", "a@b_c.fr", "a@[127.0.0.1]", "a@127.0.0.1",
		"\u00e9@b.fr", "a@\u00e9.fr", "a(b)@c.fr", "a\\b@c.fr", "a@b.fr\x7f",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(email_ok(str_c(bad[i])));
	assert_false(email_ok((str){ "a\0@b.fr", 7 }));
}

static void
lengths_of_addresses_are_limited(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str label = repeat(&mem, 'd', 63);

	(void)state;
	assert_true(email_ok(str_cat(&mem, repeat(&mem, 'a', 64), S("@b.fr"))));
	assert_false(email_ok(str_cat(&mem, repeat(&mem, 'a', 65), S("@b.fr"))));
	assert_true(email_ok(str_printf(&mem, "a@%.*s.fr", STR_FMT(label))));
	assert_false(email_ok(str_printf(&mem, "a@%.*sd.fr", STR_FMT(label))));
	/* 60 + '@' + 3 labels with their dots + one that makes 254, then 255. */
	str domain = str_printf(&mem, "%.*s.%.*s.%.*s.", STR_FMT(label), STR_FMT(label), STR_FMT(label));
	str local = repeat(&mem, 'a', EMAIL_BYTES_MAX - 3 - domain.n);

	assert_true(email_ok(str_printf(&mem, "%.*s@%.*sfr", STR_FMT(local), STR_FMT(domain))));
	assert_false(email_ok(str_printf(&mem, "%.*s@%.*sfra", STR_FMT(local), STR_FMT(domain))));
}

static void
addresses_are_compared_without_case_and_outer_space(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	assert_str(email_normal(&mem, S("  Lea.Martin@Example.ORG\n")), S("lea.martin@example.org"));
}

static void
telephone_numbers_are_read_as_people_type_them(void **state)
{
	static const struct { const char *typed, *e164; } cases[] = {
		{ "06 12 34 56 78", "+33612345678" }, { "0612345678", "+33612345678" },
		{ "06.12.34.56.78", "+33612345678" }, { "06-12-34-56-78", "+33612345678" },
		{ "06/12/34/56/78", "+33612345678" }, { " 06\u00a012\u202f34 56 78 ", "+33612345678" },
		{ "+33 (0)6 12 34 56 78", "+33612345678" }, { "+33(0)612345678", "+33612345678" },
		{ "+33 6 12 34 56 78", "+33612345678" }, { "0033 6 12 34 56 78", "+33612345678" },
		{ "0033 (0)6.12.34.56.78", "+33612345678" }, { "+33 06 12 34 56 78", "+33612345678" },
		{ "01 23 45 67 89", "+33123456789" },
		{ "06 39 98 01 70", "+33639980170" }, { "0639 12 34 56", "+262639123456" },
		{ "0692 12 34 56", "+262692123456" }, { "0596 12 34 56", "+596596123456" },
		{ "0690123456", "+590690123456" }, { "0594 12 34 56", "+594594123456" },
		{ "+32 470 12 34 56", "+32470123456" }, { "+1 (212) 555-0123", "+12125550123" },
		{ "0041 22 123 45 67", "+41221234567" }, { "+44 (0)20 7946 0018", "+442079460018" },
		{ "+123456789012345", "+123456789012345" }, { "+12345678", "+12345678" },
	};
	CLEANUP(arena_free) struct arena mem = {0};
	str e164;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(phone_e164(&mem, str_c(cases[i].typed), &e164));
		assert_str(e164, str_c(cases[i].e164));
	}
}

static void
what_is_no_telephone_number_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "+", "0", "06", "06 12 34 56 7", "06 12 34 56 789", "0012", "612345678", "15", "3237",
		"00 12 34 56 7", "+0612345678", "+33 6 12 34 56 7", "+33 6 12 34 56 789", "+33 0 612345678 9",
		"+33 00 12 34 56 78", "+1234567", "+1234567890123456", "06 12 34 56 7x", "06+12345678",
		"++33612345678", "06 12 34 56 78 poste 3", "06\n12345678\r\nx", "000000000000000000000000",
		"\u0660\u0666\u0661\u0662",
	};
	CLEANUP(arena_free) struct arena mem = {0};
	str e164 = S("untouched");

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(phone_e164(&mem, str_c(bad[i]), &e164));
	assert_str(e164, S("untouched"));
}

static void
what_is_displayed_is_read_as_the_same_number(void **state)
{
	static const struct { const char *e164, *display; } cases[] = {
		{ "+33612345678", "06 12 34 56 78" }, { "+262692123456", "06 92 12 34 56" },
		{ "+33639980170", "06 39 98 01 70" },
		{ "+32470123456", "+32470123456" }, { "+12125550123", "+12125550123" },
		{ "+33692123456", "+33692123456" }, { "+590123456789", "+590123456789" },
		{ "+123456789012345", "+123456789012345" }, { "+12345678", "+12345678" },
	};
	CLEANUP(arena_free) struct arena mem = {0};
	str back;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		str shown = phone_display(&mem, str_c(cases[i].e164));

		assert_str(shown, str_c(cases[i].display));
		assert_true(phone_e164(&mem, shown, &back));
		assert_str(back, str_c(cases[i].e164));
	}
	assert_str(phone_display(&mem, S("")), S(""));
	assert_str(phone_display(&mem, S("+33")), S("+33"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_addresses_are_accepted),
		cmocka_unit_test(addresses_that_could_break_a_header_or_a_delivery_are_refused),
		cmocka_unit_test(lengths_of_addresses_are_limited),
		cmocka_unit_test(addresses_are_compared_without_case_and_outer_space),
		cmocka_unit_test(telephone_numbers_are_read_as_people_type_them),
		cmocka_unit_test(what_is_no_telephone_number_is_refused),
		cmocka_unit_test(what_is_displayed_is_read_as_the_same_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
