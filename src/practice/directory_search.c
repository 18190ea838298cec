/* directory_search.c - a question put to the index of directory.c. */
#include <stdlib.h>

#include "base/buf.h"
#include "format/fold.h"
#include "practice/communes.h"
#include "practice/directory_int.h"
#include "practice/rules.h"

enum { POSTAL_DIGITS_MAX = 5, POSTAL_NEAR_MIN = 2 };

/* How well a word fits; smaller is better. */
enum fit { FIT_NAME, FIT_SPECIALTY, FIT_PRACTICE, FIT_MOTIVE, FIT_TYPO, FIT_NOT };

/* Words that name nobody: a question is more than these, or is for everybody. */
static const char *const silent_words[] = {
	"a", "au", "aux", "avec", "chez", "d", "de", "des", "docteur", "du", "en", "et", "l", "la", "le",
	"les", "mme", "ou", "pour", "un", "une",
};

struct words { str word[DIRECTORY_WORDS_MAX]; size_t n; };

struct question {
	struct words	who, city;
	str		postal;		/* digits that were typed; else of the commune that was named */
};

/* One entry that fits, and where it will stand. */
struct candidate {
	const struct part	*part;
	const struct entry	*entry;
	const struct place	*place;
	bool			 typo;
	int			 far;		/* 0: there; else postal digits that differ, or past the limit */
	int			 fit;		/* of the words, added up */
};

struct candidates { struct candidate *list; size_t n, room; };

/* Folding leaves signs such as % in place: alone they say nothing. */
static bool
is_sign(str word)
{
	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = (unsigned char)word.p[i];

		if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			return false;
	}
	return true;
}

static bool
silent(str word)
{
	for (size_t i = 0; i < COUNT(silent_words); i++)
		if (str_eq(word, str_c(silent_words[i])))
			return true;
	return false;
}

static struct words
words_of(str folded, bool all)
{
	struct words w = {0};
	str word;

	while (w.n < COUNT(w.word) && str_split(&folded, ' ', &word))
		if (!is_sign(word) && (all || !silent(word)))
			w.word[w.n++] = word;
	return w;
}

str
directory_fold_place(struct arena *mem, str place)
{
	str rest = fold(mem, place), word;
	struct buf b = buf_in(mem, 3 * rest.n + 16);

	while (str_split(&rest, ' ', &word)) {
		if (b.n > 0)
			buf_byte(&b, ' ');
		buf_add(&b, str_eq(word, S("st")) ? S("saint") : str_eq(word, S("ste")) ? S("sainte") : word);
	}
	return str_copy(mem, buf_str(&b));
}

/* "44000 Nantes": the digits are the postal code, the rest the commune, which may lend its own. */
static void
ask_where(struct arena *mem, str where, struct question *q)
{
	struct words all = words_of(directory_fold_place(mem, where), true);
	struct buf name = buf_in(mem, where.n * 3 + 16);

	for (size_t i = 0; i < all.n; i++) {
		int64_t number;

		if (all.word[i].n <= POSTAL_DIGITS_MAX && str_int(all.word[i], 0, 99999, &number)) {
			q->postal = all.word[i];
		} else {
			if (name.n > 0)
				buf_byte(&name, ' ');
			buf_add(&name, all.word[i]);
			q->city.word[q->city.n++] = all.word[i];
		}
	}
	if (q->postal.n == 0)
		q->postal = commune_postal_code(buf_str(&name));
}

/*
 * The word begins like typed, but for one letter wrong, missing, too many, or
 * two exchanged.  The first letter is right: people seldom mistake it.
 */
static bool
begins_with_typo(str word, str typed)
{
	size_t k = 0;

	if (typed.n < DIRECTORY_TYPO_LETTERS_MIN || word.n + 1 < typed.n)
		return false;
	while (k < typed.n && k < word.n && word.p[k] == typed.p[k])
		k++;
	if (k == 0)
		return false;
	str typed_rest = str_slice(typed, k + 1, typed.n);

	if (str_starts(str_slice(word, k + 1, word.n), typed_rest) ||	/* wrong */
	    str_starts(str_slice(word, k, word.n), typed_rest) ||	/* too many */
	    str_starts(str_slice(word, k + 1, word.n), str_slice(typed, k, typed.n)))	/* missing */
		return true;
	return k + 1 < typed.n && k + 1 < word.n && word.p[k] == typed.p[k + 1] &&
	    word.p[k + 1] == typed.p[k] &&
	    str_starts(str_slice(word, k + 2, word.n), str_slice(typed, k + 2, typed.n));
}

static bool
typo_in(str folded, str typed)
{
	str word;

	while (str_split(&folded, ' ', &word))
		if (begins_with_typo(word, typed))
			return true;
	return false;
}

/* Every word of one question in one text: for motives and communes. */
static bool
all_begin(str folded, const struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (!fold_starts_word(folded, w->word[i]))
			return false;
	return true;
}

static enum fit
word_fit(const struct part *p, const struct entry *e, str word)
{
	if (fold_starts_word(e->name_folded, word))
		return FIT_NAME;
	if (fold_starts_word(e->specialty_folded, word))
		return FIT_SPECIALTY;
	if (fold_starts_word(p->name_folded, word))
		return FIT_PRACTICE;
	for (size_t i = 0; i < e->motives_n; i++)
		if (fold_starts_word(e->motives[i].folded, word))
			return FIT_MOTIVE;
	if (typo_in(e->name_folded, word) || typo_in(e->specialty_folded, word))
		return FIT_TYPO;
	for (size_t i = 0; i < e->motives_n; i++)
		if (typo_in(e->motives[i].folded, word))
			return FIT_TYPO;
	return FIT_NOT;
}

static bool
fits(const struct words *who, struct candidate *c)
{
	for (size_t i = 0; i < who->n; i++) {
		enum fit fit = word_fit(c->part, c->entry, who->word[i]);

		if (fit == FIT_NOT)
			return false;
		c->typo |= fit == FIT_TYPO;
		c->fit += (int)fit;
	}
	return true;
}

static int
postal_distance(str a, str b)
{
	int same = 0;

	while ((size_t)same < a.n && (size_t)same < b.n && a.p[same] == b.p[same])
		same++;
	return same >= POSTAL_NEAR_MIN ? POSTAL_DIGITS_MAX + 1 - same : POSTAL_DIGITS_MAX + 1;
}

static bool
is_at(const struct question *q, const struct place *place)
{
	if (q->city.n > 0)
		return all_begin(place->folded, &q->city);
	return str_starts(place->postal_code, q->postal);
}

/* Of the places of this entry, the nearest to what was asked. */
static void
locate(const struct question *q, struct candidate *c)
{
	c->far = POSTAL_DIGITS_MAX + 1;
	c->place = c->entry->places_n > 0 ? c->entry->places[0] : NULL;
	if (q->city.n == 0 && q->postal.n == 0) {
		c->far = 0;
		return;
	}
	for (size_t i = 0; i < c->entry->places_n; i++) {
		const struct place *place = c->entry->places[i];
		int far = is_at(q, place) ? 0 : postal_distance(q->postal, place->postal_code);

		if (far < c->far) {
			c->far = far;
			c->place = place;
		}
	}
}

/* A place that the list of communes does not know, but a practice is there: "Nantes Sud". */
static void
learn_postal(const struct snapshot *s, struct question *q)
{
	for (size_t i = 0; i < s->n && q->postal.n == 0 && q->city.n > 0; i++)
		for (size_t k = 0; k < s->parts[i]->places_n; k++)
			if (all_begin(s->parts[i]->places[k].folded, &q->city))
				q->postal = s->parts[i]->places[k].postal_code;
}

static void
collect(struct ctx *c, const struct snapshot *s, const struct question *q, struct candidates *ret)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t k = 0; k < s->parts[i]->entries_n; k++) {
			struct candidate one = { .part = s->parts[i], .entry = &s->parts[i]->entries[k] };

			if (!fits(&q->who, &one))
				continue;
			locate(q, &one);
			ret->list = rules_grow(c->mem, ret->list, ret->n, &ret->room, sizeof(one));
			ret->list[ret->n++] = one;
		}
}

static int
by_merit(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int name;

	if (x->typo != y->typo)
		return x->typo ? 1 : -1;
	if (x->far != y->far)
		return x->far < y->far ? -1 : 1;
	if (x->fit != y->fit)
		return x->fit < y->fit ? -1 : 1;
	if ((name = str_cmp(x->entry->family_folded, y->entry->family_folded)) != 0)
		return name;
	return (x->entry->practitioner > y->entry->practitioner) -
	    (x->entry->practitioner < y->entry->practitioner);
}

/* Those who are somewhere else altogether go, unless there is nobody but them. */
static void
keep_near(struct candidates *found, struct directory_found *ret)
{
	size_t near = 0;

	for (size_t i = 0; i < found->n; i++) {
		ret->there += found->list[i].far == 0;
		near += found->list[i].far <= POSTAL_DIGITS_MAX;
	}
	ret->place_unknown = near == 0 && found->n > 0;
	if (near > 0) {
		size_t kept = 0;

		for (size_t i = 0; i < found->n; i++)
			if (found->list[i].far <= POSTAL_DIGITS_MAX)
				found->list[kept++] = found->list[i];
		found->n = kept;
	}
	ret->total = (int64_t)found->n;
}

/* Ids of the online motives: those that the question names, then the others. */
static void
hit_motives(struct arena *mem, const struct words *who, const struct entry *e, struct directory_hit *ret)
{
	id *ids = NEW_N(mem, id, e->motives_n);
	size_t n = 0;

	for (int named = 1; named >= 0; named--)
		for (size_t i = 0; i < e->motives_n; i++) {
			bool fits_all = who->n > 0 && all_begin(e->motives[i].folded, who);

			if (fits_all == (named == 1))
				ids[n++] = e->motives[i].motive;
		}
	ret->motives = ids;
	ret->motives_n = n;
}

/* A copy: the part may be gone before the answer is. */
static struct directory_hit
hit_of(struct arena *mem, const struct question *q, const struct candidate *c)
{
	struct directory_hit hit = {
		.org = c->part->org, .practitioner = c->entry->practitioner,
		.org_slug = str_copy(mem, c->part->slug), .org_name = str_copy(mem, c->part->name),
		.zone = str_copy(mem, c->part->zone), .slug = str_copy(mem, c->entry->slug),
		.name = str_copy(mem, c->entry->name), .specialty = str_copy(mem, c->entry->specialty),
	};

	if (c->place != NULL) {
		hit.site = c->place->site;
		hit.city = str_copy(mem, c->place->city);
		hit.postal_code = str_copy(mem, c->place->postal_code);
	}
	hit_motives(mem, &q->who, c->entry, &hit);
	return hit;
}

err
directory_search(struct ctx *c, const struct directory_query *ask, struct directory_found *ret)
{
	CLEANUP(directory_give_back) struct snapshot *s = NULL;
	struct question q = { .who = words_of(fold(c->mem, ask->who), false) };
	struct candidates found = {0};
	struct directory_found answer = {0};

	if (ask->page < 0 || ask->page >= DIRECTORY_PAGES_MAX)
		return ERR_INVALID;
	ask_where(c->mem, ask->where, &q);
	TRY(directory_take(c, &s));
	learn_postal(s, &q);
	collect(c, s, &q, &found);
	keep_near(&found, &answer);
	if (found.n > 1)
		qsort(found.list, found.n, sizeof(*found.list), by_merit);
	answer.hits = NEW_N(c->mem, struct directory_hit, DIRECTORY_PAGE);
	for (size_t i = (size_t)ask->page * DIRECTORY_PAGE; i < found.n && answer.n < DIRECTORY_PAGE; i++)
		answer.hits[answer.n++] = hit_of(c->mem, &q, &found.list[i]);
	*ret = answer;
	return OK;
}
