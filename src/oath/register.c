/* register.c - the registers of article 30 as CSV (RFC 4180), a row an activity. */
#include "oath/explain.h"
#include "oath/render.h"

enum { CELL_BYTES_MAX = 64 * 1024 };

struct sheet {
	const struct policy	*p;
	struct buf		*out;
	enum lang		 lang;
	bool			 comma;
};

/* Quoted; what a spreadsheet would take for a formula gets an apostrophe. */
static void
cell(struct sheet *s, str text)
{
	if (s->comma)
		buf_byte(s->out, ',');
	s->comma = true;
	buf_byte(s->out, '"');
	if (text.n > 0 && strchr("=+-@\t", text.p[0]) != NULL)
		buf_byte(s->out, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && i + 1 < text.n)
			i++;
		if (text.p[i] == '"')
			buf_byte(s->out, '"');
		buf_byte(s->out, text.p[i]);
	}
	buf_byte(s->out, '"');
}

static void
row_end(struct sheet *s)
{
	buf_add(s->out, S("\r\n"));
	s->comma = false;
}

static struct buf
words(struct sheet *s)
{
	return buf_in(s->out->mem, CELL_BYTES_MAX);
}

static void
cell_set(struct sheet *s, enum vocabulary v, uint64_t set)
{
	struct buf b = words(s);

	set_words(v, set, s->lang, &b);
	cell(s, buf_str(&b));
}

static void
cell_categories(struct sheet *s, category_set set)
{
	struct buf b = words(s);

	for (size_t i = 0; i < s->p->categories_n; i++) {
		const struct policy_category *k = &s->p->categories[i];

		if ((set >> i & 1) != 0)
			buf_printf(&b, "%s%.*s", b.n > 0 ? "; " : "",
			    STR_FMT(policy_title(s->p, k->name, k->title, s->lang)));
	}
	cell(s, buf_str(&b));
}

static uint32_t
subjects_of(const struct policy *p, category_set set)
{
	uint32_t subjects = 0;

	for (size_t i = 0; i < p->categories_n; i++)
		if ((set >> i & 1) != 0)
			subjects |= p->categories[i].subjects;
	return subjects;
}

static void
cell_recipients(struct sheet *s, const struct policy_purpose *u)
{
	struct buf b = words(s);

	for (size_t i = 0; i < s->p->recipients_n; i++) {
		const struct policy_recipient *r = &s->p->recipients[i];
		bool named = r->purposes == 0 || (r->purposes >> u->word & 1) != 0;

		if ((r->receives & u->uses) != 0 && named)
			buf_printf(&b, "%s%.*s", b.n > 0 ? "; " : "",
			    STR_FMT(policy_title(s->p, r->name, r->title, s->lang)));
	}
	cell(s, buf_str(&b));
}

static void
cell_transfers(struct sheet *s, category_set set)
{
	struct buf b = words(s);

	for (size_t i = 0; i < s->p->transfers_n; i++) {
		const struct policy_transfer *t = &s->p->transfers[i];

		if (t->place != NOT_SAID && (t->of & set) != 0)
			buf_printf(&b, "%s%s (%s)", b.n > 0 ? "; " : "",
			    word_get(WORDS_PLACE, t->place)->label[s->lang],
			    word_get(WORDS_MECHANISM, t->mechanism)->label[s->lang]);
	}
	cell(s, buf_str(&b));
}

static void
cell_durations(struct sheet *s, category_set set)
{
	struct buf b = words(s);

	for (size_t i = 0; i < s->p->keeps_n; i++) {
		const struct policy_keep *k = &s->p->keeps[i];

		if ((set >> k->category & 1) == 0)
			continue;
		buf_printf(&b, "%s%.*s: ", b.n > 0 ? "; " : "", STR_FMT(s->p->categories[k->category].name));
		keep_words(k, s->lang, &b);
	}
	cell(s, buf_str(&b));
}

static void
cell_security(struct sheet *s, category_set set)
{
	struct buf b = words(s);

	for (size_t i = 0; i < s->p->categories_n; i++)
		if ((set >> i & 1) != 0 && s->p->categories[i].encrypt)
			buf_printf(&b, "%s%.*s: %s", b.n > 0 ? "; " : "", STR_FMT(s->p->categories[i].name),
			    s->lang == LANG_FR ? "chiffré" : "encrypted");
	for (size_t i = 0; i < s->p->logins_n; i++)
		if (s->p->logins[i].factor == FACTOR_TWO)
			buf_printf(&b, "%s%s", b.n > 0 ? "; " : "", word_get(WORDS_FACTOR, FACTOR_TWO)->label[s->lang]);
	cell(s, buf_str(&b));
}

static void
heads(struct sheet *s, const char *const names[][LANG_COUNT], size_t n)
{
	for (size_t i = 0; i < n; i++)
		cell(s, str_c(names[i][s->lang]));
	row_end(s);
}

/* 30.1: what the controller does. */
static void
register_controller(struct sheet *s)
{
	static const char *const names[][LANG_COUNT] = {
		{ "activité", "activity" }, { "finalité", "purpose" }, { "base légale", "legal basis" },
		{ "condition de l'article 9", "condition of article 9" }, { "personnes", "persons" },
		{ "données", "data" }, { "destinataires", "recipients" }, { "transferts", "transfers" },
		{ "durées", "durations" }, { "sécurité", "security" },
	};

	heads(s, names, COUNT(names));
	for (size_t i = 0; i < s->p->purposes_n; i++) {
		const struct policy_purpose *u = &s->p->purposes[i];

		cell(s, word_name(WORDS_AIM, u->word));
		cell(s, word_label(WORDS_AIM, u->word, s->lang));
		cell(s, word_label(WORDS_BASIS, u->basis, s->lang));
		cell(s, u->condition == NOT_SAID ? S("") : word_label(WORDS_CONDITION, u->condition, s->lang));
		cell_set(s, WORDS_SUBJECT, subjects_of(s->p, u->uses));
		cell_categories(s, u->uses);
		cell_recipients(s, u);
		cell_transfers(s, u->uses);
		cell_durations(s, u->uses);
		cell_security(s, u->uses);
		row_end(s);
	}
}

/* 30.2: what each processor does for it. */
static void
register_processors(struct sheet *s)
{
	static const char *const names[][LANG_COUNT] = {
		{ "sous-traitant", "processor" }, { "responsable", "controller" }, { "lieu", "place" },
		{ "traitements", "processing" }, { "données", "data" }, { "transferts", "transfers" },
		{ "sécurité", "security" },
	};

	heads(s, names, COUNT(names));
	for (size_t i = 0; i < s->p->recipients_n; i++) {
		const struct policy_recipient *r = &s->p->recipients[i];
		const struct policy_controller *k = &s->p->controllers[0];

		if (r->role != STANDING_PROCESSOR)
			continue;
		cell(s, policy_title(s->p, r->name, r->title, s->lang));
		cell(s, policy_title(s->p, k->name, k->title, s->lang));
		cell(s, word_label(WORDS_PLACE, r->place, s->lang));
		cell_set(s, WORDS_AIM, r->purposes);
		cell_categories(s, r->receives);
		cell_transfers(s, r->receives);
		cell_security(s, r->receives);
		row_end(s);
	}
}

void
policy_register(const struct policy *p, bool processors, enum lang lang, struct buf *out)
{
	struct sheet s = { .p = p, .out = out, .lang = lang };

	if (processors)
		register_processors(&s);
	else
		register_controller(&s);
}
