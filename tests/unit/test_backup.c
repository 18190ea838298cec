/* test_backup.c - what was saved comes back, proven; what is not sound leaves nothing behind. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/backup.h"
#include "app/file.h"
#include "folder.h"

/* A filled folder, its backup beside it, and the kit that opens it. */
struct saved {
	struct folder	 from;
	char		*out, *kit, *to;
};

static void
save(struct saved *s)
{
	struct backup_made made;
	str why = {0};

	folder_begin(&s->from);
	folder_open(&s->from, NULL);
	(void)folder_fill(&s->from, folder_small());
	s->out = file_join(&s->from.mem, s->from.path, "backup");
	s->kit = file_join(&s->from.mem, s->from.path, FOLDER_KIT);
	s->to = file_join(&s->from.mem, s->from.path, "restored");
	/* The server keeps running on the folder. */
	struct backup_options o = { .dir = s->from.path, .out = s->out, .now = s->from.c.now };
	assert_ok(backup_make(&s->from.mem, &o, &made, &why));
	assert_false(made.keys_only);
}

static err
bring_back(struct saved *s, const char *from, const char *kit, struct restore_proof *ret, str *ret_why)
{
	struct restore_options o = { .from = from, .kit = kit, .dir = s->to };

	return restore_run(&s->from.mem, &o, ret, ret_why);
}

static void
refused(struct saved *s, err want, const char *says)
{
	struct restore_proof proof;
	str why = {0};

	assert_err(bring_back(s, s->out, s->kit, &proof, &why), want);
	if (str_find_str(why, str_c(says)) < 0)
		fail_msg("said \"%.*s\", not \"%s\"", STR_FMT(why), says);
	assert_false(file_exists(s->to));	/* nothing is left */
}

static void
a_backup_comes_back_and_is_proven(void **state)
{
	struct saved s;
	struct restore_proof proof;
	struct server *server;
	struct db *db;
	str why = {0};
	int64_t n;

	(void)state;
	save(&s);
	assert_ok(bring_back(&s, s.out, s.kit, &proof, &why));
	assert_true(proof.opened);
	assert_true(proof.rows > 700);
	struct server_options o = { .dir = s.to, .handles = 1 };
	assert_ok(server_open(&s.from.mem, &o, &server, &why));
	assert_ok(db_open(server->store, &db));
	assert_ok(db_one_int(db, SQL("SELECT COUNT(*) FROM booking WHERE kind = 1"), NULL, 0, &n));
	assert_int_equal(n, folder_small().appointments);
	db_close(db);
	server_close(&server);
	folder_end(&s.from);
}

static void
a_backup_does_not_hold_what_can_be_read(void **state)
{
	struct saved s;
	str data;

	(void)state;
	save(&s);
	assert_ok(file_read(&s.from.mem, archive_path(&s.from.mem, s.out, ARCHIVE_DATA), 64 << 20, &data));
	assert_true(str_find_str(data, S("SQLite format 3")) < 0);
	assert_true(str_find_str(data, S("cabinet-des-tilleuls")) < 0);
	assert_false(file_exists(file_join(&s.from.mem, s.from.path, "backup.data.copy")));
	folder_end(&s.from);
}

static void
a_backup_is_never_written_over(void **state)
{
	struct saved s;
	struct backup_made made;
	struct stat before, after;
	str why = {0};

	(void)state;
	save(&s);
	struct backup_options o = { .dir = s.from.path, .out = s.out, .now = s.from.c.now };
	const char *data = archive_path(&s.from.mem, s.out, ARCHIVE_DATA);
	assert_int_equal(stat(data, &before), 0);
	assert_err(backup_make(&s.from.mem, &o, &made, &why), ERR_CONFLICT);
	assert_int_equal(stat(data, &after), 0);
	assert_int_equal(after.st_mtime, before.st_mtime);
	assert_int_equal(after.st_size, before.st_size);
	folder_end(&s.from);
}

static void
another_kit_opens_nothing(void **state)
{
	struct saved s;
	struct folder stranger;

	(void)state;
	save(&s);
	folder_begin(&stranger);
	folder_open(&stranger, NULL);
	s.kit = file_join(&stranger.mem, stranger.path, FOLDER_KIT);
	refused(&s, ERR_SEALED, "sealed to another kit");
	folder_end(&stranger);
	folder_end(&s.from);
}

/* Write the kit again with one change. */
static void
kit_edit(struct saved *s, str find, const char *replace)
{
	struct buf b = buf_in(&s->from.mem, 65536);
	str text;

	assert_ok(file_read(&s->from.mem, s->kit, 65536, &text));
	ptrdiff_t at = str_find_str(text, find);
	assert_true(at > 0);
	buf_add(&b, str_slice(text, 0, (size_t)at));
	buf_add(&b, str_c(replace));
	buf_add(&b, str_slice(text, (size_t)at + find.n, text.n));
	s->kit = file_join(&s->from.mem, s->from.path, "edited-kit.txt");
	assert_ok(file_write(&s->from.mem, s->kit, buf_str(&b), 0600));
}

static void
a_kit_with_a_typing_mistake_is_told_so(void **state)
{
	struct saved s;
	const char *whole;

	(void)state;
	save(&s);
	whole = s.kit;
	kit_edit(&s, S("recovery-key: "), "recovery-key: A");
	refused(&s, ERR_INVALID, "typing mistake");
	s.kit = str_z(&s.from.mem, str_c(whole));
	kit_edit(&s, S("root-key: "), "rot-key: ");
	refused(&s, ERR_INVALID, "is no recovery kit");
	s.kit = str_z(&s.from.mem, S("/nonexistent"));
	refused(&s, ERR_NOT_FOUND, "cannot be read");
	folder_end(&s.from);
}

static void
a_file_cut_short_anywhere_is_noticed(void **state)
{
	struct saved s;
	struct stat st;

	(void)state;
	save(&s);
	const char *data = archive_path(&s.from.mem, s.out, ARCHIVE_DATA);
	assert_int_equal(stat(data, &st), 0);
	const off_t cuts[] = { st.st_size - 1, st.st_size - 65536, 65536 + 200, 100, 0 };
	for (size_t i = 0; i < COUNT(cuts); i++) {
		assert_int_equal(truncate(data, cuts[i]), 0);
		refused(&s, ERR_SEALED, "cut short");
	}
	assert_int_equal(unlink(data), 0);
	refused(&s, ERR_NOT_FOUND, "cannot be read");
	folder_end(&s.from);
}

static void
one_changed_byte_is_noticed(void **state)
{
	struct saved s;

	(void)state;
	save(&s);
	FILE *f = fopen(archive_path(&s.from.mem, s.out, ARCHIVE_KEYS), "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, 5000, SEEK_SET), 0);
	int byte = fgetc(f);
	assert_int_equal(fseek(f, 5000, SEEK_SET), 0);
	assert_int_not_equal(fputc(byte ^ 1, f), EOF);
	assert_int_equal(fclose(f), 0);
	refused(&s, ERR_SEALED, "damaged");
	folder_end(&s.from);
}

static void
archives_that_were_swapped_are_refused(void **state)
{
	struct saved s;

	(void)state;
	save(&s);
	const char *data = archive_path(&s.from.mem, s.out, ARCHIVE_DATA);
	const char *keys = archive_path(&s.from.mem, s.out, ARCHIVE_KEYS);
	const char *aside = file_join(&s.from.mem, s.from.path, "aside");
	assert_int_equal(rename(data, aside), 0);
	assert_int_equal(rename(keys, data), 0);
	assert_int_equal(rename(aside, keys), 0);
	refused(&s, ERR_SEALED, "does not open");
	folder_end(&s.from);
}

static void
data_of_one_server_with_keys_of_another_are_refused(void **state)
{
	struct saved s, other;

	(void)state;
	save(&s);
	save(&other);
	/* Sealed to the same kit, so that the archives themselves open. */
	struct backup_made made;
	str why = {0}, public;
	assert_ok(file_read(&s.from.mem, file_join(&s.from.mem, s.from.path, FOLDER_PUBLIC), 4096, &public));
	assert_ok(file_write(&s.from.mem, file_join(&s.from.mem, other.from.path, FOLDER_PUBLIC), public, 0644));
	struct backup_options o = { .dir = other.from.path, .now = s.from.c.now,
		.out = file_join(&s.from.mem, s.from.path, "other") };
	assert_ok(backup_make(&s.from.mem, &o, &made, &why));
	assert_int_equal(rename(archive_path(&s.from.mem, o.out, ARCHIVE_KEYS),
	    archive_path(&s.from.mem, s.out, ARCHIVE_KEYS)), 0);
	struct restore_proof proof;
	assert_int_not_equal(bring_back(&s, s.out, s.kit, &proof, &why), OK);
	assert_false(file_exists(s.to));
	folder_end(&other.from);
	folder_end(&s.from);
}

static void
a_folder_that_is_not_empty_is_left_as_it_is(void **state)
{
	struct saved s;
	struct restore_proof proof;
	str why = {0};

	(void)state;
	save(&s);
	assert_int_equal(mkdir(s.to, 0700), 0);
	const char *mine = file_join(&s.from.mem, s.to, "mine");
	assert_ok(file_write(&s.from.mem, mine, S("mine"), 0600));
	assert_err(bring_back(&s, s.out, s.kit, &proof, &why), ERR_CONFLICT);
	assert_true(file_exists(mine));
	assert_false(file_exists(file_join(&s.from.mem, s.to, FOLDER_ROOT)));
	folder_end(&s.from);
}

static void
with_postgresql_only_the_keys_are_saved_and_it_is_said(void **state)
{
	struct folder f;
	struct backup_made made;
	str why = {0};

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	struct backup_options o = { .dir = f.path, .store = engine_where(*state), .now = f.c.now,
		.out = file_join(&f.mem, f.path, "backup") };
	assert_ok(backup_make(&f.mem, &o, &made, &why));
	assert_true(made.keys_only);
	assert_true(file_exists(archive_path(&f.mem, o.out, ARCHIVE_KEYS)));
	assert_false(file_exists(archive_path(&f.mem, o.out, ARCHIVE_DATA)));
	folder_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backup_comes_back_and_is_proven),
		cmocka_unit_test(a_backup_does_not_hold_what_can_be_read),
		cmocka_unit_test(a_backup_is_never_written_over),
		cmocka_unit_test(another_kit_opens_nothing),
		cmocka_unit_test(a_kit_with_a_typing_mistake_is_told_so),
		cmocka_unit_test(a_file_cut_short_anywhere_is_noticed),
		cmocka_unit_test(one_changed_byte_is_noticed),
		cmocka_unit_test(archives_that_were_swapped_are_refused),
		cmocka_unit_test(data_of_one_server_with_keys_of_another_are_refused),
		cmocka_unit_test(a_folder_that_is_not_empty_is_left_as_it_is),
		ENGINE_TEST_POSTGRES(with_postgresql_only_the_keys_are_saved_and_it_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
