/*
 * stream.h - files that only the owner of a recovery key can open: backups.
 * secretstream (XChaCha20-Poly1305) in 64 KiB chunks, the last one marked, so
 * that a truncated file is noticed; the stream key is sealed to the recovery
 * key's public half, so that the server itself cannot read its backups back.
 */
#ifndef STREAM_H
#define STREAM_H

#include "base/ctx.h"

/*
 * Make a recovery key pair; the secret half as text for a file kept elsewhere,
 * ending in a check word: a typing mistake is ERR_INVALID below, not ERR_SEALED.
 */
err  recovery_make(struct arena *, str *ret_secret, str *ret_public) MUST_USE;

/* Seal everything readable from fd in to fd out.  ERR_INVALID: that is no public half. */
err  stream_seal(str recovery_public, int in, int out) MUST_USE;
/* ERR_SEALED: another key, damaged, or truncated; what was written must be dropped. */
err  stream_open(str recovery_secret, int in, int out) MUST_USE;

#endif
