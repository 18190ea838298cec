/* smtp.c - libcurl's SMTP, with the verdicts that an outbox needs. */
#include <assert.h>
#include <pthread.h>

#include <curl/curl.h>

#include "base/log.h"
#include "net/smtp.h"

struct smtp {
	CURL	*easy;		/* holds the connection from one message to the next */
	str	 message;	/* of the send in progress */
	size_t	 sent;
	char	 error[CURL_ERROR_SIZE];
};

static CURLcode global_result;

static void
start_library(void)
{
	global_result = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static size_t
read_message(char *to, size_t size, size_t count, void *cls)
{
	struct smtp *s = cls;
	size_t n = s->message.n - s->sent, room = size * count;

	if (n > room)
		n = room;
	if (n > 0)
		memcpy(to, s->message.p + s->sent, n);
	s->sent += n;
	return n;
}

/* When a kept connection proves dead, libcurl begins again on a fresh one. */
static int
seek_message(void *cls, curl_off_t offset, int origin)
{
	struct smtp *s = cls;

	if (origin != SEEK_SET || offset < 0 || (size_t)offset > s->message.n)
		return CURL_SEEKFUNC_FAIL;
	s->sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

static bool
set_text(CURL *easy, CURLoption option, const char *text)
{
	return text == NULL || curl_easy_setopt(easy, option, text) == CURLE_OK;
}

static bool
set_number(CURL *easy, CURLoption option, long number)
{
	return curl_easy_setopt(easy, option, number) == CURLE_OK;
}

/* Every option counts for safety: one that this libcurl lacks makes the opening fail. */
static bool
configure(struct smtp *s, const struct smtp_options *o)
{
	CURL *e = s->easy;
	/* A password is never sent in clear, whatever the server offers or an attacker strips. */
	long tls = o->require_tls || o->user != NULL ? CURLUSESSL_ALL : CURLUSESSL_TRY;

	return set_text(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps") &&
	    set_text(e, CURLOPT_PROXY, "") &&	/* no proxy from the environment */
	    set_text(e, CURLOPT_URL, o->url) &&
	    set_text(e, CURLOPT_USERNAME, o->user) &&
	    set_text(e, CURLOPT_PASSWORD, o->password) &&
	    set_text(e, CURLOPT_CAINFO, o->ca_file) &&
	    set_number(e, CURLOPT_USE_SSL, tls) &&
	    set_number(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) &&
	    set_number(e, CURLOPT_SSL_VERIFYPEER, 1) &&
	    set_number(e, CURLOPT_SSL_VERIFYHOST, 2) &&
	    set_number(e, CURLOPT_CONNECTTIMEOUT, o->timeout_seconds) &&
	    set_number(e, CURLOPT_TIMEOUT, o->timeout_seconds) &&
	    set_number(e, CURLOPT_NOSIGNAL, 1) &&	/* we have threads */
	    set_number(e, CURLOPT_UPLOAD, 1) &&
	    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, s->error) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_READFUNCTION, read_message) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_READDATA, s) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, seek_message) == CURLE_OK &&
	    curl_easy_setopt(e, CURLOPT_SEEKDATA, s) == CURLE_OK;
}

static void
close_p(struct smtp **s)
{
	smtp_close(*s);
}

err
smtp_open(const struct smtp_options *o, struct smtp **ret)
{
	/* The one piece of process-wide state: curl_global_init may run only once. */
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	str url = str_c(o->url);

	assert(o->timeout_seconds > 0 && (o->user == NULL) == (o->password == NULL));
	if (!str_starts(url, S("smtp://")) && !str_starts(url, S("smtps://")))
		return ERR_INVALID;
	pthread_once(&once, start_library);
	if (global_result != CURLE_OK) {
		LOG_ERROR("smtp", "libcurl did not start", LOG_TEXT("error", curl_easy_strerror(global_result)));
		return ERR_IO;
	}
	CLEANUP(close_p) struct smtp *s = mem_alloc(1, sizeof(*s));

	s->easy = curl_easy_init();
	if (s->easy == NULL || !configure(s, o)) {
		LOG_ERROR("smtp", "libcurl refuses an option", LOG_TEXT("error", s->error));
		return ERR_IO;
	}
	*ret = s;
	s = NULL;
	return OK;
}

void
smtp_close(struct smtp *s)
{
	if (s == NULL)
		return;
	curl_easy_cleanup(s->easy);	/* says QUIT */
	mem_free(s);
}

/* What could end the command line or the path (RFC 5321 section 4.1.2) is no address to us. */
static bool
is_address(str s)
{
	ptrdiff_t at = str_find(s, '@');

	if (s.n > SMTP_ADDRESS_BYTES_MAX || at <= 0 || (size_t)at + 1 == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '<' || s.p[i] == '>')
			return false;
	return true;
}

/*
 * A line feed alone before a dot ends the message for some servers and not for
 * others: what follows would be a second, forged message (SMTP smuggling).
 */
static bool
has_whole_line_ends(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			return false;
		if (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'))
			return false;
		if (s.p[i] == '\0')
			return false;
	}
	return true;
}

/*
 * "For ever" only if the server said 5xx to this sender, recipient or message.
 * libcurl reports those to MAIL, RCPT and DATA as a send error, that to the
 * finished message as a weird reply, and a 5xx greeting as one too, but then
 * nothing was uploaded.  53x is about us (RFC 4954 section 6): the message is sound.
 */
static enum smtp_verdict
judge(CURL *easy, CURLcode result, long code)
{
	curl_off_t uploaded = 0;
	bool about_message;

	if (result == CURLE_OK)
		return SMTP_SENT;
	(void)curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
	about_message = result == CURLE_SEND_ERROR ||
	    (result == CURLE_WEIRD_SERVER_REPLY && uploaded > 0);
	return about_message && code / 100 == 5 && code / 10 != 53 ? SMTP_REFUSED : SMTP_LATER;
}

static enum smtp_verdict
perform(struct smtp *s, const char *from, const char *to, int *ret_code)
{
	struct curl_slist *recipients = curl_slist_append(NULL, to);
	CURLcode result;
	long code = 0;

	if (recipients == NULL)
		panic("smtp: out of memory");
	s->error[0] = '\0';
	s->sent = 0;
	if (curl_easy_setopt(s->easy, CURLOPT_MAIL_FROM, from) != CURLE_OK ||
	    curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, recipients) != CURLE_OK ||
	    curl_easy_setopt(s->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)s->message.n) != CURLE_OK)
		panic("smtp: out of memory");
	result = curl_easy_perform(s->easy);
	(void)curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &code);
	enum smtp_verdict verdict = judge(s->easy, result, code);

	(void)curl_easy_setopt(s->easy, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	/* libcurl's texts name hosts and codes, never an address. */
	if (verdict != SMTP_SENT)
		LOG_WARN("smtp", "a message was not taken", LOG_INT("code", code),
		    LOG_TEXT("error", s->error[0] != '\0' ? s->error : curl_easy_strerror(result)));
	*ret_code = (int)code;
	return verdict;
}

enum smtp_verdict
smtp_send(struct smtp *s, str from, str to, str message, int *ret_code)
{
	CLEANUP(arena_free) struct arena mem = {0};

	*ret_code = 0;
	if (!is_address(from) || !is_address(to) || message.n == 0 || !has_whole_line_ends(message)) {
		LOG_WARN("smtp", "a message or an address is malformed", LOG_INT("bytes", message.n));
		return SMTP_REFUSED;
	}
	s->message = message;
	enum smtp_verdict verdict = perform(s, str_z(&mem, from), str_z(&mem, to), ret_code);

	s->message = (str){0};
	return verdict;
}
