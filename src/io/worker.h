/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_WORKER_H
#define GD_IO_WORKER_H

#include <ev.h>
#include <stdbool.h>
#include <sys/types.h>

/* What may block in the kernel, in a forked child. */
struct worker_task {
	/* In the child, which has default signal handling, a process group of its own and no
	 * descriptors but stdio and `keep`. Returns its result, 0 to 255. */
	int (*work)(const void *arg);
	const void *arg;
	int keep[2]; /* 0: none */
	/* From the loop, once, unless it was abandoned: the result, or -EIO when the child was
	 * killed. The next task may be started from within. NULL: nobody asks. */
	void (*done)(void *ctx, int result);
	void *ctx;
};

/* One child at a time. All zero at first. */
struct worker {
	struct ev_loop *loop;
	pid_t pid; /* 0: none */
	void (*done)(void *ctx, int result);
	void *ctx;
	ev_child child;
};

/* `loop` is the default loop; `task` is needed until this returns. 0 or a negative errno; -EBUSY
 * while one runs. */
int worker_start(struct worker *worker, struct ev_loop *loop, const struct worker_task *task);

static inline bool worker_is_busy(const struct worker *worker)
{
	return worker->pid > 0;
}

/* Wait for it no longer, and send it `signal` unless that is 0: it may go on for as long as it
 * likes, and outlive us. Fine when none runs. */
void worker_abandon(struct worker *worker, int signal);

/* The same before the loop ends, after waiting for `wait_ms` at most. False when it had not ended
 * by then, and got SIGTERM. */
bool worker_end(struct worker *worker, int wait_ms);

/* For `work`: from now on SIGTERM no longer ends the child, and has come or not. */
void worker_catch_sigterm(void);
bool worker_got_sigterm(void);

#endif
