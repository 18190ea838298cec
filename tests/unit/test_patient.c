/* test_patient.c - the practices that know an address, and the appointments there (T6, T27). */
#include "agenda.h"

#include "access/account.h"
#include "access/member.h"
#include "access/session.h"
#include "assert_str.h"
#include "practice/patient.h"

#define ZOE	S("zoe@example.org")

static usec
civil_at(str rfc3339)
{
	usec at;

	assert_true(civil_parse_rfc3339(rfc3339, &at));
	return at;
}

static id
account(struct ctx *c, str email)
{
	id made;

	assert_ok(account_create(c, email, email, LANG_FR, &made));
	return made;
}

static id
person(struct ctx *c, str given, str email, id guardian)
{
	struct person p = { .family = S("Roche"), .given = given, .birth_date = S("1980-03-12"),
		.email = email, .guardian = guardian };
	id made;

	assert_ok(person_create(c, &p, &made));
	return made;
}

static struct booking
book(const struct agenda *a, id who, int days, int minute)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, days, minute));
	struct booking made;

	assert_ok(booking_create(a->c, &ask, &(struct booking_who){ .person = who }, &made));
	return made;
}

/* As the pages of a patient: no organisation of its own, the account's purposes. */
static struct ctx
as_patient(const struct ctx *c, id who)
{
	struct ctx own = *c;

	own.org = 0;
	own.role = ROLE_PATIENT;
	own.actor = who;
	own.purposes = PURPOSE_BIT(PURPOSE_ACCOUNT) | PURPOSE_BIT(PURPOSE_SECURE);
	return own;
}

static int64_t
linked(const struct ctx *c, id who)
{
	struct ctx own = as_patient(c, 0);
	int64_t n;

	own.role = ROLE_PUBLIC;
	assert_ok(patient_link(&own, who, &n));
	return n;
}

static size_t
visits(const struct ctx *c, id who, struct patient_visit **ret)
{
	struct ctx own = as_patient(c, who);
	size_t n;

	assert_ok(patient_visits(&own, ret, &n));
	return n;
}

static void
an_address_is_linked_to_every_open_practice_that_knows_it_once(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct org third = scene_org(S("saules"));
	id zoe = account(a.c, ZOE), here, there, unknown_org;
	struct member_org *places;
	struct member m;
	size_t n;

	assert_ok(org_create(a.c, &third, &unknown_org));
	assert_int_equal(linked(a.c, zoe), 0);	/* nobody knows it yet */
	here = person(a.c, S("Zoé"), S("Zoe@example.org"), 0);
	there = person(&a.s.other, S("Zoé"), ZOE, 0);
	assert_int_equal(linked(a.c, zoe), 2);
	assert_int_equal(linked(a.c, zoe), 0);
	assert_ok(member_get(a.c, zoe, ROLE_PATIENT, &m));
	assert_int_equal(m.person, here);
	assert_ok(member_get(&a.s.other, zoe, ROLE_PATIENT, &m));
	assert_int_equal(m.person, there);
	assert_ok(member_orgs(a.c, zoe, &places, &n));
	assert_int_equal(n, 2);
	/* Each practice's own log tells of it, in the name of the account. */
	assert_int_equal(scene_lines(a.c, S("member.add")), 1);
	assert_int_equal(scene_lines(&a.s.other, S("member.add")), 1);
}

/* Booked later with the same proven address, by himself or by the practice: no new sign-in. */
static void
a_practice_that_learns_a_proven_address_later_is_linked_at_once(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), max = account(a.c, S("max@example.org")), adult, child;
	struct patient_visit *list;
	struct person changed;
	struct member m;

	(void)person(a.c, S("Max"), S("max@example.org"), 0);	/* nobody has proven his address */
	assert_err(member_get(a.c, max, ROLE_PATIENT, &m), ERR_NOT_FOUND);
	assert_ok(account_activate(a.c, zoe));
	assert_int_equal(visits(a.c, zoe, &list), 0);
	adult = person(a.c, S("Zoé"), S("ZOE@example.org"), 0);
	child = person(a.c, S("Tom"), ZOE, adult);
	(void)book(&a, adult, 0, 540);
	(void)book(&a, child, 0, 600);
	assert_int_equal(visits(a.c, zoe, &list), 2);
	assert_ok(member_get(a.c, zoe, ROLE_PATIENT, &m));
	assert_int_equal(m.person, adult);
	/* An address that is corrected is learnt, too. */
	assert_ok(account_activate(a.c, max));
	id other = person(&a.s.other, S("Max"), S("mx@example.org"), 0);
	assert_ok(person_get(&a.s.other, PURPOSE_BOOK, other, &changed));
	changed.email = S("max@example.org");
	assert_ok(person_update(&a.s.other, &changed));
	assert_ok(member_get(&a.s.other, max, ROLE_PATIENT, &m));
	assert_int_equal(m.person, other);
}

static void
staffs_account_becomes_no_patients_by_being_known(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE);
	struct member m;

	assert_ok(account_activate(a.c, zoe));
	assert_ok(member_add(a.c, &(struct member){ .account = zoe, .role = ROLE_SECRETARY }));
	(void)person(a.c, S("Zoé"), ZOE, 0);
	assert_err(member_get(a.c, zoe, ROLE_PATIENT, &m), ERR_NOT_FOUND);
	assert_int_equal(linked(a.c, zoe), 1);	/* asked for, with a code */
	(void)person(&a.s.other, S("Zoé"), ZOE, 0);
	assert_ok(member_get(&a.s.other, zoe, ROLE_PATIENT, &m));
}

static void
the_one_who_books_for_others_is_the_person_of_the_account(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), mother = person(a.c, S("Zoé"), (str){0}, 0), child, adult;
	struct member m;

	child = person(a.c, S("Tom"), ZOE, mother);
	adult = person(a.c, S("Zoé"), ZOE, 0);
	assert_true(child < adult);
	assert_int_equal(linked(a.c, zoe), 1);
	assert_ok(member_get(a.c, zoe, ROLE_PATIENT, &m));
	assert_int_equal(m.person, adult);
}

static void
a_closed_practice_is_passed_over(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE);

	(void)person(a.c, S("Zoé"), ZOE, 0);
	assert_ok(db_run(a.c->db, SQL("UPDATE org SET closed_at = $2 WHERE id = $1"),
	    BINDS(INT(a.c->org), INT(a.c->now)), NULL));
	assert_int_equal(linked(a.c, zoe), 0);
}

static void
staffs_membership_stays_beside_the_patients(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE);
	struct member m;

	assert_ok(member_add(a.c, &(struct member){ .account = zoe, .role = ROLE_SECRETARY }));
	(void)person(a.c, S("Zoé"), ZOE, 0);
	assert_int_equal(linked(a.c, zoe), 1);
	assert_ok(member_get(a.c, zoe, ROLE_SECRETARY, &m));
	assert_ok(member_get(a.c, zoe, ROLE_PATIENT, &m));
}

static void
visits_are_those_of_the_address_and_of_its_relatives(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), adult = person(a.c, S("Zoé"), ZOE, 0);
	id child = person(a.c, S("Tom"), (str){0}, adult), twin = person(a.c, S("Léo"), ZOE, adult);
	id stranger = person(a.c, S("Max"), S("max@example.org"), 0);
	struct booking late = book(&a, adult, 7, 600), soon = book(&a, child, 0, 540);
	struct booking twins = book(&a, twin, 0, 555);
	struct patient_visit *list;
	struct booking found;

	(void)book(&a, stranger, 0, 570);
	assert_int_equal(linked(a.c, zoe), 1);
	assert_int_equal(visits(a.c, zoe, &list), 3);	/* the twin, who is met twice, stands once */
	assert_int_equal(list[0].booking.id, soon.id);
	assert_int_equal(list[1].booking.id, twins.id);
	assert_int_equal(list[2].booking.id, late.id);
	assert_str(list[0].who, S("Tom Roche"));
	assert_str(list[0].org->name, S("Cabinet des Tilleuls"));
	assert_str(list[0].practitioner.family, S("Martin"));
	assert_str(list[0].site.name, S("Nantes"));
	for (size_t i = 0; i < 3; i++)
		assert_true(list[i].to_come);
	/* The link leads to the page from which it is cancelled or moved. */
	struct ctx guest = *a.c;
	guest.org = 0;
	guest.role = ROLE_PUBLIC;
	assert_ok(booking_find_by_link(&guest, list[0].link, &found));
	assert_int_equal(found.id, soon.id);
}

static void
past_and_cancelled_visits_come_after_newest_first(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), adult = person(a.c, S("Zoé"), ZOE, 0);
	struct booking first = book(&a, adult, 0, 540), second = book(&a, adult, 0, 600);
	struct booking third = book(&a, adult, 7, 540), dropped = book(&a, adult, 14, 540);
	struct patient_visit *list;

	assert_int_equal(linked(a.c, zoe), 1);
	assert_ok(booking_cancel(a.c, dropped.id, true));
	a.c->now = agenda_at(&a, 1, 0);
	assert_int_equal(visits(a.c, zoe, &list), 4);
	assert_int_equal(list[0].booking.id, third.id);
	assert_true(list[0].to_come);
	assert_int_equal(list[1].booking.id, dropped.id);
	assert_false(list[1].to_come);
	assert_int_equal(list[2].booking.id, second.id);
	assert_int_equal(list[3].booking.id, first.id);
}

static void
a_practice_that_is_no_longer_linked_shows_nothing(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), adult = person(a.c, S("Zoé"), ZOE, 0);
	struct patient_visit *list;

	(void)book(&a, adult, 0, 540);
	assert_int_equal(visits(a.c, zoe, &list), 0);	/* not proven yet */
	assert_int_equal(linked(a.c, zoe), 1);
	assert_int_equal(visits(a.c, zoe, &list), 1);
	assert_ok(member_end(a.c, zoe, ROLE_PATIENT));
	assert_int_equal(visits(a.c, zoe, &list), 0);
}

static void
reading_visits_needs_the_accounts_own_purpose(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE);
	struct patient_visit *list;
	size_t n;

	(void)book(&a, person(a.c, S("Zoé"), ZOE, 0), 0, 540);
	assert_int_equal(linked(a.c, zoe), 1);
	struct ctx own = as_patient(a.c, zoe);
	own.purposes = PURPOSE_BIT(PURPOSE_SECURE);
	assert_err(patient_visits(&own, &list, &n), ERR_DENIED);
	own.purposes = PURPOSE_BIT(PURPOSE_ACCOUNT);
	assert_err(patient_visits(&own, &list, &n), ERR_DENIED);
}

static void
only_so_many_past_visits_are_shown(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), adult = person(a.c, S("Zoé"), ZOE, 0);
	struct patient_visit *list;

	for (int i = 0; i < PATIENT_PAST_MAX / 10 + 1; i++)
		for (int k = 0; k < 10; k++)
			(void)book(&a, adult, 7 * i, 540 + 15 * k);
	assert_int_equal(linked(a.c, zoe), 1);
	a.c->now = agenda_at(&a, 60, 0);
	assert_int_equal(visits(a.c, zoe, &list), PATIENT_PAST_MAX);
	assert_true(list[0].booking.start > list[PATIENT_PAST_MAX - 1].booking.start);
}

/* After a change of the account's address: his own records follow, others of that mailbox do not. */
static void
his_records_follow_an_address_that_was_changed(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	struct patient_address moved = { ZOE, S("zoe.roche@example.org") };
	id zoe = account(a.c, ZOE), adult = person(a.c, S("Zoé"), ZOE, 0), child = person(a.c, S("Tom"), ZOE, adult);
	id aunt = person(a.c, S("Ida"), S("ida@example.org"), adult), partner = person(a.c, S("Max"), ZOE, 0);
	const struct { id who; str email; } expected[] = {
		{ adult, moved.new }, { child, moved.new }, { aunt, S("ida@example.org") }, { partner, ZOE },
	};
	struct patient_visit *list;
	struct person p;

	(void)book(&a, adult, 0, 540);
	assert_int_equal(linked(a.c, zoe), 1);
	for (int again = 0; again < 2; again++) {
		struct ctx own = as_patient(a.c, zoe);

		assert_ok(patient_follow(&own, zoe, &moved));
		for (size_t i = 0; i < COUNT(expected); i++) {
			assert_ok(person_get(a.c, PURPOSE_BOOK, expected[i].who, &p));
			assert_str(p.email, expected[i].email);
		}
	}
	/* Even before, or where it could not: he sees what is his. */
	assert_int_equal(visits(a.c, zoe, &list), 1);
}

static size_t
family(const struct ctx *c, id who, id first, struct patient_relative **ret)
{
	struct ctx own = as_patient(c, who);
	size_t n;

	assert_ok(patient_family(&own, PURPOSE_ACCOUNT, first, ret, &n));
	return n;
}

static void
the_family_is_oneself_and_ones_wards_each_once(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), adult = person(a.c, S("Zoé"), ZOE, 0), there, child;
	struct patient_relative *list;

	child = person(a.c, S("Tom"), ZOE, adult);
	(void)person(a.c, S("Max"), ZOE, 0);	/* the same mailbox, but nobody that she books for */
	there = person(&a.s.other, S("Zoé"), ZOE, 0);
	(void)person(&a.s.other, S("Ida"), ZOE, there);
	assert_int_equal(linked(a.c, zoe), 2);
	assert_int_equal(family(a.c, zoe, a.c->org, &list), 3);
	assert_int_equal(list[0].person.id, adult);
	assert_int_equal(list[1].person.id, child);
	assert_str(list[2].person.given, S("Ida"));
	assert_int_equal(list[2].org, a.s.other.org);
	assert_int_equal(list[2].self, there);
	assert_int_equal(family(a.c, zoe, a.s.other.org, &list), 3);
	assert_int_equal(list[0].person.id, there);
	/* And of nobody else. */
	assert_int_equal(family(a.c, account(a.c, S("max@example.org")), a.c->org, &list), 0);
}

/* T27: what began with a child ends on the birthday, to the day; with an adult it does not. */
static void
a_child_that_turns_eighteen_is_seen_no_longer(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), adult = person(a.c, S("Zoé"), ZOE, 0), mother;
	struct person child = { .family = S("Roche"), .given = S("Tom"), .birth_date = S("2009-03-12"),
		.email = ZOE, .guardian = adult };
	struct patient_visit *list;
	struct patient_relative *people;

	mother = person(a.c, S("Ida"), (str){0}, adult);	/* of age when it began */
	assert_ok(person_create(a.c, &child, &child.id));
	(void)book(&a, child.id, 0, 540);
	(void)book(&a, mother, 0, 600);
	assert_int_equal(linked(a.c, zoe), 1);
	a.c->now = civil_at(S("2027-03-11T23:59:59Z"));
	assert_int_equal(visits(a.c, zoe, &list), 2);
	assert_int_equal(family(a.c, zoe, a.c->org, &people), 3);
	a.c->now = civil_at(S("2027-03-12T00:00:00Z"));
	assert_int_equal(visits(a.c, zoe, &list), 1);
	assert_str(list[0].who, S("Ida Roche"));
	assert_int_equal(family(a.c, zoe, a.c->org, &people), 2);
}

static void
a_relation_is_ended_from_either_side_and_by_nobody_else(void **state)
{
	CLEANUP(agenda_end) struct agenda a = agenda_begin(state);
	id zoe = account(a.c, ZOE), stranger = account(a.c, S("max@example.org"));
	id adult = person(a.c, S("Zoé"), ZOE, 0), child = person(a.c, S("Tom"), ZOE, adult);
	struct patient_visit *list;
	struct person p;

	(void)person(a.c, S("Max"), S("max@example.org"), 0);
	(void)book(&a, child, 0, 540);
	assert_int_equal(linked(a.c, zoe), 1);
	assert_int_equal(linked(a.c, stranger), 1);
	struct ctx own = as_patient(a.c, zoe), other = as_patient(a.c, stranger);
	assert_err(patient_release(&other, a.c->org, child), ERR_NOT_FOUND);
	assert_err(patient_release(&own, a.c->org, adult), ERR_NOT_FOUND);
	assert_err(patient_release(&own, a.s.other.org, child), ERR_NOT_FOUND);
	assert_int_equal(visits(a.c, zoe, &list), 1);
	assert_ok(patient_release(&own, a.c->org, child));
	assert_int_equal(visits(a.c, zoe, &list), 0);
	assert_ok(person_get(a.c, PURPOSE_BOOK, child, &p));
	assert_int_equal(p.guardian, 0);
	assert_int_equal(p.email.n, 0);	/* messages about him no longer reach her */
	assert_err(patient_release(&own, a.c->org, child), ERR_NOT_FOUND);
	/* The other one, who has an account of his own by now. */
	p.guardian = adult;
	p.email = S("tom@example.org");
	assert_ok(person_update(a.c, &p));
	id tom = account(a.c, S("tom@example.org"));
	assert_ok(member_add(a.c, &(struct member){ .account = tom, .role = ROLE_PATIENT, .person = child }));
	struct ctx his = as_patient(a.c, tom);
	assert_ok(patient_release(&his, a.c->org, child));
	assert_ok(person_get(a.c, PURPOSE_BOOK, child, &p));
	assert_int_equal(p.guardian, 0);
	assert_str(p.email, S("tom@example.org"));	/* his own stays */
}

static void
an_account_takes_another_name_and_keeps_its_address(void **state)
{
	struct scene s = scene_begin(state);
	struct account a;
	id zoe;

	s.c->purposes = PURPOSE_BIT(PURPOSE_SECURE);
	zoe = account(s.c, ZOE);
	assert_ok(account_rename(s.c, zoe, S("  Zoé Roche "), LANG_EN));
	assert_ok(account_get(s.c, PURPOSE_SECURE, zoe, &a));
	assert_str(a.name, S("Zoé Roche"));
	assert_str(a.email, ZOE);
	assert_int_equal(a.lang, LANG_EN);
	assert_ok(account_rename(s.c, zoe, S("Zoé"), LANG_FR));	/* a second time, from the new version */
	assert_err(account_rename(s.c, zoe, S(" "), LANG_FR), ERR_INVALID);
	assert_err(account_rename(s.c, zoe, S("a\nb"), LANG_FR), ERR_INVALID);
	assert_err(account_rename(s.c, zoe + 1, S("Max"), LANG_FR), ERR_NOT_FOUND);
	assert_ok(account_get(s.c, PURPOSE_SECURE, zoe, &a));
	assert_str(a.name, S("Zoé"));
	assert_ok(account_find(s.c, ZOE, &zoe));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(an_address_is_linked_to_every_open_practice_that_knows_it_once),
		ENGINE_TEST_SCHEMA(a_practice_that_learns_a_proven_address_later_is_linked_at_once),
		ENGINE_TEST_SCHEMA(staffs_account_becomes_no_patients_by_being_known),
		ENGINE_TEST_SCHEMA(the_one_who_books_for_others_is_the_person_of_the_account),
		ENGINE_TEST_SCHEMA(a_closed_practice_is_passed_over),
		ENGINE_TEST_SCHEMA(staffs_membership_stays_beside_the_patients),
		ENGINE_TEST_SCHEMA(visits_are_those_of_the_address_and_of_its_relatives),
		ENGINE_TEST_SCHEMA(past_and_cancelled_visits_come_after_newest_first),
		ENGINE_TEST_SCHEMA(a_practice_that_is_no_longer_linked_shows_nothing),
		ENGINE_TEST_SCHEMA(reading_visits_needs_the_accounts_own_purpose),
		ENGINE_TEST_SCHEMA(only_so_many_past_visits_are_shown),
		ENGINE_TEST_SCHEMA(his_records_follow_an_address_that_was_changed),
		ENGINE_TEST_SCHEMA(the_family_is_oneself_and_ones_wards_each_once),
		ENGINE_TEST_SCHEMA(a_child_that_turns_eighteen_is_seen_no_longer),
		ENGINE_TEST_SCHEMA(a_relation_is_ended_from_either_side_and_by_nobody_else),
		ENGINE_TEST_SCHEMA(an_account_takes_another_name_and_keeps_its_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
