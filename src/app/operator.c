/* operator.c - what the operator's commands begin with. */
#include <assert.h>

#include "app/commands.h"
#include "app/config.h"
#include "app/file.h"

static const char *const role_names[ROLE_COUNT] = {
	[ROLE_PATIENT] = "patient", [ROLE_SECRETARY] = "secretary",
	[ROLE_PRACTITIONER] = "practitioner", [ROLE_ADMINISTRATOR] = "administrator",
};

const char *
role_name(enum role role)
{
	assert(role > ROLE_PUBLIC && role < ROLE_COUNT && role_names[role] != NULL);
	return role_names[role];
}

bool
role_parse(str name, enum role *ret)
{
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (role_names[i] != NULL && str_eq(name, str_c(role_names[i]))) {
			*ret = (enum role)i;
			return true;
		}
	}
	return false;
}

const char *
command_dir(const struct arguments *a)
{
	const char *dir = argument(a, "dir");

	if (dir != NULL && dir[0] != '\0')
		return dir;
	(void)command_failed("%s needs --dir FOLDER; see `serment %s --help`", a->command->name,
	    a->command->name);
	return NULL;
}

bool
command_store(const struct arguments *a, const char *dir, const char **ret)
{
	const char *file = file_join(a->mem, dir, FOLDER_CONFIG);
	struct config config;
	str why;

	*ret = argument(a, "store");
	if (*ret != NULL || !file_exists(file))
		return true;
	if (config_read(a->mem, file, &config, &why) != OK) {
		(void)command_failed("%.*s", STR_FMT(why));
		return false;
	}
	*ret = config.store;
	return true;
}

bool
operator_open(const struct arguments *a, bool alone, struct operator *ret)
{
	struct server_options o = { .dir = command_dir(a), .handles = 1, .alone = alone };
	str why = {0};

	*ret = (struct operator){0};
	o.now = str_eq(str_c(a->command->name), S("debug")) ? argument(a, "now") : NULL;
	if (o.dir == NULL || !command_store(a, o.dir, &o.store))
		return false;
	if (server_open(a->mem, &o, &ret->server, &why) != OK) {
		(void)command_failed("%.*s", STR_FMT(why));
		return false;
	}
	if (db_open(ret->server->store, &ret->db) != OK) {
		(void)command_failed("the database does not answer; nothing was changed");
		return false;
	}
	ret->ctx = server_ctx(ret->server, a->mem, ret->db);
	ret->ctx.purposes = PURPOSE_BIT(PURPOSE_SECURE);
	return true;
}

void
operator_close(struct operator *o)
{
	db_close(o->db);
	o->db = NULL;
	server_close(&o->server);
}
