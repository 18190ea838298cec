/*
 * diff.h - what a new policy changes for people: each change tightens what is
 * promised, loosens it, or does neither.  What cannot be compared counts as
 * loosened, so that people hear of it.
 */
#ifndef DIFF_H
#define DIFF_H

#include "oath/policy.h"

enum direction { DIRECTION_NEUTRAL, DIRECTION_TIGHTEN, DIRECTION_LOOSEN };

enum change_what {
#define PAIR(tag, ...) CHANGED_##tag,
#include "oath/diff.def"
	CHANGED_COUNT
};

struct change {
	enum direction	 direction;
	enum change_what what;
	str		 arg[3];	/* {1} {2} {3} of the sentence */
	const struct term *term[3];	/* said in plain words instead of the arg; or NULL */
	struct duration	 duration[3];	/* the same; or UNIT_NONE */
	const struct policy_word *word;	/* {1}: its label, or NULL */
	bool		 asks_consent;	/* what people consented to has grown: ask again */
};

struct change_list {
	struct change	*list;
	size_t		 n;
};

/* Loosened ones first, then tightened, then neutral; both policies compiled. */
struct change_list policy_diff(struct arena *, const struct policy *old, const struct policy *new);

/* "loosen", "tighten", "neutral", and the sentence. */
str  direction_name(enum direction);
void change_sentence(const struct change *, enum lang, struct buf *);

/* A line a change: direction, tab, sentence; the counts at the end. */
void policy_diff_print(const struct policy *old, const struct policy *new, enum lang, struct buf *);

#endif
