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

static bool is_same_device(const struct port *one, const struct port *other)
{
	return *one->usb_path && strcmp(one->usb_path, other->usb_path) == 0 &&
	       one->vid == other->vid && one->pid == other->pid;
}

bool recovery_note_tty(struct recovery *recovery, const struct conf *conf)
{
	struct port_list list = {NULL, 0};
	size_t found = 0;

	/* Listing them takes a while. */
	if (++recovery->came < recovery->ports || recovery->ports == 0 ||
	    port_list_configured(&list, conf) < 0)
		return false;
	/* OpenWrt's procd makes the nodes some time after the kernel's event. */
	for (size_t i = 0; i < list.count; i++)
		if (is_same_device(&recovery->port, &list.ports[i]) &&
		    access(list.ports[i].device, F_OK) == 0)
			found++;
	port_list_free(&list);
	return found >= recovery->ports;
}

void recovery_note_probe(struct recovery *recovery, const struct probe_result *result)
{
	const char *path = recovery->port.usb_path;
	int best = result->chosen, best_fit = -1;
	struct usb_device device;

	/* If none was chosen, one that was left in a call fits best, then what its layout says. */
	for (size_t i = 0; result->chosen < 0 && i < result->count; i++) {
		const struct probed_port *port = &result->ports[i];
		int fit = port->role == PORT_ROLE_PPP   ? 3
			  : port->hint <= LAYOUT_LIKELY ? 2
			  : port->hint < LAYOUT_NOT_AT  ? 1
							: 0;

		if (fit > best_fit) {
			best = (int)i;
			best_fit = fit;
		}
	}
	if (best >= 0) {
		if (!is_same_device(&recovery->port, &result->ports[best].port))
			recovery->ports = 0;
		recovery->port = result->ports[best].port;
	}
	if (result->chosen >= 0) {
		recovery->ports = 0;
		for (size_t i = 0; i < result->count; i++)
			recovery->ports += is_same_device(&recovery->port, &result->ports[i].port);
	}
	if (*path && usb_device_read(&device, "", path) &&
	    flaps_note(&recovery->flaps, path, device.devnum, clock_now_ms()))
		log_warning("the modem at %s leaves USB again and again: it may get too little "
			    "power; try another power supply, a powered hub or a shorter cable",
			    path);
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

int recovery_start(struct recovery *recovery, enum ladder_rung rung, const struct conf *conf,
		   const struct modem_family *family, struct ev_loop *loop, recovery_done *done,
		   void *ctx)
{
	struct rung_job job = {.rung = rung, .family = family, .port = recovery->port};
	const struct worker_task task = {.work = rung_do, .arg = &job, .done = done, .ctx = ctx};
	struct port_list list = {NULL, 0};
	int error = port_list_configured(&list, conf);
	bool on_usb = *job.port.usb_path;

	worker_abandon(&recovery->worker, SIGTERM);
	/* The tty may have been renumbered. If all ttys are gone, only the "usb" rung is
	 * possible. */
	if (rung == LADDER_USB) {
		if (error == 0 || error == -ENOENT)
			error = on_usb ? 0 : -ENOTSUP;
	} else if (error == 0) {
		error = -ENODEV;
		for (size_t i = 0; i < list.count && error; i++) {
			const struct port *port = &list.ports[i];
			bool same =
				on_usb && *port->usb_path
					? strcmp(recovery->port.usb_path, port->usb_path) == 0 &&
						  recovery->port.interface == port->interface &&
						  recovery->port.vid == port->vid
					: strcmp(recovery->port.device, port->device) == 0;

			if (!same)
				continue;
			job.port = *port;
			error = 0;
		}
	}
	port_list_free(&list);
	return error < 0 ? error : worker_start(&recovery->worker, loop, &task);
}

const char *recovery_end(struct recovery *recovery, int result)
{
	switch (result) {
	case 0:
		return "done, and the modem answers";
	case RUNG_LEFT:
		recovery->flaps.expected = true;
		return "done, and the modem is to come back";
	case EPROTO:
		return "the modem refused it";
	case ETIMEDOUT:
		return "the modem does not answer";
	default:
		return strerror(result < 0 ? -result : result);
	}
}

bool recovery_exclude(struct recovery *recovery, const struct port *port)
{
	struct usb_device device;

	if (!*port->usb_path || !usb_device_read(&device, "", port->usb_path))
		return false;
	plugged_add(&recovery->others, port->usb_path, device.devnum);
	return true;
}

void recovery_leave_out(struct recovery *recovery, struct port_list *list)
{
	struct usb_device device;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *path = list->ports[i].usb_path;

		if (recovery->others.count > 0 && *path && usb_device_read(&device, "", path) &&
		    plugged_has(&recovery->others, path, device.devnum))
			continue;
		list->ports[kept++] = list->ports[i];
	}
	recovery->left_out = list->count - kept;
	list->count = kept;
}
