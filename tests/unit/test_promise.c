/* test_promise.c - what the program acts by follows from the policy, and from nothing else. */
#include "oath/promise_of.h"
#include "policy_case.h"

#define DESK \
	POLICY_HEAD \
	"category identity of patient fields person.* encrypt\n" \
	"category agenda of patient fields booking.* health freetext encrypt\n" \
	"purpose desk uses agenda basis contract condition A9.2.h notice desk readers secretary\n" \
	"purpose news uses identity basis consent notice news readers server\n" \
	"purpose notify uses identity basis consent notice notify readers server\n" \
	"purpose account uses identity basis contract notice account readers patient,administrator\n" \
	"keep identity 3y after last_contact\n" \
	"keep agenda 20y after last_act\n" \
	"cookie session essential 90d\n" \
	"login secretary two-factor idle 10m absolute 8h\n" \
	"limit hold 4m\n" \
	"limit code-tries 4\n" \
	"breach budget 25 per 30m\n"

static struct promise
made_of(const char *source)
{
	struct compiled c;
	struct promise p;

	compile(&c, source);
	assert_int_equal(c.e, OK);
	promise_of(c.p, promise_default(), &p);
	arena_free(&c.mem);
	return p;
}

static void
only_what_is_declared_exists(void **state)
{
	struct promise p = made_of(DESK);

	(void)state;
	assert_int_equal(p.purposes, PURPOSE_BIT(PURPOSE_DESK) | PURPOSE_BIT(PURPOSE_NOTIFY) |
	    PURPOSE_BIT(PURPOSE_ACCOUNT));
	assert_int_equal(p.consent_purposes, PURPOSE_BIT(PURPOSE_NOTIFY));
	assert_int_equal(p.role_purposes[ROLE_SECRETARY], PURPOSE_BIT(PURPOSE_DESK));
	assert_int_equal(p.role_purposes[ROLE_PRACTITIONER], 0);
	assert_int_equal(p.role_purposes[ROLE_JOB], PURPOSE_BIT(PURPOSE_NOTIFY));
	assert_int_equal(p.role_purposes[ROLE_PATIENT], PURPOSE_BIT(PURPOSE_ACCOUNT));
	assert_int_equal(p.role_purposes[ROLE_ADMINISTRATOR], PURPOSE_BIT(PURPOSE_ACCOUNT));
}

static void
a_purpose_opens_the_categories_that_it_uses(void **state)
{
	struct promise p = made_of(DESK);

	(void)state;
	assert_int_equal(p.field_purposes[FIELD_booking_note], PURPOSE_BIT(PURPOSE_DESK));
	assert_int_equal(p.field_purposes[FIELD_person_family], PURPOSE_BIT(PURPOSE_NOTIFY) | PURPOSE_BIT(PURPOSE_ACCOUNT));
	assert_int_equal(p.field_purposes[FIELD_account_email], 0);
}

static void
figures_come_from_the_policy_and_the_others_from_the_default(void **state)
{
	struct promise p = made_of(DESK);

	(void)state;
	assert_true(p.cookies[COOKIE_SESSION].declared);
	assert_int_equal(p.cookies[COOKIE_SESSION].max_age_seconds, 90 * 86400);
	assert_false(p.cookies[COOKIE_LANG].declared);
	assert_int_equal(p.session_idle, 10 * USEC_PER_MINUTE);
	assert_int_equal(p.session_absolute, 8 * USEC_PER_HOUR);
	assert_int_equal(p.patient_idle, promise_default()->patient_idle);
	assert_int_equal(p.hold, 4 * USEC_PER_MINUTE);
	assert_int_equal(p.code_tries, 4);
	assert_int_equal(p.code_life, promise_default()->code_life);
	assert_int_equal(p.budget_persons, 25);
	assert_int_equal(p.budget_window, 30 * USEC_PER_MINUTE);
}

/* There is no second place where a duration is written: what the default leaves out is zero, and shows here. */
static void
the_default_promises_every_figure_that_the_program_uses(void **state)
{
	const struct promise *p = promise_default();
	const int64_t figures[] = { p->session_idle, p->session_absolute, p->patient_idle, p->patient_absolute,
	    p->hold, p->code_life, p->code_tries, p->invitation_life, p->reset_life, p->manage_link_after_end,
	    p->undo, p->password_length_min, p->password_length_max, p->signin_free_tries,
	    p->signin_lock_tries, p->signin_lock, p->signin_memory, p->signin_peer_times,
	    p->public_requests_per_minute, p->budget_persons, p->budget_window, p->budget_proven_times,
	    p->budget_past, p->budget_ahead, p->holds_per_peer, p->drafts_per_contact, p->ahead_per_person,
	    p->ahead_per_contact, p->address_life, p->log_life };

	(void)state;
	for (size_t i = 0; i < COUNT(figures); i++)
		assert_true(figures[i] > 0);
	for (size_t i = 0; i < COOKIE_COUNT; i++)
		assert_true(p->cookies[i].declared);
	assert_int_equal(p->purposes, PURPOSE_BIT(PURPOSE_COUNT) - PURPOSE_BIT(PURPOSE_BOOK));
	assert_int_equal(p->consent_purposes, 0);
}

static void
another_promise_can_be_put_in_force_and_taken_back(void **state)
{
	static struct promise other;

	(void)state;
	other = made_of(DESK);
	promise_use(&other);
	assert_int_equal(promise()->hold, 4 * USEC_PER_MINUTE);
	promise_use(NULL);
	assert_ptr_equal(promise(), promise_default());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_declared_exists),
		cmocka_unit_test(a_purpose_opens_the_categories_that_it_uses),
		cmocka_unit_test(figures_come_from_the_policy_and_the_others_from_the_default),
		cmocka_unit_test(the_default_promises_every_figure_that_the_program_uses),
		cmocka_unit_test(another_promise_can_be_put_in_force_and_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
