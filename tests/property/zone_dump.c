/*
 * zone_dump.c - answers questions about zones, one a line, for zones.py:
 *   Z <name>		this zone from now on; no answer
 *   U <second>		its offset at the instant
 *   L <day> <minute>	the instant of the local time, and 0 plain, 1 gap, 2 fold
 * Anything it cannot answer ends it with status 1.
 */
#include <stdio.h>

#include "base/civil.h"

static int64_t
number(str text)
{
	int64_t v;

	if (!str_int(text, INT32_MIN, (int64_t)1 << 40, &v))
		panic("zone_dump: not a number");
	return v;
}

static void
local(const struct zone *z, str rest)
{
	enum zone_kind kind;
	str d, minute;

	if (!str_split(&rest, ' ', &d) || !str_split(&rest, ' ', &minute))
		panic("zone_dump: not a local time");
	usec at = zone_instant(z, (day)number(d), (int)number(minute), &kind);

	printf("%lld %d\n", (long long)(at / USEC_PER_SECOND), (int)kind);
}

int
main(void)
{
	const struct zone *z = NULL;
	char line[128];

	while (fgets(line, sizeof(line), stdin) != NULL) {
		str rest = str_trim(str_c(line)), verb;

		if (!str_split(&rest, ' ', &verb))
			return 1;
		if (str_eq(verb, S("Z")))
			z = zone_get(rest);
		if (z == NULL) {
			fprintf(stderr, "no zone %s", line);
			return 1;
		}
		if (str_eq(verb, S("U")))
			printf("%d\n", zone_offset(z, number(rest) * USEC_PER_SECOND));
		else if (str_eq(verb, S("L")))
			local(z, rest);
	}
	return 0;
}
