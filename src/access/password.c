/* password.c - guesses come in an order: names, common words, patterns, then everything short. */
#include "access/password.h"

#include "format/fold.h"
#include "oath/promise.h"

enum {
	PERSONAL_REST_MIN = 8,	/* code points beside one's own name */
	OWN_WORD_BYTES_MIN = 3,
	DECORATION_MAX = 8,	/* digits and signs around a common word */
	DISTINCT_MIN = 5,
	REPEATED_UNIT_MIN = 8,
};

/* Words and passwords that are tried first, in French and English; lower case. */
static const char *const common[] = {
#include "access/denylist.def"
};

/* What fingers and memory follow; any part of one is no password. */
static const char *const walks[] = {
	"01234567890123456789012345678901234567890",
	"09876543210987654321098765432109876543210",
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
	"zyxwvutsrqponmlkjihgfedcbazyxwvutsrqponmlkjihgfedcba",
	"azertyuiopqsdfghjklmwxcvbnazertyuiop",
	"qwertyuiopasdfghjklzxcvbnmqwertyuiop",
	"qwertzuiopasdfghjklyxcvbnmqwertzuiop",
	"1a2z3e4r5t6y7u8i9o0p1q2s3d4f5g6h7j8k9l0m",
	"1q2w3e4r5t6y7u8i9o0p1a2s3d4f5g6h7j8k9l",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
	"aqwzsxedcrfvtgbyhnujikolpm",
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool
has_control(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_control(s.p[i]))
			return true;
	return false;
}

static int
kind_of(char c)
{
	if (c >= '0' && c <= '9')
		return 1;
	if (c >= 'a' && c <= 'z')
		return 2;
	return c >= 'A' && c <= 'Z' ? 4 : 8;
}

int
password_bits(str password)
{
	/* Hundredths of log2(10, 26, 26 and 33 characters, as they occur), rounded down. */
	static const int hundredths[16] = {
		0, 332, 470, 516, 470, 516, 570, 595, 504, 542, 588, 610, 588, 610, 640, 656,
	};
	int kinds = 0;

	for (size_t i = 0; i < password.n; i++)
		kinds |= kind_of(password.p[i]);
	return (int)str_utf8_count(password) * hundredths[kinds] / 100;
}

/* What remains of text when every occurrence of word is taken out; in place. */
static void
take_out(char *text, size_t *n, str word)
{
	ptrdiff_t at;

	while ((at = str_find_str((str){ text, *n }, word)) >= 0) {
		size_t end = (size_t)at + word.n;
		memmove(text + at, text + end, *n - end);
		*n -= word.n;
	}
}

/* Every word of theirs, between marks, out of text. */
static void
take_out_words(struct arena *mem, char *text, size_t *n, str theirs)
{
	str words = fold(mem, theirs);
	size_t from = 0;

	for (size_t i = 0; i <= words.n; i++) {
		if (i < words.n && (is_letter(words.p[i]) || kind_of(words.p[i]) == 1))
			continue;
		if (i - from >= OWN_WORD_BYTES_MIN)
			take_out(text, n, str_slice(words, from, i));
		from = i + 1;
	}
}

static bool
is_personal(struct arena *mem, str password, str email, str name)
{
	str folded = fold(mem, password);
	char *rest = str_z(mem, folded);
	size_t n = folded.n;

	take_out_words(mem, rest, &n, email);
	take_out_words(mem, rest, &n, name);
	return n < folded.n && str_utf8_count((str){ rest, n }) < PERSONAL_REST_MIN;
}

static bool
is_listed(str word)
{
	for (size_t i = 0; i < COUNT(common); i++)
		if (str_eq(word, str_c(common[i])))
			return true;
	return false;
}

/* One listed word, or two in a row. */
static bool
is_words(str s)
{
	if (is_listed(s))
		return true;
	for (size_t i = 1; i < s.n; i++)
		if (is_listed(str_slice(s, 0, i)) && is_listed(str_slice(s, i, s.n)))
			return true;
	return false;
}

static bool
is_walk(str lower)
{
	for (size_t i = 0; i < COUNT(walks); i++)
		if (str_find_str(str_c(walks[i]), lower) >= 0)
			return true;
	return false;
}

static bool
is_repetition(str s)
{
	for (size_t unit = 1; unit < REPEATED_UNIT_MIN && 2 * unit <= s.n; unit++)
		if (memcmp(s.p, s.p + unit, s.n - unit) == 0)
			return true;
	return false;
}

static bool
has_few_characters(str s)
{
	bool seen[256] = {0};
	int distinct = 0;

	for (size_t i = 0; i < s.n; i++) {
		distinct += seen[(unsigned char)s.p[i]] ? 0 : 1;
		seen[(unsigned char)s.p[i]] = true;
	}
	return distinct < DISTINCT_MIN;
}

/* The letters alone: what remains of motdepasse-2024! */
static str
letters_of(struct arena *mem, str lower)
{
	char *p = arena_alloc(mem, lower.n + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < lower.n; i++)
		if (is_letter(lower.p[i]))
			p[n++] = lower.p[i];
	return (str){ p, n };
}

/* Digits and signs read as the letters they stand for, without those at the ends: p4$$w0rd. */
static str
unmasked(struct arena *mem, str lower)
{
	static const char masks[] = "0o1i3e4a5s7t@a$s!i8b";
	char *p = str_z(mem, lower);
	size_t from = 0, to = lower.n;

	while (from < to && !is_letter(p[from]))
		from++;
	while (to > from && !is_letter(p[to - 1]))
		to--;
	for (size_t i = from; i < to; i++)
		for (size_t k = 0; k + 1 < sizeof(masks); k += 2)
			if (p[i] == masks[k]) {
				p[i] = masks[k + 1];
				break;
			}
	return (str){ p + from, to - from };
}

static bool
is_common(struct arena *mem, str password)
{
	str lower = str_lower(mem, password);
	str letters = letters_of(mem, fold(mem, password)), plain = unmasked(mem, lower);

	if (has_few_characters(lower) || is_repetition(lower) || is_walk(lower) || is_words(lower))
		return true;
	/* A long tail of chance saves even a common word. */
	if (letters.n > 0 && lower.n - letters.n <= DECORATION_MAX &&
	    (is_words(letters) || (letters.n >= OWN_WORD_BYTES_MIN && is_walk(letters)) || is_repetition(letters)))
		return true;
	return plain.n > 0 && lower.n - plain.n <= DECORATION_MAX && is_words(plain);
}

enum password_fault
password_fault(str password, str email, str name)
{
	CLEANUP(arena_free) struct arena mem = {0};
	const struct promise *p = promise();

	/* Bytes first: what follows takes time by length. */
	if (password.n > 4 * (size_t)p->password_length_max)
		return PASSWORD_LONG;
	if (!str_utf8_ok(password) || has_control(password))
		return PASSWORD_MALFORMED;
	size_t length = str_utf8_count(password);
	if (length < (size_t)p->password_length_min)
		return PASSWORD_SHORT;
	if (length > (size_t)p->password_length_max)
		return PASSWORD_LONG;
	if (is_personal(&mem, password, email, name))
		return PASSWORD_PERSONAL;
	if (is_common(&mem, password))
		return PASSWORD_COMMON;
	return password_bits(password) < PASSWORD_BITS_MIN ? PASSWORD_SIMPLE : PASSWORD_GOOD;
}
