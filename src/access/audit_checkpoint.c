/* audit_checkpoint.c - what the server signs about its log, and keeps. */
#include "access/audit_int.h"

#include "base/log.h"

enum { LIST_MAX = 1000 };

static err
take(struct db_rows *r, struct arena *mem, struct audit_checkpoint *ret)
{
	str rest, line = {0};

	TRY(db_next(r));
	*ret = (struct audit_checkpoint){ .size = db_int(r, 0), .at = db_int(r, 1), .note = db_text(r, mem, 2) };
	rest = ret->note;
	for (int i = 0; i < 3 && str_split(&rest, '\n', &line); i++)
		ret->root = line;
	return OK;
}

err
audit_checkpoint_last(struct ctx *c, struct audit_checkpoint *ret)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;

	TRY(db_read(c->db, SQL("SELECT size, at, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"), NULL, 0, &r));
	return take(r, c->mem, ret);
}

err
audit_checkpoint_list(struct ctx *c, int64_t after, int limit, struct audit_checkpoint **ret, size_t *ret_n)
{
	CLEANUP(db_rows_end) struct db_rows *r = NULL;
	int most = limit < 1 ? 1 : limit > LIST_MAX ? LIST_MAX : limit;
	struct audit_checkpoint *list = NEW_N(c->mem, struct audit_checkpoint, (size_t)most);
	size_t n = 0;
	err e;

	TRY(db_read(c->db, SQL("SELECT size, at, note FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2"),
	    BINDS(INT(after), INT(most)), &r));
	while (n < (size_t)most && (e = take(r, c->mem, &list[n])) != ERR_NOT_FOUND) {
		TRY(e);
		n++;
	}
	*ret = list;
	*ret_n = n;
	return OK;
}

/* Zeros without a checkpoint yet. */
static err
last_or_none(struct ctx *c, struct audit_checkpoint *ret)
{
	err e = audit_checkpoint_last(c, ret);

	if (e == ERR_NOT_FOUND)
		*ret = (struct audit_checkpoint){0};
	return e == ERR_NOT_FOUND ? OK : e;
}

err
audit_checkpoint_due(struct ctx *c, bool *ret)
{
	struct audit_checkpoint last;
	int64_t size;

	TRY(last_or_none(c, &last));
	TRY(audit_tile_size(c, &size));
	*ret = size - last.size >= AUDIT_CHECKPOINT_LINES ||
	    (size > last.size && c->now - last.at >= AUDIT_CHECKPOINT_EVERY);
	return OK;
}

static err
refuse(const struct audit_checkpoint *last, const char *why)
{
	LOG_ERROR("audit", why, LOG_INT("signed_lines", last->size));
	return ERR_SEALED;
}

/* What we sign must go on from what we signed: else the server itself would tell two stories. */
static err
goes_on(struct ctx *c, const struct logtree_source *source, const struct audit_checkpoint *last,
    const struct logtree_state *now)
{
	struct checkpoint_key key;
	struct logtree_state signed_then;
	struct logtree_proof proof;

	TRY(checkpoint_key(c, &key));
	if (checkpoint_read(c->mem, &key, last->note, &signed_then) != OK)
		return refuse(last, "the last checkpoint was not signed by this server");
	if (signed_then.size > now->size)
		return refuse(last, "the log has fewer lines than were signed");
	TRY(logtree_prove_growth(source, signed_then.size, now->size, &proof));
	return logtree_growth_holds(&signed_then, now, &proof) ? OK :
	    refuse(last, "the log does not begin with what was signed");
}

err
audit_checkpoint_sign(struct ctx *c, int64_t *ret_n)
{
	struct audit_tree tree = { .c = c };
	struct logtree_source source = audit_tree_source(&tree);
	struct audit_checkpoint last;
	struct logtree_state now;
	str note;

	*ret_n = 0;
	TRY(last_or_none(c, &last));
	TRY(audit_tile_size(c, &now.size));
	if (now.size == last.size)
		return OK;
	TRY(logtree_read_root(&source, now.size, &now.root));
	if (last.size > 0)
		TRY(goes_on(c, &source, &last, &now));
	TRY(checkpoint_sign(c, &now, &note));
	return db_run(c->db, SQL("INSERT INTO audit_checkpoint (size, at, note) VALUES ($1, $2, $3)"
	    " ON CONFLICT (size) DO NOTHING"), BINDS(INT(now.size), INT(c->now), TEXT(note)), ret_n);
}
