/*
 * api_order.h - what POST …/bookings asks for, read and checked.
 */
#ifndef API_ORDER_H
#define API_ORDER_H

#include "practice/booking.h"
#include "web/api_problem.h"

enum { API_IDEMPOTENCY_KEY_BYTES_MAX = 255 };

struct api_order {
	struct booking_ask	 ask;
	struct person		 patient;	/* clean: person_clean has passed */
};

/* ERR_INVALID with *ret_fault: the request is wrong; any other error is the server's. */
err api_order_read(struct web *, struct api_order *ret, struct api_fault *ret_fault) MUST_USE;

#endif
