/* commune_find.c - a search by halves through the lines of communes.txt, where they lie. */
#include "practice/communes.h"

/* The line that the byte at `at` belongs to. */
static str
line_around(str list, size_t at)
{
	size_t from = at, to = at;

	while (from > 0 && list.p[from - 1] != '\n')
		from--;
	while (to < list.n && list.p[to] != '\n')
		to++;
	return str_slice(list, from, to);
}

str
commune_postal_code(str folded)
{
	str list = { communes, communes_bytes };
	size_t low = 0, high = list.n;

	while (low < high) {
		str line = line_around(list, low + (high - low) / 2), name, rest = line;

		(void)str_split(&rest, '\t', &name);
		int order = str_cmp(folded, name);

		if (order == 0)
			return rest;
		if (order < 0)
			high = (size_t)(line.p - list.p);
		else
			low = (size_t)(line.p - list.p) + line.n + 1;
	}
	return (str){0};
}
