/* fuzz_path.c - percent-decoding of a path, as the server does it before any route is looked at. */
#include "base/buf.h"
#include "fuzz.h"
#include "net/http_parts.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str input = { (const char *)bytes, n }, once, again;
	struct buf b = buf_in(&mem, 4 * FUZZ_BYTES_MAX);

	if (n > FUZZ_BYTES_MAX || !http_form_decode(&mem, input, false, &once))
		return 0;
	require(str_utf8_ok(once) && once.n <= n, "not UTF-8, or longer than what was sent");
	buf_url(&b, once);
	require(buf_ok(&b) && http_form_decode(&mem, buf_str(&b), false, &again) && str_eq(once, again),
	    "encoded again it is another path");
	return 0;
}
