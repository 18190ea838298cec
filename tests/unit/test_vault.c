/* test_vault.c - nothing opens but at its own place, for a declared purpose, with its own key. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mint.h"
#include "store/db.h"
#include "vault/keys.h"

enum { ORG = 7001, OTHER_ORG = 7002, ANNE = 9001, BRUNO = 9002, CHLOE = 9003, ACCOUNT = 9100 };

struct scene {
	struct ctx	 c;		/* first: the recorder finds the scene behind its ctx */
	struct arena	 mem;
	struct mint	 mint;
	char		 dir[32];
	int		 records;	/* how often the recorder was asked */
	err		 answer;	/* and what it says */
	bool		 seals;		/* the recorder seals something itself */
	struct vault_opening last;
	id		 persons[8];
	id		 frozen;	/* the door refuses this person */
};

static err
recorder(struct ctx *c, const struct vault_opening *opening)
{
	struct scene *s = (struct scene *)c;
	str sealed;

	s->records++;
	s->last = *opening;
	for (size_t i = 0; i < opening->n && i < COUNT(s->persons); i++)
		s->persons[i] = opening->persons[i];
	for (size_t i = 0; i < opening->n; i++)
		if (opening->persons[i] == s->frozen)
			opening->verdicts[i] = ERR_FROZEN;
	if (s->seals)
		TRY(vault_seal(c, &(struct vault_place){ 0, 0, TABLE_AUDIT, FACET_ADMIN, 1, 1 },
		    S("seen"), &sealed));
	return s->answer;
}

static const char *
path(struct scene *s, const char *name)
{
	return str_z(&s->mem, str_printf(&s->mem, "%s/%s", s->dir, name));
}

static int
setup(void **state)
{
	struct scene *s = mem_alloc(1, sizeof(*s));

	memcpy(s->dir, "/tmp/vault-XXXXXX", sizeof("/tmp/vault-XXXXXX"));
	assert_non_null(mkdtemp(s->dir));
	mint_init(&s->mint, 1);
	assert_int_equal(vault_init(s->dir), OK);
	s->c = (struct ctx){ .mem = &s->mem, .mint = &s->mint, .org = ORG, .role = ROLE_SECRETARY,
	    .purposes = PURPOSE_BIT(PURPOSE_DESK) | PURPOSE_BIT(PURPOSE_MANAGE), .now = USEC_PER_DAY };
	assert_int_equal(vault_open_dir(s->dir, recorder, &s->c.vault), OK);
	assert_int_equal(vault_org_create(&s->c, ORG), OK);
	assert_int_equal(vault_org_create(&s->c, OTHER_ORG), OK);
	assert_int_equal(vault_person_create_many(&s->c, ORG, (id[]){ ANNE, BRUNO, CHLOE }, 3), OK);
	assert_int_equal(vault_person_create(&s->c, OTHER_ORG, ANNE), OK);
	assert_int_equal(vault_person_create(&s->c, 0, ACCOUNT), OK);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	static const char *const names[] = { "root.key", "keys.db", "keys.db-wal", "keys.db-shm" };
	struct scene *s = *state;

	vault_close(s->c.vault);
	for (size_t i = 0; i < COUNT(names); i++)
		(void)unlink(path(s, names[i]));
	assert_int_equal(rmdir(s->dir), 0);
	arena_free(&s->mem);
	mem_free(s);
	return 0;
}

static struct vault_place
at(id org, id person)
{
	return (struct vault_place){ org, person, TABLE_BOOKING, FACET_AGENDA, 55, 3 };
}

static str
sealed(struct scene *s, struct vault_place place, str clear)
{
	str envelope;

	assert_int_equal(vault_seal(&s->c, &place, clear, &envelope), OK);
	return envelope;
}

static err
opened(struct scene *s, struct vault_place place, str envelope, str *ret)
{
	return vault_open(&s->c, PURPOSE_DESK, &place, envelope, ret);
}

static void
assert_text(str got, str want)
{
	assert_true(str_eq(got, want));
}

/* What a thief of the disk sees: keys.db and its log, one after the other. */
static str
disk(struct scene *s)
{
	static const char *const names[] = { "keys.db", "keys.db-wal", "keys.db-shm" };
	struct stat st;
	str all = {0};

	for (size_t i = 0; i < COUNT(names); i++) {
		int fd = open(path(s, names[i]), O_RDONLY);

		if (fd < 0)
			continue;	/* not every engine state has a log */
		assert_int_equal(fstat(fd, &st), 0);
		char *p = arena_alloc(&s->mem, (size_t)st.st_size + 1, 1);
		assert_int_equal(read(fd, p, (size_t)st.st_size), st.st_size);
		(void)close(fd);
		all = str_cat(&s->mem, all, (str){ p, (size_t)st.st_size });
	}
	assert_true(all.n > 0);
	return all;
}

static void
a_text_comes_back_whole_from_its_own_place(void **state)
{
	struct scene *s = *state;
	str texts[] = { S(""), S("x"), S("Dupont\0Anne"), S("médecin traitant : Dr Ünal") }, clear;

	for (size_t i = 0; i < COUNT(texts); i++)
		for (enum vault_facet f = FACET_IDENTITY; f <= FACET_ACCOUNT; f++) {
			struct vault_place p = { ORG, ANNE, TABLE_PERSON, f, 4, 1 };

			assert_int_equal(opened(s, p, sealed(s, p, texts[i]), &clear), OK);
			assert_text(clear, texts[i]);
		}
}

static void
the_same_text_never_gives_the_same_envelope(void **state)
{
	struct scene *s = *state;

	assert_false(str_eq(sealed(s, at(ORG, ANNE), S("x")), sealed(s, at(ORG, ANNE), S("x"))));
}

static void
a_text_up_to_the_limit_is_sealed_and_one_byte_more_is_refused(void **state)
{
	struct scene *s = *state;
	str text = { arena_alloc(&s->mem, VAULT_CLEAR_BYTES_MAX + 1, 1), VAULT_CLEAR_BYTES_MAX }, ret;
	struct vault_place p = at(ORG, ANNE);

	assert_int_equal(opened(s, p, sealed(s, p, text), &ret), OK);
	assert_text(ret, text);
	text.n++;
	assert_int_equal(vault_seal(&s->c, &p, text, &ret), ERR_TOO_LARGE);
}

static void
an_envelope_moved_elsewhere_does_not_open(void **state)
{
	struct scene *s = *state;
	struct vault_place home = at(ORG, ANNE), moved[] = { home, home, home, home, home, home };
	str envelope = sealed(s, home, S("secret")), clear = S("untouched");

	moved[0].org = OTHER_ORG;	/* where Anne has a key, too */
	moved[1].person = BRUNO;
	moved[2].table = TABLE_PERSON;
	moved[3].facet = FACET_IDENTITY;
	moved[4].row++;
	moved[5].version--;		/* an old version put back */
	for (size_t i = 0; i < COUNT(moved); i++) {
		s->c.org = moved[i].org;
		assert_int_equal(opened(s, moved[i], envelope, &clear), ERR_SEALED);
	}
	assert_text(clear, S("untouched"));
}

/* T6: not even with a sound envelope and a purpose. */
static void
another_organisation_is_out_of_reach_but_for_jobs(void **state)
{
	struct scene *s = *state;
	struct vault_place home = at(ORG, ANNE);
	str envelope = sealed(s, home, S("secret")), clear = S("untouched");

	s->c.org = OTHER_ORG;
	assert_int_equal(opened(s, home, envelope, &clear), ERR_DENIED);
	assert_text(clear, S("untouched"));
	s->c.org = ORG;
	assert_int_equal(opened(s, home, envelope, &clear), OK);
}

static void
every_field_of_the_place_counts_even_under_one_key(void **state)
{
	struct scene *s = *state;
	struct vault_place home = at(ORG, ANNE), moved[] = { home, home, home, home, home, home };
	struct key key = { .bytes = { 1, 2, 3 } }, other = { .bytes = { 1, 2, 4 } };
	unsigned char *box = arena_alloc(&s->mem, VAULT_OVERHEAD_BYTES + 5, 1), clear[5];
	str whole = { (char *)box, VAULT_OVERHEAD_BYTES + 5 };

	memcpy(box + BOX_HEAD_BYTES, "hello", 5);
	keys_box_seal(&key, BOX_FIELD, &home, box, 5);
	moved[0].org = OTHER_ORG;
	moved[1].person = BRUNO;
	moved[2].table = TABLE_PERSON;
	moved[3].facet = FACET_IDENTITY;
	moved[4].row++;
	moved[5].version--;
	for (size_t i = 0; i < COUNT(moved); i++)
		assert_false(keys_box_open(&key, BOX_FIELD, &moved[i], whole, clear));
	assert_false(keys_box_open(&key, BOX_KEY, &home, whole, clear));
	assert_false(keys_box_open(&other, BOX_FIELD, &home, whole, clear));
	assert_true(keys_box_open(&key, BOX_FIELD, &home, whole, clear));
	assert_memory_equal(clear, "hello", 5);
}

static void
an_envelope_with_any_bit_flipped_does_not_open(void **state)
{
	struct scene *s = *state;
	str envelope = sealed(s, at(ORG, ANNE), S("secret")), clear;
	char *p = str_z(&s->mem, envelope);

	for (size_t i = 0; i < 8 * envelope.n; i++) {
		p[i / 8] = (char)(p[i / 8] ^ 1 << i % 8);
		assert_int_equal(opened(s, at(ORG, ANNE), (str){ p, envelope.n }, &clear), ERR_SEALED);
		p[i / 8] = (char)(p[i / 8] ^ 1 << i % 8);
	}
	assert_int_equal(opened(s, at(ORG, ANNE), (str){ p, envelope.n }, &clear), OK);
}

static void
an_envelope_cut_or_lengthened_does_not_open(void **state)
{
	struct scene *s = *state;
	str envelope = sealed(s, at(ORG, ANNE), S("secret")), clear;
	str longer = str_cat(&s->mem, envelope, envelope);

	for (size_t n = 0; n < envelope.n; n++)
		assert_int_equal(opened(s, at(ORG, ANNE), (str){ envelope.p, n }, &clear), ERR_SEALED);
	for (size_t n = envelope.n + 1; n <= longer.n; n++)
		assert_int_equal(opened(s, at(ORG, ANNE), (str){ longer.p, n }, &clear), ERR_SEALED);
}

static void
envelopes_do_not_tell_lengths_within_a_bucket(void **state)
{
	struct scene *s = *state;
	struct vault_place p = at(ORG, ANNE);
	str text = { arena_alloc(&s->mem, 1024, 1), 0 };

	for (text.n = 0; text.n < 200; text.n++)
		assert_int_equal(sealed(s, p, text).n, VAULT_OVERHEAD_BYTES + (text.n / 64 + 1) * 64);
	p.facet = FACET_CLINICAL;
	for (text.n = 0; text.n < 1024; text.n += 73)
		assert_int_equal(sealed(s, p, text).n, VAULT_OVERHEAD_BYTES + (text.n / 512 + 1) * 512);
}

static void
a_purpose_that_route_or_role_lacks_opens_nothing_and_is_not_recorded(void **state)
{
	struct scene *s = *state;
	struct vault_place p = at(ORG, ANNE);
	str envelope = sealed(s, p, S("secret")), clear = S("untouched");

	/* The secretary's role has it, the route did not declare it. */
	assert_int_equal(vault_open(&s->c, PURPOSE_BOOK, &p, envelope, &clear), ERR_DENIED);
	/* The route declared it, her role lacks it. */
	assert_int_equal(vault_open(&s->c, PURPOSE_MANAGE, &p, envelope, &clear), ERR_DENIED);
	s->c.purposes = UINT32_MAX;
	assert_int_equal(vault_open(&s->c, PURPOSE_NONE, &p, envelope, &clear), ERR_DENIED);
	s->c.role = ROLE_PUBLIC;
	assert_int_equal(vault_open(&s->c, PURPOSE_DESK, &p, envelope, &clear), ERR_DENIED);
	assert_int_equal(s->records, 0);
	assert_text(clear, S("untouched"));

	struct vault_item item = { .place = p, .envelope = envelope, .clear = S("stale") };
	assert_int_equal(vault_open_batch(&s->c, PURPOSE_DESK, &item, 1), ERR_DENIED);
	assert_int_equal(item.clear.n, 0);
	assert_int_equal(item.why, ERR_DENIED);
}

static void
an_opening_is_recorded_with_its_purpose_facet_and_person(void **state)
{
	struct scene *s = *state;
	str clear;

	assert_int_equal(opened(s, at(ORG, ANNE), sealed(s, at(ORG, ANNE), S("x")), &clear), OK);
	assert_int_equal(s->records, 1);
	assert_int_equal(s->last.purpose, PURPOSE_DESK);
	assert_int_equal(s->last.facet, FACET_AGENDA);
	assert_int_equal(s->last.n, 1);
	assert_int_equal(s->persons[0], ANNE);
}

static void
without_a_record_nothing_is_opened(void **state)
{
	struct scene *s = *state;
	str clear = S("untouched");

	s->answer = ERR_STORE;
	assert_int_equal(opened(s, at(ORG, ANNE), sealed(s, at(ORG, ANNE), S("x")), &clear), ERR_STORE);
	assert_int_equal(s->records, 1);
	assert_text(clear, S("untouched"));

	struct vault_item item = { .place = at(ORG, ANNE) };
	item.envelope = sealed(s, item.place, S("x"));
	assert_int_equal(vault_open_batch(&s->c, PURPOSE_DESK, &item, 1), ERR_STORE);
	assert_int_equal(item.clear.n, 0);
	assert_int_not_equal(item.why, OK);
}

static void
the_recorder_may_seal_what_it_writes(void **state)
{
	struct scene *s = *state;
	str clear;

	s->seals = true;
	assert_int_equal(opened(s, at(ORG, ANNE), sealed(s, at(ORG, ANNE), S("x")), &clear), OK);
	assert_int_equal(s->records, 1);
}

static void
what_is_about_nobody_leaves_no_record_but_an_account_does(void **state)
{
	struct scene *s = *state;
	str clear;

	assert_int_equal(opened(s, at(ORG, ORG), sealed(s, at(ORG, ORG), S("note")), &clear), OK);
	assert_text(clear, S("note"));
	assert_int_equal(opened(s, at(0, 0), sealed(s, at(0, 0), S("setting")), &clear), OK);
	assert_text(clear, S("setting"));
	assert_int_equal(s->records, 0);
	assert_int_equal(opened(s, at(0, ACCOUNT), sealed(s, at(0, ACCOUNT), S("login")), &clear), OK);
	assert_text(clear, S("login"));
	assert_int_equal(s->records, 1);
	assert_int_equal(s->persons[0], ACCOUNT);
}

static void
a_batch_opens_what_it_can_under_one_record_of_distinct_persons(void **state)
{
	struct scene *s = *state;
	struct vault_item items[7] = { { .place = at(ORG, CHLOE) }, { .place = at(ORG, ANNE) },
	    { .place = at(ORG, ORG) }, { .place = at(ORG, CHLOE) }, { .place = at(ORG, BRUNO) },
	    { .place = at(ORG, ANNE) }, { .place = at(ORG, ANNE) } };

	for (size_t i = 0; i < COUNT(items); i++)
		items[i].envelope = sealed(s, items[i].place, str_of_int(&s->mem, (int64_t)i));
	items[3].place.row++;
	assert_int_equal(vault_person_shred(&s->c, ORG, BRUNO), OK);

	assert_int_equal(vault_open_batch(&s->c, PURPOSE_DESK, items, COUNT(items)), OK);
	for (size_t i = 0; i < COUNT(items); i++)
		if (i == 3 || i == 4) {
			assert_int_equal(items[i].why, ERR_SEALED);
			assert_int_equal(items[i].clear.n, 0);
		} else {
			assert_int_equal(items[i].why, OK);
			assert_text(items[i].clear, str_of_int(&s->mem, (int64_t)i));
		}
	assert_int_equal(s->records, 1);
	assert_int_equal(s->last.n, 3);
	assert_int_equal(s->persons[0], ANNE);
	assert_int_equal(s->persons[1], BRUNO);
	assert_int_equal(s->persons[2], CHLOE);
}

static void
whom_the_door_refuses_stays_shut_alone(void **state)
{
	struct scene *s = *state;
	struct vault_item items[3] = { { .place = at(ORG, BRUNO) }, { .place = at(ORG, ANNE) },
	    { .place = at(ORG, BRUNO) } };
	str clear;

	for (size_t i = 0; i < COUNT(items); i++)
		items[i].envelope = sealed(s, items[i].place, S("x"));
	s->frozen = BRUNO;
	assert_int_equal(vault_open_batch(&s->c, PURPOSE_DESK, items, COUNT(items)), OK);
	assert_int_equal(items[0].why, ERR_FROZEN);
	assert_int_equal(items[0].clear.n, 0);
	assert_int_equal(items[1].why, OK);
	assert_text(items[1].clear, S("x"));
	assert_int_equal(items[2].why, ERR_FROZEN);
	assert_int_equal(opened(s, at(ORG, BRUNO), items[0].envelope, &clear), ERR_FROZEN);
}

static void
a_batch_of_two_facets_leaves_two_records(void **state)
{
	struct scene *s = *state;
	struct vault_item items[2] = { { .place = at(ORG, ANNE) }, { .place = at(ORG, ANNE) } };

	items[1].place.facet = FACET_CLINICAL;
	for (size_t i = 0; i < COUNT(items); i++)
		items[i].envelope = sealed(s, items[i].place, S("x"));
	assert_int_equal(vault_open_batch(&s->c, PURPOSE_DESK, items, COUNT(items)), OK);
	assert_int_equal(s->records, 2);
	assert_int_equal(s->last.facet, FACET_CLINICAL);
	assert_int_equal(items[1].why, OK);
}

static void
a_batch_has_a_largest_size_and_may_be_empty(void **state)
{
	struct scene *s = *state;
	struct vault_item *items = NEW_N(&s->mem, struct vault_item, VAULT_BATCH_MAX + 1);

	for (size_t i = 0; i <= VAULT_BATCH_MAX; i++)
		items[i] = (struct vault_item){ .place = at(ORG, ANNE), .envelope = S("short") };
	assert_int_equal(vault_open_batch(&s->c, PURPOSE_DESK, items, VAULT_BATCH_MAX + 1), ERR_TOO_LARGE);
	assert_int_equal(vault_open_batch(&s->c, PURPOSE_DESK, items, 0), OK);
	assert_int_equal(s->records, 0);
	assert_int_equal(vault_open_batch(&s->c, PURPOSE_DESK, items, VAULT_BATCH_MAX), OK);
	assert_int_equal(items[VAULT_BATCH_MAX - 1].why, ERR_SEALED);
}

static void
many_persons_get_their_keys_all_or_none(void **state)
{
	struct scene *s = *state;
	id *persons = NEW_N(&s->mem, id, VAULT_BATCH_MAX + 1);

	assert_int_equal(vault_person_create(&s->c, ORG, ANNE), ERR_CONFLICT);
	assert_int_equal(vault_person_create_many(&s->c, ORG, (id[]){ 1, ANNE, 2 }, 3), ERR_CONFLICT);
	assert_false(vault_person_exists(&s->c, ORG, 1));
	assert_int_equal(vault_person_create_many(&s->c, ORG, NULL, 0), OK);
	assert_int_equal(vault_person_create_many(&s->c, ORG, persons, VAULT_BATCH_MAX + 1), ERR_TOO_LARGE);
	for (size_t i = 0; i < VAULT_BATCH_MAX; i++)
		persons[i] = (id)(20000 + i);
	assert_int_equal(vault_person_create_many(&s->c, ORG, persons, VAULT_BATCH_MAX), OK);
	assert_true(vault_person_exists(&s->c, ORG, persons[0]));
	assert_true(vault_person_exists(&s->c, ORG, persons[VAULT_BATCH_MAX - 1]));
	assert_false(vault_person_exists(&s->c, OTHER_ORG, persons[0]));
}

static void
an_unknown_organisation_or_person_has_no_key(void **state)
{
	struct scene *s = *state;
	struct vault_place p = at(424242, ANNE);
	str ret;

	assert_int_equal(vault_person_create(&s->c, 424242, ANNE), ERR_NOT_FOUND);
	assert_int_equal(vault_seal(&s->c, &p, S("x"), &ret), ERR_SEALED);
	assert_int_equal(vault_blind(&s->c, 424242, BLIND_EMAIL, S("x"), &ret), ERR_SEALED);
	p = at(ORG, 424242);
	assert_int_equal(vault_seal(&s->c, &p, S("x"), &ret), ERR_SEALED);
	assert_int_equal(vault_org_create(&s->c, ORG), ERR_CONFLICT);
}

/* The wrapped key as keys.db holds it, read behind the vault's back. */
static str
wrapped_key(struct scene *s, id org, id person)
{
	struct store *store;
	struct db *db;
	struct db_rows *rows = NULL;

	assert_int_equal(store_open(path(s, "keys.db"), 1, &store), OK);
	assert_int_equal(db_open(store, &db), OK);
	assert_int_equal(db_read(db, SQL("SELECT wrapped FROM person_key WHERE org = $1 AND person = $2"),
	    BINDS(INT(org), INT(person)), &rows), OK);
	assert_int_equal(db_next(rows), OK);
	str box = db_text(rows, &s->mem, 0);
	db_rows_end(&rows);
	db_close(db);
	store_close(store);
	return box;
}

static void
a_shredded_person_is_noise_and_leaves_no_key_on_the_disk(void **state)
{
	struct scene *s = *state;
	str anne = sealed(s, at(ORG, ANNE), S("secret")), bruno = sealed(s, at(ORG, BRUNO), S("alive"));
	str key = wrapped_key(s, ORG, ANNE), clear;

	assert_int_equal(key.n, KEY_BOX_BYTES);
	assert_true(str_find_str(disk(s), str_slice(key, BOX_HEAD_BYTES, key.n)) >= 0);
	assert_true(vault_person_exists(&s->c, ORG, ANNE));
	assert_int_equal(vault_person_shred(&s->c, ORG, ANNE), OK);
	assert_false(vault_person_exists(&s->c, ORG, ANNE));
	str left = disk(s);
	for (size_t i = 0; i + 16 <= key.n; i += 16)	/* the version bytes are everybody's */
		assert_true(i < 10 || str_find_str(left, str_slice(key, i, i + 16)) < 0);

	assert_int_equal(opened(s, at(ORG, ANNE), anne, &clear), ERR_SEALED);
	struct vault_place p = at(ORG, ANNE);
	assert_int_equal(vault_seal(&s->c, &p, S("x"), &clear), ERR_SEALED);
	assert_int_equal(vault_person_shred(&s->c, ORG, ANNE), ERR_NOT_FOUND);
	assert_int_equal(opened(s, at(ORG, BRUNO), bruno, &clear), OK);
	assert_true(vault_person_exists(&s->c, OTHER_ORG, ANNE));

	/* A new key for the same person does not bring the old texts back. */
	assert_int_equal(vault_person_create(&s->c, ORG, ANNE), OK);
	assert_int_equal(opened(s, at(ORG, ANNE), anne, &clear), ERR_SEALED);
}

static void
a_wrapped_key_moved_to_another_person_does_not_unwrap(void **state)
{
	struct scene *s = *state;
	str envelope = sealed(s, at(ORG, ANNE), S("secret")), clear;
	str key = wrapped_key(s, ORG, ANNE);
	struct store *store;
	struct db *db;

	assert_int_equal(store_open(path(s, "keys.db"), 1, &store), OK);
	assert_int_equal(db_open(store, &db), OK);
	assert_int_equal(db_run(db, SQL("UPDATE person_key SET wrapped = $1 WHERE org = $2 AND person = $3"),
	    BINDS(BLOB(key), INT(ORG), INT(BRUNO)), NULL), OK);
	db_close(db);
	store_close(store);
	assert_int_equal(opened(s, at(ORG, BRUNO), envelope, &clear), ERR_SEALED);
	assert_int_equal(opened(s, at(ORG, ANNE), envelope, &clear), OK);
}

/* R70, T2: neither the key file nor its log, nor the envelopes, hold a word of what was sealed. */
static void
of_a_thousand_texts_none_is_found_on_the_disk(void **state)
{
	enum { TEXTS = 1000 };
	struct scene *s = *state;
	CLEANUP(buf_free) struct buf envelopes = buf_on_heap(1 << 20);
	str texts[TEXTS];

	for (int i = 0; i < TEXTS; i++) {
		texts[i] = str_printf(&s->mem, "canary %016llx", (unsigned long long)mint_chance(&s->mint));
		buf_add(&envelopes, sealed(s, at(ORG, i % 2 ? ANNE : BRUNO), texts[i]));
	}
	assert_true(buf_ok(&envelopes));
	str all = str_cat(&s->mem, disk(s), buf_str(&envelopes));
	for (int i = 0; i < TEXTS; i++)
		assert_true(str_find_str(all, texts[i]) < 0);
	assert_true(str_find_str(all, S("canary")) < 0);
}

struct crowd { struct ctx c; const struct vault_item *items; size_t n; int wrong; };

static void *
open_often(void *arg)
{
	struct crowd *w = arg;
	struct arena mem = {0};

	w->c.mem = &mem;
	for (int round = 0; round < 20; round++) {
		struct vault_item *copy = NEW_N(&mem, struct vault_item, w->n);

		memcpy(copy, w->items, w->n * sizeof(*copy));
		if (vault_open_batch(&w->c, PURPOSE_DESK, copy, w->n) != OK)
			w->wrong++;
		for (size_t i = 0; i < w->n; i++)
			if (copy[i].why != OK || !str_eq(copy[i].clear, S("shared")))
				w->wrong++;
		arena_reset(&mem);
	}
	arena_free(&mem);
	return NULL;
}

static void
many_threads_open_at_once(void **state)
{
	enum { THREADS = 8 };
	struct scene *s = *state;
	struct vault_item items[4] = { { .place = at(ORG, ANNE) }, { .place = at(ORG, BRUNO) },
	    { .place = at(ORG, CHLOE) }, { .place = at(0, ACCOUNT) } };
	struct crowd crowd[THREADS];
	pthread_t threads[THREADS];
	struct vault *shared;

	for (size_t i = 0; i < COUNT(items); i++)
		items[i].envelope = sealed(s, items[i].place, S("shared"));
	/* A vault just opened: the threads also race for the organisations' keys. */
	assert_int_equal(vault_open_dir(s->dir, NULL, &shared), OK);
	for (int i = 0; i < THREADS; i++) {
		crowd[i] = (struct crowd){ s->c, items, COUNT(items), 0 };
		crowd[i].c.vault = shared;
		assert_int_equal(pthread_create(&threads[i], NULL, open_often, &crowd[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(crowd[i].wrong, 0);
	vault_close(shared);
}

static void
a_thread_that_finds_no_handle_waits_for_one(void **state)
{
	struct scene *s = *state;
	struct vault_item item = { .place = at(ORG, ANNE), .envelope = sealed(s, at(ORG, ANNE), S("shared")) };
	struct vault silent = { .keys = s->c.vault->keys };	/* no recorder: it belongs to our thread */
	struct crowd late = { s->c, &item, 1, 0 };
	struct key_ring rings[KEYS_HANDLES_MAX];
	pthread_t thread;

	late.c.vault = &silent;
	for (size_t i = 0; i < COUNT(rings); i++)
		assert_int_equal(keys_ring_open(&s->c, &rings[i]), OK);
	assert_int_equal(pthread_create(&thread, NULL, open_often, &late), 0);
	(void)usleep(20 * 1000);	/* time enough to find none */
	for (size_t i = 0; i < COUNT(rings); i++)
		keys_ring_end(&rings[i]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(late.wrong, 0);
}

static void
more_organisations_than_are_kept_unwrapped_still_open(void **state)
{
	enum { ORGS = 600 };
	struct scene *s = *state;
	str envelopes[ORGS], clear;

	for (id i = 0; i < ORGS; i++) {
		assert_int_equal(vault_org_create(&s->c, 100000 + i), OK);
		envelopes[i] = sealed(s, at(100000 + i, 100000 + i), str_of_int(&s->mem, i));
	}
	for (id i = 0; i < ORGS; i++) {
		s->c.org = 100000 + i;
		assert_int_equal(opened(s, at(100000 + i, 100000 + i), envelopes[i], &clear), OK);
		assert_text(clear, str_of_int(&s->mem, i));
	}
}

static err
reopen(struct scene *s)
{
	vault_close(s->c.vault);
	s->c.vault = NULL;
	return vault_open_dir(s->dir, recorder, &s->c.vault);
}

static void
a_vault_opened_again_opens_what_was_sealed(void **state)
{
	struct scene *s = *state;
	str envelope = sealed(s, at(ORG, ANNE), S("still here")), clear;

	assert_int_equal(reopen(s), OK);
	assert_int_equal(opened(s, at(ORG, ANNE), envelope, &clear), OK);
	assert_text(clear, S("still here"));
}

static void
the_key_files_are_readable_by_their_owner_alone(void **state)
{
	struct scene *s = *state;
	struct stat st;

	assert_int_equal(stat(path(s, "root.key"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_int_equal(st.st_size, KEY_BYTES);
	assert_int_equal(stat(path(s, "keys.db"), &st), 0);
	assert_int_equal(st.st_mode & 0077, 0);

	static const mode_t loose[] = { 0444, 0440, 0404, 0420, 0401 };
	for (size_t i = 0; i < COUNT(loose); i++) {
		assert_int_equal(chmod(path(s, "root.key"), loose[i]), 0);
		assert_int_equal(reopen(s), ERR_DENIED);
	}
	assert_int_equal(chmod(path(s, "root.key"), 0400), 0);
	assert_int_equal(reopen(s), OK);
}

static void
root_write(struct scene *s, str bytes)
{
	assert_int_equal(unlink(path(s, "root.key")), 0);
	int fd = open(path(s, "root.key"), O_WRONLY | O_CREAT, 0400);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	(void)close(fd);
}

static void
a_wrong_damaged_or_missing_root_key_is_told_apart(void **state)
{
	struct scene *s = *state;

	root_write(s, S("thirty-two bytes of another key."));
	assert_int_equal(reopen(s), ERR_SEALED);
	root_write(s, S("a short one"));
	assert_int_equal(reopen(s), ERR_SEALED);
	assert_int_equal(unlink(path(s, "root.key")), 0);
	assert_int_equal(reopen(s), ERR_NOT_FOUND);
	assert_int_equal(mkdir(path(s, "root.key"), 0400), 0);
	assert_int_equal(reopen(s), ERR_DENIED);
	assert_int_equal(rmdir(path(s, "root.key")), 0);
	/* A link could lead to a file of somebody else's. */
	assert_int_equal(symlink("/etc/hostname", path(s, "root.key")), 0);
	assert_int_equal(reopen(s), ERR_IO);
	assert_int_equal(unlink(path(s, "root.key")), 0);
}

/* Made ahead and together, yet each is one person's alone, and on disk. */
static void
a_new_person_has_an_id_of_its_own_whose_key_is_on_disk(void **state)
{
	struct scene *s = *state;
	id persons[40], other;
	str clear, envelope;

	for (size_t i = 0; i < COUNT(persons); i++) {
		assert_int_equal(vault_person_new(&s->c, ORG, &persons[i]), OK);
		assert_true(vault_person_exists(&s->c, ORG, persons[i]));
		for (size_t k = 0; k < i; k++)
			assert_true(persons[k] != persons[i]);
	}
	assert_int_equal(vault_person_new(&s->c, OTHER_ORG, &other), OK);
	assert_true(vault_person_exists(&s->c, OTHER_ORG, other));
	assert_false(vault_person_exists(&s->c, ORG, other));
	envelope = sealed(s, at(ORG, persons[3]), S("x"));
	assert_int_equal(reopen(s), OK);
	assert_int_equal(opened(s, at(ORG, persons[3]), envelope, &clear), OK);
	assert_int_equal(vault_person_new(&s->c, 424242, &other), ERR_NOT_FOUND);
}

static void
a_missing_key_database_is_not_made_anew(void **state)
{
	struct scene *s = *state;

	vault_close(s->c.vault);
	s->c.vault = NULL;
	assert_int_equal(unlink(path(s, "keys.db")), 0);
	assert_int_equal(reopen(s), ERR_IO);
	assert_int_not_equal(access(path(s, "keys.db"), F_OK), 0);
}

static void
a_vault_is_never_made_over_another(void **state)
{
	struct scene *s = *state;
	str envelope = sealed(s, at(ORG, ANNE), S("x")), clear;

	assert_int_equal(vault_init(s->dir), ERR_CONFLICT);
	assert_int_equal(reopen(s), OK);
	assert_int_equal(opened(s, at(ORG, ANNE), envelope, &clear), OK);

	/* keys.db alone: its root key is lost or elsewhere, and stays the only right one. */
	assert_int_equal(rename(path(s, "root.key"), path(s, "aside")), 0);
	assert_int_equal(vault_init(s->dir), ERR_CONFLICT);
	assert_int_not_equal(access(path(s, "root.key"), F_OK), 0);
	assert_int_equal(rename(path(s, "aside"), path(s, "root.key")), 0);
	assert_int_equal(reopen(s), OK);
	assert_int_equal(opened(s, at(ORG, ANNE), envelope, &clear), OK);
	assert_int_equal(vault_init("/tmp/no/such/directory"), ERR_IO);
}

static void
a_blind_index_differs_by_organisation_column_and_value(void **state)
{
	struct scene *s = *state;
	str mail = S("anne@example.org"), a, b;

	assert_int_equal(vault_blind(&s->c, ORG, BLIND_EMAIL, mail, &a), OK);
	assert_int_equal(a.n, 16);
	assert_int_equal(reopen(s), OK);
	assert_int_equal(vault_blind(&s->c, ORG, BLIND_EMAIL, mail, &b), OK);
	assert_text(a, b);
	assert_int_equal(vault_blind(&s->c, OTHER_ORG, BLIND_EMAIL, mail, &b), OK);
	assert_false(str_eq(a, b));
	assert_int_equal(vault_blind(&s->c, ORG, BLIND_LOGIN, mail, &b), OK);
	assert_false(str_eq(a, b));
	assert_int_equal(vault_blind(&s->c, ORG, BLIND_EMAIL, S("anne@example.com"), &b), OK);
	assert_false(str_eq(a, b));
	assert_int_equal(vault_blind(&s->c, ORG, BLIND_EMAIL, (str){0}, &b), OK);
	assert_false(str_eq(a, b));
}

static void
a_mac_depends_on_label_message_and_where_one_ends(void **state)
{
	struct scene *s = *state;
	str a, b;

	assert_int_equal(vault_mac(&s->c, S("code"), S("123456"), &a), OK);
	assert_int_equal(a.n, 32);
	assert_int_equal(vault_mac(&s->c, S("code"), S("123456"), &b), OK);
	assert_text(a, b);
	assert_int_equal(vault_mac(&s->c, S("code1"), S("23456"), &b), OK);
	assert_false(str_eq(a, b));
	assert_int_equal(vault_mac(&s->c, S("code"), S("123457"), &b), OK);
	assert_false(str_eq(a, b));
	assert_int_equal(vault_mac(&s->c, S("form"), S("123456"), &b), OK);
	assert_false(str_eq(a, b));
	/* A label that imitates the framing of the message that follows it. */
	assert_int_equal(vault_mac(&s->c, S("code"), S("\0\0\0\0\0\0\0\0"), &a), OK);
	assert_int_equal(vault_mac(&s->c, S("code\0\0\0\0\0\0\0\10"), S(""), &b), OK);
	assert_false(str_eq(a, b));
	assert_int_equal(vault_mac(&s->c, (str){0}, (str){0}, &b), OK);
	assert_int_equal(b.n, 32);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_text_comes_back_whole_from_its_own_place),
		TEST(the_same_text_never_gives_the_same_envelope),
		TEST(a_text_up_to_the_limit_is_sealed_and_one_byte_more_is_refused),
		TEST(an_envelope_moved_elsewhere_does_not_open),
		TEST(another_organisation_is_out_of_reach_but_for_jobs),
		TEST(every_field_of_the_place_counts_even_under_one_key),
		TEST(an_envelope_with_any_bit_flipped_does_not_open),
		TEST(an_envelope_cut_or_lengthened_does_not_open),
		TEST(envelopes_do_not_tell_lengths_within_a_bucket),
		TEST(a_purpose_that_route_or_role_lacks_opens_nothing_and_is_not_recorded),
		TEST(an_opening_is_recorded_with_its_purpose_facet_and_person),
		TEST(without_a_record_nothing_is_opened),
		TEST(the_recorder_may_seal_what_it_writes),
		TEST(what_is_about_nobody_leaves_no_record_but_an_account_does),
		TEST(a_batch_opens_what_it_can_under_one_record_of_distinct_persons),
		TEST(whom_the_door_refuses_stays_shut_alone),
		TEST(a_batch_of_two_facets_leaves_two_records),
		TEST(a_batch_has_a_largest_size_and_may_be_empty),
		TEST(many_persons_get_their_keys_all_or_none),
		TEST(a_new_person_has_an_id_of_its_own_whose_key_is_on_disk),
		TEST(an_unknown_organisation_or_person_has_no_key),
		TEST(a_shredded_person_is_noise_and_leaves_no_key_on_the_disk),
		TEST(a_wrapped_key_moved_to_another_person_does_not_unwrap),
		TEST(of_a_thousand_texts_none_is_found_on_the_disk),
		TEST(many_threads_open_at_once),
		TEST(a_thread_that_finds_no_handle_waits_for_one),
		TEST(more_organisations_than_are_kept_unwrapped_still_open),
		TEST(a_vault_opened_again_opens_what_was_sealed),
		TEST(the_key_files_are_readable_by_their_owner_alone),
		TEST(a_wrong_damaged_or_missing_root_key_is_told_apart),
		TEST(a_missing_key_database_is_not_made_anew),
		TEST(a_vault_is_never_made_over_another),
		TEST(a_blind_index_differs_by_organisation_column_and_value),
		TEST(a_mac_depends_on_label_message_and_where_one_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
