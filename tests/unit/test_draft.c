/*
 * A booking by somebody whose address is not proven yet: nothing typed twice,
 * nothing booked unproven, nothing half-written (ux-50, ux-51; T6, T11).
 */
#include "agenda.h"
#include "assert_str.h"
#include "practice/draft.h"
#include "practice/outbox.h"

#define CANARY	"canari-7f3a91"
#define PEER	S("192.0.2.1")

/* A visitor on the public page, with a hold and a draft of his own. */
struct visit {
	struct agenda	a;
	struct ctx	*c;
	struct booking	hold;
	str		token;
	struct draft	d;	/* as last found */
};

static void
visit_end(struct visit *v)
{
	agenda_end(&v->a);
}

static struct booking
hold_at(struct ctx *c, const struct agenda *a, int minute)
{
	struct booking_ask ask = agenda_ask(a, agenda_at(a, 0, minute));
	struct booking hold;

	ask.online = true;
	ask.source = SOURCE_ONLINE;
	assert_ok(booking_hold(c, &ask, &hold));
	return hold;
}

static struct visit
visit_begin(void **state)
{
	struct visit v = { .a = agenda_begin(state) };

	v.c = v.a.c;
	v.c->role = ROLE_PUBLIC;
	v.c->actor = 0;
	v.c->purposes = PURPOSE_BIT(PURPOSE_BOOK);
	v.hold = hold_at(v.c, &v.a, 9 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, 0, PEER }, &v.token));
	return v;
}

static void
find(struct visit *v)
{
	assert_ok(draft_find(v->c, v->token, &v->d));
}

static struct draft_details
marie(void)
{
	return (struct draft_details){ .patient = { .family = S("Dupont"), .given = S("Marie"),
	    .birth_date = S("1980-03-12"), .email = S(CANARY "@example.org"),
	    .phone = S("+33639980001"), .lang = LANG_EN } };
}

static void
describe(struct visit *v, struct draft_details x)
{
	find(v);
	assert_ok(draft_describe(v->c, v->token, &v->d, &x));
	find(v);
}

/* The code of the newest message, as the sender's job reads it, and where it goes. */
static str
code_sent(struct visit *v, str *ret_to)
{
	struct ctx job = *v->c;
	struct outbox_message *list;
	struct outbox_payload p;
	size_t n;

	job.role = ROLE_JOB;
	job.purposes = PURPOSE_BIT(PURPOSE_NOTIFY);
	assert_ok(outbox_list(&job, 1, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].kind, MESSAGE_CODE);
	assert_ok(outbox_payload(&job, PURPOSE_NOTIFY, &list[0], &p));
	if (ret_to != NULL)
		*ret_to = p.to;
	return p.word;
}

static str
send_code(struct visit *v)
{
	find(v);
	assert_ok(draft_send_code(v->c, v->token, &v->d));
	/* So that the next one is newer: the outbox is ordered by id, an id by time. */
	v->c->now += USEC_PER_SECOND;
	return code_sent(v, NULL);
}

static void
prove(struct visit *v)
{
	assert_ok(draft_prove(v->c, v->token, send_code(v)));
	find(v);
}

/* Another code of as many digits. */
static str
wrong(struct visit *v, str code)
{
	str other = str_copy(v->c->mem, code);

	((char *)(uintptr_t)other.p)[0] = code.p[0] == '9' ? '0' : (char)(code.p[0] + 1);
	return other;
}

static int64_t
persons(struct visit *v)
{
	return scene_count(v->c, SQL("SELECT count(*) FROM person WHERE org = $1"));
}

static int64_t
live(struct visit *v)
{
	return scene_count(v->c, SQL("SELECT count(*) FROM booking WHERE org = $1 AND state = 2"));
}

static void
from_the_hold_to_the_appointment(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct booking made, read;
	str to;

	find(&v);
	assert_false(v.d.detailed || v.d.proven || v.d.done);
	assert_true(v.d.hold == v.hold.id && v.d.start == v.hold.start && v.d.moves == 0);
	assert_true(v.d.practitioner == v.a.martin && v.d.motive == v.a.motive);
	describe(&v, marie());
	assert_true(v.d.detailed && !v.d.proven);
	assert_str(v.d.details.patient.family, S("Dupont"));
	assert_str(v.d.details.patient.given, S("Marie"));
	assert_str(v.d.details.patient.birth_date, S("1980-03-12"));
	assert_str(v.d.details.patient.phone, S("+33639980001"));
	assert_int_equal(v.d.details.patient.lang, LANG_EN);
	assert_err(draft_finish(v.c, v.token, &v.d, &made), ERR_DENIED);

	str code = send_code(&v);
	assert_int_equal(code.n, DRAFT_CODE_DIGITS);
	(void)code_sent(&v, &to);
	assert_str(to, S(CANARY "@example.org"));
	assert_ok(draft_prove(v.c, v.token, code));
	find(&v);
	assert_true(v.d.proven && !v.d.done);
	assert_ok(draft_finish(v.c, v.token, &v.d, &made));
	assert_true(made.id == v.hold.id && made.state == BOOKING_CONFIRMED);
	assert_ok(booking_get(v.c, made.id, &read));
	assert_true(read.state == BOOKING_CONFIRMED && read.person == made.person && read.hold_until == 0);
	find(&v);
	assert_true(v.d.done && !v.d.detailed);	/* what was typed is the person's now */
}

static void
a_draft_is_found_from_anywhere_and_leads_to_its_organisation(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct ctx nobody = v.a.s.other;

	nobody.org = 0;
	assert_ok(draft_find(&nobody, v.token, &v.d));
	assert_true(nobody.org == v.c->org && v.d.org == v.c->org);
	assert_err(draft_find(&nobody, S("AAAAAAAAAAAAAAAAAAAAAA"), &v.d), ERR_NOT_FOUND);
	assert_err(draft_find(&nobody, S(""), &v.d), ERR_NOT_FOUND);
	/* With the token of another organisation's visitor nothing changes here (T6). */
	nobody.org = v.a.s.other.org;
	assert_err(draft_prove(&nobody, v.token, S("123456")), ERR_NOT_FOUND);
	assert_err(draft_retime(&nobody, v.token, &v.hold), ERR_CONFLICT);
}

static void
a_wrong_code_proves_nothing_and_the_tries_are_counted(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);

	describe(&v, marie());
	assert_err(draft_prove(v.c, v.token, S("000000")), ERR_EXPIRED);	/* none was sent */
	str code = send_code(&v), other = wrong(&v, code);
	for (int i = 0; i < promise()->code_tries; i++)
		assert_err(draft_prove(v.c, v.token, other), ERR_INVALID);
	assert_err(draft_prove(v.c, v.token, code), ERR_EXPIRED);
	find(&v);
	assert_false(v.d.proven);
	assert_ok(draft_prove(v.c, v.token, send_code(&v)));
}

static void
however_often_somebody_tries_a_code_stays_used_up(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);

	describe(&v, marie());
	str code = send_code(&v);
	for (int i = 0; i < 99; i++)
		assert_true(draft_prove(v.c, v.token, wrong(&v, code)) != OK);
	assert_err(draft_prove(v.c, v.token, code), ERR_EXPIRED);
	/* And whoever owns the address can still ask for another. */
	assert_ok(draft_prove(v.c, v.token, send_code(&v)));
}

static void
a_code_ends_with_its_life_and_with_the_next_one(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);

	describe(&v, marie());
	str first = send_code(&v), second;
	do	/* one time in a million they are the same */
		second = send_code(&v);
	while (str_eq(first, second));
	assert_err(draft_prove(v.c, v.token, first), ERR_INVALID);
	v.c->now += promise()->code_life;
	assert_err(draft_prove(v.c, v.token, second), ERR_EXPIRED);
}

static void
so_many_codes_are_sent_and_no_more(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);

	describe(&v, marie());
	for (int i = 0; i < DRAFT_CODES_MAX; i++)
		(void)send_code(&v);
	find(&v);
	assert_err(draft_send_code(v.c, v.token, &v.d), ERR_THROTTLED);
	assert_int_equal(scene_count(v.c, SQL("SELECT count(*) FROM outbox WHERE org = $1")), DRAFT_CODES_MAX);
}

static void
a_code_proves_the_address_that_it_was_sent_to_and_no_other(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct draft_details x = marie();
	struct draft before;

	describe(&v, x);
	str code = send_code(&v);
	x.patient.email = S("victim@example.org");
	before = v.d;
	describe(&v, x);
	assert_err(draft_prove(v.c, v.token, code), ERR_EXPIRED);
	/* A page that still shows the first address cannot send its code for the second. */
	assert_err(draft_send_code(v.c, v.token, &before), ERR_CONFLICT);
	prove(&v);
	/* Other words keep the proof, another address loses it. */
	x.patient.given = S("Marie-Anne");
	describe(&v, x);
	assert_true(v.d.proven);
	x.patient.email = S("third@example.org");
	describe(&v, x);
	assert_false(v.d.proven);
}

static void
the_right_code_sent_twice_is_right_twice(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);

	describe(&v, marie());
	str code = send_code(&v);
	assert_ok(draft_prove(v.c, v.token, code));
	assert_ok(draft_prove(v.c, v.token, code));
}

static void
words_outlive_their_hold_and_take_another_time(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct booking made, again;
	int64_t n;

	describe(&v, marie());
	prove(&v);
	v.c->now += promise()->hold;
	assert_err(draft_finish(v.c, v.token, &v.d, &made), ERR_EXPIRED);
	assert_ok(booking_sweep(v.c, &n));
	assert_err(draft_finish(v.c, v.token, &v.d, &made), ERR_EXPIRED);
	find(&v);
	assert_true(v.d.detailed && v.d.proven);
	assert_str(v.d.details.patient.family, S("Dupont"));
	assert_int_equal(persons(&v), 0);

	again = hold_at(v.c, &v.a, 10 * 60);
	assert_ok(draft_retime(v.c, v.token, &again));
	find(&v);
	assert_true(v.d.hold == again.id && v.d.start == again.start && v.d.proven && v.d.detailed);
	assert_true(v.d.lapses_at == v.c->now + DRAFT_LIFE);
	assert_ok(draft_finish(v.c, v.token, &v.d, &made));
	assert_true(made.start == agenda_at(&v.a, 0, 10 * 60));
	/* What is an appointment now is not retimed by a page left open. */
	again = hold_at(v.c, &v.a, 11 * 60);
	assert_err(draft_retime(v.c, v.token, &again), ERR_CONFLICT);
	assert_err(draft_describe(v.c, v.token, &v.d, &v.d.details), ERR_CONFLICT);
}

static void
finishing_twice_gives_the_same_appointment(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct booking first, again;

	describe(&v, marie());
	prove(&v);
	struct draft seen = v.d;	/* as the second of two equal forms has read it */
	assert_ok(draft_finish(v.c, v.token, &v.d, &first));
	assert_ok(draft_finish(v.c, v.token, &seen, &again));
	assert_true(again.id == first.id && again.person == first.person);
	find(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &again));
	assert_true(again.id == first.id);
	assert_int_equal(persons(&v), 1);
	assert_int_equal(live(&v), 1);
	assert_int_equal(scene_lines(v.c, S("booking.create")), 1);
	/* Even when it has been cancelled since: not booked anew. */
	assert_ok(booking_cancel(v.c, first.id, true));
	assert_ok(draft_finish(v.c, v.token, &seen, &again));
	assert_true(again.id == first.id && again.state == BOOKING_CANCELLED);
}

static void
whoever_comes_again_is_recognised(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct draft_details x = marie();
	struct booking first, second;

	describe(&v, x);
	prove(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &first));
	v.hold = hold_at(v.c, &v.a, 10 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, 0, PEER }, &v.token));
	x.patient.family = S("DUPONT");
	x.patient.email = S("Canari-7F3A91@Example.org");
	describe(&v, x);
	prove(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &second));
	assert_true(second.person == first.person);
	/* A son of the same name and address was born on another day. */
	v.hold = hold_at(v.c, &v.a, 11 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, 0, PEER }, &v.token));
	x.patient.birth_date = S("2010-05-04");
	describe(&v, x);
	prove(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &second));
	assert_true(second.person != first.person);
	assert_int_equal(persons(&v), 2);
}

/* T25: a number is only claimed; another mailbox makes another person, and is the one written to. */
static void
a_known_number_does_not_open_somebody_elses_record(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct draft_details x = marie();
	struct booking first, second;

	describe(&v, x);
	prove(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &first));
	v.hold = hold_at(v.c, &v.a, 10 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, 0, PEER }, &v.token));
	x.patient.email = S("somebody.else@example.org");	/* same names, birth date and phone */
	describe(&v, x);
	prove(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &second));
	assert_true(second.person != first.person);
	assert_int_equal(persons(&v), 2);
}

static struct draft_details
louise_for_marie(void)
{
	struct draft_details x = marie();

	x.for_relative = true;
	x.patient.given = S("Louise");
	x.patient.birth_date = S("2019-06-01");
	x.booker_family = S("Dupont");
	x.booker_given = S("Marie");
	return x;
}

static void
a_relative_hangs_on_the_one_who_books(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct draft_details x = louise_for_marie();
	struct person child, parent;
	struct booking b;

	describe(&v, x);
	assert_true(v.d.details.for_relative);
	assert_str(v.d.details.booker_given, S("Marie"));
	prove(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &b));
	assert_ok(person_get(v.c, PURPOSE_BOOK, b.person, &child));
	assert_str(child.given, S("Louise"));
	assert_ok(person_get(v.c, PURPOSE_BOOK, child.guardian, &parent));
	assert_str(parent.given, S("Marie"));
	assert_str(parent.email, S(CANARY "@example.org"));
	assert_int_equal(persons(&v), 2);
	/* Next time both are known. */
	v.hold = hold_at(v.c, &v.a, 10 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, 0, PEER }, &v.token));
	describe(&v, x);
	prove(&v);
	id louise = b.person;
	assert_ok(draft_finish(v.c, v.token, &v.d, &b));
	assert_true(b.person == louise);
	/* A brother: the parent is known. */
	v.hold = hold_at(v.c, &v.a, 11 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, 0, PEER }, &v.token));
	x.patient.given = S("Jules");
	describe(&v, x);
	prove(&v);
	id mother = parent.id;
	assert_ok(draft_finish(v.c, v.token, &v.d, &b));
	assert_ok(person_get(v.c, PURPOSE_BOOK, b.person, &child));
	assert_true(child.guardian == mother);
	assert_int_equal(persons(&v), 3);
}

static void
nobody_is_kept_for_an_appointment_that_was_not_made(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct booking b;

	describe(&v, louise_for_marie());
	prove(&v);
	v.c->now += promise()->hold;
	assert_err(draft_finish(v.c, v.token, &v.d, &b), ERR_EXPIRED);
	assert_int_equal(persons(&v), 0);
}

static void
a_move_needs_no_code_and_keeps_the_appointment(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct booking first, moved, again;
	int64_t n;

	describe(&v, marie());
	prove(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &first));
	v.hold = hold_at(v.c, &v.a, 11 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, first.id, PEER }, &v.token));
	find(&v);
	assert_true(v.d.moves == first.id);
	struct draft seen = v.d;
	assert_ok(draft_finish(v.c, v.token, &v.d, &moved));
	assert_true(moved.id == first.id && moved.start == v.hold.start && moved.person == first.person);
	assert_ok(draft_finish(v.c, v.token, &seen, &again));
	assert_true(again.id == first.id && again.start == moved.start && again.version == moved.version);
	find(&v);
	assert_true(v.d.done && v.d.hold == first.id);
	/* A hold that lapsed moves nothing. */
	v.hold = hold_at(v.c, &v.a, 10 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, first.id, PEER }, &v.token));
	find(&v);
	v.c->now += promise()->hold;
	assert_err(draft_finish(v.c, v.token, &v.d, &again), ERR_EXPIRED);
	assert_ok(booking_sweep(v.c, &n));
	assert_err(draft_finish(v.c, v.token, &v.d, &again), ERR_EXPIRED);
	assert_ok(booking_get(v.c, first.id, &again));
	assert_true(again.start == moved.start);
}

static void
an_hour_later_nothing_is_left(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	int64_t n;

	describe(&v, marie());
	v.c->now += DRAFT_LIFE - 1;
	find(&v);
	assert_ok(draft_purge(v.c, &n));
	assert_int_equal(n, 0);
	v.c->now += 1;
	assert_err(draft_find(v.c, v.token, &v.d), ERR_NOT_FOUND);
	assert_ok(draft_purge(v.c, &n));
	assert_int_equal(n, 1);
	assert_err(draft_prove(v.c, v.token, S("123456")), ERR_NOT_FOUND);
	assert_err(draft_retime(v.c, v.token, &v.hold), ERR_CONFLICT);
	assert_err(draft_send_code(v.c, v.token, &v.d), ERR_NOT_FOUND);
}

static void
two_forms_at_once_do_not_write_over_each_other(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct draft_details x = marie(), y = marie();

	find(&v);
	y.patient.family = S("Durand");
	assert_ok(draft_describe(v.c, v.token, &v.d, &x));
	assert_err(draft_describe(v.c, v.token, &v.d, &y), ERR_CONFLICT);
	find(&v);
	assert_str(v.d.details.patient.family, S("Dupont"));
}

/* Anything in the row, or in the messages' rows, that holds these bytes. */
static bool
stored(struct visit *v, str word)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	bool found = false;

	assert_ok(db_read(v->c->db, SQL("SELECT d.details_sealed, d.code_mac, d.token_hash, o.payload_sealed"
	    " FROM draft d LEFT JOIN outbox o ON o.org = d.org"), NULL, 0, &rows));
	while (db_next(rows) == OK)
		for (int i = 0; i < 4; i++)
			found |= str_find_str(db_text(rows, v->c->mem, i), word) >= 0;
	return found;
}

static void
neither_code_nor_token_nor_words_lie_in_clear(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);

	describe(&v, marie());
	str code = send_code(&v);
	assert_false(stored(&v, code));
	assert_false(stored(&v, v.token));
	assert_false(stored(&v, S(CANARY)));
	assert_false(stored(&v, S("Dupont")));
	/* The search finds what is there. */
	find(&v);
	engine_must(v.c->db, SQL("UPDATE draft SET details_sealed = code_mac"));
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	assert_ok(db_read(v.c->db, SQL("SELECT code_mac FROM draft"), NULL, 0, &rows));
	assert_ok(db_next(rows));
	str mac = db_text(rows, v.c->mem, 0);
	db_rows_end(&rows);
	assert_true(mac.n >= 16 && stored(&v, mac));
}

/* The n-th statement fails in turn: nothing, or the appointment; and repeating it mends all. */
static void
torture(struct visit *v, struct draft_details x)
{
	struct booking b;
	int n = 1;

	describe(v, x);
	prove(v);
	for (;; n++) {
		db_fail_after(v->c->db, n);
		err e = draft_finish(v->c, v->token, &v->d, &b);
		db_fail_after(v->c->db, 0);
		if (e == OK)
			break;
		assert_err(e, ERR_STORE);
		assert_int_equal(persons(v), 0);
		assert_int_equal(live(v), 0);
		assert_int_equal(scene_lines(v->c, S("booking.create")), 0);
		assert_int_equal(scene_count(v->c,
		    SQL("SELECT count(*) FROM outbox WHERE org = $1 AND kind <> 5")), 0);
	}
	assert_in_range(n, 10, 60);
	assert_int_equal(live(v), 1);
	struct booking again;
	assert_ok(draft_finish(v->c, v->token, &v->d, &again));
	assert_true(again.id == b.id && again.person == b.person);
}

static void
whatever_statement_fails_nobody_is_half_booked(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);

	torture(&v, marie());
	assert_int_equal(persons(&v), 1);
}

static void
nor_a_relative_without_a_guardian(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);

	torture(&v, louise_for_marie());
	assert_int_equal(persons(&v), 2);
}

static void
whatever_statement_of_a_move_fails_it_moves_once(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct booking first, b;
	int n = 1;

	describe(&v, marie());
	prove(&v);
	assert_ok(draft_finish(v.c, v.token, &v.d, &first));
	v.hold = hold_at(v.c, &v.a, 11 * 60);
	assert_ok(draft_begin(v.c, &(struct draft_start){ &v.hold, first.id, PEER }, &v.token));
	find(&v);
	for (;; n++) {
		db_fail_after(v.c->db, n);
		err e = draft_finish(v.c, v.token, &v.d, &b);
		db_fail_after(v.c->db, 0);
		if (e == OK)
			break;
		assert_err(e, ERR_STORE);
	}
	assert_in_range(n, 10, 60);
	assert_true(b.id == first.id && b.start == v.hold.start && b.sequence == first.sequence + 1);
	assert_int_equal(scene_lines(v.c, S("booking.move")), 1);
}

static void
what_is_too_long_is_refused(void **state)
{
	CLEANUP(visit_end) struct visit v = visit_begin(state);
	struct draft_details x = marie();
	char *text = arena_alloc(v.c->mem, 9000, 1);

	memset(text, 'x', 9000);
	x.patient.family = (str){ text, 9000 };
	find(&v);
	assert_err(draft_describe(v.c, v.token, &v.d, &x), ERR_TOO_LARGE);
	find(&v);
	assert_false(v.d.detailed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(from_the_hold_to_the_appointment),
		ENGINE_TEST_SCHEMA(a_draft_is_found_from_anywhere_and_leads_to_its_organisation),
		ENGINE_TEST_SCHEMA(a_wrong_code_proves_nothing_and_the_tries_are_counted),
		ENGINE_TEST_SCHEMA(however_often_somebody_tries_a_code_stays_used_up),
		ENGINE_TEST_SCHEMA(a_code_ends_with_its_life_and_with_the_next_one),
		ENGINE_TEST_SCHEMA(so_many_codes_are_sent_and_no_more),
		ENGINE_TEST_SCHEMA(a_code_proves_the_address_that_it_was_sent_to_and_no_other),
		ENGINE_TEST_SCHEMA(the_right_code_sent_twice_is_right_twice),
		ENGINE_TEST_SCHEMA(words_outlive_their_hold_and_take_another_time),
		ENGINE_TEST_SCHEMA(finishing_twice_gives_the_same_appointment),
		ENGINE_TEST_SCHEMA(whoever_comes_again_is_recognised),
		ENGINE_TEST_SCHEMA(a_known_number_does_not_open_somebody_elses_record),
		ENGINE_TEST_SCHEMA(a_relative_hangs_on_the_one_who_books),
		ENGINE_TEST_SCHEMA(nobody_is_kept_for_an_appointment_that_was_not_made),
		ENGINE_TEST_SCHEMA(a_move_needs_no_code_and_keeps_the_appointment),
		ENGINE_TEST_SCHEMA(an_hour_later_nothing_is_left),
		ENGINE_TEST_SCHEMA(two_forms_at_once_do_not_write_over_each_other),
		ENGINE_TEST_SCHEMA(neither_code_nor_token_nor_words_lie_in_clear),
		ENGINE_TEST_SCHEMA(whatever_statement_fails_nobody_is_half_booked),
		ENGINE_TEST_SCHEMA(nor_a_relative_without_a_guardian),
		ENGINE_TEST_SCHEMA(whatever_statement_of_a_move_fails_it_moves_once),
		ENGINE_TEST_SCHEMA(what_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
