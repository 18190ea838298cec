/* fold.c - see fold.h. */
#include <utf8proc.h>

#include "base/buf.h"
#include "format/fold.h"

/* Letters that Unicode does not decompose, though people type them in ASCII. */
static const struct {
	utf8proc_int32_t	letter;
	const char		*ascii;
} letters[] = {
	{ 0x00e6, "ae" }, { 0x0153, "oe" }, { 0x00f8, "o" }, { 0x0142, "l" },
	{ 0x0111, "d" }, { 0x00f0, "d" }, { 0x00fe, "th" }, { 0x0131, "i" },
};

/* Apostrophes, and the minus sign that is no dash to Unicode. */
static const utf8proc_int32_t spaces[] = {
	'\'', '`', 0x00b4, 0x02b9, 0x02bc, 0x2018, 0x2019, 0x201b, 0x2032, 0x2212,
};

static bool
separates(utf8proc_int32_t c)
{
	utf8proc_category_t category = utf8proc_category(c);

	for (size_t i = 0; i < COUNT(spaces); i++)
		if (spaces[i] == c)
			return true;
	return category == UTF8PROC_CATEGORY_PD || category == UTF8PROC_CATEGORY_ZS ||
	    category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
	    category == UTF8PROC_CATEGORY_CC;
}

static void
add_letter(struct buf *out, utf8proc_int32_t c)
{
	utf8proc_uint8_t bytes[4];

	for (size_t i = 0; i < COUNT(letters); i++) {
		if (letters[i].letter == c) {
			buf_add(out, str_c(letters[i].ascii));
			return;
		}
	}
	utf8proc_ssize_t n = utf8proc_encode_char(c, bytes);

	buf_add(out, (str){ (const char *)bytes, (size_t)n });
}

str
fold(struct arena *mem, str text)
{
	const utf8proc_option_t options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
	    UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
	const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.p;
	utf8proc_ssize_t length = (utf8proc_ssize_t)text.n;
	/* Room is counted first: utf8proc_map would hand out memory of the heap. */
	utf8proc_ssize_t n = utf8proc_decompose(bytes, length, NULL, 0, options);

	if (n <= 0)
		return (str){0};
	utf8proc_int32_t *points = NEW_N(mem, utf8proc_int32_t, (size_t)n);
	struct buf out = buf_in(mem, (size_t)n * 4);
	bool gap = false;

	(void)utf8proc_decompose(bytes, length, points, n, options);
	for (utf8proc_ssize_t i = 0; i < n; i++) {
		if (separates(points[i])) {
			gap = out.n > 0;
			continue;
		}
		if (gap)
			buf_byte(&out, ' ');
		gap = false;
		add_letter(&out, points[i]);
	}
	return buf_str(&out);
}

bool
fold_starts_word(str hay, str needle)
{
	if (str_starts(hay, needle))
		return true;
	for (size_t i = 1; i + needle.n <= hay.n; i++)
		if (hay.p[i - 1] == ' ' && str_starts(str_slice(hay, i, hay.n), needle))
			return true;
	return false;
}

str
fold_slug(struct arena *mem, str text)
{
	str folded = fold(mem, text);
	struct buf out = buf_in(mem, folded.n + 1);
	bool gap = false;

	for (size_t i = 0; i < folded.n; i++) {
		char c = folded.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
			gap = out.n > 0;
			continue;
		}
		if (gap)
			buf_byte(&out, '-');
		gap = false;
		buf_byte(&out, c);
	}
	return buf_str(&out);
}
