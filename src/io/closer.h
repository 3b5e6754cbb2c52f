/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CLOSER_H
#define GD_IO_CLOSER_H

#include <ev.h>
#include <stdbool.h>
#include <sys/types.h>

struct serial;

/* Lets go of ports by a process of its own: the kernel tells a USB modem of DTR at each open and
 * close, and waits 5 s for one that has hung. All zero at first. */
struct closer {
	struct closer_child {
		pid_t pid; /* 0: none */
		ev_child child;
	} hanging_up, closing;
};

/* DTR low, as soon as that may be. */
void closer_hang_up(struct closer *closer, struct ev_loop *loop, struct serial *serial);

/* DTR low, settings as found, closed. Takes `serial`; NULL is fine. */
void closer_close(struct closer *closer, struct ev_loop *loop, struct serial *serial);

/* It is still at it, or the port takes longer than a second to be opened and closed: whoever opened
 * it now would hang. */
bool closer_is_busy(const struct closer *closer);

/* Before the loop ends: wait for it, but no longer than that. */
void closer_end(struct closer *closer, struct ev_loop *loop, int wait_ms);

#endif
