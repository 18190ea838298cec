/*
 * test_policy_words.c - the vocabulary, the database's schema, the documentation
 * and the recommended default speak of the same things.
 */
#include "oath/grammar.h"
#include "oath/promise.h"

#include "engine.h"
#include "policy_case.h"

static str
file_text(struct arena *mem, const char *path)
{
	struct buf b = buf_in(mem, 4 << 20);
	char part[4096];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	for (size_t n; (n = fread(part, 1, sizeof(part), f)) > 0;)
		buf_add(&b, (str){ part, n });
	(void)fclose(f);
	return buf_str(&b);
}

/* R1: every stored column is declared, or is declared to tell of nobody. */
static void
every_column_of_the_schema_is_a_field_or_tells_of_nobody(void **state)
{
	struct ctx *c = *state;
	CLEANUP(db_rows_end) struct db_rows *rows = NULL;
	int64_t seen = 0;
	err e;

	assert_int_equal(db_read(c->db, SQL("SELECT m.name, p.name FROM sqlite_schema m, pragma_table_info(m.name) p"
	    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid"), NULL, 0, &rows), OK);
	while ((e = db_next(rows)) == OK) {
		str table = db_text(rows, c->mem, 0), column = db_text(rows, c->mem, 1);

		if (!column_known(table, column)) {
			print_error("%.*s.%.*s is no field of fields.def\n", STR_FMT(table), STR_FMT(column));
			fail();
		}
		seen++;
	}
	assert_int_equal(e, ERR_NOT_FOUND);
	assert_true(seen > 200);
	assert_false(column_known(S("person"), S("shoe_size")));
	assert_false(column_known(S("shoe"), S("id")));
}

static void
every_field_that_is_not_planned_has_its_column(void **state)
{
	struct ctx *c = *state;

	for (enum field f = 0; f < FIELD_COUNT; f++) {
		const struct field_row *row = field_row(f);
		const char *column = row->column[0] != '\0' ? row->column : row->name;
		str table = word_name(WORDS_RECORD, row->record);
		int64_t n = -1;

		assert_true((row->storage == STORAGE_NOWHERE) == ((row->flags & WORD_PLANNED) != 0));
		if (row->storage == STORAGE_NOWHERE)
			continue;
		assert_int_equal(db_one_int(c->db, SQL("SELECT COUNT(*) FROM pragma_table_info($1) WHERE name = $2"),
		    BINDS(TEXT(table), TEXT(str_c(column))), &n), OK);
		if (n != 1)
			print_error("%.*s.%s has no column\n", STR_FMT(table), column);
		assert_int_equal(n, 1);
	}
}

static void
the_default_policy_covers_every_field_that_is_stored(void **state)
{
	struct arena mem = {0};
	struct diagnostics d = { .mem = &mem };
	const struct policy *p;

	(void)state;
	assert_int_equal(policy_compile(&mem, file_text(&mem, ENGINE_ROOT "/policies/default.policy"), &d, &p), OK);
	for (enum field f = 0; f < FIELD_COUNT; f++)
		if (field_row(f)->storage != STORAGE_NOWHERE)
			assert_true(policy_category_of(p, f) >= 0);
	arena_free(&mem);
}

static void
documented(struct arena *mem, str page, str word)
{
	if (str_find_str(page, word) < 0)
		print_error("docs/policy.md does not know %.*s\n", STR_FMT(word));
	assert_true(str_find_str(page, word) >= 0);
	(void)mem;
}

static void
the_documentation_names_every_word_and_every_code(void **state)
{
	struct arena mem = {0};
	str page = file_text(&mem, ENGINE_ROOT "/docs/policy.md");

	(void)state;
	for (enum vocabulary v = WORDS_NONE + 1; v < WORDS_COUNT; v++) {
		size_t n;
		const struct policy_word *words = words_of(v, &n);

		for (size_t i = 0; i < n && v != WORDS_PLACE; i++)
			documented(&mem, page, str_printf(&mem, "`%s`%s", words[i].name,
			    (words[i].flags & (WORD_PLANNED | WORD_DURATION)) == WORD_PLANNED ? "\u00b0" : ""));
	}
	for (enum field f = 0; f < FIELD_COUNT; f++)
		documented(&mem, page, str_printf(&mem, "`%s`", field_row(f)->name));
	for (enum diagnostic_code code = 0; code < DIAGNOSTIC_COUNT; code++)
		documented(&mem, page, str_printf(&mem, "| %.*s |", STR_FMT(diagnostic_name(code))));
	for (enum keyword k = 0; k < KEYWORD_COUNT; k++) {
		const struct slot *slots[SLOTS_MAX];
		size_t n = grammar_slots(k, slots);

		documented(&mem, page, str_printf(&mem, "= \"%.*s\"", STR_FMT(keyword_name(k))));
		for (size_t i = 0; i < n - 2; i++)
			if (slots[i]->duty != PLACED && slots[i]->kind != VALUE_TERM)
				documented(&mem, page, str_printf(&mem, "\"%.*s\"", STR_FMT(attribute_name(slots[i]->word))));
	}
	arena_free(&mem);
}

static void
the_example_of_the_documentation_compiles(void **state)
{
	struct arena mem = {0};
	struct diagnostics d = { .mem = &mem };
	str page = file_text(&mem, ENGINE_ROOT "/docs/policy.md");
	const struct policy *p;

	(void)state;
	ptrdiff_t from = str_find_str(page, S("```policy\n"));
	assert_true(from >= 0);
	str example = str_slice(page, (size_t)from + 10, page.n);
	example = str_slice(example, 0, (size_t)str_find_str(example, S("```")));
	assert_int_equal(policy_compile(&mem, example, &d, &p), OK);
	assert_true(p->purposes_n >= 4 && p->keeps_n >= 4);
	arena_free(&mem);
}

static void
words_are_found_and_lists_are_sound(void **state)
{
	(void)state;
	for (enum vocabulary v = WORDS_NONE + 1; v < WORDS_COUNT; v++) {
		size_t n;
		const struct policy_word *words = words_of(v, &n);

		assert_true(n > 0 && (v == WORDS_PLACE || n <= POLICY_LIST_MAX));
		for (size_t i = 0; i < n; i++) {
			/* No word twice, and each label in each language. */
			assert_int_equal(word_find(v, str_c(words[i].name)), (int)i);
			for (int lang = 0; lang < LANG_COUNT; lang++)
				assert_true(words[i].label[lang][0] != '\0');
		}
	}
	assert_int_equal(word_find(WORDS_PLACE, S("F")), -1);
	assert_int_equal(word_find(WORDS_PLACE, S("FRA")), -1);
	assert_int_equal(word_find(WORDS_PLACE, S("")), -1);
	assert_str(word_nearest(WORDS_EVENT, S("lastact")), S("last_act"));
	assert_str(word_nearest(WORDS_EVENT, S("bananas")), S(""));
	assert_str(word_nearest(WORDS_EVENT, S("a_name_so_long_that_nobody_would_ever_think_of_it_at_all")), S(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_and_lists_are_sound),
		cmocka_unit_test(the_documentation_names_every_word_and_every_code),
		cmocka_unit_test(the_example_of_the_documentation_compiles),
		cmocka_unit_test(the_default_policy_covers_every_field_that_is_stored),
		ENGINE_CASE_(every_column_of_the_schema_is_a_field_or_tells_of_nobody, sqlite, true),
		ENGINE_CASE_(every_field_that_is_not_planned_has_its_column, sqlite, true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
