/* What templates write with: no value leaves its place on the page (T10). */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/log.h"
#include "format/out.h"

static struct arena mem;
static struct buf b;
static struct out o;

static int
begin(void **state)
{
	(void)state;
	b = buf_in(&mem, 4096);
	o = (struct out){ .b = &b, .mem = &mem, .lang = LANG_EN };
	return 0;
}

static int
release(void **state)
{
	(void)state;
	arena_free(&mem);
	mem = (struct arena){ 0 };
	return 0;
}

/* What was written since the last time. */
static void
expect(const char *want)
{
	assert_true(buf_ok(&b));
	assert_string_equal(str_z(&mem, buf_str(&b)), want);
	buf_clear(&b);
}

static void
text_of_any_type_is_escaped(void **state)
{
	(void)state;
	const char *none = NULL;

	out_value(&o, S("<b a='\"'>&"));
	expect("&lt;b a=&#39;&quot;&#39;&gt;&amp;");
	out_value(&o, "O'Neil <x>");
	expect("O&#39;Neil &lt;x&gt;");
	out_value(&o, none);
	expect("");
}

static void
integers_of_any_width_are_written_whole(void **state)
{
	(void)state;
	out_value(&o, -7);
	out_value(&o, (id)INT64_MAX);
	expect("-79223372036854775807");
	out_value(&o, (size_t)SIZE_MAX);
	expect("18446744073709551615");
}

static void
only_trusted_markup_is_written_as_it_is(void **state)
{
	(void)state;
	out_value(&o, out_html_trusted(S("<b>x</b>")));
	expect("<b>x</b>");
}

static void
a_value_in_a_url_stays_one_component(void **state)
{
	(void)state;
	out_url_part(&o, S("../a?b=c&d#e é\""));
	expect("..%2Fa%3Fb%3Dc%26d%23e%20%C3%A9%22");
	out_url_part(&o, 42);
	expect("42");
}

static void
a_local_url_cannot_leave_the_server(void **state)
{
	(void)state;
	const char *const refused[] = {
		"", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
		"agenda", "/\t/evil.example", "/a b", "/a\r\nx", " /a", "/\x7f",
	};

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_false(out_url_is_local(str_c(refused[i])));
		out_url_local(&o, refused[i]);
		expect("/");
	}
	out_url_local(&o, S("/agenda?jour=2026-11-23&vue=\"x\"#h8"));
	expect("/agenda?jour=2026-11-23&amp;vue=&quot;x&quot;#h8");
}

static void
a_foreign_url_is_http_and_nothing_else(void **state)
{
	(void)state;
	const char *const refused[] = {
		"javascript:alert(1)", "data:text/html,x", " https://a.example", "HTTPS:a", "https:/a",
		"https://a.example/\njavascript:", "//a.example",
	};

	for (size_t i = 0; i < COUNT(refused); i++) {
		out_url_foreign(&o, refused[i]);
		expect("/");
	}
	out_url_foreign(&o, "https://cabinet.example/?a=1&b");
	expect("https://cabinet.example/?a=1&amp;b");
}

static void
a_telephone_link_holds_digits_only(void **state)
{
	(void)state;
	out_tel(&o, S("+33 6 12-34;ext=\"5\"+"));
	expect("+3361234" "5");
}

static void
a_plain_text_mail_is_not_escaped(void **state)
{
	(void)state;
	out_plain(&o, S("L’<oreille> & \"co\""));
	expect("L’<oreille> & \"co\"");
}

static void
a_filled_message_is_escaped_after_filling(void **state)
{
	(void)state;
	out_value(&o, text_fill(o.mem, o.lang, T("{date} at {hour}"),
	    (struct text_arg[]){ OUT_ARG(&o, "date", "<b>"), OUT_ARG(&o, "hour", 9) }, 2));
	expect("&lt;b&gt; at 9");
}

static void
an_icon_is_hidden_from_screen_readers(void **state)
{
	(void)state;
	out_icon(&o, ICON("calendar"));
	str s = buf_str(&b);
	assert_true(str_starts(s, S("<svg class=\"i\" aria-hidden=\"true\"><use href=\"/a/icons.")));
	assert_true(str_ends(s, S(".svg#calendar\"></use></svg>")));
}

static void
a_page_beyond_its_limit_is_known_to_be_cut(void **state)
{
	(void)state;
	struct buf small = buf_in(&mem, 8);
	struct out narrow = { .b = &small, .mem = &mem, .lang = LANG_FR };

	out_value(&narrow, S("12345678"));
	assert_true(buf_ok(&small));
	out_value(&narrow, S("9"));
	assert_false(buf_ok(&small));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_of_any_type_is_escaped, begin, release),
		cmocka_unit_test_setup_teardown(integers_of_any_width_are_written_whole, begin, release),
		cmocka_unit_test_setup_teardown(only_trusted_markup_is_written_as_it_is, begin, release),
		cmocka_unit_test_setup_teardown(a_value_in_a_url_stays_one_component, begin, release),
		cmocka_unit_test_setup_teardown(a_local_url_cannot_leave_the_server, begin, release),
		cmocka_unit_test_setup_teardown(a_foreign_url_is_http_and_nothing_else, begin, release),
		cmocka_unit_test_setup_teardown(a_telephone_link_holds_digits_only, begin, release),
		cmocka_unit_test_setup_teardown(a_plain_text_mail_is_not_escaped, begin, release),
		cmocka_unit_test_setup_teardown(a_filled_message_is_escaped_after_filling, begin, release),
		cmocka_unit_test_setup_teardown(an_icon_is_hidden_from_screen_readers, begin, release),
		cmocka_unit_test_setup_teardown(a_page_beyond_its_limit_is_known_to_be_cut, begin, release),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
