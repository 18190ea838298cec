/* qr.c - see qr.h. */
#include <errno.h>
#include <qrencode.h>

#include "base/buf.h"
#include "base/log.h"
#include "format/qr.h"

enum { SVG_BYTES_MAX = 1024 * 1024 };	/* the largest code, 177 modules, needs a third */

static void
code_free_at(QRcode **code)
{
	QRcode_free(*code);
}

/* One sub-path for each run of dark modules in a row. */
static void
add_row(struct buf *out, const unsigned char *row, int width, int y)
{
	for (int x = 0; x < width;) {
		int from = x;

		/* The lowest bit is the colour, the others are the library's notes. */
		while (x < width && (row[x] & 1) != 0)
			x++;
		if (x > from)
			buf_printf(out, "M%d %dh%dv1h-%dz", from + QR_QUIET_MODULES,
			    y + QR_QUIET_MODULES, x - from, x - from);
		else
			x++;
	}
}

err
qr_svg(struct arena *mem, str text, str *ret_svg)
{
	if (text.n > QR_TEXT_BYTES_MAX)
		return ERR_TOO_LARGE;
	if (text.n == 0)
		return ERR_INVALID;
	CLEANUP(code_free_at) QRcode *code = QRcode_encodeData((int)text.n,
	    (const unsigned char *)text.p, 0, QR_ECLEVEL_M);

	if (code == NULL) {
		LOG_ERROR("qr", "encode", LOG_TEXT("why", strerrordesc_np(errno)));
		return ERR_INVALID;
	}
	struct buf out = buf_in(mem, SVG_BYTES_MAX);
	int side = code->width + 2 * QR_QUIET_MODULES;

	buf_printf(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\""
	    " role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\">"
	    "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"", side, side, side, side);
	for (int y = 0; y < code->width; y++)
		add_row(&out, code->data + (size_t)y * (size_t)code->width, code->width, y);
	buf_add(&out, S("\"/></svg>"));
	if (!buf_ok(&out))
		return ERR_TOO_LARGE;
	*ret_svg = buf_str(&out);
	return OK;
}
