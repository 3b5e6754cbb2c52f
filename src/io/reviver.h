/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_REVIVER_H
#define GD_IO_REVIVER_H

#include <ev.h>

struct revive_job;

/* A rung of the ladder in a process of its own (revive.h). */
struct reviver;

/* Called once, from the loop: as revive returns, or -EIO when it was killed. The reviver is to be
 * freed by then or later. */
typedef void reviver_done(void *ctx, int result);

/* `loop` is the default loop. NULL, and errno. */
struct reviver *reviver_start(struct ev_loop *loop, const struct revive_job *job,
			      reviver_done *done, void *ctx);

/* At any time; the process is told to end when what it is at is whole. */
void reviver_free(struct reviver *reviver);

#endif
