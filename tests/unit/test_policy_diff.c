/* test_policy_diff.c - oath/diff.h, explain.h, project.h: what a policy means for people and programs. */
#include "oath/diff.h"
#include "oath/explain.h"
#include "oath/lint.h"
#include "oath/project.h"

#include "format/json.h"
#include "json_path.h"
#include "policy_case.h"

#define RICH POLICY_SMALL \
	"cookie lang essential 6mo\n" \
	"recipient host role processor place FR hds yes gets identity\n" \
	"rights access,erasure wait 24h answer 14d limit 30d verify code\n" \
	"login practitioner two-factor idle 15m absolute 12h\n" \
	"limit hold 5m\nlimit password-length-min 12\n" \
	"backup keys daily 7 sealed apart horizon 31d\n" \
	"breach budget 60 per 1h tell-authority 72h\n" \
	"log server keep 6mo\n" \
	"change loosen notice 30d\n" \
	"promise never-sold\n"

struct edit {
	const char	*from, *to;	/* in RICH */
	enum change_what what;
	const char	*sentence;	/* of the loosened way, in English */
};

static str
edited(struct arena *mem, const struct edit *e)
{
	str base = S(RICH);
	ptrdiff_t at = str_find_str(base, str_c(e->from));

	assert_true(at >= 0);
	str tail = str_slice(base, (size_t)at + strlen(e->from), base.n);
	return str_cat(mem, str_cat(mem, str_slice(base, 0, (size_t)at), str_c(e->to)), tail);
}

static const struct policy *
compiled(struct arena *mem, str source)
{
	struct diagnostics *d = NEW(mem, struct diagnostics);
	const struct policy *p;

	d->mem = mem;
	if (policy_compile(mem, source, d, &p) != OK) {
		struct buf b = buf_in(mem, 1 << 16);

		diagnostics_print(d, S("test"), source, LANG_EN, &b);
		print_error("%.*s", STR_FMT(buf_str(&b)));
		fail();
	}
	return p;
}

/* Each edit promises less than RICH; its contrary promises more. */
static const struct edit loosened[] = {
	{ "book\nkeep", "book readers secretary,server\nkeep", CHANGED_READERS,
	    "for booking an appointment, more people see the data: secretary" },
	{ "book\nkeep", "book\npurpose desk uses identity basis contract notice desk\nkeep", CHANGED_PURPOSE,
	    "data are used for one more thing: running the practice's agenda" },
	{ "notice book", "notice book channel email", CHANGED_CHANNELS,
	    "for booking an appointment, you are also reached by email" },
	{ "notice book", "notice book pixel consent", CHANGED_PIXEL,
	    "for booking an appointment, messages may tell when they are read" },
	{ "person.* encrypt", "person.*", CHANGED_GUARD, "identity is no longer guarded so: encrypt" },
	{ "person.*", "person.*,outbox.person", CHANGED_FIELDS, "identity holds more: outbox.person" },
	{ "of patient", "of patient,visitor", CHANGED_SUBJECTS, "identity is held of more persons: visitor" },
	{ "3y after last_contact", "4y after last_contact", CHANGED_KEEP,
	    "identity is kept longer, or otherwise: 4 years after the last contact instead of 3 years after the last contact" },
	{ "3y after last_contact", "3y after last_contact then anonymise", CHANGED_DISPOSAL,
	    "identity is made anonymous at its end, no longer erased" },
	{ "essential 6mo", "essential 7mo", CHANGED_COOKIE_LIFE, "the cookie lang lives longer: 7 months instead of 6 months" },
	{ "cookie lang", "cookie more essential session\ncookie lang", CHANGED_COOKIE, "one more cookie: more" },
	{ "recipient host", "recipient other role controller place FR\nrecipient host", CHANGED_RECIPIENT,
	    "one more receives data: other" },
	{ "hds yes", "hds no", CHANGED_GUARD, "host is no longer guarded so: hds" },
	{ "rights access,erasure", "rights access", CHANGED_RIGHT,
	    "nobody answers this right any more: erasure (GDPR 17)" },
	{ "limit 30d", "limit 31d", CHANGED_CLOCK, "requests of access wait longer: 31 days instead of 30 days" },
	{ "two-factor", "password", CHANGED_LOGIN,
	    "one signs in with less: practitioner, password instead of two-factor" },
	{ "idle 15m", "idle 20m", CHANGED_IDLE, "a session lasts longer: practitioner, 20 minutes instead of 15 minutes" },
	{ "hold 5m", "hold 10m", CHANGED_LIMIT, "hold: 600 instead of 300" },
	{ "length-min 12", "length-min 10", CHANGED_LIMIT, "password-length-min: 10 instead of 12" },
	{ "horizon 31d", "horizon 60d", CHANGED_BACKUP, "copies are kept otherwise: keys, 60 days instead of 31 days" },
	{ "daily 7 sealed", "daily 7", CHANGED_GUARD, "keys is no longer guarded so: sealed" },
	{ "budget 60", "budget 90", CHANGED_BREACH, "after a breach: budget, 90 instead of 60" },
	{ "tell-authority 72h", "", CHANGED_BREACH, "after a breach: tell-authority, - instead of 72 hours" },
	{ "keep 6mo", "keep 12mo", CHANGED_LOG, "the log server is kept longer: 12 months instead of 6 months" },
	{ "notice 30d", "notice 14d", CHANGED_NOTICE, "you hear of a change later: 14 days before instead of 30 days" },
	{ "promise never-sold\n", "", CHANGED_VOW, "no longer promised: data are never sold, rented or exchanged" },
	{ "limit hold", "transfer to US of identity under dpf\nlimit hold", CHANGED_TRANSFER,
	    "data leave the European Economic Area for US" },
	{ "limit hold", "measure visits through own data 25mo basis interest\nlimit hold", CHANGED_MEASURE,
	    "one more measure of visits: visits" },
};

static void
what_promises_less_is_loosened_and_its_contrary_tightened(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(loosened); i++) {
		struct arena mem = {0};
		struct buf b = buf_in(&mem, 1 << 16);
		const struct policy *rich = compiled(&mem, S(RICH)), *less = compiled(&mem, edited(&mem, &loosened[i]));
		struct change_list there = policy_diff(&mem, rich, less), back = policy_diff(&mem, less, rich);

		assert_true(there.n >= 1);
		change_sentence(&there.list[0], LANG_EN, &b);
		assert_str(buf_str(&b), str_c(loosened[i].sentence));
		assert_int_equal(there.list[0].what, loosened[i].what);
		assert_int_equal(there.list[0].direction, DIRECTION_LOOSEN);
		assert_int_equal(back.n, there.n);
		assert_int_equal(back.list[0].direction, DIRECTION_TIGHTEN);
		buf_clear(&b);
		change_sentence(&there.list[0], LANG_FR, &b);
		assert_true(b.n > 10 && str_find(buf_str(&b), '{') < 0);
		arena_free(&mem);
	}
}

static void
the_same_promises_in_other_words_are_no_change(void **state)
{
	static const struct edit same[] = {
		{ "essential 6mo", "essential 6mo holds preference", CHANGED_TEXT, "" },
		{ "idle 15m", "idle 900s", CHANGED_TEXT, "" },
		{ "version 1", "version 2", CHANGED_TEXT, "" },
		{ "limit hold", "# a comment\nlimit hold", CHANGED_TEXT, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(same); i++) {
		struct arena mem = {0};

		assert_int_equal(policy_diff(&mem, compiled(&mem, S(RICH)), compiled(&mem, edited(&mem, &same[i]))).n, 0);
		arena_free(&mem);
	}
}

static void
a_consent_that_grows_is_asked_again(void **state)
{
	struct arena mem = {0};
#define NEWS(uses) S(POLICY_SMALL "category list of patient fields subscription.*\nkeep list unsubscribe\n" \
	"purpose news uses " uses " basis consent notice news channel email\n" \
	"purpose message uses list basis contract notice message\n")
	struct change_list l = policy_diff(&mem, compiled(&mem, NEWS("list")), compiled(&mem, NEWS("list,identity")));

	(void)state;
	assert_int_equal(l.n, 1);
	assert_int_equal(l.list[0].direction, DIRECTION_LOOSEN);
	assert_true(l.list[0].asks_consent);
	l = policy_diff(&mem, compiled(&mem, NEWS("list,identity")), compiled(&mem, NEWS("list")));
	assert_int_equal(l.n, 1);
	assert_int_equal(l.list[0].direction, DIRECTION_TIGHTEN);
	assert_false(l.list[0].asks_consent);
	arena_free(&mem);
}

/* The one change between RICH and RICH with an edit. */
static struct change
only_change(struct arena *mem, const char *from, const char *to)
{
	struct edit e = { from, to, CHANGED_TEXT, "" };
	struct change_list l = policy_diff(mem, compiled(mem, S(RICH)), compiled(mem, edited(mem, &e)));

	assert_int_equal(l.n, 1);
	return l.list[0];
}

static void
sentences_are_plain_words_in_the_language_of_who_reads(void **state)
{
	struct arena mem = {0};
	struct buf b = buf_in(&mem, 4096);
	struct change c = only_change(&mem, "essential 6mo", "essential session");

	(void)state;
	assert_int_equal(c.direction, DIRECTION_TIGHTEN);
	change_sentence(&c, LANG_EN, &b);
	assert_str(buf_str(&b), S("the cookie lang lives less long: session instead of 6 months"));
	c = only_change(&mem, "3y after last_contact", "1y after last_contact");
	buf_clear(&b);
	change_sentence(&c, LANG_FR, &b);
	assert_str(buf_str(&b), S("identity est gard\u00e9 moins longtemps : 1 an apr\u00e8s le dernier contact"
	    " au lieu de 3 ans apr\u00e8s le dernier contact"));
	/* A duty of law is no promise: it neither tightens nor loosens. */
	c = only_change(&mem, "3y after last_contact", "3y after last_contact floor 1y after last_contact");
	assert_int_equal(c.direction, DIRECTION_NEUTRAL);
	buf_clear(&b);
	change_sentence(&c, LANG_EN, &b);
	assert_str(buf_str(&b), S("the least time that the law asks for identity is now: 1 year after the last contact"));
	c = only_change(&mem, "3y after last_contact", "3y after last_contact ceiling 4y after last_contact");
	assert_int_equal(c.direction, DIRECTION_TIGHTEN);
	buf_clear(&b);
	change_sentence(&c, LANG_EN, &b);
	assert_str(buf_str(&b), S("identity ends at the latest: 4 years after the last contact"));
	arena_free(&mem);
}

static void
a_term_that_cannot_be_compared_is_told_to_persons(void **state)
{
	static const struct { const char *old, *new; enum direction want; } terms[] = {
		{ "3y after last_contact", "3y after created", DIRECTION_LOOSEN },
		{ "3y after last_contact", "3y after last_contact or objection", DIRECTION_TIGHTEN },
		{ "3y after last_contact or objection", "3y after last_contact", DIRECTION_LOOSEN },
		{ "later of birthday 28 and 20y after last_act", "20y after last_act", DIRECTION_TIGHTEN },
		{ "1y after created", "366d after created", DIRECTION_LOOSEN },
		{ "1y after created", "365d after created", DIRECTION_TIGHTEN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(terms); i++) {
		struct arena mem = {0};
		struct edit old = { "3y after last_contact", terms[i].old, CHANGED_KEEP, "" };
		struct edit new = { "3y after last_contact", terms[i].new, CHANGED_KEEP, "" };
		struct change_list l = policy_diff(&mem, compiled(&mem, edited(&mem, &old)),
		    compiled(&mem, edited(&mem, &new)));

		assert_int_equal(l.n, 1);
		assert_int_equal(l.list[0].what, CHANGED_KEEP);
		assert_int_equal(l.list[0].direction, terms[i].want);
		arena_free(&mem);
	}
}

static void
a_category_is_explained_in_both_languages(void **state)
{
	struct arena mem = {0};
	const struct policy *p = compiled(&mem, S(RICH));
	struct buf en = buf_in(&mem, 1 << 16), fr = buf_in(&mem, 1 << 16);

	(void)state;
	policy_explain(p, 0, LANG_EN, &en);
	assert_true(str_find_str(buf_str(&en), S("booking an appointment; the performance of a contract")) > 0);
	assert_true(str_find_str(buf_str(&en), S("3 years after the last contact; then erased")) > 0);
	assert_true(str_find_str(buf_str(&en), S("host (processor, France)")) > 0);
	policy_explain(p, 0, LANG_FR, &fr);
	assert_true(str_find_str(buf_str(&fr), S("3 ans apr\u00e8s le dernier contact ; ensuite effac\u00e9es")) > 0);
	assert_true(str_find_str(buf_str(&fr), S("host (sous-traitant, France)")) > 0);
	arena_free(&mem);
}

static void
durations_and_terms_read_as_people_say_them(void **state)
{
	static const struct { const char *term, *en, *fr; } terms[] = {
		{ "1mo after created", "1 month after it was recorded", "1 mois apr\u00e8s l'enregistrement" },
		{ "birthday 28", "until the age of 28", "jusqu'au 28e anniversaire" },
		{ "objection", "until the person's objection", "d\u00e8s l'opposition de la personne" },
		{ "during contract then 1y after contract_end", "as long as the contract lasts, then 1 year",
		    "tant que dure le contrat, puis 1 an" },
		{ "3d after sent or objection",
		    "3 days after the sending or until the person's objection, whichever comes first",
		    "3 jours apr\u00e8s l'envoi ou d\u00e8s l'opposition de la personne, au plus t\u00f4t des deux" },
		{ "parameter convention required", "a time that the controller has to set (convention)",
		    "un d\u00e9lai que le responsable doit fixer (convention)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(terms); i++) {
		struct arena mem = {0};
		struct edit e = { "3y after last_contact", terms[i].term, CHANGED_KEEP, "" };
		const struct policy *p = compiled(&mem, edited(&mem, &e));
		struct buf en = buf_in(&mem, 4096), fr = buf_in(&mem, 4096);

		term_words(policy_keep(p, 0, false)->term, LANG_EN, &en);
		term_words(policy_keep(p, 0, false)->term, LANG_FR, &fr);
		assert_str(buf_str(&en), str_c(terms[i].en));
		assert_str(buf_str(&fr), str_c(terms[i].fr));
		arena_free(&mem);
	}
}

static void
the_json_is_sound_and_has_the_terms_of_each_category(void **state)
{
	struct arena mem = {0};
	struct edit e = { "3y after last_contact", "as identity2 when file exists else later of birthday 28 and"
	    " 20y after last_act by \"a \\\"source\\\"\"\ncategory identity2 of patient fields outbox.*\n"
	    "purpose desk uses identity2 basis legal notice desk\nkeep identity2 during account", CHANGED_KEEP, "" };
	struct buf b = buf_in(&mem, 1 << 20);
	struct json_error why;
	struct json *j;
	int64_t number;
	str text;
	size_t n;

	(void)state;
	policy_json(compiled(&mem, edited(&mem, &e)), S("abc"), &b);
	assert_int_equal(json_parse(&mem, buf_str(&b), &j, &why), OK);
	assert_true(json_str(json_get(j, "hash"), &text));
	assert_str(text, S("abc"));
	const struct json *keeps = json_items(json_get(j, "keeps"), &n);
	assert_int_equal(n, 2);
	const struct json *term = json_get(&keeps[0], "term"), *later = json_get(term, "else");
	assert_true(json_str(json_get(term, "kind"), &text));
	assert_str(text, S("as"));
	assert_true(json_str(json_get(json_get(later, "a"), "event"), &text));
	assert_str(text, S("birth"));
	assert_true(json_int(json_get(json_get(json_get(later, "b"), "duration"), "number"), &number));
	assert_int_equal(number, 20);
	assert_true(json_str(json_get(&keeps[0], "source"), &text));
	assert_str(text, S("a \"source\""));
	assert_true(json_str(json_get(json_get(&keeps[1], "term"), "period"), &text));
	assert_str(text, S("account"));
	arena_free(&mem);
}

static void
every_purpose_and_basis_has_a_term_of_the_vocabulary(void **state)
{
	struct arena mem = {0};
	struct buf source = buf_in(&mem, 1 << 16), b = buf_in(&mem, 1 << 20);
	struct json_error why;
	struct json *j;
	size_t n;

	(void)state;
	buf_add(&source, S(POLICY_HEAD "category identity of patient fields person.*\nkeep identity 3y after created\n"));
	for (int i = 0; i < AIM_COUNT; i++)
		buf_printf(&source, "purpose %s uses identity basis %s notice n authorisation \"A\"\n",
		    word_get(WORDS_AIM, i)->name, word_get(WORDS_BASIS, i % BASIS_COUNT)->name);
	policy_dpv(compiled(&mem, buf_str(&source)), S("abc"), &b);
	assert_int_equal(json_parse(&mem, buf_str(&b), &j, &why), OK);
	const struct json *graph = json_items(json_get(j, "@graph"), &n);
	assert_int_equal(n, AIM_COUNT + 1);
	for (size_t i = 0; i < AIM_COUNT; i++) {
		str purpose, basis;

		assert_true(json_str(json_get(&graph[i], "dpv:hasPurpose"), &purpose));
		assert_true(json_str(json_get(&graph[i], "dpv:hasLegalBasis"), &basis));
		assert_true(str_starts(purpose, S("dpv:")) && str_find_str(purpose, S("null")) < 0);
		assert_true(str_starts(basis, S("dpv:")) && str_find_str(basis, S("null")) < 0);
	}
	arena_free(&mem);
}

static void
the_linter_also_reads_what_does_not_compile(void **state)
{
	struct compiled c;

	(void)state;
	compile(&c, "promise no-third-party\nrecipient buyer role acquirer place FR\n");
	assert_int_equal(c.e, ERR_INVALID);
	assert_non_null(c.p);
	policy_lint(c.p, &c.d);
	assert_true(says(&c, DIAGNOSTIC_W04, 1, 9));
	arena_free(&c.mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_promises_less_is_loosened_and_its_contrary_tightened),
		cmocka_unit_test(the_same_promises_in_other_words_are_no_change),
		cmocka_unit_test(a_consent_that_grows_is_asked_again),
		cmocka_unit_test(sentences_are_plain_words_in_the_language_of_who_reads),
		cmocka_unit_test(a_term_that_cannot_be_compared_is_told_to_persons),
		cmocka_unit_test(a_category_is_explained_in_both_languages),
		cmocka_unit_test(durations_and_terms_read_as_people_say_them),
		cmocka_unit_test(the_json_is_sound_and_has_the_terms_of_each_category),
		cmocka_unit_test(every_purpose_and_basis_has_a_term_of_the_vocabulary),
		cmocka_unit_test(the_linter_also_reads_what_does_not_compile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
