/* test_form.c - headers, cookies and form fields, as browsers and as attackers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buf.h"
#include "net/http.h"

static void
assert_str(str s, const char *expected)
{
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.p == NULL ? "" : s.p, expected, s.n);
}

static struct http_request
request_with(str name, str first, str second)
{
	return (struct http_request){
		.headers = { { S("Host"), S("h") }, { name, first }, { name, second } }, .headers_n = 3,
	};
}

static void
a_header_is_found_whatever_its_case(void **state)
{
	struct http_request r = request_with(S("Accept-Language"), S("fr"), S("en"));

	(void)state;
	assert_str(http_header(&r, S("accept-LANGUAGE")), "fr");
	assert_str(http_header(&r, S("Accept")), "");
}

static void
a_cookie_is_found_by_its_whole_name(void **state)
{
	struct http_request r = request_with(S("Cookie"), S("a=1; session=x=y ;b=\"quoted\"; novalue; =z"),
	    S("c=3; a=second"));

	(void)state;
	assert_str(http_cookie(&r, S("a")), "1");
	assert_str(http_cookie(&r, S("session")), "x=y");
	assert_str(http_cookie(&r, S("b")), "quoted");
	assert_str(http_cookie(&r, S("c")), "3");
	assert_str(http_cookie(&r, S("sessio")), "");
	assert_str(http_cookie(&r, S("ession")), "");
	assert_str(http_cookie(&r, S("A")), "");
	assert_str(http_cookie(&r, S("novalue")), "");
	r.headers[1].value = S("a=\"");
	assert_str(http_cookie(&r, S("a")), "\"");
	r.headers_n = 1;
	assert_str(http_cookie(&r, S("a")), "");
}

static void
fields_are_decoded_in_order(void **state)
{
	static const char *const expected[][2] = {
		{ "name", "\xc3\x89milie Mar%" }, { "empty", "" }, { "bare", "" }, { "a&b", "c=d" }, { "name", "2" },
		{ "", "nameless" },
	};
	CLEANUP(arena_free) struct arena mem = {0};
	str form = S("name=%C3%89milie+Mar%25&empty=&&bare&a%26b=c=d&name=2&=nameless&");
	struct http_pair f;
	bool invalid = false;
	size_t n = 0;

	(void)state;
	for (; http_form_next(&mem, &form, &f, &invalid); n++) {
		assert_true(n < COUNT(expected));
		assert_str(f.name, expected[n][0]);
		assert_str(f.value, expected[n][1]);
	}
	assert_int_equal(n, COUNT(expected));
	assert_false(invalid);
	assert_false(http_form_next(&mem, &form, &f, &invalid));
	assert_false(invalid);
}

static void
the_first_field_of_a_name_is_given(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str value = S("untouched");

	(void)state;
	assert_false(http_form_get(&mem, S("a=1"), S("b"), &value));
	assert_false(http_form_get(&mem, (str){0}, S("b"), &value));
	assert_false(http_form_get(&mem, S("x=%&b=1"), S("b"), &value));
	assert_str(value, "untouched");
	assert_true(http_form_get(&mem, S("a=1&b=2&b=3"), S("b"), &value));
	assert_str(value, "2");
}

static void
an_undecodable_field_ends_the_walk(void **state)
{
	static const str forms[] = {
		{ "a=%", 3 }, { "a=%4", 4 }, { "a=%g0", 5 }, { "a=%0g", 5 }, { "a=% 1", 5 }, { "a=%+1", 5 },
		{ "a=%00", 5 }, { "a=x\0y", 5 }, { "%00=1", 5 }, { "a=%ff", 5 }, { "a=%C3", 5 }, { "a=\xc3", 3 },
		{ "a=%c0%80", 8 }, { "a=%ed%a0%80", 11 }, { "a=%f4%90%80%80", 14 }, { "%C3=%A9", 7 },
	};
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(forms); i++) {
		struct http_pair f;
		str form = forms[i];
		bool invalid = false;

		assert_false(http_form_next(&mem, &form, &f, &invalid));
		if (!invalid)
			fail_msg("accepted: %.*s", STR_FMT(forms[i]));
	}
}

static void
a_long_form_is_walked_to_its_end(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct buf b = buf_in(&mem, 64 * 1024);
	struct http_pair f;
	bool invalid = false;
	int n = 0;

	(void)state;
	for (int i = 0; i < 3000; i++)
		buf_printf(&b, "&&a=%d", i);	/* empty pieces are no fields */
	str form = buf_str(&b);

	while (http_form_next(&mem, &form, &f, &invalid))
		n++;
	assert_int_equal(n, 3000);
	assert_false(invalid);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_is_found_whatever_its_case),
		cmocka_unit_test(a_cookie_is_found_by_its_whole_name),
		cmocka_unit_test(fields_are_decoded_in_order),
		cmocka_unit_test(the_first_field_of_a_name_is_given),
		cmocka_unit_test(an_undecodable_field_ends_the_walk),
		cmocka_unit_test(a_long_form_is_walked_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
