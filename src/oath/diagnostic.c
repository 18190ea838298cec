/* diagnostic.c - the sentences of diagnostics.def, and the line with a caret under the word. */
#include "oath/diagnostic.h"

#include <assert.h>

enum {
	SHOWN_BYTES_MAX = 160,	/* of a line: a window of it around the word */
	SHOWN_BEFORE = 60,
};

static const struct {
	const char	*name;
	enum severity	 severity;
	const char	*text[LANG_COUNT], *advice[LANG_COUNT];
} rows[] = {
#define DIAGNOSTIC(code, severity, en, en_advice, fr, fr_advice) \
	[DIAGNOSTIC_##code] = { #code, SEVERITY_##severity, { fr, en }, { fr_advice, en_advice } },
#include "oath/diagnostics.def"
#undef DIAGNOSTIC
};
_Static_assert(COUNT(rows) == DIAGNOSTIC_COUNT, "a code is declared twice");

str
diagnostic_name(enum diagnostic_code code)
{
	assert(code < DIAGNOSTIC_COUNT);
	return str_c(rows[code].name);
}

enum severity
diagnostic_severity(enum diagnostic_code code)
{
	assert(code < DIAGNOSTIC_COUNT);
	return rows[code].severity;
}

static bool
before(struct where a, struct where b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

void
diagnostics_add(struct diagnostics *d, const struct diagnostic *new)
{
	size_t at = d->n;

	for (size_t i = 0; i < d->n; i++) {
		const struct diagnostic *old = &d->list[i];

		if (old->code == new->code && old->where.line == new->where.line &&
		    old->where.column == new->where.column && str_eq(old->arg[0], new->arg[0]) &&
		    str_eq(old->arg[1], new->arg[1]))
			return;
	}
	switch (diagnostic_severity(new->code)) {
	case SEVERITY_ERROR:
		d->errors++;
		break;
	case SEVERITY_WARNING:
		d->warnings++;
		break;
	case SEVERITY_NOTE:
		d->notes++;
		break;
	}
	while (at > 0 && before(new->where, d->list[at - 1].where))
		at--;
	if (at == DIAGNOSTICS_MAX)
		return;
	size_t moved = d->n - at - (d->n == DIAGNOSTICS_MAX);
	memmove(&d->list[at + 1], &d->list[at], moved * sizeof(d->list[0]));
	d->list[at] = *new;
	d->n = (size_t)min64((int64_t)d->n + 1, DIAGNOSTICS_MAX);
}

static str
argument(const struct diagnostic *g, size_t i, enum lang lang)
{
	return i == 0 && g->phrase != NULL ? str_c(g->phrase[lang]) : g->arg[i];
}

/* False when a word that the text names is empty. */
static bool
fill(const struct diagnostic *g, const char *text, enum lang lang, struct buf *out)
{
	bool whole = true;

	for (const char *p = text; *p != '\0'; p++) {
		if (p[0] != '{' || p[1] < '1' || p[1] > '3' || p[2] != '}') {
			buf_byte(out, *p);
			continue;
		}
		str word = argument(g, (size_t)(p[1] - '1'), lang);

		whole = whole && word.n > 0;
		buf_add(out, word);
		p += 2;
	}
	return whole;
}

void
diagnostic_sentence(const struct diagnostic *g, enum lang lang, struct buf *out)
{
	(void)fill(g, rows[g->code].text[lang], lang, out);
}

void
diagnostic_advice(const struct diagnostic *g, enum lang lang, struct buf *out)
{
	struct buf advice = buf_in(out->mem, 4096);

	if (fill(g, rows[g->code].advice[lang], lang, &advice) && buf_ok(&advice))
		buf_add(out, buf_str(&advice));
}

/* Line number n of the source, without its end. */
static str
line_of(str source, uint32_t n)
{
	str rest = source, line = {0};

	for (uint32_t i = 0; i < n; i++)
		if (!str_split(&rest, '\n', &line))
			return S("");
	return str_ends(line, S("\r")) ? str_slice(line, 0, line.n - 1) : line;
}

/* How many bytes the character at i takes: 1 for a byte that is not UTF-8. */
static size_t
character(str s, size_t i)
{
	for (size_t n = 1; n <= 4 && i + n <= s.n; n++)
		if (str_utf8_ok(str_slice(s, i, i + n)))
			return n;
	return 1;
}

static void
show_character(str line, size_t i, size_t n, struct buf *out)
{
	unsigned char c = (unsigned char)line.p[i];

	if (c == 0x7f)
		buf_add(out, S("\u2421"));
	else if (c < 0x20 && c != '\t')
		buf_printf(out, "\xe2\x90%c", (char)(0x80 + c));	/* U+2400: its picture */
	else if (n == 1 && c >= 0x80)
		buf_add(out, S("\ufffd"));
	else
		buf_add(out, str_slice(line, i, i + n));
}

/* A caret under the first character of the word, waves under the others. */
static void
show_line(str line, struct where w, struct buf *out)
{
	size_t word = w.column > 0 ? w.column - 1 : 0, from = 0, to = line.n;

	if (line.n > SHOWN_BYTES_MAX) {
		for (size_t i = 0; i < line.n && i + SHOWN_BEFORE <= word; i += character(line, i))
			from = i;
		to = (size_t)min64((int64_t)line.n, (int64_t)(from + SHOWN_BYTES_MAX));
	}
	struct buf mark = buf_in(out->mem, 2 * SHOWN_BYTES_MAX);

	buf_add(out, from > 0 ? S("    \u2026") : S("    "));
	buf_add(&mark, from > 0 ? S("     ") : S("    "));
	for (size_t i = from, n; i < to; i += n) {
		n = character(line, i);
		show_character(line, i, n, out);
		if (i < word)
			buf_byte(&mark, line.p[i] == '\t' ? '\t' : ' ');
		else if (i == word)
			buf_byte(&mark, '^');
		else if (i < word + w.length)
			buf_byte(&mark, '~');
	}
	if (word >= to)
		buf_byte(&mark, '^');
	buf_add(out, to < line.n ? S("\u2026\n") : S("\n"));
	buf_add(out, buf_str(&mark));
	buf_byte(out, '\n');
}

void
diagnostics_print(const struct diagnostics *d, str file, str source, enum lang lang, struct buf *out)
{
	static const char *const severities[][LANG_COUNT] = {
		[SEVERITY_ERROR] = { "erreur", "error" }, [SEVERITY_WARNING] = { "avertissement", "warning" },
		[SEVERITY_NOTE] = { "remarque", "note" },
	};
	static const char *const advices[LANG_COUNT] = { "conseil", "advice" };

	for (size_t i = 0; i < d->n; i++) {
		const struct diagnostic *g = &d->list[i];
		struct buf advice = buf_in(out->mem, 4096);

		buf_printf(out, "%.*s:%u:%u: %s: ", STR_FMT(file), g->where.line, g->where.column,
		    severities[diagnostic_severity(g->code)][lang]);
		buf_printf(out, "%s: ", rows[g->code].name);
		diagnostic_sentence(g, lang, out);
		buf_byte(out, '\n');
		show_line(line_of(source, g->where.line), g->where, out);
		diagnostic_advice(g, lang, &advice);
		if (advice.n > 0)
			buf_printf(out, "    %s: %.*s\n", advices[lang], STR_FMT(buf_str(&advice)));
	}
}
