/* test_door.c - T1, R17: what every opening passes before the vault turns a key. */
#include "access_case.h"
#include "privacy/budget.h"
#include "privacy/consent.h"
#include "privacy/door.h"
#include "privacy/restriction.h"

enum { ANNE = 1001, BRUNO = 1002, EXPECTED = 1000000, PERSONS = 400 };

/* Those above EXPECTED have an appointment. */
static err
expected(struct ctx *c, const id *persons, size_t n, bool *ret)
{
	(void)c;
	for (size_t i = 0; i < n; i++)
		ret[i] = persons[i] > EXPECTED;
	return OK;
}

static struct promise tight;

static struct ctx *
door_begin(void **state)
{
	struct ctx *c = access_begin(state);

	tight = *promise();
	tight.budget_persons = 10;
	tight.budget_proven_times = 3;
	tight.consent_purposes = PURPOSE_BIT(PURPOSE_NOTIFY);
	promise_use(&tight);
	c->budget = budget_make(expected);
	c->actor = 7;
	c->role = ROLE_PRACTITIONER;
	return c;
}

static void
door_close(struct ctx *c)
{
	budget_end(c->budget);
	access_end(c);
	promise_use(NULL);
}

/* n persons from first on. */
static err
opening(struct ctx *c, enum purpose purpose, id first, size_t n, err *ret_verdicts)
{
	id persons[PERSONS];

	for (size_t i = 0; i < n; i++) {
		persons[i] = first + (id)i;
		ret_verdicts[i] = OK;
	}
	return door_opening(c, &(struct vault_opening){ .purpose = purpose, .facet = FACET_IDENTITY,
	    .org = c->org, .persons = persons, .verdicts = ret_verdicts, .n = n });
}

static err
look(struct ctx *c, id first, size_t n)
{
	err verdicts[PERSONS];

	return opening(c, PURPOSE_DESK, first, n, verdicts);
}

static int64_t
alarms(struct ctx *c, enum budget_alarm_kind kind)
{
	int64_t n;

	MUST(db_one_int(c->db, SQL("SELECT COUNT(*) FROM reading_alarm WHERE kind = $1"),
	    BINDS(INT((int64_t)kind)), &n));
	return n;
}

static void
the_frozen_stay_shut_and_the_others_open(void **state)
{
	struct ctx *c = door_begin(state);
	err verdicts[3];

	MUST(restriction_set(c, BRUNO, RESTRICTION_ASKED));
	MUST(opening(c, PURPOSE_DESK, ANNE, 3, verdicts));
	assert_int_equal(verdicts[0], OK);
	assert_int_equal(verdicts[1], ERR_FROZEN);
	assert_int_equal(verdicts[2], OK);
	/* The person's own account stays open: GDPR 18.2. */
	MUST(opening(c, PURPOSE_ACCOUNT, ANNE, 3, verdicts));
	assert_int_equal(verdicts[1], OK);
	/* Another practice knows nothing of it. */
	c->org = ORG_B;
	MUST(opening(c, PURPOSE_DESK, ANNE, 3, verdicts));
	assert_int_equal(verdicts[1], OK);
	c->org = ORG_A;
	MUST(restriction_lift(c, BRUNO));
	MUST(opening(c, PURPOSE_DESK, ANNE, 3, verdicts));
	assert_int_equal(verdicts[1], OK);
	door_close(c);
}

static void
freezing_is_once_and_leaves_its_lines(void **state)
{
	struct ctx *c = door_begin(state);

	assert_int_equal(restriction_lift(c, ANNE), ERR_NOT_FOUND);
	MUST(restriction_set(c, ANNE, RESTRICTION_ERASURE));
	assert_int_equal(restriction_set(c, ANNE, RESTRICTION_ASKED), ERR_CONFLICT);
	MUST(restriction_lift(c, ANNE));
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE person = $1"), ANNE), 2);
	door_close(c);
}

static void
without_a_living_consent_nothing_opens(void **state)
{
	struct ctx *c = door_begin(state);
	err verdicts[2];

	MUST(consent_give(c, BRUNO, PURPOSE_NOTIFY, S("oui"), CONSENT_BY_PAGE));
	MUST(opening(c, PURPOSE_NOTIFY, ANNE, 2, verdicts));
	assert_int_equal(verdicts[0], ERR_DENIED);
	assert_int_equal(verdicts[1], OK);
	MUST(consent_withdraw(c, BRUNO, PURPOSE_NOTIFY, CONSENT_BY_PAGE));
	MUST(opening(c, PURPOSE_NOTIFY, ANNE, 2, verdicts));
	assert_int_equal(verdicts[1], ERR_DENIED);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM opening WHERE purpose = $1"), PURPOSE_NOTIFY), 1);
	door_close(c);
}

static void
the_days_patients_are_free_and_strangers_count_once(void **state)
{
	struct ctx *c = door_begin(state);

	MUST(look(c, EXPECTED + 1, 300));
	MUST(look(c, ANNE, 10));
	MUST(look(c, ANNE, 10));
	MUST(look(c, EXPECTED + 301, 50));
	assert_int_equal(look(c, ANNE + 10, 1), ERR_BUDGET);
	MUST(look(c, ANNE, 10));	/* what was read stays readable */
	MUST(look(c, EXPECTED + 1, 300));	/* and the day's work goes on */
	c->now += tight.budget_window;
	MUST(look(c, ANNE + 10, 1));
	door_close(c);
}

static void
a_second_factor_gives_more_and_then_it_stops(void **state)
{
	struct ctx *c = door_begin(state);
	enum budget_state now;

	MUST(look(c, ANNE, 10));
	MUST(budget_state(c, &now));
	assert_int_equal(now, BUDGET_OPEN);
	for (int i = 0; i < 3; i++)
		assert_int_equal(look(c, ANNE + 10, 1), ERR_BUDGET);
	assert_int_equal(alarms(c, ALARM_PROOF), 1);	/* not one for each try */
	MUST(budget_state(c, &now));
	assert_int_equal(now, BUDGET_PROOF);

	MUST(budget_prove(c));
	MUST(budget_state(c, &now));
	assert_int_equal(now, BUDGET_OPEN);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM reading_alarm WHERE ended_by = $1"), 7), 1);
	MUST(look(c, ANNE + 10, 20));
	assert_int_equal(look(c, ANNE + 30, 1), ERR_BUDGET);
	assert_int_equal(alarms(c, ALARM_STOPPED), 1);

	/* Stopped is stopped: for what was read, for the day's patients, for a new proof, in an hour. */
	assert_int_equal(look(c, ANNE, 1), ERR_BUDGET);
	assert_int_equal(look(c, EXPECTED + 1, 1), ERR_BUDGET);
	MUST(budget_prove(c));
	c->now += 2 * tight.budget_window;
	assert_int_equal(look(c, EXPECTED + 1, 1), ERR_BUDGET);
	MUST(budget_state(c, &now));
	assert_int_equal(now, BUDGET_STOPPED);
	door_close(c);
}

/* A stop outlives the memory that counted: another server, or this one started again. */
static void
only_another_administrator_lifts_a_stop(void **state)
{
	struct ctx *c = door_begin(state);
	struct budget_alarm *list;
	size_t n;

	MUST(budget_prove(c));
	assert_int_equal(look(c, ANNE, 31), ERR_BUDGET);
	budget_end(c->budget);
	c->budget = budget_make(expected);
	assert_int_equal(look(c, ANNE, 1), ERR_BUDGET);

	MUST(budget_alarms(c, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].actor, 7);
	assert_int_equal(list[0].kind, ALARM_STOPPED);
	assert_int_equal(list[0].ended_at, 0);
	assert_int_equal(budget_lift(c, list[0].id), ERR_DENIED);
	c->actor = 8;
	c->org = ORG_B;
	assert_int_equal(budget_lift(c, list[0].id), ERR_NOT_FOUND);
	c->org = ORG_A;
	MUST(budget_lift(c, list[0].id));
	assert_int_equal(budget_lift(c, list[0].id), ERR_NOT_FOUND);
	c->actor = 7;
	MUST(look(c, ANNE, 1));

	/* Whoever is alone asks the operator. */
	assert_int_equal(look(c, ANNE + 1, 31), ERR_BUDGET);
	int64_t lifted;
	MUST(budget_lift_reader(c, 7, &lifted));
	assert_int_equal(lifted, 1);
	MUST(look(c, ANNE, 1));
	MUST(budget_lift_reader(c, 7, &lifted));
	assert_int_equal(lifted, 0);
	door_close(c);
}

static void
administrators_hear_of_each_alarm_once(void **state)
{
	struct ctx *c = door_begin(state);
	struct budget_news *news;
	size_t n;

	assert_int_equal(look(c, ANNE, 11), ERR_BUDGET);
	MUST(budget_untold(c, &news, &n));
	assert_int_equal(n, 1);
	assert_int_equal(news[0].org, ORG_A);
	assert_int_equal(news[0].actor, 7);
	assert_int_equal(news[0].kind, ALARM_PROOF);
	MUST(budget_told(c, news[0].org, news[0].alarm));
	MUST(budget_untold(c, &news, &n));
	assert_int_equal(n, 0);
	door_close(c);
}

static void
each_reader_and_each_practice_has_a_budget_of_its_own(void **state)
{
	struct ctx *c = door_begin(state);

	MUST(look(c, ANNE, 10));
	c->actor = 8;
	MUST(look(c, ANNE + 10, 10));
	c->actor = 7;
	c->org = ORG_B;
	MUST(look(c, ANNE + 10, 10));
	c->org = ORG_A;
	assert_int_equal(look(c, ANNE + 10, 1), ERR_BUDGET);
	c->role = ROLE_JOB;	/* the server's own work is not reading */
	MUST(look(c, ANNE + 10, 300));
	door_close(c);
}

/* T1, the replay of a known theft: a valid account asks for 15,000 files, one by one, without its factor. */
static void
a_stolen_account_takes_the_budget_and_no_more(void **state)
{
	struct ctx *c = door_begin(state);
	int lost = 0;

	for (id file = 0; file < 3000; file++) {
		err e = look(c, ANNE + file, 1);

		assert_true(e == OK || e == ERR_BUDGET);
		lost += e == OK;
		c->now += USEC_PER_SECOND / 10;
	}
	assert_int_equal(lost, tight.budget_persons);
	assert_int_equal(alarms(c, ALARM_PROOF), 1);
	door_close(c);
}

/* Threads of one account at the same moment cannot pass together what one could not. */
static err
race_look(struct ctx *c, const void *what)
{
	static _Atomic int next;

	(void)what;
	return look(c, ANNE + 10 * next++, 4);
}

static void
racing_readers_share_one_budget(void **state)
{
	struct ctx *c = door_begin(state);

	assert_in_range(race(c, race_look, NULL), 1, 10 / 4);
	door_close(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(the_frozen_stay_shut_and_the_others_open),
		ENGINE_TEST_SCHEMA(freezing_is_once_and_leaves_its_lines),
		ENGINE_TEST_SCHEMA(without_a_living_consent_nothing_opens),
		ENGINE_TEST_SCHEMA(the_days_patients_are_free_and_strangers_count_once),
		ENGINE_TEST_SCHEMA(a_second_factor_gives_more_and_then_it_stops),
		ENGINE_TEST_SCHEMA(only_another_administrator_lifts_a_stop),
		ENGINE_TEST_SCHEMA(administrators_hear_of_each_alarm_once),
		ENGINE_TEST_SCHEMA(each_reader_and_each_practice_has_a_budget_of_its_own),
		ENGINE_TEST_SCHEMA(a_stolen_account_takes_the_budget_and_no_more),
		ENGINE_TEST_SCHEMA(racing_readers_share_one_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
