/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_DRIVERS_H
#define GD_DAEMON_DRIVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"
#include "io/rebind.h"

struct buf;
struct conf;

#define DRIVERS_TRIED_MAX 8

/* What modem.driver is about: the job, and which interfaces have had theirs. All zero at first. */
struct drivers {
	struct rebind_job job; /* what the last probe found to be done */
	struct rebind rebind;
	struct rebind_tried tried[DRIVERS_TRIED_MAX]; /* a ring */
	unsigned count;
	struct rebind_job last; /* that was tried; its path "": none */
	int64_t last_at;
};

/* After a probe that found no port: whether moving an interface to another driver may help, which
 * it may once for an interface as long as that is plugged in; or bringing one back that stays
 * silent there. What is wrong and what else can be done goes behind the text; a boot loader without
 * a tty changes the cause. */
bool drivers_judge(struct drivers *drivers, const struct conf *conf,
		   const struct probe_result *result, enum cause *cause, struct buf *text);

/* The interface that the table names is not the one for calls, so that the probe has to ask all
 * ports to the end. */
bool drivers_doubt(const struct drivers *drivers);

/* Do it; `done` as in rebind.h. 0 or a negative errno. */
int drivers_bind(struct drivers *drivers, struct ev_loop *loop, rebind_done *done, void *ctx);

/* A tty has come. */
void drivers_look(struct drivers *drivers);

/* Wait no longer. Fine when nothing is under way, and from `done`. */
void drivers_cancel(struct drivers *drivers);

#endif
