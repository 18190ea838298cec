/* test_person_search.c - a patient is found as people type (ux-3, ux-4), and only in one's own practice. */
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "practice/person_search.h"
#include "scene.h"

static id
add(struct ctx *c, str family, str given, str birth, str phone)
{
	struct person p = { .family = family, .given = given, .birth_date = birth, .phone = phone };
	id made;

	assert_ok(person_create(c, &p, &made));
	return made;
}

static size_t
found(struct ctx *c, str query, id *ret_first)
{
	struct person *list;
	bool more;
	size_t n;

	assert_ok(person_search(c, query, &list, &n, &more));
	if (ret_first != NULL)
		*ret_first = n > 0 ? list[0].id : 0;
	return n;
}

static struct scene
begin(void **state)
{
	struct scene s = scene_begin(state);

	s.c->people = person_index_make();
	s.other.people = s.c->people;
	return s;
}

static void
names_dates_and_phones_find_however_they_are_typed(void **state)
{
	struct scene s = begin(state);
	id lefevre = add(s.c, S("Lefèvre-Ménard"), S("Marie"), S("1980-03-12"), S("+33612345678")), first;
	static const char *const hits[] = { "lefevre", "LEFÈVRE", "marie lef", "lef 1203", "menard", "12031980",
	    "12/03/80", "12/03/1980", "lef 1980", "06 12 34", "0612345678", "5678", "lefevre-menard marie" };
	static const char *const misses[] = { "fevre", "marie 1303", "dupont", "lef 1981", "99", "1980 0312" };

	(void)add(s.c, S("Martin"), S("Paul"), S("1975-01-01"), (str){0});
	for (size_t i = 0; i < COUNT(hits); i++) {
		if (found(s.c, str_c(hits[i]), &first) != 1 || first != lefevre)
			fail_msg("not found by: %s", hits[i]);
	}
	for (size_t i = 0; i < COUNT(misses); i++)
		if (found(s.c, str_c(misses[i]), NULL) != 0)
			fail_msg("found by: %s", misses[i]);
	assert_int_equal(found(s.c, S("  "), NULL), 0);
	person_index_end(s.c->people);
}

static void
the_index_follows_new_and_changed_people(void **state)
{
	struct scene s = begin(state);
	id dupont = add(s.c, S("Dupont"), S("Marie"), (str){0}, (str){0}), first;
	struct person p;

	assert_int_equal(found(s.c, S("dup"), &first), 1);
	id second = add(s.c, S("Dupré"), S("Anne"), (str){0}, (str){0});
	assert_int_equal(found(s.c, S("dup"), &first), 2);
	assert_true(first == dupont);
	assert_ok(person_get(s.c, PURPOSE_DESK, second, &p));
	p.family = S("Kermarrec");
	assert_ok(person_update(s.c, &p));
	assert_int_equal(found(s.c, S("dup"), NULL), 1);
	assert_int_equal(found(s.c, S("kerm"), &first), 1);
	assert_true(first == second);
	person_index_end(s.c->people);
}

static void
another_practice_finds_nobody(void **state)
{
	struct scene s = begin(state);

	(void)add(s.c, S("Dupont"), S("Marie"), (str){0}, (str){0});
	assert_int_equal(found(s.c, S("dupont"), NULL), 1);
	assert_int_equal(found(&s.other, S("dupont"), NULL), 0);
	person_index_end(s.c->people);
}

static void
whose_name_begins_so_comes_first_and_too_many_are_told(void **state)
{
	struct scene s = begin(state);
	struct person *list;
	bool more;
	size_t n;

	for (int i = 0; i < PERSON_SEARCH_FOUND_MAX; i++)
		(void)add(s.c, str_printf(s.c->mem, "Arnaud%c", 'a' + i), S("Martin"), (str){0}, (str){0});
	assert_ok(person_search(s.c, S("martin"), &list, &n, &more));
	assert_int_equal(n, PERSON_SEARCH_FOUND_MAX);
	assert_false(more);
	id martin = add(s.c, S("Martin"), S("Zoé"), (str){0}, (str){0});
	assert_ok(person_search(s.c, S("martin"), &list, &n, &more));
	assert_int_equal(n, PERSON_SEARCH_FOUND_MAX);
	assert_true(more);
	assert_true(list[0].id == martin);
	person_index_end(s.c->people);
}

static void
who_may_not_open_names_finds_none(void **state)
{
	struct scene s = begin(state);
	struct person *list;
	bool more;
	size_t n;

	(void)add(s.c, S("Dupont"), S("Marie"), (str){0}, (str){0});
	assert_int_equal(found(s.c, S("dupont"), NULL), 1);
	/* The index knows, but what is found still passes the vault. */
	s.c->purposes = PURPOSE_BIT(PURPOSE_BOOK);
	assert_err(person_search(s.c, S("dupont"), &list, &n, &more), ERR_DENIED);
	person_index_end(s.c->people);
}

static void
limits_of_the_query_are_kept_and_no_index_is_needed(void **state)
{
	struct scene s = scene_begin(state);
	struct person *list;
	bool more;
	size_t n;
	char longest[PERSON_SEARCH_QUERY_MAX + 1];

	(void)add(s.c, S("Dupont"), S("Marie"), (str){0}, (str){0});
	assert_int_equal(found(s.c, S("dupont"), NULL), 1);
	memset(longest, 'a', sizeof(longest));
	assert_err(person_search(s.c, (str){ longest, sizeof(longest) }, &list, &n, &more), ERR_TOO_LARGE);
	assert_ok(person_search(s.c, (str){ longest, sizeof(longest) - 1 }, &list, &n, &more));
	assert_err(person_search(s.c, S("a b c d e f g h i"), &list, &n, &more), ERR_TOO_LARGE);
	assert_err(person_search(s.c, S("\xff"), &list, &n, &more), ERR_INVALID);
}

struct searcher { struct ctx c; struct arena mem; const char *query; size_t n; };

static void *
search(void *at)
{
	struct searcher *s = at;
	struct person *list;
	bool more;

	assert_ok(person_search(&s->c, str_c(s->query), &list, &s->n, &more));
	return NULL;
}

/*
 * The first search of a large practice reads everybody.  Here it is stopped in
 * the middle: it has to note what it opens, and the writing handle is ours.
 * Somebody of another practice searches meanwhile.
 */
static void
while_one_index_is_made_other_practices_search(void **state)
{
	struct scene s = begin(state);
	struct searcher slow = { .query = "martin" }, quick = { .query = "nobody" };
	struct db_tx tx = {0};
	struct timespec until;
	pthread_t threads[2];

	(void)add(s.c, S("Martin"), S("Paul"), S("1975-01-01"), (str){0});
	slow.c = *s.c;
	quick.c = s.other;
	slow.c.mem = &slow.mem;
	quick.c.mem = &quick.mem;
	assert_ok(db_open(engine_store(s.c), &slow.c.db));
	assert_ok(db_open(engine_store(s.c), &quick.c.db));
	assert_ok(db_begin(s.c->db, &tx));
	assert_int_equal(pthread_create(&threads[0], NULL, search, &slow), 0);
	(void)usleep(100 * 1000);
	assert_int_equal(pthread_create(&threads[1], NULL, search, &quick), 0);
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &until), 0);
	until.tv_sec += 20;
	assert_int_equal(pthread_timedjoin_np(threads[1], NULL, &until), 0);
	assert_int_equal(pthread_tryjoin_np(threads[0], NULL), EBUSY);
	db_tx_end(&tx);
	assert_int_equal(pthread_join(threads[0], NULL), 0);
	assert_int_equal(slow.n, 1);
	assert_int_equal(quick.n, 0);
	db_close(slow.c.db);
	db_close(quick.c.db);
	arena_free(&slow.mem);
	arena_free(&quick.mem);
	person_index_end(s.c->people);
}

static void
names_that_nobody_searches_leave_the_memory(void **state)
{
	struct scene s = begin(state);

	(void)add(s.c, S("Martin"), S("Paul"), S("1975-01-01"), (str){0});
	(void)add(&s.other, S("Durand"), S("Anne"), S("1975-01-01"), (str){0});
	assert_int_equal(person_index_size(s.c->people), 0);
	assert_int_equal(found(s.c, S("martin"), NULL), 1);
	assert_int_equal(person_index_size(s.c->people), 1);
	s.other.now += PERSON_INDEX_IDLE - USEC_PER_SECOND;
	assert_int_equal(found(&s.other, S("durand"), NULL), 1);
	person_index_rest(s.c->people, s.c->now + PERSON_INDEX_IDLE);
	assert_int_equal(person_index_size(s.c->people), 2);
	person_index_rest(s.c->people, s.c->now + PERSON_INDEX_IDLE + 1);
	assert_int_equal(person_index_size(s.c->people), 1);
	/* It is made again when it is asked for. */
	assert_int_equal(found(s.c, S("martin"), NULL), 1);
	assert_int_equal(found(&s.other, S("durand"), NULL), 1);
	assert_int_equal(person_index_size(s.c->people), 2);
	person_index_end(s.c->people);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST_SCHEMA(names_dates_and_phones_find_however_they_are_typed),
		ENGINE_TEST_SCHEMA(the_index_follows_new_and_changed_people),
		ENGINE_TEST_SCHEMA(another_practice_finds_nobody),
		ENGINE_TEST_SCHEMA(whose_name_begins_so_comes_first_and_too_many_are_told),
		ENGINE_TEST_SCHEMA(who_may_not_open_names_finds_none),
		ENGINE_TEST_SCHEMA(limits_of_the_query_are_kept_and_no_index_is_needed),
		ENGINE_CASE_(while_one_index_is_made_other_practices_search, sqlite, true),
		ENGINE_TEST_SCHEMA(names_that_nobody_searches_leave_the_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
