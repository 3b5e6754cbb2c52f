/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_ORDERS_H
#define GD_DAEMON_ORDERS_H

#include <stdbool.h>

#include "at/chan.h"
#include "base/cause.h"
#include "modem/at-request.h"

struct atport;
struct ctl_request;
struct daemon;
struct json_object;

/* AT commands that a client of the control socket has sent, one client's at a time: on the spare
 * port during the call, on the call's own port while it waits for a network. */
struct orders {
	struct at_request order;
	unsigned long ticket;  /* of him who waits for it; 0: none */
	struct atport *atport; /* where it runs; NULL: not yet */
};

/* A request's answer; NULL: it comes later. */
struct json_object *orders_answer(struct daemon *daemon, const struct ctl_request *request);

/* One waits for a port. */
bool orders_wait(const struct daemon *daemon);

/* Run it there: `atport` is free now, and no other commands go to it until orders_run is false. */
void orders_begin(struct daemon *daemon, struct atport *atport);
bool orders_run(const struct daemon *daemon, const struct atport *atport);

/* An event of that port. */
void orders_take(struct daemon *daemon, const struct at_event *event);

/* Nothing comes of it. */
void orders_fail(struct daemon *daemon, enum cause cause, const char *text);

/* The call's port may be free. */
void orders_try(struct daemon *daemon);

/* The state has changed. */
void orders_note_state(struct daemon *daemon);

/* A row of the start-up list. */
void orders_stop(struct daemon *daemon);

#endif
