/*
 * fuzz_form.c - form fields and cookies from any bytes whatever.
 * With clang, -fsanitize=fuzzer and -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION this
 * is a fuzzer; without them, a program that replays the files given as arguments,
 * so that a finding stays a test.
 */
#include <stdio.h>

#include "base/buf.h"
#include "net/http.h"

enum { INPUT_BYTES_MAX = 64 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
require(bool truth)
{
	if (!truth)
		panic("fuzz_form: a promise of http.h was broken");
}

/* What was decoded is well formed, and encoding it again gives the same field back. */
static void
check_field(struct arena *mem, struct http_pair f)
{
	struct buf b = buf_in(mem, 8 * INPUT_BYTES_MAX);
	str again;

	require(str_utf8_ok(f.name) && str_utf8_ok(f.value));
	buf_add(&b, S("x="));
	buf_url(&b, f.value);
	require(buf_ok(&b) && http_form_get(mem, buf_str(&b), S("x"), &again) && str_eq(again, f.value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str input = { (const char *)bytes, n }, rest = input;
	struct http_request r = { .headers = { { S("Cookie"), input } }, .headers_n = 1 };
	struct http_pair f;
	bool invalid = false;
	int fields = 0;

	if (n > INPUT_BYTES_MAX)
		return 0;
	for (; http_form_next(&mem, &rest, &f, &invalid); fields++)
		check_field(&mem, f);
	require(fields <= HTTP_FORM_FIELDS_MAX);
	str cookie = http_cookie(&r, S("s"));

	require(cookie.n == 0 || (cookie.p >= input.p && cookie.p + cookie.n <= input.p + n));
	return 0;
}

#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
static void
replay(const char *path)
{
	static uint8_t bytes[INPUT_BYTES_MAX];
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		panic("fuzz_form: cannot open an input");
	size_t n = fread(bytes, 1, sizeof(bytes), file);

	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(bytes, n);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return 0;
}
#endif
