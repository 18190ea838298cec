/* sender.c - see sender.h. */
#include <stdatomic.h>
#include <sys/stat.h>

#include "app/clock.h"
#include "app/file.h"
#include "app/sender.h"
#include "base/log.h"
#include "net/smtp.h"
#include "oath/promise.h"
#include "practice/message.h"

enum {
	PASSWORD_BYTES_MAX = 1024,
	TIMEOUT_SECONDS = 25,	/* of one message */
	ROUND_SECONDS = 30,	/* no message is begun later: all end within the minute of their claim */
};

struct sender {
	struct smtp		*smtp;
	struct message_server	 server;
	_Atomic bool		 stopping;
};

static err
fail(str *ret_why, err e, str why)
{
	*ret_why = why;
	return e;
}

/* The file's first line.  Others must not be able to read what lets them send in our name. */
static err
password_read(struct arena *mem, const char *path, const char **ret, str *ret_why)
{
	struct stat st;
	str text, line;

	if (stat(path, &st) != 0 || file_read(mem, path, PASSWORD_BYTES_MAX, &text) != OK)
		return fail(ret_why, ERR_IO, str_printf(mem, "smtp_password_file %s cannot be read", path));
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return fail(ret_why, ERR_DENIED, str_printf(mem,
		    "smtp_password_file %s can be read by others; chmod 0400 %s", path, path));
	if (text.n == 0 || !str_split(&text, '\n', &line) || line.n == 0)
		return fail(ret_why, ERR_INVALID, str_printf(mem,
		    "smtp_password_file %s holds no password on its first line", path));
	*ret = str_z(mem, line);
	return OK;
}

err
sender_make(struct arena *mem, const struct config *config, const char *public_url,
    struct sender **ret, str *ret_why)
{
	struct smtp_options o = { .url = config->smtp_url, .require_tls = config->smtp_require_tls,
		.ca_file = config->smtp_ca_file[0] != '\0' ? config->smtp_ca_file : NULL,
		.timeout_seconds = TIMEOUT_SECONDS };
	struct smtp *smtp;

	*ret = NULL;
	if (config->smtp_url[0] == '\0')
		return OK;
	if (config->smtp_user[0] != '\0') {
		o.user = config->smtp_user;
		TRY(password_read(mem, config->smtp_password_file, &o.password, ret_why));
	}
	if (smtp_open(&o, &smtp) != OK)
		return fail(ret_why, ERR_INVALID, str_printf(mem, "smtp_url %s is no mail server's address",
		    config->smtp_url));
	struct sender *s = mem_alloc(1, sizeof(*s));
	s->smtp = smtp;
	s->server = (struct message_server){ .public_url = str_c(public_url),
		.from = str_c(config->smtp_from), .name = S("Serment") };
	*ret = s;
	return OK;
}

void
sender_end(struct sender *s)
{
	if (s == NULL)
		return;
	smtp_close(s->smtp);
	mem_free(s);
}

void
sender_stop(struct sender *s)
{
	s->stopping = true;
}

/* Words could not be made: for what reason decides whether to try again. */
static enum outbox_outcome
outcome_of(err e)
{
	switch (e) {
	case ERR_NOT_FOUND:	/* nobody to write to */
	case ERR_EXPIRED:	/* not true any more, or of no use */
	case ERR_SEALED:	/* erased since */
		return OUTBOX_NO_ADDRESS;
	case ERR_INVALID:
	case ERR_TOO_LARGE:
	case ERR_DENIED:
	case ERR_FROZEN:	/* kept, not used: somebody must decide (GDPR 18) */
	case ERR_BUDGET:
		return OUTBOX_REFUSED;
	case OK:
	case ERR_CONFLICT:
	case ERR_THROTTLED:
	case ERR_RETRY:
	case ERR_STORE:
	case ERR_IO:
		return OUTBOX_TRY_LATER;
	}
	return OUTBOX_TRY_LATER;
}

static enum outbox_outcome
deliver(struct sender *s, struct ctx *c, const struct outbox_message *m, int *ret_code)
{
	struct message_mail mail;
	err e = message_render(c, PURPOSE_NOTIFY, &s->server, m, &mail);

	*ret_code = 0;
	if (e != OK)
		return outcome_of(e);
	switch (smtp_send(s->smtp, s->server.from, mail.to, mail.mail, ret_code)) {
	case SMTP_SENT:
		return OUTBOX_WENT;
	case SMTP_REFUSED:
		return OUTBOX_REFUSED;
	case SMTP_LATER:
		return OUTBOX_TRY_LATER;
	}
	return OUTBOX_TRY_LATER;
}

static void
count(struct metrics *m, enum outbox_outcome outcome)
{
	m->outbox_sent += outcome == OUTBOX_WENT;
	m->outbox_refused += outcome == OUTBOX_REFUSED;
	m->outbox_later += outcome == OUTBOX_TRY_LATER;
}

/* A message of its own context and memory: what one of them costs or spoils ends with it. */
static err
send_one(struct sender *s, const struct ctx *c, struct metrics *metrics, const struct outbox_message *m)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct ctx own = *c;
	int code;

	own.mem = &mem;
	own.org = m->org;
	enum outbox_outcome outcome = deliver(s, &own, m, &code);
	TRY(outbox_settle(&own, m, outcome, code));
	count(metrics, outcome);
	if (outcome != OUTBOX_WENT)
		LOG_INFO("sender", "a message did not leave", LOG_INT("message", m->id), LOG_INT("code", code),
		    LOG_INT("outcome", outcome));
	return OK;
}

err
sender_run(struct sender *s, struct ctx *c, struct metrics *metrics, int64_t *ret_n)
{
	usec last_start = clock_monotonic() + ROUND_SECONDS * USEC_PER_SECOND;
	struct outbox_message *list;
	size_t n;

	TRY(outbox_claim(c, &list, &n));
	/* What is left stays claimed for a minute, and then is anybody's again. */
	for (size_t i = 0; i < n && !s->stopping && clock_monotonic() < last_start; i++)
		TRY(send_one(s, c, metrics, &list[i]));
	*ret_n = (int64_t)n;
	return OK;
}
