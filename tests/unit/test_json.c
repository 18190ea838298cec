/* test_json.c - format/json.h */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "assert_str.h"
#include "json_path.h"

static void
the_writer_puts_commas_and_escapes(void **state)
{
	CLEANUP(buf_free) struct buf b = buf_on_heap(4096);
	struct json_writer w = json_writer(&b);

	(void)state;
	json_object_begin(&w);
	json_key(&w, S("name"));
	json_put_str(&w, S("L\u00e9a \"x\"\n"));
	json_key(&w, S("list"));
	json_array_begin(&w);
	json_put_int(&w, INT64_MIN);
	json_put_bool(&w, true);
	json_put_null(&w);
	json_array_begin(&w);
	json_array_end(&w);
	json_object_begin(&w);
	json_object_end(&w);
	json_array_end(&w);
	json_key(&w, S("last"));
	json_put_bool(&w, false);
	json_object_end(&w);
	assert_true(buf_ok(&b));
	assert_str(buf_str(&b), S("{\"name\":\"L\u00e9a \\\"x\\\"\\u000a\","
	    "\"list\":[-9223372036854775808,true,null,[],{}],\"last\":false}"));
}

static void value_without_key(struct json_writer *w) { json_object_begin(w); json_put_int(w, 1); }
static void key_in_array(struct json_writer *w) { json_array_begin(w); json_key(w, S("a")); }
static void wrong_end(struct json_writer *w) { json_array_begin(w); json_object_end(w); }
static void end_of_nothing(struct json_writer *w) { json_object_end(w); }
static void two_roots(struct json_writer *w) { json_put_int(w, 1); json_put_int(w, 2); }

static void
key_without_value(struct json_writer *w)
{
	json_object_begin(w);
	json_key(w, S("a"));
	json_object_end(w);
}

static void
too_deep(struct json_writer *w)
{
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		json_array_begin(w);
}

/* In a child each, since assert ends the process. */
static void
misuse_of_the_writer_stops_the_program(void **state)
{
	static void (*const mistakes[])(struct json_writer *) = {
		value_without_key, key_in_array, wrong_end, end_of_nothing, two_roots,
		key_without_value, too_deep,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		int status;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			struct buf b = buf_on_heap(4096);
			struct json_writer w = json_writer(&b);

			(void)signal(SIGABRT, SIG_DFL);
			(void)close(STDERR_FILENO);
			mistakes[i](&w);
			_exit(0);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

static void
what_was_written_is_read_again(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct json *root;
	struct json_error e;
	int64_t number;
	size_t n;
	bool yes;
	str text;

	(void)state;
	assert_int_equal(json_parse(&mem, S(" {\"b\":\"\\u00e9\\n\\u003c\", \"a\":[1,-2,true,null,1.5,\"\"],"
	    "\"o\":{\"x\":9223372036854775807}} "), &root, &e), OK);
	assert_true(json_str(json_get(root, "b"), &text));
	assert_str(text, S("\u00e9\n<"));
	assert_true(json_int(json_get(json_get(root, "o"), "x"), &number));
	assert_true(number == INT64_MAX);
	const struct json *items = json_items(json_get(root, "a"), &n);

	assert_int_equal(n, 6);
	assert_true(json_int(&items[1], &number));
	assert_int_equal(number, -2);
	assert_true(json_bool(&items[2], &yes) && yes);
	assert_int_equal(items[3].kind, JSON_KIND_NULL);
	assert_int_equal(items[4].kind, JSON_KIND_REAL);
	assert_true(items[4].real > 1.49 && items[4].real < 1.51);
	assert_true(json_str(&items[5], &text) && text.n == 0);
	/* In the order of the text. */
	assert_str(root->items[0].key, S("b"));
	assert_str(root->items[2].key, S("o"));
}

static void
bad_json_is_refused_with_its_place(void **state)
{
	static const struct { const char *text, *what; int line, column; } cases[] = {
		{ "", "premature_end", 1, 1 },
		{ "{\n  \"a\": 1,\n  \"a\": 2\n}", "duplicate_key", 3, 3 },
		{ "{\n\"\u00e9\": x}", "syntax", 2, 6 },
		{ "[1,]", "syntax", 1, 4 },
		{ "[1] 2", "syntax", 1, 5 },
		{ "[01]", "syntax", 1, 3 },
		{ "[1", "premature_end", 1, 3 },
		{ "[\"\xff\"]", "invalid_utf8", 1, 3 },
		{ "[\"\xed\xa0\x80\"]", "invalid_utf8", 1, 3 },
		{ "[\"\\ud800\"]", "syntax", 1, 2 },
		{ "[\"\\u0000\"]", "null_character", 1, 2 },
		{ "[99999999999999999999]", "numeric_overflow", 1, 2 },
		{ "[\"a\nb\"]", "syntax", 1, 4 },
		{ "[NaN]", "syntax", 1, 2 }, { "'a'", "syntax", 1, 1 }, { "1", "syntax", 1, 1 },
		{ "[1] // x", "syntax", 1, 5 }, { "\ufeff[]", "syntax", 1, 1 },
		{ "[1x]", "syntax", 1, 3 }, { "[\xff]", "invalid_utf8", 1, 2 }, { "[\"a", "premature_end", 1, 4 },
		{ "{\"a\" 1}", "syntax", 1, 6 }, { "{\"a\\\"\": [tru]}", "syntax", 1, 10 },
	};
	CLEANUP(arena_free) struct arena mem = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct json *root = NULL;
		struct json_error e = {0};

		assert_int_equal(json_parse(&mem, str_c(cases[i].text), &root, &e), ERR_INVALID);
		assert_null(root);
		if (strcmp(e.what, cases[i].what) != 0 || e.line != cases[i].line ||
		    e.column != cases[i].column)
			fail_msg("%s: %s at %d:%d", cases[i].text, e.what, e.line, e.column);
		assert_true(e.offset <= strlen(cases[i].text));
	}
}

static void
depth_and_size_are_limited(void **state)
{
	CLEANUP(arena_free) struct arena mem = {0};
	char *large = arena_alloc(&mem, JSON_BYTES_MAX + 1, 1);
	struct json *root = NULL;
	struct json_error e = {0};
	char nested[2 * JSON_DEPTH_MAX + 3];

	(void)state;
	memset(nested, '[', JSON_DEPTH_MAX + 1);
	memset(nested + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	assert_int_equal(json_parse(&mem, (str){ nested, 2 * JSON_DEPTH_MAX + 2 }, &root, &e), ERR_INVALID);
	assert_string_equal(e.what, "too_deep");
	assert_int_equal(e.offset, JSON_DEPTH_MAX);
	assert_int_equal(json_parse(&mem, (str){ nested + 1, 2 * JSON_DEPTH_MAX }, &root, &e), OK);
	/* Brackets in strings are no depth. */
	assert_int_equal(json_parse(&mem, S("[\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]"), &root, &e), OK);
	memset(large, ' ', JSON_BYTES_MAX + 1);
	large[0] = '[';
	large[1] = ']';
	assert_int_equal(json_parse(&mem, (str){ large, JSON_BYTES_MAX + 1 }, &root, &e), ERR_TOO_LARGE);
	assert_int_equal(json_parse(&mem, (str){ large, JSON_BYTES_MAX }, &root, &e), OK);
	/* Deep enough to break a stack, were it read. */
	memset(large, '[', JSON_BYTES_MAX);
	assert_int_equal(json_parse(&mem, (str){ large, JSON_BYTES_MAX }, &root, &e), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_writer_puts_commas_and_escapes),
		cmocka_unit_test(misuse_of_the_writer_stops_the_program),
		cmocka_unit_test(what_was_written_is_read_again),
		cmocka_unit_test(bad_json_is_refused_with_its_place),
		cmocka_unit_test(depth_and_size_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
