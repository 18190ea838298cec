/* test_person.c - who comes: what may be typed, what is sealed, and who is the same person. */
#include "assert_str.h"
#include "practice/person.h"
#include "practice/record.h"
#include "scene.h"
#include "vault/vault.h"

static const struct person marie = { .family = { "Dupont", 6 }, .given = { "Marie", 5 },
    .birth_date = { "1980-03-12", 10 }, .email = { "marie@example.org", 17 },
    .phone = { "+33612345678", 12 }, .lang = LANG_FR };

static str
letters(struct arena *mem, size_t n)
{
	char *p = arena_alloc(mem, n + 1, 1);

	memset(p, 'a', n);
	return (str){ p, n };
}

static void
fields_come_back_from_a_record_and_unknown_tags_pass(void **state)
{
	struct ctx *c = *state;
	struct buf b = buf_in(c->mem, 1000);
	str rest, v;
	int tag;

	record_add(&b, 1, S("a"));
	record_add(&b, RECORD_TAG_MAX, S(""));
	record_add(&b, 300, letters(c->mem, 300));
	rest = buf_str(&b);
	assert_ok(record_next(&rest, &tag, &v));
	assert_int_equal(tag, 1);
	assert_str(v, S("a"));
	assert_ok(record_next(&rest, &tag, &v));
	assert_int_equal(tag, RECORD_TAG_MAX);
	assert_int_equal(v.n, 0);
	assert_ok(record_next(&rest, &tag, &v));
	assert_int_equal(v.n, 300);
	assert_err(record_next(&rest, &tag, &v), ERR_NOT_FOUND);
}

static void
a_record_that_is_cut_short_anywhere_is_refused(void **state)
{
	struct ctx *c = *state;
	struct buf b = buf_in(c->mem, 100);
	str v, zero = { "\0\0\0\0", 4 };
	int tag;

	record_add(&b, 7, S("abcdef"));
	for (size_t n = 1; n < b.n; n++) {
		str cut = str_slice(buf_str(&b), 0, n);

		assert_err(record_next(&cut, &tag, &v), ERR_INVALID);
	}
	assert_err(record_next(&zero, &tag, &v), ERR_INVALID);
}

static void
assert_clean(struct ctx *c, struct person p, bool booking, enum person_field want)
{
	assert_int_equal(person_clean(c, booking, &p), want);
}

#define CHECK(want, ...) do { \
	struct person p_ = marie; \
	__VA_ARGS__; \
	assert_clean(c, p_, false, (want)); \
} while (0)

static void
every_limit_names_its_field(void **state)
{
	struct ctx *c = *state;	/* it is 2026-11-23 */
	str local = letters(c->mem, 64), too_long = letters(c->mem, 65);

	CHECK(PERSON_SOUND, p_.family = letters(c->mem, 80));
	CHECK(PERSON_FIELD_family, p_.family = letters(c->mem, 81));
	CHECK(PERSON_FIELD_family, p_.family = S(" "));
	CHECK(PERSON_SOUND, p_.given = letters(c->mem, 80));
	CHECK(PERSON_FIELD_given, p_.given = letters(c->mem, 81));
	CHECK(PERSON_FIELD_given, p_.given = S(""));
	CHECK(PERSON_FIELD_given, p_.given = S("Ma\r\nBcc: x@y.org"));
	CHECK(PERSON_SOUND, p_.birth_date = S("2026-11-24"));
	CHECK(PERSON_FIELD_birth_date, p_.birth_date = S("2026-11-25"));
	CHECK(PERSON_FIELD_birth_date, p_.birth_date = S("2025-02-29"));
	CHECK(PERSON_FIELD_birth_date, p_.birth_date = S("12/03/1980"));
	CHECK(PERSON_SOUND, p_.birth_date = S("1895-11-25"));
	CHECK(PERSON_FIELD_birth_date, p_.birth_date = S("1895-11-24"));
	CHECK(PERSON_SOUND, p_.email = str_cat(c->mem, local, S("@example.org")));
	CHECK(PERSON_FIELD_email, p_.email = str_cat(c->mem, too_long, S("@example.org")));
	CHECK(PERSON_FIELD_email, p_.email = S("marie@example"));
	CHECK(PERSON_FIELD_email, p_.email = S("marie@example.org\r\nBcc: x@y.org"));
	CHECK(PERSON_FIELD_phone, p_.phone = S("12"));
	CHECK(PERSON_FIELD_phone, p_.phone = S("call me"));
	CHECK(PERSON_FIELD_phone, p_.phone = S("06 12 34 56 78 06 12 34 56 78 06 12 34 56 78"));
	CHECK(PERSON_FIELD_lang, p_.lang = LANG_COUNT);
}

/* R6: a booking asks for what it needs, and the desk may know less. */
static void
a_booking_requires_more_than_the_desk(void **state)
{
	struct ctx *c = *state;
	struct person p = { .family = S("Dupont"), .given = S("Marie") };

	assert_clean(c, p, false, PERSON_SOUND);
	assert_clean(c, p, true, PERSON_FIELD_birth_date);
	p.birth_date = S("1980-03-12");
	assert_clean(c, p, true, PERSON_FIELD_email);
	p.email = S("marie@example.org");
	assert_clean(c, p, true, PERSON_SOUND);
}

static void
a_person_comes_back_as_stored_and_lies_sealed(void **state)
{
	struct scene s = scene_begin(state);
	struct person form = marie, p;
	id made;

	form.family = S("  Dupont ");
	form.email = S("Marie@Example.ORG");
	form.phone = S("06 12 34 56 78");
	form.lang = LANG_EN;
	assert_ok(person_create(s.c, &form, &made));
	assert_ok(person_get(s.c, PURPOSE_DESK, made, &p));
	assert_int_equal(p.id, made);
	assert_int_equal(p.version, 1);
	assert_str(p.family, S("Dupont"));
	assert_str(p.given, S("Marie"));
	assert_str(p.birth_date, S("1980-03-12"));
	assert_str(p.email, S("marie@example.org"));
	assert_str(p.phone, S("+33612345678"));
	assert_int_equal(p.lang, LANG_EN);
	assert_str(person_name(s.c->mem, &p), S("Marie Dupont"));
	assert_str(person_name_by_family(s.c->mem, &p), S("Dupont Marie"));
	assert_err(person_get(s.c, PURPOSE_ACCOUNT, made, &p), ERR_DENIED);
	assert_int_equal(scene_lines(s.c, S("person.create")), 1);

	CLEANUP(db_rows_end) struct db_rows *rows = NULL;

	assert_ok(db_read(s.c->db, SQL("SELECT identity_sealed, email_blind, phone_blind FROM person"
	    " WHERE org = $1"), BINDS(INT(s.org)), &rows));
	assert_ok(db_next(rows));
	for (int i = 0; i < 3; i++) {
		str bytes = db_text(rows, s.c->mem, i);

		assert_true(bytes.n > 0);
		assert_true(str_find_str(bytes, S("Dupont")) < 0);
		assert_true(str_find_str(bytes, S("marie@")) < 0);
		assert_true(str_find_str(bytes, S("612345678")) < 0);
	}
}

static void
many_are_read_at_once_in_the_order_asked(void **state)
{
	struct scene s = scene_begin(state);
	enum { N = 40 };
	struct person form = marie, got[N + 2];
	id ids[N + 2];

	for (int i = 0; i < N; i++) {
		form.given = str_of_int(s.c->mem, i);
		assert_ok(person_create(s.c, &form, &ids[N - 1 - i]));
	}
	ids[N] = 12345;		/* nobody */
	ids[N + 1] = ids[0];	/* twice */
	int64_t before = scene_count(s.c, SQL("SELECT COUNT(*) FROM opening WHERE org = $1"));

	assert_ok(person_get_many(s.c, PURPOSE_DESK, ids, N + 2, got));
	for (int i = 0; i < N; i++)
		assert_str(got[i].given, str_of_int(s.c->mem, N - 1 - i));
	assert_int_equal(got[N].id, 0);
	assert_str(got[N + 1].given, got[0].given);
	assert_int_equal(scene_count(s.c, SQL("SELECT COUNT(*) FROM opening WHERE org = $1")),
	    before + 1);

	assert_ok(vault_person_shred(s.c, s.org, ids[3]));
	assert_ok(person_get_many(s.c, PURPOSE_DESK, ids, N, got));
	assert_int_equal(got[3].id, 0);
	assert_int_equal(got[4].id, ids[4]);
	assert_ok(person_get_many(s.c, PURPOSE_DESK, ids, 0, got));
	id *many = NEW_N(s.c->mem, id, VAULT_BATCH_MAX + 1);

	assert_err(person_get_many(s.c, PURPOSE_DESK, many, VAULT_BATCH_MAX + 1, got), ERR_TOO_LARGE);
}

static void
assert_match(struct ctx *c, struct person p, id want)
{
	id got = 0;

	assert_err(person_find_match(c, &p, &got), want != 0 ? OK : ERR_NOT_FOUND);
	assert_int_equal(got, want);
}

/* R57: homonyms and a family that shares an address are never taken for one. */
static void
only_the_same_person_is_found_again(void **state)
{
	struct scene s = scene_begin(state);
	struct person p = marie, twin;
	id mother, daughter;

	assert_ok(person_create(s.c, &marie, &mother));
	p.birth_date = S("2012-06-01");
	assert_ok(person_create(s.c, &p, &daughter));
	assert_match(s.c, p, daughter);
	assert_match(s.c, marie, mother);

	p = marie;
	p.family = S("DUPONT");
	p.given = S("márie");
	p.email = S(" MARIE@example.org");
	assert_match(s.c, p, mother);
	p.email = S("new@example.org");		/* by the phone */
	assert_match(s.c, p, mother);
	p.email = S("");
	p.phone = S("06.12.34.56.78");
	assert_match(s.c, p, mother);
	p.phone = S("");
	assert_match(s.c, p, 0);
	p.phone = S("0611111111");
	assert_match(s.c, p, 0);

	twin = marie, twin.given = S("Louise");
	assert_match(s.c, twin, 0);
	twin = marie, twin.birth_date = S("");
	assert_match(s.c, twin, 0);
	twin = marie, twin.birth_date = S("1980-03-13");
	assert_match(s.c, twin, 0);
	assert_match(&s.other, marie, 0);
	twin.family = S("");
	assert_err(person_find_match(s.c, &twin, &mother), ERR_INVALID);
}

static void
those_of_one_address_are_listed_oldest_first(void **state)
{
	struct scene s = scene_begin(state);
	struct person p = marie, *list;
	id first, made;
	size_t n;

	assert_ok(person_create(s.c, &p, &first));
	p.given = S("Louise");
	for (int i = 0; i < PERSON_CANDIDATES_MAX; i++)
		assert_ok(person_create(s.c, &p, &made));
	assert_ok(person_find_by_email(s.c, PURPOSE_BOOK, S(" Marie@example.org "), &list, &n));
	assert_int_equal(n, PERSON_CANDIDATES_MAX);
	assert_int_equal(list[0].id, first);
	assert_ok(person_find_by_email(s.c, PURPOSE_BOOK, S("nobody@example.org"), &list, &n));
	assert_int_equal(n, 0);
}

/* R7: what was known before is neither found nor read any more. */
static void
an_update_reaches_envelope_and_indexes(void **state)
{
	struct scene s = scene_begin(state);
	struct person p, *list;
	struct buf rest = buf_in(s.c->mem, 100);
	size_t n;
	id made;

	assert_ok(person_create(s.c, &marie, &made));
	assert_ok(person_get(s.c, PURPOSE_DESK, made, &p));
	record_add(&rest, 999, S("from a newer program"));
	p.family = S("Durand");
	p.email = S("durand@example.org");
	p.phone = S("");
	p.rest = buf_str(&rest);
	assert_ok(person_update(s.c, &p));
	assert_err(person_update(s.c, &p), ERR_CONFLICT);
	assert_ok(person_get(s.c, PURPOSE_DESK, made, &p));
	assert_int_equal(p.version, 2);
	assert_str(p.family, S("Durand"));
	assert_str(p.phone, S(""));
	assert_str(p.rest, buf_str(&rest));
	assert_ok(person_find_by_email(s.c, PURPOSE_DESK, marie.email, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(person_find_by_email(s.c, PURPOSE_DESK, p.email, &list, &n));
	assert_int_equal(n, 1);
	p.given = S("");
	assert_err(person_update(s.c, &p), ERR_INVALID);
	assert_int_equal(scene_lines(s.c, S("person.update")), 1);
}

static void
a_guardian_has_relatives_but_no_guardian(void **state)
{
	struct scene s = scene_begin(state);
	struct person p = marie, *list;
	id mother, child, made;
	size_t n;

	assert_ok(person_create(s.c, &p, &mother));
	p.guardian = mother;
	p.given = S("Louise");
	assert_ok(person_create(s.c, &p, &child));
	p.guardian = child;
	assert_err(person_create(s.c, &p, &made), ERR_INVALID);
	p.guardian = 4711;
	assert_err(person_create(s.c, &p, &made), ERR_NOT_FOUND);
	assert_ok(person_relatives(s.c, PURPOSE_BOOK, mother, &list, &n));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].id, child);
	assert_int_equal(list[0].guardian, mother);

	assert_ok(person_get(s.c, PURPOSE_BOOK, mother, &p));
	p.guardian = mother;
	assert_err(person_update(s.c, &p), ERR_INVALID);
	p.guardian = 0;
	assert_ok(person_create(s.c, &p, &made));
	p.guardian = made;
	assert_err(person_update(s.c, &p), ERR_INVALID);	/* she has a child here */
	assert_ok(person_get(s.c, PURPOSE_BOOK, child, &p));
	p.guardian = 0;
	assert_ok(person_update(s.c, &p));
	assert_ok(person_relatives(s.c, PURPOSE_BOOK, mother, &list, &n));
	assert_int_equal(n, 0);
}

static void
a_guardian_has_so_many_relatives_and_no_more(void **state)
{
	struct scene s = scene_begin(state);
	struct person p = marie;
	id mother, made;

	assert_ok(person_create(s.c, &p, &mother));
	p.guardian = mother;
	for (int i = 0; i < PERSON_RELATIVES_MAX; i++)
		assert_ok(person_create(s.c, &p, &made));
	assert_err(person_create(s.c, &p, &mother), ERR_TOO_LARGE);
	/* One who is there already counts once. */
	assert_ok(person_get(s.c, PURPOSE_DESK, made, &p));
	assert_ok(person_update(s.c, &p));
}

/* T6 */
static void
a_person_of_another_organisation_does_not_exist(void **state)
{
	struct scene s = scene_begin(state);
	struct person p = marie, *list;
	size_t n;
	id made, theirs;

	assert_ok(person_create(s.c, &marie, &made));
	assert_err(person_get(&s.other, PURPOSE_DESK, made, &p), ERR_NOT_FOUND);
	p = marie;
	p.id = made, p.version = 1;
	assert_err(person_update(&s.other, &p), ERR_NOT_FOUND);
	assert_ok(person_get_many(&s.other, PURPOSE_DESK, &made, 1, &p));
	assert_int_equal(p.id, 0);
	assert_ok(person_find_by_email(&s.other, PURPOSE_DESK, marie.email, &list, &n));
	assert_int_equal(n, 0);
	p = marie;
	p.guardian = made;
	assert_err(person_create(&s.other, &p, &theirs), ERR_NOT_FOUND);
	assert_ok(person_relatives(&s.other, PURPOSE_DESK, made, &list, &n));
	assert_int_equal(n, 0);
}

static void
an_act_moves_the_last_act_forward_only(void **state)
{
	struct scene s = scene_begin(state);
	usec start = s.c->now;
	id made;

	assert_ok(person_create(s.c, &marie, &made));
	for (int i = 1; i >= -1; i--) {
		CLEANUP(db_tx_end) struct db_tx tx = {0};

		s.c->now = start + i * USEC_PER_HOUR;
		s.other.now = s.c->now;
		assert_ok(db_begin(s.c->db, &tx));
		assert_ok(person_touch(s.c, made));
		assert_ok(db_commit(&tx));
	}
	assert_int_equal(scene_count(s.c, SQL("SELECT last_act_at FROM person WHERE org = $1")),
	    start + USEC_PER_HOUR);
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	assert_ok(db_begin(s.c->db, &tx));
	assert_err(person_touch(&s.other, made), ERR_NOT_FOUND);
}

/* Each statement of the insertion fails in turn. */
static void
a_person_is_written_whole_or_not_at_all(void **state)
{
	struct scene s = scene_begin(state);
	struct person form = marie;
	struct person_prepared p;
	int fails = 0;

	assert_ok(person_create(s.c, &marie, &form.guardian));
	assert_ok(person_prepare(s.c, &form, &p));
	for (;; fails++) {
		CLEANUP(db_tx_end) struct db_tx tx = {0};

		assert_ok(db_begin(s.c->db, &tx));
		db_fail_after(s.c->db, fails + 1);
		err e = person_insert(s.c, &p);

		db_fail_after(s.c->db, 0);
		if (e == OK) {
			assert_ok(db_commit(&tx));
			break;
		}
		assert_err(e, ERR_STORE);
		db_tx_end(&tx);
		assert_int_equal(scene_count(s.c, SQL("SELECT COUNT(*) FROM person WHERE org = $1")), 1);
		assert_int_equal(scene_lines(s.c, S("person.create")), 1);
		assert_true(fails < 20);
	}
	assert_true(fails >= 2);
	assert_int_equal(scene_lines(s.c, S("person.create")), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SQLITE(fields_come_back_from_a_record_and_unknown_tags_pass),
		ENGINE_TEST_SQLITE(a_record_that_is_cut_short_anywhere_is_refused),
		ENGINE_TEST_SQLITE(every_limit_names_its_field),
		ENGINE_TEST_SQLITE(a_booking_requires_more_than_the_desk),
		ENGINE_TEST_SCHEMA(a_person_comes_back_as_stored_and_lies_sealed),
		ENGINE_TEST_SCHEMA(many_are_read_at_once_in_the_order_asked),
		ENGINE_TEST_SCHEMA(only_the_same_person_is_found_again),
		ENGINE_TEST_SCHEMA(those_of_one_address_are_listed_oldest_first),
		ENGINE_TEST_SCHEMA(an_update_reaches_envelope_and_indexes),
		ENGINE_TEST_SCHEMA(a_guardian_has_relatives_but_no_guardian),
		ENGINE_TEST_SCHEMA(a_guardian_has_so_many_relatives_and_no_more),
		ENGINE_TEST_SCHEMA(a_person_of_another_organisation_does_not_exist),
		ENGINE_TEST_SCHEMA(an_act_moves_the_last_act_forward_only),
		ENGINE_TEST_SCHEMA(a_person_is_written_whole_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
