/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CLOSER_H
#define GD_IO_CLOSER_H

#include "io/worker.h"

struct serial;

/* Hangs up and closes a port in child processes: at each open and close the kernel tells a USB
 * modem about DTR, and waits 5 s for one that has hung. All zero at first. */
struct closer {
	struct worker hanging_up, closing;
};

/* Drop DTR, without waiting for it. */
void closer_hang_up(struct closer *closer, struct ev_loop *loop, struct serial *serial);

/* Drop DTR, restore the settings found, close. Takes `serial`; NULL is fine. */
void closer_close(struct closer *closer, struct ev_loop *loop, struct serial *serial);

/* The same for a port that is multiplexed, which is left first: the modem hangs up, and is at AT
 * again. */
void closer_leave(struct closer *closer, struct ev_loop *loop, struct serial *serial);

/* A child is still at it, or the port takes longer than a second to open and close: whoever opened
 * it now would hang. */
bool closer_is_busy(const struct closer *closer);

/* Before the loop ends: wait for it, for `wait_ms` at most. */
void closer_end(struct closer *closer, int wait_ms);

#endif
