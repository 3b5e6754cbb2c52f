/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_BINDER_H
#define GD_IO_BINDER_H

#include <ev.h>

struct bind_job;

/* bind_move in a process of its own, then the wait for the tty; bind_undo if none comes. */
struct binder;

/* Called once, from the loop: 0 when the tty is there. The binder is to be freed by then or
 * later. */
typedef void binder_done(void *ctx, int error);

/* `loop` is the default loop; the job is copied. NULL, and errno. */
struct binder *binder_start(struct ev_loop *loop, const struct bind_job *job, binder_done *done,
			    void *ctx);

/* A tty has come: it may be the one. */
void binder_look(struct binder *binder);

/* At any time; what has begun in the process goes on to its end. */
void binder_free(struct binder *binder);

#endif
