/* test_jobs.c - the server's own work is done, once, and only when there is something to do. */
#include "access/audit_check.h"
#include "app/hearsay.h"
#include "app/jobs.h"
#include "folder.h"
#include "practice/booking.h"
#include "practice/free.h"

static int64_t
run_due(struct ctx *c)
{
	int64_t n = -1;

	assert_ok(jobs_run_due(c, &n));
	return n;
}

static int64_t
count(struct folder *f, struct sql sql)
{
	int64_t n = -1;

	assert_ok(db_one_int(f->db, sql, NULL, 0, &n));
	return n;
}

static void
a_job_runs_once_in_its_period_whoever_asks(void **state)
{
	struct folder f;
	struct db *second;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	assert_ok(db_open(f.server->store, &second));
	struct ctx other = f.c;
	other.db = second;
	assert_true(run_due(&f.c) >= 4);	/* the purges; and the line of the policy takes its place */
	other.now = f.c.now += 2 * USEC_PER_HOUR;
	int64_t first = run_due(&f.c);
	assert_true(first >= 4);
	assert_int_equal(run_due(&other), 0);
	assert_int_equal(run_due(&f.c), 0);
	other.now = f.c.now += 2 * USEC_PER_HOUR;
	assert_int_equal(run_due(&other), first);
	assert_int_equal(run_due(&f.c), 0);
	/* A clock that was set back does not stop the work until it has caught up. */
	f.c.now -= 100 * USEC_PER_DAY;
	assert_true(run_due(&f.c) >= first);
	db_close(second);
	folder_end(&f);
}

static void
lines_of_the_log_have_their_places_within_a_second(void **state)
{
	struct folder f;
	int64_t lines = 0, seq = 0;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	(void)folder_fill(&f, folder_small());
	assert_true(count(&f, SQL("SELECT COUNT(*) FROM audit WHERE seq IS NULL")) > 0);
	(void)run_due(&f.c);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM audit WHERE seq IS NULL")), 0);
	assert_ok(audit_verify(&f.c, &lines, &seq));
	assert_int_equal(lines, count(&f, SQL("SELECT COUNT(*) FROM audit")));
	folder_end(&f);
}

/* Asked for by a button, done here: by one server of two, once. */
static void
a_check_of_the_log_is_done_by_the_jobs(void **state)
{
	struct folder f;
	struct audit_check check;
	struct db *second;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	struct demo_made made = folder_fill(&f, folder_small());
	assert_ok(db_open(f.server->store, &second));
	struct ctx other = f.c;
	other.db = second;
	(void)run_due(&f.c);
	f.c.org = made.orgs[0].id;
	assert_ok(audit_check_ask(&f.c));
	other.now = f.c.now += 2 * USEC_PER_SECOND;
	assert_int_equal(run_due(&other), 2);		/* the places, the check */
	assert_int_equal(run_due(&f.c), 0);
	assert_ok(audit_check_last(&f.c, &check));
	assert_int_equal(check.state, AUDIT_CHECK_WHOLE);
	assert_int_equal(check.lines, count(&f, SQL("SELECT COUNT(*) FROM audit")));
	assert_int_equal(check.done_at, f.c.now);
	db_close(second);
	folder_end(&f);
}

static void
an_idle_server_writes_nothing_between_its_periods(void **state)
{
	struct folder f;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	(void)run_due(&f.c);
	int64_t ran = count(&f, SQL("SELECT CAST(SUM(ran_at) AS BIGINT) FROM job"));
	for (int i = 0; i < 5; i++) {
		f.c.now += USEC_PER_MINUTE;
		assert_int_equal(run_due(&f.c), 0);
	}
	assert_int_equal(count(&f, SQL("SELECT CAST(SUM(ran_at) AS BIGINT) FROM job")), ran);
	folder_end(&f);
}

static void
at_night_the_cells_of_past_days_are_dropped(void **state)
{
	struct folder f;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	(void)folder_fill(&f, folder_small());
	int64_t cells = count(&f, SQL("SELECT COUNT(*) FROM busy"));
	f.c.now += 2 * USEC_PER_DAY;		/* nine in the morning */
	(void)run_due(&f.c);
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM busy")), cells);
	f.c.now += 17 * USEC_PER_HOUR;		/* two at night */
	(void)run_due(&f.c);
	assert_in_range(count(&f, SQL("SELECT COUNT(*) FROM busy")), 1, cells - 1);
	folder_end(&f);
}

/* What another server books is heard from the log, and its time is read again. */
static void
busy_time_in_memory_follows_another_server(void **state)
{
	struct folder f;
	struct hearsay *h = hearsay_make();
	struct cells seen;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	struct demo_made made = folder_fill(&f, folder_small());
	f.c.org = made.orgs[0].id;
	id doctor = count(&f, SQL("SELECT MIN(id) FROM practitioner"));
	int64_t first = cell_of(f.c.now) + 400 * 288;	/* beyond all that was filled */

	assert_ok(hearsay_listen(h, &f.c));
	assert_ok(free_cells(&f.c, doctor, first, 288, &seen));
	assert_true(cells_all_free(&seen, first, 288));
	struct ctx other = f.c;			/* whose memory is not ours */
	other.free = NULL;
	CLEANUP(db_tx_end) struct db_tx tx = {0};
	assert_ok(db_begin(f.db, &tx));
	assert_ok(db_run(f.db, SQL("INSERT INTO busy (org, holder, cell, lane, booking, until)"
	    " VALUES ($1, $2, $3, 0, 1, 0)"), BINDS(INT(f.c.org), INT(doctor), INT(first)), NULL));
	assert_ok(audit_add(&other, S("booking.create"), 1, 0, doctor));
	assert_ok(db_commit(&tx));
	assert_ok(free_cells(&f.c, doctor, first, 288, &seen));
	assert_true(cells_all_free(&seen, first, 288));	/* not heard yet */
	assert_ok(hearsay_listen(h, &f.c));
	assert_ok(free_cells(&f.c, doctor, first, 288, &seen));
	assert_false(cells_all_free(&seen, first, 1));
	assert_true(cells_all_free(&seen, first + 1, 287));
	hearsay_end(h);
	folder_end(&f);
}

/* A server beside ours: its own memory and its own ear, on the same database. */
struct neighbour { struct ctx c; struct hearsay *ear; };

static struct neighbour
neighbour(struct folder *f)
{
	struct neighbour n = { .c = f->c, .ear = hearsay_make() };

	n.c.free = free_make();
	assert_ok(db_open(f->server->store, &n.c.db));
	return n;
}

static void
neighbour_end(struct neighbour *n)
{
	db_close(n->c.db);
	free_end(n->c.free);
	hearsay_end(n->ear);
}

static bool
sees_free(struct ctx *c, id holder, usec start)
{
	struct cells seen;

	assert_ok(free_cells(c, holder, cell_of(start), 1, &seen));
	return cells_all_free(&seen, cell_of(start), 1);
}

/* Whom an appointment has left is free again for everybody, not only where it was moved. */
static void
a_move_to_somebody_else_frees_the_old_time_in_other_servers(void **state)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct folder f;
	struct booking b;

	folder_begin(&f);
	folder_open(&f, engine_where(*state));
	struct demo_made made = folder_fill(&f, folder_small());
	f.c.org = made.orgs[0].id;
	assert_ok(db_read(f.db, SQL("SELECT b.id, m.practitioner FROM booking b JOIN motive_practitioner m"
	    " ON m.org = b.org AND m.motive = b.motive AND m.practitioner <> b.practitioner"
	    " WHERE b.state = 2 AND b.start_at > $1 AND b.lane = 0 AND b.session IS NULL ORDER BY b.start_at LIMIT 1"),
	    BINDS(INT(f.c.now)), &rows));
	assert_ok(db_next(rows));
	id booking = db_int(rows, 0), other = db_int(rows, 1);
	db_rows_end(&rows);
	assert_ok(booking_get(&f.c, booking, &b));
	struct neighbour n = neighbour(&f);
	const struct booking was = b;

	assert_ok(hearsay_listen(n.ear, &n.c));
	assert_false(sees_free(&n.c, was.practitioner, was.start));
	struct booking_ask ask = { .practitioner = other, .start = was.start + 50 * 7 * USEC_PER_DAY, .quiet = true };
	assert_true(sees_free(&n.c, other, ask.start));
	assert_ok(booking_move(&f.c, booking, 0, &ask, &b));
	assert_true(sees_free(&f.c, was.practitioner, was.start));
	assert_false(sees_free(&n.c, was.practitioner, was.start));	/* not heard yet */
	assert_ok(hearsay_listen(n.ear, &n.c));
	assert_true(sees_free(&n.c, was.practitioner, was.start));
	assert_false(sees_free(&n.c, other, ask.start));
	assert_int_equal(count(&f, SQL("SELECT COUNT(*) FROM audit WHERE action = 'booking.leave'")), 1);
	neighbour_end(&n);
	folder_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ENGINE_TEST(a_job_runs_once_in_its_period_whoever_asks),
		ENGINE_TEST(lines_of_the_log_have_their_places_within_a_second),
		ENGINE_TEST(a_check_of_the_log_is_done_by_the_jobs),
		ENGINE_TEST(an_idle_server_writes_nothing_between_its_periods),
		ENGINE_TEST(at_night_the_cells_of_past_days_are_dropped),
		ENGINE_TEST(busy_time_in_memory_follows_another_server),
		ENGINE_TEST(a_move_to_somebody_else_frees_the_old_time_in_other_servers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
