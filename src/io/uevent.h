/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_UEVENT_H
#define GD_IO_UEVENT_H

#include <ev.h>
#include <stdbool.h>

/* The kernel's word that a tty has come or gone (netlink, no udev needed). */
struct uevent;

/* `device` is "ttyUSB2"; "" when messages were lost and anything may be. */
typedef void uevent_handler(void *ctx, bool added, const char *device);

/* NULL, and errno, when the kernel gives none. */
struct uevent *uevent_new(struct ev_loop *loop, uevent_handler *handler, void *ctx);
void uevent_free(struct uevent *uevent);

#endif
