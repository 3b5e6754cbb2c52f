/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/recovery.h"
#include "io/port.h"
#include "io/clock.h"
#include "io/probe.h"
#include "io/rung.h"
#include "io/usb.h"

/* How well a port fits that no port was chosen for. */
static int fitness(const struct probed_port *port)
{
	if (port->role == PORT_ROLE_PPP)
		return 3;
	if (port->hint <= LAYOUT_LIKELY)
		return 2;
	return port->hint < LAYOUT_NOT_AT;
}

static bool is_same_device(const struct port *one, const struct port *other)
{
	return *one->usb_path && strcmp(one->usb_path, other->usb_path) == 0 &&
	       one->vid == other->vid && one->pid == other->pid;
}

static void note_ports(struct recovery *recovery, const struct probe_result *result)
{
	recovery->ports = 0;
	for (size_t i = 0; i < result->count; i++)
		if (is_same_device(&recovery->port, &result->ports[i].port))
			recovery->ports++;
}

bool recovery_note_tty(struct recovery *recovery, const struct conf *conf)
{
	struct port_list list = {NULL, 0};
	size_t found = 0;

	/* To list them takes a while. */
	if (++recovery->came < recovery->ports || recovery->ports == 0 ||
	    port_list_configured(&list, conf) < 0)
		return false;
	/* OpenWrt's procd makes the nodes, some time after the kernel's word. */
	for (size_t i = 0; i < list.count; i++)
		if (is_same_device(&recovery->port, &list.ports[i]) &&
		    access(list.ports[i].device, F_OK) == 0)
			found++;
	port_list_free(&list);
	return found >= recovery->ports;
}

static void note_return(struct recovery *recovery)
{
	const char *path = recovery->port.usb_path;
	struct usb_device device;

	if (!*path || !usb_device_read(&device, "", path) ||
	    !flaps_note(&recovery->flaps, path, device.devnum, clock_now_ms()))
		return;
	log_warning("the modem at %s leaves USB again and again by itself: it "
		    "may get too little power; try another power supply, a "
		    "powered hub or a shorter cable",
		    path);
}

void recovery_note_probe(struct recovery *recovery, const struct probe_result *result)
{
	int best = result->chosen;

	for (size_t i = 0; result->chosen < 0 && i < result->count; i++)
		if (best < 0 || fitness(&result->ports[i]) > fitness(&result->ports[best]))
			best = (int)i;
	if (best >= 0 && !is_same_device(&recovery->port, &result->ports[best].port))
		recovery->ports = 0;
	if (best >= 0)
		recovery->port = result->ports[best].port;
	if (result->chosen >= 0)
		note_ports(recovery, result);
	note_return(recovery);
}

void recovery_note_candidates(struct recovery *recovery, const struct port_list *list)
{
	const struct port *best = NULL;

	recovery->came = 0;
	if (*recovery->port.device)
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct port *port = &list->ports[i];

		if (port_hint(port) >= LAYOUT_NOT_AT)
			continue;
		if (best && strcmp(best->usb_path, port->usb_path) != 0)
			return;
		if (!best || port_hint(port) < port_hint(best))
			best = port;
	}
	if (best)
		recovery->port = *best;
}

static bool is_same(const struct port *one, const struct port *other)
{
	if (!*one->usb_path || !*other->usb_path)
		return strcmp(one->device, other->device) == 0;
	return strcmp(one->usb_path, other->usb_path) == 0 && one->interface == other->interface &&
	       one->vid == other->vid;
}

/* It may have another number by now. A device that has lost its ports is there for USB alone. */
static int find(const struct recovery *recovery, enum ladder_rung rung, const struct conf *conf,
		struct port *port)
{
	struct port_list list = {NULL, 0};
	int error = port_list_configured(&list, conf);

	*port = recovery->port;
	if (rung == LADDER_USB) {
		if (error == 0 || error == -ENOENT)
			error = *port->usb_path ? 0 : -ENOTSUP;
	} else if (error == 0) {
		error = -ENODEV;
		for (size_t i = 0; i < list.count && error; i++) {
			if (!is_same(&recovery->port, &list.ports[i]))
				continue;
			*port = list.ports[i];
			error = 0;
		}
	}
	port_list_free(&list);
	return error;
}

int recovery_start(struct recovery *recovery, enum ladder_rung rung, const struct conf *conf,
		   const struct modem_family *family, struct ev_loop *loop, recovery_done *done,
		   void *ctx)
{
	struct rung_job job = {.rung = rung, .family = family};
	int error = find(recovery, rung, conf, &job.port);

	recovery_cancel(recovery);
	if (error < 0)
		return error;
	return worker_start(
		&recovery->worker, loop,
		&(struct worker_task){.work = rung_do, .arg = &job, .done = done, .ctx = ctx});
}

void recovery_cancel(struct recovery *recovery)
{
	worker_abandon(&recovery->worker, SIGTERM);
}

const char *recovery_text(int result)
{
	switch (result) {
	case 0:
		return "done, and the modem answers";
	case RUNG_LEFT:
		return "done, and the modem is to come back";
	case EPROTO:
		return "the modem refused it";
	case ETIMEDOUT:
		return "the modem does not answer";
	default:
		return strerror(result < 0 ? -result : result);
	}
}

void recovery_note_end(struct recovery *recovery, int result)
{
	if (result == RUNG_LEFT)
		recovery->flaps.expected = true;
}

bool recovery_exclude(struct recovery *recovery, const struct port *port)
{
	struct usb_device device;

	if (!*port->usb_path || !usb_device_read(&device, "", port->usb_path))
		return false;
	plugged_add(&recovery->others, port->usb_path, device.devnum);
	return true;
}

static bool is_excluded(const struct recovery *recovery, const struct port *port)
{
	struct usb_device device;

	return recovery->others.count > 0 && *port->usb_path &&
	       usb_device_read(&device, "", port->usb_path) &&
	       plugged_has(&recovery->others, port->usb_path, device.devnum);
}

void recovery_leave_out(struct recovery *recovery, struct port_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!is_excluded(recovery, &list->ports[i]))
			list->ports[kept++] = list->ports[i];
	recovery->left_out = list->count - kept;
	list->count = kept;
}
