/*
 * mime_dump.c - for mime.py: reads one JSON array of messages, writes each as
 * mail: its length in bytes, a newline, the bytes; 0 for one that is refused.
 */
#include <stdio.h>

#include "../unit/json_path.h"
#include "format/mime.h"

static str
field(const struct json *j, const char *name)
{
	str text;

	return json_str(json_get(j, name), &text) ? text : S("");
}

static void
dump(const struct json *j)
{
	CLEANUP(arena_free) struct arena mem = {0};
	struct mime_message m = {
		.from_name = field(j, "from_name"), .from = field(j, "from"),
		.to_name = field(j, "to_name"), .to = field(j, "to"), .reply_to = field(j, "reply_to"),
		.subject = field(j, "subject"), .message_id = field(j, "message_id"),
		.lang = field(j, "lang"), .text = field(j, "text"), .html = field(j, "html"),
		.calendar = field(j, "calendar"), .calendar_method = field(j, "calendar_method"),
	};
	str message = S("");

	if (!json_int(json_get(j, "date"), &m.date) ||
	    !json_bool(json_get(j, "automatic"), &m.automatic))
		panic("mime_dump: a message without date");
	if (mime_build(&mem, &m, &message) != OK)
		message = S("");
	printf("%zu\n%.*s", message.n, STR_FMT(message));
}

int
main(void)
{
	CLEANUP(arena_free) struct arena mem = {0};
	char *text = arena_alloc(&mem, JSON_BYTES_MAX + 1, 1);
	size_t n = fread(text, 1, JSON_BYTES_MAX + 1, stdin), count;
	struct json_error e;
	struct json *root;

	if (json_parse(&mem, (str){ text, n }, &root, &e) != OK)
		return 1;
	const struct json *messages = json_items(root, &count);

	for (size_t i = 0; messages != NULL && i < count; i++)
		dump(&messages[i]);
	return messages == NULL;
}
