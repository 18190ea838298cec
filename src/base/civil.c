/* civil.c - see civil.h.  Zones are in zone.c. */
#include "base/civil.h"

enum { YEAR_FIRST = 1800, YEAR_LAST = 2200, MINUTES_PER_DAY = 24 * 60 };

static bool
leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && leap(year) ? 29 : days[month - 1];
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/*
 * The year begins in March here, so that the odd day of leap years comes last;
 * 400 years (an era) are 146,097 days exactly, and 719,468 days lie between
 * 1 March of year 0 and 1 January 1970.
 */
bool
civil_day(struct civil_date d, day *ret)
{
	if (d.year < YEAR_FIRST || d.year > YEAR_LAST || d.month < 1 || d.month > 12 ||
	    d.day < 1 || d.day > month_days(d.year, d.month))
		return false;
	int year = d.month <= 2 ? d.year - 1 : d.year;
	int month = (d.month + 9) % 12;		/* March 0 to February 11 */
	int era = year / 400, in_era = year % 400;
	int in_year = (153 * month + 2) / 5 + d.day - 1;

	*ret = era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
	return true;
}

struct civil_date
civil_date(day at)
{
	int64_t days = (int64_t)at + 719468;
	int64_t era = floor_div(days, 146097), in_era = days - era * 146097;
	int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * in_year + 2) / 153;
	struct civil_date d = {
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(in_year - (153 * month + 2) / 5 + 1),
	};

	d.year = (int)(year + era * 400) + (d.month <= 2);
	return d;
}

int
civil_weekday(day at)
{
	/* Day 0 was a Thursday. */
	int64_t from_monday = (int64_t)at + 3;

	return (int)(from_monday - floor_div(from_monday, 7) * 7) + 1;
}

day
civil_monday(day at)
{
	return at - (civil_weekday(at) - 1);
}

int
civil_iso_week(day at)
{
	/* A week belongs to the year that has its Thursday. */
	day thursday = civil_monday(at) + 3;
	struct civil_date d = civil_date(thursday);
	int in_year = d.day - 1;

	for (int month = 1; month < d.month; month++)
		in_year += month_days(d.year, month);
	return in_year / 7 + 1;
}

int
civil_age(day born, day on)
{
	struct civil_date b = civil_date(born), o = civil_date(on);
	bool to_come = o.month < b.month || (o.month == b.month && o.day < b.day);

	return o.year - b.year - to_come;
}

/* Exactly count digits off the front. */
static bool
digits(str *rest, size_t count, int *ret)
{
	int v = 0;

	if (rest->n < count)
		return false;
	for (size_t i = 0; i < count; i++) {
		char c = rest->p[i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*rest = str_slice(*rest, count, rest->n);
	*ret = v;
	return true;
}

static bool
byte(str *rest, char wanted)
{
	if (rest->n == 0 || rest->p[0] != wanted)
		return false;
	*rest = str_slice(*rest, 1, rest->n);
	return true;
}

static bool
take_date(str *rest, day *ret)
{
	struct civil_date d;

	return digits(rest, 4, &d.year) && byte(rest, '-') && digits(rest, 2, &d.month) &&
	    byte(rest, '-') && digits(rest, 2, &d.day) && civil_day(d, ret);
}

bool
civil_parse_date(str iso, day *ret)
{
	day at;

	if (!take_date(&iso, &at) || iso.n > 0)
		return false;
	*ret = at;
	return true;
}

/* Plain spaces, and the two that do not break, which French typography wants. */
static void
skip_spaces(str *rest)
{
	for (;;) {
		if (str_starts(*rest, S(" ")))
			*rest = str_slice(*rest, 1, rest->n);
		else if (str_starts(*rest, S("\u00a0")))
			*rest = str_slice(*rest, 2, rest->n);
		else if (str_starts(*rest, S("\u202f")))
			*rest = str_slice(*rest, 3, rest->n);
		else
			return;
	}
}

bool
civil_parse_hour(str text, int *ret_minute)
{
	str rest = str_trim(text);
	int hour, minute;

	if (!digits(&rest, 2, &hour) && !digits(&rest, 1, &hour))
		return false;
	if (!byte(&rest, ':')) {
		skip_spaces(&rest);
		if (!byte(&rest, 'h') && !byte(&rest, 'H'))
			return false;
		skip_spaces(&rest);
	}
	if (!digits(&rest, 2, &minute) || rest.n > 0 || hour > 23 || minute > 59)
		return false;
	*ret_minute = hour * 60 + minute;
	return true;
}

str
civil_iso_date(struct arena *mem, day at)
{
	struct civil_date d = civil_date(at);

	return str_printf(mem, "%04d-%02d-%02d", d.year, d.month, d.day);
}

str
civil_rfc3339(struct arena *mem, const struct zone *z, usec at)
{
	/*
	 * Offsets have no seconds in RFC 3339.  Those of the time before zones
	 * lose theirs, and the local time with them: the instant stays true.
	 */
	int offset = z == NULL ? 0 : zone_offset(z, at) / 60;
	int64_t minutes = floor_div(at, USEC_PER_MINUTE);
	int second = (int)floor_div(at - minutes * USEC_PER_MINUTE, USEC_PER_SECOND);
	int64_t local = minutes + offset;
	int64_t days = floor_div(local, MINUTES_PER_DAY);
	int minute = (int)(local - days * MINUTES_PER_DAY);
	struct civil_date d = civil_date((day)days);
	str clock = str_printf(mem, "%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month, d.day,
	    minute / 60, minute % 60, second);
	int east = offset < 0 ? -offset : offset;

	return z == NULL ? str_cat(mem, clock, S("Z")) : str_printf(mem, "%.*s%c%02d:%02d",
	    STR_FMT(clock), offset < 0 ? '-' : '+', east / 60, east % 60);
}

/* Digits past the microsecond are read and dropped. */
static bool
take_fraction(str *rest, usec *ret)
{
	usec unit = USEC_PER_SECOND, sum = 0;
	int digit;

	if (!byte(rest, '.'))
		return true;
	if (!digits(rest, 1, &digit))
		return false;
	do {
		unit /= 10;
		sum += digit * unit;
	} while (digits(rest, 1, &digit));
	*ret = sum;
	return true;
}

static bool
take_offset(str *rest, int *ret_minutes)
{
	int sign, hour, minute;

	if (byte(rest, 'Z') || byte(rest, 'z')) {
		*ret_minutes = 0;
		return true;
	}
	if (byte(rest, '+'))
		sign = 1;
	else if (byte(rest, '-'))
		sign = -1;
	else
		return false;
	if (!digits(rest, 2, &hour) || !byte(rest, ':') || !digits(rest, 2, &minute) ||
	    hour > 23 || minute > 59)
		return false;
	*ret_minutes = sign * (hour * 60 + minute);
	return true;
}

bool
civil_parse_rfc3339(str text, usec *ret)
{
	usec fraction = 0;
	int hour, minute, second, offset;
	day at;

	if (!take_date(&text, &at) || (!byte(&text, 'T') && !byte(&text, 't')) ||
	    !digits(&text, 2, &hour) || !byte(&text, ':') || !digits(&text, 2, &minute) ||
	    !byte(&text, ':') || !digits(&text, 2, &second) ||
	    !take_fraction(&text, &fraction) || !take_offset(&text, &offset) || text.n > 0)
		return false;
	/* Second 60 is the leap second of section 5.7: the next minute's first here. */
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*ret = at * USEC_PER_DAY + (hour * 60 + minute - offset) * USEC_PER_MINUTE +
	    second * USEC_PER_SECOND + fraction;
	return true;
}
