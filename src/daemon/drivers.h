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

/* What modem.driver = "auto" does: the job, and the interfaces that had theirs. All zero at
 * first. */
struct drivers {
	struct rebind_job job;                        /* what the last probe asks for */
	struct rebind rebind;                         /* does it */
	struct rebind_tried tried[DRIVERS_TRIED_MAX]; /* a ring */
	unsigned count;
	/* What was tried last; path "": nothing. While it is `back`, the interface that the table
	 * names is not the one for calls, and a probe has to ask all ports to the end. */
	struct rebind_job last;
	int64_t last_at;
};

/* After a probe that found no port: whether moving an interface to another driver may help, which
 * is tried once for as long as the interface is plugged in; or bringing one back that stays silent
 * there. What is wrong and what else can be done is appended to the text; a boot loader without a
 * tty changes the cause. */
bool drivers_judge(struct drivers *drivers, const struct conf *conf,
		   const struct probe_result *result, enum cause *cause, struct buf *text);

/* Do it: the session's op. */
int drivers_bind(void *ctx);

#endif
