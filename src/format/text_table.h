/*
 * text_table.h - the table that tools/messages.py writes from ui/lang/<lang>.po,
 * sorted by the bytes of its ids.
 */
#ifndef TEXT_TABLE_H
#define TEXT_TABLE_H

#include "base/ctx.h"

struct text_message {
	const char	*id;			/* of a plural: its singular */
	const char	*form[LANG_COUNT][2];	/* [1] is NULL unless it has a plural */
};

extern const struct text_message text_messages[];
extern const size_t text_messages_count;

#endif
