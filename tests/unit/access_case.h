/*
 * access_case.h - what tests of people and their rights begin with: a vault of
 * its own, two organisations, and threads that race.
 */
#ifndef ACCESS_CASE_H
#define ACCESS_CASE_H

#include <pthread.h>
#include <unistd.h>

#include "access/account.h"
#include "access/audit.h"
#include "access/factor.h"
#include "access/member.h"
#include "access/session.h"
#include "assert_str.h"
#include "engine.h"
#include "vault/secret.h"

enum { ORG_A = 11, ORG_B = 22, RACERS = 8 };

#define GOOD_PASSWORD	"girafe-volcan-tiroir 7"

#define MUST(call)	assert_int_equal((call), OK)

#define ALL_PURPOSES	((uint32_t)(PURPOSE_BIT(PURPOSE_COUNT) - 1))

static inline void
org_row(struct ctx *c, id org, str slug)
{
	MUST(db_run(c->db, SQL(
	    "INSERT INTO org (id, slug, name, zone, lang, phone, colour, cancel_limit_minutes,"
	    " reminder_hours, open_on_holidays, created_at, version, plan_version)"
	    " VALUES ($1, $2, $2, 'Europe/Paris', 0, '', 0, 0, 0, 0, 0, 1, 1)"), BINDS(INT(org), TEXT(slug)), NULL));
	MUST(vault_org_create(c, org));
}

static char access_folder[64];	/* of the vault of the test that runs */

static inline const char *
access_path(struct ctx *c, const char *name)
{
	return str_z(c->mem, str_printf(c->mem, "%s/%s", access_folder, name));
}

/* The test's context, complete: of ORG_A, the public, every purpose declared. */
static inline struct ctx *
access_begin(void **state)
{
	struct ctx *c = *state;

	(void)snprintf(access_folder, sizeof(access_folder), "/tmp/serment-test-vault-XXXXXX");
	assert_non_null(mkdtemp(access_folder));
	MUST(vault_init(access_folder));
	MUST(vault_open_dir(access_folder, audit_opening, &c->vault));
	c->purposes = ALL_PURPOSES;
	c->role = ROLE_PUBLIC;
	org_row(c, ORG_A, S("a"));
	org_row(c, ORG_B, S("b"));
	c->org = ORG_A;
	return c;
}

static inline void
access_end(struct ctx *c)
{
	static const char *const names[] = { "root.key", "keys.db", "keys.db-wal", "keys.db-shm" };

	vault_close(c->vault);
	for (size_t i = 0; i < COUNT(names); i++)
		(void)unlink(access_path(c, names[i]));
	assert_int_equal(rmdir(access_folder), 0);
}

static inline id
some_account(struct ctx *c, str email)
{
	id account = 0;

	MUST(account_create(c, email, S("Camille Moreau"), LANG_FR, &account));
	return account;
}

/* A member of ctx.org with that role and the good password. */
static inline id
some_member(struct ctx *c, str email, enum role role)
{
	enum password_fault fault;
	id account = some_account(c, email);

	MUST(account_set_password(c, account, S(GOOD_PASSWORD), 0, &fault));
	MUST(member_add(c, &(struct member){ .account = account, .role = role }));
	return account;
}

/* One number of one row that must be there. */
static inline int64_t
number(struct ctx *c, struct sql sql, int64_t arg)
{
	int64_t n = -1;

	MUST(db_one_int(c->db, sql, BINDS(INT(arg)), &n));
	return n;
}

/* The secret of account, set up by its own program; codes are those of c->now. */
static inline str
some_factor(struct ctx *c, id account, struct factor_codes *ret_codes)
{
	struct factor_setup setup;
	str secret;

	MUST(factor_begin(c, account, 1, S("Serment"), &setup));
	/* What the program would take from the page: RFC 4648 base32, 5 bits a letter. */
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char *p = arena_alloc(c->mem, setup.secret.n, 1);
	size_t n = 0;
	for (size_t i = 0, bits = 0, value = 0; i < setup.secret.n; i++) {
		const char *at = strchr(letters, setup.secret.p[i]);
		assert_non_null(at);
		value = (value << 5) | (size_t)(at - letters);
		if ((bits += 5) >= 8) {
			bits -= 8;
			p[n++] = (char)(value >> bits & 0xff);
		}
	}
	secret = (str){ p, n };
	MUST(factor_confirm(c, account, 1, totp_code(c->mem, secret, c->now), ret_codes));
	return secret;
}

struct racer {
	struct ctx	 ctx;
	struct arena	 mem;
	err		(*run)(struct ctx *, const void *);
	const void	*what;
	pthread_barrier_t *start;
	err		 result;
};

static inline void *
racer_main(void *arg)
{
	struct racer *r = arg;

	(void)pthread_barrier_wait(r->start);
	r->result = r->run(&r->ctx, r->what);
	return NULL;
}

/* RACERS threads do the same at the same moment; how many of them saw OK. */
static inline int
race(struct ctx *c, err (*run)(struct ctx *, const void *), const void *what)
{
	struct racer racers[RACERS] = {0};
	pthread_t threads[RACERS];
	pthread_barrier_t start;
	int won = 0;

	assert_int_equal(pthread_barrier_init(&start, NULL, RACERS), 0);
	for (size_t i = 0; i < RACERS; i++) {
		racers[i] = (struct racer){ .ctx = *c, .run = run, .what = what, .start = &start };
		racers[i].ctx.mem = &racers[i].mem;
		MUST(db_open(engine_store(c), &racers[i].ctx.db));
		assert_int_equal(pthread_create(&threads[i], NULL, racer_main, &racers[i]), 0);
	}
	for (size_t i = 0; i < RACERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		won += racers[i].result == OK;
		db_close(racers[i].ctx.db);
		arena_free(&racers[i].mem);
	}
	(void)pthread_barrier_destroy(&start);
	return won;
}

#endif
