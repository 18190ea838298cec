/* commands.c - the table of commands: what each is for, in the words of --help and of the manual. */
#include "app/commands.h"

#define DIR_OPTION	{ "dir", "FOLDER", "The data folder: keys, database, recovery key's public half." }
#define STORE_OPTION	{ "store", "PLACE", "postgres://user@host/name, or the path of an SQLite file, " \
	"instead of serment.db in the data folder." }
#define CONFIG_OPTION	{ "config", "FILE", \
	"The configuration file; serment.conf in the data folder if it is not named." }
#define NOW_OPTION	{ "now", "MOMENT", "For trials: begin at this moment (2026-11-23T08:00:00Z, or a date) " \
	"and run on from there, instead of the machine's clock." }
#define JSON_OPTION	{ "json", NULL, "Print one JSON object instead of text." }

const struct command commands[] = {
	{ .name = "init", .summary = "make a new data folder", .synopsis = "", .run = cmd_init,
	    .description = "Makes root.key, keys.db, the database and the recovery kit in FOLDER,"
	    " which is made if it is not there.\n\n"
	    "Move FOLDER/recovery-kit.txt away from the server at once: it opens every backup, and"
	    " without it no backup can be opened by anybody. recovery.pub stays: backups are sealed to it.\n\n"
	    "A folder that holds keys already is left as it is.",
	    .options = { DIR_OPTION, STORE_OPTION } },
	{ .name = "serve", .summary = "run the server", .synopsis = "", .run = cmd_serve,
	    .description = "Opens the data folder, brings its database to this program's form, and serves"
	    " until SIGTERM or SIGINT; then requests in flight are finished (at most 10 seconds) and it"
	    " ends with status 0.\n\n"
	    "One line is printed on standard output when it is ready: listening on http://ADDRESS:PORT."
	    " The log goes to standard error, one JSON object a line, without personal data.\n\n"
	    "GET /metrics tells this machine's own monitoring, in Prometheus's text, how requests, changes, commits,"
	    " messages and jobs go; docs/metrics.md says how to read it.\n\n"
	    "What the command line says outranks the configuration file.",
	    .options = { DIR_OPTION,
	    { "listen", "ADDRESS:PORT", "Where to listen; port 0 picks a free one." },
	    STORE_OPTION, CONFIG_OPTION,
	    { "print-config", NULL, "Print the configuration in force, with every key explained, and end." },
	    NOW_OPTION,
	    { "demo", NULL, "Fill an empty database with a demonstration practice first, and say so on the"
	    " sign-in page." } } },
	{ .name = "demo", .summary = "fill a new data folder with invented data", .synopsis = "", .run = cmd_demo,
	    .description = "Makes organisations with practitioners, motives, opening hours, patients and a"
	    " realistic agenda, all invented: phone numbers are of the ranges reserved for fiction, addresses"
	    " of example.org and example.test. Nobody is received on public holidays or during leave. The numbers"
	    " are for each organisation. In PostgreSQL the statistics are gathered at the end.\n\n"
	    "The same seed gives the same data, relative to the day. One account for each role is made in each"
	    " organisation; logins, passwords, the secrets of the second factor and API tokens are printed,"
	    " and kept in demo.json in the data folder.\n\n"
	    "The folder is made if it is not there. A database that holds organisations already is refused:"
	    " invented people are never mixed with real ones.",
	    .options = { DIR_OPTION, STORE_OPTION,
	    { "seed", "NUMBER", "Which data: 1 if it is not given." },
	    { "orgs", "NUMBER", "Organisations: 1." },
	    { "practitioners", "NUMBER", "Practitioners of each: 4." },
	    { "patients", "NUMBER", "Patients of each: 300." },
	    { "appointments", "NUMBER", "Appointments of each: 1500." },
	    JSON_OPTION, NOW_OPTION } },
	{ .name = "user", .summary = "the people who sign in", .run = cmd_user,
	    .synopsis = "add|list|reset-password|reset-factor|let-read|close",
	    .description = "add: makes an account with --email and --name, and with --org and --role a member of"
	    " that organisation; prints a password to use once and to change then. An address that has an"
	    " account only becomes a member.\n\n"
	    "list: the accounts, of one organisation with --org.\n\n"
	    "reset-password: gives the account of --email a new password, printed once; its sessions and API"
	    " tokens end.\n\n"
	    "reset-factor: takes the second factor away from somebody who lost it; the next sign-in sets up a"
	    " new one.\n\n"
	    "let-read: reading was stopped for the account because it opened too many files, and the practice"
	    " has no other administrator to lift it. Ask the person first.\n\n"
	    "close: closes the account and destroys its key; its name can never be read again. The last"
	    " administrator of an organisation cannot be closed.",
	    .options = { DIR_OPTION, STORE_OPTION,
	    { "email", "ADDRESS", "The account's address, with which one signs in." },
	    { "name", "NAME", "Given and family name, for add." },
	    { "org", "SLUG", "The organisation." },
	    { "role", "ROLE", "administrator, practitioner, secretary or patient." },
	    { "practitioner", "SLUG", "Whose agenda is this member's own, for the role practitioner." },
	    { "lang", "LANG", "fr or en: fr if it is not given." },
	    JSON_OPTION } },
	{ .name = "org", .summary = "the organisations of this server", .run = cmd_org,
	    .synopsis = "add|list|show|close",
	    .description = "add: makes an organisation with --slug and --name.\n\n"
	    "list: all of them. show: one, with its numbers.\n\n"
	    "close: from then on nothing of it is served; its data and keys are kept, and --reopen with close"
	    " brings it back.",
	    .options = { DIR_OPTION, STORE_OPTION,
	    { "slug", "SLUG", "Its name in addresses: a-z, 0-9 and single hyphens." },
	    { "name", "NAME", "Its name for people." },
	    { "zone", "ZONE", "Its time zone: Europe/Paris if it is not given." },
	    { "lang", "LANG", "fr or en: fr if it is not given." },
	    { "phone", "NUMBER", "Shown on its page." },
	    { "reopen", NULL, "With close: open it again." },
	    JSON_OPTION } },
	{ .name = "backup", .summary = "copy everything, sealed, while serving", .synopsis = "", .run = cmd_backup,
	    .description = "Writes two sealed archives, FILE.data and FILE.keys. Each can be opened with the"
	    " recovery kit only, not by this server. Keep them apart: FILE.keys for a week at most, for a"
	    " person who was erased can be read as long as an old FILE.keys is kept with an old FILE.data.\n\n"
	    "Serving goes on meanwhile. A PostgreSQL database is read at one moment, table by table; the copy"
	    " needs as much room beside FILE as the data take, until it is sealed.",
	    .options = { DIR_OPTION, STORE_OPTION,
	    { "out", "FILE", "Where to write, without .data and .keys. Files that are there are not overwritten." } } },
	{ .name = "restore", .summary = "bring a backup back and prove it", .synopsis = "", .run = cmd_restore,
	    .description = "Opens FILE.data and FILE.keys with the recovery kit into an empty folder, then proves"
	    " what it brought back: SQLite's own check, the counts of the manifest, one sealed row opened, the"
	    " log verified. What was proven is printed.\n\n"
	    "A backup of a PostgreSQL database comes back into another one, named by --store, in which no table"
	    " has a row; keys come into the folder.\n\n"
	    "On any fault nothing is left in the folder, nor a row in the database.",
	    .options = { { "from", "FILE", "The backup, without .data and .keys." },
	    { "recovery", "KIT", "The recovery kit." },
	    { "store", "PLACE", "postgres://user@host/name, an empty database, if the backup is of PostgreSQL." },
	    { "dir", "FOLDER", "The new data folder: not there yet, or empty." } } },
	{ .name = "doctor", .summary = "look for what is wrong", .synopsis = "", .run = cmd_doctor,
	    .description = "Checks the data folder and prints a line for each check: permissions, keys, schema,"
	    " the database's own check, PostgreSQL's statistics, free disk space, the log, the clock,"
	    " the recovery kit's place, what the legal notice lacks. Ends with status 1 if one of them found"
	    " something. May run while serving.",
	    .options = { DIR_OPTION, STORE_OPTION, CONFIG_OPTION } },
	{ .name = "policy", .summary = "read a policy: check, compare, explain", .run = cmd_policy,
	    .synopsis = "check|lint|fmt|diff|json|explain|clauses|dpv|render|register|words [FILE]...",
	    .description = "Works on policies as docs/policy.md describes them; no data folder is needed.\n\n"
	    "check FILE...: compiles each (at most 63), and prints what is wrong as FILE:LINE:COLUMN: error:"
	    " CODE, with the line, a caret and an advice; notes say what nothing exercises yet. Ends with"
	    " status 1 if there is an error.\n\n"
	    "lint FILE...: warns besides of what texts usually get wrong.\n\n"
	    "fmt FILE: prints the canonical form, with its comments.\n\n"
	    "diff OLD NEW: what changes for people, a line a change: loosen, tighten or neutral, and a"
	    " sentence.\n\n"
	    "json FILE: the policy as data, enough to compute every due date.\n\n"
	    "explain FILE CATEGORY: why it is held, until when, and who sees it.\n\n"
	    "clauses FILE: which clauses are answered, and by which line.\n\n"
	    "dpv FILE: the same as JSON-LD, with the terms of the Data Privacy Vocabulary.\n\n"
	    "render FILE: the page that people read, as text, or as a fragment of HTML with --html.\n\n"
	    "register FILE: the register of article 30.1 as CSV, or of the processors (30.2) with"
	    " --processors.\n\n"
	    "words: the vocabulary, a line a word: kind, word, planned or not, meaning.",
	    .options = { { "lang", "LANG", "fr or en: en if it is not given." },
	    { "html", NULL, "With render: HTML instead of text." },
	    { "processors", NULL, "With register: what the processors do." } } },
	{ .name = "audit", .summary = "verify, prove and export the log", .run = cmd_audit,
	    .synopsis = "verify|prove ID|key|checkpoint|export",
	    .description = "The log of every change and every opening of a person's data is a Merkle tree, of"
	    " which the server signs checkpoints. All of this may run while serving.\n\n"
	    "verify: computes the whole log again from its lines and checks every checkpoint; with"
	    " --checkpoint also that the log begins with the one that was saved elsewhere. Names the first line"
	    " that does not hold, and ends with status 1.\n\n"
	    "prove: the proof that the line of this id is in the log, as JSON.\n\n"
	    "key: the public key with which checkpoints can be checked.\n\n"
	    "checkpoint: the newest one; keep it where this server's operator cannot reach it.\n\n"
	    "export: every line, hash and checkpoint as JSON lines, for another verifier"
	    " (tools/verify_log.py is one).",
	    .options = { DIR_OPTION, STORE_OPTION,
	    { "checkpoint", "FILE", "With verify: a checkpoint that was saved elsewhere." },
	    JSON_OPTION } },
	{ .name = "version", .summary = "print the version", .synopsis = "", .run = cmd_version,
	    .description = "Prints the version of the program, and the last step of the database's form"
	    " that it knows." },
	{ .name = "debug", .summary = "for those who work on the program", .run = cmd_debug, .hidden = true,
	    .synopsis = "slots|explain|decode|outbox|totp|manual",
	    .description = "slots: the free times of --practitioner for --motive in --org, from --from on --days"
	    " days.\n\n"
	    "explain: how SQLite would run the statement on standard input.\n\n"
	    "decode: what a calendar file on standard input says.\n\n"
	    "outbox: the messages of --org, unopened.\n\n"
	    "totp: the code of this moment for the key that follows.\n\n"
	    "manual: the manual page of the command that follows, or of the program.",
	    .options = { DIR_OPTION, STORE_OPTION,
	    { "org", "SLUG", "The organisation." },
	    { "practitioner", "ID", "The practitioner; all of them if not given." },
	    { "motive", "ID", "The motive." },
	    { "from", "DATE", "The first day; today if not given." },
	    { "days", "NUMBER", "How many days: 7." },
	    NOW_OPTION } },
	{ .name = NULL },
};
