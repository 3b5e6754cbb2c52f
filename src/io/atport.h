/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_ATPORT_H
#define GD_IO_ATPORT_H

#include <ev.h>

#include "at/chan.h"

struct serial;

/* A port and its AT channel on the loop: bytes in, events out. */
struct atport;

struct atport_callbacks {
	/* A reply or a URC. The port may be released in here. */
	void (*event)(void *ctx, const struct at_event *event);
	/* Hung up or unplugged; release it soon, so that the kernel can reuse its number. */
	void (*gone)(void *ctx);
};

/* Takes over `serial`, and closes it on failure. NULL: out of memory. */
struct atport *atport_new(struct ev_loop *loop, struct serial *serial,
			  const struct atport_callbacks *callbacks, void *ctx);

/* Free it. Returns the open port for the caller to close, or NULL when it is gone. NULL is fine. */
struct serial *atport_release(struct atport *port);

/* As at_chan_send. */
int atport_send(struct atport *port, const struct at_command *command);

/* Stop reading and writing: the line belongs to PPP now, and so do the bytes that followed CONNECT,
 * which are returned. Valid as long as the port. */
const char *atport_hand_over(struct atport *port, size_t *len);

struct serial *atport_serial(struct atport *port);

/*
 * Bytes of PPP that came behind CONNECT before pppd had the line, and were
 * read here: put them back into the tty's input (TIOCSTI), now that the PPP
 * discipline sits on it. Best effort: the peer would send them again after
 * its restart timer, 3 s (RFC 1661 4.6).
 */
void atport_push_data(struct atport *port);

#endif
