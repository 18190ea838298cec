/* str.c - see str.h. */
#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"

str
str_c(const char *z)
{
	return z == NULL ? (str){0} : (str){ z, strlen(z) };
}

bool
str_eq(str a, str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
str_eq_nocase(str a, str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int
str_cmp(str a, str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

bool
str_starts(str s, str prefix)
{
	return s.n >= prefix.n && str_eq(str_slice(s, 0, prefix.n), prefix);
}

bool
str_ends(str s, str suffix)
{
	return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, s.n), suffix);
}

static bool
white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

str
str_trim(str s)
{
	while (s.n > 0 && white(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && white(s.p[s.n - 1]))
		s.n--;
	return s;
}

ptrdiff_t
str_find(str s, char c)
{
	const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return at == NULL ? -1 : at - s.p;
}

ptrdiff_t
str_find_str(str hay, str needle)
{
	const char *at = hay.n == 0 ? NULL : memmem(hay.p, hay.n, needle.p, needle.n);

	return at == NULL ? -1 : at - hay.p;
}

str
str_slice(str s, size_t from, size_t to)
{
	if (to > s.n)
		to = s.n;
	return from >= to ? (str){0} : (str){ s.p + from, to - from };
}

bool
str_split(str *rest, char separator, str *ret_piece)
{
	if (rest->p == NULL)
		return false;
	ptrdiff_t at = str_find(*rest, separator);

	if (at < 0) {
		*ret_piece = *rest;
		*rest = (str){0};
	} else {
		*ret_piece = (str){ rest->p, (size_t)at };
		rest->p += at + 1;
		rest->n -= (size_t)at + 1;
	}
	return true;
}

str
str_copy(struct arena *mem, str s)
{
	return (str){ str_z(mem, s), s.n };
}

char *
str_z(struct arena *mem, str s)
{
	char *p = arena_alloc(mem, s.n + 1, 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

str
str_cat(struct arena *mem, str a, str b)
{
	char *p = arena_alloc(mem, a.n + b.n + 1, 1);

	if (a.n > 0)
		memcpy(p, a.p, a.n);
	if (b.n > 0)
		memcpy(p + a.n, b.p, b.n);
	return (str){ p, a.n + b.n };
}

str
str_lower(struct arena *mem, str s)
{
	char *p = str_z(mem, s);

	for (size_t i = 0; i < s.n; i++)
		p[i] = lower(p[i]);
	return (str){ p, s.n };
}

str
str_printf(struct arena *mem, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char none[1];
	int n = vsnprintf(none, sizeof(none), format, args);
	va_end(args);
	if (n < 0)
		panic("str_printf: bad format");
	char *p = arena_alloc(mem, (size_t)n + 1, 1);
	va_start(args, format);
	(void)vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	return (str){ p, (size_t)n };
}

bool
str_int(str s, int64_t low, int64_t high, int64_t *ret)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	int64_t v = 0;

	if (negative)
		s = str_slice(s, 1, s.n);
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9 || !mul_ok(v, 10, &v) ||
		    !add_ok(v, negative ? -digit : digit, &v))
			return false;
	}
	if (v < low || v > high)
		return false;
	*ret = v;
	return true;
}

str
str_of_int(struct arena *mem, int64_t v)
{
	return str_printf(mem, "%lld", (long long)v);
}

/* How long a sequence its first byte announces; 0: no sequence begins so. */
static size_t
utf8_length(unsigned char first)
{
	if (first < 0x80)
		return first != 0;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/* Length of the well-formed sequence at the front, 0 if there is none (RFC 3629 section 4). */
static size_t
utf8_step(const unsigned char *p, size_t n)
{
	size_t need = utf8_length(p[0]);
	/* Shorter forms exist below, surrogates and what is past U+10FFFF above. */
	unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;

	if (need < 2)
		return need;
	if (n < need || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

bool
str_utf8_ok(str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t step = utf8_step((const unsigned char *)s.p + i, s.n - i);

		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

size_t
str_utf8_count(str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.n; i++)
		count += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return count;
}

static str
base64_with(struct arena *mem, str bytes, const char *alphabet, bool pad)
{
	char *out = arena_alloc(mem, (bytes.n + 2) / 3 * 4 + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t have = bytes.n - i < 3 ? bytes.n - i : 3;
		uint32_t v = 0;

		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (k < have ? (unsigned char)bytes.p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			if (k <= have)
				out[n++] = alphabet[v >> (18 - 6 * k) & 63];
			else if (pad)
				out[n++] = '=';
	}
	return (str){ out, n };
}

#define BASE64_SHARED "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
static const char url_alphabet[] = BASE64_SHARED "-_", mail_alphabet[] = BASE64_SHARED "+/";

str
str_base64url(struct arena *mem, str bytes)
{
	return base64_with(mem, bytes, url_alphabet, false);
}

str
str_base64(struct arena *mem, str bytes)
{
	return base64_with(mem, bytes, mail_alphabet, true);
}

static bool
base64_decode_with(struct arena *mem, str text, const char *alphabet, str *ret)
{
	char *out = arena_alloc(mem, text.n / 4 * 3 + 3, 1);
	uint32_t v = 0;
	size_t n = 0;

	if (text.n % 4 == 1)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const char *at = text.p[i] == '\0' ? NULL : strchr(alphabet, text.p[i]);

		if (at == NULL)
			return false;
		v = v << 6 | (uint32_t)(at - alphabet);
		if (i % 4 != 0)
			out[n++] = (char)(v >> (2 * (3 - i % 4)) & 0xff);
	}
	/* The bits that no byte needs must be zero, so that each value has one spelling. */
	if ((text.n % 4 == 2 && (v & 15) != 0) || (text.n % 4 == 3 && (v & 3) != 0))
		return false;
	*ret = (str){ out, n };
	return true;
}

bool
str_base64url_decode(struct arena *mem, str text, str *ret)
{
	return base64_decode_with(mem, text, url_alphabet, ret);
}

bool
str_base64_decode(struct arena *mem, str text, str *ret)
{
	size_t pads = 0;

	if (text.n % 4 != 0)
		return false;
	while (pads < 2 && text.n > 0 && text.p[text.n - 1] == '=') {
		text.n--;
		pads++;
	}
	return base64_decode_with(mem, text, mail_alphabet, ret);
}

str
str_hex(struct arena *mem, str bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *out = arena_alloc(mem, bytes.n * 2 + 1, 1);

	for (size_t i = 0; i < bytes.n; i++) {
		out[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
		out[2 * i + 1] = digits[(unsigned char)bytes.p[i] & 15];
	}
	return (str){ out, bytes.n * 2 };
}
