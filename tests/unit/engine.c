/* engine.c - private databases for tests: files in a temporary folder, and a server of our own. */
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#include "engine.h"
#include "store/migrate.h"

enum { HANDLES_MAX = 128, STEPS_MAX = 100, WHERE_BYTES_MAX = 400 };

struct fixture {
	struct ctx	 ctx;	/* first: tests see only this */
	struct arena	 mem;
	struct mint	 mint;
	struct store	*store;
	void		(*run)(void **);
	bool		 passed;
	char		 name[64];	/* of the database, on PostgreSQL */
	char		 where[WHERE_BYTES_MAX];
};

/* One of each for the whole test program. */
static struct {
	char	folder[64];
	int	databases;
	bool	asked;		/* for PostgreSQL; url is empty when there is none */
	char	url[WHERE_BYTES_MAX / 2];
	pid_t	server;		/* of our own server; 0: somebody else's */
	int	server_stdin;	/* it serves until this is closed, even by our death */
	bool	template_sqlite, template_postgres;
} shared;

static int
entry_remove(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s;
	(void)kind;
	(void)at;
	return remove(path);
}

static void
administer(const char *format, const char *name)
{
	PGconn *connection = PQconnectdb(shared.url);
	char text[200];

	(void)snprintf(text, sizeof(text), format, name);
	PGresult *result = PQexec(connection, text);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		print_error("%s: %s\n", text, PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
}

static const char *
template_name(void)
{
	static char name[64];

	(void)snprintf(name, sizeof(name), "serment_template_%ld", (long)getpid());
	return name;
}

static void
shared_end(void)
{
	if (shared.folder[0] != '\0')
		(void)nftw(shared.folder, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
	if (shared.server != 0) {
		(void)close(shared.server_stdin);
		(void)waitpid(shared.server, NULL, 0);
	} else if (shared.template_postgres) {
		administer("DROP DATABASE %s", template_name());
	}
}

static void
folder_ensure(void)
{
	if (shared.folder[0] != '\0')
		return;
	(void)snprintf(shared.folder, sizeof(shared.folder), "/tmp/serment-test-XXXXXX");
	if (mkdtemp(shared.folder) == NULL)
		panic("no temporary folder for tests");
	(void)atexit(shared_end);
}

/* Reads the URL that tools/pg_private.py prints; nothing when PostgreSQL is not installed. */
static void
server_start(void)
{
	int input[2], output[2];

	if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0)
		panic("no pipe for the test server");
	if ((shared.server = fork()) == 0) {
		(void)dup2(input[0], STDIN_FILENO);
		(void)dup2(output[1], STDOUT_FILENO);
		(void)execl(ENGINE_ROOT "/tools/pg_private.py", "pg_private.py", (char *)NULL);
		_exit(127);
	}
	(void)close(input[0]);
	(void)close(output[1]);
	shared.server_stdin = input[1];
	FILE *from = fdopen(output[0], "r");

	if (from == NULL || fgets(shared.url, sizeof(shared.url), from) == NULL)
		shared.url[0] = '\0';
	shared.url[strcspn(shared.url, "\n")] = '\0';
	if (from != NULL)
		(void)fclose(from);
}

static bool
postgres_ensure(void)
{
	const char *given = getenv("SERMENT_TEST_PG");

	folder_ensure();
	if (!shared.asked && given != NULL)
		(void)snprintf(shared.url, sizeof(shared.url), "%s", given);
	else if (!shared.asked)
		server_start();
	if (!shared.asked && shared.url[0] == '\0')
		(void)printf("# PostgreSQL is not installed: its tests are skipped\n");
	shared.asked = true;
	return shared.url[0] != '\0';
}

static void
database_url(const char *name, char *ret, size_t bytes)
{
	bool query = strchr(shared.url, '?') != NULL;

	(void)snprintf(ret, bytes, "%s%cdbname=%s", shared.url, query ? '&' : '?', name);
}

static const char *
file_read(struct arena *mem, const char *path)
{
	FILE *f = fopen(path, "r");
	long bytes;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (bytes = ftell(f)) < 0)
		panic("a file of sql/ cannot be read");
	char *text = arena_alloc(mem, (size_t)bytes + 1, 1);

	rewind(f);
	if (fread(text, 1, (size_t)bytes, f) != (size_t)bytes)
		panic("a file of sql/ cannot be read");
	(void)fclose(f);
	return text;
}

static void
schema_apply(const char *where)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct migration steps[STEPS_MAX];
	glob_t found = {0};
	struct store *store;
	struct db *db;
	str why = S("");

	assert_int_equal(glob(ENGINE_ROOT "/sql/[0-9]*.sql", 0, NULL, &found), 0);
	assert_true(found.gl_pathc <= STEPS_MAX);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		str name = str_c(found.gl_pathv[i] + sizeof(ENGINE_ROOT "/sql/") - 1);
		int64_t number;

		assert_true(str_int(str_slice(name, 0, 4), 1, 9999, &number));
		steps[i] = (struct migration){ (int)number,
		    str_z(&mem, str_slice(name, 5, name.n - 4)),
		    file_read(&mem, found.gl_pathv[i]) };
	}
	assert_int_equal(store_open(where, 1, &store), OK);
	assert_int_equal(db_open(store, &db), OK);
	assert_int_equal(migrate(db, &mem, steps, found.gl_pathc, ENGINE_NOW, &why), OK);
	db_close(db);
	store_close(store);
	globfree(&found);
}

/* Applied once a program; the other tests get copies. */
static void
sqlite_from_template(const char *where)
{
	char path[WHERE_BYTES_MAX];
	struct store *store;
	struct db *db;

	(void)snprintf(path, sizeof(path), "%s/template.db", shared.folder);
	if (!shared.template_sqlite)
		schema_apply(path);
	shared.template_sqlite = true;
	assert_int_equal(store_open(path, 1, &store), OK);
	assert_int_equal(db_open(store, &db), OK);
	assert_int_equal(db_copy(db, where), OK);
	db_close(db);
	store_close(store);
}

static void
postgres_from_template(const char *name)
{
	char url[WHERE_BYTES_MAX], text[200];

	if (!shared.template_postgres) {
		administer("CREATE DATABASE %s", template_name());
		shared.template_postgres = true;
		database_url(template_name(), url, sizeof(url));
		schema_apply(url);
	}
	(void)snprintf(text, sizeof(text), "CREATE DATABASE %%s TEMPLATE %s", template_name());
	administer(text, name);
}

static struct fixture *
fixture_new(void **state)
{
	const struct engine_case *c = *state;
	struct fixture *f = mem_alloc(1, sizeof(*f));

	f->run = c->run;
	mint_init(&f->mint, 1);
	f->ctx = (struct ctx){ .mem = &f->mem, .mint = &f->mint, .now = ENGINE_NOW };
	shared.databases++;
	*state = f;
	return f;
}

static int
fixture_open(struct fixture *f)
{
	assert_int_equal(store_open(f->where, HANDLES_MAX, &f->store), OK);
	assert_int_equal(db_open(f->store, &f->ctx.db), OK);
	return 0;
}

int
engine_setup_sqlite(void **state)
{
	const struct engine_case *c = *state;
	struct fixture *f = fixture_new(state);

	folder_ensure();
	(void)snprintf(f->where, sizeof(f->where), "%s/%d.db", shared.folder, shared.databases);
	if (c->schema)
		sqlite_from_template(f->where);
	return fixture_open(f);
}

int
engine_setup_postgres(void **state)
{
	const struct engine_case *c = *state;
	struct fixture *f = fixture_new(state);

	if (!postgres_ensure())
		return 0;
	(void)snprintf(f->name, sizeof(f->name), "serment_test_%ld_%d", (long)getpid(),
	    shared.databases);
	if (c->schema)
		postgres_from_template(f->name);
	else
		administer("CREATE DATABASE %s", f->name);
	database_url(f->name, f->where, sizeof(f->where));
	return fixture_open(f);
}

int
engine_teardown(void **state)
{
	struct fixture *f = *state;

	/* A test that failed half way leaves handles, changes and threads behind: do not touch them. */
	if (f->passed) {
		db_close(f->ctx.db);
		store_close(f->store);
	}
	if (f->name[0] != '\0')
		administer("DROP DATABASE %s WITH (FORCE)", f->name);
	if (f->passed || f->ctx.db == NULL) {
		arena_free(&f->mem);
		mem_free(f);
	}
	return 0;
}

void
engine_run(void **state)
{
	struct fixture *f = *state;

	if (f->ctx.db == NULL)
		skip();
	f->run(state);
	f->passed = true;
}

struct store *
engine_store(struct ctx *c)
{
	return ((struct fixture *)c)->store;
}

const char *
engine_where(struct ctx *c)
{
	return ((struct fixture *)c)->where;
}

bool
engine_is_sqlite(struct ctx *c)
{
	return store_is_sqlite(engine_store(c));
}

void
engine_must(struct db *db, struct sql sql)
{
	int64_t unused;

	assert_int_equal(db_run(db, sql, NULL, 0, &unused), OK);
}
