/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "io/command.h"
#include "io/probe.h"
#include "io/rebind.h"
#include "io/sysfs.h"

#define USB_DRIVER "/sys/bus/usb/drivers/%s"
/* option's name on the usb-serial bus, the only place where it has a new_id. */
#define SERIAL_DRIVER "/sys/bus/usb-serial/drivers/option1"

#define MODPROBE_MS   30000

#define WORK_S        8. /* for modprobe and the writes; a dying device takes longer */
#define TTY_S         3. /* for the tty */
#define LOOK_S        .1 /* its node in /dev appears after the kernel's event */

/* Finding -------------------------------------------------------------------*/

static void describe_device(const struct usb_device *device, const struct probe_result *result,
			    const struct rebind_tried *tried, size_t tried_count,
			    struct driver_interface into[USB_INTERFACES_MAX])
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
			.driver = at->driver,
		};
		for (size_t k = 0; result && k < result->count; k++)
			if (result->ports[k].role == PORT_ROLE_NO_DTR &&
			    result->ports[k].port.interface == at->number &&
			    strcmp(result->ports[k].port.usb_path, device->path) == 0)
				into[i].no_dtr = true;
		for (size_t k = 0; k < tried_count; k++)
			if (tried[k].devnum == device->devnum && tried[k].interface == at->number &&
			    strcmp(tried[k].path, device->path) == 0)
				into[i].tried = true;
	}
}

bool rebind_find(struct rebind_job *job, const char *root, const struct port_filter *filter,
		 const struct probe_result *result, const struct rebind_tried *tried,
		 size_t tried_count)
{
	struct driver_interface interfaces[USB_INTERFACES_MAX];
	struct usb_list list;
	bool found = false;

	if (usb_list(&list, root) < 0)
		list.count = 0;
	for (size_t i = 0; i < list.count; i++) {
		const struct usb_device *device = &list.devices[i];
		struct driver_choice choice;
		struct port port;

		port_init(&port, "");
		port.vid = device->vid;
		port.pid = device->pid;
		str_copy(port.usb_path, sizeof(port.usb_path), device->path);
		str_copy(port.serial, sizeof(port.serial), device->serial);
		if (!port_matches(&port, filter) || (!filter->named && !usb_is_modem(device)))
			continue;
		describe_device(device, result, tried, tried_count, interfaces);
		choice = driver_choose(interfaces, device->count);
		if (found && choice.verdict >= job->verdict)
			continue;
		job->verdict = choice.verdict;
		job->device = *device;
		job->at = choice.at;
		job->back = false;
		found = true;
	}
	usb_list_free(&list);
	return found;
}

void rebind_print_commands(const struct rebind_job *job, struct buf *out)
{
	const struct usb_interface *at = &job->device.interfaces[job->at];
	struct driver_interface interfaces[USB_INTERFACES_MAX];
	struct driver_reference reference;

	describe_device(&job->device, NULL, NULL, 0, interfaces);
	buf_printf(out, "  modprobe " DRIVER_WITH_DTR "\n");
	if (*at->driver)
		buf_printf(out, "  echo %s > " USB_DRIVER "/unbind\n", at->name, at->driver);
	buf_printf(out, "  echo %04x %04x ff", (unsigned)job->device.vid,
		   (unsigned)job->device.pid);
	if (driver_find_reference(interfaces, job->device.count, job->at, 0, &reference))
		buf_printf(out, " %04x %04x", reference.vid, reference.pid);
	buf_printf(out, " > " SERIAL_DRIVER "/new_id\n");
}

/* Moving --------------------------------------------------------------------*/

/* `verb` is "bind" or "unbind". */
static int tell_driver(const char *root, const char *driver, const char *verb,
		       const char *interface)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s" USB_DRIVER, root, driver);
	return sysfs_write(dir, verb, interface);
}

/* The kernel keeps an id until the module is unloaded: one entry is enough. Another instance may
 * have made it just now, for the same kind of modem. */
static int add_new_id(const struct rebind_job *job, const char *root)
{
	const struct usb_device *device = &job->device;
	struct driver_interface interfaces[USB_INTERFACES_MAX];
	char dir[PATH_MAX / 2], path[PATH_MAX], known[4096 + 1], text[64], *line, *rest = known;
	struct driver_reference reference;
	unsigned vid, pid;
	int error;

	snprintf(dir, sizeof(dir), "%s" SERIAL_DRIVER, root);
	sysfs_path(path, dir, "new_id");
	sysfs_read_all(path, known, sizeof(known));
	/* "1199 9013 ff" a line, with or without the class. */
	while ((line = strsep(&rest, "\n")))
		if (sscanf(line, "%x %x", &vid, &pid) == 2 && (int)vid == device->vid &&
		    (int)pid == device->pid)
			return 0;
	describe_device(device, NULL, NULL, 0, interfaces);
	for (int rank = 0;
	     driver_find_reference(interfaces, device->count, job->at, rank, &reference); rank++) {
		snprintf(text, sizeof(text), "%04x %04x ff %04x %04x", (unsigned)device->vid,
			 (unsigned)device->pid, reference.vid, reference.pid);
		error = sysfs_write(dir, "new_id", text);
		/* An older option does not know this reference. */
		if (error != -ENODEV)
			return error;
	}
	snprintf(text, sizeof(text), "%04x %04x ff", (unsigned)device->vid, (unsigned)device->pid);
	return sysfs_write(dir, "new_id", text);
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

static int give_to_option(const struct rebind_job *job, const char *root)
{
	const char *name = rebind_interface_name(job);
	int error = tell_driver(root, DRIVER_WITH_DTR, "bind", name);

	/* It does not know this modem. */
	if (error == -ENODEV) {
		error = add_new_id(job, root);
		if (error == 0 && !is_held_by(root, &job->device, name, DRIVER_WITH_DTR))
			error = tell_driver(root, DRIVER_WITH_DTR, "bind", name);
		/* With the new id option also takes other interfaces that have no driver, unless
		 * the reference reserves them. Nobody asked for that. */
		for (size_t i = 0; i < job->device.count; i++) {
			const struct usb_interface *was = &job->device.interfaces[i];

			if ((int)i != job->at && !*was->driver &&
			    is_held_by(root, &job->device, was->name, DRIVER_WITH_DTR))
				tell_driver(root, DRIVER_WITH_DTR, "unbind", was->name);
		}
	}
	/* Perhaps through the new_id of another instance, in between. */
	if (is_held_by(root, &job->device, name, DRIVER_WITH_DTR))
		return 0;
	return error < 0 ? error : -EIO;
}

bool rebind_is_moved(const struct rebind_job *job, const char *root)
{
	struct usb_device now;

	return strcmp(job->device.interfaces[job->at].driver, DRIVER_WITH_DTR) != 0 &&
	       usb_device_read(&now, root, job->device.path) && now.devnum == job->device.devnum &&
	       is_held_by(root, &job->device, rebind_interface_name(job), DRIVER_WITH_DTR);
}

int rebind_undo(const struct rebind_job *job, const char *root)
{
	const char *name = rebind_interface_name(job);
	const char *driver = job->device.interfaces[job->at].driver;
	int error = 0;

	if (is_held_by(root, &job->device, name, driver))
		return 0;
	if (is_held_by(root, &job->device, name, DRIVER_WITH_DTR))
		error = tell_driver(root, DRIVER_WITH_DTR, "unbind", name);
	if (error == 0 && *driver)
		error = tell_driver(root, driver, "bind", name);
	if (error < 0)
		log_error("%s: cannot return it to %s: %s; plug the modem in again", name,
			  *driver ? driver : "no driver", strerror(-error));
	else
		log_notice("%s: back as it was, with %s", name, *driver ? driver : "no driver");
	return error;
}

int rebind_move(const struct rebind_job *job, const char *root)
{
	const char *const modprobe[] = {"modprobe", DRIVER_WITH_DTR, NULL};
	struct rebind_job now = *job;
	const char *name = rebind_interface_name(&now), *text;
	const char *driver = now.device.interfaces[now.at].driver;
	struct buf said = BUF_INIT;
	char path[PATH_MAX];
	int error = 0;

	snprintf(path, sizeof(path), "%s" USB_DRIVER, root, DRIVER_WITH_DTR);
	if (access(path, F_OK) < 0) {
		error = command_run(modprobe, MODPROBE_MS, &said);
		if (error >= 0)
			error = access(path, F_OK) < 0 ? -ENOENT : 0;
		text = said.len > 0 ? buf_str(&said) : strerror(-error);
		if (error < 0)
			log_warning("modprobe " DRIVER_WITH_DTR ": %.*s; is the driver installed? "
				    "(OpenWrt: kmod-usb-serial-option)",
				    (int)strcspn(text, "\n"), text);
		buf_free(&said);
		if (error < 0)
			return error;
	}
	if (!usb_device_read(&now.device, root, job->device.path) ||
	    now.device.count != job->device.count || now.device.devnum != job->device.devnum)
		return -ENODEV;
	/* Loading the driver was all that was missing, or somebody else has moved it. */
	if (strcmp(driver, DRIVER_WITH_DTR) == 0 ||
	    (*driver && strcmp(driver, job->device.interfaces[job->at].driver) != 0))
		return 0;
	if (*driver)
		error = tell_driver(root, driver, "unbind", name);
	if (error == 0)
		error = give_to_option(&now, root);
	if (error < 0) {
		log_warning("%s: cannot give it to " DRIVER_WITH_DTR ": %s", name,
			    strerror(-error));
		rebind_undo(&now, root);
	}
	return error;
}

/* In a worker -----------------------------------------------------------------*/

static int do_job(const void *arg)
{
	const struct rebind_job *job = arg;

	return -(job->back ? rebind_undo(job, "") : rebind_move(job, "")) & 0xff;
}

static void finish_job(struct rebind *rebind, int error)
{
	rebind_cancel(rebind);
	rebind->done(rebind->ctx, error);
}

void rebind_look(struct rebind *rebind)
{
	const struct rebind_job *job = &rebind->job;
	struct usb_device device;
	char path[48];

	if (rebind->deadline <= 0. || !usb_device_read(&device, "", job->device.path) ||
	    device.count != job->device.count || device.interfaces[job->at].tty_count == 0)
		return;
	snprintf(path, sizeof(path), "/dev/%s", device.interfaces[job->at].ttys[0]);
	if (access(path, F_OK) < 0)
		return;
	log_notice("%s: its driver is " DRIVER_WITH_DTR " now, its port %s",
		   rebind_interface_name(job), device.interfaces[job->at].ttys[0]);
	finish_job(rebind, 0);
}

static void on_moved(void *ctx, int result)
{
	struct rebind *rebind = ctx;

	/* Its old driver may give it no tty. */
	if (result != 0 || rebind->job.back) {
		finish_job(rebind, result < 0 ? result : -result);
		return;
	}
	ev_now_update(rebind->loop);
	rebind->deadline = ev_now(rebind->loop) + TTY_S;
	ev_timer_stop(rebind->loop, &rebind->timer);
	ev_timer_set(&rebind->timer, LOOK_S, LOOK_S);
	ev_timer_start(rebind->loop, &rebind->timer);
	rebind_look(rebind);
}

static void on_rebind_timer(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	struct rebind *rebind = watcher->data;
	const char *name = rebind_interface_name(&rebind->job);

	(void)revents;
	if (rebind->deadline <= 0.) {
		log_warning("%s: giving it to another driver takes too long", name);
		finish_job(rebind, -ETIMEDOUT);
	} else if (ev_now(loop) < rebind->deadline) {
		rebind_look(rebind);
	} else {
		log_warning("%s: " DRIVER_WITH_DTR " has it, but no port appeared", name);
		rebind->job.back = true;
		worker_start(&rebind->worker, loop,
			     &(struct worker_task){.work = do_job, .arg = &rebind->job});
		finish_job(rebind, -ENOENT);
	}
}

int rebind_start(struct rebind *rebind, struct ev_loop *loop, const struct rebind_job *job,
		 rebind_done *done, void *ctx)
{
	const struct worker_task task = {
		.work = do_job, .arg = job, .done = on_moved, .ctx = rebind};
	int error;

	rebind_cancel(rebind);
	error = worker_start(&rebind->worker, loop, &task);
	if (error < 0)
		return error;
	rebind->job = *job;
	rebind->loop = loop;
	rebind->done = done;
	rebind->ctx = ctx;
	ev_timer_init(&rebind->timer, on_rebind_timer, WORK_S, 0.);
	rebind->timer.data = rebind;
	ev_now_update(loop);
	ev_timer_start(loop, &rebind->timer);
	return 0;
}

void rebind_cancel(struct rebind *rebind)
{
	worker_abandon(&rebind->worker, 0);
	if (rebind->loop)
		ev_timer_stop(rebind->loop, &rebind->timer);
	rebind->deadline = 0.;
}
