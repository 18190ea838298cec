/* record.c - see record.h. */
#include <assert.h>

#include "practice/record.h"

enum { HEAD_BYTES = 4 };

static void
add_u16(struct buf *b, size_t v)
{
	buf_byte(b, (char)(v >> 8 & 0xFF));
	buf_byte(b, (char)(v & 0xFF));
}

static size_t
u16_at(str s, size_t i)
{
	return (size_t)(unsigned char)s.p[i] << 8 | (unsigned char)s.p[i + 1];
}

void
record_add(struct buf *b, int tag, str value)
{
	assert(tag >= 1 && tag <= RECORD_TAG_MAX && value.n <= RECORD_VALUE_BYTES_MAX);
	add_u16(b, (size_t)tag);
	add_u16(b, value.n);
	buf_add(b, value);
}

err
record_next(str *rest, int *ret_tag, str *ret_value)
{
	if (rest->n == 0)
		return ERR_NOT_FOUND;
	if (rest->n < HEAD_BYTES)
		return ERR_INVALID;

	size_t tag = u16_at(*rest, 0), n = u16_at(*rest, 2);

	if (tag == 0 || n > rest->n - HEAD_BYTES)
		return ERR_INVALID;
	*ret_tag = (int)tag;
	*ret_value = str_slice(*rest, HEAD_BYTES, HEAD_BYTES + n);
	*rest = str_slice(*rest, HEAD_BYTES + n, rest->n);
	return OK;
}
