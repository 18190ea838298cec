/* api_openapi.h - src/web/openapi.json, as tools/embed_file.py put it into the program. */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include <stddef.h>

extern const char openapi_json[];
extern const size_t openapi_json_bytes;	/* without the NUL at the end */

#endif
