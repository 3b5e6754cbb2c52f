/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_REBIND_H
#define GD_IO_REBIND_H

#include "base/cause.h"
#include "io/port.h"
#include "io/usb.h"
#include "io/worker.h"
#include "modem/driver-choice.h"

struct buf;
struct probe_result;

/* One interface and what is wrong with its driver. */
struct rebind_job {
	enum driver_verdict verdict;
	struct usb_device device; /* as it was found */
	int at;                   /* index of the interface; -1: none */
	bool back;                /* the job is to return it to the driver that it had */
};

/* An interface of a plugged-in device that was moved in vain. */
struct rebind_tried {
	char path[32]; /* the device's */
	int devnum, interface;
};

/* After a probe that found no AT port: among the modems that pass `filter`, and interfaces that are
 * not in `tried`, the job with the lowest verdict, the first of equals. False when there is no such
 * modem. `root` as in io/usb.h; `result` is NULL where nothing was probed. */
bool rebind_find(struct rebind_job *job, const char *root, const struct port_filter *filter,
		 const struct probe_result *result, const struct rebind_tried *tried,
		 size_t tried_count);

/* Whether the driver may be why a probe ended with this cause. */
static inline bool rebind_may_help(enum cause cause)
{
	return cause == CAUSE_NO_MODEM || cause == CAUSE_NO_AT_PORT || cause == CAUSE_FIRMWARE;
}

/* The interface's name, "1-1:1.2". */
static inline const char *rebind_interface_name(const struct rebind_job *job)
{
	return job->device.interfaces[job->at].name;
}

/* Append the shell commands that do the same, one a line, indented by two spaces. */
void rebind_print_commands(const struct rebind_job *job, struct buf *out);

/* Whether the interface was moved, and still is where it was moved to. */
bool rebind_is_moved(const struct rebind_job *job, const char *root);

/*
 * Move the interface to DRIVER_WITH_DTR by writing to sysfs, after "modprobe option" where that
 * driver is missing. This blocks, with a dying device for long: not for the loop. Interfaces that
 * had no driver have none afterwards; after a failure the interface is back with its old driver, if
 * that takes it. 0 or a negative errno, logged.
 */
int rebind_move(const struct rebind_job *job, const char *root);

/* Return it to the driver named in the job, from whatever driver holds it. Blocks, too. */
int rebind_undo(const struct rebind_job *job, const char *root);

/* Called once, from the loop: 0 when the interface's tty is there (or when it is back). */
typedef void rebind_done(void *ctx, int error);

/* rebind_move in a worker and the wait for the tty, or rebind_undo when none comes. All zero at
 * first. */
struct rebind {
	struct worker worker;
	struct rebind_job job;
	struct ev_loop *loop;
	ev_timer timer;
	ev_tstamp deadline; /* for the tty; 0: it is not moved yet */
	rebind_done *done;
	void *ctx;
};

/* `loop` is the default loop; the job is copied. 0 or a negative errno. */
int rebind_start(struct rebind *rebind, struct ev_loop *loop, const struct rebind_job *job,
		 rebind_done *done, void *ctx);

/* A tty has appeared, and may be the one. */
void rebind_look(struct rebind *rebind);

/* At any time: nobody is told any more. What the worker has begun it brings to its end. */
void rebind_cancel(struct rebind *rebind);

#endif
