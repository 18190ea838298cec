/* contact.c - see contact.h. */
#include "format/contact.h"

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit(c);
}

/* Atoms between dots (RFC 5322 section 3.2.3). */
static bool
local_ok(str local)
{
	const str signs = S("!#$%&'*+-/=?^_`{|}~");
	str atom;

	if (local.n == 0 || local.n > EMAIL_LOCAL_BYTES_MAX)
		return false;
	while (str_split(&local, '.', &atom)) {
		if (atom.n == 0)
			return false;
		for (size_t i = 0; i < atom.n; i++)
			if (!letter_or_digit(atom.p[i]) && str_find(signs, atom.p[i]) < 0)
				return false;
	}
	return true;
}

static bool
domain_ok(str domain)
{
	str label = {0};
	bool only_digits = true;
	int labels = 0;

	while (str_split(&domain, '.', &label)) {
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		only_digits = true;
		for (size_t i = 0; i < label.n; i++) {
			if (!letter_or_digit(label.p[i]) && label.p[i] != '-')
				return false;
			only_digits = only_digits && digit(label.p[i]);
		}
		labels++;
	}
	/* No top-level domain is a number: that would be an address of a machine. */
	return labels >= 2 && !only_digits;
}

bool
email_ok(str email)
{
	ptrdiff_t at = str_find(email, '@');

	return email.n <= EMAIL_BYTES_MAX && at > 0 && local_ok(str_slice(email, 0, (size_t)at)) &&
	    domain_ok(str_slice(email, (size_t)at + 1, email.n));
}

str
email_normal(struct arena *mem, str email)
{
	return str_lower(mem, str_trim(email));
}

/*
 * Overseas departments dial as in France, but are countries to E.164
 * (ITU national numbering of the French operators' regulator).
 */
static const struct {
	const char	*begins;	/* the number without its 0 */
	const char	*country;
} overseas[] = {
	{ "590", "590" }, { "690", "590" }, { "691", "590" },
	{ "594", "594" }, { "694", "594" },
	{ "596", "596" }, { "696", "596" }, { "697", "596" },
	{ "63998", "33" },	/* reserved for works of fiction, within Mayotte's range */
	{ "262", "262" }, { "263", "262" }, { "269", "262" },
	{ "639", "262" }, { "692", "262" }, { "693", "262" },
};

static str
country_of(str national)
{
	for (size_t i = 0; i < COUNT(overseas); i++)
		if (str_starts(national, str_c(overseas[i].begins)))
			return str_c(overseas[i].country);
	return S("33");
}

/*
 * The digits alone, at most PHONE_DIGITS_MAX + 3 of them (00 and a stray 0);
 * '+' only in front.  "(0)" is no digit: it stands for what one dials at home.
 */
static bool
bare_digits(struct arena *mem, str typed, str *ret)
{
	static const char *const between[] = {
		"(0)", " ", ".", "-", "/", "(", ")", "\u00a0", "\u202f", "\u2011",
	};
	char *out = arena_alloc(mem, PHONE_DIGITS_MAX + 3, 1);
	size_t n = 0;

	while (typed.n > 0) {
		size_t skip = 0;

		if (digit(typed.p[0])) {
			if (n == PHONE_DIGITS_MAX + 3)
				return false;
			out[n++] = typed.p[0];
			skip = 1;
		}
		for (size_t i = 0; skip == 0 && i < COUNT(between); i++)
			if (str_starts(typed, str_c(between[i])))
				skip = strlen(between[i]);
		if (skip == 0)
			return false;
		typed = str_slice(typed, skip, typed.n);
	}
	*ret = (str){ out, n };
	return true;
}

/* Nine digits after the country or the 0, the first of which is not 0. */
static bool
french_ok(str national)
{
	return national.n == 9 && national.p[0] != '0';
}

bool
phone_e164(struct arena *mem, str typed, str *ret)
{
	str all = str_trim(typed), digits;
	bool abroad = str_starts(all, S("+"));

	if (!bare_digits(mem, str_slice(all, abroad ? 1 : 0, all.n), &digits))
		return false;
	if (!abroad && str_starts(digits, S("00"))) {
		abroad = true;
		digits = str_slice(digits, 2, digits.n);
	}
	if (!abroad) {
		str national = str_slice(digits, 1, digits.n);

		if (!str_starts(digits, S("0")) || !french_ok(national))
			return false;
		digits = str_cat(mem, country_of(national), national);
	} else if (str_starts(digits, S("33"))) {
		str national = str_slice(digits, 2, digits.n);

		/* "+33 06..." is a common slip: the 0 is for calls within France. */
		if (str_starts(national, S("0")))
			national = str_slice(national, 1, national.n);
		if (!french_ok(national))
			return false;
		digits = str_cat(mem, S("33"), national);
	}
	if (digits.n < PHONE_DIGITS_MIN || digits.n > PHONE_DIGITS_MAX || digits.p[0] == '0')
		return false;
	*ret = str_cat(mem, S("+"), digits);
	return true;
}

str
phone_display(struct arena *mem, str e164)
{
	bool france = str_starts(e164, S("+33"));
	str national = str_slice(e164, france ? 3 : 4, e164.n);

	/* At home only what phone_e164 would read as the same number again. */
	if (!french_ok(national) ||
	    !str_eq(str_slice(e164, 1, e164.n - 9), country_of(national)))
		return e164;
	return str_printf(mem, "0%.1s %.2s %.2s %.2s %.2s", national.p, national.p + 1,
	    national.p + 3, national.p + 5, national.p + 7);
}
