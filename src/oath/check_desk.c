/* check_desk.c - requests of persons, sign-in, limits, copies and breaches. */
#include "oath/compile.h"

#define DAY_SECONDS	INT64_C(86400)

static const struct duration a_month = { 31, UNIT_DAY }, hours_72 = { 72, UNIT_HOUR };

static void
check_right(struct compiler *c, const struct policy_right *r)
{
	str name = word_name(WORDS_RIGHT, r->right);

	if (r->right == RIGHT_WITHDRAWAL && r->scope == SCOPE_EVERYTHING)
		COMPLAIN(c->d, E360, compile_at(r->from, ATTRIBUTE_SCOPE), S(""));
	/* One calendar month is a month, whatever its length. */
	if (r->limit.unit != UNIT_NONE && !duration_within(r->limit, a_month) &&
	    !(r->limit.unit == UNIT_MONTH && r->limit.number == 1))
		COMPLAIN(c->d, E361, compile_at(r->from, ATTRIBUTE_LIMIT), name);
	if (r->answer.unit != UNIT_NONE && r->limit.unit != UNIT_NONE && !duration_within(r->answer, r->limit))
		COMPLAIN(c->d, E362, compile_at(r->from, ATTRIBUTE_ANSWER), name);
	if (r->wait.unit != UNIT_NONE && r->limit.unit != UNIT_NONE && !duration_within(r->wait, r->limit))
		COMPLAIN(c->d, E362, compile_at(r->from, ATTRIBUTE_WAIT), name);
}

static str
amount_words(struct arena *mem, bool duration, int64_t number)
{
	static const struct { int64_t seconds; char unit; } units[] = {
		{ DAY_SECONDS, 'd' }, { 3600, 'h' }, { 60, 'm' },
	};

	for (size_t i = 0; i < COUNT(units) && duration; i++)
		if (number % units[i].seconds == 0)
			return str_printf(mem, "%d%c", (int)(number / units[i].seconds), units[i].unit);
	return str_printf(mem, "%d%s", (int)number, duration ? "s" : "");
}

static void
check_limit(struct compiler *c, const struct policy_limit *l)
{
	const struct policy_word *word = word_get(WORDS_LIMIT, l->limit);
	const struct attribute *amount = syntax_get(l->from, ATTRIBUTE_AMOUNT);
	bool duration = (word->flags & WORD_DURATION) != 0;
	int64_t low, high;

	if (duration != (amount->duration.unit != UNIT_NONE)) {
		static const char *const kinds[2][LANG_COUNT] = {
			{ "un nombre", "a number" }, { "une durée comme 15m", "a duration as in 15m" },
		};

		diagnostics_add(c->d, &(struct diagnostic){ DIAGNOSTIC_E211, amount->where,
		    { {0}, str_c(word->name), {0} }, kinds[duration] });
		return;
	}
	limit_range(l->limit, &low, &high);
	if (l->number < low || l->number > high)
		COMPLAIN(c->d, E210, amount->where, str_c(word->name), amount_words(c->mem, duration, low),
		    amount_words(c->mem, duration, high));
}

static const struct declaration *
declared(const struct policy *p, enum keyword keyword, int64_t first)
{
	for (size_t i = 0; i < p->syntax.n; i++) {
		const struct declaration *d = &p->syntax.declarations[i];

		if (d->keyword == keyword && (first < 0 || (d->n > 0 && d->attributes[0].number == first)))
			return d;
	}
	return NULL;
}

/* An erased person can be read as long as one copy of the keys is. */
static void
check_horizon(struct compiler *c)
{
	const struct policy_backup *keys = &c->p->backup[SHARE_KEYS];
	const struct declaration *d = declared(c->p, KEYWORD_BACKUP, SHARE_KEYS);

	if (!keys->declared || keys->horizon.unit == UNIT_NONE || d == NULL)
		return;
	if (duration_seconds_least(keys->horizon) < keys->daily * DAY_SECONDS)
		COMPLAIN(c->d, E364, compile_at(d, ATTRIBUTE_HORIZON), str_of_int(c->mem, keys->daily));
}

void
check_desk(struct compiler *c)
{
	const struct policy *p = c->p;
	const struct declaration *breach = declared(p, KEYWORD_BREACH, -1);

	for (size_t i = 0; i < p->rights_n; i++)
		check_right(c, &p->rights[i]);
	for (size_t i = 0; i < p->limits_n; i++)
		check_limit(c, &p->limits[i]);
	for (size_t i = 0; i < p->logins_n; i++) {
		const struct policy_login *l = &p->logins[i];

		if (l->idle.unit != UNIT_NONE && l->absolute.unit != UNIT_NONE &&
		    !duration_within(l->idle, l->absolute))
			COMPLAIN(c->d, E365, compile_at(l->from, ATTRIBUTE_IDLE), S(""));
	}
	if (p->breach.tell_authority.unit != UNIT_NONE && !duration_within(p->breach.tell_authority, hours_72))
		COMPLAIN(c->d, E363, compile_at(breach, ATTRIBUTE_TELL_AUTHORITY), S(""));
	check_horizon(c);
}
