/* test_qr.c - format/qr.h */
#include <stdio.h>

#include "assert_str.h"
#include "format/qr.h"

static int64_t
number_after(str svg, const char *marker)
{
	ptrdiff_t at = str_find_str(svg, str_c(marker));
	str rest = str_slice(svg, (size_t)at + strlen(marker), svg.n), piece;
	int64_t v = -1;

	assert_true(at >= 0 && str_split(&rest, ' ', &piece) && str_int(piece, 0, 1000, &v));
	return v;
}

static void
a_code_is_one_svg_element_that_a_strict_page_may_hold(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str svg;

	(void)state;
	assert_int_equal(qr_svg(&mem, S("https://rdv.example/e/7K3M?x=<y>&\"z\""), &svg), OK);
	assert_true(str_starts(svg, S("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")));
	assert_true(str_ends(svg, S("\"/></svg>")));
	assert_true(str_find_str(svg, S("role=\"img\"")) > 0);
	assert_true(str_find_str(svg, S("style")) < 0);
	assert_true(str_find_str(svg, S("script")) < 0);
	/* The text is in the modules only. */
	assert_true(str_find_str(svg, S("rdv.example")) < 0);
}

/* Paint the path again, and look for what every code has: three finders in a quiet zone. */
static void
the_modules_are_where_the_standard_wants_them(void **state)
{
	static const char finder[7][8] = {
		"#######", "#.....#", "#.###.#", "#.###.#", "#.###.#", "#.....#", "#######",
	};
	CLEANUP(arena_free) struct arena mem = {0};
	bool dark[64][64] = {0};
	str svg;

	(void)state;
	assert_int_equal(qr_svg(&mem, S("SERMENT"), &svg), OK);
	int side = (int)number_after(svg, "viewBox=\"0 0 ");

	/* The smallest code has 21 modules (ISO/IEC 18004), and a quiet zone of 4. */
	assert_in_range(side, 21, 64);
	ptrdiff_t at = str_find_str(svg, S(" d=\"M"));
	str runs = str_slice(svg, (size_t)at + 5, svg.n - strlen("\"/></svg>")), run;

	while (str_split(&runs, 'M', &run)) {
		int x, y, length, back;

		assert_int_equal(sscanf(str_z(&mem, run), "%d %dh%dv1h-%dz", &x, &y, &length, &back), 4);
		assert_int_equal(length, back);
		assert_true(x >= QR_QUIET_MODULES && x + length <= side - QR_QUIET_MODULES);
		assert_true(y >= QR_QUIET_MODULES && y < side - QR_QUIET_MODULES);
		for (int i = 0; i < length; i++)
			dark[y][x + i] = true;
	}
	int far = side - QR_QUIET_MODULES - 7, corners[3][2] = { { 4, 4 }, { far, 4 }, { 4, far } };

	for (int k = 0; k < 3; k++)
		for (int y = 0; y < 7; y++)
			for (int x = 0; x < 7; x++)
				assert_int_equal(dark[corners[k][1] + y][corners[k][0] + x],
				    finder[y][x] == '#');
}

static void
length_is_limited_and_empty_text_refused(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	char *text = arena_alloc(&mem, QR_TEXT_BYTES_MAX + 1, 1);
	str svg = S("untouched");

	(void)state;
	memset(text, 0xe9, QR_TEXT_BYTES_MAX + 1);
	assert_int_equal(qr_svg(&mem, (str){ text, QR_TEXT_BYTES_MAX + 1 }, &svg), ERR_TOO_LARGE);
	assert_int_equal(qr_svg(&mem, (str){0}, &svg), ERR_INVALID);
	assert_str(svg, S("untouched"));
	assert_int_equal(qr_svg(&mem, (str){ text, QR_TEXT_BYTES_MAX }, &svg), OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_is_one_svg_element_that_a_strict_page_may_hold),
		cmocka_unit_test(the_modules_are_where_the_standard_wants_them),
		cmocka_unit_test(length_is_limited_and_empty_text_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
