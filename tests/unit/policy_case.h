/* policy_case.h - a small policy that compiles, and what a test asks of one. */
#ifndef POLICY_CASE_H
#define POLICY_CASE_H

#include "assert_str.h"
#include "oath/policy.h"

#define POLICY_HEAD \
	"policy \"Test\" version 1 dated 2026-11-23\n" \
	"controller practice contact \"dpo@cabinet.example\" complaint cnil\n" \
	"subject patient,visitor\n"
#define POLICY_BODY \
	"category identity of patient fields person.* encrypt\n" \
	"purpose book uses identity basis contract notice book\n" \
	"keep identity 3y after last_contact\n"
#define POLICY_SMALL	POLICY_HEAD POLICY_BODY

struct compiled {
	struct arena		 mem;
	struct diagnostics	 d;
	const struct policy	*p;
	err			 e;
};

static inline void
compile(struct compiled *c, const char *source)
{
	*c = (struct compiled){0};
	c->d.mem = &c->mem;
	c->e = policy_compile(&c->mem, str_c(source), &c->d, &c->p);
}

static inline bool
says(const struct compiled *c, enum diagnostic_code code, uint32_t line, uint32_t column)
{
	for (size_t i = 0; i < c->d.n; i++)
		if (c->d.list[i].code == code && c->d.list[i].where.line == line &&
		    c->d.list[i].where.column == column)
			return true;
	return false;
}

#endif
