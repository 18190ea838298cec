/* folder.c - see folder.h. */
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#include "folder.h"

void
folder_begin(struct folder *f)
{
	*f = (struct folder){0};
	(void)snprintf(f->path, sizeof(f->path), "/tmp/serment-folder-XXXXXX");
	assert_non_null(mkdtemp(f->path));
}

void
folder_open(struct folder *f, const char *store)
{
	struct server_options o = { .dir = f->path, .store = store, .now = FOLDER_NOW, .handles = 4, .alone = true };
	str why = {0};

	if (access(str_z(&f->mem, str_printf(&f->mem, "%s/root.key", f->path)), F_OK) != 0)
		assert_ok(folder_init(&f->mem, &o, &why));
	assert_ok(server_open(&f->mem, &o, &f->server, &why));
	assert_ok(db_open(f->server->store, &f->db));
	f->c = server_ctx(f->server, &f->mem, f->db);
	f->c.purposes = PURPOSE_BIT(PURPOSE_SECURE) | PURPOSE_BIT(PURPOSE_NOTIFY);
}

void
folder_close(struct folder *f)
{
	db_close(f->db);
	f->db = NULL;
	server_close(&f->server);
}

static int
entry_remove(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s;
	(void)kind;
	(void)at;
	return remove(path);
}

void
folder_end(struct folder *f)
{
	folder_close(f);
	(void)nftw(f->path, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
	arena_free(&f->mem);
}

struct demo_options
folder_small(void)
{
	return (struct demo_options){ .seed = 7, .orgs = 1, .practitioners = 5, .patients = 120, .appointments = 700,
		.now = INT64_C(1795424400) * USEC_PER_SECOND };
}

struct demo_made
folder_fill(struct folder *f, struct demo_options o)
{
	struct demo_made made = {0};
	str why = {0};

	assert_ok(demo_fill(f->server, &f->mem, &o, &made, &why));
	return made;
}
