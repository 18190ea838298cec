/* mime.c - see mime.h. */
#include "base/buf.h"
#include "base/civil.h"
#include "format/contact.h"
#include "format/mime.h"

enum {
	QP_LINE_MAX	= 76,	/* RFC 2045 section 6.7, the '=' of a soft break included */
	BASE64_LINE	= 76,
	WORD_BYTES	= 36,	/* 48 of base64: with "=?UTF-8?B?" and "?=" 60 of the 75 allowed */
	PLAIN_BYTES	= 60,	/* a longer phrase is encoded, so that it can be folded */
};

/*
 * "=_" occurs neither in quoted-printable nor in base64 (RFC 2045 section
 * 6.7, rule 5), so no content can hold a boundary, and none need be random.
 */
#define BOUNDARY_MIXED		"=_serment_mixed"
#define BOUNDARY_ALTERNATIVE	"=_serment_alternative"

/* ---- Headers ---- */

static bool
control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Printable ASCII, short, and not to be taken for an encoded word. */
static bool
plain(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.n <= PLAIN_BYTES && str_find_str(s, S("=?")) < 0;
}

/* Controls become spaces: a line end in a name is a mistake at best. */
static str
without_controls(struct arena *mem, str s)
{
	char *p = str_z(mem, s);

	for (size_t i = 0; i < s.n; i++)
		if (control(p[i]))
			p[i] = ' ';
	return str_trim((str){ p, s.n });
}

/* RFC 2047: words of base64, each of whole characters, folded one a line. */
static void
add_words(struct arena *mem, struct buf *b, str s)
{
	while (s.n > 0) {
		size_t cut = s.n < WORD_BYTES ? s.n : WORD_BYTES;

		while (cut > 1 && cut < s.n && ((unsigned char)s.p[cut] & 0xc0) == 0x80)
			cut--;
		buf_add(b, S("=?UTF-8?B?"));
		buf_add(b, str_base64(mem, str_slice(s, 0, cut)));
		buf_add(b, S("?="));
		s = str_slice(s, cut, s.n);
		if (s.n > 0)
			buf_add(b, S("\r\n "));
	}
}

static void
add_quoted(struct buf *b, str s)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_byte(b, '\\');
		buf_byte(b, s.p[i]);
	}
	buf_byte(b, '"');
}

static void
put_mailbox(struct arena *mem, struct buf *b, str header, str name, str email)
{
	str phrase = without_controls(mem, name);

	buf_add(b, header);
	if (phrase.n > 0) {
		if (plain(phrase))
			add_quoted(b, phrase);
		else
			add_words(mem, b, phrase);
		buf_add(b, S("\r\n "));
	}
	buf_byte(b, '<');
	buf_add(b, email);
	buf_add(b, S(">\r\n"));
}

static void
put_subject(struct arena *mem, struct buf *b, str subject)
{
	str phrase = without_controls(mem, subject);

	buf_add(b, S("Subject: "));
	if (plain(phrase))
		buf_add(b, phrase);
	else
		add_words(mem, b, phrase);
	buf_add(b, S("\r\n"));
}

/* RFC 5322 section 3.3, in UTC: where the sender's machine stands is nobody's business. */
static void
put_date(struct buf *b, usec at)
{
	static const char *const weekdays[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	day d = (day)(at / USEC_PER_DAY - (at % USEC_PER_DAY < 0));
	int second = (int)((at - d * USEC_PER_DAY) / USEC_PER_SECOND);
	struct civil_date date = civil_date(d);

	buf_printf(b, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
	    weekdays[civil_weekday(d) - 1], date.day, months[date.month - 1], date.year,
	    second / 3600, second / 60 % 60, second % 60);
}

static void
put_headers(struct arena *mem, struct buf *b, const struct mime_message *m)
{
	put_mailbox(mem, b, S("From: "), m->from_name, m->from);
	put_mailbox(mem, b, S("To: "), m->to_name, m->to);
	if (m->reply_to.n > 0)
		put_mailbox(mem, b, S("Reply-To: "), S(""), m->reply_to);
	put_subject(mem, b, m->subject);
	put_date(b, m->date);
	buf_add(b, S("Message-ID: <"));
	buf_add(b, m->message_id);
	buf_add(b, S(">\r\nMIME-Version: 1.0\r\n"));
	if (m->lang.n > 0) {
		buf_add(b, S("Content-Language: "));
		buf_add(b, m->lang);
		buf_add(b, S("\r\n"));
	}
	if (m->automatic)
		buf_add(b, S("Auto-Submitted: auto-generated\r\n"));
}

/* ---- Bodies ---- */

static bool
line_ends(str s)
{
	return s.n == 0 || s.p[0] == '\n' || s.p[0] == '\r';
}

/* Quoted-printable (RFC 2045 section 6.7); every kind of line end becomes CRLF. */
static void
add_quoted_printable(struct buf *b, str s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t column = 0;

	while (s.n > 0) {
		unsigned char c = (unsigned char)s.p[0];
		size_t taken = str_starts(s, S("\r\n")) ? 2 : 1;
		str rest = str_slice(s, taken, s.n);
		/* White space at the end of a line would be lost on the way. */
		bool blank = (c == ' ' || c == '\t') && !line_ends(rest);
		bool literal = blank || (c > ' ' && c <= '~' && c != '=');

		if (line_ends(s)) {
			buf_add(b, S("\r\n"));
			column = 0;
			s = rest;
			continue;
		}
		/* One column is kept for the '=' of a soft break. */
		if (column + (literal ? 1 : 3) > QP_LINE_MAX - 1) {
			buf_add(b, S("=\r\n"));
			column = 0;
		}
		if (literal)
			buf_byte(b, (char)c);
		else
			buf_add(b, (str){ (char[]){ '=', hex[c >> 4], hex[c & 15] }, 3 });
		column += literal ? 1 : 3;
		s = rest;
	}
	if (column > 0)
		buf_add(b, S("\r\n"));
}

static void
put_text_part(struct buf *b, str type, str body)
{
	buf_add(b, S("Content-Type: "));
	buf_add(b, type);
	buf_add(b, S("; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"));
	add_quoted_printable(b, body);
}

static void
put_base64(struct arena *mem, struct buf *b, str body)
{
	str text = str_base64(mem, body);

	buf_add(b, S("Content-Transfer-Encoding: base64\r\n\r\n"));
	for (size_t at = 0; at < text.n; at += BASE64_LINE) {
		buf_add(b, str_slice(text, at, at + BASE64_LINE));
		buf_add(b, S("\r\n"));
	}
}

static void
put_alternatives(struct arena *mem, struct buf *b, const struct mime_message *m)
{
	if (m->html.n == 0 && m->calendar.n == 0) {
		put_text_part(b, S("text/plain"), m->text);
		return;
	}
	buf_add(b, S("Content-Type: multipart/alternative; boundary=\"" BOUNDARY_ALTERNATIVE "\"\r\n"));
	/* From the plainest to the richest: the last one understood is shown (RFC 2046 5.1.4). */
	buf_add(b, S("\r\n--" BOUNDARY_ALTERNATIVE "\r\n"));
	put_text_part(b, S("text/plain"), m->text);
	if (m->html.n > 0) {
		buf_add(b, S("--" BOUNDARY_ALTERNATIVE "\r\n"));
		put_text_part(b, S("text/html"), m->html);
	}
	if (m->calendar.n > 0) {
		buf_add(b, S("--" BOUNDARY_ALTERNATIVE "\r\nContent-Type: text/calendar; charset=UTF-8; method="));
		buf_add(b, m->calendar_method);
		buf_add(b, S("\r\n"));
		put_base64(mem, b, m->calendar);
	}
	buf_add(b, S("--" BOUNDARY_ALTERNATIVE "--\r\n"));
}

static void
put_body(struct arena *mem, struct buf *b, const struct mime_message *m)
{
	if (m->calendar.n == 0) {
		put_alternatives(mem, b, m);
		return;
	}
	buf_add(b, S("Content-Type: multipart/mixed; boundary=\"" BOUNDARY_MIXED "\"\r\n"));
	buf_add(b, S("\r\n--" BOUNDARY_MIXED "\r\n"));
	put_alternatives(mem, b, m);
	buf_add(b, S("--" BOUNDARY_MIXED "\r\nContent-Type: application/ics; name=\"invite.ics\"\r\n"
	    "Content-Disposition: attachment; filename=\"invite.ics\"\r\n"));
	put_base64(mem, b, m->calendar);
	buf_add(b, S("--" BOUNDARY_MIXED "--\r\n"));
}

/* ---- The message ---- */

/* A tag such as "fr" or "fr-CA", or an iTIP method: letters, digits and '-'. */
static bool
token_ok(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
		    c != '-')
			return false;
	}
	return s.n <= 35;	/* RFC 5646 section 4.4.1 */
}

static err
check(const struct mime_message *m)
{
	if (m->subject.n > MIME_PHRASE_BYTES_MAX || m->from_name.n > MIME_PHRASE_BYTES_MAX ||
	    m->to_name.n > MIME_PHRASE_BYTES_MAX)
		return ERR_TOO_LARGE;
	/* A message id has the shape of an address (RFC 5322 section 3.6.4). */
	if (!email_ok(m->from) || !email_ok(m->to) || !email_ok(m->message_id) ||
	    (m->reply_to.n > 0 && !email_ok(m->reply_to)))
		return ERR_INVALID;
	if (!token_ok(m->lang) || !token_ok(m->calendar_method) ||
	    (m->calendar.n > 0 && m->calendar_method.n == 0))
		return ERR_INVALID;
	return OK;
}

err
mime_build(struct arena *mem, const struct mime_message *m, str *ret)
{
	struct buf out = buf_in(mem, MIME_BYTES_MAX);

	TRY(check(m));
	put_headers(mem, &out, m);
	put_body(mem, &out, m);
	if (!buf_ok(&out))
		return ERR_TOO_LARGE;
	*ret = buf_str(&out);
	return OK;
}
