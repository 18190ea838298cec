/* words.c - the tables of words.def and fields.def, and how a word is found in them. */
#include "oath/words.h"

#include <assert.h>

#define SUBJECT(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word subject_words[] = {
#include "oath/words.def"
};
#define READER(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word reader_words[] = {
#include "oath/words.def"
};
#define BASIS(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word basis_words[] = {
#include "oath/words.def"
};
#define CONDITION(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word condition_words[] = {
#include "oath/words.def"
};
#define EVENT(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word event_words[] = {
#include "oath/words.def"
};
#define PERIOD(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word period_words[] = {
#include "oath/words.def"
};
#define MECHANISM(tag, name, flags, en, fr, more)	{ name, flags, { fr, en }, more },
static const struct policy_word mechanism_words[] = {
#include "oath/words.def"
};
#define RIGHT(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word right_words[] = {
#include "oath/words.def"
};
#define COOKIE_KIND(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word cookie_kind_words[] = {
#include "oath/words.def"
};
#define COOKIE_NAME(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word cookie_name_words[] = {
#include "oath/words.def"
};
#define HELD(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word held_words[] = {
#include "oath/words.def"
};
#define VOW(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word vow_words[] = {
#include "oath/words.def"
};
#define AIM(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word aim_words[] = {
#include "oath/words.def"
};
#define LIMIT(tag, name, flags, en, fr, low, high)	{ name, flags, { fr, en }, NULL },
static const struct policy_word limit_words[] = {
#include "oath/words.def"
};
#define AUTHORITY(tag, name, flags, en, fr, more)	{ name, flags, { fr, en }, more },
static const struct policy_word authority_words[] = {
#include "oath/words.def"
};
#define CHANNEL(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word channel_words[] = {
#include "oath/words.def"
};
#define CONTENT(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word content_words[] = {
#include "oath/words.def"
};
#define STANDING(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word standing_words[] = {
#include "oath/words.def"
};
#define TRADE(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word trade_words[] = {
#include "oath/words.def"
};
#define FACTOR(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word factor_words[] = {
#include "oath/words.def"
};
#define WAY(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word way_words[] = {
#include "oath/words.def"
};
#define PIXEL(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word pixel_words[] = {
#include "oath/words.def"
};
#define DISPOSAL(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word disposal_words[] = {
#include "oath/words.def"
};
#define SHARE(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word share_words[] = {
#include "oath/words.def"
};
#define CHANGE(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word change_words[] = {
#include "oath/words.def"
};
#define ANSWER(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word answer_words[] = {
#include "oath/words.def"
};
#define SCOPE(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word scope_words[] = {
#include "oath/words.def"
};
#define DECISION(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word decision_words[] = {
#include "oath/words.def"
};
#define NEED(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word need_words[] = {
#include "oath/words.def"
};
#define TONGUE(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word tongue_words[] = {
#include "oath/words.def"
};
#define AFTER_DEATH(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word after_death_words[] = {
#include "oath/words.def"
};
#define AGE(tag, name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word age_words[] = {
#include "oath/words.def"
};
#define PLACE(name, flags, en, fr)	{ name, flags, { fr, en }, NULL },
static const struct policy_word place_words[] = {
#include "oath/words.def"
};
#define RECORD(table, flags, en, fr)	{ #table, flags, { fr, en }, NULL },
static const struct policy_word record_words[] = {
#include "oath/fields.def"
};

static const struct {
	const struct policy_word *words;
	size_t n;
	const char *title[LANG_COUNT];
} vocabularies[WORDS_COUNT] = {
	[WORDS_SUBJECT] = { subject_words, COUNT(subject_words), { "catégorie de personnes", "subject" } },
	[WORDS_READER] = { reader_words, COUNT(reader_words), { "lecteur", "reader" } },
	[WORDS_BASIS] = { basis_words, COUNT(basis_words), { "base légale", "legal basis" } },
	[WORDS_CONDITION] = { condition_words, COUNT(condition_words),
	    { "condition de l'article 9", "condition of article 9" } },
	[WORDS_EVENT] = { event_words, COUNT(event_words), { "évènement", "event" } },
	[WORDS_PERIOD] = { period_words, COUNT(period_words), { "période", "period" } },
	[WORDS_MECHANISM] = { mechanism_words, COUNT(mechanism_words),
	    { "mécanisme de transfert", "transfer mechanism" } },
	[WORDS_RIGHT] = { right_words, COUNT(right_words), { "droit", "right" } },
	[WORDS_COOKIE_KIND] = { cookie_kind_words, COUNT(cookie_kind_words), { "sorte de cookie", "kind of cookie" } },
	[WORDS_COOKIE_NAME] = { cookie_name_words, COUNT(cookie_name_words), { "cookie", "cookie" } },
	[WORDS_HELD] = { held_words, COUNT(held_words), { "contenu d'un cookie", "content of a cookie" } },
	[WORDS_VOW] = { vow_words, COUNT(vow_words), { "promesse", "promise" } },
	[WORDS_AIM] = { aim_words, COUNT(aim_words), { "finalité", "purpose" } },
	[WORDS_LIMIT] = { limit_words, COUNT(limit_words), { "limite", "limit" } },
	[WORDS_AUTHORITY] = { authority_words, COUNT(authority_words), { "autorité", "authority" } },
	[WORDS_CHANNEL] = { channel_words, COUNT(channel_words), { "canal", "channel" } },
	[WORDS_CONTENT] = { content_words, COUNT(content_words), { "contenu d'un message", "content of a message" } },
	[WORDS_STANDING] = { standing_words, COUNT(standing_words),
	    { "rôle d'un destinataire", "role of a recipient" } },
	[WORDS_TRADE] = { trade_words, COUNT(trade_words), { "sorte de responsable", "kind of controller" } },
	[WORDS_FACTOR] = { factor_words, COUNT(factor_words), { "façon de se connecter", "way to sign in" } },
	[WORDS_WAY] = { way_words, COUNT(way_words), { "façon de vérifier", "way to verify" } },
	[WORDS_PIXEL] = { pixel_words, COUNT(pixel_words), { "usage de pixels", "use of pixels" } },
	[WORDS_DISPOSAL] = { disposal_words, COUNT(disposal_words), { "fin d'un délai", "end of a term" } },
	[WORDS_SHARE] = { share_words, COUNT(share_words), { "part d'une sauvegarde", "part of a backup" } },
	[WORDS_CHANGE] = { change_words, COUNT(change_words), { "sorte de changement", "kind of change" } },
	[WORDS_ANSWER] = { answer_words, COUNT(answer_words), { "oui ou non", "yes or no" } },
	[WORDS_SCOPE] = { scope_words, COUNT(scope_words), { "portée", "scope" } },
	[WORDS_DECISION] = { decision_words, COUNT(decision_words), { "qui décide", "who decides" } },
	[WORDS_NEED] = { need_words, COUNT(need_words), { "besoin", "need" } },
	[WORDS_TONGUE] = { tongue_words, COUNT(tongue_words), { "langue", "language" } },
	[WORDS_AFTER_DEATH] = { after_death_words, COUNT(after_death_words),
	    { "ce qui suit un décès", "what happens after a death" } },
	[WORDS_AGE] = { age_words, COUNT(age_words), { "âge", "age" } },
	[WORDS_PLACE] = { place_words, COUNT(place_words), { "lieu", "place" } },
	[WORDS_RECORD] = { record_words, COUNT(record_words), { "table", "table" } },
};

#define FIELD(table, name, storage, column, flags, en, fr) \
	[FIELD_##table##_##name] = { RECORD_##table, #name, column, STORAGE_##storage, flags, { fr, en } },
static const struct field_row field_rows[] = {
#include "oath/fields.def"
};
_Static_assert(COUNT(field_rows) == FIELD_COUNT, "a field is declared twice");

#define LIMIT(tag, name, flags, en, fr, low, high)	[LIMIT_##tag] = { low, high },
static const struct { int64_t low, high; } limit_ranges[] = {
#include "oath/words.def"
};

/* Columns that tell of nobody: words with blanks between. */
#define NEUTRAL(table, columns)	{ table, columns },
static const struct { const char *table, *columns; } neutral[] = {
#include "oath/fields.def"
};

const struct policy_word *
words_of(enum vocabulary v, size_t *ret_n)
{
	assert(v > WORDS_NONE && v < WORDS_COUNT);
	*ret_n = vocabularies[v].n;
	return vocabularies[v].words;
}

int
word_find(enum vocabulary v, str name)
{
	size_t n;
	const struct policy_word *words = words_of(v, &n);

	for (size_t i = 0; i < n; i++)
		if (strncmp(words[i].name, name.p, name.n) == 0 && words[i].name[name.n] == '\0')
			return (int)i;
	return -1;
}

const struct policy_word *
word_get(enum vocabulary v, int64_t number)
{
	size_t n;
	const struct policy_word *words = words_of(v, &n);

	assert(number >= 0 && (size_t)number < n);
	return &words[number];
}

str
word_name(enum vocabulary v, int64_t number)
{
	return str_c(word_get(v, number)->name);
}

str
word_label(enum vocabulary v, int64_t number, enum lang lang)
{
	return str_c(word_get(v, number)->label[lang]);
}

const char *const *
words_phrase(enum vocabulary v)
{
	assert(v > WORDS_NONE && v < WORDS_COUNT);
	return vocabularies[v].title;
}

static int
word_distance(str a, str b, int limit)
{
	enum { WORD_BYTES_MAX = 48 };
	int row[WORD_BYTES_MAX + 1];

	if (a.n > WORD_BYTES_MAX || b.n > WORD_BYTES_MAX)
		return limit + 1;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= a.n; i++) {
		int corner = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= b.n; j++) {
			int change = corner + (a.p[i - 1] != b.p[j - 1]);

			corner = row[j];
			row[j] = (int)min64(change, min64(row[j], row[j - 1]) + 1);
		}
	}
	return (int)min64(row[b.n], limit + 1);
}

/* Two letters of a short word, three of a long one: further away it is a guess. */
bool
word_nearer(str name, str candidate, int *io_best)
{
	int most = name.n < 4 ? 1 : name.n < 8 ? 2 : 3;
	int distance = word_distance(name, candidate, most);

	if (distance > most || (size_t)distance >= name.n || distance >= *io_best)
		return false;
	*io_best = distance;
	return true;
}

str
word_nearest(enum vocabulary v, str name)
{
	int best = INT32_MAX;
	str nearest = {0};
	size_t n;
	const struct policy_word *words = words_of(v, &n);

	for (size_t i = 0; i < n; i++)
		if (word_nearer(name, str_c(words[i].name), &best))
			nearest = str_c(words[i].name);
	return nearest;
}

str
words_list(struct arena *mem, enum vocabulary v)
{
	struct buf b = buf_in(mem, 4096);
	size_t n;
	const struct policy_word *words = words_of(v, &n);

	if (v == WORDS_PLACE)
		return S("FR, BE, …, EEA, unknown");
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i > 0 ? ", " : "", words[i].name);
	return buf_str(&b);
}

const struct field_row *
field_row(enum field f)
{
	assert(f < FIELD_COUNT);
	return &field_rows[f];
}

enum field
field_find(enum record_word record, str name)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (field_rows[i].record == record && str_eq(name, str_c(field_rows[i].name)))
			return (enum field)i;
	return FIELD_COUNT;
}

str
field_nearest(enum record_word record, str name)
{
	int best = INT32_MAX;
	str nearest = {0};

	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (field_rows[i].record == record && word_nearer(name, str_c(field_rows[i].name), &best))
			nearest = str_c(field_rows[i].name);
	return nearest;
}

str
fields_list(struct arena *mem, enum record_word record)
{
	struct buf b = buf_in(mem, 2048);

	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (field_rows[i].record == record)
			buf_printf(&b, "%s%s", b.n > 0 ? ", " : "", field_rows[i].name);
	return buf_str(&b);
}

static bool
is_column_of(const struct field_row *f, str table, str column)
{
	const char *held_in = f->column[0] != '\0' ? f->column : f->name;

	return f->storage != STORAGE_NOWHERE && str_eq(column, str_c(held_in)) &&
	    str_eq(table, word_name(WORDS_RECORD, f->record));
}

bool
column_known(str table, str column)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (is_column_of(&field_rows[i], table, column))
			return true;
	for (size_t i = 0; i < COUNT(neutral); i++) {
		str rest = str_c(neutral[i].columns), word;

		if (!str_eq(table, str_c(neutral[i].table)))
			continue;
		while (str_split(&rest, ' ', &word))
			if (str_eq(word, column))
				return true;
	}
	return false;
}

void
limit_range(enum limit_word limit, int64_t *ret_low, int64_t *ret_high)
{
	assert(limit < LIMIT_COUNT);
	*ret_low = limit_ranges[limit].low;
	*ret_high = limit_ranges[limit].high;
}
