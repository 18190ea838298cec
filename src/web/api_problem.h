/*
 * api_problem.h - errors for programs: problem documents (RFC 9457) with a
 * stable word of ours in `error`, and sentences for whoever reads the log of
 * that program.  Every error under /api/ goes through here.
 */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H

#include "format/json.h"
#include "web/web.h"

enum { API_PROBLEM_BYTES_MAX = 8 * 1024 };

/* What is wrong with a request; error NULL: nothing. */
struct api_fault {
	int		 status;
	const char	*error;		/* "wrong_type": a program decides by it */
	str		 detail;	/* a sentence in the user's language */
	str		 field;		/* "patient.birth_date"; empty: none in particular */
	size_t		 offset;	/* of malformed JSON; line 0: not about that */
	int		 line, column;
};

/* The document is open between these two, for members of its own kind. */
struct api_document {
	struct buf		 text;
	struct json_writer	 json;
	int			 status;
};
void api_document_begin(struct web *, const struct api_fault *, struct api_document *);
err  api_document_end(struct web *, struct api_document *) MUST_USE;

/* Both at once: the answer of a handler that found a fault. */
err  api_refuse(struct web *, const struct api_fault *) MUST_USE;

/* What a handler, or a check before it, returned; the same bytes for every path. */
void api_error(struct web *, err);
/* An answer that is no error of a handler: 405, and what the HTTP layer refuses. */
void api_status(struct web *, int status);

#endif
