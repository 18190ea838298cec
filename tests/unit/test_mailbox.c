/* test_mailbox.c - codes and links by mail: what is sent, to whom, how often. */
#include "agenda.h"

#include "access/account.h"
#include "access/audit.h"
#include "assert_str.h"
#include "practice/mailbox.h"
#include "practice/outbox.h"
#include "vault/vault.h"

#define PEER		S("192.0.2.7")
#define GOOD_PASSWORD	S("girafe-volcan-tiroir 7")

static struct ctx *
begin(void **state)
{
	struct scene s = scene_begin(state);

	s.c->org = 0;
	s.c->role = ROLE_PUBLIC;
	s.c->purposes = PURPOSE_BIT(PURPOSE_SECURE);
	return s.c;
}

static struct mailbox_ask
ask(str email)
{
	return (struct mailbox_ask){ .email = email, .lang = LANG_EN, .peer = PEER };
}

static id
account(struct ctx *c, str email)
{
	enum password_fault fault;
	id made;

	assert_ok(account_create(c, email, S("Camille Moreau"), LANG_FR, &made));
	assert_ok(account_set_password(c, made, GOOD_PASSWORD, 0, &fault));
	return made;
}

/* All that waits, as the sender would open it; each is taken once. */
static size_t
waiting(struct ctx *c, struct outbox_payload *ret_last, enum message_kind *ret_kind)
{
	struct ctx sender = *c;
	struct outbox_message *list;
	size_t n;

	sender.role = ROLE_JOB;
	sender.purposes = PURPOSE_BIT(PURPOSE_NOTIFY);
	assert_ok(outbox_claim(&sender, &list, &n));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(list[i].org, 0);
		assert_ok(outbox_payload(&sender, PURPOSE_NOTIFY, &list[i], ret_last));
		*ret_kind = list[i].kind;
	}
	return n;
}

static void
a_code_begins_an_account_for_whoever_reads_the_mailbox(void **state)
{
	struct ctx *c = begin(state);
	struct mailbox_ask who = ask(S(" Zoe@Example.ORG "));
	struct outbox_payload mail;
	enum message_kind kind;
	struct account a;
	id made, again;
	str token;

	assert_ok(mailbox_send_code(c, &who, &token));
	assert_err(account_find(c, who.email, &made), ERR_NOT_FOUND);	/* asking makes nothing */
	assert_int_equal(waiting(c, &mail, &kind), 1);
	assert_int_equal(kind, MESSAGE_CODE);
	assert_str(mail.to, S("zoe@example.org"));
	assert_int_equal(mail.lang, LANG_EN);
	assert_err(ticket_code_use(c, token, S("no code"), &made), ERR_DENIED);
	assert_err(account_find(c, who.email, &made), ERR_NOT_FOUND);
	assert_ok(ticket_code_use(c, token, mail.word, &made));
	assert_ok(account_get(c, PURPOSE_SECURE, made, &a));
	assert_int_equal(a.state, ACCOUNT_ACTIVE);
	assert_int_equal(a.lang, LANG_EN);
	assert_str(a.email, S("zoe@example.org"));
	assert_false(a.has_password);
	assert_err(ticket_code_use(c, token, mail.word, &again), ERR_CONFLICT);

	/* The next code is of the same account. */
	assert_ok(mailbox_send_code(c, &who, &token));
	assert_int_equal(waiting(c, &mail, &kind), 1);
	assert_ok(ticket_code_use(c, token, mail.word, &again));
	assert_int_equal(again, made);
}

static void
two_codes_asked_before_the_account_was_made_lead_to_one_account(void **state)
{
	struct ctx *c = begin(state);
	struct mailbox_ask who = ask(S("zoe@example.org"));
	struct outbox_payload first, second;
	enum message_kind kind;
	str token_a, token_b;
	id a, b;

	assert_ok(mailbox_send_code(c, &who, &token_a));
	assert_int_equal(waiting(c, &first, &kind), 1);
	assert_ok(mailbox_send_code(c, &who, &token_b));
	assert_int_equal(waiting(c, &second, &kind), 1);
	assert_ok(ticket_code_use(c, token_a, first.word, &a));
	assert_ok(ticket_code_use(c, token_b, second.word, &b));
	assert_int_equal(a, b);
}

/* T21: the same rows but the message, and the same answer. */
static void
a_link_is_sent_to_an_account_only_and_the_answer_is_the_same(void **state)
{
	struct ctx *c = begin(state);
	struct mailbox_ask known = ask(S("camille@example.org")), unknown = ask(S("nobody@example.org"));
	enum password_fault fault;
	struct outbox_payload mail;
	enum message_kind kind;
	id made = account(c, known.email), used;
	int64_t tickets;

	assert_ok(mailbox_send_reset(c, &known));
	assert_ok(mailbox_send_reset(c, &unknown));
	assert_ok(db_one_int(c->db, SQL("SELECT COUNT(*) FROM ticket WHERE kind = $1"),
	    BINDS(INT(TICKET_RESET)), &tickets));
	assert_int_equal(tickets, 2);
	assert_int_equal(waiting(c, &mail, &kind), 1);
	assert_int_equal(kind, MESSAGE_RESET);
	assert_str(mail.to, known.email);
	assert_ok(ticket_reset_use(c, mail.word, S("armoire-falaise-ruban 4"), &fault, &used));
	assert_int_equal(used, made);
}

static void
a_second_proof_goes_to_the_accounts_own_address_in_its_language(void **state)
{
	struct ctx *c = begin(state);
	id made = account(c, S("camille@example.org")), used;
	struct outbox_payload mail;
	enum message_kind kind;
	str token;

	assert_ok(mailbox_send_proof(c, made, PEER, &token));
	assert_int_equal(waiting(c, &mail, &kind), 1);
	assert_str(mail.to, S("camille@example.org"));
	assert_int_equal(mail.lang, LANG_FR);
	assert_ok(ticket_code_use(c, token, mail.word, &used));
	assert_int_equal(used, made);
	assert_err(mailbox_send_proof(c, made + 1, PEER, &token), ERR_NOT_FOUND);
}

static void
what_is_no_address_is_told_and_counts_as_no_try(void **state)
{
	struct ctx *c = begin(state);
	const str wrong[] = { S(""), S("zoe"), S("zoe@example"), S("zoe@example.org\nBcc: x@example.org"),
		S("\"zoe\"@example.org") };
	str token;

	for (int turn = 0; turn < 20; turn++) {
		struct mailbox_ask bad = ask(wrong[(size_t)turn % COUNT(wrong)]);

		assert_err(mailbox_send_code(c, &bad, &token), ERR_INVALID);
		assert_err(mailbox_send_reset(c, &bad), ERR_INVALID);
	}
	struct mailbox_ask good = ask(S("zoe@example.org"));
	assert_ok(mailbox_send_code(c, &good, &token));
}

static void
a_mailbox_is_not_flooded_until_it_is_proven(void **state)
{
	struct ctx *c = begin(state);
	struct mailbox_ask who = ask(S("zoe@example.org")), other = ask(S("lea@example.org"));
	usec until;
	str token;
	int sent = 0;

	while (mailbox_send_code(c, &who, &token) == OK)
		sent++;
	assert_int_equal(sent, promise()->signin_free_tries);
	assert_ok(mailbox_next_at(c, S("ZOE@example.org"), PEER, &until));
	assert_true(until > c->now);
	assert_err(mailbox_send_reset(c, &who), ERR_THROTTLED);
	assert_ok(mailbox_send_code(c, &other, &token));	/* another mailbox is not held up */
	assert_ok(mailbox_proven(c, who.email));
	assert_ok(mailbox_send_code(c, &who, &token));
}

static void
a_peer_that_asks_for_everybody_is_held_up(void **state)
{
	struct ctx *c = begin(state);
	int limit = promise()->signin_free_tries * promise()->signin_peer_times, sent = 0;
	str token;

	for (int i = 0; i <= limit; i++) {
		struct mailbox_ask who = ask(str_printf(c->mem, "p%d@example.org", i));

		sent += mailbox_send_code(c, &who, &token) == OK;
	}
	assert_int_equal(sent, limit);
	struct mailbox_ask elsewhere = ask(S("lea@example.org"));
	elsewhere.peer = S("192.0.2.8");
	assert_ok(mailbox_send_code(c, &elsewhere, &token));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(a_code_begins_an_account_for_whoever_reads_the_mailbox),
		ENGINE_TEST_SCHEMA(two_codes_asked_before_the_account_was_made_lead_to_one_account),
		ENGINE_TEST_SCHEMA(a_link_is_sent_to_an_account_only_and_the_answer_is_the_same),
		ENGINE_TEST_SCHEMA(a_second_proof_goes_to_the_accounts_own_address_in_its_language),
		ENGINE_TEST_SCHEMA(what_is_no_address_is_told_and_counts_as_no_try),
		ENGINE_TEST_SCHEMA(a_mailbox_is_not_flooded_until_it_is_proven),
		ENGINE_TEST_SCHEMA(a_peer_that_asks_for_everybody_is_held_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
