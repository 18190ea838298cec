/* parse_value.c - the values of attributes: words, names, lists, fields, terms. */
#include "oath/parse.h"

void
parse_advance(struct parser *p)
{
	if (p->now.kind != LEXEME_END) {
		p->end = p->now.where;
		p->end.column += p->now.where.length;
		p->end.length = 1;
		p->last_line = p->now.where.line;
	}
	lexer_next(&p->l, &p->now);
}

static bool
at_word(const struct parser *p, const char *word)
{
	return p->now.kind == LEXEME_WORD && str_eq(p->now.text, str_c(word));
}

bool
parse_expected(struct parser *p, const char *const phrase[LANG_COUNT])
{
	p->lost = true;
	if (p->now.kind == LEXEME_END)
		diagnostics_add(p->d, &(struct diagnostic){ DIAGNOSTIC_E123, p->end, {{0}}, phrase });
	else if (p->now.kind != LEXEME_BAD)
		diagnostics_add(p->d, &(struct diagnostic){ DIAGNOSTIC_E122, p->now.where,
		    { {0}, p->now.text }, phrase });
	return false;
}

static bool
expect_word(struct parser *p, const char *word)
{
	const char **phrase = NEW_N(p->mem, const char *, LANG_COUNT);

	if (at_word(p, word)) {
		parse_advance(p);
		return true;
	}
	for (int i = 0; i < LANG_COUNT; i++)
		phrase[i] = word;
	return parse_expected(p, phrase);
}

/* --- single values --- */

static bool
parse_word(struct parser *p, enum vocabulary v, int64_t *ret)
{
	const char *const *title = words_phrase(v);

	if (p->now.kind != LEXEME_WORD)
		return parse_expected(p, title);
	*ret = word_find(v, p->now.text);
	if (*ret < 0) {
		str near = word_nearest(v, p->now.text);
		struct diagnostic g = { near.n > 0 ? DIAGNOSTIC_E200 : DIAGNOSTIC_E201, p->now.where,
		    { {0}, p->now.text, near.n > 0 ? near : words_list(p->mem, v) }, title };

		diagnostics_add(p->d, &g);
	}
	parse_advance(p);
	return *ret >= 0;
}

static bool
is_name(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '-' || s.p[i] == '_' ||
		    (s.p[i] >= '0' && s.p[i] <= '9')))
			return false;
	return s.n > 0;
}

static bool
parse_name(struct parser *p, str *ret)
{
	bool fine = true;

	if (p->now.kind != LEXEME_WORD)
		return parse_expected(p, grammar_phrase(VALUE_NAME));
	if (!is_name(p->now.text)) {
		COMPLAIN(p->d, E131, p->now.where, p->now.text);
		fine = false;
	} else if (p->now.text.n > POLICY_NAME_BYTES_MAX) {
		COMPLAIN(p->d, E119, p->now.where, p->now.text, str_of_int(p->mem, POLICY_NAME_BYTES_MAX));
		fine = false;
	}
	*ret = p->now.text;
	parse_advance(p);
	return fine;
}

static bool
parse_lexeme(struct parser *p, enum lexeme_kind kind, enum value_kind what, struct lexeme *ret)
{
	if (p->now.kind != kind)
		return parse_expected(p, grammar_phrase(what));
	*ret = p->now;
	parse_advance(p);
	return true;
}

static bool
parse_duration(struct parser *p, struct duration *ret)
{
	struct lexeme x = {0};

	if (!parse_lexeme(p, LEXEME_DURATION, VALUE_DURATION, &x))
		return false;
	*ret = x.duration;
	return true;
}

/* --- lists --- */

struct list {
	struct item	*items;
	size_t		 n, room;
};

static void
list_add(struct parser *p, struct list *l, const struct item *item)
{
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 4 : 2 * l->room;
		struct item *items = NEW_N(p->mem, struct item, room);

		if (l->n > 0)
			memcpy(items, l->items, l->n * sizeof(*items));
		l->items = items;
		l->room = room;
	}
	l->items[l->n++] = *item;
}

/* Twice the same, or too many: said, and the item is left out. */
static bool
list_take(struct parser *p, struct list *l, const struct item *item)
{
	for (size_t i = 0; i < l->n; i++) {
		if (str_eq(l->items[i].text, item->text) && l->items[i].number == item->number) {
			COMPLAIN(p->d, E128, item->where, item->text);
			return false;
		}
	}
	if (l->n == POLICY_LIST_MAX) {
		COMPLAIN(p->d, E127, item->where, str_of_int(p->mem, POLICY_LIST_MAX));
		return false;
	}
	list_add(p, l, item);
	return true;
}

static bool
parse_item(struct parser *p, const struct slot *s, struct item *item)
{
	item->where = p->now.where;
	item->text = p->now.text;
	if (s->kind == VALUE_WORDS)
		return parse_word(p, s->vocabulary, &item->number);
	if (s->kind == VALUE_NAMES)
		return parse_name(p, &item->text);
	if (p->now.kind != LEXEME_WORD)
		return parse_expected(p, grammar_phrase(VALUE_CLAUSES));
	parse_advance(p);
	return true;
}

/* One wrong item does not hide the others. */
static bool
parse_list(struct parser *p, const struct slot *s, struct attribute *a)
{
	struct list list = {0};
	bool fine = true;

	for (;;) {
		struct item item = {0};
		bool is_word = p->now.kind == LEXEME_WORD;

		if (parse_item(p, s, &item))
			fine = list_take(p, &list, &item) && fine;
		else if (is_word)
			fine = false;
		else
			return false;
		if (p->now.kind != LEXEME_COMMA)
			break;
		parse_advance(p);
	}
	a->items = list.items;
	a->n = list.n;
	return fine;
}

/* --- fields: table.name, table.*, table.{name,name} --- */

static bool
take_field(struct parser *p, int64_t record, str name, struct where w, struct list *list)
{
	struct item item = { name, w, record };

	if (!str_eq(name, S("*")) && field_find((enum record_word)record, name) == FIELD_COUNT) {
		str table = word_name(WORDS_RECORD, record), near = field_nearest((enum record_word)record, name);

		if (near.n > 0)
			COMPLAIN(p->d, E202, w, table, name, near);
		else
			COMPLAIN(p->d, E213, w, table, name, fields_list(p->mem, (enum record_word)record));
		return false;
	}
	return list_take(p, list, &item);
}

static bool
find_record(struct parser *p, str name, struct where w, int64_t *ret)
{
	w.length = (uint32_t)name.n;
	*ret = word_find(WORDS_RECORD, name);
	if (*ret < 0) {
		str near = word_nearest(WORDS_RECORD, name);
		struct diagnostic g = { near.n > 0 ? DIAGNOSTIC_E200 : DIAGNOSTIC_E201, w,
		    { {0}, name, near.n > 0 ? near : words_list(p->mem, WORDS_RECORD) },
		    words_phrase(WORDS_RECORD) };

		diagnostics_add(p->d, &g);
	}
	return *ret >= 0;
}

/* Between braces. */
static bool
parse_group(struct parser *p, bool known, int64_t record, struct list *list)
{
	bool fine = known;

	do {
		parse_advance(p);	/* the brace, then each comma */
		if (p->now.kind != LEXEME_WORD)
			return parse_expected(p, grammar_phrase(VALUE_FIELDS));
		if (known)
			fine = take_field(p, record, p->now.text, p->now.where, list) && fine;
		parse_advance(p);
	} while (p->now.kind == LEXEME_COMMA);
	if (p->now.kind != LEXEME_CLOSE)
		return parse_expected(p, grammar_phrase(VALUE_FIELDS));
	parse_advance(p);
	return fine;
}

/* person.email is one word of the lexer; person.* and person.{...} are more. */
static bool
parse_field(struct parser *p, struct list *list)
{
	struct lexeme x = {0};
	int64_t record = -1;

	if (!parse_lexeme(p, LEXEME_WORD, VALUE_FIELDS, &x))
		return false;
	ptrdiff_t dot = str_find(x.text, '.');
	str table = dot < 0 ? x.text : str_slice(x.text, 0, (size_t)dot);
	bool known = find_record(p, table, x.where, &record);
	if (dot >= 0) {
		x.where.column += (uint32_t)dot + 1;
		x.where.length -= (uint32_t)dot + 1;
		return known && take_field(p, record, str_slice(x.text, (size_t)dot + 1, x.text.n), x.where, list);
	}
	if (p->now.kind != LEXEME_DOT)
		return parse_expected(p, grammar_phrase(VALUE_FIELDS));
	parse_advance(p);
	if (p->now.kind == LEXEME_OPEN)
		return parse_group(p, known, record, list);
	if (p->now.kind != LEXEME_STAR)
		return parse_expected(p, grammar_phrase(VALUE_FIELDS));
	x.where.length += 2;
	known = known && take_field(p, record, S("*"), x.where, list);
	parse_advance(p);
	return known;
}

static bool
parse_fields(struct parser *p, struct attribute *a)
{
	struct list list = {0};
	bool fine = true;

	for (;;) {
		fine = parse_field(p, &list) && fine;
		if (p->now.kind != LEXEME_COMMA)
			break;
		parse_advance(p);
	}
	a->items = list.items;
	a->n = list.n;
	return fine;
}

/* --- terms --- */

bool
parse_starts_term(const struct parser *p)
{
	static const char *const starts[] = { "birthday", "during", "later", "as", "parameter" };

	if (p->now.kind == LEXEME_DURATION)
		return true;
	for (size_t i = 0; i < COUNT(starts); i++)
		if (at_word(p, starts[i]))
			return true;
	return p->now.kind == LEXEME_WORD && word_find(WORDS_EVENT, p->now.text) >= 0;
}

static bool
parse_event(struct parser *p, struct term *t)
{
	int64_t event = 0;

	if (!parse_word(p, WORDS_EVENT, &event))
		return false;
	t->event = (enum event_word)event;
	return true;
}

static bool
parse_after(struct parser *p, struct term *t)
{
	struct lexeme years = {0};

	t->where = p->now.where;
	if (!at_word(p, "birthday"))
		return parse_duration(p, &t->duration) && expect_word(p, "after") && parse_event(p, t);
	parse_advance(p);
	t->event = EVENT_BIRTH;
	if (!parse_lexeme(p, LEXEME_NUMBER, VALUE_NUMBER, &years))
		return false;
	t->duration = (struct duration){ years.number, UNIT_YEAR };
	if (years.number >= 1 && years.number <= POLICY_YEARS_MAX)
		return true;
	COMPLAIN(p->d, E117, years.where, years.text);
	return false;
}

/* "during contract then 1y after contract_end", or with the disposal already: "then erase". */
static bool
parse_during(struct parser *p, struct term *t)
{
	int64_t period = 0;

	parse_advance(p);
	t->kind = TERM_DURING;
	if (!parse_word(p, WORDS_PERIOD, &period))
		return false;
	t->period = (enum period_word)period;
	t->event = t->period == PERIOD_CONTRACT ? EVENT_CONTRACT_END : EVENT_ACCOUNT_CLOSE;
	if (!at_word(p, "then"))
		return true;
	parse_advance(p);
	if (p->now.kind != LEXEME_DURATION) {
		p->then_read = true;
		return true;
	}
	return parse_duration(p, &t->duration) && expect_word(p, "after") &&
	    expect_word(p, word_get(WORDS_EVENT, t->event)->name);
}

static bool
parse_simple(struct parser *p, struct term *t)
{
	t->where = p->now.where;
	t->kind = TERM_AFTER;
	if (at_word(p, "during"))
		return parse_during(p, t);
	if (p->now.kind == LEXEME_DURATION || at_word(p, "birthday"))
		return parse_after(p, t);
	if (p->now.kind == LEXEME_WORD)
		return parse_event(p, t);
	return parse_expected(p, grammar_phrase(VALUE_TERM));
}

static bool
parse_pair(struct parser *p, struct term *t, enum term_kind kind, const char *between)
{
	struct term first = *t;

	*t = (struct term){ .kind = kind, .where = first.where };
	t->a = NEW(p->mem, struct term);
	t->b = NEW(p->mem, struct term);
	*t->a = first;
	if (kind == TERM_LATER && !parse_simple(p, t->a))
		return false;
	return expect_word(p, between) && parse_simple(p, t->b);
}

static bool
parse_as(struct parser *p, struct term *t)
{
	parse_advance(p);
	t->kind = TERM_AS;
	t->where = p->now.where;
	return parse_name(p, &t->name) && expect_word(p, "when") && expect_word(p, "file") &&
	    expect_word(p, "exists") && expect_word(p, "else");
}

/* Without `as`: what may follow `else`. */
static bool
parse_plain_term(struct parser *p, struct term *t)
{
	t->where = p->now.where;
	if (at_word(p, "later")) {
		parse_advance(p);
		return expect_word(p, "of") && parse_pair(p, t, TERM_LATER, "and");
	}
	if (at_word(p, "parameter")) {
		parse_advance(p);
		t->kind = TERM_PARAMETER;
		return parse_name(p, &t->name) && expect_word(p, "required");
	}
	if (!parse_simple(p, t))
		return false;
	return p->then_read || !at_word(p, "or") || parse_pair(p, t, TERM_EARLIER, "or");
}

static bool
parse_term(struct parser *p, struct attribute *a)
{
	a->term = NEW(p->mem, struct term);
	if (!at_word(p, "as"))
		return parse_plain_term(p, a->term);
	a->term->b = NEW(p->mem, struct term);
	return parse_as(p, a->term) && parse_plain_term(p, a->term->b);
}

/* After the word `then`: an end, or an archive and an end. */
static bool
parse_then(struct parser *p, struct attribute *a)
{
	if (at_word(p, "archive")) {
		parse_advance(p);
		if (!parse_duration(p, &a->duration) || !expect_word(p, "then"))
			return false;
	}
	if (p->now.kind != LEXEME_WORD)
		return parse_expected(p, grammar_phrase(VALUE_THEN));
	return parse_word(p, WORDS_DISPOSAL, &a->number);
}

static bool
parse_amount(struct parser *p, struct attribute *a)
{
	struct lexeme x = {0};

	if (p->now.kind == LEXEME_DURATION)
		return parse_duration(p, &a->duration);
	if (!parse_lexeme(p, LEXEME_NUMBER, VALUE_AMOUNT, &x))
		return false;
	a->number = x.number;
	return true;
}

static bool
parse_life(struct parser *p, struct attribute *a)
{
	if (p->now.kind == LEXEME_DURATION)
		return parse_duration(p, &a->duration);
	if (!at_word(p, "session"))
		return parse_expected(p, grammar_phrase(VALUE_LIFE));
	parse_advance(p);
	return true;
}

static bool
parse_rate(struct parser *p, struct attribute *a)
{
	struct lexeme x = {0};

	if (!parse_lexeme(p, LEXEME_NUMBER, VALUE_RATE, &x))
		return false;
	a->number = x.number;
	return expect_word(p, "per") && parse_duration(p, &a->duration);
}

static bool
parse_scalar(struct parser *p, enum lexeme_kind kind, struct attribute *a)
{
	struct lexeme x = {0};

	if (!parse_lexeme(p, kind, a->kind, &x))
		return false;
	a->text = x.text;
	a->number = x.number;
	return true;
}

bool
parse_value(struct parser *p, const struct slot *s, struct attribute *a)
{
	a->where = p->now.where;
	switch (s->kind) {
	case VALUE_FLAG:
		return true;
	case VALUE_WORD:
		return parse_word(p, s->vocabulary, &a->number);
	case VALUE_WORDS:
	case VALUE_NAMES:
	case VALUE_CLAUSES:
		return parse_list(p, s, a);
	case VALUE_NAME:
		return parse_name(p, &a->text);
	case VALUE_TEXT:
		return parse_scalar(p, LEXEME_TEXT, a);
	case VALUE_NUMBER:
		return parse_scalar(p, LEXEME_NUMBER, a);
	case VALUE_DATE:
		return parse_scalar(p, LEXEME_DATE, a);
	case VALUE_DURATION:
		return parse_duration(p, &a->duration);
	case VALUE_AMOUNT:
		return parse_amount(p, a);
	case VALUE_LIFE:
		return parse_life(p, a);
	case VALUE_RATE:
		return parse_rate(p, a);
	case VALUE_GRANT:
		return expect_word(p, "on-grant") && parse_duration(p, &a->duration);
	case VALUE_FIELDS:
		return parse_fields(p, a);
	case VALUE_AFTER:
		a->term = NEW(p->mem, struct term);
		return parse_after(p, a->term);
	case VALUE_TERM:
		return parse_term(p, a);
	case VALUE_THEN:
		return parse_then(p, a);
	}
	return false;
}
