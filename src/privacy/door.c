/* door.c - see door.h. */
#include "privacy/door.h"

#include "access/audit.h"
#include "privacy/budget.h"
#include "privacy/consent.h"
#include "privacy/restriction.h"

static err
refuse_frozen(struct ctx *c, const struct vault_opening *o)
{
	bool *frozen = NEW_N(c->mem, bool, o->n);

	if ((promise()->frozen_purposes & PURPOSE_BIT(o->purpose)) != 0)
		return OK;
	TRY(restriction_of(c, o->persons, o->n, frozen));
	for (size_t i = 0; i < o->n; i++)
		if (frozen[i])
			o->verdicts[i] = ERR_FROZEN;
	return OK;
}

static err
refuse_without_consent(struct ctx *c, const struct vault_opening *o)
{
	bool *agree = NEW_N(c->mem, bool, o->n);

	if ((promise()->consent_purposes & PURPOSE_BIT(o->purpose)) == 0)
		return OK;
	TRY(consent_lives(c, o->purpose, o->persons, o->n, agree));
	for (size_t i = 0; i < o->n; i++)
		if (!agree[i] && o->verdicts[i] == OK)
			o->verdicts[i] = ERR_DENIED;
	return OK;
}

/* Only people who read count: the server's own work and patients at their own data do not. */
static err
within_budget(struct ctx *c, const struct vault_opening *o)
{
	id *persons = NEW_N(c->mem, id, o->n);
	size_t n = 0;

	if ((ROLE_BIT(c->role) & ROLES_STAFF) == 0)
		return OK;
	for (size_t i = 0; i < o->n; i++)
		if (o->verdicts[i] == OK)
			persons[n++] = o->persons[i];
	return budget_take(c, persons, n);
}

err
door_opening(struct ctx *c, const struct vault_opening *o)
{
	if (o->org != 0) {
		TRY(refuse_frozen(c, o));
		TRY(refuse_without_consent(c, o));
		TRY(within_budget(c, o));
	}
	return audit_opening(c, o);
}
