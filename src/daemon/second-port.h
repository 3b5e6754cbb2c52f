/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_SECOND_PORT_H
#define GD_DAEMON_SECOND_PORT_H

#include <stdbool.h>

#include "base/cause.h"

struct bus;
struct probe_result;
struct talk_user;

/* Another AT port of the call's modem, where it is asked while the call has the first. The port is
 * open only while somebody uses it. Parts' functions, as in bus.h. */
enum cause second_port_start(struct bus *bus);
void second_port_stop(struct bus *bus);
void second_port_on_state(struct bus *bus);
void second_port_on_reload(struct bus *bus);

/* Which ports there are beside the chosen one. */
void second_port_learn(struct bus *bus, const struct probe_result *result);

/* The call's port is multiplexed: a channel of it is the other port. */
void second_port_on_mux(struct bus *bus);

/* Open it for that user, from the loop. -ENODEV: none is known; -ENOSPC. */
int second_port_lend(struct bus *bus, const struct talk_user *user);

/* A process of ours has it open. */
bool second_port_is_busy(const struct bus *bus);

#endif
