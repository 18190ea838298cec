/*
 * audit_proof.h - what the log shows to those who do not believe it: signed
 * checkpoints, proofs, a whole examination, an export for another verifier.
 */
#ifndef AUDIT_PROOF_H
#define AUDIT_PROOF_H

#include "access/audit.h"
#include "format/json.h"
#include "vault/checkpoint.h"

/* A checkpoint is due after so many lines, or after so long with any line. */
enum { AUDIT_CHECKPOINT_LINES = 1000 };
#define AUDIT_CHECKPOINT_EVERY	USEC_PER_HOUR

struct audit_checkpoint {
	int64_t	size;
	usec	at;
	str	root;		/* base64, as the note has it */
	str	note;
};

err audit_checkpoint_due(struct ctx *, bool *ret) MUST_USE;
/* Sign the log as it is; ret_n: 0, nothing new.  ERR_SEALED: it does not go on from what was
 * signed before, and is not signed. */
err audit_checkpoint_sign(struct ctx *, int64_t *ret_n) MUST_USE;
/* ERR_NOT_FOUND: none yet. */
err audit_checkpoint_last(struct ctx *, struct audit_checkpoint *ret) MUST_USE;
/* With more lines than after, the smallest first. */
err audit_checkpoint_list(struct ctx *, int64_t after, int limit, struct audit_checkpoint **ret, size_t *ret_n)
	MUST_USE;

/* That a line is in the log, in the form that docs/log.md describes. */
struct audit_proof {
	id			 line;
	int64_t			 seq;
	str			 leaf;		/* its bytes */
	str			 persons;	/* their pseudonyms, one after the other */
	struct logtree_proof	 path;
	struct audit_checkpoint	 under;		/* the newest one, which signs the path's root */
	str			 key;		/* with which it can be checked */
};
/* Of ctx.org's lines, or anybody's without one.  ERR_NOT_FOUND: no such line, any more.
 * ERR_CONFLICT: no checkpoint covers it yet; come back in an hour. */
err  audit_prove(struct ctx *, id line, struct audit_proof *ret) MUST_USE;
void audit_proof_print(struct arena *, const struct audit_proof *, struct buf *json);
/* A path alone, as an array of base64. */
void audit_path_print(struct arena *, const struct logtree_proof *, struct json_writer *);

/* That the log of size lines begins with the log of old lines.  ERR_INVALID: not old <= size <= its lines. */
err audit_prove_growth(struct ctx *, int64_t old, int64_t size, struct logtree_proof *ret) MUST_USE;

enum audit_fault {
	AUDIT_WHOLE,
	AUDIT_LINE_ALTERED,	/* bad_seq: content and hash disagree */
	AUDIT_LINE_MISSING,	/* bad_seq: its content is gone, and no purge tells of it */
	AUDIT_LINE_EXTRA,	/* bad_seq: a place that the log does not have */
	AUDIT_HASHES_ALTERED,	/* bad_seq: first of those whose stored hashes disagree */
	AUDIT_CUT,		/* a checkpoint is of more lines than there are; bad_seq: first lost one */
	AUDIT_FORGED,		/* a checkpoint was not signed by this server; bad_seq: as next */
	AUDIT_REPLACED,		/* another log was signed; bad_seq: first of those it vouches for */
};

struct audit_report {
	int64_t			lines, purged;	/* in the log; without their content, at its beginning */
	int64_t			checkpoints, signed_lines;
	struct logtree_hash	root;
	enum audit_fault	fault;
	int64_t			bad_seq;
	int64_t			bad_checkpoint;	/* its size; 0: the fault is not in one */
	bool			bad_is_saved;	/* the one that the caller brought */
};
/* saved: a checkpoint kept elsewhere, already read, or NULL.  ERR_SEALED: the report names the fault. */
err audit_examine(struct ctx *, const struct logtree_state *saved, struct audit_report *ret) MUST_USE;

/* Every line of the export (docs/log.md), in order; an error of put ends it. */
struct audit_sink { err (*put)(void *to, str line); void *to; };
err audit_export(struct ctx *, const struct audit_sink *) MUST_USE;

#endif
