#include "web/layout.h"

str
error_of(const struct field_error *errors, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (errors[i].name != NULL && strcmp(errors[i].name, name) == 0)
			return errors[i].text;
	}
	return S("");
}
