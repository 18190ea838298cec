/*
 * lint.h - what compiles and is probably wrong all the same: what texts promise
 * and their own declarations contradict, and what people forget.
 */
#ifndef LINT_H
#define LINT_H

#include "oath/policy.h"

/* Adds warnings; also of a policy that did not compile. */
void policy_lint(const struct policy *, struct diagnostics *);

/* Adds a note for each word that is planned, and each cookie that nothing sets. */
void policy_notes(const struct policy *, struct diagnostics *);

#endif
