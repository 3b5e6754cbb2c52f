/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PROBER_H
#define GD_IO_PROBER_H

#include <ev.h>
#include <stdbool.h>

#include "base/buf.h"
#include "io/probe.h"
#include "io/worker.h"

struct serial;

/* A probe (io/probe.h) in a process of its own: each open and close of a port tells the modem of
 * DTR, and the kernel waits 5 s for one that has hung. All zero at first. */

/* As probe_done. `serial` is the chosen port, open, the caller's; NULL when there is none. The
 * result is good until this returns. */
typedef void prober_done(void *ctx, struct serial *serial, const struct probe_result *result);

struct prober {
	struct worker worker; /* has ports open */
	int socket;           /* to it; good while `done` */
	int port;             /* what has come over it: the chosen one, -1: none yet */
	struct buf answer;
	prober_done *done; /* NULL: nobody waits for the answer */
	void *ctx;
	ev_io reader;
};

/* Options as probe_start's, and the chosen port is always kept. Negative errno; -EAGAIN when the
 * last one has not let go of its ports yet. */
int prober_start(struct prober *prober, struct ev_loop *loop, const struct port_list *ports,
		 const struct probe_options *options, prober_done *done, void *ctx);

/* It has ports open, or is about to let go of them. */
bool prober_is_busy(const struct prober *prober);

/* Nobody is told any more. Its ports are left as found as soon as that may be. */
void prober_cancel(struct prober *prober);

/* The same before the loop ends: wait for it, but no longer than that. */
void prober_end(struct prober *prober, int wait_ms);

#endif
