/* promise.c - the recommended default, until a policy file says otherwise. */
#include "oath/promise.h"

static const struct promise table = {
	.role_purposes = {
		[ROLE_PUBLIC] = PURPOSE_BIT(PURPOSE_BOOK) | PURPOSE_BIT(PURPOSE_SECURE),
		[ROLE_PATIENT] = PURPOSE_BIT(PURPOSE_BOOK) | PURPOSE_BIT(PURPOSE_ACCOUNT) |
		    PURPOSE_BIT(PURPOSE_SECURE),
		[ROLE_SECRETARY] = PURPOSE_BIT(PURPOSE_BOOK) | PURPOSE_BIT(PURPOSE_DESK) |
		    PURPOSE_BIT(PURPOSE_SECURE),
		[ROLE_PRACTITIONER] = PURPOSE_BIT(PURPOSE_BOOK) | PURPOSE_BIT(PURPOSE_DESK) |
		    PURPOSE_BIT(PURPOSE_SECURE),
		[ROLE_ADMINISTRATOR] = PURPOSE_BIT(PURPOSE_BOOK) | PURPOSE_BIT(PURPOSE_DESK) |
		    PURPOSE_BIT(PURPOSE_SECURE) | PURPOSE_BIT(PURPOSE_MANAGE),
		[ROLE_JOB] = PURPOSE_BIT(PURPOSE_NOTIFY) | PURPOSE_BIT(PURPOSE_SECURE),
	},
	.frozen_purposes = PURPOSE_BIT(PURPOSE_ACCOUNT) | PURPOSE_BIT(PURPOSE_SECURE),
	.cookies = {
		[COOKIE_SESSION] = { "__Host-session", 0, false },
		[COOKIE_BOOKING] = { "__Host-booking", 0, false },
		[COOKIE_LANG] = { "__Host-lang", 180 * 86400, false },
	},
	.session_idle = 15 * USEC_PER_MINUTE,
	.session_absolute = 12 * USEC_PER_HOUR,
	.patient_idle = 15 * USEC_PER_MINUTE,
	.patient_absolute = 12 * USEC_PER_HOUR,
	.hold = 5 * USEC_PER_MINUTE,
	.code_life = 15 * USEC_PER_MINUTE,
	.code_tries = 5,
	.invitation_life = 7 * USEC_PER_DAY,
	.reset_life = 15 * USEC_PER_MINUTE,
	.manage_link_after_end = 30 * USEC_PER_DAY,
	.undo = 10 * USEC_PER_SECOND,
	.password_length_min = 12,
	.password_length_max = 256,
	.signin_free_tries = 3,
	.signin_lock_tries = 10,
	.signin_lock = 15 * USEC_PER_MINUTE,
	.signin_memory = USEC_PER_DAY,
	.signin_peer_times = 10,
	.public_requests_per_minute = 120,
	.budget_persons = 60,
	.budget_window = USEC_PER_HOUR,
	.budget_proven_times = 10,
	.budget_past = 7 * USEC_PER_DAY,
	.budget_ahead = 92 * USEC_PER_DAY,
};

static const struct promise *_Atomic current = &table;

const struct promise *
promise(void)
{
	return current;
}

void
promise_use(const struct promise *p)
{
	current = p != NULL ? p : &table;
}
