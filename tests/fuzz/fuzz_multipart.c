/* fuzz_multipart.c - uploads: the first line is the content type, the rest the body. */
#include "fuzz.h"
#include "net/multipart.h"

static bool
within(str part, str whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	str body = { (const char *)bytes, n }, type;
	size_t found = 0;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	type = fuzz_line(&body);
	err e = multipart_parse(type, body, parts, &found);
	require(e == OK || e == ERR_INVALID || e == ERR_TOO_LARGE, "an unexpected error");
	if (e != OK)
		return 0;
	require(found <= MULTIPART_PARTS_MAX, "too many parts");
	for (size_t i = 0; i < found; i++) {
		require(str_utf8_ok(parts[i].name), "a name is not UTF-8");
		require(within(parts[i].name, body) && within(parts[i].filename, body) &&
		    within(parts[i].bytes, body), "bytes from elsewhere");
		require(multipart_find(parts, found, parts[i].name) != NULL, "a part that is not found");
	}
	return 0;
}
