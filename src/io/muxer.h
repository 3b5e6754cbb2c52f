/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_MUXER_H
#define GD_IO_MUXER_H

#include <ev.h>

#include "at/lines.h"
#include "base/buf.h"
#include "io/mux.h"
#include "io/talk.h"
#include "modem/multiplex.h"

/* Asks a modem for its multiplexer (27.007 5.7) and opens it; where that fails, the port is brought
 * back to AT, so that nothing is lost by asking. */
struct muxer_listener {
	/* How it has begun, once: the port to talk on, which is the call's channel, or the tty
	 * itself where `why` says why not; "": the modem has no multiplexer. NULL: the tty is gone,
	 * or the modem silent. */
	void (*begun)(void *ctx, struct serial *port, const char *why);
	/* MUX_ENDED, MUX_LOST and MUX_GONE, of one that has begun. */
	mux_teller *news;
};

/* All zero at first. */
struct muxer {
	struct ev_loop *loop;
	struct muxer_listener listener;
	void *ctx;
	struct talk talk; /* while it is asked */
	struct multiplex offer;
	bool insist;     /* even if it does not say that it has one */
	bool asked;      /* what it has */
	int baud, tries; /* of AT+CMUX */
	struct buf command;
	int n1;     /* of the last one */
	bool taken; /* it is OK, or has no answer */
	struct mux *mux;
	bool up;
	char why[96];
	/* On the way back to AT. */
	struct serial *tty;
	struct at_lines answer;
	int ats;
	bool answered;
	ev_io reader;
	ev_timer timer;
};

/* Takes the tty. Ends in `begun`, from the loop. -ENOMEM, and the tty is closed. */
int muxer_start(struct muxer *muxer, struct ev_loop *loop, struct serial *tty, bool insist,
		const struct muxer_listener *listener, void *ctx);

/* It has begun, and is not over. NULL: no. */
struct mux *muxer_mux(const struct muxer *muxer);

/* At any time. The tty; NULL where muxer has none. `muxed`: see closer_leave. */
struct serial *muxer_release(struct muxer *muxer, bool *muxed);

#endif
