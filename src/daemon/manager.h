/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_MANAGER_H
#define GD_DAEMON_MANAGER_H

#include "base/cause.h"

struct bus;

/* The service manager (sd_notify): ready, the state in words, the watchdog. Parts' functions, as in
 * bus.h. */
enum cause manager_start(struct bus *bus);
void manager_on_change(struct bus *bus);

#endif
