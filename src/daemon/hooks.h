/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_HOOKS_H
#define GD_DAEMON_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "io/hook.h"

struct daemon;
struct json_object;

#define HOOKS_FOLDER    HOOKSDIR
#define HOOKS_QUEUE_MAX 2

/* What happened, and how it was then. */
struct hooks_event {
	const char *name; /* static */
	bool of_link;     /* "connected" and "disconnected" */
	struct buf environment;
};

/* All zero at first. One event's executables run one after another; of those that wait, one of the
 * link and one other, the newest. */
struct hooks {
	struct daemon *daemon;
	struct hooks_event queue[HOOKS_QUEUE_MAX];
	size_t queued;
	struct hooks_event now;
	struct hook_list list;
	size_t next; /* of `list` */
	struct hook *hook;
	ev_timer settle;          /* until the link's addresses are all there */
	struct json_object *link; /* the last one's status; NULL: there is none */
	struct buf complained;
	int64_t stop_at; /* since when it is to stop; 0: it is not */
};

/* The state has changed, or an address has come; a link is told of when no more of them come. */
void hooks_tell(struct daemon *daemon);

/* Have the rest run as long as a stop may take, and kill it then. */
void hooks_end(struct daemon *daemon);

#endif
