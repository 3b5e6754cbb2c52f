/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PING_H
#define GD_IO_PING_H

#include <ev.h>
#include <stdbool.h>

struct conf_list;

/* Echo requests through one interface, to all targets at once; one answer from any of them is
 * enough. */
struct ping;

/* `targets` are numeric addresses, IPv4 and IPv6. NULL with a negative errno in *error when none
 * can be pinged. */
struct ping *ping_new(struct ev_loop *loop, const char *ifname, const struct conf_list *targets,
		      int *error);

/* Start a round. A request that could not be sent counts as one without an answer. */
void ping_send(struct ping *ping);

/* The round has been answered. */
bool ping_is_answered(const struct ping *ping);

/* NULL is fine. */
void ping_free(struct ping *ping);

#endif
