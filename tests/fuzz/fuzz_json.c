/* fuzz_json.c - JSON from any bytes: what is read can be written and read again. */
#include "format/json.h"
#include "fuzz.h"

static void
write_value(struct json_writer *w, const struct json *j)
{
	switch (j->kind) {
	case JSON_KIND_NULL:
	case JSON_KIND_REAL:	/* we read real numbers, and write none */
		json_put_null(w);
		return;
	case JSON_KIND_BOOL:
		json_put_bool(w, j->number != 0);
		return;
	case JSON_KIND_INT:
		json_put_int(w, j->number);
		return;
	case JSON_KIND_STR:
		require(str_utf8_ok(j->text), "a text is not UTF-8");
		json_put_str(w, j->text);
		return;
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		break;
	}
	bool object = j->kind == JSON_KIND_OBJECT;

	(object ? json_object_begin : json_array_begin)(w);
	for (size_t i = 0; i < j->n; i++) {
		if (object)
			json_key(w, j->items[i].key);
		write_value(w, &j->items[i]);
	}
	(object ? json_object_end : json_array_end)(w);
}

static str
written(struct arena *mem, const struct json *j)
{
	struct buf *b = NEW(mem, struct buf);

	*b = buf_in(mem, 8 * FUZZ_BYTES_MAX);
	struct json_writer w = json_writer(b);
	write_value(&w, j);
	require(buf_ok(b), "it grew more than sixfold");
	return buf_str(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str input = { (const char *)bytes, n };
	struct json_error e;
	struct json *first, *second;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	err result = json_parse(&mem, input, &first, &e);
	if (result != OK) {
		require(result == ERR_INVALID, "an unexpected error");
		require(e.what != NULL && e.offset <= n && e.line >= 1 && e.column >= 1,
		    "the place of the mistake lies outside the text");
		return 0;
	}
	str once = written(&mem, first);
	require(json_parse(&mem, once, &second, &e) == OK, "what we wrote we cannot read");
	require(str_eq(once, written(&mem, second)), "written again it is another text");
	return 0;
}
