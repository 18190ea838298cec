/* check.c - see check.h. */
#include "practice/check.h"

/* The code point at s[*i], which is well formed; *i moves behind it. */
static uint32_t
next_code_point(str s, size_t *i)
{
	unsigned char lead = (unsigned char)s.p[(*i)++];
	int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
	uint32_t v = more == 0 ? lead : lead & (0x3Fu >> more);

	while (more-- > 0)
		v = v << 6 | ((unsigned char)s.p[(*i)++] & 0x3Fu);
	return v;
}

static bool
is_control(uint32_t v)
{
	return v < 0x20 || (v >= 0x7F && v < 0xA0) || v == 0x2028 || v == 0x2029 ||
	    (v >= 0x202A && v <= 0x202E) || (v >= 0x2066 && v <= 0x2069) || v == 0xFEFF;
}

static bool
sound(str *s, size_t min, size_t max, bool lines)
{
	str t = str_trim(*s);

	/* Four bytes a code point at most: do not walk through what is far too long. */
	if (t.n > max * 4 || !str_utf8_ok(t))
		return false;
	for (size_t i = 0; i < t.n; ) {
		uint32_t v = next_code_point(t, &i);

		if (lines && (v == '\n' || v == '\t' || (v == '\r' && i < t.n && t.p[i] == '\n')))
			continue;
		if (is_control(v))
			return false;
	}
	size_t n = str_utf8_count(t);
	if (n < min || n > max)
		return false;
	*s = t;
	return true;
}

bool
check_line(str *s, size_t min, size_t max)
{
	return sound(s, min, max, false);
}

bool
check_block(str *s, size_t min, size_t max)
{
	return sound(s, min, max, true);
}

bool
check_phone_shown(str *s, size_t max)
{
	str t = str_trim(*s);

	if (t.n > max)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (str_find(S("0123456789 +.-()"), t.p[i]) < 0)
			return false;
	*s = t;
	return true;
}

bool
check_slug(str *s, size_t min, size_t max)
{
	str t = str_trim(*s);

	if (t.n < min || t.n > max || str_starts(t, S("-")) || str_ends(t, S("-")) ||
	    str_find_str(t, S("--")) >= 0)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (!((t.p[i] >= 'a' && t.p[i] <= 'z') || (t.p[i] >= '0' && t.p[i] <= '9') ||
		    t.p[i] == '-'))
			return false;
	*s = t;
	return true;
}

bool
check_grain(int64_t v, int64_t low, int64_t high, int64_t grain)
{
	return v >= low && v <= high && v % grain == 0;
}
