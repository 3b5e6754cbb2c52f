/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_UNDER_PPPD_H
#define GD_DAEMON_UNDER_PPPD_H

#include "base/cause.h"

struct bus;

/* SESSION_GOAL_CALL: pppd is not ours to start but runs us. Parts' functions, as in bus.h; with
 * another goal they do nothing. */
enum cause under_pppd_start(struct bus *bus);
void under_pppd_stop(struct bus *bus);
void under_pppd_on_state(struct bus *bus);

/* What the last process has left by the next, once there is a session. */
enum cause under_pppd_recall_apn(struct bus *bus);

/* For the next process: what this one has dialed with, if it was not the configuration that said
 * so. */
void under_pppd_leave_apn(const struct bus *bus, const char *suffix);

#endif
