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
 * (pppd_parent_failed says the other one); then it has the modem's bytes.
 */
struct pppd_parent;

enum pppd_parent_event {
	PPPD_PARENT_READY,  /* after pppd_parent_open */
	PPPD_PARENT_CLOSED, /* pppd has left the line */
	PPPD_PARENT_LOST,   /* the modem has */
	PPPD_PARENT_LEFT,   /* after pppd_parent_stop */
};

typedef void pppd_parent_teller(void *ctx, enum pppd_parent_event event);

/* NULL: no memory. */
struct pppd_parent *pppd_parent_new(struct ev_loop *loop, pppd_parent_teller *tell, void *ctx);

void pppd_parent_open(struct pppd_parent *parent);

/* The call stands on `tty`; what came behind CONNECT is `early`. */
void pppd_parent_connected(struct pppd_parent *parent, int tty, const char *early, size_t len);

/* Copy no more: the tty is to be closed. */
void pppd_parent_hush(struct pppd_parent *parent);

/* And that is the end. */
void pppd_parent_stop(struct pppd_parent *parent);

/* Whether it was ever connected. */
bool pppd_parent_was_connected(const struct pppd_parent *parent);

/* NULL is fine. */
void pppd_parent_free(struct pppd_parent *parent);

/* There will be no call, and why: the word on which the connect script gives up, and before it
 * `text`, of which the script reports a line. Waits up to 3 s for it to be read: our end of the
 * line takes what is unread with it. */
void pppd_parent_failed(enum cause cause, const char *text);

#endif
