/* fuzz_record.c - the fields of a sealed record: what is read, written again, is the same bytes. */
#include "fuzz.h"
#include "practice/record.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str input = { (const char *)bytes, n }, rest = input, value;
	struct buf again = buf_in(&mem, FUZZ_BYTES_MAX);
	int tag;
	err e;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	while ((e = record_next(&rest, &tag, &value)) == OK) {
		require(tag >= 1 && tag <= RECORD_TAG_MAX, "no such tag");
		require(value.n == 0 || (value.p >= input.p && value.p + value.n <= input.p + n),
		    "a value from elsewhere");
		record_add(&again, tag, value);
	}
	require(e == ERR_NOT_FOUND || e == ERR_INVALID, "an unexpected error");
	require(buf_ok(&again) && str_starts(input, buf_str(&again)), "other bytes than were read");
	require(e == ERR_INVALID || again.n == n, "bytes were passed over");
	return 0;
}
