/*
 * multipart.c - see multipart.h.
 *
 * The body is
 *	--BOUNDARY CRLF  head CRLF CRLF  bytes  CRLF--BOUNDARY CRLF ... CRLF--BOUNDARY--
 * Nothing is copied; every step moves on in the body, so that the work is
 * bounded by its length.
 */
#include "net/multipart.h"

/* RFC 2046 section 5.1.1: bchars, a blank not at the end. */
static bool
boundary_ok(str b)
{
	if (b.n == 0 || b.n > MULTIPART_BOUNDARY_BYTES_MAX || b.p[b.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < b.n; i++) {
		char ch = b.p[i];
		bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9');

		if (!letter && (ch == '\0' || strchr("'()+_,-./:=? ", ch) == NULL))
			return false;
	}
	return true;
}

/*
 * The value of a parameter, "; name=value" or quoted, in a header's value.
 * Browsers percent-encode quotes and line breaks in names (HTML, multipart
 * form data), so that a quoted value ends at the next quote.
 */
static bool
parameter(str value, str name, str *ret)
{
	str skipped, key;

	(void)str_split(&value, ';', &skipped);	/* the type itself */
	while (str_split(&value, '=', &key) && value.n > 0) {
		str v;

		if (value.p[0] == '"') {
			value = str_slice(value, 1, value.n);
			if (str_find(value, '"') < 0 || !str_split(&value, '"', &v))
				return false;
			(void)str_split(&value, ';', &skipped);
		} else {
			(void)str_split(&value, ';', &v);
			v = str_trim(v);
		}
		if (str_eq_nocase(str_trim(key), name)) {
			*ret = v;
			return true;
		}
	}
	return false;
}

/* Content-Disposition: form-data; name="..."; filename="..." (RFC 7578 section 4.2). */
static err
read_head(str head, struct multipart_part *part)
{
	str line;

	while (str_split(&head, '\n', &line)) {
		ptrdiff_t colon = str_find(line, ':');

		if (colon < 0 || !str_eq_nocase(str_trim(str_slice(line, 0, (size_t)colon)),
		    S("content-disposition")))
			continue;
		str value = str_trim(str_slice(line, (size_t)colon + 1, line.n));
		if (!str_eq_nocase(str_slice(value, 0, 9), S("form-data")) ||
		    !parameter(value, S("name"), &part->name) || !str_utf8_ok(part->name))
			return ERR_INVALID;
		(void)parameter(value, S("filename"), &part->filename);
		return OK;
	}
	return ERR_INVALID;
}

/* Is this the boundary's line?  *ret_after: behind "--boundary". */
static bool
at_boundary(str s, str boundary, str *ret_after)
{
	if (!str_starts(s, S("--")) || !str_starts(str_slice(s, 2, s.n), boundary))
		return false;
	*ret_after = str_slice(s, 2 + boundary.n, s.n);
	return true;
}

/* The bytes up to CRLF and the next boundary; *rest goes behind it. */
static bool
take_bytes(str *rest, str boundary, str *ret)
{
	for (size_t from = 0; from < rest->n;) {
		ptrdiff_t at = str_find_str(str_slice(*rest, from, rest->n), S("\r\n--"));
		str after;

		if (at < 0)
			return false;
		size_t end = from + (size_t)at;
		if (at_boundary(str_slice(*rest, end + 2, rest->n), boundary, &after)) {
			*ret = str_slice(*rest, 0, end);
			*rest = after;
			return true;
		}
		from = end + 2;
	}
	return false;
}

static err
take_part(str *rest, str boundary, struct multipart_part *ret)
{
	struct multipart_part part = {0};
	ptrdiff_t head = str_find_str(str_slice(*rest, 0, MULTIPART_HEAD_BYTES_MAX + 4), S("\r\n\r\n"));

	if (head < 0)
		return rest->n > MULTIPART_HEAD_BYTES_MAX ? ERR_TOO_LARGE : ERR_INVALID;
	TRY(read_head(str_slice(*rest, 0, (size_t)head), &part));
	*rest = str_slice(*rest, (size_t)head + 4, rest->n);
	if (!take_bytes(rest, boundary, &part.bytes))
		return ERR_INVALID;
	*ret = part;
	return OK;
}

err
multipart_parse(str content_type, str body, struct multipart_part *ret, size_t *ret_n)
{
	str boundary, rest;
	size_t n = 0;

	if (!str_eq_nocase(str_slice(content_type, 0, 19), S("multipart/form-data")) ||
	    !parameter(content_type, S("boundary"), &boundary) || !boundary_ok(boundary) ||
	    !at_boundary(body, boundary, &rest))
		return ERR_INVALID;
	while (str_starts(rest, S("\r\n"))) {
		rest = str_slice(rest, 2, rest.n);
		if (n == MULTIPART_PARTS_MAX)
			return ERR_TOO_LARGE;
		TRY(take_part(&rest, boundary, &ret[n]));
		n++;
	}
	if (!str_starts(rest, S("--")))
		return ERR_INVALID;
	*ret_n = n;
	return OK;
}

const struct multipart_part *
multipart_find(const struct multipart_part *parts, size_t n, str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(parts[i].name, name))
			return &parts[i];
	return NULL;
}
