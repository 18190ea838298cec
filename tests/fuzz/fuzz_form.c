/* fuzz_form.c - form fields and cookies from any bytes whatever. */
#include "base/buf.h"
#include "fuzz.h"
#include "net/http.h"

/* What was decoded is well formed, and encoding it again gives the same field back. */
static void
check_field(struct arena *mem, struct http_pair f)
{
	struct buf b = buf_in(mem, 8 * FUZZ_BYTES_MAX);
	str again;

	require(str_utf8_ok(f.name) && str_utf8_ok(f.value), "a field is not UTF-8");
	buf_add(&b, S("x="));
	buf_url(&b, f.value);
	require(buf_ok(&b) && http_form_get(mem, buf_str(&b), S("x"), &again) && str_eq(again, f.value),
	    "encoded again, it is another field");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str input = { (const char *)bytes, n }, rest = input;
	struct http_request r = { .headers = { { S("Cookie"), input } }, .headers_n = 1 };
	struct http_pair f;
	bool invalid = false;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	while (http_form_next(&mem, &rest, &f, &invalid))
		check_field(&mem, f);
	str cookie = http_cookie(&r, S("s"));

	require(cookie.n == 0 || (cookie.p >= input.p && cookie.p + cookie.n <= input.p + n),
	    "a cookie from elsewhere");
	return 0;
}
