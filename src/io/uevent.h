/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_UEVENT_H
#define GD_IO_UEVENT_H

#include <ev.h>
#include <stdbool.h>

/* The kernel's events for ttys that come and go (netlink; needs no udev). */
struct uevent;

/* `device` is "ttyUSB2"; "" when messages were lost and anything may have happened. */
typedef void uevent_handler(void *ctx, bool added, const char *device);

/* NULL with errno. */
struct uevent *uevent_new(struct ev_loop *loop, uevent_handler *handler, void *ctx);
void uevent_free(struct uevent *uevent);

/* Report as well, with "" for the device, that something has come to `path`, until the next call. A
 * pty has no event, and udev's links and procd's nodes come after it. NULL: no longer. */
void uevent_await(struct uevent *uevent, const char *path);

#endif
