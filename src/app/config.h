/*
 * config.h - what the operator may set, in one file of `key = value` lines.
 *
 * Lines that begin with # and empty lines are skipped.  A key that is unknown,
 * comes twice, or has a value it does not take is refused with FILE:LINE.
 * Every key, its default and its sentence stand in one table in config.c.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "base/buf.h"
#include "base/log.h"

enum { CONFIG_FILE_BYTES_MAX = 256 * 1024 };

struct config {
	const char	*listen;		/* ADDRESS:PORT */
	const char	*public_url;		/* empty: http:// and listen */
	const char	*store;			/* empty: serment.db in the data folder */
	int		 workers, event_threads;
	int		 connections_max, connections_per_address_max;
	bool		 trust_proxy;
	const char	*smtp_url, *smtp_user, *smtp_password_file, *smtp_from, *smtp_ca_file;
	bool		 smtp_require_tls;
	const char	*operator_name, *operator_legal_form, *operator_address, *operator_registration,
			*operator_email, *operator_phone, *publication_director;
	const char	*host_name, *host_address, *host_phone;
	int		 log_level;		/* enum log_level */
};

/* All defaults. */
void config_defaults(struct config *);

/*
 * The defaults, then the file's text; strings lie in the arena.  ERR_INVALID:
 * ret_why is "FILE:LINE: what is wrong and what is allowed".
 */
err  config_parse(struct arena *, const char *file, str text, struct config *ret, str *ret_why) MUST_USE;
/* The same from a path.  ERR_IO: it cannot be read; ERR_TOO_LARGE: past CONFIG_FILE_BYTES_MAX. */
err  config_read(struct arena *, const char *path, struct config *ret, str *ret_why) MUST_USE;

/* One key from the command line, which outranks the file; ret_why as above, without a line. */
err  config_set(struct arena *, const char *key, str value, struct config *, str *ret_why) MUST_USE;

/* What holds across keys: a sender for mail, a password with a user ...  ret_why names the keys. */
err  config_check(struct arena *, const struct config *, str *ret_why) MUST_USE;

/*
 * What the legal notice must say (LCEN article 6-III) and the file does not:
 * its keys, with commas; empty: all is said.
 */
str  config_unsaid(struct arena *, const struct config *);

/* The whole file, commented, with the values in force: it can be read back. */
void config_print(const struct config *, struct buf *);

/* "127.0.0.1:8080", "[::1]:8080", ":8080" or "8080" (the loopback).  ERR_INVALID: no such form. */
err  config_address(struct arena *, str listen, const char **ret_address, int *ret_port) MUST_USE;

#endif
