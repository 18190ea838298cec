/* test_policy_print.c - the canonical form: what is printed reads back the same, comments and all. */
#include "policy_case.h"

static str
printed(struct arena *mem, const char *source, bool comments)
{
	struct diagnostics *d = NEW(mem, struct diagnostics);
	struct buf b = buf_in(mem, 1 << 20);

	d->mem = mem;
	struct syntax s = syntax_parse(mem, str_c(source), d);
	assert_int_equal(d->errors, 0);
	if (comments)
		syntax_print_with_comments(&s, str_c(source), &b);
	else
		syntax_print(&s, &b);
	assert_true(buf_ok(&b));
	return buf_str(&b);
}

static void
prints(const char *source, const char *want, bool comments)
{
	struct arena mem = {0};
	str once = printed(&mem, source, comments);

	assert_str(once, str_c(want));
	assert_str(printed(&mem, str_z(&mem, once), comments), once);
	arena_free(&mem);
}

static void
attributes_stand_in_the_grammars_order_with_single_blanks(void **state)
{
	(void)state;
	prints("policy   \"x\"\tlang fr , en dated 2026-01-02   version  3\n",
	    "policy \"x\" version 3 dated 2026-01-02 lang fr,en\n", false);
	prints("keep a signed then archive 15y then erase active 5y 20y after last_act ceiling 20y after last_act"
	    " floor 20y after last_act of minor\n",
	    "keep a of minor 20y after last_act floor 20y after last_act ceiling 20y after last_act active 5y\n"
	    "\tthen archive 15y then erase signed\n", false);
}

static void
terms_print_as_they_are_read(void **state)
{
	static const char *const terms[] = {
		"3y after last_contact", "objection", "birthday 28", "during contract", "during account",
		"during contract then 1y after contract_end", "3y after last_contact or objection",
		"during contract or objection", "later of birthday 28 and 20y after last_act",
		"as b when file exists else 3y after last_contact",
		"as b when file exists else later of birthday 28 and 20y after last_act",
		"parameter funder-convention required", "72h after created",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(terms); i++) {
		struct arena mem = {0};
		const char *line = str_z(&mem, str_printf(&mem, "keep a %s\n", terms[i]));

		prints(line, line, false);
		arena_free(&mem);
	}
	/* One spelling for one thing. */
	prints("keep a 28y after birth\n", "keep a birthday 28\n", false);
	prints("keep a during contract then erase\n", "keep a during contract then erase\n", false);
}

static void
fields_of_one_table_stand_together(void **state)
{
	(void)state;
	prints("category a of patient fields person.family,person.given, booking.*,person.{email , phone}\n",
	    "category a of patient fields person.{family,given},booking.*,person.{email,phone}\n", false);
}

static void
long_declarations_are_broken_between_words(void **state)
{
	(void)state;
	prints("purpose book uses a,b,c basis contract condition A9.2.h notice book readers"
	    " public,patient,secretary,practitioner,administrator only-if preparation\n",
	    "purpose book uses a,b,c basis contract condition A9.2.h notice book\n"
	    "\treaders public,patient,secretary,practitioner,administrator only-if preparation\n", false);
	prints("recipient h gets aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,cccccccccccccccccccccccc,"
	    "dddddddddddddddddddd\n",
	    "recipient h\n"
	    "\tgets aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,cccccccccccccccccccccccc,\n"
	    "\tdddddddddddddddddddd\n", false);
}

static void
comments_and_single_empty_lines_are_kept(void **state)
{
	(void)state;
	prints("\n\n# head\n\n\n# and more  \npolicy \"a#b\"   version 1 # behind\n\n\n"
	    "log a # inside\n  keep  # deeper\n\n  3d # last\n# tail\n\n",
	    "# head\n\n# and more\npolicy \"a#b\" version 1 # behind\n\n"
	    "# inside\n# deeper\nlog a keep 3d # last\n# tail\n", true);
	prints("\xef\xbb\xbf# head\r\nlog a keep 3d # \xc3\xa9\r\n", "# head\nlog a keep 3d # \xc3\xa9\n", true);
	prints("say a fr \"\\\"# no comment\" # one\n", "say a fr \"\\\"# no comment\" # one\n", true);
	/* The hash is not of the comments. */
	prints("# head\nlog a keep 3d # \xc3\xa9\n", "log a keep 3d\n", false);
}

static void
the_longest_text_and_comment_stay_within_a_line(void **state)
{
	struct arena mem = {0};
	struct buf b = buf_in(&mem, 1 << 16);
	str once;

	(void)state;
	/* With its comment it filled a line that began with one blank. */
	buf_add(&b, S("say a fr\n \""));
	for (int i = 0; i < 248; i++)
		buf_add(&b, S("\\\\"));
	buf_add(&b, S("\" # "));
	for (int i = 0; i < 498; i++)
		buf_byte(&b, 'c');
	str text = buf_str(&b);
	once = printed(&mem, str_z(&mem, str_cat(&mem, text, S("\n"))), true);
	assert_str(printed(&mem, str_z(&mem, once), true), once);
	for (str line; str_split(&once, '\n', &line);)
		assert_true(line.n <= POLICY_LINE_BYTES_MAX);
	arena_free(&mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_stand_in_the_grammars_order_with_single_blanks),
		cmocka_unit_test(terms_print_as_they_are_read),
		cmocka_unit_test(fields_of_one_table_stand_together),
		cmocka_unit_test(long_declarations_are_broken_between_words),
		cmocka_unit_test(comments_and_single_empty_lines_are_kept),
		cmocka_unit_test(the_longest_text_and_comment_stay_within_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
