/* test_policy.c - oath/policy.h, syntax.h, diagnostic.h: the language of policies. */
#include "policy_case.h"

#define SAID(text, code, line, column)	said((text), DIAGNOSTIC_##code, (line), (column))

static void
said(const char *source, enum diagnostic_code code, uint32_t line, uint32_t column)
{
	struct compiled c;

	compile(&c, source);
	if (!says(&c, code, line, column)) {
		struct buf b = buf_in(&c.mem, 1 << 16);

		diagnostics_print(&c.d, S("test"), str_c(source), LANG_EN, &b);
		print_error("%.*s wanted at %u:%u of\n%s\nbut it says\n%.*s", STR_FMT(diagnostic_name(code)), line,
		    column, source, STR_FMT(buf_str(&b)));
		fail();
	}
	assert_int_equal(c.e, ERR_INVALID);
	arena_free(&c.mem);
}

static void
fine(const char *source)
{
	struct compiled c;

	compile(&c, source);
	if (c.e != OK) {
		struct buf b = buf_in(&c.mem, 1 << 16);

		diagnostics_print(&c.d, S("test"), str_c(source), LANG_EN, &b);
		print_error("%.*s", STR_FMT(buf_str(&b)));
	}
	assert_int_equal(c.e, OK);
	assert_int_equal(c.d.errors, 0);
	arena_free(&c.mem);
}

static void
a_policy_of_six_lines_compiles_and_means_what_it_says(void **state)
{
	struct compiled c;

	(void)state;
	compile(&c, POLICY_SMALL);
	assert_int_equal(c.e, OK);
	assert_str(c.p->title, S("Test"));
	assert_str(c.p->dated, S("2026-11-23"));
	assert_int_equal(c.p->categories_n, 1);
	assert_true(c.p->categories[0].encrypt);
	assert_false(c.p->categories[0].health);
	assert_int_equal(policy_category(c.p, S("identity")), 0);
	assert_int_equal(policy_category(c.p, S("identit")), -1);
	assert_int_equal(policy_category_of(c.p, FIELD_person_email), 0);
	assert_int_equal(policy_category_of(c.p, FIELD_booking_note), -1);

	const struct policy_purpose *book = policy_purpose(c.p, AIM_BOOK);
	assert_non_null(book);
	assert_true(book->uses == 1);
	assert_int_equal(book->basis, BASIS_CONTRACT);
	assert_int_equal(book->readers, BIT(READER_SERVER));
	assert_null(policy_purpose(c.p, AIM_DESK));

	const struct policy_keep *k = policy_keep(c.p, 0, false);
	assert_non_null(k);
	assert_int_equal(k->term->event, EVENT_LAST_CONTACT);
	assert_int_equal(k->term->duration.unit, UNIT_YEAR);
	assert_int_equal(k->term->duration.number, 3);
	assert_int_equal(k->disposal, DISPOSAL_ERASE);
	assert_null(policy_keep(c.p, 0, true));
	arena_free(&c.mem);
}

static void
what_is_no_text_is_refused_by_the_byte(void **state)
{
	(void)state;
	SAID("", E106, 1, 1);
	SAID("# a comment alone\n", E106, 1, 1);
	SAID("policy \"caf\xe9\" version 1\n", E103, 1, 12);
	SAID("policy \"x\"\nsay a fr \"\xc3\x28\"\n", E103, 2, 11);
	SAID("policy \"a\x01z\" version 1\n", E105, 1, 10);
	SAID("policy \"a\x7fz\" version 1\n", E105, 1, 10);
	SAID("policy \"a\rz\" version 1\n", E105, 1, 10);
}

static void
a_nul_byte_is_told_by_its_place(void **state)
{
	static const char bytes[] = "policy \"x\"\n ver\0sion 1\n";
	struct arena mem = {0};
	struct diagnostics d = { .mem = &mem };
	const struct policy *p;

	(void)state;
	assert_int_equal(policy_compile(&mem, (str){ bytes, sizeof(bytes) - 1 }, &d, &p), ERR_INVALID);
	assert_null(p);
	assert_int_equal(d.n, 1);
	assert_int_equal(d.list[0].code, DIAGNOSTIC_E104);
	assert_int_equal(d.list[0].where.line, 2);
	assert_int_equal(d.list[0].where.column, 5);
	arena_free(&mem);
}

/* A source of n lines, each the same. */
static str
repeated(struct arena *mem, const char *line, size_t n)
{
	struct buf b = buf_in(mem, 64 << 20);

	for (size_t i = 0; i < n; i++)
		buf_add(&b, str_c(line));
	return buf_str(&b);
}

static enum diagnostic_code
first_said(struct arena *mem, str source, size_t *ret_errors)
{
	struct diagnostics *d = NEW(mem, struct diagnostics);
	const struct policy *p;

	d->mem = mem;
	assert_int_equal(policy_compile(mem, source, d, &p), ERR_INVALID);
	*ret_errors = d->errors;
	assert_true(d->n > 0 && d->n <= DIAGNOSTICS_MAX);
	return d->list[0].code;
}

static void
a_gigantic_policy_is_refused_before_it_is_read(void **state)
{
	struct arena mem = {0};
	size_t errors;

	(void)state;
	assert_int_equal(first_said(&mem, repeated(&mem, "# 16 bytes here\n", 65537), &errors), DIAGNOSTIC_E100);
	assert_int_equal(first_said(&mem, repeated(&mem, "#\n", POLICY_LINES_MAX + 1), &errors), DIAGNOSTIC_E101);
	assert_int_equal(first_said(&mem, repeated(&mem, "#\n", POLICY_LINES_MAX), &errors), DIAGNOSTIC_E106);
	/* As many errors as there are: a hundred are kept, all are counted. */
	assert_int_equal(first_said(&mem, repeated(&mem, "nonsense\n", 5000), &errors), DIAGNOSTIC_E130);
	assert_true(errors >= 5000);
	arena_free(&mem);
}

static void
lines_and_texts_and_names_and_lists_have_their_limits(void **state)
{
	struct arena mem = {0};
	struct buf b = buf_in(&mem, 1 << 16);

	(void)state;
	buf_add(&b, S(POLICY_SMALL "# "));
	for (int i = 0; i < POLICY_LINE_BYTES_MAX - 2; i++)
		buf_byte(&b, 'x');
	fine(str_z(&mem, buf_str(&b)));
	buf_byte(&b, 'x');
	SAID(str_z(&mem, buf_str(&b)), E102, 7, POLICY_LINE_BYTES_MAX + 1);

	buf_clear(&b);
	buf_add(&b, S(POLICY_SMALL "say a fr \""));
	for (int i = 0; i < POLICY_TEXT_MAX; i++)
		buf_add(&b, S("\u00e9"));
	size_t full = b.n;
	SAID(str_z(&mem, str_cat(&mem, buf_str(&b), S("e\""))), E113, 7, 10);
	fine(str_z(&mem, str_cat(&mem, str_slice(buf_str(&b), 0, full - 20), S("\""))));

	SAID(POLICY_SMALL "say aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa fr \"x\"\n", E119, 7, 5);
	fine(POLICY_SMALL "say aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa fr \"x\"\n");

	buf_clear(&b);
	buf_add(&b, S(POLICY_SMALL "say a fr \"x\" clause c0"));
	for (int i = 1; i <= POLICY_LIST_MAX; i++)
		buf_printf(&b, ",c%d", i);
	SAID(str_z(&mem, buf_str(&b)), E127, 7, 21 + 10 * 3 + 54 * 4);
	arena_free(&mem);
}

static void
each_wrong_word_is_told_with_what_was_expected(void **state)
{
	(void)state;
	SAID(POLICY_SMALL "say a fr \"x\n", E111, 7, 10);
	SAID(POLICY_SMALL "say a fr \"x\\n\"\n", E112, 7, 12);
	SAID(POLICY_SMALL "say a fr \u201cx\u201d\n", E110, 7, 10);
	SAID(POLICY_SMALL "say a fr = \"x\"\n", E110, 7, 10);
	SAID(POLICY_SMALL "log a keep 3years\n", E114, 7, 13);
	SAID(POLICY_SMALL "log a keep 3-4\n", E115, 7, 12);
	SAID(POLICY_SMALL "log a keep 3\n", E122, 7, 12);
	SAID(POLICY_SMALL "log a keep\n", E123, 7, 11);
	SAID(POLICY_SMALL "log a keep 201y\n", E117, 7, 12);
	SAID(POLICY_SMALL "log a keep 99999999999999999999d\n", E117, 7, 12);
	SAID(POLICY_SMALL "log a keep 0d\n", E118, 7, 12);
	SAID("policy \"x\" version 1 dated 2027-02-29\n", E116, 1, 28);
	SAID(POLICY_SMALL "kep identity 3y after created\n", E120, 7, 1);
	SAID("  policy \"x\" version 1\n", E121, 1, 3);
	SAID(POLICY_SMALL "log a keep 3d keep 4d\n", E125, 7, 15);
	SAID(POLICY_SMALL "log a\n", E126, 7, 1);
	SAID(POLICY_SMALL "subject patient,patient\n", E128, 7, 17);
	SAID(POLICY_SMALL "log a kep 3d\n", E129, 7, 7);
	SAID(POLICY_SMALL "log a whatever 3d\n", E124, 7, 7);
	SAID(POLICY_SMALL "bananas are yellow\n", E130, 7, 1);
	SAID(POLICY_SMALL "log Journal keep 3d\n", E131, 7, 5);
}

static void
one_run_tells_of_every_error(void **state)
{
	struct compiled c;

	(void)state;
	compile(&c, POLICY_HEAD
	    "category identity of pacient fields person.emial encript\n"
	    "purpose book uses identity basis contrat notice book readers publik,patient channel fax\n"
	    "keep identity 3y after last_contct\n");
	assert_true(says(&c, DIAGNOSTIC_E200, 4, 22));	/* pacient */
	assert_true(says(&c, DIAGNOSTIC_E202, 4, 44));	/* emial */
	assert_true(says(&c, DIAGNOSTIC_E129, 4, 50));	/* encript */
	assert_true(says(&c, DIAGNOSTIC_E200, 5, 34));	/* contrat */
	assert_true(says(&c, DIAGNOSTIC_E200, 5, 62));	/* publik */
	assert_true(says(&c, DIAGNOSTIC_E201, 5, 85));	/* fax */
	assert_true(says(&c, DIAGNOSTIC_E200, 6, 24));	/* last_contct */
	/* And of nothing that only follows from them. */
	assert_int_equal(c.d.errors, 7);
	arena_free(&c.mem);
}

static void
the_nearest_word_is_the_advice(void **state)
{
	struct compiled c;
	struct buf b;

	(void)state;
	compile(&c, POLICY_SMALL "login secretery two-factor\n");
	b = buf_in(&c.mem, 4096);
	assert_int_equal(c.d.n, 1);
	diagnostic_sentence(&c.d.list[0], LANG_EN, &b);
	buf_byte(&b, '|');
	diagnostic_advice(&c.d.list[0], LANG_EN, &b);
	buf_byte(&b, '|');
	diagnostic_sentence(&c.d.list[0], LANG_FR, &b);
	buf_byte(&b, '|');
	diagnostic_advice(&c.d.list[0], LANG_FR, &b);
	assert_str(buf_str(&b), S("unknown reader `secretery`|write `secretary`|"
	    "mot inconnu : \u00ab secretery \u00bb (lecteur)|\u00e9crivez \u00ab secretary \u00bb"));
	arena_free(&c.mem);
}

static void
the_caret_stands_under_the_word_behind_tabs_and_accents(void **state)
{
	struct compiled c;
	struct buf b;

	(void)state;
	compile(&c, POLICY_SMALL "say a fr \"\u00e9t\u00e9\"\n\tby\t3d\n");
	b = buf_in(&c.mem, 4096);
	diagnostics_print(&c.d, S("p"), S(POLICY_SMALL "say a fr \"\u00e9t\u00e9\"\n\tby\t3d\n"), LANG_EN, &b);
	assert_str(buf_str(&b), S("p:8:5: error: E122: expected a text between double quotes, not `3d`\n"
	    "    \tby\t3d\n"
	    "    \t  \t^~\n"));
	buf_clear(&b);
	arena_free(&c.mem);
	compile(&c, POLICY_SMALL "say a fr \"\u00e9t\u00e9\" fr \"x\"\n");
	b = buf_in(&c.mem, 4096);
	diagnostics_print(&c.d, S("p"), S(POLICY_SMALL "say a fr \"\u00e9t\u00e9\" fr \"x\"\n"), LANG_FR, &b);
	assert_str(buf_str(&b), S("p:7:18: erreur: E125: \u00ab fr \u00bb figure deux fois dans cette d\u00e9claration\n"
	    "    say a fr \"\u00e9t\u00e9\" fr \"x\"\n"
	    "                   ^~\n"
	    "    conseil: gardez-en un seul\n"));
	arena_free(&c.mem);
}

static void
bytes_that_cannot_be_shown_are_made_visible_and_long_lines_are_cut(void **state)
{
	struct arena mem = {0};
	struct diagnostics d = { .mem = &mem };
	struct buf b = buf_in(&mem, 4096), line = buf_in(&mem, 4096);
	const struct policy *p;

	(void)state;
	assert_int_equal(policy_compile(&mem, S("policy \"\x1b\x7f\xff\"\n"), &d, &p), ERR_INVALID);
	diagnostics_print(&d, S("p"), S("policy \"\x1b\x7f\xff\"\n"), LANG_EN, &b);
	assert_true(str_find_str(buf_str(&b), S("    policy \"\u241b\u2421\ufffd\"\n            ^\n")) > 0);
	assert_true(str_utf8_ok(buf_str(&b)));

	for (int i = 0; i < 300; i++)
		buf_byte(&line, 'x');
	buf_add(&line, S(" = y"));
	d = (struct diagnostics){ .mem = &mem };
	assert_int_equal(policy_compile(&mem, buf_str(&line), &d, &p), ERR_INVALID);
	buf_clear(&b);
	diagnostics_print(&d, S("p"), buf_str(&line), LANG_EN, &b);
	assert_true(str_find_str(buf_str(&b), S("\n    \u2026xxx")) > 0);
	assert_true(str_find_str(buf_str(&b), S("xxx = y\n")) > 0);
	arena_free(&mem);
}

static void
durations_are_compared_by_what_holds_in_every_calendar(void **state)
{
	static const struct duration y1 = { 1, UNIT_YEAR }, mo12 = { 12, UNIT_MONTH }, d365 = { 365, UNIT_DAY },
	    d366 = { 366, UNIT_DAY }, mo1 = { 1, UNIT_MONTH }, d28 = { 28, UNIT_DAY }, d31 = { 31, UNIT_DAY },
	    h72 = { 72, UNIT_HOUR }, d3 = { 3, UNIT_DAY }, s = { 259201, UNIT_SECOND };

	(void)state;
	assert_true(duration_within(y1, mo12) && duration_within(mo12, y1));
	assert_true(duration_within(d365, y1));
	assert_false(duration_within(y1, d365));
	assert_true(duration_within(y1, d366));
	assert_true(duration_within(d28, mo1));
	assert_false(duration_within(d31, mo1));
	assert_true(duration_within(mo1, d31));
	assert_true(duration_within(h72, d3) && duration_within(d3, h72));
	assert_false(duration_within(s, d3));
}

static void
floors_and_ceilings_hold(void **state)
{
#define FLOORED	POLICY_HEAD "category identity of patient fields person.* encrypt\n" \
	"purpose book uses identity basis contract notice book\n"
	(void)state;
	SAID(FLOORED "keep identity 3y after last_act floor 5y after last_act ceiling 4y after last_act\n", E340, 6, 39);
	SAID(FLOORED "keep identity 3y after last_act floor 5y after last_act\n", E341, 6, 15);
	SAID(FLOORED "keep identity 365d after last_act floor 1y after last_act\n", E341, 6, 15);
	SAID(FLOORED "keep identity 6y after last_act ceiling 5y after last_act\n", E342, 6, 15);
	SAID(FLOORED "keep identity 6y after last_act or objection floor 5y after last_act\n", E341, 6, 15);
	SAID(FLOORED "keep identity during contract floor 1y after contract_end\n", E341, 6, 15);
	fine(FLOORED "keep identity during contract then 1y after contract_end floor 1y after contract_end\n");
	fine(FLOORED "keep identity 366d after last_act floor 1y after last_act\n");
	fine(FLOORED "keep identity later of objection and 5y after last_act floor 5y after last_act\n");
	fine(FLOORED "keep identity 3y after last_contact floor 5y after last_act\n");
	SAID(FLOORED "keep identity 20y after last_act floor 20y after last_act\n"
	    "keep identity of minor birthday 28\nkeep identity of minor 3y after last_act\n", E205, 8, 6);
	SAID(FLOORED "keep identity 20y after last_act floor 20y after last_act\n"
	    "keep identity of minor 10y after last_act\n", E343, 7, 24);
	fine(FLOORED "keep identity 20y after last_act floor 20y after last_act\n"
	    "keep identity of minor later of birthday 28 and 20y after last_act\n");
	SAID(FLOORED "keep identity of minor birthday 28\n", E344, 6, 6);
	SAID(FLOORED "keep identity as identity when file exists else 3y after created\n", E345, 6, 18);
	SAID(FLOORED "keep identity 20y after last_act active 6y then archive 15y then erase\n", E346, 6, 41);
	SAID(FLOORED "keep identity 20y after last_act then archive 15y then erase\n", E348, 6, 39);
	SAID(FLOORED "keep identity 5y after last_act floor 5y after last_act\npromise erase-at-once\n", E347, 7, 9);
}

static void
the_words_of_texts_are_kept_as_written(void **state)
{
	struct compiled c;

	(void)state;
	compile(&c, "\xef\xbb\xbfpolicy \"Le \\\"Cabinet\\\"\" version 1 dated 2026-11-23\r\n"
	    "controller practice contact \"x@y.example\"\r\n\r\n\tcomplaint cnil\r\nsubject patient\r\n" POLICY_BODY);
	assert_int_equal(c.e, OK);
	assert_str(c.p->title, S("Le \\\"Cabinet\\\""));
	assert_int_equal(c.p->controllers[0].complaint, AUTHORITY_CNIL);
	arena_free(&c.mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_of_six_lines_compiles_and_means_what_it_says),
		cmocka_unit_test(what_is_no_text_is_refused_by_the_byte),
		cmocka_unit_test(a_nul_byte_is_told_by_its_place),
		cmocka_unit_test(a_gigantic_policy_is_refused_before_it_is_read),
		cmocka_unit_test(lines_and_texts_and_names_and_lists_have_their_limits),
		cmocka_unit_test(each_wrong_word_is_told_with_what_was_expected),
		cmocka_unit_test(one_run_tells_of_every_error),
		cmocka_unit_test(the_nearest_word_is_the_advice),
		cmocka_unit_test(the_caret_stands_under_the_word_behind_tabs_and_accents),
		cmocka_unit_test(bytes_that_cannot_be_shown_are_made_visible_and_long_lines_are_cut),
		cmocka_unit_test(durations_are_compared_by_what_holds_in_every_calendar),
		cmocka_unit_test(floors_and_ceilings_hold),
		cmocka_unit_test(the_words_of_texts_are_kept_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
