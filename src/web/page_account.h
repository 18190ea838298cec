/* page_account.h - one's own account: name, password, second factor, devices, programs. */
#ifndef PAGE_ACCOUNT_H
#define PAGE_ACCOUNT_H

#include "access/account.h"
#include "access/session.h"
#include "access/token.h"
#include "web/signing.h"

struct account_device {
	id	id;
	str	name, place, seen;
	bool	here;		/* the browser that asks */
};

struct account_token {
	id	id;
	str	name, scopes, created, seen;
};

struct account_page {
	struct layout			*layout;
	struct account			 account;
	str				 name, lang;	/* as stored, or as typed */
	str				 next_address;	/* waits to be confirmed; empty: none */
	str				 next_until;
	str				 hint;		/* of a new password */
	bool				 staff;
	str				 place, role;	/* staff: where and as what */
	size_t				 places_n;	/* where else one may go, this one included */
	int64_t				 codes_left;
	const struct account_device	*devices;
	size_t				 devices_n;
	const struct account_token	*tokens;	/* staff only */
	size_t				 tokens_n;
	str				 token_name;	/* as typed */
	uint32_t			 token_scopes;
};
void page_account_show(struct out *, const struct account_page *);

/*
 * A code of the authenticator, or a recovery code, as a fresh proof.  ERR_DENIED:
 * wrong; ERR_THROTTLED.  What to say when it is wrong.
 */
err account_check_code(struct web *, str code) MUST_USE;
extern const char *const account_wrong_code;

/* The bits that a member may give, with their names. */
struct scope_name { uint32_t bit; const char *name; };
extern const struct scope_name scope_names[];
extern const size_t scope_names_n;

/* A token, this once. */
struct token_page { struct layout *layout; str name, text; };
void page_token_shown(struct out *, const struct token_page *);

#endif
