/*
 * door.h - what every opening passes before the vault turns a key.
 *
 * door_opening is the vault's door (vault.h).  For each person of the
 * practice it asks, in this order: are the data frozen (restriction.h)?  Does
 * the purpose rest on a consent, and does it live (consent.h)?  Is the reader
 * within the budget (budget.h)?  Then the record is written (access/audit.h).
 * Pages cannot forget any of it, for there is no other way to clear text.
 */
#ifndef DOOR_H
#define DOOR_H

#include "vault/vault.h"

/*
 * Verdicts: ERR_FROZEN, ERR_DENIED (no living consent).  ERR_BUDGET refuses all.
 * What concerns the server's own accounts (org 0) is recorded only.
 */
err door_opening(struct ctx *, const struct vault_opening *) MUST_USE;

#endif
