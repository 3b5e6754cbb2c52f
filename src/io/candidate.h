/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CANDIDATE_H
#define GD_IO_CANDIDATE_H

#include <ev.h>
#include <stdbool.h>

#include "io/port.h"
#include "io/rates.h"
#include "modem/layout.h"
#include "modem/port-probe.h"

struct serial;
struct serial_opening;

/* What a probe has found out about one port. */
struct probed_port {
	struct port port;
	enum layout_role hint; /* what its interface is known to be */
	enum port_role role;
	int answer_ms;      /* from first byte sent to first OK; -1: none */
	char holder[64];    /* BUSY: "ModemManager (pid 312)" */
	char reason[192];   /* ERROR, OTHER: why; AT_SECONDARY: why it is no more than that; of a
			     * UART what was found out about the line */
	bool garbled;       /* bytes came in that are neither text nor frames */
	bool console;       /* another computer's login or shell is at the other end */
	bool no_flow;       /* no byte passes with RTS/CTS */
	char identity[256]; /* its answer to ATI; "" */
};

/* One port while it is being probed: its conversation on the loop. */
struct candidate {
	struct ev_loop *loop;
	struct probed_port *port; /* where its role is written */
	bool settled;             /* the role is known */
	int error;                /* of PORT_ROLE_ERROR */
	enum port_left left;      /* of a UART */
	int baud, raise;          /* if it is a UART: as probe_options */

	/* Something has changed. The candidate may be freed in here. */
	void (*changed)(void *ctx, struct candidate *candidate);
	void *ctx;

	struct serial *serial; /* open as long as it may be chosen */
	struct port_probe *probe;
	bool dtr_low, sets_up;
	struct rates_entry known; /* of a UART */
	struct ev_io io;
	struct ev_timer timer;
};

/* `port` outlives the candidate; the caller has set `changed` and `ctx`. */
void candidate_init(struct candidate *candidate, struct ev_loop *loop, struct probed_port *port);

/* Takes the opened port over, or the reason why it is not open. With `trust` an open port counts as
 * AT without being asked. A port for calls whose driver cannot raise DTR is given `no_dtr_ms`
 * instead of `pass_ms`. */
void candidate_begin(struct candidate *candidate, const struct serial_opening *opening, bool trust,
		     int pass_ms, int no_dtr_ms);

/* The role is known without asking. */
void candidate_settle(struct candidate *candidate, enum port_role role, const char *reason);

/* Another port of its modem has answered. */
void candidate_hurry(struct candidate *candidate, int answer_ms);

/* For the chosen one, before it is handed over, as port_probe_set_up: calls `changed` when its
 * probe is idle, or when it is settled as an error. */
void candidate_set_up(struct candidate *candidate, const struct line_wish *wish);

/* Close and forget the port if it is still open. */
void candidate_release(struct candidate *candidate);

#endif
