/* fuzz_civil.c - dates, hours and instants as people and machines type them. */
#include "base/civil.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str input = { (const char *)bytes, n };
	int minute;
	usec at, again;
	day d, same;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	if (civil_parse_date(input, &d)) {
		struct civil_date c = civil_date(d);

		require(civil_day(c, &same) && same == d, "a date is another day");
		require(civil_parse_date(civil_iso_date(&mem, d), &same) && same == d, "ISO is another day");
		require(civil_weekday(d) >= 1 && civil_weekday(d) <= 7 && civil_weekday(civil_monday(d)) == 1 &&
		    civil_monday(d) <= d && d < civil_monday(d) + 7, "a week without its day");
		require(civil_iso_week(d) >= 1 && civil_iso_week(d) <= 53, "no such week");
	}
	if (civil_parse_hour(input, &minute))
		require(minute >= 0 && minute < 24 * 60, "no such hour");
	if (civil_parse_rfc3339(input, &at))
		require(civil_parse_rfc3339(civil_rfc3339(&mem, NULL, at), &again) &&
		    again / USEC_PER_SECOND == at / USEC_PER_SECOND, "an instant moved");
	return 0;
}
