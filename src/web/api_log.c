/* api_log.c - what anybody may know of the log: its newest checkpoint, its key, and that it only grew. */
#include "access/audit_proof.h"
#include "web/api_common.h"
#include "web/pages.h"
#include "web/view.h"

FORM(form_api_log_growth, { "from", 20, false }, { "to", 20, false });

#define PLAIN	S("text/plain; charset=utf-8")

err
api_log_checkpoint(struct web *w)
{
	struct audit_checkpoint last;

	TRY(audit_checkpoint_last(&w->c, &last));
	TRY(view_bytes(w, 200, PLAIN, last.note));
	http_set(w->answer, S("Cache-Control"), S("no-cache"));
	return OK;
}

err
api_log_key(struct web *w)
{
	struct checkpoint_key key;

	TRY(checkpoint_key(&w->c, &key));
	return view_bytes(w, 200, PLAIN, str_cat(w->c.mem, checkpoint_key_text(w->c.mem, &key), S("\n")));
}

static str
wanted(const struct web *w)
{
	return text(w->c.lang, T("A number of lines is wanted here, not above that of the newest checkpoint."));
}

/* For a witness: between two checkpoints that it has seen, or from one to the newest. */
err
api_log_growth(struct web *w)
{
	struct buf b = buf_in(w->c.mem, API_ANSWER_BYTES_MAX);
	struct json_writer j = json_writer(&b);
	struct api_fault fault = api_query_checked(w);
	struct audit_checkpoint last;
	struct logtree_proof path;
	int64_t from = 0;

	TRY(audit_checkpoint_last(&w->c, &last));
	int64_t to = last.size;
	if (fault.error == NULL && !web_field_int(w, "from", 0, last.size, &from))
		fault = api_query_fault("from", wanted(w));
	if (fault.error == NULL && web_field_sent(w, "to") && !web_field_int(w, "to", from, last.size, &to))
		fault = api_query_fault("to", wanted(w));
	if (fault.error != NULL)
		return api_refuse(w, &fault);
	TRY(audit_prove_growth(&w->c, from, to, &path));
	json_object_begin(&j);
	api_put_int(&j, "from", from);
	api_put_int(&j, "to", to);
	json_key(&j, S("path"));
	audit_path_print(w->c.mem, &path, &j);
	json_object_end(&j);
	return view_json(w, 200, &b);
}
