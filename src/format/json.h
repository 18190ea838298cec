/*
 * json.h - JSON out and in (RFC 8259).  The writer streams into a buffer and
 * puts the commas; the reader is strict and keeps its tree in an arena.
 */
#ifndef JSON_H
#define JSON_H

#include "base/buf.h"

enum {
	JSON_DEPTH_MAX	= 32,
	JSON_BYTES_MAX	= 1024 * 1024,	/* of a text that is read */
};

/*
 * Misuse (a value without its key, an end that closes nothing) is our own
 * mistake: assert.  What does not fit in the buffer is told by buf_ok.
 */
struct json_writer {
	struct buf	*out;
	int		 depth;
	bool		 keyed;		/* a key waits for its value */
	struct { bool object, comma; } level[JSON_DEPTH_MAX + 1];
};

struct json_writer json_writer(struct buf *);
void json_object_begin(struct json_writer *);
void json_object_end(struct json_writer *);
void json_array_begin(struct json_writer *);
void json_array_end(struct json_writer *);
void json_key(struct json_writer *, str);
void json_put_str(struct json_writer *, str);
void json_put_int(struct json_writer *, int64_t);
void json_put_bool(struct json_writer *, bool);
void json_put_null(struct json_writer *);

enum json_kind {
	JSON_KIND_NULL, JSON_KIND_BOOL, JSON_KIND_INT, JSON_KIND_REAL,
	JSON_KIND_STR, JSON_KIND_ARRAY, JSON_KIND_OBJECT,
};

struct json {
	enum json_kind	 kind;
	str		 key;		/* inside an object */
	str		 text;		/* JSON_KIND_STR */
	int64_t		 number;	/* JSON_KIND_INT, JSON_KIND_BOOL */
	double		 real;		/* JSON_KIND_REAL */
	struct json	*items;		/* of an array or an object, in their order */
	size_t		 n;
};

/* Where the text goes wrong; line and column from 1, columns in characters. */
struct json_error {
	const char	*what;		/* stable, for people who read logs */
	size_t		 offset;
	int		 line, column;
};

/*
 * An object or an array.  ERR_INVALID with *ret_error: not JSON, bad UTF-8, a
 * NUL, a key twice, deeper than JSON_DEPTH_MAX, a number out of range.
 * ERR_TOO_LARGE: longer than JSON_BYTES_MAX.
 */
err json_parse(struct arena *, str text, struct json **ret, struct json_error *ret_error) MUST_USE;

#endif
