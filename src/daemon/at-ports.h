/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_AT_PORTS_H
#define GD_DAEMON_AT_PORTS_H

#include <stdbool.h>

struct bus;
struct json_object;
struct talk_user;

/* Have `user` talk to the modem as soon as its turn comes: on the second port during the call, on
 * the call's own port while it waits for a network. NULL, or a refusal, and then nothing is called
 * of `user`. With "port_free" in it no port is open, and anybody may ask the modem. */
struct json_object *at_ports_admit(struct bus *bus, const struct talk_user *user);

/* A process of ours still asks ports or lets go of them: whoever opened one now would find it held,
 * or hang. */
bool at_ports_are_held(const struct bus *bus);

/* A part's function, as in bus.h: only the session keeps the call's port across a change. */
void at_ports_on_state(struct bus *bus);

/* What the users of either port are told when the state has changed. */
#define AT_PORTS_MOVED_ON "the instance has gone on to dial or to hang up; try again"

#endif
