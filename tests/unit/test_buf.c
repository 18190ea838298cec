/* test_buf.c - base/buf.h */
#include "assert_str.h"
#include "base/buf.h"

static void
text_grows_in_an_arena_and_on_the_heap(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(buf_free) struct buf heap = buf_on_heap(100000);
	struct buf in = buf_in(&mem, 100000);

	(void)state;
	for (int i = 0; i < 3000; i++) {
		buf_printf(&in, "%d,", i);
		buf_int(&heap, i);
		buf_byte(&heap, ',');
	}
	assert_true(buf_ok(&in) && buf_ok(&heap));
	assert_str(buf_str(&in), buf_str(&heap));
	assert_true(str_ends(buf_str(&heap), S(",2998,2999,")));
	buf_clear(&in);
	buf_int(&in, INT64_MIN);
	assert_str(buf_str(&in), S("-9223372036854775808"));
}

static void
a_write_past_the_maximum_is_dropped_whole_and_remembered(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_on_heap(5);

	(void)state;
	buf_add(&b, S("abc"));
	assert_true(buf_ok(&b));
	buf_add(&b, S("def"));
	assert_false(buf_ok(&b));
	assert_str(buf_str(&b), S("abc"));
	buf_add(&b, S("d"));
	assert_str(buf_str(&b), S("abc"));
	buf_clear(&b);
	buf_add(&b, S("12345"));
	assert_true(buf_ok(&b));
	buf_byte(&b, '6');
	assert_false(buf_ok(&b));
}

static void
html_cannot_leave_its_place(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_on_heap(1000);

	(void)state;
	buf_html(&b, S("<a href=\"x\" b='y'>&\u00e9</a>"));
	assert_str(buf_str(&b),
	    S("&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\u00e9&lt;/a&gt;"));
}

static void
a_url_component_holds_only_unreserved_bytes(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_on_heap(1000);

	(void)state;
	buf_url(&b, S("a/b?c=d&e f+g\u00e9~-._9\r\n"));
	assert_str(buf_str(&b), S("a%2Fb%3Fc%3Dd%26e%20f%2Bg%C3%A9~-._9%0D%0A"));
}

static void
a_json_string_has_no_raw_control_and_ends_no_script(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_on_heap(1000);

	(void)state;
	buf_json(&b, S("a\"b\\c\n\x01</script>\u00e9\x7f"));
	assert_str(buf_str(&b), S("\"a\\\"b\\\\c\\u000a\\u0001\\u003c/script>\u00e9\\u007f\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_grows_in_an_arena_and_on_the_heap),
		cmocka_unit_test(a_write_past_the_maximum_is_dropped_whole_and_remembered),
		cmocka_unit_test(html_cannot_leave_its_place),
		cmocka_unit_test(a_url_component_holds_only_unreserved_bytes),
		cmocka_unit_test(a_json_string_has_no_raw_control_and_ends_no_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
