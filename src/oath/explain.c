/* explain.c - see explain.h. */
#include "oath/explain.h"

static str
either(enum lang lang, str fr, str en)
{
	return lang == LANG_FR ? fr : en;
}

void
duration_words(struct duration d, enum lang lang, struct buf *out)
{
	static const char *const units[][LANG_COUNT][2] = {
		[UNIT_NONE] = { { "", "" }, { "", "" } },
		[UNIT_SECOND] = { { "seconde", "secondes" }, { "second", "seconds" } },
		[UNIT_MINUTE] = { { "minute", "minutes" }, { "minute", "minutes" } },
		[UNIT_HOUR] = { { "heure", "heures" }, { "hour", "hours" } },
		[UNIT_DAY] = { { "jour", "jours" }, { "day", "days" } },
		[UNIT_MONTH] = { { "mois", "mois" }, { "month", "months" } },
		[UNIT_YEAR] = { { "an", "ans" }, { "year", "years" } },
	};

	buf_int(out, d.number);
	buf_printf(out, " %s", units[d.unit][lang][d.number > 1]);
}

static void
simple_words(const struct term *t, enum lang lang, struct buf *out)
{
	str event = word_label(WORDS_EVENT, t->event, lang);

	if (t->kind == TERM_DURING) {
		buf_printf(out, lang == LANG_FR ? "tant que dure %s" : "as long as %s lasts",
		    word_get(WORDS_PERIOD, t->period)->label[lang]);
		if (t->duration.unit == UNIT_NONE)
			return;
		buf_add(out, either(lang, S(", puis "), S(", then ")));
		duration_words(t->duration, lang, out);
		return;
	}
	if (t->event == EVENT_BIRTH && t->duration.unit == UNIT_YEAR) {
		buf_printf(out, lang == LANG_FR ? "jusqu'au %de anniversaire" : "until the age of %d",
		    (int)t->duration.number);
		return;
	}
	if (t->duration.unit == UNIT_NONE) {
		buf_add(out, either(lang, S("dès "), S("until ")));
	} else {
		duration_words(t->duration, lang, out);
		buf_add(out, either(lang, S(" après "), S(" after ")));
	}
	buf_add(out, event);
}

void
term_words(const struct term *t, enum lang lang, struct buf *out)
{
	switch (t->kind) {
	case TERM_AFTER:
	case TERM_DURING:
		simple_words(t, lang, out);
		break;
	case TERM_EARLIER:
	case TERM_LATER:
		simple_words(t->a, lang, out);
		buf_add(out, either(lang, S(" ou "), S(" or ")));
		simple_words(t->b, lang, out);
		buf_add(out, t->kind == TERM_EARLIER ?
		    either(lang, S(", au plus tôt des deux"), S(", whichever comes first")) :
		    either(lang, S(", au plus tard des deux"), S(", whichever comes last")));
		break;
	case TERM_AS:
		buf_printf(out, lang == LANG_FR ? "comme « %.*s » tant que la personne y a des données, sinon " :
		    "as \"%.*s\" while the person has data there, else ", STR_FMT(t->name));
		term_words(t->b, lang, out);
		break;
	case TERM_PARAMETER:
		buf_printf(out, lang == LANG_FR ? "un délai que le responsable doit fixer (%.*s)" :
		    "a time that the controller has to set (%.*s)", STR_FMT(t->name));
		break;
	}
}

void
keep_words(const struct policy_keep *k, enum lang lang, struct buf *out)
{
	if (k->minor)
		buf_add(out, either(lang, S("pour les mineurs : "), S("for minors: ")));
	term_words(k->term, lang, out);
	if (k->archive.unit != UNIT_NONE) {
		buf_add(out, either(lang, S(" ; actives "), S("; active for ")));
		duration_words(k->active, lang, out);
		buf_add(out, either(lang, S(", puis archivées à part "), S(", then archived apart for ")));
		duration_words(k->archive, lang, out);
	}
	buf_printf(out, lang == LANG_FR ? " ; ensuite %s" : "; then %s",
	    word_get(WORDS_DISPOSAL, k->disposal)->label[lang]);
	if (k->floor != NULL) {
		buf_add(out, either(lang, S(" ; la loi interdit d'effacer avant : "),
		    S("; the law forbids to erase before: ")));
		term_words(k->floor, lang, out);
	}
	if (k->source.n > 0)
		buf_printf(out, " (%.*s)", STR_FMT(k->source));
}

void
set_words(enum vocabulary v, uint64_t set, enum lang lang, struct buf *out)
{
	bool more = false;

	for (int i = 0; i < 64; i++) {
		if ((set >> i & 1) == 0)
			continue;
		buf_printf(out, "%s%s", more ? ", " : "", word_get(v, i)->label[lang]);
		more = true;
	}
}

str
policy_title(const struct policy *p, str name, str title, enum lang lang)
{
	enum attribute_word said = lang == LANG_FR ? ATTRIBUTE_FR : ATTRIBUTE_EN;

	for (size_t i = 0; i < p->syntax.n; i++) {
		const struct declaration *d = &p->syntax.declarations[i];
		const struct attribute *of = d->keyword == KEYWORD_SAY ? syntax_get(d, ATTRIBUTE_NAME) : NULL;
		const struct attribute *words = syntax_get(d, said);

		if (of != NULL && words != NULL && str_eq(of->text, name))
			return words->text;
	}
	return title.n > 0 ? title : name;
}

str
policy_text(struct arena *mem, str s)
{
	struct buf b = buf_in(mem, POLICY_LINE_BYTES_MAX);

	for (size_t i = 0; i < s.n; i++) {
		i += s.p[i] == '\\' && i + 1 < s.n;
		buf_byte(&b, s.p[i]);
	}
	return buf_str(&b);
}

/* Hashes are of what stands beside them, and what is planned of a table that exists is not held. */
static bool
is_worth_saying(const struct field_row *row)
{
	bool planned = (word_get(WORDS_RECORD, row->record)->flags & WORD_PLANNED) != 0;

	return row->storage != STORAGE_HASHED && (planned || row->storage != STORAGE_NOWHERE);
}

void
fields_words(const struct policy_category *k, enum lang lang, struct buf *out)
{
	int record = NOT_SAID;

	for (size_t i = 0; i < k->fields_n; i++) {
		const struct field_row *row = field_row(k->fields[i]);

		if (!is_worth_saying(row))
			continue;
		if ((int)row->record == record) {
			buf_printf(out, ", %s", row->label[lang]);
			continue;
		}
		buf_printf(out, "%s%s (%s", record == NOT_SAID ? "" : "), ",
		    word_get(WORDS_RECORD, row->record)->label[lang], row->label[lang]);
		record = (int)row->record;
	}
	if (record != NOT_SAID)
		buf_byte(out, ')');
}

static void
why_words(const struct policy *p, size_t category, enum lang lang, struct buf *out)
{
	buf_add(out, either(lang, S("Pourquoi\n"), S("Why\n")));
	for (size_t i = 0; i < p->purposes_n; i++) {
		const struct policy_purpose *u = &p->purposes[i];

		if ((u->uses >> category & 1) == 0)
			continue;
		buf_printf(out, "    %s: %s", word_get(WORDS_AIM, u->word)->name,
		    word_get(WORDS_AIM, u->word)->label[lang]);
		if (u->basis != NOT_SAID)
			buf_printf(out, "; %s", word_get(WORDS_BASIS, u->basis)->label[lang]);
		if (u->condition != NOT_SAID)
			buf_printf(out, "; %s", word_get(WORDS_CONDITION, u->condition)->label[lang]);
		buf_byte(out, '\n');
	}
}

static void
until_words(const struct policy *p, size_t category, enum lang lang, struct buf *out)
{
	buf_add(out, either(lang, S("Jusqu'à quand\n"), S("Until when\n")));
	for (int minor = 0; minor <= 1; minor++) {
		const struct policy_keep *k = policy_keep(p, category, minor == 1);

		if (k == NULL)
			continue;
		buf_add(out, S("    "));
		keep_words(k, lang, out);
		buf_byte(out, '\n');
	}
}

static void
who_words(const struct policy *p, size_t category, enum lang lang, struct buf *out)
{
	uint64_t readers = 0;

	for (size_t i = 0; i < p->purposes_n; i++)
		if ((p->purposes[i].uses >> category & 1) != 0)
			readers |= p->purposes[i].readers;
	buf_add(out, either(lang, S("Qui les voit\n    "), S("Who sees it\n    ")));
	set_words(WORDS_READER, readers, lang, out);
	buf_byte(out, '\n');
	for (size_t i = 0; i < p->recipients_n; i++) {
		const struct policy_recipient *r = &p->recipients[i];

		if ((r->receives >> category & 1) == 0)
			continue;
		buf_printf(out, "    %.*s",
		    STR_FMT(policy_text(out->mem, policy_title(p, r->name, r->title, lang))));
		if (r->role != NOT_SAID && r->place != NOT_SAID)
			buf_printf(out, " (%s, %s)", word_get(WORDS_STANDING, r->role)->label[lang],
			    word_get(WORDS_PLACE, r->place)->label[lang]);
		buf_byte(out, '\n');
	}
}

void
policy_explain(const struct policy *p, size_t category, enum lang lang, struct buf *out)
{
	const struct policy_category *k = &p->categories[category];

	buf_add(out, policy_text(out->mem, policy_title(p, k->name, k->title, lang)));
	buf_add(out, either(lang, S(" : "), S(": ")));
	set_words(WORDS_SUBJECT, k->subjects, lang, out);
	buf_add(out, S("\n    "));
	fields_words(k, lang, out);
	buf_byte(out, '\n');
	if (k->encrypt)
		buf_add(out, either(lang, S("    Les mots sont chiffrés.\n"), S("    The words are encrypted.\n")));
	if (k->health)
		buf_add(out, either(lang, S("    Données de santé.\n"), S("    Health data.\n")));
	why_words(p, category, lang, out);
	until_words(p, category, lang, out);
	who_words(p, category, lang, out);
}
