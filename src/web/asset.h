/*
 * asset.h - the style, scripts, icons and font inside the program, as written by
 * tools/assets.py from ui/assets.  asset_names.h has a name for each path.
 */
#ifndef ASSET_H
#define ASSET_H

#include "base/str.h"

struct asset {
	const char	*path;		/* "/a/public.0123456789.css" */
	const char	*type;
	str		 plain;
	str		 brotli;	/* empty: it would not be shorter */
	const char	*etag;		/* with its quotes (RFC 9110 section 8.8.3) */
	bool		 immutable;	/* the path names the content: cache it for ever */
};

/* Sorted by the bytes of their paths. */
extern const struct asset assets[];
extern const size_t assets_count;

/* NULL: no such path. */
const struct asset *asset_find(str path);

#endif
