/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_POWER_H
#define GD_DAEMON_POWER_H

#include <stdbool.h>

#include "io/worker.h"
#include "modem/power-plan.h"

struct bus;
struct ctl_request;
struct json_object;

/* The modem's key or switch, in a worker. All zero at first. */
struct power {
	struct worker worker;
	struct power_times times;
	char identity[256];   /* the modem's last answer to ATI */
	unsigned long ticket; /* of the client that has asked for it; 0: nobody waits */
};

/* The session's op. */
int power_start(void *ctx, enum power_act act, bool silent);

/* Drop the answer. A press that has begun is ended all the same. */
void power_cancel(struct bus *bus);

/* At a stop: switch the modem off, where that is configured. Does not wait for it. */
void power_leave(struct bus *bus);

/* The request "power": {"act": "on|off|cycle"}. */
struct json_object *power_answer(struct bus *bus, const struct ctl_request *request);

#endif
