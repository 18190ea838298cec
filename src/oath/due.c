/* due.c - see due.h. */
#include "oath/due.h"

enum { ADULT_YEARS = 18 };

/* The last day of a month that lacks the day: 31 January and a month is 28 February. */
static day
clamped(int year, int month, int of_month)
{
	day ret = 0;

	while (!civil_day((struct civil_date){ year, month, of_month }, &ret) && of_month > 28)
		of_month--;
	return ret;
}

static day
add_months(day from, int64_t months)
{
	struct civil_date d = civil_date(from);
	int64_t count = (int64_t)d.year * 12 + (d.month - 1) + months;

	return clamped((int)(count / 12), (int)(count % 12) + 1, d.day);
}

/* Calendar months later at the same local time: in the second of two equal hours, of the first. */
static usec
months_later(const struct zone *zone, usec at, int64_t months)
{
	struct civil local = zone_local(zone, at);
	usec within_minute = at - zone_instant(zone, local.day, local.minute, NULL);

	return zone_instant(zone, add_months(local.day, months), local.minute, NULL) +
	    within_minute % USEC_PER_MINUTE;
}

usec
due_add(const struct zone *zone, usec at, struct duration by)
{
	switch (by.unit) {
	case UNIT_NONE:
		return at;
	case UNIT_SECOND:
		return at + by.number * USEC_PER_SECOND;
	case UNIT_MINUTE:
		return at + by.number * USEC_PER_MINUTE;
	case UNIT_HOUR:
		return at + by.number * USEC_PER_HOUR;
	case UNIT_DAY:
		return at + by.number * USEC_PER_DAY;
	case UNIT_MONTH:
		return months_later(zone, at, by.number);
	case UNIT_YEAR:
		return months_later(zone, at, by.number * 12);
	}
	panic("due: a duration of no unit");
}

/* Birth is a date: it happens at its midnight in the practice's zone. */
static usec
happened(const struct life *l, enum event_word event)
{
	if (event == EVENT_BIRTH)
		return l->has_birth ? zone_instant(l->zone, l->birth, 0, NULL) : DUE_NEVER;
	return l->event[event] != 0 ? l->event[event] : DUE_NEVER;
}

static usec
after(const struct life *l, const struct term *t)
{
	usec at = happened(l, t->event);

	return at == DUE_NEVER ? DUE_NEVER : due_add(l->zone, at, t->duration);
}

static const struct policy_keep *rule_of(const struct policy *, size_t category, const struct life *);

/* AS refers to another category's rule, which the compiler has seen to be no AS itself. */
static err
term_at(const struct policy *p, const struct life *l, const struct term *t, usec *ret)
{
	usec a, b;

	switch (t->kind) {
	case TERM_AFTER:
	case TERM_DURING:
		*ret = after(l, t);
		return OK;
	case TERM_EARLIER:
	case TERM_LATER:
		TRY(term_at(p, l, t->a, &a));
		TRY(term_at(p, l, t->b, &b));
		*ret = t->kind == TERM_EARLIER ? min64(a, b) : max64(a, b);
		return OK;
	case TERM_AS:
		if ((l->present & ((category_set)1 << t->category)) != 0)
			return term_at(p, l, rule_of(p, t->category, l)->term, ret);
		return term_at(p, l, t->b, ret);
	case TERM_PARAMETER:
		for (size_t i = 0; i < l->parameters_n; i++)
			if (str_eq(l->parameters[i].name, t->name)) {
				a = happened(l, EVENT_CREATED);
				*ret = a == DUE_NEVER ? DUE_NEVER : due_add(l->zone, a, l->parameters[i].value);
				return OK;
			}
		return ERR_INVALID;
	}
	panic("due: a term of no kind");
}

/* The event from which a term counts: the first that it names. */
static usec
anchor(const struct life *l, const struct term *t)
{
	while (t->kind == TERM_EARLIER || t->kind == TERM_LATER)
		t = t->a->event == EVENT_BIRTH ? t->b : t->a;
	if (t->kind == TERM_AS)
		return DUE_NEVER;
	return happened(l, t->kind == TERM_PARAMETER ? EVENT_CREATED : t->event);
}

static bool
was_minor(const struct life *l, const struct policy_keep *k)
{
	usec at = anchor(l, k->term);

	if (!l->has_birth || at == DUE_NEVER)
		return false;
	return civil_age(l->birth, zone_local(l->zone, at).day) < ADULT_YEARS;
}

/* Those of minors have their own rule where the policy has one. */
static const struct policy_keep *
rule_of(const struct policy *p, size_t category, const struct life *l)
{
	const struct policy_keep *minors = policy_keep(p, category, true);

	return minors != NULL && was_minor(l, minors) ? minors : policy_keep(p, category, false);
}

err
due_compute(const struct policy *p, size_t category, const struct life *l, struct due *ret)
{
	const struct policy_keep *k = rule_of(p, category, l);
	const struct term *floor;
	struct due d = { .rule = k, .archive_at = DUE_NEVER, .ceiling_at = DUE_NEVER };
	usec from;

	if (k == NULL)
		return ERR_NOT_FOUND;
	TRY(term_at(p, l, k->term, &d.dispose_at));
	if (k->ceiling != NULL) {
		d.ceiling_at = after(l, k->ceiling);
		d.dispose_at = min64(d.dispose_at, d.ceiling_at);
	} else
		d.ceiling_at = d.dispose_at;
	/* The law goes before the promise: a floor that has begun to bind holds. */
	floor = k->floor != NULL ? k->floor : policy_keep(p, category, false)->floor;
	if (floor != NULL) {
		d.floor_at = after(l, floor);
		if (d.floor_at == DUE_NEVER)
			d.dispose_at = DUE_NEVER;
		d.dispose_at = max64(d.dispose_at, d.floor_at);
		d.ceiling_at = max64(d.ceiling_at, d.floor_at);
	}
	from = anchor(l, k->term);
	if (k->active.unit != UNIT_NONE && from != DUE_NEVER)
		d.archive_at = due_add(l->zone, from, k->active);
	*ret = d;
	return OK;
}
