/* duration.c - durations that may or may not have a fixed length, and what is surely no longer than what. */
#include "oath/compile.h"

#define DAY_SECONDS	INT64_C(86400)

/* Of 0 to 11 months in a row: the shortest and the longest that they can be. */
static const int16_t days_least[] = { 0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334 };
static const int16_t days_most[] = { 0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337 };

static int64_t
months(struct duration d)
{
	return d.unit == UNIT_YEAR ? 12 * d.number : d.unit == UNIT_MONTH ? d.number : 0;
}

static int64_t
fixed(struct duration d)
{
	static const int64_t seconds[] = {
		[UNIT_SECOND] = 1, [UNIT_MINUTE] = 60, [UNIT_HOUR] = 3600, [UNIT_DAY] = DAY_SECONDS,
		[UNIT_YEAR] = 0,
	};

	return d.number * seconds[d.unit];
}

int64_t
duration_seconds_least(struct duration d)
{
	int64_t m = months(d);

	return m > 0 ? (m / 12 * 365 + days_least[m % 12]) * DAY_SECONDS : fixed(d);
}

static int64_t
seconds_most(struct duration d)
{
	int64_t m = months(d);

	return m > 0 ? (m / 12 * 366 + days_most[m % 12]) * DAY_SECONDS : fixed(d);
}

bool
duration_within(struct duration a, struct duration b)
{
	if (months(a) > 0 && months(b) > 0)
		return months(a) <= months(b);
	return seconds_most(a) <= duration_seconds_least(b);
}

static enum verdict
verdict(bool truth)
{
	return truth ? VERDICT_YES : VERDICT_NO;
}

static enum verdict
lesser(enum verdict a, enum verdict b)
{
	return a < b ? a : b;
}

static enum verdict
greater(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

/* The rule that "as" follows, while it may be followed. */
static const struct term *
followed(const struct policy *p, const struct term *t)
{
	const struct policy_keep *k = t->category < p->categories_n ? policy_keep(p, t->category, false) : NULL;

	return k == NULL || k->term->kind == TERM_AS ? NULL : k->term;
}

enum verdict
term_at_least(const struct policy *p, const struct term *t, const struct term *floor)
{
	switch (t->kind) {
	case TERM_AFTER:
	case TERM_DURING:
		if (t->event == floor->event)
			return verdict(duration_within(floor->duration, t->duration));
		/* What ends at an event may end at any time; what lasts after it cannot be compared. */
		return t->duration.unit == UNIT_NONE ? VERDICT_NO : VERDICT_UNKNOWN;
	case TERM_EARLIER:
		return lesser(term_at_least(p, t->a, floor), term_at_least(p, t->b, floor));
	case TERM_LATER:
		return greater(term_at_least(p, t->a, floor), term_at_least(p, t->b, floor));
	case TERM_AS:
		return followed(p, t) == NULL ? term_at_least(p, t->b, floor) :
		    lesser(term_at_least(p, t->b, floor), term_at_least(p, followed(p, t), floor));
	case TERM_PARAMETER:
		break;
	}
	return VERDICT_UNKNOWN;
}

enum verdict
term_at_most(const struct policy *p, const struct term *t, const struct term *ceiling)
{
	switch (t->kind) {
	case TERM_AFTER:
	case TERM_DURING:
		return t->event == ceiling->event ? verdict(duration_within(t->duration, ceiling->duration)) :
		    VERDICT_UNKNOWN;
	case TERM_EARLIER:
		return greater(term_at_most(p, t->a, ceiling), term_at_most(p, t->b, ceiling));
	case TERM_LATER:
		return lesser(term_at_most(p, t->a, ceiling), term_at_most(p, t->b, ceiling));
	case TERM_AS:
		return followed(p, t) == NULL ? term_at_most(p, t->b, ceiling) :
		    lesser(term_at_most(p, t->b, ceiling), term_at_most(p, followed(p, t), ceiling));
	case TERM_PARAMETER:
		break;
	}
	return VERDICT_UNKNOWN;
}
