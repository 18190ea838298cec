/* birth.c - see birth.h. */
#include "format/birth.h"

struct parts { int number[3], digits[3]; int n; };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Up to three numbers with one kind of thing between: blanks, slashes, points, hyphens. */
static bool
take_apart(str typed, struct parts *ret)
{
	struct parts p = { .n = 0 };
	bool inside = false;

	for (size_t i = 0; i < typed.n; i++) {
		char c = typed.p[i];

		if (!is_digit(c)) {
			if (c != '/' && c != '.' && c != '-' && c != ' ')
				return false;
			inside = false;
			continue;
		}
		if (!inside && p.n == 3)
			return false;
		p.n += !inside;
		inside = true;
		if (++p.digits[p.n - 1] > 8)
			return false;
		p.number[p.n - 1] = p.number[p.n - 1] * 10 + (c - '0');
	}
	*ret = p;
	return true;
}

/* Of two digits, the latest year that makes a day which is not to come. */
static bool
make(int year, int year_digits, struct civil_date d, day today, day *ret)
{
	int century = civil_date(today).year / 100 * 100;

	if (year_digits != 2 && year_digits != 4)
		return false;
	d.year = year_digits == 2 ? century + year : year;
	if (civil_day(d, ret) && *ret <= today)
		return true;
	d.year -= 100;
	return year_digits == 2 && civil_day(d, ret) && *ret <= today;
}

static bool
from_digits(int n, int digits, day today, day *ret)
{
	struct civil_date as_said = { .month = n / 10000 % 100, .day = n / 1000000 };
	struct civil_date as_iso = { .month = n / 100 % 100, .day = n % 100 };

	if (digits == 6) {
		as_said = (struct civil_date){ .month = n / 100 % 100, .day = n / 10000 };
		return make(n % 100, 2, as_said, today, ret);
	}
	return digits == 8 && (make(n % 10000, 4, as_said, today, ret) ||
	    make(n / 10000, 4, as_iso, today, ret));
}

bool
birth_parse(str typed, day today, day *ret)
{
	struct parts p;

	if (typed.n > BIRTH_TYPED_BYTES_MAX || !take_apart(str_trim(typed), &p))
		return false;
	if (p.n == 1)
		return from_digits(p.number[0], p.digits[0], today, ret);
	if (p.n != 3)
		return false;
	if (p.digits[0] == 4)
		return make(p.number[0], 4, (struct civil_date){ .month = p.number[1], .day = p.number[2] },
		    today, ret);
	return make(p.number[2], p.digits[2], (struct civil_date){ .month = p.number[1], .day = p.number[0] },
	    today, ret);
}
