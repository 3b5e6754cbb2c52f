/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_SESSION_OPS_H
#define GD_DAEMON_SESSION_OPS_H

#include "base/cause.h"

struct bus;
struct session_ops;

/* What the session asks for, with a struct bus as context. */
extern const struct session_ops session_ops;

/* The session, and what cares for the modem's device. Parts' functions, as in bus.h. */
enum cause session_ops_start(struct bus *bus);
void session_ops_stop(struct bus *bus);
void session_ops_on_state(struct bus *bus);
void session_ops_on_reload(struct bus *bus);

#endif
