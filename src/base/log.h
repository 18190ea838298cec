/*
 * log.h - structured lines on standard error, one JSON object a line.
 * Never personal data: fields are numbers, names of ours, or foreign error
 * texts, and the call has no way to pass a person's words by accident: text
 * fields must be C strings that the program or a library made.
 */
#ifndef LOG_H
#define LOG_H

#include "base/base.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log_field {
	const char	*name;
	const char	*text;	/* NULL: the number counts */
	int64_t		 number;
};
#define LOG_INT(name, v)	((struct log_field){ (name), NULL, (int64_t)(v) })
#define LOG_TEXT(name, v)	((struct log_field){ (name), (v) ? (v) : "", 0 })

void log_set_level(enum log_level);	/* once, at start */
void log_write(enum log_level, const char *where, const char *what,
	const struct log_field *, size_t);

#define LOG_(level, where, what, ...) log_write((level), (where), (what), \
	(struct log_field[]){ __VA_ARGS__ }, COUNT(((struct log_field[]){ __VA_ARGS__ })))
#define LOG_ERROR(where, what, ...) LOG_(LOG_LEVEL_ERROR, where, what, __VA_ARGS__)
#define LOG_WARN(where, what, ...)  LOG_(LOG_LEVEL_WARN, where, what, __VA_ARGS__)
#define LOG_INFO(where, what, ...)  LOG_(LOG_LEVEL_INFO, where, what, __VA_ARGS__)

#endif
