/*
 * smtp.h - hands one finished message to a mail server (RFC 5321), by libcurl.
 */
#ifndef SMTP_H
#define SMTP_H

#include "base/str.h"

struct smtp_options {
	const char	*url;		/* smtp://host:587, smtps://host:465 */
	const char	*user, *password;	/* NULL: no authentication; else it implies require_tls */
	bool		 require_tls;	/* false: TLS where the server offers it */
	const char	*ca_file;	/* NULL: the system's; certificates are always verified */
	int		 timeout_seconds;	/* for one message, connecting included */
};

enum { SMTP_ADDRESS_BYTES_MAX = 254 };	/* RFC 5321 section 4.5.3.1.3, without the angles */

enum smtp_verdict {
	SMTP_SENT,
	SMTP_REFUSED,	/* for ever: 5xx for this recipient or message */
	SMTP_LATER,	/* 4xx, no connection, no trust, bad credentials, time-out: try again */
};

struct smtp;	/* a connection, kept for the next message */
/* Options are copied; connects at the first message.  ERR_INVALID: no smtp(s) URL.
 * The first call sets libcurl up for the whole process. */
err  smtp_open(const struct smtp_options *, struct smtp **) MUST_USE;
void smtp_close(struct smtp *);

/*
 * message: complete RFC 5322 text, CRLF lines (refused here if a CR or LF stands
 * alone).  from and to: bare addresses (refused here if they hold a control byte,
 * a space or an angle).  ret_code: the server's last reply code, 0 if none.
 */
enum smtp_verdict smtp_send(struct smtp *, str from, str to, str message, int *ret_code);

#endif
