/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_IFWATCH_H
#define GD_IO_IFWATCH_H

#include <ev.h>
#include <stdbool.h>

/* The kernel's word of what happens to one network interface (rtnetlink). Who else comes and goes
 * does not wake us. */
struct ifwatch;

enum ifwatch_event {
	IFWATCH_GONE,
	IFWATCH_DOWN,    /* set down */
	IFWATCH_ADDRESS, /* `address`, of `family`, is its own no more */
	IFWATCH_MISSED,  /* something, for there was too much: look */
};

typedef void ifwatch_handler(void *ctx, enum ifwatch_event event, int family, const void *address);

/* NULL, and errno: ENODEV when there is no such interface. */
struct ifwatch *ifwatch_new(struct ev_loop *loop, const char *ifname, ifwatch_handler *handler,
			    void *ctx);

/* NULL is fine. Not from within the handler. */
void ifwatch_free(struct ifwatch *ifwatch);

/* How it is now: whether it is there, up, and has that address ("" and what is none: any). */
bool ifwatch_is_fine(const char *ifname, const char *address);

/* Whether `text` is the same address. */
bool ifwatch_same(const char *text, int family, const void *address);

#endif
