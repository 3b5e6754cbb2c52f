/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "daemon/bus.h"
#include "daemon/modem-care.h"
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

void recovery_note_candidates(struct recovery *recovery, struct port_list *list)
{
	const struct port *best = NULL;
	struct usb_device device;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *path = list->ports[i].usb_path;
		bool other = false;

		if (recovery->other_count > 0 && *path && usb_device_read(&device, "", path))
			for (size_t k = 0; k < RECOVERY_OTHERS_MAX && !other; k++)
				other = recovery->others[k].devnum == device.devnum &&
					strcmp(recovery->others[k].path, path) == 0;
		if (!other)
			list->ports[kept++] = list->ports[i];
	}
	recovery->left_out = list->count - kept;
	list->count = kept;
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

static void on_rung_done(void *ctx, int result)
{
	struct bus *bus = ctx;
	struct session_event event = {.type = SESSION_EVENT_RECOVERED};

	switch (result) {
	case 0:
		event.text = "done, and the modem answers";
		break;
	case RUNG_LEFT:
		bus->care->recovery.flaps.expected = true;
		event.left = true;
		event.text = "done, and the modem is to come back";
		break;
	case EPROTO:
		event.cause = CAUSE_NO_AT_PORT;
		event.text = "the modem refused it";
		break;
	case ETIMEDOUT:
		event.cause = CAUSE_NO_AT_PORT;
		event.text = "the modem does not answer";
		break;
	default:
		event.cause = CAUSE_NO_AT_PORT;
		event.text = strerror(result < 0 ? -result : result);
	}
	bus_tell(bus, event);
}

int recovery_start(void *ctx, enum ladder_rung rung)
{
	struct bus *bus = ctx;
	struct recovery *recovery = &bus->care->recovery;
	struct rung_job job = {
		.rung = rung, .family = bus->session.script.family, .port = recovery->port};
	const struct worker_task task = {
		.work = rung_do, .arg = &job, .done = on_rung_done, .ctx = bus};
	struct port_list list = {NULL, 0};
	int error = port_list_configured(&list, bus->conf);
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
	return error < 0 ? error : worker_start(&recovery->worker, bus->loop, &task);
}

bool recovery_exclude(void *ctx)
{
	struct bus *bus = ctx;
	struct recovery *recovery = &bus->care->recovery;
	const char *path = bus->port.usb_path;
	unsigned i = recovery->other_count % RECOVERY_OTHERS_MAX;
	struct usb_device device;

	if (!*path || !usb_device_read(&device, "", path))
		return false;
	str_copy(recovery->others[i].path, sizeof(recovery->others[i].path), path);
	recovery->others[i].devnum = device.devnum;
	recovery->other_count++;
	return true;
}
