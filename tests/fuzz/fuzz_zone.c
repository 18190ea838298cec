/* fuzz_zone.c - TZif files of any content: refused, or sound for three centuries. */
#include "base/civil.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct zone *z = NULL;
	struct zone_change change;
	enum zone_kind kind;

	if (n > FUZZ_BYTES_MAX || zone_parse((str){ (const char *)bytes, n }, &z) != OK)
		return 0;
	for (int year = 1900; year < 2200; year += 7) {
		day d;

		require(civil_day((struct civil_date){ year, 1 + year % 12, 1 + year % 28 }, &d), "no such date");
		usec at = (usec)d * USEC_PER_DAY;
		int offset = zone_offset(z, at);
		struct civil c = zone_local(z, at);

		require(offset > -26 * 3600 && offset < 26 * 3600, "an offset of more than a day");
		require(c.minute >= 0 && c.minute < 24 * 60 && c.second >= 0 && c.second < 60, "no such hour");
		usec back = zone_instant(z, c.day, c.minute, &kind) + c.second * USEC_PER_SECOND;
		require(kind != ZONE_PLAIN || back == at, "a plain hour is another instant");
		if (zone_change_after(z, at, &change))
			require(change.at > at, "a change before its time");
		if (zone_change_before(z, at, &change))
			require(change.at <= at, "a change after its time");
	}
	zone_free(z);
	return 0;
}
