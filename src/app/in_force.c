/* in_force.c - see in_force.h. */
#include "app/in_force.h"

#include "oath/promise_of.h"
#include "privacy/policy_version.h"
#include "vault/secret.h"

enum { CANONICAL_BYTES_MAX = 4 * POLICY_BYTES_MAX };

static err
adopt(struct server *s, struct arena *mem, const struct policy *p)
{
	struct db *db;

	TRY(db_open(s->store, &db));
	struct ctx c = server_ctx(s, mem, db);
	c.role = ROLE_JOB;
	err e = policy_version_adopt(&c, &(struct policy_version){ .hash = s->promise.policy_hash,
	    .number = p->version, .title = p->title, .dated = p->dated,
	    .body = { default_policy, default_policy_bytes } });
	db_close(db);
	return e;
}

err
in_force_put(struct server *s, struct arena *mem, str *ret_why)
{
	struct diagnostics said = { .mem = &s->mem };
	struct buf canonical = buf_in(mem, CANONICAL_BYTES_MAX);
	const struct policy *p;

	*ret_why = S("the policy could not be entered in the ledger, see the line above; nothing was changed");
	TRY(policy_compile(&s->mem, (str){ default_policy, default_policy_bytes }, &said, &p));
	syntax_print(&p->syntax, &canonical);
	if (!buf_ok(&canonical))
		return ERR_TOO_LARGE;
	promise_of(p, promise_default(), &s->promise);
	s->promise.policy_hash = blake2b(&s->mem, buf_str(&canonical));
	TRY(adopt(s, mem, p));
	promise_use(&s->promise);
	return OK;
}

void
in_force_end(struct server *s)
{
	if (promise() == &s->promise)
		promise_use(NULL);
}
