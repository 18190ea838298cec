/* config.c - the table of keys, and the reading and printing of the file. */
#include <stdio.h>

#include "app/config.h"
#include "app/file.h"

enum key_type { KEY_TEXT, KEY_NUMBER, KEY_SWITCH, KEY_LEVEL };

struct key {
	const char	*name;
	enum key_type	 type;
	size_t		 offset;
	const char	*preset;
	int		 low, high;	/* of a number */
	const char	*sentence;
};

#define FIELD(name)	offsetof(struct config, name)

static const struct key keys[] = {
	{ "listen", KEY_TEXT, FIELD(listen), "127.0.0.1:8080", 0, 0,
	    "Address and port to listen on. Stay on the loopback interface, behind a proxy that does HTTPS." },
	{ "public_url", KEY_TEXT, FIELD(public_url), "", 0, 0,
	    "The address that people type, for links in messages. Empty: http:// and the address above." },
	{ "store", KEY_TEXT, FIELD(store), "", 0, 0,
	    "Where the data lie: postgres://user@host/name, or the path of an SQLite file."
	    " Empty: serment.db in the data folder." },
	{ "workers", KEY_NUMBER, FIELD(workers), "16", 1, 128,
	    "Requests that are answered at the same time; each has its own connection to the database." },
	{ "event_threads", KEY_NUMBER, FIELD(event_threads), "2", 1, 64,
	    "Threads that read and write the network; as many as the machine has cores is enough." },
	{ "connections_max", KEY_NUMBER, FIELD(connections_max), "2000", 10, 100000,
	    "Open connections in all; more are turned away at once." },
	{ "connections_per_address_max", KEY_NUMBER, FIELD(connections_per_address_max), "200", 1, 100000,
	    "Open connections of one client address; not counted behind a trusted proxy." },
	{ "trust_proxy", KEY_SWITCH, FIELD(trust_proxy), "no", 0, 0,
	    "Believe X-Forwarded-For and X-Forwarded-Proto. Only when every request comes through your own proxy." },
	{ "smtp_url", KEY_TEXT, FIELD(smtp_url), "", 0, 0,
	    "The mail server: smtp://host:587 or smtps://host:465. Empty: messages wait in the outbox, where"
	    " the administrator sees them." },
	{ "smtp_user", KEY_TEXT, FIELD(smtp_user), "", 0, 0,
	    "Name to sign in to the mail server with. Empty: without signing in." },
	{ "smtp_password_file", KEY_TEXT, FIELD(smtp_password_file), "", 0, 0,
	    "File whose first line is the password for the mail server; readable by its owner alone." },
	{ "smtp_from", KEY_TEXT, FIELD(smtp_from), "", 0, 0,
	    "Address that messages are sent from, without a name: agenda@cabinet.example." },
	{ "smtp_require_tls", KEY_SWITCH, FIELD(smtp_require_tls), "yes", 0, 0,
	    "Refuse to send in clear. Say no only for a mail server on this machine." },
	{ "smtp_ca_file", KEY_TEXT, FIELD(smtp_ca_file), "", 0, 0,
	    "Certificates that vouch for the mail server. Empty: the system's." },
	{ "operator_name", KEY_TEXT, FIELD(operator_name), "", 0, 0,
	    "Who runs this server, for the legal notice at /mentions-legales: a person's or a company's name." },
	{ "operator_legal_form", KEY_TEXT, FIELD(operator_legal_form), "", 0, 0,
	    "Its legal form, and its capital if it has one: SELARL, SCM, association. Empty for a person." },
	{ "operator_address", KEY_TEXT, FIELD(operator_address), "", 0, 0,
	    "Its address, in one line: 12 rue des Tilleuls, 44000 Nantes." },
	{ "operator_registration", KEY_TEXT, FIELD(operator_registration), "", 0, 0,
	    "The number under which it is registered: SIREN, RCS, RNA." },
	{ "operator_email", KEY_TEXT, FIELD(operator_email), "", 0, 0,
	    "Address at which people reach the operator." },
	{ "operator_phone", KEY_TEXT, FIELD(operator_phone), "", 0, 0,
	    "Telephone at which people reach the operator." },
	{ "publication_director", KEY_TEXT, FIELD(publication_director), "", 0, 0,
	    "The person who answers for what is published." },
	{ "host_name", KEY_TEXT, FIELD(host_name), "", 0, 0,
	    "Who hosts the machine: a name. Where health data lie in France, a certified host (HDS)." },
	{ "host_address", KEY_TEXT, FIELD(host_address), "", 0, 0,
	    "The host's address, in one line." },
	{ "host_phone", KEY_TEXT, FIELD(host_phone), "", 0, 0,
	    "The host's telephone." },
	{ "log_level", KEY_LEVEL, FIELD(log_level), "info", 0, 0,
	    "How much is written to standard error: error, warn, info or debug. Never personal data." },
};

static const char *const level_names[] = {
	[LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARN] = "warn",
	[LOG_LEVEL_INFO] = "info", [LOG_LEVEL_DEBUG] = "debug",
};

static void *
member(struct config *c, const struct key *k)
{
	return (char *)c + k->offset;
}

static const struct key *
find(str name)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (str_eq(name, str_c(keys[i].name)))
			return &keys[i];
	return NULL;
}

static err
set_number(struct arena *mem, const struct key *k, str value, int *ret, str *ret_why)
{
	int64_t n;

	if (!str_int(value, k->low, k->high, &n)) {
		*ret_why = str_printf(mem, "%s takes a number from %d to %d, not \"%.*s\"",
		    k->name, k->low, k->high, STR_FMT(value));
		return ERR_INVALID;
	}
	*ret = (int)n;
	return OK;
}

static err
set_switch(struct arena *mem, const struct key *k, str value, bool *ret, str *ret_why)
{
	if (!str_eq(value, S("yes")) && !str_eq(value, S("no"))) {
		*ret_why = str_printf(mem, "%s takes yes or no, not \"%.*s\"", k->name, STR_FMT(value));
		return ERR_INVALID;
	}
	*ret = str_eq(value, S("yes"));
	return OK;
}

static err
set_level(struct arena *mem, const struct key *k, str value, int *ret, str *ret_why)
{
	for (size_t i = 0; i < COUNT(level_names); i++) {
		if (str_eq(value, str_c(level_names[i]))) {
			*ret = (int)i;
			return OK;
		}
	}
	*ret_why = str_printf(mem, "%s takes error, warn, info or debug, not \"%.*s\"",
	    k->name, STR_FMT(value));
	return ERR_INVALID;
}

/* Control bytes never belong in a value; a NUL would cut it short in silence. */
static err
set_text(struct arena *mem, const struct key *k, str value, const char **ret, str *ret_why)
{
	for (size_t i = 0; i < value.n; i++) {
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f) {
			*ret_why = str_printf(mem, "%s holds a control character", k->name);
			return ERR_INVALID;
		}
	}
	*ret = str_z(mem, value);
	return OK;
}

static err
set(struct arena *mem, const struct key *k, str value, struct config *c, str *ret_why)
{
	switch (k->type) {
	case KEY_NUMBER:
		return set_number(mem, k, value, member(c, k), ret_why);
	case KEY_SWITCH:
		return set_switch(mem, k, value, member(c, k), ret_why);
	case KEY_LEVEL:
		return set_level(mem, k, value, member(c, k), ret_why);
	case KEY_TEXT:
		return set_text(mem, k, value, member(c, k), ret_why);
	}
	return ERR_INVALID;
}

void
config_defaults(struct config *c)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str why;

	for (size_t i = 0; i < COUNT(keys); i++) {
		const struct key *k = &keys[i];

		if (k->type == KEY_TEXT)	/* a literal outlives every arena */
			*(const char **)member(c, k) = k->preset;
		else if (set(&mem, k, str_c(k->preset), c, &why) != OK)
			panic("config: a default that its own key does not take");
	}
}

err
config_set(struct arena *mem, const char *key, str value, struct config *c, str *ret_why)
{
	const struct key *k = find(str_c(key));

	if (k == NULL)
		panic("config: no such key");
	return set(mem, k, str_trim(value), c, ret_why);
}

/* What is wrong with this line, or OK. */
static err
parse_line(struct arena *mem, str line, struct config *c, uint64_t *seen, str *ret_why)
{
	str rest = line, name;

	if (line.n == 0 || line.p[0] == '#')
		return OK;
	if (str_find(line, '=') < 0 || !str_split(&rest, '=', &name)) {
		*ret_why = S("expected: key = value");
		return ERR_INVALID;
	}
	name = str_trim(name);
	const struct key *k = find(name);
	if (k == NULL) {
		*ret_why = str_printf(mem, "unknown key \"%.*s\"; `serment serve --print-config` lists all keys",
		    STR_FMT(name));
		return ERR_INVALID;
	}
	uint64_t bit = UINT64_C(1) << (k - keys);
	if (*seen & bit) {
		*ret_why = str_printf(mem, "%s stands here a second time", k->name);
		return ERR_INVALID;
	}
	*seen |= bit;
	return set(mem, k, str_trim(rest), c, ret_why);
}

err
config_parse(struct arena *mem, const char *file, str text, struct config *ret, str *ret_why)
{
	struct config c;
	uint64_t seen = 0;
	str line, why = {0};
	_Static_assert(COUNT(keys) <= 64, "a bit for each key");

	config_defaults(&c);
	if (!str_utf8_ok(text)) {
		*ret_why = str_printf(mem, "%s: not a UTF-8 text", file);
		return ERR_INVALID;
	}
	for (int number = 1; text.n > 0 && str_split(&text, '\n', &line); number++) {
		err e = parse_line(mem, str_trim(line), &c, &seen, &why);

		if (e != OK) {
			*ret_why = str_printf(mem, "%s:%d: %.*s", file, number, STR_FMT(why));
			return e;
		}
	}
	*ret = c;
	return OK;
}

err
config_read(struct arena *mem, const char *path, struct config *ret, str *ret_why)
{
	str text;
	err e = file_read(mem, path, CONFIG_FILE_BYTES_MAX, &text);

	if (e != OK) {
		*ret_why = e == ERR_TOO_LARGE ?
		    str_printf(mem, "%s: longer than %d bytes", path, CONFIG_FILE_BYTES_MAX) :
		    str_printf(mem, "%s: the configuration file cannot be read", path);
		return e;
	}
	return config_parse(mem, path, text, ret, ret_why);
}

err
config_address(struct arena *mem, str listen, const char **ret_address, int *ret_port)
{
	str address = S("127.0.0.1"), port = listen;
	int64_t n;

	for (size_t i = listen.n; i > 0; i--) {
		if (listen.p[i - 1] == ':') {
			address = str_slice(listen, 0, i - 1);
			port = str_slice(listen, i, listen.n);
			break;
		}
	}
	if (address.n == 0)
		address = S("127.0.0.1");
	if (address.n >= 2 && address.p[0] == '[' && address.p[address.n - 1] == ']')
		address = str_slice(address, 1, address.n - 1);
	else if (str_find(address, ':') >= 0)
		return ERR_INVALID;	/* an IPv6 address without brackets: which colon is the port's? */
	if (!str_int(port, 0, 65535, &n))
		return ERR_INVALID;
	*ret_address = str_z(mem, address);
	*ret_port = (int)n;
	return OK;
}

static err
wrong(str *ret_why, str why)
{
	*ret_why = why;
	return ERR_INVALID;
}

err
config_check(struct arena *mem, const struct config *c, str *ret_why)
{
	str url = str_c(c->public_url), smtp = str_c(c->smtp_url), from = str_c(c->smtp_from);
	str contact = str_c(c->operator_email);
	const char *address;
	int port;

	if (contact.n > 0 && str_find(contact, '@') < 1)
		return wrong(ret_why, S("operator_email is an e-mail address, or empty"));
	if (config_address(mem, str_c(c->listen), &address, &port) != OK)
		return wrong(ret_why, str_printf(mem, "listen takes ADDRESS:PORT, not \"%s\"", c->listen));
	if (url.n > 0 && ((!str_starts(url, S("http://")) && !str_starts(url, S("https://"))) ||
	    url.p[url.n - 1] == '/'))
		return wrong(ret_why, S("public_url begins with http:// or https:// and does not end in /"));
	if (smtp.n == 0 && (from.n > 0 || c->smtp_user[0] != '\0'))
		return wrong(ret_why, S("smtp_from and smtp_user need smtp_url"));
	if (smtp.n == 0)
		return OK;
	if (!str_starts(smtp, S("smtp://")) && !str_starts(smtp, S("smtps://")))
		return wrong(ret_why, S("smtp_url begins with smtp:// or smtps://"));
	if (str_find(from, '@') < 1)
		return wrong(ret_why, S("smtp_url needs smtp_from, the address that messages come from"));
	if ((c->smtp_user[0] != '\0') != (c->smtp_password_file[0] != '\0'))
		return wrong(ret_why, S("smtp_user and smtp_password_file go together"));
	return OK;
}

str
config_unsaid(struct arena *mem, const struct config *c)
{
	static const size_t needed[] = { FIELD(operator_name), FIELD(operator_address), FIELD(operator_email),
		FIELD(operator_phone), FIELD(publication_director), FIELD(host_name), FIELD(host_address),
		FIELD(host_phone) };
	struct buf b = buf_in(mem, 1024);

	for (size_t i = 0; i < COUNT(keys); i++) {
		for (size_t n = 0; n < COUNT(needed); n++) {
			const char *const *value = (const char *const *)((const char *)c + needed[n]);

			if (keys[i].offset == needed[n] && (*value)[0] == '\0')
				buf_printf(&b, "%s%s", b.n > 0 ? ", " : "", keys[i].name);
		}
	}
	return buf_str(&b);
}

static void
print_value(const struct config *c, const struct key *k, struct buf *b)
{
	const void *at = (const char *)c + k->offset;

	switch (k->type) {
	case KEY_TEXT:
		buf_add(b, str_c(*(const char *const *)at));
		return;
	case KEY_NUMBER:
		buf_int(b, *(const int *)at);
		return;
	case KEY_SWITCH:
		buf_add(b, *(const bool *)at ? S("yes") : S("no"));
		return;
	case KEY_LEVEL:
		buf_add(b, str_c(level_names[*(const int *)at]));
		return;
	}
}

void
config_print(const struct config *c, struct buf *b)
{
	buf_add(b, S("# serment.conf - the configuration in force.  Every key, its default and its value.\n"));
	for (size_t i = 0; i < COUNT(keys); i++) {
		buf_printf(b, "\n# %s\n# Default: %s\n%s = ", keys[i].sentence,
		    keys[i].preset[0] != '\0' ? keys[i].preset : "(empty)", keys[i].name);
		print_value(c, &keys[i], b);
		buf_byte(b, '\n');
	}
}
