/* page_patient.h - a patient's own account: sign-in by a code, and his appointments. */
#ifndef PAGE_PATIENT_H
#define PAGE_PATIENT_H

#include "practice/patient.h"
#include "web/signing.h"

struct patient_signin_page {
	struct layout	*layout;
	struct carry	 carry;
	str		 email;
};
void page_patient_signin_form(struct out *, const struct patient_signin_page *);

/* One appointment as the list shows it. */
struct visit_line {
	const struct patient_visit	*visit;
	str				 when, with, address, state, again;
};

struct visits_page {
	struct layout		*layout;
	const struct visit_line	*lines;		/* to come first */
	size_t			 n, to_come;
	bool			 several;	/* patients: then each line says for whom */
};
void page_visits_show(struct out *, const struct visits_page *);

/* For whom he books, and who books for him. */
struct family_line {
	const struct patient_relative	*relative;
	str				 name, since;
	bool				 guardian;	/* the other way round: somebody books for him */
};
struct family_page {
	struct layout			*layout;
	const struct family_line	*lines;
	size_t				 n;
};
void page_family_show(struct out *, const struct family_page *);

#endif
