/* json.c - see json.h.  jansson reads; its heap never leaves this file. */
#include <assert.h>
#include <jansson.h>
#include <pthread.h>

#include "format/json.h"

/* ---- Out ---- */

struct json_writer
json_writer(struct buf *out)
{
	return (struct json_writer){ .out = out };
}

/* Before any value: the comma, and the proof that a value may stand here. */
static void
value(struct json_writer *w)
{
	assert(w->keyed == w->level[w->depth].object);
	assert(w->depth > 0 || !w->level[0].comma);	/* one value at the root */
	if (!w->keyed && w->level[w->depth].comma)
		buf_byte(w->out, ',');
	w->level[w->depth].comma = true;
	w->keyed = false;
}

static void
begin(struct json_writer *w, bool object)
{
	value(w);
	assert(w->depth < JSON_DEPTH_MAX);
	w->depth++;
	w->level[w->depth].object = object;
	w->level[w->depth].comma = false;
	buf_byte(w->out, object ? '{' : '[');
}

static void
end(struct json_writer *w, bool object)
{
	assert(w->depth > 0 && w->level[w->depth].object == object && !w->keyed);
	w->depth--;
	buf_byte(w->out, object ? '}' : ']');
}

void
json_object_begin(struct json_writer *w)
{
	begin(w, true);
}

void
json_object_end(struct json_writer *w)
{
	end(w, true);
}

void
json_array_begin(struct json_writer *w)
{
	begin(w, false);
}

void
json_array_end(struct json_writer *w)
{
	end(w, false);
}

void
json_key(struct json_writer *w, str key)
{
	assert(w->level[w->depth].object && !w->keyed);
	if (w->level[w->depth].comma)
		buf_byte(w->out, ',');
	buf_json(w->out, key);
	buf_byte(w->out, ':');
	w->keyed = true;
}

void
json_put_str(struct json_writer *w, str s)
{
	value(w);
	buf_json(w->out, s);
}

void
json_put_int(struct json_writer *w, int64_t v)
{
	value(w);
	buf_int(w->out, v);
}

void
json_put_bool(struct json_writer *w, bool v)
{
	value(w);
	buf_add(w->out, v ? S("true") : S("false"));
}

void
json_put_null(struct json_writer *w)
{
	value(w);
	buf_add(w->out, S("null"));
}

/* ---- In ---- */

static struct json_error
error_at(str text, size_t offset, const char *what)
{
	struct json_error e = { .what = what, .line = 1, .column = 1 };

	e.offset = offset < text.n ? offset : text.n;
	for (size_t i = 0; i < e.offset; i++) {
		if (text.p[i] == '\n') {
			e.line++;
			e.column = 1;
		} else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
			e.column++;
		}
	}
	return e;
}

/*
 * Before jansson, whose recursion has a far deeper limit: brackets outside
 * strings.  Whether they match is left to jansson.
 */
static bool
depth_ok(str text, size_t *ret_offset)
{
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']'))
			depth--;
		if (depth > JSON_DEPTH_MAX) {
			*ret_offset = i;
			return false;
		}
	}
	return true;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_of_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* Of the token that begins at i; what is none is a token of one character. */
static size_t
token_end(str text, size_t i)
{
	char first = text.p[i++];

	if (first == '"') {
		while (i < text.n && text.p[i] != '"')
			i += text.p[i] == '\\' ? 2 : 1;
		return i < text.n ? i + 1 : text.n;
	}
	if (is_letter(first))
		while (i < text.n && is_letter(text.p[i]))
			i++;
	else if (is_of_number(first))
		while (i < text.n && is_of_number(text.p[i]))
			i++;
	while (i < text.n && ((unsigned char)text.p[i] & 0xc0) == 0x80)
		i++;
	return i;
}

/*
 * jansson tells how far it has read: to the end of the token that is wrong, of
 * which people want the beginning, or to a byte in the middle of one.
 */
static size_t
error_start(str text, size_t read)
{
	size_t start = 0, end = 0;

	while (end < read && end < text.n) {
		start = end;
		end = token_end(text, start);
	}
	return end == read ? start : read;
}

static const char *
error_name(const json_error_t *e)
{
	enum json_error_code code = json_error_code(e);

	return code == json_error_invalid_utf8 ? "invalid_utf8" :
	    code == json_error_duplicate_key ? "duplicate_key" :
	    code == json_error_numeric_overflow ? "numeric_overflow" :
	    code == json_error_premature_end_of_input ? "premature_end" :
	    code == json_error_null_character || code == json_error_null_byte_in_key ?
	    "null_character" : "syntax";
}

static void copy(struct arena *, const json_t *, struct json *);

static void
copy_array(struct arena *mem, const json_t *from, struct json *to)
{
	to->n = json_array_size(from);
	to->items = NEW_N(mem, struct json, to->n);
	for (size_t i = 0; i < to->n; i++)
		copy(mem, json_array_get(from, i), &to->items[i]);
}

static void
copy_object(struct arena *mem, json_t *from, struct json *to)
{
	to->n = json_object_size(from);
	to->items = NEW_N(mem, struct json, to->n);
	struct json *item = to->items;

	for (void *at = json_object_iter(from); at != NULL; at = json_object_iter_next(from, at)) {
		item->key = str_copy(mem, str_c(json_object_iter_key(at)));
		copy(mem, json_object_iter_value(at), item);
		item++;
	}
}

/* Recursion is bounded by depth_ok. */
static void
copy(struct arena *mem, const json_t *from, struct json *to)
{
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		to->kind = JSON_KIND_OBJECT;
		copy_object(mem, (json_t *)(uintptr_t)from, to);
		break;
	case JSON_ARRAY:
		to->kind = JSON_KIND_ARRAY;
		copy_array(mem, from, to);
		break;
	case JSON_STRING:
		to->kind = JSON_KIND_STR;
		to->text = str_copy(mem, (str){ json_string_value(from), json_string_length(from) });
		break;
	case JSON_INTEGER:
		to->kind = JSON_KIND_INT;
		to->number = json_integer_value(from);
		break;
	case JSON_REAL:
		to->kind = JSON_KIND_REAL;
		to->real = json_real_value(from);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		to->kind = JSON_KIND_BOOL;
		to->number = json_is_true(from);
		break;
	case JSON_NULL:
		to->kind = JSON_KIND_NULL;
		break;
	}
}

/* The library loses bytes of a text when it is refused memory, and goes on: ours ends the process. */
static void *
memory(size_t n)
{
	return mem_alloc(1, n);
}

static void
use_memory(void)
{
	json_set_alloc_funcs(memory, mem_free);
}

static void
tree_free_at(json_t **tree)
{
	json_decref(*tree);
}

err
json_parse(struct arena *mem, str text, struct json **ret, struct json_error *ret_error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	json_error_t foreign;
	size_t offset;

	(void)pthread_once(&once, use_memory);
	if (text.n > JSON_BYTES_MAX)
		return ERR_TOO_LARGE;
	if (!depth_ok(text, &offset)) {
		*ret_error = error_at(text, offset, "too_deep");
		return ERR_INVALID;
	}
	CLEANUP(tree_free_at) json_t *tree = json_loadb(text.n == 0 ? "" : text.p, text.n,
	    JSON_REJECT_DUPLICATES, &foreign);

	/* The library's own words may quote the text, which may be a person's. */
	if (tree == NULL) {
		enum json_error_code code = json_error_code(&foreign);

		offset = (size_t)max64(foreign.position, 0);
		if (code != json_error_premature_end_of_input && code != json_error_invalid_utf8)
			offset = error_start(text, offset);
		*ret_error = error_at(text, offset, error_name(&foreign));
		return ERR_INVALID;
	}
	struct json *root = NEW(mem, struct json);

	copy(mem, tree, root);
	*ret = root;
	return OK;
}
