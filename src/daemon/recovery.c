/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "daemon/bus.h"
#include "daemon/modem-care.h"
#include "io/clock.h"
#include "io/holder.h"
#include "io/port.h"
#include "io/probe.h"
#include "io/rundir.h"
#include "io/rung.h"
#include "io/sysfs.h"
#include "io/usb.h"

#define USED_MS  3600000 /* after that the modem comes first */
#define ANSWERED "answered"

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

static bool plugged_has(const struct plugged *plugged, const char *path)
{
	struct usb_device device;

	if (plugged->count == 0 || !*path || !usb_device_read(&device, "", path))
		return false;
	for (size_t i = 0; i < PLUGGED_MAX; i++)
		if (plugged->devices[i].devnum == device.devnum &&
		    strcmp(plugged->devices[i].path, path) == 0)
			return true;
	return false;
}

static bool plugged_add(struct plugged *plugged, const char *path)
{
	unsigned i = plugged->count % PLUGGED_MAX;
	struct usb_device device;

	if (!*path || !usb_device_read(&device, "", path))
		return false;
	str_copy(plugged->devices[i].path, sizeof(plugged->devices[i].path), path);
	plugged->devices[i].devnum = device.devnum;
	plugged->count++;
	return true;
}

/* If none was chosen, one that was left in a call fits best, then what its layout says. */
static int find_fitting(const struct probe_result *result)
{
	int best = result->chosen, best_fit = -1;

	for (size_t i = 0; result->chosen < 0 && i < result->count; i++) {
		const struct probed_port *port = &result->ports[i];
		int fit = port->role == PORT_ROLE_OTHER ? -1
			  : port->role == PORT_ROLE_PPP ? 3
			  : port->hint <= LAYOUT_LIKELY ? 2
			  : port->hint < LAYOUT_NOT_AT  ? 1
							: 0;

		if (fit > best_fit) {
			best = (int)i;
			best_fit = fit;
		}
	}
	return best;
}

bool recovery_note_probe(struct recovery *recovery, const struct probe_result *result)
{
	const char *path = recovery->port.usb_path;
	struct flaps was = recovery->flaps;
	int best = find_fitting(result);
	struct usb_device device, last;

	for (size_t i = 0; i < result->count; i++) {
		const struct probed_port *port = &result->ports[i];

		if ((port->role == PORT_ROLE_AT || port->role == PORT_ROLE_AT_SECONDARY ||
		     port->role == PORT_ROLE_PPP) &&
		    !plugged_has(&recovery->answered, port->port.usb_path))
			plugged_add(&recovery->answered, port->port.usb_path);
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
	if (best < 0 || !*path || !usb_device_read(&device, "", path))
		return false;
	if (flaps_note(&recovery->flaps, path, device.devnum, clock_now_ms()))
		log_warning("the modem at %s leaves USB again and again: it may get too little "
			    "power; try another power supply, a powered hub or a shorter cable",
			    path);
	return *was.path && !was.expected &&
	       (!usb_device_read(&last, "", was.path) || last.devnum != was.devnum);
}

bool recovery_is_silent(const struct recovery *recovery, const struct probe_result *result)
{
	bool listed = false;

	for (size_t i = 0; i < result->count; i++) {
		if (strcmp(result->ports[i].port.device, recovery->port.device) != 0)
			continue;
		listed = true;
		if (result->ports[i].role == PORT_ROLE_BUSY)
			return false;
	}
	return listed && result->cause == CAUSE_BUSY &&
	       plugged_has(&recovery->answered, recovery->port.usb_path);
}

void recovery_note_candidates(struct recovery *recovery, struct port_list *list)
{
	const struct port *best = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (!plugged_has(&recovery->others, list->ports[i].usb_path))
			list->ports[kept++] = list->ports[i];
	}
	recovery->left_out = list->count - kept;
	list->count = kept;
	recovery->came = 0;
	if (*recovery->port.device)
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct port *port = &list->ports[i];

		if (port->foreign || port_hint(port) >= LAYOUT_NOT_AT)
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
	const struct port *port = &bus->care->recovery.port;
	struct session_event event = {.type = SESSION_EVENT_RECOVERED};
	struct usb_device device;

	if (result != 0 && result != RUNG_LEFT)
		event.gone = *port->usb_path ? !usb_device_read(&device, "", port->usb_path)
					     : access(port->device, F_OK) < 0;
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

static bool has_modem_layout(const struct usb_device *device)
{
	for (size_t i = 0; i < device->count; i++) {
		struct layout_interface interface = usb_layout(device, &device->interfaces[i]);

		if (layout_is_modem(&interface))
			return true;
	}
	return false;
}

/* Of devices whose layout says nothing only their answers tell that they are modems, and one that
 * has hung gives none to the next run. */
void recovery_keep(struct recovery *recovery, const char *name)
{
	struct buf text = BUF_INIT;
	struct usb_device device;

	if (recovery->kept == recovery->answered.count)
		return;
	recovery->kept = recovery->answered.count;
	for (size_t i = 0; i < PLUGGED_MAX; i++)
		if (usb_device_read(&device, "", recovery->answered.devices[i].path) &&
		    device.devnum == recovery->answered.devices[i].devnum &&
		    !has_modem_layout(&device))
			buf_printf(&text, "%s %d %x %x\n", device.path, device.devnum,
				   (unsigned)device.vid, (unsigned)device.pid);
	if (text.len > 0)
		rundir_write(name, ANSWERED, &text);
	buf_free(&text);
}

void recovery_recall(struct recovery *recovery, const char *name)
{
	char path[256], text[1024], usb_path[32];
	const char *at = text;
	struct usb_device device;
	unsigned vid, pid;
	int devnum, len;

	rundir_path(path, sizeof(path), name, ANSWERED);
	if (sysfs_read_all(path, text, sizeof(text)) <= 0)
		return;
	for (; sscanf(at, "%31s %d %x %x\n%n", usb_path, &devnum, &vid, &pid, &len) == 4; at += len)
		if (usb_device_read(&device, "", usb_path) && device.devnum == devnum &&
		    device.vid == (int)vid && device.pid == (int)pid)
			plugged_add(&recovery->answered, usb_path);
	recovery->kept = recovery->answered.count;
}

/* Whether somebody works on another of its ports, which may be for AT as well. */
static bool is_used_by_others(const struct recovery *recovery, const struct usb_device *device)
{
	struct holder_list holders;
	bool used = false;

	holder_scan(&holders);
	for (size_t i = 0; i < device->count; i++) {
		const struct usb_interface *at = &device->interfaces[i];
		struct layout_interface interface = usb_layout(device, at);

		for (size_t k = 0; k < at->tty_count && layout_role(&interface) < LAYOUT_NOT_AT;
		     k++) {
			char path[48];
			struct stat status;

			snprintf(path, sizeof(path), "/dev/%s", at->ttys[k]);
			if (strcmp(path, recovery->port.device) != 0 && stat(path, &status) == 0 &&
			    holder_find(&holders, status.st_rdev) != 0)
				used = true;
		}
	}
	holder_list_free(&holders);
	return used;
}

/* The rungs that take all ports away wait until nobody has one, an hour at the longest. */
static int check_device(struct recovery *recovery, enum ladder_rung rung, const struct conf *conf)
{
	const struct port *port = &recovery->port;
	int64_t now = clock_now_ms();
	struct usb_device device;

	if (!usb_device_read(&device, "", port->usb_path) || device.vid != port->vid ||
	    device.pid != port->pid)
		return -ENODEV;
	/* A reset of what may be somebody's printer is not worth the call. */
	if (strcmp(conf->modem.port, "auto") == 0 && !port_filter_configured(conf).named &&
	    !plugged_has(&recovery->answered, device.path) && !has_modem_layout(&device))
		return -EPERM;
	if ((rung != LADDER_RESET && rung != LADDER_USB && rung != LADDER_POWER) ||
	    !is_used_by_others(recovery, &device)) {
		recovery->used_since = 0;
		return 0;
	}
	if (recovery->used_since == 0)
		recovery->used_since = now;
	return now - recovery->used_since < USED_MS ? -EBUSY : 0;
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
	bool on_usb = *job.port.usb_path;
	int error = on_usb ? check_device(recovery, rung, bus->conf) : 0;

	worker_abandon(&recovery->worker, SIGTERM);
	/* The configuration says whose key it is, whatever is there now. */
	if (rung == LADDER_POWER && error != -EBUSY)
		return power_start(bus, POWER_CYCLE, bus->session.cause == CAUSE_NO_AT_PORT);
	if (error < 0)
		return error;
	/* The tty may have been renumbered. If all ttys are gone, only the "usb" rung is
	 * possible. */
	if (rung == LADDER_USB)
		return on_usb ? worker_start(&recovery->worker, bus->loop, &task) : -ENOTSUP;
	error = port_list_configured(&list, bus->conf);
	if (error == 0 || error == -ENOENT)
		error = on_usb ? -ENXIO : -ENODEV;
	for (size_t i = 0; i < list.count; i++) {
		const struct port *port = &list.ports[i];
		/* A named one that is not on USB is the one, whatever its number is by now. */
		bool same = on_usb && *port->usb_path
				    ? strcmp(recovery->port.usb_path, port->usb_path) == 0 &&
					      recovery->port.interface == port->interface &&
					      recovery->port.vid == port->vid
				    : (!on_usb && port->named) ||
					      strcmp(recovery->port.device, port->device) == 0;

		if (!same)
			continue;
		job.port = *port;
		error = 0;
	}
	port_list_free(&list);
	return error < 0 ? error : worker_start(&recovery->worker, bus->loop, &task);
}

bool recovery_exclude(void *ctx)
{
	struct bus *bus = ctx;

	return plugged_add(&bus->care->recovery.others, bus->port.usb_path);
}
