/* when.c - see when.h. */
#include "format/fold.h"
#include "format/when.h"

enum { PIECES_MAX = 4, PAST_DAYS_MAX = 60, WORD_LETTERS_MIN = 3 };

static const char *const months[][2] = {
	{ "janvier", "january" }, { "fevrier", "february" }, { "mars", "march" }, { "avril", "april" },
	{ "mai", "may" }, { "juin", "june" }, { "juillet", "july" }, { "aout", "august" },
	{ "septembre", "september" }, { "octobre", "october" }, { "novembre", "november" },
	{ "decembre", "december" },
};
static const char *const weekdays[][2] = {
	{ "lundi", "monday" }, { "mardi", "tuesday" }, { "mercredi", "wednesday" }, { "jeudi", "thursday" },
	{ "vendredi", "friday" }, { "samedi", "saturday" }, { "dimanche", "sunday" },
};
static const struct { const char *word; int days; } near[] = {
	{ "aujourd hui", 0 }, { "aujourdhui", 0 }, { "today", 0 }, { "demain", 1 }, { "tomorrow", 1 },
	{ "apres demain", 2 }, { "hier", -1 }, { "yesterday", -1 },
};

/* Of two months that begin like the word (jui), the first is as good as the other is bad: neither. */
static int
named(const char *const list[][2], int n, str word)
{
	int found = 0, times = 0;

	for (int i = 0; i < n && word.n >= WORD_LETTERS_MIN; i++)
		if (str_starts(str_c(list[i][0]), word) || str_starts(str_c(list[i][1]), word)) {
			found = i + 1;
			times++;
		}
	return times == 1 ? found : 0;
}

static bool
is_separator(char c)
{
	return c == ' ' || c == '/' || c == '-' || c == '.';
}

static int
pieces_of(str typed, str *ret)
{
	int n = 0;

	for (size_t i = 0, from = 0; i <= typed.n; i++) {
		if (i < typed.n && !is_separator(typed.p[i]))
			continue;
		if (i > from) {
			if (n == PIECES_MAX)
				return 0;
			ret[n++] = str_slice(typed, from, i);
		}
		from = i + 1;
	}
	return n;
}

static bool
without_year(struct civil_date d, day today, day *ret)
{
	day on;

	d.year = civil_date(today).year;
	if (civil_day(d, &on) && on >= today - PAST_DAYS_MAX) {
		*ret = on;
		return true;
	}
	d.year++;
	return civil_day(d, ret);
}

static bool
numbers(const str *pieces, int n, day today, day *ret)
{
	int64_t d, month, year;

	if (n < 2 || n > 3 || !str_int(pieces[0], 1, 31, &d))
		return false;
	month = named(months, COUNT(months), pieces[1]);
	if (month == 0 && !str_int(pieces[1], 1, 12, &month))
		return false;
	if (n == 2)
		return without_year((struct civil_date){ 0, (int)month, (int)d }, today, ret);
	if (!str_int(pieces[2], 0, 2200, &year) || (year >= 100 && year < 1800))
		return false;
	return civil_day((struct civil_date){ (int)(year < 100 ? 2000 + year : year), (int)month, (int)d }, ret);
}

bool
when_parse(struct arena *mem, str typed, day today, day *ret)
{
	str pieces[PIECES_MAX], words = fold(mem, typed);
	int n, weekday;

	if (civil_parse_date(typed, ret))
		return true;
	for (size_t i = 0; i < COUNT(near); i++)
		if (str_eq(words, str_c(near[i].word))) {
			*ret = today + near[i].days;
			return true;
		}
	n = pieces_of(words, pieces);
	weekday = n == 1 ? named(weekdays, COUNT(weekdays), words) : 0;
	if (weekday != 0) {
		*ret = today + 1 + (weekday - civil_weekday(today + 1) + 7) % 7;
		return true;
	}
	return numbers(pieces, n, today, ret);
}
