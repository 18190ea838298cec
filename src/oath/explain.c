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

static void
fields_words(const struct policy_category *k, enum lang lang, struct buf *out)
{
	for (size_t i = 0; i < k->fields_n; i++) {
		const struct field_row *row = field_row(k->fields[i]);
		bool same = i > 0 && field_row(k->fields[i - 1])->record == row->record;

		if (!same)
			buf_printf(out, "\n    %s: ", word_get(WORDS_RECORD, row->record)->label[lang]);
		buf_printf(out, "%s%s", same ? ", " : "", row->label[lang]);
	}
	buf_byte(out, '\n');
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
		buf_printf(out, "    %.*s", STR_FMT(r->title.n > 0 ? r->title : r->name));
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

	buf_add(out, k->title.n > 0 ? k->title : k->name);
	buf_add(out, either(lang, S(" : "), S(": ")));
	set_words(WORDS_SUBJECT, k->subjects, lang, out);
	fields_words(k, lang, out);
	if (k->encrypt)
		buf_add(out, either(lang, S("    Les mots sont chiffrés.\n"), S("    The words are encrypted.\n")));
	if (k->health)
		buf_add(out, either(lang, S("    Données de santé.\n"), S("    Health data.\n")));
	why_words(p, category, lang, out);
	until_words(p, category, lang, out);
	who_words(p, category, lang, out);
}
