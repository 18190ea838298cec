/* check_traces.c - what stays in browsers and in logs, and who counts visits. */
#include "oath/compile.h"

static const struct duration months_13 = { 13, UNIT_MONTH }, months_12 = { 12, UNIT_MONTH };
static const struct duration months_25 = { 25, UNIT_MONTH }, years_3 = { 3, UNIT_YEAR };

static bool
counts_itself(const struct policy *p)
{
	for (size_t i = 0; i < p->measures_n; i++)
		if (str_eq(p->measures[i].through, S("own")))
			return true;
	return false;
}

static bool
asks_for_consent(const struct policy *p)
{
	for (size_t i = 0; i < p->measures_n; i++)
		if (p->measures[i].basis == BASIS_CONSENT)
			return true;
	for (size_t i = 0; i < p->purposes_n; i++)
		if (p->purposes[i].basis == BASIS_CONSENT || p->purposes[i].from->broken)
			return true;
	return false;
}

static void
check_cookie(struct compiler *c, const struct policy_cookie *k, bool own, bool consent)
{
	struct where kind = compile_at(k->from, ATTRIBUTE_KIND);

	if (k->life.unit != UNIT_NONE && k->reason.n == 0 && !duration_within(k->life, months_13))
		COMPLAIN(c->d, E350, compile_at(k->from, ATTRIBUTE_LIFE), k->name);
	if (k->kind == COOKIE_KIND_AUDIENCE && !own)
		COMPLAIN(c->d, E354, kind, k->name);
	if (k->kind == COOKIE_KIND_CONSENT && !consent)
		COMPLAIN(c->d, E356, kind, k->name);
}

static void
check_log(struct compiler *c, const struct policy_log *l)
{
	struct where w = compile_at(l->from, ATTRIBUTE_KEEP);

	if (l->keep.unit == UNIT_NONE)
		return;
	if (!duration_within(l->keep, years_3))
		COMPLAIN(c->d, E352, w, l->name);
	else if (l->reason.n == 0 && !duration_within(l->keep, months_12))
		COMPLAIN(c->d, E351, w, l->name);
}

static void
check_measure(struct compiler *c, const struct policy_measure *m)
{
	bool own = str_eq(m->through, S("own"));

	if (!own && m->basis != BASIS_CONSENT && !m->from->broken)
		COMPLAIN(c->d, E353, compile_at(m->from, ATTRIBUTE_THROUGH), m->name);
	if (m->data.unit != UNIT_NONE && !duration_within(m->data, months_25))
		COMPLAIN(c->d, E355, compile_at(m->from, ATTRIBUTE_DATA), m->name);
	if (own || m->through.n == 0)
		return;
	for (size_t i = 0; i < c->p->recipients_n; i++)
		if (str_eq(c->p->recipients[i].name, m->through))
			return;
	COMPLAIN(c->d, E204, compile_at(m->from, ATTRIBUTE_THROUGH), m->through);
}

void
check_traces(struct compiler *c)
{
	bool own = counts_itself(c->p), consent = asks_for_consent(c->p);

	for (size_t i = 0; i < c->p->cookies_n; i++)
		check_cookie(c, &c->p->cookies[i], own, consent);
	for (size_t i = 0; i < c->p->logs_n; i++)
		check_log(c, &c->p->logs[i]);
	for (size_t i = 0; i < c->p->measures_n; i++)
		check_measure(c, &c->p->measures[i]);
}
