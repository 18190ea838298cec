/* buf.c - see buf.h. */
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"

struct buf
buf_in(struct arena *mem, size_t bytes_max)
{
	return (struct buf){ .mem = mem, .max = bytes_max };
}

struct buf
buf_on_heap(size_t bytes_max)
{
	return (struct buf){ .max = bytes_max };
}

void
buf_free(struct buf *b)
{
	if (b->mem == NULL)
		mem_free(b->p);
	*b = (struct buf){0};
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->full = false;
}

/* Room for n more bytes; false once the maximum would be passed. */
static bool
grow(struct buf *b, size_t n)
{
	if (b->full || n > b->max - b->n) {
		b->full = true;
		return false;
	}
	if (b->n + n <= b->room)
		return true;
	size_t room = b->room < 256 ? 256 : b->room * 2;

	if (room < b->n + n)
		room = b->n + n;
	if (b->mem == NULL) {
		b->p = mem_resize(b->p, room, 1);
	} else {
		char *p = arena_alloc(b->mem, room, 1);

		if (b->n > 0)
			memcpy(p, b->p, b->n);
		b->p = p;
	}
	b->room = room;
	return true;
}

void
buf_add(struct buf *b, str s)
{
	if (s.n == 0 || !grow(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void
buf_byte(struct buf *b, char c)
{
	buf_add(b, (str){ &c, 1 });
}

void
buf_int(struct buf *b, int64_t v)
{
	char text[24];
	size_t at = sizeof(text);
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;

	do {
		text[--at] = (char)('0' + u % 10);
		u /= 10;
	} while (u > 0);
	if (v < 0)
		text[--at] = '-';
	buf_add(b, (str){ text + at, sizeof(text) - at });
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char none[1];
	int n = vsnprintf(none, sizeof(none), format, args);
	va_end(args);
	/* One more byte than we keep, for the NUL that vsnprintf insists on. */
	if (n < 0 || !grow(b, (size_t)n + 1))
		return;
	va_start(args, format);
	(void)vsnprintf(b->p + b->n, (size_t)n + 1, format, args);
	va_end(args);
	b->n += (size_t)n;
}

void
buf_html(struct buf *b, str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		str escape;

		switch (s.p[i]) {
		case '&':  escape = S("&amp;"); break;
		case '<':  escape = S("&lt;"); break;
		case '>':  escape = S("&gt;"); break;
		case '"':  escape = S("&quot;"); break;
		case '\'': escape = S("&#39;"); break;
		default:   continue;
		}
		buf_add(b, str_slice(s, from, i));
		buf_add(b, escape);
		from = i + 1;
	}
	buf_add(b, str_slice(s, from, s.n));
}

void
buf_url(struct buf *b, str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';

		if (plain)
			buf_byte(b, (char)c);
		else
			buf_add(b, (str){ (char[]){ '%', hex[c >> 4], hex[c & 15] }, 3 });
	}
}

void
buf_json(struct buf *b, str s)
{
	size_t from = 0;

	buf_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		/* '<' too: so that "</script" cannot end an element. */
		if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != 0x7f)
			continue;
		buf_add(b, str_slice(s, from, i));
		if (c == '"' || c == '\\')
			buf_add(b, (str){ (char[]){ '\\', (char)c }, 2 });
		else
			buf_printf(b, "\\u%04x", c);
		from = i + 1;
	}
	buf_add(b, str_slice(s, from, s.n));
	buf_byte(b, '"');
}
