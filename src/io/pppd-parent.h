/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PPPD_PARENT_H
#define GD_IO_PPPD_PARENT_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"

/*
 * The pppd that runs us by its `pty` option: our standard input and output are
 * its line. Its `connect` script waits for a word that says how the call went
 * (for a failure, see pppd_parent_failed); after that the line carries the
 * modem's bytes.
 */
struct pppd_parent;

enum pppd_parent_event {
	PPPD_PARENT_READY,  /* after pppd_parent_open */
	PPPD_PARENT_CLOSED, /* pppd has closed the line */
	PPPD_PARENT_LOST,   /* the modem has hung up */
	PPPD_PARENT_AGREED, /* the network has granted pppd an address */
	PPPD_PARENT_LEFT,   /* after pppd_parent_stop */
};

typedef void pppd_parent_teller(void *ctx, enum pppd_parent_event event);

/* NULL: no memory. */
struct pppd_parent *pppd_parent_new(struct ev_loop *loop, pppd_parent_teller *tell, void *ctx);

void pppd_parent_open(struct pppd_parent *parent);

/* The call is up on `tty`; `early` is what followed CONNECT. */
void pppd_parent_connected(struct pppd_parent *parent, int tty, const char *early, size_t len);

/* Stop copying: the tty is about to be closed. */
void pppd_parent_hush(struct pppd_parent *parent);

/* The same, and end. */
void pppd_parent_stop(struct pppd_parent *parent);

/* Whether it was ever connected. */
bool pppd_parent_was_connected(const struct pppd_parent *parent);

/* Whether the network took the call, and then PPP came to nothing; after pppd_parent_hush. */
bool pppd_parent_was_refused(const struct pppd_parent *parent);

/* NULL is fine. */
void pppd_parent_free(struct pppd_parent *parent);

/* There will be no call: send `text`, of which the script reports one line, and then the word on
 * which the script gives up. Waits up to 3 s until that is read, since closing our end discards
 * unread bytes. */
void pppd_parent_failed(enum cause cause, const char *text);

#endif
