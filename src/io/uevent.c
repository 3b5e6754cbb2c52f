/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "io/netlink.h"
#include "io/uevent.h"

#define KERNEL_GROUP 1 /* 2 is udev's */

struct uevent {
	struct ev_loop *loop;
	int socket;
	ev_io reader;
	ev_stat node;
	char path[PATH_MAX]; /* of the node */
	uevent_handler *handler;
	void *ctx;
};

/* "add@/devices/...\0ACTION=add\0SUBSYSTEM=tty\0DEVNAME=ttyUSB2\0..." */
static const char *uevent_value(const char *message, size_t len, const char *key)
{
	const char *end = message + len;

	for (const char *at = message; at < end; at += strlen(at) + 1)
		if (str_starts(at, key))
			return at + strlen(key);
	return "";
}

static void on_uevent(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct uevent *uevent = watcher->data;
	char message[4096 + 1];
	const char *action, *device;
	ssize_t len;
	bool added;

	(void)loop;
	(void)revents;
	while ((len = netlink_receive(uevent->socket, message, sizeof(message) - 1)) >= 0 ||
	       len == -ENOBUFS) {
		if (len < 0) {
			/* Let the handler look for itself. */
			uevent->handler(uevent->ctx, true, "");
			continue;
		}
		message[len] = '\0';
		action = uevent_value(message, (size_t)len, "ACTION=");
		device = uevent_value(message, (size_t)len, "DEVNAME=");
		added = strcmp(action, "add") == 0;
		if (*device && (added || strcmp(action, "remove") == 0) &&
		    strcmp(uevent_value(message, (size_t)len, "SUBSYSTEM="), "tty") == 0)
			uevent->handler(uevent->ctx, added, device);
	}
}

static void on_node(struct ev_loop *loop, ev_stat *watcher, int revents)
{
	struct uevent *uevent = watcher->data;
	const ev_statdata *was = &watcher->prev, *is = &watcher->attr;

	(void)loop;
	(void)revents;
	/* A tty's times change with what is written to it. */
	if (is->st_nlink && (!was->st_nlink || was->st_ino != is->st_ino))
		uevent->handler(uevent->ctx, true, "");
}

void uevent_await(struct uevent *uevent, const char *path)
{
	if (path && ev_is_active(&uevent->node) && strcmp(uevent->path, path) == 0)
		return;
	ev_stat_stop(uevent->loop, &uevent->node);
	if (!path || *path != '/')
		return;
	str_copy(uevent->path, sizeof(uevent->path), path);
	ev_stat_set(&uevent->node, uevent->path, 0.);
	ev_stat_start(uevent->loop, &uevent->node);
}

struct uevent *uevent_new(struct ev_loop *loop, uevent_handler *handler, void *ctx)
{
	struct uevent *uevent = calloc(1, sizeof(*uevent));

	if (!uevent)
		return NULL;
	uevent->loop = loop;
	uevent->handler = handler;
	uevent->ctx = ctx;
	uevent->socket = netlink_open(NETLINK_KOBJECT_UEVENT, KERNEL_GROUP);
	if (uevent->socket < 0) {
		free(uevent);
		return NULL;
	}
	ev_io_init(&uevent->reader, on_uevent, uevent->socket, EV_READ);
	uevent->reader.data = uevent;
	ev_io_start(loop, &uevent->reader);
	ev_init(&uevent->node, on_node);
	uevent->node.data = uevent;
	return uevent;
}

void uevent_free(struct uevent *uevent)
{
	if (!uevent)
		return;
	ev_io_stop(uevent->loop, &uevent->reader);
	ev_stat_stop(uevent->loop, &uevent->node);
	close(uevent->socket);
	free(uevent);
}
