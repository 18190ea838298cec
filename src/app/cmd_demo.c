/* cmd_demo.c - `serment demo`. */
#include <stdio.h>

#include "app/commands.h"
#include "app/demo.h"
#include "app/file.h"

enum { ANSWER_BYTES_MAX = 8 << 20 };

/* False: said on standard error. */
static bool
options_of(const struct arguments *a, struct demo_options *ret)
{
	int64_t seed = 1;

	*ret = demo_default;
	if (argument(a, "now") != NULL && clock_parse(str_c(argument(a, "now")), &ret->now) != OK) {
		(void)command_failed("--now takes a moment like 2026-11-23T08:00:00Z, or a date like 2026-11-23");
		return false;
	}
	if (!argument_int(a, "seed", (const int64_t[]){ 0, INT64_MAX }, &seed) ||
	    !argument_int(a, "orgs", (const int64_t[]){ 1, DEMO_ORGS_MAX }, &ret->orgs) ||
	    !argument_int(a, "practitioners", (const int64_t[]){ 1, DEMO_PRACTITIONERS_MAX }, &ret->practitioners) ||
	    !argument_int(a, "patients", (const int64_t[]){ 1, DEMO_PATIENTS_MAX }, &ret->patients) ||
	    !argument_int(a, "appointments", (const int64_t[]){ 0, DEMO_APPOINTMENTS_MAX }, &ret->appointments))
		return false;
	ret->seed = (uint64_t)seed;
	return true;
}

static enum exit_code
answer(const struct arguments *a, const struct demo_made *made)
{
	struct buf b = buf_in(a->mem, ANSWER_BYTES_MAX);

	if (argument(a, "json") != NULL) {
		demo_json(made, &b);
		return command_print(&b);
	}
	for (size_t i = 0; i < made->orgs_n; i++)
		buf_printf(&b, "%.*s\n  %.*s\n", STR_FMT(made->orgs[i].slug), STR_FMT(made->orgs[i].name));
	buf_add(&b, S("\nTo sign in (the second factor's secret goes into an authenticator program):\n"));
	for (size_t i = 0; i < made->accounts_n; i++) {
		const struct demo_account *d = &made->accounts[i];

		buf_printf(&b, "  %.*s  %.*s  %.*s\n", STR_FMT(d->login), STR_FMT(d->password),
		    STR_FMT(d->totp_secret));
	}
	buf_add(&b, S("These and the API tokens are kept in demo.json in the data folder.\n"));
	return command_print(&b);
}

enum exit_code
cmd_demo(const struct arguments *a)
{
	CLEANUP(server_close) struct server *s = NULL;
	struct server_options o = { .dir = command_dir(a), .now = argument(a, "now"), .handles = 1,
		.alone = true };
	struct demo_options demo;
	struct demo_made made;
	str why = {0};

	if (o.dir == NULL || !options_of(a, &demo))
		return EXIT_USAGE;
	if (!command_store(a, o.dir, &o.store))
		return EXIT_FAILED;
	if (!file_exists(file_join(a->mem, o.dir, FOLDER_ROOT)) && folder_init(a->mem, &o, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	if (server_open(a->mem, &o, &s, &why) != OK || demo_fill(s, a->mem, &demo, &made, &why) != OK)
		return command_failed("%.*s", STR_FMT(why));
	if (demo_keep(s, a->mem, &made) != OK)
		return command_failed("demo.json could not be written in %s; the data are complete", o.dir);
	return answer(a, &made);
}
