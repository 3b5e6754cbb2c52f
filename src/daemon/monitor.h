/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_MONITOR_H
#define GD_DAEMON_MONITOR_H

#include "base/cause.h"

struct bus;

/* Looks after a link that is up, and raises SESSION_EVENT_ALARM when it is no good. Parts'
 * functions, as in bus.h. */
enum cause monitor_start(struct bus *bus);
void monitor_stop(struct bus *bus);
void monitor_on_state(struct bus *bus);
void monitor_on_reload(struct bus *bus);
void monitor_on_facts(struct bus *bus);

#endif
