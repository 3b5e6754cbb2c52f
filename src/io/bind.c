/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "io/bind.h"
#include "io/command.h"
#include "io/probe.h"

#define USB_DRIVER "/sys/bus/usb/drivers/%s"
/* option's name on the bus of usb-serial; only there it has a new_id. */
#define NEW_ID      "/sys/bus/usb-serial/drivers/option1/new_id"

#define MODPROBE_MS 30000

/* Finding -------------------------------------------------------------------*/

static bool is_no_dtr(const struct probe_result *result, const char *path, int number)
{
	for (size_t i = 0; result && i < result->count; i++)
		if (result->ports[i].role == PORT_ROLE_NO_DTR &&
		    result->ports[i].port.interface == number &&
		    strcmp(result->ports[i].port.usb_path, path) == 0)
			return true;
	return false;
}

/* What is known beside sysfs. */
struct hints {
	const struct probe_result *result; /* NULL: nothing was probed */
	const struct bind_tried *tried;
	size_t tried_count;
};

static const struct hints no_hints = {NULL, NULL, 0};

static bool was_tried(const struct hints *hints, const struct usb_device *device, int interface)
{
	for (size_t i = 0; i < hints->tried_count; i++)
		if (hints->tried[i].devnum == device->devnum &&
		    hints->tried[i].interface == interface &&
		    strcmp(hints->tried[i].path, device->path) == 0)
			return true;
	return false;
}

static void describe(const struct usb_device *device, const struct hints *hints,
		     struct driver_interface *into)
{
	for (size_t i = 0; i < device->count; i++) {
		const struct usb_interface *at = &device->interfaces[i];
		struct layout_interface interface = usb_layout(device, at);

		into[i] = (struct driver_interface){
			.number = at->number,
			.role = layout_role(&interface),
			.vendor = at->class == 0xff,
			.interrupt_in = at->interrupt_in == 1,
			.data = *at->net || *at->wdm,
			.authorized = at->authorized != 0,
			.no_dtr = is_no_dtr(hints->result, device->path, at->number),
			.tried = was_tried(hints, device, at->number),
			.driver = at->driver,
		};
	}
}

static bool takes(const struct port_filter *filter, const struct usb_device *device)
{
	struct port port;

	port_init(&port, "");
	port.vid = device->vid;
	port.pid = device->pid;
	str_copy(port.usb_path, sizeof(port.usb_path), device->path);
	str_copy(port.serial, sizeof(port.serial), device->serial);
	return port_matches(&port, filter);
}

static void look_at(struct bind_job *job, const struct usb_device *device,
		    const struct hints *hints)
{
	struct driver_interface interfaces[USB_INTERFACES_MAX];
	struct driver_choice decision;

	describe(device, hints, interfaces);
	decision = driver_choose(interfaces, device->count);
	job->device = *device;
	job->verdict = decision.verdict;
	job->at = decision.at;
	job->back = false;
}

bool bind_may_help(enum cause cause)
{
	return cause == CAUSE_NO_MODEM || cause == CAUSE_NO_AT_PORT || cause == CAUSE_FIRMWARE;
}

bool bind_find(struct bind_job *job, const char *root, const struct port_filter *filter,
	       const struct probe_result *result)
{
	return bind_find_other(job, root, filter, result, NULL, 0);
}

bool bind_find_other(struct bind_job *job, const char *root, const struct port_filter *filter,
		     const struct probe_result *result, const struct bind_tried *tried,
		     size_t tried_count)
{
	const struct hints hints = {result, tried, tried_count};
	struct bind_job found;
	struct usb_list list;
	bool any = false;

	if (usb_list(&list, root) < 0)
		list.count = 0;
	for (size_t i = 0; i < list.count; i++) {
		if (!takes(filter, &list.devices[i]))
			continue;
		look_at(&found, &list.devices[i], &hints);
		if (!any || found.verdict < job->verdict)
			*job = found;
		any = true;
	}
	usb_list_free(&list);
	return any;
}

static const struct usb_interface *interface_of(const struct bind_job *job)
{
	return &job->device.interfaces[job->at];
}

void bind_print_commands(const struct bind_job *job, struct buf *out)
{
	const struct usb_interface *is = interface_of(job);
	struct driver_interface interfaces[USB_INTERFACES_MAX];
	struct driver_reference reference;
	unsigned vid = (unsigned)job->device.vid;
	unsigned pid = (unsigned)job->device.pid;

	describe(&job->device, &no_hints, interfaces);
	buf_printf(out, "  modprobe " DRIVER_WITH_DTR "\n");
	if (*is->driver)
		buf_printf(out, "  echo %s > " USB_DRIVER "/unbind\n", is->name, is->driver);
	buf_printf(out, "  echo %04x %04x ff", vid, pid);
	if (driver_find_reference(interfaces, job->device.count, job->at, 0, &reference))
		buf_printf(out, " %04x %04x", reference.vid, reference.pid);
	buf_printf(out, " > " NEW_ID "\n");
}

/* Doing ---------------------------------------------------------------------*/

static int write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		error = -errno;
	else if (write(fd, text, strlen(text)) < 0)
		error = -errno;
	if (fd >= 0)
		close(fd);
	log_debug("%s > %s: %s", text, path, error ? strerror(-error) : "done");
	return error;
}

/* `verb` is "bind" or "unbind". */
static int tell_driver(const char *root, const char *driver, const char *verb,
		       const char *interface)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" USB_DRIVER "/%s", root, driver, verb);
	return write_to(path, interface);
}

/* "1199 9013 ff" a line, with or without the class. */
static bool is_in_new_id(const char *path, const struct usb_device *device)
{
	char text[4096 + 1], *line, *rest = text;
	unsigned vid, pid;
	ssize_t len = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		len = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[len > 0 ? len : 0] = '\0';
	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%x %x", &vid, &pid) == 2 && (int)vid == device->vid &&
		    (int)pid == device->pid)
			return true;
	return false;
}

/* The kernel forgets no id before the module goes: one entry is enough. Another instance may have
 * made it just now, for the same kind of modem. */
static int add_id(const struct bind_job *job, const char *root,
		  const struct driver_interface *interfaces)
{
	const struct usb_device *device = &job->device;
	struct driver_reference reference;
	char path[PATH_MAX], text[64];
	int error;

	snprintf(path, sizeof(path), "%s" NEW_ID, root);
	if (is_in_new_id(path, device))
		return 0;
	for (int rank = 0;
	     driver_find_reference(interfaces, device->count, job->at, rank, &reference); rank++) {
		snprintf(text, sizeof(text), "%04x %04x ff %04x %04x", (unsigned)device->vid,
			 (unsigned)device->pid, reference.vid, reference.pid);
		error = write_to(path, text);
		/* An older option has no such reference. */
		if (error != -ENODEV)
			return error;
	}
	snprintf(text, sizeof(text), "%04x %04x ff", (unsigned)device->vid, (unsigned)device->pid);
	return write_to(path, text);
}

static bool is_held_by(const char *root, const struct usb_device *device, const char *name,
		       const char *driver)
{
	struct usb_device now;

	usb_device_read(&now, root, device->path);
	for (size_t i = 0; i < now.count; i++)
		if (strcmp(now.interfaces[i].name, name) == 0)
			return strcmp(now.interfaces[i].driver, driver) == 0;
	return false;
}

/* The new id lets option take what it finds without a driver, but for what the reference reserves.
 * That was not asked for. */
static void release_others(const struct bind_job *job, const char *root)
{
	for (size_t i = 0; i < job->device.count; i++) {
		const struct usb_interface *was = &job->device.interfaces[i];

		if ((int)i != job->at && !*was->driver &&
		    is_held_by(root, &job->device, was->name, DRIVER_WITH_DTR))
			tell_driver(root, DRIVER_WITH_DTR, "unbind", was->name);
	}
}

static int give(const struct bind_job *job, const char *root)
{
	const char *name = bind_interface_name(job);
	struct driver_interface interfaces[USB_INTERFACES_MAX];
	int error = tell_driver(root, DRIVER_WITH_DTR, "bind", name);

	/* It does not know this modem. */
	if (error == -ENODEV) {
		describe(&job->device, &no_hints, interfaces);
		error = add_id(job, root, interfaces);
		if (error == 0 && !is_held_by(root, &job->device, name, DRIVER_WITH_DTR))
			error = tell_driver(root, DRIVER_WITH_DTR, "bind", name);
		release_others(job, root);
	}
	/* Also by the other's entry, in between. */
	if (is_held_by(root, &job->device, name, DRIVER_WITH_DTR))
		return 0;
	return error < 0 ? error : -EIO;
}

static int load_driver(const char *root)
{
	const char *const argv[] = {"modprobe", DRIVER_WITH_DTR, NULL};
	struct buf said = BUF_INIT;
	char path[PATH_MAX];
	const char *text;
	int error;

	snprintf(path, sizeof(path), "%s" USB_DRIVER, root, DRIVER_WITH_DTR);
	if (access(path, F_OK) == 0)
		return 0;
	error = command_run(argv, MODPROBE_MS, &said);
	if (error >= 0)
		error = access(path, F_OK) < 0 ? -ENOENT : 0;
	text = said.len > 0 ? buf_str(&said) : strerror(-error);
	if (error < 0)
		log_warning("modprobe " DRIVER_WITH_DTR ": %.*s; is the driver "
			    "installed? (OpenWrt: kmod-usb-serial-option)",
			    (int)strcspn(text, "\n"), text);
	buf_free(&said);
	return error;
}

const char *bind_interface_name(const struct bind_job *job)
{
	return interface_of(job)->name;
}

bool bind_is_moved(const struct bind_job *job, const char *root)
{
	struct usb_device now;

	return strcmp(interface_of(job)->driver, DRIVER_WITH_DTR) != 0 &&
	       usb_device_read(&now, root, job->device.path) && now.devnum == job->device.devnum &&
	       is_held_by(root, &job->device, bind_interface_name(job), DRIVER_WITH_DTR);
}

int bind_undo(const struct bind_job *job, const char *root)
{
	const char *name = bind_interface_name(job);
	const char *driver = interface_of(job)->driver;
	int error = 0;

	if (is_held_by(root, &job->device, name, driver))
		return 0;
	if (is_held_by(root, &job->device, name, DRIVER_WITH_DTR))
		error = tell_driver(root, DRIVER_WITH_DTR, "unbind", name);
	if (error == 0 && *driver)
		error = tell_driver(root, driver, "bind", name);
	if (error < 0)
		log_error("%s: cannot bring it back to %s: %s; a replug does", name,
			  *driver ? driver : "no driver", strerror(-error));
	else
		log_notice("%s: back as it was, with %s", name, *driver ? driver : "no driver");
	return error;
}

static int move(const struct bind_job *job, const char *root)
{
	const char *name = bind_interface_name(job);
	const char *driver = interface_of(job)->driver;
	int error = 0;

	if (*driver)
		error = tell_driver(root, driver, "unbind", name);
	if (error == 0)
		error = give(job, root);
	if (error < 0) {
		log_warning("%s: cannot give it to " DRIVER_WITH_DTR ": %s", name,
			    strerror(-error));
		bind_undo(job, root);
	}
	return error;
}

int bind_move(const struct bind_job *job, const char *root)
{
	struct bind_job now = *job;
	int error = load_driver(root);

	if (error < 0)
		return error;
	if (!usb_device_read(&now.device, root, job->device.path) ||
	    now.device.count != job->device.count || now.device.devnum != job->device.devnum)
		return -ENODEV;
	/* Loading the driver was all that was missing, or another came first. */
	if (strcmp(interface_of(&now)->driver, DRIVER_WITH_DTR) == 0 ||
	    (*interface_of(&now)->driver &&
	     strcmp(interface_of(&now)->driver, interface_of(job)->driver) != 0))
		return 0;
	return move(&now, root);
}
