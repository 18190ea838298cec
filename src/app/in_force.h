/*
 * in_force.h - the policy that this server keeps to: compiled, hashed, entered in
 * the ledger of policies, and made what the program acts by.
 */
#ifndef IN_FORCE_H
#define IN_FORCE_H

#include "app/server.h"

/*
 * Put the default policy in force; the ledger (privacy/policy_version.h) keeps its
 * words, so that the hash in each line of the log leads to a text (R8).
 * ERR_STORE: the ledger cannot be written; ret_why tells the operator.
 */
err  in_force_put(struct server *, struct arena *mem, str *ret_why) MUST_USE;
/* Before the server's memory goes. */
void in_force_end(struct server *);

#endif
