/* api_openapi.c - the description of this interface for programs: openapi.json. */
#include "web/api_openapi.h"
#include "web/pages.h"
#include "web/view.h"

err
api_openapi(struct web *w)
{
	TRY(view_bytes(w, 200, S("application/json"), (str){ openapi_json, openapi_json_bytes }));
	http_set(w->answer, S("Cache-Control"), S("no-cache"));
	return OK;
}
