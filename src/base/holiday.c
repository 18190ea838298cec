/* holiday.c - see holiday.h. */
#include "base/holiday.h"

/* Where French law holds, and the day on which the place celebrates the abolition of slavery. */
static const struct { const char *zone; int month, day; } places[] = {
	{ "Europe/Paris", 0, 0 },
	{ "America/Guadeloupe", 5, 27 }, { "America/Martinique", 5, 22 }, { "America/Cayenne", 6, 10 },
	{ "Indian/Reunion", 12, 20 }, { "Indian/Mayotte", 4, 27 },
	{ "America/Miquelon", 0, 0 }, { "Pacific/Noumea", 0, 0 }, { "Pacific/Wallis", 0, 0 },
	{ "Pacific/Tahiti", 0, 0 }, { "Pacific/Marquesas", 0, 0 }, { "Pacific/Gambier", 0, 0 },
};

static const struct { int month, day; } fixed[] = {
	{ 1, 1 }, { 5, 1 }, { 5, 8 }, { 7, 14 }, { 8, 15 }, { 11, 1 }, { 11, 11 }, { 12, 25 },
};

/* Easter Monday, Ascension, Whit Monday: days after Easter Sunday. */
static const int moving[] = { 1, 39, 50 };

/* The "anonymous" algorithm of Nature, 20 April 1876, as in Meeus, Astronomical Algorithms, chapter 8. */
day
holiday_easter(int year)
{
	int golden = year % 19, century = year / 100, of_century = year % 100;
	int moon = (century - (century + 8) / 25 + 1) / 3;
	int epact = (19 * golden + century - century / 4 - moon + 15) % 30;
	int sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
	int correction = (golden + 11 * epact + 22 * sunday) / 451;
	int n = epact + sunday - 7 * correction + 114;
	day found;

	if (!civil_day((struct civil_date){ year, n / 31, n % 31 + 1 }, &found))
		panic("holiday: a year outside the calendar");
	return found;
}

bool
holiday_on(str zone, day on)
{
	struct civil_date d = civil_date(on);
	size_t place = 0;
	day known;

	while (place < COUNT(places) && !str_eq(zone, str_c(places[place].zone)))
		place++;
	if (place == COUNT(places) || !civil_day(d, &known))
		return false;
	if (places[place].month == d.month && places[place].day == d.day)
		return true;
	for (size_t i = 0; i < COUNT(fixed); i++)
		if (fixed[i].month == d.month && fixed[i].day == d.day)
			return true;
	for (size_t i = 0; i < COUNT(moving); i++)
		if (holiday_easter(d.year) + moving[i] == on)
			return true;
	return false;
}
