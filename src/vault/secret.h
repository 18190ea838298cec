/*
 * secret.h - passwords, one-time codes and random tokens.
 */
#ifndef SECRET_H
#define SECRET_H

#include "base/ctx.h"

enum {
	TOKEN_BYTES = 16,		/* 128 bits: what a link without sign-in carries */
	SESSION_TOKEN_BYTES = 32,
	TOTP_SECRET_BYTES = 20,
};

/* A random token as base64url text, for a link or a cookie; store its hash only.  16 to 64 bytes. */
str  token_make(struct arena *, size_t bytes);
/* SHA-256 of the token's text: enough, since it is random. */
str  token_hash(struct arena *, str token);
/* 4 to 12 decimal digits without bias; store vault_mac of it, never the code. */
str  code_make(struct arena *, int digits);

/* Constant time for equal lengths. */
bool secret_equal(str, str);
str  sha256(struct arena *, str);
/* 32 bytes of BLAKE2b: what names a policy, by its canonical form. */
str  blake2b(struct arena *, str);

/*
 * Argon2id, 64 MiB, t=2.  At most two run at once; others wait their turn.
 * password_verify with an empty hash (no account) costs the same time and is
 * false, so that time tells nothing.  ERR_IO: the machine has no 64 MiB left.
 */
err  password_hash(struct arena *, str password, str *ret) MUST_USE;
bool password_verify(str hash, str password);

/* RFC 6238, SHA-1, 6 digits, 30 s, one step of drift either way. */
str  totp_base32(struct arena *, str secret);
/* As people type it, blanks and case aside.  False: not base32. */
bool totp_base32_decode(struct arena *, str text, str *ret_secret);
/* otpauth://… for the QR code, or empty: names too long for 2,048 bytes. */
str  totp_uri(struct arena *, str secret, str issuer, str account);
/* True if the code fits a step later than last_step (no replay). */
bool totp_verify(str secret, str code, usec now, int64_t last_step, int64_t *ret_step);
/* For tests and the demonstration. */
str  totp_code(struct arena *, str secret, usec now);

#endif
