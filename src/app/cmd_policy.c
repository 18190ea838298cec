/*
 * cmd_policy.c - `serment policy`: the language of oath/ for people and scripts.
 * Faults of a policy go to standard output for check and lint, whose answer they
 * are, and to standard error for what prints something else.
 */
#include <stdio.h>

#include "app/commands.h"
#include "app/file.h"
#include "oath/diff.h"
#include "oath/explain.h"
#include "oath/grammar.h"
#include "oath/lint.h"
#include "oath/project.h"
#include "oath/render.h"
#include "vault/secret.h"

enum { ANSWER_BYTES_MAX = 32 << 20 };

struct policy_file {
	const char		*path;
	str			 source;
	struct diagnostics	 d;
	const struct policy	*policy;	/* whatever could be made of it, or NULL */
};

struct policy_request {
	const struct arguments	*a;
	enum lang		 lang;
	struct buf		 out;
};

/* False: the file cannot be read, and it was said.  A file that is too long has its diagnostic. */
static bool
read_policy(struct policy_request *r, const char *path, struct policy_file *f)
{
	*f = (struct policy_file){ .path = path, .d = { .mem = r->a->mem } };
	err e = file_read(r->a->mem, path, POLICY_BYTES_MAX, &f->source);

	if (e == ERR_TOO_LARGE) {
		COMPLAIN(&f->d, E100, ((struct where){ 1, 1, 1 }), S("1 MiB"));
		return true;
	}
	if (e != OK) {
		(void)command_failed("%s: %s", path, e == ERR_NOT_FOUND ? "no such file" : "it cannot be read");
		return false;
	}
	/* What is wrong stands in the diagnostics, and is asked there. */
	(void)!policy_compile(r->a->mem, f->source, &f->d, &f->policy);
	return true;
}

static void
print_faults(struct policy_request *r, const struct policy_file *f, struct buf *out)
{
	diagnostics_print(&f->d, str_c(f->path), f->source, r->lang, out);
	if (f->d.errors + f->d.warnings + f->d.notes > f->d.n)
		buf_printf(out, r->lang == LANG_FR ? "%s : et %zu de plus\n" : "%s: and %zu more\n", f->path,
		    f->d.errors + f->d.warnings + f->d.notes - f->d.n);
}

/* The file that a command works on; false: said on standard error. */
static bool
sound_policy(struct policy_request *r, const char *path, struct policy_file *f)
{
	struct buf faults = buf_in(r->a->mem, ANSWER_BYTES_MAX);

	if (!read_policy(r, path, f))
		return false;
	if (f->d.errors == 0)
		return true;
	print_faults(r, f, &faults);
	(void)fwrite(faults.p, 1, faults.n, stderr);
	return false;
}

static str
policy_hash(struct arena *mem, const struct policy *p)
{
	struct buf canonical = buf_in(mem, ANSWER_BYTES_MAX);

	syntax_print(&p->syntax, &canonical);
	return str_hex(mem, blake2b(mem, buf_str(&canonical)));
}

/* --- check, lint --- */

static void
print_summary(struct policy_request *r, const struct policy_file *f)
{
	static const char *const sound[LANG_COUNT] = {
		"%s : bien. %zu finalités, %zu catégories, %zu cookies ; empreinte %.*s\n",
		"%s: sound. %zu purposes, %zu categories, %zu cookies; hash %.*s\n",
	};
	static const char *const wrong[LANG_COUNT] = {
		"%s : %zu erreur(s), %zu avertissement(s)\n", "%s: %zu error(s), %zu warning(s)\n",
	};

	if (f->d.errors > 0 || f->d.warnings > 0)
		buf_printf(&r->out, wrong[r->lang], f->path, f->d.errors, f->d.warnings);
	else
		buf_printf(&r->out, sound[r->lang], f->path, f->policy->purposes_n, f->policy->categories_n,
		    f->policy->cookies_n, STR_FMT(policy_hash(r->a->mem, f->policy)));
}

static enum exit_code
check_files(struct policy_request *r, void (*more)(const struct policy *, struct diagnostics *))
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 1; i < r->a->words_n; i++) {
		struct policy_file f;

		if (!read_policy(r, r->a->words[i], &f)) {
			code = EXIT_FAILED;
			continue;
		}
		if (f.policy != NULL)
			more(f.policy, &f.d);
		print_faults(r, &f, &r->out);
		print_summary(r, &f);
		if (f.d.errors > 0)
			code = EXIT_FAILED;
	}
	enum exit_code printed = command_print(&r->out);
	return code == EXIT_DONE ? printed : code;
}

static enum exit_code
check(struct policy_request *r)
{
	return check_files(r, policy_notes);
}

static enum exit_code
lint(struct policy_request *r)
{
	return check_files(r, policy_lint);
}

/* --- fmt --- */

static enum exit_code
fmt(struct policy_request *r)
{
	struct policy_file f;
	struct diagnostics *again = NEW(r->a->mem, struct diagnostics);

	if (!sound_policy(r, r->a->words[1], &f))
		return EXIT_FAILED;
	syntax_print_with_comments(&f.policy->syntax, f.source, &r->out);
	/* At the very edge of the limits, a line more may be one too many. */
	again->mem = r->a->mem;
	(void)syntax_parse(r->a->mem, buf_str(&r->out), again);
	if (again->errors > 0 || !buf_ok(&r->out))
		return command_failed("%s: its canonical form would pass the limits of a policy", f.path);
	return command_print(&r->out);
}

/* --- what it means --- */

static enum exit_code
diff(struct policy_request *r)
{
	struct policy_file old, new;

	if (!sound_policy(r, r->a->words[1], &old) || !sound_policy(r, r->a->words[2], &new))
		return EXIT_FAILED;
	policy_diff_print(old.policy, new.policy, r->lang, &r->out);
	return command_print(&r->out);
}

static enum exit_code
json(struct policy_request *r)
{
	struct policy_file f;

	if (!sound_policy(r, r->a->words[1], &f))
		return EXIT_FAILED;
	policy_json(f.policy, policy_hash(r->a->mem, f.policy), &r->out);
	return command_print(&r->out);
}

static enum exit_code
dpv(struct policy_request *r)
{
	struct policy_file f;

	if (!sound_policy(r, r->a->words[1], &f))
		return EXIT_FAILED;
	policy_dpv(f.policy, policy_hash(r->a->mem, f.policy), &r->out);
	return command_print(&r->out);
}

static enum exit_code
render(struct policy_request *r)
{
	struct policy_file f;

	if (!sound_policy(r, r->a->words[1], &f))
		return EXIT_FAILED;
	policy_render(f.policy, r->lang, argument(r->a, "html") != NULL ? RENDER_HTML : RENDER_TEXT, &r->out);
	return command_print(&r->out);
}

static enum exit_code
registers(struct policy_request *r)
{
	struct policy_file f;

	if (!sound_policy(r, r->a->words[1], &f))
		return EXIT_FAILED;
	policy_register(f.policy, argument(r->a, "processors") != NULL, r->lang, &r->out);
	return command_print(&r->out);
}

static enum exit_code
explain(struct policy_request *r)
{
	struct policy_file f;

	if (!sound_policy(r, r->a->words[1], &f))
		return EXIT_FAILED;
	int category = policy_category(f.policy, str_c(r->a->words[2]));
	if (category < 0)
		return command_failed("%s has no category called %s", f.path, r->a->words[2]);
	policy_explain(f.policy, (size_t)category, r->lang, &r->out);
	return command_print(&r->out);
}

/* A line a clause: its name, the place, the declaration's beginning. */
static enum exit_code
clauses(struct policy_request *r)
{
	struct policy_file f;

	if (!sound_policy(r, r->a->words[1], &f))
		return EXIT_FAILED;
	for (size_t i = 0; i < f.policy->syntax.n; i++) {
		const struct declaration *d = &f.policy->syntax.declarations[i];
		const struct attribute *named = syntax_get(d, ATTRIBUTE_CLAUSE);

		for (size_t j = 0; named != NULL && j < named->n; j++)
			buf_printf(&r->out, "%.*s\t%s:%u\t%.*s\n", STR_FMT(named->items[j].text), f.path, d->where.line,
			    STR_FMT(keyword_name(d->keyword)));
	}
	return command_print(&r->out);
}

/* The vocabulary, a line a word: what it is, the word, planned or not, what it means. */
static enum exit_code
words(struct policy_request *r)
{
	for (enum vocabulary v = WORDS_NONE + 1; v < WORDS_COUNT; v++) {
		size_t n;
		const struct policy_word *list = words_of(v, &n);

		for (size_t i = 0; i < n; i++)
			buf_printf(&r->out, "%s\t%s\t%s\t%s\n", words_phrase(v)[r->lang], list[i].name,
			    (list[i].flags & WORD_PLANNED) != 0 ? "planned" : "", list[i].label[r->lang]);
	}
	for (enum field i = 0; i < FIELD_COUNT; i++) {
		const struct field_row *row = field_row(i);

		buf_printf(&r->out, "%s\t%s.%s\t%s\t%s\n", r->lang == LANG_FR ? "champ" : "field",
		    word_get(WORDS_RECORD, row->record)->name, row->name,
		    (row->flags & WORD_PLANNED) != 0 ? "planned" : "", row->label[r->lang]);
	}
	return command_print(&r->out);
}

static const struct {
	const char	*verb, *takes;
	size_t		 least, most;	/* words behind the verb */
	enum exit_code	(*run)(struct policy_request *);
} verbs[] = {
	{ "check", "FILE...", 1, COMMAND_WORDS_MAX, check }, { "lint", "FILE...", 1, COMMAND_WORDS_MAX, lint },
	{ "fmt", "FILE", 1, 1, fmt }, { "diff", "OLD NEW", 2, 2, diff }, { "json", "FILE", 1, 1, json },
	{ "explain", "FILE CATEGORY", 2, 2, explain }, { "clauses", "FILE", 1, 1, clauses },
	{ "dpv", "FILE", 1, 1, dpv }, { "render", "FILE", 1, 1, render }, { "register", "FILE", 1, 1, registers },
	{ "words", "nothing more", 0, 0, words },
};

enum exit_code
cmd_policy(const struct arguments *a)
{
	const char *lang = argument(a, "lang");
	struct policy_request r = { .a = a, .lang = LANG_EN, .out = buf_in(a->mem, ANSWER_BYTES_MAX) };

	if (lang != NULL && strcmp(lang, "fr") == 0) {
		r.lang = LANG_FR;
	} else if (lang != NULL && strcmp(lang, "en") != 0) {
		(void)command_failed("--lang is fr or en, not \"%s\"", lang);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < COUNT(verbs) && a->words_n > 0; i++) {
		if (strcmp(a->words[0], verbs[i].verb) != 0)
			continue;
		if (a->words_n - 1 >= verbs[i].least && a->words_n - 1 <= verbs[i].most)
			return verbs[i].run(&r);
		(void)command_failed("policy %s takes %s", verbs[i].verb, verbs[i].takes);
		return EXIT_USAGE;
	}
	(void)command_failed("policy needs one of check, lint, fmt, diff, json, explain, clauses, dpv, render,"
	    " register, words");
	return EXIT_USAGE;
}
