/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PROBER_H
#define GD_IO_PROBER_H

#include <ev.h>
#include <stdbool.h>

#include "base/buf.h"
#include "io/probe.h"
#include "io/worker.h"

struct serial;

/* A probe (io/probe.h) in a process of its own: each open and close of a port sends DTR to the
 * modem, and the kernel waits 5 s for one that has hung. */

/* As probe_done. `serial` is the chosen port, open, now the caller's; NULL when there is none. The
 * result is valid until this returns. */
typedef void prober_done(void *ctx, struct serial *serial, const struct probe_result *result);

/* All zero at first. */
struct prober {
	struct worker worker; /* has the ports open */
	int socket;           /* to it; valid while `done` */
	int port;             /* the chosen one that came over it; -1: none yet */
	struct buf answer;
	prober_done *done; /* NULL: no answer is wanted */
	void *ctx;
	ev_io reader;
};

/* As probe_start; the chosen port is always kept. 0 or a negative errno; -EAGAIN when the last
 * probe has not closed its ports yet. */
int prober_start(struct prober *prober, struct ev_loop *loop, const struct port_list *ports,
		 const struct probe_options *options, prober_done *done, void *ctx);

/* It has ports open, or is still closing them. */
bool prober_is_busy(const struct prober *prober);

/* Drop the answer. The worker closes its ports, as it found them, as soon as it can. */
void prober_cancel(struct prober *prober);

/* The same before the loop ends, waiting for the worker for `wait_ms` at most. */
void prober_end(struct prober *prober, int wait_ms);

#endif
