/*
 * checkpoint.h - "the log had so many lines, under this root", signed: the
 * text of C2SP tlog-checkpoint in the envelope of C2SP signed-note, Ed25519.
 *
 *	serment.log/1f0a…		origin, and the name of the key
 *	1000				lines
 *	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=	root
 *	(an empty line)
 *	— serment.log/1f0a… Az3grl…	signature
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "base/ctx.h"
#include "vault/logtree.h"

enum {
	CHECKPOINT_KEY_BYTES = 32,
	CHECKPOINT_NOTE_BYTES_MAX = 16 * 1024,	/* with the signatures of witnesses */
	CHECKPOINT_ORIGIN_BYTES_MAX = 64,
};

/* The public half: whoever has it can check the log, nobody can write one. */
struct checkpoint_key {
	char		origin[CHECKPOINT_ORIGIN_BYTES_MAX];	/* ended by NUL */
	unsigned char	bytes[CHECKPOINT_KEY_BYTES];
};

/* Of this server; ERR_SEALED: keys.db holds none that opens. */
err  checkpoint_key(struct ctx *, struct checkpoint_key *ret) MUST_USE;
/* NAME+HASH+KEY, as signed-note writes a verifier's key. */
str  checkpoint_key_text(struct arena *, const struct checkpoint_key *);

/* Errors as checkpoint_key. */
err  checkpoint_sign(struct ctx *, const struct logtree_state *, str *ret_note) MUST_USE;

/*
 * Read a note of any bytes.  ERR_INVALID: no checkpoint.  ERR_CONFLICT: one of
 * another log.  ERR_SEALED: our name, and a signature that is not ours.
 * Signatures of others beside ours are allowed, and not looked at.
 */
err  checkpoint_read(struct arena *, const struct checkpoint_key *, str note, struct logtree_state *ret) MUST_USE;

#endif
