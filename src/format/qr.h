/* qr.h - QR codes as pictures that a page can hold. */
#ifndef QR_H
#define QR_H

#include "base/str.h"

enum { QR_TEXT_BYTES_MAX = 1000, QR_QUIET_MODULES = 4 };

/*
 * An SVG element, black on white whatever the page's colours, error
 * correction M.  ERR_TOO_LARGE: more than QR_TEXT_BYTES_MAX.  ERR_INVALID: empty.
 */
err qr_svg(struct arena *, str text, str *ret_svg) MUST_USE;

#endif
