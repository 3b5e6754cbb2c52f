/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_DAEMON_H
#define GD_DAEMON_DAEMON_H

#include <stdbool.h>

#include "base/cause.h"

struct conf;

/*
 * Supervise one link in the foreground until it is told to stop (SIGTERM,
 * SIGINT, the control socket) or cannot go on; with `once` until its first
 * end. The exit code as a cause. `conf` is borrowed.
 */
enum cause daemon_run(const struct conf *conf, const char *name, bool once);

#endif
