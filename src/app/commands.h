/* commands.h - what the table of commands runs; each stands in cmd_<name>.c. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "app/command.h"
#include "app/server.h"
#include "oath/promise.h"

#ifndef SERMENT_VERSION
#define SERMENT_VERSION "0.1.0"
#endif

enum exit_code cmd_init(const struct arguments *);
enum exit_code cmd_serve(const struct arguments *);
enum exit_code cmd_demo(const struct arguments *);
enum exit_code cmd_user(const struct arguments *);
enum exit_code cmd_org(const struct arguments *);
enum exit_code cmd_backup(const struct arguments *);
enum exit_code cmd_restore(const struct arguments *);
enum exit_code cmd_doctor(const struct arguments *);
enum exit_code cmd_policy(const struct arguments *);
enum exit_code cmd_audit(const struct arguments *);
enum exit_code cmd_version(const struct arguments *);
enum exit_code cmd_debug(const struct arguments *);

/* "administrator", "practitioner", "secretary", "patient": those that an account may have. */
const char *role_name(enum role);
bool role_parse(str name, enum role *ret);

/* --dir, which most commands need; NULL: said on standard error. */
const char *command_dir(const struct arguments *);

/* Where the data lie: --store, else what the configuration file says.  False: said on standard error. */
bool command_store(const struct arguments *, const char *dir, const char **ret);

/* A server of one thread's handles for a command of the operator; close both. */
struct operator {
	struct server	*server;
	struct db	*db;
	struct ctx	 ctx;	/* of no organisation; purposes: SECURE */
};
/* By --dir, --store and --now; false: said on standard error. */
bool operator_open(const struct arguments *, bool alone, struct operator *ret);
void operator_close(struct operator *);	/* for CLEANUP */

#endif
