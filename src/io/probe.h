/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PROBE_H
#define GD_IO_PROBE_H

#include <ev.h>

#include "base/cause.h"
#include "io/candidate.h"

struct probe_result {
	struct probed_port *ports;
	size_t count;
	int chosen;       /* index, -1: none */
	int chosen_ms;    /* when the choice was sure, -1: never; the same with `all` */
	enum cause cause; /* NONE when one was chosen */
	int elapsed_ms;
};

struct probe;

/* Called once, from the loop, when the answer is sure or the pass is over. With `keep` the chosen
 * port is then still open, locked and exclusive: take it with probe_take_serial. */
typedef void probe_done(void *ctx, struct probe *probe, const struct probe_result *result);

struct probe_options {
	bool keep;             /* leave the chosen port open for the caller */
	bool keep_echo;        /* and the modem's echo as it was found */
	bool trust;            /* ask nothing: a port that can be opened counts as AT */
	bool all;              /* do not stop at the first sure answer: find out every
			 * port's role (the `probe` command) */
	int pass_ms;           /* 0: PORT_PROBE_PASS_MS */
	enum port_left left;   /* of such a port */
	int baud;              /* of ports that are UARTs; 0: find it */
	struct line_wish line; /* for such a port that is kept with its echo off */
};

/* Ask all `ports` at once on `loop`. The list is copied. NULL: out of memory. */
struct probe *probe_start(struct ev_loop *loop, const struct port_list *ports,
			  const struct probe_options *options, probe_done *done, void *ctx);

/* The chosen port, open; the caller owns it. NULL when there is none or it was not kept. */
struct serial *probe_take_serial(struct probe *probe);

/* Ends it at any time; ports are left as they were found. */
void probe_free(struct probe *probe);

#endif
