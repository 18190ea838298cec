/* cmd_debug.c - `serment debug`: looking inside, for those who work on the program. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/commands.h"
#include "practice/outbox.h"
#include "practice/practice.h"
#include "practice/slot.h"
#include "vault/secret.h"

enum { INPUT_BYTES_MAX = 1 << 20, ANSWER_BYTES_MAX = 16 << 20, OUTBOX_LINES = 200 };

struct request {
	const struct arguments	*a;
	struct operator		 o;
	struct org		 org;
	struct buf		 out;
};

/* ERR_IO; ERR_TOO_LARGE: past INPUT_BYTES_MAX. */
static err
read_input(struct arena *mem, str *ret)
{
	char *p = arena_alloc(mem, INPUT_BYTES_MAX + 1, 1);
	size_t n = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, p + n, INPUT_BYTES_MAX + 1 - n)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERR_IO;
		n += (size_t)got;
		if (n > INPUT_BYTES_MAX)
			return ERR_TOO_LARGE;
	}
	*ret = (str){ p, n };
	return OK;
}

static bool
choose_org(struct request *r)
{
	const char *slug = argument(r->a, "org");

	if (slug == NULL || org_find_by_slug(&r->o.ctx, str_c(slug), &r->org) != OK) {
		(void)command_failed("--org SLUG of an organisation is needed");
		return false;
	}
	r->o.ctx.org = r->org.id;
	return true;
}

/* --- slots --- */

static bool
slot_query_of(struct request *r, const struct zone *zone, struct slot_query *ret)
{
	const char *from = argument(r->a, "from");
	int64_t days = 7;

	*ret = (struct slot_query){ .from = zone_local(zone, r->o.ctx.now).day, .online = true };
	if (!argument_int(r->a, "motive", (const int64_t[]){ 1, INT64_MAX }, &ret->motive) ||
	    !argument_int(r->a, "practitioner", (const int64_t[]){ 1, INT64_MAX }, &ret->practitioner) ||
	    !argument_int(r->a, "days", (const int64_t[]){ 1, SLOT_DAYS_MAX }, &days))
		return false;
	if (from != NULL && !civil_parse_date(str_c(from), &ret->from)) {
		(void)command_failed("--from takes a date like 2026-11-23");
		return false;
	}
	ret->days = (int)days;
	return true;
}

static enum exit_code
slots(struct request *r)
{
	struct slot_query q;
	struct slot *list;
	size_t n;

	if (!choose_org(r))
		return EXIT_FAILED;
	const struct zone *zone = zone_get(r->org.zone);
	if (zone == NULL || !slot_query_of(r, zone, &q))
		return EXIT_FAILED;
	err e = slot_find(&r->o.ctx, &q, &list, &n);
	if (e != OK)
		return command_failed("no slots: %s", err_name(e));
	for (size_t i = 0; i < n; i++)
		buf_printf(&r->out, "%.*s\t%lld\t%d\n", STR_FMT(civil_rfc3339(r->a->mem, zone, list[i].start)),
		    (long long)list[i].practitioner, list[i].places);
	buf_printf(&r->out, "%zu slots\n", n);
	return command_print(&r->out);
}

/* --- explain --- */

static size_t
binds_of(str text)
{
	size_t most = 0;

	for (size_t i = 0; i + 1 < text.n; i++) {
		size_t n = 0;

		if (text.p[i] != '$')
			continue;
		for (size_t k = i + 1; k < text.n && text.p[k] >= '0' && text.p[k] <= '9' && n <= DB_BINDS_MAX; k++)
			n = n * 10 + (size_t)(text.p[k] - '0');
		most = n > most ? n : most;
	}
	return most;
}

/* The one statement that is no literal of ours: it is the developer's, and it is not run. */
static enum exit_code
explain(struct request *r)
{
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	struct bind binds[DB_BINDS_MAX];
	bool sqlite = store_is_sqlite(r->o.server->store);
	str text;
	err e;

	if (read_input(r->a->mem, &text) != OK || binds_of(text) > DB_BINDS_MAX)
		return command_failed("the statement on standard input cannot be read, or has more than %d"
		    " parameters", DB_BINDS_MAX);
	for (size_t i = 0; i < DB_BINDS_MAX; i++)
		binds[i] = NIL;
	struct sql sql = { str_z(r->a->mem, str_cat(r->a->mem,
	    sqlite ? S("EXPLAIN QUERY PLAN ") : S("EXPLAIN "), text)) };
	if (db_read(r->o.db, sql, binds, binds_of(text), &rows) != OK)
		return command_failed("the statement is not understood, see the line above");
	while ((e = db_next(rows)) == OK)
		buf_printf(&r->out, "%.*s\n", STR_FMT(db_text(rows, r->a->mem, sqlite ? 3 : 0)));
	return e == ERR_NOT_FOUND ? command_print(&r->out) : command_failed("the plan broke off");
}

/* --- decode --- */

/* Lines that begin with a blank go on from the one before (RFC 5545 section 3.1). */
static str
unfold(struct arena *mem, str text)
{
	struct buf b = buf_in(mem, INPUT_BYTES_MAX + 1);

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\r')
			continue;
		if (text.p[i] == '\n' && i + 1 < text.n && (text.p[i + 1] == ' ' || text.p[i + 1] == '\t'))
			i++;
		else
			buf_byte(&b, text.p[i]);
	}
	return buf_str(&b);
}

/* Indented by component, the value unescaped (section 3.3.11). */
static void
put_property(struct buf *b, str line, int depth)
{
	buf_printf(b, "%*s", depth * 2, "");
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] != '\\' || i + 1 == line.n) {
			buf_byte(b, line.p[i]);
			continue;
		}
		i++;
		if (line.p[i] == 'n' || line.p[i] == 'N')
			buf_printf(b, "\n%*s", depth * 2 + 2, "");
		else
			buf_byte(b, line.p[i]);
	}
	buf_byte(b, '\n');
}

static enum exit_code
decode(struct request *r)
{
	int depth = 0;
	str text, line;

	if (read_input(r->a->mem, &text) != OK)
		return command_failed("standard input cannot be read, or is longer than %d bytes", INPUT_BYTES_MAX);
	text = unfold(r->a->mem, text);
	if (!str_utf8_ok(text) || !str_starts(text, S("BEGIN:VCALENDAR")))
		return command_failed("this is no calendar file: it does not begin with BEGIN:VCALENDAR");
	while (text.n > 0 && str_split(&text, '\n', &line)) {
		depth -= str_starts(line, S("END:")) && depth > 0;
		put_property(&r->out, line, depth);
		depth += str_starts(line, S("BEGIN:")) && depth < 16;
	}
	return command_print(&r->out);
}

/* --- outbox --- */

static enum exit_code
outbox(struct request *r)
{
	struct outbox_message *list;
	size_t n;

	if (!choose_org(r))
		return EXIT_FAILED;
	if (outbox_list(&r->o.ctx, OUTBOX_LINES, &list, &n) != OK)
		return command_failed("the outbox cannot be read");
	buf_add(&r->out, S("id\tkind\tstate\tattempts\tcode\tcreated\n"));
	for (size_t i = 0; i < n; i++)
		buf_printf(&r->out, "%lld\t%d\t%d\t%d\t%d\t%.*s\n", (long long)list[i].id, (int)list[i].kind,
		    (int)list[i].state, list[i].attempts, list[i].last_code,
		    STR_FMT(civil_rfc3339(r->a->mem, NULL, list[i].created_at)));
	return command_print(&r->out);
}

/* --- totp --- */

static enum exit_code
totp(struct request *r)
{
	struct clock machine = {0};
	str secret;

	if (r->a->words_n != 2 || !totp_base32_decode(r->a->mem, str_c(r->a->words[1]), &secret))
		return command_failed("totp needs the key that the authenticator has, in base32");
	buf_printf(&r->out, "%.*s\n", STR_FMT(totp_code(r->a->mem, secret, clock_now(&machine))));
	return command_print(&r->out);
}

/* --- manual --- */

static enum exit_code
manual(struct request *r)
{
	const struct command *of = NULL;

	if (r->a->words_n == 2 && (of = command_find(str_c(r->a->words[1]))) == NULL)
		return command_failed("no such command: %s", r->a->words[1]);
	command_manual(of, &r->out);
	return command_print(&r->out);
}

static const struct { const char *verb; enum exit_code (*run)(struct request *); bool folder; } verbs[] = {
	{ "slots", slots, true }, { "explain", explain, true }, { "decode", decode, false },
	{ "outbox", outbox, true }, { "totp", totp, false }, { "manual", manual, false },
};

enum exit_code
cmd_debug(const struct arguments *a)
{
	for (size_t i = 0; i < COUNT(verbs) && a->words_n > 0; i++) {
		if (!str_eq(str_c(a->words[0]), str_c(verbs[i].verb)))
			continue;
		struct request r = { .a = a, .out = buf_in(a->mem, ANSWER_BYTES_MAX) };

		if (verbs[i].folder && !operator_open(a, false, &r.o))
			return EXIT_FAILED;
		enum exit_code code = verbs[i].run(&r);
		operator_close(&r.o);
		return code;
	}
	(void)command_failed("debug needs one of slots, explain, decode, outbox, totp, manual");
	return EXIT_USAGE;
}
