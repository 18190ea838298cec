/* page_block.h - the form that blocks time. */
#ifndef PAGE_BLOCK_H
#define PAGE_BLOCK_H

#include "web/page_agenda_booking.h"

struct block_form {
	struct layout	*layout;
	str		 whom, date, from, to, note, back, key;
	struct choice	*practitioners;
	size_t		 practitioners_n;
	struct clash	*clash;		/* NULL: none */
};

void page_block_view(struct out *, const struct block_form *);

#endif
