/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_IFWATCH_H
#define GD_IO_IFWATCH_H

#include <ev.h>
#include <stdbool.h>

/* What the kernel reports about one network interface (rtnetlink). Other interfaces do not wake
 * us. */
struct ifwatch;

enum ifwatch_event {
	IFWATCH_GONE,
	IFWATCH_DOWN,    /* set down */
	IFWATCH_ADDRESS, /* it has lost `address`, of `family` */
	IFWATCH_MISSED,  /* messages were lost: look at the interface */
};

typedef void ifwatch_handler(void *ctx, enum ifwatch_event event, int family, const void *address);

/* NULL, and errno: ENODEV when there is no such interface. */
struct ifwatch *ifwatch_new(struct ev_loop *loop, const char *ifname, ifwatch_handler *handler,
			    void *ctx);

/* NULL is fine. Not from within the handler. */
void ifwatch_free(struct ifwatch *ifwatch);

/* Whether it exists, is up, and has that address ("": any) now. */
bool ifwatch_is_fine(const char *ifname, const char *address);

/* Whether `text` is the same address. */
bool ifwatch_same(const char *text, int family, const void *address);

#endif
