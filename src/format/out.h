/*
 * out.h - what compiled templates write with.  The way a value is escaped
 * follows from its type (_Generic) and from its place, which tools/templates.py
 * has checked; pages never choose it.  After the page, ask buf_ok(o->b) once.
 */
#ifndef OUT_H
#define OUT_H

#include "base/buf.h"
#include "base/ctx.h"
#include "format/text.h"

struct out {
	struct buf	*b;
	struct arena	*mem;	/* for filled messages; lives as long as the request */
	enum lang	 lang;
};

/* Markup that our own code made, every part of it escaped or literal. */
struct html { str s; };
struct html out_html_trusted(str);

/* Literal text of the template. */
void out_literal(struct out *, const char *, size_t);

/* {{ v }}: escaped for text and quoted attributes. */
#define out_value(o, v) _Generic((v), \
	str: out_str, char *: out_c, const char *: out_c, struct html: out_html, \
	short: out_int, int: out_int, long: out_int, long long: out_int, \
	unsigned short: out_unsigned, unsigned: out_unsigned, \
	unsigned long: out_unsigned, unsigned long long: out_unsigned)((o), (v))
void out_str(struct out *, str);
void out_c(struct out *, const char *);
void out_html(struct out *, struct html);
void out_int(struct out *, int64_t);
void out_unsigned(struct out *, uint64_t);

/* A number or text as str; a NULL const char * is empty.  No struct html here. */
#define out_as_str(o, v) _Generic((v), \
	str: out_of_str, char *: out_of_c, const char *: out_of_c, \
	short: out_of_int, int: out_of_int, long: out_of_int, long long: out_of_int, \
	unsigned short: out_of_unsigned, unsigned: out_of_unsigned, \
	unsigned long: out_of_unsigned, unsigned long long: out_of_unsigned)((o), (v))
str out_of_str(struct out *, str);
str out_of_c(struct out *, const char *);
str out_of_int(struct out *, int64_t);
str out_of_unsigned(struct out *, uint64_t);

/* {{_ "… {name}" name=v }} */
#define OUT_ARG(o, name, v) ARG((name), out_as_str((o), (v)))

/* In a directive, where {{_ }} cannot stand: .label = SAY("First name").  Needs an o. */
#define SAY(id) text((o)->lang, (id))

/* {{ v }} inside a URL and {{u v }}: percent-encoded, so that it stays one component. */
#define out_url_part(o, v) out_url_str((o), out_as_str((o), (v)))
/* {{ v }} after tel: - digits, and a leading +. */
#define out_tel(o, v) out_tel_str((o), out_as_str((o), (v)))
/* {{ v }} in a plain-text mail: as it is. */
#define out_plain(o, v) out_plain_str((o), out_as_str((o), (v)))
/* {{url v }}: a path on this server ("/x", never "//host"), else "/" and a line in the log. */
#define out_url_local(o, v) out_url_local_str((o), out_as_str((o), (v)))
/* {{link v }}: https:// or http:// without a space or control byte, else "/" and a line. */
#define out_url_foreign(o, v) out_url_foreign_str((o), out_as_str((o), (v)))
void out_url_str(struct out *, str);
void out_tel_str(struct out *, str);
void out_plain_str(struct out *, str);
void out_url_local_str(struct out *, str);
void out_url_foreign_str(struct out *, str);

/* True if {{url }} would write it: for a "next" parameter, before a redirect. */
bool out_url_is_local(str);

/* Marks an icon's name in C for tools/assets.py, as {{icon name }} does in a template. */
#define ICON(name)	(name)
/* An icon of the sprite, hidden from screen readers: put words beside it. */
void out_icon(struct out *, const char *name);

#endif
