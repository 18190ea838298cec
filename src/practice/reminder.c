/* reminder.c - see reminder.h. */
#include "practice/outbox.h"
#include "practice/reminder.h"
#include "store/db.h"

/* A change writes the messages of so much of the agenda: nobody waits long for it. */
#define SLICE		USEC_PER_HOUR
/* When nothing was due, the mark is raised this rarely: the quiet practice writes little. */
#define MARK_LAG	USEC_PER_HOUR

/*
 * $1 organisation, $2 and $3 after and until when the appointment begins, $4 how
 * long before it the reminder leaves.  By practitioner, for that is how the
 * index of the agenda goes (SQLite takes a CROSS JOIN in the order that it is
 * written in, and would read every booking otherwise); a move that was told
 * since counts as a reminder.
 */
#define DUE " FROM practitioner p CROSS JOIN booking b WHERE p.org = $1 AND b.org = p.org" \
	" AND b.practitioner = p.id AND b.start_at > $2 AND b.start_at <= $3 AND b.state = 2 AND b.kind = 1" \
	" AND b.person IS NOT NULL AND b.created_at <= b.start_at - $4 AND NOT EXISTS" \
	" (SELECT 1 FROM outbox o WHERE o.org = b.org AND o.booking = b.id AND o.kind = 2" \
	"  AND o.state <> 4 AND o.created_at > b.start_at - $4)"

usec
reminder_at(const struct org *o, const struct booking *b)
{
	usec at = b->start - o->reminder_hours * USEC_PER_HOUR;

	if (o->reminder_hours == 0 || b->kind != BOOKING_APPOINTMENT || b->state != BOOKING_CONFIRMED ||
	    b->person == 0 || b->created_at > at)
		return 0;
	return at;
}

/* Raise the mark, unless another server has meanwhile; *ret_ours: then the messages are ours to write. */
static err
mark_raise(struct ctx *c, usec from, usec to, bool *ret_ours)
{
	int64_t changed;

	TRY(db_run(c->db, SQL("INSERT INTO reminded (org, until_at) VALUES ($1, $2) ON CONFLICT (org) DO UPDATE"
	    " SET until_at = EXCLUDED.until_at WHERE reminded.until_at = $3"),
	    BINDS(INT(c->org), INT(to), INT(from)), &changed));
	*ret_ours = changed == 1;
	return OK;
}

struct span { usec mark, from, to, ahead; };

static err
write_messages(struct ctx *c, const struct span *s, int64_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	int64_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT b.id, b.person" DUE),
	    BINDS(INT(c->org), INT(s->from), INT(s->to), INT(s->ahead)), &rows));
	while ((e = db_next(rows)) == OK) {
		TRY(outbox_add(c, MESSAGE_REMINDER, db_int(rows, 1), db_int(rows, 0), c->now));
		n++;
	}
	*ret_n = n;
	return e == ERR_NOT_FOUND ? OK : e;
}

/* *ret_ours false: another server is at it. */
static err
slice(struct ctx *c, const struct span *s, int64_t *ret_n, bool *ret_ours)
{
	CLEANUP(db_tx_end) struct db_tx tx = {0};

	*ret_n = 0;
	TRY(db_begin(c->db, &tx));
	TRY(mark_raise(c, s->mark, s->to, ret_ours));
	if (!*ret_ours)
		return OK;
	TRY(write_messages(c, s, ret_n));
	return db_commit(&tx);
}

static err
mark_read(struct ctx *c, usec *ret)
{
	err e = db_one_int(c->db, SQL("SELECT until_at FROM reminded WHERE org = $1"), BINDS(INT(c->org)), ret);

	if (e == ERR_NOT_FOUND)
		*ret = 0;
	return e == ERR_NOT_FOUND ? OK : e;
}

err
reminder_schedule(struct ctx *c, const struct org *o, int64_t *ret_n)
{
	struct span s = { .ahead = o->reminder_hours * USEC_PER_HOUR };
	usec end = c->now + s.ahead;
	int64_t all = 0, n;
	bool ours = true;

	*ret_n = 0;
	TRY(mark_read(c, &s.mark));
	while (ours && o->reminder_hours > 0) {
		usec first;

		/* Further ahead than anybody is reminded: it was raised under another clock. */
		s.from = s.mark > c->now + ORG_REMINDER_HOURS_MAX * USEC_PER_HOUR ? c->now : max64(s.mark, c->now);
		if (s.from >= end)
			break;
		/* Straight to the first that is due: most of the day nobody is. */
		err e = db_one_int(c->db, SQL("SELECT b.start_at" DUE " ORDER BY b.start_at LIMIT 1"),
		    BINDS(INT(c->org), INT(s.from), INT(end), INT(s.ahead)), &first);
		if (e == ERR_NOT_FOUND && end - s.from < MARK_LAG)
			break;
		if (e != OK && e != ERR_NOT_FOUND)
			return e;
		s.to = e == OK ? min64(end, first + SLICE) : end;
		TRY(slice(c, &s, &n, &ours));
		all += n;
		s.mark = s.to;
	}
	*ret_n = all;
	return OK;
}
