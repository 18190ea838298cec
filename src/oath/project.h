/* project.h - a policy as data for other programs. */
#ifndef PROJECT_H
#define PROJECT_H

#include "oath/policy.h"

/*
 * JSON (RFC 8259), complete enough for another program to compute every due date:
 * durations are {"number":3,"unit":"y"}, terms trees of them.  docs/policy.md
 * has the rules of calendar arithmetic.
 */
void policy_json(const struct policy *, str hash, struct buf *);

/*
 * JSON-LD with the terms of the Data Privacy Vocabulary (W3C DPVCG, version 2):
 * a dpv:Process a purpose.  Categories and recipients are nodes of this document.
 */
void policy_dpv(const struct policy *, str hash, struct buf *);

#endif
