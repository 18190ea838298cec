/*
 * view.h - answers: pages, redirects, JSON, errors in words.
 */
#ifndef VIEW_H
#define VIEW_H

#include "format/json.h"
#include "web/web.h"

/*
 * A page: begin gives the template's out and fills what every page of this
 * shell has (navigation, form token, language link, notice of the last act);
 * the page sets l->title before, and what else it knows; end sends it.
 *	struct layout l = { .title = … };
 *	struct out *o = view_begin(w, &l);
 *	page_x(o, &model);
 *	return view_end(w, o, 200);
 */
struct out *view_begin(struct web *, struct layout *);
err  view_end(struct web *, struct out *, int status) MUST_USE;

/* 303 to a path of ours, after a change; notice: a key of view.c's table, or NULL. */
err  view_redirect(struct web *, str path, const char *notice) MUST_USE;
err  view_bytes(struct web *, int status, str type, str body) MUST_USE;
err  view_json(struct web *, int status, const struct buf *) MUST_USE;
/* A file to keep: Content-Disposition with a safe ASCII name. */
err  view_download(struct web *, str type, const char *name, str body) MUST_USE;

/* The page or problem document of an error. */
void view_error(struct web *, err);
void view_status(struct web *, int status, str title, str what_to_do);
int  view_status_of(err);

/* Cookies by the promise's names, lifetimes and flags. */
void view_cookie_set(struct web *, enum cookie, str value);
void view_cookie_drop(struct web *, enum cookie);

/* Form token of this request's session, or of its booking under way. */
str  view_csrf(struct web *);

#endif
