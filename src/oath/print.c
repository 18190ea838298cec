/*
 * print.c - declarations to text: the canonical form.  Lines are broken greedily
 * between words, so that what is read back prints the same.
 */
#include "oath/grammar.h"

enum {
	COLUMNS_MAX = 100,
	TAB_COLUMNS = 8,
};

struct printer {
	struct buf	*out;
	size_t		 column;
	bool		 fresh;		/* nothing stands in the line yet */
};

static void
break_line(struct printer *p)
{
	buf_add(p->out, S("\n\t"));
	p->column = TAB_COLUMNS;
	p->fresh = true;
}

/* One unbreakable word, after a blank if apart. */
static void
put(struct printer *p, str word, bool apart)
{
	if (!p->fresh && p->column + str_utf8_count(word) + apart > COLUMNS_MAX)
		break_line(p);
	if (apart && !p->fresh) {
		buf_byte(p->out, ' ');
		p->column++;
	}
	buf_add(p->out, word);
	p->column += str_utf8_count(word);
	p->fresh = false;
}

static void
simple_print(const struct term *t, struct buf *out)
{
	if (t->kind == TERM_DURING) {
		buf_printf(out, "during %s", word_get(WORDS_PERIOD, t->period)->name);
		if (t->duration.unit == UNIT_NONE)
			return;
		buf_add(out, S(" then "));
	}
	if (t->kind == TERM_AFTER && t->event == EVENT_BIRTH && t->duration.unit == UNIT_YEAR) {
		buf_printf(out, "birthday %d", (int)t->duration.number);
		return;
	}
	if (t->duration.unit != UNIT_NONE) {
		duration_print(t->duration, out);
		buf_add(out, S(" after "));
	}
	buf_add(out, word_name(WORDS_EVENT, t->event));
}

void
term_print(const struct term *t, struct buf *out)
{
	if (t->kind == TERM_AS) {
		buf_printf(out, "as %.*s when file exists else ", STR_FMT(t->name));
		t = t->b;
	}
	switch (t->kind) {
	case TERM_EARLIER:
		simple_print(t->a, out);
		buf_add(out, S(" or "));
		simple_print(t->b, out);
		break;
	case TERM_LATER:
		buf_add(out, S("later of "));
		simple_print(t->a, out);
		buf_add(out, S(" and "));
		simple_print(t->b, out);
		break;
	case TERM_PARAMETER:
		buf_printf(out, "parameter %.*s required", STR_FMT(t->name));
		break;
	case TERM_AFTER:
	case TERM_DURING:
	case TERM_AS:	/* none inside another */
		simple_print(t, out);
		break;
	}
}

static void
amount_print(const struct attribute *a, struct buf *out)
{
	if (a->duration.unit == UNIT_NONE)
		buf_int(out, a->number);
	else
		duration_print(a->duration, out);
}

/* The value of an attribute that is one run of words; lists are not. */
static void
value_print(const struct attribute *a, enum vocabulary v, struct buf *out)
{
	switch (a->kind) {
	case VALUE_WORD:
		buf_add(out, word_name(v, a->number));
		break;
	case VALUE_TEXT:
		buf_printf(out, "\"%.*s\"", STR_FMT(a->text));
		break;
	case VALUE_NAME:
	case VALUE_DATE:
		buf_add(out, a->text);
		break;
	case VALUE_LIFE:
		if (a->duration.unit == UNIT_NONE)
			buf_add(out, S("session"));
		else
			duration_print(a->duration, out);
		break;
	case VALUE_RATE:
		buf_printf(out, "%d per ", (int)a->number);
		duration_print(a->duration, out);
		break;
	case VALUE_GRANT:
		buf_add(out, S("on-grant "));
		duration_print(a->duration, out);
		break;
	case VALUE_AFTER:
	case VALUE_TERM:
		term_print(a->term, out);
		break;
	case VALUE_THEN:
		if (a->duration.unit != UNIT_NONE) {
			buf_add(out, S("archive "));
			duration_print(a->duration, out);
			buf_add(out, S(" then "));
		}
		buf_add(out, word_name(WORDS_DISPOSAL, a->number));
		break;
	case VALUE_NUMBER:
	case VALUE_DURATION:
	case VALUE_AMOUNT:
	case VALUE_FLAG:
	case VALUE_WORDS:
	case VALUE_NAMES:
	case VALUE_FIELDS:
	case VALUE_CLAUSES:
		amount_print(a, out);
		break;
	}
}

/* table.name, or table.{name,name} for neighbours of one table: one piece a name. */
static void
field_piece(const struct attribute *a, size_t i, struct buf *out)
{
	const struct item *f = &a->items[i];
	bool first = i == 0 || a->items[i - 1].number != f->number;
	bool last = i + 1 == a->n || a->items[i + 1].number != f->number;

	if (first)
		buf_printf(out, "%.*s.", STR_FMT(word_name(WORDS_RECORD, f->number)));
	if (first && !last)
		buf_byte(out, '{');
	buf_add(out, f->text);
	if (last && !first)
		buf_byte(out, '}');
}

static bool
is_list(const struct attribute *a)
{
	return a->kind == VALUE_WORDS || a->kind == VALUE_NAMES || a->kind == VALUE_FIELDS || a->kind == VALUE_CLAUSES;
}

static void
item_print(const struct attribute *a, size_t i, struct buf *out)
{
	if (a->kind == VALUE_FIELDS)
		field_piece(a, i, out);
	else
		buf_add(out, a->items[i].text);
	if (i + 1 < a->n)
		buf_byte(out, ',');
}

/* A name and its list, broken behind commas. */
static void
list_put(struct printer *p, const struct attribute *a)
{
	char room[2 * POLICY_LINE_BYTES_MAX];

	for (size_t i = 0; i < a->n; i++) {
		struct buf piece = { .p = room, .room = sizeof(room), .max = sizeof(room) };

		item_print(a, i, &piece);
		put(p, buf_str(&piece), i == 0);
	}
}

/* Together on one line where it fits, else in pieces. */
static void
attribute_put(struct printer *p, const struct attribute *a, const struct slot *s)
{
	char room[2 * POLICY_LINE_BYTES_MAX];
	struct buf flat = { .p = room, .room = sizeof(room), .max = sizeof(room) };
	bool named = s->duty != PLACED && s->kind != VALUE_TERM;

	for (size_t i = 0; i < a->n; i++)
		item_print(a, i, &flat);
	if (a->kind != VALUE_FLAG && !is_list(a))
		value_print(a, s->vocabulary, &flat);
	size_t width = flat.full ? COLUMNS_MAX : str_utf8_count(buf_str(&flat)) + 1;
	if (named)
		width += attribute_name(a->word).n + 1;
	if (!p->fresh && p->column + width > COLUMNS_MAX)
		break_line(p);
	if (named)
		put(p, attribute_name(a->word), true);
	if (is_list(a))
		list_put(p, a);
	else if (a->kind != VALUE_FLAG)
		put(p, buf_str(&flat), true);
}

static void
declaration_print(const struct declaration *d, struct buf *out)
{
	struct printer p = { .out = out, .fresh = true };
	const struct slot *slots[SLOTS_MAX];
	size_t n = grammar_slots(d->keyword, slots), at = 0;

	put(&p, keyword_name(d->keyword), false);
	for (size_t i = 0; i < d->n; i++) {
		while (at < n && slots[at]->word != d->attributes[i].word)
			at++;
		attribute_put(&p, &d->attributes[i], slots[at]);
	}
}

void
syntax_print(const struct syntax *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++) {
		declaration_print(&s->declarations[i], out);
		buf_byte(out, '\n');
	}
}

/* --- with comments --- */

/* From its # on, without blanks at the end; empty when there is none. */
static str
comment_of(str line)
{
	bool text = false;

	for (size_t i = 0; i < line.n; i++) {
		if (text && line.p[i] == '\\')
			i++;
		else if (line.p[i] == '"')
			text = !text;
		else if (line.p[i] == '#' && !text)
			return str_trim(str_slice(line, i, line.n));
	}
	return (str){0};
}

struct comments {
	str		 rest;		/* lines not read yet */
	uint32_t	 line;		/* number of the last one read */
	bool		 began, gap;	/* something was printed; an empty line waits */
	struct buf	*out;
};

static void
gap_print(struct comments *c)
{
	if (c->gap && c->began)
		buf_byte(c->out, '\n');
	c->gap = false;
	c->began = true;
}

static void
comment_print(struct comments *c, str comment)
{
	gap_print(c);
	buf_add(c->out, comment);
	buf_byte(c->out, '\n');
}

/* The comments of the lines up to and with this one, except what stands in the last line of a declaration. */
static str
read_lines(struct comments *c, uint32_t to, bool keep_last)
{
	str line, comment = {0};

	while (c->line < to && str_split(&c->rest, '\n', &line)) {
		c->line++;
		comment = comment_of(line);
		if (keep_last && c->line == to)
			return comment;
		if (comment.n > 0)
			comment_print(c, comment);
		else if (str_trim(line).n == 0)
			c->gap = true;
	}
	return (str){0};
}

/* Does the comment still stand in the last line of the text? */
static bool
fits_behind(str text, str comment)
{
	size_t start = text.n;

	while (start > 0 && text.p[start - 1] != '\n')
		start--;
	return text.n - start + 1 + comment.n <= POLICY_LINE_BYTES_MAX;
}

void
syntax_print_with_comments(const struct syntax *s, str source, struct buf *out)
{
	struct comments c = { .rest = source, .out = out };

	if (str_starts(source, S("\xef\xbb\xbf")))
		c.rest = str_slice(source, 3, source.n);
	for (size_t i = 0; i < s->n; i++) {
		const struct declaration *d = &s->declarations[i];
		struct buf text = buf_in(out->mem, 2 * POLICY_BYTES_MAX);

		(void)read_lines(&c, d->where.line - 1, false);
		bool gap = c.gap;
		size_t before = out->n;
		str behind = read_lines(&c, d->last_line, true);
		/* An empty line inside the declaration is none before it. */
		c.gap = gap && out->n == before;
		declaration_print(d, &text);
		bool fits = fits_behind(buf_str(&text), behind);
		if (behind.n > 0 && !fits)
			comment_print(&c, behind);
		gap_print(&c);
		buf_add(out, buf_str(&text));
		if (behind.n > 0 && fits) {
			buf_byte(out, ' ');
			buf_add(out, behind);
		}
		buf_byte(out, '\n');
	}
	(void)read_lines(&c, UINT32_MAX, false);
}
