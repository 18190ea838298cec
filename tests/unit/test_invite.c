/* test_invite.c - an invitation and its message are one change. */
#include "assert_str.h"
#include "practice/invite.h"
#include "practice/outbox.h"
#include "scene.h"

static struct invitation
sophie(void)
{
	return (struct invitation){ .email = S(" Sophie@Example.org "), .name = S("Sophie Bernard"),
	    .role = ROLE_SECRETARY };
}

static struct scene
begin(void **state)
{
	struct scene s = scene_begin(state);

	s.c->purposes |= PURPOSE_BIT(PURPOSE_MANAGE) | PURPOSE_BIT(PURPOSE_SECURE);
	return s;
}

static void
the_message_carries_the_link_of_the_invitation(void **state)
{
	struct scene s = begin(state);
	struct invitation form = sophie(), found, *open;
	struct outbox_message *messages;
	struct outbox_payload payload;
	size_t n;
	id made;

	assert_ok(invite_send(s.c, &form, &made));
	assert_ok(outbox_list(s.c, 10, &messages, &n));
	assert_int_equal(n, 1);
	assert_int_equal(messages[0].kind, MESSAGE_INVITATION);
	assert_ok(outbox_payload(s.c, PURPOSE_MANAGE, &messages[0], &payload));
	assert_str(payload.to, S("sophie@example.org"));
	assert_int_equal(payload.lang, LANG_FR);
	assert_ok(ticket_invitation(s.c, payload.word, &found));
	assert_int_equal(found.id, made);
	assert_str(found.name, S("Sophie Bernard"));
	assert_ok(ticket_list(s.c, &open, &n));
	assert_int_equal(n, 1);
	assert_int_equal(open[0].role, ROLE_SECRETARY);
}

static void
what_is_refused_leaves_neither(void **state)
{
	struct scene s = begin(state);
	struct invitation no_address = sophie(), no_staff = sophie();
	id made;

	no_address.email = S("sophie");
	no_staff.role = ROLE_PATIENT;
	assert_err(invite_send(s.c, &no_address, &made), ERR_INVALID);
	assert_err(invite_send(s.c, &no_staff, &made), ERR_INVALID);
	assert_int_equal(scene_count(s.c, SQL("SELECT COUNT(*) FROM outbox WHERE org = $1")), 0);
	assert_int_equal(scene_lines(s.c, S("ticket.invite")), 0);
}

/* Every statement fails in turn: there is never an invitation that nobody hears of. */
static void
a_failing_database_leaves_neither(void **state)
{
	struct scene s = begin(state);
	struct invitation form = sophie();
	err e = ERR_STORE;
	int tries = 0;
	id made;

	while (e != OK) {
		db_fail_after(s.c->db, ++tries);
		e = invite_send(s.c, &form, &made);
		db_fail_after(s.c->db, 0);
		if (e == OK)
			break;
		assert_err(e, ERR_STORE);
		assert_int_equal(scene_count(s.c, SQL("SELECT COUNT(*) FROM outbox WHERE org = $1")), 0);
		assert_int_equal(scene_lines(s.c, S("ticket.invite")), 0);
	}
	assert_true(tries > 3);
	assert_int_equal(scene_count(s.c, SQL("SELECT COUNT(*) FROM outbox WHERE org = $1")), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(the_message_carries_the_link_of_the_invitation),
		ENGINE_TEST_SCHEMA(what_is_refused_leaves_neither),
		ENGINE_TEST_SCHEMA(a_failing_database_leaves_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
