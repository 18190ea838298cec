/* test_consent.c - R9, R10: who agreed to what, shown which words; taken back as easily. */
#include "access_case.h"
#include "privacy/consent.h"

enum { ANNE = 501, BRUNO = 502 };

/* Here the news to patients rest on consent; the journal keeps its number. */
static struct ctx *
consent_begin(void **state)
{
	static struct promise with_consent;

	with_consent = *promise();
	with_consent.consent_purposes = PURPOSE_BIT(PURPOSE_NOTIFY);
	with_consent.policy_hash = S("hash of the policy");
	promise_use(&with_consent);
	return access_begin(state);
}

static void
consent_end(struct ctx *c)
{
	access_end(c);
	promise_use(NULL);
}

static bool
agrees(struct ctx *c, id person)
{
	bool ret = false;

	MUST(consent_lives(c, PURPOSE_NOTIFY, &person, 1, &ret));
	return ret;
}

static err
give(struct ctx *c, id person, str words)
{
	return consent_give(c, person, PURPOSE_NOTIFY, words, CONSENT_BY_PAGE);
}

static void
nobody_agrees_before_being_asked(void **state)
{
	struct ctx *c = consent_begin(state);

	assert_false(agrees(c, ANNE));
	MUST(give(c, ANNE, S("Je souhaite recevoir la lettre.")));
	assert_true(agrees(c, ANNE));
	assert_false(agrees(c, BRUNO));
	c->org = ORG_B;		/* each practice asks for itself */
	assert_false(agrees(c, ANNE));
	consent_end(c);
}

static void
the_very_words_come_back_with_the_policy_of_that_day(void **state)
{
	struct ctx *c = consent_begin(state);
	struct consent *list;
	enum lang lang;
	size_t n;
	str words;

	c->lang = LANG_EN;
	c->actor = 77;
	c->role = ROLE_SECRETARY;
	MUST(consent_give(c, ANNE, PURPOSE_NOTIFY, S("I would like the letter."), CONSENT_BY_STAFF));
	MUST(consent_history(c, ANNE, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].purpose, PURPOSE_NOTIFY);
	assert_int_equal(list[0].act, CONSENT_GIVEN);
	assert_int_equal(list[0].source, CONSENT_BY_STAFF);
	assert_int_equal(list[0].at, c->now);
	assert_int_equal(list[0].actor, 77);
	assert_int_equal(list[0].role, ROLE_SECRETARY);
	assert_str(list[0].policy_hash, S("hash of the policy"));
	MUST(consent_words(c, list[0].text_hash, &words, &lang));
	assert_str(words, S("I would like the letter."));
	assert_int_equal(lang, LANG_EN);
	assert_int_equal(consent_words(c, S("no such hash"), &words, &lang), ERR_NOT_FOUND);
	consent_end(c);
}

static void
taken_back_it_is_over_at_once_and_the_past_stands(void **state)
{
	struct ctx *c = consent_begin(state);
	struct consent *list;
	size_t n;

	MUST(give(c, ANNE, S("oui")));
	c->now += USEC_PER_DAY;
	MUST(consent_withdraw(c, ANNE, PURPOSE_NOTIFY, CONSENT_BY_LINK));
	assert_false(agrees(c, ANNE));
	c->now += USEC_PER_DAY;
	MUST(give(c, ANNE, S("oui, de nouveau")));
	assert_true(agrees(c, ANNE));
	MUST(consent_history(c, ANNE, &list, &n));
	assert_int_equal(n, 3);
	assert_int_equal(list[1].act, CONSENT_WITHDRAWN);
	assert_int_equal(list[1].text_hash.n, 0);
	assert_int_equal(list[2].act, CONSENT_GIVEN);	/* IA-p13 */
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM audit WHERE person = $1"), ANNE), 3);
	consent_end(c);
}

static void
twice_the_same_is_once(void **state)
{
	struct ctx *c = consent_begin(state);

	MUST(consent_withdraw(c, ANNE, PURPOSE_NOTIFY, CONSENT_BY_PAGE));
	MUST(give(c, ANNE, S("oui")));
	MUST(give(c, ANNE, S("oui")));
	MUST(give(c, BRUNO, S("oui")));
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM consent WHERE org = $1"), ORG_A), 2);
	assert_int_equal(number(c, SQL("SELECT COUNT(*) FROM consent_text WHERE first_at > $1"), 0), 1);
	consent_end(c);
}

static void
only_what_rests_on_consent_is_asked_for_and_never_without_words(void **state)
{
	struct ctx *c = consent_begin(state);
	char *long_words = arena_alloc(c->mem, CONSENT_WORDS_BYTES_MAX + 1, 1);

	memset(long_words, 'x', CONSENT_WORDS_BYTES_MAX + 1);
	assert_int_equal(consent_give(c, ANNE, PURPOSE_DESK, S("oui"), CONSENT_BY_PAGE), ERR_INVALID);
	assert_int_equal(give(c, ANNE, S("  ")), ERR_INVALID);
	assert_int_equal(give(c, ANNE, (str){ long_words, CONSENT_WORDS_BYTES_MAX + 1 }), ERR_TOO_LARGE);
	MUST(give(c, ANNE, (str){ long_words, CONSENT_WORDS_BYTES_MAX }));
	consent_end(c);
}

static void
it_is_one_with_the_change_around_it(void **state)
{
	struct ctx *c = consent_begin(state);

	for (int n = 1; n <= 5; n++) {
		db_fail_after(c->db, n);
		assert_int_equal(give(c, ANNE, S("oui")), ERR_STORE);
		db_fail_after(c->db, 0);
		assert_false(agrees(c, ANNE));
	}
	{
		CLEANUP(db_tx_end) struct db_tx tx = {0};

		MUST(db_begin(c->db, &tx));
		MUST(give(c, ANNE, S("oui")));
	}
	assert_false(agrees(c, ANNE));
	consent_end(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(nobody_agrees_before_being_asked),
		ENGINE_TEST_SCHEMA(the_very_words_come_back_with_the_policy_of_that_day),
		ENGINE_TEST_SCHEMA(taken_back_it_is_over_at_once_and_the_past_stands),
		ENGINE_TEST_SCHEMA(twice_the_same_is_once),
		ENGINE_TEST_SCHEMA(only_what_rests_on_consent_is_asked_for_and_never_without_words),
		ENGINE_TEST_SCHEMA(it_is_one_with_the_change_around_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
