/* page_server.c - what the server says of itself, and the choice of language. */
#include "web/pages.h"
#include "web/view.h"

FORM(form_language, { "retour", 1000, false });

/* Alive means: it answers, and its database does too. */
err
page_healthz(struct web *w)
{
	struct org *orgs;
	size_t n;

	TRY(org_list(&w->c, INT64_MAX - 1, &orgs, &n));
	return view_bytes(w, 200, S("text/plain; charset=utf-8"), S("ok\n"));
}

/* Prometheus text, only for who asks from this machine: counters are not for the public. */
err
page_metrics(struct web *w)
{
	struct buf b = buf_in(w->c.mem, 64 * 1024);

	if (w->site->metrics == NULL || (!str_eq(w->http->peer, S("127.0.0.1")) && !str_eq(w->http->peer, S("::1"))))
		return ERR_NOT_FOUND;
	TRY(w->site->metrics(w->site->app, &b));
	return view_bytes(w, 200, S("text/plain; version=0.0.4; charset=utf-8"), buf_str(&b));
}

err
page_language(struct web *w)
{
	str back = web_field(w, "retour");

	if (!str_eq(w->args[0], S("fr")) && !str_eq(w->args[0], S("en")))
		return ERR_NOT_FOUND;
	view_cookie_set(w, COOKIE_LANG, w->args[0]);
	return view_redirect(w, out_url_is_local(back) ? back : S("/"), NULL);
}
