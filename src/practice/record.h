/*
 * record.h - fields as bytes, for sealing: tag (2 bytes, big-endian), length
 * (2 bytes), value; one after the other, rising tags not required.
 */
#ifndef RECORD_H
#define RECORD_H

#include "base/buf.h"

enum { RECORD_TAG_MAX = 0xFFFF, RECORD_VALUE_BYTES_MAX = 0xFFFF };

/* Tag in [1, RECORD_TAG_MAX], value no longer than RECORD_VALUE_BYTES_MAX: asserted. */
void record_add(struct buf *, int tag, str value);

/*
 * Take the next field off the front of *rest; the value is a view into it.
 * ERR_NOT_FOUND: at the end.  ERR_INVALID: cut short or tag 0.
 */
err record_next(str *rest, int *ret_tag, str *ret_value) MUST_USE;

#endif
