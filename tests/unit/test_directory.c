/* test_directory.c - whom the public finds, and in which order; what it never finds. */
#include <pthread.h>
#include <stdio.h>

#include "practice/communes.h"
#include "practice/directory.h"
#include "practice/hours.h"
#include "practice/motive.h"
#include "practice/practitioner.h"
#include "scene.h"

/* Three in Nantes and Rezé, one of another practice in Lyon. */
struct town {
	struct scene	 s;
	struct ctx	*c;
	id		 martin, lefevre, petit, dupont, vaccination;
};

static id
somebody(struct ctx *c, str given, str family, str specialty)
{
	struct practitioner p = { .title = S("Dr"), .given = given, .family = family,
	    .specialty = specialty, .listed = true };
	id made;

	assert_ok(practitioner_create(c, &p, &made));
	return made;
}

static void
receives_at(struct ctx *c, id practitioner, id site)
{
	struct hours h = { .practitioner = practitioner, .site = site, .weekday = 1,
	    .start_minute = 9 * 60, .end_minute = 12 * 60 };
	id made, clash;

	assert_ok(hours_add(c, &h, &made, &clash));
}

static void
move_site(struct ctx *c, id site, str city, str postal_code)
{
	struct site s;

	assert_ok(site_get(c, site, &s));
	s.city = city;
	s.postal_code = postal_code;
	assert_ok(site_update(c, &s));
}

static struct town
town_begin(void **state)
{
	struct town t = { .s = scene_begin(state) };
	struct site lyon = { .name = S("Part-Dieu"), .city = S("Lyon"), .postal_code = S("69003") };
	id site;

	t.c = t.s.c;
	move_site(t.c, t.s.site, S("Nantes"), S("44000"));
	move_site(t.c, t.s.site_b, S("Saint-Herblain"), S("44800"));
	t.martin = somebody(t.c, S("Claire"), S("Martin"), S("Médecin généraliste"));
	t.lefevre = somebody(t.c, S("Hélène"), S("Lefèvre-Noël"), S("Masseuse-kinésithérapeute"));
	t.petit = somebody(t.c, S("Martine"), S("Petit"), S("Chirurgien-dentiste"));
	receives_at(t.c, t.martin, t.s.site);
	receives_at(t.c, t.lefevre, t.s.site_b);
	receives_at(t.c, t.petit, t.s.site);
	t.vaccination = scene_motive(t.c, S("Vaccination contre la grippe"));
	assert_ok(motive_set_practitioners(t.c, t.vaccination, &t.martin, 1));
	assert_ok(site_create(&t.s.other, &lyon, &site));
	t.dupont = somebody(&t.s.other, S("Jean"), S("Dupont"), S("Médecin généraliste"));
	receives_at(&t.s.other, t.dupont, site);
	t.c->org = 0;	/* a visitor has chosen no organisation */
	t.c->directory = directory_make();
	return t;
}

static void
town_end(struct town *t)
{
	directory_end(t->c->directory);
	t->c->directory = NULL;
}

static struct directory_found
ask(const struct town *t, const char *who, const char *where)
{
	struct directory_query q = { .who = str_c(who), .where = str_c(where) };
	struct directory_found found;

	assert_ok(directory_search(t->c, &q, &found));
	return found;
}

static void
assert_finds(const struct town *t, const char *who, const char *where, const id *want, size_t n)
{
	struct directory_found found = ask(t, who, where);

	if (found.n != n)
		fail_msg("\"%s\" at \"%s\" finds %zu, not %zu", who, where, found.n, n);
	assert_int_equal(found.total, n);
	for (size_t i = 0; i < n; i++)
		if (found.hits[i].practitioner != want[i])
			fail_msg("\"%s\" at \"%s\": another one in place %zu", who, where, i);
}
#define FINDS(t, who, where, ...) assert_finds((t), (who), (where), (id[]){ __VA_ARGS__ }, \
	COUNT(((id[]){ __VA_ARGS__ })))

static void
words_begin_words_whatever_their_accents(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);

	FINDS(&t, "lefevre", "", t.lefevre);
	FINDS(&t, "LEFÈVRE NOEL", "", t.lefevre);
	FINDS(&t, "noel hel", "", t.lefevre);
	FINDS(&t, "kine", "", t.lefevre);
	FINDS(&t, "chirurgien dentiste", "", t.petit);
	FINDS(&t, "le docteur martin à", "", t.martin, t.petit);
	assert_finds(&t, "evre", "", NULL, 0);
	assert_finds(&t, "martin kine", "", NULL, 0);
}

static void
names_come_before_specialties_and_practices_before_motives(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	id generalists[] = { t.dupont, t.martin };

	FINDS(&t, "grippe", "", t.martin);
	assert_finds(&t, "généraliste", "", generalists, 2);	/* by family name */
	t.c->org = t.s.org;
	id tilleul = somebody(t.c, S("Zoé"), S("Tilleul"), S("Orthophoniste"));
	t.c->org = 0;
	t.c->now += DIRECTORY_CHECK;
	struct directory_found found = ask(&t, "tilleul", "");

	/* Both organisations' names have the word too: their people come after the one so named. */
	assert_int_equal(found.n, 5);
	assert_int_equal(found.hits[0].practitioner, tilleul);
}

static void
one_typing_error_is_forgiven_last(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);

	FINDS(&t, "dupnot", "", t.dupont);	/* exchanged */
	FINDS(&t, "dupomt", "", t.dupont);	/* wrong */
	FINDS(&t, "duppont", "", t.dupont);	/* too many */
	FINDS(&t, "dpont", "", t.dupont);	/* missing */
	assert_finds(&t, "dpnot", "", NULL, 0);	/* two errors */
	assert_finds(&t, "dpt", "", NULL, 0);	/* too short to guess */
	assert_finds(&t, "bupont", "", NULL, 0);	/* the first letter is right */
	/* What is spelt right comes before what is nearly so, wherever it is. */
	t.c->org = t.s.org;
	id marton = somebody(t.c, S("Anne"), S("Aamarton"), S(""));
	id martyn = somebody(t.c, S("Anne"), S("Aamartyn"), S(""));
	t.c->org = 0;
	t.c->now += DIRECTORY_CHECK;
	FINDS(&t, "aamarton", "", marton, martyn);
}

static void
the_place_itself_comes_before_what_is_near_and_what_is_far_does_not_come(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	struct directory_found found;

	FINDS(&t, "", "Nantes", t.martin, t.petit, t.lefevre);
	assert_int_equal(ask(&t, "", "nantes").there, 2);
	FINDS(&t, "", "st herblain", t.lefevre, t.martin, t.petit);
	FINDS(&t, "", "44800", t.lefevre, t.martin, t.petit);
	FINDS(&t, "", "44800 Saint-Herblain", t.lefevre, t.martin, t.petit);
	FINDS(&t, "généraliste", "Lyon", t.dupont);
	FINDS(&t, "généraliste", "69", t.dupont);
	FINDS(&t, "généraliste", "Villeurbanne", t.dupont);	/* 69100, where nobody is */
	FINDS(&t, "kine", "orvault", t.lefevre);
	assert_int_equal(ask(&t, "kine", "Orvault").there, 0);
	found = ask(&t, "", "44300");
	assert_int_equal(found.there, 0);
	assert_int_equal(found.n, 3);
	assert_false(found.place_unknown);
}

static void
a_place_that_nobody_is_near_shows_everybody_and_says_so(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	struct directory_found found = ask(&t, "généraliste", "Atlantis");

	assert_true(found.place_unknown);
	assert_int_equal(found.n, 2);
	assert_int_equal(found.there, 0);
	assert_true(ask(&t, "", "97400").place_unknown);
	assert_false(ask(&t, "zzzz", "Atlantis").place_unknown);
}

static void
a_commune_is_known_by_its_whole_name(void **state)
{
	static const struct { const char *name, *postal_code; } some[] = {
		{ "aast", "64460" }, { "zuytpeene", "59670" },	/* the first and the last */
		{ "lyon", "69001" }, { "lyons la foret", "27480" }, { "oeuf en ternois", "62130" },
		{ "saint herblain", "44800" }, { "y", "80190" },
		{ "lyo", "" }, { "lyons", "" }, { "", "" }, { "a", "" }, { "zzz", "" }, { "Lyon", "" },
	};

	for (size_t i = 0; i < COUNT(some); i++) {
		str got = commune_postal_code(str_c(some[i].name));

		if (!str_eq(got, str_c(some[i].postal_code)))
			fail_msg("%s: %.*s", some[i].name, STR_FMT(got));
	}
	(void)state;
}

static void
a_hit_names_the_site_that_fits_and_the_motive_that_was_asked_for(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);

	t.c->org = t.s.org;
	struct hours tuesday = { .practitioner = t.martin, .site = t.s.site_b, .weekday = 2,
	    .start_minute = 9 * 60, .end_minute = 12 * 60 };
	id first = scene_motive(t.c, S("Consultation")), made, clash;

	assert_ok(motive_set_practitioners(t.c, first, &t.martin, 1));
	assert_ok(hours_add(t.c, &tuesday, &made, &clash));
	t.c->org = 0;
	struct directory_found found = ask(&t, "martin", "saint-herblain");

	assert_int_equal(found.hits[0].practitioner, t.martin);
	assert_int_equal(found.hits[0].site, t.s.site_b);
	assert_string_equal(str_z(t.c->mem, found.hits[0].org_slug), "tilleuls");
	assert_string_equal(str_z(t.c->mem, found.hits[0].zone), "Europe/Paris");
	assert_int_equal(found.hits[0].motives_n, 2);
	assert_int_equal(found.hits[0].motives[0], first);
	assert_int_equal(ask(&t, "grippe", "").hits[0].motives[0], t.vaccination);
}

static void
who_is_not_listed_is_not_found(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	struct practitioner p;

	t.c->org = t.s.org;
	assert_ok(practitioner_get(t.c, t.petit, &p));
	p.listed = false;
	assert_ok(practitioner_update(t.c, &p));
	assert_ok(practitioner_close(t.c, t.martin));
	t.c->org = 0;
	FINDS(&t, "", "", t.dupont, t.lefevre);
	assert_finds(&t, "grippe", "", NULL, 0);
}

static void
a_change_is_found_after_the_next_look_and_not_before(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	struct motive m;

	FINDS(&t, "grippe", "", t.martin);
	t.c->org = t.s.org;
	assert_ok(motive_get(t.c, t.vaccination, &m));
	m.online = false;
	assert_ok(scene_motive_save(t.c, &m));
	t.c->org = 0;
	t.c->now += DIRECTORY_CHECK - 1;
	FINDS(&t, "grippe", "", t.martin);
	t.c->now += 1;
	assert_finds(&t, "grippe", "", NULL, 0);
	assert_int_equal(ask(&t, "martin", "").hits[0].motives_n, 0);
}

static void
a_closed_organisation_is_gone(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);

	assert_int_equal(ask(&t, "dupont", "").n, 1);
	assert_ok(db_run(t.c->db, SQL("UPDATE org SET closed_at = $1 WHERE id = $2"),
	    BINDS(INT(t.c->now), INT(t.s.other.org)), NULL));
	t.c->now += DIRECTORY_CHECK;
	assert_finds(&t, "dupont", "", NULL, 0);
	FINDS(&t, "lefevre", "", t.lefevre);
}

static void
results_come_by_pages(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	struct directory_query q = { .who = S("orthoptiste") };
	struct directory_found found;

	t.c->org = t.s.org;
	for (int i = 0; i < DIRECTORY_PAGE + 3; i++)
		(void)somebody(t.c, S("Anne"), str_printf(t.c->mem, "Famille%02d", i), S("Orthoptiste"));
	t.c->org = 0;
	assert_ok(directory_search(t.c, &q, &found));
	assert_int_equal(found.n, DIRECTORY_PAGE);
	assert_int_equal(found.total, DIRECTORY_PAGE + 3);
	q.page = 1;
	assert_ok(directory_search(t.c, &q, &found));
	assert_int_equal(found.n, 3);
	assert_true(str_ends(found.hits[2].name, S("Famille22")));
	q.page = 2;
	assert_ok(directory_search(t.c, &q, &found));
	assert_int_equal(found.n, 0);
	q.page = DIRECTORY_PAGES_MAX;
	assert_err(directory_search(t.c, &q, &found), ERR_INVALID);
	q.page = -1;
	assert_err(directory_search(t.c, &q, &found), ERR_INVALID);
}

static void
nonsense_finds_nobody_and_hurts_nobody(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	str words = { NULL, 0 };

	for (int i = 0; i < 200; i++)
		words = str_cat(t.c->mem, words, S("martin "));
	struct directory_query q = { .who = words, .where = words };
	struct directory_found found;

	assert_ok(directory_search(t.c, &q, &found));
	assert_int_equal(found.total, 2);	/* further words are not looked at */
	assert_int_equal(ask(&t, "'; -- %_\\", "").total, 4);	/* no word at all: everybody */
	assert_int_equal(ask(&t, "\xff\xfe", "\xff").total, 4);
	assert_int_equal(ask(&t, "", "99999999999999999999").total, 4);
	assert_int_equal(ask(&t, "le la les", "").total, 4);
}

static void
without_an_index_the_answer_is_the_same(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	struct directory *kept = t.c->directory;

	t.c->directory = NULL;
	FINDS(&t, "", "Nantes", t.martin, t.petit, t.lefevre);
	t.c->directory = kept;
}

static void
a_storage_that_fails_is_said_and_forgotten(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	struct directory_query q = { .who = S("dupont") };
	struct directory_found found;
	int failed = 0;

	for (int n = 1; n < 40; n++) {
		db_fail_after(t.c->db, n);
		err e = directory_search(t.c, &q, &found);

		db_fail_after(t.c->db, 0);
		if (e == OK)
			break;
		assert_err(e, ERR_STORE);
		failed++;
	}
	assert_true(failed >= 5);	/* the organisations, and four readings of the first */
	FINDS(&t, "dupont", "", t.dupont);
}

struct asker { struct ctx c; struct arena mem; _Atomic int *wrong; };

static void *
ask_often(void *arg)
{
	struct asker *a = arg;

	for (int i = 0; i < 200; i++) {
		struct directory_query q = { .who = S("martin") };
		struct directory_found found;

		a->c.now += DIRECTORY_CHECK / 10;
		if (directory_search(&a->c, &q, &found) != OK || found.n != 2)
			atomic_fetch_add(a->wrong, 1);
		arena_reset(&a->mem);
	}
	db_close(a->c.db);
	arena_free(&a->mem);
	return NULL;
}

static void
many_ask_while_the_index_is_renewed(void **state)
{
	CLEANUP(town_end) struct town t = town_begin(state);
	struct asker askers[4];
	pthread_t threads[COUNT(askers)];
	_Atomic int wrong = 0;

	for (size_t i = 0; i < COUNT(askers); i++) {
		askers[i] = (struct asker){ .c = *t.c, .wrong = &wrong };
		askers[i].c.mem = &askers[i].mem;
		assert_ok(db_open(engine_store(t.c), &askers[i].c.db));
	}
	for (size_t i = 0; i < COUNT(askers); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_often, &askers[i]), 0);
	t.c->org = t.s.org;
	for (int i = 0; i < 20; i++)
		(void)scene_motive(t.c, str_printf(t.c->mem, "Motif %d", i));
	t.c->org = 0;
	for (size_t i = 0; i < COUNT(askers); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(words_begin_words_whatever_their_accents),
		ENGINE_TEST_SCHEMA(names_come_before_specialties_and_practices_before_motives),
		ENGINE_TEST_SCHEMA(one_typing_error_is_forgiven_last),
		ENGINE_TEST_SCHEMA(the_place_itself_comes_before_what_is_near_and_what_is_far_does_not_come),
		ENGINE_TEST_SCHEMA(a_place_that_nobody_is_near_shows_everybody_and_says_so),
		cmocka_unit_test(a_commune_is_known_by_its_whole_name),
		ENGINE_TEST_SCHEMA(a_hit_names_the_site_that_fits_and_the_motive_that_was_asked_for),
		ENGINE_TEST_SCHEMA(who_is_not_listed_is_not_found),
		ENGINE_TEST_SCHEMA(a_change_is_found_after_the_next_look_and_not_before),
		ENGINE_TEST_SCHEMA(a_closed_organisation_is_gone),
		ENGINE_TEST_SCHEMA(results_come_by_pages),
		ENGINE_TEST_SCHEMA(nonsense_finds_nobody_and_hurts_nobody),
		ENGINE_TEST_SCHEMA(without_an_index_the_answer_is_the_same),
		ENGINE_TEST_SCHEMA(a_storage_that_fails_is_said_and_forgotten),
		ENGINE_TEST_SCHEMA(many_ask_while_the_index_is_renewed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
