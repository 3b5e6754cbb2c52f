/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "io/bind.h"
#include "io/binder.h"
#include "io/worker.h"

#define WORK_S 8. /* for modprobe and the writes; a dying device takes longer */
#define TTY_S  3. /* for the tty */
#define LOOK_S .1 /* its node in /dev comes after the kernel's word of it */

struct binder {
	struct ev_loop *loop;
	struct bind_job job;
	struct worker worker;
	bool moved; /* and the tty is waited for */
	ev_tstamp deadline;
	ev_timer timer;
	binder_done *done;
	void *ctx;
};

static int move(const void *job)
{
	return -bind_move(job, "") & 0xff;
}

static int undo(const void *job)
{
	return -bind_undo(job, "") & 0xff;
}

static void finish(struct binder *binder, int error)
{
	worker_abandon(&binder->worker, 0);
	ev_timer_stop(binder->loop, &binder->timer);
	binder->done(binder->ctx, error);
}

static const char *find_tty(const struct binder *binder, struct usb_device *device)
{
	const struct usb_interface *at;
	char path[48];

	if (!usb_device_read(device, "", binder->job.device.path) ||
	    device->count != binder->job.device.count)
		return NULL;
	at = &device->interfaces[binder->job.at];
	snprintf(path, sizeof(path), "/dev/%s", at->ttys[0]);
	return at->tty_count > 0 && access(path, F_OK) == 0 ? at->ttys[0] : NULL;
}

void binder_look(struct binder *binder)
{
	struct usb_device device;
	const char *tty;

	if (!binder || !binder->moved)
		return;
	tty = find_tty(binder, &device);
	if (!tty)
		return;
	log_notice("%s: its driver is " DRIVER_WITH_DTR " now, its port %s",
		   bind_interface_name(&binder->job), tty);
	finish(binder, 0);
}

static void on_worked(void *ctx, int result)
{
	struct binder *binder = ctx;

	/* Its old driver may give it no tty. */
	if (result != 0 || binder->job.back) {
		finish(binder, result < 0 ? result : -result);
		return;
	}
	binder->moved = true;
	ev_now_update(binder->loop);
	binder->deadline = ev_now(binder->loop) + TTY_S;
	ev_timer_stop(binder->loop, &binder->timer);
	ev_timer_set(&binder->timer, LOOK_S, LOOK_S);
	ev_timer_start(binder->loop, &binder->timer);
	binder_look(binder);
}

static void on_timer(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	struct binder *binder = watcher->data;
	const char *name = bind_interface_name(&binder->job);

	(void)revents;
	if (!binder->moved) {
		log_warning("%s: giving it to another driver does not end", name);
		finish(binder, -ETIMEDOUT);
	} else if (ev_now(loop) < binder->deadline) {
		binder_look(binder);
	} else {
		log_warning("%s: " DRIVER_WITH_DTR " has it, and no port came", name);
		worker_start(&binder->worker, loop,
			     &(struct worker_task){.work = undo, .arg = &binder->job});
		finish(binder, -ENOENT);
	}
}

struct binder *binder_start(struct ev_loop *loop, const struct bind_job *job, binder_done *done,
			    void *ctx)
{
	struct binder *binder = calloc(1, sizeof(*binder));
	int error;

	if (!binder)
		return NULL;
	binder->loop = loop;
	binder->job = *job;
	binder->done = done;
	binder->ctx = ctx;
	error = worker_start(&binder->worker, loop,
			     &(struct worker_task){.work = job->back ? undo : move,
						   .arg = job,
						   .done = on_worked,
						   .ctx = binder});
	if (error < 0) {
		free(binder);
		errno = -error;
		return NULL;
	}
	ev_timer_init(&binder->timer, on_timer, WORK_S, 0.);
	binder->timer.data = binder;
	ev_now_update(loop);
	ev_timer_start(loop, &binder->timer);
	return binder;
}

void binder_free(struct binder *binder)
{
	if (!binder)
		return;
	worker_abandon(&binder->worker, 0);
	ev_timer_stop(binder->loop, &binder->timer);
	free(binder);
}
