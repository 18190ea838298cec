#include "format/out.h"

#include "asset_names.h"
#include "base/log.h"

struct html
out_html_trusted(str s)
{
	return (struct html){ s };
}

void
out_literal(struct out *o, const char *p, size_t n)
{
	buf_add(o->b, (str){ p, n });
}

void
out_str(struct out *o, str s)
{
	buf_html(o->b, s);
}

void
out_c(struct out *o, const char *s)
{
	buf_html(o->b, str_c(s));
}

void
out_html(struct out *o, struct html h)
{
	buf_add(o->b, h.s);
}

void
out_int(struct out *o, int64_t n)
{
	buf_int(o->b, n);
}

void
out_unsigned(struct out *o, uint64_t n)
{
	buf_printf(o->b, "%llu", (unsigned long long)n);
}

str
out_of_str(struct out *o, str s)
{
	(void)o;	/* the same shape as its sisters, for _Generic */
	return s;
}

str
out_of_c(struct out *o, const char *s)
{
	(void)o;
	return str_c(s);
}

str
out_of_int(struct out *o, int64_t n)
{
	return str_of_int(o->mem, n);
}

str
out_of_unsigned(struct out *o, uint64_t n)
{
	return str_printf(o->mem, "%llu", (unsigned long long)n);
}

void
out_url_str(struct out *o, str s)
{
	buf_url(o->b, s);
}

void
out_tel_str(struct out *o, str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] == '+' && i == 0))
			buf_byte(o->b, s.p[i]);
	}
}

void
out_plain_str(struct out *o, str s)
{
	buf_add(o->b, s);
}

/* Browsers drop tabs and line breaks from URLs, and read '\' as '/' (WHATWG URL 4.4). */
static bool
has_treacherous_byte(str url)
{
	for (size_t i = 0; i < url.n; i++) {
		unsigned char c = (unsigned char)url.p[i];
		if (c <= ' ' || c == 0x7f || c == '\\')
			return true;
	}
	return false;
}

bool
out_url_is_local(str url)
{
	return str_starts(url, S("/")) && !str_starts(url, S("//")) && !has_treacherous_byte(url);
}

/* A page without one link is better than no page, and than a link to elsewhere. */
static void
put_url(struct out *o, str url, bool sound)
{
	if (!sound)
		LOG_ERROR("out", "unsound url dropped", LOG_INT("bytes", url.n));
	buf_html(o->b, sound ? url : S("/"));
}

void
out_url_local_str(struct out *o, str url)
{
	put_url(o, url, out_url_is_local(url));
}

void
out_url_foreign_str(struct out *o, str url)
{
	put_url(o, url, (str_starts(url, S("https://")) || str_starts(url, S("http://"))) &&
	    !has_treacherous_byte(url));
}

void
out_icon(struct out *o, const char *name)
{
	buf_add(o->b, S("<svg class=\"i\" aria-hidden=\"true\"><use href=\"" ASSET_ICONS "#"));
	buf_html(o->b, str_c(name));
	buf_add(o->b, S("\"></use></svg>"));
}
