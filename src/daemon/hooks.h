/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_HOOKS_H
#define GD_DAEMON_HOOKS_H

#include "base/cause.h"

struct bus;

/* The administrator's executables, told of events. Parts' functions, as in bus.h. The stop lets
 * those that run go on as long as a stop may take, and then kills them. */
enum cause hooks_start(struct bus *bus);
void hooks_stop(struct bus *bus);
void hooks_on_change(struct bus *bus);

#endif
