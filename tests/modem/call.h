/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_CALL_H
#define GD_MODEM_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include <ev.h>

#include "base/buf.h"

struct peer;
struct port;

enum call_state {
	CALL_NONE,
	CALL_DIALING, /* waits for the peer to be up */
	CALL_DATA,
	CALL_HELD, /* +++ came: command mode, ATO goes back */
};

/* A port's data call. */
struct call {
	struct port *port;
	enum call_state state;
	int data;       /* enum desc_data */
	bool stuck;     /* nobody dialled: a port that woke up in data mode */
	int plus_count; /* of an escape that is being typed */
	bool quiet;     /* nothing came for the guard time */
	struct peer *peer;
	bool paused;      /* the peer, until the host has read */
	struct buf early; /* from the peer, before CONNECT */
	int lcp_id;
	ev_timer guard;
	ev_timer end;  /* the call's, where the description says so */
	ev_timer wait; /* for the peer's first byte */
	ev_timer lcp;  /* the next Configure-Request */
};

void call_init(struct call *call, struct port *port);
void call_free(struct call *call);

/* ATD: enum at_result. */
int call_dial(struct call *call, const char *number);

/* ATD was aborted by a byte from the host. */
void call_cancel(struct call *call);

/* CONNECT was said: bytes are data from here. */
void call_begin(struct call *call);

/* Data mode with a peer that only repeats its LCP Configure-Request. */
void call_begin_stuck(struct call *call);

bool call_is_data(const struct call *call);
void call_feed(struct call *call, const char *bytes, size_t len);

/* ATO */
int call_resume(struct call *call);

/* End it: peer killed, DCD dropped; `say`: with NO CARRIER. */
void call_hangup(struct call *call, const char *why, bool say);

/* DTR went down: what &D says. */
void call_dtr_dropped(struct call *call);

/* The port has written all it had: the peer may go on. */
void call_output_drained(struct call *call);

#endif
