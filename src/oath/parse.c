/*
 * parse.c - words to declarations, by the tables of grammar.def.  LL(1): the
 * next word decides.  After an error reading goes on at the next attribute of
 * the declaration, so that one run tells of all of them.
 */
#include "oath/parse.h"

static bool
parse_slot(struct parser *p, size_t i, struct where w)
{
	const struct slot *s = p->slots[i];
	struct attribute a = { .word = s->word, .kind = s->kind, .where = w }, value = a;

	if (p->given[i])
		COMPLAIN(p->d, E125, w, attribute_name(s->word));
	bool fine = parse_value(p, s, &value);
	if (s->kind == VALUE_FLAG)
		value.where = w;
	if (p->given[i])
		return false;
	/* A wrong name still names, and what is right of a list still counts: fewer errors follow. */
	p->found[i] = value;
	p->given[i] = fine || value.n > 0 || (s->kind == VALUE_NAME && value.text.n > 0);
	return fine;
}

/* The slot that the word opens, or slots_n. */
static size_t
slot_of(const struct parser *p)
{
	for (size_t i = p->placed_n; i < p->slots_n && p->now.kind == LEXEME_WORD; i++)
		if (p->slots[i]->kind != VALUE_TERM && str_eq(p->now.text, attribute_name(p->slots[i]->word)))
			return i;
	return p->slots_n;
}

static size_t
term_slot(const struct parser *p)
{
	for (size_t i = p->placed_n; i < p->slots_n; i++)
		if (p->slots[i]->kind == VALUE_TERM)
			return i;
	return p->slots_n;
}

static size_t
then_slot(const struct parser *p)
{
	for (size_t i = p->placed_n; i < p->slots_n; i++)
		if (p->slots[i]->kind == VALUE_THEN)
			return i;
	return p->slots_n;
}

static void
unknown_attribute(struct parser *p)
{
	struct buf all = buf_in(p->mem, 1024);
	str near = {0}, word = p->now.text;
	int best = INT32_MAX;

	p->lost = true;
	for (size_t i = p->placed_n; i < p->slots_n; i++) {
		str name = attribute_name(p->slots[i]->word);

		if (p->slots[i]->kind == VALUE_TERM)
			continue;
		if (word_nearer(word, name, &best))
			near = name;
		buf_printf(&all, "%s%.*s", all.n > 0 ? ", " : "", STR_FMT(name));
	}
	if (near.n > 0)
		COMPLAIN(p->d, E129, p->now.where, word, keyword_name(p->keyword), near);
	else
		COMPLAIN(p->d, E124, p->now.where, word, keyword_name(p->keyword), buf_str(&all));
}

/* To the next attribute, or the end of the declaration; a mere wrong word was read whole. */
static void
recover(struct parser *p)
{
	while (p->lost && p->now.kind != LEXEME_END && slot_of(p) == p->slots_n)
		parse_advance(p);
	p->lost = false;
}

static bool
parse_attribute(struct parser *p)
{
	size_t i = slot_of(p), term = term_slot(p);
	struct where w = p->now.where;

	if (p->then_read) {
		p->then_read = false;
		return parse_slot(p, then_slot(p), w);
	}
	if (i < p->slots_n) {
		parse_advance(p);
		return parse_slot(p, i, w);
	}
	if (term < p->slots_n && parse_starts_term(p))
		return parse_slot(p, term, w);
	if (p->now.kind == LEXEME_WORD)
		unknown_attribute(p);
	else
		(void)parse_expected(p, grammar_phrase(VALUE_FLAG));
	return false;
}

static void
open_keyword(struct parser *p, enum keyword k)
{
	p->keyword = k;
	if (p->slots_of != k) {
		p->slots_n = grammar_slots(k, p->slots);
		p->slots_of = k;
		p->placed_n = 0;
		while (p->slots[p->placed_n]->duty == PLACED)
			p->placed_n++;
	}
	memset(p->given, 0, sizeof(p->given));
	p->then_read = false;
	p->lost = false;
}

/* What is missing: the attribute's own word, then what follows it. */
static const char *const *
needed_phrase(struct parser *p, const struct slot *s)
{
	const char **phrase = NEW_N(p->mem, const char *, LANG_COUNT);

	if (s->kind == VALUE_TERM)
		return grammar_phrase(s->kind);
	for (int i = 0; i < LANG_COUNT; i++)
		phrase[i] = str_z(p->mem, str_printf(p->mem, "%.*s (%s)", STR_FMT(attribute_name(s->word)),
		    grammar_phrase(s->kind)[i]));
	return phrase;
}

static void
unknown_keyword(struct parser *p)
{
	struct buf all = buf_in(p->mem, 1024);
	str near = {0}, word = p->now.text;
	int best = INT32_MAX;

	if (p->now.kind == LEXEME_BAD)
		return;
	for (int k = 0; k < KEYWORD_COUNT; k++) {
		str name = keyword_name((enum keyword)k);

		if (word_nearer(word, name, &best))
			near = name;
		buf_printf(&all, "%s%.*s", k > 0 ? ", " : "", STR_FMT(name));
	}
	if (near.n > 0)
		COMPLAIN(p->d, E120, p->now.where, word, near);
	else
		COMPLAIN(p->d, E130, p->now.where, word, buf_str(&all));
}

static struct declaration
close_declaration(struct parser *p, struct where w, bool broken)
{
	struct declaration d = { .keyword = p->keyword, .where = w, .broken = broken, .last_line = p->last_line };

	for (size_t i = 0; i < p->slots_n; i++) {
		d.n += p->given[i];
		if (!p->given[i] && p->slots[i]->duty == NEEDED && !broken) {
			diagnostics_add(p->d, &(struct diagnostic){ DIAGNOSTIC_E126, w,
			    { {0}, keyword_name(p->keyword), {0} }, needed_phrase(p, p->slots[i]) });
			d.broken = true;
		}
	}
	d.attributes = NEW_N(p->mem, struct attribute, d.n);
	d.n = 0;
	for (size_t i = 0; i < p->slots_n; i++)
		if (p->given[i])
			d.attributes[d.n++] = p->found[i];
	return d;
}

static bool
parse_declaration(struct parser *p, struct declaration *ret)
{
	struct where w = p->now.where;
	enum keyword k = p->now.kind == LEXEME_WORD ? grammar_keyword(p->now.text) : KEYWORD_COUNT;
	bool broken = false;

	if (k == KEYWORD_COUNT) {
		unknown_keyword(p);
		while (p->now.kind != LEXEME_END)
			parse_advance(p);
		return false;
	}
	open_keyword(p, k);
	parse_advance(p);
	for (size_t i = 0; i < p->placed_n && !p->lost; i++)
		broken = !parse_slot(p, i, p->now.where) || broken;
	recover(p);
	while (p->now.kind != LEXEME_END || p->then_read) {
		if (parse_attribute(p))
			continue;
		broken = true;
		recover(p);
	}
	*ret = close_declaration(p, w, broken);
	return true;
}

struct syntax
syntax_parse(struct arena *mem, str source, struct diagnostics *d)
{
	struct parser *p = NEW(mem, struct parser);
	struct syntax s = {0};
	size_t room = 0;

	p->mem = mem;
	p->d = d;
	p->slots_of = KEYWORD_COUNT;
	if (!lexer_begin(&p->l, mem, source, d))
		return s;
	while (lexer_declaration(&p->l)) {
		p->now.kind = LEXEME_END;
		parse_advance(p);
		if (s.n == room) {
			struct declaration *grown;

			room = room == 0 ? 64 : 2 * room;
			grown = NEW_N(mem, struct declaration, room);
			if (s.n > 0)
				memcpy(grown, s.declarations, s.n * sizeof(*grown));
			s.declarations = grown;
		}
		s.n += parse_declaration(p, &s.declarations[s.n]);
	}
	if (s.n == 0 && d->errors == 0)
		COMPLAIN(d, E106, ((struct where){ 1, 1, 1 }), S(""));
	return s;
}
