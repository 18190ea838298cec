#include "format/text.h"

#include <assert.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "format/text_table.h"

/* Ids that begin with "format: " name what a language may use; it chooses and orders. */
enum { TEXT_BYTES_MAX = 64 * 1024 };

static const char *const weekdays[] = {
	T("Monday"), T("Tuesday"), T("Wednesday"), T("Thursday"), T("Friday"), T("Saturday"),
	T("Sunday"),
};
static const char *const weekdays_short[] = {
	T("Mon"), T("Tue"), T("Wed"), T("Thu"), T("Fri"), T("Sat"), T("Sun"),
};
static const char *const months[] = {
	T("January"), T("February"), T("March"), T("April"), T("May"), T("June"), T("July"),
	T("August"), T("September"), T("October"), T("November"), T("December"),
};
/* "format: May" is an id of its own: the short month is the long one in English only. */
static const char *const months_short[] = {
	T("Jan"), T("Feb"), T("Mar"), T("Apr"), T("format: short May"), T("Jun"), T("Jul"),
	T("Aug"), T("Sep"), T("Oct"), T("Nov"), T("Dec"),
};

static const struct text_message *
message(const char *msgid)
{
	size_t low = 0, high = text_messages_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(msgid, text_messages[mid].id);
		if (order == 0)
			return &text_messages[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	/* tools/messages.py saw every id that a mark names: this one has no mark. */
	panic("text: an id without T()");
}

str
text(enum lang lang, const char *msgid)
{
	return str_c(message(msgid)->form[lang][0]);
}

static str
argument(const struct text_arg *args, size_t n, str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(str_c(args[i].name), name))
			return args[i].value;
	}
	panic("text: a placeholder without its argument");
}

/* Values are copied as they are: a person called "{hour}" stays called so. */
static str
fill(struct arena *mem, str form, const struct text_arg *args, size_t n)
{
	struct buf b = buf_in(mem, TEXT_BYTES_MAX);

	while (form.n > 0) {
		ptrdiff_t open = str_find(form, '{');
		if (open < 0)
			break;
		buf_add(&b, str_slice(form, 0, (size_t)open));
		form = str_slice(form, (size_t)open + 1, form.n);
		ptrdiff_t close = str_find(form, '}');
		assert(close > 0);
		buf_add(&b, argument(args, n, str_slice(form, 0, (size_t)close)));
		form = str_slice(form, (size_t)close + 1, form.n);
	}
	buf_add(&b, form);
	/* A value beyond the limit was not text for a sentence: the caller's bug, not a user's. */
	assert(buf_ok(&b));
	return buf_str(&b);
}

str
text_fill(struct arena *mem, enum lang lang, const char *msgid, const struct text_arg *args, size_t n)
{
	return fill(mem, text(lang, msgid), args, n);
}

str
text_n(struct arena *mem, enum lang lang, const char *one, const char *many, int64_t n)
{
	return text_n_fill(mem, lang, (struct text_plural){ one, many, n }, NULL, 0);
}

str
text_n_fill(struct arena *mem, enum lang lang, struct text_plural plural,
	const struct text_arg *args, size_t n)
{
	enum { ARGS_MAX = 8 };
	struct text_arg with[ARGS_MAX + 1];
	const struct text_message *m = message(plural.one);
	/* French counts 0 and 1 in the singular, English only 1. */
	bool single = plural.n == 1 || plural.n == -1 || (lang == LANG_FR && plural.n == 0);

	assert(n <= ARGS_MAX && m->form[lang][1] != NULL);
	for (size_t i = 0; i < n; i++)
		with[i] = args[i];
	with[n] = ARG("n", text_number(mem, lang, plural.n));
	return fill(mem, str_c(m->form[lang][single ? 0 : 1]), with, n + 1);
}

str
text_weekday(enum lang lang, int iso_weekday)
{
	assert(iso_weekday >= 1 && iso_weekday <= 7);
	return text(lang, weekdays[iso_weekday - 1]);
}

str
text_weekday_short(enum lang lang, int iso_weekday)
{
	assert(iso_weekday >= 1 && iso_weekday <= 7);
	return text(lang, weekdays_short[iso_weekday - 1]);
}

static str
day_of_month(struct arena *mem, enum lang lang, int number)
{
	if (number == 1)
		return text(lang, T("format: the first of a month"));
	return str_of_int(mem, number);
}

str
text_date(struct arena *mem, enum lang lang, day d)
{
	struct civil_date date = civil_date(d);

	return FILL(mem, lang, T("format: {weekday} {day} {month}"),
	    ARG("weekday", text_weekday(lang, civil_weekday(d))),
	    ARG("day", day_of_month(mem, lang, date.day)),
	    ARG("month", text(lang, months[date.month - 1])));
}

str
text_date_year(struct arena *mem, enum lang lang, day d)
{
	return FILL(mem, lang, T("format: {date} {year}"),
	    ARG("date", text_date(mem, lang, d)),
	    ARG("year", str_of_int(mem, civil_date(d).year)));
}

str
text_date_short(struct arena *mem, enum lang lang, day d)
{
	struct civil_date date = civil_date(d);

	return FILL(mem, lang, T("format: {weekday} {day} {month}"),
	    ARG("weekday", text_weekday_short(lang, civil_weekday(d))),
	    ARG("day", day_of_month(mem, lang, date.day)),
	    ARG("month", text(lang, months_short[date.month - 1])));
}

str
text_date_numeric(struct arena *mem, enum lang lang, day d)
{
	struct civil_date date = civil_date(d);

	return FILL(mem, lang, T("format: {dd}/{mm}/{yyyy}"),
	    ARG("dd", str_printf(mem, "%02d", date.day)),
	    ARG("mm", str_printf(mem, "%02d", date.month)),
	    ARG("yyyy", str_printf(mem, "%04d", date.year)));
}

str
text_month(struct arena *mem, enum lang lang, day d)
{
	struct civil_date date = civil_date(d);

	return FILL(mem, lang, T("format: {month} {year}"),
	    ARG("month", text(lang, months[date.month - 1])),
	    ARG("year", str_of_int(mem, date.year)));
}

str
text_date_near(struct arena *mem, enum lang lang, day d, day today)
{
	if (d == today)
		return text(lang, T("today"));
	if (d == today + 1)
		return text(lang, T("tomorrow"));
	if (d == today - 1)
		return text(lang, T("yesterday"));
	if (civil_date(d).year != civil_date(today).year)
		return text_date_year(mem, lang, d);
	return text_date(mem, lang, d);
}

/* {h} {hh} {mm}: the same hour in the ways that languages write it. */
static str
clock_fill(struct arena *mem, enum lang lang, const char *msgid, int minutes)
{
	return FILL(mem, lang, msgid,
	    ARG("h", str_of_int(mem, minutes / 60)),
	    ARG("hh", str_printf(mem, "%02d", minutes / 60)),
	    ARG("mm", str_printf(mem, "%02d", minutes % 60)));
}

str
text_hour(struct arena *mem, enum lang lang, int minute)
{
	assert(minute >= 0 && minute <= 24 * 60);
	return clock_fill(mem, lang, minute % 60 == 0 ?
	    T("format: full hour {h} {hh}") : T("format: hour {h} {hh} {mm}"), minute);
}

str
text_date_hour(struct arena *mem, enum lang lang, day d, int minute)
{
	return FILL(mem, lang, T("{date} at {hour}"),
	    ARG("date", text_date(mem, lang, d)),
	    ARG("hour", text_hour(mem, lang, minute)));
}

str
text_duration(struct arena *mem, enum lang lang, int minutes)
{
	assert(minutes >= 0);
	if (minutes < 60)
		return FILL(mem, lang, T("format: duration {m} min"), ARG("m", str_of_int(mem, minutes)));
	return clock_fill(mem, lang, minutes % 60 == 0 ?
	    T("format: duration {h} h") : T("format: duration {h} h {mm}"), minutes);
}

str
text_age(struct arena *mem, enum lang lang, day born, day on)
{
	struct civil_date from = civil_date(born), to = civil_date(on);
	int years = civil_age(born, on);
	int whole_months = (to.year - from.year) * 12 + to.month - from.month - (to.day < from.day);

	assert(born <= on);
	if (years >= 2)
		return text_n(mem, lang, TN("{n} year old", "{n} years old"), years);
	if (whole_months >= 1)
		return text_n(mem, lang, TN("{n} month old", "{n} months old"), whole_months);
	return text_n(mem, lang, TN("{n} day old", "{n} days old"), on - born);
}

static str
grouped(struct arena *mem, enum lang lang, uint64_t n)
{
	str digits = str_printf(mem, "%llu", (unsigned long long)n);
	str separator = text(lang, T("format: between thousands"));
	struct buf b = buf_in(mem, 128);

	for (size_t i = 0; i < digits.n; i++) {
		if (i > 0 && (digits.n - i) % 3 == 0)
			buf_add(&b, separator);
		buf_byte(&b, digits.p[i]);
	}
	return buf_str(&b);
}

/* Of INT64_MIN too, which has no positive counterpart. */
static uint64_t
magnitude(int64_t n)
{
	return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

str
text_number(struct arena *mem, enum lang lang, int64_t n)
{
	return str_cat(mem, n < 0 ? S("\u2212") : S(""), grouped(mem, lang, magnitude(n)));
}

str
text_capital(struct arena *mem, str utf8)
{
	utf8proc_int32_t letter;
	utf8proc_uint8_t upper[4];

	utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)utf8.p,
	    (utf8proc_ssize_t)utf8.n, &letter);
	if (n <= 0)
		return utf8;
	utf8proc_ssize_t m = utf8proc_encode_char(utf8proc_toupper(letter), upper);
	return str_cat(mem, (str){ (const char *)upper, (size_t)m },
	    str_slice(utf8, (size_t)n, utf8.n));
}
