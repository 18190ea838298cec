/*
 * account.h - people who sign in, whatever organisation they belong to.
 *
 * An account is a person of organisation 0: the vault seals its address and
 * name under a key of its own, and finds it by a blind index of the address.
 * What it may do, and where, are memberships (member.h).
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "access/password.h"
#include "base/ctx.h"
#include "oath/promise.h"
#include "vault/vault.h"

enum { ACCOUNT_NAME_BYTES_MAX = 200 };

/* Stored: never renumber. */
enum account_state {
	ACCOUNT_INVITED = 1,	/* has never proven anything: no password, no code used */
	ACCOUNT_ACTIVE = 2,
	ACCOUNT_CLOSED = 3,
};

struct account {
	id			id;
	str			email, name;
	enum lang		lang;
	enum account_state	state;
	bool			has_password, has_factor;
	usec			created_at, signed_in_at;	/* 0: never */
};

/*
 * ERR_INVALID: not an address, or no name, or a control character in it.
 * ERR_TOO_LARGE: a longer name.  ERR_CONFLICT: that address has an account.
 */
err account_create(struct ctx *, str email, str name, enum lang, id *ret) MUST_USE;

/*
 * The same in two steps, for those who write more in one change: make the key
 * and seal (never inside a change); then insert (joins an open change).  When
 * the change failed, drop the key again.
 */
struct account_draft { id id; str login_blind, identity_sealed; enum lang lang; };
err  account_draft(struct ctx *, str email, str name, enum lang, struct account_draft *ret) MUST_USE;
err  account_insert(struct ctx *, const struct account_draft *) MUST_USE;
void account_drop(struct ctx *, const struct account_draft *);

/* How an address and a name are sealed: here, and in an invitation. */
err  account_identity_check(str email, str name) MUST_USE;	/* as account_create */
str  account_identity_text(struct arena *, str email, str name);
void account_identity_split(str clear, str *ret_email, str *ret_name);
struct vault_place account_identity_place(id account, int64_t version);

/* The keyed hash by which an account is found; of what is no address, that of none. */
err account_login_blind(struct ctx *, str email, str *ret) MUST_USE;

/* By address.  ERR_NOT_FOUND also for what is no address. */
err account_find(struct ctx *, str email, id *ret) MUST_USE;
/* ERR_DENIED: the purpose is not the route's or the role's.  ERR_NOT_FOUND: none, or closed. */
err account_get(struct ctx *, enum purpose, id account, struct account *ret) MUST_USE;

/* The same with the version of its identity, for whoever writes another (address.h). */
err account_get_versioned(struct ctx *, enum purpose, id account, struct account *ret,
	int64_t *ret_version) MUST_USE;

/*
 * Set a password, make the account active, end its sessions but keep, and its
 * API tokens.  ERR_INVALID: ret_fault says why.  Opens the identity (PURPOSE_SECURE).
 */
err account_set_password(struct ctx *, id account, str password, id keep_session,
	enum password_fault *ret_fault) MUST_USE;

/* The same with a hash made before, for those who write more in one change.  Joins an open change. */
err account_write_password(struct ctx *, id account, str hash, id keep_session) MUST_USE;

/*
 * Is it this account's?  Asked again before something grave.  ERR_DENIED: no.
 * ERR_THROTTLED: too many tries, which are counted with those of the second factor.
 */
err account_check_password(struct ctx *, id account, str password) MUST_USE;

/*
 * Another name or language; the address stays.  ERR_INVALID, ERR_TOO_LARGE: as
 * account_create.  ERR_CONFLICT: changed meanwhile.  Opens the identity (PURPOSE_SECURE).
 */
err account_rename(struct ctx *, id account, str name, enum lang) MUST_USE;

/* The mailbox is proven by a code: INVITED becomes ACTIVE.  Joins an open change. */
err account_activate(struct ctx *, id account) MUST_USE;

/*
 * Close it: memberships, sessions, tokens, factor and tickets end, then its key
 * is destroyed.  ERR_CONFLICT: the last administrator of an organisation.
 * May be repeated when it failed half-way; never inside a change.
 */
err account_close(struct ctx *, id account) MUST_USE;

#endif
