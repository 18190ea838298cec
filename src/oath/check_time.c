/* check_time.c - floor, term and ceiling of what is kept: nothing dies before its floor nor outlives its ceiling. */
#include "oath/compile.h"

static str
words(struct compiler *c, const struct term *t)
{
	struct buf b = buf_in(c->mem, 4096);

	term_print(t, &b);
	return buf_str(&b);
}

static str
category_name(const struct compiler *c, const struct policy_keep *k)
{
	return c->p->categories[k->category].name;
}

static void
check_interval(struct compiler *c, const struct policy_keep *k)
{
	str name = category_name(c, k);

	if (k->floor != NULL && k->ceiling != NULL && k->floor->event == k->ceiling->event &&
	    !duration_within(k->floor->duration, k->ceiling->duration)) {
		COMPLAIN(c->d, E340, k->floor->where, name, words(c, k->floor), words(c, k->ceiling));
		return;
	}
	if (k->floor != NULL && term_at_least(c->p, k->term, k->floor) == VERDICT_NO)
		COMPLAIN(c->d, E341, k->term->where, name, words(c, k->floor));
	if (k->ceiling != NULL && term_at_most(c->p, k->term, k->ceiling) == VERDICT_NO)
		COMPLAIN(c->d, E342, k->term->where, name, words(c, k->ceiling));
}

static void
check_minor(struct compiler *c, const struct policy_keep *k)
{
	const struct policy_keep *general = policy_keep(c->p, k->category, false);
	str name = category_name(c, k);

	if (general == NULL && (c->kept >> k->category & 1) == 0)
		COMPLAIN(c->d, E344, compile_at(k->from, ATTRIBUTE_NAME), name);
	else if (general != NULL && general->floor != NULL &&
	    term_at_least(c->p, k->term, general->floor) == VERDICT_NO)
		COMPLAIN(c->d, E343, k->term->where, name, words(c, general->floor));
}

/* As one that is kept as the first, however far around. */
static void
check_circle(struct compiler *c, const struct policy_keep *k)
{
	size_t at = k->category;

	for (size_t steps = 0; steps <= c->p->categories_n; steps++) {
		const struct policy_keep *next = at < c->p->categories_n ? policy_keep(c->p, at, false) : NULL;

		if (steps == 0)
			next = k;
		if (next == NULL || next->term->kind != TERM_AS)
			return;
		at = next->term->category;
	}
	COMPLAIN(c->d, E345, k->term->where, category_name(c, k));
}

static void
check_archive(struct compiler *c, const struct policy_keep *k)
{
	const struct term *t = k->term;
	struct duration active = k->active, archive = k->archive;

	if (archive.unit != UNIT_NONE && active.unit == UNIT_NONE)
		COMPLAIN(c->d, E348, compile_at(k->from, ATTRIBUTE_THEN), S(""));
	if (archive.unit == UNIT_NONE || active.unit == UNIT_NONE || t->kind != TERM_AFTER ||
	    t->duration.unit == UNIT_NONE)
		return;
	/* In months where both have them: 5y and 15y are 20y, not 20 times 366 days. */
	bool calendar = active.unit >= UNIT_MONTH && archive.unit >= UNIT_MONTH;
	struct duration sum = { 0, calendar ? UNIT_MONTH : UNIT_SECOND };
	if (calendar)
		sum.number = active.number * (active.unit == UNIT_YEAR ? 12 : 1) +
		    archive.number * (archive.unit == UNIT_YEAR ? 12 : 1);
	else
		sum.number = duration_seconds_least(active) + duration_seconds_least(archive);
	if (!duration_within(sum, t->duration))
		COMPLAIN(c->d, E346, compile_at(k->from, ATTRIBUTE_ACTIVE), category_name(c, k));
}

/* GDPR 17.3.b: what the law keeps cannot be erased at once. */
static void
check_promised_erasure(struct compiler *c, struct where w)
{
	for (size_t i = 0; i < c->p->keeps_n; i++) {
		const struct policy_keep *k = &c->p->keeps[i];

		if (k->floor == NULL)
			continue;
		COMPLAIN(c->d, E347, w, category_name(c, k), words(c, k->floor));
		return;
	}
}

void
check_time(struct compiler *c)
{
	const struct syntax *s = &c->p->syntax;

	for (size_t i = 0; i < c->p->keeps_n; i++) {
		const struct policy_keep *k = &c->p->keeps[i];

		check_interval(c, k);
		if (k->minor)
			check_minor(c, k);
		if (k->term->kind == TERM_AS && !k->minor)
			check_circle(c, k);
		check_archive(c, k);
	}
	for (size_t i = 0; i < c->p->rights_n; i++) {
		const struct policy_right *r = &c->p->rights[i];

		if (r->right == RIGHT_ERASURE && r->at_once && !r->refuse_on_floor)
			check_promised_erasure(c, compile_at(r->from, ATTRIBUTE_AT_ONCE));
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct declaration *d = &s->declarations[i];

		if (d->keyword == KEYWORD_PROMISE && d->n > 0 && d->attributes[0].number == VOW_ERASE_AT_ONCE)
			check_promised_erasure(c, d->attributes[0].where);
	}
}
