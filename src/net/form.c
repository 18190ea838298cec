/* form.c - picks headers, cookies and form fields out of a request; see http.h. */
#include "net/http_parts.h"

str
http_header(const struct http_request *r, str name)
{
	for (size_t i = 0; i < r->headers_n; i++)
		if (str_eq_nocase(r->headers[i].name, name))
			return r->headers[i].value;
	return (str){0};
}

/* RFC 6265 section 4.2.1; names are case-sensitive, and the first of two wins. */
str
http_cookie(const struct http_request *r, str name)
{
	for (size_t i = 0; i < r->headers_n; i++) {
		str cookies = r->headers[i].value, cookie;

		if (!str_eq_nocase(r->headers[i].name, S("Cookie")))
			continue;
		while (str_split(&cookies, ';', &cookie)) {
			ptrdiff_t equals = str_find(cookie, '=');

			if (equals < 0 || !str_eq(str_trim(str_slice(cookie, 0, (size_t)equals)), name))
				continue;
			str value = str_trim(str_slice(cookie, (size_t)equals + 1, cookie.n));

			if (value.n >= 2 && str_starts(value, S("\"")) && str_ends(value, S("\"")))
				value = str_slice(value, 1, value.n - 1);
			return value;
		}
	}
	return (str){0};
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
http_form_decode(struct arena *mem, str raw, bool plus_is_space, str *ret)
{
	char *p = NEW_N(mem, char, raw.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '+' && plus_is_space)
			c = ' ';
		if (c == '%') {
			int high = i + 2 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(raw.p[i + 2]) : -1;

			if (low < 0)
				return false;
			c = (char)(unsigned char)(high * 16 + low);
			i += 2;
		}
		p[n++] = c;
	}
	str text = { p, n };

	if (!str_utf8_ok(text))	/* refuses NUL too */
		return false;
	*ret = text;
	return true;
}

bool
http_form_next(struct arena *mem, str *rest, struct http_pair *ret, bool *ret_invalid)
{
	str field = {0};

	while (field.n == 0)
		if (!str_split(rest, '&', &field))
			return false;

	ptrdiff_t equals = str_find(field, '=');
	size_t name_n = equals < 0 ? field.n : (size_t)equals;
	struct http_pair pair;

	if (!http_form_decode(mem, str_slice(field, 0, name_n), true, &pair.name) ||
	    !http_form_decode(mem, str_slice(field, name_n + 1, field.n), true, &pair.value)) {
		*ret_invalid = true;
		return false;
	}
	*ret = pair;
	return true;
}

bool
http_form_get(struct arena *mem, str form, str name, str *ret)
{
	struct http_pair pair;
	bool invalid = false;

	while (http_form_next(mem, &form, &pair, &invalid))
		if (str_eq(pair.name, name)) {
			*ret = pair.value;
			return true;
		}
	return false;
}
