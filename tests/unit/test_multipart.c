/* test_multipart.c - forms with files, as browsers and as attackers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/multipart.h"

#define TYPE "multipart/form-data; boundary=B"

struct parsed {
	struct multipart_part	parts[MULTIPART_PARTS_MAX];
	size_t			n;
	err			why;
};

static struct parsed
parse(str type, str body)
{
	struct parsed p = {0};

	p.why = multipart_parse(type, body, p.parts, &p.n);
	return p;
}

static void
assert_str(str s, const char *expected)
{
	assert_int_equal(s.n, strlen(expected));
	assert_memory_equal(s.p == NULL ? "" : s.p, expected, s.n);
}

static void
fields_and_files_come_in_their_order(void **state)
{
	struct parsed p = parse(S("Multipart/Form-Data; charset=utf-8; boundary=\"--x y\""),
	    S("----x y\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nword\r\n"
	      "----x y\r\ncontent-type: image/png\r\nCONTENT-DISPOSITION:form-data;name=photo;"
	      " filename=\"a;b=c.png\"\r\n\r\n\x89PNG\r\n--not the boundary\r\n\r\n----x y--\r\n"));

	(void)state;
	assert_int_equal(p.why, OK);
	assert_int_equal(p.n, 2);
	assert_str(p.parts[0].name, "csrf");
	assert_str(p.parts[0].filename, "");
	assert_str(p.parts[0].bytes, "word");
	assert_str(p.parts[1].name, "photo");
	assert_str(p.parts[1].filename, "a;b=c.png");
	assert_str(p.parts[1].bytes, "\x89PNG\r\n--not the boundary\r\n");
	assert_ptr_equal(multipart_find(p.parts, p.n, S("photo")), &p.parts[1]);
	assert_null(multipart_find(p.parts, p.n, S("Photo")));
}

static void
an_empty_field_and_an_empty_form_are_fine(void **state)
{
	struct parsed p = parse(S(TYPE),
	    S("--B\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n\r\n--B--"));

	(void)state;
	assert_int_equal(p.why, OK);
	assert_int_equal(p.n, 1);
	assert_str(p.parts[0].bytes, "");
	p = parse(S(TYPE), S("--B--\r\n"));
	assert_int_equal(p.why, OK);
	assert_int_equal(p.n, 0);
}

static void
bytes_with_nul_and_line_ends_stay_as_they_are(void **state)
{
	static const char bytes[] = "\0\r\n\r\n-\n--B";
	struct parsed p = parse(S(TYPE),
	    S("--B\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n\0\r\n\r\n-\n--B\r\n--B--"));

	(void)state;
	assert_int_equal(p.why, OK);
	assert_int_equal(p.parts[0].bytes.n, sizeof(bytes) - 1);
	assert_memory_equal(p.parts[0].bytes.p, bytes, sizeof(bytes) - 1);
}

static void
what_is_not_whole_is_refused(void **state)
{
	static const struct { const char *type, *body; } cases[] = {
		{ "", "--B--" },
		{ "text/plain; boundary=B", "--B--" },
		{ "multipart/form-data", "--B--" },
		{ "multipart/form-data; boundary=", "--B--" },
		{ "multipart/form-data; boundary=\"B", "--B--" },
		{ "multipart/form-data; boundary=\"B \"", "--B --" },
		{ "multipart/form-data; boundary=B*", "--B*--" },
		{ TYPE, "" },
		{ TYPE, "--B" },
		{ TYPE, "--C--" },
		{ TYPE, "--B\r\n" },
		{ TYPE, "--B\r\n\r\n\r\nno head\r\n--B--" },
		{ TYPE, "--B\r\nContent-Type: a/b\r\n\r\nno name\r\n--B--" },
		{ TYPE, "--B\r\nContent-Disposition: attachment; name=\"f\"\r\n\r\nx\r\n--B--" },
		{ TYPE, "--B\r\nContent-Disposition: form-data; name=\"f\r\n\r\nx\r\n--B--" },
		{ TYPE, "--B\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--B--" },
		{ TYPE, "--B\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nno end" },
		{ TYPE, "--B\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nx\r\n--B" },
		{ TYPE, "--B\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nx\r\n--B\r\nhead alone" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct parsed p = parse(str_c(cases[i].type), str_c(cases[i].body));

		if (p.why != ERR_INVALID)
			fail_msg("case %zu: %s", i, err_name(p.why));
		assert_int_equal(p.n, 0);
	}
}

static void
every_limit_holds_at_its_edge(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct buf body = buf_in(&mem, 64 * 1024);
	char boundary[MULTIPART_BOUNDARY_BYTES_MAX + 2] = {0};

	(void)state;
	for (int i = 0; i < MULTIPART_PARTS_MAX; i++)
		buf_printf(&body, "--B\r\nContent-Disposition: form-data; name=f%d\r\n\r\nv\r\n", i);
	struct buf one_more = buf_in(&mem, 64 * 1024);
	buf_add(&one_more, buf_str(&body));
	buf_add(&one_more, S("--B\r\nContent-Disposition: form-data; name=g\r\n\r\nv\r\n--B--"));
	buf_add(&body, S("--B--"));
	assert_int_equal(parse(S(TYPE), buf_str(&body)).n, MULTIPART_PARTS_MAX);
	assert_int_equal(parse(S(TYPE), buf_str(&one_more)).why, ERR_TOO_LARGE);

	memset(boundary, 'b', MULTIPART_BOUNDARY_BYTES_MAX);
	assert_int_equal(parse(str_printf(&mem, "multipart/form-data; boundary=%s", boundary),
	    str_printf(&mem, "--%s--", boundary)).why, OK);
	boundary[MULTIPART_BOUNDARY_BYTES_MAX] = 'b';
	assert_int_equal(parse(str_printf(&mem, "multipart/form-data; boundary=%s", boundary),
	    str_printf(&mem, "--%s--", boundary)).why, ERR_INVALID);
}

static void
the_head_of_a_part_is_bounded(void **state)
{
	static const char first[] = "Content-Disposition: form-data; name=f; x=";
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	for (int over = 0; over <= 1; over++) {
		int pad = MULTIPART_HEAD_BYTES_MAX - (int)(sizeof(first) - 1) + over;
		char *x = arena_alloc(&mem, (size_t)pad + 1, 1);

		memset(x, 'x', (size_t)pad);
		struct parsed p = parse(S(TYPE), str_printf(&mem, "--B\r\n%s%s\r\n\r\nv\r\n--B--", first, x));

		assert_int_equal(p.why, over ? ERR_TOO_LARGE : OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_and_files_come_in_their_order),
		cmocka_unit_test(an_empty_field_and_an_empty_form_are_fine),
		cmocka_unit_test(bytes_with_nul_and_line_ends_stay_as_they_are),
		cmocka_unit_test(what_is_not_whole_is_refused),
		cmocka_unit_test(every_limit_holds_at_its_edge),
		cmocka_unit_test(the_head_of_a_part_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
