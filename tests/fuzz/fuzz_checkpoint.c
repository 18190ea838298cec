/*
 * fuzz_checkpoint.c - notes of any bytes.  The corpus holds some that openssl has
 * signed with the key below: what is accepted begins with origin, size and root as
 * they were read, and is refused when its text is another.
 */
#include "fuzz.h"
#include "vault/checkpoint.h"

/* Of the seed 00 01 02 … 1f. */
static const struct checkpoint_key key = {
	.origin = "serment.log/56475aa75463474c",
	.bytes = { 0x03, 0xa1, 0x07, 0xbf, 0xf3, 0xce, 0x10, 0xbe, 0x1d, 0x70, 0xdd, 0x18, 0xe7, 0x4b, 0xc0, 0x99,
	    0x67, 0xe4, 0xd6, 0x30, 0x9b, 0xa5, 0x0d, 0x5f, 0x1d, 0xdc, 0x86, 0x64, 0x12, 0x55, 0x31, 0xb8 },
};

static void
check_accepted(struct arena *mem, str note, const struct logtree_state *s)
{
	str root = str_base64(mem, (str){ (const char *)s->root.bytes, sizeof(s->root.bytes) });
	str text = str_printf(mem, "%s\n%lld\n%.*s\n", key.origin, (long long)s->size, STR_FMT(root));
	struct logtree_state other;

	require(s->size >= 0 && str_starts(note, text), "a checkpoint says another thing than was read");
	char *p = arena_alloc(mem, note.n, 1);
	memcpy(p, note.p, note.n);
	p[text.n - 3] ^= 1;		/* the root's end */
	require(checkpoint_read(mem, &key, (str){ p, note.n }, &other) != OK, "the text does not matter");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	CLEANUP(arena_free) struct arena mem = {0};
	str note = { (const char *)bytes, n };
	struct logtree_state state;

	if (n > FUZZ_BYTES_MAX)
		return 0;
	if (checkpoint_read(&mem, &key, note, &state) == OK)
		check_accepted(&mem, note, &state);
	return 0;
}
