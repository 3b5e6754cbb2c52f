/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_REQUESTS_H
#define GD_DAEMON_REQUESTS_H

#include "base/cause.h"

struct bus;

/* The control socket: requests and their answers, and those who follow the status. Parts'
 * functions, as in bus.h. */
enum cause requests_start(struct bus *bus);
void requests_stop(struct bus *bus);
void requests_on_state(struct bus *bus);
void requests_on_change(struct bus *bus);
void requests_on_reload(struct bus *bus);
void requests_on_facts(struct bus *bus);

#endif
