/* check_data.c - which data, what for, and on which ground. */
#include "oath/compile.h"

static str
field_name(struct arena *mem, enum field f)
{
	const struct field_row *row = field_row(f);

	return str_printf(mem, "%s.%s", word_get(WORDS_RECORD, row->record)->name, row->name);
}

static bool
any_broken(const struct compiler *c, enum keyword keyword)
{
	for (size_t i = 0; i < c->p->syntax.n; i++)
		if (c->p->syntax.declarations[i].keyword == keyword && c->p->syntax.declarations[i].broken)
			return true;
	return false;
}

/* Whoever may write anything writes of health; and what lies in clear is not encrypted. */
static void
check_fields(struct compiler *c, const struct policy_category *k)
{
	struct where w = compile_at(k->from, ATTRIBUTE_FIELDS);

	if (k->freetext && !k->health)
		COMPLAIN(c->d, E326, compile_at(k->from, ATTRIBUTE_FREETEXT), S(""));
	for (size_t i = 0; i < k->fields_n; i++) {
		const struct field_row *row = field_row(k->fields[i]);

		if ((row->flags & WORD_FREETEXT) != 0 && !k->freetext) {
			COMPLAIN(c->d, E327, w, field_name(c->mem, k->fields[i]), k->name);
			return;
		}
		if (row->storage == STORAGE_CLEAR && k->encrypt) {
			COMPLAIN(c->d, E328, w, field_name(c->mem, k->fields[i]));
			return;
		}
	}
}

static void
check_subjects(struct compiler *c, const struct policy_category *k)
{
	for (enum subject_word s = 0; s < SUBJECT_COUNT; s++)
		if ((k->subjects & BIT(s)) != 0 && (c->subjects & BIT(s)) == 0 && c->subjects != 0)
			COMPLAIN(c->d, E206, compile_at(k->from, ATTRIBUTE_OF), word_name(WORDS_SUBJECT, s));
}

static void
check_category(struct compiler *c, size_t i, bool purposes_whole)
{
	const struct policy_category *k = &c->p->categories[i];
	struct where w = compile_at(k->from, ATTRIBUTE_NAME);

	check_fields(c, k);
	check_subjects(c, k);
	if ((c->used >> i & 1) == 0 && purposes_whole)
		COMPLAIN(c->d, E324, w, k->name);
	if ((c->kept >> i & 1) == 0)
		COMPLAIN(c->d, E325, w, k->name);
}

static bool
asks_to_write(const struct policy_purpose *u)
{
	return (u->channels & (BIT(CHANNEL_EMAIL) | BIT(CHANNEL_SMS) | BIT(CHANNEL_VOICE))) != 0;
}

static void
check_messages(struct compiler *c, const struct policy_purpose *u, const struct policy_word *word)
{
	bool marketing = (word->flags & WORD_MARKETING) != 0;

	if (marketing && asks_to_write(u) && u->basis != BASIS_CONSENT && u->basis != NOT_SAID)
		COMPLAIN(c->d, E331, compile_at(u->from, ATTRIBUTE_BASIS), str_c(word->name));
	if (marketing && u->transactional)
		COMPLAIN(c->d, E332, compile_at(u->from, ATTRIBUTE_TRANSACTIONAL), str_c(word->name));
	if (u->pixel == PIXEL_ALWAYS)
		COMPLAIN(c->d, E333, compile_at(u->from, ATTRIBUTE_PIXEL), S(""));
	for (int i = 0; i < CONTENT_COUNT; i++)
		if ((u->contents & BIT(i)) != 0 && (word_get(WORDS_CONTENT, i)->flags & WORD_SECRET) != 0)
			COMPLAIN(c->d, E334, compile_at(u->from, ATTRIBUTE_CONTENT), word_name(WORDS_CONTENT, i));
}

/* What a purpose must say; of one that could not be read whole, nothing is missed. */
static void
check_whole(struct compiler *c, const struct policy_purpose *u, str name)
{
	struct where w = compile_at(u->from, ATTRIBUTE_NAME);

	if (u->from->broken)
		return;
	if (u->basis == NOT_SAID)
		COMPLAIN(c->d, E320, w, name);
	if (u->notice.n == 0)
		COMPLAIN(c->d, E321, w, name);
	if (syntax_get(u->from, ATTRIBUTE_USES) == NULL)
		COMPLAIN(c->d, E322, w, name);
}

static void
check_purpose(struct compiler *c, const struct policy_purpose *u)
{
	const struct policy_word *word = word_get(WORDS_AIM, u->word);
	const struct attribute *decision = syntax_get(u->from, ATTRIBUTE_DECISION);
	str name = str_c(word->name);

	check_whole(c, u, name);
	for (size_t i = 0; i < c->p->categories_n && u->condition == NOT_SAID && !u->from->broken; i++) {
		if ((u->uses >> i & 1) == 0 || !c->p->categories[i].health)
			continue;
		COMPLAIN(c->d, E323, compile_at(u->from, ATTRIBUTE_USES), name, c->p->categories[i].name);
		break;
	}
	if ((word->flags & WORD_RESEARCH) != 0 && u->authorisation.n == 0 && !u->from->broken)
		COMPLAIN(c->d, E329, compile_at(u->from, ATTRIBUTE_NAME), S(""));
	if (decision != NULL && decision->number == DECISION_AUTOMATIC)
		COMPLAIN(c->d, E330, decision->where, S(""));
	check_messages(c, u, word);
}

void
check_data(struct compiler *c)
{
	bool whole = !any_broken(c, KEYWORD_PURPOSE);

	if (c->subjects == 0 && c->p->categories_n > 0 && !any_broken(c, KEYWORD_SUBJECT))
		COMPLAIN(c->d, E335, c->p->categories[0].from->where, S(""));
	for (size_t i = 0; i < c->p->categories_n; i++)
		check_category(c, i, whole);
	for (size_t i = 0; i < c->p->purposes_n; i++)
		check_purpose(c, &c->p->purposes[i]);
}
