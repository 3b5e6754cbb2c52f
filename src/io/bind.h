/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_BIND_H
#define GD_IO_BIND_H

#include <stdbool.h>

#include "base/cause.h"
#include "io/port.h"
#include "io/usb.h"
#include "modem/driver-choice.h"

struct buf;
struct probe_result;

/* One interface and what is wrong with its driver. */
struct bind_job {
	enum driver_verdict verdict;
	struct usb_device device; /* as it was found */
	int at;                   /* index of the interface; -1: none */
	bool back;                /* what is to be done is to bring it back to its driver */
};

/* An interface of a device that is plugged in, which was moved in vain. */
struct bind_tried {
	char path[32]; /* the device's */
	int devnum, interface;
};

/*
 * After a probe that found no AT port: of the modems that `filter` takes the one
 * of the lowest verdict, the first of equals. False when there is none. `root` as in io/usb.h, `result` NULL where nothing was probed.
 */
bool bind_find(struct bind_job *job, const char *root, const struct port_filter *filter,
	       const struct probe_result *result);

/* The same, but for interfaces that were tried. */
bool bind_find_other(struct bind_job *job, const char *root, const struct port_filter *filter,
		     const struct probe_result *result, const struct bind_tried *tried,
		     size_t tried_count);

/* Whether a probe that ended so may have its cause there. */
bool bind_may_help(enum cause cause);

/* The interface's name, "1-1:1.2". */
const char *bind_interface_name(const struct bind_job *job);

/* Append the shell commands that do the same, a line each, each behind two spaces. */
void bind_print_commands(const struct bind_job *job, struct buf *out);

/*
 * Do it: nothing but writes to sysfs, and "modprobe option" where that is not
 * there. It blocks, and a dying device can make it block for long: not for the
 * loop. Interfaces that had no driver have none afterwards; after a failure the
 * interface is back with its old driver, if that takes it. 0 or a negative
 * errno, logged.
 */
int bind_move(const struct bind_job *job, const char *root);

/* It was moved, and is where it was moved to. */
bool bind_is_moved(const struct bind_job *job, const char *root);

/* Bring it back to the driver that the job says, from whatever holds it. */
int bind_undo(const struct bind_job *job, const char *root);

#endif
