/* test_policy_render.c - oath/render.h: the public page (R13) and the registers (R25) say what the policy says. */
#include "oath/render.h"

#include "policy_case.h"

#define FULL POLICY_HEAD \
	"recipient host role processor place FR hds yes gets identity for book title \"H\\\"<b>&\"\n" \
	"recipient mailer role processor place US gets identity for book\n" \
	"transfer to US of identity under dpf recipient mailer\n" \
	POLICY_BODY \
	"rights erasure wait 24h answer 14d limit 30d verify code refuse-on-floor\n" \
	"directives on-record else erase unless-floor\n" \
	"cookie lang essential 6mo\n" \
	"backup keys daily 7 horizon 31d\n" \
	"change loosen notice 30d archive\n" \
	"say identity fr \"Identit\u00e9\" en \"=Identity\"\n" \
	"say promise fr \"Nous ne dormons pas.\" en \"We do not sleep.\"\n" \
	"promise never-sold\n"

static str
page(struct arena *mem, const char *source, enum lang lang, enum render_form form)
{
	struct diagnostics *d = NEW(mem, struct diagnostics);
	struct buf b = buf_in(mem, 1 << 20);
	const struct policy *p;

	d->mem = mem;
	assert_int_equal(policy_compile(mem, str_c(source), d, &p), OK);
	policy_render(p, lang, form, &b);
	assert_true(buf_ok(&b) && str_utf8_ok(buf_str(&b)));
	return buf_str(&b);
}

static bool
has(str hay, const char *needle)
{
	return str_find_str(hay, str_c(needle)) >= 0;
}

/* R13: each of the fourteen is there, in order, and none is empty, however small the policy. */
static void
the_fourteen_sections_are_there_and_none_is_empty(void **state)
{
	static const char *const policies[] = { POLICY_SMALL, FULL };

	(void)state;
	for (size_t i = 0; i < COUNT(policies); i++) {
		for (enum lang lang = 0; lang < LANG_COUNT; lang++) {
			struct arena mem = {0};
			str rest = page(&mem, policies[i], lang, RENDER_HTML);

			for (size_t a = 0; a < COUNT(render_anchors); a++) {
				str head = str_printf(&mem, "<section id=\"%s\">\n<h2>", render_anchors[a]);
				ptrdiff_t at = str_find_str(rest, head);

				assert_true(at >= 0);
				rest = str_slice(rest, (size_t)at + head.n, rest.n);
				str body = str_slice(rest, 0, (size_t)str_find_str(rest, S("</section>")));
				/* No rights are declared in the small one: lint warns of that. */
				if (i == 0 && strcmp(render_anchors[a], "rights") == 0)
					continue;
				assert_true(has(body, "<li>") || has(body, "<p>"));
			}
			arena_free(&mem);
		}
	}
}

static void
the_page_says_the_figures_of_the_policy_in_both_languages(void **state)
{
	struct arena mem = {0};
	str fr = page(&mem, FULL, LANG_FR, RENDER_TEXT), en = page(&mem, FULL, LANG_EN, RENDER_TEXT);

	(void)state;
	assert_true(has(fr, "Identit\u00e9\u00a0: 3 ans apr\u00e8s le dernier contact ; ensuite effac\u00e9es"));
	assert_true(has(en, "=Identity: 3 years after the last contact; then erased"));
	assert_true(has(fr, "apr\u00e8s une r\u00e9flexion de 24 heures, r\u00e9ponse en 14 jours, au plus tard en 30 jours"));
	assert_true(has(fr, "plus rien de lisible apr\u00e8s 31 jours."));
	assert_true(has(en, "Nothing of it can be read in backups any more after 31 days."));
	assert_true(has(en, "United States: =Identity (the EU-US Data Privacy Framework"));
	assert_true(has(en, "announced 30 days before. Earlier versions stay published."));
	assert_true(has(en, "We do not sleep."));
	assert_true(has(en, "lang: the language that you chose, needed by what you asked for, 6 months"));
	assert_true(has(en, "cnil.fr/plaintes"));
	/* What is the title of a category is no promise. */
	assert_false(has(en, "- =Identity\n"));
	arena_free(&mem);
}

static void
words_of_a_policy_are_escaped(void **state)
{
	struct arena mem = {0};
	str html = page(&mem, FULL, LANG_EN, RENDER_HTML);

	(void)state;
	assert_true(has(html, "<strong>H&quot;&lt;b&gt;&amp;</strong>"));
	assert_false(has(html, "<b>"));
	arena_free(&mem);
}

static void
the_registers_have_a_row_for_each_activity(void **state)
{
	struct arena mem = {0};
	struct diagnostics d = { .mem = &mem };
	struct buf b = buf_in(&mem, 1 << 20);
	const struct policy *p;

	(void)state;
	assert_int_equal(policy_compile(&mem, S(FULL), &d, &p), OK);
	policy_register(p, false, LANG_EN, &b);
	assert_str(buf_str(&b), S("\"activity\",\"purpose\",\"legal basis\",\"condition of article 9\",\"persons\",\"data\","
	    "\"recipients\",\"transfers\",\"durations\",\"security\"\r\n"
	    "\"book\",\"booking an appointment\",\"the performance of a contract (GDPR 6.1.b)\",\"\",\"patients\","
	    "\"'=Identity\",\"H\"\"<b>&; mailer\","
	    "\"United States (the EU-US Data Privacy Framework (decision 2023/1795))\","
	    "\"identity: 3 years after the last contact; then erased\",\"identity: encrypted\"\r\n"));
	buf_clear(&b);
	policy_register(p, true, LANG_FR, &b);
	assert_true(has(buf_str(&b), "\"H\"\"<b>&\",\"practice\",\"France\",\"prendre un rendez-vous\",\"Identit\u00e9\""));
	assert_true(has(buf_str(&b), "\"mailer\",\"practice\",\"\u00c9tats-Unis\""));
	arena_free(&mem);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fourteen_sections_are_there_and_none_is_empty),
		cmocka_unit_test(the_page_says_the_figures_of_the_policy_in_both_languages),
		cmocka_unit_test(words_of_a_policy_are_escaped),
		cmocka_unit_test(the_registers_have_a_row_for_each_activity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
