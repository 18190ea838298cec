/* check_people.c - who is responsible, who else receives, and what leaves the EEA. */
#include "base/civil.h"
#include "oath/compile.h"

static const uint32_t everybody = UINT32_MAX;

static uint32_t
persons_of(const struct policy_controller *k)
{
	return k->subjects == 0 ? everybody : k->subjects;
}

static bool
holds_health(const struct policy *p, category_set set, uint32_t subjects)
{
	for (size_t i = 0; i < p->categories_n; i++)
		if (p->categories[i].health && (p->categories[i].subjects & subjects) != 0 && (set >> i & 1) != 0)
			return true;
	return false;
}

static const struct policy_recipient *
recipient_named(const struct policy *p, str name)
{
	for (size_t i = 0; i < p->recipients_n; i++)
		if (str_eq(p->recipients[i].name, name))
			return &p->recipients[i];
	return NULL;
}

/* GDPR 4.8: whoever holds the files of those who treat does so for them. */
static void
check_standing(struct compiler *c, const struct policy_controller *k)
{
	const struct policy_recipient *same = recipient_named(c->p, k->name);
	bool processor = k->trade == TRADE_EDITOR || k->trade == TRADE_HOST ||
	    (same != NULL && same->role == STANDING_PROCESSOR);

	if (processor && (persons_of(k) & BIT(SUBJECT_PATIENT)) != 0 &&
	    holds_health(c->p, UINT64_MAX, BIT(SUBJECT_PATIENT)))
		COMPLAIN(c->d, E306, compile_at(k->from, ATTRIBUTE_NAME), k->name);
}

/* GDPR 26. */
static void
check_joint(struct compiler *c, size_t i)
{
	const struct policy_controller *k = &c->p->controllers[i];

	for (size_t j = 0; j < c->p->controllers_n && k->answers == 0; j++) {
		if (j == i || (persons_of(k) & persons_of(&c->p->controllers[j])) == 0)
			continue;
		COMPLAIN(c->d, E305, compile_at(k->from, ATTRIBUTE_NAME), S(""));
		return;
	}
}

static bool
any_broken(const struct compiler *c, enum keyword keyword)
{
	for (size_t i = 0; i < c->p->syntax.n; i++)
		if (c->p->syntax.declarations[i].keyword == keyword && c->p->syntax.declarations[i].broken)
			return true;
	return false;
}

static void
check_controllers(struct compiler *c)
{
	bool contact = any_broken(c, KEYWORD_CONTROLLER), complaint = contact;
	const struct policy *p = c->p;

	for (size_t i = 0; i < p->controllers_n; i++) {
		const struct policy_controller *k = &p->controllers[i];

		contact = contact || k->contact.n > 0;
		complaint = complaint || k->complaint != NOT_SAID;
		check_standing(c, k);
		/* Many controllers are a mistake of the file, not so many pairs of one. */
		if (i < POLICY_LIST_MAX)
			check_joint(c, i);
	}
	if (p->controllers_n == 0) {
		if (!any_broken(c, KEYWORD_CONTROLLER))
			COMPLAIN(c->d, E302, p->syntax.declarations[0].where, S(""));
		return;
	}
	struct where w = compile_at(p->controllers[0].from, ATTRIBUTE_NAME);
	if (!contact)
		COMPLAIN(c->d, E303, w, S(""));
	if (!complaint)
		COMPLAIN(c->d, E304, w, S(""));
}

static bool
outside(int place)
{
	return place != NOT_SAID && (word_get(WORDS_PLACE, place)->flags & (WORD_EEA | WORD_UNKNOWN)) == 0;
}

static bool
is_covered(const struct policy *p, const struct policy_recipient *r)
{
	for (size_t i = 0; i < p->transfers_n; i++) {
		const struct policy_transfer *t = &p->transfers[i];

		if (t->recipient.n > 0 ? str_eq(t->recipient, r->name) : t->place == r->place)
			return true;
	}
	return false;
}

static void
check_recipient(struct compiler *c, const struct policy_recipient *r)
{
	struct where name = compile_at(r->from, ATTRIBUTE_NAME), place = compile_at(r->from, ATTRIBUTE_PLACE);

	if (r->role == NOT_SAID && !r->from->broken)
		COMPLAIN(c->d, E307, name, r->name);
	if (r->place == NOT_SAID && !r->from->broken)
		COMPLAIN(c->d, E308, name, r->name);
	if (r->place != NOT_SAID && (word_get(WORDS_PLACE, r->place)->flags & WORD_UNKNOWN) != 0)
		COMPLAIN(c->d, E309, place, r->name);
	if (outside(r->place) && !is_covered(c->p, r))
		COMPLAIN(c->d, E310, place, r->name, word_name(WORDS_PLACE, r->place));
	for (enum aim_word a = 0; a < AIM_COUNT; a++)
		if ((r->purposes >> a & 1) != 0 && policy_purpose(c->p, a) == NULL && !any_broken(c, KEYWORD_PURPOSE))
			COMPLAIN(c->d, E212, compile_at(r->from, ATTRIBUTE_FOR), word_name(WORDS_AIM, a));
}

/* Dead at the policy's date; a policy without date is as if of today, and everything that ever ended is dead. */
static void
check_mechanism(struct compiler *c, const struct policy_transfer *t)
{
	const struct policy_word *m = word_get(WORDS_MECHANISM, t->mechanism);
	str end = str_c(m->more);

	if (end.n == 0 || (c->p->dated.n > 0 && str_cmp(c->p->dated, end) < 0))
		return;
	diagnostics_add(c->d, &(struct diagnostic){ DIAGNOSTIC_E311, compile_at(t->from, ATTRIBUTE_UNDER),
	    { {0}, end, {0} }, m->label });
}

static void
check_transfer(struct compiler *c, const struct policy_transfer *t)
{
	if (syntax_get(t->from, ATTRIBUTE_NONE) != NULL) {
		for (size_t i = 0; i < c->p->transfers_n; i++) {
			const struct declaration *other = c->p->transfers[i].from;

			if (syntax_get(other, ATTRIBUTE_NONE) == NULL || t->place != NOT_SAID) {
				COMPLAIN(c->d, E312, t->from->where, str_of_int(c->mem, other->where.line));
				return;
			}
		}
		return;
	}
	if (t->mechanism != NOT_SAID)
		check_mechanism(c, t);
	if ((t->mechanism == NOT_SAID || t->place == NOT_SAID || syntax_get(t->from, ATTRIBUTE_OF) == NULL) &&
	    !t->from->broken)
		COMPLAIN(c->d, E313, t->from->where, S(""));
	if (t->recipient.n > 0 && recipient_named(c->p, t->recipient) == NULL)
		COMPLAIN(c->d, E204, compile_at(t->from, ATTRIBUTE_RECIPIENT), t->recipient);
}

static void
check_head(struct compiler *c)
{
	const struct declaration *head = NULL;

	for (size_t i = 0; i < c->p->syntax.n && head == NULL; i++)
		if (c->p->syntax.declarations[i].keyword == KEYWORD_POLICY)
			head = &c->p->syntax.declarations[i];
	if (head == NULL)
		COMPLAIN(c->d, E300, ((struct where){ 1, 1, 1 }), S(""));
	else if (c->p->dated.n == 0 && !head->broken)
		COMPLAIN(c->d, E301, head->where, S(""));
}

void
check_people(struct compiler *c)
{
	check_head(c);
	check_controllers(c);
	for (size_t i = 0; i < c->p->recipients_n; i++)
		check_recipient(c, &c->p->recipients[i]);
	for (size_t i = 0; i < c->p->transfers_n; i++)
		check_transfer(c, &c->p->transfers[i]);
}
