/* audit_prove.c - proofs for one line or of growth, and the whole log for somebody else's verifier. */
#include "access/audit_int.h"

enum { EXPORT_LINE_BYTES_MAX = 1 << 20 };

/* --- proofs --- */

static err
key_text(struct ctx *c, struct checkpoint_key *ret_key, str *ret_text)
{
	TRY(checkpoint_key(c, ret_key));
	*ret_text = checkpoint_key_text(c->mem, ret_key);
	return OK;
}

err
audit_prove(struct ctx *c, id line, struct audit_proof *ret)
{
	struct audit_tree tree = { .c = c };
	struct logtree_source source = audit_tree_source(&tree);
	struct audit_proof p = { .line = line };
	struct checkpoint_key key;
	struct audit_row row;

	TRY(audit_row_find(c, line, &row));
	p.seq = row.line.seq;
	err e = audit_checkpoint_last(c, &p.under);
	if (e == ERR_NOT_FOUND || (e == OK && (p.seq == 0 || p.seq > p.under.size)))
		return ERR_CONFLICT;
	TRY(e);
	TRY(key_text(c, &key, &p.key));
	TRY(audit_leaf(c, &row, &p.leaf, &p.persons));
	TRY(logtree_prove_leaf(&source, p.seq - 1, p.under.size, &p.path));
	*ret = p;
	return OK;
}

err
audit_prove_growth(struct ctx *c, int64_t old, int64_t size, struct logtree_proof *ret)
{
	struct audit_tree tree = { .c = c };
	struct logtree_source source = audit_tree_source(&tree);
	int64_t lines;

	TRY(audit_tile_size(c, &lines));
	return size > lines ? ERR_INVALID : logtree_prove_growth(&source, old, size, ret);
}

static void
put_str(struct json_writer *j, const char *key, str s)
{
	json_key(j, str_c(key));
	json_put_str(j, s);
}

static void
put_int(struct json_writer *j, const char *key, int64_t n)
{
	json_key(j, str_c(key));
	json_put_int(j, n);
}

static void
put_bytes(struct json_writer *j, struct arena *mem, const char *key, str bytes)
{
	put_str(j, key, str_base64(mem, bytes));
}

static void
put_persons(struct json_writer *j, struct arena *mem, str persons)
{
	json_key(j, S("persons"));
	json_array_begin(j);
	for (size_t at = 0; at + AUDIT_PSEUDONYM_BYTES <= persons.n; at += AUDIT_PSEUDONYM_BYTES)
		json_put_str(j, str_hex(mem, str_slice(persons, at, at + AUDIT_PSEUDONYM_BYTES)));
	json_array_end(j);
}

static str
hash_str(const struct logtree_hash *h)
{
	return (str){ (const char *)h->bytes, sizeof(h->bytes) };
}

void
audit_path_print(struct arena *mem, const struct logtree_proof *path, struct json_writer *j)
{
	json_array_begin(j);
	for (int i = 0; i < path->n; i++)
		json_put_str(j, str_base64(mem, hash_str(&path->hashes[i])));
	json_array_end(j);
}

void
audit_proof_print(struct arena *mem, const struct audit_proof *p, struct buf *out)
{
	struct json_writer j = json_writer(out);

	json_object_begin(&j);
	put_str(&j, "id", str_of_int(mem, p->line));	/* as text: it has 63 bits */
	put_int(&j, "seq", p->seq);
	put_bytes(&j, mem, "leaf", p->leaf);
	put_persons(&j, mem, p->persons);
	json_key(&j, S("path"));
	audit_path_print(mem, &p->path, &j);
	put_str(&j, "checkpoint", p->under.note);
	put_str(&j, "key", p->key);
	json_object_end(&j);
}

/* --- export --- */

struct export {
	struct ctx		*c;
	const struct audit_sink	*sink;
	struct buf		*line;
	int64_t			 size, done;
};

static err
send_line(struct export *x)
{
	buf_byte(x->line, '\n');
	if (!buf_ok(x->line))
		return ERR_TOO_LARGE;
	return x->sink->put(x->sink->to, buf_str(x->line));
}

static struct json_writer
begin_line(struct export *x, const char *kind)
{
	buf_clear(x->line);
	struct json_writer j = json_writer(x->line);

	json_object_begin(&j);
	put_str(&j, "kind", str_c(kind));
	return j;
}

static err
send_head(struct export *x)
{
	struct checkpoint_key key;
	str text;

	TRY(key_text(x->c, &key, &text));
	struct json_writer j = begin_line(x, "log");
	put_int(&j, "version", 1);
	put_str(&j, "origin", str_c(key.origin));
	put_str(&j, "key", text);
	put_int(&j, "lines", x->size);
	json_object_end(&j);
	return send_line(x);
}

/* row: NULL when the content was purged. */
static err
send_leaf(struct export *x, int64_t seq, const struct logtree_hash *hash, const struct audit_row *row)
{
	struct arena *mem = x->c->mem;
	struct json_writer j = begin_line(x, "leaf");
	str leaf, persons;

	put_int(&j, "seq", seq);
	put_bytes(&j, mem, "hash", hash_str(hash));
	if (row != NULL) {
		TRY(audit_leaf(x->c, row, &leaf, &persons));
		put_bytes(&j, mem, "leaf", leaf);
		put_persons(&j, mem, persons);
	}
	json_object_end(&j);
	return send_line(x);
}

static err
send_point(struct export *x, const struct audit_checkpoint *p)
{
	struct json_writer j = begin_line(x, "checkpoint");

	put_int(&j, "size", p->size);
	put_str(&j, "note", p->note);
	json_object_end(&j);
	return send_line(x);
}

static err
send_tile(struct export *x)
{
	struct audit_tile *tile = NEW_N(x->c->mem, struct audit_tile, 1);
	const int64_t first = x->done;
	const int want = (int)min64(AUDIT_TILE_HASHES, x->size - first);
	struct audit_checkpoint *points;
	struct audit_row *rows;
	size_t n, at = 0, points_n, point = 0;

	TRY(audit_tile_read(x->c, 0, first / AUDIT_TILE_HASHES, tile));
	if (tile->n < want)
		return ERR_SEALED;
	TRY(audit_rows_between(x->c, first, first + want, &rows, &n));
	TRY(audit_checkpoint_list(x->c, first, want, &points, &points_n));
	for (int i = 0; i < want; i++) {
		while (at < n && rows[at].line.seq <= x->done)	/* two of one place: our own verifier says so */
			at++;
		bool here = at < n && rows[at].line.seq == x->done + 1;

		TRY(send_leaf(x, ++x->done, &tile->hashes[i], here ? &rows[at] : NULL));
		if (point < points_n && points[point].size == x->done)
			TRY(send_point(x, &points[point++]));
	}
	return OK;
}

err
audit_export(struct ctx *c, const struct audit_sink *sink)
{
	CLEANUP(arena_free) struct arena mem = {0};
	CLEANUP(buf_free) struct buf line = buf_on_heap(EXPORT_LINE_BYTES_MAX);
	struct ctx batch = *c;
	struct export x = { .c = &batch, .sink = sink, .line = &line };

	batch.mem = &mem;
	TRY(audit_tile_size(&batch, &x.size));
	TRY(send_head(&x));
	while (x.done < x.size) {
		TRY(send_tile(&x));
		arena_reset(&mem);
	}
	return OK;
}
