/* lexer.c - bytes to words.  A declaration ends where the next line begins without a blank. */
#include "oath/lexer.h"

#include "base/civil.h"

#define NUMBER_MAX	INT64_C(999999999)

static const struct {
	const char	*name;
	int64_t		 most;	/* POLICY_YEARS_MAX of them */
} units[] = {
	[UNIT_NONE] = { "", 0 },
	[UNIT_SECOND] = { "s", POLICY_YEARS_MAX * INT64_C(366) * 86400 },
	[UNIT_MINUTE] = { "m", POLICY_YEARS_MAX * INT64_C(366) * 1440 },
	[UNIT_HOUR] = { "h", POLICY_YEARS_MAX * INT64_C(366) * 24 },
	[UNIT_DAY] = { "d", POLICY_YEARS_MAX * INT64_C(366) },
	[UNIT_MONTH] = { "mo", POLICY_YEARS_MAX * INT64_C(12) },
	[UNIT_YEAR] = { "y", POLICY_YEARS_MAX },
};

void
duration_print(struct duration d, struct buf *out)
{
	buf_int(out, d.number);
	buf_add(out, str_c(units[d.unit].name));
}

/* --- before anything else: is it text, and of what size? --- */

/* The first byte that is not UTF-8, of a line that has one. */
static size_t
bad_byte(str line)
{
	size_t i = 0, n;

	while (i < line.n) {
		for (n = 1; n <= 4 && !str_utf8_ok(str_slice(line, i, i + n)); n++)
			continue;
		if (n > 4 || line.p[i] == '\0')
			break;
		i += n;
	}
	return i;
}

static void
check_bytes(struct lexer *l, str line, uint32_t number)
{
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		struct where w = { number, (uint32_t)i + 1, 1 };

		if (c == 0)
			COMPLAIN(l->d, E104, w, S(""));
		else if ((c < 0x20 && c != '\t') || c == 0x7f)
			COMPLAIN(l->d, E105, w, str_printf(l->mem, "0x%02x", c));
	}
	if (!str_utf8_ok(line) && memchr(line.p, 0, line.n) == NULL) {
		size_t at = bad_byte(line);

		COMPLAIN(l->d, E103, ((struct where){ number, (uint32_t)at + 1, 1 }),
		    str_printf(l->mem, "0x%02x", (unsigned char)line.p[at]));
	}
}

static bool
check_source(struct lexer *l)
{
	size_t errors = l->d->errors;
	str rest = l->source, line;
	uint32_t number = 0;

	if (l->source.n > POLICY_BYTES_MAX) {
		COMPLAIN(l->d, E100, ((struct where){ 1, 1, 1 }), S("1 MiB"));
		return false;
	}
	while (str_split(&rest, '\n', &line)) {
		number++;
		if (str_ends(line, S("\r")))
			line.n--;
		if (number > POLICY_LINES_MAX && (rest.n > 0 || line.n > 0)) {
			COMPLAIN(l->d, E101, ((struct where){ number, 1, 1 }),
			    str_of_int(l->mem, POLICY_LINES_MAX));
			return false;
		}
		check_bytes(l, line, number);
	}
	return l->d->errors == errors;
}

bool
lexer_begin(struct lexer *l, struct arena *mem, str source, struct diagnostics *d)
{
	*l = (struct lexer){ .mem = mem, .d = d, .source = source };
	if (!check_source(l))
		return false;
	if (str_starts(source, S("\xef\xbb\xbf")))
		l->at = 3;
	l->line_start = 0;
	return true;
}

/* --- lines --- */

/* Step into the line that begins at l->line_end + 1, or into the first one. */
static bool
next_line(struct lexer *l)
{
	size_t start = l->line == 0 ? l->at : l->line_end + 1;

	if (start > l->source.n || (start == l->source.n && l->line > 0))
		return false;
	ptrdiff_t end = str_find(str_slice(l->source, start, l->source.n), '\n');
	l->line_end = end < 0 ? l->source.n : start + (size_t)end;
	l->line_start = l->line == 0 ? 0 : start;
	l->at = start;
	l->line++;
	size_t length = l->line_end - l->line_start;
	if (length > 0 && l->source.p[l->line_end - 1] == '\r')
		length--;
	if (length > POLICY_LINE_BYTES_MAX)
		COMPLAIN(l->d, E102, ((struct where){ l->line, POLICY_LINE_BYTES_MAX + 1, 1 }),
		    str_of_int(l->mem, POLICY_LINE_BYTES_MAX));
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
skip_blanks(struct lexer *l)
{
	while (l->at < l->line_end && is_blank(l->source.p[l->at]))
		l->at++;
}

static bool
line_is_over(const struct lexer *l)
{
	return l->at == l->line_end || l->source.p[l->at] == '#';
}

static struct where
here(const struct lexer *l)
{
	return (struct where){ l->line, (uint32_t)(l->at - l->line_start) + 1, 1 };
}

bool
lexer_declaration(struct lexer *l)
{
	bool orphan = false;

	for (;;) {
		size_t start = l->at;

		if (l->line > 0)
			skip_blanks(l);
		if (l->line > 0 && !line_is_over(l)) {
			if (start == l->at)
				return true;
			if (!orphan)
				COMPLAIN(l->d, E121, here(l), S(""));
			orphan = true;
		}
		if (!next_line(l))
			return false;
	}
}

/* To the next word of the declaration, over its lines; false: it has ended. */
static bool
next_word(struct lexer *l)
{
	for (;;) {
		/* At the first byte of a line a declaration begins: its own line was left behind. */
		skip_blanks(l);
		if (!line_is_over(l))
			return true;
		if (l->line_end + 1 >= l->source.n)
			return false;
		size_t next = l->line_end + 1;
		char c = l->source.p[next];
		if (!is_blank(c) && c != '#' && c != '\n')
			return false;
		(void)next_line(l);
	}
}

/* --- words --- */

static bool
is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_' || (unsigned char)c >= 0x80;
}

/* A run of letters and digits, with dots between but not at its end: A9.2.h, person.email. */
static str
run(const struct lexer *l)
{
	const char *p = l->source.p;
	size_t i = l->at;

	while (i < l->line_end && (is_word_byte(p[i]) ||
	    (p[i] == '.' && i + 1 < l->line_end && is_word_byte(p[i + 1]))))
		i++;
	return str_slice(l->source, l->at, i);
}

static void
lex_duration(struct lexer *l, struct lexeme *x, size_t digits)
{
	str unit = str_slice(x->text, digits, x->text.n);
	enum unit u = UNIT_SECOND;

	while (u <= UNIT_YEAR && !str_eq(unit, str_c(units[u].name)))
		u++;
	x->kind = LEXEME_BAD;
	if (u > UNIT_YEAR) {
		bool letters = str_find(unit, '-') < 0 && str_find(unit, '.') < 0;

		if (letters)
			COMPLAIN(l->d, E114, ((struct where){ x->where.line, x->where.column + (uint32_t)digits,
			    (uint32_t)unit.n }), unit);
		else
			COMPLAIN(l->d, E115, x->where, x->text);
		return;
	}
	x->duration.unit = u;
	if (!str_int(str_slice(x->text, 0, digits), 0, units[u].most, &x->duration.number))
		COMPLAIN(l->d, E117, x->where, x->text);
	else if (x->duration.number == 0)
		COMPLAIN(l->d, E118, x->where, S(""));
	else
		x->kind = LEXEME_DURATION;
}

static bool
looks_like_a_date(str s)
{
	return s.n == 10 && s.p[4] == '-' && s.p[7] == '-';
}

static void
lex_number(struct lexer *l, struct lexeme *x)
{
	size_t digits = 0;
	day on;

	while (digits < x->text.n && x->text.p[digits] >= '0' && x->text.p[digits] <= '9')
		digits++;
	if (looks_like_a_date(x->text)) {
		x->kind = civil_parse_date(x->text, &on) ? LEXEME_DATE : LEXEME_BAD;
		if (x->kind == LEXEME_DATE)
			x->number = on;
		else
			COMPLAIN(l->d, E116, x->where, x->text);
	} else if (digits < x->text.n) {
		lex_duration(l, x, digits);
	} else if (str_int(x->text, 0, NUMBER_MAX, &x->number)) {
		x->kind = LEXEME_NUMBER;
	} else {
		x->kind = LEXEME_BAD;
		COMPLAIN(l->d, E117, x->where, x->text);
	}
}

/* Between its quotes; escapes stay as they are written. */
static void
lex_text(struct lexer *l, struct lexeme *x)
{
	const char *p = l->source.p;
	size_t start = l->at + 1, i = start;
	bool escapes = true;

	x->kind = LEXEME_BAD;
	for (; i < l->line_end && p[i] != '"'; i++) {
		if (p[i] != '\\')
			continue;
		i++;
		if (i >= l->line_end || p[i] == '"' || p[i] == '\\')
			continue;
		escapes = false;
		COMPLAIN(l->d, E112, ((struct where){ l->line, (uint32_t)(i - l->line_start), 2 }),
		    str_slice(l->source, i, i + 1));
	}
	i = (size_t)min64((int64_t)i, (int64_t)l->line_end);
	x->text = str_slice(l->source, start, i);
	x->where.length = (uint32_t)(i - start + 2);
	if (i == l->line_end) {
		x->where.length = 1;
		COMPLAIN(l->d, E111, x->where, S(""));
	} else if (str_utf8_count(x->text) > POLICY_TEXT_MAX) {
		COMPLAIN(l->d, E113, x->where, str_of_int(l->mem, POLICY_TEXT_MAX));
	} else if (escapes) {
		x->kind = LEXEME_TEXT;
	}
	l->at = i + (i < l->line_end);
}

static void
lex_sign(struct lexer *l, struct lexeme *x)
{
	static const char signs[] = ",.{}*";
	static const enum lexeme_kind kinds[] = {
		LEXEME_COMMA, LEXEME_DOT, LEXEME_OPEN, LEXEME_CLOSE, LEXEME_STAR,
	};
	const char *found = strchr(signs, l->source.p[l->at]);

	x->text = str_slice(l->source, l->at, l->at + 1);
	x->where.length = 1;
	l->at++;
	if (found != NULL && *found != '\0') {
		x->kind = kinds[found - signs];
	} else {
		x->kind = LEXEME_BAD;
		COMPLAIN(l->d, E110, x->where, x->text);
	}
}

/* A word may begin with a letter; what begins with typographic quotes or no-break blanks is none. */
static void
lex_word(struct lexer *l, struct lexeme *x)
{
	x->text = run(l);
	x->where.length = (uint32_t)x->text.n;
	l->at += x->text.n;
	if (x->text.p[0] >= '0' && x->text.p[0] <= '9') {
		lex_number(l, x);
		return;
	}
	x->kind = LEXEME_WORD;
	for (size_t i = 0; i < x->text.n; i++)
		if ((unsigned char)x->text.p[i] >= 0x80)
			x->kind = LEXEME_BAD;
	if (x->text.p[0] == '-' || x->text.p[0] == '_')
		x->kind = LEXEME_BAD;
	if (x->kind == LEXEME_BAD && (unsigned char)x->text.p[0] >= 0x80)
		COMPLAIN(l->d, E110, x->where, x->text);
	else if (x->kind == LEXEME_BAD)
		COMPLAIN(l->d, E131, x->where, x->text);
}

void
lexer_next(struct lexer *l, struct lexeme *x)
{
	*x = (struct lexeme){ .kind = LEXEME_END };
	bool more = next_word(l);
	x->where = here(l);
	if (!more)
		return;
	if (l->source.p[l->at] == '"')
		lex_text(l, x);
	else if (is_word_byte(l->source.p[l->at]))
		lex_word(l, x);
	else
		lex_sign(l, x);
}
