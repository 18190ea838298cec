/* test_backup.c - what was saved comes back, proven; what is not sound leaves nothing behind. */
#include <pthread.h>
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

/* --- PostgreSQL: the way back leads into another schema of the same database --- */

struct saved_tables { struct saved s; const char *store, *to_store; };

static void
save_tables(struct saved_tables *t, struct ctx *c)
{
	struct saved *s = &t->s;
	struct backup_made made;
	str why = {0};

	engine_must(c->db, SQL("CREATE SCHEMA back"));
	folder_begin(&s->from);
	t->store = engine_where(c);
	t->to_store = str_z(&s->from.mem, str_printf(&s->from.mem, "%s&options=-csearch_path%%3Dback", t->store));
	folder_open(&s->from, t->store);
	(void)folder_fill(&s->from, folder_small());
	s->out = file_join(&s->from.mem, s->from.path, "backup");
	s->kit = file_join(&s->from.mem, s->from.path, FOLDER_KIT);
	s->to = file_join(&s->from.mem, s->from.path, "restored");
	struct backup_options o = { .dir = s->from.path, .store = t->store, .out = s->out, .now = s->from.c.now };
	assert_ok(backup_make(&s->from.mem, &o, &made, &why));
}

static err
bring_tables(struct saved_tables *t, const char *to_store, struct restore_proof *ret, str *ret_why)
{
	struct restore_options o = { .from = t->s.out, .kit = t->s.kit, .dir = t->s.to, .store = to_store };

	return restore_run(&t->s.from.mem, &o, ret, ret_why);
}

static int64_t
count(struct db *db, struct sql sql)
{
	int64_t n = -1;

	assert_ok(db_one_int(db, sql, NULL, 0, &n));
	return n;
}

#define MORE(a, b, t) { "SELECT COUNT(*) FROM (SELECT * FROM " a "." t " EXCEPT ALL SELECT * FROM " b "." t ") x" }
#define TABLE(t) { #t, MORE("public", "back", #t), MORE("back", "public", #t) }

static void
a_postgresql_database_comes_back_row_for_row(void **state)
{
	static const struct { const char *name; struct sql lost, gained; } tables[] = {
		TABLE(org), TABLE(site), TABLE(practitioner), TABLE(motive), TABLE(motive_practitioner),
		TABLE(resource), TABLE(motive_resource), TABLE(hours), TABLE(hours_motive), TABLE(absence),
		TABLE(absence_except), TABLE(person), TABLE(booking), TABLE(busy), TABLE(seat), TABLE(draft),
		TABLE(account), TABLE(membership), TABLE(recovery_code), TABLE(session), TABLE(api_token),
		TABLE(ticket), TABLE(throttle), TABLE(outbox), TABLE(task), TABLE(audit), TABLE(opening),
		TABLE(idempotency), TABLE(job), TABLE(reminded), TABLE(consent_text), TABLE(consent),
		TABLE(restriction), TABLE(reading_alarm), TABLE(policy_version), TABLE(agenda_column),
		TABLE(undo_step), TABLE(audit_check), TABLE(audit_tile), TABLE(audit_checkpoint),
	};
	struct saved_tables t;
	struct restore_proof proof;
	struct ctx *c = *state;
	str why = {0};

	save_tables(&t, c);
	err e = bring_tables(&t, t.to_store, &proof, &why);
	if (e != OK)
		fail_msg("%.*s", STR_FMT(why));
	assert_true(proof.opened);
	assert_true(proof.rows > 700);
	assert_int_equal(COUNT(tables), count(c->db, SQL("SELECT COUNT(*) FROM pg_tables"
	    " WHERE schemaname = 'back' AND tablename <> 'schema_step'")));
	for (size_t i = 0; i < COUNT(tables); i++) {
		int64_t gained = count(c->db, tables[i].gained);

		if (count(c->db, tables[i].lost) != 0)
			fail_msg("rows of %s are lost", tables[i].name);
		/* The proof opened one row, and the log of openings says so. */
		assert_int_equal(gained, strcmp(tables[i].name, "opening") == 0 ? 1 : 0);
	}
	assert_true(count(c->db, SQL("SELECT COUNT(*) FROM back.booking")) > 700);
	assert_false(file_exists(file_join(&t.s.from.mem, t.s.to, ARCHIVE_TABLES)));
	folder_end(&t.s.from);
}

static void
a_backup_of_postgresql_does_not_hold_what_can_be_read(void **state)
{
	struct saved_tables t;
	str data;

	save_tables(&t, *state);
	assert_ok(file_read(&t.s.from.mem, archive_path(&t.s.from.mem, t.s.out, ARCHIVE_DATA), 64 << 20, &data));
	assert_true(data.n > 100000);
	assert_true(str_find_str(data, S("serment tables")) < 0);
	assert_true(str_find_str(data, S("cabinet-des-tilleuls")) < 0);
	assert_true(str_find_str(data, S("practitioner")) < 0);
	assert_false(file_exists(file_join(&t.s.from.mem, t.s.from.path, "backup.data.copy")));
	folder_end(&t.s.from);
}

static void
a_database_that_is_not_empty_is_left_as_it_is(void **state)
{
	struct saved_tables t;
	struct restore_proof proof;
	struct ctx *c = *state;
	str why = {0};

	save_tables(&t, c);
	int64_t before = count(c->db, SQL("SELECT COUNT(*) FROM booking"));
	assert_err(bring_tables(&t, t.store, &proof, &why), ERR_CONFLICT);
	assert_true(str_find_str(why, S("holds rows already")) >= 0);
	assert_int_equal(count(c->db, SQL("SELECT COUNT(*) FROM booking")), before);
	assert_false(file_exists(t.s.to));
	engine_must(c->db, SQL("CREATE TABLE back.mine (id BIGINT)"));
	engine_must(c->db, SQL("INSERT INTO back.mine VALUES (1)"));
	assert_err(bring_tables(&t, t.to_store, &proof, &why), ERR_CONFLICT);
	assert_int_equal(count(c->db, SQL("SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'back'")), 1);
	folder_end(&t.s.from);
}

static void
a_backup_goes_back_to_the_engine_that_it_is_of(void **state)
{
	struct saved_tables t;
	struct saved sqlite;
	struct restore_proof proof;
	str why = {0};

	save_tables(&t, *state);
	assert_err(bring_tables(&t, NULL, &proof, &why), ERR_CONFLICT);
	assert_true(str_find_str(why, S("with --store")) >= 0);
	assert_false(file_exists(t.s.to));
	save(&sqlite);
	struct restore_options o = { .from = sqlite.out, .kit = sqlite.kit, .dir = sqlite.to, .store = t.to_store };
	assert_err(restore_run(&sqlite.from.mem, &o, &proof, &why), ERR_CONFLICT);
	assert_true(str_find_str(why, S("leave --store out")) >= 0);
	assert_false(file_exists(sqlite.to));
	folder_end(&sqlite.from);
	folder_end(&t.s.from);
}

/* Keys of another day: the rows came, the proof fails, and they go again. */
static void
what_fails_its_proof_leaves_no_row_in_the_database(void **state)
{
	struct saved_tables t;
	struct restore_proof proof;
	struct ctx *c = *state;
	str why = {0};

	save_tables(&t, c);
	/* A line with a place in the log that the log does not have, before a second backup. */
	engine_must(c->db, SQL("UPDATE audit SET seq = 1 WHERE id = (SELECT MIN(id) FROM audit)"));
	struct backup_made made;
	struct backup_options o = { .dir = t.s.from.path, .store = t.store, .now = t.s.from.c.now,
		.out = file_join(&t.s.from.mem, t.s.from.path, "altered") };
	assert_ok(backup_make(&t.s.from.mem, &o, &made, &why));
	t.s.out = str_z(&t.s.from.mem, str_c(o.out));
	assert_err(bring_tables(&t, t.to_store, &proof, &why), ERR_SEALED);
	assert_true(str_find_str(why, S("the log does not hold")) >= 0);
	assert_int_equal(count(c->db, SQL("SELECT (SELECT COUNT(*) FROM back.booking)"
	    " + (SELECT COUNT(*) FROM back.audit) + (SELECT COUNT(*) FROM back.person)")), 0);
	assert_false(file_exists(t.s.to));
	folder_end(&t.s.from);
}

/* Somebody who never stops writing: each change adds a row to one table and one to another. */
struct busy_writer { struct db *db; _Atomic bool stop; _Atomic int64_t done; };

static void *
keep_writing(void *at)
{
	struct busy_writer *w = at;

	for (int64_t i = 1; !w->stop; i++) {
		CLEANUP(db_tx_end) struct db_tx tx = {0};

		assert_ok(db_begin(w->db, &tx));
		assert_ok(db_run(w->db, SQL("INSERT INTO reminded (org, until_at) VALUES ($1, 0)"), BINDS(INT(i)), NULL));
		assert_ok(db_run(w->db, SQL("INSERT INTO task (org, id, kind, created_at) VALUES (77, $1, 1, 0)"),
		    BINDS(INT(i)), NULL));
		assert_ok(db_commit(&tx));
		w->done = i;
	}
	return NULL;
}

static void
a_backup_made_while_serving_is_of_one_moment(void **state)
{
	struct saved_tables t;
	struct busy_writer w = {0};
	struct restore_proof proof;
	struct backup_made made;
	struct ctx *c = *state;
	pthread_t thread;
	str why = {0};

	save_tables(&t, c);
	assert_ok(db_open(t.s.from.server->store, &w.db));
	assert_int_equal(pthread_create(&thread, NULL, keep_writing, &w), 0);
	while (w.done < 50)
		(void)usleep(1000);
	struct backup_options o = { .dir = t.s.from.path, .store = t.store, .now = t.s.from.c.now,
		.out = file_join(&t.s.from.mem, t.s.from.path, "meanwhile") };
	assert_ok(backup_make(&t.s.from.mem, &o, &made, &why));
	int64_t done = w.done;
	w.stop = true;
	assert_int_equal(pthread_join(thread, NULL), 0);
	db_close(w.db);
	t.s.out = str_z(&t.s.from.mem, str_c(o.out));
	assert_ok(bring_tables(&t, t.to_store, &proof, &why));
	int64_t reminded = count(c->db, SQL("SELECT COUNT(*) FROM back.reminded"));
	assert_in_range(reminded, 50, done);
	assert_int_equal(count(c->db, SQL("SELECT COUNT(*) FROM back.task WHERE org = 77")), reminded);
	folder_end(&t.s.from);
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
		ENGINE_TEST_POSTGRES(a_postgresql_database_comes_back_row_for_row),
		ENGINE_TEST_POSTGRES(a_backup_of_postgresql_does_not_hold_what_can_be_read),
		ENGINE_TEST_POSTGRES(a_database_that_is_not_empty_is_left_as_it_is),
		ENGINE_TEST_POSTGRES(a_backup_goes_back_to_the_engine_that_it_is_of),
		ENGINE_TEST_POSTGRES(what_fails_its_proof_leaves_no_row_in_the_database),
		ENGINE_TEST_POSTGRES(a_backup_made_while_serving_is_of_one_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
