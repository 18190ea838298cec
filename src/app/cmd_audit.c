/* cmd_audit.c - `serment audit`: the log verified, proven, exported. */
#include <errno.h>
#include <stdio.h>

#include "access/audit_proof.h"
#include "app/commands.h"
#include "app/file.h"
#include "format/json.h"

enum { ANSWER_BYTES_MAX = 1 << 20 };

struct request {
	const struct arguments	*a;
	struct operator		 o;
	struct buf		 out;
};

static enum exit_code
store_failed(err e)
{
	return command_failed("the log cannot be read (%s), see the line above; nothing was changed", err_name(e));
}

/* --- verify --- */

static bool
saved_read(struct request *r, const char *file, struct logtree_state *ret)
{
	struct checkpoint_key key;
	str note;
	err e = file_read(r->a->mem, file, CHECKPOINT_NOTE_BYTES_MAX, &note);

	if (e == ERR_NOT_FOUND || e == ERR_IO)
		(void)command_failed("%s cannot be read: %s", file, strerrordesc_np(errno));
	else if (e == OK && (e = checkpoint_key(&r->o.ctx, &key)) != OK)
		(void)store_failed(e);
	else if (e == OK && (e = checkpoint_read(r->a->mem, &key, note, ret)) == ERR_CONFLICT)
		(void)command_failed("%s is a checkpoint of another log than %s", file, key.origin);
	else if (e == ERR_SEALED)
		(void)command_failed("%s does not carry the signature of this server: it was altered, or the key"
		    " is another one", file);
	else if (e != OK)
		(void)command_failed("%s is no checkpoint", file);
	return e == OK;
}

static const char *
fault_name(enum audit_fault f)
{
	static const char *const names[] = {
		[AUDIT_WHOLE] = "none", [AUDIT_LINE_ALTERED] = "line_altered", [AUDIT_LINE_MISSING] = "line_missing",
		[AUDIT_LINE_EXTRA] = "line_extra", [AUDIT_HASHES_ALTERED] = "hashes_altered", [AUDIT_CUT] = "cut",
		[AUDIT_FORGED] = "checkpoint_forged", [AUDIT_REPLACED] = "checkpoint_replaced",
	};

	return names[f];
}

static str
fault_words(struct arena *mem, const struct audit_report *p)
{
	const char *which = p->bad_is_saved ? "the saved checkpoint" : "the checkpoint";
	long long seq = (long long)p->bad_seq, size = (long long)p->bad_checkpoint;

	switch (p->fault) {
	case AUDIT_LINE_ALTERED:
		return str_printf(mem, "line %lld is not as it was written", seq);
	case AUDIT_LINE_MISSING:
		return str_printf(mem, "line %lld is missing, and no purge tells of it", seq);
	case AUDIT_LINE_EXTRA:
		return str_printf(mem, "a line says that it is number %lld, which the log does not have, or has"
		    " already", seq);
	case AUDIT_HASHES_ALTERED:
		return str_printf(mem, "the stored hashes were altered, or are lost, from line %lld on", seq);
	case AUDIT_CUT:
		return str_printf(mem, "the log was cut off: it ends with line %lld, and %s was signed for %lld lines",
		    seq - 1, which, size);
	case AUDIT_FORGED:
		return str_printf(mem, "the checkpoint of %lld lines was not signed by this server; line %lld is the"
		    " first that no checkpoint before it vouches for", size, seq);
	case AUDIT_REPLACED:
		return str_printf(mem, "this is not the log for which %s of %lld lines was signed; it differs from"
		    " line %lld on, or later", which, size, seq);
	case AUDIT_WHOLE:
		break;
	}
	return S("the log holds");
}

static void
put_text(struct json_writer *j, const char *key, str s)
{
	json_key(j, str_c(key));
	json_put_str(j, s);
}

static void
put_number(struct json_writer *j, const char *key, int64_t n)
{
	json_key(j, str_c(key));
	json_put_int(j, n);
}

static str
root_text(struct arena *mem, const struct audit_report *p)
{
	return str_base64(mem, (str){ (const char *)p->root.bytes, sizeof(p->root.bytes) });
}

static void
print_json(struct request *r, const struct audit_report *p)
{
	struct json_writer j = json_writer(&r->out);

	json_object_begin(&j);
	json_key(&j, S("holds"));
	json_put_bool(&j, p->fault == AUDIT_WHOLE);
	put_number(&j, "lines", p->lines);
	if (p->fault == AUDIT_WHOLE) {
		put_number(&j, "purged", p->purged);
		put_number(&j, "checkpoints", p->checkpoints);
		put_number(&j, "signed_lines", p->signed_lines);
		put_text(&j, "root", root_text(r->a->mem, p));
	} else {
		put_text(&j, "fault", str_c(fault_name(p->fault)));
		put_number(&j, "line", p->bad_seq);
		if (p->bad_checkpoint != 0)
			put_number(&j, "checkpoint", p->bad_checkpoint);
		put_text(&j, "words", fault_words(r->a->mem, p));
	}
	json_object_end(&j);
	buf_byte(&r->out, '\n');
}

static void
print_words(struct request *r, const struct audit_report *p, const struct logtree_state *saved)
{
	buf_printf(&r->out, "The log holds: %lld lines", (long long)p->lines);
	if (p->purged > 0)
		buf_printf(&r->out, ", of %lld of which only the hashes are kept", (long long)p->purged);
	buf_printf(&r->out, ".\n%lld checkpoints, the last one of %lld lines.\n", (long long)p->checkpoints,
	    (long long)p->signed_lines);
	if (saved != NULL)
		buf_printf(&r->out, "It begins with the %lld lines of the saved checkpoint.\n",
		    (long long)saved->size);
	buf_printf(&r->out, "Root: %.*s\n", STR_FMT(root_text(r->a->mem, p)));
}

static enum exit_code
verify(struct request *r)
{
	const char *file = argument(r->a, "checkpoint");
	bool json = argument(r->a, "json") != NULL;
	struct logtree_state saved;
	struct audit_report report;

	if (file != NULL && !saved_read(r, file, &saved))
		return EXIT_FAILED;
	err e = audit_examine(&r->o.ctx, file != NULL ? &saved : NULL, &report);
	if (e != OK && (e != ERR_SEALED || report.fault == AUDIT_WHOLE))
		return store_failed(e);
	if (json)
		print_json(r, &report);
	else if (e == OK)
		print_words(r, &report, file != NULL ? &saved : NULL);
	enum exit_code code = command_print(&r->out);
	return e == OK ? code : json ? EXIT_FAILED : command_failed("%.*s.  Keep this database as it is: it is"
	    " evidence", STR_FMT(fault_words(r->a->mem, &report)));
}

/* --- what others need --- */

static enum exit_code
key(struct request *r)
{
	struct checkpoint_key public;
	err e = checkpoint_key(&r->o.ctx, &public);

	if (e != OK)
		return store_failed(e);
	buf_printf(&r->out, "%.*s\n", STR_FMT(checkpoint_key_text(r->a->mem, &public)));
	return command_print(&r->out);
}

static enum exit_code
checkpoint(struct request *r)
{
	struct audit_checkpoint last;
	err e = audit_checkpoint_last(&r->o.ctx, &last);

	if (e == ERR_NOT_FOUND)
		return command_failed("there is no checkpoint yet; a running server makes the first one at once");
	if (e != OK)
		return store_failed(e);
	buf_add(&r->out, last.note);
	return command_print(&r->out);
}

static enum exit_code
prove(struct request *r)
{
	struct audit_proof p;
	int64_t line;

	if (r->a->words_n != 2 || !str_int(str_c(r->a->words[1]), 1, INT64_MAX, &line)) {
		(void)command_failed("audit prove needs the id of a line");
		return EXIT_USAGE;
	}
	err e = audit_prove(&r->o.ctx, line, &p);
	if (e == ERR_NOT_FOUND)
		return command_failed("there is no line %lld, or it was purged at its term", (long long)line);
	if (e == ERR_CONFLICT)
		return command_failed("no checkpoint covers line %lld yet; ask again in an hour", (long long)line);
	if (e != OK)
		return store_failed(e);
	audit_proof_print(r->a->mem, &p, &r->out);
	buf_byte(&r->out, '\n');
	return command_print(&r->out);
}

static err
put(void *to, str line)
{
	return fwrite(line.p, 1, line.n, to) == line.n ? OK : ERR_IO;
}

static enum exit_code
export(struct request *r)
{
	struct audit_sink sink = { put, stdout };
	err e = audit_export(&r->o.ctx, &sink);

	if (e == OK && fflush(stdout) != 0)
		e = ERR_IO;
	if (e == ERR_IO)
		return command_failed("the export could not be written to its end: %s", strerrordesc_np(errno));
	return e == OK ? EXIT_DONE : store_failed(e);
}

static const struct { const char *verb; size_t words; enum exit_code (*run)(struct request *); } verbs[] = {
	{ "verify", 1, verify }, { "prove", 2, prove }, { "key", 1, key }, { "checkpoint", 1, checkpoint },
	{ "export", 1, export },
};

enum exit_code
cmd_audit(const struct arguments *a)
{
	for (size_t i = 0; i < COUNT(verbs) && a->words_n > 0; i++) {
		if (!str_eq(str_c(a->words[0]), str_c(verbs[i].verb)) || a->words_n > verbs[i].words)
			continue;
		struct request r = { .a = a, .out = buf_in(a->mem, ANSWER_BYTES_MAX) };

		enum exit_code code = operator_open(a, false, &r.o) ? verbs[i].run(&r) : EXIT_FAILED;
		operator_close(&r.o);
		return code;
	}
	(void)command_failed("audit needs one of verify, prove ID, key, checkpoint, export");
	return EXIT_USAGE;
}
