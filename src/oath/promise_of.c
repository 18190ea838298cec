/* promise_of.c - see promise_of.h. */
#include "oath/promise_of.h"

#include <pthread.h>

_Static_assert((int)FIELD_COUNT <= (int)PROMISE_FIELDS_MAX, "every field has its purposes");

/* The purposes that the program exercises today, by their word. */
static const struct { enum aim_word aim; enum purpose purpose; } purposes[] = {
	{ AIM_BOOK, PURPOSE_BOOK },
	{ AIM_DESK, PURPOSE_DESK },
	{ AIM_NOTIFY, PURPOSE_NOTIFY },
	{ AIM_ACCOUNT, PURPOSE_ACCOUNT },
	{ AIM_SECURE, PURPOSE_SECURE },
	{ AIM_MANAGE, PURPOSE_MANAGE },
	{ AIM_PUBLISH, PURPOSE_PUBLISH },
};

static const struct { enum reader_word reader; enum role role; } roles[] = {
	{ READER_PUBLIC, ROLE_PUBLIC },
	{ READER_PATIENT, ROLE_PATIENT },
	{ READER_SECRETARY, ROLE_SECRETARY },
	{ READER_PRACTITIONER, ROLE_PRACTITIONER },
	{ READER_ADMINISTRATOR, ROLE_ADMINISTRATOR },
	{ READER_SERVER, ROLE_JOB },
};

static const struct { enum cookie_name_word word; enum cookie cookie; const char *name; } cookies[] = {
	{ COOKIE_NAME_SESSION, COOKIE_SESSION, "__Host-session" },
	{ COOKIE_NAME_BOOKING, COOKIE_BOOKING, "__Host-booking" },
	{ COOKIE_NAME_LANG, COOKIE_LANG, "__Host-lang" },
};

/* GDPR 18.2: what may still be done with data that are frozen, besides keeping them. */
static const uint32_t open_when_frozen = PURPOSE_BIT(PURPOSE_ACCOUNT) | PURPOSE_BIT(PURPOSE_SECURE);

static void
set_usec(usec *ret, struct duration d)
{
	if (d.unit != UNIT_NONE)
		*ret = duration_seconds_least(d) * USEC_PER_SECOND;
}

static void
purpose_fill(const struct policy *p, const struct policy_purpose *from, enum purpose purpose,
    struct promise *ret)
{
	const uint32_t bit = PURPOSE_BIT(purpose);

	ret->purposes |= bit;
	if (from->basis == BASIS_CONSENT)
		ret->consent_purposes |= bit;
	if (from->readers == 0)
		ret->role_purposes[ROLE_JOB] |= bit;
	for (size_t i = 0; i < COUNT(roles); i++)
		if (from->readers & BIT(roles[i].reader))
			ret->role_purposes[roles[i].role] |= bit;
	for (size_t i = 0; i < p->categories_n; i++)
		for (size_t k = 0; k < p->categories[i].fields_n; k++)
			if (from->uses & ((category_set)1 << i))
				ret->field_purposes[p->categories[i].fields[k]] |= bit;
}

static void
cookies_fill(const struct policy *p, struct promise *ret)
{
	for (size_t i = 0; i < COUNT(cookies); i++) {
		struct cookie_promise *c = &ret->cookies[cookies[i].cookie];

		*c = (struct cookie_promise){ .name = cookies[i].name };
		for (size_t k = 0; k < p->cookies_n; k++) {
			const struct policy_cookie *from = &p->cookies[k];

			if (!str_eq(from->name, word_name(WORDS_COOKIE_NAME, (int64_t)cookies[i].word)))
				continue;
			c->declared = true;
			c->script_reads = from->script;
			c->max_age_seconds = from->life.unit == UNIT_NONE ? 0 : duration_seconds_least(from->life);
		}
	}
}

static void
logins_fill(const struct policy *p, struct promise *ret)
{
	for (size_t i = 0; i < p->logins_n; i++) {
		const struct policy_login *l = &p->logins[i];

		if (l->readers & BIT(READER_PATIENT)) {
			set_usec(&ret->patient_idle, l->idle);
			set_usec(&ret->patient_absolute, l->absolute);
		}
		if (l->readers & (BIT(READER_SECRETARY) | BIT(READER_PRACTITIONER) | BIT(READER_ADMINISTRATOR))) {
			set_usec(&ret->session_idle, l->idle);
			set_usec(&ret->session_absolute, l->absolute);
		}
	}
}

/* Where each limit lies in the table. */
static void
limit_fill(enum limit_word limit, int64_t number, struct promise *ret)
{
	const struct { enum limit_word limit; usec *time; int *count; } places[] = {
		{ LIMIT_HOLD, &ret->hold, NULL },
		{ LIMIT_HOLDS_PER_PEER, NULL, &ret->holds_per_peer },
		{ LIMIT_DRAFTS_PER_CONTACT, NULL, &ret->drafts_per_contact },
		{ LIMIT_AHEAD_PER_PERSON, NULL, &ret->ahead_per_person },
		{ LIMIT_AHEAD_PER_CONTACT, NULL, &ret->ahead_per_contact },
		{ LIMIT_ADDRESS_LIFE, &ret->address_life, NULL },
		{ LIMIT_CODE_LIFE, &ret->code_life, NULL },
		{ LIMIT_CODE_TRIES, NULL, &ret->code_tries },
		{ LIMIT_INVITATION_LIFE, &ret->invitation_life, NULL },
		{ LIMIT_RESET_LIFE, &ret->reset_life, NULL },
		{ LIMIT_MANAGE_LINK_AFTER_END, &ret->manage_link_after_end, NULL },
		{ LIMIT_UNDO, &ret->undo, NULL },
		{ LIMIT_PASSWORD_LENGTH_MIN, NULL, &ret->password_length_min },
		{ LIMIT_PASSWORD_LENGTH_MAX, NULL, &ret->password_length_max },
		{ LIMIT_SIGNIN_FREE_TRIES, NULL, &ret->signin_free_tries },
		{ LIMIT_SIGNIN_LOCK_TRIES, NULL, &ret->signin_lock_tries },
		{ LIMIT_SIGNIN_LOCK, &ret->signin_lock, NULL },
		{ LIMIT_SIGNIN_MEMORY, &ret->signin_memory, NULL },
		{ LIMIT_SIGNIN_PEER_TIMES, NULL, &ret->signin_peer_times },
		{ LIMIT_PUBLIC_REQUESTS_PER_MINUTE, NULL, &ret->public_requests_per_minute },
		{ LIMIT_READING_PROVEN_TIMES, NULL, &ret->budget_proven_times },
		{ LIMIT_READING_PAST, &ret->budget_past, NULL },
		{ LIMIT_READING_AHEAD, &ret->budget_ahead, NULL },
	};

	for (size_t i = 0; i < COUNT(places); i++)
		if (places[i].limit == limit && places[i].time != NULL)
			*places[i].time = number * USEC_PER_SECOND;
		else if (places[i].limit == limit)
			*places[i].count = (int)number;
}

void
promise_of(const struct policy *p, const struct promise *base, struct promise *ret)
{
	if (base != NULL)
		*ret = *base;
	else
		*ret = (struct promise){0};
	ret->policy_hash = (str){0};
	ret->purposes = ret->consent_purposes = 0;
	memset(ret->role_purposes, 0, sizeof(ret->role_purposes));
	memset(ret->field_purposes, 0, sizeof(ret->field_purposes));
	for (size_t i = 0; i < COUNT(purposes); i++) {
		const struct policy_purpose *from = policy_purpose(p, purposes[i].aim);

		if (from != NULL)
			purpose_fill(p, from, purposes[i].purpose, ret);
	}
	ret->frozen_purposes = open_when_frozen;
	cookies_fill(p, ret);
	logins_fill(p, ret);
	for (size_t i = 0; i < p->limits_n; i++)
		limit_fill(p->limits[i].limit, p->limits[i].number, ret);
	for (size_t i = 0; i < p->logs_n; i++)
		if (str_eq(p->logs[i].name, S("journal")))
			set_usec(&ret->log_life, p->logs[i].keep);
	if (p->breach.declared && p->breach.budget > 0) {
		ret->budget_persons = (int)p->breach.budget;
		set_usec(&ret->budget_window, p->breach.budget_per);
	}
}

/* --- the default ---------------------------------------------------------------------- */

static struct promise built_in;
static const struct promise *_Atomic current;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
build(void)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct diagnostics said = { .mem = &mem };
	const struct policy *p;

	/* The build has compiled it before us: a default that is broken ships with no program. */
	if (policy_compile(&mem, (str){ default_policy, default_policy_bytes }, &said, &p) != OK)
		panic("promise: policies/default.policy does not compile");
	promise_of(p, NULL, &built_in);
	current = &built_in;
}

const struct promise *
promise_default(void)
{
	(void)pthread_once(&once, build);
	return &built_in;
}

const struct promise *
promise(void)
{
	(void)pthread_once(&once, build);
	return current;
}

void
promise_use(const struct promise *p)
{
	(void)pthread_once(&once, build);
	current = p != NULL ? p : &built_in;
}
