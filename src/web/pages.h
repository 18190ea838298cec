/*
 * pages.h - the handlers that routes.def names, and the models of pages too
 * small for a header of their own.
 */
#ifndef PAGES_H
#define PAGES_H

#include "web/web.h"

#define ROUTE(method, pattern, handler, roles, purposes, form, flags, scopes) web_handler handler;
#include "web/routes.def"
#undef ROUTE

/* What each route's form may send; a FORM() in the file of its handler. */
extern const struct form form_absence;
extern const struct form form_account;
extern const struct form form_account_codes;
extern const struct form form_account_password;
extern const struct form form_account_proof;
extern const struct form form_account_token;
extern const struct form form_address;
extern const struct form form_agenda;
extern const struct form form_agenda_booking;
extern const struct form form_agenda_cancel;
extern const struct form form_agenda_go;
extern const struct form form_agenda_move;
extern const struct form form_agenda_new;
extern const struct form form_agenda_note;
extern const struct form form_agenda_restore;
extern const struct form form_agenda_state;
extern const struct form form_agenda_undo;
extern const struct form form_api_motives;
extern const struct form form_api_log_growth;
extern const struct form form_api_slots;
extern const struct form form_appointment;
extern const struct form form_audit;
extern const struct form form_block;
extern const struct form form_cabinet;
extern const struct form form_choice;
extern const struct form form_confirm;
extern const struct form form_cover;
extern const struct form form_details;
extern const struct form form_enrol;
extern const struct form form_forgotten;
extern const struct form form_hours;
extern const struct form form_hours_of;
extern const struct form form_invitation;
extern const struct form form_invite;
extern const struct form form_language;
extern const struct form form_motive;
extern const struct form form_move;
extern const struct form form_patient_code;
extern const struct form form_patient_signin;
extern const struct form form_patients;
extern const struct form form_practitioner;
extern const struct form form_practitioner_edit;
extern const struct form form_reset;
extern const struct form form_reading;
extern const struct form form_resource;
extern const struct form form_search;
extern const struct form form_signin;
extern const struct form form_signin_code;
extern const struct form form_signin_org;
extern const struct form form_site;
extern const struct form form_staff_end;
extern const struct form form_today;

struct error_page {
	struct layout	*layout;
	int		 status;
	str		 title, what_to_do;
	bool		 asks_proof;	/* a code of the second factor lets one go on */
};
void page_error(struct out *, const struct error_page *);

#endif
