/* lint.c - see lint.h. */
#include "oath/lint.h"

#include "oath/compile.h"
#include "oath/grammar.h"

struct linter {
	const struct policy	*p;
	struct diagnostics	*d;
};

/* --- promises that other lines contradict --- */

static bool
is_outside(int place)
{
	return place != NOT_SAID && (word_get(WORDS_PLACE, place)->flags & WORD_EEA) == 0;
}

static str
line_number(const struct linter *l, const struct declaration *d)
{
	return str_of_int(l->d->mem, d->where.line);
}

static void
contradict_places(struct linter *l, struct where w, bool france)
{
	for (size_t i = 0; i < l->p->recipients_n; i++) {
		const struct policy_recipient *r = &l->p->recipients[i];
		bool abroad = france && r->place != NOT_SAID && !str_eq(word_name(WORDS_PLACE, r->place), S("FR"));

		if (abroad || is_outside(r->place)) {
			COMPLAIN(l->d, W03, w, r->name, line_number(l, r->from));
			return;
		}
	}
	for (size_t i = 0; i < l->p->transfers_n; i++) {
		const struct policy_transfer *t = &l->p->transfers[i];

		if (t->place != NOT_SAID) {
			COMPLAIN(l->d, W03, w, S("transfer"), line_number(l, t->from));
			return;
		}
	}
}

/* A processor is no third party (GDPR 4.10); whoever measures for itself is. */
static void
contradict_third_parties(struct linter *l, struct where w)
{
	for (size_t i = 0; i < l->p->recipients_n; i++) {
		const struct policy_recipient *r = &l->p->recipients[i];

		if (r->role == STANDING_PROCESSOR || r->role == STANDING_JOINT)
			continue;
		COMPLAIN(l->d, W04, w, r->name, line_number(l, r->from));
		return;
	}
	for (size_t i = 0; i < l->p->measures_n; i++) {
		const struct policy_measure *m = &l->p->measures[i];

		if (str_eq(m->through, S("own")))
			continue;
		COMPLAIN(l->d, W04, w, m->through, line_number(l, m->from));
		return;
	}
}

static void
contradict_cookies(struct linter *l, struct where w)
{
	for (size_t i = 0; i < l->p->cookies_n; i++) {
		const struct policy_cookie *k = &l->p->cookies[i];

		if (k->kind == COOKIE_KIND_ESSENTIAL)
			continue;
		COMPLAIN(l->d, W02, w, k->name, line_number(l, k->from));
		return;
	}
}

static void
contradict_sale(struct linter *l, struct where w)
{
	for (size_t i = 0; i < l->p->recipients_n; i++) {
		const struct policy_recipient *r = &l->p->recipients[i];

		if (r->role != STANDING_PARTNER)
			continue;
		COMPLAIN(l->d, W17, w, r->name, line_number(l, r->from));
		return;
	}
}

static void
lint_promise(struct linter *l, const struct declaration *d)
{
	const struct attribute *vow = syntax_get(d, ATTRIBUTE_NAME);

	if (vow == NULL)
		return;
	if (vow->number == VOW_RECIPIENTS_LISTED && l->p->recipients_n == 0)
		COMPLAIN(l->d, W01, vow->where, S(""));
	else if (vow->number == VOW_NO_THIRD_PARTY)
		contradict_third_parties(l, vow->where);
	else if (vow->number == VOW_NO_TRANSFER || vow->number == VOW_HOSTED_IN_FRANCE)
		contradict_places(l, vow->where, vow->number == VOW_HOSTED_IN_FRANCE);
	else if (vow->number == VOW_NO_PROFILING_COOKIES)
		contradict_cookies(l, vow->where);
	else if (vow->number == VOW_NEVER_SOLD)
		contradict_sale(l, vow->where);
}

/* --- references and sentences --- */

/* "6", or "6 Retention" with any sign between. */
static bool
is_section(const struct declaration *section, str see)
{
	const struct attribute *name = syntax_get(section, ATTRIBUTE_NAME);
	const struct attribute *title = syntax_get(section, ATTRIBUTE_TITLE);

	if (name == NULL || !str_starts(see, name->text))
		return false;
	str rest = str_slice(see, name->text.n, see.n);
	if (rest.n == 0)
		return true;
	if (rest.p[0] != ' ' || title == NULL)
		return false;
	while (rest.n > 0 && strchr(" -:.\xe2\x80\x93\x94", rest.p[0]) != NULL)
		rest = str_slice(rest, 1, rest.n);
	return str_eq_nocase(rest, title->text);
}

static void
lint_see(struct linter *l, const struct declaration *d)
{
	const struct attribute *see = syntax_get(d, ATTRIBUTE_SEE);

	if (see == NULL)
		return;
	for (size_t i = 0; i < l->p->syntax.n; i++)
		if (l->p->syntax.declarations[i].keyword == KEYWORD_SECTION &&
		    is_section(&l->p->syntax.declarations[i], see->text))
			return;
	COMPLAIN(l->d, W07, see->where, see->text);
}

static void
lint_say(struct linter *l, const struct declaration *d)
{
	const struct attribute *name = syntax_get(d, ATTRIBUTE_NAME);
	const enum attribute_word said[TONGUE_COUNT] = { [TONGUE_FR] = ATTRIBUTE_FR, [TONGUE_EN] = ATTRIBUTE_EN };

	for (int i = 0; i < TONGUE_COUNT && name != NULL && !d->broken; i++)
		if ((l->p->tongues & BIT(i)) != 0 && syntax_get(d, said[i]) == NULL)
			COMPLAIN(l->d, W19, name->where, name->text, word_name(WORDS_TONGUE, i));
}

/* --- recipients, transfers, measures --- */

static bool
holds_health(const struct policy *p, category_set set)
{
	for (size_t i = 0; i < p->categories_n; i++)
		if (p->categories[i].health && (set >> i & 1) != 0)
			return true;
	return false;
}

static void
lint_recipients(struct linter *l)
{
	for (size_t i = 0; i < l->p->recipients_n; i++) {
		const struct policy_recipient *r = &l->p->recipients[i];
		struct where w = compile_at(r->from, ATTRIBUTE_NAME);

		if (r->role != STANDING_PROCESSOR || r->from->broken)
			continue;
		if (!r->hds && holds_health(l->p, r->receives))
			COMPLAIN(l->d, W09, w, r->name);
		if (r->receives == 0)
			COMPLAIN(l->d, W22, w, r->name);
	}
}

static void
lint_transfers(struct linter *l)
{
	for (size_t i = 0; i < l->p->transfers_n; i++) {
		const struct policy_transfer *t = &l->p->transfers[i];

		if (t->mechanism == MECHANISM_ADEQUACY && t->place != NOT_SAID &&
		    (word_get(WORDS_PLACE, t->place)->flags & (WORD_ADEQUATE | WORD_EEA)) == 0)
			COMPLAIN(l->d, W16, compile_at(t->from, ATTRIBUTE_TO), word_name(WORDS_PLACE, t->place));
	}
}

static void
lint_traces(struct linter *l)
{
	for (size_t i = 0; i < l->p->measures_n; i++) {
		const struct policy_measure *m = &l->p->measures[i];

		if (m->basis == NOT_SAID && !m->from->broken)
			COMPLAIN(l->d, W06, compile_at(m->from, ATTRIBUTE_NAME), m->name);
	}
	for (size_t i = 0; i < l->p->cookies_n; i++)
		if ((l->p->cookies[i].holds & BIT(HELD_PASSWORD)) != 0)
			COMPLAIN(l->d, W05, compile_at(l->p->cookies[i].from, ATTRIBUTE_HOLDS), l->p->cookies[i].name);
}

/* --- until when --- */

/* Does it go on behind the end of contract or account, whatever the person does? */
static bool
outlasts_account(const struct term *t)
{
	switch (t->kind) {
	case TERM_AFTER:
	case TERM_DURING:
		return (t->event == EVENT_CONTRACT_END || t->event == EVENT_ACCOUNT_CLOSE) &&
		    t->duration.unit != UNIT_NONE;
	case TERM_EARLIER:
		return outlasts_account(t->a) && outlasts_account(t->b);
	case TERM_LATER:
		return outlasts_account(t->a) || outlasts_account(t->b);
	case TERM_AS:
		return outlasts_account(t->b);
	case TERM_PARAMETER:
		break;
	}
	return false;
}

static void
lint_marketing(struct linter *l, const struct policy_keep *k)
{
	for (size_t i = 0; i < l->p->purposes_n; i++) {
		const struct policy_purpose *u = &l->p->purposes[i];

		if ((word_get(WORDS_AIM, u->word)->flags & WORD_MARKETING) == 0 || (u->uses >> k->category & 1) == 0)
			continue;
		COMPLAIN(l->d, W08, k->term->where, l->p->categories[k->category].name, word_name(WORDS_AIM, u->word));
		return;
	}
}

static void
lint_keep(struct linter *l, const struct policy_keep *k)
{
	const struct policy_category *category = &l->p->categories[k->category];

	if (outlasts_account(k->term))
		lint_marketing(l, k);
	if (k->floor != NULL && k->term->kind != TERM_PARAMETER &&
	    term_at_least(l->p, k->term, k->floor) == VERDICT_UNKNOWN)
		COMPLAIN(l->d, W20, k->floor->where, category->name);
	if (!k->minor && k->floor != NULL && category->health && (category->subjects & BIT(SUBJECT_PATIENT)) != 0 &&
	    policy_keep(l->p, k->category, true) == NULL)
		COMPLAIN(l->d, W21, compile_at(k->from, ATTRIBUTE_NAME), category->name);
}

/* --- requests and the rest --- */

static void
lint_right(struct linter *l, const struct policy_right *r)
{
	bool gives = r->right == RIGHT_ACCESS || r->right == RIGHT_PORTABILITY || r->right == RIGHT_ERASURE;

	if (r->right == RIGHT_ERASURE && r->wait.unit == UNIT_NONE)
		COMPLAIN(l->d, W14, compile_at(r->from, ATTRIBUTE_RIGHTS), S(""));
	if (gives && (r->verify == NOT_SAID || r->verify == WAY_NONE) && !r->from->broken)
		COMPLAIN(l->d, W15, compile_at(r->from, ATTRIBUTE_VERIFY), S(""));
}

static void
lint_rights(struct linter *l)
{
	struct where head = l->p->syntax.declarations[0].where;
	uint32_t answered = 0;

	for (size_t i = 0; i < l->p->rights_n; i++) {
		lint_right(l, &l->p->rights[i]);
		answered |= BIT(l->p->rights[i].right);
	}
	if (answered == 0)
		COMPLAIN(l->d, W11, head, S(""));
	for (int right = 0; right < RIGHT_COMPLAINT && answered != 0; right++)
		if ((answered & BIT(right)) == 0)
			COMPLAIN(l->d, W12, l->p->rights[0].from->where, word_name(WORDS_RIGHT, right));
	if (l->p->change[CHANGE_LOOSEN].notice.unit == UNIT_NONE)
		COMPLAIN(l->d, W13, head, S(""));
}

static void
lint_logins(struct linter *l)
{
	uint32_t readers = 0;

	for (size_t i = 0; i < l->p->purposes_n; i++)
		if (holds_health(l->p, l->p->purposes[i].uses))
			readers |= l->p->purposes[i].readers;
	readers &= ~(BIT(READER_PUBLIC) | BIT(READER_PATIENT) | BIT(READER_SERVER));
	for (size_t i = 0; i < l->p->logins_n; i++) {
		const struct policy_login *login = &l->p->logins[i];

		for (int r = 0; r < READER_COUNT && login->factor != FACTOR_TWO; r++)
			if ((login->readers & readers & BIT(r)) != 0)
				COMPLAIN(l->d, W10, compile_at(login->from, ATTRIBUTE_FACTOR),
				    word_name(WORDS_READER, r));
	}
}

static void
lint_copies(struct linter *l)
{
	if (!l->p->backup[SHARE_DATA].declared || l->p->backup[SHARE_DATA].sealed)
		return;
	for (size_t i = 0; i < l->p->syntax.n; i++) {
		const struct declaration *d = &l->p->syntax.declarations[i];
		const struct attribute *name = syntax_get(d, ATTRIBUTE_NAME);

		if (d->keyword == KEYWORD_BACKUP && name != NULL && name->number == SHARE_DATA && !d->broken &&
		    syntax_get(d, ATTRIBUTE_SEALED) == NULL)
			COMPLAIN(l->d, W18, d->where, S(""));
	}
}

void
policy_lint(const struct policy *p, struct diagnostics *d)
{
	struct linter l = { p, d };

	for (size_t i = 0; i < p->syntax.n; i++) {
		const struct declaration *line = &p->syntax.declarations[i];

		if (line->keyword == KEYWORD_PROMISE)
			lint_promise(&l, line);
		if (line->keyword == KEYWORD_SAY)
			lint_say(&l, line);
		lint_see(&l, line);
	}
	lint_recipients(&l);
	lint_transfers(&l);
	lint_traces(&l);
	for (size_t i = 0; i < p->keeps_n; i++)
		lint_keep(&l, &p->keeps[i]);
	lint_rights(&l);
	lint_logins(&l);
	lint_copies(&l);
}

/* --- what nothing exercises --- */

static void
note_planned(struct diagnostics *d, enum vocabulary v, int64_t number, struct where w)
{
	const struct policy_word *word = word_get(v, number);

	if ((word->flags & WORD_PLANNED) != 0)
		COMPLAIN(d, N01, w, str_c(word->name));
}

static void
note_fields(struct diagnostics *d, const struct attribute *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct item *item = &a->items[i];
		enum field f = field_find((enum record_word)item->number, item->text);
		const struct policy_word *record = word_get(WORDS_RECORD, item->number);

		if ((record->flags & WORD_PLANNED) != 0)
			COMPLAIN(d, N01, item->where, str_c(record->name));
		else if (f < FIELD_COUNT && (field_row(f)->flags & WORD_PLANNED) != 0)
			COMPLAIN(d, N01, item->where, item->text);
	}
}

static void
note_attribute(struct diagnostics *d, const struct attribute *a, enum vocabulary v)
{
	if (a->kind == VALUE_FIELDS)
		note_fields(d, a);
	else if (a->kind == VALUE_WORD)
		note_planned(d, v, a->number, a->where);
	for (size_t i = 0; i < a->n && a->kind == VALUE_WORDS; i++)
		note_planned(d, v, a->items[i].number, a->items[i].where);
}

void
policy_notes(const struct policy *p, struct diagnostics *d)
{
	for (size_t i = 0; i < p->syntax.n; i++) {
		const struct declaration *line = &p->syntax.declarations[i];
		const struct slot *slots[SLOTS_MAX];
		size_t n = grammar_slots(line->keyword, slots), at = 0;

		for (size_t j = 0; j < line->n; j++) {
			while (at < n && slots[at]->word != line->attributes[j].word)
				at++;
			note_attribute(d, &line->attributes[j], slots[at]->vocabulary);
		}
	}
	for (size_t i = 0; i < p->cookies_n; i++) {
		int known = word_find(WORDS_COOKIE_NAME, p->cookies[i].name);

		if (known < 0 || (word_get(WORDS_COOKIE_NAME, known)->flags & WORD_PLANNED) != 0)
			COMPLAIN(d, N02, compile_at(p->cookies[i].from, ATTRIBUTE_NAME), p->cookies[i].name);
	}
}
