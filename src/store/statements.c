/* statements.c - a hash table that grows: open addressing, linear probing, never more than half full. */
#include "store/db_int.h"

enum { ROOM_FIRST = 64 };

static struct statement_slot *
slot_find(struct statement_slot *slots, size_t room, const char *text)
{
	/* Fibonacci hashing: literals lie close together, so their low bits say little. */
	uint64_t h = (uint64_t)(uintptr_t)text * UINT64_C(0x9E3779B97F4A7C15);
	size_t at = (size_t)(h >> 32) & (room - 1);

	while (slots[at].text != NULL && slots[at].text != text)
		at = (at + 1) & (room - 1);
	return &slots[at];
}

static void
grow(struct statements *s)
{
	size_t room = s->room == 0 ? ROOM_FIRST : s->room * 2;
	struct statement_slot *slots = mem_alloc(room, sizeof(*slots));

	for (size_t i = 0; i < s->room; i++) {
		if (s->slots[i].text != NULL)
			*slot_find(slots, room, s->slots[i].text) = s->slots[i];
	}
	mem_free(s->slots);
	s->slots = slots;
	s->room = room;
}

void **
statements_at(struct statements *s, const char *text)
{
	if (s->n * 2 >= s->room)
		grow(s);
	struct statement_slot *slot = slot_find(s->slots, s->room, text);

	if (slot->text == NULL) {
		slot->text = text;
		s->n++;
	}
	return &slot->prepared;
}

void
statements_drop(struct statements *s, void (*destroy)(void *))
{
	for (size_t i = 0; i < s->room; i++) {
		if (s->slots[i].prepared != NULL)
			destroy(s->slots[i].prepared);
	}
	mem_free(s->slots);
	*s = (struct statements){0};
}
