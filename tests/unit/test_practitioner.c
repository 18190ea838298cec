/* test_practitioner.c - who is booked: names, slugs, photos, closing. */
#include "assert_str.h"
#include "practice/booking.h"
#include "practice/practitioner.h"
#include "scene.h"

static str
letters(struct arena *mem, size_t n)
{
	char *p = arena_alloc(mem, n + 1, 1);

	memset(p, 'a', n);
	return (str){ p, n };
}

static void
every_limit_names_its_field(void **state)
{
	struct ctx *c = *state;
	struct practitioner a = { .title = letters(c->mem, PRACTITIONER_TITLE_MAX),
	    .given = letters(c->mem, PRACTITIONER_NAME_MAX),
	    .family = letters(c->mem, PRACTITIONER_NAME_MAX),
	    .specialty = letters(c->mem, PRACTITIONER_SPECIALTY_MAX),
	    .languages = S("fr,en,de,es,it,pt,nl,ar,br,eu"),
	    .about = letters(c->mem, PRACTITIONER_ABOUT_MAX), .position = PRACTITIONER_POSITION_MAX };
	struct practitioner b;

	assert_int_equal(practitioner_check(&a), PRACTITIONER_SOUND);
	b = a, b.title = letters(c->mem, PRACTITIONER_TITLE_MAX + 1);
	assert_int_equal(practitioner_check(&b), PRACTITIONER_FIELD_TITLE);
	b = a, b.given = letters(c->mem, PRACTITIONER_NAME_MAX + 1);
	assert_int_equal(practitioner_check(&b), PRACTITIONER_FIELD_GIVEN);
	b = a, b.family = letters(c->mem, PRACTITIONER_NAME_MAX + 1);
	assert_int_equal(practitioner_check(&b), PRACTITIONER_FIELD_FAMILY);
	b = a, b.family = S(" ");
	assert_int_equal(practitioner_check(&b), PRACTITIONER_FIELD_FAMILY);
	b = a, b.specialty = letters(c->mem, PRACTITIONER_SPECIALTY_MAX + 1);
	assert_int_equal(practitioner_check(&b), PRACTITIONER_FIELD_SPECIALTY);
	b = a, b.about = letters(c->mem, PRACTITIONER_ABOUT_MAX + 1);
	assert_int_equal(practitioner_check(&b), PRACTITIONER_FIELD_ABOUT);
	b = a, b.position = -1;
	assert_int_equal(practitioner_check(&b), PRACTITIONER_FIELD_POSITION);
	b = a, b.position = PRACTITIONER_POSITION_MAX + 1;
	assert_int_equal(practitioner_check(&b), PRACTITIONER_FIELD_POSITION);
}

static void
languages_are_two_letters_with_commas_between(void **state)
{
	str good[] = { S(""), S("fr"), S("fr,en") };
	str bad[] = { S("FR"), S("fra"), S("fr,"), S(",fr"), S("fr,,en"), S("fr en"), S("f"),
	    S("fr,en,de,es,it,pt,nl,ar,br,eu,co") };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(practitioner_check(&(struct practitioner){ .family = S("a"),
		    .languages = good[i] }), PRACTITIONER_SOUND);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(practitioner_check(&(struct practitioner){ .family = S("a"),
		    .languages = bad[i] }), PRACTITIONER_FIELD_LANGUAGES);
}

static void
homonyms_get_numbers_and_keep_their_slug_for_ever(void **state)
{
	struct scene s = scene_begin(state);
	id first = scene_practitioner(s.c, S("Hélène"), S("Le Goff"));
	id second = scene_practitioner(s.c, S("Helene"), S("Le Goff"));
	id third = scene_practitioner(s.c, S("HÉLÈNE"), S("LE GOFF"));
	id elsewhere = scene_practitioner(&s.other, S("Hélène"), S("Le Goff"));
	id nameless = scene_practitioner(s.c, S("\U0001F600"), S("!"));
	struct practitioner p;
	str base;

	assert_ok(practitioner_get(s.c, first, &p));
	base = p.slug;
	assert_true(base.n > 0);
	assert_ok(practitioner_get(s.c, second, &p));
	assert_str(p.slug, str_cat(s.c->mem, base, S("-2")));
	assert_ok(practitioner_get(&s.other, elsewhere, &p));
	assert_str(p.slug, base);
	assert_ok(practitioner_get(s.c, nameless, &p));
	assert_str(p.slug, S("p"));
	assert_ok(practitioner_find_by_slug(s.c, str_cat(s.c->mem, base, S("-3")), &p));
	assert_int_equal(p.id, third);
	assert_err(practitioner_find_by_slug(s.c, S("../x"), &p), ERR_NOT_FOUND);

	p.family = S("Kermadec");
	assert_ok(practitioner_update(s.c, &p));
	assert_ok(practitioner_get(s.c, third, &p));
	assert_str(p.slug, str_cat(s.c->mem, base, S("-3")));
	assert_str(p.family, S("Kermadec"));
	assert_int_equal(scene_lines(s.c, S("practitioner.create")), 4);
	assert_int_equal(scene_lines(s.c, S("practitioner.update")), 1);
}

static void
a_name_is_shown_with_its_title(void **state)
{
	struct ctx *c = *state;

	assert_str(practitioner_name(c->mem, &(struct practitioner){ .title = S("Dre"),
	    .given = S("Claire"), .family = S("Martin") }), S("Dre Claire Martin"));
	assert_str(practitioner_name(c->mem, &(struct practitioner){ .family = S("Martin") }),
	    S("Martin"));
}

static void
the_list_goes_by_position_then_name(void **state)
{
	struct scene s = scene_begin(state);
	struct practitioner *list;
	size_t n;
	id petit = scene_practitioner(s.c, S("Jean"), S("Petit"));
	id bernard = scene_practitioner(s.c, S("Luc"), S("Bernard"));
	id zoe = scene_practitioner(s.c, S("Zoé"), S("Bernard"));
	struct practitioner first;

	assert_ok(practitioner_get(s.c, petit, &first));
	assert_ok(practitioner_list(s.c, false, &list, &n));
	assert_int_equal(n, 3);
	assert_int_equal(list[0].id, bernard);
	assert_int_equal(list[1].id, zoe);
	assert_int_equal(list[2].id, petit);
	list[0].position = 7;
	assert_ok(practitioner_update(s.c, &list[0]));
	assert_ok(practitioner_close(s.c, zoe));
	assert_ok(practitioner_list(s.c, false, &list, &n));
	assert_int_equal(n, 2);
	assert_int_equal(list[0].id, petit);
	assert_ok(practitioner_list(s.c, true, &list, &n));
	assert_int_equal(n, 3);
	assert_err(practitioner_close(s.c, zoe), ERR_NOT_FOUND);
}

static void
a_photo_is_known_by_its_first_bytes(void **state)
{
	struct scene s = scene_begin(state);
	id p = scene_practitioner(s.c, S("Claire"), S("Martin"));
	struct { str bytes, type; } good[] = {
		{ S("\x89PNG\r\n\x1a\n...\0..."), S("image/png") },
		{ S("\xff\xd8\xff\xe0...\0..."), S("image/jpeg") },
		{ S("RIFF\x10\0\0\0WEBPVP8 "), S("image/webp") },
	};
	str bad[] = { S("<svg onload=alert(1)>"), S("GIF89a"), S("RIFF\x10\0\0\0WAVE"), S("\xff\xd8"),
	    S("\x89PNG"), S("RIFF") };
	str type, bytes;

	assert_err(practitioner_photo_get(s.c, p, &type, &bytes), ERR_NOT_FOUND);
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_ok(practitioner_photo_set(s.c, p, good[i].bytes));
		assert_ok(practitioner_photo_get(s.c, p, &type, &bytes));
		assert_str(type, good[i].type);
		assert_str(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_err(practitioner_photo_set(s.c, p, bad[i]), ERR_INVALID);
	assert_ok(practitioner_photo_set(s.c, p, S("")));
	assert_err(practitioner_photo_get(s.c, p, &type, &bytes), ERR_NOT_FOUND);
}

static void
a_photo_of_exactly_the_limit_fits(void **state)
{
	struct scene s = scene_begin(state);
	id p = scene_practitioner(s.c, S("Claire"), S("Martin"));
	char *data = arena_alloc(s.c->mem, PRACTITIONER_PHOTO_BYTES_MAX + 1, 1);
	str type, bytes;

	memcpy(data, "\xff\xd8\xff\xe0", 4);
	assert_err(practitioner_photo_set(s.c, p,
	    (str){ data, PRACTITIONER_PHOTO_BYTES_MAX + 1 }), ERR_TOO_LARGE);
	assert_ok(practitioner_photo_set(s.c, p, (str){ data, PRACTITIONER_PHOTO_BYTES_MAX }));
	assert_ok(practitioner_photo_get(s.c, p, &type, &bytes));
	assert_int_equal(bytes.n, PRACTITIONER_PHOTO_BYTES_MAX);
}

static void
book(struct scene *s, id practitioner, int kind, int state_of_it, usec hold_until)
{
	id booking = ctx_id(s->c);

	assert_ok(db_run(s->c->db, SQL(
	    "INSERT INTO booking (org, id, kind, state, practitioner, site, start_at, end_at, lane,"
	    " hold_until, sequence, source, created_at, version)"
	    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, 0, 2, $10, 1)"),
	    BINDS(INT(s->org), INT(booking), INT(kind), INT(state_of_it), INT(practitioner),
	    INT(s->site), INT(s->c->now + USEC_PER_HOUR), INT(s->c->now + 2 * USEC_PER_HOUR),
	    REF(hold_until), INT(s->c->now)), NULL));
}

/* ux-22: nothing is lost silently. */
static void
one_with_appointments_to_come_is_not_closed(void **state)
{
	struct scene s = scene_begin(state);
	id p = scene_practitioner(s.c, S("Claire"), S("Martin"));

	book(&s, p, BOOKING_BLOCK, BOOKING_CONFIRMED, 0);
	book(&s, p, BOOKING_APPOINTMENT, BOOKING_CANCELLED, 0);
	book(&s, p, BOOKING_APPOINTMENT, BOOKING_HELD, s.c->now - 1);
	book(&s, p, BOOKING_APPOINTMENT, BOOKING_CONFIRMED, 0);
	assert_err(practitioner_close(s.c, p), ERR_CONFLICT);
	s.c->now += 2 * USEC_PER_HOUR;
	assert_ok(practitioner_close(s.c, p));
}

static void
one_who_is_being_booked_is_not_closed(void **state)
{
	struct scene s = scene_begin(state);
	id p = scene_practitioner(s.c, S("Claire"), S("Martin"));

	book(&s, p, BOOKING_APPOINTMENT, BOOKING_HELD, s.c->now + USEC_PER_MINUTE);
	assert_err(practitioner_close(s.c, p), ERR_CONFLICT);
	s.c->now += USEC_PER_MINUTE + 1;
	assert_ok(practitioner_close(s.c, p));
}

/* T6 */
static void
one_of_another_organisation_does_not_exist(void **state)
{
	struct scene s = scene_begin(state);
	id mine = scene_practitioner(s.c, S("Claire"), S("Martin"));
	struct practitioner p, *list;
	str type, bytes;
	size_t n;

	assert_ok(practitioner_photo_set(s.c, mine, S("\xff\xd8\xff\xe0")));
	assert_ok(practitioner_get(s.c, mine, &p));
	assert_err(practitioner_update(&s.other, &p), ERR_NOT_FOUND);
	assert_err(practitioner_close(&s.other, mine), ERR_NOT_FOUND);
	assert_err(practitioner_find_by_slug(&s.other, p.slug, &p), ERR_NOT_FOUND);
	assert_err(practitioner_get(&s.other, mine, &p), ERR_NOT_FOUND);
	assert_err(practitioner_photo_set(&s.other, mine, S("")), ERR_NOT_FOUND);
	assert_err(practitioner_photo_get(&s.other, mine, &type, &bytes), ERR_NOT_FOUND);
	assert_ok(practitioner_list(&s.other, true, &list, &n));
	assert_int_equal(n, 0);
	assert_ok(practitioner_photo_get(s.c, mine, &type, &bytes));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SQLITE(every_limit_names_its_field),
		cmocka_unit_test(languages_are_two_letters_with_commas_between),
		ENGINE_TEST_SQLITE(a_name_is_shown_with_its_title),
		ENGINE_TEST_SCHEMA(homonyms_get_numbers_and_keep_their_slug_for_ever),
		ENGINE_TEST_SCHEMA(the_list_goes_by_position_then_name),
		ENGINE_TEST_SCHEMA(a_photo_is_known_by_its_first_bytes),
		ENGINE_TEST_SCHEMA(a_photo_of_exactly_the_limit_fits),
		ENGINE_TEST_SCHEMA(one_with_appointments_to_come_is_not_closed),
		ENGINE_TEST_SCHEMA(one_who_is_being_booked_is_not_closed),
		ENGINE_TEST_SCHEMA(one_of_another_organisation_does_not_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
